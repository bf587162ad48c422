//! The memory adapters keep the promises of their ports.
#![expect(clippy::unused_async, reason = "a suite asks for a fresh adapter asynchronously")]

use std::sync::Arc;

use castad_contract::{
    Arrived, Composing, Database, Feeds, Locks, Mails, Rendering, Streams, Timepiece, Writers, make,
};
use castad_domain::{
    model::{AttemptToken, Email},
    port::MailErrorKind,
};
use castad_memory::{
    HurriedClock, ManualClock, MemoryEpochs, MemoryFeed, MemoryLock, MemoryMail, MemoryMedia,
    MemoryStore, MemoryStream, PlainLab, QuickHasher, ScriptedComposer, ScriptedRenderer,
    ScriptedWriter, SequentialIds,
};
use chrono::TimeDelta;

async fn database() -> Database {
    Database::of(MemoryStore::new().tracing(castad_contract::leading), Writers::Many)
}

async fn feeds() -> Feeds {
    let (time, wait) = (clock().await, TimeDelta::seconds(8));
    let feed = MemoryFeed::new(time.clock.clone(), wait);
    Feeds { feed: Arc::new(feed.clone()), other: Arc::new(feed), wait, time, keep: None }
}

async fn streams() -> Streams {
    let stream = MemoryStream::new();
    let listening = stream.clone();
    Streams {
        stream: Arc::new(stream.clone()),
        other: Arc::new(stream),
        heard: Box::new(move |member, project| {
            let mut heard = listening.told();
            heard.retain(|told| {
                told.member == member && (project.is_none() || told.project == project)
            });
            Box::pin(async { heard })
        }),
        forget: Box::new(|| Box::pin(async {})),
        keep: None,
    }
}

async fn locks() -> Locks {
    let lock = Arc::new(MemoryLock::new());
    Locks {
        lock: lock.clone(),
        other: lock,
        ids: Arc::new(SequentialIds::new()),
        time: clock().await,
        tick: TimeDelta::seconds(1),
        late: TimeDelta::zero(),
        keep: None,
    }
}

async fn epochs() -> Arc<MemoryEpochs> {
    Arc::new(MemoryEpochs::new())
}

async fn media_store() -> Arc<MemoryMedia> {
    Arc::new(MemoryMedia::new())
}

async fn clock() -> Timepiece {
    let clock = ManualClock::default();
    let hand = clock.clone();
    Timepiece { clock: Arc::new(clock), pass: Box::new(move |by| hand.advance(by)) }
}

async fn id_source() -> Arc<SequentialIds> {
    Arc::new(SequentialIds::new())
}

async fn lyric_writer() -> Arc<ScriptedWriter> {
    Arc::new(ScriptedWriter::new())
}

async fn passwords() -> Arc<QuickHasher> {
    Arc::new(QuickHasher::new())
}

async fn mails() -> Mails {
    let (mail, away) = (MemoryMail::new(), MemoryMail::new());
    for (to, why) in [
        (Mails::REFUSED, MailErrorKind::Refused),
        (Mails::BUSY, MailErrorKind::Unavailable),
        (Mails::LOST, MailErrorKind::Unknown),
    ] {
        mail.fails(&Email::parse(to).expect("it is an address"), why);
    }
    away.is_away(true);
    let letters = mail.clone();
    Mails {
        mailer: Arc::new(mail),
        away: Arc::new(away),
        arrived: Box::new(move || {
            let letters = letters.letters();
            Box::pin(async move {
                let arrived = |letter: castad_domain::model::Letter| {
                    let (to, wording) = (letter.to.as_str().to_owned(), letter.wording());
                    let (subject, text) = (wording.subject, wording.text);
                    Arrived { id: letter.id.to_string(), to, subject, text }
                };
                letters.into_iter().map(arrived).collect()
            })
        }),
        keep: None,
    }
}

async fn photo_lab() -> Arc<PlainLab> {
    Arc::new(PlainLab)
}

async fn composer() -> Composing {
    let composer = Arc::new(ScriptedComposer::new());
    Composing { composer, clock: Arc::new(HurriedClock::default()) }
}

async fn renderer() -> Rendering {
    let song = make::recording(AttemptToken::from_bits(1));
    Rendering {
        renderer: Arc::new(ScriptedRenderer::new()),
        clock: Arc::new(HurriedClock::default()),
        pictures: vec![make::image(1, make::time(0)).file.key],
        song,
        keep: None,
    }
}

/// On several threads a seed does not do the same again in the same order; it ends right all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_on_several_threads() {
    castad_contract::storm::storm(&database().await, 1, 60).await;
}

castad_contract::database_contract!(database);
castad_contract::feed_contract!(feeds);
castad_contract::stream_contract!(streams);
castad_contract::lock_contract!(locks);
castad_contract::epochs_contract!(epochs);
castad_contract::media_contract!(media_store);
castad_contract::time_contract!(clock);
castad_contract::ids_contract!(id_source);
castad_contract::writer_contract!(lyric_writer);
castad_contract::passwords_contract!(passwords);
castad_contract::mail_contract!(mails);
castad_contract::photo_contract!(photo_lab);
castad_contract::song_contract!(composer);
castad_contract::video_contract!(renderer);
