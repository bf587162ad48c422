use std::iter::Sum;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Offer, StoreError};
use crate::model::{Claim, Lane, LaneState, Rate, TaskKind};

/// How many jobs there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Nobody works on them.
    pub waiting: u64,
    /// Somebody does.
    pub running: u64,
    /// All tries failed.
    pub dead: u64,
}

impl Sum for QueueCounts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |all, one| Self {
            waiting: all.waiting + one.waiting,
            running: all.running + one.running,
            dead: all.dead + one.dead,
        })
    }
}

/// How many jobs of a kind there are in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindCounts {
    /// The lane.
    pub lane: Lane,
    /// The kind; `None` of those that this release does not know.
    pub kind: Option<TaskKind>,
    /// How many.
    pub counts: QueueCounts,
}

/// What a worker may do when it asks for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The time.
    pub now: DateTime<Utc>,
    /// Until when the claim holds.
    pub lease_until: DateTime<Utc>,
    /// How many steps the lane's provider takes, where that is limited.
    pub rate: Option<Rate>,
}

/// Which due jobs of a lane are to be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feeding {
    /// The time.
    pub now: DateTime<Utc>,
    /// Until when nobody offers them anew.
    pub until: DateTime<Utc>,
    /// By when they must have been due, or their worker's lease have ended.
    pub due_by: DateTime<Utc>,
    /// By when an offering before must have ended.
    pub lapsed_by: DateTime<Utc>,
    /// How many at most.
    pub most: u32,
}

/// What became of the wish for a certain job.
#[derive(Debug, Clone, PartialEq)]
pub enum Taking {
    /// It is the worker's.
    Claimed(Box<Claim>),
    /// That is over: the job is done, set aside or put back, or somebody else had it since.
    Gone,
    /// Not before then, or nobody knows when.
    NotNow(Option<DateTime<Utc>>),
}

/// How long steps of a lane take, as a worker measured it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanePace {
    /// From the beginning of a step to its end.
    pub step: TimeDelta,
    /// The shortest time between two steps; zero where there is no [`Rate`].
    pub spacing: TimeDelta,
}

/// Jobs, as workers see them: they wait in lanes, one for each provider.
#[async_trait]
pub trait WorkQueue: Send + Sync {
    /// Every lane, with when its next job is due or the next lease of one ends.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn lanes(&self) -> Result<Vec<LaneState>, StoreError>;

    /// Takes up to so many jobs of a lane that are due, in their turn. May take fewer than there are;
    /// none only if none is due or the lane lets none begin.
    ///
    /// # Contract
    ///
    /// * A job is claimed by one worker at a time: again only after its lease has ended.
    /// * Every claim raises the fence.
    /// * Among due jobs of the lane, one of the member with the fewest running in it comes first.
    /// * None begins while the lane rests or stands still.
    /// * No more begin in a time than the rate allows, however many workers ask; what was not taken
    ///   has used up none of it.
    /// * Several that are taken at once are those that would be taken one by one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn claim_some(&self, lane: Lane, turn: Turn, most: u32)
    -> Result<Vec<Claim>, StoreError>;

    /// Takes a job of a lane that is due; `None` if none is or the lane lets none begin.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn claim_in(&self, lane: Lane, turn: Turn) -> Result<Option<Claim>, StoreError> {
        Ok(self.claim_some(lane, turn, 1).await?.pop())
    }

    /// Takes a job that is due, of the lane that has waited longest; `None` if none is.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Claim>, StoreError> {
        let mut lanes = self.lanes().await?;
        lanes.retain(|lane| lane.next.is_some_and(|next| next <= now));
        lanes.sort_by_key(|lane| lane.next);
        for LaneState { lane, .. } in lanes {
            let turn = Turn { now, lease_until, rate: None };
            if let Some(claim) = self.claim_in(lane, turn).await? {
                return Ok(Some(claim));
            }
        }
        Ok(None)
    }

    /// Chooses due jobs of a lane that are to be offered to workers, and marks them. May give fewer
    /// than there are; none only if there is none.
    ///
    /// # Contract
    ///
    /// * A job that was chosen is not chosen again before its mark has ended, it was put back, or
    ///   whoever claimed it let the lease end.
    /// * They come in the order in which they would be claimed, if those that are offered were
    ///   running.
    /// * None is chosen while the lane rests or stands still.
    /// * A mark keeps nobody from claiming the job.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn feed(&self, lane: Lane, feeding: Feeding) -> Result<Vec<Offer>, StoreError>;

    /// Takes the job of an offer.
    ///
    /// # Contract
    ///
    /// * It is claimed if nobody has claimed it since the offer, and it is due.
    /// * Of many who ask for one, one gets it.
    /// * As with any claim, none begins while the lane rests or stands still, and no more begin
    ///   than the rate allows; what is gone takes no turn from the next.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn claim_job(&self, offer: &Offer, turn: Turn) -> Result<Taking, StoreError>;

    /// Has no job of a lane begin before then, because its provider asked for it.
    ///
    /// # Contract
    ///
    /// * A rest that already lasts longer stays as it is.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn rest(&self, lane: Lane, until: DateTime<Utc>, reason: &str) -> Result<(), StoreError>;

    /// Notes how long steps of a lane take, for those who ask when a job will begin.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn pace(&self, lane: Lane, pace: LanePace) -> Result<(), StoreError>;

    /// Keeps a claim for longer and notes how far the stage is.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn renew(
        &self,
        claim: &Claim,
        lease_until: DateTime<Utc>,
        progress: f32,
    ) -> Result<(), StoreError>;

    /// Gives a job back, due again at `due`; `attempts` and `progress` are what it then has.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn put_back(
        &self,
        claim: &Claim,
        due: DateTime<Utc>,
        attempts: u32,
        progress: f32,
    ) -> Result<(), StoreError>;

    /// Notes what there is of the words that a claimed job writes, for those who look at its stage; or
    /// how far a job without a stage came, for whoever claims it next.
    ///
    /// # Contract
    ///
    /// * It stays on the job until something else is noted: whoever claims it finds it.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn sketch(&self, claim: &Claim, draft: &str) -> Result<(), StoreError>;

    /// Sets a job aside that failed too often, with the reason.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError>;

    /// When the next job of any lane is due or the next lease ends; `None` if there is no job.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.lanes().await?.into_iter().filter_map(|lane| lane.next).min())
    }

    /// How many jobs there are of each kind in each lane: those without one may be left out, and a
    /// kind may come in parts that sum up.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn counts_of_kinds(&self) -> Result<Vec<KindCounts>, StoreError>;

    /// How many jobs there are.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn counts(&self) -> Result<QueueCounts, StoreError> {
        Ok(self.counts_of_kinds().await?.into_iter().map(|of_kind| of_kind.counts).sum())
    }

    /// Returns when this process may have pushed a job since the call began.
    ///
    /// # Contract
    ///
    /// * A hint: other processes push without it, so a worker also looks from time to time.
    async fn pushed(&self);
}
