use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    places::{Place, is_coloured, number, place},
    timeline,
};

/// Names that a modification would take for the template's own properties.
const TAKEN: [&str; 5] = ["duration", "output_format", "width", "height", "frame_rate"];

/// A number of seconds somewhere in a template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Time {
    /// The modification that changes it.
    pub(crate) key: String,
    pub(crate) seconds: f64,
}

/// Where lines of the lyric go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Captions {
    /// The composition that holds nothing but them.
    pub(crate) composition: String,
    /// The element that each is drawn like.
    pub(crate) like: Map<String, Value>,
}

/// What of a template is filled, each by the key that modifications address it with.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Template {
    pub(crate) pictures: Vec<String>,
    pub(crate) song: Option<Song>,
    pub(crate) names: Vec<String>,
    pub(crate) regions: Vec<String>,
    pub(crate) coloured: Vec<String>,
    pub(crate) captions: Option<Captions>,
    /// Captions outside of a composition of their own: they cannot be timed.
    pub(crate) untimed: Vec<String>,
    pub(crate) times: Vec<Time>,
    /// How long it lasts by itself, in seconds.
    pub(crate) length: f64,
    /// Whether it makes films as it stands.
    pub(crate) is_film: bool,
    /// How many elements cannot be addressed that should be.
    pub(crate) nameless: usize,
}

/// The element that plays the song.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Song {
    pub(crate) key: String,
    /// Whether the template plays a part of its recording.
    pub(crate) trimmed: bool,
}

impl Template {
    /// Reads a template's source; `None` where it is none.
    pub(crate) fn read(source: &Value) -> Option<Self> {
        let elements = source["elements"].as_array()?;
        let mut reading = Reading { counts: BTreeMap::new(), ..Reading::default() };
        reading.count(elements);
        reading.walk(elements, true);
        Some(reading.template(source, elements))
    }
}

#[derive(Default)]
struct Reading<'a> {
    counts: BTreeMap<&'a str, usize>,
    pictures: Vec<(Option<u32>, String)>,
    sounds: Vec<(bool, Song)>,
    template: Template,
}

impl<'a> Reading<'a> {
    fn count(&mut self, elements: &'a [Value]) {
        for element in elements {
            if let Some(name) = element["name"].as_str() {
                *self.counts.entry(name).or_default() += 1;
            }
            self.count(held(element));
        }
    }

    /// How modifications address an element: by its name, where no other has it, or by its id.
    fn key(&mut self, element: &Value) -> Option<String> {
        let name = element["name"].as_str().filter(|name| {
            let own = self.counts.get(name) == Some(&1);
            own && !name.is_empty() && !name.contains('.') && !TAKEN.contains(name)
        });
        let key = name.or_else(|| element["id"].as_str()).map(str::to_owned);
        self.template.nameless += usize::from(key.is_none());
        key
    }

    fn walk(&mut self, elements: &'a [Value], top: bool) {
        for element in elements {
            let lines = captions(element).filter(|_| top && self.template.captions.is_none());
            if let Some((composition, like)) =
                lines.and_then(|like| Some((self.key(element)?, like.clone())))
            {
                self.template.captions = Some(Captions { composition, like });
            } else {
                self.element(element);
                self.walk(held(element), false);
            }
        }
    }

    fn element(&mut self, element: &Value) {
        let place = place(element);
        let sound = matches!(place, Place::Sound { .. });
        let timed = timeline::seconds(&element["time"]).is_some_and(|time| time > 0.0)
            || timeline::seconds(&element["duration"]).is_some();
        if place == Place::Other && !timed && !is_coloured(element) {
            return;
        }
        let Some(key) = self.key(element) else { return };
        if !sound {
            self.times(element, &key);
        }
        if is_coloured(element) {
            self.template.coloured.push(key.clone());
        }
        match place {
            Place::Picture => self.pictures.push((number(element), key)),
            Place::Name => self.template.names.push(key),
            Place::Region => self.template.regions.push(key),
            Place::Caption => self.template.untimed.push(key),
            Place::Sound { named } => {
                let trimmed =
                    ["trim_start", "trim_duration"].iter().any(|p| !element[*p].is_null());
                self.sounds.push((named, Song { key, trimmed }));
            }
            Place::Other => {}
        }
    }

    fn times(&mut self, element: &Value, key: &str) {
        for property in ["time", "duration"] {
            if let Some(seconds) = timeline::seconds(&element[property]).filter(|time| *time > 0.0)
            {
                self.template.times.push(Time { key: format!("{key}.{property}"), seconds });
            }
        }
    }

    fn template(mut self, source: &Value, elements: &[Value]) -> Template {
        // Where all say which they are, they are taken in that order.
        if self.pictures.iter().all(|(number, _)| number.is_some()) {
            self.pictures.sort_by_key(|(number, _)| *number);
        }
        let song = self.sounds.iter().find(|(named, _)| *named).or(self.sounds.first());
        Template {
            pictures: self.pictures.iter().map(|(_, key)| key.clone()).collect(),
            song: song.map(|(_, song)| song.clone()),
            length: timeline::length(elements),
            is_film: source["output_format"] == "mp4",
            ..self.template
        }
    }
}

fn held(element: &Value) -> &[Value] {
    element["elements"].as_array().map_or(&[], Vec::as_slice)
}

/// The first of the captions of a composition that holds nothing else.
fn captions(element: &Value) -> Option<&Map<String, Value>> {
    let held = held(element);
    let only = !held.is_empty() && held.iter().all(|element| place(element) == Place::Caption);
    held.first().filter(|_| only)?.as_object()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(elements: &Value) -> Template {
        Template::read(&json!({"output_format": "mp4", "elements": elements})).unwrap()
    }

    #[test]
    fn places_are_found_however_deep_they_lie() {
        let template = read(&json!([
            {"type": "composition", "name": "Scene", "duration": 5, "elements": [
                {"type": "composition", "name": "Inner", "elements": [
                    {"type": "image", "name": "Photo-2"},
                    {"type": "text", "name": "Title", "time": 1},
                ]},
            ]},
            {"type": "image", "name": "Photo-10"},
            {"type": "image", "name": "Photo-1"},
            {"type": "audio", "name": "Whoosh", "time": 1, "duration": 2},
            {"type": "audio", "name": "Music"},
        ]));
        assert_eq!(template.pictures, ["Photo-1", "Photo-2", "Photo-10"]);
        assert_eq!(template.names, ["Title"]);
        assert_eq!(template.song, Some(Song { key: "Music".to_owned(), trimmed: false }));
        let times: Vec<&str> = template.times.iter().map(|time| time.key.as_str()).collect();
        assert_eq!(times, ["Scene.duration", "Title.time"], "sounds keep theirs");
        assert!((template.length - 5.0).abs() < 1e-9);
    }

    #[test]
    fn pictures_that_do_not_all_have_numbers_keep_the_order_of_the_template() {
        let template = read(&json!([
            {"type": "image", "name": "Photo-2"},
            {"type": "image", "name": "Photo"},
            {"type": "image", "name": "Photo-1"},
        ]));
        assert_eq!(template.pictures, ["Photo-2", "Photo", "Photo-1"]);
    }

    #[test]
    fn an_element_whose_name_others_have_is_addressed_by_its_id() {
        let template = read(&json!([
            {"type": "image", "name": "Photo", "id": "a1"},
            {"type": "image", "name": "Photo", "id": "b2"},
            {"type": "image", "name": "Photo"},
            {"type": "text", "name": "Title.1", "id": "c3"},
            {"type": "text", "name": "Just a word"},
        ]));
        assert_eq!(template.pictures, ["a1", "b2"]);
        assert_eq!(template.names, ["c3"]);
        assert_eq!(template.nameless, 1);
    }

    #[test]
    fn captions_have_a_composition_of_their_own_or_cannot_be_timed() {
        let caption = json!({"type": "text", "name": "Caption", "y": "80%"});
        let held = read(&json!([{"type": "composition", "name": "Lines", "elements": [caption]}]));
        let captions = held.captions.unwrap();
        assert_eq!((captions.composition.as_str(), &captions.like["y"]), ("Lines", &json!("80%")));
        assert_eq!(held.untimed, Vec::<String>::new());

        let loose = read(&json!([caption]));
        assert_eq!((loose.captions, loose.untimed), (None, vec!["Caption".to_owned()]));
        let mixed = json!([{"type": "composition", "name": "Scene", "elements": [
            caption, {"type": "image", "name": "Photo"},
        ]}]);
        assert_eq!(read(&mixed).untimed, ["Caption"]);
    }

    #[test]
    fn what_has_no_elements_is_no_template() {
        for source in [json!(null), json!("text"), json!({}), json!({"elements": "x"})] {
            assert_eq!(Template::read(&source), None, "{source}");
        }
    }
}
