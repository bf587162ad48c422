//! How long everything is: the tempo, the parts, and the beats of every line.

use super::num::{float64, whole};
use super::score::Part;
use super::sheet::{SongSheet, syllables};
use crate::lyric::SectionKind;
use crate::random::Random;

pub(super) const BAR: usize = 4;
/// What rings on after the last bar.
pub(super) const TAIL: f64 = 1.8;
const SHORTEST: f64 = 21.0;
const LONGEST: f64 = 39.0;
const IDEAL: f64 = 32.0;
/// What it takes to read a line.
const READ: f64 = 1.7;

/// Beats that a line may take, the roomiest first.
const SLOTS: [f64; 5] = [8.0, 4.0, 2.0, 1.0, 0.5];

/// A stretch in beats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) part: Part,
    pub(super) start: f64,
    pub(super) end: f64,
}

/// A line in beats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) part: Part,
    /// Its place among the lines of its section.
    pub(super) place: usize,
    pub(super) start: f64,
    pub(super) length: f64,
    pub(super) syllables: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) bpm: f64,
    pub(super) stretches: Vec<Stretch>,
    pub(super) slots: Vec<Slot>,
    pub(super) bars: usize,
}

impl Form {
    pub(super) fn seconds(&self) -> f64 {
        float64(self.bars * BAR) * 60.0 / self.bpm + TAIL
    }

    pub(super) fn part_of_bar(&self, bar: usize) -> Part {
        let middle = float64(bar * BAR) + 0.01;
        self.stretches
            .iter()
            .rfind(|stretch| stretch.start <= middle)
            .map_or(Part::Intro, |s| s.part)
    }
}

/// One way to fit the lines into a song.
#[derive(Clone, Copy)]
struct Fit {
    slot: f64,
    bpm: f64,
    intro: usize,
    solo: usize,
    sung: usize,
    outro: usize,
}

impl Fit {
    fn new(lines: usize, slot: f64, tempo: f64) -> Self {
        let roomy = slot >= 4.0;
        let sung = whole((float64(lines) * slot / 4.0).ceil());
        let mut fit =
            Self { slot, bpm: tempo, intro: 1 + usize::from(roomy), solo: 0, sung, outro: 2 };
        while fit.seconds() < SHORTEST {
            fit.solo += 2;
        }
        if fit.seconds() > LONGEST {
            fit.bpm = float64(fit.bars() * BAR) * 60.0 / (LONGEST - TAIL);
        }
        fit
    }

    fn bars(&self) -> usize {
        self.intro + self.solo + self.sung + self.outro
    }

    fn seconds(&self) -> f64 {
        float64(self.bars() * BAR) * 60.0 / self.bpm + TAIL
    }

    /// How far this is from a song at its own tempo, of a good length, mostly sung, with time to read each line.
    fn strain(&self, tempo: f64) -> f64 {
        let line = self.slot * 60.0 / self.bpm;
        6.0 * (self.bpm / tempo).ln().abs()
            + (self.seconds() - IDEAL).abs() / IDEAL
            + float64(self.solo) / 24.0
            + 0.3 / self.slot
            + 1.5 * (READ - line).max(0.0)
    }
}

/// Lays the sheet out around `tempo`: 20 to 40 seconds, whatever the number of lines.
pub(super) fn lay_out(sheet: &SongSheet, tempo: (f32, f32), random: &mut Random) -> Form {
    let tempo = f64::from(random.between(tempo.0, tempo.1).round());
    let lines = sheet.sections.iter().map(|section| section.lines.len()).sum();
    let first = Fit::new(lines, SLOTS[0], tempo);
    let fit =
        SLOTS[1..].iter().map(|slot| Fit::new(lines, *slot, tempo)).fold(first, |best, fit| {
            if fit.strain(tempo) < best.strain(tempo) { fit } else { best }
        });
    build(sheet, &fit)
}

fn build(sheet: &SongSheet, fit: &Fit) -> Form {
    let mut stretches = Vec::new();
    let mut slots = Vec::new();
    let mut at = push(&mut stretches, Part::Intro, 0.0, fit.intro);
    let last = sheet.sections.iter().rposition(|section| !section.lines.is_empty());
    for (index, section) in sheet.sections.iter().enumerate() {
        if Some(index) == last && fit.solo > 0 {
            at = push(&mut stretches, Part::Solo, at, fit.solo);
        }
        let part = part(section.kind);
        let start = at;
        for (place, line) in section.lines.iter().enumerate() {
            let syllables = syllables(line);
            slots.push(Slot { part, place, start: at, length: fit.slot, syllables });
            at += fit.slot;
        }
        if at > start {
            stretches.push(Stretch { part, start, end: at });
        }
    }
    if last.is_none() {
        at = push(&mut stretches, Part::Solo, at, fit.solo);
    }
    let ending = fit.bars() - fit.outro;
    at = at.max(float64(ending * BAR));
    if let Some(stretch) = stretches.last_mut() {
        stretch.end = at;
    }
    push(&mut stretches, Part::Outro, at, fit.outro);
    Form { bpm: fit.bpm, stretches, slots, bars: fit.bars() }
}

fn push(stretches: &mut Vec<Stretch>, part: Part, start: f64, bars: usize) -> f64 {
    let end = start + float64(bars * BAR);
    if bars > 0 {
        stretches.push(Stretch { part, start, end });
    }
    end
}

fn part(kind: SectionKind) -> Part {
    match kind {
        SectionKind::Verse => Part::Verse,
        // The lyric's last words are sung before the band's ending, with the chorus's strength.
        SectionKind::Chorus | SectionKind::Outro => Part::Chorus,
        SectionKind::Bridge => Part::Bridge,
    }
}
