//! Which element of a template is what: by its type and its name.

use serde_json::Value;

/// What an element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A picture is put there.
    Picture,
    /// The business's name is written there.
    Name,
    /// Where it is, is written there.
    Region,
    /// The lines of the lyric are written like it.
    Caption,
    /// The song can be put there.
    Sound {
        /// Whether it says that it is meant for a song.
        named: bool,
    },
    /// Nothing is put there.
    Other,
}

const PICTURE: [&str; 4] = ["photo", "image", "picture", "사진"];
const LOGO: [&str; 2] = ["logo", "로고"];
const CAPTION: [&str; 5] = ["caption", "lyric", "subtitle", "자막", "가사"];
const NAME: [&str; 7] = ["title", "name", "business", "headline", "제목", "상호", "이름"];
const REGION: [&str; 6] = ["region", "location", "place", "address", "지역", "주소"];
const SONG: [&str; 6] = ["music", "song", "audio", "soundtrack", "음악", "노래"];
const COLOUR: [&str; 5] = ["accent", "brand", "colour", "color", "포인트"];

/// What an element is for.
pub(crate) fn place(element: &Value) -> Place {
    let name = name(element);
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let dynamic = element["dynamic"] == true;
    match element["type"].as_str() {
        Some("image") if !says(&LOGO) && (says(&PICTURE) || dynamic) => Place::Picture,
        Some("audio") => Place::Sound { named: says(&SONG) || dynamic },
        // A subtitle is no title.
        Some("text") if says(&CAPTION) => Place::Caption,
        Some("text") if says(&NAME) => Place::Name,
        Some("text") if says(&REGION) => Place::Region,
        _ => Place::Other,
    }
}

/// Whether an element takes the colour of the ad.
pub(crate) fn is_coloured(element: &Value) -> bool {
    let name = name(element);
    let drawn = matches!(element["type"].as_str(), Some("shape" | "text"));
    drawn && COLOUR.iter().any(|word| name.contains(word))
}

/// The number that an element's name ends in: `Photo-12` is the twelfth.
pub(crate) fn number(element: &Value) -> Option<u32> {
    let name = name(element);
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    name[letters.len()..].parse().ok()
}

fn name(element: &Value) -> String {
    element["name"].as_str().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_element_is_known_by_its_type_and_name() {
        for (kind, name, expected) in [
            ("image", "Photo-1", Place::Picture),
            ("image", "big PICTURE", Place::Picture),
            ("image", "사진 2", Place::Picture),
            ("image", "Logo-Image", Place::Other),
            ("image", "Frame", Place::Other),
            ("text", "Photo-1", Place::Other),
            ("text", "Main-Title", Place::Name),
            ("text", "Subtitle", Place::Caption),
            ("text", "Lyrics", Place::Caption),
            ("text", "가사", Place::Caption),
            ("text", "상호", Place::Name),
            ("text", "Location", Place::Region),
            ("text", "Open-Hours", Place::Other),
            ("audio", "Music", Place::Sound { named: true }),
            ("audio", "Whoosh", Place::Sound { named: false }),
            ("composition", "Photo-Scene", Place::Other),
        ] {
            assert_eq!(place(&json!({"type": kind, "name": name})), expected, "{kind} {name}");
        }
        let marked = json!({"type": "image", "name": "Frame", "dynamic": true});
        assert_eq!(place(&marked), Place::Picture);
        assert_eq!(place(&json!({"type": "image"})), Place::Other);
        assert_eq!(place(&json!(7)), Place::Other);
    }

    #[test]
    fn colour_is_for_what_is_drawn_and_named_so() {
        assert!(is_coloured(&json!({"type": "shape", "name": "Accent-Bar"})));
        assert!(!is_coloured(&json!({"type": "image", "name": "Accent"})));
        assert!(!is_coloured(&json!({"type": "shape", "name": "Bar"})));
    }

    #[test]
    fn a_name_may_end_in_a_number() {
        assert_eq!(number(&json!({"name": "Photo-12"})), Some(12));
        assert_eq!(number(&json!({"name": "사진3"})), Some(3));
        assert_eq!(number(&json!({"name": "Photo"})), None);
    }
}
