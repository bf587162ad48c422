// A member's points: what is there, what became of the rest, and what an admin gives.

import { freshKey, get, post } from "./api.js";
import { announce, h, redraw } from "./dom.js";
import { SmallForm } from "./form.js";
import { Listing } from "./listing.js";
import { count, day, points, t, told } from "./words.js";

export function balancePart({ signal, fail }) {
  const node = h("section", { class: "purse", "aria-labelledby": "balance-title", "aria-busy": "true" });
  const draw = (balance) => [
    h("h2", { id: "balance-title" }, t("points.balance")),
    h("p", { class: "sum", "data-testid": "balance", "data-points": balance.available }, points(balance.available)),
    h("dl", {}, ["accumulated", "used", "expired"].flatMap((sum) => [
      h("dt", {}, t(`points.sum.${sum}`)), h("dd", { "data-testid": `sum-${sum}` }, points(balance[sum]))])),
    balance.expiring_soon.length > 0 && h("ul", { class: "soon", "data-testid": "expiring" },
      balance.expiring_soon.map((soon) => h("li", { class: "hint" },
        t("points.soon", { points: points(soon.amount), day: day(soon.expires_at) })))),
  ];
  return {
    node,
    async load() {
      try {
        const balance = await get("/v1/points/balance");
        if (signal.aborted) return;
        redraw(node, draw(balance));
        node.removeAttribute("aria-busy");
      } catch (problem) {
        fail(problem);
      }
    },
  };
}

/** On what points were spent: work and slots have numbers that the service makes. */
function about({ type, order_number: order, counterpart_id: other, amount }) {
  if (type === "transferred" && other) return t(amount < 0 ? "entry.to" : "entry.from", { member: other });
  if (!order) return null;
  const [, project, stage] = /^GEN-(prj_[0-9a-z]+)-(lyric|song|video)-/.exec(order) ?? [];
  if (project) return h("a", { href: `#/projects/${project}`, title: order }, t("entry.made", { stage: t(`stage.${stage}`) }));
  if (order.startsWith("SLOT-")) return h("span", { title: order }, t("entry.slot"));
  return t("entry.order", { order });
}

/** A row of a history of points. */
export function entry(item) {
  const sign = item.amount > 0 ? "+" : "";
  return h("li", { "data-testid": "entry", "data-type": item.type },
    h("strong", {}, t(`entry.${item.type}`)),
    h("span", { class: `amount ${item.amount < 0 ? "out" : "in"}` }, `${sign}${count(item.amount)}`),
    h("span", { class: "hint" }, h("time", { datetime: item.at }, day(item.at)), about(item) && " · ", about(item)),
    h("span", { class: "hint after" }, t("entry.after", { points: points(item.balance) })));
}

export function historyPart(context) {
  const listing = new Listing({ ...context, path: "/v1/points/history", row: entry, empty: t("entries.none"), testid: "entries", className: "rows ledger" });
  const node = h("section", { class: "part", "aria-labelledby": "entries-title" },
    h("h2", { id: "entries-title" }, t("entries")), listing.node);
  return { node, load: () => listing.load() };
}

const KINDS = ["bonus", "manual", "charge"];

/** What only admins see. */
export function grantPart({ account, refresh, fail }) {
  /** The request that was sent last and may have been carried out unheard. */
  let pending = null;
  const give = async (values, form) => {
    const { member_id: member, kind, amount, expires_in_days: days } = values;
    const number = (text) => (/^\s*\d+\s*$/.test(text) ? Number(text) : text);
    const body = { member_id: member.trim(), kind, amount: number(amount) };
    if (days.trim() !== "") body.expires_in_days = number(days);
    const text = JSON.stringify(body);
    // The same order again goes by the same name, so that it is not carried out twice.
    if (pending?.text !== text) pending = { text, key: freshKey() };
    done.hidden = true;
    try {
      const given = await post("/v1/points/accumulations", body, pending.key);
      pending = null;
      form.fill({ amount: "" });
      done.textContent = t("grant.done", { points: points(given.amount), day: day(given.expires_at) });
      done.hidden = false;
      announce(done.textContent);
      return await refresh();
    } catch (problem) {
      if (problem.status === 401) return fail(problem);
      form.blame(problem, problem.code === "not_found" ? t("grant.nobody") : told(problem));
      return undefined;
    }
  };
  const form = new SmallForm("grant", [
    { name: "member_id", word: t("grant.member"), hint: t("grant.member.hint"), placeholder: "mem_…", spellcheck: "false" },
    { name: "kind", word: t("grant.kind"), choices: KINDS.map((kind) => [kind, t(`grant.kind.${kind}`)]) },
    { name: "amount", word: t("grant.amount"), inputmode: "numeric" },
    { name: "expires_in_days", word: t("grant.days"), placeholder: "365", inputmode: "numeric", optional: true },
  ], { go: t("grant.go"), ongo: give });
  const mine = h("button", {
    type: "button", class: "chip", "data-testid": "grant-me", onclick: () => form.fill({ member_id: account.id }),
  }, t("grant.me"));
  form.node.querySelector("#grant-member_id").after(h("div", { class: "chips" }, mine));
  const done = h("p", { class: "good", role: "status", "data-testid": "granted", hidden: true });
  return h("section", { class: "part steps", "data-testid": "grant", "aria-labelledby": "grant-title" },
    h("h2", { id: "grant-title" }, t("grant")), form.node, done);
}
