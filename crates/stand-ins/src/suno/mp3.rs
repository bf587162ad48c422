/// MPEG-1 Layer III at 48 kHz, 32 kbit/s, one channel: 24 ms in 96 bytes.
const HEADER: [u8; 4] = [0xff, 0xfb, 0x14, 0xc4];
const FRAME: usize = 96;
const FRAME_MS: u32 = 24;

/// A song of that length: silence, as frames whose side information is zero play, with its name in
/// front, so that no two are the same.
pub(super) fn silence(name: &str, millis: u32) -> Vec<u8> {
    let mut file = tag(name);
    for _ in 0..millis.div_ceil(FRAME_MS) {
        let end = file.len() + FRAME;
        file.extend(HEADER);
        file.resize(end, 0);
    }
    file
}

/// An ID3v2.3 tag with a title.
fn tag(name: &str) -> Vec<u8> {
    // Sizes below 128 are the same in seven bits a byte.
    let name = &name.as_bytes()[..name.len().min(60)];
    let text = u8::try_from(name.len() + 1).unwrap_or_default();
    let mut tag = b"ID3\x03\0\0\0\0\0".to_vec();
    tag.push(text + 10);
    tag.extend(b"TIT2\0\0\0");
    tag.extend([text, 0, 0, 0]);
    tag.extend(name);
    tag
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use symphonia::core::{
        codecs::audio::AudioDecoderOptions,
        formats::{FormatOptions, TrackType, probe::Hint},
        io::MediaSourceStream,
        meta::MetadataOptions,
    };

    use super::*;

    #[test]
    fn somebody_elses_decoder_plays_it_to_its_end() {
        let file = MediaSourceStream::new(
            Box::new(Cursor::new(silence("track", 2_400))),
            symphonia::core::io::MediaSourceStreamOptions::default(),
        );
        let mut format = symphonia::default::get_probe()
            .probe(&Hint::new(), file, FormatOptions::default(), MetadataOptions::default())
            .unwrap();
        let track = format.default_track(TrackType::Audio).unwrap();
        let params = track.codec_params.as_ref().unwrap().audio().unwrap().clone();
        let mut decoder = symphonia::default::get_codecs()
            .make_audio_decoder(&params, &AudioDecoderOptions::default())
            .unwrap();
        let mut samples = 0;
        while let Some(packet) = format.next_packet().unwrap() {
            let heard = decoder.decode(&packet).unwrap();
            samples += heard.frames();
        }
        assert_eq!((params.sample_rate, samples), (Some(48_000), 48_000 * 24 / 10));
    }
}
