//! The studio keeps the promises of its ports.
#![expect(clippy::unused_async, reason = "a suite asks for a fresh adapter asynchronously")]

#[path = "workshop/tone.rs"]
mod tone;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use castad_contract::{Composing, Rendering, make};
use castad_domain::{
    model::{AttemptToken, Image, ImageId, MediaType, Recording},
    port::{Clock, MediaStore, once},
};
use castad_studio::{LocalMedia, Studio, StudioLab, StudioWriter, sample_picture};
use chrono::{DateTime, TimeDelta, Utc};

/// A folder named after the test that runs, empty.
fn folder() -> PathBuf {
    let test = std::thread::current().name().map(|name| name.replace("::", "-"));
    let name = test.expect("every test runs on a thread of its own");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("studio").join(name);
    drop(fs::remove_dir_all(&folder));
    folder
}

/// A clock on which as much time passes as does: engines take the time that they take.
struct Stopwatch(Instant);

impl Stopwatch {
    fn started() -> Arc<Self> {
        Arc::new(Self(Instant::now()))
    }
}

#[async_trait]
impl Clock for Stopwatch {
    fn now(&self) -> DateTime<Utc> {
        let micros = i64::try_from(self.0.elapsed().as_micros()).expect("a test is short");
        make::time(0) + TimeDelta::microseconds(micros)
    }

    async fn reach(&self, at: DateTime<Utc>) {
        let wait = (at - self.now()).to_std().unwrap_or(Duration::ZERO);
        let (_quiet, listen) = mpsc::channel::<()>();
        let waited = tokio::task::spawn_blocking(move || listen.recv_timeout(wait)).await;
        assert!(waited.is_ok_and(|heard| heard.is_err()), "nobody says a word");
    }
}

async fn media_store() -> Arc<LocalMedia> {
    Arc::new(LocalMedia::open(folder()).expect("the folder can be made"))
}

async fn lyric_writer() -> Arc<StudioWriter> {
    Arc::new(StudioWriter::new())
}

async fn photo_lab() -> Arc<StudioLab> {
    Arc::new(StudioLab::new())
}

async fn composer() -> Composing {
    let studio = studio(&folder());
    Composing { composer: studio.composer(), clock: Stopwatch::started() }
}

async fn renderer() -> Rendering {
    let folder = folder();
    let studio = studio(&folder);
    let media = LocalMedia::open(folder.join("media")).expect("the folder can be made");
    let picture = Image::key(ImageId::from_bits(1));
    let jpeg = sample_picture(1, 0, None).into();
    media.put(&picture, once(jpeg), 1 << 24).await.expect("there is room");
    let key = Recording::key(AttemptToken::from_bits(1), MediaType::M4a);
    let song = media.put(&key, once(tone::two_seconds().into()), 1 << 24).await;
    let song = Recording {
        file: song.expect("there is room"),
        duration_ms: 2_000,
        lines: Vec::new(),
        ..make::recording(AttemptToken::from_bits(1))
    };
    Rendering {
        renderer: studio.renderer(),
        clock: Stopwatch::started(),
        pictures: vec![picture],
        song,
        keep: None,
    }
}

fn studio(folder: &Path) -> Studio {
    let media = LocalMedia::open(folder.join("media")).expect("the folder can be made");
    let studio = Studio::open(folder.join("studio"), Some(1), Arc::new(media));
    studio.expect("the folder can be made")
}

castad_contract::media_contract!(media_store);
castad_contract::big_media_contract!(media_store);
castad_contract::writer_contract!(lyric_writer);
castad_contract::photo_contract!(photo_lab);
castad_contract::song_contract!(composer);
castad_contract::video_contract!(renderer);
