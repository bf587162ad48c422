//! The books, looked at as a whole: every rule is read off the tables, not off another adapter's
//! texts, so that the two can be held against each other.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use castad_domain::{
    model::{
        Coupon, CouponId, CouponRequest, CouponState, Hold, HoldState, LotKind, LotState, Lyric,
        LyricId, LyricState, Making, Order, OrderState, RequestState, SlotState, SongId, Usage,
        VideoId,
    },
    port::{Auditor, BookRule, Finding, StoreError},
};

use crate::{store::MemoryStore, tables::Tables};

#[async_trait]
impl Auditor for MemoryStore {
    async fn audit(&self, rule: BookRule, most: u32) -> Result<Vec<Finding>, StoreError> {
        let found = self.snapshot().broken(rule);
        Ok(found.into_iter().take(most as usize).map(|id| Finding { rule, id }).collect())
    }
}

/// What became of a stage.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Missing,
    Fruitless,
    Alive,
}

impl Tables {
    /// The ids of what breaks a rule, each once.
    fn broken(&self, rule: BookRule) -> BTreeSet<u128> {
        match rule {
            BookRule::Entries => self.entries_that_do_not_add_up(),
            BookRule::Lots => self.lots_that_do_not_add_up(),
            BookRule::Totals => self.totals_that_are_not_the_account_s(),
            BookRule::Details => self.uses_that_are_not_their_parts(),
            BookRule::Issued => self.campaigns_that_miscount(),
            BookRule::Numbers => self.campaigns_with_a_gap(),
            BookRule::Requests => self.requests_whose_coupon_is_another_s(),
            BookRule::Places => self.places_that_are_given_twice(),
            BookRule::Turns => self.requests_served_out_of_turn(),
            BookRule::CouponUses => self.coupons_whose_order_says_otherwise(),
            BookRule::Orders => self.orders_whose_points_say_otherwise(),
            BookRule::Slots => self.slots_that_name_somebody_else(),
            BookRule::Bookings => self.holds_that_are_not_paid_right(),
            BookRule::Spends => self.spent_on_stages(|fate, _| fate == Fate::Missing),
            BookRule::Refunds => {
                self.spent_on_stages(|fate, use_| fate == Fate::Fruitless && use_.remaining() > 0)
            }
            BookRule::Deliveries => {
                self.spent_on_stages(|fate, use_| fate == Fate::Alive && use_.canceled > 0)
            }
        }
    }

    fn entries_that_do_not_add_up(&self) -> BTreeSet<u128> {
        let points = &self.points;
        let sum = |member| {
            let entries = points.entries.get(member).into_iter().flat_map(|of| of.iter());
            entries.map(|entry| entry.amount).sum::<i64>()
        };
        let accounts = points.accounts.iter();
        let wrong = accounts.filter(|(member, account)| account.balance != sum(member));
        wrong.map(|(member, _)| member.to_bits()).collect()
    }

    fn lots_that_do_not_add_up(&self) -> BTreeSet<u128> {
        let mut left = BTreeMap::new();
        for lot in self.points.lots.values() {
            *left.entry(lot.member).or_insert(0) += lot.remaining;
        }
        let left = |member| left.get(member).copied().unwrap_or_default();
        let accounts = self.points.accounts.iter();
        let wrong = accounts.filter(|(member, account)| account.balance != left(member));
        wrong.map(|(member, _)| member.to_bits()).collect()
    }

    /// Also those of nobody, and accounts that have none although they were written.
    fn totals_that_are_not_the_account_s(&self) -> BTreeSet<u128> {
        let (accounts, totals) = (&self.points.accounts, &self.points.totals);
        let unkept = accounts
            .iter()
            .filter(|(member, account)| account.version > 0 && !totals.contains_key(member));
        let wrong = totals.iter().filter(|(member, kept)| {
            let balance = accounts.get(member).map(|account| account.balance);
            balance != Some(kept.available)
                || kept.available != kept.accumulated - kept.used - kept.expired
        });
        let wrong = wrong.map(|(member, _)| member);
        unkept.map(|(member, _)| member).chain(wrong).map(|member| member.to_bits()).collect()
    }

    fn uses_that_are_not_their_parts(&self) -> BTreeSet<u128> {
        let mut told = BTreeMap::new();
        for entry in self.points.entries.values().flat_map(|of| of.iter()) {
            *told.entry(entry.usage).or_insert(0) += entry.amount;
        }
        let wrong = self.points.usages.values().filter(|usage| {
            let taken: i64 = usage.details.iter().map(|part| part.amount).sum();
            let returned: i64 = usage.details.iter().map(|part| part.canceled).sum();
            (taken, returned) != (usage.amount, usage.canceled)
                || told.get(&Some(usage.id)) != Some(&-usage.remaining())
        });
        wrong.map(|usage| usage.id.to_bits()).collect()
    }

    fn campaigns_that_miscount(&self) -> BTreeSet<u128> {
        let valid = |coupon: &&Coupon| !matches!(coupon.parts().state, CouponState::Revoked { .. });
        let wrong = self.coupons.campaigns.values().map(|campaign| campaign.parts());
        let wrong = wrong.filter(|campaign| {
            let coupons = self.coupons.coupons.values().map(AsRef::as_ref);
            let of_it = coupons.filter(|coupon: &&Coupon| coupon.parts().campaign == campaign.id);
            let out = of_it.filter(valid).count() as i128;
            i128::from(campaign.issued) != out || campaign.issued > campaign.terms.total
        });
        wrong.map(|campaign| campaign.id.to_bits()).collect()
    }

    fn campaigns_with_a_gap(&self) -> BTreeSet<u128> {
        let wrong = self.coupons.campaigns.values().map(|campaign| campaign.parts());
        let wrong = wrong.filter(|campaign| {
            let coupons = self.coupons.coupons.values().map(|coupon| coupon.parts());
            let numbers = coupons.filter(|coupon| coupon.campaign == campaign.id);
            let mut numbers: Vec<_> = numbers.map(|coupon| coupon.number).collect();
            numbers.sort_unstable();
            !numbers.into_iter().eq(1..=campaign.last_number)
        });
        wrong.map(|campaign| campaign.id.to_bits()).collect()
    }

    fn requests_whose_coupon_is_another_s(&self) -> BTreeSet<u128> {
        let wrong = self.lines.requests.values().filter(|request| {
            let RequestState::Issued { coupon, .. } = request.state else { return false };
            let coupon = self.coupons.coupons.get(&coupon).map(|coupon| coupon.parts());
            coupon.is_none_or(|coupon| {
                (coupon.member, coupon.campaign) != (request.member, request.campaign)
            })
        });
        wrong.map(|request| request.id.to_bits()).collect()
    }

    /// Also those that the line never gave.
    fn places_that_are_given_twice(&self) -> BTreeSet<u128> {
        let lines = &self.lines;
        let mut taken = BTreeSet::new();
        let wrong = lines.requests.values().filter(|request| {
            let line = lines.lines.get(&request.campaign);
            let last = line.map_or(0, |line| line.last_place);
            let given = (1..=last).contains(&request.place);
            !taken.insert((request.campaign, request.place)) || !given
        });
        wrong.map(|request| request.id.to_bits()).collect()
    }

    /// Those whose number is below one that somebody before them has, and those who wait although
    /// somebody behind them does not.
    fn requests_served_out_of_turn(&self) -> BTreeSet<u128> {
        let requests = || self.lines.requests.values();
        let number = |request: &CouponRequest| match request.state {
            RequestState::Issued { coupon, .. } => {
                self.coupons.coupons.get(&coupon).map(|coupon| coupon.parts().number)
            }
            RequestState::Waiting | RequestState::Refused { .. } => None,
        };
        let wrong = requests().filter(|request| {
            let of_line = || requests().filter(|other| other.campaign == request.campaign);
            let mut before = of_line().filter(|other| other.place < request.place);
            let mut behind = of_line().filter(|other| other.place > request.place);
            let passed = behind.any(|other| other.state != RequestState::Waiting);
            let waits = request.state == RequestState::Waiting;
            let mine = number(request);
            waits && passed || mine.is_some() && before.any(|other| number(other) >= mine)
        });
        wrong.map(|request| request.id.to_bits()).collect()
    }

    /// Coupons that are used by an order that did not take them or gave them back, and those that
    /// an order has although they are not used by it.
    fn coupons_whose_order_says_otherwise(&self) -> BTreeSet<u128> {
        let mut wrong = BTreeSet::new();
        for coupon in self.coupons.coupons.values().map(|coupon| coupon.parts()) {
            let CouponState::Used { order, .. } = coupon.state else { continue };
            let order = self.shop.orders.get(&order);
            if order.is_none_or(|order| keeps(order) != Some(coupon.id)) {
                wrong.insert(coupon.id.to_bits());
            }
        }
        for order in self.shop.orders.values() {
            let Some(id) = keeps(order) else { continue };
            let coupon = self.coupons.coupons.get(&id).map(|coupon| coupon.parts().state);
            let of_it = matches!(coupon, Some(CouponState::Used { order: by, .. }) if by == order.parts().id);
            if !of_it {
                wrong.insert(id.to_bits());
            }
        }
        wrong
    }

    /// Paid orders without their points, and others that have some.
    fn orders_whose_points_say_otherwise(&self) -> BTreeSet<u128> {
        let mut wrong = BTreeSet::new();
        for order in self.shop.orders.values().map(|order| order.parts()) {
            let bought = match order.state {
                OrderState::Paid { lot, .. } => Some(lot),
                OrderState::Pending
                | OrderState::Paying { .. }
                | OrderState::Closing { .. }
                | OrderState::Expired { .. }
                | OrderState::Canceled { .. } => None,
            };
            let has = bought.is_none_or(|lot| {
                let lot = self.points.lots.get(&lot);
                let amount = order.points;
                lot.is_some_and(|lot| lot.member == order.member && lot.amount == amount)
            });
            let source = order.id.to_string();
            let another = self.points.lots.values().any(|lot| {
                let of_it = lot.source.as_ref().is_some_and(|from| from.as_str() == source);
                let as_bought = lot.kind == LotKind::Charge && lot.origin.is_none();
                let taken_back = lot.state == LotState::Canceled;
                of_it && as_bought && !taken_back && Some(lot.id) != bought
            });
            if !has || another {
                wrong.insert(order.id.to_bits());
            }
        }
        wrong
    }

    fn slots_that_name_somebody_else(&self) -> BTreeSet<u128> {
        let (slots, holds) = (&self.slots.slots, &self.slots.holds);
        let mut wrong = BTreeSet::new();
        for slot in slots.values() {
            let agrees = |by, state: fn(&HoldState) -> bool| {
                let hold: Option<&Hold> = holds.get(&by);
                hold.is_some_and(|hold| hold.slot == slot.id && state(&hold.state))
            };
            let right = match slot.state {
                SlotState::Available => true,
                SlotState::Held { hold, .. } => agrees(hold, |s| matches!(s, HoldState::Held)),
                SlotState::Reserved { hold } => {
                    agrees(hold, |s| matches!(s, HoldState::Reserved { .. }))
                }
            };
            if !right {
                wrong.insert(slot.id.to_bits());
            }
        }
        for hold in holds.values().filter(|hold| hold.state.keeps_slot()) {
            let by = slots.get(&hold.slot).map(|slot| slot.state);
            let by = match by {
                Some(SlotState::Held { hold, .. } | SlotState::Reserved { hold }) => Some(hold),
                Some(SlotState::Available) | None => None,
            };
            if by != Some(hold.id) {
                wrong.insert(hold.id.to_bits());
            }
        }
        wrong
    }

    fn holds_that_are_not_paid_right(&self) -> BTreeSet<u128> {
        let wrong = self.slots.holds.values().filter(|hold| {
            let number = format!("SLOT-{}", hold.id);
            let mut uses = self.points.usages.values();
            let paid =
                uses.find(|use_| use_.member == hold.member && use_.order.as_str() == number);
            match (hold.state, paid) {
                (HoldState::Reserved { .. }, Some(paid)) => {
                    paid.canceled > 0 || paid.amount != hold.price
                }
                (HoldState::Reserved { .. }, None) => true,
                (_, Some(paid)) => paid.remaining() > 0,
                (_, None) => false,
            }
        });
        wrong.map(|hold| hold.id.to_bits()).collect()
    }

    fn spent_on_stages(&self, is_wrong: impl Fn(Fate, &Usage) -> bool) -> BTreeSet<u128> {
        let usages = self.points.usages.values();
        let wrong = usages.filter(|usage| {
            let stage = usage.order.as_str().strip_prefix("GEN-");
            stage.is_some_and(|stage| is_wrong(self.fate(stage), usage))
        });
        wrong.map(|usage| usage.id.to_bits()).collect()
    }

    /// Of a stage that is named as a bill names it: project, stage and the row's bits.
    fn fate(&self, name: &str) -> Fate {
        let mut parts = name.rsplitn(3, '-');
        let bits = parts.next().and_then(|bits| u128::from_str_radix(bits, 16).ok());
        let (Some(bits), Some(stage)) = (bits, parts.next()) else { return Fate::Missing };
        let ended = match stage {
            "lyric" => self.lyrics.get(&LyricId::from_bits(bits)).map(|row| lyric_ended(&row.1)),
            "song" => self.songs.get(&SongId::from_bits(bits)).map(|row| ended(&row.1.making)),
            "video" => self.videos.get(&VideoId::from_bits(bits)).map(|row| ended(&row.1.making)),
            _ => None,
        };
        match ended {
            None => Fate::Missing,
            Some(true) => Fate::Fruitless,
            Some(false) => Fate::Alive,
        }
    }
}

/// The coupon that an order has for itself.
fn keeps(order: &Order) -> Option<CouponId> {
    order.parts().coupon.filter(|_| !order.has_ended())
}

fn lyric_ended(lyric: &Lyric) -> bool {
    match lyric.state {
        LyricState::Failed(_) | LyricState::Canceled => true,
        LyricState::Requested | LyricState::Writing { .. } | LyricState::Ready { .. } => false,
    }
}

fn ended<P>(making: &Making<P>) -> bool {
    match making {
        Making::Failed(_) | Making::Canceled => true,
        Making::Requested
        | Making::Submitting { .. }
        | Making::Working { .. }
        | Making::Collecting { .. }
        | Making::Ready(_)
        | Making::Unresolved { .. } => false,
    }
}

#[cfg(test)]
mod tests;
