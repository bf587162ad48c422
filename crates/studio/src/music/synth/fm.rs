//! Two sines, one bending the other: bells, keys and electric pianos.

use super::{BLOCK, RATE, fall, seconds, sine};

#[derive(Debug, PartialEq)]
pub(super) struct Fm {
    /// The bending sine's frequency over the note's.
    pub(super) ratio: f32,
    /// How far it bends, in turns, and in how many seconds that dies away.
    pub(super) index: f32,
    pub(super) decay: f32,
    /// The part that stays.
    pub(super) floor: f32,
    /// The hammer's knock.
    pub(super) knock: f32,
    /// A partner this many cents away.
    pub(super) chorus: f32,
}

impl Fm {
    pub(super) fn play(&self, frequency: f32, level: f32, out: &mut [f32]) {
        let step = frequency / RATE;
        let partner = step * (self.chorus / 1_200.0).exp2();
        // High notes bend less: their overtones would leave the range of hearing.
        let index = self.index * (0.5 + 0.5 * level) * (440.0 / frequency).clamp(0.25, 1.5);
        let decay = fall(self.decay);
        let mut bend = 1.0;
        let [mut carrier, mut second, mut modulator] = [0.0_f32; 3];
        for (block, samples) in out.chunks_mut(BLOCK).enumerate() {
            let knock = self.knock * (-seconds(block * BLOCK) * 90.0).exp();
            for sample in samples {
                carrier = wrap(carrier + step);
                second = wrap(second + partner);
                modulator = wrap(modulator + step * self.ratio);
                bend *= decay;
                let by = index * (self.floor + bend * (1.0 - self.floor)) * sine(modulator);
                *sample = 0.55 * (sine(carrier + by) + sine(second + by))
                    + knock * sine(modulator * 3.0 + carrier);
            }
        }
    }
}

fn wrap(phase: f32) -> f32 {
    if phase >= 1.0 { phase - phase.floor() } else { phase }
}
