use std::sync::Arc;

use async_trait::async_trait;

use super::StoreError;
use crate::model::{Settings, SettingsVersion};

/// Settings that can change while the program runs, with their history.
#[async_trait]
pub trait SettingsBook: Send {}

/// Settings as they are.
#[async_trait]
pub trait SettingsReader: Send + Sync {
    /// The settings.
    ///
    /// # Contract
    ///
    /// * They are at least as new as `known`, the version that the caller has met in a row: a copy
    ///   that is kept is read again when it is older.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn settings(&self, known: SettingsVersion) -> Result<Arc<Settings>, StoreError>;
}
