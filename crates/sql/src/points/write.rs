use castad_domain::{
    model::{Entry, Lot, MemberId, PointAccount, Totals, Usage},
    port::StoreError,
};
use chrono::{DateTime, Utc};

use super::one_row;
use crate::{row::bits, store::Unit};

texts! {
    UPDATE_ACCOUNT =
        "UPDATE point_accounts SET version = version + 1, balance = ? \
         WHERE member_id = ? AND version = ?";
    INSERT_LOT =
        "INSERT INTO point_lots (id, member_id, kind, first_out, amount, remaining, state, \
         expires_at, created_at, origin_id, source, live_until) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE_LOT = "UPDATE point_lots SET remaining = ?, state = ?, live_until = ? WHERE id = ?";
    NOTE_TOLD =
        "UPDATE point_lots SET told_at = ? \
         WHERE member_id = ? AND live_until > ? AND live_until < ? AND told_at IS NULL";
    INSERT_USAGE =
        "INSERT INTO point_usages (id, member_id, order_number, amount, canceled, at) \
         VALUES (?, ?, ?, ?, ?, ?)";
    UPDATE_USAGE = "UPDATE point_usages SET canceled = ? WHERE id = ?";
    INSERT_DETAIL =
        "INSERT INTO point_usage_details (usage_id, place, lot_id, amount, canceled) \
         VALUES (?, ?, ?, ?, ?)";
    UPDATE_DETAIL =
        "UPDATE point_usage_details SET canceled = ? WHERE usage_id = ? AND place = ?";
    INSERT_ENTRY =
        "INSERT INTO point_entries (member_id, id, kind, amount, balance, lot_id, usage_id, \
         order_number, counterpart_id, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    INSERT_TOTALS =
        "INSERT INTO point_totals (available, accumulated, used, expired, version, member_id) \
         VALUES (?, ?, ?, ?, ?, ?)";
    RAISE_TOTALS =
        "UPDATE point_totals SET available = available + ?, accumulated = accumulated + ?, \
         used = used + ?, expired = expired + ?, version = ? WHERE member_id = ?";
    SET_TOTALS =
        "UPDATE point_totals SET available = ?, accumulated = ?, used = ?, expired = ?, \
         version = ? WHERE member_id = ?";
}

/// Runs a statement that takes totals, all in the same order.
macro_rules! totals {
    ($unit:expr, $text:expr, $account:expr, $totals:expr) => {{
        let Totals { available, accumulated, used, expired } = $totals;
        let (member, version) = (bits($account.member().to_bits()), $account.version() + 1);
        execute!($unit.link(), $text, available, accumulated, used, expired, version, member,)
    }};
}

/// Writes what changed of an account, if nobody else wrote since it was read.
pub(super) async fn account(unit: &mut Unit, account: &PointAccount) -> Result<(), StoreError> {
    balance(unit, account).await?;
    let changes = account.changes();
    for usage in &changes.spent {
        spent(unit, usage).await?;
    }
    for usage in &changes.returned {
        returned(unit, usage).await?;
    }
    for lot in account.lots() {
        if changes.opened.contains(&lot.id) {
            opened(unit, lot).await?;
        } else if changes.touched.contains(&lot.id) {
            touched(unit, lot).await?;
        }
    }
    for made in &changes.entries {
        entry(unit, made).await?;
    }
    let more = changes.entries.iter().fold(Totals::default(), Totals::with);
    if account.version() == 0 {
        totals!(unit, INSERT_TOTALS, account, more)?;
    } else {
        totals!(unit, RAISE_TOTALS, account, more)?;
    }
    Ok(())
}

/// Writes a member's totals anew, and what the lots have.
pub(super) async fn corrected(
    unit: &mut Unit,
    account: &PointAccount,
    totals: Totals,
) -> Result<(), StoreError> {
    balance(unit, account).await?;
    if totals!(unit, SET_TOTALS, account, totals)? == 0 {
        totals!(unit, INSERT_TOTALS, account, totals)?;
    }
    Ok(())
}

/// Notes of a member's lots that are lost soon that the member is told of them.
pub(super) async fn told(
    unit: &mut Unit,
    of: MemberId,
    (now, soon): (DateTime<Utc>, DateTime<Utc>),
) -> Result<u64, StoreError> {
    execute!(unit.link(), NOTE_TOLD, now, bits(of.to_bits()), now, soon)
}

async fn balance(unit: &mut Unit, account: &PointAccount) -> Result<(), StoreError> {
    let (member, version) = (bits(account.member().to_bits()), account.version());
    one_row(execute!(unit.link(), UPDATE_ACCOUNT, account.balance(), member, version)?)
}

async fn opened(unit: &mut Unit, lot: &Lot) -> Result<(), StoreError> {
    execute!(
        unit.link(),
        INSERT_LOT,
        bits(lot.id.to_bits()),
        bits(lot.member.to_bits()),
        lot.kind.name(),
        lot.manual,
        lot.amount,
        lot.remaining,
        lot.state.name(),
        lot.expires_at,
        lot.created_at,
        lot.origin.map(|id| bits(id.to_bits())),
        lot.source.as_ref().map(castad_domain::model::OrderNumber::as_str),
        lot.live_until(),
    )?;
    Ok(())
}

async fn touched(unit: &mut Unit, lot: &Lot) -> Result<(), StoreError> {
    let (id, state, until) = (bits(lot.id.to_bits()), lot.state.name(), lot.live_until());
    one_row(execute!(unit.link(), UPDATE_LOT, lot.remaining, state, until, id)?)
}

async fn spent(unit: &mut Unit, usage: &Usage) -> Result<(), StoreError> {
    let (id, member) = (bits(usage.id.to_bits()), bits(usage.member.to_bits()));
    let order = usage.order.as_str();
    execute!(unit.link(), INSERT_USAGE, id, member, order, usage.amount, usage.canceled, usage.at)?;
    for (place, part) in (0_i64..).zip(&usage.details) {
        let lot = bits(part.lot.to_bits());
        execute!(unit.link(), INSERT_DETAIL, id, place, lot, part.amount, part.canceled)?;
    }
    Ok(())
}

async fn returned(unit: &mut Unit, usage: &Usage) -> Result<(), StoreError> {
    let id = bits(usage.id.to_bits());
    one_row(execute!(unit.link(), UPDATE_USAGE, usage.canceled, id)?)?;
    for (place, part) in (0_i64..).zip(&usage.details) {
        if part.canceled > 0 {
            one_row(execute!(unit.link(), UPDATE_DETAIL, part.canceled, id, place)?)?;
        }
    }
    Ok(())
}

async fn entry(unit: &mut Unit, entry: &Entry) -> Result<(), StoreError> {
    execute!(
        unit.link(),
        INSERT_ENTRY,
        bits(entry.member.to_bits()),
        bits(entry.id.to_bits()),
        entry.kind.name(),
        entry.amount,
        entry.balance,
        entry.lot.map(|id| bits(id.to_bits())),
        entry.usage.map(|id| bits(id.to_bits())),
        entry.order.as_ref().map(castad_domain::model::OrderNumber::as_str),
        entry.counterpart.map(|id| bits(id.to_bits())),
        entry.reason.as_ref().map(castad_domain::model::Reason::as_str),
        entry.at,
    )?;
    Ok(())
}
