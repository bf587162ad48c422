//! What lies between the samples: peaks at four times the rate.

use std::f64::consts::PI;

use crate::music::num::{float64, sample};
use crate::music::pcm::Pcm;

const TAPS: usize = 16;
/// Samples before the one that a tap row begins at.
const BEFORE: usize = TAPS / 2 - 1;

/// The three points between two samples, as weights of the sixteen samples around them.
fn rows() -> [[f32; TAPS]; 3] {
    [0.25, 0.5, 0.75].map(|shift| {
        let mut row = [0.0; TAPS];
        for (tap, weight) in row.iter_mut().enumerate() {
            let x = float64(tap) - float64(BEFORE) - shift;
            let window = (PI * x / float64(TAPS)).cos();
            *weight = sample((PI * x).sin() / (PI * x) * window * window);
        }
        row
    })
}

/// For every sample the highest level of the two channels there and up to the next.
pub(super) fn peaks(pcm: &Pcm) -> Vec<f32> {
    let rows = rows();
    let mut peaks = vec![0.0_f32; pcm.len()];
    for channel in [&pcm.left, &pcm.right] {
        for (peak, sample) in peaks.iter_mut().zip(channel) {
            *peak = peak.max(sample.abs());
        }
        let inner = peaks.iter_mut().skip(BEFORE);
        for (peak, around) in inner.zip(channel.windows(TAPS)) {
            for row in &rows {
                let between: f32 = row.iter().zip(around).map(|(weight, x)| weight * x).sum();
                *peak = peak.max(between.abs());
            }
        }
    }
    peaks
}

/// The highest level at four times the sample rate; 1 is full scale.
#[must_use]
pub fn true_peak(pcm: &Pcm) -> f32 {
    peaks(pcm).into_iter().fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::num::float;

    #[test]
    fn a_peak_between_samples_is_found() {
        let wave: Vec<f32> =
            (0..4_800).map(|at| (std::f32::consts::PI * (0.5 * float(at) + 0.25)).sin()).collect();
        let seen = wave.iter().copied().fold(0.0, f32::max);
        assert!(seen < 0.72);
        let pcm = Pcm { left: wave.clone(), right: wave };
        assert!((true_peak(&pcm) - 1.0).abs() < 0.02, "{}", true_peak(&pcm));
    }
}
