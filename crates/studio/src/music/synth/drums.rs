//! The drum kit: every piece is made once and then struck.

use super::{RATE, fall, seconds, sine};
use crate::music::num::{float, whole};
use crate::music::score::Drum;
use crate::random::Random;

/// A falling tone and a burst of noise.
struct Recipe {
    seconds: f32,
    /// From, to (Hz), and how fast between (seconds).
    sweep: (f32, f32, f32),
    /// How loud, and how long (seconds).
    tone: (f32, f32),
    /// How loud, and how long (seconds).
    noise: (f32, f32),
    /// The band of the noise, in Hz.
    band: (f32, f32),
    /// Hands that clap one after the other.
    claps: usize,
}

/// The struck pieces.
#[derive(Debug)]
pub(in crate::music) struct Kit(Vec<(Drum, Vec<f32>)>);

const PIECES: [Drum; 10] = [
    Drum::Kick,
    Drum::Snare,
    Drum::Clap,
    Drum::Rim,
    Drum::Hat,
    Drum::OpenHat,
    Drum::Ride,
    Drum::Shaker,
    Drum::Tom,
    Drum::Crash,
];

impl Kit {
    pub(in crate::music) fn new(random: &mut Random) -> Self {
        Self(PIECES.into_iter().map(|piece| (piece, recipe(piece).make(random))).collect())
    }

    /// The sound of a piece, struck once.
    pub(in crate::music) fn piece(&self, piece: Drum) -> &[f32] {
        self.0.iter().find(|(found, _)| *found == piece).map_or(&[], |(_, sound)| sound)
    }
}

fn recipe(piece: Drum) -> Recipe {
    let (seconds, sweep, tone, noise, band) = match piece {
        Drum::Kick => (0.42, (190.0, 47.0, 0.035), (0.95, 0.42), (0.18, 0.012), (800.0, 6e3)),
        Drum::Snare => (0.32, (260.0, 180.0, 0.03), (0.42, 0.16), (0.5, 0.26), (1_100.0, 11e3)),
        Drum::Clap => (0.32, (0.0, 0.0, 1.0), (0.0, 1.0), (0.62, 0.24), (900.0, 5_500.0)),
        Drum::Rim => (0.09, (1_750.0, 1_650.0, 0.02), (0.32, 0.06), (0.2, 0.03), (1_500.0, 8e3)),
        Drum::Hat => (0.1, (0.0, 0.0, 1.0), (0.0, 1.0), (0.3, 0.07), (7_500.0, 17e3)),
        Drum::OpenHat => (0.42, (0.0, 0.0, 1.0), (0.0, 1.0), (0.26, 0.4), (7_000.0, 17e3)),
        Drum::Ride => (0.9, (5_230.0, 5_200.0, 1.0), (0.05, 0.5), (0.13, 0.85), (6_500.0, 15e3)),
        Drum::Shaker => (0.12, (0.0, 0.0, 1.0), (0.0, 1.0), (0.17, 0.1), (5_000.0, 12e3)),
        Drum::Tom => (0.45, (200.0, 95.0, 0.08), (0.75, 0.42), (0.1, 0.05), (500.0, 4e3)),
        Drum::Crash => (2.2, (0.0, 0.0, 1.0), (0.0, 1.0), (0.34, 2.0), (3_800.0, 16e3)),
    };
    let claps = if piece == Drum::Clap { 3 } else { 1 };
    Recipe { seconds, sweep, tone, noise, band, claps }
}

impl Recipe {
    fn make(&self, random: &mut Random) -> Vec<f32> {
        let count = whole(f64::from(self.seconds * RATE));
        let mut out = vec![0.0; count];
        let mut phase = 0.0;
        let fade = fall(self.tone.1);
        let mut level = self.tone.0;
        for (at, sample) in out.iter_mut().enumerate() {
            let (from, to, fast) = self.sweep;
            phase += (to + (from - to) * (-seconds(at) / fast).exp()) / RATE;
            level *= fade;
            *sample = sine(phase) * level;
        }
        for hand in 0..self.claps {
            let last = hand + 1 == self.claps;
            let from = whole(f64::from(RATE) * 0.011) * hand;
            self.hiss(&mut out[from..], if last { self.noise.1 } else { 0.02 }, random);
        }
        let end = count.saturating_sub(480);
        let tail = out[end..].iter_mut().rev().enumerate();
        tail.for_each(|(left, sample)| *sample *= float(left) / 480.0);
        out
    }

    /// Noise through a band of two poles on either side.
    fn hiss(&self, out: &mut [f32], long: f32, random: &mut Random) {
        let below = 1.0 - (-std::f32::consts::TAU * self.band.0 / RATE).exp();
        let above = 1.0 - (-std::f32::consts::TAU * self.band.1 / RATE).exp();
        let fade = fall(long);
        let mut level = self.noise.0;
        let [mut dull, mut duller, mut low, mut lower] = [0.0_f32; 4];
        for sample in out {
            dull += (random.between(-1.0, 1.0) - dull) * above;
            duller += (dull - duller) * above;
            low += (duller - low) * below;
            let high = duller - low;
            lower += (high - lower) * below;
            level *= fade;
            *sample += (high - lower) * level * 1.8;
        }
    }
}
