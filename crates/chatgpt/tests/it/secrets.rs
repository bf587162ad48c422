use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use castad_chatgpt::{Settings, Shape};
use castad_http_client::{Limits, Secret};
use castad_stand_ins::openai::{self, Fault};
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use crate::desk::{Desk, impatient};

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
    let mut told = String::new();
    for shape in [Shape::Responses, Shape::Chat] {
        let desk = Desk::open_with(shape, |settings| settings, impatient()).await;
        write!(told, "{:?}", desk.writer).unwrap();
        desk.ask().await.unwrap();
        for fault in [
            Fault::ServerError,
            Fault::RateLimited { retry_after: None },
            Fault::InsufficientQuota,
            Fault::Dropped,
            Fault::CutShort,
            Fault::Html,
            Fault::Silent,
            Fault::Refusal,
        ] {
            desk.stand_ins.openai.order([fault]);
            told += &all_of(&desk.ask().await.unwrap_err());
        }
        let wrong =
            |settings| Settings { key: Secret::new(format!("{}-wrong", openai::KEY)), ..settings };
        let desk = Desk::open_with(shape, wrong, Limits::default()).await;
        told += &all_of(&desk.ask().await.unwrap_err());
        let nowhere = |settings| Settings { base: "http://127.0.0.1:1".to_owned(), ..settings };
        let desk = Desk::open_with(shape, nowhere, Limits::default()).await;
        told += &all_of(&desk.ask().await.unwrap_err());
    }

    let log = log.text();
    for seen in
        ["http.call", "chatgpt.write", "tokens were used", "the request was refused", "hyper"]
    {
        assert!(log.contains(seen), "{seen} is missing in the log");
    }
    let key = &openai::KEY[..12];
    assert!(!log.contains(key), "the log holds the key");
    assert!(!told.contains(key), "an error holds the key");
}
