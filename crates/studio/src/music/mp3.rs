//! Songs that somebody else made, as MP3.

use std::io::Cursor;

use symphonia::core::{
    codecs::audio::AudioDecoderOptions,
    formats::{FormatOptions, TrackType, probe::Hint},
    io::{MediaSourceStream, MediaSourceStreamOptions},
    meta::MetadataOptions,
};
use thiserror::Error;

use super::{
    aac::{self, AacError, AacTrack},
    pcm::Progress,
};

/// Longer songs are not taken.
const LONGEST_S: usize = 600;

/// Why a song cannot be taken.
#[derive(Debug, Error)]
pub enum Mp3Error {
    /// The bytes are no MP3 that can be decoded.
    #[error("not an MP3 file that can be decoded")]
    NotMp3(#[source] Option<symphonia::core::errors::Error>),
    /// It has no sound, or too much of it.
    #[error("an MP3 file without sound, or with more than {LONGEST_S} s of it")]
    Length,
    /// It could not be encoded.
    #[error(transparent)]
    Encoding(#[from] AacError),
}

/// The song as AAC, which is what a film carries.
///
/// # Errors
///
/// [`Mp3Error`] when it cannot be decoded, or encoded again.
pub fn transcode(file: Vec<u8>, progress: Progress<'_>) -> Result<AacTrack, Mp3Error> {
    let Sound { left, right, rate } = decode(file)?;
    Ok(aac::encode_at(rate, [&left, &right], progress)?)
}

struct Sound {
    left: Vec<f32>,
    right: Vec<f32>,
    rate: u32,
}

fn decode(file: Vec<u8>) -> Result<Sound, Mp3Error> {
    let broken = |error| Mp3Error::NotMp3(Some(error));
    let source =
        MediaSourceStream::new(Box::new(Cursor::new(file)), MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    hint.with_extension("mp3");
    let (options, tags) = (FormatOptions::default(), MetadataOptions::default());
    let mut format =
        symphonia::default::get_probe().probe(&hint, source, options, tags).map_err(broken)?;
    let track = format.default_track(TrackType::Audio).ok_or(Mp3Error::NotMp3(None))?;
    let parameters = track.codec_params.as_ref().and_then(|known| known.audio()).cloned();
    let parameters = parameters.ok_or(Mp3Error::NotMp3(None))?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
        .map_err(broken)?;

    let mut sound = Sound { left: Vec::new(), right: Vec::new(), rate: 0 };
    let mut planes: Vec<Vec<f32>> = Vec::new();
    while let Some(packet) = format.next_packet().map_err(broken)? {
        let decoded = match decoder.decode(&packet) {
            Ok(decoded) => decoded,
            // A packet that is broken is left out; the song goes on behind it.
            Err(symphonia::core::errors::Error::DecodeError(_)) => continue,
            Err(error) => return Err(broken(error)),
        };
        let rate = decoded.spec().rate();
        if sound.rate != 0 && sound.rate != rate {
            return Err(Mp3Error::NotMp3(None));
        }
        sound.rate = rate;
        decoded.copy_to_vecs_planar(&mut planes);
        let (Some(left), right) = (planes.first(), planes.get(1)) else { continue };
        sound.left.extend(left.iter().copied().map(within));
        sound.right.extend(right.unwrap_or(left).iter().copied().map(within));
        if sound.left.len() > LONGEST_S * rate as usize {
            return Err(Mp3Error::Length);
        }
    }
    if sound.left.is_empty() { Err(Mp3Error::Length) } else { Ok(sound) }
}

/// Decoders overshoot where a master is loud; the encoder takes no more than full scale.
fn within(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of silence: MPEG-1 Layer III, 44.1 kHz, 128 kbit/s, frames whose side information is 0.
    fn silence() -> Vec<u8> {
        let frame = [&[0xff, 0xfb, 0x90, 0x64][..], &[0; 413]].concat();
        frame.repeat(39)
    }

    #[test]
    fn an_mp3_becomes_aac_of_the_same_rate_and_length() {
        let track = transcode(silence(), &mut |_| true).unwrap();
        assert_eq!((track.sample_rate, track.channels), (44_100, 2));
        let expected = 39.0 * 1_152.0 / 44_100.0;
        assert!((track.seconds() - expected).abs() < 0.06, "{}", track.seconds());
        let file = aac::write_file(&track).unwrap();
        assert_eq!(aac::read_file(&file).unwrap().samples, track.samples);
    }

    #[test]
    fn what_is_no_mp3_is_refused() {
        for file in [&b""[..], b"<html>not here</html>", b"ID3\x04\0\0\0\0\0\x7f", &[0xff, 0xfb]] {
            assert!(transcode(file.to_vec(), &mut |_| true).is_err(), "{file:?}");
        }
    }

    #[test]
    fn a_song_that_is_too_long_is_refused() {
        let hours = silence().repeat(LONGEST_S + 1);
        assert!(matches!(transcode(hours, &mut |_| true), Err(Mp3Error::Length)));
    }
}
