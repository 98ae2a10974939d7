// What every page has: keys, menus that close, forms that go once, the quick search.
(() => {
  const typing = (element) =>
    element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  const visible = (element) => element.checkVisibility() && !element.disabled;

  // --- Keys ------------------------------------------------------------------------------------
  // data-key="u" is clicked, data-key-focus="/" is focused; never while somebody types.

  const shortcuts = () => {
    try {
      return window.localStorage.getItem("shortcuts") !== "off";
    } catch {
      return true;
    }
  };

  const tellShortcuts = () => {
    for (const button of document.querySelectorAll("[data-shortcuts]")) {
      button.setAttribute("aria-pressed", String(shortcuts()));
    }
  };

  const press = (event) => {
    if (!shortcuts() || event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
    if (document.querySelector("dialog:modal")) return;
    const key = CSS.escape(event.key);
    const focused = [...document.querySelectorAll(`[data-key-focus="${key}"]`)].find(visible);
    const clicked = [...document.querySelectorAll(`[data-key="${key}"]`)].find(visible);
    if (!focused && !clicked) return;
    if (clicked && event.target.closest("[type=radio], [role=menu], details[open]")) return;
    event.preventDefault();
    if (focused) focused.focus();
    else if (!event.repeat) clicked.click();
  };

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-send]");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) form.requestSubmit(form.querySelector("[data-send-button]"));
    } else if (event.key === "Escape") {
      closeMenus(event.target);
    } else {
      press(event);
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-shortcuts]");
    if (!button) return;
    try {
      window.localStorage.setItem("shortcuts", shortcuts() ? "off" : "on");
    } catch {
      // Without storage they stay as they are.
    }
    tellShortcuts();
  });

  // --- Menus: <details> that close when one goes elsewhere -----------------------------------------

  const closeMenus = (from) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      const inside = menu.contains(from);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
    const found = document.getElementById("quick-results");
    if (found && found.childElementCount) {
      const box = document.getElementById("quick-search");
      const inside = found.contains(from);
      found.replaceChildren();
      if (inside) box.focus();
    }
  };

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    if (!event.target.closest("[data-quick]")) document.getElementById("quick-results")?.replaceChildren();
  });

  document.addEventListener("focusin", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    if (!event.target.closest("[data-quick]")) document.getElementById("quick-results")?.replaceChildren();
  });

  // --- Dialogs: data-opens="id" shows one ------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
  });

  // --- Quick search: arrows walk through what was found ----------------------------------------------

  document.addEventListener("keydown", (event) => {
    const quick = event.target.closest?.("[data-quick]");
    if (!quick || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const stops = [quick.querySelector("[type=search]"), ...quick.querySelectorAll("#quick-results a")];
    const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  // --- Forms that go once --------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    // After this turn, so that the pressed button's own name is still sent.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });

  // Where the writing goes on: the first mistake, else the first empty field. No keyboard pops up
  // unasked on a touch screen.
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form[data-send]");
    if (!form) return;
    const fields = [...form.querySelectorAll("input:not([type=radio], [type=hidden]), select, textarea")];
    const open = fields.filter((field) => field.tabIndex >= 0 && visible(field));
    const wrong = open.find((field) => field.getAttribute("aria-invalid") === "true");
    const hands = window.matchMedia("(hover: none)").matches;
    // What concerns the whole form is said on top, and must not scroll out of sight.
    const whole = form.querySelector("[data-form-errors]");
    // Why it should be sent all the same.
    const asked = form.querySelector(".concerns input:not([type=hidden])");
    const chosen = (field) => [...(field.closest("pick-list")?.select.selectedOptions ?? [])].some((one) => one.value);
    (whole || wrong || asked || (hands ? null : open.find((field) => !field.value && !chosen(field))))?.focus();
  });

  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("form button:disabled")) button.disabled = false;
  });

  // --- A request that came to nothing ---------------------------------------------------------------

  const tell = (id, shown) => {
    const line = document.getElementById(id);
    if (line) line.hidden = !shown;
  };

  // An answer that is a whole page (signed out, an error) is no piece of this one. What is half
  // written is not thrown away by loading the page again.
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (!/^\s*<!doctype/i.test(ctx.text || "")) return;
    event.preventDefault();
    const signedOut = ctx.response.raw.redirected || ctx.response.status === 403;
    if (!signedOut) tell("offline", true);
    else tell("signed-out", true);
  });
  // An address says only what is filtered by.
  document.addEventListener("htmx:config:request", (event) => {
    const { body } = event.detail.ctx.request;
    if (!event.target.matches("form[method=get]")) return;
    for (const [name, value] of [...body]) if (value === "") body.delete(name);
  });

  // --- Back and forward -----------------------------------------------------------------------------
  // The addresses that htmx has pushed are one page to the browser: going from one to another changes
  // the address alone, and the content is fetched anew. Also when the reader is gone before a script
  // runs that hears of it, and before an answer to an earlier choice has come.

  const here = () => location.pathname + location.search;

  // The address that this page was fetched for.
  const fetchedFor = () => {
    const way = performance.getEntriesByType("navigation")[0];
    const neighboured = way && ["reload", "back_forward"].includes(way.type) && !way.redirectCount;
    if (!neighboured || !way.name.startsWith(location.origin)) return here();
    const { pathname, search } = new URL(way.name);
    return pathname + search;
  };

  let shown = fetchedFor();
  const underway = new Set();

  const elsewhere = () => here() !== shown;
  const fit = () => {
    if (!elsewhere()) return;
    for (const request of underway) request.abort();
    location.reload();
  };

  document.addEventListener("htmx:before:request", ({ detail }) => underway.add(detail.ctx.request));
  document.addEventListener("htmx:finally:request", ({ detail }) => underway.delete(detail.ctx.request));
  document.addEventListener("htmx:after:history:update", () => (shown = here()));
  document.addEventListener("htmx:before:history:restore", (event) => {
    if (elsewhere()) event.preventDefault();
  });
  window.addEventListener("popstate", fit);
  fit();

  // --- Signed in again in another tab: this page goes on where it was ------------------------------
  // Its form token is from before, so it fetches a new one, if it is the same person. A page with
  // more to do hears of it by `signed-in-again`.

  const formTokens = () => {
    const blanks = [...document.querySelectorAll("template")].map((blank) => blank.content);
    return [document, ...blanks].flatMap((part) => [...part.querySelectorAll("[name=csrfmiddlewaretoken]")]);
  };

  const renew = async () => {
    const answer = await fetch("/accounts/token/", { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) return;
    const { token, who } = await answer.json();
    const other = document.body.dataset.whose && who !== document.body.dataset.whose;
    tell("signed-out", false);
    tell("other-person", other);
    if (other) return;
    for (const field of formTokens()) field.value = token;
    document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
    tell("signed-in-again", true);
    // What was typed meanwhile is kept as a draft at once.
    document
      .querySelector("form[data-send] [name=form_token]")
      ?.dispatchEvent(new Event("input", { bubbles: true }));
    document.dispatchEvent(new Event("signed-in-again"));
  };

  const signedOut = () => {
    const line = document.getElementById("signed-out");
    return line && !line.hidden;
  };
  const house = new BroadcastChannel("vitecportal");
  house.addEventListener("message", (event) => {
    if (event.data === "signed-in" && signedOut()) renew();
  });
  window.addEventListener("focus", () => {
    if (signedOut()) renew();
  });

  document.addEventListener("htmx:error", () => tell("offline", true));
  document.addEventListener("htmx:after:swap", () => tell("offline", false));

  document.addEventListener("DOMContentLoaded", tellShortcuts);
})();
