// The words: read, changed, or written by the owner.

import { put } from "./api.js";
import { announce, h, redraw } from "./dom.js";
import { missing, ready } from "./stages.js";
import { reason, t } from "./words.js";

/** Whether the owner may still put other words in place of these. */
function editable(project) {
  if (["producing", "archived"].includes(project.status)) return false;
  const { lyric, song } = project;
  const sung = ready(song) && song.lyric_id === lyric?.id;
  return ready(lyric) ? !sung : opened.has(project.id);
}

/** What was typed but not saved, by project; it outlives a change of language. */
const typed = new Map();
/** Projects whose owner writes the words without waiting for ours. */
const opened = new Set();

export function wordsPart({ address, act, fail }) {
  const node = h("section", { class: "words", hidden: true });
  let project = null;
  let last = null;
  let editor = null;

  const draw = () => {
    const { lyric } = project;
    const able = editable(project);
    const key = JSON.stringify([lyric?.id, lyric?.status, lyric?.updated_at, lyric?.draft, able, missing(project), project.status === "producing"]);
    if (key === last) return;
    last = key;
    const written = !able && lyric?.draft;
    node.hidden = !able && !written && !ready(lyric);
    editor = able ? edit() : null;
    redraw(node, node.hidden ? [] : able ? editor.node : written ? watch(lyric) : read(lyric));
  };

  /** The words as far as they have come. */
  const watch = (lyric) => [
    h("h2", {}, t("stage.lyric")),
    h("p", { class: "hint" }, t("lyric.written")),
    h("p", { class: "draft", "data-testid": "lyric-draft", "aria-live": "off" }, lyric.draft),
  ];

  const read = (lyric) => [
    h("h2", {}, t("stage.lyric")),
    h("h3", { "data-testid": "lyric-title-shown" }, lyric.title),
    h("div", { class: "verses", "data-testid": "lyric-shown" }, lyric.sections.map((section) =>
      h("p", { "data-kind": section.kind }, section.lines.flatMap((line) => [line, h("br")]).slice(0, -1)))),
    lyric.edited && h("p", { class: "hint" }, t("lyric.edited")),
    missing(project) !== "song" && project.status !== "producing" && h("p", { class: "hint" }, t("lyric.used")),
  ];

  const edit = () => {
    const { id, lyric } = project;
    const kept = { title: lyric?.title ?? "", text: lyric?.text ?? "" };
    const now = typed.get(id)?.from === kept.text ? typed.get(id) : { ...kept, from: kept.text };
    const fault = (name) => h("p", { class: "fault", role: "alert", id: `fault-${name}`, hidden: true, "data-testid": `fault-${name}` });
    const faults = { title: fault("title"), text: fault("text") };
    const state = h("span", { class: "hint", role: "status", "data-testid": "lyric-state" });
    const changed = () => now.title !== kept.title || now.text !== kept.text;
    const input = (name) => (event) => {
      now[name] = event.target.value;
      typed.set(id, now);
      faults[name].hidden = true;
      state.textContent = changed() ? t("lyric.unsaved") : "";
    };
    const title = h("input", {
      id: "lyric-title", value: now.title, maxlength: 80, autocomplete: "off", "data-testid": "lyric-title",
      "aria-describedby": "fault-title", oninput: input("title"),
    });
    const text = h("textarea", {
      id: "lyric-text", value: now.text, rows: 16, spellcheck: "true", "data-testid": "lyric-text",
      "aria-describedby": "hint-text fault-text", oninput: input("text"),
    });
    const blame = (problem) => {
      const marked = (problem.errors ?? []).filter(({ pointer }) => pointer.slice(1) in faults);
      for (const { pointer, detail } of marked) {
        const line = faults[pointer.slice(1)];
        line.textContent = reason(detail);
        line.hidden = false;
      }
      const [first] = marked;
      if (first) (first.pointer === "/title" ? title : text).focus();
      else fail(problem);
    };
    const save = () => act(() => put(`${address}/lyric`, { title: now.title, text: now.text }).then(() => {
      typed.delete(id);
      opened.delete(id);
      announce(t("lyric.saved"));
      return true;
    }, blame));
    if (changed()) state.textContent = t("lyric.unsaved");
    const form = h("form", { class: "sheet", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      save();
    } },
    h("h2", {}, t("stage.lyric")),
    h("div", { class: "field" }, h("label", { for: "lyric-title" }, t("lyric.title")), title, faults.title),
    h("div", { class: "field" }, h("label", { for: "lyric-text" }, t("lyric.text")), text,
      h("p", { class: "hint", id: "hint-text" }, t("lyric.hint")), faults.text),
    h("div", { class: "row" },
      h("button", { type: "submit", class: "quiet", "data-testid": "save-lyric" }, t("lyric.save")), state));
    return { node: form, save, changed, title };
  };

  return {
    node,
    show(fresh) {
      project = fresh;
      draw();
    },
    /** Opens an empty sheet for the owner's own words. */
    open() {
      opened.add(project.id);
      draw();
      editor?.title.focus();
    },
    /** Saves what is unsaved; tells whether all is saved. */
    async save() {
      return !editor?.changed() || Boolean(await editor.save());
    },
  };
}
