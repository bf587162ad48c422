use unicode_normalization::UnicodeNormalization;

/// Why a text cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// More characters than fit.
    #[error("it has {found} characters, at most {most} are allowed")]
    TooLong {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A character that cannot be sung, drawn or safely shown.
    #[error("the character U+{:04X} is not allowed: use letters, digits and common punctuation", *.0 as u32)]
    Forbidden(char),
    /// Nothing in it that a voice could say.
    #[error("it needs at least one letter or digit")]
    NothingToSay,
}

/// What a name may hold beside letters, digits and spaces.
const PUNCTUATION: &str = "&'’‘\"“”().,!?-–—·・/+#%@:;~_*№®™©°₩$€£¥「」『』〈〉《》【】[]…|=ㆍ";

/// One line that will be sung, drawn and shown: in composed form, trimmed, runs of spaces folded.
pub(super) fn name(text: &str, most: usize) -> Result<String, TextError> {
    let composed: String = text.nfc().collect();
    let line = composed.split_whitespace().collect::<Vec<_>>().join(" ");
    within(&line, most)?;
    if let Some(c) = line.chars().find(|&c| !is_plain(c)) {
        return Err(TextError::Forbidden(c));
    }
    if !line.chars().any(char::is_alphanumeric) {
        return Err(TextError::NothingToSay);
    }
    Ok(line)
}

/// Free text: in composed form, trimmed, with line breaks but no other control characters.
pub(super) fn prose(text: &str, most: usize) -> Result<String, TextError> {
    let composed: String = text.replace("\r\n", "\n").nfc().collect();
    let trimmed = composed.trim();
    match within(trimmed, most) {
        Ok(()) | Err(TextError::Empty) => {}
        Err(refused) => return Err(refused),
    }
    match trimmed.chars().find(|&c| c.is_control() && c != '\n' && c != '\t') {
        Some(c) => Err(TextError::Forbidden(c)),
        None => Ok(trimmed.to_owned()),
    }
}

fn within(text: &str, most: usize) -> Result<(), TextError> {
    match text.chars().count() {
        0 => Err(TextError::Empty),
        found if found > most => Err(TextError::TooLong { found, most }),
        _ => Ok(()),
    }
}

/// Combining marks are let through for the scripts that cannot be composed without them.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric()
        || c == ' '
        || PUNCTUATION.contains(c)
        || ('\u{300}'..='\u{36f}').contains(&c)
        || ('\u{900}'..='\u{109f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_composed() {
        assert_eq!(name("  다온   카페 ", 80), Ok("다온 카페".to_owned()));
        assert_eq!(name("\u{1103}\u{1161}", 80), Ok("다".to_owned()));
        assert_eq!(name("Joe's Café & Co.", 80), Ok("Joe's Café & Co.".to_owned()));
    }

    #[test]
    fn a_name_that_cannot_be_sung_is_refused_with_the_reason() {
        assert_eq!(name(" \n\t ", 80), Err(TextError::Empty));
        assert_eq!(
            name(&"가".repeat(10_000), 80),
            Err(TextError::TooLong { found: 10_000, most: 80 })
        );
        assert_eq!(name("☕🍰", 80), Err(TextError::Forbidden('☕')));
        assert_eq!(name("<script>", 80), Err(TextError::Forbidden('<')));
        assert_eq!(name("a\u{0}b", 80), Err(TextError::Forbidden('\0')));
        assert_eq!(name("a\u{202e}b", 80), Err(TextError::Forbidden('\u{202e}')));
        assert_eq!(name("?!", 80), Err(TextError::NothingToSay));
    }

    #[test]
    fn prose_may_be_empty_and_keeps_its_lines() {
        assert_eq!(prose("  ", 10), Ok(String::new()));
        assert_eq!(prose("a\r\nb", 10), Ok("a\nb".to_owned()));
        assert_eq!(prose("a\u{7}", 10), Err(TextError::Forbidden('\u{7}')));
    }
}
