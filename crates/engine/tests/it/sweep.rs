//! Holds that nobody paid are written off while the engine runs.

use castad_contract::make;
use castad_domain::{
    model::{ChannelName, ChannelPlan, HOLD_TIME, HoldState},
    port::SlotPage,
    usecase::{ExpireHolds, HoldOrder, HoldSlot, OpenChannel},
};
use castad_engine::{Engine, Settings};
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::Studio;

#[tokio::test]
async fn a_hold_that_is_over_is_written_off_within_half_a_minute() {
    let studio = Studio::new().await;
    let tomorrow = studio.ports.calendar.day(studio.ports.clock.now() + TimeDelta::days(1));
    let name = ChannelName::parse("해운대 방송").unwrap();
    let plan = ChannelPlan { name, dates: vec![tomorrow], slots: 1, price: 5_000, queue: false };
    let channel = OpenChannel::new(&studio.ports).run(studio.member, plan, None).await.unwrap();
    let page = SlotPage { date: None, limit: 1, after: None };
    let slot = studio.ports.slots.slots(channel.id, page).await.unwrap()[0].id;
    let member = make::member(1).id;
    let order = HoldOrder { member, slot, token: None };
    let hold = HoldSlot::new(&studio.ports).run(order, None).await.unwrap();

    let stop = CancellationToken::new();
    let engine = Engine::new(&studio.ports, Settings::default());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    let state = async || {
        let booking = studio.ports.slots.booking(member, hold.id).await.unwrap();
        booking.unwrap().hold.state
    };
    studio.until(5_000, async |_| state().await != HoldState::Held).await;
    let HoldState::Expired { at } = state().await else { panic!("it was written off") };
    let late = at - (hold.held_at + HOLD_TIME);
    assert!(late >= TimeDelta::zero() && late <= ExpireHolds::EVERY, "{late}");
    stop.cancel();
    studio.until(10, async |_| running.is_finished()).await;
}
