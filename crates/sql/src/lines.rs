use async_trait::async_trait;
use castad_domain::{
    model::{CampaignId, CouponLine, CouponRequest, CouponRequestId, MemberId},
    port::{LineBook, StoodInLine, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    fault::one_row,
    row::{LineRow, RequestRow, StoodRow, bits, request_columns, request_standing},
    store::{Sql, Unit},
};

texts! {
    INSERT_LINE =
        "INSERT INTO coupon_lines (campaign_id, opens_at, last_place, called) VALUES (?, ?, ?, ?)";
    /// Writes nothing new, and so keeps the row from everybody else until the unit ends.
    LOCK_LINE = "UPDATE coupon_lines SET last_place = last_place WHERE campaign_id = ?";
    LINE =
        "SELECT n.campaign_id, n.opens_at, n.last_place, n.called FROM coupon_lines n \
         WHERE n.campaign_id = ?";
    RAISE_LINE =
        "UPDATE coupon_lines SET last_place = ?, called = ? \
         WHERE campaign_id = ? AND last_place = ?";
    CALL_LINE = "UPDATE coupon_lines SET called = ? WHERE campaign_id = ?";
    INSERT_REQUEST =
        "INSERT INTO coupon_requests (id, campaign_id, member_id, waiting_member, place, state, \
         coupon_id, reason, asked_at, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    WAITING_REQUEST = concat!(
        "SELECT ", request_columns!(), " FROM coupon_requests r \
         WHERE r.campaign_id = ? AND r.waiting_member = ?"
    );
    NEXT_IN_LINE = concat!(
        "SELECT ", request_columns!(), " FROM coupon_requests r \
         WHERE r.campaign_id = ? AND r.state = 'waiting' ORDER BY r.place LIMIT ?"
    );
    DECIDE =
        "UPDATE coupon_requests SET state = ?, coupon_id = ?, reason = ?, decided_at = ?, \
         waiting_member = NULL WHERE id = ? AND state = 'waiting'";
    OLD_REQUESTS =
        "SELECT r.id FROM coupon_requests r WHERE r.decided_at < ? ORDER BY r.decided_at, r.id LIMIT ?";
    FORGET_REQUEST = "DELETE FROM coupon_requests WHERE id = ?";
    /// Places have no gap and are served in order: whoever waits first tells how many are ahead.
    STOOD_IN_LINE = concat!(
        "SELECT ", request_columns!(), ", c.number AS coupon_number, c.expires_at AS coupon_expires, \
           (SELECT r.place - f.place FROM coupon_requests f \
             WHERE f.campaign_id = r.campaign_id AND f.state = 'waiting' \
             ORDER BY f.campaign_id, f.state, f.place LIMIT 1) AS ahead \
         FROM coupon_requests r LEFT JOIN coupons c ON c.id = r.coupon_id \
         WHERE r.id = ? AND r.member_id = ?"
    );
    /// A job of a line is found by the campaign, as a stage's job is by the stage.
    FORSAKEN_LINES =
        "SELECT n.campaign_id AS id FROM coupon_lines n WHERE n.called = TRUE AND NOT EXISTS ( \
           SELECT 1 FROM jobs j WHERE j.stage_id = n.campaign_id AND j.kind = 'serve_line') LIMIT ?";
}

#[derive(sqlx::FromRow)]
struct IdRow {
    id: Uuid,
}

pub(crate) async fn insert_line(unit: &mut Unit, line: &CouponLine) -> Result<(), StoreError> {
    let campaign = bits(line.campaign.to_bits());
    execute!(unit.link(), INSERT_LINE, campaign, line.opens_at, line.last_place, line.called)?;
    Ok(())
}

pub(crate) async fn stood_in_line(
    sql: &Sql,
    of: MemberId,
    id: CouponRequestId,
) -> Result<Option<StoodInLine>, StoreError> {
    let (id, of) = (bits(id.to_bits()), bits(of.to_bits()));
    let row = fetch_optional!(sql.reader().await?.link(), StoodRow, STOOD_IN_LINE, id, of)?;
    row.map(StoodRow::stood).transpose()
}

pub(crate) async fn forsaken_lines(sql: &Sql, limit: u32) -> Result<Vec<CampaignId>, StoreError> {
    let limit = i64::from(limit);
    let rows = fetch_all!(sql.reader().await?.link(), IdRow, FORSAKEN_LINES, limit)?;
    Ok(rows.into_iter().map(|row| CampaignId::from_bits(row.id.as_u128())).collect())
}

#[async_trait]
impl LineBook for Unit {
    async fn line(&mut self, campaign: CampaignId) -> Result<Option<CouponLine>, StoreError> {
        let campaign = bits(campaign.to_bits());
        if execute!(self.link(), LOCK_LINE, campaign)? == 0 {
            return Ok(None);
        }
        let row = fetch_optional!(self.link(), LineRow, LINE, campaign)?;
        Ok(row.map(LineRow::line))
    }

    async fn waiting_request(
        &mut self,
        campaign: CampaignId,
        member: MemberId,
    ) -> Result<Option<CouponRequest>, StoreError> {
        let (campaign, member) = (bits(campaign.to_bits()), bits(member.to_bits()));
        let row = fetch_optional!(self.link(), RequestRow, WAITING_REQUEST, campaign, member)?;
        row.map(RequestRow::request).transpose()
    }

    async fn take_place(
        &mut self,
        request: &CouponRequest,
        line: &CouponLine,
    ) -> Result<(), StoreError> {
        let campaign = bits(line.campaign.to_bits());
        let (last, before) = (line.last_place, line.last_place - 1);
        one_row(execute!(self.link(), RAISE_LINE, last, line.called, campaign, before)?)?;

        let member = bits(request.member.to_bits());
        let (coupon, reason, at) = request_standing(request.state);
        execute!(
            self.link(),
            INSERT_REQUEST,
            bits(request.id.to_bits()),
            campaign,
            member,
            at.is_none().then_some(member),
            request.place,
            request.state.name(),
            coupon.map(bits),
            reason,
            request.asked_at,
            at,
        )?;
        Ok(())
    }

    async fn call_line(&mut self, campaign: CampaignId, called: bool) -> Result<(), StoreError> {
        execute!(self.link(), CALL_LINE, called, bits(campaign.to_bits()))?;
        Ok(())
    }

    async fn next_in_line(
        &mut self,
        campaign: CampaignId,
        limit: u32,
    ) -> Result<Vec<CouponRequest>, StoreError> {
        let (campaign, limit) = (bits(campaign.to_bits()), i64::from(limit));
        let rows = fetch_all!(self.link(), RequestRow, NEXT_IN_LINE, campaign, limit)?;
        rows.into_iter().map(RequestRow::request).collect()
    }

    async fn decide(&mut self, request: &CouponRequest) -> Result<(), StoreError> {
        let (coupon, reason, at) = request_standing(request.state);
        one_row(execute!(
            self.link(),
            DECIDE,
            request.state.name(),
            coupon.map(bits),
            reason,
            at,
            bits(request.id.to_bits()),
        )?)
    }

    /// Found first, then forgotten one by one: so no row is locked but those, and always in the
    /// same order.
    async fn forget_requests(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        for IdRow { id } in fetch_all!(self.link(), IdRow, OLD_REQUESTS, before, i64::from(limit))?
        {
            forgotten += execute!(self.link(), FORGET_REQUEST, id)?;
        }
        Ok(forgotten)
    }
}
