//! How a template's times are stretched to the length of a song.

use serde_json::Value;

/// A number of seconds; `"media"`, shares and what fills have none.
pub(crate) fn seconds(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| {
        let text = value.as_str()?.trim();
        text.strip_suffix('s').unwrap_or(text).trim().parse().ok()
    });
    number.filter(|number| number.is_finite() && *number >= 0.0)
}

/// How long what stands on a timeline lasts by itself, sounds aside; 0 where all of it fills.
pub(crate) fn length(elements: &[Value]) -> f64 {
    let mut tracks: Vec<(i64, f64)> = Vec::new();
    let mut length = 0.0_f64;
    for element in elements.iter().filter(|element| element["type"] != "audio") {
        let track = element["track"].as_i64().unwrap_or(0);
        let at = tracks.iter().position(|(number, _)| *number == track).unwrap_or_else(|| {
            tracks.push((track, 0.0));
            tracks.len() - 1
        });
        // Without a time an element follows the one before on its track.
        let end = seconds(&element["time"]).unwrap_or(tracks[at].1) + own(element);
        tracks[at].1 = end;
        length = length.max(end);
    }
    length
}

fn own(element: &Value) -> f64 {
    let held = element["elements"].as_array();
    seconds(&element["duration"]).or_else(|| Some(length(held?))).unwrap_or(0.0)
}

/// What a time of the template becomes in a film of another length, to the millisecond.
pub(crate) fn stretched(time: f64, from: f64, to: f64) -> f64 {
    (time * to / from * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lasts(elements: &Value, expected: f64) {
        let found = length(elements.as_array().unwrap());
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}: {elements}");
    }

    #[test]
    fn times_are_numbers_with_or_without_their_unit() {
        for (value, expected) in [
            (json!(5), Some(5.0)),
            (json!(2.5), Some(2.5)),
            (json!("4 s"), Some(4.0)),
            (json!("4.5s"), Some(4.5)),
            (json!("3"), Some(3.0)),
            (json!("50%"), None),
            (json!("1 fr"), None),
            (json!("media"), None),
            (json!("end"), None),
            (json!("inf"), None),
            (json!(-1), None),
            (json!(null), None),
        ] {
            assert_eq!(seconds(&value), expected, "{value}");
        }
    }

    #[test]
    fn elements_of_a_track_follow_each_other_and_tracks_lie_above_each_other() {
        lasts(&json!([]), 0.0);
        lasts(&json!([{"type": "image"}, {"type": "text", "duration": null}]), 0.0);
        lasts(&json!([{"track": 1, "duration": 5}, {"track": 1, "duration": 3}]), 8.0);
        lasts(&json!([{"track": 1, "duration": 5}, {"track": 2, "duration": 3}]), 5.0);
        lasts(&json!([{"track": 1, "time": 4, "duration": 5}, {"track": 2, "time": 0}]), 9.0);
        lasts(&json!([{"type": "audio", "duration": 90}, {"type": "image", "duration": 2}]), 2.0);
        let scene = json!({"type": "composition", "track": 1, "elements": [
            {"track": 1, "duration": 2}, {"track": 1, "duration": "2 s"},
        ]});
        lasts(&json!([scene.clone(), scene]), 8.0);
    }

    #[test]
    fn a_time_keeps_its_place_in_the_whole() {
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        close(stretched(5.0, 20.0, 30.001), 7.5);
        close(stretched(0.0, 20.0, 30.0), 0.0);
    }
}
