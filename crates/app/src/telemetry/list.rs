//! Every metric that there is: its name, what its labels are, and what it counts.

use metrics::Unit;

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// It only rises.
    Counter,
    /// It rises and falls.
    Gauge,
    /// Samples, counted by these upper bounds.
    Histogram(&'static [f64]),
}

/// A number that the program tells.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// The name at `/metrics`.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: Kind,
    /// In what it is measured.
    pub unit: Unit,
    /// Its labels. Their values are words of ours, routes as they are written in code, and numbers of
    /// statuses: never ids, never what somebody typed.
    pub labels: &'static [&'static str],
    /// What it counts.
    pub help: &'static str,
}

/// Statements, and waits for connections.
const QUICK: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Answers to requests, which end after a minute, or ten where files arrive.
const REQUEST: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];
/// Answers of providers, and steps, which ask one or two of them.
const CALL: &[f64] = &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];
/// Stages, of which a film takes minutes.
const STAGE: &[f64] =
    &[1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1_200.0, 3_600.0];
/// How long locks are held: from one transaction to the making of a video.
const HOLD: &[f64] = &[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0];

const fn counter(
    name: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind: Kind::Counter, unit: Unit::Count, labels, help }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, unit: Unit::Count, labels, help }
}

const fn seconds(
    (name, buckets): (&'static str, &'static [f64]),
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind: Kind::Histogram(buckets), unit: Unit::Seconds, labels, help }
}

const fn measured(metric: Metric, unit: Unit) -> Metric {
    Metric { unit, ..metric }
}

/// Every metric, in the order in which they are described.
pub const METRICS: &[Metric] = &[
    counter(
        "castad_http_requests_total",
        &["method", "route", "status"],
        "Requests that were answered.",
    ),
    seconds(
        ("castad_http_request_seconds", REQUEST),
        &["method", "route", "status"],
        "From a request's head to its answer's.",
    ),
    gauge("castad_sse_streams", &[], "Streams of events that are open."),
    gauge("castad_connections", &[], "Connections that are open."),
    counter(
        "castad_connections_cut_total",
        &["why"],
        "Connections that were given up: no head, no further request, no body or no reader in time.",
    ),
    counter(
        "castad_limited_total",
        &["limit"],
        "Requests and connections that a limit did not let through.",
    ),
    counter(
        "castad_idempotent_replays_total",
        &[],
        "Requests that got the answer that the same one got before.",
    ),
    counter(
        "castad_log_in_failures_total",
        &["way"],
        "Attempts to come in that were refused: with a password, a link or a key.",
    ),
    gauge("castad_jobs", &["lane", "kind", "state"], "Jobs in the database, by where they wait."),
    gauge(
        "castad_queue_age_seconds",
        &["lane"],
        "How long the job that has been due for longest has waited; zero where none is due.",
    ),
    gauge(
        "castad_lane_stopped",
        &["lane", "why"],
        "1 while no step of the lane begins: a person paused it, or its provider asked for a rest.",
    ),
    counter("castad_steps_total", &["task", "end"], "Steps of jobs that ended."),
    seconds(("castad_step_seconds", CALL), &["task", "end"], "From a step's begin to its end."),
    gauge(
        "castad_provider_resting",
        &["lane"],
        "1 while this process leaves a provider alone that gave no answer several times in a row.",
    ),
    counter(
        "castad_stages_total",
        &["stage", "outcome"],
        "Stages that became ready, failed, canceled or unresolved.",
    ),
    seconds(
        ("castad_stage_seconds", STAGE),
        &["stage"],
        "From the request of a stage until it was ready.",
    ),
    counter("castad_provider_calls_total", &["provider", "outcome"], "Calls to providers."),
    seconds(
        ("castad_provider_answer_seconds", CALL),
        &["provider", "outcome"],
        "From sending a request to a provider to its answer's head.",
    ),
    counter(
        "castad_provider_tokens_total",
        &["provider", "kind"],
        "Tokens that the writer of lyrics used.",
    ),
    counter(
        "castad_template_cache_total",
        &["result"],
        "Reads of templates: known here, known to the fleet, or read from Creatomate.",
    ),
    counter("castad_points_total", &["change"], "Points that came and went, by how."),
    counter("castad_point_changes_total", &["change"], "How often points came and went."),
    counter("castad_events_appended_total", &["kind"], "Events that were written to the logs."),
    counter("castad_events_published_total", &[], "Events that went out to the stream."),
    gauge("castad_events_stalled", &[], "1 while events do not go out."),
    gauge("castad_feed_connected", &[], "1 while there is a connection to NATS."),
    gauge(
        "castad_work_fed",
        &[],
        "1 while work comes by the feed, 0 while it comes from the database.",
    ),
    counter(
        "castad_letters_total",
        &["kind", "outcome"],
        "Letters to members: sent, refused, unwanted, deferred, given up, and those of which nobody knows.",
    ),
    counter("castad_webhook_deliveries_total", &["outcome"], "Calls to webhooks, by what came."),
    counter("castad_webhooks_disabled_total", &["reason"], "Webhooks that a call disabled."),
    gauge("castad_webhooks_in_hand", &[], "Webhooks that this process is telling just now."),
    gauge(
        "castad_pool_connections",
        &["pool", "state"],
        "Connections to the database: in use, idle, and the most that there may be.",
    ),
    seconds(
        ("castad_pool_wait_seconds", QUICK),
        &["pool"],
        "How long a connection to the database was waited for, and for its transaction to begin.",
    ),
    counter(
        "castad_store_faults_total",
        &["kind"],
        "Statements that the database did not carry out, or that met somebody else's write.",
    ),
    counter("lock_acquire_total", &["name", "outcome"], "Waits for locks that ended."),
    seconds(("lock_wait_seconds", QUICK), &["name"], "How long a lock was waited for."),
    seconds(("lock_hold_seconds", HOLD), &["name"], "How long a lock was held."),
    gauge("lock_waiters", &["name"], "Those who wait for a lock."),
    gauge("lock_held", &["name"], "Locks that are held by this process."),
    counter("lock_attempts_total", &["name"], "How often a lock was asked."),
    counter("lock_wakeups_total", &["name", "source"], "What told those who wait to try again."),
    counter("lock_renew_total", &["name", "outcome"], "Renewals of locks."),
    counter("lock_lost_total", &["name"], "Locks that were lost while their work ran."),
    counter("lock_release_total", &["name", "outcome"], "Locks that were let go."),
    counter("lock_fallback_total", &["op"], "Work that ran without its lock, which was away."),
    counter(
        "lock_fence_rejected_total",
        &["resource"],
        "Writes of those who had lost what they held, which were refused.",
    ),
    gauge("lock_breaker_state", &[], "The breaker before Redis: 0 closed, 1 open, 2 half-open."),
    counter("lock_breaker_transitions_total", &["to"], "How often the breaker turned."),
    seconds(("redis_command_seconds", QUICK), &["command", "ok"], "Answers of Redis."),
    counter(
        "castad_spans_total",
        &["fate"],
        "Spans of traces: sent, lost on the way to the collector, or dropped for being too many.",
    ),
    gauge("castad_build_info", &["version"], "1, with the version that runs."),
    measured(
        gauge("process_start_time_seconds", &[], "When the process began, since 1970."),
        Unit::Seconds,
    ),
    measured(
        gauge("process_resident_memory_bytes", &[], "Memory that the process holds."),
        Unit::Bytes,
    ),
    gauge("process_open_fds", &[], "Files and sockets that the process has open."),
];

/// Describes all of them to the recorder.
pub fn describe() {
    for metric in METRICS {
        let Metric { name, kind, unit, help, .. } = *metric;
        match kind {
            Kind::Counter => metrics::describe_counter!(name, unit, help),
            Kind::Gauge => metrics::describe_gauge!(name, unit, help),
            Kind::Histogram(_) => metrics::describe_histogram!(name, unit, help),
        }
    }
}
