//! The threads that draw and encode, and how they are stopped.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::VideoError;
use crate::video::encoder::{AccessUnit, GROUP, GroupEncoder};
use crate::video::pace::{byte, real};
use crate::video::scene::{Easel, Scene};

/// How often the caller is asked whether to go on.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// Pictures after which a group is judged.
const TRIAL: usize = 5;
/// What a group may take: 6 Mbit/s.
const GROUP_BYTES: f32 = 1_500_000.0;

type Group = Result<Vec<AccessUnit>, VideoError>;

/// What the threads and the caller tell each other.
pub(super) struct Watch<'a> {
    done: AtomicUsize,
    stop: AtomicBool,
    frames: usize,
    progress: &'a mut dyn FnMut(f32) -> bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(frames: usize, progress: &'a mut dyn FnMut(f32) -> bool) -> Self {
        Self { done: AtomicUsize::new(0), stop: AtomicBool::new(false), frames, progress }
    }
}

/// A number of threads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crew {
    threads: usize,
}

impl Crew {
    pub(super) fn new(threads: usize) -> Self {
        Self { threads: threads.max(1) }
    }

    /// Does `work` on every item, as many at a time as there are threads.
    pub(super) fn map<T: Sync, U: Send>(
        self,
        items: &[T],
        work: impl Fn(usize, &T) -> Result<U, VideoError> + Sync,
        progress: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Vec<U>, VideoError> {
        let mut done = Vec::with_capacity(items.len());
        while done.len() < items.len() {
            if !progress(real(done.len()) / real(items.len())) {
                return Err(VideoError::Canceled);
            }
            let first = done.len();
            let batch = &items[first..items.len().min(first + self.threads)];
            let work = &work;
            let results: Vec<Result<U, VideoError>> = thread::scope(|scope| {
                let hands: Vec<_> = batch
                    .iter()
                    .zip(first..)
                    .map(|(item, at)| scope.spawn(move || work(at, item)))
                    .collect();
                hands
                    .into_iter()
                    .map(|hand| hand.join().unwrap_or(Err(VideoError::Encoder)))
                    .collect()
            });
            for result in results {
                done.push(result?);
            }
        }
        Ok(done)
    }

    /// Draws and encodes `frames` pictures and hands the groups over in order.
    ///
    /// Thread `n` makes every group whose number leaves the rest `n`, and waits while its last one is not taken:
    /// at most two groups per thread are in memory, and the result does not depend on who is faster.
    pub(super) fn shoot<E: GroupEncoder>(
        self,
        scene: &Scene,
        frames: usize,
        watch: &mut Watch<'_>,
        take: &mut dyn FnMut(Vec<AccessUnit>) -> Result<(), VideoError>,
    ) -> Result<(), VideoError> {
        let groups = frames.div_ceil(GROUP);
        let (done, stop) = (&watch.done, &watch.stop);
        thread::scope(|scope| {
            let mut hands = Vec::new();
            for number in 0..self.threads.min(groups) {
                let (sender, receiver) = sync_channel(1);
                let signals = Signals { done, stop };
                let own = (number..groups).step_by(self.threads);
                scope.spawn(move || work::<E>(scene, (own, frames), signals, &sender));
                hands.push(receiver);
            }
            let outcome = (0..groups).try_for_each(|group| {
                let hand = &hands[group % hands.len()];
                take(next(hand, watch.frames, done, &mut *watch.progress)??)
            });
            stop.store(true, Ordering::Relaxed);
            outcome
        })
    }
}

/// Waits for a group while asking the caller whether to go on.
fn next(
    hand: &Receiver<Group>,
    frames: usize,
    done: &AtomicUsize,
    progress: &mut dyn FnMut(f32) -> bool,
) -> Result<Group, VideoError> {
    loop {
        let share = real(done.load(Ordering::Relaxed)) / real(frames);
        if !progress(share.min(1.0)) {
            return Err(VideoError::Canceled);
        }
        match hand.recv_timeout(ASK_EVERY) {
            Ok(group) => return Ok(group),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(VideoError::Encoder),
        }
    }
}

#[derive(Clone, Copy)]
struct Signals<'a> {
    done: &'a AtomicUsize,
    stop: &'a AtomicBool,
}

fn work<E: GroupEncoder>(
    scene: &Scene,
    (own, frames): (impl Iterator<Item = usize>, usize),
    signals: Signals<'_>,
    sender: &SyncSender<Group>,
) {
    let mut easel = scene.easel();
    for group in own {
        let pictures = group * GROUP..frames.min((group + 1) * GROUP);
        let made = film::<E>(scene, &mut easel, pictures, signals);
        let failed = made.is_err();
        // Nobody listens any more once the film was given up.
        if sender.send(made).is_err() || failed {
            return;
        }
    }
}

/// Makes one group: as fine as can be, or coarser where its first pictures say that the file would grow too large.
fn film<E: GroupEncoder>(
    scene: &Scene,
    easel: &mut Easel,
    pictures: Range<usize>,
    signals: Signals<'_>,
) -> Group {
    let mut shoot = |encoder: &mut E, pictures: Range<usize>, done: &AtomicUsize| -> Group {
        let picture = |at| {
            if signals.stop.load(Ordering::Relaxed) {
                return Err(VideoError::Canceled);
            }
            scene.draw(at, easel);
            done.fetch_add(1, Ordering::Relaxed);
            encoder.encode(&easel.picture)
        };
        pictures.map(picture).collect()
    };
    let tried = pictures.end.min(pictures.start + TRIAL);
    let mut encoder = E::start(scene.size(), 0)?;
    let mut units = shoot(&mut encoder, pictures.start..tried, signals.done)?;

    let sizes: Vec<usize> = units.iter().map(|unit| unit.data.len()).collect();
    let coarser = coarseness(&sizes);
    if coarser > 0 {
        encoder = E::start(scene.size(), coarser)?;
        units = shoot(&mut encoder, pictures.start..tried, &AtomicUsize::new(0))?;
    }
    units.extend(shoot(&mut encoder, tried..pictures.end, signals.done)?);
    Ok(units)
}

/// How much coarser a group must be that begins with pictures of these sizes: four steps halve what moving detail takes.
fn coarseness(sizes: &[usize]) -> u8 {
    const MOST: f32 = 16.0;
    let Some((key, others)) = sizes.split_first() else { return 0 };
    let usual = real(others.iter().sum()) / real(others.len().max(1));
    let projected = real(*key) + usual * real(GROUP - 1);
    byte((4.0 * (projected / GROUP_BYTES).max(1.0).log2()).ceil().min(MOST))
}

#[cfg(test)]
mod tests {
    use super::coarseness;

    #[test]
    fn a_group_that_would_be_four_times_too_large_is_eight_steps_coarser() {
        assert_eq!(coarseness(&[60_000, 4_000, 4_000]), 0);
        assert_eq!(coarseness(&[100_000, 100_000]), 8);
        assert_eq!(coarseness(&[9_000_000, 9_000_000]), 16);
        assert_eq!(coarseness(&[50_000]), 0);
        assert_eq!(coarseness(&[]), 0);
    }
}
