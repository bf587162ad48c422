use async_trait::async_trait;

/// Packs and orders.
#[async_trait]
pub trait ShopBook: Send {}

/// Packs that are sold, and the orders of a member.
#[async_trait]
pub trait ShopReader: Send + Sync {}
