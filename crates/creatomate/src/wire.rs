use castad_domain::port::{ProviderError, ProviderErrorKind};
use serde::Deserialize;
use serde_json::Value;

/// A render as Creatomate tells of it; whatever may be missing is taken to be.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Render {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) url: Option<String>,
    #[serde(default)]
    pub(crate) error_message: Option<String>,
    #[serde(default)]
    pub(crate) duration: Option<f64>,
    #[serde(default)]
    pub(crate) file_size: Option<u64>,
    #[serde(default)]
    metadata: Value,
    #[serde(default)]
    errors: Vec<Value>,
    #[serde(default)]
    warnings: Vec<Value>,
}

impl Render {
    /// What was sent along with the order for it.
    pub(crate) fn metadata(&self) -> Option<&str> {
        self.metadata.as_str()
    }

    /// How long the film plays.
    pub(crate) fn duration_ms(&self) -> Option<u32> {
        let millis = self.duration.map(|seconds| (seconds * 1_000.0).round());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        millis.filter(|millis| (1.0..=f64::from(u32::MAX)).contains(millis)).map(|ms| ms as u32)
    }

    /// What Creatomate expects to go wrong; it says so in its first answer alone.
    pub(crate) fn remarks(&self) -> impl Iterator<Item = (&'static str, String)> {
        let said = |name, value: &Value| {
            (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        let errors = self.errors.iter().map(move |value| said("error", value));
        errors.chain(self.warnings.iter().map(move |value| said("warning", value)))
    }
}

/// The answer to an order: one render, or a list of the only one.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Taken {
    One(Render),
    Several(Vec<Render>),
}

impl Taken {
    /// # Errors
    ///
    /// [`ProviderErrorKind::Unknown`] when it tells of no render that could be asked for.
    pub(crate) fn only(self) -> Result<Render, ProviderError> {
        let render = match self {
            Self::One(render) => Some(render),
            Self::Several(renders) => renders.into_iter().next(),
        };
        render.filter(|render| is_id(&render.id)).ok_or_else(|| {
            let text = "Creatomate's answer names no render";
            ProviderError::new(ProviderErrorKind::Unknown, text)
        })
    }
}

/// What a trial tells, for which nothing is rendered.
#[derive(Deserialize)]
pub(crate) struct Trial {
    #[serde(default)]
    pub(crate) errors: Vec<Value>,
    #[serde(default)]
    pub(crate) warnings: Vec<Value>,
    #[serde(default)]
    pub(crate) source: Value,
}

/// A template.
#[derive(Deserialize)]
pub(crate) struct Told {
    #[serde(default)]
    pub(crate) source: Value,
}

/// What is said of a refusal; other fields are of no use.
#[derive(Default, Deserialize)]
pub(crate) struct Hint {
    #[serde(default)]
    pub(crate) hint: Option<String>,
}

/// Whether a text can be a render's id, and stand in an address.
pub(crate) fn is_id(text: &str) -> bool {
    (8..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_can_stand_in_an_address_is_an_id() {
        assert!(is_id("69ba407b-72a9-4050-a9fb-559827b9623d"));
        for text in ["", "a", "../../etc/passwd", "69ba407b/..", "69ba407b?x=1", &"a".repeat(65)] {
            assert!(!is_id(text), "{text}");
        }
    }

    #[test]
    fn an_answer_of_either_version_is_one_render() {
        let render = json!({"id": "69ba407b-72a9", "status": "planned", "metadata": 7});
        for answer in [render.clone(), json!([render])] {
            let taken: Taken = serde_json::from_value(answer).unwrap();
            let render = taken.only().unwrap();
            assert_eq!((render.id.as_str(), render.metadata()), ("69ba407b-72a9", None));
        }
        for answer in [json!([]), json!({"id": "../x/../../y"})] {
            let taken: Taken = serde_json::from_value(answer).unwrap();
            assert_eq!(taken.only().unwrap_err().kind(), ProviderErrorKind::Unknown);
        }
    }

    #[test]
    fn a_length_is_a_positive_number_of_milliseconds() {
        for (duration, millis) in [
            (Some(30.0014), Some(30_001)),
            (Some(0.0), None),
            (Some(-1.0), None),
            (Some(f64::INFINITY), None),
            (Some(f64::NAN), None),
            (None, None),
        ] {
            let render = Render { duration, ..Render::default() };
            assert_eq!(render.duration_ms(), millis, "{duration:?}");
        }
    }
}
