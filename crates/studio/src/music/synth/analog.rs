//! Oscillators through a filter.

use super::{BLOCK, RATE, seconds, sine};
use crate::music::num::float;
use crate::random::Random;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wave {
    Saw,
    Square,
    Triangle,
    Sine,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Analog {
    pub(super) wave: Wave,
    /// Oscillators side by side, spread over `detune` cents.
    pub(super) voices: usize,
    pub(super) detune: f32,
    /// Where the low-pass rests, in Hz, plus this many times the note's frequency.
    pub(super) cutoff: f32,
    pub(super) follow: f32,
    /// How many octaves above its rest the filter opens at the attack, and how fast it closes, in seconds.
    pub(super) sweep: f32,
    pub(super) close: f32,
    /// Depth in cents; it sets in after a quarter of a second.
    pub(super) vibrato: f32,
}

#[derive(Clone, Copy)]
struct Oscillator {
    phase: f32,
    step: f32,
}

impl Analog {
    pub(super) fn play(&self, frequency: f32, random: &mut Random, out: &mut [f32]) {
        let mut voices: Vec<Oscillator> = (0..self.voices)
            .map(|voice| {
                let side = float(voice) - float(self.voices - 1) / 2.0;
                let cents = side * self.detune / float(self.voices.max(2) - 1);
                Oscillator { phase: random.unit(), step: frequency * cent(cents) / RATE }
            })
            .collect();
        let mut filter = LowPass::default();
        let gain = 1.0 / float(self.voices).sqrt();
        for (block, samples) in out.chunks_mut(BLOCK).enumerate() {
            let time = seconds(block * BLOCK);
            let open = (self.sweep * (-time / self.close).exp()).exp2();
            filter.tune((self.cutoff + frequency * self.follow) * open);
            let depth = self.vibrato * (time * 4.0 - 1.0).clamp(0.0, 1.0);
            let bend = cent(depth * sine(time * 5.4));
            for sample in samples {
                let sum: f32 = voices.iter_mut().map(|voice| voice.next(self.wave, bend)).sum();
                *sample = filter.next(sum * gain);
            }
        }
    }
}

fn cent(cents: f32) -> f32 {
    (cents / 1_200.0).exp2()
}

impl Oscillator {
    fn next(&mut self, wave: Wave, bend: f32) -> f32 {
        let step = self.step * bend;
        self.phase += step;
        self.phase -= self.phase.floor();
        let phase = self.phase;
        match wave {
            Wave::Saw => 2.0 * phase - 1.0 - blep(phase, step),
            Wave::Square => {
                let half = if phase < 0.5 { phase + 0.5 } else { phase - 0.5 };
                let level = if phase < 0.5 { 1.0 } else { -1.0 };
                level + blep(phase, step) - blep(half, step)
            }
            // Its harmonics fall with the square, so that what folds back is far below hearing.
            Wave::Triangle => 1.0 - 4.0 * (phase - 0.5).abs(),
            Wave::Sine => sine(phase),
        }
    }
}

/// Rounds the jump of a wave at phase 0, which would fold back otherwise.
fn blep(phase: f32, step: f32) -> f32 {
    if phase < step {
        let x = phase / step;
        x + x - x * x - 1.0
    } else if phase > 1.0 - step {
        let x = (phase - 1.0) / step;
        x * x + x + x + 1.0
    } else {
        0.0
    }
}

/// A state variable low-pass of 12 dB an octave, with a slight resonance.
#[derive(Default)]
struct LowPass {
    one: f32,
    two: f32,
    g: f32,
    scale: f32,
}

const DAMPING: f32 = 1.2;

impl LowPass {
    fn tune(&mut self, cutoff: f32) {
        self.g = (std::f32::consts::PI * cutoff.clamp(20.0, 18_000.0) / RATE).tan();
        self.scale = 1.0 / (1.0 + self.g * (self.g + DAMPING));
    }

    fn next(&mut self, input: f32) -> f32 {
        let high = (input - (self.g + DAMPING) * self.one - self.two) * self.scale;
        let band = self.g * high + self.one;
        let low = self.g * band + self.two;
        self.one = self.g * high + band;
        self.two = self.g * band + low;
        low
    }
}
