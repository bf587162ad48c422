use std::sync::Arc;

use bytes::Bytes;
use castad_domain::{
    model::{
        CampaignId, CampaignMode, CampaignTerms, Cancellation, Channel, ChannelName, ChannelPlan,
        Coupon, CouponId, CouponRequestId, Credit, Discount, Hold, HoldId, LotId, LotKind, LyricId,
        MemberId, Off, OfferName, Order, OrderId, OrderNumber, OrderState, PackId, PackTerms,
        Prices, RequestState, Slot, SlotId, SongId, Stage, UsageId, VideoId,
    },
    port::{Ports, ProviderErrorKind, SlotPage},
    usecase::{
        Accumulate, AddImages, BookOrder, BookSlot, CancelUsage, ClaimCoupon, HoldOrder, HoldSlot,
        OpenCampaign, OpenChannel, OpenPack, OpenProject, PayOrder, PlaceOrder, Produce, Retry,
        RunTask, StageOrder, UsePoints, WantedPacks,
    },
};
use castad_memory::Memory;
use chrono::TimeDelta;

use crate::{Books, Database, Purse, make, photo::PICTURE};

/// What is in books that are right, and hold something of everything that is kept in them.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// Who did all of it.
    pub member: MemberId,
    /// Points that were given, and are there still.
    pub lot: LotId,
    /// A use that came back in part, on the order `A1`.
    pub usage: UsageId,
    /// What two coupons are of.
    pub campaign: CampaignId,
    /// One that was used, by the order that waits.
    pub coupon: CouponId,
    /// A line of another campaign, in which some were served.
    pub line: LineLedger,
    /// An order of two packs that is paid, without a coupon.
    pub paid: OrderId,
    /// What it bought.
    pub bought: LotId,
    /// An order that waits for its payment.
    pub waiting: OrderId,
    /// A slot that is held.
    pub held_slot: SlotId,
    /// By which hold.
    pub held: HoldId,
    /// A hold that was paid.
    pub booked: HoldId,
    /// The use that paid it.
    pub booking: UsageId,
    /// A lyric that failed, and was given back.
    pub failed: LyricId,
    /// A song that was delivered, and paid.
    pub ready: SongId,
}

/// What is in a line that was served.
#[derive(Debug, Clone)]
pub struct LineLedger {
    /// The campaign that gives its coupons in that order.
    pub campaign: CampaignId,
    /// Two that were served, the places before theirs forgotten, and one that waits.
    pub requests: [CouponRequestId; 3],
    /// The coupon of the first of them.
    pub coupon: CouponId,
}

const DONE: &str = "the books allow it";

/// Fills books through the use cases.
///
/// # Panics
///
/// If one of them does not do what it is to do.
pub async fn ledger(db: &Database) -> Ledger {
    let rest = Memory::new();
    let books = Books::over(db, &rest);
    let ports = Ports {
        payments: Arc::new(Purse::default()),
        prices: Prices::default(),
        ..books.ports.clone()
    };
    let member = db.member(1).await;
    let (lot, usage) = points(&ports, member).await;
    let (campaign, coupon) = coupons(&ports, [db.member(2).await, member]).await;
    let pack = pack(&ports, member).await;
    let wanted = WantedPacks { pack, quantity: 1, coupon: Some(coupon) };
    let waiting = place(&ports, member, wanted).await;
    let paid = place(&ports, member, WantedPacks { pack, quantity: 2, coupon: None }).await;
    let order = PayOrder::new(&ports).run(member, paid, None).await.expect(DONE);
    let OrderState::Paid { lot: bought, .. } = order.parts().state else { panic!("it is paid") };

    let (failed, ready, video) = Box::pin(produced(&rest, &ports, member)).await;
    let slots = channel(&ports, member).await;
    let booked = hold(&ports, member, &slots[0]).await.id;
    let booking = book(&ports, BookOrder { member, hold: booked, video, token: None }).await;
    let Hold { id: held, slot: held_slot, .. } = hold(&ports, member, &slots[1]).await;
    Ledger {
        member,
        lot,
        usage,
        campaign,
        coupon,
        line: line(&ports, member).await,
        paid,
        bought,
        waiting,
        held_slot,
        held,
        booked,
        booking,
        failed,
        ready,
    }
}

/// Points that were given, and a use of which a part came back.
async fn points(ports: &Ports, member: MemberId) -> (LotId, UsageId) {
    let credit = Credit { kind: LotKind::Bonus, amount: 50_000, lifetime: None, source: None };
    let lot = Accumulate::new(ports).run(member, member, credit, None).await.expect(DONE).id;
    let order = OrderNumber::parse("A1").expect("a plain number is taken");
    let usage = UsePoints::new(ports).run(member, &order, 600, None).await.expect(DONE).id;
    let part = Cancellation { amount: Some(100), reason: None };
    CancelUsage::new(ports).run(member, usage, &part, None).await.expect(DONE);
    (lot, usage)
}

/// Pays for a hold, and says with which use of points.
async fn book(ports: &Ports, order: BookOrder) -> UsageId {
    BookSlot::new(ports).run(order, None).await.expect(DONE);
    let number = format!("SLOT-{}", order.hold);
    let number = OrderNumber::parse(&number).expect("a plain number is taken");
    let mut unit = ports.store.begin().await.expect("a unit begins");
    let usage = unit.points().usage_of(order.member, &number).await.expect("the store answers");
    usage.expect("it was spent").id
}

pub(crate) fn campaign(ports: &Ports, total: i64) -> CampaignTerms {
    CampaignTerms {
        name: OfferName::parse("개업 기념").expect("a plain name is taken"),
        total,
        opens_at: ports.clock.now(),
        discount: Discount::new(Off::Percent(10)).expect("it lies within the bounds"),
        minimum_order: 5_000,
        valid_days: 30,
        mode: CampaignMode::Direct,
    }
}

/// A campaign of which each of two has a coupon, and the second's.
async fn coupons(ports: &Ports, members: [MemberId; 2]) -> (CampaignId, CouponId) {
    let opened = OpenCampaign::new(ports).run(members[0], campaign(ports, 5), None).await;
    let campaign = opened.expect(DONE).parts().id;
    let claim = ClaimCoupon::new(ports);
    let mut last: Option<Coupon> = None;
    for member in members {
        last = claim.run(member, campaign, None).await.expect(DONE).given();
    }
    (campaign, last.expect("two claimed").parts().id)
}

/// A line of which four were served, the first two long ago, and in which one waits.
async fn line(ports: &Ports, by: MemberId) -> LineLedger {
    let terms = CampaignTerms { mode: CampaignMode::Queue, ..campaign(ports, 5) };
    let opened = OpenCampaign::new(ports).run(by, terms, None).await;
    let (campaign, claim) = (opened.expect(DONE).parts().id, ClaimCoupon::new(ports));
    let ask = async |n| {
        let asked = claim.run(make::member(n).id, campaign, None).await;
        asked.expect(DONE).waits().expect("it gives its coupons in order")
    };
    let mut requests = vec![ask(11).await, ask(12).await, ask(13).await, ask(14).await];
    let now = ports.clock.now();
    let due = ports.queue.claim(now, now + TimeDelta::seconds(30)).await;
    let due = due.expect("the queue answers").expect("a server was called");
    RunTask::new(ports).run(&due).await.expect(DONE);
    requests.push(ask(15).await);

    let mut unit = ports.store.begin().await.expect("a unit begins");
    let later = now + TimeDelta::seconds(1);
    unit.coupons().forget_requests(later, 2).await.expect("the store answers");
    unit.commit().await.expect("the unit commits");
    let mut left = Vec::new();
    for request in &requests {
        let found = ports.coupons.stood_in_line(request.member, request.id).await;
        left.extend(found.expect("the store answers").map(|found| found.request));
    }
    let RequestState::Issued { coupon, .. } = left[0].state else { panic!("it was served") };
    let left: Vec<_> = left.iter().map(|request| request.id).collect();
    LineLedger { campaign, requests: left.try_into().expect("two were forgotten"), coupon }
}

pub(crate) async fn pack(ports: &Ports, by: MemberId) -> PackId {
    let name = OfferName::parse("만 포인트").expect("a plain name is taken");
    let terms = PackTerms { name, points: 10_000, price: 9_900, stock: Some(50), hot: false };
    OpenPack::new(ports).run(by, terms, None).await.expect(DONE).parts().id
}

async fn place(ports: &Ports, member: MemberId, wanted: WantedPacks) -> OrderId {
    let placed = PlaceOrder::new(ports).run(member, wanted, None).await;
    let order: Order = placed.expect(DONE).order;
    order.parts().id
}

/// A channel that broadcasts in two days.
pub(crate) async fn channel(ports: &Ports, by: MemberId) -> Vec<Slot> {
    let name = ChannelName::parse("해운대 방송").expect("a plain name is taken");
    let dates = vec![ports.calendar.day(ports.clock.now() + TimeDelta::days(2))];
    let plan = ChannelPlan { name, dates, slots: 20, price: 500, queue: false };
    let channel: Channel = OpenChannel::new(ports).run(by, plan, None).await.expect(DONE);
    let page = SlotPage { date: None, limit: 100, after: None };
    ports.slots.slots(channel.id, page).await.expect("the store answers")
}

async fn hold(ports: &Ports, member: MemberId, slot: &Slot) -> Hold {
    let order = HoldOrder { member, slot: slot.id, token: None };
    HoldSlot::new(ports).run(order, None).await.expect(DONE)
}

/// A draft with pictures.
pub(crate) async fn project(ports: &Ports, member: MemberId) -> StageOrder {
    let opened = OpenProject::new(ports).run(member, make::brief(), None).await.expect(DONE);
    let (project, adding) = (opened.project().id(), AddImages::new(ports));
    let mut images = Vec::new();
    for index in 0..2 {
        images.push(adding.take(index, Bytes::from_static(PICTURE)).await.expect("it is one"));
    }
    adding.run(member, project, images, None).await.expect(DONE);
    StageOrder { member, project, orientation: None, cancel_at: None }
}

/// A production whose lyric failed once, and whatever came after it did not.
async fn produced(rest: &Memory, ports: &Ports, of: MemberId) -> (LyricId, SongId, VideoId) {
    let order = project(ports, of).await;
    rest.writer().answer(ProviderErrorKind::Refused, 1);
    Produce::new(ports).run(order, None).await.expect(DONE);
    rest.work_with(ports).await.expect("the store answers");
    let found = async || {
        let mut unit = ports.store.begin().await.expect("a unit begins");
        let found = unit.productions().find(order.project).await.expect("the store answers");
        found.expect("it is there")
    };
    let before = found().await;
    assert_eq!(before.failure().map(|failure| failure.stage), Some(Stage::Lyric));

    Retry::new(ports).run(order, None).await.expect(DONE);
    rest.work_with(ports).await.expect("the store answers");
    let after = found().await;
    let failed = before.lyric().expect("it failed").id;
    let (song, video) = (after.song().map(|song| song.id), after.video().map(|video| video.id));
    (failed, song.expect("it is ready"), video.expect("it is ready"))
}
