// The page of one submission: the seconds left to undo, and a word when its state changes.
(() => {
  const living = () => document.getElementById("living");
  let shown = null;
  let deadline = null;
  let heldFocus = false;

  const tick = () => {
    const ring = living()?.querySelector("[data-seconds]");
    if (!ring) {
      deadline = null;
      return;
    }
    deadline ??= Date.now() + Number(ring.dataset.seconds) * 1000;
    const left = Math.max(0, (deadline - Date.now()) / 1000);
    const whole = Math.max(1, ring.dataset.until - ring.dataset.from);
    ring.querySelector("[data-left]").textContent = String(Math.ceil(left));
    ring.querySelector("[data-arc]").setAttribute("stroke-dashoffset", String(Math.max(0, 100 - (100 * left) / whole)));
  };

  const tell = () => {
    const state = living()?.dataset.state;
    if (shown && state && state !== shown) {
      document.getElementById("announce").textContent = living().querySelector("[data-say]").textContent;
    }
    shown = state ?? shown;
  };

  document.addEventListener("htmx:before:swap", () => {
    heldFocus = Boolean(living()?.contains(document.activeElement));
  });

  document.addEventListener("htmx:after:swap", () => {
    // The button that had the focus may be gone; the reader stays where it was.
    if (heldFocus && !living()?.contains(document.activeElement)) {
      living()?.querySelector("[data-say]").focus({ preventScroll: true });
    }
    tick();
    tell();
  });

  // From a row of a list: back to that row, see rows.js.
  const showWayBack = () => {
    const link = document.querySelector("[data-way-back]");
    try {
      const way = JSON.parse(sessionStorage.getItem("way-back"));
      if (!link?.hidden || !way) return;
      link.search = new URL(way.address, location.origin).search;
      link.hidden = false;
    } catch {
      // Without a store there is no row to go back to.
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    showWayBack();
    tick();
    tell();
    setInterval(tick, 250);
  });
})();
