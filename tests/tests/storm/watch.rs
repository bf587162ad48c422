use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::MySqlPool;
use tokio::{sync::Mutex, task::JoinHandle, time::interval};
use uuid::Uuid;

use super::{clock, fleet::LEASE};

/// How often the line is looked at.
const LOOK: Duration = Duration::from_millis(100);
const LINE: &str = "SELECT id, fence, state, lease_until FROM jobs";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    fence: i64,
    state: String,
    lease_until: Option<DateTime<Utc>>,
}

/// A job that somebody took over from a process that fell silent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lapse {
    /// The last sign of life.
    renewed: DateTime<Utc>,
    /// When it was seen to be claimed again, or over.
    taken: DateTime<Utc>,
    /// It was over: a process that is slow, and not silent, may have ended it itself.
    over: bool,
}

/// Sees which claims lapse, and when others take the jobs on.
pub(crate) struct Watch {
    seen: Arc<Mutex<Vec<Lapse>>>,
    looking: JoinHandle<()>,
}

impl Watch {
    pub(crate) fn over(database: &MySqlPool) -> Self {
        let seen = Arc::<Mutex<Vec<Lapse>>>::default();
        let looking = tokio::spawn(look(database.clone(), Arc::clone(&seen)));
        Self { seen, looking }
    }

    /// What was seen.
    pub(crate) async fn lapses(self) -> Vec<Lapse> {
        self.looking.abort();
        self.seen.lock().await.clone()
    }
}

async fn look(database: MySqlPool, seen: Arc<Mutex<Vec<Lapse>>>) {
    let mut held: HashMap<(Uuid, i64), DateTime<Utc>> = HashMap::new();
    let mut again = interval(LOOK);
    loop {
        again.tick().await;
        let Ok(rows) = sqlx::query_as::<_, Row>(LINE).fetch_all(&database).await else { continue };
        let now = clock::now();
        let rows: HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
        let gone = held.extract_if(|(id, fence), _| rows.get(id).is_none_or(|r| r.fence != *fence));
        let gone: Vec<_> = gone.collect();
        let lease = TimeDelta::from_std(LEASE).expect("a lease is short");
        // Who is alive renews at a third: a lease that has ended is that of a silent one.
        let lapsed = gone.into_iter().filter(|(_, until)| *until <= now);
        let lapsed = lapsed.map(|((id, _), until)| Lapse {
            renewed: until - lease,
            taken: now,
            over: !rows.contains_key(&id),
        });
        seen.lock().await.extend(lapsed);
        held.retain(|(id, _), _| rows[id].state == "running");
        let running = rows.values().filter_map(|row| Some(((row.id, row.fence), row.lease_until?)));
        held.extend(running);
    }
}

/// How long it took from a kill until what the killed process held was taken on.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    /// While the database was there.
    pub(crate) times: Vec<TimeDelta>,
    /// While the database was away for some of the time.
    pub(crate) with_outage: Vec<TimeDelta>,
    /// Claims that lapsed though nobody was killed and the database was there.
    pub(crate) without_kill: usize,
}

/// From when to when the database was away.
pub(crate) type Outage = (DateTime<Utc>, DateTime<Utc>);

impl Recovery {
    pub(crate) fn of(lapses: &[Lapse], kills: &[DateTime<Utc>], outages: &[Outage]) -> Self {
        let mut recovery = Self::default();
        for lapse in lapses {
            let between = |kill: &&DateTime<Utc>| (lapse.renewed..lapse.taken).contains(*kill);
            let away = outages.iter().any(|(from, to)| *from < lapse.taken && lapse.renewed < *to);
            match (kills.iter().filter(between).min(), away) {
                (None, _) if away || lapse.over => {}
                (None, _) => recovery.without_kill += 1,
                (Some(kill), true) => recovery.with_outage.push(lapse.taken - *kill),
                (Some(kill), false) => recovery.times.push(lapse.taken - *kill),
            }
        }
        recovery
    }
}

/// What so many of a hundred are not longer than.
pub(crate) fn percentile(times: &[TimeDelta], of_hundred: usize) -> Option<TimeDelta> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get((times.len() * of_hundred).div_ceil(100).checked_sub(1)?).copied()
}
