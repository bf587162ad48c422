use super::*;
use crate::music::testing::decode;

fn chirp(seconds: usize) -> Pcm {
    let mut pcm = Pcm::silence(SAMPLE_RATE as usize * seconds);
    for (index, (left, right)) in pcm.left.iter_mut().zip(&mut pcm.right).enumerate() {
        let time = float(index) / 48_000.0;
        *left = (time * (500.0 + 300.0 * time)).sin() * 0.5;
        *right = (time * 900.0).sin() * 0.3;
    }
    pcm
}

fn difference(one: &[f32], other: &[f32]) -> f32 {
    let sum: f32 = one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum();
    (sum / float(one.len().max(1))).sqrt()
}

#[test]
fn the_song_file_gives_back_the_frames_that_went_in() {
    let track = encode(&chirp(2), &mut |_| true).unwrap();
    let file = write_file(&track).unwrap();
    assert_eq!(read_file(&file).unwrap(), track);
    assert!((track.seconds() - 2.0).abs() < 1e-9);
}

#[test]
fn another_decoder_plays_the_file_in_time_once_the_priming_is_left_out() {
    let pcm = chirp(2);
    let track = encode(&pcm, &mut |_| true).unwrap();
    let decoded = decode(&write_file(&track).unwrap());
    let from = track.priming as usize;
    let played = &decoded.left[from..from + pcm.len()];
    assert!(difference(&pcm.left, played) < 0.01);
    assert!(difference(&pcm.left, &decoded.left[from + 64..]) > 0.05, "a shift would be noticed");
}

#[test]
fn frames_carry_the_header_that_a_muxer_wants() {
    let track = encode(&chirp(1), &mut |_| true).unwrap();
    assert!(track.frames.iter().all(|frame| frame[0] == 0xff && frame[1] & 0xf0 == 0xf0));
    let mut muxer = muxide::api::MuxerBuilder::new(Vec::new())
        .audio(muxide::api::AudioCodec::Aac(muxide::api::AacProfile::Lc), 48_000, 2)
        .build()
        .unwrap();
    for (index, frame) in track.frames.iter().enumerate() {
        let at = float64(index) * f64::from(FRAME) / f64::from(SAMPLE_RATE);
        muxer.write_audio(at, frame).unwrap();
    }
}

#[test]
fn an_answer_of_no_stops_the_encoder() {
    let mut asked = 0;
    let stopped = encode(&chirp(4), &mut |_| {
        asked += 1;
        asked < 2
    });
    assert!(matches!(stopped, Err(AacError::Stopped)));
    assert_eq!(asked, 2);
}

#[test]
fn broken_files_are_refused_and_never_panic() {
    let file = write_file(&encode(&chirp(1), &mut |_| true).unwrap()).unwrap();
    assert!(read_file(b"").is_err());
    assert!(read_file(b"RIFF....WAVEfmt ").is_err());
    for end in (0..file.len()).step_by(97) {
        assert!(read_file(&file[..end]).is_err(), "cut at {end}");
    }
    for at in 0..1_000 {
        let mut broken = file.clone();
        broken[at] = broken[at].wrapping_add(0x81);
        let _ = read_file(&broken);
    }
}
