// Coupons: those that a member has, and the campaigns that give them.

import { getNews, post } from "./api.js";
import { announce, h } from "./dom.js";
import { Listing } from "./listing.js";
import { count, day, t, won } from "./words.js";

const off = ({ percent, fixed }) => (percent ? t("coupon.percent", { percent }) : t("coupon.fixed", { won: won(fixed) }));
const least = (minimum) => minimum > 0 && t("coupon.least", { won: won(minimum) });
const joined = (...parts) => parts.filter(Boolean).join(" · ");

export function couponsPart(context) {
  const { act } = context;
  const coupon = (item) => h("li", { "data-testid": "coupon", "data-state": item.status },
    h("strong", {}, joined(item.campaign_name, off(item.discount))),
    h("span", { class: "badge", "data-state": item.status }, t(`coupon.${item.status}`)),
    h("span", { class: "hint" }, joined(t("coupon.number", { n: count(item.number) }), least(item.minimum_order), t("coupon.until", { day: day(item.expires_at) }))));

  // What became of each place in a line, by its campaign.
  const places = new Map();
  const line = h("ul", { class: "rows", "data-testid": "places", "aria-label": t("places"), hidden: true });
  const outcome = ({ status, place, ahead, number, reason }) => ({
    waiting: () => joined(t("place.number", { n: count(place) }), ahead !== undefined && t("place.ahead", { n: count(ahead) })),
    issued: () => t("campaign.claimed", { n: count(number) }),
    refused: () => t(`problem.${reason.code}`),
  })[status]();
  const drawPlaces = () => {
    line.replaceChildren(...[...places.values()].map(({ name, stood }) =>
      h("li", { "data-testid": "place", "data-state": stood.status },
        h("strong", {}, name),
        h("span", { class: "badge", "data-state": stood.status }, t(`place.${stood.status}`)),
        h("span", { class: "hint" }, outcome(stood)))));
    line.hidden = places.size === 0;
  };
  const waits = (item) => places.get(item.id)?.stood.status === "waiting";

  const follow = async (item, placed) => {
    const before = places.get(item.id)?.stood;
    const followed = before?.request_id === placed.request_id && before.status === "waiting";
    if (followed) return;
    let stood = placed;
    const show = () => {
      places.set(item.id, { name: item.name, stood });
      drawPlaces();
      campaigns.draw();
    };
    show();
    announce(joined(t("place.waiting"), outcome(stood)));
    while (stood.status === "waiting") {
      stood = await getNews(`/v1/claims/${encodeURIComponent(placed.request_id)}`);
      if (context.signal.aborted) return;
      show();
    }
    announce(outcome(stood));
    await load();
  };

  const claim = (campaign) => act(async () => {
    const claimed = await post(`/v1/campaigns/${encodeURIComponent(campaign.id)}/claim`);
    // Nobody waits for the end of a line to do something else.
    if (claimed.request_id) follow(campaign, claimed).catch(lost(campaign));
    else announce(t("campaign.claimed", { n: count(claimed.number) }));
  });
  // Whoever asks again has the same place.
  const lost = (item) => (problem) => {
    places.delete(item.id);
    drawPlaces();
    campaigns.draw();
    context.fail(problem);
  };

  const campaign = (item) => {
    const has = coupons.items.some((one) => one.campaign_id === item.id);
    return h("li", { "data-testid": "campaign" },
      h("strong", {}, joined(item.name, off(item.discount))),
      has
        ? h("span", { class: "badge", "data-state": "claimed" }, t("campaign.has"))
        : waits(item)
          ? h("span", { class: "badge", "data-state": "waiting" }, t("place.waiting"))
          : h("button", { type: "button", class: "quiet", "data-testid": "claim", "data-id": item.id, onclick: () => claim(item) }, t("campaign.claim")),
      h("span", { class: "hint" }, joined(t("campaign.left", { n: count(item.remaining), total: count(item.total) }), least(item.minimum_order), t("campaign.days", { n: count(item.valid_days) }))));
  };

  const coupons = new Listing({ ...context, path: "/v1/coupons", row: coupon, empty: t("coupons.none"), testid: "coupons" });
  const campaigns = new Listing({ ...context, path: "/v1/campaigns", row: campaign, empty: t("campaigns.none"), testid: "campaigns" });
  const node = h("section", { class: "part", "aria-labelledby": "coupons-title" },
    h("h2", { id: "coupons-title" }, t("coupons")), coupons.node,
    h("h3", {}, t("campaigns")), line, campaigns.node);
  const load = async () => {
    await Promise.all([coupons.load(), campaigns.load()]);
    // Which campaigns can be claimed shows once the coupons are there.
    campaigns.draw();
  };
  return { node, load };
}
