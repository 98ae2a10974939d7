// The desk of a viewing: Enter saves a row and goes on in the next, a known person is one key away.
(() => {
  const desk = () => document.getElementById("desk-rows");
  const rows = () => [...desk().querySelectorAll("[data-desk-row]")];
  const inputs = (row) => [...row.querySelectorAll(".desk-cells input")];
  const isEmpty = (row) => inputs(row).every((input) => !input.value.trim());
  const RECEIPTS = 3;

  // --- Rows ------------------------------------------------------------------------------------

  // A token for the form: random bytes, for a page over plain HTTP has no randomUUID.
  const token = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  };

  const freshRow = () => {
    const row = document.getElementById("desk-blank").content.firstElementChild.cloneNode(true);
    const own = row.querySelector("[name=form_token]");
    const before = own.value;
    own.value = token();
    for (const element of row.querySelectorAll(`[id$="${before}"], [for$="${before}"]`)) {
      for (const name of ["id", "for"]) {
        if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace(before, own.value));
      }
    }
    desk().append(row);
    htmx.process(row);
    return row;
  };

  // The row to write in next: an empty one at the end, made where there is none.
  const nextRow = (besides) => rows().findLast((row) => row !== besides && isEmpty(row) && !row.dataset.sent) || freshRow();

  const goTo = (row) => inputs(row)[0].focus();

  document.addEventListener("submit", (event) => {
    const row = event.target.closest("[data-desk-row]");
    if (!row) return;
    if (isEmpty(row) && !row.querySelector("[data-desk-contact]").value) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    row.dataset.sent = "yes";
    goTo(nextRow(row));
  }, true);

  // Only the last few receipts stay; everybody stands in the list below.
  const trim = () => {
    const old = [...desk().querySelectorAll("[data-desk-saved]")].slice(0, -RECEIPTS);
    for (const receipt of old) receipt.remove();
  };

  const tell = (text) => {
    document.getElementById("desk-told").textContent = text;
  };

  // What was typed is mended from its end.
  const mend = (input) => {
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  };

  // A wrong row gets the focus back, unless somebody is writing the next one already.
  const afterSwap = () => {
    const here = document.activeElement;
    const writing = here?.closest?.("[data-desk-row]");
    const wrong = rows().find((row) => row.matches("[data-wrong], [data-undone]") && !row.dataset.seen);
    if (wrong) {
      wrong.dataset.seen = "yes";
      const busy = writing && writing !== wrong && !isEmpty(writing);
      if (!busy) mend(wrong.querySelector("[aria-invalid]") || inputs(wrong)[2]);
    } else if (!here || here === document.body) {
      goTo(nextRow());
    }
    const saved = [...desk().querySelectorAll("[data-desk-saved]")].at(-1);
    if (saved && !saved.dataset.told) {
      saved.dataset.told = "yes";
      tell(saved.querySelector("span").textContent.replace(/\s+/g, " ").trim());
    }
    trim();
  };

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-desk-row]");
    if (!row || !event.target.closest("[data-desk-drop]")) return;
    row.remove();
    goTo(nextRow());
  });

  // What was sent into an ended session stands in its row still: Enter sends it.
  document.addEventListener("signed-in-again", () => {
    if (!desk()) return;
    for (const row of rows()) delete row.dataset.sent;
    const writing = document.activeElement?.closest?.("[data-desk-row]");
    const unsent = rows().find((row) => !isEmpty(row));
    if (unsent && (!writing || isEmpty(writing))) mend(inputs(unsent)[2]);
  });

  // --- Known people ------------------------------------------------------------------------------

  // What was typed to find somebody gives way to who it is, and comes back when it is not.
  const take = (row, one) => {
    for (const input of inputs(row).slice(0, 2)) {
      input.dataset.typed = input.value;
      input.value = "";
    }
    row.querySelector("[data-desk-contact]").value = one.dataset.deskTake;
    row.querySelector("[data-desk-chosen-name]").textContent = one.dataset.name;
    row.querySelector("[data-desk-chosen]").hidden = false;
    row.querySelector("[data-desk-known]").replaceChildren();
    tell(row.querySelector("[data-desk-chosen]").textContent.replace(/\s+/g, " ").trim());
    inputs(row)[2].focus();
  };

  const takeNot = (row) => {
    for (const input of inputs(row).slice(0, 2)) input.value ||= input.dataset.typed || "";
    row.querySelector("[data-desk-contact]").value = "";
    row.querySelector("[data-desk-chosen]").hidden = true;
    inputs(row)[2].focus();
  };

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-desk-row]");
    if (!row) return;
    const one = event.target.closest("[data-desk-take]");
    if (one) take(row, one);
    else if (event.target.closest("[data-desk-not]")) takeNot(row);
  });

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-desk-row]");
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const found = [...row.querySelectorAll("[data-desk-take]")];
    if (event.key === "ArrowDown" && event.target.matches(".desk-cells input") && found.length) {
      event.preventDefault();
      take(row, found[0]);
    } else if (event.key === "Escape" && row.querySelector("[data-desk-contact]").value) {
      takeNot(row);
    }
  });

  // --- Pasting -------------------------------------------------------------------------------------

  document.addEventListener("paste", (event) => {
    const input = event.target.closest?.("[data-desk-row] .desk-cells input");
    if (!input) return;
    const row = input.closest("[data-desk-row]");
    const text = event.clipboardData.getData("text").trim();
    const several = text.split(/[\r\n]+/).filter((line) => line.trim()).length > 1;
    const list = document.getElementById("desk-list");
    if (several && list) {
      event.preventDefault();
      list.querySelector("[name=text]").value = text;
      list.requestSubmit();
    } else if (isEmpty(row) && /\s/.test(text) && (/@/.test(text) || /\d{4}/.test(text.replace(/[\s-]/g, "")))) {
      event.preventDefault();
      inputs(row)[0].value = text;
      row.querySelector("[data-desk-split]").dispatchEvent(new Event("split"));
    }
  });

  // --- The list's filter: in the browser alone ------------------------------------------------------

  const plain = (text) => text.normalize("NFC").toLocaleLowerCase("sv");

  const filter = () => {
    const box = document.querySelector("[data-people-filter]");
    const words = box ? plain(box.value).split(/\s+/).filter(Boolean) : [];
    let shown = 0;
    for (const person of document.querySelectorAll("[data-person]")) {
      const name = plain(person.querySelector("[data-person-name]").textContent);
      person.hidden = !words.every((word) => name.includes(word));
      if (!person.hidden) shown += 1;
    }
    const none = document.querySelector("[data-people-none]");
    if (none) none.hidden = shown > 0;
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-people-filter]")) filter();
  });

  document.addEventListener("htmx:after:swap", () => {
    filter();
    if (desk()) afterSwap();
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (!desk() || window.matchMedia("(hover: none)").matches) return;
    const wrong = desk().querySelector("[aria-invalid]");
    if (wrong) mend(wrong);
    else goTo(nextRow());
  });
})();
