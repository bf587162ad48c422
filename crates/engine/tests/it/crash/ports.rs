//! Every port that a production touches, with a point at each call.

use std::{pin::Pin, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use castad_domain::{
    model::{
        AttemptToken, Claim, Lane, LaneState, Letter, LyricText, MediaKey, Prices, ProviderJob,
        ProviderName, Stage, Stored,
    },
    port::{
        ByteRange, ByteStream, Clock, Delivery, Draft, Feeding, KindCounts, LanePace, LockAttempt,
        LockError, LockErrorKind, LockKey, LockLease, LockManager, LockWatch, LookUp, LyricOrder,
        LyricWriter, MailError, MailErrorKind, Mailer, Maker, MakerStatus, MediaError,
        MediaErrorKind, MediaRead, MediaStore, Offer, Pace, Photo, PhotoError, PhotoLab, Ports,
        ProviderError, ProviderErrorKind, SongComposer, SongOrder, Store, StoreError,
        StoreErrorKind, Taking, Turn, UnitOfWork, VideoOrder, VideoRenderer, WorkQueue,
    },
    usecase::Guarded,
};
use castad_memory::Memory;
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    faults::Faults,
    ledger::{Ledger, Purchase},
    unit::Unit,
};

/// Where letters lead.
const CONSOLE: &str = "https://castad.example";

/// How long words take: longer than a lease lasts before it is renewed.
const WRITING: TimeDelta = TimeDelta::seconds(12);

/// What is wrong with the adapters themselves; the checks have to see it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Flaw {
    #[default]
    None,
    /// Any worker may write, whoever holds the job.
    NoFence,
    /// Who writes last has written, whatever was there meanwhile.
    NoVersion,
    /// What has come back once comes back again where a step is taken again.
    GivesBackAgain,
    /// Makers say that an attempt is not there when they cannot tell.
    Guesses,
    /// What is noted on a job is forgotten.
    ForgetsNotes,
}

/// A port with a point at each call.
struct Faulty<P: ?Sized> {
    inner: Arc<P>,
    faults: Arc<Faults>,
    ledger: Arc<Ledger>,
    clock: Arc<dyn Clock>,
    flaw: Flaw,
}

/// The ports of one process, which goes by its own clock.
pub(crate) fn ports(
    memory: &Memory,
    faults: &Arc<Faults>,
    ledger: &Arc<Ledger>,
    clock: Arc<dyn Clock>,
    flaw: Flaw,
) -> Ports {
    let plain = memory.ports();
    macro_rules! faulty {
        ($inner:expr) => {
            Arc::new(Faulty {
                inner: $inner,
                faults: Arc::clone(faults),
                ledger: Arc::clone(ledger),
                clock: Arc::clone(&clock),
                flaw,
            })
        };
    }
    let locks: Arc<dyn LockManager> = Arc::clone(memory.lock()) as Arc<dyn LockManager>;
    Ports {
        guarded: Guarded::new(faulty!(locks), Arc::clone(&clock), Arc::clone(&plain.ids)),
        store: faulty!(plain.store),
        queue: faulty!(plain.queue),
        media: faulty!(plain.media),
        photos: faulty!(plain.photos),
        writer: faulty!(plain.writer),
        composer: faulty!(plain.composer),
        renderer: faulty!(plain.renderer),
        mail: faulty!(plain.mail),
        console: Some(CONSOLE.to_owned()),
        prices: Prices::default(),
        clock,
        ..plain
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a point takes")]
pub(super) fn no_store() -> Option<StoreError> {
    Some(StoreErrorKind::Unavailable.into())
}

#[expect(clippy::unnecessary_wraps, reason = "what a point takes")]
fn no_provider() -> Option<ProviderError> {
    Some(ProviderError::new(ProviderErrorKind::Unknown, "nobody answers"))
}

#[expect(clippy::unnecessary_wraps, reason = "what a point takes")]
fn no_media() -> Option<MediaError> {
    Some(MediaErrorKind::Unavailable.into())
}

#[expect(clippy::unnecessary_wraps, reason = "what a point takes")]
fn no_mail() -> Option<MailError> {
    Some(MailErrorKind::Unknown.into())
}

#[expect(clippy::unnecessary_wraps, reason = "what a point takes")]
fn no_lock() -> Option<LockError> {
    Some(LockErrorKind::Unavailable.into())
}

#[async_trait]
impl Store for Faulty<dyn Store> {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.ledger.stir();
        let inner = self.faults.pass("store.begin", self.inner.begin(), no_store).await?;
        let (store, faults) = (Arc::clone(&self.inner), Arc::clone(&self.faults));
        Ok(Box::new(Unit::new(inner, store, faults, self.flaw)))
    }
}

#[async_trait]
impl WorkQueue for Faulty<dyn WorkQueue> {
    async fn lanes(&self) -> Result<Vec<LaneState>, StoreError> {
        self.faults.pass("queue.lanes", self.inner.lanes(), no_store).await
    }

    async fn claim_some(
        &self,
        lane: Lane,
        turn: Turn,
        most: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        self.faults.pass("queue.claim", self.inner.claim_some(lane, turn, most), no_store).await
    }

    async fn feed(&self, lane: Lane, feeding: Feeding) -> Result<Vec<Offer>, StoreError> {
        self.faults.pass("queue.feed", self.inner.feed(lane, feeding), no_store).await
    }

    async fn claim_job(&self, offer: &Offer, turn: Turn) -> Result<Taking, StoreError> {
        self.faults.pass("queue.claim_job", self.inner.claim_job(offer, turn), no_store).await
    }

    async fn rest(&self, lane: Lane, until: DateTime<Utc>, reason: &str) -> Result<(), StoreError> {
        let rest = self.inner.rest(lane, until, reason);
        self.faults.pass("queue.rest", rest, no_store).await
    }

    async fn pace(&self, lane: Lane, pace: LanePace) -> Result<(), StoreError> {
        self.faults.pass("queue.pace", self.inner.pace(lane, pace), no_store).await
    }

    async fn renew(
        &self,
        claim: &Claim,
        lease_until: DateTime<Utc>,
        progress: f32,
    ) -> Result<(), StoreError> {
        self.faults.let_others_first().await;
        let renewal = self.inner.renew(claim, lease_until, progress);
        self.faults.pass("queue.renew", renewal, no_store).await
    }

    async fn put_back(
        &self,
        claim: &Claim,
        due: DateTime<Utc>,
        attempts: u32,
        progress: f32,
    ) -> Result<(), StoreError> {
        let back = self.inner.put_back(claim, due, attempts, progress);
        self.faults.pass("queue.put_back", back, no_store).await
    }

    async fn sketch(&self, claim: &Claim, draft: &str) -> Result<(), StoreError> {
        if self.flaw == Flaw::ForgetsNotes {
            return Ok(());
        }
        self.faults.pass("queue.sketch", self.inner.sketch(claim, draft), no_store).await
    }

    async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError> {
        self.faults.pass("queue.bury", self.inner.bury(claim, reason), no_store).await
    }

    async fn counts_of_kinds(&self) -> Result<Vec<KindCounts>, StoreError> {
        self.inner.counts_of_kinds().await
    }

    fn pushed<'a, 'async_trait>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        self.inner.pushed()
    }
}

#[async_trait]
impl LyricWriter for Faulty<dyn LyricWriter> {
    fn name(&self) -> ProviderName {
        self.inner.name()
    }

    async fn write(
        &self,
        order: &LyricOrder,
        draft: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError> {
        self.clock.reach(self.clock.now() + WRITING).await;
        let writing = async {
            self.ledger.wrote(order.lyric.to_bits());
            self.inner.write(order, draft).await
        };
        self.faults.pass("writer.write", writing, no_provider).await
    }
}

macro_rules! faulty_maker {
    ($maker:ident, $order:ty, $stage:expr, $row:ident, $names:expr) => {
        #[async_trait]
        impl Maker for Faulty<dyn $maker> {
            fn name(&self) -> ProviderName {
                self.inner.name()
            }

            fn pace(&self) -> Pace {
                self.inner.pace()
            }

            async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError> {
                self.faults.pass($names[1], self.inner.status(job), no_provider).await
            }

            async fn look_up(
                &self,
                attempt: AttemptToken,
                told: Option<ProviderJob>,
            ) -> Result<LookUp, ProviderError> {
                let look = self.inner.look_up(attempt, told);
                match self.faults.pass($names[2], look, no_provider).await? {
                    LookUp::CannotTell if self.flaw == Flaw::Guesses => Ok(LookUp::NotThere),
                    found => Ok(found),
                }
            }

            fn told(&self, message: &[u8]) -> Option<ProviderJob> {
                self.inner.told(message)
            }

            async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError> {
                self.faults.pass($names[3], self.inner.fetch(job), no_provider).await
            }

            async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError> {
                self.faults.pass($names[4], self.inner.release(job), no_provider).await
            }
        }

        #[async_trait]
        impl $maker for Faulty<dyn $maker> {
            async fn start(&self, order: &$order) -> Result<ProviderJob, ProviderError> {
                let start = async {
                    let job = self.inner.start(order).await?;
                    self.ledger.bought(Purchase {
                        stage: $stage,
                        row: order.$row.to_bits(),
                        attempt: order.attempt,
                        job: job.clone(),
                        at: self.clock.now(),
                    });
                    Ok(job)
                };
                self.faults.pass($names[0], start, no_provider).await
            }
        }
    };
}

faulty_maker!(
    SongComposer,
    SongOrder,
    Stage::Song,
    song,
    ["composer.start", "composer.status", "composer.look_up", "composer.fetch", "composer.release"]
);
faulty_maker!(
    VideoRenderer,
    VideoOrder,
    Stage::Video,
    video,
    ["renderer.start", "renderer.status", "renderer.look_up", "renderer.fetch", "renderer.release"]
);

#[async_trait]
impl LockManager for Faulty<dyn LockManager> {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        let taking = self.inner.acquire(key, owner, now, until);
        self.faults.pass("lock.acquire", taking, no_lock).await
    }

    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        self.faults.pass("lock.renew", self.inner.renew(lease, now, until), no_lock).await
    }

    async fn release(&self, lease: &LockLease) -> Result<bool, LockError> {
        self.faults.pass("lock.release", self.inner.release(lease), no_lock).await
    }

    /// A process that is gone lets go of nothing.
    fn abandon(&self, key: &LockKey, owner: u128) {
        if !self.faults.is_dead() {
            self.inner.abandon(key, owner);
        }
    }

    async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        self.faults.pass("lock.watch", self.inner.watch(key), no_lock).await
    }

    async fn forget(&self, since: DateTime<Utc>) -> Result<u64, LockError> {
        self.inner.forget(since).await
    }

    async fn check(&self) -> Result<(), LockError> {
        self.inner.check().await
    }
}

#[async_trait]
impl MediaStore for Faulty<dyn MediaStore> {
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError> {
        self.faults.pass("media.put", self.inner.put(key, body, most), no_media).await
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        self.faults.pass("media.read", self.inner.read(key, range), no_media).await
    }

    async fn link(
        &self,
        key: &MediaKey,
        until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError> {
        self.faults.pass("media.link", self.inner.link(key, until), no_media).await
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        self.faults.pass("media.remove", self.inner.remove(key), no_media).await
    }

    async fn check(&self) -> Result<(), MediaError> {
        self.inner.check().await
    }
}

#[async_trait]
impl Mailer for Faulty<dyn Mailer> {
    fn sends(&self) -> bool {
        self.inner.sends()
    }

    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        self.faults.pass("mail.send", self.inner.send(letter), no_mail).await
    }
}

/// A lab is a part of the process: its answer is never lost alone.
#[async_trait]
impl PhotoLab for Faulty<dyn PhotoLab> {
    async fn develop(&self, upload: Bytes) -> Result<Photo, PhotoError> {
        self.faults.pass("photo.develop", self.inner.develop(upload), || None).await
    }
}
