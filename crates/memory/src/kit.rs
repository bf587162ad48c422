use std::sync::Arc;

use castad_domain::{
    model::{BacklogLimits, Member, MemberId, MemberName, Prices, Production, ProjectId},
    port::{Clock, IdSource, NoPayments, Ports, Store, StoreError, StoreErrorKind},
    usecase::Guarded,
};
use chrono::Utc;

use crate::{
    ManualClock, MemoryLock, MemoryMail, MemoryMedia, MemoryReceiver, MemoryStore, PlainLab,
    QuickHasher, ScriptedComposer, ScriptedRenderer, ScriptedWriter, SequentialIds,
};

/// There is no production of that id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchProduction(pub ProjectId);

impl std::fmt::Display for NoSuchProduction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no production {}", self.0)
    }
}

impl std::error::Error for NoSuchProduction {}

/// Every port in memory, wired together.
///
/// Clones are handles of the same things.
#[derive(Clone)]
pub struct Memory {
    store: MemoryStore,
    media: Arc<MemoryMedia>,
    lock: Arc<MemoryLock>,
    passwords: Arc<QuickHasher>,
    writer: Arc<ScriptedWriter>,
    composer: Arc<ScriptedComposer>,
    renderer: Arc<ScriptedRenderer>,
    receiver: MemoryReceiver,
    mail: MemoryMail,
    clock: ManualClock,
    ids: Arc<SequentialIds>,
    guarded: Guarded,
}

impl Default for Memory {
    fn default() -> Self {
        let (lock, clock) = (Arc::new(MemoryLock::new()), ManualClock::default());
        let ids = Arc::new(SequentialIds::new());
        let guarded = Guarded::new(lock.clone(), Arc::new(clock.clone()), ids.clone());
        Self {
            store: MemoryStore::default(),
            media: Arc::default(),
            lock,
            passwords: Arc::default(),
            writer: Arc::default(),
            composer: Arc::default(),
            renderer: Arc::default(),
            receiver: MemoryReceiver::new(clock.clone()),
            mail: MemoryMail::new(),
            clock,
            ids,
            guarded,
        }
    }
}

impl Memory {
    /// An empty studio, early in the day.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every port, as a use case takes them.
    #[must_use]
    pub fn ports(&self) -> Ports {
        let store = Arc::new(self.store.clone());
        Ports {
            store: store.clone(),
            catalog: store.clone(),
            events: store.clone(),
            outbox: store.clone(),
            members: store.clone(),
            points: store.clone(),
            coupons: store.clone(),
            shop: store.clone(),
            slots: store.clone(),
            settings: store.clone(),
            oversight: store.clone(),
            auditor: store.clone(),
            webhooks: store.clone(),
            couriers: store.clone(),
            sender: Arc::new(self.receiver.clone()),
            mail: Arc::new(self.mail.clone()),
            console: None,
            payments: Arc::new(NoPayments),
            guarded: self.guarded.clone(),
            prices: Prices::FREE,
            backlog: BacklogLimits::default(),
            queue: store,
            media: self.media.clone(),
            passwords: self.passwords.clone(),
            photos: Arc::new(PlainLab),
            writer: self.writer.clone(),
            composer: self.composer.clone(),
            renderer: self.renderer.clone(),
            clock: Arc::new(self.clock.clone()),
            calendar: Arc::new(Utc),
            ids: self.ids.clone(),
        }
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &MemoryStore {
        &self.store
    }

    /// The work queue, which is part of the database.
    #[must_use]
    pub fn queue(&self) -> &MemoryStore {
        &self.store
    }

    /// The files.
    #[must_use]
    pub fn media(&self) -> &MemoryMedia {
        &self.media
    }

    /// The locks.
    #[must_use]
    pub fn lock(&self) -> &Arc<MemoryLock> {
        &self.lock
    }

    /// Who hashes passwords.
    #[must_use]
    pub fn passwords(&self) -> &QuickHasher {
        &self.passwords
    }

    /// Who writes.
    #[must_use]
    pub fn writer(&self) -> &ScriptedWriter {
        &self.writer
    }

    /// Who composes.
    #[must_use]
    pub fn composer(&self) -> &ScriptedComposer {
        &self.composer
    }

    /// Who renders.
    #[must_use]
    pub fn renderer(&self) -> &ScriptedRenderer {
        &self.renderer
    }

    /// Who is called by webhooks.
    #[must_use]
    pub fn receiver(&self) -> &MemoryReceiver {
        &self.receiver
    }

    /// Where letters come.
    #[must_use]
    pub fn mail(&self) -> &MemoryMail {
        &self.mail
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// The next id.
    #[must_use]
    pub fn id(&self) -> u128 {
        self.ids.next()
    }

    /// The member of that name, added if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it is no name.
    pub async fn member(&self, name: &str) -> Result<MemberId, StoreError> {
        let name = MemberName::parse(name)
            .map_err(|refused| StoreError::new(StoreErrorKind::Corrupt).with_source(refused))?;
        let mut unit = self.store.begin().await?;
        if let Some(member) = unit.access().member(&name).await? {
            return Ok(member.id);
        }
        let id = MemberId::from_bits(self.id());
        let joined_at = self.clock.now();
        unit.access().insert_member(&Member { id, name, joined_at }).await?;
        unit.commit().await?;
        Ok(id)
    }

    /// A production as it stands.
    ///
    /// # Errors
    ///
    /// [`NoSuchProduction`] if there is none of that id.
    pub async fn production(&self, id: ProjectId) -> Result<Production, NoSuchProduction> {
        let missing = NoSuchProduction(id);
        let mut unit = self.store.begin().await.map_err(|_| missing)?;
        unit.productions().find(id).await.ok().flatten().ok_or(missing)
    }
}
