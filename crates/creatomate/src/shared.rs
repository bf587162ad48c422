use std::{future::Future, sync::Arc};

use castad_domain::{
    port::{Clock, ProviderError, Shelf, ShelfError, chain},
    usecase::{Guarded, REFRESH_TEMPLATE},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cache::KEPT;

/// How long a copy may lie where reading a newer one takes too long.
const LIES: TimeDelta = TimeDelta::hours(1);

/// Templates as some instance read them, for all of them: behind each process's own readings.
///
/// Without the shelf, or while it is away, each process reads for itself.
pub(crate) struct Shared {
    shelf: Arc<dyn Shelf>,
    guarded: Guarded,
    clock: Arc<dyn Clock>,
}

/// A template's source.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Source {
    /// When Creatomate gave it, in microseconds since 1970.
    read_us: i64,
    pub(crate) text: Value,
}

impl Source {
    pub(crate) fn read(text: Value, at: DateTime<Utc>) -> Self {
        Self { read_us: at.timestamp_micros(), text }
    }

    pub(crate) fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.read_us).unwrap_or_default()
    }
}

impl Shared {
    pub(crate) fn new(shelf: Arc<dyn Shelf>, guarded: Guarded, clock: Arc<dyn Clock>) -> Self {
        Self { shelf, guarded, clock }
    }

    /// A copy that was read not long ago by anybody, or what `read` reads now, for all: of many
    /// instances that ask at once one reads. Who would wait too long takes an older copy.
    pub(crate) async fn get<F>(
        &self,
        id: &str,
        read: impl Fn() -> F + Send + Sync,
    ) -> Result<(Source, Found), ProviderError>
    where
        F: Future<Output = Result<Source, ProviderError>> + Send,
    {
        let copy = self.look(id).await;
        if let Some(copy) = copy.clone().filter(|copy| self.is_fresh(copy)) {
            return Ok((copy, Found::Shelf));
        }
        let refreshed = self.guarded.run(REFRESH_TEMPLATE.of([&id]), async |_guard| {
            if let Some(copy) = self.look(id).await.filter(|copy| self.is_fresh(copy)) {
                return Ok((copy, Found::Shelf));
            }
            let source = read().await?;
            self.put(id, &source).await;
            Ok((source, Found::Creatomate))
        });
        match (refreshed.await, copy) {
            (Ok(end), _) => end,
            (Err(_), Some(old)) => Ok((old, Found::Shelf)),
            (Err(_), None) => read().await.map(|source| (source, Found::Creatomate)),
        }
    }

    fn is_fresh(&self, copy: &Source) -> bool {
        self.clock.now() - copy.at() <= KEPT
    }

    async fn look(&self, id: &str) -> Option<Source> {
        let kept = self.shelf.look(&name(id)).await.unwrap_or_else(|fault| {
            away(&fault);
            None
        });
        // What somebody else left there in another form is as good as nothing.
        kept.and_then(|copy| serde_json::from_str(&copy).ok())
    }

    async fn put(&self, id: &str, source: &Source) {
        let Ok(copy) = serde_json::to_string(source) else { return };
        if let Err(fault) = self.shelf.put(&name(id), &copy, LIES).await {
            away(&fault);
        }
    }
}

/// Where a source was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Shelf,
    Creatomate,
}

fn name(id: &str) -> String {
    format!("template:{id}")
}

fn away(fault: &ShelfError) {
    tracing::debug!(error = chain(fault), "the templates that are shared cannot be looked at");
}
