// The calendar by keyboard and by pointer: arrows walk from day to day, a click on a free hour of the
// clock opens the new event at that time. Without it every day still has its link.
(() => {
  const QUARTER = 15;
  const DAYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

  document.addEventListener(
    "keydown",
    (event) => {
      const here = event.target.closest?.("[data-cal-day]");
      if (!here || !(event.key in DAYS) || event.ctrlKey || event.metaKey || event.altKey) return;
      // Else the page itself would go to the month before or after.
      event.stopPropagation();
      const links = [...here.closest("[data-cal-days]").querySelectorAll("[data-cal-day]")];
      const next = links[links.indexOf(here) + DAYS[event.key]];
      if (!next) return;
      event.preventDefault();
      next.focus();
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const hours = event.target.closest("[data-cal-new]");
    if (!hours || event.target.closest("a") || window.getComputedStyle(hours).display !== "grid") return;
    const box = hours.getBoundingClientRect();
    const lines = window.getComputedStyle(hours).gridTemplateRows.split(" ").length;
    const quarter = Math.floor(((event.clientY - box.top) / box.height) * lines);
    // The half hour that was pressed.
    const minutes = Number(hours.dataset.first) * 60 + Math.floor(quarter / 2) * 2 * QUARTER;
    const two = (number) => String(number).padStart(2, "0");
    const url = new URL(hours.dataset.calNew, window.location.href);
    const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    url.searchParams.set("start", `${url.searchParams.get("start")}T${time}`);
    window.location.assign(url);
  });
})();
