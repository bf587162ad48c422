use std::{collections::BTreeSet, sync::Arc};

use castad_contract::{Database, Ledger, Writers, findings, ledger};
use castad_domain::{
    model::{
        CampaignId, CampaignParts, Coupon, CouponLine, CouponParts, CouponRequestId, Hold, HoldId,
        Order, OrderNumber, OrderParts, PaymentRef, UsageId,
    },
    port::BookRule,
};
use chrono::DateTime;

use super::*;

type Breaks = fn(&mut Tables, &Ledger) -> u128;
type Bill = fn(&Ledger) -> String;

/// What breaks a rule, and the id that the rule names then.
const BREACHES: [(BookRule, Breaks); 31] = [
    (BookRule::Entries, |tables, of| {
        let entries = Arc::make_mut(tables.points.entries.get_mut(&of.member).unwrap());
        let given = entries.iter_mut().find(|entry| entry.lot == Some(of.lot)).unwrap();
        Arc::make_mut(given).amount += 1;
        of.member.to_bits()
    }),
    (BookRule::Lots, |tables, of| {
        Arc::make_mut(tables.points.lots.get_mut(&of.lot).unwrap()).remaining -= 1;
        of.member.to_bits()
    }),
    (BookRule::Totals, |tables, of| {
        tables.points.totals.get_mut(&of.member).unwrap().available += 1;
        of.member.to_bits()
    }),
    (BookRule::Totals, |tables, of| {
        tables.points.totals.get_mut(&of.member).unwrap().used += 1;
        of.member.to_bits()
    }),
    (BookRule::Totals, |tables, of| {
        tables.points.totals.remove(&of.member);
        of.member.to_bits()
    }),
    (BookRule::Details, |tables, of| {
        usage(tables, of.usage, |usage| usage.details[0].canceled += 1)
    }),
    (BookRule::Details, |tables, of| usage(tables, of.usage, |usage| usage.details.clear())),
    (BookRule::Details, |tables, of| {
        let told = tables.points.entries.values_mut().flat_map(|of| Arc::make_mut(of).iter_mut());
        let mut told = told.filter(|entry| entry.usage.is_some());
        let (one, other) = (told.next().unwrap(), told.next().unwrap());
        assert_eq!((one.usage, other.usage), (Some(of.usage), Some(of.usage)));
        Arc::make_mut(other).usage = None;
        of.usage.to_bits()
    }),
    (BookRule::Issued, |tables, of| campaign(tables, of, |parts| parts.issued -= 1)),
    (BookRule::Issued, |tables, of| campaign(tables, of, |parts| parts.issued += 1)),
    (BookRule::Numbers, |tables, of| campaign(tables, of, |parts| parts.last_number += 1)),
    (BookRule::Numbers, |tables, of| {
        coupon(tables, of, |parts| parts.number += 1);
        of.campaign.to_bits()
    }),
    (BookRule::Requests, |tables, of| {
        coupon_of(tables, of.line.coupon, |parts| parts.member = of.member);
        of.line.requests[0].to_bits()
    }),
    (BookRule::Requests, |tables, of| {
        request(tables, of.line.requests[0], |request| request.campaign = of.campaign);
        tables.lines.lines.insert(of.campaign, line(of.campaign));
        of.line.requests[0].to_bits()
    }),
    (BookRule::Requests, |tables, of| {
        request(tables, of.line.requests[0], |request| {
            let at = request.asked_at;
            request.state = RequestState::Issued { coupon: of.coupon, at };
        })
    }),
    (BookRule::Places, |tables, of| {
        tables.lines.lines.get_mut(&of.line.campaign).unwrap().last_place -= 1;
        of.line.requests[2].to_bits()
    }),
    (BookRule::Places, |tables, of| {
        request(tables, of.line.requests[1], |request| request.place -= 1)
    }),
    (BookRule::Turns, |tables, of| {
        request(tables, of.line.requests[1], |request| request.place = 1);
        of.line.requests[0].to_bits()
    }),
    (BookRule::Turns, |tables, of| {
        request(tables, of.line.requests[2], |request| request.place = 1)
    }),
    (BookRule::CouponUses, |tables, of| {
        let (order, at) = (of.paid, tables.shop.orders[&of.paid].parts().created_at);
        coupon(tables, of, |parts| parts.state = CouponState::Used { order, at })
    }),
    (BookRule::CouponUses, |tables, of| {
        coupon(tables, of, |parts| parts.state = CouponState::Issued)
    }),
    (BookRule::CouponUses, |tables, of| {
        order(tables, of.waiting, |parts| parts.coupon = None);
        of.coupon.to_bits()
    }),
    (BookRule::CouponUses, |tables, of| {
        order(tables, of.waiting, |parts| {
            parts.state = OrderState::Canceled { at: parts.created_at };
        });
        of.coupon.to_bits()
    }),
    (BookRule::Orders, |tables, of| {
        let (lot, reference) = (of.lot, PaymentRef::new("purse"));
        order(tables, of.paid, |parts| {
            parts.state = OrderState::Paid { at: parts.created_at, reference, lot };
        })
    }),
    (BookRule::Orders, |tables, of| {
        order(tables, of.paid, |parts| parts.state = OrderState::Pending)
    }),
    (BookRule::Orders, |tables, of| {
        Arc::make_mut(tables.points.lots.get_mut(&of.bought).unwrap()).amount += 1;
        of.paid.to_bits()
    }),
    (BookRule::Slots, |tables, of| {
        let slots = Arc::make_mut(&mut tables.slots);
        slots.slots.get_mut(&of.held_slot).unwrap().state = SlotState::Available;
        of.held.to_bits()
    }),
    (BookRule::Slots, |tables, of| {
        let slots = Arc::make_mut(&mut tables.slots);
        let hold = of.held;
        slots.slots.get_mut(&of.held_slot).unwrap().state = SlotState::Reserved { hold };
        of.held_slot.to_bits()
    }),
    (BookRule::Bookings, |tables, of| hold(tables, of.booked, |hold| hold.price += 1)),
    (BookRule::Bookings, |tables, of| {
        spent_on(tables, of.booking, "A9");
        of.booked.to_bits()
    }),
    (BookRule::Bookings, |tables, of| {
        spent_on(tables, of.usage, &format!("SLOT-{}", of.held));
        of.held.to_bits()
    }),
];

/// What the use on `A1` would be wrong for, had it been spent on that.
const SPENT: [(BookRule, Bill); 4] = [
    (BookRule::Spends, |_| bill("song", 7)),
    (BookRule::Spends, |of| bill("song", of.failed.to_bits())),
    (BookRule::Refunds, |of| bill("lyric", of.failed.to_bits())),
    (BookRule::Deliveries, |of| bill("song", of.ready.to_bits())),
];

fn bill(stage: &str, bits: u128) -> String {
    format!("GEN-prj_1-{stage}-{bits:032x}")
}

fn usage(tables: &mut Tables, id: UsageId, change: impl FnOnce(&mut Usage)) -> u128 {
    change(Arc::make_mut(tables.points.usages.get_mut(&id).unwrap()));
    id.to_bits()
}

fn spent_on(tables: &mut Tables, id: UsageId, order: &str) -> u128 {
    usage(tables, id, |usage| usage.order = OrderNumber::parse(order).unwrap())
}

fn campaign(tables: &mut Tables, of: &Ledger, change: impl FnOnce(&mut CampaignParts)) -> u128 {
    let kept = tables.coupons.campaigns.get_mut(&of.campaign).unwrap();
    let mut parts = kept.parts().clone();
    change(&mut parts);
    *kept = Arc::new(castad_domain::model::Campaign::restore(parts));
    of.campaign.to_bits()
}

fn coupon(tables: &mut Tables, of: &Ledger, change: impl FnOnce(&mut CouponParts)) -> u128 {
    coupon_of(tables, of.coupon, change)
}

fn coupon_of(tables: &mut Tables, id: CouponId, change: impl FnOnce(&mut CouponParts)) -> u128 {
    let kept = tables.coupons.coupons.get_mut(&id).unwrap();
    let mut parts = kept.parts().clone();
    change(&mut parts);
    *kept = Arc::new(Coupon::restore(parts));
    id.to_bits()
}

fn request(
    tables: &mut Tables,
    id: CouponRequestId,
    change: impl FnOnce(&mut CouponRequest),
) -> u128 {
    change(tables.lines.requests.get_mut(&id).unwrap());
    id.to_bits()
}

/// One that has given enough places.
fn line(campaign: CampaignId) -> CouponLine {
    let opens_at = DateTime::UNIX_EPOCH;
    CouponLine { campaign, opens_at, last_place: 9, called: false }
}

fn order(
    tables: &mut Tables,
    id: castad_domain::model::OrderId,
    change: impl FnOnce(&mut OrderParts),
) -> u128 {
    let kept = tables.shop.orders.get_mut(&id).unwrap();
    let mut parts = kept.parts().clone();
    change(&mut parts);
    *kept = Arc::new(Order::restore(parts));
    id.to_bits()
}

fn hold(tables: &mut Tables, id: HoldId, change: impl FnOnce(&mut Hold)) -> u128 {
    change(Arc::make_mut(&mut tables.slots).holds.get_mut(&id).unwrap());
    id.to_bits()
}

#[tokio::test]
async fn each_rule_finds_what_breaks_it_and_no_other() {
    let store = MemoryStore::new();
    let of = Box::pin(ledger(&Database::of(store.clone(), Writers::Many))).await;
    let right = store.snapshot();
    assert_eq!(findings(&store).await, []);

    let mut broken = BTreeSet::new();
    let mut check = async |rule: BookRule, n: usize, breaks: &dyn Fn(&mut Tables) -> u128| {
        let mut tables = Tables::clone(&right);
        let id = breaks(&mut tables);
        *crate::bell::locked(&store.live) = Arc::new(tables);
        assert_eq!(findings(&store).await, [Finding { rule, id }], "breach {n}");
        broken.insert(rule.says());
    };
    for (n, (rule, breaks)) in BREACHES.into_iter().enumerate() {
        check(rule, n, &|tables| breaks(tables, &of)).await;
    }
    for (n, (rule, order)) in SPENT.into_iter().enumerate() {
        check(rule, n, &|tables| spent_on(tables, of.usage, &order(&of))).await;
    }
    assert_eq!(broken.len(), BookRule::ALL.len(), "every rule was broken: {broken:?}");
}
