use async_trait::async_trait;
use bytes::Bytes;

use super::{StoreError, StreamError};
use crate::model::{EventKind, EventSeq, MemberId, ProjectId};

/// A member of whose log the stream does not have everything yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untold {
    /// Whose log it is.
    pub member: MemberId,
    /// Up to where the stream has it.
    pub told: EventSeq,
    /// Where it ends.
    pub last: EventSeq,
}

/// The log's side of the stream: what of it has not gone out yet.
#[async_trait]
pub trait EventOutbox: Send + Sync {
    /// Members who have events that are not marked as told, by their ids, those behind `after`.
    ///
    /// # Contract
    ///
    /// * It costs as much as is found, however many members there are.
    /// * What is not committed is not there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn untold(&self, after: Option<MemberId>, limit: u32) -> Result<Vec<Untold>, StoreError>;

    /// Notes that the stream has a member's events up to `through`, and says whether that was news.
    ///
    /// # Contract
    ///
    /// * The mark never goes back: of several who set it the furthest stays.
    /// * It never stands behind the end of the log: such a one changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn mark_told(&self, member: MemberId, through: EventSeq) -> Result<bool, StoreError>;
}

/// An event as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Whose log it is from.
    pub member: MemberId,
    /// Which project it is about.
    pub project: Option<ProjectId>,
    /// Where it stands in the log.
    pub seq: EventSeq,
    /// What happened.
    pub kind: EventKind,
    /// All of it, as callers of the API see it.
    pub body: Bytes,
}

/// What became of a run of announcements.
#[derive(Debug)]
pub struct RunEnd {
    /// How many of them, from the first on, surely are in the stream.
    pub taken: usize,
    /// Why it is not all of them.
    pub fault: Option<StreamError>,
}

/// Takes events to those who listen outside.
#[async_trait]
pub trait EventStream: Send + Sync {
    /// Adds runs of announcements: each of one member, in the order of the log, without a gap, the
    /// ones before the first of them being in the stream already. One end a run comes back.
    ///
    /// # Contract
    ///
    /// * Whoever else publishes the same meanwhile, before or long after: a member's events are in
    ///   the stream in the order of their log, each once.
    /// * A run that breaks off says how far it came. What may be in the stream beyond that is found
    ///   there when it is published again.
    /// * A run that breaks off keeps no other from its end.
    async fn publish(&self, runs: &[Vec<Announcement>]) -> Vec<RunEnd>;

    /// Whether it answers.
    ///
    /// # Errors
    ///
    /// [`StreamError`] when it does not.
    async fn check(&self) -> Result<(), StreamError>;
}
