//! An echo that falls from side to side, a dotted eighth apart.

use crate::music::num::whole;
use crate::music::pcm::SAMPLE_RATE;

#[derive(Debug)]
pub(super) struct Echo {
    left: Vec<f32>,
    right: Vec<f32>,
    at: usize,
    dull: f32,
}

const BACK: f32 = 0.42;

impl Echo {
    pub(super) fn new(bpm: f64) -> Self {
        let length = whole(f64::from(SAMPLE_RATE) * 45.0 / bpm.max(20.0)).max(1);
        Self { left: vec![0.0; length], right: vec![0.0; length], at: 0, dull: 0.0 }
    }

    pub(super) fn next(&mut self, input: f32) -> (f32, f32) {
        let (left, right) = (self.left[self.at], self.right[self.at]);
        self.dull += (right - self.dull) * 0.4;
        self.left[self.at] = input + self.dull * BACK;
        self.right[self.at] = left * BACK * 1.6;
        self.at = if self.at + 1 == self.left.len() { 0 } else { self.at + 1 };
        (left, right)
    }
}
