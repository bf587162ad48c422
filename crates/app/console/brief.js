// What an ad is about, as a form.

import { h } from "./dom.js";
import { reason, spoken, styles, t } from "./words.js";

export const SHAPES = ["vertical", "square", "horizontal"];

/** One of the three shapes, each drawn. */
export function shapes(name, selected, onchange) {
  return SHAPES.map((shape) => h("label", { class: "shape" },
    h("input", {
      type: "radio", name, value: shape, checked: shape === selected,
      "data-testid": `${name}-${shape}`, onchange: () => onchange(shape),
    }),
    h("span", { class: `drawn ${shape}`, "aria-hidden": "true" }),
    h("span", { class: "shape-name" }, t(`orientation.${shape}`)),
    h("span", { class: "hint" }, t(`orientation.${shape}.use`))));
}

export const blank = () => ({
  business_name: "", region: "", details: "", language: spoken(), orientation: "vertical", style: "",
});

/** The fields of a brief; `values` is kept up to date while the owner types. */
export class BriefForm {
  constructor(values, onchange = () => {}) {
    Object.assign(this, { values, onchange });
    this.chips = h("div", { class: "chips" });
    this.node = h("fieldset", { class: "fields" },
      h("legend", { class: "unseen" }, t("brief")),
      this.#text("business_name", "brief.name", { maxlength: 80, testid: "business-name", hint: true, required: true }),
      this.#text("region", "brief.region", { maxlength: 80, testid: "region", required: true }),
      this.#text("details", "brief.details", { maxlength: 1000, testid: "details", hint: true, rows: 3 }),
      this.#choice("language", t("brief.language"), h("select", {
        id: "brief-language", "data-testid": "language", onchange: (event) => {
          this.#set("language", event.target.value);
          this.#drawChips();
        },
      }, ["ko", "en"].map((code) => h("option", { value: code, selected: values.language === code }, t(`language.${code}`))))),
      h("fieldset", { class: "field", "data-field": "orientation" },
        h("legend", {}, t("brief.orientation")),
        h("div", { class: "shapes" }, shapes("orientation", values.orientation, (shape) => this.#set("orientation", shape))),
        this.#faultLine("orientation")),
      this.#text("style", "brief.style", { maxlength: 200, testid: "style", hint: true, bare: true }, this.chips));
    this.#drawChips();
  }

  #set(name, value) {
    this.values[name] = value;
    this.#show(name, null);
    this.onchange();
  }

  #faultLine(name) {
    return h("p", { class: "fault", id: `fault-${name}`, "data-testid": `fault-${name}`, hidden: true });
  }

  #choice(name, label, control) {
    control.setAttribute("aria-describedby", `fault-${name}`);
    return h("div", { class: "field", "data-field": name },
      h("label", { for: `brief-${name}` }, label), control, this.#faultLine(name));
  }

  #text(name, word, { maxlength, testid, hint, required, rows, bare }, extra) {
    const control = h(rows ? "textarea" : "input", {
      id: `brief-${name}`, name, maxlength, rows, autocomplete: "off", "data-testid": testid,
      placeholder: bare ? null : t(`${word}.example`), "aria-required": required ? "true" : null,
      "aria-describedby": `${hint ? `hint-${name} ` : ""}fault-${name}`,
      value: this.values[name] ?? "", oninput: (event) => {
        this.#set(name, event.target.value);
        if (name === "style") this.#drawChips();
      },
    });
    return h("div", { class: "field", "data-field": name },
      h("label", { for: `brief-${name}` }, t(word), !required && h("span", { class: "optional" }, t("optional"))),
      control,
      hint && h("p", { class: "hint", id: `hint-${name}` }, t(`${word}.hint`)),
      extra, this.#faultLine(name));
  }

  #drawChips() {
    const input = this.node.querySelector("#brief-style");
    this.chips.replaceChildren(...styles(this.values.language).map((style) => h("button", {
      type: "button", class: "chip", "aria-pressed": String(this.values.style === style),
      onclick: (event) => {
        const text = this.values.style === style ? "" : style;
        input.value = text;
        this.#set("style", text);
        for (const chip of this.chips.children) chip.setAttribute("aria-pressed", String(chip === event.target && text !== ""));
      },
    }, style)));
  }

  #show(name, text) {
    const field = this.node.querySelector(`[data-field="${name}"]`);
    const line = this.node.querySelector(`#fault-${name}`);
    line.textContent = text ?? "";
    line.hidden = !text;
    for (const control of field.querySelectorAll("input, textarea, select")) {
      control.toggleAttribute("aria-invalid", Boolean(text));
      if (text) control.setAttribute("aria-invalid", "true");
    }
  }

  /** Marks the fields that the problem points at; tells whether there were any. */
  blame(problem) {
    let first = null;
    for (const { pointer, detail } of problem.errors ?? []) {
      const name = pointer.split("/")[1] ?? "";
      if (!(name in this.values)) continue;
      this.#show(name, reason(detail));
      first ??= this.node.querySelector(`[data-field="${name}"]`).querySelector("input, textarea, select");
    }
    first?.focus();
    return first !== null;
  }

  /** The brief as the service takes it. */
  get brief() {
    const { style, ...rest } = this.values;
    return { ...rest, style: style.trim() === "" ? null : style };
  }
}
