use std::{any::Any, cell::RefCell, sync::Arc};

use castad_domain::{
    model::{Claim, Job, LyricId, MemberId, Production, ProjectId, Task, Work},
    port::{
        Auditor, Catalog, CouponReader, EventLog, EventOutbox, Gate, MemberReader, Oversight,
        PointsReader, Ports, SettingsReader, ShopReader, SlotReader, Store, StoreError,
        StoreErrorKind, UnitOfWork, WebhookQueue, WebhookReader, WholeDatabase, WorkQueue,
    },
};
use castad_memory::Memory;
use chrono::{DateTime, TimeDelta, Utc};

use crate::make::{self, Step};

thread_local! {
    static LEADING: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What leads to what a case does just now: what an adapter has to be opened with that is held to
/// the suite.
#[must_use]
pub fn leading() -> Option<String> {
    LEADING.with_borrow(Clone::clone)
}

/// Has that lead to what this thread does from now on.
pub(crate) fn lead(trace: Option<&str>) {
    LEADING.set(trace.map(str::to_owned));
}

/// How many units may be writing at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writers {
    /// One: another that begins waits for it.
    One,
    /// Any number: who is late is refused.
    Many,
}

/// The ports of one empty database.
pub struct Database {
    /// Transactions.
    pub store: Arc<dyn Store>,
    /// Reads.
    pub catalog: Arc<dyn Catalog>,
    /// The log's readers.
    pub events: Arc<dyn EventLog>,
    /// What of the log has not gone out yet.
    pub outbox: Arc<dyn EventOutbox>,
    /// Who holds which secret.
    pub gate: Arc<dyn Gate>,
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
    /// What admins see of everybody's productions.
    pub oversight: Arc<dyn Oversight>,
    /// Webhooks as they stand.
    pub webhooks: Arc<dyn WebhookReader>,
    /// Webhooks that have something to be told.
    pub couriers: Arc<dyn WebhookQueue>,
    /// Who proves the books.
    pub auditor: Arc<dyn Auditor>,
    /// The workers' side of the jobs.
    pub queue: Arc<dyn WorkQueue>,
    /// How many units may be writing at once.
    pub writers: Writers,
    /// How much each of many does where many do a lot: less where a disk is waited for.
    pub steps: u64,
    keep: Option<Box<dyn Any + Send + Sync>>,
}

impl Database {
    /// A database whose ports are all of one adapter, which was opened with [`leading`].
    pub fn of<A>(adapter: A, writers: Writers) -> Self
    where
        A: WholeDatabase + Gate,
    {
        let adapter = Arc::new(adapter);
        Self {
            store: adapter.clone(),
            catalog: adapter.clone(),
            events: adapter.clone(),
            outbox: adapter.clone(),
            gate: adapter.clone(),
            members: adapter.clone(),
            points: adapter.clone(),
            coupons: adapter.clone(),
            shop: adapter.clone(),
            slots: adapter.clone(),
            settings: adapter.clone(),
            oversight: adapter.clone(),
            webhooks: adapter.clone(),
            couriers: adapter.clone(),
            auditor: adapter.clone(),
            queue: adapter,
            writers,
            steps: 200,
            keep: None,
        }
    }

    /// The same, with something that must live as long: its folder, its server.
    #[must_use]
    pub fn keeping(mut self, guard: impl Any + Send + Sync) -> Self {
        self.keep = Some(Box::new(guard));
        self
    }

    /// The same, on which each of many does so much.
    #[must_use]
    pub fn at_most(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// Every port as a use case takes them: those of this database, and `rest` for the others.
    pub(crate) fn ports(&self, rest: &Memory) -> Ports {
        Ports {
            store: Arc::clone(&self.store),
            catalog: Arc::clone(&self.catalog),
            events: Arc::clone(&self.events),
            outbox: Arc::clone(&self.outbox),
            members: Arc::clone(&self.members),
            points: Arc::clone(&self.points),
            coupons: Arc::clone(&self.coupons),
            shop: Arc::clone(&self.shop),
            slots: Arc::clone(&self.slots),
            settings: Arc::clone(&self.settings),
            oversight: Arc::clone(&self.oversight),
            auditor: Arc::clone(&self.auditor),
            webhooks: Arc::clone(&self.webhooks),
            couriers: Arc::clone(&self.couriers),
            queue: Arc::clone(&self.queue),
            ..rest.ports()
        }
    }

    pub(crate) async fn begin(&self) -> Box<dyn UnitOfWork> {
        self.store.begin().await.expect("a unit begins")
    }

    /// Adds a member.
    pub(crate) async fn member(&self, n: u64) -> MemberId {
        let member = make::member(n);
        let mut unit = self.begin().await;
        unit.access().insert_member(&member).await.expect("a member is added");
        unit.commit().await.expect("the unit commits");
        member.id
    }

    /// Adds a production that has taken some steps.
    pub(crate) async fn production(&self, n: u64, of: MemberId, steps: &[Step]) -> Production {
        let mut production = self.insert(&make::production(n, of)).await;
        for step in steps {
            step(&mut production);
            production = self.update(&production).await;
        }
        production
    }

    pub(crate) async fn insert(&self, production: &Production) -> Production {
        let mut unit = self.begin().await;
        unit.productions().insert(production).await.expect("a production is added");
        unit.commit().await.expect("the unit commits");
        production.clone().written()
    }

    pub(crate) async fn update(&self, production: &Production) -> Production {
        self.try_update(production).await.expect("a production is updated");
        production.clone().written()
    }

    pub(crate) async fn try_update(&self, production: &Production) -> Result<(), StoreError> {
        let mut unit = self.begin().await;
        unit.productions().update(production).await?;
        unit.commit().await
    }

    pub(crate) async fn find(&self, id: ProjectId) -> Option<Production> {
        self.begin().await.productions().find(id).await.expect("the store answers")
    }

    /// Adds a job to write a lyric.
    pub(crate) async fn push(&self, of: &Production, lyric: u64, due: DateTime<Utc>) -> Work {
        let work = work(of, lyric, due);
        self.push_all(std::slice::from_ref(&work)).await;
        work
    }

    pub(crate) async fn push_all(&self, work: &[Work]) {
        let mut unit = self.begin().await;
        unit.work().push(work).await.expect("jobs are pushed");
        unit.commit().await.expect("the unit commits");
    }

    /// What is claimed at a time, for a minute.
    pub(crate) async fn claim(&self, now: DateTime<Utc>) -> Option<Claim> {
        self.queue.claim(now, now + TimeDelta::seconds(60)).await.expect("the queue answers")
    }

    pub(crate) async fn finish(&self, claim: &Claim) -> Result<(), StoreError> {
        let mut unit = self.begin().await;
        unit.work().finish(claim).await?;
        unit.commit().await
    }

    /// The job that a project's open stage waits for.
    pub(crate) async fn job(&self, of: &Production) -> Option<Job> {
        let (member, id) = (of.project().member(), of.project().id());
        let view = self.catalog.project(member, id).await.expect("the catalog answers");
        view.expect("the project is there").job
    }
}

pub(crate) fn work(of: &Production, lyric: u64, due: DateTime<Utc>) -> Work {
    let task = Task::WriteLyric(LyricId::from_bits(make::bits(lyric)));
    Work { member: of.project().member(), project: of.project().id(), task, due }
}

/// Why it was refused.
pub(crate) fn kind<T>(result: Result<T, StoreError>) -> Option<StoreErrorKind> {
    result.err().map(|refused| refused.kind())
}
