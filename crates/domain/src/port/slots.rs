use async_trait::async_trait;

/// Channels, slots, holds, and the queue before them.
#[async_trait]
pub trait SlotBook: Send {}

/// Channels and slots as they stand.
#[async_trait]
pub trait SlotReader: Send + Sync {}
