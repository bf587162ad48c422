//! A composer during whose work something else happens.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use castad_domain::{
    model::{AttemptToken, MemberId, ProjectId, ProviderJob, ProviderName, Stage, Task},
    port::{
        Delivery, LookUp, Maker, MakerStatus, Pace, Ports, ProviderError, SongComposer, SongOrder,
    },
    usecase::{Cancel, RunTask, TakeCallback},
};
use chrono::TimeDelta;

use crate::stage::Studio;

/// When the owner changes their mind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The job was taken; nobody has heard of it yet.
    Started,
    /// The result is on its way.
    Fetching,
}

/// What else happens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    /// The owner changes their mind.
    Cancel(Moment),
    /// The callback is acted upon before the answer arrives.
    CallBack,
    /// The callback is heard before the answer arrives, and acted upon afterwards.
    HearCallBack,
    /// The answer takes so long that somebody else claims the job.
    LoseTheClaim,
    /// While a callback is looked into, the attempt is looked up and found.
    FindIt,
}

pub(crate) struct Meddling {
    inner: Arc<dyn SongComposer>,
    cancel: Cancel,
    of: (MemberId, ProjectId),
    ports: Ports,
    meanwhile: Meanwhile,
    done: AtomicBool,
}

impl Meddling {
    /// The studio's ports with such a composer.
    pub(crate) fn ports(studio: &Studio, meanwhile: Meanwhile) -> Ports {
        let mut ports = studio.ports.clone();
        let (inner, cancel) = (Arc::clone(&ports.composer), Cancel::new(&studio.ports));
        let (of, done) = ((studio.member, studio.project), AtomicBool::new(false));
        ports.composer =
            Arc::new(Self { inner, cancel, of, ports: studio.ports.clone(), meanwhile, done });
        ports
    }

    async fn meddle(&self, now: Moment) {
        if Meanwhile::Cancel(now) == self.meanwhile && !self.done.swap(true, Ordering::SeqCst) {
            self.cancel.run(self.of.0, self.of.1, None).await.unwrap();
        }
    }
}

impl Meddling {
    async fn call_back(&self, attempt: AttemptToken, job: &ProviderJob) {
        let told = self.told(job.as_str().as_bytes());
        let heard = TakeCallback::new(&self.ports).run(Stage::Song, attempt, told).await;
        assert!(heard.unwrap(), "somebody waits for it");
        if self.meanwhile == Meanwhile::HearCallBack {
            return;
        }
        let now = self.ports.clock.now();
        let claim =
            self.ports.queue.claim(now, now + TimeDelta::seconds(30)).await.unwrap().unwrap();
        assert!(matches!(claim.work.task, Task::Adopt(..)));
        RunTask::new(&self.ports).run(&claim).await.unwrap();
    }
}

#[async_trait]
impl Maker for Meddling {
    fn name(&self) -> ProviderName {
        self.inner.name()
    }

    fn pace(&self) -> Pace {
        self.inner.pace()
    }

    async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError> {
        self.inner.status(job).await
    }

    async fn look_up(
        &self,
        attempt: AttemptToken,
        told: Option<ProviderJob>,
    ) -> Result<LookUp, ProviderError> {
        if told.is_some() && self.meanwhile == Meanwhile::FindIt {
            let now = self.ports.clock.now() + TimeDelta::seconds(20);
            let claim = self.ports.queue.claim(now, now + TimeDelta::seconds(30)).await.unwrap();
            let claim = claim.unwrap();
            assert!(matches!(claim.work.task, Task::SubmitSong(_)));
            RunTask::new(&self.ports).run(&claim).await.unwrap();
        }
        self.inner.look_up(attempt, told).await
    }

    fn told(&self, message: &[u8]) -> Option<ProviderJob> {
        self.inner.told(message)
    }

    async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError> {
        let delivery = self.inner.fetch(job).await;
        self.meddle(Moment::Fetching).await;
        delivery
    }

    async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError> {
        self.inner.release(job).await
    }
}

#[async_trait]
impl SongComposer for Meddling {
    async fn start(&self, order: &SongOrder) -> Result<ProviderJob, ProviderError> {
        let job = self.inner.start(order).await?;
        self.meddle(Moment::Started).await;
        if matches!(self.meanwhile, Meanwhile::CallBack | Meanwhile::HearCallBack) {
            self.call_back(order.attempt, &job).await;
        }
        if self.meanwhile == Meanwhile::LoseTheClaim && !self.done.swap(true, Ordering::SeqCst) {
            let now = self.ports.clock.now() + TimeDelta::minutes(1);
            let claim = self.ports.queue.claim(now, now + TimeDelta::seconds(30)).await.unwrap();
            assert!(claim.is_some());
        }
        Ok(job)
    }
}
