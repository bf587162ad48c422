//! [`SlotBook`](castad_domain::port::SlotBook) and
//! [`SlotReader`](castad_domain::port::SlotReader): channels, slots and holds.

use castad_domain::{
    model::{
        Channel, ChannelId, ChannelName, ChannelPlan, HOLD_TIME, Hold, HoldId, HoldState, MemberId,
        Place, Slot, SlotId, SlotState, VideoId,
    },
    port::{Page, SlotPage, StoreError, StoreErrorKind},
};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::{Database, Writers, database::kind, make};

/// `slots_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! slots_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { slots audited {
            a_channel_reads_back_with_all_its_slots
            slots_are_listed_by_day_and_number
            channels_are_listed_newest_first
            a_slot_is_taken_once
            of_two_open_units_one_takes_the_slot
            a_hold_past_its_time_keeps_nobody_off
            what_a_dropped_unit_took_is_free
            a_hold_reads_back_in_every_state[Bookings]
            a_hold_is_written_from_its_own_state_only
            a_slot_follows_its_hold
            an_old_hold_leaves_a_slot_alone_that_somebody_else_has
            a_slot_that_is_gone_is_not_booked
            a_slot_is_kept_by_one_hold
            holds_whose_time_is_over_are_found[Bookings]
            what_a_member_holds_is_counted[Bookings]
            a_hold_is_its_members_alone
        } $($fresh)+ }
    };
}

/// A channel that broadcasts on so many days from the one of `make::time(0)`.
pub(crate) fn channel(n: u64, days: u64, slots: u32, queue: bool) -> (Channel, Vec<Slot>) {
    let first = make::time(0).date_naive();
    let plan = ChannelPlan {
        name: ChannelName::parse(&format!("해운대 방송 {n}")).expect("a plain name is taken"),
        dates: (0..days).map(|day| first + Days::new(day)).collect(),
        slots,
        price: 5_000,
        queue,
    };
    let id = ChannelId::from_bits(make::bits(n));
    let channel = Channel::open(id, plan, (make::time(0), first)).expect("the plan is good");
    let slot = |(place, i): (Place, u64)| Slot {
        id: SlotId::from_bits(make::bits(n * 1_000_000 + i)),
        place,
        price: channel.price,
        state: SlotState::Available,
    };
    let slots = channel.places().zip(1..).map(slot).collect();
    (channel, slots)
}

pub(crate) async fn open(db: &Database, channel: &Channel, slots: &[Slot]) {
    let mut unit = db.begin().await;
    unit.slots().insert_channel(channel, slots).await.expect("a channel is opened");
    unit.commit().await.expect("the unit commits");
}

/// A channel of one day with so many slots.
async fn opened(db: &Database, slots: u32) -> Vec<Slot> {
    let (channel, slots) = channel(1, 1, slots, false);
    open(db, &channel, &slots).await;
    slots
}

fn hold(n: u64, slot: &Slot, member: MemberId, at: DateTime<Utc>) -> Hold {
    Hold::of(HoldId::from_bits(make::bits(n)), slot, member, at)
}

/// Takes the slot as an order does; whether it was had.
async fn try_take(db: &Database, hold: &Hold) -> Result<bool, StoreError> {
    let mut unit = db.begin().await;
    if !unit.slots().take(hold).await? {
        return Ok(false);
    }
    if let Some(lapsed) = unit.slots().hold_of(hold.slot).await? {
        let lapsed = lapsed.expired(hold.held_at).expect("its time is over");
        unit.slots().write_hold(&lapsed).await?;
    }
    unit.slots().insert_hold(hold).await?;
    unit.commit().await?;
    Ok(true)
}

async fn take(db: &Database, hold: &Hold) {
    assert!(try_take(db, hold).await.expect("the store answers"), "the slot is free");
}

async fn write(db: &Database, hold: &Hold) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.slots().write_hold(hold).await?;
    unit.commit().await
}

async fn find(db: &Database, id: HoldId) -> Option<Hold> {
    db.begin().await.slots().hold(id).await.expect("the store answers")
}

async fn state(db: &Database, slot: &Slot) -> SlotState {
    let found = db.slots.slot(slot.id).await.expect("the reader answers");
    found.expect("the slot is there").slot.state
}

fn video() -> VideoId {
    VideoId::from_bits(make::bits(77))
}

async fn page(db: &Database, of: ChannelId, page: SlotPage) -> Vec<Slot> {
    db.slots.slots(of, page).await.expect("the reader answers")
}

/// Name, days, price and every slot come back, however many they are.
pub async fn a_channel_reads_back_with_all_its_slots(db: &Database) {
    let (channel, slots) = channel(1, 3, Channel::MAX_SLOTS, true);
    open(db, &channel, &slots).await;
    let found = db.slots.channel(channel.id).await.expect("the reader answers");
    assert_eq!(found, Some(channel.clone()));
    let nobody = ChannelId::from_bits(make::bits(9));
    assert_eq!(db.slots.channel(nobody).await.expect("the reader answers"), None);

    for of_day in slots.chunks(500) {
        let date = of_day[0].place.date;
        let mut seen = Vec::new();
        while seen.len() < 500 {
            let after = seen.last().map(|slot: &Slot| (slot.place.date, slot.place.number));
            let asked = SlotPage { date: Some(date), limit: 100, after };
            let found = page(db, channel.id, asked).await;
            assert_eq!(found.len(), 100, "a page is full");
            seen.extend(found);
        }
        assert_eq!(seen, of_day);
    }
    let offer = db.slots.slot(slots[7].id).await.expect("the reader answers").expect("it is there");
    assert_eq!((offer.slot, offer.queue), (slots[7].clone(), true));

    let mut unit = db.begin().await;
    let again = unit.slots().insert_channel(&channel, &[]).await;
    assert_eq!(kind(again), Some(StoreErrorKind::Duplicate));
}

/// A page begins behind the slot that it names, over the border of days.
pub async fn slots_are_listed_by_day_and_number(db: &Database) {
    let (one, slots) = channel(1, 2, 3, false);
    open(db, &one, &slots).await;
    let (other, others) = channel(2, 2, 3, false);
    open(db, &other, &others).await;
    let asked = async |date: Option<NaiveDate>, after: Option<&Slot>| {
        let after = after.map(|slot| (slot.place.date, slot.place.number));
        page(db, one.id, SlotPage { date, limit: 4, after }).await
    };
    assert_eq!(asked(None, None).await, slots[..4]);
    assert_eq!(asked(None, Some(&slots[3])).await, slots[4..]);
    assert_eq!(asked(None, Some(&slots[5])).await, []);
    let date = slots[3].place.date;
    let second = Some(date);
    assert_eq!(asked(second, None).await, slots[3..]);
    assert_eq!(asked(second, Some(&slots[4])).await, slots[5..]);
    assert_eq!(asked(second, Some(&slots[0])).await, slots[3..]);
    assert_eq!(asked(Some(date + Days::new(1)), None).await, []);
}

/// Channels of all admins, the newest first.
pub async fn channels_are_listed_newest_first(db: &Database) {
    let channels: Vec<_> = (1..=3).map(|n| channel(n, n, 1, n == 2)).collect();
    for (channel, slots) in &channels {
        open(db, channel, slots).await;
    }
    let asked = async |limit, after| {
        let found = db.slots.channels(Page { limit, after }).await;
        found.expect("the reader answers")
    };
    let of = |n: usize| channels[n].0.clone();
    assert_eq!(asked(2, None).await, [of(2), of(1)]);
    assert_eq!(asked(2, Some(of(1).id.to_bits())).await, [of(0)]);
}

/// A slot that is held is not to be had, nor one that is not there.
pub async fn a_slot_is_taken_once(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let slots = opened(db, 2).await;
    let first = hold(1, &slots[0], one, make::time(0));
    take(db, &first).await;
    let until = first.expires_at;
    assert_eq!(state(db, &slots[0]).await, SlotState::Held { hold: first.id, until });
    assert_eq!(state(db, &slots[1]).await, SlotState::Available);

    let second = hold(2, &slots[0], two, make::time(1));
    assert!(!try_take(db, &second).await.expect("the store answers"));
    let nowhere = Slot { id: SlotId::from_bits(make::bits(9)), ..slots[0].clone() };
    let third = hold(3, &nowhere, two, make::time(1));
    assert!(!try_take(db, &third).await.expect("the store answers"));
    take(db, &hold(4, &slots[1], two, make::time(1))).await;
}

/// Of two units that take the same slot one commits.
pub async fn of_two_open_units_one_takes_the_slot(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let slot = opened(db, 1).await.remove(0);
    let (first, second) = (hold(1, &slot, one, make::time(0)), hold(2, &slot, two, make::time(0)));
    let mut early = db.begin().await;
    let late = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    assert!(early.slots().take(&first).await.expect("the store answers"));
    early.slots().insert_hold(&first).await.expect("the hold is added");
    early.commit().await.expect("the first commits");

    let mut late = if let Some(open) = late { open } else { db.begin().await };
    let taken = late.slots().take(&second).await.expect("the store answers");
    let end = if taken { kind(late.commit().await) } else { Some(StoreErrorKind::Conflict) };
    assert_eq!(end, Some(StoreErrorKind::Conflict));
    assert!(matches!(state(db, &slot).await, SlotState::Held { hold, .. } if hold == first.id));
}

/// From the moment that a hold's time is over others may take the slot, and not before.
pub async fn a_hold_past_its_time_keeps_nobody_off(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let slot = opened(db, 1).await.remove(0);
    let first = hold(1, &slot, one, make::time(0));
    take(db, &first).await;
    let early = first.expires_at - TimeDelta::microseconds(1);
    assert!(!try_take(db, &hold(2, &slot, two, early)).await.expect("the store answers"));
    let second = hold(3, &slot, two, first.expires_at);
    take(db, &second).await;
    let at = second.held_at;
    assert_eq!(find(db, first.id).await.map(|hold| hold.state), Some(HoldState::Expired { at }));
    assert!(matches!(state(db, &slot).await, SlotState::Held { hold, .. } if hold == second.id));
}

/// A unit that is dropped leaves the slot as it was.
pub async fn what_a_dropped_unit_took_is_free(db: &Database) {
    let member = db.member(1).await;
    let slot = opened(db, 1).await.remove(0);
    let first = hold(1, &slot, member, make::time(0));
    let mut unit = db.begin().await;
    assert!(unit.slots().take(&first).await.expect("the store answers"));
    unit.slots().insert_hold(&first).await.expect("the hold is added");
    drop(unit);
    assert_eq!(state(db, &slot).await, SlotState::Available);
    assert_eq!(find(db, first.id).await, None);
}

/// What the hold became, with its times and its video.
pub async fn a_hold_reads_back_in_every_state(db: &Database) {
    let member = db.member(1).await;
    let slots = opened(db, 5).await;
    let at = make::time(3);
    let states = [
        vec![],
        vec![HoldState::Reserved { video: video(), at }],
        vec![HoldState::Expired { at }],
        vec![HoldState::Released { at }],
        vec![
            HoldState::Reserved { video: video(), at: make::time(2) },
            HoldState::Canceled { video: video(), at },
        ],
    ];
    for ((steps, slot), n) in states.into_iter().zip(&slots).zip(1..) {
        let mut held = hold(n, slot, member, make::time(1));
        take(db, &held).await;
        for state in steps {
            held.state = state;
            write(db, &held).await.expect("the step is allowed");
        }
        assert_eq!(find(db, held.id).await, Some(held.clone()));
        let booking = db.slots.booking(member, held.id).await.expect("the reader answers");
        assert_eq!(booking.map(|booking| booking.hold), Some(held));
    }
}

/// A step from another state than the one that leads there is refused.
pub async fn a_hold_is_written_from_its_own_state_only(db: &Database) {
    let member = db.member(1).await;
    let slot = opened(db, 1).await.remove(0);
    let first = hold(1, &slot, member, make::time(0));
    take(db, &first).await;
    let at = make::time(1);
    let released = Hold { state: HoldState::Released { at }, ..first.clone() };
    let canceled = Hold { state: HoldState::Canceled { video: video(), at }, ..first.clone() };
    assert_eq!(kind(write(db, &canceled).await), Some(StoreErrorKind::Conflict));
    write(db, &released).await.expect("a hold is given back");
    for state in [HoldState::Expired { at }, HoldState::Reserved { video: video(), at }] {
        let late = Hold { state, ..first.clone() };
        assert_eq!(kind(write(db, &late).await), Some(StoreErrorKind::Conflict));
    }
    assert_eq!(find(db, first.id).await, Some(released));
}

/// Paid, the slot is booked; given back, expired or canceled, it is available.
pub async fn a_slot_follows_its_hold(db: &Database) {
    let member = db.member(1).await;
    let slot = opened(db, 1).await.remove(0);
    let at = make::time(1);
    for (n, state_of_hold) in
        [HoldState::Released { at }, HoldState::Expired { at }].into_iter().enumerate()
    {
        let held = hold(n as u64 + 1, &slot, member, make::time(0));
        take(db, &held).await;
        write(db, &Hold { state: state_of_hold, ..held }).await.expect("the step is allowed");
        assert_eq!(state(db, &slot).await, SlotState::Available);
    }
    let mut held = hold(3, &slot, member, make::time(0));
    take(db, &held).await;
    held.state = HoldState::Reserved { video: video(), at };
    write(db, &held).await.expect("the hold is paid");
    assert_eq!(state(db, &slot).await, SlotState::Reserved { hold: held.id });
    let much_later = hold(4, &slot, member, make::time(100_000));
    assert!(!try_take(db, &much_later).await.expect("the store answers"), "it stays booked");
    held.state = HoldState::Canceled { video: video(), at };
    write(db, &held).await.expect("the booking is canceled");
    assert_eq!(state(db, &slot).await, SlotState::Available);
}

/// What becomes of a hold does not touch a slot that is another hold's by now.
pub async fn an_old_hold_leaves_a_slot_alone_that_somebody_else_has(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let slot = opened(db, 1).await.remove(0);
    let first = hold(1, &slot, one, make::time(0));
    take(db, &first).await;
    let second = hold(2, &slot, two, first.expires_at);
    let mut unit = db.begin().await;
    assert!(unit.slots().take(&second).await.expect("the store answers"));
    let released = Hold { state: HoldState::Released { at: second.held_at }, ..first };
    unit.slots().write_hold(&released).await.expect("the step is allowed");
    unit.slots().insert_hold(&second).await.expect("the hold is added");
    unit.commit().await.expect("the unit commits");
    assert!(matches!(state(db, &slot).await, SlotState::Held { hold, .. } if hold == second.id));
}

/// A hold is not paid while its slot is somebody else's.
pub async fn a_slot_that_is_gone_is_not_booked(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let slot = opened(db, 1).await.remove(0);
    let first = hold(1, &slot, one, make::time(0));
    take(db, &first).await;
    let second = hold(2, &slot, two, first.expires_at);
    let mut unit = db.begin().await;
    assert!(unit.slots().take(&second).await.expect("the store answers"));
    let state = HoldState::Reserved { video: video(), at: second.held_at };
    let paid = unit.slots().write_hold(&Hold { state, ..first }).await;
    assert_eq!(kind(paid), Some(StoreErrorKind::Conflict));
}

/// A second hold that would keep the same slot is refused, whoever wrote what before it.
pub async fn a_slot_is_kept_by_one_hold(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let slot = opened(db, 1).await.remove(0);
    let first = hold(1, &slot, one, make::time(0));
    take(db, &first).await;
    let mut unit = db.begin().await;
    let second = unit.slots().insert_hold(&hold(2, &slot, two, make::time(1))).await;
    assert_eq!(kind(second), Some(StoreErrorKind::Duplicate));
    drop(unit);
    let mut unit = db.begin().await;
    let kept = unit.slots().hold_of(slot.id).await.expect("the store answers");
    assert_eq!(kept, Some(first));
}

/// Those that are over, as many as were asked for, and none that was paid or written off.
pub async fn holds_whose_time_is_over_are_found(db: &Database) {
    let member = db.member(1).await;
    let slots = opened(db, 5).await;
    let holds: Vec<_> =
        (1..).zip(&slots).map(|(n, slot)| hold(n, slot, member, make::time(0))).collect();
    for hold in &holds {
        take(db, hold).await;
    }
    let at = make::time(1);
    let paid = HoldState::Reserved { video: video(), at };
    write(db, &Hold { state: paid, ..holds[0].clone() }).await.expect("a hold is paid");
    let back = HoldState::Released { at };
    write(db, &Hold { state: back, ..holds[1].clone() }).await.expect("a hold is given back");

    let lapsed = async |now: DateTime<Utc>, limit| {
        let mut unit = db.begin().await;
        let found = unit.slots().lapsed(now, limit).await.expect("the store answers");
        // A unit that is dropped lets go of what it holds a little later.
        unit.commit().await.expect("the unit commits");
        let mut ids: Vec<_> = found.into_iter().map(|hold| hold.id).collect();
        ids.sort_unstable();
        ids
    };
    let over = holds[0].expires_at;
    assert_eq!(lapsed(over - TimeDelta::microseconds(1), 9).await, []);
    assert_eq!(lapsed(over, 9).await, [holds[2].id, holds[3].id, holds[4].id]);
    assert_eq!(lapsed(over, 2).await.len(), 2);
}

/// Unpaid holds whose time is not over count.
pub async fn what_a_member_holds_is_counted(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let slots = opened(db, 4).await;
    let holds: Vec<_> = (1..)
        .zip(&slots[..3])
        .map(|(n, slot)| hold(n, slot, one, make::time(n.cast_signed())))
        .collect();
    for hold in &holds {
        take(db, hold).await;
    }
    take(db, &hold(9, &slots[3], two, make::time(0))).await;
    let count =
        async |of, now| db.begin().await.slots().held_by(of, now).await.expect("the store answers");
    assert_eq!(count(one, make::time(4)).await, 3);
    assert_eq!(count(two, make::time(4)).await, 1);
    assert_eq!(count(one, holds[0].expires_at).await, 2);
    let state = HoldState::Reserved { video: video(), at: make::time(5) };
    write(db, &Hold { state, ..holds[1].clone() }).await.expect("a hold is paid");
    assert_eq!(count(one, make::time(6)).await, 2);
    assert_eq!(count(one, make::time(3) + HOLD_TIME).await, 0);
}

/// Another member's hold is not there; one's own are listed newest first.
pub async fn a_hold_is_its_members_alone(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let slots = opened(db, 4).await;
    let holds: Vec<_> = (1..)
        .zip(&slots)
        .map(|(n, slot)| hold(n, slot, if n == 4 { two } else { one }, make::time(0)))
        .collect();
    for hold in &holds {
        take(db, hold).await;
    }
    let listed = async |of, limit, after: Option<&Hold>| {
        let page = Page { limit, after: after.map(|hold| hold.id.to_bits()) };
        let found = db.slots.bookings(of, page).await.expect("the reader answers");
        assert!(found.iter().all(|booking| booking.channel.as_str() == "해운대 방송 1"));
        found.into_iter().map(|booking| booking.hold).collect::<Vec<_>>()
    };
    assert_eq!(listed(one, 2, None).await, [holds[2].clone(), holds[1].clone()]);
    assert_eq!(listed(one, 2, Some(&holds[1])).await, holds[..1]);
    assert_eq!(listed(two, 9, None).await, holds[3..]);
    let theirs = db.slots.booking(one, holds[3].id).await.expect("the reader answers");
    assert_eq!(theirs, None);
}
