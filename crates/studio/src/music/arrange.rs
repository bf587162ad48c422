//! What the band plays under the tune.

use super::form::{BAR, Form};
use super::harmony::Harmony;
use super::num::float64;
use super::score::{Drum, Part, Player};
use super::sound::{Groove, Sound};
use crate::random::Random;

/// A note in beats, before the swing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) player: Player,
    pub(super) at: f64,
    pub(super) length: f64,
    pub(super) pitch: i32,
    pub(super) level: f32,
    pub(super) pan: f32,
    /// Its place in a strummed chord.
    pub(super) string: usize,
}

const SIXTEENTH: f64 = 0.25;
const LOW: i32 = 33;
const MIDDLE: i32 = 60;

/// One bar on its way to being played.
struct Bar<'a> {
    start: f64,
    last: bool,
    level: f32,
    groove: &'a Groove,
    harmony: &'a Harmony,
}

/// Everything but the tune.
pub(super) fn arrange(
    form: &Form,
    harmony: &Harmony,
    sound: &Sound,
    random: &mut Random,
) -> Vec<Hit> {
    let mut hits = Vec::new();
    for index in 0..form.bars - 1 {
        let part = form.part_of_bar(index);
        let next = form.part_of_bar(index + 1);
        let bar = Bar {
            start: float64(index * BAR),
            last: next != part,
            level: strength(part),
            groove: if is_full(part) { &sound.full } else { &sound.quiet },
            harmony,
        };
        let opens = index == 0 || form.part_of_bar(index - 1) != part;
        if opens && is_full(part) {
            hits.push(drum(Drum::Crash, bar.start, 0.8));
        }
        drums(&bar, random, &mut hits);
        bass(&bar, &mut hits);
        chords(&bar, &mut hits);
        arp(&bar, &mut hits);
        pad(&bar, part, &mut hits);
    }
    ending(float64((form.bars - 1) * BAR), harmony, &mut hits);
    hits
}

fn is_full(part: Part) -> bool {
    match part {
        Part::Chorus | Part::Solo | Part::Outro => true,
        Part::Intro | Part::Verse | Part::Bridge => false,
    }
}

fn strength(part: Part) -> f32 {
    match part {
        Part::Intro => 0.7,
        Part::Verse => 0.8,
        Part::Bridge => 0.78,
        Part::Solo => 0.95,
        Part::Chorus | Part::Outro => 1.0,
    }
}

fn drum(piece: Drum, at: f64, level: f32) -> Hit {
    let pan = match piece {
        Drum::Kick | Drum::Snare | Drum::Clap => 0.0,
        Drum::Rim => -0.2,
        Drum::Hat | Drum::OpenHat => 0.25,
        Drum::Ride => 0.4,
        Drum::Shaker => -0.45,
        Drum::Tom => -0.3,
        Drum::Crash => 0.15,
    };
    Hit { player: Player::Drum(piece), at, length: 0.0, pitch: 0, level, pan, string: 0 }
}

fn drums(bar: &Bar<'_>, random: &mut Random, hits: &mut Vec<Hit>) {
    let fill_from = if bar.last { 12 } else { 16 };
    for (piece, row) in bar.groove.drums {
        for (place, mark) in row.bytes().enumerate().take(fill_from) {
            let accent = match mark {
                b'x' => 1.0,
                b'o' => 0.5,
                _ => continue,
            };
            // Nobody hits twice with the same force.
            let level = accent * bar.level * random.between(0.88, 1.0);
            hits.push(drum(*piece, bar.start + float64(place) * SIXTEENTH, level));
        }
    }
    if bar.last {
        fill(bar, random, hits);
    }
}

/// The last beat before a new part.
fn fill(bar: &Bar<'_>, random: &mut Random, hits: &mut Vec<Hit>) {
    let pieces = *random.pick(&[
        [Drum::Snare, Drum::Snare, Drum::Snare, Drum::Snare],
        [Drum::Snare, Drum::Tom, Drum::Tom, Drum::Tom],
        [Drum::Snare, Drum::Snare, Drum::Tom, Drum::Kick],
    ]);
    for (place, piece) in pieces.into_iter().enumerate() {
        let at = bar.start + 3.0 + float64(place) * SIXTEENTH;
        let swell = [0.4, 0.5, 0.65, 0.85][place];
        hits.push(drum(piece, at, swell * bar.level));
    }
}

fn bass(bar: &Bar<'_>, hits: &mut Vec<Hit>) {
    for (place, length) in struck(bar.groove.bass, |mark| mark.is_ascii_alphanumeric()) {
        let at = bar.start + float64(place) * SIXTEENTH;
        let chord = bar.harmony.at(at);
        let root = chord.bass(LOW);
        let pitch = match bar.groove.bass.as_bytes()[place] {
            b'3' => root + (chord.tones[1] - chord.tones[0]),
            b'5' => root + (chord.tones[2] - chord.tones[0]),
            b'8' => root + 12,
            b'a' => bar.harmony.at(bar.start + float64(BAR)).bass(LOW) - 1,
            _ => root,
        };
        hits.push(Hit {
            player: Player::Bass,
            at,
            length: float64(length) * SIXTEENTH * 0.92,
            pitch,
            level: bar.level,
            pan: 0.0,
            string: 0,
        });
    }
}

fn chords(bar: &Bar<'_>, hits: &mut Vec<Hit>) {
    for (place, length) in struck(bar.groove.chords, |mark| mark == b'x') {
        let at = bar.start + float64(place) * SIXTEENTH;
        let accent = if place % 4 == 0 { 1.0 } else { 0.8 };
        let hit = (at, float64(length) * SIXTEENTH, accent * bar.level);
        spread(Player::Chords, bar.harmony, hit, hits);
    }
}

fn pad(bar: &Bar<'_>, part: Part, hits: &mut Vec<Hit>) {
    if part == Part::Intro {
        return;
    }
    for half in [0.0, 2.0] {
        spread(Player::Pad, bar.harmony, (bar.start + half, 2.0, bar.level), hits);
    }
}

/// The chord at `(beat, length, level)`, its tones from left to right.
fn spread(player: Player, harmony: &Harmony, hit: (f64, f64, f32), hits: &mut Vec<Hit>) {
    let (at, length, level) = hit;
    for (string, pitch) in harmony.at(at).voiced(MIDDLE).into_iter().enumerate() {
        let pan = [-0.55, 0.5, -0.15, 0.3][string % 4];
        hits.push(Hit { player, at, length, pitch, level, pan, string });
    }
}

fn arp(bar: &Bar<'_>, hits: &mut Vec<Hit>) {
    for (place, length) in struck(bar.groove.arp, |mark| mark.is_ascii_digit()) {
        let at = bar.start + float64(place) * SIXTEENTH;
        let tones = bar.harmony.at(at).voiced(MIDDLE + 12);
        let tone = usize::from(bar.groove.arp.as_bytes()[place] - b'1');
        let octave = if tone >= tones.len() { 12 } else { 0 };
        hits.push(Hit {
            player: Player::Arp,
            at,
            length: float64(length) * SIXTEENTH,
            pitch: tones[tone % tones.len()] + octave,
            level: bar.level * 0.9,
            pan: if place % 8 < 4 { -0.4 } else { 0.4 },
            string: 0,
        });
    }
}

/// The last chord, left to ring.
fn ending(at: f64, harmony: &Harmony, hits: &mut Vec<Hit>) {
    hits.push(drum(Drum::Kick, at, 1.0));
    hits.push(drum(Drum::Crash, at, 0.9));
    let pitch = harmony.at(at).bass(LOW);
    let (player, length) = (Player::Bass, 4.0);
    hits.push(Hit { player, at, length, pitch, level: 1.0, pan: 0.0, string: 0 });
    spread(Player::Chords, harmony, (at, length, 1.0), hits);
    spread(Player::Pad, harmony, (at, length, 1.0), hits);
}

/// Where a row strikes, and for how many sixteenths: held ones (`-`) count with the strike before them.
fn struck(row: &str, strikes: impl Fn(u8) -> bool) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (place, mark) in row.bytes().enumerate() {
        match found.last_mut() {
            Some((start, length)) if mark == b'-' && *start + *length == place => *length += 1,
            _ if mark != b'-' && mark != b'.' && strikes(mark) => found.push((place, 1)),
            _ => {}
        }
    }
    found
}
