// Rows are marked by box, by x or Space on the row, by Shift with arrows or a click; what is done with
// them opens at the foot of the list, which stays where it is.
(() => {
  const boxes = () => [...document.querySelectorAll("[data-mark]")];
  const boxOf = (row) => row?.querySelector("[data-mark]");
  const panel = () => document.getElementById("many-panel");
  const typing = (element) =>
    element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  const off = () => {
    try {
      return window.localStorage.getItem("shortcuts") === "off";
    } catch {
      return false;
    }
  };
  // Kept by the rows' ids while the list is fetched anew.
  const marked = new Set();
  let last = null;

  const tell = () => {
    const bar = document.querySelector("[data-marked]");
    if (!bar) return;
    const shown = boxes();
    const number = shown.filter((box) => box.checked).length;
    bar.querySelector("[data-marked-number]").textContent = String(number);
    bar.toggleAttribute("data-some", number > 0);
    const all = document.querySelector("[data-mark-all]");
    if (!all) return;
    all.checked = number > 0 && number === shown.length;
    all.indeterminate = number > 0 && number < shown.length;
  };

  const mark = (box, on) => {
    if (!box) return;
    box.checked = on;
    if (on) marked.add(box.value);
    else marked.delete(box.value);
  };

  const markNone = () => {
    for (const box of boxes()) mark(box, false);
    marked.clear();
    tell();
  };

  const stand = () => {
    const row = document.getElementById(last?.closest("[data-row]")?.id || "");
    (row || document.querySelector("[data-row]"))?.focus({ preventScroll: true });
  };

  const close = () => {
    panel().replaceChildren();
    stand();
  };

  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-mark]");
    if (box) {
      const all = boxes();
      const from = event.shiftKey && last?.isConnected ? all.indexOf(last) : -1;
      const here = all.indexOf(box);
      const span = from < 0 ? [box] : all.slice(Math.min(from, here), Math.max(from, here) + 1);
      for (const each of span) mark(each, box.checked);
      last = box;
      tell();
    } else if (event.target.closest("[data-mark-all]")) {
      for (const each of boxes()) mark(each, event.target.checked);
      tell();
    } else if (event.target.closest("[data-mark-none]")) {
      markNone();
      stand();
    } else if (event.target.closest("#many-panel [data-many-close]")) {
      event.preventDefault();
      close();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel()?.contains(event.target)) {
      close();
      return;
    }
    if (off() || event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
    const row = event.target.closest("[data-row]");
    const own = event.target === row;
    if (event.key === "x" || (event.key === " " && own)) {
      const box = boxOf(row || document.querySelector("[data-row]"));
      if (!box) return;
      event.preventDefault();
      mark(box, !box.checked);
      last = box;
      tell();
    } else if (event.shiftKey && row && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      // The other script walks; both ends of the step are marked.
      mark(boxOf(row), true);
      setTimeout(() => {
        const there = document.activeElement?.closest("[data-row]");
        mark(boxOf(there), true);
        last = boxOf(there) || last;
        tell();
      });
    } else if (event.key === "Escape" && marked.size) {
      markNone();
    }
  });

  // Pausing and undoing what was sent goes on in the panel.
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("#many-panel #living form");
    if (!form) return;
    event.preventDefault();
    const status = form.closest("[data-many-sent]").dataset.manySent;
    await fetch(form.action, { method: "POST", body: new FormData(form) });
    htmx.ajax("GET", status, { target: "#living", swap: "outerMorph" });
    document.body.dispatchEvent(new Event("meetings-fetched"));
  });

  let sending = false;
  document.addEventListener("htmx:after:swap", () => {
    for (const box of boxes()) box.checked = marked.has(box.value);
    tell();
    const form = panel()?.querySelector("[data-many-form]");
    if (form && !form.dataset.seen) {
      form.dataset.seen = "yes";
      const wrong = form.querySelector("[data-form-errors], [aria-invalid=true], .concerns input:not([type=hidden])");
      (wrong || form.querySelector("[data-day-words]"))?.focus({ preventScroll: true });
    }
    const sent = panel()?.querySelector("[data-many-sent]");
    if (sent && !sent.dataset.seen) {
      sent.dataset.seen = "yes";
      sending = true;
      markNone();
      stand();
      document.body.dispatchEvent(new Event("meetings-fetched"));
    } else if (sent && sending && sent.querySelector(".living") && !sent.querySelector("#poll")) {
      // All of it has come to an end: the rows say so.
      sending = false;
      document.body.dispatchEvent(new Event("meetings-fetched"));
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of boxes()) mark(box, box.checked);
    tell();
  });
})();
