use super::*;

fn wanted(style: &str, seed: u64) -> &'static str {
    Sound::wanted(style, &mut Random::new(seed, 0)).name
}

#[test]
fn words_in_either_language_choose_the_style() {
    for (words, name) in [
        ("bright acoustic pop", "acoustic pop"),
        ("잔잔한 발라드", "ballad"),
        ("LoFi", "lofi"),
        ("신나는 EDM", "edm"),
        ("trot 트로트", "trot"),
        ("Jazz", "jazz"),
        ("강렬한 록", "rock"),
        ("시티팝", "city funk"),
        ("보사노바", "bossa nova"),
    ] {
        assert_eq!(wanted(words, 3), name, "{words}");
    }
}

#[test]
fn without_words_the_seed_chooses() {
    let names: std::collections::HashSet<_> = (0..40).map(|seed| wanted("", seed)).collect();
    assert!(names.len() >= 4, "{names:?}");
    assert_eq!(wanted("", 7), wanted("", 7));
}

#[test]
fn every_groove_is_one_bar_of_sixteenths() {
    for sound in bands::ALL {
        for groove in [&sound.quiet, &sound.full] {
            let rows = groove.drums.iter().map(|(_, row)| *row);
            for row in rows.chain([groove.bass, groove.chords, groove.arp]) {
                assert_eq!(row.len(), 16, "{} {row}", sound.name);
            }
        }
    }
}

#[test]
fn moods_move_tempo_and_key() {
    assert!(Mood::wanted("신나는 노래").pace > 1.0);
    assert!(Mood::wanted("slow and sad").pace < 1.0);
    assert_eq!(Mood::wanted("slow and sad").minor, Some(true));
    assert_eq!(Mood::wanted("밝은 분위기").minor, Some(false));
}
