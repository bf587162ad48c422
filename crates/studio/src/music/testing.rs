//! What several tests need: a decoder that is not ours.

use std::io::Cursor;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::pcm::Pcm;

/// Decodes the sound of a file, without trimming anything.
pub(super) fn decode(file: &[u8]) -> Pcm {
    let source = MediaSourceStream::new(
        Box::new(Cursor::new(file.to_vec())),
        MediaSourceStreamOptions::default(),
    );
    let options = FormatOptions::default();
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), source, options, MetadataOptions::default())
        .unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap().clone();
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
        .unwrap();
    let mut pcm = Pcm::default();
    while let Some(packet) = format.next_packet().unwrap() {
        let mut planes: Vec<Vec<f32>> = Vec::new();
        decoder.decode(&packet).unwrap().copy_to_vecs_planar(&mut planes);
        pcm.left.extend(&planes[0]);
        pcm.right.extend(&planes[1]);
    }
    pcm
}
