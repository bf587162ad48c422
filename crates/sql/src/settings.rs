mod cache;

use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{MemberId, SettingChange, SettingKey, Settings, SettingsVersion},
    port::{SettingsBook, SettingsReader, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) use cache::{Cache, Touched};

use crate::{
    dialect,
    fault::{corrupt, one_row, store_error},
    link::Link,
    row::bits,
    store::{Sql, Unit},
};

texts! {
    /// One statement, so that version and values are of one moment.
    SETTINGS =
        "SELECT settings_head.version, settings.name, settings.value \
         FROM settings_head LEFT JOIN settings ON 1 = 1 WHERE settings_head.id = 1";
    RAISE = "UPDATE settings_head SET version = ? WHERE id = 1 AND version = ?";
    SET = "UPDATE settings SET value = ? WHERE name = ?";
    FIRST_SET = "INSERT INTO settings (name, value) VALUES (?, ?)";
    NOTE =
        "INSERT INTO setting_changes (version, name, old_value, new_value, changed_by, changed_at) \
         VALUES (?, ?, ?, ?, ?, ?)";
    HISTORY =
        "SELECT version, name, old_value, new_value, changed_by, changed_at FROM setting_changes \
         WHERE version > ? ORDER BY version DESC LIMIT ?";
    HISTORY_OF =
        "SELECT version, name, old_value, new_value, changed_by, changed_at FROM setting_changes \
         WHERE name = ? ORDER BY version DESC LIMIT ?";
}

#[derive(sqlx::FromRow)]
struct SettingRow {
    version: i64,
    name: Option<String>,
    value: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    version: i64,
    name: String,
    old_value: i64,
    new_value: i64,
    changed_by: Uuid,
    changed_at: DateTime<Utc>,
}

impl ChangeRow {
    /// `None` if it is of a key that only another version of the program knows.
    fn change(self) -> Option<SettingChange> {
        Some(SettingChange {
            key: self.name.parse().ok()?,
            old: self.old_value,
            new: self.new_value,
            by: MemberId::from_bits(self.changed_by.as_u128()),
            at: self.changed_at,
            version: SettingsVersion(self.version),
        })
    }
}

/// The settings as rows have them. A key that only another version of the program knows is let be.
async fn read(link: Link<'_>) -> Result<Settings, StoreError> {
    let rows = fetch_all!(link, SettingRow, SETTINGS)?;
    let version = rows.first().ok_or_else(|| corrupt("settings_head.id"))?.version;
    let values = rows.iter().filter_map(|row| {
        let key: SettingKey = row.name.as_deref()?.parse().ok()?;
        Some((key, row.value?))
    });
    Settings::restore(SettingsVersion(version), values).map_err(|_| corrupt("settings.value"))
}

#[async_trait]
impl SettingsBook for Unit {
    async fn hold(&mut self) -> Result<Settings, StoreError> {
        dialect::hold_settings(self.link()).await.map_err(store_error)?;
        read(self.link()).await
    }

    async fn settings(&mut self, known: SettingsVersion) -> Result<Arc<Settings>, StoreError> {
        if self.touched.is_some() {
            return read(self.link()).await.map(Arc::new);
        }
        match self.settings.at_least(known) {
            Some(kept) => Ok(kept),
            None => Ok(self.settings.clone().keep(read(self.link()).await?)),
        }
    }

    async fn change(&mut self, change: &SettingChange) -> Result<(), StoreError> {
        let SettingChange { key, old, new, by, at, version } = change;
        let SettingsVersion(version) = *version;
        one_row(execute!(self.link(), RAISE, version, version - 1)?)?;
        if execute!(self.link(), SET, new, key.name())? == 0 {
            execute!(self.link(), FIRST_SET, key.name(), new)?;
        }
        let by = bits(by.to_bits());
        execute!(self.link(), NOTE, version, key.name(), old, new, by, at)?;
        self.touched = Some(Touched::new(&self.settings, SettingsVersion(version)));
        Ok(())
    }
}

#[async_trait]
impl SettingsReader for Sql {
    async fn settings(&self, known: SettingsVersion) -> Result<Arc<Settings>, StoreError> {
        match self.shared().settings.at_least(known) {
            Some(kept) => Ok(kept),
            None => self.newest().await,
        }
    }

    async fn newest(&self) -> Result<Arc<Settings>, StoreError> {
        let found = read(self.reader().await?.link()).await?;
        Ok(self.shared().settings.clone().keep(found))
    }

    async fn history(
        &self,
        of: Option<SettingKey>,
        limit: u32,
    ) -> Result<Vec<SettingChange>, StoreError> {
        let mut reader = self.reader().await?;
        let rows = match of {
            Some(key) => fetch_all!(reader.link(), ChangeRow, HISTORY_OF, key.name(), limit)?,
            None => fetch_all!(reader.link(), ChangeRow, HISTORY, 0_i64, limit)?,
        };
        Ok(rows.into_iter().filter_map(ChangeRow::change).collect())
    }
}
