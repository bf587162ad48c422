use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use castad_domain::{
    model::{self, AttemptToken, MediaKey, MediaType, ProviderJob, ProviderName},
    port::{
        Delivery, LookUp, MakerStatus, MediaError, MediaStore, Pace, ProviderError,
        ProviderErrorKind as Kind, VideoOrder, VideoRenderer,
    },
};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};

use crate::{
    files::blocking,
    music::{aac, mp3},
    video::{self, Caption, Language, Orientation, Storyboard, VideoError},
    workshop::{Begun, Craft, Draft, Flaw, Label, Line, Workshop},
};

/// The largest picture or song that is taken from the media store.
const MOST_BYTES: u64 = 64 << 20;
const SONG: &str = "song.m4a";

/// Cuts films, one at a time.
pub struct StudioRenderer {
    workshop: Workshop<Cutter>,
    media: Arc<dyn MediaStore>,
}

impl std::fmt::Debug for StudioRenderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StudioRenderer").field("workshop", &self.workshop).finish_non_exhaustive()
    }
}

impl StudioRenderer {
    pub(super) fn open(
        folder: PathBuf,
        threads: Option<usize>,
        media: Arc<dyn MediaStore>,
    ) -> io::Result<Self> {
        Ok(Self { workshop: Workshop::open(folder, Cutter { threads })?, media })
    }

    /// Puts the pictures and the song beside the order, so that it is made from them alone.
    async fn gather(&self, draft: &Draft, order: &VideoOrder) -> Result<(), ProviderError> {
        let song = self.read(&order.song.file.key).await?;
        let song = match order.song.file.key.media_type() {
            Some(MediaType::Mp3) => as_aac(song).await?,
            _ if aac::read_file(&song).is_err() => return Err(no_song()),
            _ => song,
        };
        draft.put(SONG, song).await.map_err(away)?;
        for (number, picture) in (1..).zip(&order.pictures) {
            let jpeg = self.read(picture).await?;
            draft.put(&picture_name(number), jpeg).await.map_err(away)?;
        }
        Ok(())
    }

    async fn read(&self, key: &MediaKey) -> Result<Bytes, ProviderError> {
        let found = self.media.read(key, None).await.map_err(unread)?;
        let missing = || {
            let what =
                if key.media_type() == Some(MediaType::Jpeg) { "a picture" } else { "the song" };
            ProviderError::new(
                Kind::MediaMissing,
                format!("{what} is not in the media store any more"),
            )
        };
        let mut file = found.ok_or_else(missing)?;
        if file.total > MOST_BYTES {
            let detail = format!(
                "a picture or song has {} bytes, at most {MOST_BYTES} are taken",
                file.total
            );
            return Err(ProviderError::new(Kind::Refused, detail));
        }
        let mut bytes = BytesMut::new();
        while let Some(piece) = file.body.try_next().await.map_err(unread)? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    }
}

fn picture_name(number: usize) -> String {
    format!("picture-{number}.jpg")
}

/// A song that another composer made, as a film carries it.
async fn as_aac(song: Bytes) -> Result<Bytes, ProviderError> {
    let transcoded = blocking(move || {
        let track = mp3::transcode(song.into(), &mut |_| true).ok();
        Ok(track.and_then(|track| aac::write_file(&track).ok()))
    });
    transcoded.await.map_err(away)?.map(Bytes::from).ok_or_else(no_song)
}

fn no_song() -> ProviderError {
    let detail =
        "the studio cuts films to songs that are AAC in MP4 (.m4a) or MP3; this song is not";
    ProviderError::new(Kind::Refused, detail)
}

fn unread(error: MediaError) -> ProviderError {
    ProviderError::new(Kind::Busy, "the media store does not answer").with_source(error)
}

fn away(error: io::Error) -> ProviderError {
    ProviderError::new(Kind::Busy, "the studio's folder cannot be written").with_source(error)
}

made_in_workshop!(StudioRenderer);

#[async_trait]
impl VideoRenderer for StudioRenderer {
    async fn start(&self, order: &VideoOrder) -> Result<ProviderJob, ProviderError> {
        match self.workshop.begin(order.attempt).await? {
            Begun::There(job) => Ok(job),
            Begun::Fresh(draft) => match self.gather(&draft, order).await {
                Ok(()) => self.workshop.enter(draft, &Script::of(order)).await,
                Err(refused) => {
                    self.workshop.discard(draft).await;
                    Err(refused)
                }
            },
        }
    }
}

/// A film to cut, as it is kept in the job's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Script {
    orientation: Shape,
    business: String,
    region: String,
    korean: bool,
    pictures: usize,
    lines: Vec<Line>,
    bars_ms: Vec<u32>,
    instrumental: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shape {
    Vertical,
    Square,
    Horizontal,
}

impl Script {
    fn of(order: &VideoOrder) -> Self {
        Self {
            orientation: match order.orientation {
                model::Orientation::Vertical => Shape::Vertical,
                model::Orientation::Square => Shape::Square,
                model::Orientation::Horizontal => Shape::Horizontal,
            },
            business: order.brief.business_name.as_str().to_owned(),
            region: order.brief.region.as_str().to_owned(),
            korean: order.brief.language == model::Language::Korean,
            pictures: order.pictures.len(),
            lines: order.song.lines.iter().map(Line::from).collect(),
            bars_ms: order.song.bars_ms.clone(),
            instrumental: order.song.instrumental,
        }
    }

    fn storyboard(&self, folder: &Path) -> Result<Storyboard, Flaw> {
        let photos = (1..=self.pictures).map(|number| fs::read(folder.join(picture_name(number))));
        let soundtrack = aac::read_file(&fs::read(folder.join(SONG))?)
            .map_err(|error| Flaw::Order("song", format!("the song is {error}")))?;
        let caption = |line: &Line| Caption {
            start_ms: line.start_ms,
            end_ms: line.end_ms,
            text: line.text.clone(),
        };
        Ok(Storyboard {
            orientation: match self.orientation {
                Shape::Vertical => Orientation::Vertical,
                Shape::Square => Orientation::Square,
                Shape::Horizontal => Orientation::Horizontal,
            },
            photos: photos.collect::<Result<_, _>>()?,
            business: self.business.clone(),
            region: self.region.clone(),
            language: if self.korean { Language::Korean } else { Language::English },
            captions: self.lines.iter().map(caption).collect(),
            bars_ms: self.bars_ms.clone(),
            sections_ms: Vec::new(),
            soundtrack,
            instrumental: self.instrumental,
        })
    }
}

/// Cuts films with a number of threads.
#[derive(Debug)]
struct Cutter {
    threads: Option<usize>,
}

impl Craft for Cutter {
    type Order = Script;

    const MAKES: MediaType = MediaType::Mp4;

    fn make(
        &self,
        script: &Script,
        folder: &Path,
        out: &mut File,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Label, Flaw> {
        let storyboard = script.storyboard(folder)?;
        let film = video::render(&storyboard, out, self.threads, go_on).map_err(flaw)?;
        Ok(Label {
            duration_ms: film.duration_ms,
            lines: Vec::new(),
            bars_ms: Vec::new(),
            instrumental: script.instrumental,
        })
    }
}

fn flaw(error: VideoError) -> Flaw {
    match error {
        VideoError::Canceled => Flaw::Stopped,
        VideoError::Write(error) => Flaw::Disk(error),
        VideoError::Encoder => Flaw::Engine("encoder", error.to_string()),
        VideoError::Photos { .. } | VideoError::Photo { .. } | VideoError::Soundtrack => {
            Flaw::Order("order", error.to_string())
        }
    }
}
