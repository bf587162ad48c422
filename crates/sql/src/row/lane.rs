use castad_domain::{
    model::{Lane, LaneState, Outlook},
    port::StoreError,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::fault::{corrupt, whole};

/// A lane as those see it who work.
#[derive(sqlx::FromRow)]
pub(crate) struct LaneRow {
    name: String,
    rests_until: Option<DateTime<Utc>>,
    paused: bool,
    reason: Option<String>,
    booked: DateTime<Utc>,
    due: Option<DateTime<Utc>>,
    lease_ends: Option<DateTime<Utc>>,
}

impl LaneRow {
    pub(crate) fn state(self) -> Result<LaneState, StoreError> {
        Ok(LaneState {
            lane: Lane::from_name(&self.name).map_err(|_| corrupt("lanes.name"))?,
            next: [self.due, self.lease_ends].into_iter().flatten().min(),
            rests_until: self.rests_until,
            paused: self.paused,
            reason: self.reason,
            booked: self.booked,
        })
    }
}

/// A lane as those see it who wait, and how many of its jobs come before one.
#[derive(sqlx::FromRow)]
pub(crate) struct OutlookRow {
    ahead: i64,
    running: i64,
    step_ms: i64,
    spacing_ms: i64,
    rests_until: Option<DateTime<Utc>>,
    paused: bool,
}

impl OutlookRow {
    pub(crate) fn outlook(self) -> Result<Outlook, StoreError> {
        Ok(Outlook {
            ahead: whole("jobs.lane", self.ahead)?,
            running: whole("jobs.lane", self.running)?,
            step: TimeDelta::milliseconds(self.step_ms),
            spacing: TimeDelta::milliseconds(self.spacing_ms),
            rests_until: self.rests_until,
            paused: self.paused,
        })
    }
}
