// From registration to a finished ad, with a client whose types are made of the document:
//
//   npx openapi-typescript $CASTAD/openapi.json --output castad.d.ts && npx tsc
//   CASTAD=http://127.0.0.1:8080 ADMIN_KEY=castad_… node out/story.js picture.jpg
import { readFile } from "node:fs/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./castad.js";

type Problem = components["schemas"]["Problem"];

const baseUrl = process.env["CASTAD"] ?? "http://127.0.0.1:8080";
const say = (what: object): void => console.log(JSON.stringify(what));

/** What was answered, or an end of the story. */
function told<T>(answer: { data?: T; error?: { code?: string; detail?: string }; response: Response }): T {
  if (answer.error !== undefined || answer.data === undefined) {
    throw new Error(`${answer.response.status} ${answer.error?.code}: ${answer.error?.detail}`);
  }
  return answer.data;
}

const anybody = createClient<paths>({ baseUrl });
const email = `daon-${Date.now()}@example.com`;
const password = "바다가-보이는-카페";
const member = told(await anybody.POST("/v1/members", { body: { email, password, name: "다온" } }));
const session = told(await anybody.POST("/v1/sessions", { body: { email, password } }));
say({ registered: session.member_id === member.id });

const castad = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${member.key}` } });
const admin = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${process.env["ADMIN_KEY"]}` } });

const points = told(await admin.POST("/v1/points/accumulations", {
  body: { member_id: member.id, amount: 5_000, kind: "bonus" },
}));
say({ given: points.amount });

const webhook = told(await castad.POST("/v1/webhooks", {
  body: { url: "https://shop.example/castad", events: ["project.finished"], description: "우리 가게" },
}));
say({ webhook: webhook.status, secret: typeof webhook.secret });

const project = told(await castad.POST("/v1/projects", {
  params: { header: { "Idempotency-Key": `ad-${Date.now()}` } },
  body: {
    business_name: "다온카페", region: "부산 해운대", details: "바다가 보이는 작은 카페",
    language: "ko", orientation: "square", seed: 3,
  },
}));
const path = { id: project.id };
const picture = new Blob([await readFile(process.argv[2] ?? "picture.jpg")]);
const added = told(await castad.POST("/v1/projects/{id}/images", {
  params: { path },
  body: { files: ["picture"] },
  bodySerializer: () => {
    const form = new FormData();
    form.append("files", picture, "가게.jpg");
    return form;
  },
}));
say({ pictures: added.images.length });

let now = told(await castad.POST("/v1/projects/{id}/produce", {
  params: { path, header: { Prefer: "wait=30" } },
  body: {},
}));
while (now.status === "producing") {
  await new Promise((again) => setTimeout(again, 500));
  now = told(await castad.GET("/v1/projects/{id}", { params: { path } }));
}
say({ status: now.status, title: now.lyric?.title, orientation: now.video?.orientation });

const video = { id: now.video?.id ?? "" };
const film = told(await castad.GET("/v1/videos/{id}/file", { params: { path: video }, parseAs: "arrayBuffer" }));
say({ film: Buffer.from(film as ArrayBuffer).subarray(4, 8).toString("latin1") });
const captions = told(await castad.GET("/v1/videos/{id}/captions.vtt", { params: { path: video }, parseAs: "text" }));
say({ captions: captions.startsWith("WEBVTT") });

const events = told(await castad.GET("/v1/events", { params: { query: { limit: 100 } } }));
const log = typeof events === "string" ? [] : events.items;
say({ finished: log.some((event) => event.type === "project.finished") });
const balance = told(await castad.GET("/v1/points/balance"));
say({ available: balance.available, used: balance.used });
await castad.DELETE("/v1/webhooks/{id}", { params: { path: { id: webhook.id } } });

// What is refused is told by its code, one of those that the route has.
const again = await castad.POST("/v1/projects/{id}/produce", { params: { path } });
const problem: Problem | undefined = again.error;
say({ status: again.response.status, code: problem?.code });
