//! Many who change the same points at once: nothing is lost, nothing is spent twice.
//!
//! Everybody stands in a process of their own and behind a lock that keeps nobody out: what holds is
//! the database's own guard.

use std::{future::Future, sync::Arc};

use castad_domain::{
    model::{
        Answer, Credit, EntryKind, Fingerprint, GivenBack, IdempotencyKey, Lot, LotKind, MemberId,
        PointsRefusal, Stamp, Totals, Usage,
    },
    usecase::{
        Accumulate, BooksError, ExpireLots, GuardError, Recall, Receipt, ReconcileAll, UsePoints,
    },
};
use chrono::TimeDelta;
use futures_util::future::join_all;
use tokio::sync::Barrier;

use crate::{
    Books, Database,
    points_orders::{order, refusal},
};

/// `races_points_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! races_points_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { races_points audited {
            twenty_uses_of_what_ten_can_have
            a_hundred_uses_of_what_is_there_for_all
            who_decides_on_what_was_read_before_is_refused
            uses_of_several_lots_take_each_point_once
            uses_and_cancellations_leave_what_was_there
            gifts_near_the_limit_do_not_pass_it
            first_gifts_open_one_account
            a_use_that_is_sent_ten_times_is_carried_out_once
            a_charge_that_is_sent_three_hundred_times_comes_once
            a_use_comes_back_once
            points_past_their_time_are_spent_or_lost_and_never_both
            points_are_taken_back_or_spent_and_never_both
            members_who_hand_over_to_each_other_do_not_wait_for_ever
            whatever_happens_the_books_agree
        } $($fresh)+ }
    };
}

type Refused = BooksError<PointsRefusal>;

/// How it ended for each of many who do something at once, each in a process of their own.
async fn at_once<T, F>(books: &Books, many: usize, act: impl Fn(Books, usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let start = Arc::new(Barrier::new(many));
    let tasks = (0..many).map(|n| {
        let (acting, start) = (act(books.elsewhere(), n), Arc::clone(&start));
        tokio::spawn(async move {
            start.wait().await;
            acting.await
        })
    });
    let ends = join_all(tasks).await.into_iter();
    ends.map(|end| end.expect("nobody panics")).collect()
}

fn done<T>(ends: &[Result<T, Refused>]) -> usize {
    ends.iter().filter(|end| end.is_ok()).count()
}

/// Why the others were refused, once each reason.
fn reasons<T>(ends: Vec<Result<T, Refused>>) -> Vec<PointsRefusal> {
    let mut reasons: Vec<_> = ends.into_iter().filter_map(refusal).collect();
    reasons.dedup();
    reasons
}

async fn spend_at_once(
    books: &Books,
    member: MemberId,
    many: usize,
    amount: i64,
) -> Vec<Result<Usage, Refused>> {
    at_once(
        books,
        many,
        |books, n| async move { books.spend(member, &format!("A{n}"), amount).await },
    )
    .await
}

/// Twenty ask for a tenth each: ten get it, ten are told that nothing is left.
pub async fn twenty_uses_of_what_ten_can_have(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.bonus(member, 10_000).await;
    let ends = spend_at_once(&books, member, 20, 1_000).await;
    assert_eq!(done(&ends), 10);
    assert_eq!(reasons(ends), [PointsRefusal::Insufficient { available: 0 }]);
    assert_eq!(books.available(member).await, 0);
    assert!(books.told(member).await.iter().all(|(_, _, balance)| *balance >= 0));
}

/// Nobody is refused where there is enough for everybody.
pub async fn a_hundred_uses_of_what_is_there_for_all(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.bonus(member, 100_000).await;
    let ends = spend_at_once(&books, member, 100, 500).await;
    assert_eq!(done(&ends), 100);
    assert_eq!(books.available(member).await, 50_000);
}

/// All read the same balance, then all write without holding it meanwhile: one is in time, and what
/// the others decided is refused rather than written over it.
pub async fn who_decides_on_what_was_read_before_is_refused(db: &Database) {
    const MANY: usize = 20;
    let (member, books) = (db.member(1).await, Books::of(db));
    books.bonus(member, 100_000).await;
    let read = Arc::new(Barrier::new(MANY));
    let ends = at_once(&books, MANY, |books, n| {
        let read = Arc::clone(&read);
        async move {
            let ports = &books.ports;
            let mut unit = ports.store.begin().await?;
            let account = unit.points().hold(member).await?;
            drop(unit);
            let mut account = account.expect("the member is known");
            read.wait().await;

            let ids = || ports.ids.next();
            let stamp = Stamp { at: books.now(), ids: &ids };
            let spent = account.spend(order(&format!("A{n}")), 500, stamp);
            spent.map_err(BooksError::Refused)?;
            let mut unit = ports.store.begin().await?;
            unit.points().write(&account).await?;
            unit.commit().await?;
            Ok::<_, Refused>(())
        }
    })
    .await;
    assert_eq!(done(&ends), 1);
    assert_eq!(books.available(member).await, 99_500);
}

/// However the points lie in lots, all of them are spent and none twice.
pub async fn uses_of_several_lots_take_each_point_once(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    for _ in 0..5 {
        books.bonus(member, 2_000).await;
    }
    let ends = spend_at_once(&books, member, 11, 1_000).await;
    assert_eq!(done(&ends), 10);
    assert_eq!(books.available(member).await, 0);
    let mut taken = std::collections::BTreeMap::new();
    for part in ends.iter().flatten().flat_map(|usage| &usage.details) {
        *taken.entry(part.lot).or_insert(0) += part.amount;
    }
    assert_eq!(taken.into_values().collect::<Vec<_>>(), [2_000; 5]);
}

/// What comes back can be spent by who comes next, and nothing goes astray between them.
pub async fn uses_and_cancellations_leave_what_was_there(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.bonus(member, 10_000).await;
    let first = books.spend(member, "A0", 5_000).await.expect("they are there");
    let (first, books) = (Arc::new(first), books);
    let ends = at_once(&books, 2, |books, n| {
        let first = Arc::clone(&first);
        async move {
            match n {
                0 => books.cancel(&first, None).await.map(|back| back.amount),
                _ => books.spend(member, "A1", 5_000).await.map(|usage| usage.amount),
            }
        }
    })
    .await;
    assert_eq!(done(&ends), 2);
    assert_eq!(books.available(member).await, 5_000);
}

/// As many get in as there is room for, to the point.
pub async fn gifts_near_the_limit_do_not_pass_it(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.limit_balance(member, 500_000).await;
    books.bonus(member, 100_000).await;
    let ends = at_once(&books, 10, |books, _| async move {
        books.give(member, LotKind::Bonus, 100_000, 365).await
    })
    .await;
    assert_eq!(done(&ends), 4);
    let full = PointsRefusal::BalanceLimit { balance: 500_000, most: 500_000 };
    assert_eq!(reasons(ends), [full]);
    assert_eq!(books.available(member).await, 500_000);
}

/// Who never had points gets all that come at once, in one account.
pub async fn first_gifts_open_one_account(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    let ends = at_once(&books, 10, |books, _| async move {
        books.give(member, LotKind::Bonus, 100, 365).await
    })
    .await;
    assert_eq!(done(&ends), 10);
    assert_eq!(books.available(member).await, 1_000);
    let accounts = db.points.accounts(None, 10).await.expect("the store answers");
    assert_eq!(accounts, [member]);
}

fn key() -> IdempotencyKey {
    IdempotencyKey::parse("k1").expect("a plain key is taken")
}

const PRINT: Fingerprint = Fingerprint([1; 32]);

fn told<T>(body: impl Fn(&T) -> String) -> impl Fn(&T) -> Answer {
    move |value| Answer { status: 201, location: None, body: body(value) }
}

/// What the caller is told: what is kept, where the request was not carried out again.
async fn answer<T>(
    books: &Books,
    member: MemberId,
    end: Result<T, Refused>,
    body: impl Fn(&T) -> String,
) -> String {
    if let Ok(value) = &end {
        return body(value);
    }
    let kept = Recall::new(&books.ports).run(member, &key(), PRINT).await;
    kept.expect("the store answers").expect("an answer is kept").body
}

/// One request that arrives ten times has one effect and one answer.
pub async fn a_use_that_is_sent_ten_times_is_carried_out_once(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.bonus(member, 10_000).await;
    let answers = at_once(&books, 10, |books, _| async move {
        let body = |usage: &Usage| usage.id.to_string();
        let rendering = told(body);
        let receipt = Receipt { key: key(), fingerprint: PRINT, answer: &rendering };
        let spending = UsePoints::new(&books.ports);
        let end = spending.run(member, &order("A1"), 1_000, Some(receipt)).await;
        answer(&books, member, end, body).await
    })
    .await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(books.available(member).await, 9_000);
}

/// So has a charge, though nothing but the request's name tells the three hundred apart.
pub async fn a_charge_that_is_sent_three_hundred_times_comes_once(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    let answers = at_once(&books, 300, |books, _| async move {
        let body = |lot: &Lot| lot.id.to_string();
        let rendering = told(body);
        let receipt = Receipt { key: key(), fingerprint: PRINT, answer: &rendering };
        let credit = Credit { kind: LotKind::Bonus, amount: 500, lifetime: None, source: None };
        let giving = Accumulate::new(&books.ports);
        let end = giving.run(member, member, credit, Some(receipt)).await;
        answer(&books, member, end, body).await
    })
    .await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(books.available(member).await, 500);
}

/// Of two who cancel a use whole one does; of many who cancel parts no more than all comes back.
pub async fn a_use_comes_back_once(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.bonus(member, 10_000).await;
    let whole = Arc::new(books.spend(member, "A1", 1_000).await.expect("they are there"));
    let ends = at_once(&books, 2, |books, _| {
        let usage = Arc::clone(&whole);
        async move { books.cancel(&usage, None).await }
    })
    .await;
    assert_eq!(done(&ends), 1);
    assert_eq!(reasons(ends), [PointsRefusal::AlreadyCanceled]);

    let parts = Arc::new(books.spend(member, "A2", 1_000).await.expect("they are there"));
    let ends = at_once(&books, 10, |books, _| {
        let usage = Arc::clone(&parts);
        async move { books.cancel(&usage, Some(300)).await }
    })
    .await;
    assert_eq!(done(&ends), 3);
    let back: i64 = ends.iter().flatten().map(|back: &GivenBack| back.amount).sum();
    assert_eq!(back, 900);
    assert_eq!(reasons(ends), [PointsRefusal::ExceedsUsage { remaining: 100 }]);
    assert_eq!(books.available(member).await, 9_900);
}

/// The batch comes while somebody spends what is past its time only by the batch's clock, not
/// theirs: the points are spent, or they are lost.
pub async fn points_past_their_time_are_spent_or_lost_and_never_both(db: &Database) {
    for n in 1..=10 {
        let (member, books) = (db.member(n).await, Books::of(db));
        let day = TimeDelta::days(1);
        books.give(member, LotKind::Bonus, 1_000, 1).await.expect("it is allowed");
        let ahead = Books::of(db);
        ahead.pass(day);
        let ahead = Arc::new(ahead);
        let ends = at_once(&books, 2, |books, turn| {
            let ahead = Arc::clone(&ahead);
            async move {
                match turn {
                    0 => ExpireLots::new(&ahead.ports).run(None).await,
                    _ => books.spend(member, "A1", 1_000).await.map(|usage| usage.amount),
                }
            }
        })
        .await;
        let lost = *ends[0].as_ref().expect("the batch ends");
        let spent = ends[1].as_ref().map_or(0, |spent| *spent);
        assert_eq!(lost + spent, 1_000, "lost {lost}, spent {spent}");
        assert_eq!(books.available(member).await, 0);
    }
}

/// Who takes back and who spends cannot both have their way.
pub async fn points_are_taken_back_or_spent_and_never_both(db: &Database) {
    for n in 1..=10 {
        let (member, books) = (db.member(n).await, Books::of(db));
        let lot = Arc::new(books.bonus(member, 1_000).await);
        let ends = at_once(&books, 2, |books, turn| {
            let lot = Arc::clone(&lot);
            async move {
                match turn {
                    0 => books.take_back(&lot).await.map(|_| ()),
                    _ => books.spend(member, "A1", 400).await.map(|_| ()),
                }
            }
        })
        .await;
        let left = match (&ends[0], &ends[1]) {
            (Ok(()), Err(_)) => 0,
            (Err(_), Ok(())) => 600,
            other => panic!("one of them has their way: {other:?}"),
        };
        assert_eq!(books.available(member).await, left);
    }
}

/// Fifty each way: all go through, and there are as many points as before.
pub async fn members_who_hand_over_to_each_other_do_not_wait_for_ever(db: &Database) {
    let (one, other, books) = (db.member(1).await, db.member(2).await, Books::of(db));
    books.bonus(one, 10_000).await;
    books.bonus(other, 10_000).await;
    let ends = at_once(&books, 100, |books, n| async move {
        let (from, to) = if n % 2 == 0 { (one, other) } else { (other, one) };
        books.hand_over(from, to, 100).await
    })
    .await;
    assert_eq!(done(&ends), 100);
    assert_eq!((books.available(one).await, books.available(other).await), (10_000, 10_000));
}

/// A number that follows from the one before; what it is does not matter, only that it is the same
/// every time.
fn stir(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

/// One of sixteen who do whatever comes to their mind.
async fn work(books: Books, n: usize, members: [MemberId; 3]) {
    let mut seed = 42 + n as u64;
    let mut mine: Vec<Usage> = Vec::new();
    for step in 0..12 {
        let member = members[usize::try_from(stir(&mut seed) % 3).unwrap_or(0)];
        let other = members[usize::try_from(stir(&mut seed) % 3).unwrap_or(0)];
        let amount = 1 + i64::try_from(stir(&mut seed) % 400).unwrap_or(0);
        let end: Result<(), Refused> = match stir(&mut seed) % 7 {
            0 => books.give(member, LotKind::Manual, amount, 1).await.map(|_| ()),
            1 => books.give(member, LotKind::Bonus, amount, 30).await.map(|_| ()),
            2 | 3 => {
                let spent = books.spend(member, &format!("A{n}-{step}"), amount).await;
                spent.map(|usage| mine.push(usage))
            }
            4 => match mine.pop() {
                Some(usage) => books.cancel(&usage, None).await.map(|_| ()),
                None => Ok(()),
            },
            5 => books.hand_over(member, other, amount).await.map(|_| ()),
            _ => match books.give(member, LotKind::Bonus, amount, 30).await {
                Ok(lot) => books.take_back(&lot).await.map(|_| ()),
                Err(error) => Err(error),
            },
        };
        match end {
            // The day that passes ends every lease.
            Ok(()) | Err(BooksError::Refused(_) | BooksError::Busy(GuardError::Lost)) => {}
            Err(fault) => panic!("{fault}"),
        }
        if step == 6 && n == 0 {
            books.pass(TimeDelta::days(1));
            let expired = ExpireLots::new(&books.ports).run(None).await;
            assert!(expired.is_ok(), "{expired:?}");
        }
    }
}

/// Sixteen do whatever there is to do: entries, lots, accounts and totals tell the same afterwards.
pub async fn whatever_happens_the_books_agree(db: &Database) {
    let books = Books::of(db);
    let began = books.now();
    let members = [db.member(1).await, db.member(2).await, db.member(3).await];
    for member in members {
        books.bonus(member, 1_000).await;
    }
    at_once(&books, 16, |books, n| work(books, n, members)).await;
    ExpireLots::new(&books.ports).run(None).await.expect("the store answers");
    let found = ReconcileAll::new(&books.ports).run(None).await.expect("the store answers");
    assert!(found.iter().all(|(_, found)| found.name() == "matched"), "{found:?}");

    for member in members {
        let mut unit = db.begin().await;
        let account = unit.points().hold(member).await.expect("the store answers");
        let account = account.expect("the member is known");
        let (sums, kept) = unit.points().audit(member).await.expect("the store answers");
        drop(unit);
        let told = books.told(member).await;
        let mut balance = 0;
        for (kind, amount, after) in &told {
            balance += amount;
            assert_eq!(balance, *after, "{kind:?} {amount}: {told:?}");
        }
        assert_eq!(Some(sums), kept);
        let Totals { available, accumulated, used, expired } = sums;
        assert_eq!(available, accumulated - used - expired);
        assert_eq!([account.balance(), account.recorded(), available], [balance; 3]);
        assert_eq!(books.available(member).await, balance);
        assert!(told.iter().any(|(kind, _, _)| *kind == EntryKind::Used), "{told:?}");
        assert!(account.lots().iter().all(|lot| (0..=lot.amount).contains(&lot.remaining)));
    }
    assert!(began < books.now(), "some points were past their time");
}
