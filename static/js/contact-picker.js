// The contact picker by keyboard: type, arrow down, Enter. The radio buttons carry the choice.
(() => {
  const parts = (picker) => ({
    box: picker.querySelector("[type=search]"),
    options: picker.querySelector("[data-picker-options]"),
    chosen: picker.querySelector("[data-picker-chosen]"),
    radios: [...picker.querySelectorAll("[data-picker-options] [type=radio]")],
  });

  const fold = (picker, folded) => picker.classList.toggle("has-chosen", folded);

  const take = (picker, radio) => {
    const { chosen, box, options } = parts(picker);
    chosen.replaceChildren(radio.closest("label"));
    box.value = "";
    options.replaceChildren();
    fold(picker, true);
    radio.checked = true;
    goOn(picker);
  };

  // Somebody is chosen, so the writing goes on in the next field.
  const goOn = (picker) => {
    const fields = [...(picker.closest("form")?.elements || [])].filter(
      (field) => field.matches("input:not([type=hidden], [type=radio]), select, textarea") && field.tabIndex >= 0,
    );
    const after = fields.find(
      (field) =>
        field.checkVisibility() &&
        !picker.contains(field) &&
        picker.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    (after || picker.querySelector("[data-picker-change]")).focus();
  };

  // What stands in the list is what was asked for.
  const upToDate = ({ box, options }) =>
    options.querySelector("[data-text]")?.dataset.text.trim() === box.value.trim();

  const takeFirst = (picker) => {
    const { radios } = parts(picker);
    if (radios.length) radios[0].click();
  };

  document.addEventListener("change", (event) => {
    const picker = event.target.closest("[data-picker]");
    if (picker && event.target.matches("[data-picker-options] [type=radio]")) take(picker, event.target);
  });

  document.addEventListener("click", (event) => {
    const picker = event.target.closest("[data-picker-change]")?.closest("[data-picker]");
    if (!picker) return;
    fold(picker, false);
    parts(picker).box.focus();
  });

  const inBox = (event, picker) => {
    const { box, radios, chosen } = parts(picker);
    if (event.key === "ArrowDown" && radios.length) {
      event.preventDefault();
      radios[0].focus();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (radios.length && upToDate(parts(picker))) takeFirst(picker);
      else picker.dataset.takeFirst = box.value.trim();
    } else if (event.key === "Escape" && chosen.querySelector(":checked")) {
      fold(picker, true);
      picker.querySelector("[data-picker-change]").focus();
    }
  };

  // The arrows only walk; a native radio group would choose on the way.
  const inList = (event, picker) => {
    const { box, radios } = parts(picker);
    const at = radios.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      (radios[at + step] || (step < 0 ? box : radios[at])).focus();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.target.click();
    }
  };

  document.addEventListener("keydown", (event) => {
    const picker = event.target.closest?.("[data-picker]");
    if (!picker) return;
    if (event.target.matches("[type=search]")) inBox(event, picker);
    else if (event.target.matches("[data-picker-options] [type=radio]")) inList(event, picker);
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const picker = event.target.closest?.("[data-picker]");
    if (!picker) return;
    const wanted = picker.dataset.takeFirst;
    const { box, radios } = parts(picker);
    if (wanted === undefined || wanted !== box.value.trim() || !radios.length || !upToDate(parts(picker))) return;
    delete picker.dataset.takeFirst;
    takeFirst(picker);
  });

  document.addEventListener("input", (event) => {
    const picker = event.target.closest("[data-picker]");
    if (picker && event.target.matches("[type=search]")) delete picker.dataset.takeFirst;
  });
})();
