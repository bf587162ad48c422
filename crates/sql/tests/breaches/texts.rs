//! What breaks one rule of the books, and nothing else, in SQL that every engine reads.

use std::collections::BTreeSet;

use castad_contract::{Database, Ledger, findings, ledger, make};
use castad_domain::{
    model::CouponRequestId,
    port::{BookRule, Finding},
};

/// Texts that break a rule and mend it again, and what the auditor finds in between.
struct Breach {
    rule: BookRule,
    id: u128,
    breaks: String,
    mends: String,
}

/// The id as all engines read it.
fn x(bits: u128) -> String {
    format!("X'{bits:032X}'")
}

/// Adds to a column, and takes it off again.
fn count(rule: BookRule, id: u128, table: &str, (column, by): (&str, i64), rows: &str) -> Breach {
    let text = |by| format!("UPDATE {table} SET {column} = {column} + ({by}) WHERE {rows}");
    Breach { rule, id, breaks: text(by), mends: text(-by) }
}

/// Sets a column from one value to another, and back.
fn set(rule: BookRule, id: u128, table: &str, rows: &str, [from, to]: [&str; 2]) -> Breach {
    let text = |values| format!("UPDATE {table} SET {values} WHERE {rows}");
    Breach { rule, id, breaks: text(to), mends: text(from) }
}

fn breaches(of: &Ledger) -> Vec<Breach> {
    let mut all = points(of);
    all.extend(coupons(of));
    all.extend(line(of));
    all.extend(orders(of));
    all.extend(slots(of));
    all.extend(stages(of));
    all
}

fn points(of: &Ledger) -> Vec<Breach> {
    let member = of.member.to_bits();
    let (mine, lot) = (format!("member_id = {}", x(member)), of.lot.to_bits());
    let (row, usage) = (format!("id = {}", x(lot)), of.usage.to_bits());
    let part = format!("usage_id = {}", x(usage));
    let given = format!("{mine} AND kind = 'accumulated' AND lot_id = {}", x(lot));
    let told = format!("{mine} AND order_number = 'A1' AND kind = 'use_canceled'");
    let names = format!("usage_id = {}", x(usage));
    let keep = format!(
        "INSERT INTO point_totals SELECT member_id, SUM(amount), \
         SUM(CASE WHEN kind IN ('used', 'use_canceled', 'expired') THEN 0 ELSE amount END), \
         -SUM(CASE WHEN kind IN ('used', 'use_canceled') THEN amount ELSE 0 END), \
         -SUM(CASE WHEN kind = 'expired' THEN amount ELSE 0 END), 1 \
         FROM point_entries WHERE {mine} GROUP BY member_id"
    );
    vec![
        count(BookRule::Entries, member, "point_entries", ("amount", 1), &given),
        count(BookRule::Lots, member, "point_lots", ("remaining", -1), &row),
        count(BookRule::Totals, member, "point_totals", ("available", 1), &mine),
        count(BookRule::Totals, member, "point_totals", ("used", 1), &mine),
        Breach {
            rule: BookRule::Totals,
            id: member,
            breaks: format!("DELETE FROM point_totals WHERE {mine}"),
            mends: keep,
        },
        count(BookRule::Details, usage, "point_usage_details", ("canceled", 1), &part),
        count(BookRule::Details, usage, "point_usage_details", ("amount", -1), &part),
        set(BookRule::Details, usage, "point_entries", &told, [&names, "usage_id = NULL"]),
    ]
}

fn coupons(of: &Ledger) -> Vec<Breach> {
    let (campaign, coupon) = (of.campaign.to_bits(), of.coupon.to_bits());
    let (row, used) = (format!("id = {}", x(campaign)), format!("id = {}", x(coupon)));
    let (waiting, paid) = (x(of.waiting.to_bits()), x(of.paid.to_bits()));
    let waits = format!("id = {waiting}");
    let by = |order: &str| format!("order_id = {order}");
    let unused = "state = 'issued', order_id = NULL, changed_at = NULL";
    let as_used = format!("state = 'used', order_id = {waiting}, changed_at = issued_at");
    let with = format!("coupon_id = {}", x(coupon));
    let over = ["state = 'pending'", "state = 'canceled'"];
    vec![
        count(BookRule::Issued, campaign, "campaigns", ("issued", -1), &row),
        count(BookRule::Issued, campaign, "campaigns", ("issued", 1), &row),
        count(BookRule::Numbers, campaign, "campaigns", ("last_number", 1), &row),
        count(BookRule::Numbers, campaign, "coupons", ("number", 1), &used),
        set(BookRule::CouponUses, coupon, "coupons", &used, [&by(&waiting), &by(&paid)]),
        set(BookRule::CouponUses, coupon, "coupons", &used, [&as_used, unused]),
        set(BookRule::CouponUses, coupon, "orders", &waits, [&with, "coupon_id = NULL"]),
        set(BookRule::CouponUses, coupon, "orders", &waits, over),
    ]
}

fn line(of: &Ledger) -> Vec<Breach> {
    let [first, second, last] = of.line.requests.map(CouponRequestId::to_bits);
    let row = |bits: u128| format!("id = {}", x(bits));
    let (coupon, line) =
        (row(of.line.coupon.to_bits()), format!("campaign_id = {}", x(of.line.campaign.to_bits())));
    let of_member = |bits: u128| format!("member_id = {}", x(bits));
    let owner = of_member(make::member(13).id.to_bits());
    let other = of_member(of.member.to_bits());
    let got = |bits: u128| format!("coupon_id = {}", x(bits));
    let (mine, another) = (got(of.line.coupon.to_bits()), got(of.coupon.to_bits()));
    let table = "coupon_requests";
    vec![
        set(BookRule::Requests, first, "coupons", &coupon, [&owner, &other]),
        set(BookRule::Requests, first, table, &row(first), [&owner, &other]),
        set(BookRule::Requests, first, table, &row(first), [&mine, &another]),
        set(BookRule::Requests, first, table, &row(first), [&mine, &got(7)]),
        count(BookRule::Places, last, "coupon_lines", ("last_place", -1), &line),
        count(BookRule::Places, last, table, ("place", 4), &row(last)),
        count(BookRule::Turns, first, table, ("place", -3), &row(second)),
        count(BookRule::Turns, last, table, ("place", -4), &row(last)),
    ]
}

fn orders(of: &Ledger) -> Vec<Breach> {
    let (paid, bought) = (of.paid.to_bits(), x(of.bought.to_bits()));
    let (order, sold) = (format!("id = {}", x(paid)), format!("id = {bought}"));
    let with = |lot: &str| format!("lot_id = {lot}");
    let another = with(&x(of.lot.to_bits()));
    let unpaid = "state = 'closing', ending = 'canceled', lot_id = NULL, payment = NULL";
    let as_paid = format!("state = 'paid', ending = NULL, lot_id = {bought}, payment = 'purse'");
    vec![
        set(BookRule::Orders, paid, "orders", &order, [&with(&bought), &another]),
        set(BookRule::Orders, paid, "orders", &order, [&as_paid, unpaid]),
        count(BookRule::Orders, paid, "point_lots", ("amount", 1), &sold),
    ]
}

fn slots(of: &Ledger) -> Vec<Breach> {
    let (held, booked) = (of.held.to_bits(), of.booked.to_bits());
    let slot = of.held_slot.to_bits();
    let (slot_row, hold_row) = (format!("id = {}", x(slot)), format!("id = {}", x(booked)));
    let free = "state = 'available', hold_id = NULL, held_until = NULL";
    let keeps = |state: &str, until: &str| {
        format!("state = '{state}', hold_id = {}, held_until = {until}", x(held))
    };
    let until = format!("(SELECT expires_at FROM holds WHERE id = {})", x(held));
    let paying = format!("order_number = 'SLOT-hld_{held:032x}'");
    vec![
        set(BookRule::Slots, held, "slots", &slot_row, [&keeps("held", &until), free]),
        set(
            BookRule::Slots,
            slot,
            "slots",
            &slot_row,
            [&keeps("held", &until), &keeps("reserved", "NULL")],
        ),
        count(BookRule::Bookings, booked, "holds", ("price", 1), &hold_row),
        set(
            BookRule::Bookings,
            booked,
            "point_usages",
            &format!("id = {}", x(of.booking.to_bits())),
            [&format!("order_number = 'SLOT-hld_{booked:032x}'"), "order_number = 'A9'"],
        ),
        spent_on(of, BookRule::Bookings, held, &paying),
    ]
}

/// The use on `A1`, most of which was not given back, as if it had been for something else.
fn spent_on(of: &Ledger, rule: BookRule, id: u128, order: &str) -> Breach {
    let row = format!("id = {}", x(of.usage.to_bits()));
    set(rule, id, "point_usages", &row, ["order_number = 'A1'", order])
}

fn stages(of: &Ledger) -> Vec<Breach> {
    let usage = of.usage.to_bits();
    let on = |stage: &str, bits: u128| format!("order_number = 'GEN-prj_1-{stage}-{bits:032x}'");
    let (failed, ready) = (of.failed.to_bits(), of.ready.to_bits());
    vec![
        spent_on(of, BookRule::Spends, usage, &on("song", 7)),
        spent_on(of, BookRule::Spends, usage, &on("song", failed)),
        spent_on(of, BookRule::Refunds, usage, &on("lyric", failed)),
        spent_on(of, BookRule::Deliveries, usage, &on("song", ready)),
    ]
}

/// Each rule finds what breaks it, no other rule does, and nothing is found before and after.
pub(crate) async fn each_rule_finds_what_breaks_it_and_no_other(
    db: &Database,
    tamper: impl AsyncFn(&str),
) {
    let of = Box::pin(ledger(db)).await;
    assert_eq!(findings(&*db.auditor).await, []);
    let mut broken = BTreeSet::new();
    for Breach { rule, id, breaks, mends } in breaches(&of) {
        tamper(&breaks).await;
        assert_eq!(findings(&*db.auditor).await, [Finding { rule, id }], "{breaks}");
        tamper(&mends).await;
        assert_eq!(findings(&*db.auditor).await, [], "{mends}");
        broken.insert(rule.says());
    }
    assert_eq!(broken.len(), BookRule::ALL.len(), "every rule was broken: {broken:?}");
}
