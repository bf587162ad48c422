//! How a note swells and dies.

use super::{RATE, fall};
use crate::music::num::{float, whole};

/// Attack, decay and release in seconds; the sustain is a level.
#[derive(Debug, PartialEq)]
pub(super) struct Envelope {
    pub(super) attack: f32,
    pub(super) decay: f32,
    pub(super) sustain: f32,
    pub(super) release: f32,
}

impl Envelope {
    /// Samples that sound on after the key is let go.
    pub(super) fn tail(&self) -> usize {
        whole(f64::from(self.release * RATE))
    }

    /// Shapes a note whose key is let go after `held` samples.
    pub(super) fn shape(&self, held: usize, out: &mut [f32]) {
        let attack = whole(f64::from(self.attack * RATE)).clamp(16, held.max(16));
        let slope = 1.0 / float(attack);
        let decay = fall(self.decay);
        let release = fall(self.release);
        let mut above = 1.0 - self.sustain;
        let mut level = 0.0;
        for (at, sample) in out.iter_mut().enumerate() {
            if at < attack {
                level += slope;
            } else if at < held {
                above *= decay;
                level = self.sustain + above;
            } else {
                level *= release;
            }
            *sample *= level;
        }
        let end = out.len().saturating_sub(240);
        let fade = out[end..].iter_mut().rev().enumerate();
        fade.for_each(|(left, sample)| *sample *= float(left) / 240.0);
    }
}
