//! The engine on the memory adapters, in virtual time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod courier;
mod crash;
mod doubles;
mod fed;
mod limits;
mod relay;
mod sweep;

use std::sync::{Arc, atomic::Ordering};

use castad_contract::make;
use castad_domain::{
    model::{
        FailureCode, MediaKey, MemberId, Production, ProjectId, ProjectStatus, Stage, Task, Work,
    },
    port::{Ports, ProviderErrorKind, WorkQueue},
    usecase::{AddImages, Cancel, OpenProject, Produce, StageOrder},
};
use castad_engine::{Engine, Settings};
use castad_memory::{Answer, Memory};
use chrono::TimeDelta;
use doubles::{Breaking, Corrupt, Counting, Patient};
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

struct Studio {
    memory: Memory,
    ports: Ports,
    member: MemberId,
    writer: Arc<Patient>,
}

impl Studio {
    async fn new() -> Self {
        let memory = Memory::new();
        let mut ports = memory.ports();
        let writer = Arc::new(Patient::new(Arc::clone(&ports.writer)));
        ports.writer = writer.clone();
        let member = memory.member("owner").await.unwrap();
        Self { memory, ports, member, writer }
    }

    async fn begin(&self) -> ProjectId {
        self.begin_for(self.member).await
    }

    async fn begin_for(&self, member: MemberId) -> ProjectId {
        let opened = OpenProject::new(&self.ports).run(member, make::brief(), None).await;
        let project = opened.unwrap().project().id();
        let adding = AddImages::new(&self.ports);
        let picture = bytes::Bytes::from_static(&[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4]);
        let image = adding.take(0, picture).await.unwrap();
        adding.run(member, project, vec![image], None).await.unwrap();
        let order = StageOrder { member, project, orientation: None, cancel_at: None };
        Produce::new(&self.ports).run(order, None).await.unwrap();
        project
    }

    async fn production(&self, id: ProjectId) -> Production {
        self.memory.production(id).await.unwrap()
    }

    async fn status(&self, id: ProjectId) -> ProjectStatus {
        self.production(id).await.project().status()
    }

    /// Lets everything run that can, then the time go on to the next sleeper; until it is so.
    async fn until(&self, limit: usize, mut so: impl AsyncFnMut(&Self) -> bool) {
        for _ in 0..limit {
            for _ in 0..200 {
                yield_now().await;
            }
            if so(self).await {
                return;
            }
            let _ = self.memory.clock().advance_to_next();
        }
        panic!("it did not come to pass within {limit} turns of the clock");
    }
}

#[tokio::test]
async fn a_whole_production_with_its_minutes_of_waiting_is_over_at_once() {
    let studio = Studio::new().await;
    studio.memory.composer().work_for(30);
    studio.memory.renderer().work_for(30);
    let begun = studio.ports.clock.now();
    let project = studio.begin().await;
    let stop = CancellationToken::new();
    let engine = Engine::new(&studio.ports, Settings::default());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    studio.until(5_000, async |s| s.status(project).await == ProjectStatus::Finished).await;
    assert!(studio.ports.clock.now() - begun > TimeDelta::minutes(1));
    stop.cancel();
    studio.until(10, async |_| running.is_finished()).await;
}

#[tokio::test]
async fn no_more_steps_run_at_once_than_the_bulkhead_allows() {
    let studio = Studio::new().await;
    for _ in 0..12 {
        studio.begin().await;
    }
    studio.writer.hold();
    let stop = CancellationToken::new();
    let settings = Settings { steps: 5, steps_of_lane: 99, ..Settings::default() };
    let engine = Engine::new(&studio.ports, settings);
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    studio.until(50, async |s| s.writer.waiting() == 5).await;
    for _ in 0..2_000 {
        yield_now().await;
    }
    assert_eq!(studio.writer.waiting(), 5);
    assert_eq!(studio.memory.queue().counts().await.unwrap().running, 5);
    studio.writer.let_go();
    studio.until(5_000, async |s| s.memory.queue().next_due().await.unwrap().is_none()).await;
    stop.cancel();
    studio.until(10, async |_| running.is_finished()).await;
}

#[tokio::test]
async fn a_lease_is_kept_while_its_step_runs() {
    let studio = Studio::new().await;
    let project = studio.begin().await;
    studio.writer.hold();
    let stop = CancellationToken::new();
    let engine = Engine::new(&studio.ports, Settings::default());
    tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    let long = studio.ports.clock.now() + TimeDelta::minutes(10);
    studio.until(5_000, async |s| s.ports.clock.now() > long).await;
    let now = studio.ports.clock.now();
    let queue = studio.memory.queue();
    assert!(queue.claim(now, now + TimeDelta::seconds(1)).await.unwrap().is_none());
    assert_eq!(studio.writer.waiting(), 1);
    studio.writer.let_go();
    studio.until(5_000, async |s| s.status(project).await == ProjectStatus::Finished).await;
    stop.cancel();
}

#[tokio::test]
async fn a_step_whose_lease_is_lost_is_dropped() {
    let studio = Studio::new().await;
    let project = studio.begin().await;
    studio.writer.hold();
    let engine = Engine::new(&studio.ports, Settings::default());
    let running = tokio::spawn(async move { engine.run_one().await });
    studio.until(50, async |s| s.writer.waiting() == 1).await;

    // Somebody else takes the job, as after a pause that was longer than the lease.
    let queue = studio.memory.queue();
    let after = studio.ports.clock.now() + TimeDelta::minutes(1);
    let stolen = queue.claim(after, after + TimeDelta::minutes(1)).await.unwrap().unwrap();
    studio.until(50, async |_| running.is_finished()).await;
    studio.writer.let_go();
    assert!(!studio.production(project).await.is_ready(Stage::Lyric));
    assert!(queue.put_back(&stolen, after, 0, 0.0).await.is_ok(), "the other's claim is untouched");
}

#[tokio::test]
async fn a_drain_claims_nothing_more_and_hands_back_what_does_not_end() {
    let studio = Studio::new().await;
    studio.begin().await;
    studio.begin().await;
    studio.writer.hold();
    let stop = CancellationToken::new();
    let settings = Settings { steps: 1, ..Settings::default() };
    let engine = Engine::new(&studio.ports, settings);
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    studio.until(50, async |s| s.writer.waiting() == 1).await;
    stop.cancel();
    studio.until(50, async |_| running.is_finished()).await;

    let counts = studio.memory.queue().counts().await.unwrap();
    assert_eq!((counts.waiting, counts.running, counts.dead), (2, 0, 0));
    let now = studio.ports.clock.now();
    let again = studio.memory.queue().claim(now, now + TimeDelta::seconds(9)).await.unwrap();
    assert_eq!(again.unwrap().attempts, 0, "a drain costs no attempt");
    studio.writer.let_go();
}

#[tokio::test]
async fn failures_back_off_and_end_in_a_reason() {
    let studio = Studio::new().await;
    studio.memory.composer().answer(Answer::Error(ProviderErrorKind::Busy), 99);
    let project = studio.begin().await;
    let stop = CancellationToken::new();
    let engine = Engine::new(&studio.ports, Settings::default());
    tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    studio.until(5_000, async |s| s.status(project).await == ProjectStatus::Failed).await;
    let production = studio.production(project).await;
    assert_eq!(production.failure().unwrap().code, FailureCode::ProviderUnavailable);
    let asked = studio.memory.composer().starts();
    assert_eq!(asked, usize::try_from(Settings::default().attempts).unwrap());
    stop.cancel();
}

#[tokio::test]
async fn a_step_that_breaks_is_taken_again_and_then_fails_its_stage() {
    let studio = Studio::new().await;
    let mut ports = studio.ports.clone();
    ports.writer = Arc::new(Breaking);
    let project = studio.begin().await;
    let stop = CancellationToken::new();
    let engine = Engine::new(&ports, Settings::default());
    tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    studio.until(5_000, async |s| s.status(project).await == ProjectStatus::Failed).await;
    stop.cancel();
}

#[tokio::test]
async fn a_canceled_production_is_released_at_the_next_step() {
    let studio = Studio::new().await;
    studio.memory.composer().work_for(u32::MAX);
    let project = studio.begin().await;
    let stop = CancellationToken::new();
    let engine = Engine::new(&studio.ports, Settings::default());
    tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    studio.until(500, async |s| !s.memory.composer().jobs().is_empty()).await;
    Cancel::new(&studio.ports).run(studio.member, project, None).await.unwrap();
    let told = studio.ports.clock.now();
    studio.until(500, async |s| s.memory.composer().held().is_empty()).await;
    assert_eq!(studio.ports.clock.now(), told, "no time passed before it was released");
    stop.cancel();
}

#[tokio::test]
async fn an_idle_engine_asks_the_store_once_a_look() {
    let studio = Studio::new().await;
    let mut ports = studio.ports.clone();
    let queue = Arc::new(Counting::new(&ports));
    ports.queue = queue.clone();
    let stop = CancellationToken::new();
    let engine = Engine::new(&ports, Settings::default());
    tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    studio.until(50, async |s| s.memory.clock().sleepers() > 0).await;
    let (before, begun) = (queue.asked.load(Ordering::SeqCst), studio.ports.clock.now());
    let minute = begun + TimeDelta::seconds(60);
    studio.until(500, async |s| s.ports.clock.now() >= minute).await;
    let asked = queue.asked.load(Ordering::SeqCst) - before;
    assert!((59..=61).contains(&asked), "{asked} questions in a minute");
    stop.cancel();
}

#[tokio::test]
async fn a_job_that_is_pushed_while_the_engine_looks_is_taken_at_once() {
    let studio = Studio::new().await;
    let mut ports = studio.ports.clone();
    let queue = Arc::new(Counting::new(&ports));
    let now = ports.clock.now();
    let task = Task::Erase(MediaKey::parse("images/old.jpg").unwrap());
    let project = ProjectId::from_bits(1);
    *queue.late.lock().unwrap() = Some(Work { member: studio.member, project, task, due: now });
    ports.queue = queue.clone();
    let stop = CancellationToken::new();
    let engine = Engine::new(&ports, Settings::default());
    tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    let gone = async |s: &Studio| s.memory.queue().next_due().await.unwrap().is_none();
    studio.until(50, async |s| queue.late.lock().unwrap().is_none() && gone(s).await).await;
    assert_eq!(studio.ports.clock.now(), now, "no time passed before it was taken");
    stop.cancel();
}

#[tokio::test]
async fn a_failure_that_can_never_be_written_down_sets_its_job_aside() {
    let studio = Studio::new().await;
    studio.begin().await;
    let mut ports = studio.ports.clone();
    ports.store = Arc::new(Corrupt);
    let engine = Engine::new(&ports, Settings::default());
    assert!(engine.run_one().await.unwrap());
    let counts = studio.memory.queue().counts().await.unwrap();
    assert_eq!((counts.waiting, counts.running, counts.dead), (0, 0, 1));
    assert_eq!(studio.memory.store().buried()[0].1, "a stored row makes no sense");
}
