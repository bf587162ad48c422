use std::fmt::Write;

use castad_domain::{
    model::{Brief, Language, LyricText, LyricTextError, SectionKind},
    port::{ProviderError, ProviderErrorKind},
};

use crate::schema::Song;

/// Fewer lines make no song.
pub(crate) const LEAST_LINES: usize = 4;

/// Why an answer cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("it was cut off at its length")]
    Truncated(String),
    #[error("it is not the JSON that was asked for")]
    Form(#[source] serde_json::Error),
    #[error("{0}")]
    Words(LyricTextError),
    #[error("it has {0} lines, at least {LEAST_LINES} are needed")]
    TooFewLines(usize),
    #[error("it is not in the language that was asked for")]
    Language,
    #[error("the business's name is not in it")]
    NoName,
}

impl From<Fault> for ProviderError {
    fn from(fault: Fault) -> Self {
        let text = format!("ChatGPT's lyric cannot be used: {fault}");
        let error = Self::new(ProviderErrorKind::Unusable, text);
        match &fault {
            Fault::Truncated(code) => error.with_code(code.clone()),
            Fault::Form(_)
            | Fault::Words(_)
            | Fault::TooFewLines(_)
            | Fault::Language
            | Fault::NoName => error.with_source(fault),
        }
    }
}

/// The words of an answer, if they can be sung for that brief.
pub(crate) fn words(answer: &str, brief: &Brief) -> Result<LyricText, Fault> {
    let song: Song = serde_json::from_str(answer).map_err(Fault::Form)?;
    let name = brief.business_name.as_str();
    let words = LyricText::parse(&song.title, &body(&song, name)).map_err(Fault::Words)?;
    let count = words.lines().count();
    if count < LEAST_LINES {
        return Err(Fault::TooFewLines(count));
    }
    if !words.lines().any(|line| line.contains(name)) {
        return Err(Fault::NoName);
    }
    if is_in(brief.language, words.lines(), name) { Ok(words) } else { Err(Fault::Language) }
}

fn body(song: &Song, name: &str) -> String {
    let mut body = String::new();
    for section in &song.sections {
        let kind = SectionKind::from(section.kind);
        let _ = writeln!(body, "\n[{}]", kind.heading());
        for line in section.lines.iter().flat_map(|line| line.lines()) {
            let line = line.trim();
            let bracketed = line.starts_with('[') && line.ends_with(']');
            // A line in brackets is a stage direction, unless it is the name, which may have them.
            match (bracketed, line.contains(name)) {
                (false, _) => body.extend([line, "\n"]),
                (true, true) => body.extend([line, "!\n"]),
                (true, false) => {}
            }
        }
    }
    body
}

/// Whether at least half of the letters are of the language's script, the name aside.
fn is_in<'a>(language: Language, lines: impl Iterator<Item = &'a str>, name: &str) -> bool {
    let (mut ours, mut all) = (0, 0);
    for line in lines {
        let line = line.replace(name, "");
        for letter in line.chars().filter(|c| c.is_alphabetic()) {
            all += 1;
            ours += usize::from(match language {
                Language::Korean => is_hangul(letter),
                Language::English => is_latin(letter),
            });
        }
    }
    all > 0 && ours * 2 >= all
}

fn is_hangul(c: char) -> bool {
    matches!(c, '가'..='힣' | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}')
}

/// With its accents: a café stays English.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use castad_domain::model::{BusinessName, Details, Orientation, Region};
    use serde_json::json;

    use super::*;

    fn brief(name: &str, language: Language) -> Brief {
        Brief {
            business_name: BusinessName::parse(name).unwrap(),
            region: Region::parse("부산").unwrap(),
            details: Details::none(),
            language,
            orientation: Orientation::Square,
            style: None,
            seed: None,
        }
    }

    fn read(name: &str, language: Language, lines: &[&str]) -> Result<LyricText, String> {
        let answer = json!({"title": "노래", "sections": [{"kind": "chorus", "lines": lines}]});
        words(&answer.to_string(), &brief(name, language)).map_err(|fault| fault.to_string())
    }

    #[test]
    fn words_that_can_be_sung_are_taken_as_they_are() {
        let korean = ["바다가 보여요", "커피 한 잔", "다온카페", "다온카페로 와요"];
        let words = read("다온카페", Language::Korean, &korean).unwrap();
        assert_eq!(words.lines().collect::<Vec<_>>(), korean);
        assert_eq!(words.sections()[0].kind(), SectionKind::Chorus);
        let english =
            ["Down by the sea", "a cup for me", "다온카페 다온카페 다온카페", "Open at nine"];
        assert!(read("다온카페", Language::English, &english).is_ok(), "a name is in no language");
    }

    #[test]
    fn half_of_the_letters_are_enough_and_fewer_are_not() {
        let (name, half) = ("7", ["가나", "ab", "다", "c 7"]);
        assert!(read(name, Language::Korean, &half).is_ok());
        assert!(read(name, Language::English, &half).is_ok());
        let told = Err("it is not in the language that was asked for".to_owned());
        assert_eq!(read(name, Language::Korean, &["가나", "ab", "다", "cd 7"]), told);
        assert_eq!(read(name, Language::English, &["가나", "ab", "다라", "c 7"]), told);
        assert_eq!(read(name, Language::English, &["7", "7", "7", "7"]), told);
    }

    #[test]
    fn a_stage_direction_is_left_out_and_a_name_in_brackets_is_kept() {
        let lines = ["[Chorus]", "[별]", "오늘도", "반짝여요", "와요", "[박수]"];
        let words = read("[별]", Language::Korean, &lines).unwrap();
        assert_eq!(words.lines().collect::<Vec<_>>(), ["[별]!", "오늘도", "반짝여요", "와요"]);
    }

    #[test]
    fn what_cannot_be_sung_says_why() {
        let fault = |lines: &[&str]| read("다온", Language::Korean, lines).unwrap_err();
        assert_eq!(fault(&["가", "나", "다온"]), "it has 3 lines, at least 4 are needed");
        assert_eq!(fault(&["가", "나", "다", "라"]), "the business's name is not in it");
        assert_eq!(fault(&[]), "it has no line to sing");
        assert!(fault(&["가", "나", "다온 🍰", "라"]).starts_with("line 3: the character U+1F370"));
        let long = "가".repeat(LyricText::MAX_LINE + 1);
        assert!(fault(&["가", "나", &long, "다온"]).starts_with("line 3: it has 101 characters"));
        for answer in [
            "",
            "Sure!",
            "{\"title\": \"a\"}",
            "{\"title\":\"a\",\"sections\":[{\"kind\":\"rap\",\"lines\":[]}]}",
        ] {
            let told = words(answer, &brief("다온", Language::Korean)).unwrap_err();
            assert_eq!(told.to_string(), "it is not the JSON that was asked for", "{answer}");
        }
    }
}
