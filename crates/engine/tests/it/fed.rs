//! Engines whose work comes by a feed, and what becomes of it when the feed fails them.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use castad_domain::{
    model::{Lane, Rate},
    port::{FeedError, Feeding, Offer, OfferInHand, Turn, WorkFeed, WorkQueue},
};
use castad_engine::Rates;
use castad_memory::MemoryFeed;
use tokio::task::JoinHandle;

use super::{
    limits::{Watched, all_finished, always, many},
    *,
};

/// How long the feed waits for a sign of life.
const WAIT: TimeDelta = TimeDelta::seconds(30);

type Hook = Box<dyn Fn() -> futures_util::future::BoxFuture<'static, ()> + Send + Sync>;

/// A feed that is watched, and that may do what it should not.
struct Odd {
    inner: MemoryFeed,
    offered: AtomicUsize,
    taken: AtomicUsize,
    /// The most that lay there at once.
    most: AtomicUsize,
    /// It says that it took what it was given, and forgets it.
    swallows: AtomicBool,
    /// It gives everything to two.
    doubles: AtomicBool,
    /// What happens before somebody gets an offer.
    before: Mutex<Option<Hook>>,
}

impl Odd {
    fn over(studio: &Studio) -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryFeed::new(Arc::clone(&studio.ports.clock), WAIT),
            offered: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            swallows: AtomicBool::new(false),
            doubles: AtomicBool::new(false),
            before: Mutex::default(),
        })
    }

    fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl WorkFeed for Odd {
    async fn offer(&self, offers: &[Offer]) -> Result<(), FeedError> {
        self.offered.fetch_add(offers.len(), Ordering::SeqCst);
        if self.swallows.load(Ordering::SeqCst) {
            return self.inner.check().await;
        }
        self.inner.offer(offers).await?;
        if self.doubles.load(Ordering::SeqCst) {
            let again = |offer: &Offer| Offer { until: offer.until + WAIT, ..*offer };
            self.inner.offer(&offers.iter().map(again).collect::<Vec<_>>()).await?;
        }
        for offer in offers {
            let there = self.inner.outstanding(offer.lane).await?;
            self.most.fetch_max(usize::try_from(there).unwrap(), Ordering::SeqCst);
        }
        Ok(())
    }

    async fn take(
        &self,
        lane: Lane,
        patience: TimeDelta,
    ) -> Result<Option<Box<dyn OfferInHand>>, FeedError> {
        let taken = self.inner.take(lane, patience).await?;
        if taken.is_some() {
            self.taken.fetch_add(1, Ordering::SeqCst);
            let before = self.before.lock().unwrap().take();
            if let Some(before) = before {
                before().await;
            }
        }
        Ok(taken)
    }

    async fn outstanding(&self, lane: Lane) -> Result<u64, FeedError> {
        self.inner.outstanding(lane).await
    }

    async fn check(&self) -> Result<(), FeedError> {
        self.inner.check().await
    }
}

struct Running {
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

/// Engines on one database and one feed.
fn engines(studio: &Studio, feed: &Arc<Odd>, how_many: usize, settings: Settings) -> Running {
    let stop = CancellationToken::new();
    let engine = || {
        let engine = Engine::new(&studio.ports, settings).with_feed(feed.clone());
        let stop = stop.clone();
        tokio::spawn(async move { engine.run(stop).await })
    };
    let tasks = (0..how_many).map(|_| engine()).collect();
    Running { stop, tasks }
}

impl Running {
    async fn end(self, studio: &Studio) {
        self.stop.cancel();
        studio.until(50, async |_| self.tasks.iter().all(JoinHandle::is_finished)).await;
    }

    /// Whoever works is gone, in the middle of whatever it does.
    async fn kill(self) {
        for task in self.tasks {
            task.abort();
            drop(task.await);
        }
    }
}

async fn finished(studio: &Studio, projects: &[ProjectId]) {
    studio.until(20_000, async |s| all_finished(s, projects).await).await;
}

async fn pause(studio: &Studio, lane: Lane) {
    let mut unit = studio.ports.store.begin().await.unwrap();
    unit.work().pause(lane, "on purpose").await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn whole_productions_come_by_the_feed() {
    let studio = Studio::new().await;
    let (feed, projects) = (Odd::over(&studio), many(&studio, 12).await);
    let running = engines(&studio, &feed, 3, Settings::default());
    finished(&studio, &projects).await;
    let (offered, taken) = (feed.offered.load(Ordering::SeqCst), feed.taken());
    assert!(taken >= 12 * 5, "{taken} of {offered} offers were taken");
    assert_eq!(offered, taken);
    running.end(&studio).await;
}

#[tokio::test]
async fn what_is_pushed_is_begun_at_once() {
    let studio = Studio::new().await;
    let feed = Odd::over(&studio);
    let running = engines(&studio, &feed, 1, Settings::default());
    studio.until(3, async |s| s.memory.clock().sleepers() > 3).await;
    studio.writer.hold();
    let now = studio.ports.clock.now();
    studio.begin().await;
    studio.until(1, async |s| s.writer.waiting() == 1).await;
    assert_eq!(studio.ports.clock.now(), now, "no time passed");
    assert_eq!(feed.taken(), 1);
    studio.writer.let_go();
    running.kill().await;
}

#[tokio::test]
async fn work_goes_on_from_the_database_while_the_feed_is_away_and_by_the_feed_afterwards() {
    let mut studio = Studio::new().await;
    let writer = Watched::in_place(&mut studio, TimeDelta::seconds(2), always());
    let (feed, projects) = (Odd::over(&studio), many(&studio, 40).await);
    let running = engines(&studio, &feed, 2, Settings::default());
    studio.until(500, async |_| writer.asked().len() >= 8).await;
    feed.inner.away(true);
    let (taken, gone) = (feed.taken(), studio.ports.clock.now());
    studio.until(500, async |_| writer.asked().len() >= 24).await;
    let took = studio.ports.clock.now() - gone;
    assert!(took <= TimeDelta::seconds(8), "two engines write 16 in {took}");
    assert_eq!(feed.taken(), taken);

    feed.inner.away(false);
    finished(&studio, &projects).await;
    assert!(feed.taken() > taken + 40, "the feed is used again");
    assert_eq!(writer.asked().len(), 40, "each lyric is written once");
    running.end(&studio).await;
}

#[tokio::test]
async fn a_feed_that_was_never_there_is_not_waited_for() {
    let studio = Studio::new().await;
    let (feed, projects) = (Odd::over(&studio), many(&studio, 3).await);
    feed.inner.away(true);
    let running = engines(&studio, &feed, 1, Settings::default());
    finished(&studio, &projects).await;
    assert_eq!(feed.taken(), 0);
    running.end(&studio).await;
}

#[tokio::test]
async fn an_offer_that_was_lost_costs_no_more_than_its_time() {
    let mut studio = Studio::new().await;
    let writer = Watched::in_place(&mut studio, TimeDelta::zero(), always());
    let (feed, settings) = (Odd::over(&studio), Settings::default());
    let running = engines(&studio, &feed, 2, settings);
    studio.until(3, async |s| s.memory.clock().sleepers() > 3).await;
    let lost = Arc::clone(&feed);
    feed.swallows.store(true, Ordering::SeqCst);
    let began = studio.ports.clock.now();
    studio.begin().await;
    studio.until(1, async |_| lost.offered.load(Ordering::SeqCst) == 1).await;
    feed.swallows.store(false, Ordering::SeqCst);
    studio.until(500, async |_| writer.asked().len() == 1).await;
    let waited = writer.asked()[0] - began;
    assert!(waited >= settings.offered, "it was offered, and swept after {waited}");
    assert!(waited <= settings.offered + settings.grace * 2, "it waited {waited}");
    running.end(&studio).await;
}

#[tokio::test]
async fn nothing_depends_on_a_feed_that_brings_nothing() {
    let studio = Studio::new().await;
    let (feed, projects) = (Odd::over(&studio), many(&studio, 6).await);
    feed.swallows.store(true, Ordering::SeqCst);
    let running = engines(&studio, &feed, 2, Settings::default());
    finished(&studio, &projects).await;
    assert_eq!(feed.taken(), 0);
    running.end(&studio).await;
}

#[tokio::test]
async fn an_offer_that_is_there_twice_is_worked_on_once() {
    let mut studio = Studio::new().await;
    let writer = Watched::in_place(&mut studio, TimeDelta::seconds(1), always());
    let (feed, projects) = (Odd::over(&studio), many(&studio, 10).await);
    feed.doubles.store(true, Ordering::SeqCst);
    let running = engines(&studio, &feed, 3, Settings::default());
    finished(&studio, &projects).await;
    assert_eq!(writer.asked().len(), 10);
    assert_eq!(studio.memory.composer().starts(), 10);
    running.end(&studio).await;
}

#[tokio::test]
async fn an_offer_whose_worker_died_comes_to_another() {
    let mut studio = Studio::new().await;
    let writer = Watched::in_place(&mut studio, TimeDelta::seconds(5), always());
    let feed = Odd::over(&studio);
    studio.begin().await;
    let now = studio.ports.clock.now();
    let until = now + TimeDelta::minutes(10);
    let feeding = Feeding { now, until, due_by: now, lapsed_by: now, most: 1 };
    let offers = studio.memory.queue().feed(Lane::Lyric, feeding).await.unwrap();
    feed.offer(&offers).await.unwrap();
    drop(feed.take(Lane::Lyric, TimeDelta::zero()).await.unwrap().expect("it lies there"));

    let running = engines(&studio, &feed, 1, Settings::default());
    studio.until(500, async |_| writer.asked().len() == 1).await;
    assert_eq!(writer.asked()[0] - now, WAIT, "it came again");
    running.kill().await;
}

#[tokio::test]
async fn a_step_whose_worker_died_is_offered_anew_when_its_lease_has_ended() {
    let mut studio = Studio::new().await;
    let writer = Watched::in_place(&mut studio, TimeDelta::seconds(5), always());
    let (feed, projects) = (Odd::over(&studio), many(&studio, 1).await);
    let settings = Settings::default();
    let first = engines(&studio, &feed, 1, settings);
    studio.until(500, async |_| writer.asked().len() == 1).await;
    first.kill().await;

    let second = engines(&studio, &feed, 1, settings);
    finished(&studio, &projects).await;
    let asked = writer.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[1] - asked[0] <= settings.lease + settings.look, "{asked:?}");
    second.end(&studio).await;
}

#[tokio::test]
async fn an_offer_in_hand_waits_for_a_lane_that_was_paused_meanwhile() {
    let studio = Studio::new().await;
    let (feed, projects) = (Odd::over(&studio), many(&studio, 1).await);
    let ports = studio.ports.clone();
    let pausing: Hook = Box::new(move || {
        let store = Arc::clone(&ports.store);
        Box::pin(async move {
            let mut unit = store.begin().await.unwrap();
            unit.work().pause(Lane::Lyric, "on purpose").await.unwrap();
            unit.commit().await.unwrap();
        })
    });
    *feed.before.lock().unwrap() = Some(pausing);
    studio.writer.hold();
    let settings = Settings { attempts: 1, ..Settings::default() };
    let fed = Engine::new(&studio.ports, settings).with_feed(feed.clone());
    assert!(!fed.run_one().await.unwrap(), "its lane stands still");
    assert_eq!(feed.taken(), 1);

    let running = engines(&studio, &feed, 1, settings);
    let long = studio.ports.clock.now() + TimeDelta::minutes(10);
    studio.until(5_000, async |s| s.ports.clock.now() >= long).await;
    assert_eq!(studio.writer.waiting(), 0);
    assert!(feed.taken() <= 2, "nobody takes what nobody may begin");
    let mut unit = studio.ports.store.begin().await.unwrap();
    unit.work().resume(Lane::Lyric).await.unwrap();
    unit.commit().await.unwrap();
    let resumed = studio.ports.clock.now();
    studio.until(500, async |s| s.writer.waiting() == 1).await;
    assert!(studio.ports.clock.now() - resumed <= settings.look);
    studio.writer.let_go();
    finished(&studio, &projects).await;
    running.end(&studio).await;
}

#[tokio::test]
async fn a_lane_that_is_paused_gives_nothing_and_the_others_go_on() {
    let studio = Studio::new().await;
    let (feed, projects) = (Odd::over(&studio), many(&studio, 4).await);
    pause(&studio, Lane::Song).await;
    let running = engines(&studio, &feed, 2, Settings::default());
    let lyric = async |s: &Studio, project| s.production(project).await.is_ready(Stage::Lyric);
    for project in &projects {
        studio.until(500, async |s| lyric(s, *project).await).await;
    }
    assert_eq!(studio.memory.composer().starts(), 0);
    running.end(&studio).await;
}

#[tokio::test]
async fn engines_that_are_fed_keep_within_a_provider_s_rate_together() {
    let mut studio = Studio::new().await;
    let writer = Watched::in_place(&mut studio, TimeDelta::milliseconds(300), always());
    let (per, feed) = (TimeDelta::seconds(10), Odd::over(&studio));
    let rates = Rates { lyric: Rate::new(5, per), ..Rates::default() };
    let projects = many(&studio, 24).await;
    let running = engines(&studio, &feed, 3, Settings { rates, ..Settings::default() });
    finished(&studio, &projects).await;
    let asked = writer.asked();
    assert_eq!(asked.len(), 24, "each lyric is written once");
    for first in &asked {
        let within = asked.iter().filter(|at| *at >= first && **at < *first + per);
        assert!(within.count() <= 5, "{asked:?}");
    }
    let took = asked[23] - asked[0];
    assert!(took < per * 6, "the rate is used: 24 took {took}");
    running.end(&studio).await;
}

#[tokio::test]
async fn a_member_waits_for_what_lies_in_the_feed_and_no_more_of_another_s_five_hundred() {
    let mut studio = Studio::new().await;
    let step = TimeDelta::seconds(10);
    let writer = Watched::in_place(&mut studio, step, always());
    many(&studio, 500).await;
    let (feed, settings) = (Odd::over(&studio), Settings::default());
    let running = engines(&studio, &feed, 1, settings);
    studio.until(500, async |_| writer.asked().len() >= 21).await;

    let modest = studio.memory.member("modest").await.unwrap();
    let project = studio.begin_for(modest).await;
    let asked = studio.ports.clock.now();
    let writing = async |s: &Studio| {
        s.production(project).await.lyric().is_some_and(|lyric| lyric.state.name() != "requested")
    };
    studio.until(500, writing).await;
    let waited = studio.ports.clock.now() - asked;
    // The offers before it go to four at a time, and the four before them end.
    let rounds = i32::try_from(settings.offers).unwrap() / 4 + 1;
    assert!(waited <= step * rounds, "{rounds} steps of {step}: waited {waited}");
    let most = feed.most.load(Ordering::SeqCst);
    assert!(most <= settings.offers as usize, "{most} offers lay there");
    running.kill().await;
}

#[tokio::test]
async fn several_who_feed_do_not_offer_the_same_again_and_again() {
    let mut studio = Studio::new().await;
    Watched::in_place(&mut studio, TimeDelta::seconds(20), always());
    many(&studio, 60).await;
    let feed = Odd::over(&studio);
    let running = engines(&studio, &feed, 4, Settings::default());
    let later = studio.ports.clock.now() + TimeDelta::seconds(55);
    studio.until(5_000, async |s| s.ports.clock.now() >= later).await;
    let (offered, taken) = (feed.offered.load(Ordering::SeqCst), feed.taken());
    let most = feed.most.load(Ordering::SeqCst);
    assert!(offered <= taken + most, "{offered} were offered, {taken} taken");
    assert!(most <= 4 * 8, "{most} offers of a lane lay there at once");
    running.kill().await;
}

#[tokio::test]
async fn an_idle_engine_with_a_feed_asks_the_store_once_a_look() {
    let studio = Studio::new().await;
    let mut ports = studio.ports.clone();
    let queue = Arc::new(Counting::new(&ports));
    ports.queue = queue.clone();
    let (feed, stop) = (Odd::over(&studio), CancellationToken::new());
    let engine = Engine::new(&ports, Settings::default()).with_feed(feed);
    tokio::spawn(async move { engine.run(stop).await });
    studio.until(50, async |s| s.memory.clock().sleepers() > 3).await;
    let (before, begun) = (queue.asked.load(Ordering::SeqCst), studio.ports.clock.now());
    let minute = begun + TimeDelta::seconds(60);
    studio.until(2_000, async |s| s.ports.clock.now() >= minute).await;
    let asked = queue.asked.load(Ordering::SeqCst) - before;
    assert!((59..=61).contains(&asked), "{asked} questions in a minute");
}

#[tokio::test]
async fn a_drain_takes_nothing_more_and_gives_back_what_is_in_hand() {
    let studio = Studio::new().await;
    let (feed, settings) = (Odd::over(&studio), Settings { steps: 1, ..Settings::default() });
    let running = engines(&studio, &feed, 1, settings);
    studio.until(3, async |s| s.memory.clock().sleepers() > 3).await;
    studio.writer.hold();
    many(&studio, 2).await;
    studio.until(50, async |s| s.writer.waiting() == 1).await;
    running.end(&studio).await;
    let counts = studio.memory.queue().counts().await.unwrap();
    assert_eq!((counts.waiting, counts.running, counts.dead), (2, 0, 0));
    let now = studio.ports.clock.now();
    let turn = Turn { now, lease_until: now + WAIT, rate: None };
    let claim = studio.memory.queue().claim_in(Lane::Lyric, turn).await.unwrap().unwrap();
    assert_eq!(claim.attempts, 0, "a drain costs no attempt");
    studio.writer.let_go();
}
