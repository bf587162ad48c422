//! The instruments.

mod analog;
mod drums;
mod envelope;
mod fm;
pub(super) mod patches;
mod string;

pub(super) use drums::Kit;

use super::num::{float, sample, whole};
use super::pcm::SAMPLE_RATE;
use crate::random::Random;
use analog::Analog;
use envelope::Envelope;
use fm::Fm;

/// An instrument as a table.
#[derive(Debug, PartialEq)]
pub(super) struct Patch {
    source: Source,
    envelope: Envelope,
    /// How far the tone is pushed into saturation; 0 is clean.
    drive: f32,
    gain: f32,
    /// How much goes to the hall.
    pub(super) hall: f32,
    /// How much goes to the echo.
    pub(super) echo: f32,
}

#[derive(Debug, PartialEq)]
enum Source {
    Analog(Analog),
    Fm(Fm),
    String { ring: f32, bright: f32 },
}

/// One note for one instrument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// MIDI number.
    pub(super) pitch: i32,
    /// Seconds that it is held.
    pub(super) held: f64,
    pub(super) level: f32,
}

/// Samples per second, as the oscillators count.
const RATE: f32 = 48_000.0;
const _: () = assert!(SAMPLE_RATE == 48_000);

/// Oscillators change their pitch and filters their place this often.
const BLOCK: usize = 32;

impl Patch {
    /// The note, ring-out included, in place of what `out` held.
    pub(super) fn play(&self, key: Key, random: &mut Random, out: &mut Vec<f32>) {
        let held = whole(key.held * f64::from(RATE)).max(BLOCK);
        out.clear();
        out.resize(held + self.envelope.tail(), 0.0);
        let frequency = frequency(key.pitch);
        match &self.source {
            Source::Analog(analog) => analog.play(frequency, random, out),
            Source::Fm(fm) => fm.play(frequency, key.level, out),
            Source::String { ring, bright } => {
                string::pluck(frequency, (*ring, *bright), random, out);
            }
        }
        self.envelope.shape(held, out);
        let level = key.level * self.gain;
        if self.drive > 0.0 {
            for sample in out {
                *sample = saturate(*sample * self.drive) * level;
            }
        } else {
            for sample in out {
                *sample *= level;
            }
        }
    }
}

fn frequency(pitch: i32) -> f32 {
    sample(440.0 * ((f64::from(pitch) - 69.0) / 12.0).exp2())
}

/// A soft ceiling at 1: Padé's tanh.
fn saturate(x: f32) -> f32 {
    let x = x.clamp(-3.0, 3.0);
    x * (27.0 + x * x) / (27.0 + 9.0 * x * x)
}

/// A sine over a phase in turns, exact to a thousandth, the same on every machine.
fn sine(turns: f32) -> f32 {
    let x = turns - turns.floor() - 0.5;
    let parabola = x * (8.0 - 16.0 * x.abs());
    -parabola * (0.775 + 0.225 * parabola.abs())
}

/// The seconds of a sample.
fn seconds(samples: usize) -> f32 {
    float(samples) / RATE
}

/// The factor per sample that takes a level down by 60 dB in `seconds`.
fn fall(seconds: f32) -> f32 {
    (-6.9078 / (seconds * RATE)).exp()
}

#[cfg(test)]
mod tests;
