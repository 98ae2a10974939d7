// Several choices from long lists: type the beginning, Enter takes the first. The <select multiple>
// behind it carries the choice, so that without scripts it serves by itself.
(() => {
  const SHOWN = 12;
  const plain = (text) => text.toLocaleLowerCase("sv").normalize("NFC");
  const words = (text) => plain(text).split(/[\s(),·-]+/).filter(Boolean);

  const parts = (root) => ({
    input: root.querySelector("[data-pick-many-input]"),
    list: root.querySelector("[data-pick-many-list]"),
    chosen: root.querySelector("[data-pick-many-chosen]"),
    options: [...root.querySelectorAll("[data-pick-many-source] option")],
  });

  // How well an option fits what was typed: 0 not at all, the whole name best.
  const fit = (option, typed) => {
    const name = plain(option.textContent).trim();
    const asked = words(typed);
    if (!asked.length) return 0;
    const known = words(name);
    if (!asked.every((word) => known.some((part) => part.startsWith(word)))) return 0;
    if (known.some((part) => part === plain(typed).trim())) return name.startsWith(plain(typed).trim()) ? 4 : 3;
    return name.startsWith(plain(typed).trim()) ? 2 : 1;
  };

  const found = (root, typed) =>
    parts(root)
      .options.filter((option) => !option.selected)
      .map((option, at) => ({ option, at, fit: fit(option, typed) }))
      .filter((each) => each.fit)
      .sort((one, other) => other.fit - one.fit || one.at - other.at)
      .slice(0, SHOWN)
      .map((each) => each.option);

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const close = (root) => {
    const { input, list } = parts(root);
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const point = (root, at) => {
    const { input, list } = parts(root);
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    if (list.children[at]?.id) {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };

  const show = (root) => {
    const { input, list } = parts(root);
    if (!input.value.trim()) {
      close(root);
      return;
    }
    const options = found(root, input.value);
    list.replaceChildren(
      ...options.map((option, at) => {
        const item = make("li", { role: "option", id: `${list.id}-${at}`, "aria-selected": "false" }, option.textContent.trim());
        item.pickManyOption = option;
        return item;
      }),
    );
    if (!options.length) {
      list.append(make("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, list.dataset.none));
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (options.length) point(root, 0);
  };

  const chips = (root) => {
    const { chosen, options, list } = parts(root);
    chosen.replaceChildren(
      ...options
        .filter((option) => option.selected)
        .map((option) => {
          const name = option.textContent.trim();
          const button = make("button", { type: "button", class: "chip", "aria-label": `${list.dataset.remove}: ${name}` }, name, " ×");
          button.pickManyOption = option;
          return make("li", {}, button);
        }),
    );
  };

  const set = (root, option, selected) => {
    option.selected = selected;
    chips(root);
    // Whoever listens to the form hears of it as of any other field.
    option.closest("select").dispatchEvent(new Event("input", { bubbles: true }));
  };

  const take = (root, option) => {
    const { input } = parts(root);
    input.value = "";
    close(root);
    set(root, option, true);
    input.focus();
  };

  const start = (root) => {
    if (root.dataset.pickManyReady) return;
    root.dataset.pickManyReady = "yes";
    for (const source of root.querySelectorAll("[data-pick-many-source]")) {
      const errors = source.querySelector(".errorlist");
      if (errors) root.append(errors);
      source.hidden = true;
    }
    chips(root);
  };

  const startAll = () => document.querySelectorAll("[data-pick-many]").forEach(start);

  const rootOf = (event) => event.target.closest?.("[data-pick-many]");

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-pick-many-input]")) show(rootOf(event));
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-pick-many-input]") || event.ctrlKey || event.metaKey) return;
    const root = rootOf(event);
    const { list, chosen } = parts(root);
    const items = [...list.children].filter((item) => item.pickManyOption);
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "Enter" && items.length) {
      event.preventDefault();
      take(root, items[Math.max(at, 0)].pickManyOption);
    } else if (event.key === "Enter") {
      // Nothing found is no reason to send the form.
      event.preventDefault();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (items.length) point(root, (at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close(root);
    } else if (event.key === "Backspace" && !event.target.value && chosen.lastElementChild) {
      set(root, chosen.lastElementChild.querySelector("button").pickManyOption, false);
    }
  });

  // Before the input loses the focus, which would close the list.
  document.addEventListener("pointerdown", (event) => {
    const item = event.target.closest?.("[data-pick-many-list] [role=option]");
    if (!item) return;
    event.preventDefault();
    if (item.pickManyOption) take(rootOf(event), item.pickManyOption);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-pick-many-chosen] button");
    if (!button) return;
    const root = rootOf(event);
    set(root, button.pickManyOption, false);
    parts(root).input.focus();
  });

  document.addEventListener("focusout", (event) => {
    const root = rootOf(event);
    if (root && event.target.matches("[data-pick-many-input]")) close(root);
  });

  document.addEventListener("DOMContentLoaded", startAll);
  document.addEventListener("htmx:after:swap", startAll);
})();
