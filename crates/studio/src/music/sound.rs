//! The styles: what distinguishes one band and its way of playing from another.

mod bands;

use super::harmony::Progressions;
use super::score::Drum;
use super::synth::Patch;
use crate::random::Random;

/// A style of music.
#[derive(Debug, PartialEq)]
pub(super) struct Sound {
    pub(super) name: &'static str,
    /// What a customer says who means this style; the longest match counts.
    words: &'static [&'static str],
    /// The usual range of beats per minute.
    pub(super) tempo: (f32, f32),
    /// How late the second eighth of a beat comes, in beats.
    pub(super) swing: f64,
    /// How often a song is in a minor key.
    pub(super) minor: f32,
    /// Beats from one chord to the next.
    pub(super) chord_beats: usize,
    pub(super) sevenths: bool,
    pub(super) in_major: &'static Progressions,
    pub(super) in_minor: &'static Progressions,
    /// How intro, verse and bridge are played.
    pub(super) quiet: Groove,
    /// How chorus, solo and outro are played.
    pub(super) full: Groove,
    pub(super) band: Band,
    /// How deep the kick pushes the others down, 0 to 1.
    pub(super) duck: f32,
    /// Seconds from one string to the next in a strummed chord.
    pub(super) strum: f64,
}

/// One bar in sixteenths. In drums `x` is strong and `o` soft; in the bass `1` root, `5` fifth, `8` octave, `a` a step
/// below the next root; in chords `x` strikes and `-` holds; in the arpeggio a digit picks a tone. `.` is silence.
#[derive(Debug, PartialEq)]
pub(super) struct Groove {
    pub(super) drums: &'static [(Drum, &'static str)],
    pub(super) bass: &'static str,
    pub(super) chords: &'static str,
    pub(super) arp: &'static str,
}

/// Who plays.
#[derive(Debug, PartialEq)]
pub(super) struct Band {
    pub(super) bass: Patch,
    pub(super) chords: Patch,
    pub(super) pad: Patch,
    pub(super) arp: Patch,
    pub(super) lead: Patch,
}

/// What the customer's words ask for besides the style.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mood {
    /// Factor on the tempo.
    pub(super) pace: f32,
    /// A minor key, a major one, or whatever the style likes.
    pub(super) minor: Option<bool>,
}

const QUICK: &[&str] = &["fast", "upbeat", "energetic", "빠른", "빠르", "신나", "경쾌", "활기"];
const SLOW: &[&str] = &["slow", "calm", "relax", "느린", "느리", "차분", "편안", "여유"];
const BRIGHT: &[&str] =
    &["bright", "happy", "cheer", "sunny", "warm", "밝은", "밝고", "행복", "따뜻", "경쾌", "상큼"];
const DARK: &[&str] =
    &["sad", "dark", "moody", "melanch", "슬픈", "슬프", "어두", "쓸쓸", "그리운", "몽환"];

impl Sound {
    /// The style that the words ask for; where they name none, one that suits any shop, by seed.
    pub(super) fn wanted(style: &str, random: &mut Random) -> &'static Self {
        let style = style.to_lowercase();
        let asked = bands::ALL
            .iter()
            .filter_map(|sound| {
                let longest = sound
                    .words
                    .iter()
                    .filter(|word| style.contains(*word))
                    .map(|word| word.chars().count())
                    .max()?;
                Some((longest, *sound))
            })
            .max_by_key(|(longest, _)| *longest);
        asked.map_or_else(|| *random.pick(&bands::ANYWHERE), |(_, sound)| sound)
    }
}

impl Mood {
    pub(super) fn wanted(style: &str) -> Self {
        let style = style.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| style.contains(word));
        let pace = match (says(QUICK), says(SLOW)) {
            (true, false) => 1.08,
            (false, true) => 0.92,
            _ => 1.0,
        };
        let minor = match (says(DARK), says(BRIGHT)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        };
        Self { pace, minor }
    }
}

#[cfg(test)]
mod tests;
