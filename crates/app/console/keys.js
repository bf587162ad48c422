// Keys of a member: what each is for and until when, a new one, and an end to an old one.

import { freshKey, post, remove } from "./api.js";
import { announce, ask, h, redraw } from "./dom.js";
import { SmallForm } from "./form.js";
import { Listing } from "./listing.js";
import { day, t, told } from "./words.js";

const SCOPES = ["read", "produce", "points", "account"];
const DAYS = ["", "30", "90", "365"];

const purpose = ({ scopes }) => (scopes ? scopes.map((scope) => t(`scope.${scope}`)).join(", ") : t("scope.everything"));

function ending({ expired, expires_at }) {
  if (!expires_at) return t("key.never");
  return t(expired ? "key.expired.at" : "key.until", { day: day(expires_at) });
}

export function keysPart(context) {
  const { act, fail } = context;
  /** The request that was sent last and may have been carried out unheard. */
  let pending = null;

  const secret = h("div", { class: "good", role: "status", "data-testid": "key-secret", hidden: true });
  const show = (text) => {
    redraw(secret, h("p", {}, t("key.secret")), h("p", { class: "detail whole" }, h("code", { "data-testid": "key-secret-text" }, text)));
    secret.hidden = !text;
  };

  const revoke = (item) => act(async () => {
    const sure = await ask({ title: t("key.revoke"), text: t("key.revoke.text", { name: item.name ?? item.id }), yes: t("key.revoke"), no: t("key.keep") });
    if (!sure) return;
    await remove(`/v1/keys/${encodeURIComponent(item.id)}`);
    announce(t("key.gone"));
  });

  const key = (item) => h("li", { "data-testid": "key", "data-state": item.expired ? "expired" : "good" },
    h("strong", { class: "whole" }, item.name ?? item.id),
    item.expired && h("span", { class: "badge", "data-state": "disabled" }, t("key.expired")),
    h("span", { class: "hint" }, [t(`role.${item.role}`), purpose(item), ending(item)].join(" · ")),
    h("button", { type: "button", class: "link", "data-testid": "revoke-key", "data-id": item.id, onclick: () => revoke(item) }, t("key.revoke")));
  const listing = new Listing({ ...context, path: "/v1/keys", row: key, empty: t("keys.none"), testid: "keys" });
  const load = () => listing.load();

  const make = async ({ name, role, scopes, expires_in_days }, form) => {
    const body = { role };
    if (name) body.name = name;
    if (scopes.length > 0) body.scopes = scopes;
    if (expires_in_days) body.expires_in_days = Number(expires_in_days);
    const text = JSON.stringify(body);
    // The same order again goes by the same name, so that it is not carried out twice.
    if (pending?.text !== text) pending = { text, key: freshKey() };
    try {
      const made = await post("/v1/keys", body, pending.key);
      pending = null;
      form.fill({ name: "", scopes: [], expires_in_days: "" });
      show(made.key ?? t("key.lost", { id: made.id }));
      announce(t("key.made"));
      return await load();
    } catch (problem) {
      if (problem.status === 401) return fail(problem);
      form.blame(problem, told(problem));
      return undefined;
    }
  };

  const door = h("div", {});
  /** Offers to make what that account may make. */
  const open = (account) => {
    const admin = account.role === "admin";
    const roles = admin ? ["member", "admin"] : ["member"];
    const form = new SmallForm("key", [
      { name: "name", word: t("key.name"), maxlength: 50, optional: true },
      { name: "role", word: t("profile.role"), choices: roles.map((role) => [role, t(`role.${role}`)]) },
      { name: "scopes", word: t("key.scopes"), hint: t("key.scopes.hint"), checks: (admin ? [...SCOPES, "admin"] : SCOPES).map((scope) => [scope, t(`scope.${scope}`)]) },
      { name: "expires_in_days", word: t("key.days"), choices: DAYS.map((days) => [days, days ? t("key.days.some", { n: days }) : t("key.never")]) },
    ], { go: t("key.make"), ongo: make });
    door.replaceChildren(form.node);
  };

  const node = h("section", { class: "part steps", "data-testid": "keys-part", "aria-labelledby": "keys-title" },
    h("h2", { id: "keys-title" }, t("keys")), h("p", { class: "hint" }, t("keys.lead")),
    listing.node, secret, door);
  return { node, load, open };
}
