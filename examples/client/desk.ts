// What only admins do, and what anybody may ask of the program itself.
import { anybody, type Castad, type Member, say, told, until } from "./client.js";

/** Whether the program is well: for those who watch it, without a key. */
export async function opensTheDoor(): Promise<void> {
  const [health, ready] = [told(await anybody.GET("/healthz")), told(await anybody.GET("/readyz"))];
  const metrics = told(await anybody.GET("/metrics", { parseAs: "text" }));
  say({ health: health.status, ready: ready.ready, metrics: metrics.includes("# TYPE castad_") });
}

/** A pack of points, a campaign for who comes first, and one that serves a line. */
export async function keepsTheShop(admin: Castad): Promise<void> {
  const offer = { name: "만 포인트", points: 10_000, price: 10_000, stock: 10 };
  const pack = told(await admin.POST("/v1/packs", { body: offer }));
  const cheaper = { params: { path: { id: pack.id } }, body: { price: 9_900, hot: true } };
  const changed = told(await admin.PATCH("/v1/packs/{id}", cheaper));
  const campaign = { discount: { percent: 10 }, minimum_order: 5_000, valid_days: 30, total: 100 };
  for (const mode of ["direct", "queue"] as const) {
    told(await admin.POST("/v1/campaigns", { body: { ...campaign, mode, name: "개업 기념" } }));
  }
  const params = { path: { key: "expiry_notice_days" as const } };
  const notice = told(await admin.GET("/v1/admin/config/{key}", { params }));
  const body = { value: notice.value + 7, version: notice.version };
  const set = told(await admin.PUT("/v1/admin/config/{key}", { params, body }));
  const settings = told(await admin.GET("/v1/admin/config"));
  const noted = settings.history[0];
  say({ price: changed.price, notice: set.value, noted: noted?.key, before: noted?.old });
}

/** A provider is left alone for a while: what asks it waits, and loses nothing by it. */
export async function looksAfterTheWork({ id, castad }: Member, admin: Castad): Promise<void> {
  const lyrics = { path: { name: "lyric" } };
  const pause = { params: lyrics, body: { reason: "점검" } };
  const paused = told(await admin.POST("/v1/admin/providers/{name}/pause", pause));
  const providers = told(await admin.GET("/v1/admin/providers"));
  say({ paused: paused.stages, why: providers.items.find((one) => one.stage === "lyric")?.reason });

  const brief = { business_name: "다온카페", region: "부산", language: "ko" as const };
  const project = told(await castad.POST("/v1/projects", { body: brief }));
  const path = { id: project.id };
  const waits = told(await castad.POST("/v1/projects/{id}/lyric", { params: { path } }));
  const jobs = told(await admin.GET("/v1/admin/jobs", { params: { query: { state: "waiting" } } }));
  const found = jobs.items.find((job) => job.project_id === project.id);
  const that = { params: { path: { id: found?.id ?? "" } } };
  const job = told(await admin.GET("/v1/admin/jobs/{id}", that));
  const queue = told(await admin.GET("/v1/admin/queue"));
  const lane = queue.items.find((one) => one.lane === "lyric");
  const paid = job.entries.map((entry) => entry.amount);
  say({ waits: waits.status, job: job.task, paid, in_line: lane?.waiting });

  const resumed = told(await admin.POST("/v1/admin/providers/{name}/resume", { params: lyrics }));
  const written = await until(castad, project.id, ["lyric.ready", "lyric.failed"]);
  say({ resumed: resumed.stages, then: written.type });
  await asksForTheBooks(id, admin);
}

/** Nothing is lost: no job was set aside, no purchase is in doubt, the books are right; what was done is noted. */
async function asksForTheBooks(member_id: string, admin: Castad): Promise<void> {
  const buried = told(await admin.POST("/v1/admin/jobs/replay", { body: {} }));
  const unresolved = told(await admin.GET("/v1/admin/unresolved"));
  const expired = told(await admin.POST("/v1/admin/expirations"));
  const books = told(await admin.POST("/v1/admin/reconciliation", { body: { member_id } }));
  const audit = told(await admin.GET("/v1/admin/books"));
  say({ replayed: buried.replayed, unresolved: unresolved.items.length, expired: expired.expired });
  say({ books: books.items.map((one) => one.result), right: audit.right });
  const query = { action: "provider.resumed" as const };
  const actions = told(await admin.GET("/v1/admin/actions", { params: { query } }));
  say({ noted: actions.items[0]?.action, on: actions.items[0]?.target });
}
