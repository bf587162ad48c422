//! Many who want the coupons of one campaign that gives them in order.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use castad_domain::{
    model::{
        CampaignId, CampaignMode, CampaignTerms, Claim, ClaimRefusal, Coupon, CouponId,
        CouponRequest, Declined, EventKind, EventSeq, MemberId, RequestState, Task, Work,
    },
    port::{Page, Ports, StoodInLine, StoreErrorKind},
    usecase::{
        BooksError, CallServers, ClaimCoupon, Claimed, Housekeeping, OpenCampaign, RevokeCoupon,
        Rounds, RunTask, StepEnd, StepError,
    },
};
use chrono::TimeDelta;
use futures_util::future::join_all;

use crate::{Books, Database, ledger, make, mingled, suite::let_others_run};

/// `races_lines_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! races_lines_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { races_lines audited {
            two_hundred_ask_at_once_and_a_hundred_are_served_in_the_order_of_their_places
            who_asks_again_and_again_has_one_place
            who_dies_within_leaves_nothing_lost_or_doubled
            who_dies_while_asking_leaves_no_place
            a_full_campaign_gives_a_place_and_what_comes_back_goes_to_the_first
            what_can_come_to_nothing_only_is_refused_at_once
            a_line_that_nobody_serves_is_found_by_the_round
            an_old_request_is_forgotten_with_the_housekeeping
        } $($fresh)+ }
    };
}

/// How long a claim holds.
const LEASE: TimeDelta = TimeDelta::seconds(30);

fn member(n: u64) -> MemberId {
    MemberId::from_bits(make::bits(n))
}

async fn campaign(ports: &Ports, total: i64) -> CampaignId {
    let terms = CampaignTerms { mode: CampaignMode::Queue, ..ledger::campaign(ports, total) };
    let made = OpenCampaign::new(ports).run(member(0), terms, None).await;
    made.expect("the campaign is made").parts().id
}

type Asked = Result<CouponRequest, BooksError<ClaimRefusal>>;

async fn ask(ports: &Ports, campaign: CampaignId, n: u64) -> Asked {
    let claimed: Claimed = ClaimCoupon::new(ports).run(member(n), campaign, None).await?;
    Ok(claimed.waits().expect("it gives its coupons in order"))
}

/// Each of them asks in a task of its own, in turns through the one and the other.
async fn ask_at_once(
    ports: [&Ports; 2],
    campaign: CampaignId,
    members: impl Iterator<Item = u64>,
) -> Vec<Asked> {
    let tasks = members.zip([0, 1].into_iter().cycle()).map(|(n, side)| {
        let ports = ports[side].clone();
        tokio::spawn(async move { ask(&ports, campaign, n).await })
    });
    let tasks: Vec<_> = tasks.collect();
    join_all(tasks).await.into_iter().map(|end| end.expect("no task panics")).collect()
}

async fn claim_job(ports: &Ports) -> Option<Claim> {
    let now = ports.clock.now();
    ports.queue.claim(now, now + LEASE).await.expect("the queue answers")
}

/// The same where somebody died with it in hand: a server lets go of it a moment later.
async fn claim_soon(ports: &Ports) -> Option<Claim> {
    for _ in 0..1_000 {
        if let Some(claim) = claim_job(ports).await {
            return Some(claim);
        }
    }
    None
}

/// Takes the step of whatever job is due; whether there was one.
async fn serve(ports: &Ports) -> bool {
    let Some(claim) = claim_job(ports).await else { return false };
    match RunTask::new(ports).run(&claim).await {
        Ok(end) => assert_eq!(end, StepEnd::Done),
        Err(StepError::Store(fault)) if fault.kind() == StoreErrorKind::Conflict => {
            let due = ports.clock.now();
            ports.queue.put_back(&claim, due, 0, 0.0).await.expect("it is ours");
        }
        Err(fault) => panic!("the line is not served: {fault:?}"),
    }
    true
}

/// Serves until nobody asks any more and no job is left.
async fn keep_serving(ports: Ports, asked: Arc<AtomicBool>) {
    loop {
        let last = asked.load(Ordering::SeqCst);
        if !serve(&ports).await {
            if last {
                return;
            }
            let_others_run().await;
        }
    }
}

/// A second server beside the one that the first who comes calls.
async fn call_another(ports: &Ports, campaign: CampaignId) {
    let (project, task) = (Work::NO_PROJECT, Task::ServeLine(campaign));
    let due = ports.clock.now();
    let mut unit = ports.store.begin().await.expect("a unit begins");
    let work = Work { member: member(0), project, task, due };
    unit.work().push(&[work]).await.expect("a job is pushed");
    unit.commit().await.expect("the unit commits");
}

async fn stood(ports: &Ports, request: &CouponRequest) -> Option<StoodInLine> {
    let found = ports.coupons.stood_in_line(request.member, request.id).await;
    found.expect("the reader answers")
}

async fn told(ports: &Ports, member: MemberId) -> Vec<EventKind> {
    let events = ports.events.events(member, None, EventSeq(0), 100).await;
    events.expect("the log answers").iter().map(|event| event.kind).collect()
}

async fn coupons_of(ports: &Ports, member: MemberId) -> Vec<Coupon> {
    let page = Page { limit: 100, after: None };
    let given = ports.coupons.coupons(member, page).await.expect("the store answers");
    given.into_iter().map(|given| given.coupon).collect()
}

/// Those with the first places have coupons numbered as their places, the others none; each member
/// was told once, and has as many coupons as they were told of.
async fn all_went_in_order(ports: &Ports, requests: &[CouponRequest], total: usize) {
    let mut requests: Vec<_> = requests.iter().collect();
    requests.sort_by_key(|request| request.place);
    for (request, place) in requests.into_iter().zip(1..) {
        assert_eq!(request.place, i64::try_from(place).expect("it is small"), "without a gap");
        let found = stood(ports, request).await.expect("it is there");
        let (told, coupons) =
            (told(ports, request.member).await, coupons_of(ports, request.member).await);
        if place <= total {
            let given = found.given.expect("it was among the first");
            assert_eq!(given.number, request.place, "{found:?}");
            assert_eq!((told, coupons.len()), (vec![EventKind::CouponIssued], 1));
            let (coupon, parts) = (found.request.state, coupons[0].parts());
            let at = parts.issued_at;
            assert_eq!(coupon, RequestState::Issued { coupon: parts.id, at });
        } else {
            let state = found.request.state;
            let why = Declined::SoldOut;
            assert!(matches!(state, RequestState::Refused { why: told, .. } if told == why));
            assert_eq!((told, coupons.len()), (vec![EventKind::CouponRefused], 0));
        }
    }
}

/// Over two openings of a database: asked through both, served through both.
pub async fn over_two_openings(one: &Database, other: &Database) {
    let (here, there) = (Books::of(one).ports, Books::of(other).ports);
    let mingled = |ports: &Ports| Ports { store: mingled(ports.store.clone()), ..ports.clone() };
    let campaign = campaign(&here, 100).await;
    call_another(&here, campaign).await;
    let asked = Arc::new(AtomicBool::new(false));
    let serving =
        [&here, &there].map(|ports| tokio::spawn(keep_serving(mingled(ports), asked.clone())));

    let requests = ask_at_once([&here, &there], campaign, 1..=200).await;
    asked.store(true, Ordering::SeqCst);
    for server in serving {
        server.await.expect("no task panics");
    }
    let requests: Vec<_> = requests.into_iter().map(|asked| asked.expect("a place")).collect();
    assert_eq!(requests.len(), 200);
    all_went_in_order(&here, &requests, 100).await;
}

/// As many as there are go out, in the order in which places were given, whoever serves.
pub async fn two_hundred_ask_at_once_and_a_hundred_are_served_in_the_order_of_their_places(
    db: &Database,
) {
    over_two_openings(db, db).await;
}

/// However often, at once or later, until it is decided.
pub async fn who_asks_again_and_again_has_one_place(db: &Database) {
    let ports = Ports { store: mingled(db.store.clone()), ..Books::of(db).ports };
    let campaign = campaign(&ports, 5).await;
    let asked = ask_at_once([&ports, &ports], campaign, [1; 5].into_iter()).await;
    let mut asked: Vec<_> = asked.into_iter().map(|end| end.expect("a place")).collect();
    asked.push(ask(&ports, campaign, 1).await.expect("a place"));
    let ids: BTreeSet<_> = asked.iter().map(|request| (request.id, request.place)).collect();
    assert_eq!(ids.len(), 1, "{asked:?}");
    assert_eq!(ask(&ports, campaign, 2).await.expect("a place").place, 2);
    while serve(&ports).await {}
    assert_eq!(told(&ports, member(1)).await, [EventKind::CouponIssued]);
}

/// What was not committed never was; another goes on with whoever is next, and the first can write
/// no more once it wakes up.
pub async fn who_dies_within_leaves_nothing_lost_or_doubled(db: &Database) {
    let books = Books::of(db);
    let ports = &books.ports;
    let campaign = campaign(ports, 60).await;
    let mut requests = Vec::new();
    for n in 1..=120 {
        requests.push(ask(ports, campaign, n).await.expect("a place"));
    }
    let claim = claim_job(ports).await.expect("a server was called");
    let mut unit = ports.store.begin().await.expect("a unit begins");
    unit.work().hold(&claim).await.expect("the claim holds");
    let found = unit.coupons().hold_campaign(campaign).await.expect("the store answers");
    let served = requests[0].served(
        &found.expect("it is there"),
        false,
        CouponId::from_bits(make::bits(77)),
        books.now(),
    );
    let served = served.expect("it waits");
    let (less, coupon) = served.given.expect("there is one");
    unit.coupons().insert_coupon(&coupon).await.expect("a coupon is added");
    unit.coupons().decide(&served.request).await.expect("it waits");
    unit.coupons().update_campaign(&less).await.expect("nobody else wrote");
    drop(unit);

    assert_eq!(claim_job(ports).await, None, "the lease goes on for a while");
    books.pass(LEASE);
    let next = claim_soon(ports).await.expect("another takes over");
    let late = RunTask::new(ports).run(&claim).await;
    let lost = |fault: &StepError| matches!(fault, StepError::Store(fault) if fault.kind() == StoreErrorKind::Conflict);
    assert!(late.as_ref().is_err_and(lost), "{late:?}");
    assert_eq!(RunTask::new(ports).run(&next).await.expect("nobody else serves"), StepEnd::Done);
    assert!(!serve(ports).await, "the job ends with the line");
    all_went_in_order(ports, &requests, 60).await;
}

/// Neither the place nor the job is there, and who comes next has the place and calls.
pub async fn who_dies_while_asking_leaves_no_place(db: &Database) {
    let ports = Books::of(db).ports;
    let campaign = campaign(&ports, 5).await;
    let mut unit = ports.store.begin().await.expect("a unit begins");
    let line = unit.coupons().line(campaign).await.expect("the store answers");
    let id = castad_domain::model::CouponRequestId::from_bits(make::bits(77));
    let line = line.expect("it has a line");
    let (longer, request) = line.joined(false, id, member(1), ports.clock.now()).expect("open");
    unit.coupons().take_place(&request, &longer).await.expect("nobody else took it");
    let work = Work {
        member: member(1),
        project: Work::NO_PROJECT,
        task: Task::ServeLine(campaign),
        due: ports.clock.now(),
    };
    unit.work().push(&[work]).await.expect("a job is pushed");
    drop(unit);
    assert_eq!(claim_job(&ports).await, None);

    let second = ask(&ports, campaign, 2).await.expect("a place");
    assert_eq!(second.place, 1);
    assert!(serve(&ports).await, "a server was called");
    all_went_in_order(&ports, &[second], 5).await;
}

/// Nobody is turned away because all are out when they come: the turn decides.
pub async fn a_full_campaign_gives_a_place_and_what_comes_back_goes_to_the_first(db: &Database) {
    let ports = Books::of(db).ports;
    let campaign = campaign(&ports, 1).await;
    let first = ask(&ports, campaign, 1).await.expect("a place");
    while serve(&ports).await {}
    let (second, third) = (ask(&ports, campaign, 2).await, ask(&ports, campaign, 3).await);
    let (second, third) = (second.expect("a place"), third.expect("a place"));
    let found = stood(&ports, &third).await.expect("it is there");
    assert_eq!((found.request.state, found.ahead), (RequestState::Waiting, Some(1)));

    let given = coupons_of(&ports, first.member).await.remove(0);
    let revoked = RevokeCoupon::new(&ports).run(member(0), given.parts().id, None).await;
    revoked.expect("it is issued");
    while serve(&ports).await {}
    let found = stood(&ports, &second).await.expect("it is there");
    assert_eq!(found.given.map(|given| given.number), Some(2), "{found:?}");
    assert_eq!(told(&ports, third.member).await, [EventKind::CouponRefused]);

    let again = ask(&ports, campaign, 3).await.expect("a refusal is not for ever");
    assert_eq!(again.place, 4);
    while serve(&ports).await {}
    assert_eq!(told(&ports, third.member).await, [EventKind::CouponRefused; 2]);
}

/// Who has had a coupon, who comes too early, and where there is no campaign.
pub async fn what_can_come_to_nothing_only_is_refused_at_once(db: &Database) {
    let books = Books::of(db);
    let ports = &books.ports;
    let open = campaign(ports, 5).await;
    ask(ports, open, 1).await.expect("a place");
    while serve(ports).await {}
    let refused = |asked: Asked| match asked {
        Err(BooksError::Refused(why)) => Some(why),
        Ok(_) | Err(_) => None,
    };
    assert_eq!(refused(ask(ports, open, 1).await), Some(ClaimRefusal::AlreadyIssued));

    let opens_at = books.now() + TimeDelta::hours(1);
    let mode = CampaignMode::Queue;
    let terms = CampaignTerms { mode, opens_at, ..ledger::campaign(ports, 5) };
    let later = OpenCampaign::new(ports).run(member(0), terms, None).await;
    let later = later.expect("the campaign is made").parts().id;
    assert_eq!(refused(ask(ports, later, 1).await), Some(ClaimRefusal::NotOpen { opens_at }));
    books.pass(TimeDelta::hours(1));
    assert_eq!(ask(ports, later, 1).await.expect("a place").place, 1);
    let nowhere = CampaignId::from_bits(make::bits(9));
    assert_eq!(refused(ask(ports, nowhere, 1).await), Some(ClaimRefusal::NoCampaign));
    while serve(ports).await {}
}

/// A job that is gone is called again; where there is one, no other is.
pub async fn a_line_that_nobody_serves_is_found_by_the_round(db: &Database) {
    let books = Books::of(db);
    let ports = &books.ports;
    let campaign = campaign(ports, 5).await;
    let request = ask(ports, campaign, 1).await.expect("a place");
    assert_eq!(CallServers::new(ports).run().await.expect("the store answers"), 0);
    let claim = claim_job(ports).await.expect("a server was called");
    assert_eq!(CallServers::new(ports).run().await.expect("the store answers"), 0);
    db.finish(&claim).await.expect("it is ours");
    assert_eq!(claim_job(ports).await, None);

    assert!(Rounds::new(ports).run().await.expect("the store answers") > 0);
    assert_eq!(Rounds::new(ports).run().await.expect("the store answers"), 0);
    assert!(serve(ports).await, "a server was called");
    all_went_in_order(ports, &[request], 5).await;
    assert!(!serve(ports).await);
}

/// For a week it can be looked up what became of it.
pub async fn an_old_request_is_forgotten_with_the_housekeeping(db: &Database) {
    let books = Books::of(db);
    let ports = &books.ports;
    let campaign = campaign(ports, 5).await;
    let decided = ask(ports, campaign, 1).await.expect("a place");
    while serve(ports).await {}
    let waits = ask(ports, campaign, 2).await.expect("a place");
    books.pass(TimeDelta::days(7));
    Housekeeping::new(ports).run().await.expect("the store answers");
    assert!(stood(ports, &decided).await.is_some());
    books.pass(TimeDelta::seconds(1));
    Housekeeping::new(ports).run().await.expect("the store answers");
    assert_eq!(stood(ports, &decided).await, None);
    assert!(stood(ports, &waits).await.is_some());
    while serve(ports).await {}
    assert_eq!(told(ports, waits.member).await, [EventKind::CouponIssued]);
}
