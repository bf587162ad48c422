//! What a render is made from: a template's source with the modifications in it.

use serde_json::{Map, Value};

/// Puts modifications into a source; what matches nothing is told and left out.
pub(super) fn apply(source: &mut Value, modifications: &Map<String, Value>) -> Vec<String> {
    let mut warnings = Vec::new();
    for (key, value) in modifications {
        if !modify(source, key, value) {
            warnings.push(format!("The modification '{key}' matches no element or property."));
        }
    }
    warnings
}

fn modify(source: &mut Value, key: &str, value: &Value) -> bool {
    if ["duration", "output_format", "width", "height", "frame_rate"].contains(&key) {
        source[key] = value.clone();
        return true;
    }
    let (element, property) =
        key.split_once('.').map_or((key, None), |(element, property)| (element, Some(property)));
    let mut matched = false;
    each(source, &mut |found| {
        if found["name"] == element || found["id"] == element {
            let main = if found["type"] == "text" { "text" } else { "source" };
            found[property.unwrap_or(main)] = value.clone();
            matched = true;
        }
    });
    matched
}

fn each(script: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    for element in script["elements"].as_array_mut().into_iter().flatten() {
        change(element);
        if element.get("elements").is_some() {
            each(element, change);
        }
    }
}

/// The addresses of everything that was handed in to be fetched.
pub(super) fn assets(handed_in: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(handed_in, &mut found);
    found.sort();
    found.dedup();
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("http://") || text.starts_with("https://") => {
            found.push(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(values) => values.values().for_each(|value| collect(value, found)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// How long it plays, in seconds: as long as it says, or as what it holds.
pub(super) fn length(script: &Value, media: f64) -> f64 {
    if let Some(seconds) = seconds(&script["duration"]) {
        return seconds;
    }
    let length = content(script, media);
    if length > 0.0 { length } else { 5.0 }
}

/// Elements of one track that do not say when follow each other.
fn content(script: &Value, media: f64) -> f64 {
    let mut ends: Vec<(i64, f64)> = Vec::new();
    let mut last = 0.0_f64;
    for element in script["elements"].as_array().into_iter().flatten() {
        let track = element["track"].as_i64().unwrap_or(0);
        let before = ends.iter().rev().find(|(of, _)| *of == track).map_or(0.0, |(_, end)| *end);
        let end = seconds(&element["time"]).unwrap_or(before) + own(element, media);
        ends.push((track, end));
        last = last.max(end);
    }
    last
}

fn own(element: &Value, media: f64) -> f64 {
    let moving = element["type"] == "audio" || element["type"] == "video";
    let told = element.get("duration");
    match told.and_then(seconds) {
        Some(seconds) => seconds,
        None if told.is_some_and(|told| *told == "media") || (moving && told.is_none()) => media,
        None if element["type"] == "composition" => content(element, media),
        None => 0.0,
    }
}

fn seconds(value: &Value) -> Option<f64> {
    let text = value.as_str().map(|text| text.trim_end_matches('s').trim());
    value.as_f64().or_else(|| text?.parse().ok())
}

/// How long a recording in an MP4 file plays.
pub(super) fn recording(file: &[u8]) -> Option<f64> {
    let at = file.windows(4).position(|name| name == b"mvhd")?;
    let number = |from: usize| {
        let bytes = file.get(at + from..at + from + 4)?;
        Some(f64::from(u32::from_be_bytes(bytes.try_into().ok()?)))
    };
    let (units, duration) = (number(16)?, number(20)?);
    (units > 0.0).then_some(duration / units)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::creatomate::template::{SQUARE, find};

    #[test]
    fn what_matches_is_changed_and_what_does_not_is_told() {
        let mut source = find(SQUARE).unwrap().source;
        let changes = json!({
            "Photo-2": "https://media.example/2.jpg", "Title": "다온", "Title.fill_color": "#123456",
            "e0000000-0000-4000-8000-000000000001.duration": 12, "Nobody": "x", "duration": 12,
        });
        let warnings = apply(&mut source, changes.as_object().unwrap());
        assert_eq!(warnings, ["The modification 'Nobody' matches no element or property."]);
        assert_eq!(source["elements"][1]["elements"][0]["source"], "https://media.example/2.jpg");
        assert_eq!(source["elements"][0]["elements"][1]["text"], "다온");
        assert_eq!(source["elements"][6]["duration"], 12);
        assert_eq!(assets(&changes), ["https://media.example/2.jpg"]);
    }

    #[test]
    fn a_script_lasts_as_long_as_it_says_or_as_what_it_holds() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        close(length(&json!({"elements": []}), 9.0), 5.0);
        close(length(&json!({"duration": "7.5 s", "elements": []}), 9.0), 7.5);
        close(length(&find(SQUARE).unwrap().source, 9.0), 20.0);
        close(length(&json!({"elements": [{"type": "audio"}]}), 9.0), 9.0);
        close(length(&json!({"elements": [{"type": "audio", "duration": null}]}), 9.0), 5.0);
    }

    #[test]
    fn a_recording_says_how_long_it_is() {
        let film = include_bytes!("square.mp4");
        assert!((recording(film).unwrap() - 0.25).abs() < 0.1);
        assert_eq!(recording(b"no film"), None);
    }
}
