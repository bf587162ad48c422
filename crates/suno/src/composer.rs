use std::{fmt, time::Duration};

use async_trait::async_trait;
use castad_domain::{
    model::{AttemptToken, LineTime, MediaType, ProviderJob, ProviderName},
    port::{
        Delivery, LookUp, Maker, MakerStatus, Pace, ProviderError, ProviderErrorKind, SongComposer,
        SongOrder, chain,
    },
};
use castad_http_client::{Download, Downloads, HttpClient, Limits, Request};
use chrono::TimeDelta;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Settings, order,
    refusal::{Asked, Said, refusal, refused, short},
    settings::{Dialect, callback_path},
    status, timing,
    wire::{self, Envelope, Record, Song, Taken, Timed, WhichTrack},
};

/// Has Suno sing the words.
pub struct Suno {
    settings: Settings,
    dialect: Dialect,
    http: HttpClient,
    downloads: Downloads,
}

impl Suno {
    /// Its name in events and failures.
    pub const NAME: &str = "suno";

    /// Where recordings are known to lie: the resellers' hosts for files, and Suno's own.
    pub const HOSTS: [&str; 6] = [
        "*.sunoapi.org",
        "*.aiquickdraw.com",
        "*.removeai.ai",
        "*.erweima.ai",
        "*.kie.ai",
        "*.suno.ai",
    ];

    /// How far calls go: ten at once, five connections kept, a minute each.
    #[must_use]
    pub fn limits() -> Limits {
        Limits { at_once: 10, idle: 5, total: Duration::from_mins(1), ..Limits::default() }
    }

    /// How far the fetching of recordings goes: 128 MiB each.
    #[must_use]
    pub fn download_limits() -> Limits {
        Limits { answer: 128 << 20, ..Self::limits() }
    }

    /// A composer that asks by way of that client and fetches recordings by those downloads.
    #[must_use]
    pub fn new(settings: Settings, http: HttpClient, downloads: Downloads) -> Self {
        let settings = settings.trimmed();
        let dialect = settings.dialect();
        Self { settings, dialect, http, downloads }
    }

    /// How many credits the account has left. It costs none.
    ///
    /// # Errors
    ///
    /// [`ProviderErrorKind::Refused`] when the key does not fit.
    #[tracing::instrument(name = "suno.check", skip_all)]
    pub async fn check(&self) -> Result<u64, ProviderError> {
        let request = Request::get(self.url(self.dialect.credit_path()));
        let credits: f64 = self.ask(Asked::Account, request).await?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "below nothing is nothing"
        )]
        let whole = credits as u64;
        Ok(whole)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.base)
    }

    /// What a request is answered with.
    async fn ask<T: DeserializeOwned>(
        &self,
        asked: Asked,
        request: Request,
    ) -> Result<T, ProviderError> {
        let key = &self.settings.key;
        let answer = self.http.send(request.bearer(key)).await?;

        let (status, wait) = (answer.status(), answer.wait());
        let envelope: Option<Envelope> = serde_json::from_slice(&answer.bytes().await?).ok();
        let said = Said { status, code: envelope.as_ref().and_then(|told| told.code), wait };
        if let Some(refusal) = refusal(asked, self.dialect, said) {
            return Err(refused(refusal, said, envelope, key));
        }
        let data = envelope.map_or(Value::Null, |envelope| envelope.data);
        if data.is_null() && asked == Asked::Job {
            return Err(no_such_job());
        }
        serde_json::from_value(data).map_err(|error| {
            let text = "Suno's answer is not what its documents describe";
            ProviderError::new(ProviderErrorKind::Unknown, text).with_source(error)
        })
    }

    async fn record(&self, job: &ProviderJob) -> Result<Record, ProviderError> {
        let name = wire::job_name(job.as_str()).ok_or_else(no_such_job)?;
        let url = self.url("/api/v1/generate/record-info");
        self.ask(Asked::Job, Request::get(format!("{url}?taskId={name}"))).await
    }

    /// When the lines are sung; a song without that is better than none.
    async fn lines(&self, job: &ProviderJob, song: &Song) -> Vec<LineTime> {
        let words = WhichTrack { task_id: job.as_str(), audio_id: &song.id };
        let url = self.url("/api/v1/generate/get-timestamped-lyrics");
        let timed: Result<Timed, _> = self.ask(Asked::Job, Request::post(url, &words)).await;

        let known = match timed {
            Ok(timed) => {
                let words = timed.aligned_words.unwrap_or_default();
                timing::by_words(&song.lines, &words, song.duration_ms)
            }
            Err(error) => {
                tracing::info!(error = chain(&error), "the times of the words are not to be had");
                None
            }
        };
        known.unwrap_or_else(|| {
            let count = song.lines.len();
            tracing::warn!(
                lines = count,
                "when lines are sung is not known: they are spread evenly"
            );
            timing::evenly(&song.lines, song.duration_ms)
        })
    }

    async fn download(&self, song: &Song) -> Result<Download, ProviderError> {
        let download = self.downloads.fetch(&song.url).await.inspect_err(|error| {
            let host = song.url.split('/').nth(2).unwrap_or_default();
            let error = chain(error);
            tracing::warn!(server.address = host, error, "a recording is not to be had");
        })?;
        let is_page = |kind: &String| kind.trim_start().starts_with("text/");
        if download.media_type.as_ref().is_some_and(is_page) {
            // As a gateway answers for a file that is not there yet.
            let text = "Suno's recording is not there";
            return Err(ProviderError::new(ProviderErrorKind::Busy, text));
        }
        Ok(download)
    }
}

#[async_trait]
impl Maker for Suno {
    fn name(&self) -> ProviderName {
        ProviderName::new(Self::NAME)
    }

    /// A file is there after two to three minutes.
    fn pace(&self) -> Pace {
        Pace {
            first: TimeDelta::seconds(60),
            least: TimeDelta::seconds(10),
            most: TimeDelta::seconds(30),
            limit: TimeDelta::minutes(30),
        }
    }

    #[tracing::instrument(name = "suno.status", skip_all, fields(job.provider = %job))]
    async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError> {
        let record = self.record(job).await?;
        let status = status::status(&record);
        if let MakerStatus::Failed { code, .. } = &status {
            let told = record.error_message.map(|text| short(&text, &self.settings.key));
            tracing::info!(code, told, "the job came to nothing");
        }
        Ok(status)
    }

    /// There is no list of jobs: only one that somebody told of can be found.
    #[tracing::instrument(name = "suno.look_up", skip_all, fields(song.attempt = %attempt))]
    async fn look_up(
        &self,
        attempt: AttemptToken,
        told: Option<ProviderJob>,
    ) -> Result<LookUp, ProviderError> {
        let Some(job) = told else { return Ok(LookUp::CannotTell) };
        let record = match self.record(&job).await {
            Ok(record) => record,
            Err(error) if error.kind() == ProviderErrorKind::NoSuchJob => {
                return Ok(LookUp::CannotTell);
            }
            Err(error) => return Err(error),
        };
        let ours = record
            .asked("callBackUrl")
            .is_some_and(|address| address.ends_with(&callback_path(attempt)));
        if !ours {
            tracing::warn!(job.provider = %job, "a job that was told of is not of that attempt");
        }
        Ok(if ours { LookUp::Found(job) } else { LookUp::CannotTell })
    }

    fn told(&self, message: &[u8]) -> Option<ProviderJob> {
        wire::told(message)
    }

    #[tracing::instrument(name = "suno.fetch", skip_all, fields(job.provider = %job))]
    async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError> {
        let record = self.record(job).await?;
        if let MakerStatus::Failed { code, detail, .. } = status::status(&record) {
            let error = ProviderError::new(ProviderErrorKind::Failed, detail);
            return Err(code.into_iter().fold(error, ProviderError::with_code));
        }
        let songs = record.songs();
        let mut why = None;
        for (n, song) in songs.iter().enumerate() {
            match self.download(song).await {
                Ok(download) => {
                    let lines = self.lines(job, song).await;
                    let spare = songs.get(n + 1).map(|song| song.id.clone());
                    return Ok(delivery(download, song, lines, spare));
                }
                // What may come later outweighs what is gone.
                Err(error) => {
                    let gone = error.kind() == ProviderErrorKind::Failed;
                    why = why.filter(|_| gone).or(Some(error));
                }
            }
        }
        Err(why.unwrap_or_else(|| {
            ProviderError::new(ProviderErrorKind::Busy, "Suno's song is not ready")
        }))
    }

    /// Suno stops nothing that was begun, and drops its files by itself.
    async fn release(&self, _: &ProviderJob) -> Result<(), ProviderError> {
        Ok(())
    }
}

#[async_trait]
impl SongComposer for Suno {
    #[tracing::instrument(name = "suno.start", skip_all, fields(song.id = %order.song, song.attempt = %order.attempt))]
    async fn start(&self, order: &SongOrder) -> Result<ProviderJob, ProviderError> {
        let order = order::order(&self.settings, order)?;
        let request = Request::post(self.url("/api/v1/generate"), &order);
        let taken: Taken = self.ask(Asked::Order, request).await?;
        wire::job_name(&taken.task_id).map(ProviderJob::new).ok_or_else(|| {
            let text = "Suno named a job that cannot be asked for";
            ProviderError::new(ProviderErrorKind::Unknown, text)
        })
    }
}

fn no_such_job() -> ProviderError {
    ProviderError::new(ProviderErrorKind::NoSuchJob, "Suno has no such job")
}

fn delivery(
    download: Download,
    song: &Song,
    lines: Vec<LineTime>,
    spare: Option<String>,
) -> Delivery {
    Delivery {
        body: download.body,
        media_type: MediaType::Mp3,
        duration_ms: song.duration_ms,
        lines,
        bars_ms: Vec::new(),
        instrumental: false,
        spare,
    }
}

impl fmt::Debug for Suno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suno").field("settings", &self.settings).finish_non_exhaustive()
    }
}
