//! The guides say what is so: their commands are run as they are written.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};

use castad_tests::{Castad, Folder};
use tokio::process::Command;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The commands of a guide that are marked to be run, one after the other.
fn commands(guide: &str) -> String {
    let text = std::fs::read_to_string(repository().join("docs/guides").join(guide)).unwrap();
    let blocks = text.split("```sh run\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap()).collect()
}

/// What the commands say, all of which must succeed.
async fn run(castad: &Castad, place: &Path, guide: &str) -> String {
    let mut shell = Command::new("bash");
    shell.args(["-euc", &commands(guide)]).current_dir(place);
    shell.env("CASTAD", &castad.url).env("KEY", castad.key());
    let ran = shell.output().await.unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
    said
}

#[tokio::test]
async fn the_commands_about_retries_do_a_thing_once() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;
    let first = run(&castad, folder.path(), "retries-and-money.md").await;
    let again = run(&castad, folder.path(), "retries-and-money.md").await;
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
    std::fs::create_dir_all(&pictures).unwrap();
    for name in ["frame.jpg", "console.png"] {
        std::fs::copy(repository().join("docs/pictures").join(name), pictures.join(name)).unwrap();
    }

    let said = run(&castad, place.path(), "first-ad.md").await;

    for told in ["prj_", "\"points\":1600", "lyric.ready", "song.ready", "project.finished"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let film = std::fs::read(place.path().join("ad.mp4")).unwrap();
    assert_eq!(&film[4..8], b"ftyp");
    let captions = std::fs::read_to_string(place.path().join("ad.vtt")).unwrap();
    assert!(captions.starts_with("WEBVTT") && captions.contains("다온카페"), "{captions}");
}
