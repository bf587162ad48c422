//! The end of the day: everything that is open is brought to its end, and every book tells the same.

use castad_domain::{
    model::{Entry, MemberId, OrderState, Pack},
    port::{HistoryPage, MAX_PAGE, Page, Ports},
    usecase::{Housekeeping, ReconcileAll, Rounds, RunTask, Unresolved},
};
use castad_memory::Memory;
use chrono::TimeDelta;

use super::gateway::Fickle;
use crate::{Database, audited};

/// The most steps that are left to take.
const STEPS: usize = 20_000;

pub(super) async fn close(db: &Database, ports: &Ports, rest: &Memory, gateway: &Fickle) {
    gateway.calm_down();
    let steps = RunTask::new(ports).unresolved(Unresolved::Fail);
    let mut taken = 0;
    while rest.take_step(ports, &steps).await.expect("the store answers").is_some() {
        taken += 1;
        assert!(taken < STEPS, "the work comes to an end");
    }
    for _ in 0..3 {
        rest.clock().advance(TimeDelta::hours(1));
        Rounds::new(ports).run().await.expect("the store answers");
    }
    Housekeeping::new(ports).run().await.expect("the store answers");
    let found = ReconcileAll::new(ports).run(None).await.expect("the store answers");
    let wrong = found.iter().filter(|(_, found)| !matches!(found.name(), "matched" | "skipped"));
    assert_eq!(wrong.collect::<Vec<_>>(), [] as [&_; 0]);
    audited(db, &[]).await;
}

/// Entries, lots, account and what is read of them are the same.
pub(super) async fn compare_points(ports: &Ports, member: MemberId) {
    let mut unit = ports.store.begin().await.expect("a unit begins");
    let account = unit.points().hold(member).await.expect("the store answers");
    let account = account.expect("the member is known");
    let (sums, kept) = unit.points().audit(member).await.expect("the store answers");
    drop(unit);
    let mut balance = 0;
    for entry in entries(ports, member).await {
        balance += entry.amount;
        assert_eq!(balance, entry.balance, "{entry:?}");
    }
    let lots: i64 = account.lots().iter().map(|lot| lot.remaining).sum();
    let now = ports.clock.now();
    let read = ports.points.balance(member, now, now).await.expect("the store answers").available;
    let all = [account.balance(), account.recorded(), lots, sums.available, read];
    assert_eq!(all, [balance; 5], "of {member}");
    assert!(kept.is_none_or(|kept| kept == sums), "of {member}: {kept:?} {sums:?}");
    assert!(account.lots().iter().all(|lot| (0..=lot.amount).contains(&lot.remaining)));
}

/// All of a member's entries, the oldest first.
async fn entries(ports: &Ports, of: MemberId) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let after = all.last().map(|entry| entry.id);
        let page = HistoryPage { limit: MAX_PAGE, after, order: None };
        let found = ports.points.history(of, page).await.expect("the store answers");
        if found.is_empty() {
            all.reverse();
            return all;
        }
        all.extend(found);
    }
}

/// Every order is paid or over, the gateway has the money of those that are paid and no other, and
/// the packs of the others are back.
pub(super) async fn compare_sales(
    ports: &Ports,
    gateway: &Fickle,
    members: &[MemberId],
    packs: &[Pack],
) {
    let (mut money, mut gone) = (0, 0);
    for &member in members {
        let mut after = None;
        loop {
            let page = Page { limit: MAX_PAGE, after };
            let orders = ports.shop.orders(member, page).await.expect("the store answers");
            let Some(last) = orders.last() else { break };
            after = Some(last.parts().id.to_bits());
            for order in &orders {
                match order.parts().state {
                    OrderState::Paid { .. } => {
                        money += order.amount();
                        gone += order.parts().reserved;
                    }
                    OrderState::Expired { .. } | OrderState::Canceled { .. } => {}
                    OrderState::Pending
                    | OrderState::Paying { .. }
                    | OrderState::Closing { .. } => panic!("it is over by now: {order:?}"),
                }
            }
        }
    }
    assert_eq!(gateway.purse.kept(), money, "the gateway has what paid orders cost");
    let page = Page { limit: MAX_PAGE, after: None };
    let now = ports.shop.packs(page).await.expect("the store answers");
    let stock = |packs: &[Pack]| packs.iter().filter_map(|p| p.parts().terms.stock).sum::<i64>();
    assert_eq!(stock(packs) - stock(&now), gone, "the stock is less what was paid");
}
