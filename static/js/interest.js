// The area interest's form: extra requirements that fit, and where the writing goes on.
(() => {
  const ticked = (profile, name) => profile.querySelector(`[name$="-${name}"]`)?.checked;

  // Those of another kind of home are out of sight, unless they are chosen already.
  const narrow = (profile) => {
    for (const label of profile.querySelectorAll("[data-valid-for]")) {
      const fits = label.dataset.validFor.split(" ").some((name) => ticked(profile, name));
      label.hidden = !fits && !label.querySelector("input").checked;
    }
    const list = profile.querySelector("[data-requirements]");
    if (list) list.hidden = [...list.querySelectorAll("[data-valid-for]")].every((label) => label.hidden);
  };

  const narrowAll = () => document.querySelectorAll(".profile").forEach(narrow);

  document.addEventListener("change", (event) => {
    const profile = event.target.closest(".profile");
    if (profile) narrow(profile);
  });

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.target.id !== "profiles") return;
    narrowAll();
    const profile = document.querySelector(".profile[data-fresh]") || document.querySelector(".profile");
    profile?.querySelector("input:not([type=hidden]), select")?.focus();
  });

  document.addEventListener("DOMContentLoaded", narrowAll);
})();
