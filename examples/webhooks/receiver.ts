// Receives webhooks of Castad and says which events came. Node's own library is enough.
//
//     WEBHOOK_SECRET=whsec_… PORT=8000 node receiver.js      (after: tsc)
//
// While a secret is being changed, name both, parted by a space.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, IncomingHttpHeaders, IncomingMessage } from "node:http";
import { AddressInfo } from "node:net";

const TOLERANCE_S = 300;
const LARGEST = 1024 * 1024;

/** Why a message is not taken; the status says whether it is worth sending again. */
class Refused extends Error {
  constructor(readonly status: number, why: string) {
    super(why);
  }
}

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}

function isSame(ours: Buffer, theirs: Buffer): boolean {
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

/** The message's id and time, if one of the secrets signed it a moment ago. */
export function verify(
  secrets: string[],
  headers: IncomingHttpHeaders,
  body: Buffer,
  now: number,
): { id: string; timestamp: number } {
  const [id, at] = [header(headers, "webhook-id"), header(headers, "webhook-timestamp")];
  const signatures = header(headers, "webhook-signature").split(" ");
  if (id === "" || !/^[0-9]{1,15}$/.test(at)) throw new Refused(400, "this is no webhook");
  const timestamp = Number(at);
  if (Math.abs(now - timestamp) > TOLERANCE_S) {
    throw new Refused(400, "the message is too old, or a clock is wrong");
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${at}.`), body]);
  for (const secret of secrets) {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const ours = Buffer.from("v1," + createHmac("sha256", key).update(signed).digest("base64"));
    // Each is compared in the same time, whatever it says.
    if (signatures.some((theirs) => isSame(ours, Buffer.from(theirs)))) return { id, timestamp };
  }
  throw new Refused(401, "nobody who knows the secret has signed this");
}

/** Takes each message once. Yours lies in a database, in the transaction of what you do with it. */
class Inbox {
  private seen = new Map<string, number>();

  isNew(id: string, timestamp: number): boolean {
    const before = this.seen.get(id);
    if (before !== undefined && timestamp <= before) {
      throw new Refused(409, "this very message came before");
    }
    this.seen.set(id, timestamp);
    // Sent again, because the answer to the last one was lost: it was dealt with.
    return before === undefined;
  }
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > LARGEST) throw new Refused(413, "too large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const secrets = (process.env.WEBHOOK_SECRET ?? "").split(" ").filter((secret) => secret !== "");
const inbox = new Inbox();

const server = createServer(async (request, response) => {
  try {
    const body = await whole(request);
    const { id, timestamp } = verify(secrets, request.headers, body, Date.now() / 1000);
    if (inbox.isNew(id, timestamp)) {
      const event = JSON.parse(body.toString("utf8")) as { type: string };
      console.log(JSON.stringify({ id, type: event.type }));
    }
    response.writeHead(204).end();
  } catch (refused) {
    response.writeHead(refused instanceof Refused ? refused.status : 500).end();
  }
});

server.listen(Number(process.env.PORT ?? "8000"), "127.0.0.1", () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`);
});
