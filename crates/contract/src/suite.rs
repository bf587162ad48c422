use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

/// Makes one test of each case of a suite. The macros of the suites call it.
#[doc(hidden)]
#[macro_export]
macro_rules! each_case {
    ($suite:ident { $($case:ident)+ } ignore = $why:literal, $fresh:path) => {
        mod $suite {
            use super::*;
            $(
                #[tokio::test]
                #[ignore = $why]
                async fn $case() {
                    let subject = $fresh().await;
                    $crate::$suite::$case(&subject).await;
                }
            )+
        }
    };
    ($suite:ident { $($case:ident)+ } $fresh:path) => {
        mod $suite {
            use super::*;
            $(
                #[tokio::test]
                async fn $case() {
                    let subject = $fresh().await;
                    $crate::$suite::$case(&subject).await;
                }
            )+
        }
    };
}

/// The same for cases whose tasks run beside each other on several threads.
#[doc(hidden)]
#[macro_export]
macro_rules! each_race {
    ($suite:ident { $($case:ident)+ } ignore = $why:literal, $fresh:path) => {
        mod $suite {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                #[ignore = $why]
                async fn $case() {
                    let subject = $fresh().await;
                    $crate::$suite::$case(&subject).await;
                }
            )+
        }
    };
    ($suite:ident { $($case:ident)+ } $fresh:path) => {
        mod $suite {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    let subject = $fresh().await;
                    $crate::$suite::$case(&subject).await;
                }
            )+
        }
    };
}

/// All suites of a database: `database_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! database_contract {
    ($($fresh:tt)+) => {
        $crate::productions_contract!($($fresh)+);
        $crate::outbox_contract!($($fresh)+);
        $crate::replies_contract!($($fresh)+);
        $crate::access_contract!($($fresh)+);
        $crate::events_contract!($($fresh)+);
        $crate::catalog_contract!($($fresh)+);
        $crate::counted_contract!($($fresh)+);
        $crate::coupons_contract!($($fresh)+);
        $crate::races_coupons_contract!($($fresh)+);
        $crate::shop_contract!($($fresh)+);
        $crate::races_shop_contract!($($fresh)+);
        $crate::queue_contract!($($fresh)+);
        $crate::points_contract!($($fresh)+);
        $crate::points_orders_contract!($($fresh)+);
        $crate::races_points_contract!($($fresh)+);
        $crate::settings_contract!($($fresh)+);
        $crate::members_contract!($($fresh)+);
        $crate::races_members_contract!($($fresh)+);
        $crate::races_settings_contract!($($fresh)+);
        $crate::slots_contract!($($fresh)+);
        $crate::tickets_contract!($($fresh)+);
        $crate::races_slots_contract!($($fresh)+);
    };
}

/// Lets others run.
pub(crate) async fn let_others_run() {
    let mut asked = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Whether a future is done at its next turn.
pub(crate) async fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// Whether a future is done after others have had many turns.
pub(crate) async fn is_done(future: impl Future<Output = ()>) -> bool {
    let mut future = pin!(future);
    for _ in 0..1_000 {
        if poll_once(future.as_mut()).await.is_ready() {
            return true;
        }
        let_others_run().await;
    }
    false
}
