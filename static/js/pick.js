// <pick-list>: a plain <select> made searchable. The select keeps the choice and is what is sent;
// it tells of a change by its own `change` event. Without this file it stays as it is.
(() => {
  const MOST = 200;

  const plain = (letter) => letter.normalize("NFD").replace(/\p{M}/gu, "");

  // Small letters without accents. å, ä and ö are letters of their own, unless one is `loose`.
  const folded = (text, loose) =>
    [...text.normalize("NFC").toLowerCase()]
      .map((letter) => (!loose && "åäö".includes(letter) ? letter : plain(letter)))
      .join("");

  const words = (text, loose) => folded(text, loose).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

  const begins = (option, typed, loose) => {
    const known = words([option.text, option.dataset.words ?? ""].join(" "), loose);
    return words(typed, loose).every((word) => known.some((other) => other.startsWith(word)));
  };

  // "malmo" finds Malmö where nothing else fits; "ö" never finds an o.
  const fitting = (options, typed) => {
    const strict = options.filter((option) => begins(option, typed, false));
    if (strict.length || /[åäö]/i.test(typed.normalize("NFC"))) return strict;
    return options.filter((option) => begins(option, typed, true));
  };

  const make = (tag, className, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    element.className = className;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };

  const label = (option) => option.dataset.label ?? option.text;

  class PickList extends HTMLElement {
    connectedCallback() {
      const select = this.querySelector("select");
      if (!select || this.select) return;
      this.querySelector(".pick-ui")?.remove();
      this.select = select;
      this.shown = [];
      this.active = -1;
      this.typed = false;
      this.build();
      this.tell();
    }

    // --- What it is made of ----------------------------------------------------------------------

    build() {
      const { select } = this;
      const id = select.id.replace(/-select$/, "");
      select.id = `${id}-select`;
      select.hidden = true;
      this.input = make("input", "form-select pick-input", {
        id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
        "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`,
      });
      for (const name of ["aria-invalid", "aria-describedby", "aria-label"]) {
        if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
      }
      this.input.disabled = select.disabled;
      this.list = make("div", "pick-options", { id: `${id}-list`, role: "listbox" });
      this.list.hidden = true;
      if (select.multiple) this.list.setAttribute("aria-multiselectable", "true");
      const named = document.querySelector(`label[for="${CSS.escape(id)}"]`);
      this.list.setAttribute("aria-label", select.ariaLabel || named?.innerText || id);
      this.said = make("span", "visually-hidden", { role: "status" });
      this.chips = make("ul", "chips pick-chips");
      this.chips.hidden = true;
      const box = make("div", "pick-box");
      box.append(this.input, this.list);
      const ui = make("div", "pick-ui");
      ui.append(this.chips, box, this.said);
      this.append(ui);
      this.listen();
    }

    listen() {
      this.input.addEventListener("input", () => {
        this.typed = true;
        this.open(this.input.value.trim() ? 0 : -1);
        this.said.textContent = this.shown.length ? `${this.dataset.found} ${this.shown.length}` : this.dataset.nothing;
      });
      this.input.addEventListener("click", () => this.isOpen || this.open());
      this.input.addEventListener("focus", () => this.input.select());
      this.input.addEventListener("keydown", (event) => this.press(event));
      this.select.addEventListener("change", () => this.tell());
      this.addEventListener("focusout", (event) => {
        if (!this.contains(event.relatedTarget)) this.settle();
      });
      // The box keeps the focus while a row is pressed.
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const row = event.target.closest("[role=option]");
        if (row) this.choose(this.shown[Number(row.dataset.at)]);
      });
      this.chips.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        this.options.find((option) => option.value === button.value).selected = false;
        this.changed();
        this.input.focus();
      });
    }

    // --- What can be chosen ----------------------------------------------------------------------

    get options() {
      return [...this.select.options];
    }

    get isOpen() {
      return !this.list.hidden;
    }

    get offered() {
      if (this.select.multiple) return this.options.filter((option) => !option.selected);
      return this.options.filter((option) => option.value || !("required" in this.dataset));
    }

    get found() {
      const typed = this.typed ? this.input.value.trim() : "";
      return typed ? fitting(this.offered.filter((option) => option.value), typed) : this.offered;
    }

    open(active = null) {
      this.shown = this.found.slice(0, MOST);
      const chosen = this.shown.findIndex((option) => option.selected);
      this.list.replaceChildren(...this.rows());
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
      const { bottom, top } = this.input.getBoundingClientRect();
      const below = window.innerHeight - bottom;
      const above = below < 200 && top > 2 * below;
      this.list.classList.toggle("pick-above", above);
      // Its end should not be outside of the window.
      this.list.classList.toggle("pick-short", (above ? top : below) < 380);
      this.point(active ?? (this.select.multiple ? -1 : chosen));
    }

    rows() {
      if (!this.shown.length) return [make("p", "pick-nothing", { role: "presentation" }, this.dataset.nothing)];
      const groups = new Map();
      this.shown.forEach((option, at) => {
        const heading = option.parentElement.label ?? "";
        if (!groups.has(heading)) groups.set(heading, []);
        groups.get(heading).push(this.row(option, at));
      });
      const rows = [...groups].flatMap(([heading, found]) => (heading ? [this.group(heading, found)] : found));
      const left = this.found.length - this.shown.length;
      if (left) rows.push(make("p", "pick-nothing", { role: "presentation" }, `${this.dataset.more} ${left}`));
      return rows;
    }

    group(heading, found) {
      const group = make("div", "pick-group", { role: "group", "aria-label": heading });
      group.append(make("div", "pick-heading", { "aria-hidden": "true" }, heading), ...found);
      return group;
    }

    row(option, at) {
      const row = make("div", "pick-option", {
        id: `${this.list.id}-${at}`, role: "option", "data-at": at, "aria-selected": String(option.selected),
      });
      row.append(make("span", "pick-label", {}, label(option)));
      if (option.dataset.detail) row.append(" ", make("span", "pick-detail", {}, option.dataset.detail));
      return row;
    }

    point(at) {
      this.active = at;
      for (const row of this.list.querySelectorAll("[role=option]")) {
        row.classList.toggle("pick-active", Number(row.dataset.at) === at);
      }
      const row = this.list.querySelector(".pick-active");
      if (row) {
        this.input.setAttribute("aria-activedescendant", row.id);
        row.scrollIntoView({ block: "nearest" });
      } else {
        this.input.removeAttribute("aria-activedescendant");
      }
    }

    // --- Choosing --------------------------------------------------------------------------------

    choose(option) {
      if (this.select.multiple) option.selected = true;
      else this.select.value = option.value;
      this.changed();
    }

    changed() {
      this.close();
      this.select.dispatchEvent(new Event("input", { bubbles: true }));
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }

    close() {
      this.list.hidden = true;
      this.list.replaceChildren();
      this.shown = [];
      this.input.setAttribute("aria-expanded", "false");
      this.point(-1);
      this.said.textContent = "";
      this.typed = false;
      this.tell();
    }

    // On leaving: what was written means a choice only if it can mean but one.
    settle() {
      if (!this.typed) {
        if (this.isOpen) this.close();
        return;
      }
      const { found } = this;
      const empty = this.options.find((option) => !option.value);
      if (!this.input.value.trim() && empty && !this.select.multiple) this.choose(empty);
      else if (this.input.value.trim() && found.length === 1) this.choose(found[0]);
      else this.close();
    }

    // What stands in the box and on the chips is what the select says.
    tell() {
      const chosen = this.options.filter((option) => option.selected && option.value);
      const empty = this.options.find((option) => !option.value);
      this.input.placeholder = this.select.multiple ? this.dataset.add : (empty?.text ?? "");
      if (!this.typed) this.input.value = this.select.multiple || !chosen.length ? "" : chosen[0].text;
      this.chips.hidden = !this.select.multiple || !chosen.length;
      if (this.select.multiple) this.chips.replaceChildren(...chosen.map((option) => this.chip(option)));
    }

    chip(option) {
      const item = make("li", "");
      const name = `${this.dataset.remove}: ${option.text}`;
      const button = make("button", "chip", { type: "button", value: option.value, "aria-label": name });
      button.append(label(option), make("span", "pick-cross", { "aria-hidden": "true" }, "×"));
      item.append(button);
      return item;
    }

    // --- Keys ------------------------------------------------------------------------------------

    press(event) {
      if (event.ctrlKey || event.metaKey) {
        // What stands half written is settled before the form goes.
        if (event.key === "Enter") this.settle();
        return;
      }
      const act = {
        ArrowDown: () => this.step(1),
        ArrowUp: () => this.step(-1),
        Enter: () => this.enter(),
        Escape: () => this.isOpen && this.close(),
        Backspace: () => this.removeLast(),
        Tab: () => this.isOpen && this.typed && this.shown[this.active] && this.choose(this.shown[this.active]),
      }[event.key];
      if (!act) return;
      const wasOpen = this.isOpen;
      act();
      if (event.key.startsWith("Arrow") || event.key === "Enter") event.preventDefault();
      if (event.key === "Escape" && wasOpen) {
        event.preventDefault();
        event.stopPropagation();
      }
    }

    step(by) {
      if (!this.isOpen) {
        this.open();
        if (this.active < 0) this.point(by > 0 ? 0 : this.shown.length - 1);
        return;
      }
      const last = this.shown.length - 1;
      const next = this.active + by;
      this.point(next < 0 ? last : next > last ? 0 : next);
    }

    enter() {
      if (!this.isOpen) this.open();
      else if (this.shown[this.active]) this.choose(this.shown[this.active]);
    }

    removeLast() {
      if (!this.select.multiple || this.input.value) return;
      const chosen = this.options.filter((option) => option.selected);
      if (!chosen.length) return;
      chosen[chosen.length - 1].selected = false;
      this.changed();
    }
  }

  customElements.define("pick-list", PickList);

  // Going back in the history fills the selects in again, after the page has been built.
  window.addEventListener("pageshow", () => {
    for (const picker of document.querySelectorAll("pick-list")) picker.tell();
  });
})();
