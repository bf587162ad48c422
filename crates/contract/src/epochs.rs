//! [`LockEpochs`].

use std::sync::Arc;

use castad_domain::port::LockEpochs;
use futures_util::future::join_all;

/// `epochs_contract!(fresh)`, where `async fn fresh() -> Arc<dyn LockEpochs>` (or of any type of it).
#[macro_export]
macro_rules! epochs_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { epochs {
            every_life_has_a_greater_number
            lives_that_begin_at_once_have_numbers_of_their_own
        } $($fresh)+ }
    };
}

/// A number is greater than all before it.
pub async fn every_life_has_a_greater_number<E: LockEpochs + ?Sized>(epochs: &Arc<E>) {
    let mut last = 0;
    for _ in 0..10 {
        let next = epochs.next_epoch().await.expect("the keeper answers");
        assert!(next > last, "{next} does not rise above {last}");
        last = next;
    }
}

/// Nobody shares a number.
pub async fn lives_that_begin_at_once_have_numbers_of_their_own<E: LockEpochs + ?Sized>(
    epochs: &Arc<E>,
) {
    let numbers = join_all((0..8).map(|_| epochs.next_epoch())).await;
    let mut numbers: Vec<_> = numbers.into_iter().map(|n| n.expect("the keeper answers")).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 8);
}
