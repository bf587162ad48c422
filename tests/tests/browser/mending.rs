//! What an admin puts right at the desk: a provider that is to be left alone, a job that was set aside,
//! a worker that fell silent, purchases of which nobody knows.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use castad_stand_ins::{StandIns, openai, suno};
use castad_tests::{Castad, Folder};
use fantoccini::error::CmdError;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use tokio::time::{interval, timeout};

use super::{LIMIT, Page, desk::settled};

/// What makes a database look as if the program had been away for eleven minutes.
const ELEVEN_MINUTES_PASS: [&str; 2] = [
    "UPDATE songs SET changed_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', changed_at, '-11 minutes')",
    "UPDATE jobs SET due = strftime('%Y-%m-%dT%H:%M:%f000+00:00', due, '-11 minutes')",
];

async fn to_desk(page: &Page) -> Result<(), CmdError> {
    page.client.goto(&page.castad.login).await?;
    page.press("nav-account").await?;
    page.press("to-desk").await?;
    settled(page).await
}

/// Asks until something is so that tells nobody when it comes to be.
async fn until<F: Future<Output = bool> + Send>(so: impl Fn() -> F + Send + Sync) {
    let mut again = interval(Duration::from_millis(100));
    let asking = async {
        while !so().await {
            again.tick().await;
        }
    };
    timeout(LIMIT, asking).await.expect("it comes to be so in time");
}

async fn stage(castad: &Castad, project: &str, stage: &str) {
    let path = format!("/v1/projects/{project}/{stage}");
    let (status, told) = castad.send(Method::POST, &path, &json!({})).await;
    assert_eq!(status, 202, "{told}");
}

/// Where a picture of the project lies that was to be deleted, on a disk that does not delete it.
async fn cannot_be_deleted(page: &Page, project: &str) -> PathBuf {
    let path = format!("/v1/projects/{project}");
    let shown = page.castad.get(&path).await;
    let id = shown["images"][0]["id"].as_str().expect("it has an id");
    let file = page.folder.path().join(format!("media/images/{id}.jpg"));
    fs::remove_file(&file).expect("the picture is there");
    fs::create_dir(&file).expect("something that is no file is in its place");
    let path = format!("{path}/images/{id}");
    let deleted = page.castad.request(Method::DELETE, &path).send().await.expect("an answer");
    assert_eq!(deleted.status(), 200);
    file
}

/// A provider is left alone and asked again; what was set aside is tried again once its cause is gone.
pub(super) async fn is_patient() -> Result<(), CmdError> {
    let page = Page::open().await;
    let project = page.castad.open("square").await;
    let file = cannot_be_deleted(&page, &project).await;

    to_desk(&page).await?;
    page.press_at("[data-testid=pause][data-id=lyric]").await?;
    page.part("[data-testid=resume][data-id=lyric]").await?;
    page.says("provider-item", "paused").await?;
    stage(&page.castad, &project, "lyric").await;
    page.client.refresh().await?;
    page.says("job-item", "write_lyric").await?;
    page.press_at("[data-testid=resume][data-id=lyric]").await?;
    page.part("[data-testid=pause][data-id=lyric]").await?;
    page.castad.until(&project, |project| project["lyric"]["status"] == "ready").await;

    let dead = async || page.castad.get("/v1/admin/jobs?state=dead").await["items"][0].clone();
    until(|| async { dead().await.is_object() }).await;
    page.client.refresh().await?;
    page.says("dead-item", "erase").await?;
    settled(&page).await?;
    fs::remove_dir(&file).expect("nothing is in it");
    fs::write(&file, "a picture").expect("the disk is whole again");
    page.press("replay").await?;
    page.part("[data-testid=no-dead]:not([hidden])").await?;
    page.part("[data-testid=action-item][data-action='job.replayed']").await?;
    until(|| async { !file.exists() }).await;
    page.client.clone().close().await
}

/// The jobs whose workers fell silent are asked for until there is one: a lease has to end first.
async fn lapsed(page: &Page) -> Result<(), CmdError> {
    let there = "return !!document.querySelector('[data-testid=job-item]')";
    loop {
        for state in ["running", "lapsed"] {
            page.control("job-state").await?.select_by_value(state).await?;
            settled(page).await?;
        }
        if page.ask(there).await? == Value::Bool(true) {
            return Ok(());
        }
    }
}

/// A worker dies with a job in hand: it is seen, until another one has taken it up.
pub(super) async fn hears_nothing() -> Result<(), CmdError> {
    let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.expect("a port is free");
    stand_ins.openai.slow_down(Duration::from_hours(1));
    let url = stand_ins.openai_url();
    let environment = [
        ("CASTAD_LYRICS", "chatgpt"),
        ("OPENAI_API_KEY", openai::KEY),
        ("OPENAI_BASE_URL", &url),
        ("CASTAD_WORK_LEASE", "3"),
    ];
    let folder = Folder::new();
    let castad = Castad::start_with(folder.path(), &environment).await;
    let project = castad.open("square").await;
    stage(&castad, &project, "lyric").await;
    castad.until(&project, |project| project["lyric"]["status"] == "writing").await;
    castad.kill().await;

    let castad = Castad::start_idle(folder.path(), &environment).await;
    let page = Page::of(folder, castad).await;
    to_desk(&page).await?;
    timeout(LIMIT, lapsed(&page)).await.expect("the lease ends in time")?;
    page.says("job-item", "write_lyric").await?;
    page.says("job-item", "in hand until").await?;

    stand_ins.openai.slow_down(Duration::ZERO);
    let mut worker = Castad::command(page.folder.path());
    let worker = worker.arg("work").envs(environment).stdout(Stdio::null());
    let _worker = worker.spawn().expect("a worker starts");
    page.castad.until(&project, |project| project["lyric"]["status"] == "ready").await;
    for state in ["waiting", "lapsed"] {
        page.control("job-state").await?.select_by_value(state).await?;
    }
    page.part("[data-testid=no-jobs]:not([hidden])").await?;
    page.client.clone().close().await
}

/// Three songs were ordered, and each answer was lost; their projects.
async fn in_doubt(castad: &Castad, suno: &suno::Suno) -> Vec<String> {
    let mut projects = Vec::new();
    for taken in 1..=3 {
        suno.order([suno::Fault::Generate(suno::Failing::Dropped)]);
        let project = castad.open("square").await;
        stage(castad, &project, "lyric").await;
        castad.until(&project, |project| project["lyric"]["status"] == "ready").await;
        stage(castad, &project, "song").await;
        until(|| async { suno.jobs().len() == taken }).await;
        projects.push(project);
    }
    projects
}

async fn eleven_minutes_pass(folder: &Path) {
    let file = format!("sqlite://{}", folder.join("castad.db").display());
    let mut database = SqliteConnection::connect(&file).await.expect("the database is there");
    for times in ELEVEN_MINUTES_PASS {
        sqlx::query(times).execute(&mut database).await.expect("the times are put back");
    }
    database.close().await.expect("it is written");
}

async fn song(castad: &Castad, project: &str, state: &str) -> Value {
    let seen = castad.until(project, |project| project["song"]["status"] == state).await;
    seen["song"].clone()
}

/// Of three purchases of which nobody knows, one is given up, one is made again and one is known after
/// all. No provider of ours answers what became of an order: ten minutes are waited for word of it.
pub(super) async fn decides() -> Result<(), CmdError> {
    let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.expect("a port is free");
    stand_ins.suno.work_for(0);
    let (url, host) = (stand_ins.suno_url(), stand_ins.host());
    let environment = [
        ("CASTAD_SONGS", "suno"),
        ("SUNO_API_KEY", suno::KEY),
        ("SUNO_BASE_URL", &url),
        ("CASTAD_RESULT_HOSTS", &host),
    ];
    let folder = Folder::new();
    let castad = Castad::start_with(folder.path(), &environment).await;
    let projects = in_doubt(&castad, &stand_ins.suno).await;
    assert_eq!(castad.stop().await, Some(0));
    eleven_minutes_pass(folder.path()).await;

    let castad = Castad::start_with(folder.path(), &environment).await;
    let mut songs = Vec::new();
    for project in &projects {
        let id = song(&castad, project, "unresolved").await["id"].clone();
        songs.push(id.as_str().expect("it has an id").to_owned());
    }
    let page = Page::of(folder, castad).await;
    to_desk(&page).await?;
    decide(&page, (&projects, &songs), &stand_ins.suno).await?;
    page.part("[data-testid=no-unresolved]:not([hidden])").await?;
    let noted = page.castad.get("/v1/admin/actions?action=purchase.decided").await;
    let noted = noted["items"].as_array().expect("a list");
    let decisions: Vec<_> = noted.iter().map(|action| &action["details"]["decision"]).collect();
    assert_eq!(decisions, ["adopt", "buy_again", "give_up"], "newest first");
    page.client.clone().close().await
}

/// Each in its own way, and what comes of it.
async fn decide(
    page: &Page,
    (projects, songs): (&[String], &[String]),
    suno: &suno::Suno,
) -> Result<(), CmdError> {
    let of = |button: &str, at: usize| format!("[data-testid={button}][data-id={}]", songs[at]);
    page.press_at(&of("give_up", 0)).await?;
    page.press("confirm").await?;
    let failed = song(&page.castad, &projects[0], "failed").await;
    assert_eq!(failed["failure"]["charged_points"], 0, "{failed}");
    settled(page).await?;
    page.press_at(&of("buy_again", 1)).await?;
    page.press("confirm").await?;
    song(&page.castad, &projects[1], "composing").await;
    assert_eq!(suno.jobs().len(), 4, "it was bought once more");
    settled(page).await?;
    page.part(&of("provider-job", 2)).await?.send_keys(&suno.jobs()[2]).await?;
    page.press_at(&of("adopt", 2)).await?;
    song(&page.castad, &projects[2], "ready").await;
    settled(page).await
}
