//! What is written into a template's places.

use castad_domain::{
    model::{Brief, LineTime, Recording},
    port::VideoOrder,
};
use serde_json::{Map, Value, json};

use crate::{
    template::{Captions, Song, Template},
    timeline::stretched,
};

/// Addresses under which Creatomate fetches what the film is made of.
pub(crate) struct Links {
    pub(crate) pictures: Vec<String>,
    pub(crate) song: String,
}

/// Colours that white letters can be read on.
const COLOURS: [&str; 8] =
    ["#d1495b", "#c2571a", "#a8790a", "#3f7d3a", "#1f7a7a", "#2b62a8", "#5b4b9e", "#99407f"];

/// The changes that make a template the film that was ordered; the template has places for pictures
/// and for the song.
pub(crate) fn modifications(
    template: &Template,
    order: &VideoOrder,
    links: &Links,
) -> Map<String, Value> {
    let mut changes = Map::new();
    let length = f64::from(order.song.duration_ms) / 1_000.0;

    changes.insert("duration".to_owned(), length.into());
    if !template.is_film {
        changes.insert("output_format".to_owned(), "mp4".into());
    }
    // Too many places show pictures again; pictures that find no place are left out.
    for (key, link) in template.pictures.iter().zip(links.pictures.iter().cycle()) {
        changes.insert(format!("{key}.source"), link.as_str().into());
    }
    for key in &template.names {
        changes.insert(format!("{key}.text"), order.brief.business_name.as_str().into());
    }
    for key in &template.regions {
        changes.insert(format!("{key}.text"), order.brief.region.as_str().into());
    }
    for key in &template.coloured {
        changes.insert(format!("{key}.fill_color"), colour(&order.brief).into());
    }
    for time in template.times.iter().filter(|_| template.length > 0.0) {
        changes.insert(time.key.clone(), stretched(time.seconds, template.length, length).into());
    }
    if let Some(song) = &template.song {
        changes.extend(sound(song, &links.song, length));
    }
    for key in &template.untimed {
        changes.insert(format!("{key}.visible"), false.into());
    }
    if let Some(captions) = &template.captions {
        let key = &captions.composition;
        changes.insert(format!("{key}.time"), 0.into());
        changes.insert(format!("{key}.duration"), length.into());
        changes.insert(format!("{key}.elements"), lines(captions, &order.song).into());
    }
    changes
}

/// The whole song from the beginning, whatever part of its recording the template plays.
fn sound(song: &Song, link: &str, length: f64) -> Vec<(String, Value)> {
    let mut properties: Vec<(&str, Value)> =
        vec![("source", link.into()), ("time", 0.into()), ("duration", length.into())];
    if song.trimmed {
        properties.extend([("trim_start", 0.into()), ("trim_duration", length.into())]);
    }
    let key = &song.key;
    properties.into_iter().map(|(name, value)| (format!("{key}.{name}"), value)).collect()
}

/// A caption for each line, like the template's own: there is no other way to have as many as a song.
fn lines(captions: &Captions, song: &Recording) -> Vec<Value> {
    let next = song.lines.iter().skip(1).map(|line| line.start_ms).chain([song.duration_ms]);
    let shown = song.lines.iter().zip(next).filter_map(|(line, next)| {
        let end = line.end_ms.min(next.max(line.start_ms)).min(song.duration_ms);
        (end > line.start_ms && !line.text.trim().is_empty()).then_some((line, end))
    });
    shown.enumerate().map(|(at, (line, end))| caption(captions, at + 1, line, end)).collect()
}

fn caption(captions: &Captions, number: usize, line: &LineTime, end_ms: u32) -> Value {
    let mut element = captions.like.clone();
    // Its id is its own, and what is transcribed would replace the words.
    element.retain(|name, _| name != "id" && name != "dynamic" && !name.starts_with("transcript"));
    let seconds = |millis: u32| json!(f64::from(millis) / 1_000.0);
    let own = [
        ("name", format!("Caption-{number}").into()),
        ("type", "text".into()),
        ("track", 1.into()),
        ("time", seconds(line.start_ms)),
        ("duration", seconds(end_ms - line.start_ms)),
        ("text", line.text.as_str().into()),
    ];
    element.extend(own.map(|(name, value)| (name.to_owned(), value)));
    element.into()
}

/// The same brief has the same colour: by its seed, else by its style, else by the business's name.
fn colour(brief: &Brief) -> &'static str {
    let word = brief.style.as_ref().map_or(brief.business_name.as_str(), |style| style.as_str());
    let mixed = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |mixed, byte| {
        (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let at = brief.seed.unwrap_or(mixed) % COLOURS.len() as u64;
    usize::try_from(at).ok().and_then(|at| COLOURS.get(at)).copied().unwrap_or(COLOURS[0])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use castad_contract::make;
    use castad_domain::model::{AttemptToken, MediaKey, Orientation, VideoId};

    use super::*;

    fn order() -> VideoOrder {
        VideoOrder {
            attempt: AttemptToken::from_bits(make::bits(1)),
            video: VideoId::from_bits(make::bits(2)),
            brief: make::brief(),
            orientation: Orientation::Square,
            pictures: vec![MediaKey::parse("images/a.jpg").unwrap()],
            song: make::recording(AttemptToken::from_bits(make::bits(3))),
        }
    }

    fn filled(elements: &Value, pictures: &[&str], order: &VideoOrder) -> Map<String, Value> {
        let source = json!({"output_format": "mp4", "elements": elements});
        let pictures = pictures.iter().map(|&link| link.to_owned()).collect();
        let links = Links { pictures, song: "https://m/song".to_owned() };
        modifications(&Template::read(&source).unwrap(), order, &links)
    }

    fn photos(count: usize) -> Value {
        (1..=count).map(|n| json!({"type": "image", "name": format!("Photo-{n}")})).collect()
    }

    #[test]
    fn pictures_go_into_the_places_in_order() {
        let put = |places: usize, pictures: &[&str]| -> Vec<String> {
            let changes = filled(&photos(places), pictures, &order());
            let put = (1..=places).map(|n| &changes[&format!("Photo-{n}.source")]);
            put.map(|link| link.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(put(2, &["a", "b"]), ["a", "b"]);
        assert_eq!(put(2, &["a", "b", "c"]), ["a", "b"], "the rest is left out");
        assert_eq!(put(5, &["a", "b"]), ["a", "b", "a", "b", "a"], "they come again");
    }

    #[test]
    fn the_film_and_its_song_last_as_long_as_the_song() {
        let elements = json!([
            {"type": "image", "name": "Photo-1", "track": 1, "duration": 5},
            {"type": "image", "name": "Photo-2", "track": 1, "duration": "10 s"},
            {"type": "audio", "name": "Music", "trim_start": 3},
        ]);
        let changes = filled(&elements, &["a"], &order());
        assert_eq!(changes["duration"], 30.001);
        assert_eq!(
            (&changes["Photo-1.duration"], &changes["Photo-2.duration"]),
            (&json!(10.0), &json!(20.001))
        );
        assert_eq!(
            (&changes["Music.time"], &changes["Music.duration"]),
            (&json!(0), &json!(30.001))
        );
        assert_eq!(changes["Music.trim_start"], 0);
        assert_eq!(changes["Music.source"], "https://m/song");
    }

    #[test]
    fn what_fills_by_itself_is_left_to() {
        let changes = filled(&photos(2), &["a"], &order());
        let keys: BTreeSet<&str> = changes.keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["Photo-1.source", "Photo-2.source", "duration"]));
    }

    #[test]
    fn every_line_is_a_caption_like_the_templates_own_at_its_time() {
        let elements = json!([{"type": "composition", "name": "Lines", "elements": [
            {"id": "x", "type": "text", "name": "Caption", "track": 3, "y": "80%", "text": "sample",
             "transcript_effect": "karaoke"},
        ]}]);
        let mut order = order();
        let line =
            |text: &str, start_ms, end_ms| LineTime { text: text.to_owned(), start_ms, end_ms };
        order.song.lines = vec![
            line("하나", 0, 4_000),
            line("둘", 3_500, 9_999),
            line("", 10_000, 11_000),
            line("뒤집힌", 12_000, 12_000),
            line("끝", 29_000, 99_000),
        ];
        let changes = filled(&elements, &["a"], &order);
        assert_eq!(
            changes["Lines.elements"],
            json!([
                {"name": "Caption-1", "type": "text", "track": 1, "time": 0.0, "duration": 3.5,
                 "text": "하나", "y": "80%"},
                {"name": "Caption-2", "type": "text", "track": 1, "time": 3.5, "duration": 6.499,
                 "text": "둘", "y": "80%"},
                {"name": "Caption-3", "type": "text", "track": 1, "time": 29.0, "duration": 1.001,
                 "text": "끝", "y": "80%"},
            ])
        );
    }

    #[test]
    fn a_caption_that_cannot_be_timed_is_not_shown() {
        let changes = filled(&json!([{"type": "text", "name": "Caption"}]), &["a"], &order());
        assert_eq!(changes["Caption.visible"], false);
    }

    #[test]
    fn names_and_colours_come_from_the_brief() {
        let elements = json!([
            {"type": "text", "name": "Title"},
            {"type": "text", "name": "Region"},
            {"type": "shape", "name": "Accent"},
        ]);
        let mut order = order();
        let changes = filled(&elements, &["a"], &order);
        assert_eq!(changes["Title.text"], "다온카페 & Co.");
        assert_eq!(changes["Region.text"], "부산 해운대");
        assert_eq!(changes["Accent.fill_color"], COLOURS[7], "the greatest seed");
        order.brief.seed = None;
        let by_style = filled(&elements, &["a"], &order)["Accent.fill_color"].clone();
        assert_eq!(filled(&elements, &["a"], &order)["Accent.fill_color"], by_style);
        assert!(COLOURS.iter().any(|colour| by_style == *colour));
    }
}
