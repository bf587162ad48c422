use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

fn day(n: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(n)
}

fn credit(kind: LotKind, amount: i64, lifetime: Option<TimeDelta>) -> Credit {
    Credit { kind, amount, lifetime, source: None }
}

/// A member's points, and a clock and ids beside them.
struct Desk {
    account: PointAccount,
    today: DateTime<Utc>,
    limits: PointLimits,
    ids: AtomicU64,
}

impl Desk {
    fn new() -> Self {
        Self::of(1)
    }

    fn of(member: u128) -> Self {
        let member = MemberId::from_bits(member);
        let account = PointAccount::restore(member, 0, SettingsVersion(0), 0, Vec::new());
        Self { account, today: day(0), limits: PointLimits::default(), ids: AtomicU64::new(1) }
    }

    fn with<T>(
        &mut self,
        change: impl FnOnce(&mut PointAccount, &PointLimits, Stamp<'_>) -> Result<T, PointsRefusal>,
    ) -> Result<T, PointsRefusal> {
        let ids = || u128::from(self.ids.fetch_add(1, Ordering::Relaxed));
        let stamp = Stamp { at: self.today, ids: &ids };
        change(&mut self.account, &self.limits, stamp)
    }

    fn give(&mut self, kind: LotKind, amount: i64, days: i64) -> LotId {
        let lifetime = Some(TimeDelta::days(days));
        let lot = self.with(|account, limits, stamp| {
            account.accumulate(credit(kind, amount, lifetime), (limits, stamp))
        });
        lot.expect("the limits allow it").id
    }

    fn spend(&mut self, amount: i64) -> Result<Usage, PointsRefusal> {
        let order = OrderNumber::parse("A1234").expect("a plain number");
        self.with(|account, _, stamp| account.spend(order, amount, stamp))
    }

    fn give_back(
        &mut self,
        usage: &Usage,
        amount: Option<i64>,
    ) -> Result<GivenBack, PointsRefusal> {
        self.with(|account, limits, stamp| {
            let wanted = Cancellation { amount, reason: None };
            account.give_back(usage, &wanted, (limits, stamp))
        })
    }

    fn expire(&mut self) -> i64 {
        let lost = self.with(|account, _, stamp| Ok(account.expire(stamp)));
        lost.expect("nothing is refused")
    }

    fn left(&self, lot: LotId) -> i64 {
        self.account.lots.iter().find(|kept| kept.id == lot).expect("it is there").remaining
    }

    fn told(&self) -> Vec<(EntryKind, i64, i64)> {
        let entries = self.account.changes.entries.iter();
        entries.map(|entry| (entry.kind, entry.amount, entry.balance)).collect()
    }
}

fn taken(usage: &Usage) -> Vec<(LotId, i64)> {
    usage.details.iter().map(|detail| (detail.lot, detail.amount)).collect()
}

#[test]
fn what_an_admin_gave_is_spent_first_then_what_expires_next_then_the_oldest() {
    let mut desk = Desk::new();
    let late = desk.give(LotKind::Charge, 1_000, 30);
    let old = desk.give(LotKind::Bonus, 100, 10);
    let young = desk.give(LotKind::Bonus, 100, 10);
    let manual_late = desk.give(LotKind::Manual, 100, 300);
    let manual = desk.give(LotKind::Manual, 100, 200);
    let usage = desk.spend(1_301).unwrap();
    let turns = [(manual, 100), (manual_late, 100), (old, 100), (young, 100), (late, 901)];
    assert_eq!(taken(&usage), turns);
    assert_eq!(desk.account.balance(), 99);
}

#[test]
fn a_use_of_1200_out_of_1000_and_500_leaves_300() {
    let mut desk = Desk::new();
    let (a, b) = (desk.give(LotKind::Charge, 1_000, 10), desk.give(LotKind::Bonus, 500, 20));
    let usage = desk.spend(1_200).unwrap();
    assert_eq!(taken(&usage), [(a, 1_000), (b, 200)]);
    assert_eq!((desk.left(a), desk.left(b), desk.account.balance()), (0, 300, 300));

    // The first lot is past its time when 1,100 of the 1,200 come back.
    desk.today = day(11);
    let back = desk.give_back(&usage, Some(1_100)).unwrap();
    assert_eq!((desk.left(a), desk.left(b), desk.account.balance()), (0, 400, 1_400));
    let [new, kept] = back.restored.as_slice() else { panic!("{:?}", back.restored) };
    assert_eq!((new.amount, new.reissued), (1_000, true));
    assert_eq!((kept.lot, kept.amount, kept.reissued), (b, 100, false));
    assert_eq!(back.usage.remaining(), 100);

    let new = desk.account.lots.iter().find(|lot| lot.id == new.lot).unwrap();
    assert_eq!((new.kind, new.manual, new.origin), (LotKind::Reissue, false, Some(a)));
    assert_eq!(new.expires_at, day(11 + 365));
    let refused = desk.give_back(&back.usage, Some(101));
    assert_eq!(refused, Err(PointsRefusal::ExceedsUsage { remaining: 100 }));
    assert_eq!(desk.account.balance(), 1_400);
}

#[test]
fn points_that_come_back_from_an_admins_lot_keep_their_turn() {
    let mut desk = Desk::new();
    desk.give(LotKind::Manual, 100, 1);
    let usage = desk.spend(100).unwrap();
    let early = desk.give(LotKind::Bonus, 100, 3);
    desk.today = day(2);
    let back = desk.give_back(&usage, None).unwrap();
    let next = desk.spend(150).unwrap();
    assert_eq!(taken(&next), [(back.restored[0].lot, 100), (early, 50)]);
}

#[test]
fn what_comes_back_is_not_held_against_the_balance_limit() {
    let mut desk = Desk::new();
    desk.give(LotKind::Bonus, 100, 10);
    let usage = desk.spend(100).unwrap();
    desk.limits.most_balance = 50;
    assert_eq!(desk.give_back(&usage, None).unwrap().amount, 100);
    let more = desk.with(|account, limits, stamp| {
        account.accumulate(credit(LotKind::Bonus, 1, None), (limits, stamp))
    });
    assert_eq!(more, Err(PointsRefusal::BalanceLimit { balance: 100, most: 50 }));
}

#[test]
fn points_past_their_time_are_not_there_even_before_they_are_written_off() {
    let mut desk = Desk::new();
    let lot = desk.give(LotKind::Bonus, 100, 1);
    desk.today = day(1);
    assert_eq!(desk.spend(1), Err(PointsRefusal::Insufficient { available: 0 }));
    let taken = desk.with(|account, _, stamp| account.take_back(lot, stamp));
    assert_eq!(taken, Err(PointsRefusal::LotExpired));
    assert_eq!(desk.expire(), 100);
    assert_eq!(desk.expire(), 0);
    assert_eq!(desk.told().last(), Some(&(EntryKind::Expired, -100, 0)));
}

#[test]
fn what_was_lost_stays_lost_and_only_what_was_spent_comes_back() {
    let mut desk = Desk::new();
    let lot = desk.give(LotKind::Bonus, 100, 1);
    let usage = desk.spend(40).unwrap();
    desk.today = day(2);
    assert_eq!(desk.expire(), 60);
    let back = desk.give_back(&usage, None).unwrap();
    assert!(back.restored[0].reissued && back.restored[0].lot != lot);
    assert_eq!((desk.left(lot), desk.account.balance()), (0, 40));
    let told = desk.told();
    assert_eq!(told.last(), Some(&(EntryKind::UseCanceled, 40, 40)));
    assert_eq!(told.iter().map(|(_, amount, _)| amount).sum::<i64>(), 40);
}

#[test]
fn several_lots_that_are_over_are_told_one_by_one() {
    let mut desk = Desk::new();
    desk.give(LotKind::Bonus, 100, 1);
    desk.give(LotKind::Bonus, 30, 1);
    desk.give(LotKind::Bonus, 7, 9);
    desk.today = day(1);
    assert_eq!(desk.expire(), 130);
    let told = &desk.told()[3..];
    assert_eq!(told, [(EntryKind::Expired, -100, 37), (EntryKind::Expired, -30, 7)]);
}

#[test]
fn only_untouched_points_are_taken_back() {
    let mut desk = Desk::new();
    let lot = desk.give(LotKind::Bonus, 100, 10);
    let usage = desk.spend(1).unwrap();
    let take = |desk: &mut Desk| desk.with(|account, _, stamp| account.take_back(lot, stamp));
    assert_eq!(take(&mut desk), Err(PointsRefusal::LotInUse { used: 1 }));
    desk.give_back(&usage, None).unwrap();
    assert_eq!(take(&mut desk).unwrap().state, LotState::Canceled);
    assert_eq!(take(&mut desk), Err(PointsRefusal::AlreadyCanceled));
    assert_eq!(desk.account.balance(), 0);
    let other = desk.with(|account, _, stamp| account.take_back(LotId::from_bits(99), stamp));
    assert_eq!(other, Err(PointsRefusal::NoSuchLot));
}

#[test]
fn a_refused_change_changes_nothing() {
    let mut desk = Desk::new();
    desk.give(LotKind::Bonus, 100, 10);
    let before = desk.account.clone();
    assert_eq!(desk.spend(101), Err(PointsRefusal::Insufficient { available: 100 }));
    assert!(desk.spend(0).is_err() && desk.spend(-5).is_err());
    let mut other = Desk::of(2);
    other.limits.most_balance = 10;
    let refused = other.with(|to, limits, stamp| desk.account.hand_over(to, 11, (limits, stamp)));
    assert_eq!(refused, Err(PointsRefusal::BalanceLimit { balance: 0, most: 10 }));
    assert_eq!(desk.account, before);
    assert_eq!(other.account.changes, PointsChanges::default());
}

#[test]
fn what_is_handed_over_stays_what_it_was() {
    let (mut from, mut to) = (Desk::new(), Desk::of(2));
    from.ids = AtomicU64::new(1_000);
    let plain = from.give(LotKind::Charge, 1_000, 20);
    let manual = from.give(LotKind::Manual, 100, 30);
    let transfer = to.with(|to, limits, stamp| from.account.hand_over(to, 300, (limits, stamp)));
    let lots: Vec<_> = transfer.unwrap().lots;
    let told = |lot: &Lot| (lot.origin, lot.kind, lot.manual, lot.amount, lot.expires_at);
    assert_eq!(
        lots.iter().map(told).collect::<Vec<_>>(),
        [
            (Some(manual), LotKind::Manual, true, 100, day(30)),
            (Some(plain), LotKind::Charge, false, 200, day(20)),
        ]
    );
    assert_eq!((from.account.balance(), to.account.balance()), (800, 300));
    assert_eq!(from.told().last(), Some(&(EntryKind::Transferred, -300, 800)));
    assert_eq!(to.told().last(), Some(&(EntryKind::Transferred, 300, 300)));
    let own = from.account.clone();
    let same =
        to.with(|_, limits, stamp| from.account.hand_over(&mut own.clone(), 1, (limits, stamp)));
    assert_eq!(same, Err(PointsRefusal::SameMember));
}

#[test]
fn a_lot_that_is_new_is_not_also_touched() {
    let mut desk = Desk::new();
    let new = desk.give(LotKind::Bonus, 100, 10);
    desk.spend(10).unwrap();
    assert!(desk.account.changes.opened.contains(&new));
    assert!(desk.account.changes.touched.is_empty());
}
