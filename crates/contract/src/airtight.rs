use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use castad_domain::{
    model::{
        AttemptToken, Letter, LyricText, MediaKey, OrderId, Password, PasswordHash, PaymentRef,
        ProviderJob, ProviderName, Stored, WebhookFault, WebhookUrl,
    },
    port::{
        AccessBook, ActionBook, ByteRange, ByteStream, CouponBook, Delivery, Draft, EventBook,
        LookUp, LyricOrder, LyricWriter, MailError, Mailer, Maker, MakerStatus, MediaError,
        MediaRead, MediaStore, Pace, PasswordError, PasswordHasher, Payment, PaymentError,
        PaymentGateway, Photo, PhotoError, PhotoLab, PointsBook, Ports, ProductionRepository,
        ProviderError, ReplyBook, SettingsBook, ShopBook, SlotBook, SongComposer, SongOrder, Store,
        StoreError, UnitOfWork, VideoOrder, VideoRenderer, WebhookAnswer, WebhookBook, WebhookCall,
        WebhookSender, WorkOutbox,
    },
};
use chrono::{DateTime, Utc};

/// The same ports, but who calls a provider, a webhook, the mailer, the photo lab, the media store or who hashes passwords while a
/// unit of work is open panics.
///
/// For tests that do one thing at a time: a unit of any task counts.
#[must_use]
pub fn airtight(ports: Ports) -> Ports {
    let open = Seal::default();
    let sealed = |open: &Seal| open.clone();
    Ports {
        store: Arc::new(Watched { inner: ports.store, open: sealed(&open) }),
        media: Arc::new(Watched { inner: ports.media, open: sealed(&open) }),
        passwords: Arc::new(Watched { inner: ports.passwords, open: sealed(&open) }),
        photos: Arc::new(Watched { inner: ports.photos, open: sealed(&open) }),
        writer: Arc::new(Watched { inner: ports.writer, open: sealed(&open) }),
        composer: Arc::new(Watched { inner: ports.composer, open: sealed(&open) }),
        payments: Arc::new(Watched { inner: ports.payments, open: sealed(&open) }),
        sender: Arc::new(Watched { inner: ports.sender, open: sealed(&open) }),
        mail: Arc::new(Watched { inner: ports.mail, open: sealed(&open) }),
        renderer: Arc::new(Watched { inner: ports.renderer, open }),
        ..ports
    }
}

/// How many units are open.
#[derive(Clone, Default)]
struct Seal(Arc<AtomicUsize>);

impl Seal {
    fn check(&self, what: &str) {
        let open = self.0.load(Ordering::SeqCst);
        assert!(open == 0, "{what} was called while a unit of work was open");
    }
}

struct Watched<P: ?Sized> {
    open: Seal,
    inner: Arc<P>,
}

impl<P: ?Sized> Watched<P> {
    fn call(&self, what: &str) -> &P {
        self.open.check(what);
        &self.inner
    }
}

/// A unit that is counted until it is committed or dropped.
struct Counted {
    inner: Option<Box<dyn UnitOfWork>>,
    open: Seal,
}

impl Counted {
    fn unit(&mut self) -> &mut dyn UnitOfWork {
        self.inner.as_deref_mut().expect("a unit is there until it commits")
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.open.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Store for Watched<dyn Store> {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let inner = Some(self.inner.begin().await?);
        self.open.0.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Counted { inner, open: self.open.clone() }))
    }
}

#[async_trait]
impl UnitOfWork for Counted {
    fn productions(&mut self) -> &mut dyn ProductionRepository {
        self.unit().productions()
    }

    fn events(&mut self) -> &mut dyn EventBook {
        self.unit().events()
    }

    fn work(&mut self) -> &mut dyn WorkOutbox {
        self.unit().work()
    }

    fn replies(&mut self) -> &mut dyn ReplyBook {
        self.unit().replies()
    }

    fn access(&mut self) -> &mut dyn AccessBook {
        self.unit().access()
    }

    fn points(&mut self) -> &mut dyn PointsBook {
        self.unit().points()
    }

    fn coupons(&mut self) -> &mut dyn CouponBook {
        self.unit().coupons()
    }

    fn shop(&mut self) -> &mut dyn ShopBook {
        self.unit().shop()
    }

    fn slots(&mut self) -> &mut dyn SlotBook {
        self.unit().slots()
    }

    fn settings(&mut self) -> &mut dyn SettingsBook {
        self.unit().settings()
    }

    fn webhooks(&mut self) -> &mut dyn WebhookBook {
        self.unit().webhooks()
    }

    fn actions(&mut self) -> &mut dyn ActionBook {
        self.unit().actions()
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        let inner = self.inner.take().expect("a unit is there until it commits");
        inner.commit().await
    }
}

#[async_trait]
impl MediaStore for Watched<dyn MediaStore> {
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError> {
        self.call("the media store").put(key, body, most).await
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        self.call("the media store").read(key, range).await
    }

    async fn link(
        &self,
        key: &MediaKey,
        until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError> {
        self.call("the media store").link(key, until).await
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        self.call("the media store").remove(key).await
    }

    async fn check(&self) -> Result<(), MediaError> {
        self.call("the media store").check().await
    }
}

#[async_trait]
impl PhotoLab for Watched<dyn PhotoLab> {
    async fn develop(&self, upload: Bytes) -> Result<Photo, PhotoError> {
        self.call("the photo lab").develop(upload).await
    }
}

#[async_trait]
impl PasswordHasher for Watched<dyn PasswordHasher> {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordError> {
        self.call("who hashes passwords").hash(password).await
    }

    async fn verify(
        &self,
        password: &Password,
        hash: &PasswordHash,
    ) -> Result<bool, PasswordError> {
        self.call("who hashes passwords").verify(password, hash).await
    }

    async fn pretend(&self, password: &Password) -> Result<(), PasswordError> {
        self.call("who hashes passwords").pretend(password).await
    }
}

#[async_trait]
impl LyricWriter for Watched<dyn LyricWriter> {
    fn name(&self) -> ProviderName {
        self.inner.name()
    }

    async fn write(
        &self,
        order: &LyricOrder,
        draft: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError> {
        self.call("the lyric writer").write(order, draft).await
    }
}

macro_rules! watch_maker {
    ($port:ident, $order:ident, $what:literal) => {
        #[async_trait]
        impl Maker for Watched<dyn $port> {
            fn name(&self) -> ProviderName {
                self.inner.name()
            }

            fn pace(&self) -> Pace {
                self.inner.pace()
            }

            async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError> {
                self.call($what).status(job).await
            }

            async fn look_up(
                &self,
                attempt: AttemptToken,
                told: Option<ProviderJob>,
            ) -> Result<LookUp, ProviderError> {
                self.call($what).look_up(attempt, told).await
            }

            fn told(&self, message: &[u8]) -> Option<ProviderJob> {
                self.inner.told(message)
            }

            async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError> {
                self.call($what).fetch(job).await
            }

            async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError> {
                self.call($what).release(job).await
            }
        }

        #[async_trait]
        impl $port for Watched<dyn $port> {
            async fn start(&self, order: &$order) -> Result<ProviderJob, ProviderError> {
                self.call($what).start(order).await
            }
        }
    };
}

watch_maker!(SongComposer, SongOrder, "the song composer");
watch_maker!(VideoRenderer, VideoOrder, "the video renderer");

#[async_trait]
impl PaymentGateway for Watched<dyn PaymentGateway> {
    async fn check(&self) -> Result<(), PaymentError> {
        self.call("the payment gateway").check().await
    }

    async fn pay(&self, order: OrderId, amount: i64) -> Result<Payment, PaymentError> {
        self.call("the payment gateway").pay(order, amount).await
    }

    async fn look_up(&self, order: OrderId) -> Result<Option<PaymentRef>, PaymentError> {
        self.call("the payment gateway").look_up(order).await
    }

    async fn undo(&self, order: OrderId) -> Result<(), PaymentError> {
        self.call("the payment gateway").undo(order).await
    }
}

#[async_trait]
impl WebhookSender for Watched<dyn WebhookSender> {
    fn allows(&self, url: &WebhookUrl) -> bool {
        self.inner.allows(url)
    }

    async fn send(&self, call: &WebhookCall) -> Result<WebhookAnswer, WebhookFault> {
        self.call("a webhook").send(call).await
    }
}

#[async_trait]
impl Mailer for Watched<dyn Mailer> {
    fn sends(&self) -> bool {
        self.inner.sends()
    }

    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        self.call("the mailer").send(letter).await
    }
}
