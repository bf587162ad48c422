use std::collections::HashSet;

use super::fill::{WIDEST, width};
use super::*;

fn brief(name: &str, region: &str, details: &str, language: Language) -> Brief {
    Brief {
        business_name: name.to_owned(),
        region: region.to_owned(),
        details: details.to_owned(),
        language,
        style: String::new(),
    }
}

fn briefs() -> Vec<Brief> {
    use Language::{English, Korean};
    vec![
        brief("바람카페", "연남동", "직접 볶은 원두와 매일 굽는 스콘. 문의 02-123-4567", Korean),
        brief("달빛식당", "전주 한옥마을", "", Korean),
        brief("Blue Moon", "서울시 마포구 연남동", "small bar", Korean),
        brief("필라테스 24", "부산", "1:1 맞춤 수업, 샤워실 완비", Korean),
        brief("Rosewood Florist", "Brooklyn", "wedding bouquets; fresh cut every day", English),
        brief("바다펜션", "속초", "조용한 바닷가", English),
        brief("Jo's", "Leeds", "", English),
        brief("", "", "", Korean),
        brief(" ", "", "", English),
    ]
}

fn section_lines(words: &Words, kind: SectionKind) -> Vec<&str> {
    let sections = words.sections.iter().filter(|section| section.kind == kind);
    sections.flat_map(|section| section.lines.iter().map(String::as_str)).collect()
}

#[test]
fn the_name_is_in_the_chorus_and_the_place_in_a_verse() {
    for brief in briefs().iter().filter(|brief| !brief.region.is_empty()) {
        for seed in 0..200 {
            let words = write(brief, seed);
            let chorus = section_lines(&words, SectionKind::Chorus);
            assert!(chorus.iter().any(|line| line.contains(&brief.business_name)), "{words:?}");
            let verses = section_lines(&words, SectionKind::Verse);
            assert!(verses.iter().any(|line| line.contains(&brief.region)), "{words:?}");
        }
    }
}

#[test]
fn there_are_8_to_14_caption_sized_lines_and_no_slot_is_left() {
    for brief in briefs() {
        for seed in 0..200 {
            let words = write(&brief, seed);
            let lines: Vec<&str> = words.lines().collect();
            assert!((8..=14).contains(&lines.len()), "{words:?}");
            for line in lines.into_iter().chain([words.title.as_str()]) {
                assert!(width(line) <= WIDEST && width(line) > 2, "{line}");
                assert!(!line.contains(['{', '}']), "{line}");
                assert_eq!(line.trim(), line);
            }
        }
    }
}

#[test]
fn korean_lyrics_are_mostly_hangul_and_english_ones_mostly_latin() {
    for brief in briefs() {
        for seed in 0..100 {
            let words = write(&brief, seed);
            let text: String = words.lines().collect();
            let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
            let hangul = text.chars().filter(|letter| ('가'..='힣').contains(letter)).count();
            let expected = brief.language == Language::Korean;
            assert_eq!(hangul * 2 >= letters, expected, "{text}");
        }
    }
}

#[test]
fn seeds_make_different_songs_and_one_seed_always_the_same() {
    for brief in briefs() {
        let texts: HashSet<String> = (0..200)
            .map(|seed| write(&brief, seed).lines().collect::<Vec<_>>().join("\n"))
            .collect();
        assert!(texts.len() >= 190, "{}: {}", brief.business_name, texts.len());
        let titles: HashSet<String> = (0..200).map(|seed| write(&brief, seed).title).collect();
        assert!(titles.len() >= 5, "{titles:?}");
        assert_eq!(write(&brief, 42), write(&brief, 42));
    }
}

#[test]
fn names_of_60_letters_are_sung_in_full() {
    for name in
        ["아".repeat(60), "Extraordinarily Long Business Name & Sons Bakery of Old Town".to_owned()]
    {
        assert_eq!(name.chars().count(), 60);
        for language in [Language::Korean, Language::English] {
            for seed in 0..50 {
                let words = write(&brief(&name, &"나".repeat(40), "", language), seed);
                let chorus = section_lines(&words, SectionKind::Chorus);
                assert!(chorus.iter().any(|line| *line == name), "{words:?}");
                let others = words.lines().filter(|line| !line.contains('나') && **line != name);
                assert!(others.into_iter().all(|line| width(line) <= WIDEST));
            }
        }
    }
}

#[test]
fn the_trade_and_the_owners_words_are_heard() {
    let brief = &briefs()[0];
    let texts: Vec<String> =
        (0..50).map(|seed| write(brief, seed).lines().collect::<Vec<_>>().join("\n")).collect();
    assert!(texts.iter().all(|text| text.contains("직접 볶은 원두와 매일 굽는 스콘")));
    let coffee = ["커피", "라떼", "원두는", "모금", "얼음", "쉼표", "책장"];
    assert!(texts.iter().all(|text| coffee.iter().any(|word| text.contains(word))));
    assert!(texts.iter().all(|text| !text.contains("123")));
}

#[test]
fn a_style_chooses_the_spirit_of_the_chorus() {
    let mut quiet = briefs()[1].clone();
    quiet.style = "잔잔한 발라드".to_owned();
    let mut loud = quiet.clone();
    loud.style = "신나는 댄스".to_owned();
    let choruses = |brief: &Brief| -> HashSet<String> {
        (0..60)
            .flat_map(|seed| {
                let words = write(brief, seed);
                section_lines(&words, SectionKind::Chorus)
                    .into_iter()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    assert!(choruses(&quiet).is_disjoint(&choruses(&loud)));
}
