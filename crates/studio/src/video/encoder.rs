//! The video encoder behind a trait of our own: the crate is young and may be changed for another.

mod nal;
mod sps;

use std::sync::Once;

use rusty_h264::{Encoder, EncoderConfig, Preset, YuvPlanes, set_turbo};

use super::film::VideoError;
use super::picture::{Picture, Plane};
pub(super) use nal::AccessUnit;
pub(super) use sps::with_colour;

/// Pictures in a group that can be decoded by itself.
pub(super) const GROUP: usize = 60;
const QUANTISER: u8 = 20;

/// Turns the pictures of one closed group into access units, one for one.
pub(super) trait GroupEncoder: Sized {
    /// Starts a group of pictures of `size`, `coarser` by so many steps of the quantiser than usual.
    fn start(size: (usize, usize), coarser: u8) -> Result<Self, VideoError>;
    /// Encodes the next picture; the first of a group is a key frame.
    fn encode(&mut self, picture: &Picture) -> Result<AccessUnit, VideoError>;
}

/// H.264 by `rusty_h264`.
pub(super) struct H264(Encoder);

impl GroupEncoder for H264 {
    fn start((width, height): (usize, usize), coarser: u8) -> Result<Self, VideoError> {
        static TURBO: Once = Once::new();
        TURBO.call_once(|| set_turbo(true));
        let mut settings = settings(width, height);
        settings.qp += coarser;
        Encoder::new(settings).map(Self).map_err(|_| VideoError::Encoder)
    }

    fn encode(&mut self, picture: &Picture) -> Result<AccessUnit, VideoError> {
        let Plane { width, height, data } = &picture.luma;
        let planes = YuvPlanes::new(
            *width,
            *height,
            data,
            &picture.blue.data,
            &picture.red.data,
            *width,
            picture.blue.width,
        );
        let bytes = planes
            .and_then(|planes| self.0.encode_planes(&planes).ok())
            .ok_or(VideoError::Encoder)?;
        // Nothing is held back: look-ahead and B frames are off, so there is nothing to flush either.
        AccessUnit::from_annex_b(&bytes).ok_or(VideoError::Encoder)
    }
}

fn settings(width: usize, height: usize) -> EncoderConfig {
    let mut settings = EncoderConfig::new(width, height);
    settings.preset = Preset::Balanced;
    settings.qp = QUANTISER;
    settings.gop_size = u32::try_from(GROUP).unwrap_or(u32::MAX);
    settings.num_ref_frames = 1;
    settings.cabac = false;
    settings.mbtree = false;
    settings.bframes = 0;
    settings.lookahead = 0;
    settings.scenecut = 0;
    settings
}
