//! The provider's JSON. Nothing of it leaves this crate.

use castad_domain::model::ProviderJob;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A shorter track is no song, a longer one no song of Suno's.
const PLAYS: std::ops::RangeInclusive<f64> = 1.0..=3_600.0;

/// What every answer is wrapped in.
#[derive(Deserialize)]
pub(crate) struct Envelope {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) code: Option<u16>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) msg: Option<String>,
    #[serde(default)]
    pub(crate) data: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order<'a> {
    pub(crate) custom_mode: bool,
    pub(crate) instrumental: bool,
    pub(crate) model: &'a str,
    pub(crate) call_back_url: String,
    pub(crate) prompt: String,
    pub(crate) style: String,
    pub(crate) title: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Taken {
    pub(crate) task_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhichTrack<'a> {
    pub(crate) task_id: &'a str,
    pub(crate) audio_id: &'a str,
}

/// How a job is doing. Anything may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) status: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) error_message: Option<String>,
    /// The order, as JSON in a text.
    #[serde(default)]
    param: Value,
    #[serde(default, deserialize_with = "lenient")]
    response: Option<Response>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(default, deserialize_with = "lenient")]
    suno_data: Option<Vec<Track>>,
}

/// One of the two songs of a job. Anything may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Track {
    #[serde(default, deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    audio_url: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    prompt: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    duration: Option<f64>,
}

/// A track that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Song {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) duration_ms: u32,
    /// The lines that are sung.
    pub(crate) lines: Vec<String>,
}

impl Record {
    /// The tracks that can be fetched, in order.
    pub(crate) fn songs(&self) -> Vec<Song> {
        let tracks = self.response.iter().flat_map(|response| response.suno_data.iter().flatten());
        tracks.filter_map(|track| self.song(track)).collect()
    }

    fn song(&self, track: &Track) -> Option<Song> {
        let url = track.audio_url.clone().filter(|url| !url.trim().is_empty())?;
        let seconds = track.duration.filter(|seconds| PLAYS.contains(seconds))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an hour at most"
        )]
        let duration_ms = (seconds * 1_000.0) as u32;
        let mut lines = lines(track.prompt.as_deref().unwrap_or_default());
        if lines.is_empty() {
            lines = self.asked("prompt").map(|words| self::lines(&words)).unwrap_or_default();
        }
        Some(Song { id: track.id.clone().unwrap_or_default(), url, duration_ms, lines })
    }

    /// A text of the order, as the record repeats it.
    pub(crate) fn asked(&self, field: &str) -> Option<String> {
        let order: Value = match self.param.as_str() {
            Some(text) => serde_json::from_str(text).ok()?,
            None => self.param.clone(),
        };
        order[field].as_str().map(str::to_owned)
    }
}

/// The rows that are sung: no headings, nothing empty.
fn lines(prompt: &str) -> Vec<String> {
    let rows = prompt.lines().map(str::trim).filter(|row| !row.is_empty());
    rows.filter(|row| !(row.starts_with('[') && row.ends_with(']'))).map(str::to_owned).collect()
}

/// When words are sung.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Timed {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) aligned_words: Option<Vec<Aligned>>,
}

/// One word, with headings and line breaks in it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Aligned {
    #[serde(default)]
    pub(crate) word: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) success: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) start_s: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) end_s: Option<f64>,
}

/// A job's name in an address; `None` for what cannot be one.
pub(crate) fn job_name(text: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    ((1..=100).contains(&text.len()) && text.chars().all(plain)).then_some(text)
}

/// Which job a callback names; one kind of callback spells it so, another so.
pub(crate) fn told(message: &[u8]) -> Option<ProviderJob> {
    let message: Value = serde_json::from_slice(message).ok()?;
    let data = &message["data"];
    let name = data["task_id"].as_str().or_else(|| data["taskId"].as_str())?;
    job_name(name).map(ProviderJob::new)
}

/// What is of another type than the documents say counts as missing.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    Value::deserialize(from).map(|value| serde_json::from_value(value).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(value: Value) -> Record {
        serde_json::from_value(value).unwrap()
    }

    fn songs(tracks: &Value) -> Vec<Song> {
        let param = json!({"prompt": "[Verse]\nasked"}).to_string();
        record(json!({"param": param, "response": {"sunoData": tracks}})).songs()
    }

    #[test]
    fn a_track_with_a_file_and_a_length_is_a_song() {
        let good = json!({"id": "a", "audioUrl": "https://a/b.mp3", "duration": 198.44,
            "prompt": "[Verse 1]\n one \n\n[별] two", "createTime": 1_772_624_679_694_u64});
        let song = Song {
            id: "a".to_owned(),
            url: "https://a/b.mp3".to_owned(),
            duration_ms: 198_440,
            lines: vec!["one".to_owned(), "[별] two".to_owned()],
        };
        assert_eq!(songs(&json!([good])), [song]);
        for (field, value) in [
            ("audioUrl", json!("")),
            ("audioUrl", json!(null)),
            ("audioUrl", json!(7)),
            ("duration", json!(0)),
            ("duration", json!(-3)),
            ("duration", json!(1e300)),
            ("duration", json!("198")),
        ] {
            let mut track = good.clone();
            track[field] = value;
            assert_eq!(songs(&json!([track])), [], "{field}");
        }
        for none in [json!(null), json!([]), json!("x"), json!([{}])] {
            assert_eq!(songs(&none), [], "{none}");
        }
    }

    #[test]
    fn a_track_that_does_not_say_what_is_sung_sings_what_was_asked() {
        for prompt in [json!(null), json!(""), json!("[Verse]")] {
            let track = json!({"audioUrl": "https://a/b", "duration": 9, "prompt": prompt});
            assert_eq!(songs(&json!([track]))[0].lines, ["asked"]);
        }
    }

    #[test]
    fn the_order_is_read_from_text_and_from_json() {
        for param in [json!("{\"callBackUrl\": \"u\"}"), json!({"callBackUrl": "u"})] {
            let record = record(json!({"param": param}));
            assert_eq!(record.asked("callBackUrl").as_deref(), Some("u"));
            assert_eq!(record.asked("prompt"), None);
        }
        for param in [json!(null), json!("no json"), json!(7), json!([])] {
            assert_eq!(record(json!({"param": param})).asked("callBackUrl"), None);
        }
    }

    #[test]
    fn a_callback_names_a_job_or_nothing() {
        for (message, job) in [
            (r#"{"code": 200, "data": {"task_id": "5a0c-1_D"}}"#, Some("5a0c-1_D")),
            (r#"{"data": {"taskId": "5a0c"}}"#, Some("5a0c")),
            (r#"{"data": {"task_id": 7, "taskId": "5a0c"}}"#, Some("5a0c")),
            (r#"{"data": {"task_id": "a&taskId=b"}}"#, None),
            (r#"{"data": {"task_id": "../x"}}"#, None),
            (r#"{"data": {"task_id": ""}}"#, None),
            (r#"{"data": null}"#, None),
            ("[]", None),
            ("", None),
            ("\u{feff}no", None),
        ] {
            assert_eq!(told(message.as_bytes()), job.map(ProviderJob::new), "{message}");
        }
        let long = format!(r#"{{"data": {{"task_id": "{}"}}}}"#, "a".repeat(101));
        assert_eq!(told(long.as_bytes()), None);
        assert_eq!(told(&[0xff, 0xfe]), None);
    }
}
