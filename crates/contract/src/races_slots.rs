//! Members who race for slots, sweepers who race with each other, and a rush on a queue: what the
//! database decides, with the lock in front of it and without.

use std::sync::atomic::Ordering;

use castad_domain::{
    model::{
        ChannelName, ChannelPlan, Credit, EventKind, HOLD_TIME, Hold, HoldRefusal, HoldState,
        LET_IN_EVERY, LotKind, MOST_HELD, MemberId, PointsRefusal, QueueToken, Slot, SlotId,
        SlotState, TicketRefusal, TicketState, VideoId,
    },
    port::{Page, Ports, SlotPage},
    usecase::{
        Accumulate, BookOrder, BookSlot, BooksError, CancelBooking, ExpireHolds, HoldOrder,
        HoldSlot, JoinQueue, OpenChannel, SlotError, SlotRefusal,
    },
};
use chrono::TimeDelta;

use crate::{
    Database, make,
    race::{at_once, counted, studio, told, without_lock},
};

/// `races_slots_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! races_slots_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { races_slots audited {
            of_ten_members_one_gets_the_slot
            of_a_hundred_members_one_gets_the_slot
            of_ten_members_one_gets_the_slot_without_the_lock
            of_a_hundred_members_one_gets_the_slot_without_the_lock
            a_slot_is_free_after_five_minutes
            a_slot_past_its_time_is_held_by_one_while_it_is_swept
            two_sweepers_write_each_hold_off_once
            a_member_who_grabs_all_at_once_holds_as_many_as_allowed
            a_rush_is_let_in_by_fifties_in_order
            a_queue_lets_nobody_past_it
            a_slot_is_paid_or_lost_at_its_deadline_and_never_both
            five_slots_are_paid_at_once
            a_slot_that_is_over_is_not_paid
            a_booking_is_canceled_once_however_often_it_is_asked
            a_ticket_is_good_for_one_booking
        } $($fresh)+ }
    };
}

pub(crate) fn member(n: u64) -> MemberId {
    make::member(n).id
}

/// A channel of tomorrow with so many slots.
pub(crate) async fn opened(ports: &Ports, slots: u32, queue: bool) -> Vec<Slot> {
    let tomorrow = ports.calendar.day(ports.clock.now() + TimeDelta::days(1));
    let name = ChannelName::parse("해운대 방송").expect("a plain name is taken");
    let plan = ChannelPlan { name, dates: vec![tomorrow], slots, price: 5_000, queue };
    let opened = OpenChannel::new(ports).run(member(1), plan, None).await;
    let channel = opened.expect("a channel is opened").id;
    let mut found: Vec<Slot> = Vec::new();
    while found.len() < slots as usize {
        let after = found.last().map(|slot| (slot.place.date, slot.place.number));
        let page = SlotPage { date: None, limit: 100, after };
        found.extend(ports.slots.slots(channel, page).await.expect("the reader answers"));
    }
    found
}

async fn hold(ports: Ports, member: MemberId, slot: SlotId) -> Result<Hold, SlotError> {
    HoldSlot::new(&ports).run(HoldOrder { member, slot, token: None }, None).await
}

async fn held(ports: &Ports, member: MemberId, slot: &Slot) -> Hold {
    hold(ports.clone(), member, slot.id).await.expect("the slot is free")
}

fn refusal<T>(end: Result<T, SlotError>) -> Option<SlotRefusal> {
    match end {
        Ok(_) => None,
        Err(BooksError::Refused(refusal)) => Some(refusal),
        Err(error) => panic!("it is neither done nor refused: {error}"),
    }
}

async fn holds_of(ports: &Ports, member: MemberId) -> usize {
    let page = Page { limit: 100, after: None };
    ports.slots.bookings(member, page).await.expect("the reader answers").len()
}

/// One of them has it, every other is told that somebody else has; a single hold was written.
async fn one_gets_the_slot(ports: &Ports, members: u64, of_each: fn(&Ports) -> Ports) {
    let slot = opened(ports, 1, false).await.remove(0);
    let ends = at_once((1..=members).map(|n| hold(of_each(ports), member(n), slot.id))).await;
    let refused = ends.into_iter().filter_map(refusal);
    let lost = refused.filter(|refusal| *refusal == SlotRefusal::Unavailable).count() as u64;
    assert_eq!(lost, members - 1, "of {members} all but one lose");

    let (mut rows, mut events) = (0, 0);
    for n in 1..=members {
        rows += holds_of(ports, member(n)).await;
        events += told(ports, member(n), EventKind::SlotHeld).await;
    }
    assert_eq!((rows, events), (1, 1));
}

/// Ten who want the same slot.
pub async fn of_ten_members_one_gets_the_slot(db: &Database) {
    one_gets_the_slot(&studio(db).1, 10, Ports::clone).await;
}

/// A hundred who want the same slot.
pub async fn of_a_hundred_members_one_gets_the_slot(db: &Database) {
    one_gets_the_slot(&studio(db).1, 100, Ports::clone).await;
}

/// The row decides alone, and nobody is broken off: who comes second waits for the first, and sees.
async fn one_gets_the_slot_by_the_row_alone(db: &Database, members: u64) {
    let (ports, begun) = counted(&studio(db).1);
    one_gets_the_slot(&ports, members, without_lock).await;
    let opening = 1;
    assert_eq!(begun.load(Ordering::SeqCst) as u64, opening + members, "no deadlock was broken");
}

/// Ten who want the same slot while the lock is away.
pub async fn of_ten_members_one_gets_the_slot_without_the_lock(db: &Database) {
    one_gets_the_slot_by_the_row_alone(db, 10).await;
}

/// A hundred who want the same slot while the lock is away.
pub async fn of_a_hundred_members_one_gets_the_slot_without_the_lock(db: &Database) {
    one_gets_the_slot_by_the_row_alone(db, 100).await;
}

/// Nobody else has it for five minutes; after that anybody, swept or not.
pub async fn a_slot_is_free_after_five_minutes(db: &Database) {
    let (memory, ports) = studio(db);
    let slots = opened(&ports, 2, false).await;
    held(&ports, member(1), &slots[0]).await;
    held(&ports, member(1), &slots[1]).await;
    memory.clock().advance(TimeDelta::seconds(299));
    let early = hold(ports.clone(), member(2), slots[0].id).await;
    assert_eq!(refusal(early), Some(SlotRefusal::Unavailable));
    assert_eq!(ExpireHolds::new(&ports).run().await.expect("the store answers"), 0);

    memory.clock().advance(TimeDelta::seconds(2));
    held(&ports, member(2), &slots[0]).await;
    assert_eq!(told(&ports, member(1), EventKind::SlotExpired).await, 1);
    assert_eq!(ExpireHolds::new(&ports).run().await.expect("the store answers"), 1);
    assert_eq!(told(&ports, member(1), EventKind::SlotExpired).await, 2);
    held(&ports, member(3), &slots[1]).await;
}

/// Who takes a slot past its time and who sweeps it do not come between each other.
pub async fn a_slot_past_its_time_is_held_by_one_while_it_is_swept(db: &Database) {
    let (memory, ports) = studio(db);
    let slots = opened(&ports, 8, false).await;
    for slot in &slots {
        held(&ports, member(1), slot).await;
    }
    memory.clock().advance(HOLD_TIME);
    let mut tasks = Vec::new();
    for (slot, n) in slots.iter().flat_map(|slot| (2..=4).map(move |n| (slot, n))) {
        let holding = hold(without_lock(&ports), member(n), slot.id);
        tasks.push(tokio::spawn(async move { refusal(holding.await) }));
        if n == 3 {
            let sweeper = ExpireHolds::new(&ports);
            tasks.push(tokio::spawn(async move {
                sweeper.run().await.expect("the store answers");
                Some(SlotRefusal::NoSlot)
            }));
        }
    }
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.expect("no task panics").is_none());
    }
    assert_eq!(won, slots.len(), "each slot has one new holder");
    assert_eq!(told(&ports, member(1), EventKind::SlotExpired).await, slots.len());
}

/// A hundred and twenty holds that are over, swept twice at once.
pub async fn two_sweepers_write_each_hold_off_once(db: &Database) {
    const HOLDERS: u64 = 12;
    let (memory, ports) = studio(db);
    let slots = opened(&ports, 120, false).await;
    for (slot, n) in slots.iter().zip((1..=HOLDERS).cycle()) {
        held(&ports, member(n), slot).await;
    }
    memory.clock().advance(HOLD_TIME + TimeDelta::seconds(1));
    let sweeper = ExpireHolds::new(&ports);
    let swept = at_once((0..2).map(|_| {
        let sweeper = sweeper.clone();
        async move { sweeper.run().await.expect("the store answers") }
    }));
    assert_eq!(swept.await.iter().sum::<u64>(), 120);
    for n in 1..=HOLDERS {
        assert_eq!(told(&ports, member(n), EventKind::SlotExpired).await, 10);
    }
    assert_eq!(sweeper.run().await.expect("the store answers"), 0);
    held(&ports, member(20), &slots[119]).await;
}

/// Fifteen slots at once are five too many; one that is given back makes room for another.
pub async fn a_member_who_grabs_all_at_once_holds_as_many_as_allowed(db: &Database) {
    let ports = without_lock(&studio(db).1);
    let slots = opened(&ports, 15, false).await;
    let ends = at_once(slots.iter().map(|slot| hold(ports.clone(), member(1), slot.id))).await;
    let refused: Vec<_> = ends.into_iter().filter_map(refusal).collect();
    assert_eq!(refused, vec![SlotRefusal::TooManyHolds; 5]);
    assert_eq!(holds_of(&ports, member(1)).await, MOST_HELD as usize);
}

/// A hundred and twenty who come at once have a number each, without a gap; of them fifty are let in
/// every ten seconds, the lowest numbers first.
pub async fn a_rush_is_let_in_by_fifties_in_order(db: &Database) {
    let (memory, ports) = studio(db);
    let channel = opened(&ports, 1, true).await[0].place.channel;
    let join = JoinQueue::new(&ports);
    let ends = at_once((1..=120).map(|n| {
        let join = join.clone();
        async move { join.run(member(n), channel, None, None).await.expect("a ticket is drawn") }
    }));
    let mut tickets: Vec<_> = ends.await.into_iter().map(|end| end.ticket).collect();
    tickets.sort_by_key(|ticket| ticket.number);
    let numbers: Vec<_> = tickets.iter().map(|ticket| ticket.number).collect();
    assert_eq!(numbers, (1..=120).collect::<Vec<_>>());
    let mut tokens: Vec<_> = tickets.iter().map(|ticket| ticket.token).collect();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 120, "no token was given twice");

    for let_in in [50, 100, 120] {
        let now = ports.clock.now();
        for (ticket, number) in tickets.iter().zip(1..) {
            let found = ports.slots.in_queue(ticket.member, ticket.token).await;
            let found = found.expect("the reader answers").expect("the ticket is there");
            let active = found.ticket.state(now) == TicketState::Active;
            assert_eq!(active, number <= let_in, "number {number} of {let_in}");
            let waits = (number - let_in).max(0);
            assert_eq!(found.queue.position(&found.ticket, now), waits);
        }
        memory.clock().advance(LET_IN_EVERY);
    }
}

/// Without a token, with one whose turn has not come, with another's and with an old one nobody
/// holds a slot; whose turn it is does. Asking again gives the same ticket as long as it is of use.
pub async fn a_queue_lets_nobody_past_it(db: &Database) {
    let (memory, ports) = studio(db);
    let slots = opened(&ports, 2, true).await;
    let channel = slots[0].place.channel;
    let join = JoinQueue::new(&ports);
    let draw = async |n| join.run(member(n), channel, None, None).await.expect("a ticket is drawn");
    let first = draw(1).await.ticket.token;
    for n in 2..=50 {
        draw(n).await;
    }
    let late = draw(51).await.ticket.token;
    let order = HoldSlot::new(&ports);
    let try_hold = async |n, token| {
        let order = order.run(HoldOrder { member: member(n), slot: slots[0].id, token }, None);
        refusal(order.await)
    };
    let invalid = Some(SlotRefusal::Ticket(TicketRefusal::Invalid));
    assert_eq!(try_hold(1, None).await, invalid);
    assert_eq!(try_hold(2, Some(first)).await, invalid, "it is another's");
    let waiting = Some(SlotRefusal::Ticket(TicketRefusal::Waiting));
    assert_eq!(try_hold(51, Some(late)).await, waiting);
    assert_eq!(draw(51).await.ticket.token, late);
    memory.clock().advance(LET_IN_EVERY);
    assert_eq!(try_hold(51, Some(late)).await, None);

    memory.clock().advance(TimeDelta::hours(1));
    assert_eq!(try_hold(1, Some(first)).await, invalid, "an hour is over");
    assert_ne!(draw(1).await.ticket.token, first);
}

/// The first member, with so many points and a video that is ready.
async fn advertiser(db: &Database, ports: &Ports, points: i64) -> (MemberId, VideoId) {
    let payer = db.member(1).await;
    let steps: Vec<_> =
        make::LYRIC.iter().chain(&make::SONG).chain(&make::VIDEO).copied().collect();
    let production = db.production(1, payer, &steps).await;
    let credit = Credit { kind: LotKind::Bonus, amount: points, lifetime: None, source: None };
    let given = Accumulate::new(ports).run(payer, payer, credit, None).await;
    given.expect("points are given");
    (payer, production.video().expect("there is a video").id)
}

fn payment(hold: &Hold, video: VideoId, token: Option<QueueToken>) -> BookOrder {
    BookOrder { member: hold.member, hold: hold.id, video, token }
}

async fn pay(ports: Ports, order: BookOrder) -> Result<Hold, SlotError> {
    BookSlot::new(&ports).run(order, None).await
}

async fn balance(ports: &Ports, of: MemberId) -> i64 {
    let now = ports.clock.now();
    ports.points.balance(of, now, now).await.expect("the reader answers").available
}

async fn state_of(ports: &Ports, slot: SlotId) -> SlotState {
    let found = ports.slots.slot(slot).await.expect("the reader answers");
    found.expect("the slot is there").slot.state
}

/// Who pays asks the time just before the deadline, who sweeps it just after; whoever comes first,
/// the slot is booked and paid, or over and not paid.
pub async fn a_slot_is_paid_or_lost_at_its_deadline_and_never_both(db: &Database) {
    let (memory, ports) = studio(db);
    let (payer, video) = advertiser(db, &ports, 40_000).await;
    let slots = opened(&ports, 8, false).await;
    let mut spent = 0;
    for slot in &slots {
        let hold = held(&ports, payer, slot).await;
        memory.clock().set(hold.expires_at - TimeDelta::microseconds(1));
        let paying = tokio::spawn(pay(without_lock(&ports), payment(&hold, video, None)));
        let (sweeper, clock) = (ExpireHolds::new(&ports), memory.clock().clone());
        let sweeping = tokio::spawn(async move {
            clock.set(hold.expires_at);
            sweeper.run().await.expect("the store answers")
        });
        let paid = refusal(paying.await.expect("no task panics"));
        let swept = sweeping.await.expect("no task panics");
        let over = Some(SlotRefusal::Hold(HoldRefusal::Over));
        assert!(paid.is_none() || paid == over, "{paid:?}");
        // A sweeper that found it in hand leaves it, and who was refused may have it in hand for a
        // moment after that: later ones look again.
        let (mut swept, mut looks) = (swept, 0);
        while looks == 0 || (swept == 0 && paid.is_some() && looks < 1_000) {
            swept += ExpireHolds::new(&ports).run().await.expect("the store answers");
            looks += 1;
        }
        assert_eq!(paid.is_none(), swept == 0, "one of them did it");
        let booked = matches!(state_of(&ports, slot.id).await, SlotState::Reserved { .. });
        assert_eq!(booked, paid.is_none());
        spent += if booked { 5_000 } else { 0 };
        assert_eq!(balance(&ports, payer).await, 40_000 - spent);
    }
}

/// All five are booked, and paid once each.
pub async fn five_slots_are_paid_at_once(db: &Database) {
    let (_, ports) = studio(db);
    let (payer, video) = advertiser(db, &ports, 26_000).await;
    let slots = opened(&ports, 6, false).await;
    let mut holds = Vec::new();
    for slot in &slots {
        holds.push(held(&ports, payer, slot).await);
    }
    let orders = holds[..5].iter().map(|hold| payment(hold, video, None));
    let paid = at_once(orders.map(|order| pay(without_lock(&ports), order))).await;
    assert!(paid.iter().all(Result::is_ok), "{paid:?}");
    assert_eq!(balance(&ports, payer).await, 1_000);
    assert_eq!(told(&ports, payer, EventKind::SlotReserved).await, 5);

    let poor = refusal(pay(ports.clone(), payment(&holds[5], video, None)).await);
    let short = PointsRefusal::Insufficient { available: 1_000 };
    assert_eq!(poor, Some(SlotRefusal::Points(short)));
    assert!(matches!(state_of(&ports, slots[5].id).await, SlotState::Held { .. }));
    let twice = at_once((0..3).map(|_| pay(without_lock(&ports), payment(&holds[0], video, None))));
    let refused: Vec<_> = twice.await.into_iter().filter_map(refusal).collect();
    assert_eq!(refused.len(), 3, "it is paid already");
    assert_eq!(balance(&ports, payer).await, 1_000);
}

/// A second after its five minutes nobody pays it, swept or not, and nothing is spent.
pub async fn a_slot_that_is_over_is_not_paid(db: &Database) {
    let (memory, ports) = studio(db);
    let (payer, video) = advertiser(db, &ports, 10_000).await;
    let slot = opened(&ports, 1, false).await.remove(0);
    let hold = held(&ports, payer, &slot).await;
    memory.clock().advance(HOLD_TIME + TimeDelta::seconds(1));
    let over = Some(SlotRefusal::Hold(HoldRefusal::Over));
    assert_eq!(refusal(pay(ports.clone(), payment(&hold, video, None)).await), over);
    ExpireHolds::new(&ports).run().await.expect("the store answers");
    assert_eq!(refusal(pay(ports.clone(), payment(&hold, video, None)).await), over);
    held(&ports, member(2), &slot).await;
    assert_eq!(balance(&ports, payer).await, 10_000);
}

/// The points come back once, and somebody else may have the slot.
pub async fn a_booking_is_canceled_once_however_often_it_is_asked(db: &Database) {
    let (_, ports) = studio(db);
    let (payer, video) = advertiser(db, &ports, 5_000).await;
    let slot = opened(&ports, 1, false).await.remove(0);
    let hold = held(&ports, payer, &slot).await;
    pay(ports.clone(), payment(&hold, video, None)).await.expect("the slot is paid");
    assert_eq!(balance(&ports, payer).await, 0);
    let cancel = |ports: Ports| async move {
        CancelBooking::new(&ports).run(payer, hold.id, None).await.expect("it is canceled")
    };
    let ends = at_once((0..5).map(|_| cancel(without_lock(&ports)))).await;
    assert!(ends.iter().all(|(hold, _)| matches!(hold.state, HoldState::Canceled { .. })));
    assert_eq!(ends.iter().map(|(_, back)| back).sum::<i64>(), 5_000);
    assert_eq!(balance(&ports, payer).await, 5_000);
    assert_eq!(told(&ports, payer, EventKind::SlotCanceled).await, 1);
    held(&ports, member(2), &slot).await;
}

/// Two slots are paid with one ticket at once: one is booked, the other asks for a new ticket.
pub async fn a_ticket_is_good_for_one_booking(db: &Database) {
    let (_, ports) = studio(db);
    let (payer, video) = advertiser(db, &ports, 10_000).await;
    let slots = opened(&ports, 2, true).await;
    let join = JoinQueue::new(&ports).run(payer, slots[0].place.channel, None, None).await;
    let token = Some(join.expect("a ticket is drawn").ticket.token);
    let mut holds = Vec::new();
    for slot in &slots {
        let order = HoldOrder { member: payer, slot: slot.id, token };
        holds.push(HoldSlot::new(&ports).run(order, None).await.expect("the slot is free"));
    }
    let none = pay(ports.clone(), payment(&holds[0], video, None)).await;
    let invalid = Some(SlotRefusal::Ticket(TicketRefusal::Invalid));
    assert_eq!(refusal(none), invalid);
    let orders = holds.iter().map(|hold| payment(hold, video, token));
    let ends = at_once(orders.map(|order| pay(without_lock(&ports), order))).await;
    let refused: Vec<_> = ends.into_iter().map(refusal).collect();
    assert!(refused.contains(&None) && refused.contains(&invalid), "{refused:?}");
    assert_eq!(balance(&ports, payer).await, 5_000);
}
