//! The song's file: MP4 with one AAC-LC track.

mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

/// The sample rates that AAC numbers.
const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// The audio object type of AAC-LC.
const AAC_LC: u8 = 2;
