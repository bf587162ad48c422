//! Finds the part of a photo that a crop should keep: where there is most to see.

use image::RgbImage;
use image::imageops;

use crate::video::pace::real;

const SIDE: u32 = 64;

/// The point of interest as shares of width and height, never far off the middle.
pub(super) fn focus(photo: &RgbImage) -> (f32, f32) {
    let small = imageops::thumbnail(photo, SIDE, SIDE);
    let light = |x: u32, y: u32| {
        let [red, green, blue] = small.get_pixel(x, y).0;
        f32::from(red) * 0.3 + f32::from(green) * 0.59 + f32::from(blue) * 0.11
    };
    let (mut total, mut across, mut down) = (0.0, 0.0, 0.0);
    for y in 1..SIDE {
        for x in 1..SIDE {
            let here = light(x, y);
            let detail = (here - light(x - 1, y)).abs() + (here - light(x, y - 1)).abs();
            total += detail;
            across += detail * real(x as usize);
            down += detail * real(y as usize);
        }
    }
    if total <= 0.0 {
        return (0.5, 0.5);
    }
    let place = |sum: f32| (sum / total / real(SIDE as usize)).clamp(0.25, 0.75);
    (place(across), place(down))
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::focus;

    #[test]
    fn the_busy_part_of_a_photo_draws_the_eye() {
        let photo = RgbImage::from_fn(300, 200, |x, y| {
            let busy = x > 220 && (x / 5 + y / 5) % 2 == 0;
            Rgb([if busy { 240 } else { 40 }; 3])
        });

        let (across, down) = focus(&photo);

        assert!(across > 0.7, "{across}");
        assert!((down - 0.5).abs() < 0.1, "{down}");
    }

    #[test]
    fn a_photo_without_detail_is_seen_from_the_middle() {
        assert_eq!(focus(&RgbImage::new(80, 80)), (0.5, 0.5));
    }
}
