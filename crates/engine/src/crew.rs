use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use castad_domain::{model::Claim, port::Clock};
use chrono::{DateTime, Utc};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{gate::Place, shift::Shift};

/// The steps that run, and room for more. What runs ends with it.
pub(crate) struct Crew {
    places: Arc<Semaphore>,
    running: Mutex<JoinSet<()>>,
    hand_back: CancellationToken,
}

impl Crew {
    pub(crate) fn new(steps: usize) -> Self {
        let (running, hand_back) = (Mutex::default(), CancellationToken::new());
        Self { places: Arc::new(Semaphore::new(steps)), running, hand_back }
    }

    fn running(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a step, once there is one.
    pub(crate) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// A place for a step, if there is one.
    pub(crate) fn free_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Takes the step of a claim.
    pub(crate) fn begin(
        &self,
        shift: &Arc<Shift>,
        claim: Claim,
        part: Place,
        place: OwnedSemaphorePermit,
    ) {
        let (shift, hand_back) = (Arc::clone(shift), self.hand_back.clone());
        self.beside(async move {
            shift.work(claim, hand_back).await;
            drop((part, place));
        });
    }

    /// Does something beside the steps.
    pub(crate) fn beside(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.running();
        while running.try_join_next().is_some() {}
        running.spawn(task);
    }

    /// Lets steps end until the deadline, and has the rest hand back what it has.
    pub(crate) async fn drain(self, clock: &dyn Clock, deadline: DateTime<Utc>) {
        let mut running = std::mem::take(&mut *self.running());
        tracing::debug!(steps = running.len(), "stopping: no more work is claimed");
        tokio::select! {
            () = async { while running.join_next().await.is_some() {} } => {}
            () = clock.reach(deadline) => {
                self.hand_back.cancel();
                while running.join_next().await.is_some() {}
            }
        }
    }
}
