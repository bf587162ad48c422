// Small forms: fields by name, and the service's faults beside them.

import { h } from "./dom.js";
import { reason, t } from "./words.js";

const boxes = (control) => [...control.querySelectorAll("input[type=checkbox]")];

/** What was entered: a text, or a list of what was ticked. */
function entered(control) {
  if (control.tagName !== "FIELDSET") return control.value;
  return boxes(control).filter((box) => box.checked).map((box) => box.value);
}

function enter(control, value) {
  if (control.tagName !== "FIELDSET") control.value = value;
  else for (const box of boxes(control)) box.checked = value.includes(box.value);
}

/** A form whose fields are named as the service names them. */
export class SmallForm {
  #fields = new Map();

  constructor(name, fields, { go, ongo, hint }) {
    this.name = name;
    this.fault = h("p", { class: "fault", role: "alert", "data-testid": `${name}-fault`, hidden: true });
    this.node = h("form", {
      class: "small", novalidate: true, "data-testid": `${name}-form`, onsubmit: (event) => {
        event.preventDefault();
        this.#submit(ongo);
      },
    },
    fields.map((field) => this.#field(field)), hint && h("p", { class: "hint" }, hint), this.fault,
    h("div", { class: "row" }, h("button", { type: "submit", class: "strong", "data-testid": `${name}-go` }, go)));
  }

  #checks({ name, word, hint, checks }) {
    const id = `${this.name}-${name}`;
    const fault = h("p", { class: "fault", id: `${id}-fault`, "data-testid": `${id}-fault`, hidden: true });
    const control = h("fieldset", { id, class: "field checks", "data-testid": id, "aria-describedby": `${id}-fault`, tabindex: "-1" },
      h("legend", {}, word, h("span", { class: "optional" }, t("optional"))),
      checks.map(([value, text]) => h("label", { class: "check" },
        h("input", { type: "checkbox", value, "data-testid": `${id}-${value}` }), h("span", {}, text))),
      hint && h("p", { class: "hint" }, hint), fault);
    control.addEventListener("input", () => this.#show(name, null));
    this.#fields.set(name, { control, fault });
    return control;
  }

  #field(field) {
    if (field.checks) return this.#checks(field);
    const { name, word, hint, optional, ...rest } = field;
    const id = `${this.name}-${name}`;
    const described = { id, name, "data-testid": id, "aria-describedby": `${id}-fault`, "aria-required": optional ? null : "true" };
    const control = rest.choices
      ? h("select", described, rest.choices.map(([value, text]) => h("option", { value, selected: value === rest.value }, text)))
      : h("input", { autocomplete: "off", ...rest, ...described });
    const fault = h("p", { class: "fault", id: `${id}-fault`, "data-testid": `${id}-fault`, hidden: true });
    control.addEventListener("input", () => this.#show(name, null));
    this.#fields.set(name, { control, fault });
    return h("div", { class: "field" },
      h("label", { for: id }, word, optional && h("span", { class: "optional" }, t("optional"))),
      control, hint && h("p", { class: "hint" }, hint), fault);
  }

  /** What was entered. */
  get values() {
    return Object.fromEntries([...this.#fields].map(([name, { control }]) => [name, entered(control)]));
  }

  fill(values) {
    for (const [name, value] of Object.entries(values)) {
      enter(this.#fields.get(name).control, value);
      this.#show(name, null);
    }
  }

  #show(name, text) {
    const { control, fault } = this.#fields.get(name);
    fault.textContent = text ?? "";
    fault.hidden = !text;
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }

  /** Says what is wrong, where the service says that it is. */
  blame(problem, told) {
    const pointed = (problem.errors ?? []).filter(({ pointer }) => this.#fields.has(pointer.split("/")[1]));
    for (const { pointer, detail } of pointed) this.#show(pointer.split("/")[1], reason(detail));
    if (pointed.length > 0) return this.#fields.get(pointed[0].pointer.split("/")[1]).control.focus();
    this.fault.textContent = told;
    this.fault.hidden = false;
    return undefined;
  }

  async #submit(ongo) {
    if (this.node.hasAttribute("aria-busy")) return;
    this.fault.hidden = true;
    for (const name of this.#fields.keys()) this.#show(name, null);
    this.node.setAttribute("aria-busy", "true");
    try {
      await ongo(this.values, this);
    } finally {
      this.node.removeAttribute("aria-busy");
    }
  }
}
