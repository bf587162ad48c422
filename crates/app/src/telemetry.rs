//! What the program tells of itself: logs to standard error, metrics to `/metrics`.

use std::sync::Arc;

use castad_domain::port::Clock;
use chrono::TimeDelta;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::LogConfig;

/// How often samples are summed up.
const SUM_UP: TimeDelta = TimeDelta::seconds(10);

/// Sends logs where the configuration says; a filter that cannot be read counts as `info`.
pub fn log(config: &LogConfig) {
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let told = if config.json {
        registry.with(lines.json()).try_init()
    } else {
        registry.with(lines.compact()).try_init()
    };
    drop(told);
}

/// Collects metrics in this process; call it once.
///
/// # Errors
///
/// When something else collects them already.
pub fn metrics() -> anyhow::Result<PrometheusHandle> {
    let buckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0];
    Ok(PrometheusBuilder::new().set_buckets(&buckets)?.install_recorder()?)
}

/// Sums up now and then what was measured, for ever: samples that nobody scrapes would pile up.
pub async fn sum_up(metrics: PrometheusHandle, clock: Arc<dyn Clock>) {
    loop {
        clock.reach(clock.now() + SUM_UP).await;
        metrics.run_upkeep();
    }
}
