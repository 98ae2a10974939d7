// After a viewing: a figure marks a visitor, the writing goes on in the note, Enter in the next one.
(() => {
  const people = () => [...document.querySelectorAll("[data-visitor]")];
  const hands = window.matchMedia("(hover: none)").matches;
  const marks = (person) => [...person.querySelectorAll("[data-interest]")];
  // Of somebody with protected identity there is no note: the row itself takes the keys.
  const note = (person) => person.querySelector("[data-note]");
  const isMarked = (person) => marks(person).some((button) => button.getAttribute("aria-pressed") === "true");

  const go = (person, step) => {
    const all = people();
    const next = all[all.indexOf(person) + step];
    if (next) next.focus();
    else document.querySelector("#after-bar button")?.focus();
  };

  // One after the other, so that what is counted is what was marked last.
  let line = Promise.resolve();
  let left = 0;
  // What came into an ended session: it goes again once somebody has signed in.
  const unsent = new Set();

  const post = async (form, body) => {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (answer.redirected || answer.status === 403) {
      unsent.add(form);
      document.getElementById("signed-out").hidden = false;
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const bar = page.getElementById("after-bar");
    if (!answer.ok || !bar || page.getElementById("content")) throw new Error("not kept");
    document.getElementById("after-bar").replaceWith(document.adoptNode(bar));
    unsent.delete(form);
  };

  const keep = (form) => {
    const body = new FormData(form);
    left += 1;
    line = line
      .then(() => post(form, body))
      .catch(() => {
        document.getElementById("offline").hidden = false;
      })
      .finally(() => {
        left -= 1;
      });
  };

  // Each form says all of it: what it says now goes, with its new token.
  const sendAgain = () => {
    const forms = [...unsent];
    unsent.clear();
    for (const form of forms) keep(form);
  };

  document.addEventListener("signed-in-again", sendAgain);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-interest]");
    if (!button) return;
    event.preventDefault();
    const person = button.closest("[data-visitor]");
    person.querySelector("[data-marked-as]").value = button.value;
    for (const each of marks(person)) each.setAttribute("aria-pressed", String(each === button));
    keep(button.form);
    if (!hands) (note(person) || person).focus({ preventScroll: true });
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-note]")) keep(event.target.form);
  });

  document.addEventListener(
    "submit",
    async (event) => {
      if (event.target.matches("[data-impression]")) {
        event.preventDefault();
        event.stopImmediatePropagation();
        keep(event.target);
      } else if ((left || unsent.size) && event.target.closest("#after-bar")) {
        // Whoever has been marked this very moment is among them.
        event.preventDefault();
        event.stopImmediatePropagation();
        sendAgain();
        await line;
        if (!unsent.size) document.querySelector("#after-bar [name=kind]").click();
      }
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    const person = event.target.closest("[data-visitor]");
    if (!person || event.altKey || event.ctrlKey || event.metaKey) return;
    const writes = event.target === note(person);
    if (event.key === "Enter" && (writes || (!note(person) && event.target === person))) {
      event.preventDefault();
      // What was written is kept as the field is left.
      go(person, 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(person, event.key === "ArrowDown" ? 1 : -1);
    } else if (!writes) {
      const button = marks(person).find((each) => each.dataset.interest === event.key);
      if (!button || event.repeat) return;
      event.preventDefault();
      button.click();
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (hands) return;
    (people().find((person) => !isMarked(person)) || people()[0])?.focus({ preventScroll: true });
  });
})();
