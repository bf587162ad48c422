//! Every point at which a process meets the world, and everything that can go wrong there.
//!
//! A production is made once without a fault, and each call of a port and each commit on the way is
//! counted. Then it is made again for each of them and each way to fail there, and again from a
//! fresh process until nothing is left to do. Whatever happened: what was asked for has ended, what
//! was bought was bought once and is released, and the points agree with what was delivered.

mod check;
mod faults;
mod feed;
mod ledger;
mod owner;
mod ports;
mod simulation;
mod unit;
mod world;

use std::sync::Arc;

use castad_domain::{
    model::{ProjectStatus, Stage},
    port::ProviderErrorKind,
};
use castad_memory::{Answer, Memory};
use chrono::TimeDelta;
use futures_util::FutureExt;

use faults::Way;
use owner::{Memo, Request};
use ports::Flaw;
use world::World;

/// What is made, and what is wrong with it from the beginning.
#[derive(Clone, Copy)]
struct Story {
    script: &'static [Request],
    begin: fn(&mut World),
    /// How long until the owner wants it canceled.
    cancel_after: Option<TimeDelta>,
    /// How it may end.
    ends: &'static [ProjectStatus],
}

const PRODUCE: &[Request] = &[Request::Open, Request::Pictures, Request::Produce];

const PLAIN: Story =
    Story { script: PRODUCE, begin: |_| {}, cancel_after: None, ends: &[ProjectStatus::Finished] };

impl Story {
    fn world(&self) -> World {
        let mut world = World::new(Memory::new());
        (self.begin)(&mut world);
        let member = world.member("다온카페");
        let now = world.ports().clock.now();
        let cancel_at = self.cancel_after.map(|wait| now + wait);
        let memo = Memo::new(member, "owner".to_owned(), self.script.to_vec(), cancel_at);
        world.owners = vec![Arc::new(memo)];
        world
    }

    /// The points of a run with that plan.
    fn points(&self, plan: Vec<(usize, Way)>) -> Vec<&'static str> {
        let world = self.world();
        let mut processes = [world.process(Box::new(plan))];
        world.drive(&mut processes).unwrap();
        processes[0].faults.passed()
    }

    /// Makes it with that plan, and says what is wrong in the end.
    fn tell(&self, plan: &[(usize, Way)], then_cancel: bool) -> Vec<String> {
        self.tell_two(plan, &[], then_cancel).0
    }

    /// The same, with a plan for the process that works while the first stands still; says how many
    /// points that came to.
    fn tell_two(
        &self,
        plan: &[(usize, Way)],
        other: &[(usize, Way)],
        then_cancel: bool,
    ) -> (Vec<String>, usize) {
        let world = self.world();
        let mut processes = vec![world.process(Box::new(plan.to_vec()))];
        let (mut driven, mut points) = (world.drive(&mut processes), 0);
        if processes[0].faults.is_frozen() {
            let mut others = vec![world.process(Box::new(other.to_vec()))];
            driven = driven.and_then(|()| world.drive(&mut others));
            points = others[0].faults.passed().len();
            processes[0].thaw();
            processes.append(&mut others);
            driven = driven.and_then(|()| world.drive(&mut processes));
            processes[1].thaw();
            driven = driven.and_then(|()| world.drive(&mut processes));
        }
        if then_cancel {
            world.owners[0].will_cancel();
        }
        // What is gone comes back, and the owner asks for everything once more.
        processes.retain(world::Process::lives);
        processes.push(world.process(Box::new(Vec::new())));
        driven = driven.and_then(|()| world.drive(&mut processes));

        let mut faults = world.faults();
        faults.extend(driven.err());
        faults.extend(self.wrong_end(&world, !other.is_empty()));
        (faults, points)
    }

    /// How it ended, where it may not end so.
    fn wrong_end(&self, world: &World, two: bool) -> Option<String> {
        let owner = &world.owners[0];
        let project = owner.project()?;
        let production = world.memory.production(project).now_or_never().unwrap().unwrap();
        let (status, failure) = (production.project().status(), production.failure());
        let canceled = owner.has_asked(Request::Cancel) && status == ProjectStatus::Canceled;
        // Words that two have asked for, and neither lived to hear, are not asked for again.
        let unheard = two && failure.is_some_and(|failure| failure.stage == Stage::Lyric);
        let right = self.ends.contains(&status) || canceled || unheard;
        (!right).then(|| format!("it ended as {status:?}: {failure:?}"))
    }

    /// Everything that can go wrong at every point; says how many points there are.
    fn everywhere(&self) -> usize {
        let points = self.points(Vec::new());
        let mut wrong = Vec::new();
        for (point, name) in points.iter().enumerate() {
            for way in Way::FAULTS {
                let faults = self.tell(&[(point, way)], false);
                if !faults.is_empty() {
                    wrong.push(format!("{point} {name} {way:?}: {faults:?}"));
                }
            }
        }
        right(&wrong);
        points.len()
    }
}

fn right(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// How much of it a story has to come to: a production takes so many calls and commits, and one that
/// takes fewer is not the whole of it any more. Whoever saves a call lowers it, and says so.
#[expect(clippy::print_stdout, reason = "who looks for it is told how much was covered")]
fn at_least(floor: usize, covered: usize) {
    println!("{covered} points");
    assert!(covered >= floor, "only {covered} points of {floor} were covered");
}

#[test]
fn where_nothing_goes_wrong_one_letter_is_sent() {
    let world = PLAIN.world();
    world.drive(&mut [world.process(Box::new(Vec::new()))]).unwrap();
    assert_eq!(world.faults(), [""; 0]);
    assert_eq!(world.memory.mail().letters().len(), 1);
}

#[test]
fn a_production_outlives_everything_at_every_point() {
    at_least(102, PLAIN.everywhere());
}

#[test]
fn a_production_outlives_everything_at_every_point_where_work_comes_by_a_feed() {
    at_least(220, Story { begin: World::feed_workers, ..PLAIN }.everywhere());
}

/// Providers that cannot look an attempt up, and call back.
const CALLED_BACK: Story = Story {
    begin: |world| {
        world.memory.composer().forget_attempts();
        world.memory.renderer().forget_attempts();
        world.callbacks = true;
    },
    ends: &[ProjectStatus::Finished, ProjectStatus::Failed],
    ..PLAIN
};

#[test]
fn a_callback_tells_of_what_was_bought_whatever_became_of_the_answer() {
    at_least(102, CALLED_BACK.everywhere());
}

const THEN_RETRY: &[Request] =
    &[Request::Open, Request::Pictures, Request::Produce, Request::AwaitEnd, Request::Retry];

#[test]
fn a_stage_that_was_declined_is_made_again_whatever_happens() {
    let declined = Story {
        script: THEN_RETRY,
        begin: |world| {
            let refused = Answer::Error(ProviderErrorKind::Refused);
            world.memory.renderer().answer(refused, 1);
            world.declines = 1;
        },
        ..PLAIN
    };
    at_least(127, declined.everywhere());
}

#[test]
fn a_stage_that_came_to_nothing_is_made_again_whatever_happens() {
    let failed =
        Story { script: THEN_RETRY, begin: |world| world.memory.composer().fail(true, 1), ..PLAIN };
    at_least(143, failed.everywhere());
}

#[test]
fn a_deadline_ends_what_is_being_written_whatever_happens() {
    let story = Story {
        begin: |world| world.hands = 2,
        cancel_after: Some(TimeDelta::seconds(10)),
        ends: &[ProjectStatus::Canceled],
        ..PLAIN
    };
    at_least(32, story.everywhere());
}

#[test]
fn a_deadline_ends_what_is_being_composed_whatever_happens() {
    let story = Story {
        begin: |world| {
            world.hands = 2;
            world.memory.composer().work_for(u32::MAX);
        },
        cancel_after: Some(TimeDelta::seconds(100)),
        ends: &[ProjectStatus::Canceled],
        ..PLAIN
    };
    at_least(104, story.everywhere());
}

/// How many points behind a cancel are looked at: those of the cancel itself, and of what has to be
/// cleared away afterwards.
const FOLLOWING: usize = 12;

/// Before a call all is as it was after the one before it, so that each moment is met once.
const AFTERWARDS: [Way; 5] =
    [Way::CrashAfter, Way::ReplyLost, Way::NeverSent, Way::SentTwice, Way::FrozenAfter];

#[test]
fn a_cancel_at_every_point_outlives_everything_that_follows() {
    let (mut covered, mut wrong) = (0, Vec::new());
    for (point, name) in PLAIN.points(Vec::new()).iter().enumerate() {
        let cancel = (point, Way::CancelAfter);
        let points = PLAIN.points(vec![cancel]);
        for (next, then) in points.iter().enumerate().skip(point + 1).take(FOLLOWING) {
            covered += 1;
            for way in AFTERWARDS {
                let faults = PLAIN.tell(&[cancel, (next, way)], false);
                if !faults.is_empty() {
                    wrong.push(format!("{point} {name}, {next} {then} {way:?}: {faults:?}"));
                }
            }
        }
    }
    right(&wrong);
    at_least(1_094, covered);
}

#[test]
fn what_was_on_its_way_when_a_process_died_is_canceled_by_the_next() {
    let points = PLAIN.points(Vec::new());
    let mut wrong = Vec::new();
    for (point, name) in points.iter().enumerate() {
        for way in [Way::CrashBefore, Way::CrashAfter] {
            let faults = PLAIN.tell(&[(point, way)], true);
            if !faults.is_empty() {
                wrong.push(format!("{point} {name} {way:?}: {faults:?}"));
            }
        }
    }
    right(&wrong);
    at_least(102, points.len());
}

/// How many points of the one who takes over are looked at: its owner's questions and a step.
const TAKING_OVER: usize = 16;

/// One stands still at a point, another takes over and stands still at one of its own, the first goes
/// on beside it, and then the other does. Says how many such there are, and what is wrong up to `most`.
fn two_at_once(story: Story, most: usize) -> (usize, Vec<String>) {
    let (mut covered, mut wrong) = (0, Vec::new());
    for (point, name) in story.points(Vec::new()).iter().enumerate() {
        for next in 0..TAKING_OVER {
            let (way, plan) = (Way::FrozenAfter, [(next, Way::FrozenBefore)]);
            let (faults, points) = story.tell_two(&[(point, way)], &plan, false);
            if points <= next || wrong.len() >= most {
                break;
            }
            covered += 1;
            if !faults.is_empty() {
                wrong.push(format!("{point} {name}, {next}: {faults:?}"));
            }
        }
    }
    (covered, wrong)
}

#[test]
fn two_who_work_at_the_same_do_nothing_twice() {
    let (covered, wrong) = two_at_once(PLAIN, usize::MAX);
    right(&wrong);
    at_least(1_570, covered);
}

#[test]
fn a_store_without_a_fence_is_found_out() {
    let story = Story { begin: |world| world.flaw = Flaw::NoFence, ..PLAIN };
    let (_, found) = two_at_once(story, 1);
    assert!(!found.is_empty(), "one wrote over the other, and nobody has seen it");
}

#[test]
fn a_provider_that_guesses_what_became_of_an_attempt_is_found_out() {
    let begin = |world: &mut World| {
        (CALLED_BACK.begin)(world);
        world.flaw = Flaw::Guesses;
    };
    let story = Story { begin, ..CALLED_BACK };
    let points = story.points(Vec::new());
    let lost = |(point, _)| story.tell(&[(point, Way::CrashAfter)], false);
    let found: Vec<_> = points.iter().enumerate().flat_map(lost).collect();
    let twice = found.iter().any(|fault| fault.contains("an attempt was bought twice"));
    assert!(twice, "{found:?}");
}
