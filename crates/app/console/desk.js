// What waits for an admin: purchases of which nobody knows, jobs that were set aside, what the queue and the books are like;
// and what admins did.

import { get, post } from "./api.js";
import { announce, ask, h, redraw } from "./dom.js";
import { Listing } from "./listing.js";
import { Turn } from "./turn.js";
import { entry } from "./points.js";
import { clockTime, count, day, happened, knows, t } from "./words.js";

export function deskPage({ signal, fail }) {
  const turn = new Turn(fail);
  const context = { signal, fail, act: turn.act };
  const parts = [unresolvedPart, providersPart, queuePart, deadPart, booksPart, actionsPart].map((part) => part(context));
  const page = h("article", { class: "account", "data-testid": "desk-page" },
    h("h1", { tabindex: "-1" }, t("desk")), parts.map((part) => part.node));
  const refresh = () => Promise.all(parts.map((part) => part.load()));
  turn.of(page, refresh);
  refresh();
  document.addEventListener("visibilitychange", () => document.hidden || turn.busy || refresh(), { signal });
  return page;
}

function unresolvedPart(context) {
  const decide = (item, decision, provider_job) => context.act(async () => {
    if (decision !== "adopt") {
      const sure = await ask({
        title: t(`desk.${decision}`), text: t(`desk.${decision}.text`), yes: t(`desk.${decision}`), no: t("desk.wait"),
      });
      if (!sure) return;
    }
    await post(`/v1/admin/unresolved/${encodeURIComponent(item.id)}`, { decision, provider_job });
    announce(t("desk.decided"));
  });

  const purchase = (item) => {
    const job = h("input", {
      type: "text", maxlength: "200", spellcheck: "false", autocomplete: "off", required: true, placeholder: t("desk.job"),
      "aria-label": t("desk.job"), "data-testid": "provider-job", "data-id": item.id,
    });
    const button = (decision) => h("button", {
      type: "button", class: "link", "data-testid": decision, "data-id": item.id, onclick: () => decide(item, decision),
    }, t(`desk.${decision}`));
    const adopt = (event) => {
      event.preventDefault();
      decide(item, "adopt", job.value.trim());
    };
    return h("li", { "data-testid": "unresolved-item" },
      h("strong", {}, `${t(`stage.${item.stage}`)} · ${item.provider}`),
      h("span", { class: "hint" }, h("time", { datetime: item.since }, t("desk.since", { day: day(item.since) }))),
      h("span", { class: "hint" }, `${item.project_id} · ${item.attempt}`),
      h("form", { class: "row", onsubmit: adopt }, job,
        h("button", { class: "quiet", "data-testid": "adopt", "data-id": item.id }, t("desk.adopt"))),
      h("div", { class: "row" }, button("give_up"), button("buy_again")));
  };

  const listing = new Listing({ ...context, path: "/v1/admin/unresolved", row: purchase, empty: t("desk.unresolved.none"), testid: "unresolved" });
  const node = h("section", { class: "part", "aria-labelledby": "unresolved-title" },
    h("h2", { id: "unresolved-title" }, t("desk.unresolved")),
    h("p", { class: "hint" }, t("desk.unresolved.lead")), listing.node);
  return { node, load: () => listing.load() };
}

function providersPart(context) {
  const turn = (item, to) => context.act(async () => {
    await post(`/v1/admin/providers/${item.stage}/${to}`, to === "pause" ? {} : undefined);
    announce(t(`desk.${to}d`, { name: item.provider }));
  });
  const standing = (item) => {
    if (item.paused) return t("desk.is.paused");
    return item.rests_until ? t("desk.is.resting", { time: clockTime(item.rests_until) }) : t("desk.is.open");
  };

  const provider = (item) => {
    const to = item.paused || item.rests_until ? "resume" : "pause";
    return h("li", { "data-testid": "provider-item" },
      h("strong", {}, `${t(`stage.${item.stage}`)} · ${item.provider}`),
      h("span", { class: "hint" }, [standing(item), item.reason].filter(Boolean).join(" · ")),
      h("button", { type: "button", class: "link", "data-testid": to, "data-id": item.stage, onclick: () => turn(item, to) }, t(`desk.${to}`)));
  };

  const listing = new Listing({ ...context, path: "/v1/admin/providers", row: provider, empty: "", testid: "providers" });
  const node = h("section", { class: "part", "aria-labelledby": "providers-title" },
    h("h2", { id: "providers-title" }, t("desk.providers")),
    h("p", { class: "hint" }, t("desk.providers.lead")), listing.node);
  return { node, load: () => listing.load() };
}

/** How much waits, and a job in whatever state with what came of it. */
function queuePart(context) {
  const lane = (item) => h("li", { "data-testid": "lane-item", "data-lane": item.lane },
    h("strong", {}, t(`lane.${item.lane}`)),
    h("span", { class: "hint" }, t("desk.lane", { waiting: count(item.waiting), running: count(item.running), dead: count(item.dead) }),
      item.next_due && [" · ", h("time", { datetime: item.next_due }, t("desk.next", { day: day(item.next_due) }))]));
  const lanes = new Listing({ ...context, path: "/v1/admin/queue", row: lane, empty: "", testid: "lanes" });

  const jobs = (state) => new Listing({
    ...context, path: `/v1/admin/jobs?state=${state}`, row: (item) => jobRow(item, context), empty: t("desk.jobs.none"), testid: "jobs",
  });
  let shown = jobs("waiting");
  const choice = h("select", {
    "data-testid": "job-state", "aria-label": t("desk.jobs"),
    onchange: () => {
      const next = jobs(choice.value);
      shown.node.replaceWith(next.node);
      shown = next;
      shown.load();
    },
  }, ["waiting", "running", "lapsed"].map((state) => h("option", { value: state }, t(`desk.jobs.${state}`))));
  const node = h("section", { class: "part", "aria-labelledby": "queue-title" },
    h("h2", { id: "queue-title" }, t("desk.queue")), lanes.node,
    h("div", { class: "row between" }, h("h3", {}, t("desk.jobs")), choice), shown.node);
  return { node, load: () => Promise.all([lanes.load(), shown.load()]) };
}

function jobRow(item, { signal, fail }) {
  const history = h("div", { class: "history", hidden: true, "data-testid": "job-history" });
  const show = async () => {
    history.hidden = !history.hidden;
    if (history.hidden) return;
    try {
      const { events, entries } = await get(`/v1/admin/jobs/${encodeURIComponent(item.id)}`);
      if (signal.aborted) return;
      const told = ({ type, at }) => h("li", {}, h("time", { class: "hint", datetime: at }, clockTime(at)),
        h("span", {}, happened(type)));
      history.replaceChildren(h("ul", { class: "log" }, events.map(told)), h("ul", { class: "rows ledger" }, entries.map(entry)));
    } catch (problem) {
      fail(problem);
    }
  };
  const until = item.lease_until && t("desk.lease", { time: clockTime(item.lease_until) });
  return h("li", { "data-testid": "job-item" },
    h("strong", {}, item.task),
    h("span", { class: "hint" }, item.subject),
    h("span", { class: "hint" }, h("time", { datetime: item.due }, day(item.due)),
      [until, item.attempts > 0 && t("desk.tries", { n: count(item.attempts) })].filter(Boolean).map((word) => ` · ${word}`)),
    h("button", { type: "button", class: "link", "data-testid": "history", "data-id": item.id, onclick: show }, t("desk.history")),
    history);
}

/** Looks at the books when somebody asks: every rule reads all of them. */
function booksPart({ signal, act }) {
  const found = h("div", { class: "listing", "data-testid": "books", role: "status" });
  const look = () => act(async () => {
    const { right, rules } = await get("/v1/admin/books");
    if (signal.aborted) return;
    const broken = rules.filter((rule) => rule.broken.length > 0);
    redraw(found,
      h("p", { class: right ? "good" : "bad", "data-testid": "books-verdict", "data-right": String(right) },
        t(right ? "desk.books.right" : "desk.books.wrong", { n: count(rules.length) })),
      broken.length > 0 && h("ul", { class: "rows" }, broken.map((rule) => h("li", {},
        h("strong", {}, rule.rule), h("span", { class: "hint" }, rule.broken.join(", "))))));
  });
  const node = h("section", { class: "part", "aria-labelledby": "books-title" },
    h("div", { class: "row between" },
      h("h2", { id: "books-title" }, t("desk.books")),
      h("button", { type: "button", class: "quiet", "data-testid": "look-at-books", onclick: look }, t("desk.books.look"))),
    h("p", { class: "hint" }, t("desk.books.lead")), found);
  return { node, load: async () => {} };
}

function deadPart(context) {
  const replay = (item) => context.act(async () => {
    await post(`/v1/admin/jobs/${encodeURIComponent(item.id)}/replay`);
    announce(t("desk.replayed", { n: count(1) }));
  });
  const replayAll = () => context.act(async () => {
    const { replayed } = await post("/v1/admin/jobs/replay");
    announce(t("desk.replayed", { n: count(replayed) }));
  });

  const job = (item) => h("li", { "data-testid": "dead-item" },
    h("strong", {}, item.task),
    h("span", { class: "hint" }, item.subject),
    h("span", { class: "hint" }, h("time", { datetime: item.due }, day(item.due)), ` · ${t("desk.tries", { n: count(item.attempts) })} · ${item.reason}`),
    h("button", { type: "button", class: "link", "data-testid": "replay", "data-id": item.id, onclick: () => replay(item) }, t("desk.replay")));

  const listing = new Listing({ ...context, path: "/v1/admin/jobs?state=dead", row: job, empty: t("desk.dead.none"), testid: "dead" });
  const node = h("section", { class: "part", "aria-labelledby": "dead-title" },
    h("div", { class: "row between" },
      h("h2", { id: "dead-title" }, t("desk.dead")),
      h("button", { type: "button", class: "quiet", "data-testid": "replay-all", onclick: replayAll }, t("desk.replay.all"))),
    listing.node);
  return { node, load: () => listing.load() };
}

function actionsPart(context) {
  const title = (item) => (knows(`action.${item.action}`) ? t(`action.${item.action}`) : item.action);
  const details = (item) => Object.entries(item.details).map(([name, value]) => `${name}: ${value}`).join(", ");

  const action = (item) => h("li", { "data-testid": "action-item", "data-action": item.action },
    h("strong", {}, title(item)),
    h("span", { class: "hint" }, item.target),
    h("span", { class: "hint" }, h("time", { datetime: item.at }, day(item.at)), ` · ${t("desk.by", { actor: item.actor })} · ${item.key_id ?? item.session_id ?? t("desk.by.program")}`),
    h("span", { class: "hint" }, [details(item), item.request_id].filter(Boolean).join(" · ")));

  const listing = new Listing({ ...context, path: "/v1/admin/actions", row: action, empty: t("desk.actions.none"), testid: "actions" });
  const node = h("section", { class: "part", "aria-labelledby": "actions-title" },
    h("h2", { id: "actions-title" }, t("desk.actions")),
    h("p", { class: "hint" }, t("desk.actions.lead")), listing.node);
  return { node, load: () => listing.load() };
}
