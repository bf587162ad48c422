use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{Settings, SettingsVersion},
    port::{SettingsBook, SettingsReader, StoreError},
};

use crate::{store::MemoryStore, unit::MemoryUnit};

#[async_trait]
impl SettingsBook for MemoryUnit {}

#[async_trait]
impl SettingsReader for MemoryStore {
    async fn settings(&self, _known: SettingsVersion) -> Result<Arc<Settings>, StoreError> {
        Ok(Arc::default())
    }
}
