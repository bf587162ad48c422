use std::{future::Future, iter, pin::Pin};

use async_trait::async_trait;
use castad_domain::{
    model::{Datum, Event, EventKind, EventSeq, MemberId, NewEvent, ProjectId},
    port::{EventBook, EventLog, EventOutbox, StoreError, Untold},
};
use chrono::{DateTime, Utc};
use sqlx::{MySql, Sqlite, query::QueryAs, types::Json};
use uuid::Uuid;

use crate::{
    dialect,
    fault::{corrupt, store_error},
    link::Link,
    row::{EventData, bits, data_json},
    store::{Sql, Unit},
};

/// How many members one statement asks for.
const ASKED: usize = 100;

macro_rules! twenty {
    () => {
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
    };
}

texts! {
    APPEND =
        "INSERT INTO events (member_id, seq, kind, project_id, at, data, trace) \
         VALUES (?, ?, ?, ?, ?, ?, ?)";
    EVENTS =
        "SELECT seq, kind, project_id, at, data, trace FROM events WHERE member_id = ? AND seq > ? \
         ORDER BY seq LIMIT ?";
    EVENTS_OF_PROJECT =
        "SELECT seq, kind, project_id, at, data, trace FROM events WHERE member_id = ? \
         AND project_id = ? AND seq > ? ORDER BY seq LIMIT ?";
    UNTOLD =
        "SELECT h.member_id, h.told, h.seq FROM event_heads h \
         WHERE h.untold = 1 AND h.member_id > ? ORDER BY h.member_id LIMIT ?";
    HEADS = concat!(
        "SELECT member_id, seq FROM event_heads WHERE member_id IN (",
        twenty!(), ", ", twenty!(), ", ", twenty!(), ", ", twenty!(), ", ", twenty!(), ")"
    );
    MARK_TOLD =
        "UPDATE event_heads SET told = ? WHERE member_id = ? AND told < ? AND seq >= ?";
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    member_id: Uuid,
    seq: i64,
}

/// The heads of a hundred members; where they are fewer, the last is named again.
async fn heads(link: Link<'_>, members: &[Uuid]) -> Result<Vec<HeadRow>, sqlx::Error> {
    let Some(last) = members.last() else { return Ok(Vec::new()) };
    let asked = members.iter().chain(iter::repeat(last)).take(ASKED);
    macro_rules! heads {
        ($engine:ty, $to:expr) => {
            asked
                .fold(sqlx::query_as::<$engine, HeadRow>(HEADS), QueryAs::bind)
                .fetch_all($to)
                .await
        };
    }
    match link {
        Link::Sqlite(to) => heads!(Sqlite, to),
        Link::MySql(to) => heads!(MySql, to),
    }
}

#[derive(sqlx::FromRow)]
struct UntoldRow {
    member_id: Uuid,
    told: i64,
    seq: i64,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    seq: i64,
    kind: String,
    project_id: Option<Uuid>,
    at: DateTime<Utc>,
    data: Json<EventData>,
    trace: Option<String>,
}

impl EventRow {
    fn event(self, member: MemberId) -> Result<Event, StoreError> {
        let data = self.data.0.into_iter().map(|(name, datum)| (name, Datum::from(datum)));
        Ok(Event {
            seq: EventSeq(self.seq),
            member,
            kind: EventKind::from_name(&self.kind).ok_or_else(|| corrupt("events.kind"))?,
            project: self.project_id.map(|id| ProjectId::from_bits(id.as_u128())),
            at: self.at,
            data: data.collect(),
            trace: self.trace,
        })
    }
}

#[async_trait]
impl EventBook for Unit {
    async fn append(&mut self, member: MemberId, events: &[NewEvent]) -> Result<(), StoreError> {
        let Ok(count @ 1..) = i64::try_from(events.len()) else { return Ok(()) };
        let (member, trace) = (bits(member.to_bits()), self.trace.and_then(|leading| leading()));
        let last = dialect::raise(self.link(), member, count).await.map_err(store_error)?;
        for (event, seq) in events.iter().zip(last - count + 1..) {
            let project = event.project.map(|id| bits(id.to_bits()));
            let (kind, data) = (event.kind.name(), Json(data_json(&event.data)));
            let (link, trace) = (self.link(), trace.as_deref());
            execute!(link, APPEND, member, seq, kind, project, event.at, data, trace)?;
        }
        self.appended = true;
        Ok(())
    }
}

#[async_trait]
impl EventOutbox for Sql {
    async fn untold(&self, after: Option<MemberId>, limit: u32) -> Result<Vec<Untold>, StoreError> {
        // No id is as low as none.
        let after = bits(after.map_or(0, MemberId::to_bits));
        let mut reader = self.reader().await?;
        let rows = fetch_all!(reader.link(), UntoldRow, UNTOLD, after, limit)?;
        let untold = |row: UntoldRow| Untold {
            member: MemberId::from_bits(row.member_id.as_u128()),
            told: EventSeq(row.told),
            last: EventSeq(row.seq),
        };
        Ok(rows.into_iter().map(untold).collect())
    }

    async fn mark_told(
        &self,
        member: MemberId,
        EventSeq(through): EventSeq,
    ) -> Result<bool, StoreError> {
        let member = bits(member.to_bits());
        let mut writer = self.writer().await?;
        let marked = execute!(writer.link(), MARK_TOLD, through, member, through, through)?;
        Ok(marked == 1)
    }
}

#[async_trait]
impl EventLog for Sql {
    async fn events(
        &self,
        of: MemberId,
        project: Option<ProjectId>,
        EventSeq(after): EventSeq,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let mut reader = self.reader().await?;
        let member = bits(of.to_bits());
        let rows = match project.map(|id| bits(id.to_bits())) {
            None => fetch_all!(reader.link(), EventRow, EVENTS, member, after, limit)?,
            Some(id) => {
                fetch_all!(reader.link(), EventRow, EVENTS_OF_PROJECT, member, id, after, limit)?
            }
        };
        rows.into_iter().map(|row| row.event(of)).collect()
    }

    async fn heads(&self, of: &[MemberId]) -> Result<Vec<(MemberId, EventSeq)>, StoreError> {
        let members: Vec<_> = of.iter().map(|member| bits(member.to_bits())).collect();
        let (mut reader, mut found) = (self.reader().await?, Vec::new());
        for asked in members.chunks(ASKED) {
            let rows = heads(reader.link(), asked).await.map_err(store_error)?;
            let head =
                |row: HeadRow| (MemberId::from_bits(row.member_id.as_u128()), EventSeq(row.seq));
            found.extend(rows.into_iter().map(head));
        }
        Ok(found)
    }

    /// Written out, because an `async fn` would begin to listen only when it is first polled.
    fn appended<'a, 'async_trait>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.hints().appended.notified())
    }
}
