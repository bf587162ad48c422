use async_trait::async_trait;
use chrono::TimeDelta;

use super::ShelfError;

/// Copies of what is costly to read, where several processes find them.
///
/// Whoever looks must be able to do without: a copy may be gone at any time, and so may the shelf.
#[async_trait]
pub trait Shelf: Send + Sync {
    /// The copy that lies under a name; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`ShelfError`] when the shelf does not answer, which it says within a bounded time.
    async fn look(&self, name: &str) -> Result<Option<String>, ShelfError>;

    /// Puts a copy there in place of what lay there, for that long.
    ///
    /// # Errors
    ///
    /// [`ShelfError`] when the shelf does not answer.
    async fn put(&self, name: &str, copy: &str, keep: TimeDelta) -> Result<(), ShelfError>;
}
