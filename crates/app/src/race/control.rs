use std::sync::Arc;

use super::{
    burst::{burst, spread},
    locks::Counter,
    verdict::{Percentiles, Verdict, millis},
};
use crate::cli::Race;

/// The control: everybody takes one of what there is without any guard, in memory. It must come out
/// as unfair, or the verdict could not be trusted.
pub(super) async fn run(flags: &Race) -> Verdict {
    let taken = Arc::new(Counter::default());
    let items = i64::try_from(flags.items).unwrap_or(i64::MAX);
    let shots = (0..flags.clients).map(|_| {
        let taken = Arc::clone(&taken);
        async move {
            let there_is_some = taken.value() < items;
            if there_is_some {
                taken.raise().await;
            }
            there_is_some
        }
    });
    let shots = burst(shots.collect()).await;
    let succeeded = shots.iter().filter(|shot| shot.end).count();
    Verdict {
        contest: "control",
        clients: flags.clients,
        items: flags.items,
        succeeded,
        over_issued: succeeded.saturating_sub(flags.items),
        expected: i64::try_from(succeeded).ok(),
        found: Some(taken.value()),
        began_within_ms: millis(spread(&shots)),
        latency_ms: Percentiles::of(shots.iter().map(|shot| shot.took).collect()),
        ..Verdict::default()
    }
}
