use async_trait::async_trait;

/// Points: accounts, lots, uses and entries.
#[async_trait]
pub trait PointsBook: Send {}

/// Balances and histories.
#[async_trait]
pub trait PointsReader: Send + Sync {}
