use std::sync::Arc;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::Mailroom;
use crate::{
    model::{MemberId, News, SettingsVersion, Work},
    port::{PointsReader, Ports, SettingsReader, Store, StoreError},
    usecase::{again::again, sweep::sweep},
};

/// Tells members of points that are about to expire, of each lot once.
///
/// Of a lot is noted that its member is told, in the unit that has the letter written, or decides that none is
/// wanted: any number may look at once, and who dies in between has told of nothing. Where no mail is sent nothing
/// is noted.
#[derive(Clone)]
pub struct WarnOfExpiry {
    store: Arc<dyn Store>,
    points: Arc<dyn PointsReader>,
    settings: Arc<dyn SettingsReader>,
    mailroom: Mailroom,
}

impl WarnOfExpiry {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            points: Arc::clone(&ports.points),
            settings: Arc::clone(&ports.settings),
            mailroom: Mailroom::new(ports),
        }
    }

    /// Of how many members it was noted that they are told.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it could not be of one or another; of the rest it was.
    pub async fn run(&self) -> Result<u64, StoreError> {
        if !self.mailroom.is_open() {
            return Ok(0);
        }
        let settings = self.settings.settings(SettingsVersion::default()).await?;
        let (now, notice) = (self.mailroom.now(), settings.points.notice);
        let soon = horizon(now, notice);
        let untold = |limit| self.points.untold(now, soon, limit);
        sweep(untold, |member| again(move || self.one(member, soon))).await
    }

    async fn one(&self, member: MemberId, soon: DateTime<Utc>) -> Result<bool, StoreError> {
        let now = self.mailroom.now();
        let mut unit = self.store.begin().await?;
        unit.points().hold(member).await?;
        if unit.points().note_told(member, (now, soon)).await? == 0 {
            return Ok(false);
        }
        let news = News::PointsExpire(now);
        self.mailroom.tell(&mut *unit, member, Work::NO_PROJECT, news).await?;
        unit.commit().await?;
        Ok(true)
    }
}

/// Up to when points count as about to expire. It steps from day to day, at the hour at which it is nine in the
/// morning in Korea, so that what expires on one day is told in one letter, and at a good time.
fn horizon(now: DateTime<Utc>, notice: TimeDelta) -> DateTime<Utc> {
    let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    today + notice + TimeDelta::days(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_horizon_steps_once_a_day() {
        let at = |text: &str| horizon(text.parse().unwrap(), TimeDelta::days(7)).to_rfc3339();
        assert_eq!(at("2026-05-01T00:00:00Z"), "2026-05-09T00:00:00+00:00");
        assert_eq!(at("2026-05-01T23:59:59Z"), "2026-05-09T00:00:00+00:00");
        assert_eq!(at("2026-05-02T00:00:00Z"), "2026-05-10T00:00:00+00:00");
    }
}
