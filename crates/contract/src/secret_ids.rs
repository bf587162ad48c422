//! What [`IdSource`] promises beside [`ids`](crate::ids), and only a
//! source with randomness of its own can keep.

use std::{collections::BTreeSet, sync::Arc};

use castad_domain::port::IdSource;

/// `secret_ids_contract!(fresh)`, where `async fn fresh() -> [Arc<I>; 2]`: two sources, as two
/// processes have them.
#[macro_export]
macro_rules! secret_ids_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { secret_ids {
            two_sources_never_give_the_same
            an_id_does_not_tell_the_next
        } $($fresh)+ }
    };
}

/// Ids are one of a kind over all processes.
pub async fn two_sources_never_give_the_same<I: IdSource + ?Sized>(sources: &[Arc<I>; 2]) {
    let ids = sources.iter().flat_map(|source| (0..5_000).map(|_| source.next()));
    assert_eq!(ids.collect::<BTreeSet<_>>().len(), 10_000);
}

/// Between an id and the next lies no distance that could be guessed.
pub async fn an_id_does_not_tell_the_next<I: IdSource + ?Sized>(sources: &[Arc<I>; 2]) {
    let ids: Vec<u128> = (0..1_000).map(|_| sources[0].next()).collect();
    let steps: BTreeSet<_> = ids.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(steps.len() > 990, "{} different distances", steps.len());
    assert!(steps.iter().all(|step| *step > u128::from(u32::MAX)), "and none is small");
}
