use std::{collections::BTreeMap, sync::Arc};

use super::{
    again::again,
    books::BooksError,
    receipt::{Receipt, keep},
};
use crate::{
    model::{
        ActionKind, By, Datum, EventKind, NewAction, NewEvent, SettingChange, SettingFault,
        SettingKey, Settings, SettingsVersion,
    },
    port::{Clock, Ports, Store},
};

/// Why a setting cannot be changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingRefusal {
    /// It cannot have that value.
    #[error(transparent)]
    Fault(#[from] SettingFault),
    /// Somebody changed the settings since they were looked at.
    #[error("the settings are at version {} by now", found.0)]
    Moved {
        /// The version that they are at.
        found: SettingsVersion,
    },
}

/// What somebody wants changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingOrder {
    /// The setting.
    pub key: SettingKey,
    /// What it is to be.
    pub value: i64,
    /// Which version of the settings they have seen; whatever is there is changed if none is told.
    pub seen: Option<SettingsVersion>,
}

/// Changes a setting, with a line of its history.
#[derive(Clone)]
pub struct ChangeSetting {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl ChangeSetting {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { store: Arc::clone(&ports.store), clock: Arc::clone(&ports.clock) }
    }

    /// The settings with the change made; one that changes nothing makes no version.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when it was not made.
    pub async fn run(
        &self,
        by: impl Into<By> + Send,
        order: SettingOrder,
        receipt: Option<Receipt<'_, Settings>>,
    ) -> Result<Settings, BooksError<SettingRefusal>> {
        let by = by.into();
        again(|| self.once(&by, order, receipt.as_ref())).await
    }

    async fn once(
        &self,
        by: &By,
        SettingOrder { key, value, seen }: SettingOrder,
        receipt: Option<&Receipt<'_, Settings>>,
    ) -> Result<Settings, BooksError<SettingRefusal>> {
        let at = self.clock.now();
        let mut unit = self.store.begin().await?;
        let held = unit.settings().hold().await?;
        let found = held.version;
        if seen.is_some_and(|seen| seen != found) {
            return Err(BooksError::Refused(SettingRefusal::Moved { found }));
        }

        let next = held.with(key, value).map_err(|fault| BooksError::Refused(fault.into()))?;

        let old = held.value(key);
        let settings = if old == value {
            held
        } else {
            let (actor, version) = (by.member, next.version);
            let change = SettingChange { key, old, new: value, by: actor, at, version };
            unit.settings().change(&change).await?;
            unit.events().append(actor, &[told(&change)]).await?;
            unit.actions().note(&noted(by, &change)).await?;
            next
        };
        keep(&mut *unit, by.member, receipt, &settings, at).await?;
        unit.commit().await?;
        Ok(settings)
    }
}

fn noted(by: &By, change: &SettingChange) -> NewAction {
    let details = [("old", change.old.into()), ("new", change.new.into())];
    NewAction::new(by, ActionKind::SettingChanged, &change.key.name(), change.at, details)
}

fn told(change: &SettingChange) -> NewEvent {
    let data = BTreeMap::from([
        ("key", change.key.name().into()),
        ("old", Datum::Number(change.old)),
        ("new", Datum::Number(change.new)),
        ("version", Datum::Number(change.version.0)),
    ]);
    NewEvent { kind: EventKind::SettingsChanged, project: None, at: change.at, data }
}
