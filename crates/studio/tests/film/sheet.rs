//! A small storyboard: drawn photos, a sine for a song.

use castad_studio::music::AacTrack;
use castad_studio::video::{Caption, Language, Orientation, Storyboard};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

const RATE: u32 = 48_000;

pub(crate) fn storyboard(orientation: Orientation, language: Language, seconds: f32) -> Storyboard {
    let (business, region, lines) = match language {
        Language::Korean => ("봄날 카페", "서울 성수동", ["햇살이 머무는 곳", "따뜻한 커피 한 잔"]),
        Language::English => {
            ("Bloom Cafe", "Seongsu, Seoul", ["Where the sun stays", "A cup of coffee"])
        }
    };
    let captions = [(300, 1_200), (1_200, 1_900)].into_iter().zip(lines);
    Storyboard {
        orientation,
        photos: vec![photo(400, 300), photo(300, 400)],
        business: business.to_owned(),
        region: region.to_owned(),
        language,
        captions: captions
            .map(|((start_ms, end_ms), text)| Caption { start_ms, end_ms, text: text.to_owned() })
            .collect(),
        bars_ms: (0..40).map(|bar| bar * 1_846).collect(),
        sections_ms: vec![0, 3_692],
        soundtrack: song(seconds),
        instrumental: true,
    }
}

pub(crate) fn photo(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let spot = u8::from((x / 9 + y / 7) % 2 == 0) * 60;
        Rgb([
            90 + spot,
            u8::try_from(y * 120 / height).expect("below 120") + 60,
            u8::try_from(x * 150 / width).expect("below 150") + 50,
        ])
    });
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 90)
        .encode_image(&picture)
        .expect("the photo is encoded");
    jpeg
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a test tone"
)]
fn song(seconds: f32) -> AacTrack {
    let samples = (seconds * RATE as f32) as usize;
    let tone: Vec<f32> = (0..samples).map(|at| 0.2 * (at as f32 * 0.0576).sin()).collect();
    let stream = syom::EncodeOptions::adts().with_bitrate_bps(96_000);
    let mut encoder = syom::Encoder::new(RATE, 2, &stream).expect("the rate is known");
    let mut frames = Vec::new();
    encoder
        .feed(&[&tone, &tone], |frame| {
            frames.push(frame.au.to_vec());
            Ok(())
        })
        .expect("a tone can be encoded");
    let info = encoder
        .finish(|frame| {
            frames.push(frame.au.to_vec());
            Ok(())
        })
        .expect("a tone can be encoded");
    assert_eq!(info.priming, 1_024);
    AacTrack { frames, sample_rate: RATE, channels: 2, priming: 1_024, samples: samples as u64 }
}
