//! Mocks of every port, for tests that say "called once with" or "not called".

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use mockall::mock;

use super::{
    AccessBook, ActionBook, ActionFilter, Announcement, Balance, Booking, ByteRange, ByteStream,
    Catalog, Clock, Counted, CouponBook, CouponReader, Delivery, Draft, EventBook, EventLog,
    EventOutbox, EventStream, Expiring, FeedError, Feeding, Gate, GivenCoupon, HistoryPage,
    IdSource, InQueue, JobPage, KindCounts, LanePace, LineBook, LockAttempt, LockError, LockKey,
    LockLease, LockManager, LockWatch, LookUp, LyricOrder, LyricWriter, MailError, Mailer, Maker,
    MakerStatus, MediaError, MediaRead, MediaStore, MemberReader, NumberedPage, OfProject, Offer,
    OfferInHand, Oversight, Pace, Page, PasswordError, PasswordHasher, Payment, PaymentError,
    PaymentGateway, Photo, PhotoError, PhotoLab, PointsBook, PointsReader, ProductionRepository,
    ProjectView, ProviderError, QueueCounts, ReplyBook, RunEnd, SettingsBook, SettingsReader,
    ShopBook, ShopReader, SlotBook, SlotOffer, SlotPage, SlotReader, SongComposer, SongOrder,
    StageRow, StoodInLine, Store, StoreError, StreamError, Taking, TicketBook, Turn, UnitOfWork,
    Untold, VideoOrder, VideoRenderer, WebhookAnswer, WebhookBook, WebhookCall, WebhookQueue,
    WebhookReader, WebhookSender, WebhookView, WorkFeed, WorkOutbox, WorkQueue,
};
use crate::model::{
    Account, Action, ApiKey, AttemptToken, Backlog, BacklogLimits, BookingQueue, Caller, Campaign,
    CampaignId, Channel, ChannelId, Claim, Coupon, CouponId, CouponLine, CouponRequest,
    CouponRequestId, Email, Entry, Event, EventSeq, Hold, HoldId, IdempotencyKey, JobEntry, JobId,
    JobState, KeyId, Lane, LaneState, Letter, Lot, LotId, Lyric, LyricId, LyricText, MediaKey,
    Member, MemberId, MemberName, NewAction, NewEvent, Order, OrderId, OrderNumber, Outlook, Pack,
    PackId, Password, PasswordHash, PaymentRef, PointAccount, Production, Profile, ProjectId,
    ProviderJob, ProviderName, Purchase, QueueToken, Reply, SecretHash, Session, SettingChange,
    SettingKey, Settings, SettingsVersion, Slot, SlotId, Song, SongId, Stage, Stored, Task,
    TaskKind, Ticket, Totals, UnresolvedPurchase, Usage, UsageId, Video, VideoId, Webhook,
    WebhookDelivery, WebhookFault, WebhookId, WebhookUrl, Work,
};

mock! {
    /// A mock of [`Clock`].
    pub Clock {}

    #[async_trait]
    impl Clock for Clock {
        fn now(&self) -> DateTime<Utc>;
        async fn reach(&self, at: DateTime<Utc>);
    }
}

mock! {
    /// A mock of [`IdSource`].
    pub IdSource {}

    impl IdSource for IdSource {
        fn next(&self) -> u128;
    }
}

mock! {
    /// A mock of [`Store`].
    pub Store {}

    #[async_trait]
    impl Store for Store {
        async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;
    }
}

mock! {
    /// A mock of [`UnitOfWork`].
    pub UnitOfWork {}

    #[async_trait]
    impl UnitOfWork for UnitOfWork {
        fn productions(&mut self) -> &mut dyn ProductionRepository;
        fn events(&mut self) -> &mut dyn EventBook;
        fn work(&mut self) -> &mut dyn WorkOutbox;
        fn replies(&mut self) -> &mut dyn ReplyBook;
        fn access(&mut self) -> &mut dyn AccessBook;
        fn points(&mut self) -> &mut dyn PointsBook;
        fn coupons(&mut self) -> &mut dyn CouponBook;
        fn shop(&mut self) -> &mut dyn ShopBook;
        fn slots(&mut self) -> &mut dyn SlotBook;
        fn settings(&mut self) -> &mut dyn SettingsBook;
        fn webhooks(&mut self) -> &mut dyn WebhookBook;
        fn actions(&mut self) -> &mut dyn ActionBook;
        async fn commit(self: Box<Self>) -> Result<(), StoreError>;
    }
}

mock! {
    /// A mock of [`ProductionRepository`].
    pub ProductionRepository {}

    #[async_trait]
    impl ProductionRepository for ProductionRepository {
        async fn find(&mut self, id: ProjectId) -> Result<Option<Production>, StoreError>;
        async fn of_attempt(
            &mut self,
            stage: Stage,
            attempt: AttemptToken,
        ) -> Result<Option<ProjectId>, StoreError>;
        async fn of_purchase(
            &mut self,
            purchase: Purchase,
        ) -> Result<Option<ProjectId>, StoreError>;
        async fn insert(&mut self, production: &Production) -> Result<(), StoreError>;
        async fn update(&mut self, production: &Production) -> Result<(), StoreError>;
    }
}

mock! {
    /// A mock of [`EventBook`].
    pub EventBook {}

    #[async_trait]
    impl EventBook for EventBook {
        async fn append(&mut self, member: MemberId, events: &[NewEvent]) -> Result<(), StoreError>;
    }
}

mock! {
    /// A mock of [`WorkOutbox`].
    pub WorkOutbox {}

    #[async_trait]
    impl WorkOutbox for WorkOutbox {
        async fn push(&mut self, work: &[Work]) -> Result<(), StoreError>;
        async fn hurry(&mut self, task: &Task, due: DateTime<Utc>) -> Result<(), StoreError>;
        async fn finish(&mut self, claim: &Claim) -> Result<(), StoreError>;
        async fn hold(&mut self, claim: &Claim) -> Result<(), StoreError>;
        async fn job(&mut self, id: JobId) -> Result<Option<JobEntry>, StoreError>;
        async fn replay(&mut self, id: JobId, due: DateTime<Utc>) -> Result<(), StoreError>;
        async fn backlog(
            &mut self,
            member: MemberId,
            limits: BacklogLimits,
        ) -> Result<Backlog, StoreError>;
        async fn outlook(&mut self, lane: Lane, due: DateTime<Utc>) -> Result<Outlook, StoreError>;
        async fn pause(&mut self, lane: Lane, reason: &str) -> Result<(), StoreError>;
        async fn resume(&mut self, lane: Lane) -> Result<(), StoreError>;
        async fn replay_all(
            &mut self,
            kind: Option<TaskKind>,
            due: DateTime<Utc>,
        ) -> Result<u64, StoreError>;
    }
}

mock! {
    /// A mock of [`ReplyBook`].
    pub ReplyBook {}

    #[async_trait]
    impl ReplyBook for ReplyBook {
        async fn find(
            &mut self,
            member: MemberId,
            key: &IdempotencyKey,
            since: DateTime<Utc>,
        ) -> Result<Option<Reply>, StoreError>;
        async fn insert(&mut self, reply: &Reply, since: DateTime<Utc>) -> Result<(), StoreError>;
        async fn forget(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError>;
    }
}

mock! {
    /// A mock of [`AccessBook`].
    pub AccessBook {}

    #[async_trait]
    impl AccessBook for AccessBook {
        async fn member(&mut self, name: &MemberName) -> Result<Option<Member>, StoreError>;
        async fn insert_member(&mut self, member: &Member) -> Result<(), StoreError>;
        async fn insert_key(&mut self, key: &ApiKey) -> Result<(), StoreError>;
        async fn remove_key(
            &mut self,
            member: MemberId,
            id: KeyId,
        ) -> Result<Option<ApiKey>, StoreError>;
        async fn account(&mut self, member: MemberId) -> Result<Option<Account>, StoreError>;
        async fn insert_profile(&mut self, profile: &Profile) -> Result<(), StoreError>;
        async fn update_profile(&mut self, profile: &Profile) -> Result<(), StoreError>;
        async fn insert_session(
            &mut self,
            session: &Session,
            now: DateTime<Utc>,
        ) -> Result<(), StoreError>;
        async fn end_session(&mut self, hash: &SecretHash) -> Result<(), StoreError>;
    }
}

mock! {
    /// A mock of [`MemberReader`].
    pub MemberReader {}

    #[async_trait]
    impl MemberReader for MemberReader {
        async fn by_email(&self, email: &Email) -> Result<Option<Account>, StoreError>;
        async fn account(&self, member: MemberId) -> Result<Option<Account>, StoreError>;
        async fn keys(&self, of: MemberId, page: Page) -> Result<Vec<ApiKey>, StoreError>;
    }
}

mock! {
    /// A mock of [`PasswordHasher`].
    pub PasswordHasher {}

    #[async_trait]
    impl PasswordHasher for PasswordHasher {
        async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordError>;
        async fn verify(
            &self,
            password: &Password,
            hash: &PasswordHash,
        ) -> Result<bool, PasswordError>;
        async fn pretend(&self, password: &Password) -> Result<(), PasswordError>;
    }
}

mock! {
    /// A mock of [`Gate`].
    pub Gate {}

    #[async_trait]
    impl Gate for Gate {
        async fn caller(
            &self,
            hash: &SecretHash,
            now: DateTime<Utc>,
        ) -> Result<Option<Caller>, StoreError>;
    }
}

mock! {
    /// A mock of [`Catalog`].
    pub Catalog {}

    #[async_trait]
    impl Catalog for Catalog {
        async fn project(&self, of: MemberId, id: ProjectId)
        -> Result<Option<ProjectView>, StoreError>;
        async fn owns(&self, of: MemberId, id: ProjectId) -> Result<bool, StoreError>;
        async fn projects(&self, of: MemberId, page: Page) -> Result<Vec<ProjectView>, StoreError>;
        async fn lyric(&self, of: MemberId, id: LyricId)
        -> Result<Option<StageRow<Lyric>>, StoreError>;
        async fn song(&self, of: MemberId, id: SongId) -> Result<Option<StageRow<Song>>, StoreError>;
        async fn video(&self, of: MemberId, id: VideoId)
        -> Result<Option<StageRow<Video>>, StoreError>;
        async fn lyrics(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Lyric>>, StoreError>;
        async fn songs(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Song>>, StoreError>;
        async fn videos(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Video>>, StoreError>;
        async fn counted_songs(
            &self,
            of: MemberId,
            page: NumberedPage,
        ) -> Result<Counted<OfProject<Song>>, StoreError>;
        async fn counted_videos(
            &self,
            of: MemberId,
            page: NumberedPage,
        ) -> Result<Counted<OfProject<Video>>, StoreError>;
    }
}

mock! {
    /// A mock of [`EventLog`].
    pub EventLog {}

    #[async_trait]
    impl EventLog for EventLog {
        async fn events(
            &self,
            of: MemberId,
            project: Option<ProjectId>,
            after: EventSeq,
            limit: u32,
        ) -> Result<Vec<Event>, StoreError>;
        async fn heads(&self, of: &[MemberId]) -> Result<Vec<(MemberId, EventSeq)>, StoreError>;
        async fn appended(&self);
    }
}

mock! {
    /// A mock of [`EventOutbox`].
    pub EventOutbox {}

    #[async_trait]
    impl EventOutbox for EventOutbox {
        async fn untold(
            &self,
            after: Option<MemberId>,
            limit: u32,
        ) -> Result<Vec<Untold>, StoreError>;
        async fn mark_told(&self, member: MemberId, through: EventSeq) -> Result<bool, StoreError>;
    }
}

mock! {
    /// A mock of [`WorkFeed`].
    pub WorkFeed {}

    #[async_trait]
    impl WorkFeed for WorkFeed {
        async fn offer(&self, offers: &[Offer]) -> Result<(), FeedError>;
        async fn take(
            &self,
            lane: Lane,
            patience: TimeDelta,
        ) -> Result<Option<Box<dyn OfferInHand>>, FeedError>;
        async fn outstanding(&self, lane: Lane) -> Result<u64, FeedError>;
        async fn check(&self) -> Result<(), FeedError>;
    }
}

mock! {
    /// A mock of [`EventStream`].
    pub EventStream {}

    #[async_trait]
    impl EventStream for EventStream {
        async fn publish(&self, runs: &[Vec<Announcement>]) -> Vec<RunEnd>;
        async fn check(&self) -> Result<(), StreamError>;
    }
}

mock! {
    /// A mock of [`WorkQueue`].
    pub WorkQueue {}

    #[async_trait]
    impl WorkQueue for WorkQueue {
        async fn lanes(&self) -> Result<Vec<LaneState>, StoreError>;
        async fn claim_some(
            &self,
            lane: Lane,
            turn: Turn,
            most: u32,
        ) -> Result<Vec<Claim>, StoreError>;
        async fn feed(&self, lane: Lane, feeding: Feeding) -> Result<Vec<Offer>, StoreError>;
        async fn claim_job(&self, offer: &Offer, turn: Turn) -> Result<Taking, StoreError>;
        async fn rest(
            &self,
            lane: Lane,
            until: DateTime<Utc>,
            reason: &str,
        ) -> Result<(), StoreError>;
        async fn pace(&self, lane: Lane, pace: LanePace) -> Result<(), StoreError>;
        async fn renew(
            &self,
            claim: &Claim,
            lease_until: DateTime<Utc>,
            progress: f32,
        ) -> Result<(), StoreError>;
        async fn put_back(
            &self,
            claim: &Claim,
            due: DateTime<Utc>,
            attempts: u32,
            progress: f32,
        ) -> Result<(), StoreError>;
        async fn sketch(&self, claim: &Claim, draft: &str) -> Result<(), StoreError>;
        async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError>;
        async fn counts_of_kinds(&self) -> Result<Vec<KindCounts>, StoreError>;
        async fn counts(&self) -> Result<QueueCounts, StoreError>;
        async fn pushed(&self);
    }
}

mock! {
    /// A mock of [`LockManager`].
    pub LockManager {}

    #[async_trait]
    impl LockManager for LockManager {
        async fn acquire(
            &self,
            key: &LockKey,
            owner: u128,
            now: DateTime<Utc>,
            until: DateTime<Utc>,
        ) -> Result<LockAttempt, LockError>;
        async fn renew(
            &self,
            lease: &LockLease,
            now: DateTime<Utc>,
            until: DateTime<Utc>,
        ) -> Result<LockLease, LockError>;
        async fn release(&self, lease: &LockLease) -> Result<bool, LockError>;
        fn abandon(&self, key: &LockKey, owner: u128);
        async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError>;
        async fn forget(&self, since: DateTime<Utc>) -> Result<u64, LockError>;
        async fn check(&self) -> Result<(), LockError>;
    }
}

mock! {
    /// A mock of [`MediaStore`].
    pub MediaStore {}

    #[async_trait]
    impl MediaStore for MediaStore {
        async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError>;
        async fn read(
            &self,
            key: &MediaKey,
            range: Option<ByteRange>,
        ) -> Result<Option<MediaRead>, MediaError>;
        async fn link(
            &self,
            key: &MediaKey,
            until: DateTime<Utc>,
        ) -> Result<Option<String>, MediaError>;
        async fn remove(&self, key: &MediaKey) -> Result<(), MediaError>;
        async fn check(&self) -> Result<(), MediaError>;
    }
}

mock! {
    /// A mock of [`PhotoLab`].
    pub PhotoLab {}

    #[async_trait]
    impl PhotoLab for PhotoLab {
        async fn develop(&self, upload: Bytes) -> Result<Photo, PhotoError>;
    }
}

mock! {
    /// A mock of [`LyricWriter`].
    pub LyricWriter {}

    #[async_trait]
    impl LyricWriter for LyricWriter {
        fn name(&self) -> ProviderName;
        async fn write(
            &self,
            order: &LyricOrder,
            draft: Arc<dyn Draft>,
        ) -> Result<LyricText, ProviderError>;
    }
}

mock! {
    /// A mock of [`Maker`].
    pub Maker {}

    #[async_trait]
    impl Maker for Maker {
        fn name(&self) -> ProviderName;
        fn pace(&self) -> Pace;
        async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError>;
        async fn look_up(
            &self,
            attempt: AttemptToken,
            told: Option<ProviderJob>,
        ) -> Result<LookUp, ProviderError>;
        fn told(&self, message: &[u8]) -> Option<ProviderJob>;
        async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError>;
        async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError>;
    }
}

mock! {
    /// A mock of [`SongComposer`].
    pub SongComposer {}

    #[async_trait]
    impl Maker for SongComposer {
        fn name(&self) -> ProviderName;
        fn pace(&self) -> Pace;
        async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError>;
        async fn look_up(
            &self,
            attempt: AttemptToken,
            told: Option<ProviderJob>,
        ) -> Result<LookUp, ProviderError>;
        fn told(&self, message: &[u8]) -> Option<ProviderJob>;
        async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError>;
        async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError>;
    }

    #[async_trait]
    impl SongComposer for SongComposer {
        async fn start(&self, order: &SongOrder) -> Result<ProviderJob, ProviderError>;
    }
}

mock! {
    /// A mock of [`VideoRenderer`].
    pub VideoRenderer {}

    #[async_trait]
    impl Maker for VideoRenderer {
        fn name(&self) -> ProviderName;
        fn pace(&self) -> Pace;
        async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError>;
        async fn look_up(
            &self,
            attempt: AttemptToken,
            told: Option<ProviderJob>,
        ) -> Result<LookUp, ProviderError>;
        fn told(&self, message: &[u8]) -> Option<ProviderJob>;
        async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError>;
        async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError>;
    }

    #[async_trait]
    impl VideoRenderer for VideoRenderer {
        async fn start(&self, order: &VideoOrder) -> Result<ProviderJob, ProviderError>;
    }
}

mock! {
    /// A mock of [`PointsBook`].
    pub PointsBook {}

    #[async_trait]
    impl PointsBook for PointsBook {
        async fn hold(&mut self, member: MemberId) -> Result<Option<PointAccount>, StoreError>;
        async fn lot(&mut self, of: MemberId, id: LotId) -> Result<Option<Lot>, StoreError>;
        async fn lots_of(&mut self, usage: &Usage) -> Result<Vec<Lot>, StoreError>;
        async fn usage(&mut self, of: MemberId, id: UsageId) -> Result<Option<Usage>, StoreError>;
        async fn usage_of(
            &mut self,
            of: MemberId,
            order: &OrderNumber,
        ) -> Result<Option<Usage>, StoreError>;
        async fn write(&mut self, account: &PointAccount) -> Result<(), StoreError>;
        async fn audit(&mut self, of: MemberId) -> Result<(Totals, Option<Totals>), StoreError>;
        async fn note_told(
            &mut self,
            of: MemberId,
            within: (DateTime<Utc>, DateTime<Utc>),
        ) -> Result<u64, StoreError>;
        async fn correct(&mut self, account: &PointAccount, totals: Totals) -> Result<(), StoreError>;
    }
}

mock! {
    /// A mock of [`PointsReader`].
    pub PointsReader {}

    #[async_trait]
    impl PointsReader for PointsReader {
        async fn lot(&self, id: LotId) -> Result<Option<Lot>, StoreError>;
        async fn balance(
            &self,
            of: MemberId,
            now: DateTime<Utc>,
            soon: DateTime<Utc>,
        ) -> Result<Balance, StoreError>;
        async fn totals(&self, of: MemberId) -> Result<Option<Totals>, StoreError>;
        async fn history(&self, of: MemberId, page: HistoryPage) -> Result<Vec<Entry>, StoreError>;
        async fn overdue(
            &self,
            now: DateTime<Utc>,
            limit: u32,
        ) -> Result<Vec<MemberId>, StoreError>;
        async fn untold(
            &self,
            now: DateTime<Utc>,
            soon: DateTime<Utc>,
            limit: u32,
        ) -> Result<Vec<MemberId>, StoreError>;
        async fn told(
            &self,
            of: MemberId,
            noted: DateTime<Utc>,
            now: DateTime<Utc>,
        ) -> Result<Vec<Expiring>, StoreError>;
        async fn accounts(
            &self,
            after: Option<MemberId>,
            limit: u32,
        ) -> Result<Vec<MemberId>, StoreError>;
    }
}

mock! {
    /// A mock of [`CouponBook`].
    pub CouponBook {}

    #[async_trait]
    impl CouponBook for CouponBook {
        async fn insert_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError>;
        async fn hold_campaign(&mut self, id: CampaignId) -> Result<Option<Campaign>, StoreError>;
        async fn update_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError>;
        async fn has_had_one(
            &mut self,
            campaign: CampaignId,
            member: MemberId,
        ) -> Result<bool, StoreError>;
        async fn coupon(&mut self, id: CouponId) -> Result<Option<Coupon>, StoreError>;
        async fn insert_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError>;
        async fn update_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError>;
    }

    #[async_trait]
    impl LineBook for CouponBook {
        async fn line(&mut self, campaign: CampaignId) -> Result<Option<CouponLine>, StoreError>;
        async fn waiting_request(
            &mut self,
            campaign: CampaignId,
            member: MemberId,
        ) -> Result<Option<CouponRequest>, StoreError>;
        async fn take_place(
            &mut self,
            request: &CouponRequest,
            line: &CouponLine,
        ) -> Result<(), StoreError>;
        async fn call_line(&mut self, campaign: CampaignId, called: bool) -> Result<(), StoreError>;
        async fn next_in_line(
            &mut self,
            campaign: CampaignId,
            limit: u32,
        ) -> Result<Vec<CouponRequest>, StoreError>;
        async fn decide(&mut self, request: &CouponRequest) -> Result<(), StoreError>;
        async fn forget_requests(
            &mut self,
            before: DateTime<Utc>,
            limit: u32,
        ) -> Result<u64, StoreError>;
    }
}

mock! {
    /// A mock of [`CouponReader`].
    pub CouponReader {}

    #[async_trait]
    impl CouponReader for CouponReader {
        async fn open_campaigns(
            &self,
            now: DateTime<Utc>,
            page: Page,
        ) -> Result<Vec<Campaign>, StoreError>;
        async fn coupons(&self, of: MemberId, page: Page) -> Result<Vec<GivenCoupon>, StoreError>;
        async fn overdue_coupons(
            &self,
            now: DateTime<Utc>,
            limit: u32,
        ) -> Result<Vec<CouponId>, StoreError>;
        async fn stood_in_line(
            &self,
            of: MemberId,
            id: CouponRequestId,
        ) -> Result<Option<StoodInLine>, StoreError>;
        async fn forsaken_lines(&self, limit: u32) -> Result<Vec<CampaignId>, StoreError>;
    }
}

mock! {
    /// A mock of [`ShopBook`].
    pub ShopBook {}

    #[async_trait]
    impl ShopBook for ShopBook {
        async fn insert_pack(&mut self, pack: &Pack) -> Result<(), StoreError>;
        async fn pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError>;
        async fn hold_pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError>;
        async fn update_pack(&mut self, pack: &Pack) -> Result<(), StoreError>;
        async fn insert_order(&mut self, order: &Order) -> Result<(), StoreError>;
        async fn order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError>;
        async fn hold_order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError>;
        async fn update_order(&mut self, order: &Order) -> Result<(), StoreError>;
    }
}

mock! {
    /// A mock of [`ShopReader`].
    pub ShopReader {}

    #[async_trait]
    impl ShopReader for ShopReader {
        async fn packs(&self, page: Page) -> Result<Vec<Pack>, StoreError>;
        async fn orders(&self, of: MemberId, page: Page) -> Result<Vec<Order>, StoreError>;
        async fn order_of(&self, of: MemberId, id: OrderId) -> Result<Option<Order>, StoreError>;
        async fn unpaid_orders(
            &self,
            now: DateTime<Utc>,
            limit: u32,
        ) -> Result<Vec<OrderId>, StoreError>;
        async fn doubtful_orders(
            &self,
            now: DateTime<Utc>,
            limit: u32,
        ) -> Result<Vec<OrderId>, StoreError>;
    }
}

mock! {
    /// A mock of [`PaymentGateway`].
    pub PaymentGateway {}

    #[async_trait]
    impl PaymentGateway for PaymentGateway {
        async fn check(&self) -> Result<(), PaymentError>;
        async fn pay(&self, order: OrderId, amount: i64) -> Result<Payment, PaymentError>;
        async fn look_up(&self, order: OrderId) -> Result<Option<PaymentRef>, PaymentError>;
        async fn undo(&self, order: OrderId) -> Result<(), PaymentError>;
    }
}

mock! {
    /// A mock of [`SlotBook`].
    pub SlotBook {}

    #[async_trait]
    impl SlotBook for SlotBook {
        async fn insert_channel(
            &mut self,
            channel: &Channel,
            slots: &[Slot],
        ) -> Result<(), StoreError>;
        async fn take(&mut self, hold: &Hold) -> Result<bool, StoreError>;
        async fn hold_of(&mut self, slot: SlotId) -> Result<Option<Hold>, StoreError>;
        async fn insert_hold(&mut self, hold: &Hold) -> Result<(), StoreError>;
        async fn hold(&mut self, id: HoldId) -> Result<Option<Hold>, StoreError>;
        async fn write_hold(&mut self, hold: &Hold) -> Result<(), StoreError>;
        async fn lapsed(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Hold>, StoreError>;
        async fn held_by(&mut self, member: MemberId, now: DateTime<Utc>) -> Result<u32, StoreError>;
    }

    #[async_trait]
    impl TicketBook for SlotBook {
        async fn queue(&mut self, channel: ChannelId) -> Result<Option<BookingQueue>, StoreError>;
        async fn issue(&mut self, ticket: &Ticket, queue: &BookingQueue) -> Result<(), StoreError>;
        async fn newest_ticket(
            &mut self,
            channel: ChannelId,
            member: MemberId,
        ) -> Result<Option<Ticket>, StoreError>;
        async fn ticket(&mut self, token: QueueToken) -> Result<Option<Ticket>, StoreError>;
        async fn use_ticket(&mut self, ticket: &Ticket) -> Result<(), StoreError>;
        async fn forget_tickets(
            &mut self,
            before: DateTime<Utc>,
            limit: u32,
        ) -> Result<u64, StoreError>;
    }
}

mock! {
    /// A mock of [`SlotReader`].
    pub SlotReader {}

    #[async_trait]
    impl SlotReader for SlotReader {
        async fn channels(&self, page: Page) -> Result<Vec<Channel>, StoreError>;
        async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, StoreError>;
        async fn slots(&self, channel: ChannelId, page: SlotPage) -> Result<Vec<Slot>, StoreError>;
        async fn slot(&self, id: SlotId) -> Result<Option<SlotOffer>, StoreError>;
        async fn booking(&self, of: MemberId, id: HoldId) -> Result<Option<Booking>, StoreError>;
        async fn bookings(&self, of: MemberId, page: Page) -> Result<Vec<Booking>, StoreError>;
        async fn in_queue(
            &self,
            of: MemberId,
            token: QueueToken,
        ) -> Result<Option<InQueue>, StoreError>;
    }
}

mock! {
    /// A mock of [`SettingsBook`].
    pub SettingsBook {}

    #[async_trait]
    impl SettingsBook for SettingsBook {
        async fn hold(&mut self) -> Result<Settings, StoreError>;
        async fn settings(&mut self, known: SettingsVersion) -> Result<Arc<Settings>, StoreError>;
        async fn change(&mut self, change: &SettingChange) -> Result<(), StoreError>;
    }
}

mock! {
    /// A mock of [`SettingsReader`].
    pub SettingsReader {}

    #[async_trait]
    impl SettingsReader for SettingsReader {
        async fn settings(&self, known: SettingsVersion) -> Result<Arc<Settings>, StoreError>;
        async fn newest(&self) -> Result<Arc<Settings>, StoreError>;
        async fn history(
            &self,
            of: Option<SettingKey>,
            limit: u32,
        ) -> Result<Vec<SettingChange>, StoreError>;
    }
}

mock! {
    /// A mock of [`Oversight`].
    pub Oversight {}

    #[async_trait]
    impl Oversight for Oversight {
        async fn unresolved(&self, page: Page) -> Result<Vec<UnresolvedPurchase>, StoreError>;
        async fn jobs(&self, state: JobState, page: JobPage) -> Result<Vec<JobEntry>, StoreError>;
        async fn lapsed(&self, now: DateTime<Utc>, page: JobPage) -> Result<Vec<JobEntry>, StoreError>;
        async fn job(&self, id: JobId) -> Result<Option<JobEntry>, StoreError>;
        async fn actions(&self, of: ActionFilter, page: Page) -> Result<Vec<Action>, StoreError>;
    }
}

mock! {
    /// A mock of [`ActionBook`].
    pub ActionBook {}

    #[async_trait]
    impl ActionBook for ActionBook {
        async fn note(&mut self, action: &NewAction) -> Result<(), StoreError>;
    }
}

mock! {
    /// A mock of [`WebhookBook`].
    pub WebhookBook {}

    #[async_trait]
    impl WebhookBook for WebhookBook {
        async fn listen(&mut self, member: MemberId) -> Result<EventSeq, StoreError>;
        async fn count(&mut self, member: MemberId) -> Result<u64, StoreError>;
        async fn insert(&mut self, webhook: &Webhook) -> Result<(), StoreError>;
        async fn hold(
            &mut self,
            member: MemberId,
            id: WebhookId,
        ) -> Result<Option<Webhook>, StoreError>;
        async fn update(&mut self, webhook: &Webhook) -> Result<(), StoreError>;
        async fn remove(&mut self, webhook: &Webhook) -> Result<(), StoreError>;
        async fn note(&mut self, delivery: &WebhookDelivery) -> Result<(), StoreError>;
        async fn forget_deliveries(
            &mut self,
            before: DateTime<Utc>,
            limit: u32,
        ) -> Result<u64, StoreError>;
    }
}

mock! {
    /// A mock of [`WebhookReader`].
    pub WebhookReader {}

    #[async_trait]
    impl WebhookReader for WebhookReader {
        async fn webhooks(&self, of: MemberId, page: Page) -> Result<Vec<WebhookView>, StoreError>;
        async fn webhook(
            &self,
            of: MemberId,
            id: WebhookId,
        ) -> Result<Option<WebhookView>, StoreError>;
        async fn deliveries(
            &self,
            of: WebhookId,
            page: Page,
        ) -> Result<Vec<WebhookDelivery>, StoreError>;
    }
}

mock! {
    /// A mock of [`WebhookQueue`].
    pub WebhookQueue {}

    #[async_trait]
    impl WebhookQueue for WebhookQueue {
        async fn hear(&self, limit: u32) -> Result<u64, StoreError>;
        async fn next_webhook(&self) -> Result<Option<DateTime<Utc>>, StoreError>;
        async fn claim_webhook(
            &self,
            now: DateTime<Utc>,
            lease_until: DateTime<Utc>,
        ) -> Result<Option<Webhook>, StoreError>;
        async fn let_go(&self, webhook: &Webhook) -> Result<(), StoreError>;
    }
}

mock! {
    /// A mock of [`WebhookSender`].
    pub WebhookSender {}

    #[async_trait]
    impl WebhookSender for WebhookSender {
        fn allows(&self, url: &WebhookUrl) -> bool;
        async fn send(&self, call: &WebhookCall) -> Result<WebhookAnswer, WebhookFault>;
    }
}

mock! {
    /// A mock of [`Mailer`].
    pub Mailer {}

    #[async_trait]
    impl Mailer for Mailer {
        fn sends(&self) -> bool;
        async fn send(&self, letter: &Letter) -> Result<(), MailError>;
    }
}
