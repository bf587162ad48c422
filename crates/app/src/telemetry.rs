//! What the program tells of itself: logs to standard error, metrics to `/metrics`, traces to a
//! collector.

mod calls;
mod lines;
pub mod list;
pub mod process;
mod tally;
mod traces;

use std::sync::Arc;

use castad_domain::{port::Clock, usecase::LOCKS};
use chrono::TimeDelta;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{
    EnvFilter, Layer,
    field::MakeExt,
    fmt::{self, FormatFields, format::debug_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::LogConfig;
pub use calls::TracedCalls;
use lines::{Lines, Members};
use list::{Kind, METRICS};
pub use tally::Tally;
pub use traces::{Traces, follow, leading};

/// How often samples are summed up.
const SUM_UP: TimeDelta = TimeDelta::seconds(10);

/// Sends logs where the configuration says, and spans where they go; a filter that cannot be read
/// counts as `info`.
pub fn log(config: &LogConfig, traces: Option<&Traces>) {
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(traces.map(Traces::layer));
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let told = if config.json {
        let lines = lines.fmt_fields(Members).event_format(Lines);
        registry.with(lines.with_filter(filter)).try_init()
    } else {
        let lines = lines.fmt_fields(for_people()).compact();
        registry.with(lines.with_filter(filter)).try_init()
    };
    drop(told);
}

/// Fields as `name=value`, but for those that tell a trace what a span is.
fn for_people() -> impl for<'a> FormatFields<'a> + 'static {
    debug_fn(|writer, field, value| match field.name() {
        "message" => write!(writer, "{value:?}"),
        name if name.starts_with("otel.") => Ok(()),
        name => write!(writer, "{name}={value:?}"),
    })
    .delimited(" ")
}

/// A recorder that sorts samples by what each metric measures.
///
/// # Errors
///
/// When a metric has no buckets.
pub fn recorder() -> Result<PrometheusBuilder, BuildError> {
    METRICS.iter().try_fold(PrometheusBuilder::new(), |building, metric| match metric.kind {
        Kind::Histogram(buckets) => {
            building.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), buckets)
        }
        Kind::Counter | Kind::Gauge => Ok(building),
    })
}

/// Collects metrics in this process; call it once.
///
/// # Errors
///
/// When something else collects them already.
pub fn metrics(clock: &dyn Clock) -> anyhow::Result<PrometheusHandle> {
    let handle = recorder()?.install_recorder()?;
    list::describe();
    process::begun(clock.now());
    begin_with_none();
    Ok(handle)
}

/// Has those there from the start that an alert waits for: a first one that comes from nothing shows
/// no increase.
fn begin_with_none() {
    tally::begin_with_none();
    for rule in LOCKS {
        metrics::counter!("lock_lost_total", "name" => rule).increment(0);
    }
    metrics::counter!("castad_limited_total", "limit" => "connections").increment(0);
    metrics::counter!("lock_fence_rejected_total", "resource" => "job").increment(0);
    for kind in ["unavailable", "full", "corrupt"] {
        metrics::counter!("castad_store_faults_total", "kind" => kind).increment(0);
    }
}

/// Sums up now and then what was measured, for ever: samples that nobody scrapes would pile up.
pub async fn sum_up(metrics: PrometheusHandle, clock: Arc<dyn Clock>) {
    loop {
        clock.reach(clock.now() + SUM_UP).await;
        metrics.run_upkeep();
    }
}
