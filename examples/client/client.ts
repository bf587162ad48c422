// Clients whose types are made of the document, and what every chapter does with an answer.
import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { components, paths } from "./castad.js";

export type Castad = Client<paths>;
export type Problem = components["schemas"]["Problem"];
export type Event = components["schemas"]["Event"];
export type Project = components["schemas"]["Project"];

/** Somebody who has joined, with a client that comes in with their key. */
export type Member = { id: string; email: string; key: string; castad: Castad };

export const baseUrl = process.env["CASTAD"] ?? "http://127.0.0.1:8080";
export const say = (what: object): void => console.log(JSON.stringify(what));

type Answer<T, E = unknown> = { data?: T; error?: E; response: Response };

/** What was answered, or an end of the story. */
export function told<T>(answer: Answer<T>): NonNullable<T> {
  if (answer.data === undefined || answer.data === null) {
    throw new Error(`${answer.response.url} ${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

/** Where there is nothing to tell (204), that it was done. */
export function done(answer: Answer<unknown>): void {
  if (!answer.response.ok) told(answer);
}

/** Why something was refused: by this code. One that the document does not tell of the route does not compile. */
export function refused<E extends { code: string }>(answer: Answer<unknown, E>, code: E["code"]): E {
  if (answer.error?.code !== code) {
    const { url, status } = answer.response;
    throw new Error(`${url} ${status} is not refused with ${code}: ${JSON.stringify(answer.error)}`);
  }
  return answer.error;
}

/** What was asked for so far, by its route in the document, and what came of it. */
export const asked = new Set<string>();

const noting: Middleware = {
  async onResponse({ request, schemaPath, response }) {
    const problem = response.ok ? undefined : ((await response.clone().json()) as Problem);
    asked.add([request.method, schemaPath, response.status, problem?.code].join(" ").trim());
  },
};

/** A client that sends these headers with all it asks for. */
export function client(headers: Record<string, string> = {}): Castad {
  const castad = createClient<paths>({ baseUrl, headers });
  castad.use(noting);
  return castad;
}

export const withKey = (key: string): Castad => client({ Authorization: `Bearer ${key}` });

/** Who has no key yet. */
export const anybody = client();

/**
 * What happens to a project, as it happens: a stream of server-sent events. It goes on behind `after`, so
 * that who was cut off misses nothing and hears nothing twice.
 */
export async function* follow(castad: Castad, id: string, after?: string): AsyncGenerator<Event> {
  const header = after === undefined ? {} : { "Last-Event-ID": after };
  const options = { params: { path: { id }, header }, headers: { Accept: "text/event-stream" } };
  const stream = told(await castad.GET("/v1/projects/{id}/events", { ...options, parseAs: "stream" }));
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const messages = (text + part).split("\n\n");
    text = messages.pop() ?? "";
    for (const message of messages) {
      // A line without data is a sign of life.
      const data = message.split("\n").find((line) => line.startsWith("data:"));
      if (data !== undefined) yield JSON.parse(data.slice("data:".length)) as Event;
    }
  }
}

/** The first event that is one of these, behind one that was seen. */
export async function until(
  castad: Castad, id: string, kinds: Event["type"][], after?: string,
): Promise<Event> {
  for await (const event of follow(castad, id, after)) {
    if (kinds.includes(event.type)) return event;
  }
  throw new Error(`the stream ended before ${kinds.join(" or ")}`);
}
