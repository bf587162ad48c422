use async_trait::async_trait;

/// Campaigns and coupons.
#[async_trait]
pub trait CouponBook: Send {}

/// Campaigns that are open, and the coupons of a member.
#[async_trait]
pub trait CouponReader: Send + Sync {}
