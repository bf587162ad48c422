// Points: given, spent, given back, and bought with a coupon.
import { type Castad, type Member, refused, say, told } from "./client.js";

/** Points are given by an admin, and spent on anything that has an order number. */
export async function spendsPoints({ id, castad }: Member, admin: Castad): Promise<void> {
  const give = (amount: number) => ({ body: { member_id: id, amount, kind: "bonus" as const } });
  const given = told(await admin.POST("/v1/points/accumulations", give(10_000)));
  const slip = told(await admin.POST("/v1/points/accumulations", give(70_000)));
  const key = { params: { path: { key: slip.key } } };
  const taken = told(await admin.POST("/v1/points/accumulations/{key}/cancel", key));
  say({ given: given.amount, taken_back: taken.canceled });

  const number = `A-${Date.now()}`;
  const body = { order_number: number, amount: 1_200 };
  const params = { header: { "Idempotency-Key": number } };
  const usage = told(await castad.POST("/v1/points/usages", { params, body }));
  const twice = refused(await castad.POST("/v1/points/usages", { body }), "order_number_used");
  say({ used: usage.amount, of_one_lot: usage.used_from[0]?.lot === given.key, twice: twice.code });
  const dear = { order_number: `B-${number}`, amount: 1_000_000 };
  const poor = refused(await castad.POST("/v1/points/usages", { body: dear }), "insufficient_points");
  say({ too_much: poor.code, may_be_sent_again: poor.retryable });

  const some = { params: { path: { key: usage.key } }, body: { amount: 200, reason: "하나가 빠졌어요" } };
  const back = told(await castad.POST("/v1/points/usages/{key}/cancel", some));
  const query = { order_number: number };
  const history = told(await castad.GET("/v1/points/history", { params: { query } }));
  const balance = told(await castad.GET("/v1/points/balance"));
  const entries = history.items.map((entry) => entry.amount);
  say({ given_back: back.canceled, remaining: back.remaining, entries, available: balance.available });
}

/** A coupon of a campaign, to who comes first. */
async function claims({ castad }: Member): Promise<string> {
  const campaigns = told(await castad.GET("/v1/campaigns"));
  const campaign = campaigns.items.find((offer) => offer.mode === "direct");
  const params = { path: { id: campaign?.id ?? "" } };
  const claimed = told(await castad.POST("/v1/campaigns/{id}/claim", { params }));
  const coupon = "coupon_id" in claimed ? claimed.coupon_id : "";
  const again = refused(await castad.POST("/v1/campaigns/{id}/claim", { params }), "already_issued");
  say({ remaining: campaign?.remaining, again: again.code });
  return coupon;
}

/** A coupon of a campaign that serves a line: first a place, then what came of it. */
async function queues({ castad }: Member, admin: Castad): Promise<void> {
  const campaigns = told(await castad.GET("/v1/campaigns"));
  const campaign = campaigns.items.find((offer) => offer.mode === "queue");
  const path = { id: campaign?.id ?? "" };
  const place = told(await castad.POST("/v1/campaigns/{id}/claim", { params: { path } }));
  const request_id = "request_id" in place ? place.request_id : "";
  const params = { path: { request_id }, header: { Prefer: "wait=30" } };
  const served = told(await castad.GET("/v1/claims/{request_id}", { params }));
  const id = served.coupon_id ?? "";
  const revoked = told(await admin.POST("/v1/coupons/{id}/revoke", { params: { path: { id } } }));
  say({ place: served.place, served: served.status, then: revoked.status });
}

/** Points are bought in packs, the coupon takes something off. */
export async function buysPoints(member: Member, admin: Castad): Promise<void> {
  const { castad } = member;
  const coupon_id = await claims(member);
  await queues(member, admin);
  const packs = told(await castad.GET("/v1/packs"));
  const pack_id = packs.items[0]?.id ?? "";
  const order = told(await castad.POST("/v1/orders", { body: { pack_id, coupon_id } }));
  say({ pack: packs.items[0]?.name, hot: packs.items[0]?.hot, total: order.total, amount: order.amount });
  const params = { path: { id: order.id } };
  const before = told(await castad.GET("/v1/points/balance"));
  const paid = told(await castad.POST("/v1/orders/{id}/pay", { params }));
  const after = told(await castad.GET("/v1/points/balance"));
  say({ order: paid.status, points: after.available - before.available });

  const second = told(await castad.POST("/v1/orders", { body: { pack_id, quantity: 2 } }));
  const that = { params: { path: { id: second.id } } };
  const canceled = told(await castad.POST("/v1/orders/{id}/cancel", that));
  const shown = told(await castad.GET("/v1/orders/{id}", that));
  say({ second: canceled.status, stays: shown.status });
  const orders = told(await castad.GET("/v1/orders"));
  const coupons = told(await castad.GET("/v1/coupons"));
  say({ orders: orders.items.map((one) => one.status), coupons: coupons.items.map((one) => one.status).sort() });
}
