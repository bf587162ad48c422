//! Servers in containers: that one starts, and that several processes share one database.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{process::Stdio, time::Duration};

use castad_tests::{Castad, Folder, azurite, database, missing, nats, redis, suite};
use libtest_mimic::{Arguments, Failed, Trial};
use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// For what comes by itself, on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(1);

fn main() {
    let trials = vec![
        trial(
            ("docker", "redis:7.0"),
            "a_server_in_a_container_answers",
            a_server_in_a_container_answers,
        ),
        trial(("mysql", "mysql:9.7"), "processes_share_one_mysql", || {
            share("mysql", "9.7", "MYSQL")
        }),
        trial(("mariadb", "mariadb:10.11"), "processes_share_one_mariadb", || {
            share("mariadb", "10.11", "MARIADB")
        }),
        trial(
            ("azurite", "mcr.microsoft.com/azure-storage/azurite:latest"),
            "files_lie_in_a_container_of_azurite",
            files_lie_in_a_container,
        ),
        trial(("nats", "nats:2.9"), "events_go_out_on_nats", events_go_out),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trial(
    (need, image): (&str, &str),
    name: &str,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let missing = missing(need, &["docker", "image", "inspect", image]);
    Trial::test(suite(name, missing.as_deref()), run).with_ignored_flag(missing.is_some())
}

/// Two that serve and one that only works, all started at once; the one that was asked is killed.
fn share(image: &str, tag: &str, prefix: &str) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (_server, url) = database(image, tag, prefix).await;
        let folder = Folder::new();
        let environment = [("CASTAD_DATABASE_URL", url.as_str())];
        let mut worker = Castad::command(folder.path());
        worker.arg("work").envs(environment).stdout(Stdio::null());
        let _worker = worker.spawn()?;
        let (one, other) = tokio::join!(
            Castad::start_with(folder.path(), &environment),
            Castad::start_with(folder.path(), &environment)
        );

        let id = one.produce("square").await;
        one.until(&id, |p| p["song"].is_object()).await;
        one.kill().await;
        let made = other.until(&id, |p| p["status"] != "producing").await;
        assert_eq!(made["status"], "finished", "{made}");
        let events = other.get(&format!("/v1/projects/{id}/events?limit=100")).await;
        let events = events["items"].as_array().unwrap().clone();
        for kind in ["lyric.ready", "song.ready", "video.ready", "project.finished"] {
            assert_eq!(events.iter().filter(|event| event["type"] == kind).count(), 1, "{kind}");
        }
        let film = made["video"]["file"]["url"].as_str().unwrap();
        let film = other.request(Method::GET, film).send().await?.bytes().await?;
        assert_eq!(film.len() as u64, made["video"]["file"]["bytes"].as_u64().unwrap());
        assert_eq!(other.stop().await, Some(0));
        Ok(())
    })
}

/// An ad from start to finish, and none of its files in the data folder.
fn files_lie_in_a_container() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (_server, origin) = azurite().await;
        let folder = Folder::new();
        let environment = [
            ("CASTAD_MEDIA_URL", "az://castad/ads"),
            ("AZURE_STORAGE_CONNECTION_STRING", "UseDevelopmentStorage=true"),
            ("AZURE_STORAGE_ENDPOINT", origin.as_str()),
        ];
        let castad = Castad::start_with(folder.path(), &environment).await;
        assert_eq!(castad.get("/readyz").await["storage"], "ok");

        let id = castad.produce("square").await;
        let made = castad.until(&id, |p| p["status"] != "producing").await;
        assert_eq!(made["status"], "finished", "{made}");
        for file in [&made["images"][0]["file"], &made["song"]["file"], &made["video"]["file"]] {
            let path = file["url"].as_str().unwrap();
            let answer = castad.request(Method::GET, path).send().await?;
            assert_eq!(answer.status(), 200, "{path}");
            assert!(answer.url().as_str().starts_with(&origin), "{}", answer.url());
            let bytes = answer.bytes().await?;
            assert!(file["bytes"].as_u64().is_none_or(|told| told == bytes.len() as u64));
        }
        let page = castad.request(Method::GET, "/").send().await?;
        let policy = page.headers()["content-security-policy"].to_str()?;
        assert!(policy.contains(&format!("media-src 'self' {origin};")), "{policy}");
        assert!(!folder.path().join("media").exists());
        assert_eq!(castad.stop().await, Some(0));
        Ok(())
    })
}

/// An ad from start to finish, heard by one who listens to the server as plainly as can be.
fn events_go_out() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (_server, address) = nats().await;
        let mut stream = TcpStream::connect(&address).await?;
        let listen = b"CONNECT {\"verbose\":false}\r\nSUB castad.events.> 1\r\n";
        stream.write_all(listen).await?;
        let (folder, url) = (Folder::new(), format!("nats://{address}"));
        let environment = [("CASTAD_FEED_URL", url.as_str())];
        for command in ["check-config", "migrate", "check-config"] {
            let mut program = Castad::command(folder.path());
            program.arg(command).envs(environment).stdout(Stdio::null());
            let done = program.spawn()?.wait().await?;
            assert!(done.success());
        }
        let castad = Castad::start_with(folder.path(), &environment).await;
        // It connects as it starts, and waits for nobody.
        let connects = async { while castad.get("/readyz").await["feed"] != "ok" {} };
        timeout(PATIENCE, connects).await.expect("it connects");
        let id = castad.produce("square").await;
        let made = castad.until(&id, |p| p["status"] != "producing").await;
        assert_eq!(made["status"], "finished", "{made}");

        let mut heard = String::new();
        while !heard.contains("\"type\":\"project.finished\"") {
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).await?;
            assert_ne!(read, 0, "{heard}");
            heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
        let events = castad.get(&format!("/v1/projects/{id}/events?limit=100")).await;
        for event in events["items"].as_array().unwrap() {
            let begins = format!("{{\"id\":{},\"type\":{},", event["id"], event["type"]);
            assert!(heard.contains(&begins), "{event}");
        }
        assert!(heard.contains(&format!(".{id} ")), "it is of the project's subject");
        let shown = async { while !shows_the_feed(&castad.text("/metrics").await) {} };
        let shown = timeout(PATIENCE, shown).await;
        assert!(shown.is_ok(), "{}", castad.text("/metrics").await);
        assert_eq!(castad.stop().await, Some(0));
        Ok(())
    })
}

fn shows_the_feed(numbers: &str) -> bool {
    let shown = ["castad_feed_connected 1", "castad_work_fed 1", "castad_events_stalled 0"];
    let lines: Vec<_> = numbers.lines().collect();
    shown.iter().all(|told| lines.contains(told))
        && lines.iter().any(|line| line.starts_with("castad_events_published_total "))
}

fn a_server_in_a_container_answers() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (_server, address) = redis().await;
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"PING\r\n").await?;
        let mut answer = [0; 7];
        stream.read_exact(&mut answer).await?;
        assert_eq!(&answer, b"+PONG\r\n");
        Ok(())
    })
}
