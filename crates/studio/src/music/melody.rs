//! The tune: motifs that come back, bent to the chords and to the syllables of each line.

use super::form::Slot;
use super::harmony::{Chord, Harmony, Key};
use super::num::float64;
use super::score::Part;
use crate::random::Random;

/// One note of the tune, in beats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tone {
    pub(super) at: f64,
    pub(super) length: f64,
    pub(super) pitch: i32,
}

/// A contour of scale steps, and the order in which places on the grid are taken.
#[derive(Clone, Debug)]
struct Motif {
    steps: Vec<i32>,
    places: Vec<usize>,
}

/// Notes that a line may have: more would be chatter.
const MOST: usize = 14;
/// The grid of a line: the last place stays silent so that the line can breathe.
const GRID: usize = 16;

impl Motif {
    fn new(random: &mut Random, leap: f32) -> Self {
        let mut step = *random.pick(&[0, 2, 4]);
        let steps = (0..MOST)
            .map(|_| {
                let now = step;
                let size = if random.chance(leap) { 2 + i32::from(random.chance(0.3)) } else { 1 };
                let down =
                    random.chance(0.5 + 0.09 * f32::from(i8::try_from(now - 2).unwrap_or(0)));
                step = match random.below(5) {
                    0 => now,
                    _ if down => now - size,
                    _ => now + size,
                };
                step = step.clamp(-3, 7);
                now
            })
            .collect();
        Self { steps, places: places(random) }
    }
}

/// Strong places first, then the eighths, then the rest, shuffled within each group.
fn places(random: &mut Random) -> Vec<usize> {
    let mut groups = [vec![0], vec![4, 8, 6, 10], vec![2, 12, 3, 7, 11, 14], vec![1, 5, 9, 13]];
    for group in &mut groups {
        random.shuffle(group);
    }
    groups.concat()
}

/// The motifs of a song: two for each kind of part, which its lines take in turn.
#[derive(Debug)]
pub(super) struct Tune {
    verse: [Motif; 2],
    chorus: [Motif; 2],
    bridge: [Motif; 2],
}

impl Tune {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut pair = |leap| [Motif::new(random, leap), Motif::new(random, leap)];
        Self { verse: pair(0.15), chorus: pair(0.35), bridge: pair(0.25) }
    }

    /// The tones of one line, or of an instrumental phrase as long.
    pub(super) fn line(&self, key: Key, harmony: &Harmony, slot: &Slot) -> Vec<Tone> {
        let (motifs, lift) = match slot.part {
            Part::Verse | Part::Intro => (&self.verse, 0),
            Part::Chorus | Part::Solo | Part::Outro => (&self.chorus, 3),
            Part::Bridge => (&self.bridge, 1),
        };
        let motif = &motifs[slot.place % 2];
        // Every second pair answers: it ends on the way home.
        let answer = slot.place % 4 >= 2;
        let grid = slot.length / float64(GRID);
        let starts = starts(motif, slot);
        let mut tones = Vec::with_capacity(starts.len());
        for (index, place) in starts.iter().enumerate() {
            let next = starts.get(index + 1).copied().unwrap_or(GRID - 1);
            let at = slot.start + float64(*place) * grid;
            let last = index + 1 == starts.len();
            let strong = place % 4 == 0 || last;
            let step = motif.steps[index % motif.steps.len()] + lift - i32::from(answer && last);
            let pitch = settle(key, harmony.at(at), step, strong);
            let length = (float64(next - place) * grid * 0.94).min(2.5);
            tones.push(Tone { at, length, pitch });
        }
        tones
    }
}

/// Where on the grid the notes of a line begin.
fn starts(motif: &Motif, slot: &Slot) -> Vec<usize> {
    let room = if slot.length < 2.0 { 5 } else { MOST };
    let count = slot.syllables.clamp(2, room);
    let mut starts = motif.places[..count.min(motif.places.len())].to_vec();
    starts.sort_unstable();
    starts
}

/// The pitch of a scale step; on a strong place the nearest tone of the chord.
fn settle(key: Key, chord: &Chord, step: i32, strong: bool) -> i32 {
    let pitch = key.pitch(step);
    if !strong {
        return pitch;
    }
    [0, 1, -1, 2, -2, 3].into_iter().map(|by| pitch + by).find(|p| chord.has(*p)).unwrap_or(pitch)
}
