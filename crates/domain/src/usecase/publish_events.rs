use std::sync::Arc;

use bytes::Bytes;

use super::{GuardError, Guarded, TELL_EVENTS};
use crate::{
    model::Event,
    port::{
        Announcement, EventLog, EventOutbox, EventStream, MAX_PAGE, Ports, RunEnd, StoreError,
        StreamError, StreamErrorKind, Untold,
    },
};

/// How many members' runs go out side by side.
const MEMBERS: u32 = 64;

/// Renders an event as callers of the API see it.
pub type Telling = Arc<dyn Fn(&Event) -> Bytes + Send + Sync>;

/// Why not every event went out that could have.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The log could not be read, or the mark not be set.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stream did not take an event.
    #[error(transparent)]
    Stream(#[from] StreamError),
}

impl PublishError {
    /// Whether others would fare the same just now.
    fn concerns_all(&self) -> bool {
        match self {
            Self::Store(_) => false,
            Self::Stream(fault) => fault.kind() == StreamErrorKind::Unavailable,
        }
    }
}

/// Takes events from the log to the stream, in order, each member's for itself.
///
/// Any number may do it at once and any of them may be torn away anywhere: the stream adds nothing
/// twice, and the mark beside each log only says where to begin. The lock spares them doing the same.
#[derive(Clone)]
pub struct PublishEvents {
    events: Arc<dyn EventLog>,
    outbox: Arc<dyn EventOutbox>,
    stream: Arc<dyn EventStream>,
    guarded: Guarded,
    telling: Telling,
}

impl PublishEvents {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports, stream: Arc<dyn EventStream>, telling: Telling) -> Self {
        let (events, outbox) = (Arc::clone(&ports.events), Arc::clone(&ports.outbox));
        Self { events, outbox, stream, guarded: ports.guarded.clone(), telling }
    }

    /// Goes once round all members with events that are not out yet, a page of each, and says how
    /// many went out; none if nothing was left, or somebody else is at it.
    ///
    /// # Errors
    ///
    /// [`PublishError`] if some are not; those of other members are, unless the stream is away.
    pub async fn run(&self) -> Result<u64, PublishError> {
        // Most looks find nothing, and nobody needs a lock for that.
        if self.outbox.untold(None, 1).await?.is_empty() {
            return Ok(0);
        }
        match self.guarded.run(TELL_EVENTS.of([]), |_guard| self.round()).await {
            Ok(ended) => ended,
            Err(GuardError::Busy | GuardError::Lost | GuardError::Unavailable(_)) => Ok(0),
        }
    }

    async fn round(&self) -> Result<u64, PublishError> {
        let (mut done, mut after, mut fault) = (0, None, None);
        loop {
            let members = self.outbox.untold(after, MEMBERS).await?;
            after = members.last().map(|untold| untold.member);
            let (told, failed) = self.tell(&members).await;
            done += told;
            let over = members.len() < MEMBERS as usize;
            fault = fault.or(failed);
            if over || fault.as_ref().is_some_and(PublishError::concerns_all) {
                return fault.map_or(Ok(done), Err);
            }
        }
    }

    /// A page of each.
    async fn tell(&self, members: &[Untold]) -> (u64, Option<PublishError>) {
        let (mut done, mut fault) = (0, None);
        let mut runs = Vec::with_capacity(members.len());
        for untold in members {
            match self.events.events(untold.member, None, untold.told, MAX_PAGE).await {
                Ok(events) => runs.push(events.iter().map(|event| self.told(event)).collect()),
                Err(error) => fault = Some(error.into()),
            }
        }
        runs.retain(|run: &Vec<Announcement>| !run.is_empty());
        let ends = self.stream.publish(&runs).await;
        for (run, RunEnd { taken, fault: refused }) in runs.iter().zip(ends) {
            if let Some(error) = refused {
                // That the stream is away is told before anything that concerns one member.
                let error = PublishError::Stream(error);
                if error.concerns_all() || fault.is_none() {
                    fault = Some(error);
                }
            }
            let Some(last) = run[..taken.min(run.len())].last() else { continue };
            match self.outbox.mark_told(last.member, last.seq).await {
                Ok(_) => done += taken as u64,
                Err(error) => fault = fault.or(Some(error.into())),
            }
        }
        (done, fault)
    }

    fn told(&self, event: &Event) -> Announcement {
        Announcement {
            member: event.member,
            project: event.project,
            seq: event.seq,
            kind: event.kind,
            body: (self.telling)(event),
        }
    }
}
