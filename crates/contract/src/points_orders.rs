//! What is ordered of points, on a database: gifts, uses, cancellations, transfers, and what is done
//! at night.

use castad_domain::{
    model::{
        Answer, Cancellation, Credit, EntryKind, EventSeq, Fingerprint, GivenBack, IdempotencyKey,
        Lot, LotId, LotKind, MemberId, OrderNumber, PointsRefusal, Reconciled, Totals, Usage,
    },
    port::HistoryPage,
    usecase::{
        Accumulate, BooksError, CancelAccumulation, CancelUsage, ExpireLots, Recall, Receipt,
        ReconcileAll, ReconcilePoints, RefundOrder, TransferOrder, TransferPoints, UsePoints,
    },
};
use chrono::TimeDelta;

use crate::{Books, Database, make};

/// `points_orders_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! points_orders_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { points_orders audited {
            points_are_given_within_the_limits
            a_lower_limit_takes_nothing_from_anybody
            nobody_gives_to_who_is_no_member
            an_order_is_paid_once
            a_use_of_several_lots_comes_back_in_parts
            what_an_admin_gave_is_spent_first_even_when_it_came_back
            an_order_that_came_to_nothing_is_refunded_once
            only_untouched_points_are_taken_back
            what_is_past_its_time_is_written_off_for_everybody
            a_change_writes_off_what_is_past_its_time_first
            points_that_go_over_stay_what_they_were
            every_change_is_told_in_the_members_log
            the_answer_is_kept_with_the_change
            totals_that_are_wrong_are_put_right
        } $($fresh)+ }
    };
}

type Refused = BooksError<PointsRefusal>;

pub(crate) fn order(text: &str) -> OrderNumber {
    OrderNumber::parse(text).expect("a plain number is taken")
}

/// Why the books do not allow it.
pub(crate) fn refusal<T>(end: Result<T, Refused>) -> Option<PointsRefusal> {
    match end {
        Err(BooksError::Refused(refusal)) => Some(refusal),
        Err(other) => panic!("{other}"),
        Ok(_) => None,
    }
}

impl Books {
    pub(crate) async fn give(
        &self,
        to: MemberId,
        kind: LotKind,
        amount: i64,
        days: i64,
    ) -> Result<Lot, Refused> {
        let lifetime = Some(TimeDelta::days(days));
        let credit = Credit { kind, amount, lifetime, source: None };
        Accumulate::new(&self.ports).run(to, to, credit, None).await
    }

    pub(crate) async fn bonus(&self, to: MemberId, amount: i64) -> Lot {
        self.give(to, LotKind::Bonus, amount, 365).await.expect("the limits allow it")
    }

    pub(crate) async fn spend(
        &self,
        member: MemberId,
        on: &str,
        amount: i64,
    ) -> Result<Usage, Refused> {
        UsePoints::new(&self.ports).run(member, &order(on), amount, None).await
    }

    pub(crate) async fn cancel(
        &self,
        usage: &Usage,
        amount: Option<i64>,
    ) -> Result<GivenBack, Refused> {
        let wanted = Cancellation { amount, reason: None };
        CancelUsage::new(&self.ports).run(usage.member, usage.id, &wanted, None).await
    }

    pub(crate) async fn take_back(&self, lot: &Lot) -> Result<Lot, Refused> {
        CancelAccumulation::new(&self.ports).run(lot.member, lot.id, None).await
    }

    pub(crate) async fn hand_over(
        &self,
        from: MemberId,
        to: MemberId,
        amount: i64,
    ) -> Result<Vec<Lot>, Refused> {
        let order = TransferOrder { by: from.into(), from, to, amount };
        Ok(TransferPoints::new(&self.ports).run(order, None).await?.lots)
    }

    pub(crate) async fn available(&self, of: MemberId) -> i64 {
        let now = self.now();
        self.ports.points.balance(of, now, now).await.expect("the store answers").available
    }

    pub(crate) async fn told(&self, of: MemberId) -> Vec<(EntryKind, i64, i64)> {
        let page = HistoryPage { limit: 1_000, after: None, order: None };
        let entries = self.ports.points.history(of, page).await.expect("the store answers");
        entries.iter().rev().map(|e| (e.kind, e.amount, e.balance)).collect()
    }

    async fn left(&self, lot: LotId) -> i64 {
        let lot = self.ports.points.lot(lot).await.expect("the store answers");
        lot.expect("it is there").remaining
    }
}

/// Each kind has amounts and all have lifetimes; what is outside is refused with the bounds.
pub async fn points_are_given_within_the_limits(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    let lot = books.give(member, LotKind::Charge, 1_000_000, 1_824).await.expect("it is allowed");
    assert_eq!(lot.expires_at, books.now() + TimeDelta::days(1_824));
    let usual = Credit { kind: LotKind::Manual, amount: 1, lifetime: None, source: None };
    let lot = Accumulate::new(&books.ports).run(member, member, usual, None).await;
    assert_eq!(lot.expect("it is allowed").expires_at, books.now() + TimeDelta::days(365));

    let bounds = |least, most, step| PointsRefusal::Amount { least, most, step };
    let refused = refusal(books.give(member, LotKind::Charge, 1_500, 10).await);
    assert_eq!(refused, Some(bounds(1_000, 1_000_000, 1_000)));
    let refused = refusal(books.give(member, LotKind::Bonus, 100_001, 10).await);
    assert_eq!(refused, Some(bounds(1, 100_000, 1)));
    let refused = refusal(books.give(member, LotKind::Bonus, 1, 1_825).await);
    assert_eq!(refused, Some(PointsRefusal::Lifetime { least_days: 1, most_days: 1_824 }));
    let refused = refusal(books.give(member, LotKind::Reissue, 1, 10).await);
    assert_eq!(refused, Some(PointsRefusal::NotGiven));
    assert_eq!(books.available(member).await, 1_000_001);
}

/// Who has more than a new limit allows keeps it, spends it, and gets no more.
pub async fn a_lower_limit_takes_nothing_from_anybody(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.bonus(member, 1_000).await;
    books.limit_balance(member, 1_000).await;
    let full = Some(PointsRefusal::BalanceLimit { balance: 1_000, most: 1_000 });
    assert_eq!(refusal(books.give(member, LotKind::Bonus, 1, 10).await), full);
    books.limit_balance(member, 500).await;
    let usage = books.spend(member, "A1", 900).await.expect("they are there");
    books.cancel(&usage, None).await.expect("what was spent comes back, limit or not");
    assert_eq!(books.available(member).await, 1_000);
    books.spend(member, "A2", 900).await.expect("they are there");
    books.give(member, LotKind::Bonus, 400, 10).await.expect("there is room again");
}

/// Points are members'.
pub async fn nobody_gives_to_who_is_no_member(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    let stranger = MemberId::from_bits(make::bits(2));
    let nobody = Some(PointsRefusal::NoSuchMember);
    assert_eq!(refusal(books.give(stranger, LotKind::Bonus, 1, 10).await), nobody);
    books.bonus(member, 10).await;
    assert_eq!(refusal(books.hand_over(member, stranger, 1).await), nobody);
    assert_eq!(books.available(member).await, 10);
}

/// A second payment of an order is refused as that, be there enough points or not.
pub async fn an_order_is_paid_once(db: &Database) {
    let (member, other, books) = (db.member(1).await, db.member(2).await, Books::of(db));
    for who in [member, other] {
        books.bonus(who, 100).await;
        books.spend(who, "A1", 60).await.expect("they are there");
    }
    for amount in [60, 1] {
        let used = refusal(books.spend(member, "A1", amount).await);
        assert_eq!(used, Some(PointsRefusal::OrderNumberUsed));
    }
    let few = refusal(books.spend(member, "A2", 41).await);
    assert_eq!(few, Some(PointsRefusal::Insufficient { available: 40 }));
}

/// 1,200 of 1,000 and 500 are spent; when 1,100 come back, the first 1,000 are past their time.
pub async fn a_use_of_several_lots_comes_back_in_parts(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    let a = books.give(member, LotKind::Bonus, 1_000, 10).await.expect("it is allowed");
    let b = books.give(member, LotKind::Bonus, 500, 20).await.expect("it is allowed");
    let usage = books.spend(member, "A1234", 1_200).await.expect("they are there");
    assert_eq!((books.left(a.id).await, books.left(b.id).await), (0, 300));

    books.pass(TimeDelta::days(11));
    assert_eq!(books.available(member).await, 300);
    let back = books.cancel(&usage, Some(1_100)).await.expect("it may come back");
    assert_eq!((back.amount, back.usage.remaining()), (1_100, 100));
    assert_eq!((books.left(a.id).await, books.left(b.id).await), (0, 400));
    let new = back.restored[0].lot;
    assert_eq!((books.left(new).await, books.available(member).await), (1_000, 1_400));

    let refused = refusal(books.cancel(&usage, Some(101)).await);
    assert_eq!(refused, Some(PointsRefusal::ExceedsUsage { remaining: 100 }));
    books.cancel(&usage, None).await.expect("the rest may come back");
    let refused = refusal(books.cancel(&usage, None).await);
    assert_eq!(refused, Some(PointsRefusal::AlreadyCanceled));
    assert_eq!(books.available(member).await, 1_500);
}

/// A new lot for one of an admin's is spent in its turn.
pub async fn what_an_admin_gave_is_spent_first_even_when_it_came_back(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.give(member, LotKind::Manual, 100, 1).await.expect("it is allowed");
    let usage = books.spend(member, "A1", 100).await.expect("they are there");
    let soon = books.give(member, LotKind::Bonus, 100, 3).await.expect("it is allowed");
    books.pass(TimeDelta::days(2));
    let back = books.cancel(&usage, None).await.expect("it may come back");
    assert!(back.restored[0].reissued);
    let next = books.spend(member, "A2", 150).await.expect("they are there");
    let taken: Vec<_> = next.details.iter().map(|part| (part.lot, part.amount)).collect();
    assert_eq!(taken, [(back.restored[0].lot, 100), (soon.id, 50)]);
}

/// However often it is asked, what was spent comes back once.
pub async fn an_order_that_came_to_nothing_is_refunded_once(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.bonus(member, 1_000).await;
    let usage = books.spend(member, "A1-song", 500).await.expect("they are there");
    books.cancel(&usage, Some(200)).await.expect("it may come back");
    let refund = RefundOrder::new(&books.ports);
    let order = order("A1-song");
    assert_eq!(refund.run(member, &order).await.expect("it is known"), 300);
    assert_eq!(refund.run(member, &order).await.expect("it is known"), 0);
    let never = crate::points_orders::order("A2-song");
    assert_eq!(refund.run(member, &never).await.expect("it is known"), 0);
    assert_eq!(books.available(member).await, 1_000);
}

/// One point that is spent keeps the whole from being taken back, until it is back.
pub async fn only_untouched_points_are_taken_back(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    let lot = books.bonus(member, 100).await;
    let usage = books.spend(member, "A1", 1).await.expect("they are there");
    let refused = refusal(books.take_back(&lot).await);
    assert_eq!(refused, Some(PointsRefusal::LotInUse { used: 1 }));
    books.cancel(&usage, None).await.expect("it may come back");
    books.take_back(&lot).await.expect("it is as it came");
    assert_eq!(refusal(books.take_back(&lot).await), Some(PointsRefusal::AlreadyCanceled));
    assert_eq!(books.available(member).await, 0);

    let short = books.give(member, LotKind::Bonus, 1, 1).await.expect("it is allowed");
    books.pass(TimeDelta::days(1));
    assert_eq!(refusal(books.take_back(&short).await), Some(PointsRefusal::LotExpired));
    let unknown = Lot { id: LotId::from_bits(make::bits(77)), ..short };
    assert_eq!(refusal(books.take_back(&unknown).await), Some(PointsRefusal::NoSuchLot));
}

/// All members lose what is past its time, and once.
pub async fn what_is_past_its_time_is_written_off_for_everybody(db: &Database) {
    let (mut members, books) = (Vec::new(), Books::of(db));
    for n in 1..=5 {
        let member = db.member(n).await;
        books.give(member, LotKind::Bonus, 100, 1).await.expect("it is allowed");
        books.give(member, LotKind::Bonus, 7, 9).await.expect("it is allowed");
        members.push(member);
    }
    let expire = ExpireLots::new(&books.ports);
    assert_eq!(expire.run(None).await.expect("the store answers"), 0);
    books.pass(TimeDelta::days(1));
    assert_eq!(expire.run(None).await.expect("the store answers"), 500);
    assert_eq!(expire.run(None).await.expect("the store answers"), 0);
    for member in members {
        assert_eq!(books.available(member).await, 7);
        assert_eq!(books.told(member).await.last(), Some(&(EntryKind::Expired, -100, 7)));
    }
}

/// Every balance that is written down is what could be spent at the time.
pub async fn a_change_writes_off_what_is_past_its_time_first(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.give(member, LotKind::Bonus, 100, 1).await.expect("it is allowed");
    books.give(member, LotKind::Bonus, 50, 9).await.expect("it is allowed");
    books.pass(TimeDelta::days(2));
    let few = refusal(books.spend(member, "A1", 51).await);
    assert_eq!(few, Some(PointsRefusal::Insufficient { available: 50 }));
    books.spend(member, "A1", 20).await.expect("they are there");
    let told = books.told(member).await;
    assert_eq!(told[2..], [(EntryKind::Expired, -100, 50), (EntryKind::Used, -20, 30)]);
    let none = ExpireLots::new(&books.ports).run(None).await;
    assert_eq!(none.expect("the store answers"), 0);
}

/// What is handed over expires with what it was of, and is spent in its turn.
pub async fn points_that_go_over_stay_what_they_were(db: &Database) {
    let (from, to, books) = (db.member(2).await, db.member(1).await, Books::of(db));
    let manual = books.give(from, LotKind::Manual, 100, 20).await.expect("it is allowed");
    let charge = books.give(from, LotKind::Charge, 1_000, 10).await.expect("it is allowed");
    let lots = books.hand_over(from, to, 300).await.expect("they are there");
    let told = |lot: &Lot| (lot.origin, lot.kind, lot.manual, lot.amount, lot.expires_at);
    assert_eq!(
        lots.iter().map(told).collect::<Vec<_>>(),
        [
            (Some(manual.id), LotKind::Manual, true, 100, manual.expires_at),
            (Some(charge.id), LotKind::Charge, false, 200, charge.expires_at),
        ]
    );
    assert_eq!((books.available(from).await, books.available(to).await), (800, 300));
    books.hand_over(to, from, 300).await.expect("they are there");
    let few = refusal(books.hand_over(to, from, 1).await);
    assert_eq!(few, Some(PointsRefusal::Insufficient { available: 0 }));
    assert_eq!(refusal(books.hand_over(to, to, 1).await), Some(PointsRefusal::SameMember));
    books.limit_balance(from, 50).await;
    let full = refusal(books.hand_over(from, to, 51).await);
    assert_eq!(full, Some(PointsRefusal::BalanceLimit { balance: 0, most: 50 }));
    assert_eq!((books.available(from).await, books.available(to).await), (1_100, 0));
}

/// Each change appends what happened to the log of each member whom it concerns.
pub async fn every_change_is_told_in_the_members_log(db: &Database) {
    let (member, other, books) = (db.member(1).await, db.member(2).await, Books::of(db));
    let lot = books.bonus(member, 10).await;
    books.take_back(&lot).await.expect("it is as it came");
    books.give(member, LotKind::Bonus, 100, 1).await.expect("it is allowed");
    let usage = books.spend(member, "A1", 60).await.expect("they are there");
    books.cancel(&usage, Some(10)).await.expect("it may come back");
    books.hand_over(member, other, 5).await.expect("they are there");
    books.pass(TimeDelta::days(1));
    ExpireLots::new(&books.ports).run(None).await.expect("the store answers");
    let log = async |of| {
        let events = books.ports.events.events(of, None, EventSeq(0), 100).await;
        let events = events.expect("the log answers");
        events.iter().map(|event| event.kind.name()).collect::<Vec<_>>()
    };
    assert_eq!(
        log(member).await,
        [
            "points.accumulated",
            "points.accumulation_canceled",
            "points.accumulated",
            "points.used",
            "points.use_canceled",
            "points.transferred",
            "points.expired",
        ]
    );
    assert_eq!(log(other).await, ["points.transferred", "points.expired"]);
}

/// Who names a request finds its answer, and only where it was carried out.
pub async fn the_answer_is_kept_with_the_change(db: &Database) {
    let (member, books) = (db.member(1).await, Books::of(db));
    books.bonus(member, 100).await;
    let answer =
        |usage: &Usage| Answer { status: 201, location: None, body: usage.amount.to_string() };
    let key = IdempotencyKey::parse("k1").expect("a plain key is taken");
    let print = Fingerprint([1; 32]);
    let spending = UsePoints::new(&books.ports);
    let spend = async |amount| {
        let receipt = Receipt { key: key.clone(), fingerprint: print, answer: &answer };
        spending.run(member, &order("A1"), amount, Some(receipt)).await
    };
    let recall = Recall::new(&books.ports);
    assert!(refusal(spend(101).await).is_some());
    assert_eq!(recall.run(member, &key, print).await.expect("the store answers"), None);
    spend(60).await.expect("they are there");
    assert!(spend(60).await.is_err(), "it is not carried out again");
    let kept = recall.run(member, &key, print).await.expect("the store answers");
    assert_eq!(kept.map(|answer| answer.body).as_deref(), Some("60"));
    assert_eq!(books.available(member).await, 40);
}

/// What is kept beside the entries is compared with them, and made anew where it is not the same.
pub async fn totals_that_are_wrong_are_put_right(db: &Database) {
    let (member, idle, books) = (db.member(1).await, db.member(2).await, Books::of(db));
    let (one, all) = (ReconcilePoints::new(&books.ports), ReconcileAll::new(&books.ports));
    assert_eq!(one.run(None, idle).await.expect("the store answers"), Reconciled::Skipped);
    let stranger = MemberId::from_bits(make::bits(99));
    assert_eq!(one.run(None, stranger).await.expect("the store answers"), Reconciled::Skipped);
    books.bonus(member, 100).await;
    books.spend(member, "A1", 40).await.expect("they are there");
    assert_eq!(one.run(None, member).await.expect("the store answers"), Reconciled::Matched);

    let mut unit = db.begin().await;
    let account = unit.points().hold(member).await.expect("the store answers");
    let account = account.expect("the member is known");
    unit.points().correct(&account, Totals::default()).await.expect("it is written");
    unit.commit().await.expect("the unit commits");
    let found = all.run(None).await.expect("the store answers");
    assert_eq!(found, [(member, Reconciled::Corrected)]);
    let right = Totals { available: 60, accumulated: 100, used: 40, expired: 0 };
    let kept = books.ports.points.totals(member).await.expect("the store answers");
    assert_eq!(kept, Some(right));
    let found = all.run(None).await.expect("the store answers");
    assert_eq!(found, [(member, Reconciled::Matched)]);
}
