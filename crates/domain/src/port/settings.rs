use std::sync::Arc;

use async_trait::async_trait;

use super::StoreError;
use crate::model::{SettingChange, SettingKey, Settings, SettingsVersion};

/// Settings that can change while the program runs, with their history.
#[async_trait]
pub trait SettingsBook: Send {
    /// The settings as they are, held: nobody else changes them until the unit ends.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn hold(&mut self) -> Result<Settings, StoreError>;

    /// The settings, not held, as [`SettingsReader::settings`] gives them; for a unit that has met
    /// `known`, over its own connection.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn settings(&mut self, known: SettingsVersion) -> Result<Arc<Settings>, StoreError>;

    /// Writes a change, with its line of the history.
    ///
    /// # Contract
    ///
    /// * Of two changes that make the same version one is refused.
    /// * Once the unit is committed, readers of this process find it.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) unless the version is the one
    /// after the present one.
    async fn change(&mut self, change: &SettingChange) -> Result<(), StoreError>;
}

/// Settings as they are.
#[async_trait]
pub trait SettingsReader: Send + Sync {
    /// The settings.
    ///
    /// # Contract
    ///
    /// * They are at least as new as `known`, the version that the caller has met in a row: a copy
    ///   that is kept is read again when it is older.
    /// * They are at least as new as what was committed in this process.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn settings(&self, known: SettingsVersion) -> Result<Arc<Settings>, StoreError>;

    /// The settings as they are at this moment, whoever changed them.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn newest(&self) -> Result<Arc<Settings>, StoreError>;

    /// The last changes, of one key or of all, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn history(
        &self,
        of: Option<SettingKey>,
        limit: u32,
    ) -> Result<Vec<SettingChange>, StoreError>;
}
