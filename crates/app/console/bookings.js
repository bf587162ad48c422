// Slots that a member holds or has booked.

import { post, remove } from "./api.js";
import { announce, ask, h } from "./dom.js";
import { Listing } from "./listing.js";
import { clockTime, count, date, points, t } from "./words.js";

export function bookingsPart(context) {
  const { act } = context;
  const address = (item) => `/v1/holds/${encodeURIComponent(item.id)}`;

  const giveBack = (item) => act(async () => {
    await remove(address(item));
    announce(t("booking.gone"));
  });
  const cancel = (item) => act(async () => {
    const sure = await ask({
      title: t("booking.cancel.title"), text: t("booking.cancel.text", { points: points(item.price) }),
      yes: t("booking.cancel"), no: t("booking.keep"),
    });
    if (!sure) return;
    const { returned_points: back } = await post(`${address(item)}/cancel`);
    announce(t("booking.returned", { points: points(back ?? 0) }));
  });

  const booking = (item) => h("li", { "data-testid": "booking", "data-state": item.status },
    h("strong", {}, `${item.channel_name} · ${date(item.date)}`),
    h("span", { class: "badge", "data-state": item.status }, t(`booking.${item.status}`)),
    h("span", { class: "hint" }, t("booking.slot", { n: count(item.number), points: points(item.price) }),
      item.status === "held" && ` · ${t("booking.until", { time: clockTime(item.expires_at) })}`),
    item.status === "held" && h("button", { type: "button", class: "link", "data-testid": "release", "data-id": item.id, onclick: () => giveBack(item) }, t("booking.release")),
    item.cancelable && h("button", { type: "button", class: "link", "data-testid": "cancel-booking", "data-id": item.id, onclick: () => cancel(item) }, t("booking.cancel")));

  const listing = new Listing({ ...context, path: "/v1/holds", row: booking, empty: t("bookings.none"), testid: "bookings" });
  const node = h("section", { class: "part", "aria-labelledby": "bookings-title" },
    h("h2", { id: "bookings-title" }, t("bookings")), listing.node);
  return { node, load: () => listing.load() };
}
