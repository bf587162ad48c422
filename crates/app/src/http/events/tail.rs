use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use castad_domain::{
    model::{EventSeq, MemberId},
    port::{Clock, EventLog, StoreError, chain},
};
use chrono::TimeDelta;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often it is looked for what other processes appended.
const LOOK: TimeDelta = TimeDelta::seconds(1);

/// Looks at the ends of all logs that streams follow, for all of them at once: a thousand silent
/// streams cost a few statements a second.
pub(crate) struct Tail {
    log: Arc<dyn EventLog>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    followed: Mutex<Followed>,
}

#[derive(Default)]
struct Followed {
    heads: HashMap<MemberId, watch::Sender<EventSeq>>,
    /// Somebody looks.
    looking: bool,
}

impl Tail {
    pub(crate) fn new(
        log: Arc<dyn EventLog>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Self {
        Self { log, clock, stop, followed: Mutex::default() }
    }

    /// Where a member's log ends, as far as it is known, and from now on.
    pub(super) fn follow(self: &Arc<Self>, member: MemberId) -> watch::Receiver<EventSeq> {
        let mut followed = self.followed();
        let head = followed.heads.entry(member).or_insert_with(|| watch::Sender::new(EventSeq(0)));
        let head = head.subscribe();
        if !followed.looking {
            followed.looking = true;
            tokio::spawn(Arc::clone(self).look_on());
        }
        head
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those who are still followed; nobody looks on where there are none.
    fn members(&self) -> Vec<MemberId> {
        let mut followed = self.followed();
        followed.heads.retain(|_, head| head.receiver_count() > 0);
        followed.looking = !followed.heads.is_empty();
        followed.heads.keys().copied().collect()
    }

    async fn look_on(self: Arc<Self>) {
        let mut fails = false;
        loop {
            let appended = self.log.appended();
            let members = self.members();
            if members.is_empty() {
                return;
            }
            let looked = self.look(&members).await;
            if let Err(fault) = &looked
                && !fails
            {
                tracing::warn!(error = chain(fault), "streams cannot follow the log");
            }
            fails = looked.is_err();
            tokio::select! {
                () = appended => {}
                () = self.clock.reach(self.clock.now() + LOOK) => {}
                // Streams end with the program.
                () = self.stop.cancelled() => {}
            }
        }
    }

    async fn look(&self, members: &[MemberId]) -> Result<(), StoreError> {
        let heads = self.log.heads(members).await?;
        let followed = self.followed();
        for (member, head) in heads {
            let Some(known) = followed.heads.get(&member) else { continue };
            known.send_if_modified(|known| {
                let further = *known < head;
                *known = head.max(*known);
                further
            });
        }
        Ok(())
    }
}
