//! The mixing desk.

use super::echo::Echo;
use super::hall::Hall;
use crate::music::num::{float, whole};
use crate::music::pcm::{Pcm, Progress, SAMPLE_RATE};

/// How one sound comes into the mix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strip {
    pub(super) gain: f32,
    pub(super) pan: f32,
    pub(super) hall: f32,
    pub(super) echo: f32,
    /// Whether the kick pushes it down.
    pub(super) ducked: bool,
}

#[derive(Debug)]
pub(super) struct Desk {
    front: Pcm,
    ducked: Pcm,
    hall: Vec<f32>,
    echo: Vec<f32>,
    kicks: Vec<usize>,
}

/// Samples that are mixed between two reports.
const STRETCH: usize = 96_000;

impl Desk {
    pub(super) fn new(samples: usize) -> Self {
        Self {
            front: Pcm::silence(samples),
            ducked: Pcm::silence(samples),
            hall: vec![0.0; samples],
            echo: vec![0.0; samples],
            kicks: Vec::new(),
        }
    }

    /// A kick at this sample.
    pub(super) fn duck(&mut self, at: usize) {
        self.kicks.push(at);
    }

    /// Adds a sound from this sample on; what would come after the song's end is left out.
    pub(super) fn add(&mut self, at: usize, sound: &[f32], strip: Strip) {
        let bus = if strip.ducked { &mut self.ducked } else { &mut self.front };
        let angle = (strip.pan.clamp(-1.0, 1.0) + 1.0) * std::f32::consts::FRAC_PI_4;
        let (left, right) = (angle.cos() * strip.gain, angle.sin() * strip.gain);
        add(&mut bus.left, at, sound, left);
        add(&mut bus.right, at, sound, right);
        if strip.hall > 0.0 {
            add(&mut self.hall, at, sound, strip.gain * strip.hall);
        }
        if strip.echo > 0.0 {
            add(&mut self.echo, at, sound, strip.gain * strip.echo);
        }
    }

    /// Everything together; `depth` is how far a kick pushes the ducked down.
    pub(super) fn mix(self, bpm: f64, depth: f32, progress: Progress<'_>) -> Option<Pcm> {
        let samples = self.hall.len();
        let mut out = self.front;
        let mut hall = Hall::new();
        let mut echo = Echo::new(bpm);
        let push = pushes(&self.kicks, samples, depth, bpm);
        for (at, push) in push.into_iter().enumerate() {
            if at % STRETCH == 0 && !progress(float(at) / float(samples)) {
                return None;
            }
            let (echo_left, echo_right) = echo.next(self.echo[at]);
            let (hall_left, hall_right) = hall.next(self.hall[at] + 0.2 * (echo_left + echo_right));
            out.left[at] += self.ducked.left[at] * push + hall_left + echo_left;
            out.right[at] += self.ducked.right[at] * push + hall_right + echo_right;
        }
        Some(out)
    }
}

fn add(bus: &mut [f32], at: usize, sound: &[f32], gain: f32) {
    let Some(rest) = bus.get_mut(at..) else { return };
    rest.iter_mut().zip(sound).for_each(|(sum, sample)| *sum += sample * gain);
}

/// The gain of the ducked bus: down at every kick, back within three quarters of a beat.
fn pushes(kicks: &[usize], samples: usize, depth: f32, bpm: f64) -> Vec<f32> {
    let mut gains = vec![1.0_f32; samples];
    let back = whole(f64::from(SAMPLE_RATE) * 45.0 / bpm);
    for kick in kicks {
        for (at, gain) in gains.iter_mut().skip(*kick).take(back).enumerate() {
            let way = float(at) / float(back);
            let dip = if at < 240 { float(at) / 240.0 } else { (1.0 - way) * (1.0 - way) };
            *gain = gain.min(1.0 - depth * dip);
        }
    }
    let mut smooth = 1.0;
    for gain in &mut gains {
        smooth += (*gain - smooth) * 0.02;
        *gain = smooth;
    }
    gains
}
