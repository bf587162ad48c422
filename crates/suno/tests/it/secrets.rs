use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use castad_domain::port::Maker;
use castad_http_client::Secret;
use castad_stand_ins::suno::{self, Failing, Fault, FileFault};
use castad_suno::{Settings, Suno};
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use crate::desk::{Desk, impatient, order};

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

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

#[tokio::test]
async fn no_fault_lets_the_key_out() {
    let log = listen();
    let told = well_and_badly().await + &misled().await;

    let log = log.text();
    for seen in [
        "http.call",
        "http.download",
        "suno.start",
        "suno.fetch",
        "the request was refused",
        "a recording is not to be had",
        "hyper",
    ] {
        assert!(log.contains(seen), "{seen} is missing in the log");
    }
    let key = &suno::KEY[..16];
    assert!(!log.contains(key), "the log holds the key");
    assert!(!told.contains(key), "an error holds the key");
    assert!(!told.contains("/files/"), "an error holds an address");
}

/// What is told where the key fits.
async fn well_and_badly() -> String {
    let desk = Desk::open_with(|settings| settings, impatient()).await;
    let mut told = format!("{:?}", desk.suno);
    let job = desk.made().await;
    desk.suno.status(&job).await.unwrap();
    desk.suno.fetch(&job).await.unwrap();
    desk.suno.look_up(order(1).attempt, Some(job.clone())).await.unwrap();
    desk.suno.check().await.unwrap();
    for failing in [
        Failing::Refused { code: 400, mirrored: false, retry_after: None },
        Failing::Refused { code: 429, mirrored: true, retry_after: None },
        Failing::ServerErrorAfter,
        Failing::BadGateway,
        Failing::Dropped,
        Failing::CutShort,
        Failing::Html,
        Failing::Silent,
    ] {
        desk.stand_ins.suno.order([
            Fault::Generate(failing.clone()),
            Fault::RecordInfo(failing.clone()),
            Fault::Credit(failing),
        ]);
        told += &all_of(&desk.start().await.unwrap_err());
        told += &all_of(&desk.suno.status(&job).await.unwrap_err());
        told += &all_of(&desk.suno.check().await.unwrap_err());
    }
    for file in [FileFault::Missing, FileFault::Elsewhere] {
        desk.stand_ins.suno.order([Fault::File(file), Fault::File(file)]);
        told += &all_of(&desk.suno.fetch(&job).await.err().unwrap());
    }
    told
}

/// What is told where it does not, or nobody is there.
async fn misled() -> String {
    let mut told = String::new();
    let wrong =
        |settings| Settings { key: Secret::new(format!("{}-wrong", suno::KEY)), ..settings };
    let desk = Desk::open_with(wrong, Suno::limits()).await;
    told += &all_of(&desk.start().await.unwrap_err());
    told += &all_of(&desk.suno.check().await.unwrap_err());
    let nowhere = |settings| Settings { base: "http://127.0.0.1:1".to_owned(), ..settings };
    let desk = Desk::open_with(nowhere, Suno::limits()).await;
    told += &all_of(&desk.start().await.unwrap_err());
    told
}
