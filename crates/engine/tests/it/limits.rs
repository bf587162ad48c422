//! What limits the work: providers' rates and rests, silence, places, and the turns of members.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use castad_domain::{
    model::{LyricText, MediaKey, ProviderName, Rate, Work},
    port::{Clock, Draft, LyricOrder, LyricWriter, ProviderError, WorkQueue},
};
use castad_engine::Rates;
use chrono::{DateTime, Utc};

use super::*;

/// What a writer answers at a time, if not words.
pub(crate) type Mood = Box<dyn Fn(DateTime<Utc>) -> Option<ProviderError> + Send + Sync>;

/// A writer who notes when it was asked, and takes its time.
pub(crate) struct Watched {
    inner: Arc<dyn LyricWriter>,
    clock: Arc<dyn Clock>,
    takes: TimeDelta,
    mood: Mood,
    asked: Mutex<Vec<DateTime<Utc>>>,
}

impl Watched {
    /// Takes the place of the studio's writer.
    pub(crate) fn in_place(studio: &mut Studio, takes: TimeDelta, mood: Mood) -> Arc<Self> {
        let (inner, clock) = (Arc::clone(&studio.ports.writer), Arc::clone(&studio.ports.clock));
        let watched = Arc::new(Self { inner, clock, takes, mood, asked: Mutex::default() });
        studio.ports.writer = watched.clone();
        watched
    }

    pub(crate) fn asked(&self) -> Vec<DateTime<Utc>> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl LyricWriter for Watched {
    fn name(&self) -> ProviderName {
        self.inner.name()
    }

    async fn write(
        &self,
        order: &LyricOrder,
        draft: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError> {
        let now = self.clock.now();
        self.asked.lock().unwrap().push(now);
        if let Some(error) = (self.mood)(now) {
            return Err(error);
        }
        self.clock.reach(now + self.takes).await;
        self.inner.write(order, draft).await
    }
}

pub(crate) fn always() -> Mood {
    Box::new(|_| None)
}

/// Engines on one database, until the test is over.
fn engines(studio: &Studio, how_many: usize, settings: Settings) -> Vec<Engine> {
    let engines: Vec<_> = (0..how_many).map(|_| Engine::new(&studio.ports, settings)).collect();
    for engine in engines.clone() {
        tokio::spawn(async move { engine.run(CancellationToken::new()).await });
    }
    engines
}

pub(crate) async fn all_finished(studio: &Studio, projects: &[ProjectId]) -> bool {
    for project in projects {
        if studio.status(*project).await != ProjectStatus::Finished {
            return false;
        }
    }
    true
}

pub(crate) async fn many(studio: &Studio, how_many: usize) -> Vec<ProjectId> {
    let mut projects = Vec::new();
    for _ in 0..how_many {
        projects.push(studio.begin().await);
    }
    projects
}

#[tokio::test]
async fn several_engines_keep_within_a_provider_s_rate_together() {
    let mut studio = Studio::new().await;
    let writer = Watched::in_place(&mut studio, TimeDelta::milliseconds(300), always());
    let per = TimeDelta::seconds(10);
    let rates = Rates { lyric: Rate::new(5, per), ..Rates::default() };
    let projects = many(&studio, 24).await;
    engines(&studio, 3, Settings { rates, ..Settings::default() });
    studio.until(20_000, async |s| all_finished(s, &projects).await).await;

    let asked = writer.asked();
    assert_eq!(asked.len(), 24, "each lyric is written once");
    for first in &asked {
        let within = asked.iter().filter(|at| *at >= first && **at < *first + per);
        assert!(within.count() <= 5, "{asked:?}");
    }
    let took = asked[23] - asked[0];
    assert!(took < per * 6, "the rate is used: 24 took {took}");
}

#[tokio::test]
async fn a_provider_that_asks_to_be_left_alone_is_by_all_and_nothing_is_counted() {
    let mut studio = Studio::new().await;
    let open = studio.ports.clock.now() + TimeDelta::minutes(5);
    let busy = move |now| {
        let wait = open - now;
        let error = ProviderError::new(ProviderErrorKind::Busy, "too many requests");
        (now < open).then(|| error.with_wait(wait))
    };
    let writer = Watched::in_place(&mut studio, TimeDelta::zero(), Box::new(busy));
    let projects = many(&studio, 30).await;
    let settings = Settings { attempts: 1, ..Settings::default() };
    engines(&studio, 3, settings);
    studio.until(20_000, async |s| all_finished(s, &projects).await).await;

    let early = writer.asked().iter().filter(|at| **at < open).count();
    let at_once = 3 * settings.steps_of_lane;
    assert!(early <= at_once, "{early} asked, of which {at_once} may have been on their way");
    assert_eq!(writer.asked().len(), early + projects.len());
}

#[tokio::test]
async fn a_provider_that_gives_no_answer_is_left_alone_until_one_is_given() {
    let mut studio = Studio::new().await;
    let back = studio.ports.clock.now() + TimeDelta::minutes(10);
    let silent =
        move |now| (now < back).then(|| ProviderError::new(ProviderErrorKind::Busy, "no answer"));
    let writer = Watched::in_place(&mut studio, TimeDelta::zero(), Box::new(silent));
    let projects = many(&studio, 30).await;
    let settings = Settings::default();
    engines(&studio, 1, settings);
    studio.until(20_000, async |s| all_finished(s, &projects).await).await;

    let missed = writer.asked().iter().filter(|at| **at < back).count();
    let first = settings.misses as usize + settings.steps_of_lane;
    assert!(missed <= first + 600 / 30 + 1, "it was asked {missed} times in ten minutes");
    assert!(missed > 10, "it is tried from time to time: {missed}");
}

#[tokio::test]
async fn a_provider_that_hangs_leaves_a_place_for_what_does_not_need_it() {
    let studio = Studio::new().await;
    let projects = many(&studio, 12).await;
    studio.writer.hold();
    engines(&studio, 1, Settings::default());
    studio.until(50, async |s| s.writer.waiting() == 4).await;
    for _ in 0..2_000 {
        yield_now().await;
    }
    assert_eq!(studio.writer.waiting(), 4);

    let (member, due) = (studio.member, studio.ports.clock.now());
    let task = Task::Erase(MediaKey::parse("images/nobody.jpg").unwrap());
    let mut unit = studio.ports.store.begin().await.unwrap();
    unit.work().push(&[Work { member, project: projects[0], task, due }]).await.unwrap();
    unit.commit().await.unwrap();
    let jobs = async |s: &Studio| {
        let counts = s.memory.queue().counts().await.unwrap();
        counts.waiting + counts.running
    };
    studio.until(50, async |s| jobs(s).await == 12).await;
    assert_eq!(studio.writer.waiting(), 4, "the others hang as before");
    studio.writer.let_go();
    studio.until(5_000, async |s| all_finished(s, &projects).await).await;
}

#[tokio::test]
async fn a_member_waits_for_one_step_of_another_who_has_many() {
    let mut studio = Studio::new().await;
    let step = TimeDelta::seconds(10);
    let writer = Watched::in_place(&mut studio, step, always());
    many(&studio, 60).await;
    engines(&studio, 1, Settings::default());
    studio.until(500, async |_| writer.asked().len() >= 9).await;

    let modest = studio.memory.member("modest").await.unwrap();
    let project = studio.begin_for(modest).await;
    let asked = studio.ports.clock.now();
    let writing = async |s: &Studio| {
        s.production(project).await.lyric().is_some_and(|lyric| lyric.state.name() != "requested")
    };
    studio.until(500, writing).await;
    let waited = studio.ports.clock.now() - asked;
    assert!(waited <= step, "the fair share is one step of {step}: waited {waited}");
}
