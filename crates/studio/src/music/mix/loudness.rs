//! Loudness as broadcasters measure it: ITU-R BS.1770, K-weighted and gated.

use crate::music::num::float64;
use crate::music::pcm::Pcm;

/// A tenth of a second; a block is four of these.
const STEP: usize = 4_800;
const STEPS: usize = 4;
const ABSOLUTE_GATE: f64 = -70.0;
const RELATIVE_GATE: f64 = -10.0;

/// The filters of BS.1770 at 48 kHz: the head, then the ear's lower end.
const HEAD: Biquad = Biquad::new(
    [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
    [-1.690_659_293_182_41, 0.732_480_774_215_85],
);
const EAR: Biquad = Biquad::new([1.0, -2.0, 1.0], [-1.990_047_454_833_98, 0.990_072_250_366_21]);

#[derive(Clone, Copy)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    const fn new(b: [f64; 3], a: [f64; 2]) -> Self {
        Self { b, a, state: [0.0; 2] }
    }

    fn next(&mut self, input: f64) -> f64 {
        let output = self.b[0] * input + self.state[0];
        self.state[0] = self.b[1] * input - self.a[0] * output + self.state[1];
        self.state[1] = self.b[2] * input - self.a[1] * output;
        output
    }
}

/// The integrated loudness in LUFS; `None` for silence and for less than 0.4 s.
#[must_use]
pub fn integrated(pcm: &Pcm) -> Option<f64> {
    let left = powers(&pcm.left);
    let right = powers(&pcm.right);
    let steps: Vec<f64> = left.iter().zip(&right).map(|(left, right)| left + right).collect();
    let blocks: Vec<f64> =
        steps.windows(STEPS).map(|block| block.iter().sum::<f64>() / float64(STEPS)).collect();

    let loud = gated(&blocks, ABSOLUTE_GATE)?;
    let gate = loudness(loud) + RELATIVE_GATE;
    gated(&blocks, gate.max(ABSOLUTE_GATE)).map(loudness)
}

/// The mean power of each whole step.
fn powers(samples: &[f32]) -> Vec<f64> {
    let (mut head, mut ear) = (HEAD, EAR);
    samples
        .chunks_exact(STEP)
        .map(|step| {
            let sum: f64 = step
                .iter()
                .map(|sample| ear.next(head.next(f64::from(*sample))))
                .map(|weighted| weighted * weighted)
                .sum();
            sum / float64(STEP)
        })
        .collect()
}

/// The mean of the blocks that are louder than the gate.
fn gated(blocks: &[f64], gate: f64) -> Option<f64> {
    let passed: Vec<f64> = blocks.iter().copied().filter(|power| loudness(*power) > gate).collect();
    (!passed.is_empty()).then(|| passed.iter().sum::<f64>() / float64(passed.len()))
}

fn loudness(power: f64) -> f64 {
    -0.691 + 10.0 * power.log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::num::{float, whole};

    fn tone(frequency: f32, level: f32, seconds: f64) -> Pcm {
        let wave: Vec<f32> = (0..whole(seconds * 48_000.0))
            .map(|at| (std::f32::consts::TAU * frequency * float(at % 48_000) / 48_000.0).sin())
            .map(|sample| sample * level)
            .collect();
        Pcm { left: wave.clone(), right: wave }
    }

    #[test]
    fn a_stereo_tone_of_1_khz_at_minus_23_dbfs_measures_minus_23_lufs() {
        let level = 10.0_f32.powf(-23.0 / 20.0);
        let measured = integrated(&tone(1_000.0, level, 20.0)).unwrap();
        assert!((measured + 23.0).abs() < 0.1, "{measured}");
    }

    #[test]
    fn quiet_stretches_do_not_count() {
        let mut pcm = tone(1_000.0, 0.1, 10.0);
        let alone = integrated(&pcm).unwrap();
        let quiet = tone(1_000.0, 0.001, 10.0);
        pcm.left.extend(&quiet.left);
        pcm.right.extend(&quiet.right);
        assert!((integrated(&pcm).unwrap() - alone).abs() < 0.2);
    }

    #[test]
    fn lows_count_less_than_the_middle() {
        let low = integrated(&tone(40.0, 0.1, 3.0)).unwrap();
        assert!(low < integrated(&tone(1_000.0, 0.1, 3.0)).unwrap() - 4.0);
    }

    #[test]
    fn silence_has_no_loudness() {
        assert_eq!(integrated(&Pcm::silence(96_000)), None);
        assert_eq!(integrated(&Pcm::default()), None);
    }
}
