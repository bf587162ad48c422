use std::fmt::Write;

use serde::Deserialize;

/// The words of an answer that is still being written: title, headings and lines, the last of them
/// as far as it goes. `None` where the answer breaks off at a place that says nothing yet.
pub(crate) fn draft(answer: &str) -> Option<String> {
    let song: Song = serde_json::from_str(&closed(answer)).ok()?;
    let mut words = song.title;
    for section in song.sections {
        let _ = write!(words, "\n\n[{}]", heading(&section.kind));
        for line in section.lines {
            let _ = write!(words, "\n{line}");
        }
    }
    let words = words.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

#[derive(Deserialize)]
struct Song {
    #[serde(default)]
    title: String,
    #[serde(default)]
    sections: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    lines: Vec<String>,
}

fn heading(kind: &str) -> String {
    let mut letters = kind.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The JSON with what it has opened closed again.
fn closed(json: &str) -> String {
    let (mut open, mut quoted, mut escape) = (Vec::new(), false, None);
    for (at, letter) in json.char_indices() {
        match (quoted, escape, letter) {
            (true, None, '\\') => escape = Some(at),
            (true, None, '"') => quoted = false,
            (true, Some(from), _) => {
                let long = json[from..].starts_with("\\u");
                escape = escape.filter(|_| long && at < from + 5);
            }
            (false, _, '"') => quoted = true,
            (false, _, '{') => open.push('}'),
            (false, _, '[') => open.push(']'),
            (false, _, '}' | ']') => drop(open.pop()),
            _ => {}
        }
    }
    let mut whole = json[..escape.unwrap_or(json.len())].to_owned();
    if quoted {
        whole.push('"');
    }
    let whole = whole.trim_end().trim_end_matches(',');
    whole.chars().chain(open.into_iter().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"title":"그 \"골목\"","sections":[{"kind":"verse","lines":["햇살이\\","Sun {up} \u2600"]},{"kind":"chorus","lines":["만나요"]}]}"#;

    #[test]
    fn every_beginning_of_an_answer_is_a_beginning_of_its_words() {
        let whole = draft(ANSWER).unwrap();
        assert_eq!(
            whole,
            "그 \"골목\"\n\n[Verse]\n햇살이\\\nSun {up} \u{2600}\n\n[Chorus]\n만나요"
        );
        let mut shown = 0;
        for (end, _) in ANSWER.char_indices() {
            let Some(words) = draft(&ANSWER[..end]) else { continue };
            let words = words.trim_end_matches(']');
            assert!(whole.starts_with(words), "{words:?} at {end}");
            shown += 1;
        }
        assert!(shown > 40, "most of them show something, not {shown}");
    }

    #[test]
    fn what_is_no_answer_shows_nothing() {
        for text in ["", "{", "}", "]]", "Sorry, no.", "{\"title\":", "[1,2", "\\\"\\"] {
            assert_eq!(draft(text), None, "{text}");
        }
    }
}
