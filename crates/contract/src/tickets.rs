//! [`TicketBook`](castad_domain::port::TicketBook): the queues before channels.

use castad_domain::{
    model::{BookingQueue, ChannelId, MemberId, QueueToken, Ticket},
    port::{StoreError, StoreErrorKind},
};
use chrono::{DateTime, Utc};

use crate::{Database, Writers, database::kind, make, slots};

/// `tickets_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! tickets_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { tickets audited {
            a_channel_without_a_queue_has_none
            a_ticket_reads_back_with_its_queue
            of_two_open_units_one_gives_the_number
            the_newest_ticket_counts
            a_ticket_is_its_members_alone
            a_ticket_is_used_once
            old_tickets_are_forgotten
        } $($fresh)+ }
    };
}

/// A channel with a queue.
async fn queued(db: &Database) -> ChannelId {
    let (channel, slots) = slots::channel(1, 1, 1, true);
    slots::open(db, &channel, &slots).await;
    channel.id
}

async fn queue(db: &Database, channel: ChannelId) -> Option<BookingQueue> {
    db.begin().await.slots().queue(channel).await.expect("the store answers")
}

async fn try_issue(
    db: &Database,
    queue: &mut BookingQueue,
    member: MemberId,
    now: DateTime<Utc>,
) -> Result<Ticket, StoreError> {
    let token = QueueToken::from_bits(make::bits(queue.issued.unsigned_abs() + 1));
    let ticket = queue.issue(token, member, now);
    let mut unit = db.begin().await;
    unit.slots().issue(&ticket, queue).await?;
    unit.commit().await?;
    Ok(ticket)
}

/// Only a channel that was opened with a queue has one.
pub async fn a_channel_without_a_queue_has_none(db: &Database) {
    let with = queued(db).await;
    let (without, slots) = slots::channel(2, 1, 1, false);
    slots::open(db, &without, &slots).await;
    assert_eq!(queue(db, with).await, Some(BookingQueue::open(with, make::time(0))));
    assert_eq!(queue(db, without.id).await, None);
}

/// A ticket and its queue come back as they were written.
pub async fn a_ticket_reads_back_with_its_queue(db: &Database) {
    let member = db.member(1).await;
    let channel = queued(db).await;
    let mut last = queue(db, channel).await.expect("the channel has a queue");
    let ticket = try_issue(db, &mut last, member, make::time(7)).await.expect("a ticket is issued");
    assert_eq!(queue(db, channel).await.as_ref(), Some(&last));
    let found = db.slots.in_queue(member, ticket.token).await.expect("the reader answers");
    let found = found.expect("the ticket is there");
    assert_eq!((found.ticket, found.queue), (ticket.clone(), last));
    let mut unit = db.begin().await;
    assert_eq!(unit.slots().ticket(ticket.token).await.expect("the store answers"), Some(ticket));
    let nobody = QueueToken::from_bits(make::bits(99));
    assert_eq!(unit.slots().ticket(nobody).await.expect("the store answers"), None);
}

/// Of two units that give the same number one commits.
pub async fn of_two_open_units_one_gives_the_number(db: &Database) {
    let member = db.member(1).await;
    let channel = queued(db).await;
    let mut first = queue(db, channel).await.expect("the channel has a queue");
    let mut second = first.clone();
    let early = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    try_issue(db, &mut first, member, make::time(1)).await.expect("a ticket is issued");
    let ticket = second.issue(QueueToken::from_bits(make::bits(50)), member, make::time(1));
    let mut late = if let Some(open) = early { open } else { db.begin().await };
    let end = match late.slots().issue(&ticket, &second).await {
        Ok(()) => late.commit().await,
        refused => refused,
    };
    assert_eq!(kind(end), Some(StoreErrorKind::Conflict));
}

/// The member's last ticket of the channel, whatever others drew since.
pub async fn the_newest_ticket_counts(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let channel = queued(db).await;
    let mut last = queue(db, channel).await.expect("the channel has a queue");
    let mut drawn = Vec::new();
    for (member, at) in [(one, 1), (one, 2), (two, 3)] {
        let ticket = try_issue(db, &mut last, member, make::time(at)).await;
        drawn.push(ticket.expect("a ticket is issued"));
    }
    let newest = async |of| {
        let found = db.begin().await.slots().newest_ticket(channel, of).await;
        found.expect("the store answers")
    };
    assert_eq!(newest(one).await.as_ref(), Some(&drawn[1]));
    assert_eq!(newest(two).await.as_ref(), Some(&drawn[2]));
    assert_eq!(newest(MemberId::from_bits(make::bits(9))).await, None);
}

/// Another member's ticket is not there.
pub async fn a_ticket_is_its_members_alone(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let channel = queued(db).await;
    let mut last = queue(db, channel).await.expect("the channel has a queue");
    let ticket = try_issue(db, &mut last, one, make::time(1)).await.expect("a ticket is issued");
    let theirs = db.slots.in_queue(two, ticket.token).await.expect("the reader answers");
    assert_eq!(theirs, None);
}

/// Of two that pay with the same ticket one does.
pub async fn a_ticket_is_used_once(db: &Database) {
    let member = db.member(1).await;
    let channel = queued(db).await;
    let mut last = queue(db, channel).await.expect("the channel has a queue");
    let ticket = try_issue(db, &mut last, member, make::time(1)).await.expect("a ticket is issued");
    let used = ticket.used(make::time(2));
    let mut unit = db.begin().await;
    unit.slots().use_ticket(&used).await.expect("a ticket is used");
    unit.commit().await.expect("the unit commits");
    let mut unit = db.begin().await;
    let again = unit.slots().use_ticket(&ticket.used(make::time(3))).await;
    assert_eq!(kind(again), Some(StoreErrorKind::Conflict));
    drop(unit);
    let found = db.slots.in_queue(member, ticket.token).await.expect("the reader answers");
    assert_eq!(found.map(|found| found.ticket), Some(used));
}

/// Tickets whose owners were let in before a time go, the oldest first and no more than are asked
/// for; later ones stay, and so does the place of who waits.
pub async fn old_tickets_are_forgotten(db: &Database) {
    let member = db.member(1).await;
    let channel = queued(db).await;
    let mut last = queue(db, channel).await.expect("the channel has a queue");
    let mut drawn = Vec::new();
    for at in [1, 20, 40, 60] {
        let ticket = try_issue(db, &mut last, member, make::time(at)).await;
        drawn.push(ticket.expect("a ticket is issued"));
    }
    let forget = async |before, limit| {
        let mut unit = db.begin().await;
        let end = unit.slots().forget_tickets(before, limit).await.expect("the store answers");
        unit.commit().await.expect("the unit commits");
        end
    };
    let left = async || {
        let mut left = Vec::new();
        for ticket in &drawn {
            let found = db.slots.in_queue(member, ticket.token).await.expect("the reader answers");
            left.extend(found.map(|found| found.ticket.number));
        }
        left
    };
    assert_eq!(forget(make::time(60), 2).await, 2);
    assert_eq!(left().await, [3, 4]);
    assert_eq!(forget(make::time(60), 2).await, 1);
    assert_eq!(forget(make::time(60), 2).await, 0);
    assert_eq!(left().await, [4]);
    assert_eq!(queue(db, channel).await, Some(last));
}
