//! A song that is short enough for tests.

use castad_studio::music::{Pcm, SAMPLE_RATE, aac};

/// Two seconds of a quiet tone, as an `.m4a` file.
pub(crate) fn two_seconds() -> Vec<u8> {
    let count = 2 * SAMPLE_RATE;
    let channel: Vec<f32> = (0..count).map(|at| if at % 100 < 50 { 0.1 } else { -0.1 }).collect();
    let pcm = Pcm { left: channel.clone(), right: channel };
    let track = aac::encode(&pcm, &mut |_| true).expect("a tone can be encoded");
    aac::write_file(&track).expect("it is short")
}
