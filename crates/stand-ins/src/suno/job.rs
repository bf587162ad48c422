use serde_json::{Value, json};

use super::{
    callback::{self, Letter},
    fault::{CallbackFault, JobFault},
    mp3,
};

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Pending,
    Text,
    First,
    Complete,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Pending, Self::Text, Self::First, Self::Complete];

    fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Text => "TEXT_SUCCESS",
            Self::First => "FIRST_SUCCESS",
            Self::Complete => "SUCCESS",
        }
    }
}

/// An order that was taken, and its two tracks.
pub(super) struct Job {
    id: String,
    asked: Value,
    looks: u32,
    seen: u32,
    fault: Option<JobFault>,
    calls: Option<CallbackFault>,
    tracks: [Track; 2],
}

struct Track {
    id: String,
    millis: u32,
    url: String,
}

impl Job {
    pub(super) fn new(number: usize, host: &str, asked: &Value, looks: u32) -> Self {
        let words = asked["prompt"].as_str().unwrap_or_default();
        let lines = u32::try_from(words.lines().count()).unwrap_or_default();
        let track = |n: u32| {
            let id = format!("a0d10000-0000-4000-800{n}-{number:012x}");
            let url = format!("http://{host}/suno/files/{id}.mp3");
            Track { id, millis: 8_040 + lines * 3_000 + n * 1_500, url }
        };
        Self {
            id: format!("5a0c1d{number:026x}"),
            asked: asked.clone(),
            looks,
            seen: 0,
            fault: None,
            calls: None,
            tracks: [track(0), track(1)],
        }
    }

    pub(super) fn with(self, fault: Option<JobFault>, calls: Option<CallbackFault>) -> Self {
        Self { fault, calls, ..self }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn asked(&self) -> &Value {
        &self.asked
    }

    /// What is sung in one of its tracks, and how long that is.
    pub(super) fn track(&self, id: &str) -> Option<(&str, u32)> {
        let track = self.tracks.iter().find(|track| track.id == id)?;
        Some((self.asked["prompt"].as_str()?, track.millis))
    }

    /// The file of a track that is done.
    pub(super) fn file(&self, name: &str) -> Option<Vec<u8>> {
        let id = name.strip_suffix(".mp3")?;
        let at = self.tracks.iter().position(|track| track.id == id)?;
        let gone = match self.fault {
            Some(JobFault::FirstGone) => at == 0,
            Some(JobFault::BothGone) => true,
            _ => false,
        };
        let track = &self.tracks[at];
        (self.has_audio(at) && !gone).then(|| mp3::silence(&track.id, track.millis))
    }

    /// The record as it is now; the look brings the job forward.
    pub(super) fn look(&mut self) -> (Value, Vec<Letter>) {
        let record = self.record();
        let before = self.stage();
        self.seen = self.seen.saturating_add(1);
        (record, callback::since(self, before))
    }

    /// It is done now.
    pub(super) fn finish(&mut self) -> Vec<Letter> {
        let before = self.stage();
        self.seen = self.looks.max(self.seen);
        callback::since(self, before)
    }

    pub(super) fn stage(&self) -> Stage {
        match self.seen.saturating_mul(3).checked_div(self.looks) {
            _ if self.fault == Some(JobFault::NeverEnds) => Stage::Pending,
            Some(0) if self.seen == 0 => Stage::Pending,
            Some(third @ 0..3) => Stage::ALL[third as usize],
            _ => Stage::Complete,
        }
    }

    pub(super) fn calls(&self) -> Option<CallbackFault> {
        self.calls
    }

    /// Why it came to nothing, if it did.
    pub(super) fn failed(&self) -> Option<&'static str> {
        let word = match self.fault? {
            JobFault::SensitiveWord => "SENSITIVE_WORD_ERROR",
            JobFault::AudioFailed => "GENERATE_AUDIO_FAILED",
            JobFault::CreateFailed => "CREATE_TASK_FAILED",
            JobFault::CallbackExceptionWithoutTracks => "CALLBACK_EXCEPTION",
            JobFault::NeverEnds
            | JobFault::UnknownWord
            | JobFault::CallbackException
            | JobFault::FirstWithoutAudio
            | JobFault::WithoutAudio
            | JobFault::WithoutPrompt
            | JobFault::NumberTimes
            | JobFault::FirstGone
            | JobFault::BothGone => return None,
        };
        (self.stage() == Stage::Complete).then_some(word)
    }

    fn status(&self) -> &'static str {
        match (self.failed(), self.fault, self.stage()) {
            (Some(word), ..) => word,
            (None, Some(JobFault::CallbackException), Stage::Complete) => "CALLBACK_EXCEPTION",
            (None, Some(JobFault::UnknownWord), Stage::Pending | Stage::Text | Stage::First) => {
                "GENERATING"
            }
            (None, _, stage) => stage.word(),
        }
    }

    fn record(&self) -> Value {
        let failed = self.failed();
        let response = if failed.is_some() || self.stage() == Stage::Pending {
            Value::Null
        } else {
            json!({"taskId": self.id, "sunoData": self.told(Spelling::Camel)})
        };
        json!({
            "taskId": self.id, "parentMusicId": "", "param": self.asked.to_string(),
            "response": response, "status": self.status(), "type": "GENERATE",
            "operationType": "generate", "errorCode": failed.map(|_| 400),
            "errorMessage": failed.map(|_| "It failed, as ordered."), "createTime": self.created(),
        })
    }

    fn created(&self) -> Value {
        match self.fault {
            Some(JobFault::NumberTimes) => json!(1_772_624_679_694_u64),
            _ => json!("2026-11-20 09:30:00"),
        }
    }

    fn has_audio(&self, at: usize) -> bool {
        let kept = match self.fault {
            Some(JobFault::FirstWithoutAudio) => at != 0,
            Some(JobFault::WithoutAudio) => false,
            _ => true,
        };
        let done = if at == 0 { Stage::First } else { Stage::Complete };
        kept && self.stage() >= done && self.failed().is_none()
    }

    /// Its tracks as far as they are.
    pub(super) fn told(&self, spelling: Spelling) -> Value {
        let tracks = self.tracks.iter().enumerate().map(|(at, track)| {
            let done = self.has_audio(at);
            let audio = if done { track.url.as_str() } else { "" };
            let stream = track.url.replace(".mp3", "");
            let seconds = done.then(|| f64::from(track.millis) / 1_000.0);
            let silent = self.fault == Some(JobFault::WithoutPrompt);
            let prompt = if silent { &Value::Null } else { &self.asked["prompt"] };
            let fields = [
                ("audio_url", json!(audio)),
                ("source_audio_url", json!(audio)),
                ("stream_audio_url", json!(stream)),
                ("source_stream_audio_url", json!(stream)),
                ("image_url", json!(format!("{stream}.jpeg"))),
                ("source_image_url", json!(format!("{stream}.jpeg"))),
                ("model_name", json!("chirp-stand-in")),
            ];
            let mut told = json!({
                "id": track.id, "prompt": prompt, "title": self.asked["title"],
                "tags": self.asked["style"], "createTime": self.created(), "duration": seconds,
            });
            for (field, value) in fields {
                told[spelling.of(field)] = value;
            }
            told
        });
        tracks.collect()
    }
}

/// How the two places of the API spell the same fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As `record-info` does.
    Camel,
    /// As callbacks do.
    Snake,
}

impl Spelling {
    fn of(self, field: &str) -> String {
        if self == Self::Snake {
            return field.to_owned();
        }
        let mut words = field.split('_');
        let mut spelt = words.next().unwrap_or_default().to_owned();
        for word in words {
            spelt.extend(word.chars().take(1).flat_map(char::to_uppercase));
            spelt.extend(word.chars().skip(1));
        }
        spelt
    }
}
