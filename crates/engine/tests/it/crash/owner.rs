//! An owner who asks until there is an answer, each time under the same name.

use std::sync::{Arc, Mutex};

use castad_contract::make;
use castad_domain::{
    model::{Answer, Fingerprint, IdempotencyKey, MemberId, Production, ProjectId, ProjectStatus},
    port::{EventLog, Ports},
    usecase::{
        AddImages, Begun, Cancel, OpenProject, OrderError, Produce, Recall, Receipt, Retry,
        StageOrder,
    },
};
use castad_memory::Memory;
use chrono::{DateTime, TimeDelta, Utc};

use super::faults::Meanwhile;

/// What an owner does, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
        match self.carry_out(request, key).await? {
            Ok(()) if request == Request::Open => Err(AskAgain),
            Err(OrderError::Repeated | OrderError::Store(_) | OrderError::Busy(_)) => Err(AskAgain),
            Ok(())
            | Err(
                OrderError::Refused(_)
                | OrderError::Points(_)
                | OrderError::NoProject
                | OrderError::Backlog(_),
            ) => Ok(()),
        }
    }

    async fn carry_out(
        &self,
        request: Request,
        key: IdempotencyKey,
    ) -> Result<Result<(), OrderError>, AskAgain> {
        let (member, ports, fingerprint) = (self.memo.member, &self.ports, Fingerprint([0; 32]));
        let told = |p: &Production| {
            let location = Some(p.project().id().to_string());
            Answer { status: 200, location, body: String::new() }
        };
        let receipt = |key| Some(Receipt { key, fingerprint, answer: &told });
        let told_begun = |begun: &Begun| told(&begun.production);
        let begun = |key| Some(Receipt { key, fingerprint, answer: &told_begun });
        Ok(match (request, self.memo.project()) {
            (Request::Open, _) => {
                let opening = OpenProject::new(ports);
                opening.run(member, make::brief(), receipt(key)).await.map(drop)
            }
            // Who has nothing yet has nothing to cancel.
            (_, None) => Ok(()),
            (Request::Pictures, Some(project)) => self.add_pictures(project, key).await?,
            (Request::Produce, Some(project)) => {
                Produce::new(ports).run(self.order(project), begun(key)).await.map(drop)
            }
            (Request::Retry, Some(project)) => {
                Retry::new(ports).run(self.order(project), begun(key)).await.map(drop)
            }
            (Request::Cancel | Request::AwaitEnd, Some(project)) => {
                let told = |(p, _): &_| told(p);
                let receipt = Receipt { key, fingerprint, answer: &told };
                Cancel::new(ports).run(member, project, Some(receipt)).await.map(drop)
            }
        })
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
