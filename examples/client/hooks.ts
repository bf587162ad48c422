// Being called instead of asking: a webhook, from its secret to its end.
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type Castad, type Event, type Member, done, say, told } from "./client.js";

type Call = { id: string; type: string; event: Event | undefined; signatures: string[]; signed: string };

/** Who is called, one call after the other. */
class Receiver {
  private calls: Call[] = [];
  private wake: () => void = () => undefined;

  private constructor(private server: Server) {}

  static async at(hook: string): Promise<Receiver> {
    const [host = "127.0.0.1", port = "9000"] = hook.split(":");
    const server = createServer().listen(Number(port), host);
    await once(server, "listening");
    const receiver = new Receiver(server);
    server.on("request", async (request: IncomingMessage, response) => {
      const [body, header] = [await text(request), (name: string) => String(request.headers[name])];
      const { type, data } = JSON.parse(body) as { type: string; data: Event };
      const id = header("webhook-id");
      const signed = `${id}.${header("webhook-timestamp")}.${body}`;
      const signatures = header("webhook-signature").split(" ");
      receiver.calls.push({ id, type, event: data, signed, signatures });
      response.writeHead(204).end();
      receiver.wake();
    });
    return receiver;
  }

  url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}/`;
  }

  /** The next call of that kind; those before it are let by. */
  async next(type: string): Promise<Call> {
    for (;;) {
      const call = this.calls.shift();
      if (call?.type === type) return call;
      if (call === undefined) await new Promise<void>((wake) => (this.wake = wake));
    }
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Whether one who knows the secret has signed the call; `examples/webhooks` shows all there is to check. */
function isSigned(call: Call, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return call.signatures.includes(`v1,${createHmac("sha256", key).update(call.signed).digest("base64")}`);
}

/** What came of the calls, once it is written down: behind the answer to the call. */
async function delivered(castad: Castad, id: string, event: string): Promise<boolean> {
  for (;;) {
    const list = told(await castad.GET("/v1/webhooks/{id}/deliveries", { params: { path: { id } } }));
    const found = list.items.find((delivery) => delivery.event === event);
    if (found !== undefined) return found.delivered && found.status === 204;
    await new Promise((again) => setTimeout(again, 50));
  }
}

export async function isCalled({ castad }: Member, hook: string): Promise<void> {
  const receiver = await Receiver.at(hook);
  const url = receiver.url();
  const made = told(await castad.POST("/v1/webhooks", { body: { url, events: ["member.*", "key.*"] } }));
  const params = { path: { id: made.id } };
  const secret = made.secret ?? "";
  const tested = told(await castad.POST("/v1/webhooks/{id}/test", { params }));
  say({ tested: tested.delivered, signed: isSigned(await receiver.next("webhook.test"), secret) });

  // While the new secret is put in place, both sign.
  const rotated = told(await castad.POST("/v1/webhooks/{id}/rotate", { params }));
  told(await castad.PATCH("/v1/account", { body: { name: "다온" } }));
  const call = await receiver.next("member.updated");
  say({ told: call.type, by_both: [secret, rotated.secret ?? ""].map((one) => isSigned(call, one)) });
  const event = call.event?.id ?? "";
  say({ delivered: await delivered(castad, made.id, event) });

  const off = told(await castad.PATCH("/v1/webhooks/{id}", { params, body: { enabled: false } }));
  const shown = told(await castad.GET("/v1/webhooks/{id}", { params }));
  const on = told(await castad.PATCH("/v1/webhooks/{id}", { params, body: { enabled: true } }));
  say({ off: off.disabled_reason, told: shown.told === event, on: on.status });

  // From where it began once more: the same event under the same id, which is how to know it.
  const query = { after: made.told };
  told(await castad.POST("/v1/webhooks/{id}/replay", { params: { ...params, query } }));
  say({ the_same: (await receiver.next("member.updated")).id === call.id });
  done(await castad.DELETE("/v1/webhooks/{id}", { params }));
  const left = told(await castad.GET("/v1/webhooks"));
  say({ webhooks: left.items.length });
  receiver.close();
}
