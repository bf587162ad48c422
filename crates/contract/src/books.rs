use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use castad_domain::{
    model::{MemberId, SettingKey},
    port::{Clock, IdSource, Ports},
    usecase::{ChangeSetting, Guarded, SettingOrder},
};
use castad_memory::{ManualClock, Memory};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Database, NoLock, make};

/// The books of a database, as use cases keep them: with a clock that a test sets, and with no
/// lock, so that the database's own guard stands alone.
#[derive(Clone)]
pub struct Books {
    /// Every port, as a use case takes them.
    pub ports: Ports,
    clock: ManualClock,
}

impl Books {
    /// The books of that database.
    #[must_use]
    pub fn of(db: &Database) -> Self {
        Self::over(db, &Memory::new())
    }

    /// The books of that database, and `rest` for all that is not in it.
    pub(crate) fn over(db: &Database, rest: &Memory) -> Self {
        let ports = Ports { ids: Arc::new(Ids), ..db.ports(rest) };
        Self { ports, clock: rest.clock().clone() }.elsewhere()
    }

    /// The same books in another process: nobody there waits in line with those here.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        let (clock, ids) = (self.ports.clock.clone(), self.ports.ids.clone());
        let guarded = Guarded::new(Arc::new(NoLock::Open), clock, ids);
        Self { ports: Ports { guarded, ..self.ports.clone() }, ..self.clone() }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets time pass.
    pub fn pass(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Lets nobody have more than that from now on.
    ///
    /// # Panics
    ///
    /// If the setting may not be so.
    pub async fn limit_balance(&self, by: MemberId, most: i64) {
        let order = SettingOrder { key: SettingKey::MaxBalance, value: most, seen: None };
        let changed = ChangeSetting::new(&self.ports).run(by, order, None).await;
        changed.expect("the setting may be so");
    }
}

/// Fresh ids of the whole process, so that several books of one database do not meet.
struct Ids;

static IDS: AtomicU64 = AtomicU64::new(1_000_000);

impl IdSource for Ids {
    fn next(&self) -> u128 {
        make::bits(IDS.fetch_add(1, Ordering::Relaxed))
    }
}
