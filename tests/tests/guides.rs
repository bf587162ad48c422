//! The guides say what is so: their commands are run as they are written.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    env, fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use castad_tests::{Castad, Folder, repository};
use serde_json::{Deserializer, Value, json};
use tokio::process::Command;

/// The commands of a text that are marked to be run, one after the other.
fn commands(text: &str) -> String {
    let text = fs::read_to_string(repository().join(text)).unwrap();
    let blocks = text.split("```sh run\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap()).collect()
}

/// A shell that stops at the first command that fails, with the commands of a text.
fn shell(place: &Path, text: &str) -> Command {
    let mut shell = Command::new("bash");
    shell.args(["-euc", &commands(text)]).current_dir(place);
    shell
}

/// What the commands of a guide say, all of which must succeed.
async fn run(castad: &Castad, place: &Path, guide: &str) -> String {
    let mut shell = shell(place, guide);
    said(shell.env("CASTAD", &castad.url).env("KEY", castad.key())).await
}

async fn said(shell: &mut Command) -> String {
    let ran = shell.output().await.unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
    said
}

#[tokio::test]
async fn the_commands_about_retries_do_a_thing_once() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;
    let first = run(&castad, folder.path(), "docs/guides/retries-and-money.md").await;
    let again = run(&castad, folder.path(), "docs/guides/retries-and-money.md").await;
    assert!(first.contains("\"id\":\"prj_"), "{first}");
    assert_eq!(first, again, "it is the first answer");
    let projects = castad.get("/v1/projects").await;
    assert_eq!(projects["items"].as_array().unwrap().len(), 1, "{projects}");
}

#[tokio::test]
async fn the_commands_of_the_first_ad_make_one() {
    let (folder, place) = (Folder::new(), Folder::new());
    let castad = Castad::start(folder.path()).await;
    let pictures = place.path().join("docs/pictures");
    fs::create_dir_all(&pictures).unwrap();
    for name in ["frame.jpg", "console.png"] {
        fs::copy(repository().join("docs/pictures").join(name), pictures.join(name)).unwrap();
    }

    let said = run(&castad, place.path(), "docs/guides/first-ad.md").await;

    for told in ["prj_", "\"points\":1600", "lyric.ready", "song.ready", "project.finished"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let film = fs::read(place.path().join("ad.mp4")).unwrap();
    assert_eq!(&film[4..8], b"ftyp");
    let captions = fs::read_to_string(place.path().join("ad.vtt")).unwrap();
    assert!(captions.starts_with("WEBVTT") && captions.contains("다온카페"), "{captions}");
}

#[tokio::test]
async fn the_commands_about_webhooks_make_one_and_have_it_told_again() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;

    let said = run(&castad, folder.path(), "docs/webhooks.md").await;

    let told = Deserializer::from_str(&said).into_iter::<Value>();
    let told: Vec<_> = told.map(Result::unwrap).collect();
    let [made, replayed, deliveries, rotated] = told.as_slice() else { panic!("{said}") };
    assert_eq!(made["events"], json!(["project.finished", "video.*"]));
    assert_eq!((&replayed["id"], &replayed["told"]), (&made["id"], &json!("evt_000000000000")));
    assert!(deliveries["items"].is_array(), "{deliveries}");
    let secret = |told: &Value| told["secret"].as_str().unwrap().to_owned();
    assert!(secret(made).starts_with("whsec_") && secret(made) != secret(rotated), "{rotated}");
}

#[tokio::test]
async fn the_commands_about_access_make_keys_and_take_one_back() {
    let (folder, place) = (Folder::new(), Folder::new());
    let castad = Castad::start(folder.path()).await;
    symlink(Castad::program(), place.path().join("castad")).unwrap();
    let path = format!("{}:{}", place.path().display(), env::var("PATH").unwrap());

    let mut shell = shell(place.path(), "docs/access.md");
    shell.env("CASTAD", &castad.url).env("KEY", castad.key()).env("CASTAD_DATA", folder.path());
    let said = said(shell.env("PATH", path)).await;

    for told in ["\"scopes\":[\"read\",\"points\"]", "a key of shop, who is new", "read points"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let left = Castad::command(folder.path()).args(["keys", "list", "--member", "shop"]).output();
    assert_eq!(String::from_utf8_lossy(&left.await.unwrap().stdout), "");
}

/// The reader's machine: the program is built by `cargo run`, and listens where it does if nothing is set.
fn machine(castad: &Castad, data: &Path, place: &Path) -> PathBuf {
    let home = place.join("home");
    fs::create_dir_all(&home).unwrap();
    let cargo = home.join("cargo");
    let program = Castad::program();
    let script = format!(
        "#!/bin/sh\nuntil [ \"$1\" = -- ]; do shift; done\nshift\n\
         exec env -i CASTAD_DATA='{}' '{}' \"$@\"\n",
        data.display(),
        program.display()
    );
    fs::write(&cargo, script).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let (_, address) = castad.url.split_once("://").unwrap();
    let config = format!("connect-to = \"localhost:8080:{address}\"\n");
    fs::write(home.join(".curlrc"), config).unwrap();
    home
}

#[tokio::test]
async fn the_commands_of_the_readme_make_an_ad_and_spend_points() {
    let (folder, place) = (Folder::new(), Folder::new());
    let castad = Castad::start(folder.path()).await;
    for (name, seed) in [("a.jpg", 3), ("b.jpg", 4)] {
        let picture = castad_studio::sample_picture(seed, 0, None);
        fs::write(place.path().join(name), picture).unwrap();
    }
    let home = machine(&castad, folder.path(), place.path());
    let path = format!("{}:{}", home.display(), env::var("PATH").unwrap());

    let mut shell = shell(place.path(), "README.md");
    let said = said(shell.env("CURL_HOME", &home).env("PATH", path)).await;

    let made = ["\"position\":1", "\"status\":\"producing\"", "event: project.finished"];
    let spent = ["\"amount\":5000,\"kind\":\"bonus\"", "\"order_number\":\"A-7\",\"amount\":1200"];
    for told in made.into_iter().chain(spent) {
        assert!(said.contains(told), "{told}: {said}");
    }
}
