use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{LineBook, Page, StoodInLine, StoreError};
use crate::model::{Campaign, CampaignId, Coupon, CouponId, CouponRequestId, MemberId, OfferName};

/// A coupon, with what its campaign is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenCoupon {
    /// The coupon.
    pub coupon: Coupon,
    /// What the campaign is called that gave it.
    pub campaign: OfferName,
}

/// Campaigns and coupons.
#[async_trait]
pub trait CouponBook: LineBook + Send {
    /// Adds a campaign, and its line if it gives its coupons in order.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if the id is taken.
    async fn insert_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError>;

    /// A campaign as it stands, kept for this unit: `None` if there is none.
    ///
    /// # Contract
    ///
    /// * Of two units that change a campaign after this, the second has seen what the first did, or
    ///   is refused with a conflict.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn hold_campaign(&mut self, id: CampaignId) -> Result<Option<Campaign>, StoreError>;

    /// Writes what changed, if nobody else wrote since it was read.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else wrote first.
    async fn update_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError>;

    /// Whether a member has had a coupon of a campaign, whatever became of it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn has_had_one(
        &mut self,
        campaign: CampaignId,
        member: MemberId,
    ) -> Result<bool, StoreError>;

    /// A coupon; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn coupon(&mut self, id: CouponId) -> Result<Option<Coupon>, StoreError>;

    /// Adds a coupon.
    ///
    /// # Contract
    ///
    /// * A campaign has one coupon of each number, and one for each member.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) otherwise.
    async fn insert_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError>;

    /// Writes what changed, if nobody else wrote since it was read.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else wrote first.
    async fn update_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError>;
}

/// Campaigns that are open, and the coupons of a member.
///
/// # Contract
///
/// * Lists are newest first, and a page begins behind the row that `after` names.
#[async_trait]
pub trait CouponReader: Send + Sync {
    /// Campaigns that have opened and have coupons left.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn open_campaigns(
        &self,
        now: DateTime<Utc>,
        page: Page,
    ) -> Result<Vec<Campaign>, StoreError>;

    /// A member's coupons.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn coupons(&self, of: MemberId, page: Page) -> Result<Vec<GivenCoupon>, StoreError>;

    /// Up to `limit` coupons that are issued and whose time is over, the longest overdue first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn overdue_coupons(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<CouponId>, StoreError>;

    /// A request of the member's, and where it stands.
    ///
    /// # Contract
    ///
    /// * It costs one statement, however long the line is.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn stood_in_line(
        &self,
        of: MemberId,
        id: CouponRequestId,
    ) -> Result<Option<StoodInLine>, StoreError>;

    /// Up to `limit` campaigns whose line was to be served and for which there is no job, be it
    /// waiting, running or set aside.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn forsaken_lines(&self, limit: u32) -> Result<Vec<CampaignId>, StoreError>;
}
