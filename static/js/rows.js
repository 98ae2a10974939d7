// The list of meetings by key: arrows walk from row to row, a row's own keys press its buttons, and
// after anything that changes the list the reader stands where they stood.
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const typing = (element) =>
    element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  const off = () => {
    try {
      return window.localStorage.getItem("shortcuts") === "off";
    } catch {
      return false;
    }
  };
  let current = "";

  const row = () => document.getElementById(current) || rows()[0];
  const stand = (target) => {
    if (!target) return;
    current = target.id;
    target.focus();
  };

  document.addEventListener("focusin", (event) => {
    const here = event.target.closest("[data-row]");
    if (here) current = here.id;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest("[data-inline]")) {
      event.target.closest("[data-inline]").remove();
      stand(row());
      return;
    }
    if (off() || event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
    if (event.target.closest("[role=menu], [role=listbox], details[open], dialog")) return;
    // On a link within the row Enter follows that link.
    if (event.key === "Enter" && !event.target.matches("[data-row]")) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = rows();
      if (!all.length) return;
      const here = all.indexOf(document.activeElement?.closest("[data-row]"));
      const next = here < 0 ? row() : all[here + (event.key === "ArrowDown" ? 1 : -1)];
      event.preventDefault();
      stand(next);
      return;
    }
    const button = row()?.querySelector(`[data-row-key="${CSS.escape(event.key)}"]`);
    if (!button || event.repeat) return;
    event.preventDefault();
    current = row().id;
    button.click();
  });

  // A row's own page leads to that of what was sent, and from there a way leads back to the row.
  const leave = (link) => {
    const way = { address: location.pathname + location.search, row: link.closest("[data-row]").id, top: scrollY };
    try {
      sessionStorage.setItem("way-back", JSON.stringify(way));
    } catch {
      // Without a store the reader goes back by the menu.
    }
  };

  const comeBack = () => {
    let way = null;
    try {
      way = JSON.parse(sessionStorage.getItem("way-back"));
      sessionStorage.removeItem("way-back");
    } catch {
      return;
    }
    const left = way && way.address === location.pathname + location.search && document.getElementById(way.row);
    if (!left) return;
    scrollTo(0, way.top);
    current = left.id;
    left.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-row] a[data-row-key]:not([data-inline-open], [data-panel-open])");
    if (link) leave(link);
  });
  document.addEventListener("DOMContentLoaded", comeBack);

  // One form at a time: the next one takes its place.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-inline-close]")) {
      event.target.closest("[data-inline]").remove();
      stand(row());
    } else if (event.target.closest("[data-inline-open]")) {
      for (const open of document.querySelectorAll("[data-inline]")) open.remove();
    }
  });

  document.addEventListener("htmx:after:swap", () => {
    const form = document.querySelector("[data-inline] form");
    if (form && !form.contains(document.activeElement)) {
      const wrong = form.querySelector("[data-form-errors], [aria-invalid=true]");
      (wrong || form.querySelector("[data-day-words]"))?.focus();
    } else if (!form && document.activeElement === document.body && current) {
      document.getElementById(current)?.focus({ preventScroll: true });
    }
  });
})();
