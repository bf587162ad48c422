use std::{fmt, sync::Arc};

use async_trait::async_trait;
use castad_domain::{
    model::{AttemptToken, MediaKey, MediaType, Orientation, ProviderJob, ProviderName},
    port::{
        Advise, ByteStream, Clock, Delivery, LookUp, Maker, MakerStatus, MediaError,
        MediaErrorKind, MediaStore, Pace, ProviderError, ProviderErrorKind, Retry, Shelf,
        VideoOrder, VideoRenderer,
    },
    usecase::{Guarded, MAX_RESULT_BYTES},
};
use castad_http_client::{Downloads, Host, Hosts, HttpClient, Limits};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream::try_unfold};
use serde::Deserialize;

use crate::{
    Reads, Settings,
    api::Api,
    cache::Templates,
    fill::Links,
    order::order,
    refusal::safe,
    settings::setting,
    shared::{Found, Shared, Source},
    template::Template,
    wire::{Render, is_id},
};

/// Longer than a render may wait and take.
const LINKS_LAST: TimeDelta = TimeDelta::hours(3);

/// Has Creatomate make the videos.
pub struct Creatomate {
    pub(crate) settings: Settings,
    pub(crate) api: Api,
    downloads: Downloads,
    media: Arc<dyn MediaStore>,
    clock: Arc<dyn Clock>,
    templates: Templates,
    shared: Option<Shared>,
}

impl Creatomate {
    /// Its name in events and failures.
    pub const NAME: &str = "creatomate";

    /// A renderer that asks by way of that client and fetches films by those downloads; pictures and
    /// songs are handed out by the media store.
    #[must_use]
    pub fn new(
        settings: Settings,
        http: HttpClient,
        downloads: Downloads,
        media: Arc<dyn MediaStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let settings = settings.trimmed();
        let api = Api::new(&settings, http);
        let templates = Templates::new(Arc::clone(&clock));
        Self { settings, api, downloads, media, clock, templates, shared: None }
    }

    /// The same, sharing what is read of templates with other instances.
    #[must_use]
    pub fn sharing(self, shelf: Arc<dyn Shelf>, guarded: Guarded) -> Self {
        let shared = Some(Shared::new(shelf, guarded, Arc::clone(&self.clock)));
        Self { shared, ..self }
    }

    /// How far its client may go: twenty calls at once, ten connections kept.
    #[must_use]
    pub fn limits() -> Limits {
        Limits { at_once: 20, idle: 10, ..Limits::default() }
    }

    /// How far its downloads may go: as long a file as is taken from any provider.
    #[must_use]
    pub fn download_limits() -> Limits {
        Limits { answer: MAX_RESULT_BYTES, ..Limits::default() }
    }

    /// The hosts that films are fetched from: Creatomate's own and those named.
    #[must_use]
    pub fn hosts(named: Vec<Host>) -> Hosts {
        Hosts::new(&["cdn.creatomate.com", "f002.backblazeb2.com"], named)
    }

    /// How often templates were asked for, and read.
    #[must_use]
    pub fn reads(&self) -> Reads {
        self.templates.reads()
    }

    /// The template of a shape, and its id.
    async fn template(&self, shape: Orientation) -> Result<(&str, Arc<Template>), ProviderError> {
        let id = self.settings.templates.of(shape).ok_or_else(|| {
            let (shape, setting) = (shape.name(), setting(shape));
            refused(format!("no template is set for {shape} videos: {setting}"))
        })?;
        let template = self.templates.get(id, Box::pin(self.read(id, shape))).await?;
        let lack = |what: &str| {
            let (shape, setting) = (shape.name(), setting(shape));
            refused(format!("the template for {shape} videos has no place for {what}: {setting}"))
        };
        if template.pictures.is_empty() {
            return Err(lack("a picture"));
        }
        if template.song.is_none() {
            return Err(lack("the song"));
        }
        Ok((id, template))
    }

    /// A template as this or another instance reads it, and when and by whom it was read.
    async fn read(
        &self,
        id: &str,
        shape: Orientation,
    ) -> Result<(Template, DateTime<Utc>, Found), ProviderError> {
        let (source, found) = match &self.shared {
            Some(shared) => shared.get(id, || Box::pin(self.source(id, shape))).await?,
            None => (self.source(id, shape).await?, Found::Creatomate),
        };
        let template = Template::read(&source.text).ok_or_else(|| {
            let (shape, setting) = (shape.name(), setting(shape));
            refused(format!("the template for {shape} videos cannot be read: {setting}"))
        })?;
        Ok((template, source.at(), found))
    }

    #[tracing::instrument(name = "creatomate.read_template", skip_all, fields(shape = shape.name()))]
    async fn source(&self, id: &str, shape: Orientation) -> Result<Source, ProviderError> {
        let (shape, setting) = (shape.name(), setting(shape));
        // An id goes into an address: what could mean another one is none.
        let missing =
            || refused(format!("Creatomate has no such template for {shape} videos: {setting}"));
        if !is_id(id) {
            return Err(missing());
        }
        let source = self.api.template(id).await.map_err(|error| match error.code() {
            Some("404") => missing().with_code("404"),
            _ => error,
        })?;
        Ok(Source::read(source, self.clock.now()))
    }

    async fn links(&self, order: &VideoOrder) -> Result<Links, ProviderError> {
        let until = self.clock.now() + LINKS_LAST;
        let mut pictures = Vec::with_capacity(order.pictures.len());
        for key in &order.pictures {
            pictures.push(self.link(key, until).await?);
        }
        Ok(Links { pictures, song: self.link(&order.song.file.key, until).await? })
    }

    async fn link(&self, key: &MediaKey, until: DateTime<Utc>) -> Result<String, ProviderError> {
        let link = self.media.link(key, until).await.map_err(|error| {
            let kind = match error.retry() {
                Retry::Now | Retry::Later(_) => ProviderErrorKind::Busy,
                Retry::Never => ProviderErrorKind::Refused,
            };
            ProviderError::new(kind, "pictures and songs cannot be handed out").with_source(error)
        })?;
        link.ok_or_else(|| {
            refused("pictures and songs have no public address for Creatomate to fetch".to_owned())
        })
    }

    /// A render, if the job can be one.
    async fn look(&self, job: &ProviderJob) -> Result<Render, ProviderError> {
        if !is_id(job.as_str()) {
            let text = "Creatomate has no such render";
            return Err(ProviderError::new(ProviderErrorKind::NoSuchJob, text));
        }
        self.api.render(job.as_str()).await
    }

    fn failed(&self, render: &Render) -> MakerStatus {
        let code = Some(render.status.clone());
        if render.status == "cancelled" {
            let detail = "the film was cancelled at Creatomate".to_owned();
            return MakerStatus::Failed { code, detail, retryable: true };
        }
        let said = render.error_message.as_deref().unwrap_or("it does not say why");
        let said = safe(said, &self.settings.key);
        let detail = format!("Creatomate could not make the film: {said}");
        MakerStatus::Failed { code, detail, retryable: true }
    }
}

#[async_trait]
impl Maker for Creatomate {
    fn name(&self) -> ProviderName {
        ProviderName::new(Self::NAME)
    }

    fn pace(&self) -> Pace {
        Pace {
            first: TimeDelta::seconds(20),
            least: TimeDelta::seconds(3),
            most: TimeDelta::seconds(15),
            limit: TimeDelta::hours(2),
        }
    }

    #[tracing::instrument(name = "creatomate.status", skip_all, fields(job = %job))]
    async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError> {
        let render = self.look(job).await?;
        let working = |part| Ok(MakerStatus::Working { progress: part });
        // Its address is told from the beginning: the status alone says whether there is a film.
        match render.status.as_str() {
            "succeeded" => Ok(MakerStatus::Done),
            "failed" | "cancelled" => Ok(self.failed(&render)),
            "planned" => working(Some(0.05)),
            "waiting" => working(Some(0.1)),
            "transcribing" => working(Some(0.2)),
            "rendering" => working(Some(0.5)),
            _ => working(None),
        }
    }

    #[tracing::instrument(name = "creatomate.look_up", skip_all)]
    async fn look_up(
        &self,
        attempt: AttemptToken,
        told: Option<ProviderJob>,
    ) -> Result<LookUp, ProviderError> {
        // Renders cannot be listed: without a job that somebody named there is nothing to ask for.
        let Some(job) = told else { return Ok(LookUp::CannotTell) };
        match self.look(&job).await {
            Ok(render) if render.metadata() == Some(attempt.to_string().as_str()) => {
                Ok(LookUp::Found(job))
            }
            Ok(_) => Ok(LookUp::CannotTell),
            Err(error) if error.kind() == ProviderErrorKind::NoSuchJob => Ok(LookUp::CannotTell),
            Err(error) => Err(error),
        }
    }

    fn told(&self, message: &[u8]) -> Option<ProviderJob> {
        #[derive(Deserialize)]
        struct Message {
            id: String,
        }
        let message: Message = serde_json::from_slice(message).ok()?;
        is_id(&message.id).then(|| ProviderJob::new(message.id))
    }

    #[tracing::instrument(name = "creatomate.fetch", skip_all, fields(job = %job))]
    async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError> {
        let render = self.look(job).await?;
        match render.status.as_str() {
            "succeeded" => {}
            "failed" | "cancelled" => {
                let text = "Creatomate made no film of it";
                return Err(ProviderError::new(ProviderErrorKind::Failed, text));
            }
            _ => {
                let text = "the film is not made yet";
                return Err(ProviderError::new(ProviderErrorKind::Busy, text));
            }
        }
        let unsaid = || {
            let text = "Creatomate does not say where the film is or how long it plays";
            ProviderError::new(ProviderErrorKind::Unknown, text)
        };
        let duration_ms = render.duration_ms().ok_or_else(unsaid)?;
        let url = render.url.ok_or_else(unsaid)?;

        let film = self.downloads.fetch(&url).await?;

        if film.media_type.is_some_and(|told| told.trim_start().starts_with("text/")) {
            let text = "what Creatomate made is no film";
            return Err(ProviderError::new(ProviderErrorKind::Unusable, text));
        }
        Ok(Delivery {
            body: of_length(film.body, render.file_size),
            media_type: MediaType::Mp4,
            duration_ms,
            lines: Vec::new(),
            bars_ms: Vec::new(),
            instrumental: false,
            spare: None,
        })
    }

    /// Creatomate stops no render and frees nothing: a film is gone after thirty days by itself.
    async fn release(&self, _: &ProviderJob) -> Result<(), ProviderError> {
        Ok(())
    }
}

#[async_trait]
impl VideoRenderer for Creatomate {
    #[tracing::instrument(name = "creatomate.start", skip_all, fields(video.id = %wanted.video))]
    async fn start(&self, wanted: &VideoOrder) -> Result<ProviderJob, ProviderError> {
        let (id, template) = self.template(wanted.orientation).await?;
        let links = self.links(wanted).await?;
        let order = order(&self.settings, (id, &template), wanted, &links);

        let render = self.api.buy(&order).await?;

        for (kind, remark) in render.remarks() {
            let remark = safe(&remark, &self.settings.key);
            tracing::warn!(kind, remark, "Creatomate remarks on the order");
        }
        Ok(ProviderJob::new(render.id))
    }
}

impl fmt::Debug for Creatomate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Creatomate").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn refused(text: String) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Refused, text)
}

/// A file that must be as long as was told, where it was.
fn of_length(body: ByteStream, told: Option<u64>) -> ByteStream {
    let Some(told) = told else { return body };
    Box::pin(try_unfold((body, told), |(mut body, left)| async move {
        match body.next().await.transpose()? {
            Some(piece) => {
                let left = left.checked_sub(piece.len() as u64);
                let left = left.ok_or_else(|| MediaError::new(MediaErrorKind::TooLarge))?;
                Ok(Some((piece, (body, left))))
            }
            None if left == 0 => Ok(None),
            None => Err(MediaErrorKind::CutShort.into()),
        }
    }))
}
