//! Phrases of the owner's own that can be sung as they are.

use super::Language;
use super::fill::{WIDEST, width};

const SHORTEST: usize = 8;

/// The clauses of `details` that are short, in the right script, and no address, number or link.
pub(super) fn phrases(details: &str, language: Language) -> Vec<String> {
    details.split(ends_clause).map(tidy).filter(|phrase| singable(phrase, language)).collect()
}

fn ends_clause(letter: char) -> bool {
    ".,!?;\n\r|/·•、。，！？~…\"“”()[]{}<>*#".contains(letter)
}

fn tidy(clause: &str) -> String {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let phrase = words.join(" ");
    let phrase = phrase.trim_matches(|letter: char| !letter.is_alphanumeric());
    let mut letters = phrase.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

fn singable(phrase: &str, language: Language) -> bool {
    let wide = width(phrase);
    let digits = phrase.chars().filter(char::is_ascii_digit).count();
    let letters = phrase.chars().filter(|letter| letter.is_alphabetic()).count();
    let ours = phrase
        .chars()
        .filter(|letter| match language {
            Language::Korean => ('가'..='힣').contains(letter),
            Language::English => letter.is_ascii_alphabetic(),
        })
        .count();
    let link = phrase.contains('@') || phrase.contains("www") || phrase.contains("http");
    let several = phrase.contains(' ');
    (SHORTEST..=WIDEST).contains(&wide)
        && several
        && digits <= 3
        && ours * 10 >= letters * 8
        && !link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_clauses_are_kept_and_numbers_links_and_other_scripts_are_not() {
        let korean = phrases(
            "직접 볶은 원두, 1:1 맞춤 수업! 문의: 02-123-4567, www.example.com best coffee in town",
            Language::Korean,
        );
        assert_eq!(korean, ["직접 볶은 원두", "1:1 맞춤 수업"]);
        let english =
            phrases("hand-poured coffee, open till late; 원두 직접 볶음", Language::English);
        assert_eq!(english, ["Hand-poured coffee", "Open till late"]);
    }

    #[test]
    fn slots_cannot_be_smuggled_in() {
        assert!(
            phrases("{name} 그리고 {place}", Language::Korean).iter().all(|p| !p.contains('{'))
        );
    }
}
