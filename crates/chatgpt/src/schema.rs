use castad_domain::model::SectionKind;
use serde::Deserialize;
use serde_json::{Value, json};

/// The name under which the schema is sent.
pub(crate) const NAME: &str = "lyric";

/// What the model is held to, within what `strict` takes: all fields required, none beside them.
pub(crate) fn schema() -> Value {
    let section = json!({
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["verse", "chorus", "bridge", "outro"]},
            "lines": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["kind", "lines"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "sections": {"type": "array", "items": section},
        },
        "required": ["title", "sections"],
        "additionalProperties": false,
    })
}

/// What the model answers.
#[derive(Deserialize)]
pub(crate) struct Song {
    pub(crate) title: String,
    pub(crate) sections: Vec<Part>,
}

/// A section of the song.
#[derive(Deserialize)]
pub(crate) struct Part {
    pub(crate) kind: Kind,
    pub(crate) lines: Vec<String>,
}

/// What a section is.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Verse,
    Chorus,
    Bridge,
    Outro,
}

impl From<Kind> for SectionKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Verse => Self::Verse,
            Kind::Chorus => Self::Chorus,
            Kind::Bridge => Self::Bridge,
            Kind::Outro => Self::Outro,
        }
    }
}
