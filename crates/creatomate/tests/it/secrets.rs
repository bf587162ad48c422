use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use castad_creatomate::{Settings, Version};
use castad_domain::port::{Maker, MakerStatus};
use castad_http_client::Secret;
use castad_stand_ins::creatomate::{self, Fate, Fault, Order};
use chrono::TimeDelta;
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use crate::desk::{Desk, impatient, pictures};

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// An error with all that lies beneath, as text and as `Debug`.
fn all_of(error: &(dyn Error + 'static)) -> String {
    let mut text = format!("{error:?}");
    let mut next = Some(error);
    while let Some(error) = next {
        let _ = write!(text, "\n{error}\n{error:?}");
        next = error.source();
    }
    text
}

fn listen() -> Log {
    let log = Log::default();
    let everything = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    // For all threads: what other tests log must not hold the key either.
    tracing::subscriber::set_global_default(everything).unwrap();
    log
}

async fn faults(version: Version) -> String {
    let desk = Desk::open_with(version, |settings, _| settings, impatient()).await;
    let mut told = format!("{:?}", desk.renderer);
    for fault in [
        Fault::ServerError,
        Fault::BadGateway,
        Fault::RateLimited { retry_after: None },
        Fault::NoCredit,
        Fault::Unauthorized,
        Fault::BadRequest,
        Fault::Dropped,
        Fault::CutShort,
        Fault::Html,
        Fault::Silent,
    ] {
        // The template is read anew.
        desk.clock.advance(TimeDelta::seconds(301));
        for order in [Order::Template(fault), Order::Create(fault)] {
            desk.stand_ins.creatomate.order([order]);
            told += &all_of(&desk.start().await.unwrap_err());
        }
        let job = desk.start().await.unwrap();
        desk.stand_ins.creatomate.order([Order::Look(fault)]);
        told += &all_of(&desk.renderer.status(&job).await.unwrap_err());
    }
    told
}

#[tokio::test]
async fn no_fault_lets_the_key_or_a_link_out() {
    let log = listen();
    let mut told = String::new();
    for version in [Version::V2, Version::V1] {
        told += &faults(version).await;
    }
    let wrong = format!("{}-wrong", creatomate::KEY);
    let desk = Desk::changed(|settings, _| Settings { key: Secret::new(wrong), ..settings }).await;
    told += &all_of(&desk.start().await.unwrap_err());
    let desk = Desk::open(Version::V2).await;
    desk.shelf.lose(&pictures()[0]);
    let job = desk.made().await;
    let MakerStatus::Failed { detail, .. } = desk.renderer.status(&job).await.unwrap() else {
        panic!("a picture is missing")
    };
    told += &detail;
    desk.stand_ins
        .creatomate
        .order([Order::Render(Fate::Remarked), Order::Render(Fate::FileElsewhere)]);
    desk.start().await.unwrap();
    let job = desk.made().await;
    if let Err(error) = desk.renderer.fetch(&job).await {
        told += &all_of(&error);
    }

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for seen in [
        "http.call",
        "creatomate.start",
        "creatomate.status",
        "Creatomate refused",
        "matches no element",
        "The file … cannot be used",
        "hyper",
    ] {
        assert!(log.contains(seen), "{seen} is missing in the log");
    }
    for secret in [&creatomate::KEY[..18], "of-the-shelf"] {
        assert!(!log.contains(secret), "the log holds {secret}");
        assert!(!told.contains(secret), "an error holds {secret}: {told}");
    }
}
