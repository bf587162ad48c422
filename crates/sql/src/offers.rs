//! Jobs that are offered to workers, and claimed by name.

use std::collections::HashMap;

use castad_domain::{
    model::{JobId, Lane, LaneState},
    port::{Feeding, Offer, StoreError, Taking, Turn},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    dialect::offers::{self as dialect, HEAD_LENGTH},
    fault::{corrupt, store_error, whole},
    link::Held,
    queue::{book, unbook},
    row::bits,
    store::Sql,
};

texts! {
    MARK =
        "UPDATE jobs SET fed_until = ? WHERE id = ? AND fence = ? \
         AND (state = 'waiting' AND due <= ? OR state = 'running' AND lease_until <= ?) \
         AND (fed_until IS NULL OR fed_until <= ?)";
    /// Why a job could not be claimed.
    WHY =
        "SELECT jobs.state, jobs.fence, jobs.due, jobs.lease_until, lanes.paused, \
         lanes.rests_until FROM jobs JOIN lanes ON lanes.name = jobs.lane WHERE jobs.id = ?";
}

/// A job that may be offered.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Candidate {
    id: Uuid,
    member_id: Uuid,
    due: DateTime<Utc>,
    fence: i64,
}

/// How many jobs of a member are running or offered.
#[derive(sqlx::FromRow)]
pub(crate) struct Busy {
    member_id: Uuid,
    busy: i64,
}

#[derive(sqlx::FromRow)]
struct Why {
    state: String,
    fence: i64,
    due: DateTime<Utc>,
    lease_until: Option<DateTime<Utc>>,
    paused: bool,
    rests_until: Option<DateTime<Utc>>,
}

/// Puts jobs in the order in which they would be claimed one by one: a member's turn is what it has
/// running or offered, and what of it stands before in the line.
fn in_turn(mut found: Vec<Candidate>, busy: &HashMap<Uuid, i64>) -> Vec<(i64, Candidate)> {
    found.sort_by_key(|candidate| (candidate.due, candidate.id));
    found.dedup_by_key(|candidate| candidate.id);
    let mut turns = busy.clone();
    let turn = |candidate: Candidate| {
        let turn = turns.entry(candidate.member_id).or_default();
        *turn += 1;
        (*turn - 1, candidate)
    };
    let mut line: Vec<_> = found.into_iter().map(turn).collect();
    line.sort_by_key(|(turn, candidate)| (*turn, candidate.due, candidate.id));
    line
}

/// What comes before whatever was not seen: a member's next job may stand right behind those of it
/// that were.
fn certain(mut line: Vec<(i64, Candidate)>) -> Vec<(i64, Candidate)> {
    let mut last = HashMap::new();
    for (turn, candidate) in &line {
        last.insert(candidate.member_id, *turn);
    }
    let unseen = last.into_values().min().map_or(0, |turn| turn + 1);
    line.retain(|(turn, _)| *turn <= unseen);
    line
}

impl Sql {
    /// The jobs that come first, of the head of the line while it holds members with nothing to do,
    /// or all there is; of the whole line otherwise.
    async fn candidates(&self, lane: Lane, feeding: Feeding) -> Result<Vec<Candidate>, StoreError> {
        let most = feeding.most as usize;
        let mut reader = self.reader().await?;
        let head = dialect::head(reader.link(), lane, feeding).await.map_err(store_error)?;
        if head.is_empty() {
            return Ok(head);
        }
        let busy = dialect::busy(reader.link(), lane, feeding).await.map_err(store_error)?;
        let busy = busy.into_iter().map(|row| (row.member_id, row.busy)).collect();
        let whole = head.len() < HEAD_LENGTH;
        let mut line = in_turn(head.clone(), &busy);
        if !whole {
            line.retain(|(turn, _)| *turn == 0);
        }
        if !whole && line.len() < most {
            let mut found = head;
            let rest = dialect::line(reader.link(), lane, feeding).await.map_err(store_error)?;
            found.extend(rest);
            line = certain(in_turn(found, &busy));
        }
        Ok(line.into_iter().take(most).map(|(_, candidate)| candidate).collect())
    }

    /// Chooses and marks. What others took or marked meanwhile is left to them.
    pub(crate) async fn choose(
        &self,
        lane: Lane,
        feeding: Feeding,
    ) -> Result<Vec<Offer>, StoreError> {
        let found = self.candidates(lane, feeding).await?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        // All who mark hold rows in the same order.
        let mut by_id: Vec<_> = found.iter().collect();
        by_id.sort_by_key(|candidate| candidate.id);
        let Feeding { until, due_by, lapsed_by, .. } = feeding;
        let (mut tx, mut marked) = (self.transaction().await?, Vec::new());
        for Candidate { id, fence, .. } in by_id {
            let (link, id) = (tx.link(), *id);
            if execute!(link, MARK, until, id, *fence, due_by, due_by, lapsed_by)? == 1 {
                marked.push(id);
            }
        }
        tx.commit().await.map_err(store_error)?;
        let offer = |candidate: &Candidate| {
            let job = JobId::from_bits(candidate.id.as_u128());
            let fence = whole("jobs.fence", candidate.fence)?;
            Ok(Offer { job, lane, fence, due: candidate.due, until })
        };
        found.iter().filter(|candidate| marked.contains(&candidate.id)).map(offer).collect()
    }

    pub(crate) async fn take(&self, offer: &Offer, turn: Turn) -> Result<Taking, StoreError> {
        let mut writer = self.writer().await?;
        let booking = match turn.rate {
            None => None,
            Some(rate) => match book(&mut writer, offer.lane, (rate, turn.now), 1).await? {
                Err(opens) => return Ok(Taking::NotNow(Some(opens))),
                Ok(booking) => Some(booking),
            },
        };
        let row = dialect::claim(writer.link(), offer, turn).await.map_err(store_error)?;
        if let Some(row) = row {
            return row.claim(turn.lease_until).map(|claim| Taking::Claimed(Box::new(claim)));
        }
        unbook(&mut writer, offer.lane, booking, 0).await?;
        why(&mut writer, offer, turn.now).await
    }
}

/// Why an offered job is not to be had.
async fn why(writer: &mut Held, offer: &Offer, now: DateTime<Utc>) -> Result<Taking, StoreError> {
    let job = bits(offer.job.to_bits());
    let Some(why) = fetch_optional!(writer.link(), Why, WHY, job)? else {
        return Ok(Taking::Gone);
    };
    if whole::<u64>("jobs.fence", why.fence)? != offer.fence || why.state == "dead" {
        return Ok(Taking::Gone);
    }
    let opens = match why.state.as_str() {
        "running" => why.lease_until.ok_or_else(|| corrupt("jobs.lease_until"))?,
        _ => why.due,
    };
    if opens > now {
        return Ok(Taking::NotNow(Some(opens)));
    }
    let (paused, rests_until) = (why.paused, why.rests_until);
    let lane = LaneState { paused, rests_until, ..LaneState::open(offer.lane) };
    // Where the lane is open another has the row in hand just now.
    Ok(Taking::NotNow(if lane.is_open(now) { Some(now) } else { rests_until.filter(|_| !paused) }))
}

#[cfg(test)]
mod tests {
    use castad_domain::model::MemberId;

    use super::*;

    fn candidate(n: u128, member: u128, due: i64) -> Candidate {
        let member_id = bits(MemberId::from_bits(member).to_bits());
        let due = DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(due);
        Candidate { id: bits(n), member_id, due, fence: 0 }
    }

    #[test]
    fn what_may_stand_behind_something_unseen_is_not_certain() {
        let found = vec![
            candidate(1, 1, 0),
            candidate(2, 1, 0),
            candidate(3, 1, 0),
            candidate(4, 2, 5),
            candidate(4, 2, 5),
        ];
        let busy = HashMap::from([(bits(1), 1)]);
        let line = in_turn(found, &busy);
        let order = |line: &[(i64, Candidate)]| -> Vec<_> {
            line.iter().map(|(turn, candidate)| (*turn, candidate.id.as_u128())).collect()
        };
        assert_eq!(order(&line), [(0, 4), (1, 1), (2, 2), (3, 3)]);
        assert_eq!(order(&certain(line)), [(0, 4), (1, 1)]);
    }
}
