// Where a member's events are delivered: addresses, their secrets, and what came of each call.

import { freshKey, patch, post, remove } from "./api.js";
import { announce, ask, h, redraw } from "./dom.js";
import { SmallForm } from "./form.js";
import { Listing } from "./listing.js";
import { count, day, t, told } from "./words.js";

const place = (item) => `/v1/webhooks/${encodeURIComponent(item.id)}`;

/** What came of a call, in a few words. */
function outcome({ delivered, status, error }) {
  if (delivered) return t("webhook.delivered", { status });
  return status ? t("webhook.refused", { status }) : t(`webhook.error.${error}`);
}

function delivery(item) {
  return h("li", { "data-testid": "delivery", "data-state": item.delivered ? "delivered" : "failed" },
    h("strong", {}, outcome(item)),
    h("span", { class: "hint" }, h("time", { datetime: item.at }, day(item.at)),
      ` · ${item.event} · ${t("webhook.attempt", { n: count(item.attempt) })} · ${t("webhook.took", { ms: count(item.duration_ms) })}`));
}

export function webhooksPart(context) {
  const { act, signal, fail } = context;
  /** The request that was sent last and may have been carried out unheard. */
  let pending = null;
  /** Logs of deliveries that are open, by their webhooks. */
  const logs = new Map();

  const secret = h("div", { class: "good", role: "status", "data-testid": "webhook-secret", hidden: true });
  const show = (text) => {
    redraw(secret, h("p", {}, t("webhook.secret")), h("p", { class: "detail whole" }, h("code", { "data-testid": "webhook-secret-text" }, text)));
    secret.hidden = !text;
  };

  const test = (item) => act(async () => announce(outcome(await post(`${place(item)}/test`))));
  const turn = (item) => act(async () => {
    const enabled = item.status === "disabled";
    await patch(place(item), { enabled });
    announce(t(enabled ? "webhook.is.on" : "webhook.is.off"));
  });
  const rotate = (item) => act(async () => {
    const sure = await ask({ title: t("webhook.rotate"), text: t("webhook.rotate.text"), yes: t("webhook.rotate"), no: t("webhook.keep") });
    if (!sure) return;
    show((await post(`${place(item)}/rotate`)).secret);
  });
  const drop = (item) => act(async () => {
    const sure = await ask({ title: t("webhook.delete"), text: t("webhook.delete.text", { url: item.url }), yes: t("webhook.delete"), no: t("webhook.keep") });
    if (!sure) return;
    await remove(place(item));
    logs.delete(item.id);
    announce(t("webhook.gone"));
  });
  const open = (item) => {
    if (logs.has(item.id)) {
      logs.delete(item.id);
    } else {
      const log = new Listing({ signal, fail, path: `${place(item)}/deliveries`, row: delivery, empty: t("webhook.deliveries.none"), testid: "deliveries" });
      logs.set(item.id, log);
      log.load();
    }
    listing.draw();
  };

  const standing = (item) => {
    if (item.status === "disabled") return t(`webhook.disabled.${item.disabled_reason}`);
    const waiting = item.waiting > 0 && t("webhook.waiting", { n: count(item.waiting) });
    const next = item.next_attempt_at && t("webhook.next", { n: count(item.attempts), day: day(item.next_attempt_at) });
    return [next, waiting].filter(Boolean).join(" · ") || t("webhook.told");
  };
  const webhook = (item) => {
    const button = (testid, word, onclick) => h("button", { type: "button", class: "link", "data-testid": testid, "data-id": item.id, onclick: () => onclick(item) }, word);
    return h("li", { "data-testid": "webhook", "data-state": item.status },
      h("strong", { class: "whole" }, item.url),
      h("span", { class: "badge", "data-state": item.status }, t(`webhook.${item.status}`)),
      h("span", { class: "hint" }, [item.description, item.events.join(", "), standing(item)].filter(Boolean).join(" · ")),
      h("div", { class: "row" },
        button("test-webhook", t("webhook.test"), test),
        button("turn-webhook", t(item.status === "disabled" ? "webhook.on" : "webhook.off"), turn),
        button("rotate-webhook", t("webhook.rotate"), rotate),
        button("open-deliveries", t(logs.has(item.id) ? "webhook.deliveries.close" : "webhook.deliveries"), open),
        button("delete-webhook", t("webhook.delete"), drop)),
      logs.get(item.id)?.node);
  };
  const listing = new Listing({ ...context, path: "/v1/webhooks", row: webhook, empty: t("webhooks.none"), testid: "webhooks" });

  const add = async (values, form) => {
    const events = values.events.split(/[\s,]+/).filter(Boolean);
    const body = { url: values.url.trim(), events, description: values.description };
    const text = JSON.stringify(body);
    // The same order again goes by the same name, so that it is not carried out twice.
    if (pending?.text !== text) pending = { text, key: freshKey() };
    try {
      const made = await post("/v1/webhooks", body, pending.key);
      pending = null;
      form.fill({ url: "", events: "", description: "" });
      show(made.secret);
      announce(t("webhook.made"));
      return await load();
    } catch (problem) {
      if (problem.status === 401) return fail(problem);
      form.blame(problem, told(problem));
      return undefined;
    }
  };
  const form = new SmallForm("webhook", [
    { name: "url", word: t("webhook.url"), placeholder: "https://", inputmode: "url", spellcheck: "false", maxlength: 2000 },
    { name: "events", word: t("webhook.events"), hint: t("webhook.events.hint"), placeholder: "project.finished, video.*", spellcheck: "false", optional: true },
    { name: "description", word: t("webhook.description"), maxlength: 200, optional: true },
  ], { go: t("webhook.add"), ongo: add });

  const load = () => Promise.all([listing.load(), ...[...logs.values()].map((log) => log.load())]);
  const node = h("section", { class: "part steps", "data-testid": "webhooks-part", "aria-labelledby": "webhooks-title" },
    h("h2", { id: "webhooks-title" }, t("webhooks")), h("p", { class: "hint" }, t("webhooks.lead")),
    listing.node, secret, form.node);
  return { node, load };
}
