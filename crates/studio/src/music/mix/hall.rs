//! A small hall: eight delays that feed each other.

#[derive(Debug)]
pub(super) struct Hall {
    lines: [Vec<f32>; 8],
    at: [usize; 8],
    dull: [f32; 8],
    early: Vec<f32>,
    early_at: usize,
}

/// Samples, with no common divisor, so that the echoes do not pile up.
const LENGTHS: [usize; 8] = [1_427, 1_637, 1_871, 2_099, 2_377, 2_683, 2_953, 3_301];
const EARLY: usize = 911;
/// What is left after one way through: about 1.3 s until silence.
const LEFT: f32 = 0.83;
const DAMP: f32 = 0.45;

impl Hall {
    pub(super) fn new() -> Self {
        Self {
            lines: LENGTHS.map(|length| vec![0.0; length]),
            at: [0; 8],
            dull: [0.0; 8],
            early: vec![0.0; EARLY],
            early_at: 0,
        }
    }

    pub(super) fn next(&mut self, input: f32) -> (f32, f32) {
        let delayed = std::mem::replace(&mut self.early[self.early_at], input);
        self.early_at = if self.early_at + 1 == EARLY { 0 } else { self.early_at + 1 };

        let mut out = [0.0; 8];
        for (index, line) in self.lines.iter().enumerate() {
            self.dull[index] += (line[self.at[index]] - self.dull[index]) * (1.0 - DAMP);
            out[index] = self.dull[index];
        }
        // Householder: everything reaches every line, and no energy is made.
        let share = out.iter().sum::<f32>() * 0.25;
        for (index, line) in self.lines.iter_mut().enumerate() {
            let at = &mut self.at[index];
            line[*at] = delayed + (out[index] - share) * LEFT;
            *at = if *at + 1 == LENGTHS[index] { 0 } else { *at + 1 };
        }
        let left = out[0] - out[2] + out[4] - out[6];
        let right = out[1] - out[3] + out[5] - out[7];
        (left * 0.5, right * 0.5)
    }
}
