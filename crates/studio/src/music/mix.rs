//! From a score to sound: the band plays, the desk mixes, the master makes it as loud as a record.

mod desk;
mod echo;
mod hall;
pub mod loudness;
mod master;
mod peak;

pub use peak::true_peak;

use super::num::whole;
use super::pcm::{Pcm, Progress, SAMPLE_RATE};
use super::score::{Drum, Note, Player, Score};
use super::synth::{Key, Kit, Patch};
use crate::random::Random;
use desk::{Desk, Strip};

const PURPOSE: u64 = 0x4d_49_58;
/// Notes between two reports of progress: a few milliseconds of work.
const NOTES_PER_REPORT: usize = 16;
/// The share of the work that is done when the last note is played.
const PLAYED: f32 = 0.7;

/// Plays the score, at -14 LUFS with no true peak above -1 dBFS.
///
/// `None` when `progress` is answered with `false`.
#[must_use]
pub fn render(score: &Score, progress: Progress<'_>) -> Option<Pcm> {
    let samples = whole((score.seconds * f64::from(SAMPLE_RATE)).round());
    let mut desk = Desk::new(samples);
    let mut random = Random::new(0, PURPOSE);
    let kit = Kit::new(&mut random);
    let mut scratch = Vec::new();
    let share = PLAYED / super::num::float(score.notes.len().max(1));

    for (index, note) in score.notes.iter().enumerate() {
        if index % NOTES_PER_REPORT == 0 && !progress(super::num::float(index) * share) {
            return None;
        }
        let at = whole(note.at * f64::from(SAMPLE_RATE));
        match note.player {
            Player::Drum(piece) => strike(&mut desk, &kit, (at, piece), note),
            Player::Bass | Player::Chords | Player::Pad | Player::Arp | Player::Lead => {
                let (patch, strip) = part(score, note);
                let key = Key { pitch: note.pitch, held: note.length, level: note.level };
                patch.play(key, &mut random, &mut scratch);
                desk.add(at, &scratch, strip);
            }
        }
    }
    let mixed = desk.mix(score.bpm, score.sound.duck, &mut |done| progress(PLAYED + 0.1 * done))?;
    master::finish(mixed, &mut |done| progress(PLAYED + 0.1 + 0.2 * done))
}

fn strike(desk: &mut Desk, kit: &Kit, (at, piece): (usize, Drum), note: &Note) {
    let (gain, hall) = match piece {
        Drum::Kick => (1.3, 0.0),
        Drum::Hat | Drum::Shaker | Drum::OpenHat => (1.35, 0.04),
        Drum::Snare | Drum::Rim | Drum::Tom | Drum::Ride => (1.1, 0.14),
        Drum::Clap | Drum::Crash => (1.0, 0.22),
    };
    if piece == Drum::Kick {
        desk.duck(at);
    }
    let strip = Strip { gain: note.level * gain, pan: note.pan, hall, echo: 0.0, ducked: false };
    desk.add(at, kit.piece(piece), strip);
}

/// Who plays the note, and how it comes into the mix.
fn part<'a>(score: &'a Score, note: &Note) -> (&'a Patch, Strip) {
    let band = &score.sound.band;
    let (patch, gain, ducked) = match note.player {
        Player::Bass => (&band.bass, 1.05, true),
        Player::Chords => (&band.chords, 0.8, true),
        Player::Pad => (&band.pad, 0.5, true),
        Player::Arp => (&band.arp, 0.62, true),
        Player::Lead | Player::Drum(_) => (&band.lead, 0.64, false),
    };
    (patch, Strip { gain, pan: note.pan, hall: patch.hall, echo: patch.echo, ducked })
}

#[cfg(test)]
mod tests;
