//! Finds the colour that goes with the photos.

use image::RgbImage;

const BINS: usize = 24;
const SATURATION: f32 = 0.62;
const VALUE: f32 = 0.98;
/// A warm gold, for photos without a colour of their own.
const GOLD: [u8; 3] = [0xFF, 0xC8, 0x66];

/// The strongest hue of the thumbnails, made bright enough to be read on a dark ground.
pub(super) fn accent(thumbnails: &[RgbImage]) -> [u8; 3] {
    let mut votes = [0.0_f32; BINS];
    for pixel in thumbnails.iter().flat_map(RgbImage::pixels) {
        let (hue, saturation, value) = hsv(pixel.0);
        let vote = saturation * saturation * value;
        if saturation > 0.25 && value > 0.2 {
            votes[bin(hue)] += vote;
        }
    }
    let total: usize = thumbnails.iter().map(|thumbnail| thumbnail.pixels().len()).sum();
    let smoothed =
        |at: usize| votes[at] + 0.6 * (votes[(at + 1) % BINS] + votes[(at + BINS - 1) % BINS]);
    let strongest = (0..BINS).max_by(|one, other| smoothed(*one).total_cmp(&smoothed(*other)));
    match strongest {
        Some(at) if smoothed(at) > 0.01 * super::pace::real(total) => colour(at),
        Some(_) | None => GOLD,
    }
}

fn bin(hue: f32) -> usize {
    super::pace::whole((hue * super::pace::real(BINS)).floor()) % BINS
}

fn hsv(rgb: [u8; 3]) -> (f32, f32, f32) {
    let [red, green, blue] = rgb.map(|part| f32::from(part) / 255.0);
    let most = red.max(green).max(blue);
    let range = most - red.min(green).min(blue);
    if range <= f32::EPSILON {
        return (0.0, 0.0, most);
    }
    let sixth = if most <= red {
        (green - blue) / range
    } else if most <= green {
        (blue - red) / range + 2.0
    } else {
        (red - green) / range + 4.0
    };
    ((sixth / 6.0).rem_euclid(1.0), range / most, most)
}

fn colour(bin: usize) -> [u8; 3] {
    let hue = (super::pace::real(bin) + 0.5) / super::pace::real(BINS) * 6.0;
    let part = |offset: f32| {
        let away = ((hue + offset).rem_euclid(6.0) - 3.0).abs() - 1.0;
        let full = away.clamp(0.0, 1.0);
        super::pace::byte(255.0 * VALUE * (1.0 - SATURATION * (1.0 - full)))
    };
    [part(0.0), part(4.0), part(2.0)]
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::{GOLD, accent};

    #[test]
    fn blue_photos_give_a_blue_accent_and_grey_ones_gold() {
        let blue = accent(&[RgbImage::from_pixel(8, 8, Rgb([20, 40, 200]))]);
        assert!(blue[2] > blue[0] && blue[2] > blue[1], "{blue:?}");

        let red = accent(&[RgbImage::from_pixel(8, 8, Rgb([200, 30, 30]))]);
        assert!(red[0] > red[1] && red[0] > red[2], "{red:?}");

        assert_eq!(accent(&[RgbImage::from_pixel(8, 8, Rgb([90, 90, 90]))]), GOLD);
    }
}
