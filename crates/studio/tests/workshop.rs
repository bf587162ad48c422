//! Jobs of the studio: taken once, seen by every process, taken up again, let go.
#![expect(clippy::unwrap_used, reason = "what a test is made from is there or the test fails")]

#[path = "workshop/folder.rs"]
mod folder;
#[path = "workshop/tone.rs"]
mod tone;

use std::{fs, sync::Arc};

use castad_contract::make;
use castad_domain::{
    model::{
        AttemptToken, MediaKey, MediaType, Orientation, ProviderJob, Recording, SongId, Stored,
        VideoId,
    },
    port::{
        Delivery, LookUp, Maker, MakerStatus, MediaStore, ProviderErrorKind, SongComposer,
        SongOrder, VideoOrder, VideoRenderer, once,
    },
};
use castad_studio::{LocalMedia, Studio, sample_picture};
use folder::Folder;
use futures_util::TryStreamExt;

fn studio(folder: &Folder) -> Studio {
    let media = LocalMedia::open(folder.path("media")).unwrap();
    Studio::open(folder.path("studio"), Some(1), Arc::new(media)).unwrap()
}

fn order(n: u64) -> SongOrder {
    let attempt = AttemptToken::from_bits(make::bits(n));
    let song = SongId::from_bits(make::bits(100));
    SongOrder { attempt, song, brief: make::brief(), words: make::words() }
}

/// Looks until it is no longer being made.
async fn end(maker: &dyn Maker, job: &ProviderJob) -> MakerStatus {
    for _ in 0..5_000_000 {
        match maker.status(job).await.unwrap() {
            MakerStatus::Working { .. } => tokio::task::yield_now().await,
            ended @ (MakerStatus::Done | MakerStatus::Failed { .. }) => return ended,
        }
    }
    panic!("{job} does not end");
}

async fn file(delivery: Delivery) -> Vec<u8> {
    delivery.body.map_ok(|piece| piece.to_vec()).try_concat().await.unwrap()
}

async fn song(studio: &Studio, job: &ProviderJob) -> Vec<u8> {
    assert_eq!(end(&*studio.composer(), job).await, MakerStatus::Done);
    file(studio.composer().fetch(job).await.unwrap()).await
}

#[tokio::test]
async fn starting_twice_is_one_job_and_the_order_alone_decides_what_is_made() {
    let folder = Folder::new();
    let studio = studio(&folder);
    let first = studio.composer().start(&order(1)).await.unwrap();
    let again = studio.composer().start(&order(1)).await.unwrap();
    let other = studio.composer().start(&order(2)).await.unwrap();
    assert_eq!(first, again);
    assert_ne!(first, other);

    assert_eq!(song(&studio, &first).await, song(&studio, &other).await);
    let again = studio.composer().start(&order(1)).await.unwrap();
    assert_eq!(studio.composer().status(&again).await.unwrap(), MakerStatus::Done);
}

#[tokio::test]
async fn a_job_whose_process_was_killed_is_taken_up_by_whoever_asks() {
    let (before, after) = (Folder::new(), Folder::new());
    let job = {
        let studio = studio(&before);
        let job = studio.composer().start(&order(1)).await.unwrap();
        song(&studio, &job).await;
        job
    };
    // What a killed process leaves: the order, and a file that is not whole.
    let left = after.path("studio/songs").join(job.as_str());
    fs::create_dir_all(&left).unwrap();
    let made = before.path("studio/songs").join(job.as_str());
    fs::copy(made.join("order.json"), left.join("order.json")).unwrap();
    fs::write(left.join("lock"), "1").unwrap();
    fs::write(left.join("made.m4a.part"), "half").unwrap();

    let studio = studio(&after);
    let found = studio.composer().look_up(order(1).attempt, None).await.unwrap();
    assert_eq!(found, LookUp::Found(job.clone()));
    let again = song(&studio, &job).await;
    assert_eq!(again, fs::read(made.join("made.m4a")).unwrap());
}

#[tokio::test]
async fn a_job_that_takes_its_process_down_every_time_is_given_up() {
    let folder = Folder::new();
    let attempt = order(1).attempt;
    let left = folder.path("studio/songs").join(attempt.to_string());
    fs::create_dir_all(&left).unwrap();
    let piece = r#"{"seed":1,"style":"","sections":[{"kind":"verse","lines":["a"]}]}"#;
    fs::write(left.join("order.json"), piece).unwrap();
    fs::write(left.join("lock"), "100").unwrap();

    let studio = studio(&folder);
    let ended = end(&*studio.composer(), &ProviderJob::new(attempt.to_string())).await;
    assert!(matches!(ended, MakerStatus::Failed { retryable: true, .. }), "{ended:?}");
}

#[tokio::test]
async fn two_studios_on_one_folder_share_their_jobs() {
    let folder = Folder::new();
    let (one, two) = (studio(&folder), studio(&folder));
    let job = one.composer().start(&order(1)).await.unwrap();
    assert_eq!(two.composer().start(&order(1)).await.unwrap(), job);
    let working = two.composer().status(&job).await.unwrap();
    assert!(matches!(working, MakerStatus::Working { .. } | MakerStatus::Done), "{working:?}");
    assert_eq!(song(&two, &job).await, song(&one, &job).await);
}

#[tokio::test]
async fn a_studio_that_closes_leaves_its_jobs_to_the_next() {
    let folder = Folder::new();
    let one = studio(&folder);
    let job = one.composer().start(&order(1)).await.unwrap();
    drop(one);
    song(&studio(&folder), &job).await;
}

/// Whether the job's folder is gone, at last.
async fn goes_away(folder: &Folder, kind: &str, job: &ProviderJob) -> bool {
    let path = folder.path("studio").join(kind).join(job.as_str());
    for _ in 0..5_000_000 {
        if !path.exists() {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

#[tokio::test]
async fn a_job_that_is_released_while_it_is_made_stops_and_goes_away() {
    let folder = Folder::new();
    let (maker, other) = (studio(&folder), studio(&folder));
    for releases in [&maker, &other] {
        let (first, waits) = (order(1), order(2));
        let first = maker.composer().start(&first).await.unwrap();
        let waits = maker.composer().start(&waits).await.unwrap();
        for job in [&waits, &first] {
            releases.composer().release(job).await.unwrap();
            let refused = maker.composer().status(job).await.unwrap_err();
            assert_eq!(refused.kind(), ProviderErrorKind::NoSuchJob);
        }
        assert!(goes_away(&folder, "songs", &first).await);
        assert!(goes_away(&folder, "songs", &waits).await);
        releases.composer().release(&first).await.unwrap();
    }
}

#[tokio::test]
async fn what_nobody_can_make_is_removed_at_the_start() {
    let folder = Folder::new();
    drop(studio(&folder));
    let songs = folder.path("studio/songs");
    let (empty, torn) = (order(1).attempt.to_string(), order(2).attempt.to_string());
    for name in [&*empty, &*torn, "not-ours"] {
        fs::create_dir_all(songs.join(name)).unwrap();
    }
    fs::write(songs.join(&torn).join("order.json"), "{").unwrap();

    drop(studio(&folder));
    assert!(!songs.join(empty).exists() && !songs.join(torn).exists());
    assert!(songs.join("not-ours").exists());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_waited_for_and_then_the_song_is_made() {
    let folder = Folder::new();
    let studio = studio(&folder);
    let place = folder.path("studio/songs").join(order(1).attempt.to_string());
    fs::create_dir_all(&place).unwrap();
    std::os::unix::fs::symlink("/dev/full", place.join("made.m4a.part")).unwrap();
    let job = studio.composer().start(&order(1)).await.unwrap();

    let mut refused = None;
    while refused.is_none() {
        refused = match studio.composer().status(&job).await {
            Ok(working) => {
                assert!(matches!(working, MakerStatus::Working { .. }), "{working:?}");
                tokio::task::yield_now().await;
                None
            }
            Err(refused) => Some(refused),
        };
    }
    let refused = refused.unwrap();
    assert_eq!(refused.kind(), ProviderErrorKind::Busy);
    assert!(refused.to_string().contains("full"), "{refused}");
    assert!(!song(&studio, &job).await.is_empty());
}

async fn film_order(media: &LocalMedia, n: u64) -> VideoOrder {
    let key = |text: &str| MediaKey::parse(text).unwrap();
    let picture = key("images/a.jpg");
    let jpeg = sample_picture(1, 0, None);
    media.put(&picture, once(jpeg.into()), 1 << 24).await.unwrap();
    let song: Stored =
        media.put(&key("songs/a.m4a"), once(tone::two_seconds().into()), 1 << 24).await.unwrap();
    let mut recording = make::recording(AttemptToken::from_bits(1));
    recording = Recording { file: song, duration_ms: 2_000, bars_ms: vec![0, 1_000], ..recording };
    VideoOrder {
        attempt: AttemptToken::from_bits(make::bits(n)),
        video: VideoId::from_bits(make::bits(100)),
        brief: make::brief(),
        orientation: Orientation::Square,
        pictures: vec![picture],
        song: recording,
    }
}

#[tokio::test]
async fn a_film_needs_nothing_but_its_folder_once_it_was_started() {
    let folder = Folder::new();
    let media = LocalMedia::open(folder.path("media")).unwrap();
    let order = film_order(&media, 1).await;
    let one = studio(&folder);
    let job = one.renderer().start(&order).await.unwrap();
    drop(one);
    for key in order.pictures.iter().chain([&order.song.file.key]) {
        media.remove(key).await.unwrap();
    }

    let next = studio(&folder).renderer();
    assert_eq!(end(&*next, &job).await, MakerStatus::Done);
    let film = next.fetch(&job).await.unwrap();
    assert!(film.duration_ms.abs_diff(2_000) < 50, "{}", film.duration_ms);
    assert!(MediaType::Mp4.matches(&file(film).await));
    next.release(&job).await.unwrap();
    assert!(goes_away(&folder, "films", &job).await);
}

#[tokio::test]
async fn what_a_film_cannot_be_made_from_is_refused_and_leaves_nothing() {
    let folder = Folder::new();
    let media = LocalMedia::open(folder.path("media")).unwrap();
    let renderer = studio(&folder).renderer();
    let good = film_order(&media, 1).await;

    let mut mp3 = good.clone();
    mp3.song.file.key = MediaKey::parse("songs/a.mp3").unwrap();
    media
        .put(&mp3.song.file.key, once(b"ID3\x04 but no song".as_slice().into()), 1 << 10)
        .await
        .unwrap();
    let mut hostile = good.clone();
    hostile.song.file.key = MediaKey::parse("songs/hostile.m4a").unwrap();
    let boxes = b"\0\0\0\x18ftypM4A \0\0\0\0\xff\xff\xff\xffmoov\0\0\0\x01trak".as_slice();
    media.put(&hostile.song.file.key, once(boxes.into()), 1 << 10).await.unwrap();
    let mut missing = good.clone();
    missing.pictures.push(MediaKey::parse("images/none.jpg").unwrap());

    for (order, kind) in [
        (mp3, ProviderErrorKind::Refused),
        (hostile, ProviderErrorKind::Refused),
        (missing, ProviderErrorKind::MediaMissing),
    ] {
        let refused = renderer.start(&order).await.unwrap_err();
        assert_eq!(refused.kind(), kind, "{refused}");
        let found = renderer.look_up(order.attempt, None).await.unwrap();
        assert_eq!(found, LookUp::NotThere);
    }
    let films = fs::read_dir(folder.path("studio/films")).unwrap();
    let names = films.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), [".gate"]);
}

#[tokio::test]
async fn a_picture_that_is_none_fails_the_film_for_good() {
    let folder = Folder::new();
    let media = LocalMedia::open(folder.path("media")).unwrap();
    let order = film_order(&media, 1).await;
    let broken = b"\xff\xd8\xff\xe0 and no picture".as_slice();
    media.put(&order.pictures[0], once(broken.into()), 1 << 10).await.unwrap();

    let renderer = studio(&folder).renderer();
    let job = renderer.start(&order).await.unwrap();
    let ended = end(&*renderer, &job).await;
    assert!(
        matches!(&ended, MakerStatus::Failed { retryable: false, detail, .. }
        if detail.contains("photo number 1")),
        "{ended:?}"
    );
    assert_eq!(renderer.fetch(&job).await.err().unwrap().kind(), ProviderErrorKind::Failed);
}

#[tokio::test]
async fn a_film_is_cut_to_a_song_that_came_as_mp3() {
    let folder = Folder::new();
    let media = LocalMedia::open(folder.path("media")).unwrap();
    let renderer = studio(&folder).renderer();
    let mut order = film_order(&media, 1).await;
    let frame = [&[0xff, 0xfb, 0x90, 0x64][..], &[0; 413]].concat();
    let song = MediaKey::parse("songs/a.mp3").unwrap();
    order.song.file = media.put(&song, once(frame.repeat(77).into()), 1 << 20).await.unwrap();
    let job = renderer.start(&order).await.unwrap();
    assert_eq!(end(&*renderer, &job).await, MakerStatus::Done);
    let film = renderer.fetch(&job).await.unwrap();
    assert!(film.duration_ms.abs_diff(2_011) < 50, "{}", film.duration_ms);
}
