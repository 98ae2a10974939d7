// Beside the field for a day in words: ready words to press, and the browser's own calendar.
(() => {
  const write = (field, words) => {
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };

  const field = (element) => document.getElementById(element.closest("[data-day-for]").dataset.dayFor);

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-day-words-chip]");
    if (chip) write(field(chip), chip.dataset.dayWordsChip);
    const emptier = event.target.closest("[data-empty]");
    if (emptier) write(emptier.closest("form").elements[emptier.dataset.empty], "");
    const opener = event.target.closest("[data-day-open]");
    if (opener) {
      const calendar = opener.parentElement.querySelector("[data-day-calendar]");
      if (calendar.showPicker) calendar.showPicker();
      else calendar.focus();
    }
  });

  document.addEventListener("change", (event) => {
    const calendar = event.target.closest("[data-day-calendar]");
    if (calendar && calendar.value) write(field(calendar), calendar.value.replace("T", " ").slice(0, 16));
  });
})();
