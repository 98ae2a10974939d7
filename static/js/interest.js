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

  // When the list of profiles has changed, the button that did it is gone with the old list; the
  // writing goes on in the new profile, else in the first.
  const follow = () => {
    narrowAll();
    if (document.activeElement !== document.body) return;
    const profile = document.querySelector(".profile[data-fresh]") || document.querySelector(".profile");
    const fields = [...(profile?.querySelectorAll("input, select, textarea") ?? [])];
    fields.find((field) => field.checkVisibility())?.focus();
  };

  document.addEventListener("DOMContentLoaded", () => {
    narrowAll();
    new MutationObserver(follow).observe(document.getElementById("profiles"), { childList: true });
  });
})();
