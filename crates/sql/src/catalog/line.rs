//! How many jobs come before one that waits.

use std::collections::{HashMap, hash_map::Entry};

use castad_domain::{
    model::{Job, JobState, Lane, Outlook},
    port::StoreError,
};
use chrono::{DateTime, Utc};
use sqlx::{MySql, Sqlite};
use uuid::Uuid;

use super::text::{LINES, OUTLOOK};
use crate::{
    fault::{corrupt, store_error},
    link::{Held, Link},
    row::{OutlookRow, bits},
};

/// Waiting jobs are counted up to here: what a read costs must not grow with the line.
const MOST_AHEAD: u32 = 1_000;

/// A job that waits, and its lane.
#[derive(sqlx::FromRow)]
struct InLine {
    lane: String,
    due: DateTime<Utc>,
    id: Uuid,
    #[sqlx(flatten)]
    outlook: OutlookRow,
}

/// The jobs that wait in a lane, from the first on.
struct Line {
    outlook: Outlook,
    places: Vec<Place>,
}

/// When a job is due, and its id.
pub(crate) type Place = (DateTime<Utc>, Uuid);

fn place(job: &Job) -> Place {
    (job.work.due, bits(job.id.to_bits()))
}

/// Says of each waiting job how its lane is and how many come before it, with one statement for all.
pub(super) async fn look_ahead(mut held: Held, jobs: Vec<&mut Job>) -> Result<(), StoreError> {
    let mut waiting: Vec<_> =
        jobs.into_iter().filter(|job| job.state == JobState::Waiting).collect();
    match &mut waiting[..] {
        [] => Ok(()),
        [job] => look_at_one(&mut held, job).await,
        jobs => look_at_several(&mut held, jobs).await,
    }
}

async fn look_at_one(held: &mut Held, job: &mut Job) -> Result<(), StoreError> {
    job.outlook = look_from(held.link(), job.work.task.lane(), place(job)).await?;
    Ok(())
}

/// What awaits a job of that place in a lane.
pub(crate) async fn look_from(
    link: Link<'_>,
    lane: Lane,
    (due, id): Place,
) -> Result<Outlook, StoreError> {
    let (lane, most) = (lane.name(), MOST_AHEAD);
    let found = fetch_optional!(link, OutlookRow, OUTLOOK, lane, due, due, id, most, lane)?;
    found.ok_or_else(|| corrupt("lanes.name"))?.outlook()
}

/// Up to the last job that waits in each lane, if one does.
async fn rows(link: Link<'_>, jobs: &[&mut Job]) -> Result<Vec<InLine>, sqlx::Error> {
    let asked = Lane::ALL.map(|lane| {
        let jobs = jobs.iter().filter(|job| job.work.task.lane() == lane);
        (lane.name(), jobs.map(|job| job.work.due).max())
    });
    macro_rules! rows {
        ($engine:ty, $to:expr) => {{
            let text = sqlx::query_as::<$engine, InLine>(LINES);
            let bound = asked.into_iter().fold(text, |text, (lane, last)| {
                text.bind(lane).bind(lane).bind(last).bind(MOST_AHEAD)
            });
            bound.fetch_all($to).await
        }};
    }
    match link {
        Link::Sqlite(to) => rows!(Sqlite, to),
        Link::MySql(to) => rows!(MySql, to),
    }
}

async fn look_at_several(held: &mut Held, jobs: &mut [&mut Job]) -> Result<(), StoreError> {
    let lines = lines(rows(held.link(), jobs).await.map_err(store_error)?)?;
    for job in jobs {
        // One that somebody took since has nobody before it.
        let Some(line) = lines.get(job.work.task.lane().name()) else { continue };
        let place = place(job);
        let ahead = line.places.partition_point(|before| *before < place) as u64;
        job.outlook = Outlook { ahead, ..line.outlook.clone() };
    }
    Ok(())
}

/// The lines that rows tell of, by the words of their lanes.
fn lines(rows: Vec<InLine>) -> Result<HashMap<String, Line>, StoreError> {
    let mut lines = HashMap::new();
    for InLine { lane, due, id, outlook } in rows {
        let line = match lines.entry(lane) {
            Entry::Occupied(line) => line.into_mut(),
            Entry::Vacant(none) => {
                none.insert(Line { outlook: outlook.outlook()?, places: Vec::new() })
            }
        };
        line.places.push((due, id));
    }
    // What several statements put together has an order only within each.
    for line in lines.values_mut() {
        line.places.sort_unstable();
    }
    Ok(lines)
}
