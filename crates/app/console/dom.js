// Elements without markup: text only ever becomes a text node.

/** An element with attributes, listeners (`onclick`) and children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  left: "M14.5 6 8.5 12l6 6",
  right: "M9.5 6l6 6-6 6",
  close: "M7 7l10 10M17 7 7 17",
  check: "M6 12.5l4 4 8-9",
  plus: "M12 5v14M5 12h14",
  down: "M12 4v11m-5-4.5 5 5 5-5M5 20h14",
};

/** A line drawing that says nothing by itself. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Tells those who listen rather than look. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** Shows what went wrong until it is closed. */
export function alarm(text, close) {
  const box = document.getElementById("alert");
  if (!box.hidden && box.firstChild?.textContent === text) return;
  box.replaceChildren(
    h("span", {}, text),
    h("button", { type: "button", class: "bare", "aria-label": close, onclick: hush }, icon("close")),
  );
  box.hidden = false;
}

export function hush() {
  document.getElementById("alert").hidden = true;
}

/** Replaces what is in `host`, and gives the focus back to the control that had it. */
export function redraw(host, ...children) {
  const held = host.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  host.replaceChildren(...children.flat().filter(Boolean));
  if (held) host.querySelector(`[data-testid="${held}"]`)?.focus();
}

/** Asks in a dialog; resolves to whether the answer was yes. */
export function ask({ title, text, yes, no }) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "ask", "aria-labelledby": "ask-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "ask-title" }, title),
        h("p", {}, text),
        h("div", { class: "row end" },
          h("button", { value: "no", class: "quiet" }, no),
          h("button", { value: "yes", class: "strong", "data-testid": "confirm" }, yes))));
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
