use std::time::Duration;

use castad_domain::port::{LockEvent, LockJournal, LockOutcome, Wake};

/// Counts what happens around locks, under the pattern of the key: its ids would be without number.
///
/// | metric | labels |
/// |---|---|
/// | `lock_acquire_total` | `name`, `outcome`: acquired, busy, timeout, error, degraded, gone |
/// | `lock_wait_seconds`, `lock_hold_seconds` | `name` |
/// | `lock_waiters`, `lock_held` | `name` |
/// | `lock_attempts_total` | `name` |
/// | `lock_wakeups_total` | `name`, `source`: message, ttl, look, reconnect |
/// | `lock_renew_total` | `name`, `outcome`: renewed, failed |
/// | `lock_lost_total` | `name` |
/// | `lock_release_total` | `name`, `outcome`: released, `not_owner`, error |
/// | `lock_fallback_total` | `op` |
///
/// The breaker adds `lock_breaker_state` (0 closed, 1 open, 2 half-open) and
/// `lock_breaker_transitions_total`, Redis `redis_command_seconds`.
#[derive(Debug, Clone, Copy, Default)]
pub struct LockMetrics;

impl LockJournal for LockMetrics {
    fn note(&self, name: &'static str, event: LockEvent) {
        match event {
            LockEvent::Waiting => metrics::gauge!("lock_waiters", "name" => name).increment(1.0),
            LockEvent::Attempted => count("lock_attempts_total", name),
            LockEvent::Woken(wake) => count_as("lock_wakeups_total", name, "source", source(wake)),
            LockEvent::Ended { outcome, waited_us } => ended(name, outcome, waited_us),
            LockEvent::Renewed { ok } => {
                count_as(
                    "lock_renew_total",
                    name,
                    "outcome",
                    if ok { "renewed" } else { "failed" },
                );
            }
            LockEvent::Lost => {
                count("lock_lost_total", name);
                tracing::warn!(name, "a lock was lost while its work ran");
            }
            LockEvent::Released { held } => {
                let outcome = match held {
                    Some(true) => "released",
                    Some(false) => "not_owner",
                    None => "error",
                };
                count_as("lock_release_total", name, "outcome", outcome);
            }
            LockEvent::Left { held_us } => {
                metrics::gauge!("lock_held", "name" => name).decrement(1.0);
                metrics::histogram!("lock_hold_seconds", "name" => name).record(seconds(held_us));
            }
        }
    }
}

fn ended(name: &'static str, outcome: LockOutcome, waited_us: i64) {
    metrics::gauge!("lock_waiters", "name" => name).decrement(1.0);
    metrics::histogram!("lock_wait_seconds", "name" => name).record(seconds(waited_us));
    let word = match outcome {
        LockOutcome::Acquired => {
            metrics::gauge!("lock_held", "name" => name).increment(1.0);
            "acquired"
        }
        LockOutcome::Busy => "busy",
        LockOutcome::Timeout => "timeout",
        LockOutcome::Error => "error",
        LockOutcome::Degraded => {
            metrics::counter!("lock_fallback_total", "op" => name).increment(1);
            "degraded"
        }
        LockOutcome::Gone => "gone",
    };
    count_as("lock_acquire_total", name, "outcome", word);
}

fn source(wake: Option<Wake>) -> &'static str {
    match wake {
        None => "ttl",
        Some(Wake::Released) => "message",
        Some(Wake::Look) => "look",
        Some(Wake::Returned) => "reconnect",
    }
}

fn count(metric: &'static str, name: &'static str) {
    metrics::counter!(metric, "name" => name).increment(1);
}

fn count_as(metric: &'static str, name: &'static str, label: &'static str, word: &'static str) {
    metrics::counter!(metric, "name" => name, label => word).increment(1);
}

fn seconds(micros: i64) -> f64 {
    Duration::from_micros(micros.unsigned_abs()).as_secs_f64()
}
