// The routes of the service that came before: the same things, in its words.
import { type Castad, type Member, type Project, refused, say, told } from "./client.js";

/** A client of that service hears no events: it asks until it is told something else. */
async function asks<T extends { status: string }>(look: () => Promise<T>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (!["processing", "planned", "rendering"].includes(seen.status)) return seen;
    await new Promise((again) => setTimeout(again, 100));
  }
}

async function opens(castad: Castad, picture: Blob): Promise<string> {
  const body = { customer_name: "다온카페", region: "부산 해운대", detail_region_info: "바다가 보이는 카페" };
  const { task_id } = told(await castad.POST("/project", { body }));
  const added = told(await castad.POST("/project/image", {
    body: { task_id, files: ["가게.jpg"] },
    bodySerializer: () => {
      const form = new FormData();
      form.append("task_id", task_id);
      form.append("files", picture, "가게.jpg");
      return form;
    },
  }));
  say({ task: task_id.startsWith("prj_"), images: added.images.map((image) => image.img_order) });
  return task_id;
}

/** Words and a song for a task of its own, and the film of a project that was made under `/v1`. */
export async function comesFromTheEarlierService(
  { castad, key }: Member, picture: Blob, made: Project,
): Promise<void> {
  const task_id = await opens(castad, picture);
  const params = { path: { task_id } };
  const early = refused(await castad.GET("/song/generate/{task_id}", { params }), "prerequisite_missing");
  say({ early: early.code, success: early.success });

  told(await castad.POST("/lyric/generate", { body: { task_id, language: "Korean" } }));
  const words = await asks(async () => told(await castad.GET("/lyric/status/{task_id}", { params })));
  const { song_task_id } = told(await castad.GET("/song/generate/{task_id}", { params }));
  const song = { params: { path: { song_task_id } } };
  const sung = await asks(async () => told(await castad.GET("/song/status/{song_task_id}", song)));
  const songs = told(await castad.GET("/songs/", { params: { query: { page: 1, page_size: 1 } } }));
  const newest = songs.items[0]?.song_task_id === song_task_id;
  say({ words: words.lyric_result?.includes("다온카페"), song: sung.status, newest });
  await fetchesTheFilm(castad, key, made);
}

/** Both faces are on the same rows: what is there is not bought again, whichever of them asks. */
async function fetchesTheFilm(castad: Castad, key: string, made: Project): Promise<void> {
  const params = { path: { task_id: made.id } };
  const video = told(await castad.GET("/video/generate/{task_id}", { params }));
  const render = { params: { path: { render_id: video.render_id } } };
  const shown = await asks(async () => told(await castad.GET("/video/status/{render_id}", render)));
  const download = told(await castad.GET("/video/download/{task_id}", { params }));
  const headers = { Authorization: `Bearer ${key}` };
  const film = await (await fetch(download.result_movie_url ?? "", { headers })).blob();
  const videos = told(await castad.GET("/videos/", { params: { query: { page: 1, page_size: 1 } } }));
  say({ the_same: video.render_id === made.video?.id, rendered: shown.status, total: videos.total });
  say({ film: film.type, whole: film.size === made.video?.file?.bytes });
}
