// The first page: a new ad, and those made before.

import { BriefForm, blank } from "./brief.js";
import { get, post } from "./api.js";
import { announce, h, hush } from "./dom.js";
import { Photos } from "./photos.js";
import { day, t } from "./words.js";

/** What the owner has entered so far; it outlives a change of language or page. */
const sheet = { values: null, photos: [] };
/** Photos that were chosen for a project but are not uploaded, for its page to take over. */
const leftovers = new Map();

export function takeLeftovers(project) {
  const items = leftovers.get(project) ?? [];
  leftovers.delete(project);
  return items;
}

/** The ads made before, by themselves. */
export function projectsPage(context) {
  return h("div", { class: "home" }, list({ ...context, level: "h1" }));
}

export function homePage({ signal, fail, go }) {
  sheet.values ??= blank();
  const preview = h("div", { class: "preview", "aria-hidden": "true" });
  const photos = new Photos({ items: sheet.photos, onchange: () => draw(), onproblem: fail });
  const form = new BriefForm(sheet.values, () => draw());
  const note = h("p", { class: "hint", role: "status" }, t("create.note"));
  const order = h("p", { class: "hint", hidden: true }, t("photos.order"));
  let busy = false;

  const draw = () => {
    const { business_name: name, region, orientation } = sheet.values;
    order.hidden = sheet.photos.length < 2;
    const [first] = sheet.photos.filter((item) => item.state !== "failed");
    preview.replaceChildren(h("div", { class: `screen ${orientation}` },
      first && h("img", { src: first.url, alt: "" }),
      h("div", { class: "lower" },
        h("strong", {}, name.trim() || t("preview.name")),
        h("span", {}, region.trim() || t("preview.region")))));
  };

  const submit = async (next) => {
    if (busy) return;
    hush();
    if (next === "produce" && !sheet.photos.some((item) => !item.hopeless)) {
      photos.complain(t("photos.needed"));
      photos.drop.querySelector("input").focus();
      return;
    }
    busy = true;
    page.setAttribute("aria-busy", "true");
    note.textContent = t("creating");
    try {
      const project = await post("/v1/projects", form.brief);
      await fillAndStart(project.id, next);
    } catch (problem) {
      if (!form.blame(problem)) fail(problem);
      note.textContent = t("create.note");
    } finally {
      busy = false;
      page.removeAttribute("aria-busy");
    }
  };

  const fillAndStart = async (id, next) => {
    photos.project = id;
    if (sheet.photos.length > 0) note.textContent = t("uploading");
    await photos.send();
    const left = sheet.photos.filter((item) => item.state !== "kept");
    if (left.length > 0) leftovers.set(id, left);
    Object.assign(sheet, { values: null, photos: [] });
    try {
      if (left.length > 0) throw Object.assign(new Error(t("photos.failed")), { code: "photos" });
      if (next) await post(`/v1/projects/${id}/${next}`, {});
    } catch (problem) {
      fail(problem);
    }
    go(`#/projects/${id}`);
  };

  const page = h("div", { class: "home" },
    h("section", { class: "hero" },
      h("h1", { tabindex: "-1" }, t("home.title")), h("p", { class: "lead" }, t("home.lead"))),
    h("form", {
      class: "sheet", novalidate: true, "data-testid": "create-form", onsubmit: (event) => {
        event.preventDefault();
        submit("produce");
      },
    },
    form.node,
    h("section", { class: "field" }, h("h2", { class: "label" }, t("photos")), photos.mount(signal), order),
    h("div", { class: "row" },
      h("button", { type: "submit", class: "strong", "data-testid": "create" }, t("create")),
      h("button", { type: "button", class: "quiet", "data-testid": "create-read", onclick: () => submit("lyric") }, t("create.read")),
      h("button", { type: "button", class: "link", "data-testid": "create-draft", onclick: () => submit(null) }, t("create.draft"))),
    note),
    h("aside", { class: "beside" }, h("div", {}, h("p", { class: "label" }, t("preview")), preview)),
    list({ signal, fail, level: "h2" }));
  draw();
  return page;
}

function list({ signal, fail, level }) {
  const heading = h(level, { tabindex: "-1", id: "projects-title" }, t("projects"));
  const grid = h("ul", { class: "cards", "data-testid": "projects", "aria-busy": "true" });
  const more = h("button", { type: "button", class: "quiet", "data-testid": "more", hidden: true, onclick: () => load(next) }, t("projects.more"));
  const empty = h("div", { class: "empty", "data-testid": "no-projects", hidden: true },
    h("p", { class: "empty-lead" }, t("projects.none")), h("p", { class: "hint" }, t("projects.none.lead")),
    level === "h1" && h("a", { class: "button strong", href: "#/" }, t("nav.new")));
  const cards = new Map();
  let next = null;

  const place = (project) => {
    const fresh = card(project);
    const shown = cards.get(project.id);
    cards.set(project.id, fresh);
    if (!shown) grid.append(fresh);
    else if (shown.dataset.at !== fresh.dataset.at) shown.replaceWith(fresh);
    else cards.set(project.id, shown);
  };
  const load = async (after) => {
    try {
      const page = await get(`/v1/projects?limit=12${after ? `&after=${after}` : ""}`);
      if (signal.aborted) return;
      page.items.forEach(place);
      next = page.next;
      grid.removeAttribute("aria-busy");
      empty.hidden = cards.size > 0;
      more.hidden = !next;
      if (after) grid.querySelector(`[data-id="${page.items[0]?.id}"] a`)?.focus();
    } catch (problem) {
      if (!signal.aborted) fail(problem);
    }
  };
  const look = async () => {
    for (const { dataset } of grid.querySelectorAll("[data-state=producing]")) {
      const project = await get(`/v1/projects/${dataset.id}`).catch(() => null);
      if (project && !signal.aborted) {
        place(project);
        if (project.status !== "producing") announce(`${project.business_name}: ${t(`status.${project.status}`)}`);
      }
    }
  };

  load(null);
  const timer = setInterval(look, 3_000);
  signal.addEventListener("abort", () => clearInterval(timer));
  return h("section", { class: "past", "aria-labelledby": "projects-title" }, heading, empty, grid, more);
}

function card(project) {
  const [first] = project.images;
  return h("li", {
    "data-testid": "project", "data-id": project.id, "data-state": project.status, "data-at": project.updated_at,
  },
  h("a", { href: `#/projects/${project.id}` },
    h("span", { class: "thumb" }, first
      ? h("img", { src: first.file.url, alt: "", loading: "lazy", decoding: "async" })
      : h("span", { class: "initial", "aria-hidden": "true" }, Array.from(project.business_name)[0])),
    h("strong", {}, project.business_name),
    h("span", { class: "hint" }, project.region),
    h("span", { class: "row between" }, badge(project.status),
      h("time", { datetime: project.created_at, class: "hint" }, day(project.created_at)))));
}

export function badge(status) {
  return h("span", { class: "badge", "data-state": status, "data-testid": "status" }, t(`status.${status}`));
}
