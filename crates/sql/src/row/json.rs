//! What JSON columns hold: structures of our own, so that the model may change its shape freely.

use std::collections::BTreeMap;

use castad_domain::model::{Datum, Failure, FailureCode, LineTime, LyricText, ProviderName, Stage};
use chrono::DateTime;
use serde::{Deserialize, Serialize};

/// A section of a lyric.
#[derive(Serialize, Deserialize)]
pub(crate) struct SectionJson {
    heading: String,
    lines: Vec<String>,
}

impl SectionJson {
    pub(crate) fn of(text: &LyricText) -> Vec<Self> {
        let section = |section: &castad_domain::model::Section| Self {
            heading: section.kind().heading().to_owned(),
            lines: section.lines().to_vec(),
        };
        text.sections().iter().map(section).collect()
    }

    /// The sections as [`LyricText::parse`] reads them.
    pub(crate) fn body(sections: &[Self]) -> String {
        let section = |s: &Self| format!("[{}]\n{}", s.heading, s.lines.join("\n"));
        sections.iter().map(section).collect::<Vec<_>>().join("\n\n")
    }
}

/// When a line is sung.
#[derive(Serialize, Deserialize)]
pub(crate) struct LineJson {
    text: String,
    start_ms: u32,
    end_ms: u32,
}

impl From<&LineTime> for LineJson {
    fn from(line: &LineTime) -> Self {
        Self { text: line.text.clone(), start_ms: line.start_ms, end_ms: line.end_ms }
    }
}

impl From<LineJson> for LineTime {
    fn from(line: LineJson) -> Self {
        Self { text: line.text, start_ms: line.start_ms, end_ms: line.end_ms }
    }
}

/// How a stage failed.
#[derive(Serialize, Deserialize)]
pub(crate) struct FailureJson {
    code: String,
    provider: Option<String>,
    provider_code: Option<String>,
    detail: String,
    retryable: bool,
    at_micros: i64,
}

impl From<&Failure> for FailureJson {
    fn from(failure: &Failure) -> Self {
        Self {
            code: failure.code.name().to_owned(),
            provider: failure.provider.as_ref().map(|name| name.as_str().to_owned()),
            provider_code: failure.provider_code.clone(),
            detail: failure.detail.clone(),
            retryable: failure.retryable,
            at_micros: failure.at.timestamp_micros(),
        }
    }
}

impl FailureJson {
    /// The failure of a stage; `None` if it makes no sense.
    pub(crate) fn failure(self, stage: Stage) -> Option<Failure> {
        Some(Failure {
            stage,
            code: FailureCode::from_name(&self.code).ok()?,
            provider: self.provider.map(ProviderName::new),
            provider_code: self.provider_code,
            detail: self.detail,
            retryable: self.retryable,
            at: DateTime::from_timestamp_micros(self.at_micros)?,
        })
    }
}

/// A value of an event; the kind of JSON value tells which.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum DatumJson {
    Flag(bool),
    Number(i64),
    Text(String),
}

/// What an event tells.
pub(crate) type EventData = BTreeMap<String, DatumJson>;

impl From<&Datum> for DatumJson {
    fn from(datum: &Datum) -> Self {
        match datum {
            Datum::Text(text) => Self::Text(text.clone()),
            Datum::Number(number) => Self::Number(*number),
            Datum::Flag(flag) => Self::Flag(*flag),
        }
    }
}

impl From<DatumJson> for Datum {
    fn from(datum: DatumJson) -> Self {
        match datum {
            DatumJson::Text(text) => Self::Text(text),
            DatumJson::Number(number) => Self::Number(number),
            DatumJson::Flag(flag) => Self::Flag(flag),
        }
    }
}

/// What an event tells, as its column holds it.
pub(crate) fn data_json(data: &BTreeMap<&'static str, Datum>) -> EventData {
    data.iter().map(|(name, datum)| ((*name).to_owned(), datum.into())).collect()
}
