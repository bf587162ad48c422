use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{SettingChange, SettingKey, Settings, SettingsVersion},
    port::{SettingsBook, SettingsReader, Store, StoreError},
};

use super::{Broken, Fault, Unit};

#[async_trait]
impl SettingsBook for Unit {
    async fn hold(&mut self) -> Result<Settings, StoreError> {
        let held = self.inner.settings().hold().await;
        if self.store.fault == Fault::IgnoresVersions {
            // Long enough for others to read the same.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        }
        held
    }

    async fn settings(&mut self, known: SettingsVersion) -> Result<Arc<Settings>, StoreError> {
        self.inner.settings().settings(known).await
    }

    async fn change(&mut self, change: &SettingChange) -> Result<(), StoreError> {
        if self.store.fault != Fault::IgnoresVersions {
            return self.inner.settings().change(change).await;
        }
        let mut unit = self.store.inner.begin().await?;
        let version = unit.settings().hold().await?.version.next();
        unit.settings().change(&SettingChange { version, ..change.clone() }).await?;
        unit.commit().await
    }
}

#[async_trait]
impl SettingsReader for Broken {
    async fn settings(&self, known: SettingsVersion) -> Result<Arc<Settings>, StoreError> {
        if self.fault != Fault::KeepsOldSettings {
            return self.inner.settings(known).await;
        }
        let now = self.inner.newest().await?;
        Ok(Arc::clone(self.settings.get_or_init(|| now)))
    }

    async fn newest(&self) -> Result<Arc<Settings>, StoreError> {
        self.inner.newest().await
    }

    async fn history(
        &self,
        of: Option<SettingKey>,
        limit: u32,
    ) -> Result<Vec<SettingChange>, StoreError> {
        let mut changes = self.inner.history(of, limit).await?;
        if self.fault == Fault::TellsBackwards {
            changes.reverse();
        }
        Ok(changes)
    }
}
