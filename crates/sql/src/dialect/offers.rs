//! What the engines say differently of jobs that are offered.

use castad_domain::{
    model::Lane,
    port::{Feeding, Offer, Turn},
};
use sqlx::{MySql, Sqlite};

use crate::{
    link::Link,
    offers::{Busy, Candidate},
    row::{ClaimRow, bits},
};

/// How much of a line is looked through for members with nothing to do.
pub(crate) const HEAD_LENGTH: usize = 50;

/// The beginning of the line of those that are not offered, and beside it those whose offer lapsed
/// or whose worker fell silent: of these there are never many.
macro_rules! head {
    ($fed:literal, $lease:literal) => {
        concat!(
            "SELECT found.id, found.member_id, found.due, found.fence FROM ( \
               SELECT fresh.id, fresh.member_id, fresh.due, fresh.fence FROM ( \
                 SELECT h.id, h.member_id, h.due, h.fence FROM jobs h ",
            $fed,
            " WHERE h.lane = ? AND h.state = 'waiting' AND h.fed_until IS NULL AND h.due <= ? \
                 ORDER BY h.due, h.id LIMIT 50) fresh \
               UNION ALL SELECT lapsed.id, lapsed.member_id, lapsed.due, lapsed.fence FROM ( \
                 SELECT l.id, l.member_id, l.due, l.fence FROM jobs l ",
            $fed,
            " WHERE l.lane = ? AND l.state = 'waiting' AND l.fed_until <= ? AND l.due <= ? LIMIT 50) \
                 lapsed \
               UNION ALL SELECT e.id, e.member_id, e.due, e.fence FROM jobs e ",
            $lease,
            " WHERE e.lane = ? AND e.state = 'running' AND e.lease_until <= ? \
                   AND (e.fed_until IS NULL OR e.fed_until <= ?)) found \
             WHERE EXISTS (SELECT 1 FROM lanes WHERE name = ? AND NOT paused \
               AND (rests_until IS NULL OR rests_until <= ?))"
        )
    };
}

/// How many jobs each member has running or offered: never more than there are workers, and than
/// are offered at once.
macro_rules! busy {
    ($fed:literal, $lease:literal, $lane:literal, $now:literal) => {
        concat!(
            "SELECT taken.member_id, COUNT(*) AS busy FROM ( \
               SELECT r.member_id FROM jobs r ",
            $lease,
            " WHERE r.lane = ",
            $lane,
            " AND r.state = 'running' AND r.lease_until > ",
            $now,
            " UNION ALL SELECT q.member_id FROM jobs q ",
            $fed,
            " WHERE q.lane = ",
            $lane,
            " AND q.state = 'waiting' AND q.fed_until > ",
            $now,
            ") taken GROUP BY taken.member_id"
        )
    };
}

pub(crate) mod sqlite {
    texts! {
        HEAD = head!("INDEXED BY jobs_fed", "INDEXED BY jobs_lease");
        BUSY = busy!("INDEXED BY jobs_fed", "INDEXED BY jobs_lease", "?", "?");

        /// The first job of each member that waits, where all at the head belong to members that
        /// are busy; stepped through as a claim does.
        LINE = concat!(
            "WITH RECURSIVE line(member_id) AS ( \
               SELECT (SELECT MIN(w.member_id) FROM jobs w INDEXED BY jobs_member \
                       WHERE w.lane = ?1 AND w.state = 'waiting') \
               UNION ALL \
               SELECT (SELECT MIN(w.member_id) FROM jobs w INDEXED BY jobs_member \
                       WHERE w.lane = ?1 AND w.state = 'waiting' AND w.member_id > line.member_id) \
                 FROM line WHERE line.member_id IS NOT NULL \
             ), front(id, member_id) AS ( \
               SELECT (SELECT f.id FROM jobs f INDEXED BY jobs_member \
                       WHERE f.lane = ?1 AND f.state = 'waiting' AND f.member_id = line.member_id \
                         AND f.due <= ?2 AND f.fed_until IS NULL ORDER BY f.due, f.id LIMIT 1), \
                      line.member_id FROM line) \
             SELECT j.id, j.member_id, j.due, j.fence FROM front CROSS JOIN jobs j ON j.id = front.id \
             LEFT JOIN (",
            busy!("INDEXED BY jobs_fed", "INDEXED BY jobs_lease", "?1", "?3"),
            ") counts ON counts.member_id = front.member_id \
             ORDER BY COALESCE(counts.busy, 0), j.due, j.id LIMIT 100"
        );

        CLAIM =
            "UPDATE jobs SET state = 'running', fence = fence + 1, lease_until = ?2, fed_until = NULL \
             WHERE id = ?4 AND fence = ?5 AND lane = ?3 \
               AND (state = 'waiting' AND due <= ?1 OR state = 'running' AND lease_until <= ?1) \
               AND EXISTS (SELECT 1 FROM lanes WHERE name = ?3 AND NOT paused \
                 AND (rests_until IS NULL OR rests_until <= ?1)) \
             RETURNING id, kind, subject, member_id, project_id, due, fence, attempts, progress, \
             draft AS note, trace";
    }
}

pub(crate) mod mysql {
    texts! {
        HEAD = head!("FORCE INDEX (jobs_fed)", "FORCE INDEX (jobs_lease)");
        BUSY = busy!("FORCE INDEX (jobs_fed)", "FORCE INDEX (jobs_lease)", "?", "?");

        /// The first job of each member that waits, where all at the head belong to members that
        /// are busy; stepped through as a claim does.
        LINE = concat!(
            "SELECT STRAIGHT_JOIN j.id, j.member_id, j.due, j.fence FROM ( \
               SELECT (SELECT f.id FROM jobs f FORCE INDEX (jobs_member) \
                 WHERE f.lane = m.lane AND f.state = 'waiting' AND f.member_id = m.member_id \
                   AND f.due <= ? AND f.fed_until IS NULL \
                 ORDER BY f.lane, f.state, f.member_id, f.due, f.id LIMIT 1) AS id \
               FROM (SELECT w.lane, w.state, w.member_id, MIN(w.due) AS due \
                 FROM jobs w FORCE INDEX (jobs_member) WHERE w.lane = ? AND w.state = 'waiting' \
                 GROUP BY w.lane, w.state, w.member_id) m \
               LEFT JOIN (",
            busy!("FORCE INDEX (jobs_fed)", "FORCE INDEX (jobs_lease)", "?", "?"),
            ") counts ON counts.member_id = m.member_id \
               WHERE m.due <= ? ORDER BY COALESCE(counts.busy, 0), m.due LIMIT 100) front \
             JOIN jobs j ON j.id = front.id"
        );

        /// Takes hold of the job, unless another worker has it in hand just now or had it since.
        HOLD =
            "SELECT id, kind, subject, member_id, project_id, due, fence + 1 AS fence, attempts, \
             progress, draft AS note, trace FROM jobs WHERE id = ? AND fence = ? AND lane = ? \
               AND (state = 'waiting' AND due <= ? OR state = 'running' AND lease_until <= ?) \
               AND EXISTS (SELECT 1 FROM lanes WHERE name = ? AND NOT paused \
                 AND (rests_until IS NULL OR rests_until <= ?)) \
             FOR UPDATE SKIP LOCKED";
    }
}

/// Those that may be offered next, in no order; none if the lane is closed.
pub(crate) async fn head(
    link: Link<'_>,
    lane: Lane,
    feeding: Feeding,
) -> Result<Vec<Candidate>, sqlx::Error> {
    let (lane, Feeding { now, due_by, lapsed_by, .. }) = (lane.name(), feeding);
    macro_rules! head {
        ($engine:ty, $text:expr, $to:expr) => {{
            let head = sqlx::query_as::<$engine, Candidate>($text).bind(lane).bind(due_by);
            let head = head.bind(lane).bind(lapsed_by).bind(due_by);
            let head = head.bind(lane).bind(due_by).bind(lapsed_by);
            head.bind(lane).bind(now).fetch_all($to).await
        }};
    }
    match link {
        Link::Sqlite(to) => head!(Sqlite, sqlite::HEAD, to),
        Link::MySql(to) => head!(MySql, mysql::HEAD, to),
    }
}

/// What members have running or offered.
pub(crate) async fn busy(
    link: Link<'_>,
    lane: Lane,
    feeding: Feeding,
) -> Result<Vec<Busy>, sqlx::Error> {
    let (lane, now) = (lane.name(), feeding.now);
    macro_rules! busy {
        ($engine:ty, $text:expr, $to:expr) => {{
            let busy = sqlx::query_as::<$engine, Busy>($text).bind(lane).bind(now);
            busy.bind(lane).bind(now).fetch_all($to).await
        }};
    }
    match link {
        Link::Sqlite(to) => busy!(Sqlite, sqlite::BUSY, to),
        Link::MySql(to) => busy!(MySql, mysql::BUSY, to),
    }
}

/// The first job of each of the members with the least to do.
pub(crate) async fn line(
    link: Link<'_>,
    lane: Lane,
    feeding: Feeding,
) -> Result<Vec<Candidate>, sqlx::Error> {
    let (lane, Feeding { now, due_by, .. }) = (lane.name(), feeding);
    match link {
        Link::Sqlite(to) => {
            let line = sqlx::query_as::<Sqlite, Candidate>(sqlite::LINE);
            line.bind(lane).bind(due_by).bind(now).fetch_all(to).await
        }
        Link::MySql(to) => {
            let line = sqlx::query_as::<MySql, Candidate>(mysql::LINE).bind(due_by).bind(lane);
            let line = line.bind(lane).bind(now).bind(lane).bind(now).bind(due_by);
            line.fetch_all(to).await
        }
    }
}

/// Claims the job of an offer, if it is to be had.
pub(crate) async fn claim(
    link: Link<'_>,
    offer: &Offer,
    turn: Turn,
) -> Result<Option<ClaimRow>, sqlx::Error> {
    let (job, lane) = (bits(offer.job.to_bits()), offer.lane.name());
    let fence = i64::try_from(offer.fence).unwrap_or(i64::MAX);
    match link {
        Link::Sqlite(to) => {
            let claim = sqlx::query_as::<Sqlite, ClaimRow>(sqlite::CLAIM);
            let claim = claim.bind(turn.now).bind(turn.lease_until).bind(lane);
            claim.bind(job).bind(fence).fetch_optional(to).await
        }
        Link::MySql(to) => {
            let hold = sqlx::query_as::<MySql, ClaimRow>(mysql::HOLD).bind(job).bind(fence);
            let hold = hold.bind(lane).bind(turn.now).bind(turn.now).bind(lane).bind(turn.now);
            super::mysql::claim_held(to, hold, turn.lease_until).await
        }
    }
}
