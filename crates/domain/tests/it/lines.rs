//! A line for coupons, from the place to what comes of it.

use castad_domain::{
    model::{
        CampaignId, CampaignMode, CampaignTerms, CouponRequest, Datum, Discount, Event, EventKind,
        EventSeq, MemberId, Off, OfferName, RequestState, Task,
    },
    usecase::{ClaimCoupon, OpenCampaign, RunTask},
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::stage::Studio;

async fn open(studio: &Studio, total: i64, opens_at: DateTime<Utc>) -> CampaignId {
    let terms = CampaignTerms {
        name: OfferName::parse("개업 기념").unwrap(),
        total,
        opens_at,
        discount: Discount::new(Off::Percent(10)).unwrap(),
        minimum_order: 5_000,
        valid_days: 30,
        mode: CampaignMode::Queue,
    };
    let opened = OpenCampaign::new(&studio.ports).run(studio.member, terms, None).await;
    opened.unwrap().parts().id
}

async fn ask(studio: &Studio, campaign: CampaignId, n: u128) -> CouponRequest {
    let claim = ClaimCoupon::new(&studio.ports);
    let claimed = claim.run(MemberId::from_bits(n), campaign, None).await.unwrap();
    claimed.waits().unwrap()
}

async fn told(studio: &Studio, n: u128) -> Vec<Event> {
    let of = MemberId::from_bits(n);
    studio.ports.events.events(of, None, EventSeq(0), 100).await.unwrap()
}

#[tokio::test]
async fn one_job_serves_all_who_wait_however_many_and_ends_with_them() {
    let studio = Studio::bare().await;
    let campaign = open(&studio, 130, studio.ports.clock.now()).await;
    for n in 1..=140 {
        ask(&studio, campaign, n).await;
    }
    let steps = RunTask::new(&studio.ports);
    let step = async || studio.memory.take_step(&studio.ports, &steps).await.unwrap();
    assert_eq!(step().await, Some(Task::ServeLine(campaign)));
    assert_eq!(step().await, None);
    for n in 1..=140 {
        let events = told(&studio, n).await;
        let kind = if n <= 130 { EventKind::CouponIssued } else { EventKind::CouponRefused };
        assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [kind], "{n}");
        let number = events[0].data.get("number");
        let place = Datum::Number(i64::try_from(n).unwrap());
        assert!(number.is_none_or(|number| *number == place), "{n}: {number:?}");
    }

    ask(&studio, campaign, 200).await;
    assert_eq!(step().await, Some(Task::ServeLine(campaign)), "who comes later calls anew");
}

#[tokio::test]
async fn a_refusal_names_the_request_its_place_and_the_reason() {
    let studio = Studio::bare().await;
    let campaign = open(&studio, 1, studio.ports.clock.now()).await;
    ask(&studio, campaign, 1).await;
    let second = ask(&studio, campaign, 2).await;
    studio.memory.work_until_idle().await.unwrap();
    let events = told(&studio, 2).await;
    let text = |name: &str| match &events[0].data[name] {
        Datum::Text(text) => text.clone(),
        Datum::Number(number) => number.to_string(),
        Datum::Flag(flag) => flag.to_string(),
    };
    assert_eq!(text("request_id"), second.id.to_string());
    assert_eq!(text("campaign_id"), campaign.to_string());
    assert_eq!((text("place"), text("reason")), ("2".to_owned(), "sold_out".to_owned()));
}

#[tokio::test]
async fn a_server_whose_clock_is_behind_turns_nobody_away() {
    let studio = Studio::bare().await;
    let opens_at = studio.ports.clock.now() + TimeDelta::hours(1);
    let campaign = open(&studio, 1, opens_at).await;
    studio.memory.clock().set(opens_at);
    let request = ask(&studio, campaign, 1).await;
    let due = studio.ports.queue.claim(opens_at, opens_at + TimeDelta::seconds(30)).await;
    let claim = due.unwrap().unwrap();

    let slow = Studio::bare().await;
    let ports = castad_domain::port::Ports { clock: slow.ports.clock, ..studio.ports.clone() };
    RunTask::new(&ports).run(&claim).await.unwrap();
    let found = studio.ports.coupons.stood_in_line(request.member, request.id).await.unwrap();
    let state = found.unwrap().request.state;
    assert!(matches!(state, RequestState::Issued { at, .. } if at == opens_at), "{state:?}");
}
