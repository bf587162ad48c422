// One ad: how far it is, what came of it, and what can be done next.

import { follow, get, patch, post, remove } from "./api.js";
import { BriefForm, shapes } from "./brief.js";
import { announce, ask, h, hush, icon, redraw } from "./dom.js";
import { badge, takeLeftovers } from "./home.js";
import { wordsPart } from "./lyric.js";
import { Photos } from "./photos.js";
import { OPEN, STAGES, missing, outdated, ready } from "./stages.js";
import { clock, day, happened, knows, t } from "./words.js";

/** A part of the page that is drawn anew only when what it shows has changed. */
function part(className, key, draw) {
  const node = h("section", { class: className, hidden: true });
  let last = null;
  return {
    node,
    show(project) {
      const next = JSON.stringify(key(project));
      if (next === last) return;
      last = next;
      const content = draw(project);
      node.hidden = !content;
      redraw(node, content ?? []);
    },
  };
}

export function projectPage(id, { signal, fail, go }) {
  const address = `/v1/projects/${encodeURIComponent(id)}`;
  const page = h("article", { class: "project", "data-testid": "project-page", "aria-busy": "true" }, h("p", { class: "hint" }, t("loading")));
  let project = null;
  let busy = false;

  /** Carries out one order at a time, then looks at the project again. */
  const act = async (order) => {
    if (busy) return undefined;
    busy = true;
    page.setAttribute("aria-busy", "true");
    hush();
    try {
      return await order();
    } catch (problem) {
      fail(problem);
      return undefined;
    } finally {
      busy = false;
      page.removeAttribute("aria-busy");
      await refresh();
    }
  };
  const order = (name, body = {}) => act(() => post(`${address}/${name}`, body));

  const photos = new Photos({ items: takeLeftovers(id), project: id, onproblem: (problem) => {
    fail(problem);
    refresh();
  } });
  const context = { address, act, order, fail, signal, go, photos };
  const words = wordsPart(context);
  const log = historyPart();
  const versions = versionsPart();
  const top = [headPart(context), failurePart(context), trackPart(context), stepsPart(context, words)];
  const left = [videoPart(), versions, words, photosPart(context)];
  const right = [songPart(), aboutPart(context)];

  const show = (fresh) => {
    const before = project;
    project = fresh;
    document.title = `${project.business_name} · Castad`;
    for (const { show: redrawn } of [...top, ...left, ...right]) redrawn(project);
    if (before) tell(before, project);
  };

  const build = () => {
    const nodes = (parts) => parts.map(({ node }) => node);
    page.replaceChildren(...nodes(top), h("div", { class: "columns" },
      h("div", { class: "column" }, nodes(left)), h("div", { class: "column" }, nodes(right), log.node)));
    page.removeAttribute("aria-busy");
    photos.send();
    follow(id, (event) => {
      log.add(event);
      if (event.type === "video.ready") versions.add(event.data.id).catch(fail);
      refresh();
    }, signal);
  };

  let looking = null;
  let again = false;
  let lost = false;
  const look = async () => {
    let fresh;
    do {
      again = false;
      fresh = await get(address);
    } while (again && !signal.aborted);
    if (signal.aborted) return;
    if (lost) hush();
    lost = false;
    const first = project === null;
    show(fresh);
    if (first) build();
  };

  /** Reads the project; what is asked for meanwhile is answered by one more reading, not by a stale one. */
  const refresh = () => {
    again = looking !== null;
    looking ??= look().catch((problem) => {
      lost = problem.code === "unreachable";
      if (problem.code !== "not_found") return fail(problem);
      clearInterval(timer);
      return page.replaceChildren(...nothing());
    }).finally(() => (looking = null));
    return looking;
  };

  refresh();
  const timer = setInterval(() => (!project || project.status === "producing") && refresh(), 1_000);
  signal.addEventListener("abort", () => clearInterval(timer));
  return page;
}

function nothing() {
  return [h("h1", { tabindex: "-1" }, t("missing.title")), h("p", { class: "lead" }, t("missing.lead")),
    h("p", {}, h("a", { href: "#/" }, t("back")))];
}

/** Says aloud which stage came into which state. */
function tell(before, now) {
  const changed = STAGES.filter((stage) => now[stage] && now[stage].status !== before[stage]?.status);
  const said = changed.map((stage) => t("said", { stage: t(`stage.${stage}`), state: t(`state.${now[stage].status}`) }));
  if (said.length > 0) announce(said.join(". "));
}

function headPart({ address, act, go }) {
  const archive = async () => {
    const sure = await ask({ title: t("archive.title"), text: t("archive.text"), yes: t("archive"), no: t("summary.cancel") });
    if (!sure) return;
    const archived = await act(() => remove(address));
    if (archived) {
      go("#/projects");
      announce(t("archived"));
    }
  };
  return part("head", (p) => [p.business_name, p.region, p.status], (p) => [
    h("p", {}, h("a", { href: "#/projects", class: "back" }, icon("left"), t("back"))),
    h("div", { class: "row between" },
      h("div", {},
        h("h1", { tabindex: "-1" }, p.business_name),
        h("p", { class: "lead" }, p.region)),
      h("div", { class: "row" }, badge(p.status),
        !["producing", "archived"].includes(p.status)
          && h("button", { type: "button", class: "link", "data-testid": "archive", onclick: archive }, t("archive")))),
    p.status === "archived" && h("p", { class: "hint" }, t("archived.note")),
  ]);
}

function failurePart({ order }) {
  return part("failure", (p) => [p.failure], ({ failure }) => {
    if (!failure) return null;
    const title = `failed.${failure.code}`;
    const fact = (name, value) => value && [h("dt", {}, t(name)), h("dd", {}, value)];
    return h("div", { "data-testid": "failure", "data-code": failure.code, "data-stage": failure.stage },
      h("h2", {}, t("failure", { stage: t(`stage.${failure.stage}`).toLowerCase() })),
      knows(title) && h("p", { class: "strong-text" }, t(title)),
      h("p", { class: "detail", "data-testid": "failure-detail" }, failure.detail),
      h("dl", {}, fact("failure.provider", failure.provider), fact("failure.code", failure.code),
        fact("failure.provider-code", failure.provider_code), fact("failure.at", day(failure.at))),
      h("p", { class: "hint" }, t(failure.retryable ? "failure.helps" : "failure.useless"),
        failure.charged_points === 0 ? ` ${t("failure.free")}` : null),
      h("button", {
        type: "button", class: failure.retryable ? "strong" : "quiet", "data-testid": "retry", onclick: () => order("retry"),
      }, t("retry")));
  });
}

function trackPart({ order }) {
  const stages = STAGES.map(stageCard);
  const cancel = h("div", { class: "row", hidden: true },
    h("button", { type: "button", class: "quiet", "data-testid": "cancel", onclick: () => order("cancel") }, t("cancel")),
    h("span", { class: "hint" }, t("cancel.note")));
  const node = h("section", { class: "track-part", "aria-label": t("track") },
    h("ol", { class: "track" }, stages.map((stage) => stage.node)), cancel);
  return {
    node,
    show(project) {
      for (const stage of stages) stage.show(project);
      cancel.hidden = project.status !== "producing";
    },
  };
}

function stageCard(name, i) {
  const mark = h("span", { class: "mark", "aria-hidden": "true" }, String(i + 1));
  const word = h("span", { class: "state", "data-testid": `state-${name}` });
  const more = h("span", { class: "hint" });
  const bar = h("progress", { max: 1, value: 0, hidden: true, "aria-label": t("progress", { stage: t(`stage.${name}`).toLowerCase() }) });
  const note = h("p", { class: "hint", hidden: true }, t("unresolved"));
  const node = h("li", { "data-testid": `stage-${name}` }, mark,
    h("div", { class: "about" }, h("strong", {}, t(`stage.${name}`)), word, more, bar, note));
  const show = (project) => {
    const stage = project[name];
    const state = stage?.status ?? "absent";
    const old = outdated(project, name) ? "older" : null;
    const next = project.status === "producing" && project.stage !== name
      && STAGES.indexOf(name) > STAGES.indexOf(project.stage) && (state === "absent" || old);
    const shown = next ? "next" : old ?? (name === "lyric" && stage?.edited && state === "ready" ? "edited" : state);
    const open = OPEN.includes(state);
    node.dataset.state = state;
    node.dataset.shown = shown;
    word.textContent = t(`state.${shown}`);
    const made = open && state !== "requested" && stage.progress > 0 ? `${Math.round(stage.progress * 100)}%` : "";
    more.textContent = open && stage.queue_position > 0 ? t("queue", { n: stage.queue_position }) : made;
    bar.hidden = !open || state === "unresolved";
    bar.value = open ? stage.progress ?? 0 : 0;
    note.hidden = state !== "unresolved";
    if (shown === "ready" || shown === "edited") mark.replaceChildren(icon("check"));
    else if (shown === "failed") mark.replaceChildren(icon("close"));
    else mark.replaceChildren(String(i + 1));
  };
  return { node, show };
}

/** The buttons that fit where the project stands. */
function stepsPart({ order }, words) {
  const shape = { chosen: null };
  const button = (testid, name, style, onclick) =>
    h("button", { type: "button", class: style, "data-testid": testid, onclick }, t(name));
  const row = (...buttons) => h("div", { class: "row" }, buttons);
  const own = () => button("write-own", "write.own", "link", () => words.open());
  const pick = (selected) => {
    shape.chosen = selected;
    return h("fieldset", { class: "field" }, h("legend", {}, t("brief.orientation")),
      h("div", { class: "shapes" }, shapes("shape", selected, (orientation) => (shape.chosen = orientation))));
  };
  const film = () => order("video", { orientation: shape.chosen });
  /** Words that were typed are kept before anything is made from them. */
  const sing = (name, body) => async () => (await words.save()) && order(name, body);

  /** After a failure the first choice is to try again; these are the others. */
  const opening = (p, lead) => (p.status === "failed"
    ? [h("h2", {}, t("steps.else"))] : [h("h2", {}, t("steps")), h("p", {}, t(lead))]);
  const first = (p) => (p.status === "failed" ? "quiet" : "strong");

  const offers = {
    lyric: (p) => [opening(p, "steps.start"), row(
      button("produce", "produce", first(p), () => order("produce")),
      button("write-lyric", "write", "quiet", () => order("lyric")), own())],
    song: (p) => [opening(p, "steps.song"), row(
      button("make-song", "song", first(p), sing("song")),
      button("produce", "produce.rest", "quiet", sing("produce")),
      button("write-lyric", "write.again", "link", () => order("lyric")))],
    video: (p) => [opening(p, "steps.video"), pick(p.video?.orientation ?? p.orientation), row(
      button("make-video", "video", first(p), film),
      button("make-song", "song.again", "quiet", () => order("song")),
      button("write-lyric", "write.again", "link", () => order("lyric")))],
    done: (p) => [h("details", { "data-testid": "another" },
      h("summary", {}, t("steps.more")), h("p", {}, t("steps.more.lead")),
      pick(p.video.orientation === "vertical" ? "horizontal" : "vertical"), row(
        button("make-video", "video.again", "strong", film),
        button("make-song", "song.again", "quiet", () => order("song")),
        button("write-lyric", "write.again", "quiet", () => order("lyric"))))],
  };
  const offer = (p) => (["producing", "archived"].includes(p.status) ? null : missing(p) ?? "done");
  const key = (p) => [offer(p), p.status === "failed", p.video?.orientation];
  return part("steps", key, (p) => offers[offer(p)]?.(p).flat() ?? null);
}

function download(url, name, label, testid) {
  return h("a", { class: "button quiet", href: url, download: name, "data-testid": testid }, icon("down"), t(label));
}

/** A player with what can be taken away from it. */
function film(video, { business_name: name, language }, testid) {
  const captions = `/v1/videos/${video.id}/captions`;
  const told = { shape: t(`orientation.${video.orientation}`), time: clock(video.duration_ms) };
  const main = testid !== null;
  return [
    h("video", { controls: true, playsinline: true, preload: "metadata", class: video.orientation, "data-testid": testid, src: video.file.url },
      h("track", { kind: "captions", src: `${captions}.vtt`, srclang: language, label: t("captions") })),
    h("div", { class: "film-tools" },
      h("p", { class: "hint" }, t("video.shape", told)),
      h("a", {
        class: `button ${main ? "strong" : "quiet"}`, href: video.file.url, download: `${name}.mp4`, "data-testid": main && "download",
      }, icon("down"), t("video.download")),
      download(`${captions}.vtt`, `${name}.vtt`, "captions.vtt", main && "captions-vtt"),
      download(`${captions}.lrc`, `${name}.lrc`, "captions.lrc", main && "captions-lrc")),
  ];
}

function videoPart() {
  return part("result film", (p) => [p.video?.id, p.video?.status], (p) => (
    ready(p.video) ? [h("h2", {}, t("stage.video")), ...film(p.video, p, "video")] : null));
}

/** Videos that were made before the newest; the log remembers them. */
function versionsPart() {
  const found = new Map();
  let project = null;
  const shown = part("versions", (p) => [p.video?.id, p.video?.status, found.size], (p) => {
    const others = Array.from(found.values()).filter((video) => video.id !== p.video?.id).reverse();
    if (others.length === 0) return null;
    return [h("h2", {}, t("versions")), h("ul", { "data-testid": "versions" }, others.map((video) => version(video, p)))];
  });
  return {
    node: shown.node,
    show(fresh) {
      project = fresh;
      shown.show(fresh);
    },
    async add(id) {
      found.set(id, await get(`/v1/videos/${id}`));
      shown.show(project);
    },
  };
}

function version(video, project) {
  const body = h("div", { class: "result film" });
  const told = { shape: t(`orientation.${video.orientation}`), time: clock(video.duration_ms) };
  const fold = h("details", { ontoggle: () => body.replaceChildren(...(fold.open ? film(video, project, null) : [])) },
    h("summary", {}, t("video.shape", told), " ", h("time", { datetime: video.created_at, class: "hint" }, day(video.created_at))), body);
  return h("li", {}, fold);
}

function songPart() {
  return part("result", (p) => [p.song?.id, p.song?.status], (p) => {
    const { song } = p;
    if (!ready(song)) return null;
    const ending = song.file.media_type === "audio/mpeg" ? "mp3" : "m4a";
    return [
      h("h2", {}, t("stage.song")),
      h("audio", { controls: true, preload: "metadata", src: song.file.url, "data-testid": "song" }),
      song.instrumental && h("p", { class: "hint", "data-testid": "instrumental" }, t("song.instrumental")),
      h("div", { class: "row" }, download(song.file.url, `${p.business_name}.${ending}`, "song.download", "download-song")),
    ];
  });
}

function photosPart({ photos, signal }) {
  const none = h("p", { class: "hint", hidden: true }, t("photos.none"));
  const note = h("p", { class: "hint" });
  const node = h("section", { class: "pictures" }, h("h2", {}, t("photos")), photos.mount(signal), none, note);
  return {
    node,
    show(project) {
      const filming = project.stage === "video";
      const locked = filming || project.status === "archived";
      photos.sync(project.images, locked);
      none.hidden = photos.items.length > 0;
      note.textContent = filming ? t("photos.locked") : t("photos.order");
      note.hidden = photos.items.length < 2 && !filming;
    },
  };
}

/** What the ad is about; a draft may still be changed. */
function aboutPart({ address, act, fail }) {
  const fact = (name, value) => value && [h("dt", {}, t(name)), h("dd", {}, value)];
  const facts = (p) => h("dl", {}, fact("brief.name", p.business_name), fact("brief.region", p.region),
    fact("brief.details", p.details), fact("brief.language", t(`language.${p.language}`)),
    fact("brief.orientation", t(`orientation.${p.orientation}`)), fact("brief.style", p.style));
  const key = (p) => [p.business_name, p.region, p.details, p.language, p.orientation, p.style, p.status === "draft"];

  const reading = (p) => [h("div", { class: "row between" }, h("h2", {}, t("summary")),
    p.status === "draft" && h("button", {
      type: "button", class: "link", "data-testid": "change-brief", onclick: () => redraw(about.node, writing(p)),
    }, t("summary.change"))), facts(p)];
  const writing = (p) => {
    const { business_name, region, details, language, orientation, style } = p;
    const form = new BriefForm({ business_name, region, details, language, orientation, style: style ?? "" });
    const save = () => act(() => patch(address, form.brief).then(() => redraw(about.node, reading(p)), (problem) => {
      if (!form.blame(problem)) fail(problem);
    }));
    return h("form", { class: "sheet", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      save();
    } }, h("h2", {}, t("summary")), form.node, h("div", { class: "row" },
      h("button", { type: "submit", class: "strong", "data-testid": "save-brief" }, t("summary.save")),
      h("button", { type: "button", class: "quiet", onclick: () => redraw(about.node, reading(p)) }, t("summary.cancel"))));
  };
  const about = part("facts", key, reading);
  return about;
}

function historyPart() {
  const list = h("ol", { class: "log", reversed: true });
  const node = h("details", { class: "history", "data-testid": "history", hidden: true }, h("summary", {}, t("history")), list);
  return {
    node,
    add(event) {
      node.hidden = false;
      list.prepend(h("li", { "data-type": event.type },
        h("time", { datetime: event.at, class: "hint" }, day(event.at)), h("span", {}, happened(event.type)),
        event.data.detail && h("span", { class: "hint" }, event.data.detail)));
    },
  };
}
