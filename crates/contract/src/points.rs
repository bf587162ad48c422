//! [`PointsBook`](castad_domain::port::PointsBook) and
//! [`PointsReader`](castad_domain::port::PointsReader): accounts, lots, uses and entries.

use std::sync::atomic::{AtomicU64, Ordering};

use castad_domain::{
    model::{
        Cancellation, Credit, Entry, EntryId, EntryKind, Lot, LotKind, MemberId, OrderNumber,
        PointAccount, PointLimits, PointsRefusal, Reason, Stamp, Totals, Usage,
    },
    port::{Balance, Expiring, HistoryPage, StoreError, StoreErrorKind, UnitOfWork},
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Database, Writers, database::kind, make, suite::let_others_run};

/// `points_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! points_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { points audited {
            every_member_has_an_account_and_nobody_else
            a_lot_reads_back_as_it_came
            a_use_reads_back_with_its_parts
            who_holds_an_account_sees_the_lots_that_have_points
            a_change_shows_within_its_unit
            what_a_dropped_unit_did_was_never_done
            an_account_that_changed_since_is_refused
            of_two_open_units_one_writes_the_account
            points_are_spent_on_an_order_once
            lots_and_uses_are_their_members_alone
            what_is_past_its_time_does_not_count
            what_is_lost_soon_is_told_by_its_time
            history_is_read_in_pages_the_newest_first
            history_can_be_of_one_order
            who_has_points_past_their_time_is_found
            who_is_not_told_of_points_that_are_lost_soon_is_found
            what_was_noted_is_told_with_what_is_left_of_it
            a_lot_is_noted_once
            a_note_of_a_dropped_unit_was_never_made
            accounts_are_listed_by_their_members
            totals_follow_the_entries
            totals_can_be_kept_anew[Totals]
        } $($fresh)+ }
    };
}

static IDS: AtomicU64 = AtomicU64::new(1_000_000_000);

fn next() -> u128 {
    make::bits(IDS.fetch_add(1, Ordering::Relaxed))
}

fn stamp(at: DateTime<Utc>) -> Stamp<'static> {
    Stamp { at, ids: &next }
}

fn order(text: &str) -> OrderNumber {
    OrderNumber::parse(text).expect("a plain number is taken")
}

fn credit(kind: LotKind, amount: i64, days: i64) -> Credit {
    Credit { kind, amount, lifetime: Some(TimeDelta::days(days)), source: None }
}

type Decided<T> = Result<T, PointsRefusal>;

/// Decides on an account and writes it, in a unit that is open.
async fn change_in<T>(
    unit: &mut dyn UnitOfWork,
    member: MemberId,
    decide: impl FnOnce(&mut PointAccount) -> Decided<T> + Send,
) -> Result<T, StoreError> {
    let mut account = unit.points().hold(member).await?.expect("the member is known");
    let decided = decide(&mut account).expect("it is allowed");
    unit.points().write(&account).await?;
    Ok(decided)
}

async fn change<T: Send>(
    db: &Database,
    member: MemberId,
    decide: impl FnOnce(&mut PointAccount) -> Decided<T> + Send,
) -> T {
    let mut unit = db.begin().await;
    let decided = change_in(&mut *unit, member, decide).await.expect("it is written");
    unit.commit().await.expect("the unit commits");
    decided
}

async fn give(db: &Database, member: MemberId, at: i64, credit: Credit) -> Lot {
    let limits = PointLimits::default();
    let at = make::time(at);
    change(db, member, |account| account.accumulate(credit, (&limits, stamp(at)))).await
}

async fn spend(db: &Database, member: MemberId, on: &str, amount: i64) -> Usage {
    change(db, member, |account| account.spend(order(on), amount, stamp(make::time(60)))).await
}

async fn held(db: &Database, member: MemberId) -> PointAccount {
    let held = db.begin().await.points().hold(member).await.expect("the store answers");
    held.expect("the member is known")
}

async fn balance(db: &Database, of: MemberId, now: DateTime<Utc>, soon: i64) -> Balance {
    let soon = now + TimeDelta::days(soon);
    db.points.balance(of, now, soon).await.expect("the store answers")
}

async fn history(db: &Database, of: MemberId, page: HistoryPage) -> Vec<Entry> {
    db.points.history(of, page).await.expect("the store answers")
}

/// Whoever is a member can be given points; whoever is not has nothing.
pub async fn every_member_has_an_account_and_nobody_else(db: &Database) {
    let member = db.member(1).await;
    let account = held(db, member).await;
    assert_eq!((account.member(), account.version(), account.balance()), (member, 0, 0));
    assert!(account.lots().is_empty());
    let stranger = MemberId::from_bits(make::bits(2));
    let nobody = db.begin().await.points().hold(stranger).await.expect("the store answers");
    assert_eq!(nobody, None);
    assert_eq!(balance(db, stranger, make::time(0), 30).await, Balance::default());
}

/// A lot comes back with all that is known of it.
pub async fn a_lot_reads_back_as_it_came(db: &Database) {
    let (member, other) = (db.member(1).await, db.member(2).await);
    let source = Some(order("주문-7"));
    let full = Credit { source, ..credit(LotKind::Manual, 100_000, 1_824) };
    let given = give(db, member, 7, full).await;
    assert_eq!(db.points.lot(given.id).await.expect("the store answers"), Some(given.clone()));

    let mut unit = db.begin().await;
    let hold = |held: Option<PointAccount>| held.expect("the member is known");
    let mut from = hold(unit.points().hold(member).await.expect("the store answers"));
    let mut to = hold(unit.points().hold(other).await.expect("the store answers"));
    let limits = PointLimits::default();
    let over = from.hand_over(&mut to, 1, (&limits, stamp(make::time(8)))).expect("it is allowed");
    unit.points().write(&from).await.expect("it is written");
    unit.points().write(&to).await.expect("it is written");
    unit.commit().await.expect("the unit commits");
    assert_eq!(over.lots[0].origin, Some(given.id));
    assert_eq!(held(db, other).await.lots(), over.lots);

    let charged = give(db, other, 9, credit(LotKind::Charge, 1_000_000, 1)).await;
    let found = db.points.lot(charged.id).await.expect("the store answers");
    assert_eq!(found, Some(charged));
}

/// A use comes back with what it took of each lot, in the order in which it took it.
pub async fn a_use_reads_back_with_its_parts(db: &Database) {
    let member = db.member(1).await;
    for days in [30, 20, 10] {
        give(db, member, 1, credit(LotKind::Bonus, 100, days)).await;
    }
    let usage = spend(db, member, "A1234", 250).await;
    assert_eq!(usage.details.len(), 3);
    let mut unit = db.begin().await;
    let by_id = unit.points().usage(member, usage.id).await.expect("the store answers");
    assert_eq!(by_id.as_ref(), Some(&usage));
    let by_order = unit.points().usage_of(member, &usage.order).await.expect("the store answers");
    assert_eq!(by_order.as_ref(), Some(&usage));
    let none = unit.points().usage_of(member, &order("a1234")).await.expect("the store answers");
    assert_eq!(none, None, "letters are of a size");
    let lots = unit.points().lots_of(&usage).await.expect("the store answers");
    assert_eq!(lots.len(), 3, "also those that have no points any more");
    drop(unit);

    let limits = PointLimits::default();
    let back = change(db, member, |account| {
        account.recall(lots);
        let wanted = Cancellation { amount: Some(120), reason: None };
        account.give_back(&usage, &wanted, (&limits, stamp(make::time(61))))
    })
    .await;
    let kept = db.begin().await.points().usage(member, usage.id).await;
    assert_eq!(kept.expect("the store answers"), Some(back.usage));
}

/// A lot that is spent, taken back or written off is not carried along.
pub async fn who_holds_an_account_sees_the_lots_that_have_points(db: &Database) {
    let member = db.member(1).await;
    let spent = give(db, member, 1, credit(LotKind::Bonus, 100, 10)).await;
    let half = give(db, member, 1, credit(LotKind::Bonus, 100, 20)).await;
    let back = give(db, member, 1, credit(LotKind::Bonus, 100, 30)).await;
    spend(db, member, "A1", 150).await;
    change(db, member, |account| account.take_back(back.id, stamp(make::time(62)))).await;
    let account = held(db, member).await;
    assert_eq!(account.lots(), [Lot { remaining: 50, ..half }]);
    assert_eq!((account.version(), account.recorded()), (5, 50));
    let spent = db.points.lot(spent.id).await.expect("the store answers").expect("it is kept");
    assert_eq!(spent.remaining, 0);
}

/// Who changes an account twice in a unit sees the first change.
pub async fn a_change_shows_within_its_unit(db: &Database) {
    let member = db.member(1).await;
    give(db, member, 1, credit(LotKind::Bonus, 100, 10)).await;
    let mut unit = db.begin().await;
    let at = make::time(2);
    for (on, left) in [("A1", 60), ("A2", 20)] {
        let spent = change_in(&mut *unit, member, |account| {
            account.spend(order(on), 40, stamp(at))?;
            Ok(account.balance())
        });
        assert_eq!(spent.await.expect("it is written"), left);
    }
    unit.commit().await.expect("the unit commits");
    assert_eq!(held(db, member).await.balance(), 20);
}

/// A unit that is not committed leaves neither points nor entries nor an account.
pub async fn what_a_dropped_unit_did_was_never_done(db: &Database) {
    let member = db.member(1).await;
    let mut unit = db.begin().await;
    let limits = PointLimits::default();
    let at = stamp(make::time(1));
    change_in(&mut *unit, member, |account| {
        account.accumulate(credit(LotKind::Bonus, 100, 10), (&limits, at))
    })
    .await
    .expect("it is written");
    drop(unit);
    assert_eq!(balance(db, member, make::time(2), 30).await.available, 0);
    assert_eq!(db.points.totals(member).await.expect("the store answers"), None);
    assert!(db.points.accounts(None, 10).await.expect("the store answers").is_empty());
}

/// What was decided on an account that somebody else changed meanwhile is not written.
pub async fn an_account_that_changed_since_is_refused(db: &Database) {
    let member = db.member(1).await;
    give(db, member, 1, credit(LotKind::Bonus, 100, 10)).await;
    let mut stale = held(db, member).await;
    spend(db, member, "A1", 60).await;
    stale.spend(order("A2"), 60, stamp(make::time(61))).expect("it was allowed");
    let end = async {
        let mut unit = db.begin().await;
        unit.points().write(&stale).await?;
        unit.commit().await
    };
    let end = end.await;
    assert_eq!(kind(end), Some(StoreErrorKind::Conflict));
    assert_eq!(held(db, member).await.balance(), 40);
}

/// Of two units that hold an account at once, the second cannot commit what it decided.
pub async fn of_two_open_units_one_writes_the_account(db: &Database) {
    if db.writers == Writers::One {
        return an_account_that_changed_since_is_refused(db).await;
    }
    let member = db.member(1).await;
    give(db, member, 1, credit(LotKind::Bonus, 100, 10)).await;
    let race = |on: &'static str| async move {
        let mut unit = db.begin().await;
        let mut account = unit.points().hold(member).await?.expect("the member is known");
        let_others_run().await;
        let spent = account.spend(order(on), 60, stamp(make::time(61)));
        if spent.is_err() {
            return Ok(false);
        }
        unit.points().write(&account).await?;
        unit.commit().await.map(|()| true)
    };
    let (one, other) = futures_util::future::join(race("A1"), race("A2")).await;
    let won =
        [one, other].into_iter().filter(|end: &Result<_, StoreError>| matches!(end, Ok(true)));
    assert_eq!(won.count(), 1);
    assert_eq!(held(db, member).await.balance(), 40);
}

/// Whoever did not look first learns it when they write.
pub async fn points_are_spent_on_an_order_once(db: &Database) {
    let (member, other) = (db.member(1).await, db.member(2).await);
    for who in [member, other] {
        give(db, who, 1, credit(LotKind::Bonus, 100, 10)).await;
        spend(db, who, "A1", 10).await;
    }
    let mut unit = db.begin().await;
    let again = change_in(&mut *unit, member, |account| {
        account.spend(order("A1"), 10, stamp(make::time(61)))
    });
    assert_eq!(kind(again.await), Some(StoreErrorKind::Duplicate));
}

/// Nobody finds what is somebody else's by its id.
pub async fn lots_and_uses_are_their_members_alone(db: &Database) {
    let (member, other) = (db.member(1).await, db.member(2).await);
    let lot = give(db, member, 1, credit(LotKind::Bonus, 100, 10)).await;
    let usage = spend(db, member, "A1", 10).await;
    let mut unit = db.begin().await;
    let own = unit.points().lot(member, lot.id).await.expect("the store answers");
    assert_eq!(own.map(|own| own.remaining), Some(90));
    assert_eq!(unit.points().lot(other, lot.id).await.expect("the store answers"), None);
    assert_eq!(unit.points().usage(other, usage.id).await.expect("the store answers"), None);
    let of = unit.points().usage_of(other, &usage.order).await;
    assert_eq!(of.expect("the store answers"), None);
    drop(unit);
    assert!(
        history(db, other, HistoryPage { limit: 9, after: None, order: None }).await.is_empty()
    );
}

/// Points are good until their time and not at it.
pub async fn what_is_past_its_time_does_not_count(db: &Database) {
    let member = db.member(1).await;
    let lot = give(db, member, 1, credit(LotKind::Bonus, 100, 1)).await;
    give(db, member, 1, credit(LotKind::Bonus, 30, 2)).await;
    let just_before = lot.expires_at - TimeDelta::microseconds(1);
    assert_eq!(balance(db, member, just_before, 30).await.available, 130);
    let then = balance(db, member, lot.expires_at, 30).await;
    assert_eq!((then.available, then.expiring.len()), (30, 1));
}

/// Points that are lost at the same time are told together, the next first; later ones are not.
pub async fn what_is_lost_soon_is_told_by_its_time(db: &Database) {
    let member = db.member(1).await;
    for (amount, days) in [(7, 40), (100, 20), (5, 10), (20, 20)] {
        give(db, member, 1, credit(LotKind::Bonus, amount, days)).await;
    }
    let now = make::time(1);
    let expiring = |amount, days| Expiring { amount, expires_at: now + TimeDelta::days(days) };
    let expected = Balance { available: 132, expiring: vec![expiring(5, 10), expiring(120, 20)] };
    assert_eq!(balance(db, member, now, 30).await, expected);
}

/// Every entry is on one page, and reads back whole.
pub async fn history_is_read_in_pages_the_newest_first(db: &Database) {
    let member = db.member(1).await;
    give(db, member, 1, credit(LotKind::Bonus, 100, 10)).await;
    for on in ["A1", "A2", "A3"] {
        spend(db, member, on, 10).await;
    }
    change(db, member, |account| {
        account.expire(stamp(make::time(1) + TimeDelta::days(10)));
        Ok(())
    })
    .await;
    let page = |limit, after: Option<EntryId>| {
        history(db, member, HistoryPage { limit, after, order: None })
    };
    let all = page(100, None).await;
    let told: Vec<_> = all.iter().map(|entry| (entry.kind, entry.amount, entry.balance)).collect();
    assert_eq!(
        told,
        [
            (EntryKind::Expired, -70, 0),
            (EntryKind::Used, -10, 70),
            (EntryKind::Used, -10, 80),
            (EntryKind::Used, -10, 90),
            (EntryKind::Accumulated, 100, 100),
        ]
    );
    assert!(all[0].lot.is_some() && all[1].usage.is_some());
    assert_eq!(all[1].order, Some(order("A3")));
    assert_eq!((all[1].member, all[1].at), (member, make::time(60)));
    let first = page(2, None).await;
    let second = page(2, Some(first[1].id)).await;
    let third = page(2, Some(second[1].id)).await;
    assert_eq!([first, second, third].concat(), all);
}

/// What has to do with one order can be read alone.
pub async fn history_can_be_of_one_order(db: &Database) {
    let member = db.member(1).await;
    give(db, member, 1, credit(LotKind::Bonus, 100, 10)).await;
    let usage = spend(db, member, "A1", 10).await;
    spend(db, member, "A2", 10).await;
    let limits = PointLimits::default();
    let at = stamp(make::time(61));
    let wanted = Cancellation { amount: Some(4), reason: Reason::parse("주문 취소").ok() };
    change(db, member, |account| account.give_back(&usage, &wanted, (&limits, at))).await;
    let page = |after| HistoryPage { limit: 1, after, order: Some(order("A1")) };
    let newest = history(db, member, page(None)).await;
    assert_eq!((newest[0].kind, newest[0].amount), (EntryKind::UseCanceled, 4));
    assert_eq!(newest[0].reason, wanted.reason);
    let oldest = history(db, member, page(Some(newest[0].id))).await;
    assert_eq!(oldest[0].reason, None);
    assert_eq!((oldest[0].kind, oldest[0].amount), (EntryKind::Used, -10));
    assert!(history(db, member, page(Some(oldest[0].id))).await.is_empty());
}

/// Whoever has points past their time is named once; who spent or lost them is not.
pub async fn who_has_points_past_their_time_is_found(db: &Database) {
    let members = [db.member(1).await, db.member(2).await, db.member(3).await];
    for member in members {
        give(db, member, 1, credit(LotKind::Bonus, 100, 1)).await;
        give(db, member, 1, credit(LotKind::Bonus, 100, 1)).await;
    }
    spend(db, members[1], "A1", 200).await;
    let late = make::time(1) + TimeDelta::days(1);
    let early = late - TimeDelta::microseconds(1);
    let overdue = async |now| {
        let mut found = db.points.overdue(now, 10).await.expect("the store answers");
        found.sort();
        found
    };
    assert_eq!(overdue(early).await, []);
    assert_eq!(overdue(late).await, [members[0], members[2]]);
    assert_eq!(db.points.overdue(late, 1).await.expect("the store answers").len(), 1);
    change(db, members[0], |account| Ok(account.expire(stamp(late)))).await;
    assert_eq!(overdue(late).await, [members[2]]);
}

/// Notes that a member is told of what is lost within so many days.
async fn note(db: &Database, member: MemberId, now: DateTime<Utc>, days: i64) -> u64 {
    let mut unit = db.begin().await;
    unit.points().hold(member).await.expect("the store answers");
    let soon = now + TimeDelta::days(days);
    let noted = unit.points().note_told(member, (now, soon)).await.expect("the store answers");
    unit.commit().await.expect("nobody else writes");
    noted
}

async fn untold(db: &Database, now: DateTime<Utc>, days: i64) -> Vec<MemberId> {
    let soon = now + TimeDelta::days(days);
    let mut found = db.points.untold(now, soon, 10).await.expect("the store answers");
    found.sort();
    found
}

async fn told(db: &Database, of: MemberId, noted: DateTime<Utc>, now: DateTime<Utc>) -> Vec<i64> {
    let told = db.points.told(of, noted, now).await.expect("the store answers");
    assert!(told.is_sorted_by_key(|points| points.expires_at));
    told.iter().map(|points| points.amount).collect()
}

/// Whoever has points that are lost within the time is named once, until it is noted; what is past
/// its time, spent or lost later counts for nothing.
pub async fn who_is_not_told_of_points_that_are_lost_soon_is_found(db: &Database) {
    let members = [db.member(1).await, db.member(2).await, db.member(3).await];
    for member in members {
        give(db, member, 1, credit(LotKind::Bonus, 100, 3)).await;
        give(db, member, 2, credit(LotKind::Bonus, 100, 3)).await;
    }
    spend(db, members[1], "A1", 200).await;
    let now = make::time(100);
    assert_eq!(untold(db, now, 2).await, []);
    assert_eq!(untold(db, now, 3).await, [members[0], members[2]]);
    let limited = db.points.untold(now, now + TimeDelta::days(3), 1).await;
    assert_eq!(limited.expect("the store answers").len(), 1);
    let edge = make::time(1) + TimeDelta::days(3);
    let soon = |micros| db.points.untold(now, edge + TimeDelta::microseconds(micros), 10);
    assert_eq!(soon(0).await.expect("the store answers"), []);
    assert_eq!(soon(1).await.expect("the store answers").len(), 2);
    assert_eq!(untold(db, make::time(2) + TimeDelta::days(3), 3).await, []);

    assert_eq!(note(db, members[0], now, 3).await, 2);
    assert_eq!(untold(db, now, 3).await, [members[2]]);
}

/// What was noted at a time is told, by when it is lost, without what was spent or is past its time.
pub async fn what_was_noted_is_told_with_what_is_left_of_it(db: &Database) {
    let (member, other) = (db.member(1).await, db.member(2).await);
    give(db, member, 1, credit(LotKind::Bonus, 100, 1)).await;
    give(db, member, 1, credit(LotKind::Bonus, 10, 2)).await;
    give(db, member, 1, credit(LotKind::Bonus, 1_000, 2)).await;
    give(db, member, 1, credit(LotKind::Bonus, 7, 30)).await;
    give(db, other, 1, credit(LotKind::Bonus, 5, 1)).await;
    let now = make::time(50);
    assert_eq!(note(db, member, now, 3).await, 3);
    assert_eq!(told(db, member, now, now).await, [100, 1_010]);
    assert_eq!(told(db, other, now, now).await, [0; 0]);
    assert_eq!(told(db, member, make::time(51), now).await, [0; 0]);

    spend(db, member, "A1", 30).await;
    assert_eq!(told(db, member, now, now).await, [70, 1_010]);
    let later = make::time(1) + TimeDelta::days(1);
    assert_eq!(told(db, member, now, later).await, [1_010]);
}

/// What comes later has a note of its own, and what was noted keeps the first.
pub async fn a_lot_is_noted_once(db: &Database) {
    let member = db.member(1).await;
    give(db, member, 1, credit(LotKind::Bonus, 100, 2)).await;
    let (first, second) = (make::time(50), make::time(60));
    assert_eq!(note(db, member, first, 3).await, 1);
    assert_eq!(note(db, member, second, 3).await, 0);
    give(db, member, 55, credit(LotKind::Bonus, 7, 1)).await;
    assert_eq!(note(db, member, second, 3).await, 1);
    assert_eq!(told(db, member, first, second).await, [100]);
    assert_eq!(told(db, member, second, second).await, [7]);
}

/// A note lasts with its unit.
pub async fn a_note_of_a_dropped_unit_was_never_made(db: &Database) {
    let member = db.member(1).await;
    give(db, member, 1, credit(LotKind::Bonus, 100, 2)).await;
    let now = make::time(50);
    let mut unit = db.begin().await;
    unit.points().hold(member).await.expect("the store answers");
    let soon = now + TimeDelta::days(3);
    let noted = unit.points().note_told(member, (now, soon)).await.expect("the store answers");
    assert_eq!(noted, 1);
    drop(unit);
    assert_eq!(untold(db, now, 3).await, [member]);
    assert_eq!(note(db, member, now, 3).await, 1);
}

/// Each account is on one page.
pub async fn accounts_are_listed_by_their_members(db: &Database) {
    let mut members = Vec::new();
    for n in [3, 1, 2] {
        members.push(db.member(n).await);
        give(db, members[members.len() - 1], 1, credit(LotKind::Bonus, 1, 1)).await;
    }
    members.sort();
    let first = db.points.accounts(None, 2).await.expect("the store answers");
    let second = db.points.accounts(first.last().copied(), 2).await.expect("the store answers");
    assert_eq!([first, second].concat(), members);
}

/// The totals are those of the entries without anybody adding them up.
pub async fn totals_follow_the_entries(db: &Database) {
    let member = db.member(1).await;
    give(db, member, 1, credit(LotKind::Bonus, 100, 1)).await;
    let back = give(db, member, 1, credit(LotKind::Bonus, 7, 30)).await;
    spend(db, member, "A1", 60).await;
    change(db, member, |account| account.take_back(back.id, stamp(make::time(62)))).await;
    let late = make::time(1) + TimeDelta::days(2);
    change(db, member, |account| Ok(account.expire(stamp(late)))).await;
    let expected = Totals { available: 0, accumulated: 100, used: 60, expired: 40 };
    assert_eq!(db.points.totals(member).await.expect("the store answers"), Some(expected));
    let audit = db.begin().await.points().audit(member).await.expect("the store answers");
    assert_eq!(audit, (expected, Some(expected)));
}

/// Totals that are wrong can be put right, by who holds the account.
pub async fn totals_can_be_kept_anew(db: &Database) {
    let member = db.member(1).await;
    give(db, member, 1, credit(LotKind::Bonus, 100, 1)).await;
    let wrong = Totals { available: -1, accumulated: 2, used: 3, expired: 4 };
    let stale = held(db, member).await;
    let mut unit = db.begin().await;
    let account = unit.points().hold(member).await.expect("the store answers");
    let account = account.expect("the member is known");
    unit.points().correct(&account, wrong).await.expect("it is written");
    unit.commit().await.expect("the unit commits");
    assert_eq!(db.points.totals(member).await.expect("the store answers"), Some(wrong));
    let mut unit = db.begin().await;
    let end = match unit.points().correct(&stale, Totals::default()).await {
        Ok(()) => unit.commit().await,
        refused => refused,
    };
    assert_eq!(kind(end), Some(StoreErrorKind::Conflict));
}
