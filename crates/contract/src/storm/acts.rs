//! What a worker may do: all that members, admins and engines can ask of the books.

mod productions;

use castad_domain::{
    model::{
        CampaignMode, CampaignTerms, Cancellation, Credit, Entry, Hold, LotKind, MemberId, Order,
        OrderNumber, OrderState, Reconciled, SettingKey,
    },
    port::{HistoryPage, Page, Ports, ProviderErrorKind, SlotPage, StoreError},
    usecase::{
        Accumulate, BookOrder, BookSlot, CancelAccumulation, CancelBooking, CancelOrder,
        CancelUsage, ChangeSetting, ClaimCoupon, ExpireCoupons, ExpireHolds, ExpireLots,
        GiveBackSlot, HoldOrder, HoldSlot, OpenCampaign, PayOrder, PlaceOrder, ReconcilePoints,
        RevokeCoupon, SettingOrder, SettleOrders, TransferOrder, TransferPoints, UsePoints,
        WantedPacks,
    },
};
use castad_memory::{Answer, Memory};
use chrono::TimeDelta;

use super::{dice::Dice, end::End};
use crate::ledger;

/// How many members there are.
pub(super) const MEMBERS: u64 = 6;
/// How long a claim holds.
const LEASE: TimeDelta = TimeDelta::seconds(30);

/// One of those who do whatever comes to their mind.
pub(super) struct Worker {
    pub(super) ports: Ports,
    pub(super) rest: Memory,
    pub(super) dice: Dice,
    pub(super) members: Vec<MemberId>,
    pub(super) name: String,
}

/// The newest few.
const PAGE: Page = Page { limit: 20, after: None };

type Tried = Result<End, StoreError>;

macro_rules! acts {
    ($($weight:literal $name:ident;)+) => {
        /// What to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(non_camel_case_types, reason = "an act is called as what does it")]
        pub(super) enum Act { $($name,)+ }

        impl Act {
            pub(super) const ALL: &[Self] = &[$(Self::$name,)+];
        }

        const ACTS: &[(u64, Act)] = &[$(($weight, Act::$name),)+];

        impl Worker {
            /// Does it.
            pub(super) async fn act(&mut self, act: Act) -> End {
                let end = match act { $(Act::$name => self.$name().await,)+ };
                end.unwrap_or_else(|fault| End::from(&fault))
            }
        }
    };
}

acts! {
    8 give;
    8 spend;
    6 cancel_a_use;
    3 take_back;
    4 hand_over;
    2 reconcile;
    1 change_a_setting;
    1 open_a_campaign;
    5 claim;
    2 revoke;
    7 order;
    12 pay;
    4 cancel_an_order;
    1 open_a_channel;
    7 hold;
    6 book;
    2 give_a_slot_back;
    2 cancel_a_booking;
    2 open_a_project;
    4 produce;
    2 stop;
    3 request;
    14 step;
    3 make_trouble;
    3 write_off;
    2 let_time_pass;
}

impl Worker {
    /// What comes to mind.
    pub(super) fn think(&mut self) -> Act {
        let all: u64 = ACTS.iter().map(|(weight, _)| weight).sum();
        let mut left = self.dice.below(all);
        for (weight, act) in ACTS {
            if left < *weight {
                return *act;
            }
            left -= weight;
        }
        Act::step
    }

    fn member(&mut self) -> MemberId {
        let n = self.dice.below(MEMBERS);
        self.members[usize::try_from(n).unwrap_or_default()]
    }

    async fn entry(
        &mut self,
        of: MemberId,
        is_it: fn(&Entry) -> bool,
    ) -> Result<Option<Entry>, StoreError> {
        let page = HistoryPage { limit: 30, after: None, order: None };
        let mut entries = self.ports.points.history(of, page).await?;
        entries.retain(is_it);
        Ok(self.dice.pick(&entries))
    }

    async fn give(&mut self) -> Tried {
        let to = self.member();
        let kinds = [LotKind::Bonus, LotKind::Manual, LotKind::Charge, LotKind::Bonus];
        let kind = self.dice.pick(&kinds).unwrap_or(LotKind::Bonus);
        let charge = kind == LotKind::Charge;
        let amount = if charge { 1_000 * self.dice.amount(3) } else { self.dice.amount(3_000) };
        let lifetime = Some(TimeDelta::days(self.dice.amount(5)));
        let credit = Credit { kind, amount, lifetime, source: None };
        Ok(Accumulate::new(&self.ports).run(to, to, credit, None).await.into())
    }

    async fn spend(&mut self) -> Tried {
        // Now and then a number is used twice, also by somebody else.
        let who = if self.dice.once_in(4) { "A" } else { &self.name };
        let number = format!("{who}-{}", self.dice.below(200));
        let Ok(order) = OrderNumber::parse(&number) else { return Ok(End::Fault(number)) };
        let (member, amount) = (self.member(), self.dice.amount(1_500));
        Ok(UsePoints::new(&self.ports).run(member, &order, amount, None).await.into())
    }

    async fn cancel_a_use(&mut self) -> Tried {
        let member = self.member();
        let found = self.entry(member, |entry| entry.usage.is_some()).await?;
        let Some(usage) = found.and_then(|entry| entry.usage) else { return Ok(End::Refused) };
        let part = (!self.dice.once_in(3)).then(|| self.dice.amount(700));
        let wanted = Cancellation { amount: part, reason: None };
        Ok(CancelUsage::new(&self.ports).run(member, usage, &wanted, None).await.into())
    }

    async fn take_back(&mut self) -> Tried {
        let member = self.member();
        let found = self.entry(member, |entry| entry.lot.is_some()).await?;
        let Some(lot) = found.and_then(|entry| entry.lot) else { return Ok(End::Refused) };
        Ok(CancelAccumulation::new(&self.ports).run(member, lot, None).await.into())
    }

    async fn hand_over(&mut self) -> Tried {
        let (from, to, amount) = (self.member(), self.member(), self.dice.amount(900));
        let order = TransferOrder { by: from.into(), from, to, amount };
        Ok(TransferPoints::new(&self.ports).run(order, None).await.into())
    }

    async fn reconcile(&mut self) -> Tried {
        let member = self.member();
        match ReconcilePoints::new(&self.ports).run(None, member).await {
            Ok(wrong @ (Reconciled::Corrected | Reconciled::Created)) => {
                Ok(End::Fault(format!("the totals of {member} were {}", wrong.name())))
            }
            end => Ok(end.into()),
        }
    }

    async fn change_a_setting(&mut self) -> Tried {
        let changes = [
            (SettingKey::MaxBalance, 30_000),
            (SettingKey::MaxBalance, 10_000_000),
            (SettingKey::MaxAccumulation, 2_000),
            (SettingKey::MaxAccumulation, 100_000),
            (SettingKey::DefaultExpirationDays, 2),
            (SettingKey::DefaultExpirationDays, 365),
        ];
        let Some((key, value)) = self.dice.pick(&changes) else { return Ok(End::Refused) };
        let order = SettingOrder { key, value, seen: None };
        let by = self.member();
        Ok(ChangeSetting::new(&self.ports).run(by, order, None).await.into())
    }

    async fn open_a_campaign(&mut self) -> Tried {
        let total = self.dice.amount(5);
        let in_order = self.dice.once_in(2);
        let mode = if in_order { CampaignMode::Queue } else { CampaignMode::Direct };
        let terms = CampaignTerms { mode, ..ledger::campaign(&self.ports, total) };
        let by = self.member();
        Ok(OpenCampaign::new(&self.ports).run(by, terms, None).await.into())
    }

    async fn claim(&mut self) -> Tried {
        let now = self.ports.clock.now();
        let open = self.ports.coupons.open_campaigns(now, PAGE).await?;
        let Some(campaign) = self.dice.pick(&open) else { return Ok(End::Refused) };
        let member = self.member();
        let id = campaign.parts().id;
        Ok(ClaimCoupon::new(&self.ports).run(member, id, None).await.into())
    }

    async fn revoke(&mut self) -> Tried {
        let member = self.member();
        let coupons = self.ports.coupons.coupons(member, PAGE).await?;
        let Some(coupon) = self.dice.pick(&coupons) else { return Ok(End::Refused) };
        let id = coupon.coupon.parts().id;
        Ok(RevokeCoupon::new(&self.ports).run(member, id, None).await.into())
    }

    async fn order(&mut self) -> Tried {
        let member = self.member();
        let packs = self.ports.shop.packs(PAGE).await?;
        let Some(pack) = self.dice.pick(&packs) else { return Ok(End::Refused) };
        let coupons = self.ports.coupons.coupons(member, PAGE).await?;
        let coupon = self.dice.pick(&coupons).filter(|_| !self.dice.once_in(3));
        let coupon = coupon.map(|coupon| coupon.coupon.parts().id);
        let wanted = WantedPacks { pack: pack.parts().id, quantity: self.dice.amount(3), coupon };
        Ok(PlaceOrder::new(&self.ports).run(member, wanted, None).await.into())
    }

    /// An order of somebody's, one that waits rather than another.
    async fn some_order(&mut self) -> Result<Option<Order>, StoreError> {
        let member = self.member();
        let mut orders = self.ports.shop.orders(member, PAGE).await?;
        if !self.dice.once_in(4) {
            let now = self.ports.clock.now();
            let waits = |order: &Order| {
                let parts = order.parts();
                let open = matches!(parts.state, OrderState::Pending | OrderState::Paying { .. });
                open && now < parts.expires_at
            };
            orders.retain(waits);
        }
        Ok(self.dice.pick(&orders))
    }

    async fn pay(&mut self) -> Tried {
        let Some(order) = self.some_order().await? else { return Ok(End::Refused) };
        let parts = order.parts();
        Ok(PayOrder::new(&self.ports).run(parts.member, parts.id, None).await.into())
    }

    async fn cancel_an_order(&mut self) -> Tried {
        let Some(order) = self.some_order().await? else { return Ok(End::Refused) };
        let parts = order.parts();
        Ok(CancelOrder::new(&self.ports).run(parts.member, parts.id, None).await.into())
    }

    async fn open_a_channel(&mut self) -> Tried {
        let by = self.member();
        ledger::channel(&self.ports, by).await;
        Ok(End::Done)
    }

    async fn hold(&mut self) -> Tried {
        let newest = Page { limit: 2, after: None };
        let channels = self.ports.slots.channels(newest).await?;
        let Some(channel) = self.dice.pick(&channels) else { return Ok(End::Refused) };
        let page = SlotPage { date: None, limit: 100, after: None };
        let slots = self.ports.slots.slots(channel.id, page).await?;
        let Some(slot) = self.dice.pick(&slots) else { return Ok(End::Refused) };
        let order = HoldOrder { member: self.member(), slot: slot.id, token: None };
        Ok(HoldSlot::new(&self.ports).run(order, None).await.into())
    }

    /// A hold of somebody's, one that stands so rather than another.
    async fn some_hold(&mut self, state: &str) -> Result<Option<Hold>, StoreError> {
        let member = self.member();
        let bookings = self.ports.slots.bookings(member, PAGE).await?;
        let mut holds: Vec<_> = bookings.into_iter().map(|booking| booking.hold).collect();
        if !self.dice.once_in(6) {
            holds.retain(|hold| hold.state.name() == state);
        }
        Ok(self.dice.pick(&holds))
    }

    async fn book(&mut self) -> Tried {
        let Some(hold) = self.some_hold("held").await? else { return Ok(End::Refused) };
        let member = hold.member;
        let mut videos = self.ports.catalog.videos(member, PAGE).await?;
        if !self.dice.once_in(6) {
            videos.retain(|video| video.row.making.product().is_some());
        }
        let Some(video) = self.dice.pick(&videos) else { return Ok(End::Refused) };
        let order = BookOrder { member, hold: hold.id, video: video.row.id, token: None };
        Ok(BookSlot::new(&self.ports).run(order, None).await.into())
    }

    async fn give_a_slot_back(&mut self) -> Tried {
        let Some(hold) = self.some_hold("held").await? else { return Ok(End::Refused) };
        Ok(GiveBackSlot::new(&self.ports).run(hold.member, hold.id, None).await.into())
    }

    async fn cancel_a_booking(&mut self) -> Tried {
        let Some(hold) = self.some_hold("reserved").await? else { return Ok(End::Refused) };
        Ok(CancelBooking::new(&self.ports).run(hold.member, hold.id, None).await.into())
    }

    /// Somebody who makes something will not do as they are told.
    async fn make_trouble(&mut self) -> Tried {
        let (writer, composer, renderer) =
            (self.rest.writer(), self.rest.composer(), self.rest.renderer());
        match self.dice.below(9) {
            0 => writer.answer(ProviderErrorKind::Refused, 1),
            1 => writer.answer(ProviderErrorKind::Unknown, 1),
            2 => composer.answer(Answer::Lost, 1),
            3 => composer.answer(Answer::Error(ProviderErrorKind::Refused), 1),
            4 => composer.fail(false, 1),
            5 => composer.be_silent(2),
            6 => renderer.answer(Answer::Lost, 1),
            7 => renderer.fail(true, 1),
            _ => renderer.be_silent(2),
        }
        Ok(End::Done)
    }

    /// What is past its time is looked after.
    async fn write_off(&mut self) -> Tried {
        Ok(match self.dice.below(4) {
            0 => ExpireLots::new(&self.ports).run(None).await.into(),
            1 => ExpireHolds::new(&self.ports).run().await.into(),
            2 => ExpireCoupons::new(&self.ports).run().await.into(),
            _ => SettleOrders::new(&self.ports).run().await.into(),
        })
    }

    async fn let_time_pass(&mut self) -> Tried {
        let times = [
            TimeDelta::seconds(5),
            TimeDelta::seconds(20),
            TimeDelta::seconds(20),
            TimeDelta::minutes(1),
            TimeDelta::minutes(5),
            TimeDelta::minutes(10),
        ];
        let day = self.dice.once_in(20).then_some(TimeDelta::days(1));
        let by = day.or_else(|| self.dice.pick(&times)).unwrap_or_default();
        self.rest.clock().advance(by);
        Ok(End::Done)
    }
}
