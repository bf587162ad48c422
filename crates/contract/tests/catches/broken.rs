#[path = "access.rs"]
mod access;
#[path = "actions.rs"]
mod actions;
#[path = "couriers.rs"]
mod couriers;
#[path = "settings.rs"]
mod settings;

use std::collections::BTreeMap;
use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use castad_domain::{
    model::{
        AttemptToken, Backlog, BacklogLimits, Campaign, CampaignId, Channel, ChannelId, Claim,
        CouponId, CouponRequestId, Entry, Event, EventSeq, HoldId, IdempotencyKey, JobEntry, JobId,
        Lane, LaneState, Lot, LotId, Lyric, LyricId, MemberId, NewEvent, Order, OrderId,
        OrderNumber, Outlook, Pack, PointAccount, Production, ProjectId, Purchase, QueueToken,
        Reply, Settings, Slot, SlotId, Song, SongId, Stage, Task, TaskKind, Totals, Usage, UsageId,
        Video, VideoId, Work,
    },
    port::{
        AccessBook, ActionBook, Balance, Booking, Catalog, Counted, CouponBook, CouponReader,
        EventBook, EventLog, EventOutbox, Expiring, Feeding, GivenCoupon, HistoryPage, InQueue,
        KindCounts, LanePace, NumberedPage, OfProject, Offer, Page, PointsBook, PointsReader,
        ProductionRepository, ProjectView, ReplyBook, SettingsBook, ShopBook, ShopReader, SlotBook,
        SlotOffer, SlotPage, SlotReader, StageRow, StoodInLine, Store, StoreError, StoreErrorKind,
        Taking, Turn, UnitOfWork, Untold, WebhookBook, WorkOutbox, WorkQueue,
    },
};
use castad_memory::MemoryStore;
use chrono::{DateTime, TimeDelta, Utc};

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    IgnoresVersions,
    WritesAtOnce,
    ForgetsOutbox,
    IgnoresFences,
    IgnoresLeases,
    IgnoresLanes,
    IgnoresRates,
    NeverRests,
    FirstComeFirstServed,
    LazyHints,
    ForgetsOwners,
    NumbersEarly,
    KeepsReplies,
    EternalSessions,
    HurriesNobody,
    MixesStages,
    IgnoresAccounts,
    CountsTheExpired,
    ForgetsOrders,
    ForgetsTotals,
    KeepsOldSettings,
    TellsBackwards,
    SharesAddresses,
    ForgetsPages,
    MarksBlindly,
    OffersAgain,
    TakesAnyJob,
    ListensBeside,
    HearsTheIdle,
    ForgetsNotes,
}

/// A store with one fault.
#[derive(Clone)]
pub(crate) struct Broken {
    inner: MemoryStore,
    fault: Fault,
    told: Arc<AtomicI64>,
    log: Arc<Mutex<Vec<Event>>>,
    marks: Arc<Mutex<BTreeMap<MemberId, EventSeq>>>,
    settings: Arc<OnceLock<Arc<Settings>>>,
    beside: Arc<couriers::Beside>,
}

impl Broken {
    pub(crate) fn with(fault: Fault) -> Self {
        let (told, log, settings) = (Arc::default(), Arc::default(), Arc::default());
        let (marks, beside) = (Arc::default(), Arc::default());
        Self {
            inner: MemoryStore::new().tracing(castad_contract::leading),
            fault,
            told,
            log,
            marks,
            settings,
            beside,
        }
    }

    /// Whose a project is, for a catalog that does not ask who wants to know.
    async fn owner(&self, of: MemberId, id: ProjectId) -> Result<MemberId, StoreError> {
        if self.fault != Fault::ForgetsOwners {
            return Ok(of);
        }
        let found = self.inner.begin().await?.productions().find(id).await?;
        Ok(found.map_or(of, |production| production.project().member()))
    }
}

struct Unit {
    store: Broken,
    inner: Box<dyn UnitOfWork>,
    told: Vec<Event>,
}

#[async_trait]
impl Store for Broken {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let inner = self.inner.begin().await?;
        Ok(Box::new(Unit { store: self.clone(), inner, told: Vec::new() }))
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn productions(&mut self) -> &mut dyn ProductionRepository {
        self
    }

    fn events(&mut self) -> &mut dyn EventBook {
        self
    }

    fn work(&mut self) -> &mut dyn WorkOutbox {
        self
    }

    fn replies(&mut self) -> &mut dyn ReplyBook {
        self
    }

    fn access(&mut self) -> &mut dyn AccessBook {
        self
    }

    fn points(&mut self) -> &mut dyn PointsBook {
        self
    }

    fn coupons(&mut self) -> &mut dyn CouponBook {
        self.inner.coupons()
    }

    fn shop(&mut self) -> &mut dyn ShopBook {
        self.inner.shop()
    }

    fn slots(&mut self) -> &mut dyn SlotBook {
        self.inner.slots()
    }

    fn settings(&mut self) -> &mut dyn SettingsBook {
        self
    }

    fn webhooks(&mut self) -> &mut dyn WebhookBook {
        self
    }

    fn actions(&mut self) -> &mut dyn ActionBook {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.store.log.lock().expect("nobody panics with it").extend(self.told);
        self.inner.commit().await
    }
}

#[async_trait]
impl ProductionRepository for Unit {
    async fn find(&mut self, id: ProjectId) -> Result<Option<Production>, StoreError> {
        self.inner.productions().find(id).await
    }

    async fn of_attempt(
        &mut self,
        stage: Stage,
        attempt: AttemptToken,
    ) -> Result<Option<ProjectId>, StoreError> {
        let songs = self.inner.productions().of_attempt(Stage::Song, attempt).await?;
        if self.store.fault == Fault::MixesStages && songs.is_some() {
            return Ok(songs);
        }
        self.inner.productions().of_attempt(stage, attempt).await
    }

    async fn of_purchase(&mut self, purchase: Purchase) -> Result<Option<ProjectId>, StoreError> {
        self.inner.productions().of_purchase(purchase).await
    }

    async fn insert(&mut self, production: &Production) -> Result<(), StoreError> {
        if self.store.fault == Fault::WritesAtOnce {
            let mut unit = self.store.inner.begin().await?;
            unit.productions().insert(production).await?;
            return unit.commit().await;
        }
        self.inner.productions().insert(production).await
    }

    async fn update(&mut self, production: &Production) -> Result<(), StoreError> {
        if self.store.fault != Fault::IgnoresVersions {
            return self.inner.productions().update(production).await;
        }
        let mut unit = self.store.inner.begin().await?;
        let kept = unit.productions().find(production.project().id()).await?;
        let version = kept.map_or(0, |kept| kept.project().version());
        unit.productions().update(&castad_contract::make::at_version(production, version)).await?;
        unit.commit().await
    }
}

#[async_trait]
impl EventBook for Unit {
    async fn append(&mut self, member: MemberId, events: &[NewEvent]) -> Result<(), StoreError> {
        if self.store.fault != Fault::NumbersEarly {
            return self.inner.events().append(member, events).await;
        }
        for NewEvent { kind, project, at, .. } in events.iter().cloned() {
            let seq = EventSeq(1 + self.store.told.fetch_add(1, Ordering::SeqCst));
            let (data, trace) = (BTreeMap::new(), None);
            self.told.push(Event { seq, member, kind, project, at, data, trace });
        }
        Ok(())
    }
}

/// A lost claim is no matter where nobody looks.
fn overlooked(fault: Fault, end: Result<(), StoreError>) -> Result<(), StoreError> {
    match end {
        Err(lost) if lost.kind() == StoreErrorKind::Conflict && fault == Fault::IgnoresFences => {
            Ok(())
        }
        end => end,
    }
}

#[async_trait]
impl WorkOutbox for Unit {
    async fn push(&mut self, work: &[Work]) -> Result<(), StoreError> {
        if self.store.fault == Fault::ForgetsOutbox {
            return Ok(());
        }
        self.inner.work().push(work).await
    }

    async fn hurry(&mut self, task: &Task, due: DateTime<Utc>) -> Result<(), StoreError> {
        if self.store.fault == Fault::HurriesNobody {
            return Ok(());
        }
        self.inner.work().hurry(task, due).await
    }

    async fn finish(&mut self, claim: &Claim) -> Result<(), StoreError> {
        overlooked(self.store.fault, self.inner.work().finish(claim).await)
    }

    async fn hold(&mut self, claim: &Claim) -> Result<(), StoreError> {
        overlooked(self.store.fault, self.inner.work().hold(claim).await)
    }

    async fn job(&mut self, id: JobId) -> Result<Option<JobEntry>, StoreError> {
        self.inner.work().job(id).await
    }

    async fn backlog(
        &mut self,
        member: MemberId,
        limits: BacklogLimits,
    ) -> Result<Backlog, StoreError> {
        self.inner.work().backlog(member, limits).await
    }

    async fn outlook(&mut self, lane: Lane, due: DateTime<Utc>) -> Result<Outlook, StoreError> {
        self.inner.work().outlook(lane, due).await
    }

    async fn pause(&mut self, lane: Lane, reason: &str) -> Result<(), StoreError> {
        if self.store.fault == Fault::NeverRests {
            return Ok(());
        }
        self.inner.work().pause(lane, reason).await
    }

    async fn resume(&mut self, lane: Lane) -> Result<(), StoreError> {
        self.inner.work().resume(lane).await
    }

    async fn replay(&mut self, id: JobId, due: DateTime<Utc>) -> Result<(), StoreError> {
        match self.inner.work().replay(id, due).await {
            Err(_) if self.store.fault == Fault::IgnoresFences => Ok(()),
            end => end,
        }
    }

    async fn replay_all(
        &mut self,
        kind: Option<TaskKind>,
        due: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let kind = kind.filter(|_| self.store.fault != Fault::MixesStages);
        self.inner.work().replay_all(kind, due).await
    }
}

impl Unit {
    fn since(&self, since: DateTime<Utc>) -> DateTime<Utc> {
        if self.store.fault == Fault::KeepsReplies { DateTime::UNIX_EPOCH } else { since }
    }
}

#[async_trait]
impl ReplyBook for Unit {
    async fn find(
        &mut self,
        member: MemberId,
        key: &IdempotencyKey,
        since: DateTime<Utc>,
    ) -> Result<Option<Reply>, StoreError> {
        let since = self.since(since);
        self.inner.replies().find(member, key, since).await
    }

    async fn insert(&mut self, reply: &Reply, since: DateTime<Utc>) -> Result<(), StoreError> {
        let since = self.since(since);
        self.inner.replies().insert(reply, since).await
    }

    async fn forget(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        self.inner.replies().forget(before).await
    }
}

impl Broken {
    /// Those that have been due for longest, whosever they are.
    async fn take_first(
        &self,
        lane: Lane,
        turn: Turn,
        most: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let lease_until = turn.now - TimeDelta::microseconds(1);
        let (taken, mut claims) = (Turn { lease_until, ..turn }, Vec::new());
        while claims.len() < most as usize
            && let Some(claim) = self.inner.claim_in(lane, taken).await?
        {
            self.inner.bury(&claim, "it is taken").await?;
            claims.push(claim);
        }
        Ok(claims)
    }
}

#[async_trait]
impl WorkQueue for Broken {
    async fn lanes(&self) -> Result<Vec<LaneState>, StoreError> {
        let mut lanes = self.inner.lanes().await?;
        if self.fault == Fault::IgnoresLeases {
            for lane in &mut lanes {
                lane.next = lane.next.map(|next| next - TimeDelta::days(1));
            }
        }
        Ok(lanes)
    }

    async fn rest(&self, lane: Lane, until: DateTime<Utc>, reason: &str) -> Result<(), StoreError> {
        if self.fault == Fault::NeverRests {
            return Ok(());
        }
        self.inner.rest(lane, until, reason).await
    }

    async fn pace(&self, lane: Lane, pace: LanePace) -> Result<(), StoreError> {
        self.inner.pace(lane, pace).await
    }

    async fn claim_some(
        &self,
        lane: Lane,
        turn: Turn,
        most: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        match self.fault {
            Fault::IgnoresLanes => {
                Ok(self.inner.claim(turn.now, turn.lease_until).await?.into_iter().collect())
            }
            Fault::IgnoresRates => {
                self.inner.claim_some(lane, Turn { rate: None, ..turn }, most).await
            }
            Fault::IgnoresLeases => {
                let now = turn.now + TimeDelta::days(1);
                self.inner.claim_some(lane, Turn { now, ..turn }, most).await
            }
            Fault::FirstComeFirstServed => self.take_first(lane, turn, most).await,
            Fault::None
            | Fault::NeverRests
            | Fault::IgnoresVersions
            | Fault::WritesAtOnce
            | Fault::ForgetsOutbox
            | Fault::IgnoresFences
            | Fault::LazyHints
            | Fault::ForgetsOwners
            | Fault::NumbersEarly
            | Fault::KeepsReplies
            | Fault::EternalSessions
            | Fault::HurriesNobody
            | Fault::MixesStages
            | Fault::IgnoresAccounts
            | Fault::CountsTheExpired
            | Fault::ForgetsOrders
            | Fault::ForgetsTotals
            | Fault::KeepsOldSettings
            | Fault::TellsBackwards
            | Fault::SharesAddresses
            | Fault::ForgetsPages
            | Fault::MarksBlindly
            | Fault::OffersAgain
            | Fault::TakesAnyJob
            | Fault::ListensBeside
            | Fault::HearsTheIdle
            | Fault::ForgetsNotes => self.inner.claim_some(lane, turn, most).await,
        }
    }

    async fn feed(&self, lane: Lane, mut feeding: Feeding) -> Result<Vec<Offer>, StoreError> {
        let most = feeding.most as usize;
        if self.fault == Fault::OffersAgain {
            feeding.lapsed_by += TimeDelta::days(1);
        }
        if self.fault == Fault::IgnoresLeases {
            feeding.due_by += TimeDelta::days(1);
        }
        if self.fault == Fault::FirstComeFirstServed {
            (feeding.until, feeding.most) = (feeding.now - TimeDelta::microseconds(1), 99);
        }
        let mut offers = self.inner.feed(lane, feeding).await?;
        offers.sort_by_key(|offer| (offer.due, offer.job));
        offers.truncate(most);
        Ok(offers)
    }

    async fn claim_job(&self, offer: &Offer, mut turn: Turn) -> Result<Taking, StoreError> {
        if self.fault == Fault::TakesAnyJob {
            let claim = self.inner.claim_in(offer.lane, turn).await?;
            return Ok(claim.map_or(Taking::Gone, |claim| Taking::Claimed(Box::new(claim))));
        }
        if self.fault == Fault::IgnoresRates {
            turn.rate = None;
        }
        self.inner.claim_job(offer, turn).await
    }

    async fn renew(
        &self,
        claim: &Claim,
        lease_until: DateTime<Utc>,
        progress: f32,
    ) -> Result<(), StoreError> {
        self.inner.renew(claim, lease_until, progress).await
    }

    async fn put_back(
        &self,
        claim: &Claim,
        due: DateTime<Utc>,
        attempts: u32,
        progress: f32,
    ) -> Result<(), StoreError> {
        self.inner.put_back(claim, due, attempts, progress).await
    }

    async fn sketch(&self, claim: &Claim, draft: &str) -> Result<(), StoreError> {
        if self.fault == Fault::ForgetsNotes {
            return Ok(());
        }
        self.inner.sketch(claim, draft).await
    }

    async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError> {
        self.inner.bury(claim, reason).await
    }

    async fn counts_of_kinds(&self) -> Result<Vec<KindCounts>, StoreError> {
        self.inner.counts_of_kinds().await
    }

    fn pushed<'a, 'async_trait>(
        &'a self,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        if self.fault == Fault::LazyHints {
            return Box::pin(async { self.inner.pushed().await });
        }
        self.inner.pushed()
    }
}

#[async_trait]
impl Catalog for Broken {
    async fn project(
        &self,
        of: MemberId,
        id: ProjectId,
    ) -> Result<Option<ProjectView>, StoreError> {
        self.inner.project(self.owner(of, id).await?, id).await
    }

    async fn owns(&self, of: MemberId, id: ProjectId) -> Result<bool, StoreError> {
        self.inner.owns(self.owner(of, id).await?, id).await
    }

    async fn projects(&self, of: MemberId, page: Page) -> Result<Vec<ProjectView>, StoreError> {
        self.inner.projects(of, page).await
    }

    async fn lyric(
        &self,
        of: MemberId,
        id: LyricId,
    ) -> Result<Option<StageRow<Lyric>>, StoreError> {
        self.inner.lyric(of, id).await
    }

    async fn song(&self, of: MemberId, id: SongId) -> Result<Option<StageRow<Song>>, StoreError> {
        self.inner.song(of, id).await
    }

    async fn video(
        &self,
        of: MemberId,
        id: VideoId,
    ) -> Result<Option<StageRow<Video>>, StoreError> {
        self.inner.video(of, id).await
    }

    async fn lyrics(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Lyric>>, StoreError> {
        self.inner.lyrics(of, page).await
    }

    async fn songs(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Song>>, StoreError> {
        self.inner.songs(of, page).await
    }

    async fn videos(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Video>>, StoreError> {
        self.inner.videos(of, page).await
    }

    async fn counted_songs(
        &self,
        of: MemberId,
        page: NumberedPage,
    ) -> Result<Counted<OfProject<Song>>, StoreError> {
        self.inner.counted_songs(of, page).await
    }

    async fn counted_videos(
        &self,
        of: MemberId,
        page: NumberedPage,
    ) -> Result<Counted<OfProject<Video>>, StoreError> {
        self.inner.counted_videos(of, page).await
    }
}

#[async_trait]
impl EventLog for Broken {
    async fn events(
        &self,
        of: MemberId,
        project: Option<ProjectId>,
        after: EventSeq,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        if self.fault == Fault::NumbersEarly {
            return Ok(self.log.lock().expect("nobody panics with it").clone());
        }
        self.inner.events(of, project, after, limit).await
    }

    /// Where numbers are given early, the next one's is told as well.
    async fn heads(&self, of: &[MemberId]) -> Result<Vec<(MemberId, EventSeq)>, StoreError> {
        let mut heads = self.inner.heads(of).await?;
        let early = i64::from(self.fault == Fault::NumbersEarly);
        for (_, EventSeq(head)) in &mut heads {
            *head += early;
        }
        Ok(heads)
    }

    async fn appended(&self) {
        self.inner.appended().await;
    }
}

#[async_trait]
impl EventOutbox for Broken {
    async fn untold(&self, after: Option<MemberId>, limit: u32) -> Result<Vec<Untold>, StoreError> {
        let after = after.filter(|_| self.fault != Fault::ForgetsPages);
        let mut found = EventOutbox::untold(&self.inner, after, limit).await?;
        if self.fault == Fault::MarksBlindly {
            let marks = self.marks.lock().expect("nobody panics with it");
            for untold in &mut found {
                untold.told = marks.get(&untold.member).copied().unwrap_or_default();
            }
        }
        Ok(found)
    }

    async fn mark_told(&self, member: MemberId, through: EventSeq) -> Result<bool, StoreError> {
        if self.fault == Fault::MarksBlindly {
            self.marks.lock().expect("nobody panics with it").insert(member, through);
            return Ok(true);
        }
        self.inner.mark_told(member, through).await
    }
}

#[async_trait]
impl PointsBook for Unit {
    async fn hold(&mut self, member: MemberId) -> Result<Option<PointAccount>, StoreError> {
        if self.store.fault != Fault::IgnoresAccounts {
            return self.inner.points().hold(member).await;
        }
        let mut unit = self.store.inner.begin().await?;
        let held = unit.points().hold(member).await?;
        unit.commit().await?;
        Ok(held)
    }

    async fn lot(&mut self, of: MemberId, id: LotId) -> Result<Option<Lot>, StoreError> {
        self.inner.points().lot(of, id).await
    }

    async fn lots_of(&mut self, usage: &Usage) -> Result<Vec<Lot>, StoreError> {
        self.inner.points().lots_of(usage).await
    }

    async fn usage(&mut self, of: MemberId, id: UsageId) -> Result<Option<Usage>, StoreError> {
        self.inner.points().usage(of, id).await
    }

    async fn usage_of(
        &mut self,
        of: MemberId,
        order: &OrderNumber,
    ) -> Result<Option<Usage>, StoreError> {
        if self.store.fault == Fault::ForgetsOrders {
            return Ok(None);
        }
        self.inner.points().usage_of(of, order).await
    }

    /// Where versions are ignored, what was decided is written over whatever is there by now.
    async fn write(&mut self, account: &PointAccount) -> Result<(), StoreError> {
        if self.store.fault != Fault::IgnoresAccounts {
            return self.inner.points().write(account).await;
        }
        let mut unit = self.store.inner.begin().await?;
        let now = unit.points().hold(account.member()).await?;
        let version = now.map_or(0, |now| now.version());
        unit.points().write(&account.clone().rebased(version)).await?;
        unit.commit().await
    }

    async fn audit(&mut self, of: MemberId) -> Result<(Totals, Option<Totals>), StoreError> {
        let (sums, kept) = self.inner.points().audit(of).await?;
        let forgets = self.store.fault == Fault::ForgetsTotals;
        Ok((sums, if forgets { Some(Totals::default()) } else { kept }))
    }

    async fn note_told(
        &mut self,
        of: MemberId,
        within: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<u64, StoreError> {
        if self.store.fault == Fault::ForgetsNotes {
            return self.store.inner.begin().await?.points().note_told(of, within).await;
        }
        self.inner.points().note_told(of, within).await
    }

    async fn correct(&mut self, account: &PointAccount, totals: Totals) -> Result<(), StoreError> {
        self.inner.points().correct(account, totals).await
    }
}

#[async_trait]
impl PointsReader for Broken {
    async fn lot(&self, id: LotId) -> Result<Option<Lot>, StoreError> {
        self.inner.lot(id).await
    }

    async fn balance(
        &self,
        of: MemberId,
        now: DateTime<Utc>,
        soon: DateTime<Utc>,
    ) -> Result<Balance, StoreError> {
        let counts_all = self.fault == Fault::CountsTheExpired;
        let now = if counts_all { DateTime::UNIX_EPOCH } else { now };
        self.inner.balance(of, now, soon).await
    }

    async fn totals(&self, of: MemberId) -> Result<Option<Totals>, StoreError> {
        self.inner.totals(of).await
    }

    async fn history(&self, of: MemberId, page: HistoryPage) -> Result<Vec<Entry>, StoreError> {
        PointsReader::history(&self.inner, of, page).await
    }

    async fn overdue(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<MemberId>, StoreError> {
        self.inner.overdue(now, limit).await
    }

    async fn untold(
        &self,
        now: DateTime<Utc>,
        soon: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<MemberId>, StoreError> {
        PointsReader::untold(&self.inner, now, soon, limit).await
    }

    async fn told(
        &self,
        of: MemberId,
        noted: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Expiring>, StoreError> {
        self.inner.told(of, noted, now).await
    }

    async fn accounts(
        &self,
        after: Option<MemberId>,
        limit: u32,
    ) -> Result<Vec<MemberId>, StoreError> {
        self.inner.accounts(after, limit).await
    }
}

#[async_trait]
impl CouponReader for Broken {
    async fn open_campaigns(
        &self,
        now: DateTime<Utc>,
        page: Page,
    ) -> Result<Vec<Campaign>, StoreError> {
        self.inner.open_campaigns(now, page).await
    }

    async fn coupons(&self, of: MemberId, page: Page) -> Result<Vec<GivenCoupon>, StoreError> {
        self.inner.coupons(of, page).await
    }

    async fn overdue_coupons(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<CouponId>, StoreError> {
        self.inner.overdue_coupons(now, limit).await
    }

    async fn stood_in_line(
        &self,
        of: MemberId,
        id: CouponRequestId,
    ) -> Result<Option<StoodInLine>, StoreError> {
        self.inner.stood_in_line(of, id).await
    }

    async fn forsaken_lines(&self, limit: u32) -> Result<Vec<CampaignId>, StoreError> {
        let limit = if self.fault == Fault::ForgetsPages { u32::MAX } else { limit };
        self.inner.forsaken_lines(limit).await
    }
}

#[async_trait]
impl ShopReader for Broken {
    async fn packs(&self, page: Page) -> Result<Vec<Pack>, StoreError> {
        self.inner.packs(page).await
    }

    async fn orders(&self, of: MemberId, page: Page) -> Result<Vec<Order>, StoreError> {
        self.inner.orders(of, page).await
    }

    async fn order_of(&self, of: MemberId, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.inner.order_of(of, id).await
    }

    async fn unpaid_orders(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        self.inner.unpaid_orders(now, limit).await
    }

    async fn doubtful_orders(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        self.inner.doubtful_orders(now, limit).await
    }
}

#[async_trait]
impl SlotReader for Broken {
    async fn channels(&self, page: Page) -> Result<Vec<Channel>, StoreError> {
        self.inner.channels(page).await
    }

    async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, StoreError> {
        self.inner.channel(id).await
    }

    async fn slots(&self, channel: ChannelId, page: SlotPage) -> Result<Vec<Slot>, StoreError> {
        self.inner.slots(channel, page).await
    }

    async fn slot(&self, id: SlotId) -> Result<Option<SlotOffer>, StoreError> {
        self.inner.slot(id).await
    }

    async fn booking(&self, of: MemberId, id: HoldId) -> Result<Option<Booking>, StoreError> {
        self.inner.booking(of, id).await
    }

    async fn bookings(&self, of: MemberId, page: Page) -> Result<Vec<Booking>, StoreError> {
        self.inner.bookings(of, page).await
    }

    async fn in_queue(
        &self,
        of: MemberId,
        token: QueueToken,
    ) -> Result<Option<InQueue>, StoreError> {
        self.inner.in_queue(of, token).await
    }
}
