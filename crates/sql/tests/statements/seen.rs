//! Which statements were run.

use std::{
    fmt,
    sync::{Mutex, Once},
};

use castad_domain::{model::SecretHash, port::Gate};
use castad_sql::Sql;
use chrono::DateTime;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Writes down every statement that the driver reports, from whichever of its threads.
struct Statements;

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "summary" {
            self.0 = format!("{value:?}");
        }
    }
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        SEEN.lock().expect("no test panics").push(text.0);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// How the statements begin that were run since it was asked last.
///
/// The driver reports a statement after it has answered; a look for a caller comes behind it on the
/// same connection, and is not told of.
pub(crate) async fn statements(sql: &Sql) -> Vec<String> {
    let (nobody, now) = (SecretHash::new([0; 32]), DateTime::UNIX_EPOCH);
    let found = sql.caller(&nobody, now).await.expect("the gate answers");
    assert!(found.is_none(), "nobody has such a key");
    let mut seen = SEEN.lock().expect("no test panics");
    seen.retain(|text| !text.contains("SELECT id, 0 AS"));
    std::mem::take(&mut *seen)
}

/// One test at a time: they count what the whole process runs.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

static LISTEN: Once = Once::new();

pub(crate) async fn turn() -> tokio::sync::MutexGuard<'static, ()> {
    let turn = TURN.lock().await;
    LISTEN.call_once(|| {
        tracing::subscriber::set_global_default(Statements).expect("nobody else listens");
    });
    turn
}
