//! Counts what units of work brought about, once it lasts.

use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{
        AttemptToken, Datum, EntryKind, EventKind, MemberId, NewEvent, Production, ProjectId,
        Purchase, Stage,
    },
    port::{
        AccessBook, ActionBook, CouponBook, EventBook, PointsBook, ProductionRepository, ReplyBook,
        SettingsBook, ShopBook, SlotBook, Store, StoreError, UnitOfWork, WebhookBook, WorkOutbox,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use metrics::Counter;

/// How a stage ends, or comes to stand still.
const OUTCOMES: [&str; 4] = ["ready", "failed", "canceled", "unresolved"];

/// A store that counts the events of units that commit: stages, points, and the rest by kind.
pub struct Tally(Arc<dyn Store>);

impl Tally {
    /// Around a store.
    #[must_use]
    pub fn of(store: Arc<dyn Store>) -> Self {
        Self(store)
    }
}

#[async_trait]
impl Store for Tally {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let unit = self.0.begin().await?;
        Ok(Box::new(Counted { unit, asked_at: [None; 3], told: Vec::new() }))
    }
}

/// A unit with what is to be counted when it commits.
struct Counted {
    unit: Box<dyn UnitOfWork>,
    /// When the newest of each stage was asked for.
    asked_at: [Option<DateTime<Utc>>; 3],
    told: Vec<(EventKind, DateTime<Utc>, i64)>,
}

impl Counted {
    fn look_at(&mut self, production: &Production) {
        self.asked_at = [
            production.lyric().map(|lyric| lyric.requested_at),
            production.song().map(|song| song.requested_at),
            production.video().map(|video| video.requested_at),
        ];
    }
}

#[async_trait]
impl UnitOfWork for Counted {
    fn productions(&mut self) -> &mut dyn ProductionRepository {
        self
    }

    fn events(&mut self) -> &mut dyn EventBook {
        self
    }

    fn work(&mut self) -> &mut dyn WorkOutbox {
        self.unit.work()
    }

    fn replies(&mut self) -> &mut dyn ReplyBook {
        self.unit.replies()
    }

    fn access(&mut self) -> &mut dyn AccessBook {
        self.unit.access()
    }

    fn points(&mut self) -> &mut dyn PointsBook {
        self.unit.points()
    }

    fn coupons(&mut self) -> &mut dyn CouponBook {
        self.unit.coupons()
    }

    fn shop(&mut self) -> &mut dyn ShopBook {
        self.unit.shop()
    }

    fn slots(&mut self) -> &mut dyn SlotBook {
        self.unit.slots()
    }

    fn settings(&mut self) -> &mut dyn SettingsBook {
        self.unit.settings()
    }

    fn webhooks(&mut self) -> &mut dyn WebhookBook {
        self.unit.webhooks()
    }

    fn actions(&mut self) -> &mut dyn ActionBook {
        self.unit.actions()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { unit, asked_at, told } = *self;
        unit.commit().await?;
        for (kind, at, amount) in told {
            metrics::counter!("castad_events_appended_total", "kind" => kind.name()).increment(1);
            count_points(kind, amount);
            count_stage(kind, |stage| Some(at - asked_at[stage as usize]?));
        }
        Ok(())
    }
}

#[async_trait]
impl EventBook for Counted {
    async fn append(&mut self, member: MemberId, events: &[NewEvent]) -> Result<(), StoreError> {
        self.unit.events().append(member, events).await?;
        let amount = |event: &NewEvent| match event.data.get("amount") {
            Some(Datum::Number(amount)) => *amount,
            Some(Datum::Text(_) | Datum::Flag(_)) | None => 0,
        };
        self.told.extend(events.iter().map(|event| (event.kind, event.at, amount(event))));
        Ok(())
    }
}

#[async_trait]
impl ProductionRepository for Counted {
    async fn find(&mut self, id: ProjectId) -> Result<Option<Production>, StoreError> {
        self.unit.productions().find(id).await
    }

    async fn of_attempt(
        &mut self,
        stage: Stage,
        attempt: AttemptToken,
    ) -> Result<Option<ProjectId>, StoreError> {
        self.unit.productions().of_attempt(stage, attempt).await
    }

    async fn of_purchase(&mut self, purchase: Purchase) -> Result<Option<ProjectId>, StoreError> {
        self.unit.productions().of_purchase(purchase).await
    }

    async fn insert(&mut self, production: &Production) -> Result<(), StoreError> {
        self.unit.productions().insert(production).await
    }

    async fn update(&mut self, production: &Production) -> Result<(), StoreError> {
        self.look_at(production);
        self.unit.productions().update(production).await
    }
}

/// Points that go from one member to another are told to both, and counted where they come.
fn count_points(kind: EventKind, amount: i64) {
    let change = kind.name().strip_prefix("points.").and_then(EntryKind::from_name);
    let Some(change) = change else { return };
    if change == EntryKind::Transferred && amount < 0 {
        return;
    }
    let change = change.name();
    metrics::counter!("castad_points_total", "change" => change).increment(amount.unsigned_abs());
    metrics::counter!("castad_point_changes_total", "change" => change).increment(1);
}

fn count_stage(kind: EventKind, took: impl Fn(Stage) -> Option<TimeDelta>) {
    let Some((stage, outcome)) = outcome(kind) else { return };
    stages(stage, outcome).increment(1);
    if let ("ready", Some(took)) = (outcome, took(stage).and_then(|took| took.to_std().ok())) {
        metrics::histogram!("castad_stage_seconds", "stage" => stage.name()).record(took);
    }
}

fn stages(stage: Stage, outcome: &'static str) -> Counter {
    metrics::counter!("castad_stages_total", "stage" => stage.name(), "outcome" => outcome)
}

/// Has every outcome there from the start.
pub(super) fn begin_with_none() {
    for stage in Stage::ALL {
        for outcome in OUTCOMES {
            stages(stage, outcome).increment(0);
        }
    }
}

/// Which stage came to which end, if one did.
fn outcome(kind: EventKind) -> Option<(Stage, &'static str)> {
    let (stage, end) = kind.name().split_once('.')?;
    let outcome = OUTCOMES.into_iter().find(|outcome| *outcome == end)?;
    Some((Stage::from_name(stage).ok()?, outcome))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_ends_in_one_of_four_ways() {
        assert_eq!(outcome(EventKind::SongUnresolved), Some((Stage::Song, "unresolved")));
        assert_eq!(outcome(EventKind::VideoReady), Some((Stage::Video, "ready")));
        assert_eq!(outcome(EventKind::ProjectFailed), None, "that is told of its stage as well");
        assert_eq!(EventKind::ALL.iter().filter(|kind| outcome(**kind).is_some()).count(), 11);
    }
}
