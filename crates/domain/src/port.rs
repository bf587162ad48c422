//! What the domain needs of the world. Each promise has a case in `castad-contract`.

mod access;
mod audit;
mod catalog;
mod coupons;
mod error;
mod feed;
mod journal;
mod lines;
mod lock;
mod mail;
mod maker;
mod media;
#[cfg(feature = "mock")]
mod mock;
mod oversight;
mod password;
mod payment;
mod photo;
mod points;
mod queue;
mod settings;
mod shelf;
mod shop;
mod slots;
mod store;
mod stream;
mod time;
mod webhooks;
mod writer;

use std::sync::Arc;

use crate::{
    model::{BacklogLimits, Prices},
    usecase::Guarded,
};

pub use access::{AccessBook, Gate, MemberReader};
pub use audit::{Auditor, BookRule, Finding};
pub use catalog::{
    Catalog, Counted, EventLog, MAX_PAGE, NumberedPage, OfProject, Page, ProjectView, StageRow,
};
pub use coupons::{CouponBook, CouponReader, GivenCoupon};
pub use error::{
    Advise, FeedError, FeedErrorKind, LockError, LockErrorKind, MailError, MailErrorKind,
    MediaError, MediaErrorKind, PasswordError, PasswordErrorKind, PaymentError, PaymentErrorKind,
    ProviderError, ProviderErrorKind, Retry, ShelfError, ShelfErrorKind, StoreError,
    StoreErrorKind, StreamError, StreamErrorKind, chain,
};
pub use feed::{Offer, OfferInHand, WorkFeed};
pub use journal::{LockEvent, LockJournal, LockOutcome, NoJournal};
pub use lines::{LineBook, NumberedCoupon, StoodInLine};
pub use lock::{LockAttempt, LockEpochs, LockKey, LockLease, LockManager, LockWatch, Wake};
pub use mail::{Mailer, NoMail};
pub use maker::{
    Delivery, LookUp, Maker, MakerStatus, Pace, SongComposer, SongOrder, VideoOrder, VideoRenderer,
};
pub use media::{ByteRange, ByteStream, MediaRead, MediaStore, checked, once};
#[cfg(feature = "mock")]
pub use mock::*;
pub use oversight::{ActionBook, ActionFilter, JobPage, Oversight};
pub use password::PasswordHasher;
pub use payment::{NoPayments, Payment, PaymentGateway};
pub use photo::{Photo, PhotoError, PhotoLab};
pub use points::{Balance, Expiring, HistoryPage, PointsBook, PointsReader};
pub use queue::{Feeding, KindCounts, LanePace, QueueCounts, Taking, Turn, WorkQueue};
pub use settings::{SettingsBook, SettingsReader};
pub use shelf::Shelf;
pub use shop::{ShopBook, ShopReader};
pub use slots::{Booking, InQueue, SlotBook, SlotOffer, SlotPage, SlotReader, TicketBook};
pub use store::{EventBook, ProductionRepository, ReplyBook, Store, UnitOfWork, WorkOutbox};
pub use stream::{Announcement, EventOutbox, EventStream, RunEnd, Untold};
pub use time::{Calendar, Clock, IdSource};
pub use webhooks::{
    WebhookAnswer, WebhookBook, WebhookCall, WebhookQueue, WebhookReader, WebhookSender,
    WebhookView,
};
pub use writer::{Draft, LyricOrder, LyricWriter};

/// Every port, as a use case takes them.
#[derive(Clone)]
pub struct Ports {
    /// Transactions.
    pub store: Arc<dyn Store>,
    /// Reads.
    pub catalog: Arc<dyn Catalog>,
    /// The log's readers.
    pub events: Arc<dyn EventLog>,
    /// What of the log has not gone out yet.
    pub outbox: Arc<dyn EventOutbox>,
    /// Members as they stand.
    pub members: Arc<dyn MemberReader>,
    /// Balances and histories of points.
    pub points: Arc<dyn PointsReader>,
    /// Campaigns and coupons as they stand.
    pub coupons: Arc<dyn CouponReader>,
    /// Packs and orders as they stand.
    pub shop: Arc<dyn ShopReader>,
    /// Channels and slots as they stand.
    pub slots: Arc<dyn SlotReader>,
    /// Limits as they are.
    pub settings: Arc<dyn SettingsReader>,
    /// What admins see of everybody's productions, and of what admins did.
    pub oversight: Arc<dyn Oversight>,
    /// Proofs of the books.
    pub auditor: Arc<dyn Auditor>,
    /// Webhooks as they stand.
    pub webhooks: Arc<dyn WebhookReader>,
    /// Webhooks that have something to be told.
    pub couriers: Arc<dyn WebhookQueue>,
    /// Who calls webhooks.
    pub sender: Arc<dyn WebhookSender>,
    /// Letters to members.
    pub mail: Arc<dyn Mailer>,
    /// Where members find the console, if that is known: what letters lead to.
    pub console: Option<String>,
    /// Money for orders.
    pub payments: Arc<dyn PaymentGateway>,
    /// Work inside locks.
    pub guarded: Guarded,
    /// The workers' side of the jobs.
    pub queue: Arc<dyn WorkQueue>,
    /// Files.
    pub media: Arc<dyn MediaStore>,
    /// Passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Pictures as they come in.
    pub photos: Arc<dyn PhotoLab>,
    /// Words.
    pub writer: Arc<dyn LyricWriter>,
    /// Songs.
    pub composer: Arc<dyn SongComposer>,
    /// Videos.
    pub renderer: Arc<dyn VideoRenderer>,
    /// What each stage costs its owner.
    pub prices: Prices,
    /// How much may wait.
    pub backlog: BacklogLimits,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The day that it is where ads are on air.
    pub calendar: Arc<dyn Calendar>,
    /// Fresh ids.
    pub ids: Arc<dyn IdSource>,
}

/// One adapter that is the whole database.
pub trait WholeDatabase:
    Store
    + Catalog
    + EventLog
    + EventOutbox
    + MemberReader
    + PointsReader
    + CouponReader
    + ShopReader
    + SlotReader
    + SettingsReader
    + Oversight
    + Auditor
    + WorkQueue
    + WebhookReader
    + WebhookQueue
    + 'static
{
}

impl<D> WholeDatabase for D where
    D: Store
        + Catalog
        + EventLog
        + EventOutbox
        + MemberReader
        + PointsReader
        + CouponReader
        + ShopReader
        + SlotReader
        + SettingsReader
        + Oversight
        + Auditor
        + WorkQueue
        + WebhookReader
        + WebhookQueue
        + 'static
{
}

impl Ports {
    /// The same over another database.
    #[must_use]
    pub fn over<D: WholeDatabase>(self, database: Arc<D>) -> Self {
        Self {
            store: database.clone(),
            catalog: database.clone(),
            events: database.clone(),
            outbox: database.clone(),
            members: database.clone(),
            points: database.clone(),
            coupons: database.clone(),
            shop: database.clone(),
            slots: database.clone(),
            settings: database.clone(),
            oversight: database.clone(),
            auditor: database.clone(),
            webhooks: database.clone(),
            couriers: database.clone(),
            queue: database,
            ..self
        }
    }
}
