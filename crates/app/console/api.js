// The service, as the console calls it.

const KINDS = [
  "project.created", "project.updated", "project.finished", "project.failed", "project.canceled",
  "project.archived", "images.added", "image.removed", "images.reordered",
  "lyric.requested", "lyric.writing", "lyric.ready", "lyric.edited", "lyric.failed", "lyric.canceled",
  ...["song", "video"].flatMap((stage) =>
    ["requested", "submitting", "collecting", "ready", "unresolved", "decided", "failed", "canceled"]
      .map((state) => `${stage}.${state}`)),
  "song.composing", "video.rendering",
];

/** A request that the service did not carry out (RFC 9457). */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? "internal";
    this.errors = body.errors ?? [];
    this.requestId = body.request_id;
  }
}

/** `crypto.randomUUID` is only there on secure origins; the service may be reached by plain http. */
export function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function unreachable() {
  return new Problem(0, { code: "unreachable", detail: "the service does not answer" });
}

function read(status, text) {
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    if (status < 400) throw new Problem(status, { code: "internal", detail: "the answer is not JSON" });
  }
  if (status >= 400) throw new Problem(status, body);
  return body;
}

/** Sends once more what got lost: under the same key it is done only once. */
async function insist(send) {
  try {
    return await send();
  } catch (error) {
    if (error.code === "unreachable") {
      await pause(400);
    } else if (error.code === "idempotency_in_flight") {
      await pause(1_000);
    } else {
      throw error;
    }
    return send();
  }
}

async function send(method, path, body, key = freshKey(), more = {}) {
  const headers = { Accept: "application/json", ...more };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["Idempotency-Key"] = key;
  const request = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
  const once = async () => {
    let response;
    try {
      response = await fetch(path, request);
    } catch {
      throw unreachable();
    }
    return read(response.status, await response.text());
  };
  return method === "GET" ? once() : insist(once);
}

export const get = (path) => send("GET", path);
/** The same, held back by the service until there is news. */
export const getNews = (path) => send("GET", path, undefined, undefined, { Prefer: "wait=20" });
/** What may have been carried out unheard is sent again under the same `key`. */
export const post = (path, body, key) => send("POST", path, body, key);
export const put = (path, body) => send("PUT", path, body);
export const patch = (path, body) => send("PATCH", path, body);
export const remove = (path) => send("DELETE", path);

/** Sends one picture; `fetch` does not tell how far an upload is. */
export function upload(path, file, onProgress) {
  const key = freshKey();
  return insist(() => new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("files", file, file.name || "picture");
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      try {
        resolve(read(request.status, request.responseText));
      } catch (problem) {
        reject(problem);
      }
    });
    request.addEventListener("error", () => reject(unreachable()));
    request.send(form);
  }));
}

/** Follows a project's log; the browser itself resumes behind the last event it saw. */
export function follow(project, onEvent, signal) {
  const stream = new EventSource(`/v1/projects/${encodeURIComponent(project)}/events`);
  const heard = (message) => onEvent(JSON.parse(message.data));
  for (const kind of KINDS) stream.addEventListener(kind, heard);
  signal.addEventListener("abort", () => stream.close());
}

/** Opens a session with a key; tells whether the key is `good`, `bad` or for less than a session. */
export async function logIn(token) {
  const response = await fetch(`/login?token=${encodeURIComponent(token)}`).catch(() => {
    throw unreachable();
  });
  if (response.status === 403) return "limited";
  return response.ok ? "good" : "bad";
}

export async function logOut() {
  await fetch("/logout", { method: "POST" }).catch(() => {
    throw unreachable();
  });
}
