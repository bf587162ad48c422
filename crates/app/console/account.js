// A member's own page: who they are, their points, coupons, bookings, webhooks and keys.

import { get, patch } from "./api.js";
import { bookingsPart } from "./bookings.js";
import { announce, h, redraw } from "./dom.js";
import { SmallForm } from "./form.js";
import { keysPart } from "./keys.js";
import { couponsPart } from "./offers.js";
import { balancePart, grantPart, historyPart } from "./points.js";
import { Turn } from "./turn.js";
import { webhooksPart } from "./webhooks.js";
import { day, t, told } from "./words.js";

export function accountPage({ signal, fail }) {
  const heading = h("h1", { tabindex: "-1" }, t("account"));
  const who = h("section", { class: "facts part" });
  const tools = h("div", { class: "column", hidden: true });
  const turn = new Turn(fail);
  const context = { signal, fail, act: turn.act };
  const parts = [balancePart(context), historyPart(context), couponsPart(context), bookingsPart(context), webhooksPart(context), keysPart(context)];
  const [balance, entries, coupons, bookings, webhooks, keys] = parts;
  const refresh = () => Promise.all(parts.map((part) => part.load()));

  const page = h("article", { class: "account", "data-testid": "account-page" },
    heading,
    h("div", { class: "columns" },
      h("div", { class: "column" }, balance.node, entries.node),
      h("div", { class: "column" }, coupons.node, bookings.node, webhooks.node, keys.node, who, tools)));

  turn.of(page, refresh);
  get("/v1/account").then((account) => {
    if (signal.aborted) return;
    profile(who, account, fail);
    keys.open(account);
    if (account.role !== "admin") return;
    tools.append(
      h("p", {}, h("a", { href: "#/desk", "data-testid": "to-desk" }, t("desk"))),
      grantPart({ account, refresh, fail }));
    tools.hidden = false;
  }, fail);
  refresh();
  // Whoever comes back to the page finds it as it is now.
  document.addEventListener("visibilitychange", () => document.hidden || turn.busy || refresh(), { signal });
  return page;
}

function profile(node, account, fail) {
  const fact = (name, value, testid) => value && [h("dt", {}, t(name)), h("dd", { "data-testid": testid }, value)];
  const read = () => redraw(node,
    h("div", { class: "row between" }, h("h2", {}, t("profile")),
      h("button", { type: "button", class: "link", "data-testid": "change-profile", onclick: write }, t("summary.change"))),
    h("dl", {}, fact("profile.name", account.name, "profile-name"), fact("profile.email", account.email, "profile-email"),
      fact("profile.role", t(`role.${account.role}`)), fact("profile.language", t(`language.${account.language}`)),
      fact("profile.id", h("span", { class: "detail whole" }, account.id), "profile-id"), fact("profile.joined", day(account.joined_at))),
    account.email && letters(account, fail));
  const write = () => {
    const form = new SmallForm("profile", [
      { name: "name", word: t("profile.name"), value: account.name, maxlength: 50, autocomplete: "name" },
      { name: "language", word: t("profile.language"), value: account.language, choices: ["ko", "en"].map((code) => [code, t(`language.${code}`)]) },
    ], { go: t("summary.save"), ongo: save });
    form.node.lastElementChild.append(
      h("button", { type: "button", class: "quiet", onclick: read }, t("summary.cancel")));
    redraw(node, h("h2", {}, t("profile")), form.node);
    form.node.querySelector("input").focus();
  };
  const save = async (values, form) => {
    try {
      Object.assign(account, await patch("/v1/account", values));
      read();
      announce(t("profile.saved"));
    } catch (problem) {
      if (problem.status === 401) fail(problem);
      else form.blame(problem, told(problem));
    }
  };
  read();
}

/** What the member is told by mail: a switch for each, which is thrown at once. */
function letters(account, fail) {
  const wish = (kind) => {
    const id = `notify-${kind}`;
    const box = h("input", { type: "checkbox", id, "data-testid": id, checked: account.notify[kind] });
    box.addEventListener("change", async () => {
      box.disabled = true;
      try {
        Object.assign(account, await patch("/v1/account", { notify: { [kind]: box.checked } }));
        announce(t("profile.saved"));
      } catch (problem) {
        fail(problem);
      } finally {
        box.checked = account.notify[kind];
        box.disabled = false;
      }
    });
    return h("label", { class: "choice", for: id }, box, t(`notify.${kind}`));
  };
  return h("fieldset", { class: "field" }, h("legend", {}, t("notify")), ["finished", "failed", "expiring"].map(wish));
}
