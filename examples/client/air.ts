// Where an ad is shown: days of a channel, whose slots are sold once.
import { type Castad, type Member, done, refused, say, told } from "./client.js";

/** A day of next week. */
const date = new Date(Date.now() + 7 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);

async function opensAChannel(admin: Castad, queue: boolean): Promise<string> {
  const body = { name: "해운대 방송", dates: [date], slots: 2, price: 1_000, queue };
  return told(await admin.POST("/v1/channels", { body })).id;
}

/** The slots of a day that are still to be had. */
async function free(castad: Castad, channel: string): Promise<string[]> {
  const params = { path: { id: channel }, query: { date } };
  const slots = told(await castad.GET("/v1/channels/{id}/slots", { params }));
  return slots.items.filter((slot) => slot.status === "available").map((slot) => slot.id);
}

/** A slot is kept for five minutes, paid with points, and given back before its day. */
export async function isOnAir(
  { castad }: Member, other: Member, admin: Castad, video_id: string,
): Promise<void> {
  const channel = await opensAChannel(admin, false);
  const channels = told(await castad.GET("/v1/channels"));
  const [slot = "", next = ""] = await free(castad, channel);
  const first = { params: { path: { id: slot } } };
  const hold = told(await castad.POST("/v1/slots/{id}/hold", first));
  const late = refused(await other.castad.POST("/v1/slots/{id}/hold", first), "slot_unavailable");
  say({ on: channels.items[0]?.name, hold: hold.status, late: late.code, may_be_sent_again: late.retryable });

  const params = { path: { id: hold.id } };
  const booked = told(await castad.POST("/v1/holds/{id}/pay", { params, body: { video_id } }));
  const shown = told(await castad.GET("/v1/holds/{id}", { params }));
  say({ booked: booked.status, charged: booked.charged_points, cancelable: shown.cancelable });
  const canceled = told(await castad.POST("/v1/holds/{id}/cancel", { params }));
  say({ canceled: canceled.status, returned: canceled.returned_points });

  const second = told(await castad.POST("/v1/slots/{id}/hold", { params: { path: { id: next } } }));
  done(await castad.DELETE("/v1/holds/{id}", { params: { path: { id: second.id } } }));
  const holds = told(await castad.GET("/v1/holds"));
  say({ holds: holds.items.map((one) => one.status), free: (await free(castad, channel)).length });
}

/** Where many come at once there is a queue, and its token opens what stands behind it. */
export async function standsInLine({ castad }: Member, admin: Castad, video_id: string): Promise<void> {
  const channel_id = await opensAChannel(admin, true);
  const [slot = ""] = await free(castad, channel_id);
  const path = { id: slot };
  const answer = await castad.POST("/v1/slots/{id}/hold", { params: { path } });
  const pushing = refused(answer, "queue_token_invalid");
  const drawn = told(await castad.POST("/v1/queue-tokens", { body: { channel_id, date } }));
  const look = { params: { path: { token: drawn.token } } };
  const ticket = told(await castad.GET("/v1/queue-tokens/{token}", look));
  say({ pushing: pushing.code, position: ticket.position, ticket: ticket.status });

  const header = { "Castad-Queue-Token": ticket.token };
  const hold = told(await castad.POST("/v1/slots/{id}/hold", { params: { path, header } }));
  const pay = { params: { path: { id: hold.id }, header }, body: { video_id } };
  const booked = told(await castad.POST("/v1/holds/{id}/pay", pay));
  const used = told(await castad.GET("/v1/queue-tokens/{token}", look));
  say({ in_line: booked.status, ticket: used.status });
}
