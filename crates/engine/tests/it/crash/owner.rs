//! An owner who asks until there is an answer, each time under the same name.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use castad_contract::make;
use castad_domain::{
    model::{Answer, Fingerprint, IdempotencyKey, MemberId, Production, ProjectId, ProjectStatus},
    port::{EventLog, Ports},
    usecase::{
        AddImages, Cancel, OpenProject, OrderError, Produce, Recall, Receipt, Retry, StageOrder,
    },
};
use castad_memory::Memory;
use chrono::{DateTime, TimeDelta, Utc};

use super::faults::Meanwhile;

/// What an owner does, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Request {
    Open,
    Pictures,
    Produce,
    /// Nothing is asked until what was begun has ended.
    AwaitEnd,
    Retry,
    Cancel,
}

/// What an owner remembers, whatever becomes of the processes that they talk to.
pub(crate) struct Memo {
    pub(crate) member: MemberId,
    pub(crate) name: String,
    pub(crate) script: Vec<Request>,
    pub(crate) cancel_at: Option<DateTime<Utc>>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    project: Option<ProjectId>,
    asked: Vec<Request>,
    /// How often it was refused to do what was asked; refused once, an owner does not insist.
    ends: BTreeMap<Request, bool>,
}

impl Memo {
    pub(crate) fn new(
        member: MemberId,
        name: String,
        script: Vec<Request>,
        cancel_at: Option<DateTime<Utc>>,
    ) -> Self {
        Self { member, name, script, cancel_at, known: Mutex::default() }
    }

    pub(crate) fn project(&self) -> Option<ProjectId> {
        self.known.lock().unwrap().project
    }

    pub(crate) fn has_asked(&self, request: Request) -> bool {
        self.known.lock().unwrap().asked.contains(&request)
    }

    /// From now on the owner wants it canceled.
    pub(crate) fn will_cancel(&self) {
        self.ask(Request::Cancel);
    }

    fn ask(&self, request: Request) {
        let mut known = self.known.lock().unwrap();
        if !known.asked.contains(&request) {
            known.asked.push(request);
        }
    }
}

/// There is no answer yet.
struct AskAgain;

/// An owner at one process.
#[derive(Clone)]
pub(crate) struct Owner {
    pub(crate) memory: Memory,
    pub(crate) ports: Ports,
    pub(crate) memo: Arc<Memo>,
}

impl Owner {
    /// Goes through it all.
    pub(crate) async fn requests(&self) {
        for &request in &self.memo.script {
            self.memo.ask(request);
            self.ask(request).await;
        }
        if self.memo.has_asked(Request::Cancel) {
            self.ask(Request::Cancel).await;
        }
    }

    pub(crate) async fn meanwhile(&self, what: Meanwhile) {
        match what {
            Meanwhile::Repeats => {
                let asked = self.memo.known.lock().unwrap().asked.clone();
                for request in asked.into_iter().filter(|asked| *asked != Request::AwaitEnd) {
                    drop(self.once(request).await);
                }
            }
            Meanwhile::Cancels => {
                self.memo.will_cancel();
                self.ask(Request::Cancel).await;
            }
        }
    }

    async fn ask(&self, request: Request) {
        while let Err(AskAgain) = self.once(request).await {
            let clock = &self.ports.clock;
            clock.reach(clock.now() + TimeDelta::seconds(1)).await;
        }
    }

    async fn once(&self, request: Request) -> Result<(), AskAgain> {
        if request == Request::AwaitEnd {
            self.await_end().await;
            return Ok(());
        }
        let key = IdempotencyKey::parse(&format!("{}-{request:?}", self.memo.name)).unwrap();
        let fingerprint = Fingerprint([0; 32]);
        let member = self.memo.member;
        match Recall::new(&self.ports).run(member, &key, fingerprint).await {
            Ok(Some(answer)) => {
                self.heard(request, &answer);
                return Ok(());
            }
            Ok(None) => {}
            Err(_) => return Err(AskAgain),
        }
        let told = |p: &Production| Answer {
            status: 200,
            location: Some(p.project().id().to_string()),
            body: String::new(),
        };
        let end = match (request, self.memo.project()) {
            (Request::Open, _) => {
                let receipt = Receipt { key: key.clone(), fingerprint, answer: &told };
                let opening = OpenProject::new(&self.ports);
                opening.run(member, make::brief(), Some(receipt)).await.map(drop)
            }
            // Who has nothing yet has nothing to cancel.
            (_, None) => return Ok(()),
            (Request::Pictures, Some(project)) => {
                self.add_pictures(project, key.clone()).await?
            }
            (Request::Produce, Some(project)) => {
                let receipt = Receipt { key: key.clone(), fingerprint, answer: &told };
                let produce = Produce::new(&self.ports);
                produce.run(self.order(project), Some(receipt)).await.map(drop)
            }
            (Request::Retry, Some(project)) => {
                let receipt = Receipt { key: key.clone(), fingerprint, answer: &told };
                let retry = Retry::new(&self.ports);
                retry.run(self.order(project), Some(receipt)).await.map(drop)
            }
            (Request::Cancel | Request::AwaitEnd, Some(project)) => {
                let told = |(p, _): &_| told(p);
                let receipt = Receipt { key: key.clone(), fingerprint, answer: &told };
                let cancel = Cancel::new(&self.ports);
                cancel.run(member, project, Some(receipt)).await.map(drop)
            }
        };
        match end {
            Ok(()) if request == Request::Open => Err(AskAgain),
            Ok(()) => {
                self.ended(request, true);
                Ok(())
            }
            Err(OrderError::Repeated | OrderError::Store(_) | OrderError::Busy(_)) => Err(AskAgain),
            Err(OrderError::Refused(_) | OrderError::Points(_) | OrderError::NoProject) => {
                self.ended(request, false);
                Ok(())
            }
        }
    }

    async fn add_pictures(
        &self,
        project: ProjectId,
        key: IdempotencyKey,
    ) -> Result<Result<(), OrderError>, AskAgain> {
        let adding = AddImages::new(&self.ports);
        let picture = bytes::Bytes::from_static(&[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4]);
        let Ok(image) = adding.take(0, picture).await else { return Err(AskAgain) };
        let told = |_: &_| Answer { status: 200, location: None, body: String::new() };
        let receipt = Receipt { key, fingerprint: Fingerprint([0; 32]), answer: &told };
        let end = adding.run(self.memo.member, project, vec![image], Some(receipt)).await;
        Ok(end.map(drop))
    }

    fn order(&self, project: ProjectId) -> StageOrder {
        let Memo { member, cancel_at, .. } = *self.memo;
        StageOrder { member, project, orientation: None, cancel_at }
    }

    fn heard(&self, request: Request, answer: &Answer) {
        if request == Request::Open {
            let project = answer.location.as_ref().and_then(|text| text.parse().ok());
            self.memo.known.lock().unwrap().project = project;
        }
        self.ended(request, true);
    }

    fn ended(&self, request: Request, done: bool) {
        self.memo.known.lock().unwrap().ends.insert(request, done);
    }

    /// Looks at the store itself: whoever waits makes no point.
    async fn await_end(&self) {
        loop {
            let appended = EventLog::appended(self.memory.store());
            let Some(project) = self.memo.project() else { return };
            let production = self.memory.production(project).await.unwrap();
            if production.project().status() != ProjectStatus::Producing {
                return;
            }
            appended.await;
        }
    }
}
