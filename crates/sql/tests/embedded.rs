//! What is special about a database in a file: its versions, its neighbours, and how it ends.

#[path = "breaches/texts.rs"]
mod breaches;
#[path = "settings/two.rs"]
mod settings;

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use castad_contract::{Database, Writers, make};
use castad_domain::{
    model::{BriefChange, EventSeq, Orientation, Production, ProjectId},
    port::{Catalog, EventLog, Store, StoreError, StoreErrorKind, WorkQueue},
};
use castad_memory::SequentialIds;
use castad_sql::{OpenError, OpenErrorKind, Options, Sql, Sqlite};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("castad-embedded-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("the temporary folder takes a folder");
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("castad.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn options() -> Options {
    Options::new(Arc::new(SequentialIds::new()))
}

async fn open(path: &Path) -> Result<Sql, OpenError> {
    Sqlite::open(path, options()).await
}

/// Runs text on the file behind the store's back.
async fn tamper(path: &Path, text: &str) {
    let url = format!("sqlite://{}", path.display());
    let mut to = SqliteConnection::connect(&url).await.expect("the file opens");
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut to).await.expect("the text runs");
    to.close().await.expect("the file closes");
}

async fn add_member(sql: &Sql, n: u64) -> Result<(), StoreError> {
    let mut unit = sql.begin().await?;
    unit.access().insert_member(&make::member(n)).await?;
    unit.commit().await
}

async fn has_member(sql: &Sql, n: u64) -> bool {
    let mut unit = sql.begin().await.expect("a unit begins");
    let found = unit.access().member(&make::member(n).name).await.expect("the store answers");
    found == Some(make::member(n))
}

async fn insert(sql: &Sql, production: &Production) -> Result<Production, StoreError> {
    let mut unit = sql.begin().await?;
    unit.productions().insert(production).await?;
    let changes = production.changes();
    unit.events().append(production.project().member(), &changes.events).await?;
    unit.work().push(&changes.work).await?;
    unit.commit().await?;
    Ok(production.clone().written())
}

async fn find(sql: &Sql, id: ProjectId) -> Result<Option<Production>, StoreError> {
    sql.begin().await?.productions().find(id).await
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    let sql = open(&folder.file()).await.unwrap();
    add_member(&sql, 1).await.unwrap();
    sql.close().await;
    tamper(
        &folder.file(),
        "INSERT INTO _sqlx_migrations VALUES (9000, 'later', '2030-01-01', TRUE, x'00', 1)",
    )
    .await;

    let refused = open(&folder.file()).await.unwrap_err();
    assert_eq!(refused.kind(), OpenErrorKind::Newer);
    assert!(refused.to_string().ends_with("made by a newer version"), "{refused}");
    let source = refused.source().expect("the numbers are told").to_string();
    assert!(source.contains("it is at schema 9000, this one knows "), "{source}");

    tamper(&folder.file(), "DELETE FROM _sqlx_migrations WHERE version = 9000").await;
    assert!(has_member(&open(&folder.file()).await.unwrap(), 1).await);
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let folder = Folder::new();
    let text = folder.0.join("notes.txt");
    std::fs::write(
        &text,
        "a text that is longer than a database's heading, and is none ".repeat(50),
    )
    .unwrap();
    let kind = async |path: &Path| open(path).await.unwrap_err().kind();

    assert_eq!(kind(&text).await, OpenErrorKind::NotADatabase);
    assert_eq!(kind(&folder.0).await, OpenErrorKind::NotADatabase);
    assert_eq!(kind(&folder.0.join("none/castad.sqlite")).await, OpenErrorKind::NoFolder);
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("a text"), "it was not touched");

    let small = Options { most_pages: Some(4), ..options() };
    let refused = Sqlite::open(folder.file(), small).await.unwrap_err();
    assert_eq!(refused.kind(), OpenErrorKind::Full);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_that_start_at_once_do_not_collide() {
    let folder = Folder::new();
    let starts: Vec<_> = (1..=8)
        .map(|n| {
            let path = folder.file();
            tokio::spawn(async move {
                let sql = open(&path).await.unwrap();
                add_member(&sql, n).await.unwrap();
            })
        })
        .collect();
    for start in starts {
        start.await.unwrap();
    }

    let sql = open(&folder.file()).await.unwrap();
    for n in 1..=8 {
        assert!(has_member(&sql, n).await);
    }
}

#[tokio::test]
async fn settings_are_read_again_once_a_later_version_is_met() {
    let folder = Folder::new();
    let (one, other) = (open(&folder.file()).await.unwrap(), open(&folder.file()).await.unwrap());
    settings::reads_again_once_a_later_version_is_met(&one, &other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_served_in_order_over_two_openings() {
    let folder = Folder::new();
    let ids = Arc::new(SequentialIds::new());
    let opening = async || {
        let sql = Sqlite::open(folder.file(), Options::new(ids.clone())).await.unwrap();
        Database::of(sql, Writers::One)
    };
    let (one, other) = (opening().await, opening().await);
    castad_contract::races_lines::over_two_openings(&one, &other).await;
}

#[tokio::test]
async fn opening_may_leave_the_schema_to_a_later_call() {
    let folder = Folder::new();
    let bare = Options { migrate: false, ..options() };
    let sql = Sqlite::open(folder.file(), bare).await.unwrap();
    assert_eq!(add_member(&sql, 1).await.unwrap_err().kind(), StoreErrorKind::Unavailable);
    sql.migrate().await.unwrap();
    sql.migrate().await.unwrap();
    add_member(&sql, 1).await.unwrap();
}

/// Runs one of the ignored tests below in a process of its own.
fn process(test: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a test knows its file"));
    command.args(["--exact", "--ignored", test]).env("CASTAD_TEST_FILE", path);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The file to work on; none where somebody runs all ignored tests for themselves.
fn file_of_the_parent() -> Option<PathBuf> {
    std::env::var_os("CASTAD_TEST_FILE").map(PathBuf::from)
}

#[tokio::test]
#[ignore = "run by another test in a process of its own"]
async fn a_process_that_dies_within_a_unit() {
    let Some(file) = file_of_the_parent() else { return };
    let sql = open(&file).await.unwrap();
    add_member(&sql, 1).await.unwrap();
    let mut unit = sql.begin().await.unwrap();
    unit.access().insert_member(&make::member(2)).await.unwrap();
    std::process::abort();
}

#[tokio::test]
async fn a_process_that_dies_leaves_what_it_committed_and_nothing_else() {
    let folder = Folder::new();
    let ended = process("a_process_that_dies_within_a_unit", &folder.file()).status().unwrap();
    assert_eq!(ended.code(), None, "it was ended by a signal");

    let sql = open(&folder.file()).await.unwrap();
    assert!(has_member(&sql, 1).await);
    assert!(!has_member(&sql, 2).await);
    add_member(&sql, 2).await.unwrap();
}

const SHARED: u64 = 1;
const ROUNDS: i64 = 25;

fn shared() -> Production {
    make::production(SHARED, make::member(1).id)
}

/// Changes the shared production once, however often somebody else is first.
async fn change(sql: &Sql) {
    loop {
        let mut production = find(sql, shared().project().id())
            .await
            .expect("the store answers")
            .expect("it is there");
        let change =
            BriefChange { orientation: Some(Orientation::Square), ..BriefChange::default() };
        let now = make::later(&production);
        production.change_brief(change, now).expect("a draft may be changed");
        let mut unit = sql.begin().await.expect("a unit begins");
        let written = match unit.productions().update(&production).await {
            Ok(()) => unit.commit().await,
            refused => refused,
        };
        match written {
            Ok(()) => return,
            // Beside two others it may wait longer for its turn than it is patient.
            Err(refused) => assert!(
                matches!(refused.kind(), StoreErrorKind::Conflict | StoreErrorKind::Unavailable),
                "{refused:?}"
            ),
        }
    }
}

#[tokio::test]
#[ignore = "run by another test in a process of its own"]
async fn a_process_that_changes_what_others_change() {
    let Some(file) = file_of_the_parent() else { return };
    let sql = open(&file).await.unwrap();
    for _ in 0..ROUNDS {
        change(&sql).await;
    }
}

#[tokio::test]
async fn processes_that_share_a_file_lose_no_update() {
    let folder = Folder::new();
    let sql = open(&folder.file()).await.unwrap();
    insert(&sql, &shared()).await.unwrap();
    let mut others: Vec<_> = (0..2)
        .map(|_| {
            process("a_process_that_changes_what_others_change", &folder.file()).spawn().unwrap()
        })
        .collect();
    for _ in 0..ROUNDS {
        change(&sql).await;
    }
    for other in &mut others {
        assert!(other.wait().unwrap().success());
    }

    let end = find(&sql, shared().project().id()).await.unwrap().expect("it is there");
    assert_eq!(end.project().version(), 1 + 3 * ROUNDS);
}

#[tokio::test]
async fn a_file_that_is_full_keeps_what_it_holds() {
    let folder = Folder::new();
    let small = Options { most_pages: Some(150), ..options() };
    let sql = Sqlite::open(folder.file(), small).await.unwrap();
    let member = make::member(1).id;
    let mut kept = Vec::new();
    let refused = loop {
        let n = kept.len() as u64 + 1;
        match insert(&sql, &make::production(n, member)).await {
            Ok(production) => kept.push(production),
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused.kind(), StoreErrorKind::Full);
    assert!(kept.len() > 10, "only {} productions fitted", kept.len());

    for production in &kept {
        assert_eq!(find(&sql, production.project().id()).await.unwrap().as_ref(), Some(production));
    }
    sql.close().await;
    let larger = open(&folder.file()).await.unwrap();
    let n = kept.len() as u64 + 1;
    insert(&larger, &make::production(n, member)).await.expect("there is room again");
}

fn told(error: &StoreError) -> String {
    error.source().expect("a corrupt row says which").to_string()
}

#[tokio::test]
async fn a_row_that_fits_no_state_is_corrupt_and_names_its_column() {
    let folder = Folder::new();
    let sql = open(&folder.file()).await.unwrap();
    let mut production = shared();
    for step in make::LYRIC.iter().chain(&make::SONG).chain(&make::VIDEO) {
        step(&mut production);
    }
    insert(&sql, &production).await.unwrap();
    let id = production.project().id();

    for (change, back, column) in [
        ("projects SET region = ''", "projects SET region = '부산'", "projects.region"),
        ("projects SET version = 'x'", "projects SET version = 1", "version"),
        ("lyrics SET state = 'failed'", "lyrics SET state = 'ready'", "lyrics.state"),
        ("songs SET state = 'composing'", "songs SET state = 'ready'", "songs.state"),
        ("songs SET duration_ms = -1", "songs SET duration_ms = 1", "songs.duration_ms"),
        ("videos SET file_key = '..'", "videos SET file_key = 'a.mp4'", "videos.file_key"),
        ("images SET width = -1", "images SET width = 1", "images.width"),
    ] {
        tamper(&folder.file(), &format!("UPDATE {change}")).await;
        let refused = find(&sql, id).await.unwrap_err();
        assert_eq!(refused.kind(), StoreErrorKind::Corrupt, "{change}");
        assert!(told(&refused).contains(column), "{change}: {}", told(&refused));
        let member = production.project().member();
        assert!(sql.project(member, id).await.is_err(), "{change}");
        tamper(&folder.file(), &format!("UPDATE {back}")).await;
        find(&sql, id).await.unwrap();
    }

    tamper(&folder.file(), "UPDATE jobs SET kind = 'dance'; UPDATE events SET kind = 'danced'")
        .await;
    let (now, until) = (make::time(10_000), make::time(10_060));
    assert_eq!(
        told(&sql.claim(now, until).await.unwrap_err()),
        "what jobs.kind holds fits no state"
    );
    let counted = sql.counts_of_kinds().await.unwrap();
    assert!(counted.iter().any(|of| of.kind.is_none() && of.counts.waiting > 0), "{counted:?}");
    let events = sql.events(production.project().member(), None, EventSeq(0), 9).await;
    assert_eq!(told(&events.unwrap_err()), "what events.kind holds fits no state");
}

#[tokio::test]
async fn times_compare_as_texts_whatever_their_fraction() {
    let folder = Folder::new();
    drop(open(&folder.file()).await.unwrap());
    let url = format!("sqlite://{}", folder.file().display());
    let mut to = SqliteConnection::connect(&url).await.unwrap();
    let micros =
        [0, 1, 10, 999, 1_000, 1_001, 120_000, 123_000, 123_456, 124_000, 999_000, 999_999];
    let times: Vec<_> = (0..2)
        .flat_map(|second| micros.map(|micro| second * 1_000_000 + micro))
        .map(|at| chrono::DateTime::from_timestamp_micros(1_767_225_599_000_000 + at).unwrap())
        .collect();
    for a in &times {
        for b in &times {
            let less: bool = sqlx::query_scalar("SELECT ? < ?")
                .bind(a)
                .bind(b)
                .fetch_one(&mut to)
                .await
                .unwrap();
            assert_eq!(less, a < b, "{a:?} {b:?}");
        }
    }
}

#[tokio::test]
async fn each_rule_of_the_books_finds_what_breaks_it_and_no_other() {
    let folder = Folder::new();
    let path = folder.file();
    let db = Database::of(open(&path).await.expect("the file opens"), Writers::One);
    let tamper = async |text: &str| tamper(&path, text).await;
    Box::pin(breaches::each_rule_finds_what_breaks_it_and_no_other(&db, tamper)).await;
}
