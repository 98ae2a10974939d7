// The panel beside the list of meetings: a row opens it, Escape closes it, and the reader stands on
// their row again. On a narrow screen it covers the page.
(() => {
  const panel = () => document.getElementById("panel");
  const controls = "a, button, input, label, select, summary, textarea, form";
  let opener = "";

  const row = () => document.getElementById(opener);

  const close = () => {
    const box = panel();
    if (!box?.open) return false;
    box.close();
    box.replaceChildren();
    row()?.focus();
    return true;
  };

  const open = () => {
    const box = panel();
    if (box.open) box.close();
    if (window.matchMedia("(width < 62rem)").matches) box.showModal();
    else box.show();
    box.querySelector("#panel-title")?.focus();
    box.scrollTop = 0;
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-panel-close]")) {
      close();
      return;
    }
    const step = event.target.closest("#panel [data-panel-key]");
    if (step) {
      // The row has the same button, and the form under it keeps the list in sight.
      const same = row()?.querySelector(`[data-row-key="${CSS.escape(step.dataset.panelKey)}"][data-inline-open]`);
      if (same && close()) {
        event.preventDefault();
        same.click();
      }
      return;
    }
    const here = event.target.closest("[data-row]");
    if (!here) return;
    const link = event.target.closest("[data-panel-open]");
    if (link || (!event.target.closest(controls) && window.getSelection().isCollapsed)) {
      opener = here.id;
      if (!link) here.querySelector("[data-panel-open]")?.click();
    }
  });

  document.addEventListener("keydown", (event) => {
    const box = panel();
    if (!box?.open) return;
    if (event.key === "Escape") {
      event.preventDefault();
      close();
      return;
    }
    if (!box.contains(event.target) || event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const step = box.querySelector(`[data-panel-key="${CSS.escape(event.key)}"]`);
    if (!step) return;
    event.preventDefault();
    step.click();
  });

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail?.ctx?.target === panel()) open();
  });
})();
