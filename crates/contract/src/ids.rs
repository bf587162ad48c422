//! [`IdSource`].

use std::{collections::BTreeSet, sync::Arc};

use castad_domain::port::IdSource;

/// `ids_contract!(fresh)`, where `async fn fresh() -> Arc<I>` of any source `I`.
#[macro_export]
macro_rules! ids_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { ids {
            later_ids_are_greater
            no_two_ids_are_equal
        } $($fresh)+ }
    };
}

/// Lists by id are lists by time.
pub async fn later_ids_are_greater<I: IdSource + ?Sized>(source: &Arc<I>) {
    let ids: Vec<u128> = (0..10_000).map(|_| source.next()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
}

/// However many ask at once, each gets its own.
pub async fn no_two_ids_are_equal<I: IdSource + ?Sized>(source: &Arc<I>) {
    let ids: Vec<u128> = std::thread::scope(|scope| {
        let take = || (0..2_000).map(|_| source.next()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("it ends")).collect()
    });
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), 8_000);
}
