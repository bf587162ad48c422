use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::error::ImageError;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use super::hidden::hidden;
use super::jpeg;
use super::sniff::{Kind, sniff};

/// The longest side that an upload may have, in pixels.
pub const MAX_SIDE: u32 = 12_000;
/// The most pixels that an upload may have, in millions.
pub const MAX_MEGAPIXELS: u32 = 50;
/// The shortest side that an upload may have, in pixels.
pub const MIN_SIDE: u32 = 64;
/// The longest side of a developed photo, in pixels.
pub const OUTPUT_SIDE: u32 = 2_560;

const MAX_DECODED_BYTES: u64 = 512 << 20;
/// What the notes beside the pixels may unpack to; they may be packed a thousandfold.
const MAX_NOTES_BYTES: u64 = 32 << 20;
const QUALITY: u8 = 90;

/// A developed photo: upright, opaque, without metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// The picture as a JPEG file.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Why an upload cannot be used as a photo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// The upload has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The bytes are no picture that the lab knows.
    #[error("the file is not a picture: JPEG, PNG and WebP are taken")]
    NotAPicture,
    /// The bytes are a known kind of file, but none of the three.
    #[error("the file is {kind}: only JPEG, PNG and WebP are taken")]
    WrongKind {
        /// What the file is, with its article.
        kind: &'static str,
    },
    /// The bytes are a picture and something else besides.
    #[error("the file is {kind} as well as a picture: save the picture by itself")]
    HidesMore {
        /// What else the file is, with its article.
        kind: &'static str,
    },
    /// The picture ends early or contradicts itself.
    #[error("the picture is damaged or cut short")]
    Damaged,
    /// A side or the area is over the limit.
    #[error(
        "the picture is {width} x {height}: at most {max_side} pixels a side and {max_megapixels} \
         megapixels are taken",
        max_side = MAX_SIDE,
        max_megapixels = MAX_MEGAPIXELS
    )]
    TooLarge {
        /// Width in pixels, as the file claims it.
        width: u32,
        /// Height in pixels, as the file claims it.
        height: u32,
    },
    /// A side is under the limit.
    #[error("the picture is {width} x {height}: at least {min} pixels a side are needed", min = MIN_SIDE)]
    TooSmall {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

/// Develops an upload into a [`Photo`].
///
/// The kind is read from the content, the size is refused before a pixel is decoded, a picture that is something else
/// besides is refused, the orientation noted by the camera is applied, transparency falls on white, and a picture longer than [`OUTPUT_SIDE`] is scaled down.
///
/// # Errors
/// [`PhotoError`] says what is wrong with the upload in words that its owner can act on.
pub fn develop(bytes: &[u8]) -> Result<Photo, PhotoError> {
    let format = match sniff(bytes) {
        Kind::Picture(format) => format,
        Kind::Other(kind) => return Err(PhotoError::WrongKind { kind }),
        Kind::Unknown if bytes.is_empty() => return Err(PhotoError::Empty),
        Kind::Unknown => return Err(PhotoError::NotAPicture),
    };
    if let Some(kind) = hidden(bytes) {
        return Err(PhotoError::HidesMore { kind });
    }
    let upright = decode(bytes, format)?;

    let flat = flatten(&scale_down(upright));
    Ok(Photo { jpeg: encode(&flat), width: flat.width(), height: flat.height() })
}

/// The picture as a JPEG file.
pub(super) fn encode(picture: &RgbImage) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(picture);
    debug_assert!(encoded.is_ok(), "RGB pictures of this size always fit into a JPEG in memory");
    jpeg
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, PhotoError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(at_most(MAX_NOTES_BYTES));
    let mut decoder = reader.into_decoder().map_err(|_| PhotoError::Damaged)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(PhotoError::TooLarge { width, height });
    }
    decoder.set_limits(at_most(MAX_DECODED_BYTES)).map_err(|_| PhotoError::Damaged)?;
    if format == ImageFormat::Jpeg && !jpeg::is_complete(bytes) {
        return Err(PhotoError::Damaged);
    }

    // A broken note about the orientation is no reason to refuse the pixels.
    let orientation = decoder.orientation().ok();
    let mut picture =
        DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error, width, height))?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

fn at_most(bytes: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(bytes);
    limits
}

fn check_size(width: u32, height: u32) -> Result<(), PhotoError> {
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > MAX_SIDE || pixels > u64::from(MAX_MEGAPIXELS) * 1_000_000 {
        return Err(PhotoError::TooLarge { width, height });
    }
    if width.min(height) < MIN_SIDE {
        return Err(PhotoError::TooSmall { width, height });
    }
    Ok(())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "ImageError is open")]
fn refusal(error: &ImageError, width: u32, height: u32) -> PhotoError {
    match error {
        ImageError::Limits(_) => PhotoError::TooLarge { width, height },
        _ => PhotoError::Damaged,
    }
}

fn scale_down(picture: DynamicImage) -> DynamicImage {
    if picture.width().max(picture.height()) <= OUTPUT_SIDE {
        return picture;
    }
    picture.resize(OUTPUT_SIDE, OUTPUT_SIDE, FilterType::CatmullRom)
}

fn flatten(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let see_through = picture.to_rgba8();
    RgbImage::from_fn(see_through.width(), see_through.height(), |x, y| {
        let [red, green, blue, alpha] = see_through.get_pixel(x, y).0;
        Rgb([red, green, blue].map(|part| on_white(part, alpha)))
    })
}

fn on_white(part: u8, alpha: u8) -> u8 {
    let mixed = u32::from(part) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127;
    u8::try_from(mixed / 255).unwrap_or(u8::MAX)
}
