use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{Settings, SettingsVersion},
    port::{SettingsBook, SettingsReader, StoreError},
};

use crate::store::{Sql, Unit};

#[async_trait]
impl SettingsBook for Unit {}

#[async_trait]
impl SettingsReader for Sql {
    async fn settings(&self, _known: SettingsVersion) -> Result<Arc<Settings>, StoreError> {
        Ok(Arc::default())
    }
}
