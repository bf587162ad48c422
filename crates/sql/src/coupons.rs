use async_trait::async_trait;
use castad_domain::{
    model::{Campaign, CampaignId, Coupon, CouponId, CouponLine, CouponRequestId, MemberId},
    port::{CouponBook, CouponReader, GivenCoupon, MAX_PAGE, Page, StoodInLine, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    dialect,
    fault::{one_row, store_error},
    lines,
    row::{
        CampaignRow, CouponRow, GivenRow, bits, campaign_columns, coupon_columns, coupon_standing,
        off,
    },
    store::{Sql, Unit},
};

texts! {
    CAMPAIGN = concat!("SELECT ", campaign_columns!(), " FROM campaigns WHERE id = ?");
    OPEN_CAMPAIGNS = concat!(
        "SELECT ", campaign_columns!(), " FROM campaigns \
         WHERE sold_out = FALSE AND id < ? AND opens_at <= ? ORDER BY id DESC LIMIT ?"
    );
    INSERT_CAMPAIGN =
        "INSERT INTO campaigns (id, name, total, opens_at, off_kind, off_amount, minimum_order, \
         valid_days, issued, last_number, sold_out, created_at, version, mode) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE_CAMPAIGN =
        "UPDATE campaigns SET issued = ?, last_number = ?, sold_out = ?, version = version + 1 \
         WHERE id = ? AND version = ?";
    COUPON = concat!("SELECT ", coupon_columns!(), " FROM coupons WHERE id = ?");
    COUPONS = concat!(
        "SELECT ", coupon_columns!(), ", (SELECT name FROM campaigns \
         WHERE campaigns.id = coupons.campaign_id) AS campaign_name FROM coupons \
         WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
    );
    HAD = "SELECT id FROM coupons WHERE campaign_id = ? AND member_id = ?";
    OVERDUE =
        "SELECT id FROM coupons WHERE state = 'issued' AND expires_at <= ? \
         ORDER BY expires_at, id LIMIT ?";
    INSERT_COUPON =
        "INSERT INTO coupons (id, campaign_id, member_id, number, off_kind, off_amount, \
         minimum_order, state, order_id, changed_at, issued_at, expires_at, version) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE_COUPON =
        "UPDATE coupons SET state = ?, order_id = ?, changed_at = ?, version = version + 1 \
         WHERE id = ? AND version = ?";
}

#[derive(sqlx::FromRow)]
struct IdRow {
    id: Uuid,
}

#[async_trait]
impl CouponBook for Unit {
    async fn insert_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        let parts = campaign.parts();
        let (terms, (kind, amount)) = (&parts.terms, off(parts.terms.discount));
        execute!(
            self.link(),
            INSERT_CAMPAIGN,
            bits(parts.id.to_bits()),
            terms.name.as_str(),
            terms.total,
            terms.opens_at,
            kind,
            amount,
            terms.minimum_order,
            terms.valid_days,
            parts.issued,
            parts.last_number,
            campaign.remaining() == 0,
            parts.created_at,
            parts.version,
            terms.mode.name(),
        )?;
        match CouponLine::of(campaign) {
            Some(line) => lines::insert_line(self, &line).await,
            None => Ok(()),
        }
    }

    async fn hold_campaign(&mut self, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
        let row = dialect::hold_campaign(self.link(), bits(id.to_bits())).await;
        row.map_err(store_error)?.map(CampaignRow::campaign).transpose()
    }

    async fn update_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        let parts = campaign.parts();
        one_row(execute!(
            self.link(),
            UPDATE_CAMPAIGN,
            parts.issued,
            parts.last_number,
            campaign.remaining() == 0,
            bits(parts.id.to_bits()),
            parts.version,
        )?)
    }

    async fn has_had_one(
        &mut self,
        campaign: CampaignId,
        member: MemberId,
    ) -> Result<bool, StoreError> {
        let (campaign, member) = (bits(campaign.to_bits()), bits(member.to_bits()));
        let row = fetch_optional!(self.link(), IdRow, HAD, campaign, member)?;
        Ok(row.is_some())
    }

    async fn coupon(&mut self, id: CouponId) -> Result<Option<Coupon>, StoreError> {
        let row = fetch_optional!(self.link(), CouponRow, COUPON, bits(id.to_bits()))?;
        row.map(CouponRow::coupon).transpose()
    }

    async fn insert_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        let parts = coupon.parts();
        let ((kind, amount), (order, at)) = (off(parts.discount), coupon_standing(parts.state));
        execute!(
            self.link(),
            INSERT_COUPON,
            bits(parts.id.to_bits()),
            bits(parts.campaign.to_bits()),
            bits(parts.member.to_bits()),
            parts.number,
            kind,
            amount,
            parts.minimum_order,
            parts.state.name(),
            order.map(bits),
            at,
            parts.issued_at,
            parts.expires_at,
            parts.version,
        )?;
        Ok(())
    }

    async fn update_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        let parts = coupon.parts();
        let (order, at) = coupon_standing(parts.state);
        one_row(execute!(
            self.link(),
            UPDATE_COUPON,
            parts.state.name(),
            order.map(bits),
            at,
            bits(parts.id.to_bits()),
            parts.version,
        )?)
    }
}

/// The bound that a page begins behind, and its length.
fn bounds(page: Page) -> (Uuid, u32) {
    (page.after.map_or(Uuid::max(), bits), page.limit.min(MAX_PAGE))
}

#[async_trait]
impl CouponReader for Sql {
    async fn open_campaigns(
        &self,
        now: DateTime<Utc>,
        page: Page,
    ) -> Result<Vec<Campaign>, StoreError> {
        let ((after, limit), mut reader) = (bounds(page), self.reader().await?);
        let rows = fetch_all!(reader.link(), CampaignRow, OPEN_CAMPAIGNS, after, now, limit)?;
        rows.into_iter().map(CampaignRow::campaign).collect()
    }

    async fn coupons(&self, of: MemberId, page: Page) -> Result<Vec<GivenCoupon>, StoreError> {
        let ((after, limit), mut reader) = (bounds(page), self.reader().await?);
        let of = bits(of.to_bits());
        let rows = fetch_all!(reader.link(), GivenRow, COUPONS, of, after, limit)?;
        rows.into_iter().map(GivenRow::given).collect()
    }

    async fn overdue_coupons(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<CouponId>, StoreError> {
        let rows = fetch_all!(self.reader().await?.link(), IdRow, OVERDUE, now, limit)?;
        Ok(rows.into_iter().map(|row| CouponId::from_bits(row.id.as_u128())).collect())
    }

    async fn stood_in_line(
        &self,
        of: MemberId,
        id: CouponRequestId,
    ) -> Result<Option<StoodInLine>, StoreError> {
        lines::stood_in_line(self, of, id).await
    }

    async fn forsaken_lines(&self, limit: u32) -> Result<Vec<CampaignId>, StoreError> {
        lines::forsaken_lines(self, limit).await
    }
}
