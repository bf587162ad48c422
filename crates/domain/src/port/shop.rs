use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{Page, StoreError};
use crate::model::{MemberId, Order, OrderId, Pack, PackId};

/// Packs and orders.
#[async_trait]
pub trait ShopBook: Send {
    /// Adds a pack.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if the id is taken.
    async fn insert_pack(&mut self, pack: &Pack) -> Result<(), StoreError>;

    /// A pack as it stands; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError>;

    /// A pack as it stands, kept for this unit.
    ///
    /// # Contract
    ///
    /// * Of two units that change a pack after this, the second has seen what the first did, or is
    ///   refused with a conflict.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn hold_pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError>;

    /// Writes what changed, if nobody else wrote since it was read.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else wrote first.
    async fn update_pack(&mut self, pack: &Pack) -> Result<(), StoreError>;

    /// Adds an order.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if the id is taken.
    async fn insert_order(&mut self, order: &Order) -> Result<(), StoreError>;

    /// An order as it stands; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// An order as it stands, kept for this unit; as for [`hold_pack`](Self::hold_pack).
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn hold_order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// Writes where an order stands, if nobody else wrote since it was read.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else wrote first.
    async fn update_order(&mut self, order: &Order) -> Result<(), StoreError>;
}

/// Packs that are sold, and the orders of a member.
///
/// # Contract
///
/// * Lists are newest first, and a page begins behind the row that `after` names.
#[async_trait]
pub trait ShopReader: Send + Sync {
    /// The packs.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn packs(&self, page: Page) -> Result<Vec<Pack>, StoreError>;

    /// A member's orders.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn orders(&self, of: MemberId, page: Page) -> Result<Vec<Order>, StoreError>;

    /// One order of a member; somebody else's is not there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn order_of(&self, of: MemberId, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// Up to `limit` orders that wait for their payment and are due, the longest overdue first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn unpaid_orders(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError>;

    /// Up to `limit` orders that are being paid or ended and are due, the longest overdue first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn doubtful_orders(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError>;
}
