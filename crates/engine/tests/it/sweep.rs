//! Holds that nobody paid are written off while the engine runs, and lines are served.

use castad_contract::make;
use castad_domain::{
    model::{
        CampaignId, CampaignMode, CampaignTerms, ChannelName, ChannelPlan, CouponRequest, Discount,
        HOLD_TIME, HoldState, Off, OfferName, RequestState,
    },
    port::SlotPage,
    usecase::{ClaimCoupon, ExpireHolds, HoldOrder, HoldSlot, OpenCampaign, OpenChannel},
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

/// A campaign of two coupons that it gives in order.
async fn in_order(studio: &Studio) -> CampaignId {
    let terms = CampaignTerms {
        name: OfferName::parse("개업 기념").unwrap(),
        total: 2,
        opens_at: studio.ports.clock.now(),
        discount: Discount::new(Off::Percent(10)).unwrap(),
        minimum_order: 0,
        valid_days: 30,
        mode: CampaignMode::Queue,
    };
    let opened = OpenCampaign::new(&studio.ports).run(studio.member, terms, None).await;
    opened.unwrap().parts().id
}

#[tokio::test]
async fn a_line_is_served_at_once_and_one_whose_job_is_gone_within_half_a_minute() {
    let studio = Studio::new().await;
    let campaign = in_order(&studio).await;
    let ask = async |n| {
        let claimed = ClaimCoupon::new(&studio.ports).run(make::member(n).id, campaign, None).await;
        claimed.unwrap().waits().unwrap()
    };
    let forsaken = ask(1).await;
    let now = studio.ports.clock.now();
    let claim = studio.ports.queue.claim(now, now + TimeDelta::seconds(30)).await;
    let mut unit = studio.ports.store.begin().await.unwrap();
    unit.work().finish(&claim.unwrap().unwrap()).await.unwrap();
    unit.commit().await.unwrap();

    let stop = CancellationToken::new();
    let engine = Engine::new(&studio.ports, Settings::default());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    let decided = async |request: &CouponRequest| {
        let found = studio.ports.coupons.stood_in_line(request.member, request.id).await;
        found.unwrap().unwrap().request.state
    };
    studio.until(5_000, async |_| decided(&forsaken).await != RequestState::Waiting).await;
    let late = studio.ports.clock.now() - now;
    assert!(late <= TimeDelta::seconds(31), "{late}");

    let (second, asked) = (ask(2).await, studio.ports.clock.now());
    studio.until(500, async |_| decided(&second).await != RequestState::Waiting).await;
    let state = decided(&second).await;
    assert!(matches!(state, RequestState::Issued { at, .. } if at == asked), "{state:?}");
    stop.cancel();
    studio.until(10, async |_| running.is_finished()).await;
}
