use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{SettingChange, SettingKey, Settings, SettingsVersion},
    port::{SettingsBook, SettingsReader, StoreError, StoreErrorKind},
};

use crate::{store::MemoryStore, tables::Tables, unit::MemoryUnit};

/// The settings, and every change of them.
#[derive(Clone, Default)]
pub(crate) struct SettingsTable {
    now: Arc<Settings>,
    changes: Vec<SettingChange>,
}

impl SettingsTable {
    /// The settings as they are.
    pub(crate) fn now(&self) -> &Settings {
        &self.now
    }
}

impl Tables {
    fn change_setting(&mut self, change: &SettingChange) -> Result<(), StoreError> {
        let table = &mut self.settings;
        let next = table
            .now
            .with(change.key, change.new)
            .map_err(|fault| StoreError::new(StoreErrorKind::Corrupt).with_source(fault))?;
        if next.version != change.version {
            return Err(StoreErrorKind::Conflict.into());
        }
        table.now = Arc::new(next);
        table.changes.push(change.clone());
        Ok(())
    }
}

#[async_trait]
impl SettingsBook for MemoryUnit {
    async fn hold(&mut self) -> Result<Settings, StoreError> {
        Ok(Settings::clone(&self.own().settings.now))
    }

    async fn settings(&mut self, _known: SettingsVersion) -> Result<Arc<Settings>, StoreError> {
        Ok(Arc::clone(&self.own().settings.now))
    }

    async fn change(&mut self, change: &SettingChange) -> Result<(), StoreError> {
        let change = change.clone();
        self.step(move |tables| tables.change_setting(&change))
    }
}

#[async_trait]
impl SettingsReader for MemoryStore {
    async fn settings(&self, _known: SettingsVersion) -> Result<Arc<Settings>, StoreError> {
        self.newest().await
    }

    async fn newest(&self) -> Result<Arc<Settings>, StoreError> {
        Ok(Arc::clone(&self.snapshot().settings.now))
    }

    async fn history(
        &self,
        of: Option<SettingKey>,
        limit: u32,
    ) -> Result<Vec<SettingChange>, StoreError> {
        let tables = self.snapshot();
        let changes = tables.settings.changes.iter().rev();
        let changes = changes.filter(|change| of.is_none_or(|key| key == change.key));
        Ok(changes.take(limit as usize).cloned().collect())
    }
}
