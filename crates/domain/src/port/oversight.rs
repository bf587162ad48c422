use async_trait::async_trait;

use super::{Page, StoreError};
use crate::model::UnresolvedPurchase;

/// What an admin sees of everybody's productions.
///
/// # Contract
///
/// * Lists are newest first, and a page begins behind the row that `after` names.
#[async_trait]
pub trait Oversight: Send + Sync {
    /// Songs and videos of which nobody knows whether they were bought, in one list.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn unresolved(&self, page: Page) -> Result<Vec<UnresolvedPurchase>, StoreError>;
}
