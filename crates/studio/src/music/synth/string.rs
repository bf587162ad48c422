//! Plucked strings: a burst of noise in a loop that loses its highs (Karplus and Strong).

use super::{RATE, fall};
use crate::music::num::{float, sample, whole};
use crate::random::Random;

/// `(ring, bright)`: seconds until it has died away, and from 0 (thumb) to 1 (pick) where it is plucked.
pub(super) fn pluck(
    frequency: f32,
    (ring, bright): (f32, f32),
    random: &mut Random,
    out: &mut [f32],
) {
    let blend = 0.5 * bright.clamp(0.1, 1.0) + 0.5;
    // The loop's filter delays by 1 - blend samples, the rest is a whole part and an all-pass.
    let period = RATE / frequency - (1.0 - blend);
    let length = whole(f64::from(period - 0.3)).max(2);
    let fraction = period - float(length);
    let tuning = (1.0 - fraction) / (1.0 + fraction);
    let loss = fall(ring).powf(RATE / frequency);

    let mut line = burst(length, bright, random);
    let [mut last, mut passed, mut entered] = [0.0_f32; 3];
    let mut at = 0;
    for sample in out {
        let now = line[at];
        let soft = (blend * now + (1.0 - blend) * last) * loss;
        last = now;
        passed = tuning * (soft - passed) + entered;
        entered = soft;
        line[at] = passed;
        at = if at + 1 == length { 0 } else { at + 1 };
        *sample = now;
    }
}

/// The pluck itself, without an offset and of one loudness.
fn burst(length: usize, bright: f32, random: &mut Random) -> Vec<f32> {
    let mut low = 0.0;
    let mut line: Vec<f32> = (0..length)
        .map(|_| {
            low += (random.between(-1.0, 1.0) - low) * (0.15 + 0.8 * bright);
            low
        })
        .collect();
    let mean = line.iter().sum::<f32>() / float(length);
    let power: f64 = line.iter().map(|x| f64::from((x - mean) * (x - mean))).sum();
    let scale = 0.5 / sample((power / f64::from(float(length))).sqrt().max(1e-6));
    for x in &mut line {
        *x = (*x - mean) * scale;
    }
    line
}
