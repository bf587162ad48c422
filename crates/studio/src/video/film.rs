//! Makes the film: several threads draw and encode whole groups of pictures, one writes them in order.

mod crew;

use std::io::{self, Seek, Write};

use image::codecs::jpeg::JpegDecoder;
use image::{DynamicImage, RgbImage};

use super::FRAME_RATE;
use super::encoder::H264;
use super::mp4::Mp4;
use super::scene::{Prepared, Scene};
use super::storyboard::Storyboard;
use crate::music::AacTrack;
use crew::{Crew, Watch};

const MOST_PHOTOS: usize = 20;
/// The share of the work that making the photos ready is.
const PREPARING: f32 = 0.08;

/// A finished film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Film {
    /// How long it plays, in milliseconds.
    pub duration_ms: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Number of pictures.
    pub frames: u32,
}

/// Why there is no film.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// The storyboard has no photo, or too many.
    #[error("{count} photos given, from 1 to 20 are needed")]
    Photos {
        /// How many there are.
        count: usize,
    },
    /// A photo is no JPEG that can be read.
    #[error("photo number {number} cannot be read")]
    Photo {
        /// Its place on the storyboard, from 1.
        number: usize,
    },
    /// The soundtrack is empty, or its numbers make no sense.
    #[error("the soundtrack is empty or damaged")]
    Soundtrack,
    /// The caller asked to stop.
    #[error("the film was canceled")]
    Canceled,
    /// The encoder refused a picture.
    #[error("the video encoder failed")]
    Encoder,
    /// The file could not be written.
    #[error("the film could not be written")]
    Write(#[from] io::Error),
}

/// Makes a film and writes it to `out`, from its beginning, with `threads` threads (`None`: as many as there are cores).
///
/// `progress` is told the share that is done, from 0 to 1, and says whether to go on; it is asked several times a second.
///
/// # Errors
/// [`VideoError`]; what `out` holds then is no film.
pub fn render(
    storyboard: &Storyboard,
    out: &mut (impl Write + Seek),
    threads: Option<usize>,
    progress: &mut dyn FnMut(f32) -> bool,
) -> Result<Film, VideoError> {
    let count = storyboard.photos.len();
    if !(1..=MOST_PHOTOS).contains(&count) {
        return Err(VideoError::Photos { count });
    }
    let frames = frames(&storyboard.soundtrack)?;
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let crew = Crew::new(threads.unwrap_or_else(cores));

    let prepared = prepare(storyboard, crew, &mut |share| progress(share * PREPARING))?;
    let scene = Scene::new(storyboard, prepared, frames);
    let mut filming = |share: f32| progress(PREPARING + share * (1.0 - PREPARING));
    let mut watch = Watch::new(frames, &mut filming);
    write(&scene, &storyboard.soundtrack, (frames, crew), out, &mut watch)?;
    film(storyboard, frames)
}

fn film(storyboard: &Storyboard, frames: usize) -> Result<Film, VideoError> {
    let (width, height) = storyboard.orientation.size();
    let number = |value: usize| u32::try_from(value).map_err(|_| VideoError::Soundtrack);
    let duration_ms = number(frames * 1_000 / FRAME_RATE as usize)?;
    Ok(Film {
        duration_ms,
        width: number(width)?,
        height: number(height)?,
        frames: number(frames)?,
    })
}

/// The film lasts as long as its soundtrack, to the nearest picture.
fn frames(soundtrack: &AacTrack) -> Result<usize, VideoError> {
    const LONGEST_S: u64 = 600;
    let rate = u64::from(soundtrack.sample_rate);
    let coded = soundtrack.frames.len() as u64 * 1_024;
    let heard = soundtrack.samples.min(coded.saturating_sub(soundtrack.priming.into()));
    let headed = |frame: &Vec<u8>| frame.len() > 7 && frame[0] == 0xFF && frame[1] & 0xF0 == 0xF0;
    if !soundtrack.frames.iter().all(headed) || rate == 0 || heard == 0 || heard > LONGEST_S * rate
    {
        return Err(VideoError::Soundtrack);
    }
    let frames = (heard * u64::from(FRAME_RATE) + rate / 2) / rate;
    usize::try_from(frames.max(1)).map_err(|_| VideoError::Soundtrack)
}

fn prepare(
    storyboard: &Storyboard,
    crew: Crew,
    progress: &mut dyn FnMut(f32) -> bool,
) -> Result<Vec<Prepared>, VideoError> {
    let size = storyboard.orientation.size();
    crew.map(
        &storyboard.photos,
        |at, jpeg| {
            let photo = decode(jpeg).ok_or(VideoError::Photo { number: at + 1 })?;
            Ok(Prepared::new(&photo, size))
        },
        progress,
    )
}

fn decode(jpeg: &[u8]) -> Option<RgbImage> {
    let decoder = JpegDecoder::new(io::Cursor::new(jpeg)).ok()?;
    let photo = DynamicImage::from_decoder(decoder).ok()?.into_rgb8();
    (photo.width() > 1 && photo.height() > 1).then_some(photo)
}

fn write(
    scene: &Scene,
    soundtrack: &AacTrack,
    (frames, crew): (usize, Crew),
    out: &mut (impl Write + Seek),
    watch: &mut Watch<'_>,
) -> Result<(), VideoError> {
    let mut out = Some(out);
    let mut file = None;
    crew.shoot::<H264>(scene, frames, watch, &mut |group| {
        for unit in group {
            if let (Some(head), Some(out)) = (&unit.head, out.take_if(|_| file.is_none())) {
                file = Some(Mp4::start(out, scene.size(), frames, soundtrack, head)?);
            }
            file.as_mut().ok_or(VideoError::Encoder)?.write(&unit)?;
        }
        Ok(())
    })?;
    Ok(file.ok_or(VideoError::Encoder)?.finish()?)
}
