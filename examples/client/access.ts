// Who comes in, and with what: members, sessions, keys, and what is said to who may not.
import { anybody, client, done, type Member, refused, say, told, withKey } from "./client.js";

const password = "바다가-보이는-카페";

/** Somebody joins, and has a key at once. */
export async function joins(who: string, name: string): Promise<Member> {
  const email = `${who}-${Date.now()}@example.com`;
  const body = { email, password, name };
  const { id, key } = told(await anybody.POST("/v1/members", { body }));
  const again = refused(await anybody.POST("/v1/members", { body }), "duplicate_email");
  say({ joined: name, once: again.code });
  return { id, email, key, castad: withKey(key) };
}

/** A browser logs in with the password; its session is a cookie, good until it logs out. */
export async function comesBack({ id, email }: Member): Promise<void> {
  const answer = await anybody.POST("/v1/sessions", { body: { email, password } });
  const session = told(answer);
  const cookie = answer.response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const browser = client({ Cookie: cookie });
  const account = told(await browser.GET("/v1/account"));
  say({ logged_in: session.member_id === id && account.email === email });

  done(await browser.DELETE("/v1/sessions"));
  const gone = refused(await browser.GET("/v1/account"), "unauthorized");
  say({ logged_out: gone.code, may_be_sent_again: gone.retryable });
}

/** What the member is called, and what they want letters about: only what is named changes. */
export async function tellsWhatToTell({ castad }: Member): Promise<void> {
  const body = { name: "다온카페", notify: { finished: true, expiring: true } };
  const account = told(await castad.PATCH("/v1/account", { body }));
  say({ name: account.name, notify: account.notify });
}

/** A key for a shop window: it looks, makes nothing, and is good for a month. */
export async function handsOutKeys({ castad }: Member): Promise<void> {
  const body = { name: "진열창", scopes: ["read" as const], expires_in_days: 30 };
  const made = told(await castad.POST("/v1/keys", { body }));
  const window = withKey(made.key ?? "");
  const seen = told(await window.GET("/v1/projects"));
  const brief = { business_name: "다온카페", region: "부산", language: "ko" as const };
  const answer = await window.POST("/v1/projects", { body: brief });
  const kept_out = refused(answer, "scope_missing");
  const challenge = answer.response.headers.get("WWW-Authenticate") ?? "";
  say({ window_sees: seen.items.length, makes: kept_out.code, needs: /scope="(\w+)"/.exec(challenge)?.[1] });

  const keys = told(await castad.GET("/v1/keys"));
  const kept = keys.items.find((key) => key.id === made.id);
  say({ kept: kept?.scopes, ends: kept?.expires_at === made.expires_at && kept?.expired === false });
  done(await castad.DELETE("/v1/keys/{id}", { params: { path: { id: made.id } } }));
  say({ revoked: refused(await window.GET("/v1/projects"), "unauthorized").code });
}

/** What is wrong is told field by field, and what is left in every answer; too much, and for how long to wait. */
export async function isPatient({ castad }: Member): Promise<void> {
  const nameless = { business_name: " ", region: "", language: "ko" as const };
  const wrong = refused(await castad.POST("/v1/projects", { body: nameless }), "invalid_input");
  say({ code: wrong.code, at: wrong.errors?.map((fault) => fault.pointer), charged: wrong.charged_points });

  const { response } = await castad.GET("/v1/account");
  const left = /"key";r=(\d+)/.exec(response.headers.get("RateLimit") ?? "")?.[1];
  const most = /"key";q=(\d+)/.exec(response.headers.get("RateLimit-Policy") ?? "")?.[1];
  say({ asks_within: Number(left) > 0 && Number(left) < Number(most) });

  // Whoever has forgotten the password of an account tries ten times in a quarter of an hour.
  const body = { email: `nobody-${Date.now()}@example.com`, password: "long enough" };
  let answer = await anybody.POST("/v1/sessions", { body });
  while (answer.error?.code === "wrong_log_in") answer = await anybody.POST("/v1/sessions", { body });
  const enough = refused(answer, "too_many_attempts");
  const wait = Number(answer.response.headers.get("Retry-After"));
  say({ code: enough.code, may_be_sent_again: enough.retryable, waits: wait > 0 && wait <= 900 });
}
