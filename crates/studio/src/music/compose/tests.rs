use std::collections::HashSet;

use super::*;
use crate::lyric::SectionKind::{Bridge, Chorus, Outro, Verse};
use crate::music::SheetSection;
use crate::music::num::whole;

const STYLES: [&str; 10] =
    ["", "acoustic pop", "발라드", "lofi", "edm", "트로트", "jazz", "rock", "시티팝", "보사노바"];

/// A sheet of this many lines, in sections of four.
fn sheet(lines: usize, style: &str, seed: u64) -> SongSheet {
    let kinds = [Verse, Chorus, Verse, Bridge, Chorus, Outro];
    let sections = (0..lines.div_ceil(4))
        .map(|index| SheetSection {
            kind: kinds[index % kinds.len()],
            lines: vec!["따뜻한 커피 향이 번지면".to_owned(); 4.min(lines - index * 4)],
        })
        .collect();
    SongSheet { sections, style: style.to_owned(), seed }
}

fn each(check: impl Fn(&SongSheet, &Score)) {
    for lines in 1..=60 {
        for (seed, style) in (0..).zip(STYLES) {
            let sheet = sheet(lines, style, seed + 10 * u64::try_from(lines).unwrap());
            check(&sheet, &compose(&sheet));
        }
    }
}

#[test]
fn songs_last_20_to_40_seconds_whatever_the_number_of_lines() {
    each(|sheet, score| {
        let lines: usize = sheet.sections.iter().map(|section| section.lines.len()).sum();
        assert!((20.0..=40.0).contains(&score.seconds), "{lines}: {}", score.seconds);
        assert_eq!(score.lines.len(), lines);
    });
}

#[test]
fn lines_begin_on_beats_or_between_two_do_not_overlap_and_leave_room_for_the_ending() {
    each(|_, score| {
        for pair in score.lines.windows(2) {
            assert!(pair[0].start < pair[0].end && pair[0].end < pair[1].start);
        }
        for line in &score.lines {
            let beats = line.start * score.bpm / 60.0;
            let halves = beats * 2.0;
            assert!((halves - halves.round()).abs() < 1e-6, "{beats}");
        }
        assert!(score.lines[score.lines.len() - 1].end < score.seconds - 1.5);
    });
}

#[test]
fn bars_are_even_and_parts_follow_each_other_from_the_first_second_to_the_last() {
    each(|_, score| {
        let bar = 240.0 / score.bpm;
        assert!(score.bars[0].abs() < 1e-9);
        assert!(score.bars.windows(2).all(|pair| (pair[1] - pair[0] - bar).abs() < 1e-6));
        assert!(score.bars[score.bars.len() - 1] < score.seconds);
        assert!(score.sections[0].start.abs() < 1e-9);
        for pair in score.sections.windows(2) {
            assert!((pair[0].end - pair[1].start).abs() < 1e-9);
        }
        assert_eq!(score.sections[0].part, Part::Intro);
        let last = score.sections[score.sections.len() - 1];
        assert_eq!(last.part, Part::Outro);
        assert!((last.end - score.seconds).abs() < 1e-9);
    });
}

#[test]
fn lines_are_sung_in_the_part_that_they_belong_to() {
    let score = compose(&sheet(12, "acoustic pop", 3));
    let part = |at: f64| {
        score
            .sections
            .iter()
            .find(|span| span.start <= at + 1e-9 && at + 1e-9 < span.end)
            .unwrap()
            .part
    };
    let parts: Vec<Part> = score.lines.iter().map(|line| part(line.start)).collect();
    assert_eq!(parts[..4], [Part::Verse; 4]);
    assert_eq!(parts[4..8], [Part::Chorus; 4]);
    assert_eq!(parts[8..], [Part::Verse; 4]);
}

#[test]
fn a_sheet_without_lines_is_an_instrumental() {
    let score = compose(&SongSheet { sections: Vec::new(), style: String::new(), seed: 1 });
    assert!((20.0..=40.0).contains(&score.seconds));
    assert!(score.sections.iter().any(|span| span.part == Part::Solo));
}

#[test]
fn styles_differ_in_tempo_and_seeds_in_tune() {
    let tempos: HashSet<usize> =
        STYLES[1..].iter().map(|style| whole(compose(&sheet(10, style, 1)).bpm / 8.0)).collect();
    assert!(tempos.len() >= 5, "{tempos:?}");
    let tunes: HashSet<Vec<i32>> = (0..50)
        .map(|seed| {
            let score = compose(&sheet(10, "pop", seed));
            let lead = score.notes.iter().filter(|note| note.player == Player::Lead);
            lead.map(|note| note.pitch).collect()
        })
        .collect();
    assert_eq!(tunes.len(), 50);
}

#[test]
fn the_lead_follows_the_syllables() {
    let count = |line: &str| {
        let mut sheet = sheet(8, "jazz", 1);
        sheet.sections[0].lines = vec![line.to_owned(); 4];
        let score = compose(&sheet);
        let end = score.lines[3].end;
        score.notes.iter().filter(|note| note.player == Player::Lead && note.at < end).count()
    };
    assert!(count("봄이 와") < count("오늘도 여기서 당신을 기다릴게요"));
}

#[test]
fn verse_and_chorus_have_tunes_that_come_back() {
    let score = compose(&sheet(8, "trot", 9));
    let rhythm = |line: usize| -> Vec<usize> {
        let LineTime { start, end } = score.lines[line];
        let inside = score.notes.iter().filter(|note| {
            note.player == Player::Lead
                && note.pan == 0.0
                && note.at >= start - 0.01
                && note.at < end
        });
        inside.map(|note| whole(((note.at - start) * 1_000.0).abs().round())).collect()
    };
    assert_eq!(rhythm(4), rhythm(6));
    assert_eq!(rhythm(0), rhythm(2));
    assert_ne!(rhythm(4), rhythm(5));
}
