//! The last step: no rumble, glued together, as loud as others, and never over.

use std::collections::VecDeque;

use super::loudness::integrated;
use super::peak::{peaks, true_peak};
use crate::music::num::{float, sample};
use crate::music::pcm::{Pcm, Progress, SAMPLE_RATE};

/// What streaming services play at.
const TARGET: f64 = -14.0;
/// -2.5 dBFS: the codec adds about one and a half of its own.
const CEILING: f32 = 0.70;
/// Samples around a peak in which the limiter moves: 4 ms.
const AROUND: usize = 192;
const ROUNDS: usize = 4;
/// The last second is faded, so that the hall does not break off.
const FADE: usize = 48_000;

/// Masters the mix; `None` when `progress` is answered with `false`.
pub(super) fn finish(mut pcm: Pcm, progress: Progress<'_>) -> Option<Pcm> {
    for channel in [&mut pcm.left, &mut pcm.right] {
        lift(channel);
        fade(channel);
    }
    let Some(loud) = integrated(&pcm) else { return progress(1.0).then_some(pcm) };
    scale(&mut pcm, decibels(-18.0 - loud));
    glue(&mut pcm);
    if !progress(0.2) {
        return None;
    }
    let peaks = peaks(&pcm);
    let mut gain = decibels(TARGET - integrated(&pcm)?);
    for round in 0..ROUNDS {
        if !progress(0.4 + 0.1 * float(round)) {
            return None;
        }
        let limited = limited(&pcm, &peaks, gain);
        let off = TARGET - integrated(&limited)?;
        if off.abs() < 0.15 || round + 1 == ROUNDS {
            pcm = limited;
            break;
        }
        gain *= decibels(off * 1.2);
    }
    let over = true_peak(&pcm);
    if over > CEILING {
        scale(&mut pcm, CEILING / over);
    }
    progress(1.0).then_some(pcm)
}

fn decibels(value: f64) -> f32 {
    sample(10.0_f64.powf(value / 20.0))
}

fn scale(pcm: &mut Pcm, gain: f32) {
    pcm.left.iter_mut().chain(&mut pcm.right).for_each(|sample| *sample *= gain);
}

/// Takes out what is below 25 Hz, twice.
fn lift(channel: &mut [f32]) {
    let keep = (-std::f32::consts::TAU * 25.0 / float(SAMPLE_RATE as usize)).exp();
    for _ in 0..2 {
        let [mut before, mut out] = [0.0_f32; 2];
        for sample in channel.iter_mut() {
            out = keep * (out + *sample - before);
            before = *sample;
            *sample = out;
        }
    }
}

fn fade(channel: &mut [f32]) {
    let start = channel.len().saturating_sub(FADE);
    for (left, sample) in channel[start..].iter_mut().rev().enumerate() {
        let way = float(left) / float(FADE);
        *sample *= way * way * (3.0 - 2.0 * way);
    }
    for (at, sample) in channel.iter_mut().take(96).enumerate() {
        *sample *= float(at) / 96.0;
    }
}

/// A compressor of 2:1 above -16 dBFS, slow enough to let the drums through.
fn glue(pcm: &mut Pcm) {
    const KNEE: f32 = 0.025;
    let [rise, drop] = [0.02_f32, 0.18].map(|time| 1.0 - (-1.0 / (time * 48_000.0)).exp());
    let mut power = 0.0_f32;
    for (left, right) in pcm.left.iter_mut().zip(&mut pcm.right) {
        let now = 0.5 * (*left * *left + *right * *right);
        power += (now - power) * if now > power { rise } else { drop };
        if power > KNEE {
            let gain = (KNEE / power).sqrt().sqrt();
            *left *= gain;
            *right *= gain;
        }
    }
}

/// The sound at this gain, held under the ceiling by a limiter that sees each peak before it comes.
fn limited(pcm: &Pcm, peaks: &[f32], gain: f32) -> Pcm {
    let held = smooth(&lowest(peaks, gain));
    let apply = |channel: &[f32]| {
        channel.iter().zip(&held).map(|(sample, hold)| sample * gain * hold).collect()
    };
    Pcm { left: apply(&pcm.left), right: apply(&pcm.right) }
}

/// The gain that the loudest peak nearby demands.
fn lowest(peaks: &[f32], gain: f32) -> Vec<f32> {
    let need = |at: usize| (CEILING / (peaks[at] * gain).max(1e-9)).min(1.0);
    let mut window: VecDeque<(usize, f32)> = VecDeque::new();
    let mut lowest = Vec::with_capacity(peaks.len());
    for ahead in 0..peaks.len() + AROUND {
        if ahead < peaks.len() {
            let now = need(ahead);
            while window.back().is_some_and(|(_, value)| *value >= now) {
                window.pop_back();
            }
            window.push_back((ahead, now));
        }
        if ahead >= AROUND {
            let at = ahead - AROUND;
            while window.front().is_some_and(|(old, _)| old + AROUND < at) {
                window.pop_front();
            }
            lowest.push(window.front().map_or(1.0, |(_, value)| *value));
        }
    }
    lowest
}

/// Lets go slowly, and turns every step into a ramp.
fn smooth(lowest: &[f32]) -> Vec<f32> {
    let back = 1.0 - (-1.0_f32 / (0.06 * 48_000.0)).exp();
    let mut held = 1.0_f32;
    let eased: Vec<f32> = lowest
        .iter()
        .map(|low| {
            held = low.min(held + (1.0 - held) * back);
            held
        })
        .collect();
    let width = 2 * AROUND + 1;
    let at = |index: isize| {
        let last = eased.len().saturating_sub(1);
        f64::from(eased[index.max(0).unsigned_abs().min(last)])
    };
    let around = AROUND.cast_signed();
    let mut sum: f64 = (-around..=around).map(at).sum();
    (0..eased.len().cast_signed())
        .map(|index| {
            let mean = sum / f64::from(u32::try_from(width).unwrap_or(1));
            sum += at(index + around + 1) - at(index - around);
            sample(mean)
        })
        .collect()
}
