use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::FeedError;
use crate::model::{JobId, Lane};

/// A job that was due, handed to whichever worker comes first. The job's row alone says whether it
/// still is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Which job.
    pub job: JobId,
    /// Which lane it waits in.
    pub lane: Lane,
    /// How often it had been claimed.
    pub fence: u64,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// Until when nobody offers it anew.
    pub until: DateTime<Utc>,
}

/// Hands due jobs to workers, whichever process they are in. It may lose what it was given, and may
/// hand it out twice: who takes an offer claims the job in the database before anything else.
#[async_trait]
pub trait WorkFeed: Send + Sync {
    /// Hands on offers, in that order.
    ///
    /// # Contract
    ///
    /// * The same offer made again soon is one offer; another claim, another due time or another
    ///   offering make it another.
    ///
    /// # Errors
    ///
    /// [`FeedError`] when it does not answer; those before may have been taken.
    async fn offer(&self, offers: &[Offer]) -> Result<(), FeedError>;

    /// Takes the next offer of a lane, waiting that long for one.
    ///
    /// # Contract
    ///
    /// * One worker at a time has an offer. It comes again if nothing is heard of it for as long as
    ///   the feed waits, a few times at most.
    /// * Offers come in the order in which they were made, those that come again excepted.
    ///
    /// # Errors
    ///
    /// [`FeedError`] when it does not answer.
    async fn take(
        &self,
        lane: Lane,
        patience: TimeDelta,
    ) -> Result<Option<Box<dyn OfferInHand>>, FeedError>;

    /// How many offers of a lane wait or are in somebody's hand.
    ///
    /// # Errors
    ///
    /// [`FeedError`] when it does not answer.
    async fn outstanding(&self, lane: Lane) -> Result<u64, FeedError>;

    /// Whether it answers.
    ///
    /// # Errors
    ///
    /// [`FeedError`] when it does not.
    async fn check(&self) -> Result<(), FeedError>;
}

/// An offer that one worker has. One that is dropped comes again as if its worker had died.
#[async_trait]
pub trait OfferInHand: Send + Sync {
    /// What is offered.
    fn offer(&self) -> Offer;

    /// How often it was handed out, this time included.
    fn times(&self) -> u64;

    /// Says that it is being worked on, for as long again as the feed waits.
    ///
    /// # Errors
    ///
    /// [`FeedError`] when the feed does not answer.
    async fn keep(&self) -> Result<(), FeedError>;

    /// It never comes again.
    ///
    /// # Errors
    ///
    /// [`FeedError`] when the feed does not answer: then it may come again.
    async fn settle(self: Box<Self>) -> Result<(), FeedError>;

    /// It comes again after that long.
    ///
    /// # Errors
    ///
    /// [`FeedError`] when the feed does not answer: then it comes again when the feed is tired of
    /// waiting.
    async fn give_back(self: Box<Self>, after: TimeDelta) -> Result<(), FeedError>;
}
