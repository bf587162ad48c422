//! Who opens a stream and reads nothing of it, while thousands of events are written.

use std::time::Duration;

use castad_tests::{Castad, Folder};
use sqlx::SqlitePool;
use tokio::time::interval;

use super::{
    listener::{Listener, log, told_through},
    memory_kib, open_project,
};

/// How many they are where it is looked at what they cost.
const MANY: usize = 100;
/// How many of them are heard in the end.
const FEW: usize = 4;
/// Far more than the kernel keeps of what a sleeper does not read.
const EVENTS: usize = 12_000;
/// How many more are written one by one, behind the others.
const LAST: usize = 20;
/// What an instance may take for a sleeper, in KiB: what lies here of a connection, and a page of the log.
const MOST_KIB: u64 = 100;
/// What it may take for everything else meanwhile.
const ELSE_KIB: u64 = 20 * 1024;
/// How often it is looked how the program fares.
const LOOK: Duration = Duration::from_millis(100);

/// So many looks in a row it does next to nothing.
const QUIET: usize = 10;

/// Who wakes up before anybody loses patience is told the rest, on the same connection.
pub(crate) async fn wake_up() {
    let (program, mut sleepers) = asleep("600", MANY).await;
    assert_eq!(cut(&program).await, 0);
    sleepers.truncate(FEW);
    are_told_everything(&program, sleepers, |returns| returns == 0).await;
}

/// Who does not is cut off, and goes on behind the last event that came whole.
pub(crate) async fn are_cut_off() {
    let (program, sleepers) = asleep("5", FEW).await;
    let mut looks = interval(LOOK);
    while cut(&program).await < FEW {
        looks.tick().await;
    }
    are_told_everything(&program, sleepers, |returns| returns > 0).await;
}

/// A program that waits so long for who does not read, and so many of those, once all was written.
async fn asleep(patience: &str, many: usize) -> (Program, Vec<Listener>) {
    let program = Program::start(patience).await;
    let mut sleepers = Vec::new();
    for _ in 0..many {
        sleepers.push(Listener::of(&program.castad, None).await);
    }
    let mut awake = Listener::of(&program.castad, None).await;
    let listening = tokio::spawn(async move {
        for _ in 0..EVENTS {
            awake.next().await.expect("the stream goes on");
        }
    });
    let before = memory_kib(&program.castad);
    program.write().await;
    listening.await.unwrap();
    comes_to_rest(&program.castad).await;
    let more = memory_kib(&program.castad).saturating_sub(before);
    let most = ELSE_KIB + MOST_KIB * u64::try_from(many).unwrap();
    assert!(more <= most, "{more} KiB more with {many} who do not read");
    (program, sleepers)
}

/// Waits until the program has told everybody what they take: it does next to nothing for a while.
async fn comes_to_rest(castad: &Castad) {
    let (mut looks, mut quiet, mut before) = (interval(LOOK), 0, 0);
    while quiet < QUIET {
        looks.tick().await;
        let now = ticks(castad);
        quiet = if now > before + 2 { 0 } else { quiet + 1 };
        before = now;
    }
}

/// How much of the processors the program has had, as the kernel counts it.
fn ticks(castad: &Castad) -> u64 {
    let told = std::fs::read_to_string(format!("/proc/{}/stat", castad.id())).unwrap();
    let (_, counts) = told.rsplit_once(") ").unwrap();
    let counts: Vec<&str> = counts.split(' ').collect();
    counts[11..13].iter().map(|count| count.parse::<u64>().unwrap()).sum()
}

struct Program {
    castad: Castad,
    database: SqlitePool,
    _folder: Folder,
}

impl Program {
    async fn start(patience: &str) -> Self {
        let folder = Folder::new();
        let environment = [("CASTAD_LIMIT_STALLED", patience)];
        let castad = Castad::start_idle(folder.path(), &environment).await;
        let file = folder.path().join("castad.db");
        let database = SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        Self { castad, database, _folder: folder }
    }

    /// Appends thousands of copies of an event at once, as others of a fleet might, and some more events
    /// one by one.
    async fn write(&self) {
        open_project(&self.castad).await;
        let copies = i64::try_from(EVENTS).unwrap();
        let mut unit = self.database.begin().await.unwrap();
        let copy = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) \
                    INSERT INTO events (member_id, seq, kind, project_id, at, data) \
                    SELECT member_id, seq + i, kind, project_id, at, data \
                    FROM events JOIN n WHERE seq = (SELECT MAX(seq) FROM events)";
        sqlx::query(copy).bind(copies).execute(&mut *unit).await.unwrap();
        let count = "UPDATE event_heads SET seq = seq + ?";
        sqlx::query(count).bind(copies).execute(&mut *unit).await.unwrap();
        unit.commit().await.unwrap();
        for _ in 0..LAST {
            open_project(&self.castad).await;
        }
    }
}

/// How many were cut off because they did not read.
async fn cut(program: &Program) -> usize {
    let metrics = program.castad.text("/metrics").await;
    let line = "castad_connections_cut_total{why=\"reader\"} ";
    let found = metrics.lines().find_map(|told| told.strip_prefix(line));
    found.map_or(0, |count| count.parse().unwrap())
}

async fn are_told_everything(
    program: &Program,
    sleepers: Vec<Listener>,
    so: impl Fn(usize) -> bool,
) {
    let written = log(&program.castad).await;
    assert!(written.len() > EVENTS, "{}", written.len());
    for sleeper in sleepers {
        let (told, returns) = told_through(sleeper, &program.castad, written.last().unwrap()).await;
        assert_eq!(told, written);
        assert!(so(returns), "came back {returns} times");
    }
}
