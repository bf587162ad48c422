use super::*;
use crate::lyric::SectionKind;
use crate::music::aac;
use crate::music::testing::decode;
use crate::music::{SheetSection, SongSheet, compose};

const STYLES: [&str; 9] = [
    "acoustic pop",
    "ballad",
    "lofi",
    "edm",
    "trot",
    "jazz",
    "rock",
    "city pop funk",
    "bossa nova",
];

fn sheet(style: &str, seed: u64) -> SongSheet {
    let section = |kind, lines: &[&str]| SheetSection {
        kind,
        lines: lines.iter().map(ToString::to_string).collect(),
    };
    let verse =
        ["골목 끝에 불이 켜지면", "발걸음이 먼저 아네", "따뜻한 커피 향기에", "하루가 부드러워"];
    let chorus = ["여기는 바람 카페", "우리가 머무는 자리", "오늘도 바람 카페", "내일도 너와 함께"];
    SongSheet {
        sections: vec![
            section(SectionKind::Verse, &verse),
            section(SectionKind::Chorus, &chorus),
            section(SectionKind::Verse, &verse),
        ],
        style: style.to_owned(),
        seed,
    }
}

fn decibels(level: f32) -> f32 {
    20.0 * level.log10()
}

#[test]
fn every_style_is_as_loud_as_a_record_and_never_over_even_after_the_codec() {
    for style in STYLES {
        let score = compose(&sheet(style, 11));
        let pcm = render(&score, &mut |_| true).unwrap();
        let loud = loudness::integrated(&pcm).unwrap();
        let peak = decibels(true_peak(&pcm));
        let track = aac::encode(&pcm, &mut |_| true).unwrap();
        let file = aac::write_file(&track).unwrap();
        if let Ok(folder) = std::env::var("CASTAD_LISTEN") {
            std::fs::write(format!("{folder}/{style}.m4a"), &file).unwrap();
        }
        let decoded = decode(&file);
        let after = loudness::integrated(&decoded).unwrap();
        let peak_after = decibels(true_peak(&decoded));
        println!(
            "{style}: {:.0} bpm {:.1} s {loud:.2} LUFS {peak:.2} dBTP, decoded {after:.2} {peak_after:.2}",
            score.bpm, score.seconds
        );
        assert!((loud + 14.0).abs() < 1.0, "{style}: {loud} LUFS");
        assert!(peak <= -1.0, "{style}: {peak} dBTP");
        assert!((after + 14.0).abs() < 1.2 && peak_after <= -1.0, "{style}: {after}, {peak_after}");
        assert!((track.seconds() - score.seconds).abs() < 0.001);
    }
}

#[test]
fn the_same_seed_plays_the_same_samples_and_another_does_not() {
    let play = |seed| render(&compose(&sheet("lofi", seed)), &mut |_| true).unwrap();
    assert_eq!(play(4), play(4));
    assert_ne!(play(4), play(5));
}

#[test]
fn there_is_no_offset_no_click_and_no_hole() {
    let score = compose(&sheet("rock", 2));
    let pcm = render(&score, &mut |_| true).unwrap();
    for channel in [&pcm.left, &pcm.right] {
        assert!(channel.iter().all(|sample| sample.is_finite()));
        let mean: f32 = channel.iter().sum::<f32>() / crate::music::num::float(channel.len());
        assert!(mean.abs() < 1e-3, "{mean}");
        assert!(channel[0].abs() < 1e-3 && channel[channel.len() - 1].abs() < 1e-3);
        let played = &channel[..channel.len() - 96_000];
        for half in played.chunks_exact(24_000) {
            assert!(half.iter().any(|sample| sample.abs() > 0.02), "half a second of silence");
        }
    }
    assert_ne!(pcm.left, pcm.right);
}

#[test]
fn an_answer_of_no_stops_the_band_at_once() {
    let score = compose(&sheet("edm", 2));
    let mut all = 0;
    let whole = render(&score, &mut |_| {
        all += 1;
        true
    });
    assert!(whole.is_some());
    for most in [1, all / 2, all] {
        let mut asked = 0;
        let stopped = render(&score, &mut |_| {
            asked += 1;
            asked < most
        });
        assert!(stopped.is_none());
        assert_eq!(asked, most);
    }
}

#[test]
fn progress_never_goes_back_and_ends_at_one() {
    let mut seen = Vec::new();
    let whole = render(&compose(&sheet("trot", 2)), &mut |done| {
        seen.push(done);
        true
    });
    assert!(whole.is_some());
    assert!(seen.is_sorted());
    assert!((seen.last().unwrap() - 1.0).abs() < 1e-5);
}
