use std::sync::Arc;

use castad_domain::{
    model::{Claim, Lane},
    port::{Ports, StoreError, Turn, chain},
    usecase::{Housekeeping, Rounds},
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    Settings,
    gate::{Gates, Place},
    shift::{Follow, Shift},
};

/// How often what is kept for a time only is cleared away.
const CHORES: TimeDelta = TimeDelta::hours(1);

/// How often it is looked after what is over: orders that nobody paid for, coupons.
const ROUNDS: TimeDelta = TimeDelta::seconds(30);

/// What a look at the queue found.
enum Found {
    Work(Box<Claim>, Place),
    Nothing { due: Option<DateTime<Utc>> },
}

/// Claims due jobs and takes their steps.
#[derive(Clone)]
pub struct Engine {
    ports: Ports,
    settings: Settings,
    shift: Arc<Shift>,
    gates: Arc<Gates>,
    housekeeping: Housekeeping,
    rounds: Rounds,
    /// One round at a time.
    round: Arc<Semaphore>,
}

impl Engine {
    /// An engine over these ports.
    #[must_use]
    pub fn new(ports: &Ports, settings: Settings) -> Self {
        let gates = Arc::new(Gates::new(settings));
        Self {
            ports: ports.clone(),
            settings,
            shift: Arc::new(Shift::new(ports, settings, Arc::clone(&gates))),
            gates,
            housekeeping: Housekeeping::new(ports),
            rounds: Rounds::new(ports),
            round: Arc::new(Semaphore::new(1)),
        }
    }

    /// The same, whose steps belong to what led to them.
    #[must_use]
    pub fn following(self, follow: Follow) -> Self {
        let shift = Shift::new(&self.ports, self.settings, Arc::clone(&self.gates));
        Self { shift: Arc::new(shift.following(follow)), ..self }
    }

    /// Works until it is told to stop, then drains.
    pub async fn run(&self, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(self.settings.steps));
        let hand_back = CancellationToken::new();
        let mut running = JoinSet::new();
        let (mut chores, mut round) = (self.ports.clock.now(), self.ports.clock.now());

        while !stop.is_cancelled() {
            while running.try_join_next().is_some() {}
            let place = tokio::select! {
                () = stop.cancelled() => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let Ok(place) = place else { break };
            chores = self.do_chores(chores).await;
            round = self.go_round(round, &mut running);
            // What is pushed from now on is heard, also while the queue is asked.
            let (pushed, freed) = (self.ports.queue.pushed(), self.gates.freed());
            match self.claim().await {
                Ok(Found::Work(claim, part)) => {
                    let (shift, hand_back) = (Arc::clone(&self.shift), hand_back.clone());
                    running.spawn(async move {
                        shift.work(*claim, hand_back).await;
                        drop((part, place));
                    });
                }
                Ok(Found::Nothing { due }) => tokio::select! {
                    () = stop.cancelled() => {}
                    () = pushed => {}
                    () = freed => {}
                    () = self.rest(due) => {}
                },
                Err(fault) => {
                    tracing::warn!(error = chain(&fault), "no work can be claimed");
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.rest(None) => {}
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
        let Found::Work(claim, _part) = self.claim().await? else { return Ok(false) };
        self.shift.work(*claim, CancellationToken::new()).await;
        Ok(true)
    }

    /// An idle engine looks at the lanes only: one statement a look.
    async fn claim(&self) -> Result<Found, StoreError> {
        let now = self.ports.clock.now();
        let mut due = None;
        for state in self.gates.in_turn(self.ports.queue.lanes().await?) {
            let (lane, rate) = (state.lane, self.settings.rates.of(state.lane));
            let Some(ready) = state.ready(rate) else { continue };
            let ready = self.gates.opens(lane).map_or(ready, |opens| ready.max(opens));
            if ready > now {
                due = Some(due.map_or(ready, |due: DateTime<Utc>| due.min(ready)));
                continue;
            }
            // Without a place it is tried again as soon as one is given back.
            let Some(part) = self.gates.enter(lane) else { continue };
            let turn = Turn { now, lease_until: now + self.settings.lease, rate };
            if let Some(claim) = self.ports.queue.claim_in(lane, turn).await? {
                self.gates.took(lane);
                return Ok(Found::Work(Box::new(claim), part));
            }
        }
        Ok(Found::Nothing { due })
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
        now + CHORES
    }

    /// Looks after what is over, beside the steps: a round may ask a payment gateway, and nobody
    /// waits for it.
    fn go_round(&self, due: DateTime<Utc>, running: &mut JoinSet<()>) -> DateTime<Utc> {
        let now = self.ports.clock.now();
        if now < due {
            return due;
        }
        if let Ok(alone) = Arc::clone(&self.round).try_acquire_owned() {
            let engine = self.clone();
            running.spawn(async move {
                engine.tell_pace().await;
                if let Err(fault) = engine.rounds.run().await {
                    tracing::warn!(error = chain(&fault), "what is over could not be ended");
                }
                drop(alone);
            });
        }
        now + ROUNDS
    }

    /// Those who wait are told when their turn will come.
    async fn tell_pace(&self) {
        for lane in Lane::ALL {
            let Some(pace) = self.gates.pace(lane) else { continue };
            if let Err(fault) = self.ports.queue.pace(lane, pace).await {
                tracing::warn!(error = chain(&fault), "how long steps take could not be noted");
            }
        }
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
