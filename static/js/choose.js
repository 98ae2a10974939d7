// How many are chosen stands on the buttons that act on them.
(() => {
  const count = (form) => {
    const chosen = form.querySelectorAll("input[type=checkbox][name=code]:checked").length;
    for (const place of form.querySelectorAll("[data-chosen]")) {
      place.textContent = String(chosen);
      place.closest("button").disabled = chosen === 0;
    }
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-choose]");
    if (form) count(form);
  });

  for (const when of ["DOMContentLoaded", "pageshow"]) {
    addEventListener(when, () => document.querySelectorAll("form[data-choose]").forEach(count));
  }
})();
