//! One JSON object a line: what happened, with the ids of the request, job and project that it
//! belongs to beside it.

use std::fmt;

use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    registry::{LookupSpan, Scope},
};

/// Writes an event with the fields of the spans that it is in; the inner ones go over the outer.
pub(super) struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Map::new();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                line.extend(read(fields));
            }
            line.insert("span".to_owned(), span.name().into());
        }
        event.record(&mut Fields(|name: &str, value| drop(line.insert(name.to_owned(), value))));
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        let metadata = event.metadata();
        for (name, text) in [
            ("timestamp", time.as_str()),
            ("level", metadata.level().as_str()),
            ("target", metadata.target()),
        ] {
            line.insert(name.to_owned(), text.into());
        }
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// Keeps the fields of a span as the members of a JSON object, one behind the other: most spans end
/// without a line, and nobody reads them.
pub(super) struct Members;

impl<'a> FormatFields<'a> for Members {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'a>, fields: R) -> fmt::Result {
        let mut end = Ok(());
        fields.record(&mut Fields(|name: &str, value: Value| {
            end = end.and_then(|()| write!(writer, "{}:{value},", Value::from(name)));
        }));
        end
    }
}

/// What [`Members`] wrote; a later member of a name goes over an earlier one.
fn read(members: &str) -> Map<String, Value> {
    let object = format!("{{{}}}", members.strip_suffix(',').unwrap_or(members));
    serde_json::from_str(&object).unwrap_or_default()
}

/// Whether a field is for readers: some tell a trace what a span is.
fn is_told(field: &Field) -> bool {
    !field.name().starts_with("otel.")
}

/// Hands on the fields that are told by their names, as JSON has them.
struct Fields<F>(F);

impl<F: FnMut(&str, Value)> Fields<F> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        if is_told(field) {
            (self.0)(field.name(), value.into());
        }
    }
}

impl<F: FnMut(&str, Value)> Visit for Fields<F> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.put(field, u64::try_from(value).unwrap_or(u64::MAX));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if is_told(field) {
            self.put(field, format!("{value:?}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex, PoisonError},
    };

    use tracing_subscriber::{fmt, layer::SubscriberExt};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_has_the_fields_of_all_that_it_is_in_side_by_side() {
        let kept = Kept::default();
        let writer = kept.clone();
        let lines = fmt::layer()
            .with_writer(move || writer.clone())
            .fmt_fields(Members)
            .event_format(Lines);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            let request = tracing::info_span!(
                "http.request",
                otel.kind = "server",
                request_id = "req_1",
                task_id = tracing::field::Empty,
            );
            request.record("task_id", "prj_0");
            request.record("task_id", "prj_1");
            let step = tracing::info_span!(parent: &request, "engine.step", attempt = 2);
            step.in_scope(|| tracing::warn!(ms = 7_u128, attempt = 3, "\"so\"\nit {}", "was"));
            tracing::info!("alone");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let [told, alone] = lines.as_slice() else { panic!("{text}") };
        for (name, value) in [
            ("level", Value::from("WARN")),
            ("message", "\"so\"\nit was".into()),
            ("request_id", "req_1".into()),
            ("task_id", "prj_1".into()),
            ("span", "engine.step".into()),
            ("attempt", 3.into()),
            ("ms", 7.into()),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
        assert!(told["timestamp"].as_str().is_some_and(|time| time.ends_with('Z')), "{told}");
        assert_eq!(told.get("otel.kind"), None, "that is for traces");
        assert_eq!((alone.get("span"), alone.get("request_id")), (None, None));
    }
}
