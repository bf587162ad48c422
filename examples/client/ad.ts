// An ad: in stages with the words edited, all at once, carried on after a failure, and canceled.
import { type Castad, follow, type Member, type Project, refused, say, told, until } from "./client.js";

/** A project with a picture; its id. */
async function opens(castad: Castad, picture: Blob, details: string): Promise<string> {
  const project = told(await castad.POST("/v1/projects", {
    body: {
      business_name: "다온카페", region: "부산 해운대", details,
      language: "ko", orientation: "square", seed: 3,
    },
  }));
  await shows(castad, project.id, [picture]);
  return project.id;
}

/** Pictures are a form, as a page would send it. */
async function shows(castad: Castad, id: string, pictures: Blob[]): Promise<string[]> {
  const added = told(await castad.POST("/v1/projects/{id}/images", {
    params: { path: { id } },
    body: { files: pictures.map((_, at) => `${at}.jpg`) },
    bodySerializer: () => {
      const form = new FormData();
      pictures.forEach((picture, at) => form.append("files", picture, `${at}.jpg`));
      return form;
    },
  }));
  return added.images.map((image) => image.id);
}

/** Three pictures: the last comes first, one is not wanted after all. */
async function choosesPictures(castad: Castad, id: string, picture: Blob): Promise<void> {
  const [first = "", second = "", third = ""] = await shows(castad, id, [picture, picture, picture]);
  const params = { path: { id } };
  const body = { images: [third, first, second] };
  const turned = told(await castad.PUT("/v1/projects/{id}/images/order", { params, body }));
  const of = (image_id: string) => ({ params: { path: { id, image_id } } });
  const left = told(await castad.DELETE("/v1/projects/{id}/images/{image_id}", of(second)));
  const asked = { ...of(third), parseAs: "blob" as const };
  const file = told(await castad.GET("/v1/projects/{id}/images/{image_id}/file", asked));
  say({ pictures: left.images.length, first: turned.images[0]?.id === third, is: file.type });
}

/** Stage by stage: the price, the words, other words, a song of these, a film. */
export async function changesTheWords({ castad }: Member, picture: Blob): Promise<string> {
  const brief = { business_name: "다온", region: "부산 해운대", language: "ko", orientation: "square" } as const;
  const ask = { params: { header: { "Idempotency-Key": `ad-${Date.now()}` } }, body: brief };
  const project = told(await castad.POST("/v1/projects", ask));
  const again = await castad.POST("/v1/projects", ask);
  const replayed = again.response.headers.get("Idempotent-Replayed");
  say({ opened_once: told(again).id === project.id, replayed });
  const path = { id: project.id };
  const change = { business_name: "다온카페", style: "잔잔한 발라드" };
  const named = told(await castad.PATCH("/v1/projects/{id}", { params: { path }, body: change }));
  say({ business: named.business_name, status: named.status });
  await choosesPictures(castad, project.id, picture);

  const quote = told(await castad.POST("/v1/quotes", { body: { project_id: project.id } }));
  say({ price: quote.points, of: quote.items.map((item) => item.stage) });

  // Nothing is asked for again and again: `Prefer` has the answer wait until there is news.
  const wait = { path, header: { Prefer: "wait=30" } };
  const lyric = told(await castad.POST("/v1/projects/{id}/lyric", { params: wait }));
  const body = { title: "바다 한 잔", text: "[Verse]\n해운대 골목 끝\n\n[Chorus]\n다온카페로 와요" };
  const edited = told(await castad.PUT("/v1/projects/{id}/lyric", { params: { path }, body }));
  say({ words: lyric.status, edited: edited.edited, title: edited.title });

  const song = told(await castad.POST("/v1/projects/{id}/song", { params: { path } }));
  const sung = await until(castad, project.id, ["song.ready", "song.failed"]);
  const order = { params: { path }, body: { orientation: "square" as const } };
  const video = told(await castad.POST("/v1/projects/{id}/video", order));
  // A connection is lost here, say: the new one goes on behind the last event that was heard.
  const heard: string[] = [];
  for await (const event of follow(castad, project.id, sung.id)) {
    heard.push(event.type);
    if (["project.finished", "project.failed"].includes(event.type)) break;
  }
  say({ after: sung.type, then: heard[0], at_last: heard.at(-1) });
  await fetches(castad, song.id, video.id);
  return video.id;
}

/** Everything that was made, one by one and in lists. */
async function fetches(castad: Castad, songId: string, videoId: string): Promise<void> {
  const [song, video] = [{ path: { id: songId } }, { path: { id: videoId } }];
  const sung = told(await castad.GET("/v1/songs/{id}", { params: song }));
  const words = told(await castad.GET("/v1/lyrics/{id}", { params: { path: { id: sung.lyric_id } } }));
  say({ sung: sung.lines.map((line) => line.text), edited: words.edited });
  const music = told(await castad.GET("/v1/songs/{id}/file", { params: song, parseAs: "blob" }));
  const film = told(await castad.GET("/v1/videos/{id}/file", { params: video, parseAs: "blob" }));
  const shown = told(await castad.GET("/v1/videos/{id}", { params: video }));
  say({ orientation: shown.orientation, is: [music.type, film.type], whole: film.size === shown.file?.bytes });
  const part = { path: video.path, header: { Range: "bytes=4-7" } };
  say({ film: told(await castad.GET("/v1/videos/{id}/file", { params: part, parseAs: "text" })) });
  const captions = told(await castad.GET("/v1/videos/{id}/captions.vtt", { params: video, parseAs: "text" }));
  const lines = told(await castad.GET("/v1/videos/{id}/captions.lrc", { params: video, parseAs: "text" }));
  say({ captions: captions.startsWith("WEBVTT"), lines: lines.includes("다온카페로 와요") });
  const lyrics = told(await castad.GET("/v1/lyrics"));
  const songs = told(await castad.GET("/v1/songs"));
  const videos = told(await castad.GET("/v1/videos"));
  say({ listed: [lyrics, songs, videos].map((list) => list.items.length) });
}

/** One call for the whole ad, which is given up if it takes longer than ten minutes. */
export async function asksForAll({ castad }: Member, picture: Blob): Promise<Project> {
  const path = { id: await opens(castad, picture, "바다가 보이는 작은 카페") };
  const params = { path, header: { "Cancel-After": 600 } };
  const begun = told(await castad.POST("/v1/projects/{id}/produce", { params, body: {} }));
  await until(castad, path.id, ["project.finished", "project.failed"]);
  const made = told(await castad.GET("/v1/projects/{id}", { params: { path } }));
  say({ begun: begun.status, produced: made.status, film: made.video?.file?.media_type });

  const answer = await castad.POST("/v1/projects/{id}/produce", { params: { path } });
  const log = told(await castad.GET("/v1/events", { params: { query: { limit: 100 } } }));
  const listed = typeof log === "string" ? [] : log.items.filter((event) => event.project_id === path.id);
  say({ again: refused(answer, "nothing_missing").code, first: listed[0]?.type });
  return made;
}

/** Points for the words alone: the song cannot be paid, until a friend helps out. */
export async function goesOnAfterAFailure(
  { id: member, castad }: Member, { friend, admin }: { friend: Member; admin: Castad }, picture: Blob,
): Promise<void> {
  const little = { member_id: member, amount: 100, kind: "bonus" as const };
  told(await admin.POST("/v1/points/accumulations", { body: little }));
  const id = await opens(castad, picture, "처음 여는 가게");
  const params = { path: { id } };
  told(await castad.POST("/v1/projects/{id}/produce", { params, body: {} }));
  const failed = await until(castad, id, ["project.failed"]);
  const stuck = told(await castad.GET("/v1/projects/{id}", { params }));
  say({ failed: stuck.failure?.stage, code: stuck.failure?.code, charged: stuck.failure?.charged_points });

  const body = { from_member_id: friend.id, to_member_id: member, amount: 1_500 };
  const helped = told(await admin.POST("/v1/points/transfers", { body }));
  told(await castad.POST("/v1/projects/{id}/retry", { params }));
  const sung = await until(castad, id, ["song.ready", "project.failed"], failed.id);
  say({ helped: helped.amount, retried: sung.type });
  await thinksBetterOfIt(castad, id);
}

/** What was delivered is kept and paid, the rest comes back; the project is put away. */
async function thinksBetterOfIt(castad: Castad, id: string): Promise<void> {
  const params = { path: { id } };
  const stopped = told(await castad.POST("/v1/projects/{id}/cancel", { params }));
  const balance = told(await castad.GET("/v1/points/balance"));
  say({ kept: stopped.kept, canceled: stopped.canceled, came_back: stopped.returned_points, has: balance.available });
  const away = told(await castad.DELETE("/v1/projects/{id}", { params }));
  const seen = told(await castad.GET("/v1/projects"));
  say({ put_away: away.status, listed: seen.items.length });
}
