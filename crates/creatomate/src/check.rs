use std::fmt;

use castad_domain::{model::Orientation, port::ProviderError};
use castad_http_client::HttpClient;
use serde_json::{Value, json};

use crate::{
    Creatomate, Settings, Version, api::Api, refusal::safe, settings::setting, template::Template,
};

/// What is to be said of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The setting's name.
    pub setting: &'static str,
    /// Whether no video can be made because of it.
    pub fatal: bool,
    /// What is the matter.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.text)
    }
}

impl Creatomate {
    /// Asks Creatomate about each template that is set; nothing is rendered and nothing is paid for.
    #[tracing::instrument(name = "creatomate.check", skip_all)]
    pub async fn check(settings: Settings, http: HttpClient) -> Vec<Finding> {
        let settings = settings.trimmed();
        let inspector = Inspector { api: Api::new(&settings, http), settings };
        inspector.inspect().await
    }
}

struct Inspector {
    settings: Settings,
    api: Api,
}

impl Inspector {
    async fn inspect(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let shapes = [Orientation::Vertical, Orientation::Square, Orientation::Horizontal];
        for shape in shapes {
            let setting = setting(shape);
            match self.settings.templates.of(shape) {
                Some(id) => findings.extend(self.tried(setting, id).await),
                None => findings.push(Finding {
                    setting,
                    fatal: false,
                    text: format!("not set: {} videos cannot be made", shape.name()),
                }),
            }
        }
        findings
    }

    async fn tried(&self, setting: &'static str, id: &str) -> Vec<Finding> {
        let tried = match self.settings.version {
            Version::V2 => self.trial(id).await,
            Version::V1 => self.api.template(id).await.map(|source| (source, Vec::new())),
        };
        let findings = match tried {
            // Of a template that Creatomate finds errors in it may show no source.
            Ok((source, remarks)) if source.is_null() && !remarks.is_empty() => remarks,
            Ok((source, remarks)) => remarks.into_iter().chain(lacks(&source)).collect(),
            Err(error) => vec![(true, said(&error))],
        };
        findings.into_iter().map(|(fatal, text)| Finding { setting, fatal, text }).collect()
    }

    /// The template's source, and what Creatomate says of it.
    async fn trial(&self, id: &str) -> Result<(Value, Vec<(bool, String)>), ProviderError> {
        let trial = self.api.trial(&json!({"template_id": id, "dry_run": true})).await?;
        let said = |fatal: bool, remarks: Vec<Value>| {
            let text =
                |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let shown = move |value| (fatal, safe(&text(value), &self.settings.key));
            remarks.into_iter().map(shown).collect::<Vec<_>>()
        };
        let mut remarks = said(true, trial.errors);
        remarks.extend(said(false, trial.warnings));
        Ok((trial.source, remarks))
    }
}

fn said(error: &ProviderError) -> String {
    match error.code() {
        Some("404") => "Creatomate has no such template".to_owned(),
        _ => error.to_string(),
    }
}

/// What a template has no place for.
fn lacks(source: &Value) -> Vec<(bool, String)> {
    let Some(template) = Template::read(source) else {
        return vec![(true, "the template cannot be read".to_owned())];
    };
    let mut lacks = Vec::new();
    let mut lack = |fatal: bool, text: &str| lacks.push((fatal, text.to_owned()));
    if template.pictures.is_empty() {
        lack(true, "the template has no place for a picture");
    }
    if template.song.is_none() {
        lack(true, "the template has no place for the song");
    }
    if template.captions.is_none() {
        lack(false, "no composition holds captions alone: the lines of the song are not shown");
    }
    if template.names.is_empty() {
        lack(false, "no text is named for the business: its name is not shown");
    }
    if template.nameless > 0 {
        lack(
            false,
            "some elements have neither a name of their own nor an id: they stay as they are",
        );
    }
    lacks
}
