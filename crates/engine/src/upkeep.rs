use std::sync::{Arc, Mutex, PoisonError};

use castad_domain::{
    model::Lane,
    port::{Ports, chain},
    usecase::{Housekeeping, Rounds},
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Semaphore;

use crate::{crew::Crew, gate::Gates};

/// How often what is kept for a time only is cleared away.
const CHORES: TimeDelta = TimeDelta::hours(1);

/// How often it is looked after what is over: orders that nobody paid for, coupons.
const ROUNDS: TimeDelta = TimeDelta::seconds(30);

/// What an engine does from time to time, whatever there is to work on.
#[derive(Clone)]
pub(crate) struct Upkeep {
    ports: Ports,
    gates: Arc<Gates>,
    housekeeping: Housekeeping,
    rounds: Rounds,
    /// One round at a time.
    round: Arc<Semaphore>,
    due: Arc<Mutex<Due>>,
}

#[derive(Default)]
struct Due {
    chores: DateTime<Utc>,
    round: DateTime<Utc>,
}

impl Upkeep {
    pub(crate) fn new(ports: &Ports, gates: &Arc<Gates>) -> Self {
        Self {
            ports: ports.clone(),
            gates: Arc::clone(gates),
            housekeeping: Housekeeping::new(ports),
            rounds: Rounds::new(ports),
            round: Arc::new(Semaphore::new(1)),
            due: Arc::default(),
        }
    }

    /// Does what is due.
    pub(crate) async fn turn(&self, crew: &Crew) {
        let now = self.ports.clock.now();
        let is_due = |pick: fn(&mut Due) -> &mut DateTime<Utc>, every| {
            let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
            let due = pick(&mut due);
            let is_due = *due <= now;
            if is_due {
                *due = now + every;
            }
            is_due
        };
        if is_due(|due| &mut due.chores, CHORES)
            && let Err(fault) = self.housekeeping.run().await
        {
            tracing::warn!(error = chain(&fault), "old answers could not be cleared away");
        }
        if is_due(|due| &mut due.round, ROUNDS) {
            self.go_round(crew);
        }
    }

    /// Looks after what is over, beside the steps: a round may ask a payment gateway, and nobody
    /// waits for it.
    fn go_round(&self, crew: &Crew) {
        let Ok(alone) = Arc::clone(&self.round).try_acquire_owned() else { return };
        let upkeep = self.clone();
        crew.beside(async move {
            upkeep.tell_pace().await;
            if let Err(fault) = upkeep.rounds.run().await {
                tracing::warn!(error = chain(&fault), "what is over could not be ended");
            }
            drop(alone);
        });
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
}
