//! The song as AAC-LC frames and as an `.m4a` file.
//!
//! A song is encoded once. The video takes the very frames out of the song's file, so nothing is encoded twice.

use syom::{EncodeOptions, Encoder};
use thiserror::Error;

use super::m4a;
use super::num::{float, float64};
use super::pcm::{Pcm, Progress, SAMPLE_RATE};

/// Samples per channel in one AAC-LC frame.
pub const FRAME: u32 = 1024;

const BITRATE: u32 = 192_000;
const CHANNELS: u16 = 2;
const ADTS_HEADER: usize = 7;

/// Frames handed to the encoder between two reports of progress.
const FRAMES_PER_REPORT: usize = 64;

/// One AAC-LC stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AacTrack {
    /// The frames in order, each with its 7-byte ADTS header.
    pub frames: Vec<Vec<u8>>,
    /// Samples per second.
    pub sample_rate: u32,
    /// How many channels.
    pub channels: u16,
    /// Samples that a decoder gives before the song begins: leave them out, or sound comes late by as much.
    pub priming: u32,
    /// Samples per channel of the song itself.
    pub samples: u64,
}

impl AacTrack {
    /// How long the song lasts, without the codec's head and tail.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        float64(usize::try_from(self.samples).unwrap_or(usize::MAX)) / f64::from(self.sample_rate)
    }

    /// The frames as raw access units, without their ADTS headers.
    pub fn payloads(&self) -> impl Iterator<Item = &[u8]> {
        self.frames.iter().filter_map(|frame| frame.get(ADTS_HEADER..))
    }
}

/// Why there is no AAC.
#[derive(Debug, Error)]
pub enum AacError {
    /// Progress was answered with a stop.
    #[error("encoding was stopped")]
    Stopped,
    /// The codec refused.
    #[error("the AAC codec refused: {0}")]
    Codec(#[from] syom::AacError),
    /// The track does not fit into an `.m4a` file.
    #[error("the track does not fit into an m4a file")]
    NotWritable,
    /// The bytes are no MP4 file with an AAC-LC track.
    #[error("not an m4a file with AAC-LC sound: {0}")]
    NotAac(&'static str),
}

/// Encodes `pcm`, in stereo at 192 kbit/s.
///
/// # Errors
///
/// [`AacError::Stopped`] when `progress` says so, [`AacError::Codec`] when a sample is outside -1..=1 or not a number.
pub fn encode(pcm: &Pcm, progress: Progress<'_>) -> Result<AacTrack, AacError> {
    encode_at(SAMPLE_RATE, [&pcm.left, &pcm.right], progress)
}

/// Encodes the two channels of a sound of another rate in the same way.
///
/// # Errors
///
/// As [`encode`], and [`AacError::Codec`] for a rate that AAC does not know.
pub fn encode_at(
    sample_rate: u32,
    [left, right]: [&[f32]; 2],
    progress: Progress<'_>,
) -> Result<AacTrack, AacError> {
    let options = EncodeOptions::adts().with_bitrate_bps(BITRATE).with_lookahead(true);
    let mut encoder = Encoder::new(sample_rate, usize::from(CHANNELS), &options)?;
    let mut frames = Vec::new();

    let (step, whole) = (FRAME as usize * FRAMES_PER_REPORT, left.len());
    for (at, (left, right)) in left.chunks(step).zip(right.chunks(step)).enumerate() {
        if !progress(float(at * step) / float(whole)) {
            return Err(AacError::Stopped);
        }
        encoder.feed(&[left, right], |frame| {
            frames.push(frame.au.to_vec());
            Ok(())
        })?;
    }
    let info = encoder.finish(|frame| {
        frames.push(frame.au.to_vec());
        Ok(())
    })?;

    Ok(AacTrack {
        frames,
        sample_rate,
        channels: CHANNELS,
        priming: u32::try_from(info.priming).unwrap_or(FRAME),
        samples: info.samples,
    })
}

/// The track as an `.m4a` file whose edit list hides the codec's head and tail.
///
/// # Errors
///
/// [`AacError::NotWritable`] when the track is empty, too long for a 32-bit file, or has a rate that AAC does not number.
pub fn write_file(track: &AacTrack) -> Result<Vec<u8>, AacError> {
    m4a::write(track).ok_or(AacError::NotWritable)
}

/// The AAC-LC track of an `.m4a` or `.mp4` file.
///
/// # Errors
///
/// [`AacError::NotAac`] says what is missing; [`AacError::Codec`] when its rate or channels cannot be ADTS.
pub fn read_file(bytes: &[u8]) -> Result<AacTrack, AacError> {
    let found = m4a::read(bytes).map_err(AacError::NotAac)?;
    let channels = usize::from(found.channels);
    let frames = found
        .payloads
        .iter()
        .map(|payload| syom::wrap_adts_au(payload, found.sample_rate, channels))
        .collect::<Result<_, _>>()?;
    Ok(AacTrack {
        frames,
        sample_rate: found.sample_rate,
        channels: found.channels,
        priming: found.priming,
        samples: found.samples,
    })
}

#[cfg(test)]
mod tests;
