use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::model::{CampaignId, CouponLine, CouponRequest, MemberId};

/// The lines before campaigns that give their coupons in order.
///
/// # Contract
///
/// * Whoever takes a place waits for nobody who holds the campaign: the line is a row of its own.
#[async_trait]
pub trait LineBook: Send {
    /// The line before a campaign, kept for this unit; `None` if it has none.
    ///
    /// # Contract
    ///
    /// * Of two units that change a line after this, the second has seen what the first did, or is
    ///   refused with a conflict.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn line(&mut self, campaign: CampaignId) -> Result<Option<CouponLine>, StoreError>;

    /// The member's request that waits in the line of a campaign; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn waiting_request(
        &mut self,
        campaign: CampaignId,
        member: MemberId,
    ) -> Result<Option<CouponRequest>, StoreError>;

    /// Adds a request that was just given its place, and writes the line that gave it.
    ///
    /// # Contract
    ///
    /// * Of any number of units that give the same place one commits.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the place was given before;
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if the member waits in the
    /// line already.
    async fn take_place(
        &mut self,
        request: &CouponRequest,
        line: &CouponLine,
    ) -> Result<(), StoreError>;

    /// Writes whether there is a job that will serve the line.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn call_line(&mut self, campaign: CampaignId, called: bool) -> Result<(), StoreError>;

    /// Up to `limit` of those who wait, in the order of their places, from the first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn next_in_line(
        &mut self,
        campaign: CampaignId,
        limit: u32,
    ) -> Result<Vec<CouponRequest>, StoreError>;

    /// Writes what became of a request.
    ///
    /// # Contract
    ///
    /// * A request is decided once.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) unless it waits.
    async fn decide(&mut self, request: &CouponRequest) -> Result<(), StoreError>;

    /// Forgets up to `limit` requests that were decided before that time, the oldest first, and says
    /// how many.
    ///
    /// # Contract
    ///
    /// * Those who wait stand where they stood.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn forget_requests(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError>;
}

/// A coupon as its request tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberedCoupon {
    /// Its number among those of its campaign.
    pub number: i64,
    /// When its time is over.
    pub expires_at: DateTime<Utc>,
}

/// A request and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoodInLine {
    /// The request.
    pub request: CouponRequest,
    /// How many wait before it; `None` once it is decided.
    pub ahead: Option<i64>,
    /// What it got, if it did.
    pub given: Option<NumberedCoupon>,
}
