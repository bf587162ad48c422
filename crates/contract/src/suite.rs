use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

/// Makes one test of each case of a suite. The macros of the suites call it.
///
/// In a suite that is `audited` each case ends with a look at the books of its database, in which
/// nothing may be wrong. A case of a port, which writes alone what use cases write with the rest of
/// it, says which rules that breaks: `a_case[Issued Numbers]`.
#[doc(hidden)]
#[macro_export]
macro_rules! each_case {
    ($($suite:tt)+) => { $crate::each_test! { () $($suite)+ } };
}

/// The same for cases whose tasks run beside each other on several threads.
#[doc(hidden)]
#[macro_export]
macro_rules! each_race {
    ($($suite:tt)+) => {
        $crate::each_test! { (flavor = "multi_thread", worker_threads = 4) $($suite)+ }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! each_test {
    (@suite $flavor:tt $suite:ident $look:ident { $($case:ident $([$($broken:ident)+])?)+ }
        ignore = $why:literal, $fresh:path) => {
        mod $suite {
            use super::*;
            $($crate::each_test! {
                @test $flavor [#[ignore = $why]] $suite $look $case [$($($broken)+)?] $fresh
            })+
        }
    };
    (@suite $flavor:tt $suite:ident $look:ident { $($case:ident $([$($broken:ident)+])?)+ }
        $fresh:path) => {
        mod $suite {
            use super::*;
            $($crate::each_test! {
                @test $flavor [] $suite $look $case [$($($broken)+)?] $fresh
            })+
        }
    };
    (@test ($($flavor:tt)*) [$($ignored:tt)*] $suite:ident plain $case:ident [] $fresh:path) => {
        #[tokio::test($($flavor)*)]
        $($ignored)*
        async fn $case() {
            let subject = $fresh().await;
            $crate::$suite::$case(&subject).await;
        }
    };
    (@test ($($flavor:tt)*) [$($ignored:tt)*] $suite:ident audited $case:ident [$($broken:ident)*]
        $fresh:path) => {
        #[tokio::test($($flavor)*)]
        $($ignored)*
        async fn $case() {
            let subject = $fresh().await;
            $crate::$suite::$case(&subject).await;
            $crate::audited(&subject, &[$($crate::BookRule::$broken),*]).await;
        }
    };
    ($flavor:tt $suite:ident { $($cases:tt)+ } $($fresh:tt)+) => {
        $crate::each_test! { @suite $flavor $suite plain { $($cases)+ } $($fresh)+ }
    };
    ($flavor:tt $suite:ident audited { $($cases:tt)+ } $($fresh:tt)+) => {
        $crate::each_test! { @suite $flavor $suite audited { $($cases)+ } $($fresh)+ }
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
        $crate::actions_contract!($($fresh)+);
        $crate::events_contract!($($fresh)+);
        $crate::untold_contract!($($fresh)+);
        $crate::races_events_contract!($($fresh)+);
        $crate::catalog_contract!($($fresh)+);
        $crate::counted_contract!($($fresh)+);
        $crate::coupons_contract!($($fresh)+);
        $crate::races_coupons_contract!($($fresh)+);
        $crate::lines_contract!($($fresh)+);
        $crate::races_lines_contract!($($fresh)+);
        $crate::shop_contract!($($fresh)+);
        $crate::races_shop_contract!($($fresh)+);
        $crate::oversight_contract!($($fresh)+);
        $crate::decisions_contract!($($fresh)+);
        $crate::replays_contract!($($fresh)+);
        $crate::queue_contract!($($fresh)+);
        $crate::lane_contract!($($fresh)+);
        $crate::offer_contract!($($fresh)+);
        $crate::points_contract!($($fresh)+);
        $crate::points_orders_contract!($($fresh)+);
        $crate::races_points_contract!($($fresh)+);
        $crate::settings_contract!($($fresh)+);
        $crate::members_contract!($($fresh)+);
        $crate::races_members_contract!($($fresh)+);
        $crate::races_settings_contract!($($fresh)+);
        $crate::slots_contract!($($fresh)+);
        $crate::tickets_contract!($($fresh)+);
        $crate::webhooks_contract!($($fresh)+);
        $crate::races_slots_contract!($($fresh)+);
        $crate::storm_contract!($($fresh)+);
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
