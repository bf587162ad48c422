//! The queue before a channel, long after it was there.

use castad_domain::{
    model::{ChannelName, ChannelPlan, MemberId, QueueToken, TICKET_LIFE},
    usecase::{Housekeeping, JoinQueue, OpenChannel},
};
use chrono::TimeDelta;

use crate::stage::Studio;

#[tokio::test]
async fn tickets_are_forgotten_a_day_after_their_time() {
    let studio = Studio::bare().await;
    let name = ChannelName::parse("해운대 방송").unwrap();
    let today = studio.ports.calendar.day(studio.ports.clock.now());
    let plan = ChannelPlan { name, dates: vec![today], slots: 1, price: 5_000, queue: true };
    let channel = OpenChannel::new(&studio.ports).run(studio.member, plan, None).await.unwrap().id;
    let join = JoinQueue::new(&studio.ports);
    let draw = async |n| {
        let member = MemberId::from_bits(n);
        join.run(member, channel, None, None).await.unwrap().ticket.token
    };
    let mut first: Option<QueueToken> = None;
    for n in 1..=130 {
        let token = draw(n).await;
        first.get_or_insert(token);
    }
    let (first, of) = (first.unwrap(), MemberId::from_bits(1));
    let kept = async || studio.ports.slots.in_queue(of, first).await.unwrap().is_some();

    studio.memory.clock().advance(TICKET_LIFE + TimeDelta::hours(24));
    let late = draw(131).await;
    assert_eq!(Housekeeping::new(&studio.ports).run().await.unwrap(), 0);
    assert!(kept().await, "what became of it can be looked up for a day");
    studio.memory.clock().advance(TimeDelta::minutes(1));
    assert_eq!(Housekeeping::new(&studio.ports).run().await.unwrap(), 130);
    assert!(!kept().await);
    let found = studio.ports.slots.in_queue(MemberId::from_bits(131), late).await.unwrap();
    assert_eq!(found.map(|found| found.ticket.number), Some(131), "numbers go on");
}
