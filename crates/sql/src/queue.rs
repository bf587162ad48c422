use std::{future::Future, pin::Pin};

use async_trait::async_trait;
use castad_domain::{
    model::{
        Backlog, BacklogLimits, Claim, JobEntry, JobId, Lane, LaneState, MemberId, Outlook, Rate,
        Task, TaskKind, Work,
    },
    port::{
        Feeding, KindCounts, LanePace, Offer, QueueCounts, StoreError, Taking, Turn, WorkOutbox,
        WorkQueue,
    },
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    catalog::look_from,
    dialect,
    fault::{corrupt, one_row, store_error, whole},
    link::Held,
    row::{EntryRow, LaneRow, bits, entry_columns, stage_id},
    store::{Sql, Unit},
};

texts! {
    PUSH =
        "INSERT INTO jobs (id, lane, kind, subject, stage_id, member_id, project_id, state, due, \
         fence, attempts, progress, trace) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, 0, 0, 0.0, ?)";
    HURRY =
        "UPDATE jobs SET due = ? WHERE stage_id = ? AND kind = ? AND subject = ? \
         AND state = 'waiting' AND due > ?";
    FINISH = "DELETE FROM jobs WHERE id = ? AND fence = ? AND state = 'running'";
    /// Writes nothing new, and so keeps the row from everybody else until the unit ends.
    HOLD = "UPDATE jobs SET fence = fence WHERE id = ? AND fence = ? AND state = 'running'";
    RENEW =
        "UPDATE jobs SET lease_until = ?, progress = ? WHERE id = ? AND fence = ? \
         AND state = 'running'";
    PUT_BACK =
        "UPDATE jobs SET state = 'waiting', lease_until = NULL, fed_until = NULL, due = ?, \
         attempts = ?, progress = ? WHERE id = ? AND fence = ? AND state = 'running'";
    SKETCH = "UPDATE jobs SET draft = ? WHERE id = ? AND fence = ? AND state = 'running'";
    BURY =
        "UPDATE jobs SET state = 'dead', lease_until = NULL, reason = ? \
         WHERE id = ? AND fence = ? AND state = 'running'";
    JOB = concat!("SELECT ", entry_columns!(), " FROM jobs WHERE id = ?");
    REPLAY =
        "UPDATE jobs SET state = 'waiting', due = ?, attempts = 0, reason = NULL \
         WHERE id = ? AND state = 'dead'";
    REPLAY_ALL =
        "UPDATE jobs SET state = 'waiting', due = ?, attempts = 0, reason = NULL \
         WHERE state = 'dead'";
    REPLAY_KIND =
        "UPDATE jobs SET state = 'waiting', due = ?, attempts = 0, reason = NULL \
         WHERE state = 'dead' AND kind = ?";
    /// Counted along the lanes of providers, and no further than it matters.
    BACKLOG =
        "SELECT (SELECT COUNT(*) FROM (SELECT q.id FROM jobs q \
           WHERE q.lane IN ('lyric', 'song', 'video') AND q.state = 'waiting' AND q.member_id = ? \
           LIMIT ?) own) AS of_member, \
         (SELECT COUNT(*) FROM (SELECT q.id FROM jobs q \
           WHERE q.lane IN ('lyric', 'song', 'video') AND q.state = 'waiting' LIMIT ?) line) AS in_all";
    REST =
        "UPDATE lanes SET rests_until = ?, reason = ? \
         WHERE name = ? AND (rests_until IS NULL OR rests_until < ?)";
    PAUSE = "UPDATE lanes SET paused = TRUE, reason = ? WHERE name = ?";
    RESUME = "UPDATE lanes SET paused = FALSE, rests_until = NULL, reason = NULL WHERE name = ?";
    PACE = "UPDATE lanes SET step_ms = ?, spacing_ms = ? WHERE name = ?";
    BOOKED = "SELECT booked FROM lanes WHERE name = ?";
    BOOK = "UPDATE lanes SET booked = ? WHERE name = ? AND booked = ?";
    COUNTS =
        "SELECT lane, kind, state, COUNT(*) AS jobs FROM jobs \
         WHERE lane IN ('lyric', 'song', 'video', 'house') \
         AND state IN ('waiting', 'running', 'dead') GROUP BY lane, state, kind";
}

#[derive(sqlx::FromRow)]
struct BacklogRow {
    of_member: i64,
    in_all: i64,
}

#[derive(sqlx::FromRow)]
struct Booked {
    booked: DateTime<Utc>,
}

/// So many steps of a lane that were booked.
pub(crate) struct Booking {
    rate: Rate,
    at: DateTime<Utc>,
    before: DateTime<Utc>,
    after: DateTime<Utc>,
    many: u32,
}

/// How often a step is booked anew where others were quicker.
const BOOKINGS: u32 = 3;

#[derive(sqlx::FromRow)]
struct CountRow {
    lane: String,
    kind: String,
    state: String,
    jobs: i64,
}

impl CountRow {
    fn counts(self) -> Result<KindCounts, StoreError> {
        let lane = Lane::from_name(&self.lane).map_err(|_| corrupt("jobs.lane"))?;
        let mut counts = QueueCounts::default();
        let count = match self.state.as_str() {
            "waiting" => &mut counts.waiting,
            "running" => &mut counts.running,
            "dead" => &mut counts.dead,
            _ => return Err(corrupt("jobs.state")),
        };
        *count = whole("jobs.state", self.jobs)?;
        Ok(KindCounts { lane, kind: TaskKind::from_name(&self.kind).ok(), counts })
    }
}

/// The job and the fence that a claim's guard names.
fn guard(claim: &Claim) -> (Uuid, i64) {
    (bits(claim.job.to_bits()), i64::try_from(claim.fence).unwrap_or(i64::MAX))
}

/// Refuses the write of a worker that lost its claim.
fn fenced(touched: u64) -> Result<(), StoreError> {
    one_row(touched).inspect_err(|_| {
        metrics::counter!("lock_fence_rejected_total", "resource" => "job").increment(1);
    })
}

/// Books up to so many steps of a lane, or says when the next may begin.
pub(crate) async fn book(
    writer: &mut Held,
    lane: Lane,
    (rate, at): (Rate, DateTime<Utc>),
    most: u32,
) -> Result<Result<Booking, DateTime<Utc>>, StoreError> {
    for _ in 0..BOOKINGS {
        let found = fetch_optional!(writer.link(), Booked, BOOKED, lane.name())?;
        let before = found.ok_or_else(|| corrupt("lanes.name"))?.booked;
        let (many, after) = rate.book_some(before, at, most);
        if many == 0 {
            return Ok(Err(rate.opens(before)));
        }
        if execute!(writer.link(), BOOK, after, lane.name(), before)? == 1 {
            return Ok(Ok(Booking { rate, at, before, after, many }));
        }
    }
    Ok(Err(at + rate.spacing()))
}

/// Takes back what was booked for more steps than began. Where another has booked since, they stay
/// booked and are not taken.
pub(crate) async fn unbook(
    writer: &mut Held,
    lane: Lane,
    booking: Option<Booking>,
    began: usize,
) -> Result<(), StoreError> {
    let began = u32::try_from(began).unwrap_or(u32::MAX);
    let Some(booked) = booking.filter(|booked| began < booked.many) else { return Ok(()) };
    let (_, until) = booked.rate.book_some(booked.before, booked.at, began);
    execute!(writer.link(), BOOK, until, lane.name(), booked.after).map(drop)
}

#[async_trait]
impl WorkOutbox for Unit {
    async fn push(&mut self, work: &[Work]) -> Result<(), StoreError> {
        let trace = self.trace.and_then(|leading| leading());
        for work in work {
            let id = bits(self.ids.next());
            let (member, project) = (bits(work.member.to_bits()), bits(work.project.to_bits()));
            let (kind, subject) = (work.task.name(), work.task.subject());
            let stage = stage_id(&work.task);
            let lane = work.task.lane().name();
            let (link, due, trace) = (self.link(), work.due, trace.as_deref());
            execute!(link, PUSH, id, lane, kind, subject, stage, member, project, due, trace)?;
            self.pushed = true;
        }
        Ok(())
    }

    async fn hurry(&mut self, task: &Task, due: DateTime<Utc>) -> Result<(), StoreError> {
        let (stage, kind, subject) = (stage_id(task), task.name(), task.subject());
        execute!(self.link(), HURRY, due, stage, kind, subject, due)?;
        self.pushed = true;
        Ok(())
    }

    async fn finish(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        fenced(execute!(self.link(), FINISH, job, fence)?)
    }

    async fn hold(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        fenced(execute!(self.link(), HOLD, job, fence)?)
    }

    async fn backlog(
        &mut self,
        member: MemberId,
        limits: BacklogLimits,
    ) -> Result<Backlog, StoreError> {
        let (member, most) = (bits(member.to_bits()), limits);
        let found =
            fetch_optional!(self.link(), BacklogRow, BACKLOG, member, most.of_member, most.in_all)?;
        let found = found.ok_or_else(|| corrupt("jobs.lane"))?;
        Ok(Backlog {
            of_member: whole("jobs.lane", found.of_member)?,
            in_all: whole("jobs.lane", found.in_all)?,
        })
    }

    async fn outlook(&mut self, lane: Lane, due: DateTime<Utc>) -> Result<Outlook, StoreError> {
        look_from(self.link(), lane, (due, Uuid::max())).await
    }

    async fn pause(&mut self, lane: Lane, reason: &str) -> Result<(), StoreError> {
        execute!(self.link(), PAUSE, reason, lane.name())?;
        Ok(())
    }

    async fn resume(&mut self, lane: Lane) -> Result<(), StoreError> {
        execute!(self.link(), RESUME, lane.name())?;
        self.pushed = true;
        Ok(())
    }

    async fn job(&mut self, id: JobId) -> Result<Option<JobEntry>, StoreError> {
        let found = fetch_optional!(self.link(), EntryRow, JOB, bits(id.to_bits()))?;
        found.map(EntryRow::entry).transpose()
    }

    async fn replay(&mut self, id: JobId, due: DateTime<Utc>) -> Result<(), StoreError> {
        one_row(execute!(self.link(), REPLAY, due, bits(id.to_bits()))?)?;
        self.pushed = true;
        Ok(())
    }

    async fn replay_all(
        &mut self,
        kind: Option<TaskKind>,
        due: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let found = match kind {
            Some(kind) => execute!(self.link(), REPLAY_KIND, due, kind.name())?,
            None => execute!(self.link(), REPLAY_ALL, due)?,
        };
        self.pushed |= found > 0;
        Ok(found)
    }
}

#[async_trait]
impl WorkQueue for Sql {
    async fn lanes(&self) -> Result<Vec<LaneState>, StoreError> {
        let rows = dialect::lanes(self.reader().await?.link()).await.map_err(store_error)?;
        rows.into_iter().map(LaneRow::state).collect()
    }

    async fn claim_some(
        &self,
        lane: Lane,
        turn: Turn,
        most: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let (mut writer, mut most) = (self.writer().await?, most.min(dialect::mysql::AT_ONCE));
        let mut booking = None;
        if let Some(rate) = turn.rate {
            let Ok(booked) = book(&mut writer, lane, (rate, turn.now), most).await? else {
                return Ok(Vec::new());
            };
            most = booked.many;
            booking = Some(booked);
        }
        let rows = dialect::claim(writer.link(), lane, turn, most).await.map_err(store_error)?;
        unbook(&mut writer, lane, booking, rows.len()).await?;
        rows.into_iter().map(|row| row.claim(turn.lease_until)).collect()
    }

    async fn feed(&self, lane: Lane, feeding: Feeding) -> Result<Vec<Offer>, StoreError> {
        self.choose(lane, feeding).await
    }

    async fn claim_job(&self, offer: &Offer, turn: Turn) -> Result<Taking, StoreError> {
        self.take(offer, turn).await
    }

    async fn rest(&self, lane: Lane, until: DateTime<Utc>, reason: &str) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        execute!(writer.link(), REST, until, reason, lane.name(), until)?;
        Ok(())
    }

    async fn pace(&self, lane: Lane, pace: LanePace) -> Result<(), StoreError> {
        let (step, spacing) = (pace.step.num_milliseconds(), pace.spacing.num_milliseconds());
        let mut writer = self.writer().await?;
        execute!(writer.link(), PACE, step, spacing, lane.name())?;
        Ok(())
    }

    async fn renew(
        &self,
        claim: &Claim,
        lease_until: DateTime<Utc>,
        progress: f32,
    ) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        let mut writer = self.writer().await?;
        one_row(execute!(writer.link(), RENEW, lease_until, progress, job, fence)?)
    }

    async fn put_back(
        &self,
        claim: &Claim,
        due: DateTime<Utc>,
        attempts: u32,
        progress: f32,
    ) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        let attempts = i64::from(attempts);
        let mut writer = self.writer().await?;
        one_row(execute!(writer.link(), PUT_BACK, due, attempts, progress, job, fence)?)?;
        self.hints().pushed.notify_waiters();
        Ok(())
    }

    async fn sketch(&self, claim: &Claim, draft: &str) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        let mut writer = self.writer().await?;
        one_row(execute!(writer.link(), SKETCH, draft, job, fence)?)
    }

    async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        let mut writer = self.writer().await?;
        one_row(execute!(writer.link(), BURY, reason, job, fence)?)
    }

    async fn counts_of_kinds(&self) -> Result<Vec<KindCounts>, StoreError> {
        let rows = fetch_all!(self.reader().await?.link(), CountRow, COUNTS)?;
        rows.into_iter().map(CountRow::counts).collect()
    }

    /// Written out, because an `async fn` would begin to listen only when it is first polled.
    fn pushed<'a, 'async_trait>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.hints().pushed.notified())
    }
}
