use std::sync::Arc;

use castad_domain::{
    model::Claim,
    port::{Ports, StoreError, chain},
    usecase::{ExpireLots, Housekeeping},
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{Settings, shift::Shift};

/// How often what is kept for a time only is cleared away.
const CHORES: TimeDelta = TimeDelta::hours(1);

/// What a look at the queue found.
enum Found {
    Work(Box<Claim>),
    Nothing { due: Option<DateTime<Utc>> },
}

/// Claims due jobs and takes their steps.
#[derive(Clone)]
pub struct Engine {
    ports: Ports,
    settings: Settings,
    shift: Arc<Shift>,
    housekeeping: Housekeeping,
    expire: ExpireLots,
}

impl Engine {
    /// An engine over these ports.
    #[must_use]
    pub fn new(ports: &Ports, settings: Settings) -> Self {
        Self {
            ports: ports.clone(),
            settings,
            shift: Arc::new(Shift::new(ports, settings)),
            housekeeping: Housekeeping::new(ports),
            expire: ExpireLots::new(ports),
        }
    }

    /// Works until it is told to stop, then drains.
    pub async fn run(&self, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(self.settings.steps));
        let hand_back = CancellationToken::new();
        let mut running = JoinSet::new();
        let mut chores = self.ports.clock.now();

        while !stop.is_cancelled() {
            while running.try_join_next().is_some() {}
            let place = tokio::select! {
                () = stop.cancelled() => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let Ok(place) = place else { break };
            chores = self.do_chores(chores).await;
            // What is pushed from now on is heard, also while the queue is asked.
            let pushed = self.ports.queue.pushed();
            match self.claim().await {
                Ok(Found::Work(claim)) => {
                    let (shift, hand_back) = (Arc::clone(&self.shift), hand_back.clone());
                    running.spawn(async move {
                        shift.work(*claim, hand_back).await;
                        drop(place);
                    });
                }
                Ok(Found::Nothing { due }) => tokio::select! {
                    () = stop.cancelled() => {}
                    () = pushed => {}
                    () = self.rest(due) => {}
                },
                Err(fault) => {
                    tracing::warn!(error = chain(&fault), "no work can be claimed");
                    let later = self.ports.clock.now() + self.settings.look;
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.ports.clock.reach(later) => {}
                    }
                }
            }
        }
        self.drain(running, &hand_back).await;
    }

    /// Claims one job that is due and takes its step; `false` if none is due.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when no job could be claimed.
    pub async fn run_one(&self) -> Result<bool, StoreError> {
        let Found::Work(claim) = self.claim().await? else { return Ok(false) };
        self.shift.work(*claim, CancellationToken::new()).await;
        Ok(true)
    }

    /// An idle engine asks for the next due time only: one statement a look.
    async fn claim(&self) -> Result<Found, StoreError> {
        let now = self.ports.clock.now();
        let due = self.ports.queue.next_due().await?;
        if due.is_none_or(|due| due > now) {
            return Ok(Found::Nothing { due });
        }
        let claim = self.ports.queue.claim(now, now + self.settings.lease).await?;
        Ok(claim.map_or(Found::Nothing { due: None }, |claim| Found::Work(Box::new(claim))))
    }

    /// Until a job is due, or it is time to look for those of others.
    async fn rest(&self, due: Option<DateTime<Utc>>) {
        let look = self.ports.clock.now() + self.settings.look;
        self.ports.clock.reach(due.map_or(look, |due| due.min(look))).await;
    }

    async fn do_chores(&self, due: DateTime<Utc>) -> DateTime<Utc> {
        let now = self.ports.clock.now();
        if now < due {
            return due;
        }
        if let Err(fault) = self.housekeeping.run().await {
            tracing::warn!(error = chain(&fault), "old answers could not be cleared away");
        }
        if let Err(fault) = self.expire.run().await {
            tracing::warn!(error = chain(&fault), "expired points could not be written off");
        }
        now + CHORES
    }

    async fn drain(&self, mut running: JoinSet<()>, hand_back: &CancellationToken) {
        let deadline = self.ports.clock.now() + self.settings.drain;
        tracing::debug!(steps = running.len(), "stopping: no more work is claimed");
        tokio::select! {
            () = async { while running.join_next().await.is_some() {} } => {}
            () = self.ports.clock.reach(deadline) => {
                hand_back.cancel();
                while running.join_next().await.is_some() {}
            }
        }
    }
}
