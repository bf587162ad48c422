//! Sound as samples.

use super::num::float64;

/// Samples per second, in everything this engine makes.
pub const SAMPLE_RATE: u32 = 48_000;

/// How far the work is, from 0 to 1; the answer `false` stops it.
pub type Progress<'a> = &'a mut dyn FnMut(f32) -> bool;

/// Stereo sound at [`SAMPLE_RATE`], between -1 and 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pcm {
    /// The left channel.
    pub left: Vec<f32>,
    /// The right channel, as long as the left.
    pub right: Vec<f32>,
}

impl Pcm {
    /// Silence of this many samples.
    #[must_use]
    pub fn silence(samples: usize) -> Self {
        Self { left: vec![0.0; samples], right: vec![0.0; samples] }
    }

    /// Samples per channel.
    #[must_use]
    pub fn len(&self) -> usize {
        self.left.len()
    }

    /// Whether there is no sample at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// How long it lasts.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        float64(self.len()) / f64::from(SAMPLE_RATE)
    }
}
