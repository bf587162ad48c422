//! Keys and chords.

use super::num::float64;
use super::score::Part;

const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
const MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 10];

/// The degrees, from 0, that a style's parts move through.
#[derive(Debug, PartialEq)]
pub(super) struct Progressions {
    pub(super) verse: &'static [[i32; 4]],
    pub(super) chorus: &'static [[i32; 4]],
    pub(super) bridge: [i32; 4],
}

/// A tonic, as a MIDI number about the middle of the keyboard, and a scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) tonic: i32,
    pub(super) minor: bool,
}

impl Key {
    /// The pitch of a scale step, which may lie any number of octaves away.
    pub(super) fn pitch(self, step: i32) -> i32 {
        let scale = if self.minor { MINOR } else { MAJOR };
        let place = usize::try_from(step.rem_euclid(7)).unwrap_or(0);
        self.tonic + 12 * step.div_euclid(7) + scale[place]
    }

    /// The chord on a degree: a triad, or with its seventh.
    pub(super) fn chord(self, degree: i32, seventh: bool) -> Chord {
        let steps = if seventh { &[0, 2, 4, 6][..] } else { &[0, 2, 4] };
        let mut tones: Vec<i32> = steps.iter().map(|step| self.pitch(degree + step)).collect();
        // The dominant of a minor key leads home through its major third.
        if self.minor && degree.rem_euclid(7) == 4 {
            tones[1] += 1;
        }
        Chord { tones }
    }
}

/// A chord in root position, low to high.
#[derive(Clone, Debug)]
pub(super) struct Chord {
    pub(super) tones: Vec<i32>,
}

impl Chord {
    /// The tones in the octave around `center`, so that chords follow each other smoothly.
    pub(super) fn voiced(&self, center: i32) -> Vec<i32> {
        let mut tones: Vec<i32> =
            self.tones.iter().map(|tone| center - 6 + (tone - center + 6).rem_euclid(12)).collect();
        tones.sort_unstable();
        tones
    }

    /// The root in the octave that begins at `low`.
    pub(super) fn bass(&self, low: i32) -> i32 {
        low + (self.tones[0] - low).rem_euclid(12)
    }

    /// Whether the pitch belongs to the chord, in any octave.
    pub(super) fn has(&self, pitch: i32) -> bool {
        self.tones.iter().any(|tone| (tone - pitch).rem_euclid(12) == 0)
    }
}

/// The chords of a song, one for every half bar.
#[derive(Clone, Debug)]
pub(super) struct Harmony(pub(super) Vec<Chord>);

impl Harmony {
    /// The chord that sounds at `beat`.
    pub(super) fn at(&self, beat: f64) -> &Chord {
        let index = self
            .0
            .iter()
            .enumerate()
            .take_while(|(index, _)| float64(index * 2) <= beat + 0.01)
            .count();
        &self.0[index.saturating_sub(1)]
    }
}

/// The progression of a part, chosen by `choice`.
pub(super) fn degrees(progressions: &Progressions, part: Part, choice: usize) -> [i32; 4] {
    match part {
        Part::Intro | Part::Chorus | Part::Solo => {
            progressions.chorus[choice % progressions.chorus.len()]
        }
        Part::Verse => progressions.verse[choice % progressions.verse.len()],
        Part::Bridge => progressions.bridge,
        Part::Outro => [3, 4, 0, 0],
    }
}
