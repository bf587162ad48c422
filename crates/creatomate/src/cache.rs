use std::{
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use castad_domain::port::{Clock, ProviderError};
use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;

use crate::{refusal::again, shared::Found, template::Template};

/// How long a template is taken to be as it was read.
pub(crate) const KEPT: TimeDelta = TimeDelta::seconds(300);
/// More templates than a service has shapes; a change of settings is a restart.
const MOST: u64 = 16;

/// How often templates were asked for, and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reads {
    /// Answered by a reading of before, or by one that somebody else was waiting for.
    pub hits: u64,
    /// Answered by what another instance has read.
    pub shared: u64,
    /// Read from Creatomate.
    pub misses: u64,
}

/// Templates that were read, and who is reading which.
pub(crate) struct Templates {
    kept: Cache<String, Reading>,
    clock: Arc<dyn Clock>,
    hits: AtomicU64,
    shared: AtomicU64,
    misses: AtomicU64,
}

/// What came of a reading. A failure stands here only for those who wait for the same reading: it is
/// never taken for a later one.
#[derive(Clone)]
struct Reading {
    at: DateTime<Utc>,
    outcome: Result<Arc<Template>, Arc<ProviderError>>,
}

impl Templates {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let (hits, shared, misses) = Default::default();
        Self { kept: Cache::new(MOST), clock, hits, shared, misses }
    }

    pub(crate) fn reads(&self) -> Reads {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        let (hits, shared, misses) = (&self.hits, &self.shared, &self.misses);
        Reads { hits: count(hits), shared: count(shared), misses: count(misses) }
    }

    /// A template as it was read not long ago, or as `read` reads it now; all who ask for it at the
    /// same time share one reading.
    pub(crate) async fn get(
        &self,
        id: &str,
        read: impl Future<Output = Result<(Template, DateTime<Utc>, Found), ProviderError>>,
    ) -> Result<Arc<Template>, ProviderError> {
        let mut found = None;
        let reading = async {
            let (at, outcome) = match read.await {
                Ok((template, at, place)) => {
                    found = Some(place);
                    (at, Ok(Arc::new(template)))
                }
                Err(error) => {
                    found = Some(Found::Creatomate);
                    (self.clock.now(), Err(Arc::new(error)))
                }
            };
            Reading { at, outcome }
        };
        // The times are the clock's, which moka's own expiry would not ask.
        let now = self.clock.now();
        let old = |kept: &Reading| kept.outcome.is_err() || now - kept.at > KEPT;
        let entry = self.kept.entry_by_ref(id).or_insert_with_if(reading, old).await;

        self.note(found);
        entry.into_value().outcome.map_err(|error| {
            let kind = error.kind();
            again(kind, &error).with_source(Shared(error))
        })
    }

    fn note(&self, found: Option<Found>) {
        let (count, result) = match found {
            None => (&self.hits, "hit"),
            Some(Found::Shelf) => (&self.shared, "shared"),
            Some(Found::Creatomate) => (&self.misses, "miss"),
        };
        count.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("castad_template_cache_total", "result" => result).increment(1);
    }
}

/// What lies beneath an error that many have.
#[derive(Debug)]
struct Shared(Arc<ProviderError>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::error::Error::source(&*self.0) {
            Some(beneath) => fmt::Display::fmt(beneath, f),
            None => f.write_str("the template could not be read"),
        }
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0)?.source()
    }
}
