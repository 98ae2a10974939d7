// Before the first paint: the theme, and the word that scripts run here.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // "light", "dark", or null to follow the computer. Storage may be shut off.
  const chosen = () => {
    try {
      return window.localStorage.getItem("theme");
    } catch {
      return null;
    }
  };

  const choose = (theme) => {
    try {
      if (theme === "auto") window.localStorage.removeItem("theme");
      else window.localStorage.setItem("theme", theme);
    } catch {
      // Without storage the choice holds for this page.
    }
    show(theme === "auto" ? null : theme);
  };

  const show = (theme) => {
    root.dataset.bsTheme = theme || (dark.matches ? "dark" : "light");
    for (const button of document.querySelectorAll("[data-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === (theme || "auto")));
    }
  };

  root.classList.add("js");
  show(chosen());
  dark.addEventListener("change", () => show(chosen()));
  document.addEventListener("DOMContentLoaded", () => show(chosen()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme]");
    if (button) choose(button.dataset.theme);
  });
})();
