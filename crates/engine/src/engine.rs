use std::sync::Arc;

use castad_domain::{
    model::{Claim, Lane},
    port::{Ports, StoreError, Turn, WorkFeed, chain},
};
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use crate::{
    Settings,
    crew::Crew,
    fed::Fed,
    gate::{Gates, Place},
    shift::{Follow, Shift},
    upkeep::Upkeep,
};

/// What a look at the queue found.
enum Found {
    Work(Vec<(Claim, Place)>),
    Nothing { due: Option<DateTime<Utc>> },
}

/// Claims due jobs and takes their steps.
#[derive(Clone)]
pub struct Engine {
    pub(crate) ports: Ports,
    pub(crate) settings: Settings,
    pub(crate) shift: Arc<Shift>,
    pub(crate) gates: Arc<Gates>,
    pub(crate) upkeep: Upkeep,
    fed: Option<Arc<Fed>>,
}

impl Engine {
    /// An engine over these ports, which claims from the database.
    #[must_use]
    pub fn new(ports: &Ports, settings: Settings) -> Self {
        let gates = Arc::new(Gates::new(settings));
        Self {
            ports: ports.clone(),
            settings,
            shift: Arc::new(Shift::new(ports, settings, Arc::clone(&gates))),
            upkeep: Upkeep::new(ports, &gates),
            gates,
            fed: None,
        }
    }

    /// The same, which takes what the feed offers, and sees to it that what is due is offered.
    /// While the feed gives no answer it claims from the database.
    #[must_use]
    pub fn with_feed(self, feed: Arc<dyn WorkFeed>) -> Self {
        let fed = Fed::new(feed, Arc::clone(&self.ports.clock), self.settings.look);
        Self { fed: Some(Arc::new(fed)), ..self }
    }

    /// The same, whose steps belong to what led to them.
    #[must_use]
    pub fn following(self, follow: Follow) -> Self {
        let shift = Shift::new(&self.ports, self.settings, Arc::clone(&self.gates));
        Self { shift: Arc::new(shift.following(follow)), ..self }
    }

    /// Works until it is told to stop, then drains.
    pub async fn run(&self, stop: CancellationToken) {
        let crew = Crew::new(self.settings.steps);
        match &self.fed {
            None => self.work(&crew, &stop).await,
            Some(fed) => self.work_fed(fed, &crew, &stop).await,
        }
        let clock = &*self.ports.clock;
        crew.drain(clock, clock.now() + self.settings.drain).await;
    }

    /// Claims one job that is due and takes its step; `false` if none is due.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when no job could be claimed.
    pub async fn run_one(&self) -> Result<bool, StoreError> {
        let found = match &self.fed {
            Some(fed) if fed.answers().await => self.take_one(fed).await?,
            Some(_) | None => match self.claim(1).await? {
                Found::Work(mut claims) => claims.pop(),
                Found::Nothing { .. } => None,
            },
        };
        let Some((claim, _part)) = found else { return Ok(false) };
        self.shift.work(claim, CancellationToken::new()).await;
        Ok(true)
    }

    /// Works from the database until it is told to stop.
    pub(crate) async fn work(&self, crew: &Crew, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let place = tokio::select! {
                () = stop.cancelled() => break,
                place = crew.place() => place,
            };
            let Some(place) = place else { break };
            self.upkeep.turn(crew).await;
            // What is pushed from now on is heard, also while the queue is asked.
            let (pushed, freed) = (self.ports.queue.pushed(), self.gates.freed());
            let mut places = vec![place];
            places.extend(std::iter::from_fn(|| crew.free_place()));
            match self.claim(places.len()).await {
                Ok(Found::Work(claims)) => {
                    for ((claim, part), place) in claims.into_iter().zip(places) {
                        crew.begin(&self.shift, claim, part, place);
                    }
                }
                Ok(Found::Nothing { due }) => {
                    drop(places);
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = pushed => {}
                        () = freed => {}
                        () = self.rest(due) => {}
                    }
                }
                Err(fault) => {
                    drop(places);
                    tracing::warn!(error = chain(&fault), "no work can be claimed");
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.rest(None) => {}
                    }
                }
            }
        }
    }

    /// Claims jobs for so many places at most. An idle engine looks at the lanes only: one statement
    /// a look.
    async fn claim(&self, places: usize) -> Result<Found, StoreError> {
        let now = self.ports.clock.now();
        let (mut due, mut open) = (None, Vec::new());
        for state in self.gates.in_turn(self.ports.queue.lanes().await?) {
            let lane = state.lane;
            let Some(ready) = state.ready(self.settings.rates.of(lane)) else { continue };
            let ready = self.gates.opens(lane).map_or(ready, |opens| ready.max(opens));
            if ready > now {
                due = Some(due.map_or(ready, |due: DateTime<Utc>| due.min(ready)));
            } else {
                open.push(lane);
            }
        }
        // Each lane that has something to do gets its part of the places.
        let part = places.div_ceil(open.len().max(1));
        for lane in open {
            // Without a place it is tried again as soon as one is given back.
            let parts: Vec<_> = (0..part).map_while(|_| self.gates.enter(lane)).collect();
            let Some(most) = u32::try_from(parts.len()).ok().filter(|most| *most > 0) else {
                continue;
            };
            let claims = self.ports.queue.claim_some(lane, self.turn(lane, now), most).await?;
            if !claims.is_empty() {
                self.gates.took(lane);
                return Ok(Found::Work(claims.into_iter().zip(parts).collect()));
            }
        }
        Ok(Found::Nothing { due })
    }

    /// What a worker may do now.
    pub(crate) fn turn(&self, lane: Lane, now: DateTime<Utc>) -> Turn {
        let (rate, lease_until) = (self.settings.rates.of(lane), now + self.settings.lease);
        Turn { now, lease_until, rate }
    }

    /// Until a job is due, or it is time to look for those of others.
    pub(crate) async fn rest(&self, due: Option<DateTime<Utc>>) {
        let look = self.ports.clock.now() + self.settings.look;
        self.ports.clock.reach(due.map_or(look, |due| due.min(look))).await;
    }
}
