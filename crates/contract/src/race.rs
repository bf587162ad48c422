//! What races have in common: use cases over a database, started all at once.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use castad_domain::{
    model::{Event, EventKind, EventSeq, MemberId},
    port::{MAX_PAGE, Ports, Store, StoreError, UnitOfWork},
    usecase::Guarded,
};
use castad_memory::Memory;

use crate::{Database, NoLock};

/// Every port, those of the database and else those in memory.
pub(crate) fn studio(db: &Database) -> (Memory, Ports) {
    let memory = Memory::new();
    let ports = Ports {
        store: db.store.clone(),
        catalog: db.catalog.clone(),
        events: db.events.clone(),
        outbox: db.outbox.clone(),
        points: db.points.clone(),
        coupons: db.coupons.clone(),
        shop: db.shop.clone(),
        slots: db.slots.clone(),
        settings: db.settings.clone(),
        webhooks: db.webhooks.clone(),
        couriers: db.couriers.clone(),
        queue: db.queue.clone(),
        ..memory.ports()
    };
    (memory, ports)
}

/// The same in a process of its own, with a lock that never answers: nobody waits in line, and the
/// rows' own guards stand alone.
pub(crate) fn without_lock(ports: &Ports) -> Ports {
    let guarded = Guarded::new(Arc::new(NoLock::Away), ports.clock.clone(), ports.ids.clone());
    Ports { guarded, ..ports.clone() }
}

/// The same, counting the transactions that are begun: one that is broken off to be decided again
/// counts twice.
pub(crate) fn counted(ports: &Ports) -> (Ports, Arc<AtomicUsize>) {
    let begun = Arc::new(AtomicUsize::new(0));
    let store = Arc::new(Counted { inner: ports.store.clone(), begun: begun.clone() });
    (Ports { store, ..ports.clone() }, begun)
}

/// What becomes of all of them, each a task of its own.
pub(crate) async fn at_once<T, F>(tasks: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let started: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut ends = Vec::with_capacity(started.len());
    for task in started {
        ends.push(task.await.expect("no task panics"));
    }
    ends
}

/// How often that was told to a member.
pub(crate) async fn told(ports: &Ports, member: MemberId, kind: EventKind) -> usize {
    let (mut after, mut found) = (EventSeq(0), 0);
    loop {
        let page = ports.events.events(member, None, after, MAX_PAGE).await;
        let page: Vec<Event> = page.expect("the log answers");
        let Some(last) = page.last() else { return found };
        after = last.seq;
        found += page.iter().filter(|event| event.kind == kind).count();
    }
}

struct Counted {
    inner: Arc<dyn Store>,
    begun: Arc<AtomicUsize>,
}

#[async_trait]
impl Store for Counted {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.inner.begin().await
    }
}
