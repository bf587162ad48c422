// Coupons: those that a member has, and the campaigns that give them.

import { post } from "./api.js";
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

  const claim = (campaign) => act(async () => {
    const claimed = await post(`/v1/campaigns/${encodeURIComponent(campaign.id)}/claim`);
    announce(t("campaign.claimed", { n: count(claimed.number) }));
  });

  const campaign = (item) => {
    const has = coupons.items.some((one) => one.campaign_id === item.id);
    return h("li", { "data-testid": "campaign" },
      h("strong", {}, joined(item.name, off(item.discount))),
      has
        ? h("span", { class: "badge", "data-state": "claimed" }, t("campaign.has"))
        : h("button", { type: "button", class: "quiet", "data-testid": "claim", "data-id": item.id, onclick: () => claim(item) }, t("campaign.claim")),
      h("span", { class: "hint" }, joined(t("campaign.left", { n: count(item.remaining), total: count(item.total) }), least(item.minimum_order), t("campaign.days", { n: count(item.valid_days) }))));
  };

  const coupons = new Listing({ ...context, path: "/v1/coupons", row: coupon, empty: t("coupons.none"), testid: "coupons" });
  const campaigns = new Listing({ ...context, path: "/v1/campaigns", row: campaign, empty: t("campaigns.none"), testid: "campaigns" });
  const node = h("section", { class: "part", "aria-labelledby": "coupons-title" },
    h("h2", { id: "coupons-title" }, t("coupons")), coupons.node,
    h("h3", {}, t("campaigns")), campaigns.node);
  return {
    node,
    async load() {
      await Promise.all([coupons.load(), campaigns.load()]);
      // Which campaigns can be claimed shows once the coupons are there.
      campaigns.draw();
    },
  };
}
