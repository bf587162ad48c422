//! A photo made ready for one frame shape, and the camera that moves over it.

mod focus;
mod resample;

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use super::pace::{byte, ease, real, whole};
use super::picture::Picture;

pub(super) use resample::Lens;

/// Canvas pixels per frame pixel at the widest view: room to move in, and fine enough to stay crisp.
const OVERSAMPLING: f32 = 1.2;
/// The share of a photo that must stay visible for it to fill the frame. Phones are filled more eagerly: there the
/// camera pans across what does not fit, and bars above and below would leave a small picture.
const ENOUGH_VISIBLE: f32 = 0.55;
const ENOUGH_VISIBLE_UPRIGHT: f32 = 0.4;
/// How much larger than fully visible a photo is shown that does not fill the frame.
const TIGHTER: f32 = 1.3;
/// Canvas pixels over which the opening shot is out of focus behind the title.
const DEFOCUS: usize = 11;
/// How far the camera pans: a share of what it sees and a share of what it does not.
const TRAVEL: (f32, f32) = (0.1, 0.25);

/// What the camera sees: a rectangle of the canvas in the shape of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// A photo ready to be filmed.
#[derive(Debug, Clone)]
pub(super) struct Shot {
    pub(super) canvas: Picture,
    frame: (f32, f32),
    focus: (f32, f32),
    closest: f32,
}

impl Shot {
    /// Prepares a photo for a frame of `size` pixels.
    pub(super) fn new(photo: &RgbImage, size: (usize, usize)) -> Self {
        let frame = (real(size.0) * OVERSAMPLING, real(size.1) * OVERSAMPLING);
        let (width, height) = dimensions(photo);
        let (across, down) = (frame.0 / width, frame.1 / height);
        let focus = focus::focus(photo);
        let enough = if size.1 > size.0 { ENOUGH_VISIBLE_UPRIGHT } else { ENOUGH_VISIBLE };
        if across.min(down) / across.max(down) >= enough {
            let filled = scaled(photo, across.max(down), frame);
            return Self { canvas: Picture::from_rgb(&filled), frame, focus, closest: 0.87 };
        }
        let scale = (across.min(down) * TIGHTER).min(across.max(down));
        let ground = framed(photo, scale, frame, focus);
        Self { canvas: Picture::from_rgb(&ground), frame, focus: (0.5, 0.5), closest: 0.94 }
    }

    /// The same shot out of focus.
    pub(super) fn defocused(&self) -> Self {
        Self { canvas: self.canvas.softened(DEFOCUS), ..self.clone() }
    }

    /// Prepares the ground of the end card: the photo out of focus, dark and tinted.
    pub(super) fn backdrop(photo: &RgbImage, size: (usize, usize), tint: [u8; 3]) -> Self {
        let frame = (real(size.0) * OVERSAMPLING, real(size.1) * OVERSAMPLING);
        let soft = blurred(photo, frame, |part, at| {
            byte(f32::from(part) * 0.36 + f32::from(tint[at]) * 0.08)
        });
        Self { canvas: Picture::from_rgb(&soft), frame, focus: (0.5, 0.5), closest: 0.9 }
    }

    /// Where the camera is after `share` of the shot; `take` varies the move.
    pub(super) fn view(&self, take: usize, share: f32) -> View {
        let nearing = if take.is_multiple_of(2) { share } else { 1.0 - share };
        let zoom = 1.0 + (self.closest - 1.0) * nearing;
        let (width, height) = (self.frame.0 * zoom, self.frame.1 * zoom);
        let drift = if (take / 2).is_multiple_of(2) { share - 0.5 } else { 0.5 - share };
        let place = |canvas: usize, view: f32, focus: f32| {
            let room = (real(canvas) - view).max(0.0);
            let travel = room.min(view * TRAVEL.0 + room * TRAVEL.1);
            (room * focus + drift * travel).clamp(0.0, room)
        };
        View {
            left: place(self.canvas.luma.width, width, self.focus.0),
            top: place(self.canvas.luma.height, height, self.focus.1),
            width,
            height,
        }
    }
}

fn dimensions(photo: &RgbImage) -> (f32, f32) {
    (real(photo.width() as usize), real(photo.height() as usize))
}

/// The photo scaled, at least as large as `least` and even in both directions.
fn scaled(photo: &RgbImage, scale: f32, least: (f32, f32)) -> RgbImage {
    let (width, height) = dimensions(photo);
    let side = |length: f32, least: f32| {
        let even = whole((length * scale).max(least).ceil()).next_multiple_of(2);
        u32::try_from(even).unwrap_or(2)
    };
    imageops::resize(photo, side(width, least.0), side(height, least.1), FilterType::Triangle)
}

/// The photo in front of a blurred, darker copy of itself.
fn framed(photo: &RgbImage, scale: f32, frame: (f32, f32), focus: (f32, f32)) -> RgbImage {
    let mut ground = blurred(photo, frame, |part, _| byte(f32::from(part) * 0.5));
    let front = scaled(photo, scale, (2.0, 2.0));
    let seen = |front: u32, ground: u32, focus: f32| {
        let spare = real(front.saturating_sub(ground) as usize);
        (u32::try_from(whole(spare * focus)).unwrap_or(0), front.min(ground))
    };
    let (left, width) = seen(front.width(), ground.width(), focus.0);
    let (top, height) = seen(front.height(), ground.height(), focus.1);
    let front = imageops::crop_imm(&front, left, top, width, height).to_image();

    let at = ((ground.width() - width) / 2, (ground.height() - height) / 2);
    shade_around(&mut ground, at, (width, height));
    imageops::replace(&mut ground, &front, i64::from(at.0), i64::from(at.1));
    ground
}

fn blurred(photo: &RgbImage, frame: (f32, f32), paint: impl Fn(u8, usize) -> u8) -> RgbImage {
    let (width, height) = dimensions(photo);
    let scale = (frame.0 / width).max(frame.1 / height) / 24.0;
    let small = scaled(photo, scale, (frame.0 / 24.0, frame.1 / 24.0));
    let mut soft = imageops::blur(&small, 2.6);
    for pixel in soft.pixels_mut() {
        let [red, green, blue] = pixel.0;
        *pixel = Rgb([paint(red, 0), paint(green, 1), paint(blue, 2)]);
    }
    let even = |length: f32| u32::try_from(whole(length).next_multiple_of(2)).unwrap_or(2);
    let (width, height) = (even(frame.0), even(frame.1));
    let window = soft.height().min(soft.width() * height / width.max(1)).max(1);
    let left = soft.width().saturating_sub(window * width / height.max(1)) / 2;
    let top = (soft.height() - window) / 2;
    let across = (window * width / height.max(1)).clamp(1, soft.width());
    let cropped = imageops::crop_imm(&soft, left, top, across, window).to_image();
    imageops::resize(&cropped, width, height, FilterType::CatmullRom)
}

fn shade_around(ground: &mut RgbImage, at: (u32, u32), size: (u32, u32)) {
    const REACH: f32 = 44.0;
    let away = |value: u32, start: u32, length: u32| {
        real(start.saturating_sub(value).max(value.saturating_sub(start + length)) as usize)
    };
    for (x, y, pixel) in ground.enumerate_pixels_mut() {
        let distance = away(x, at.0, size.0).hypot(away(y, at.1, size.1));
        if distance < REACH {
            let light = 0.55 + 0.45 * ease(distance / REACH);
            pixel.0 = pixel.0.map(|part| byte(f32::from(part) * light));
        }
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::Shot;

    #[test]
    fn the_camera_never_leaves_the_canvas() {
        for photo in [(1_600, 1_200), (900, 1_600), (2_560, 500), (64, 64), (100, 2_000)] {
            for size in [(1_280, 720), (720, 1_280), (720, 720)] {
                let shot = Shot::new(&RgbImage::new(photo.0, photo.1), size);
                for (take, share) in (0..4).flat_map(|take| [(take, 0.0), (take, 0.5), (take, 1.0)])
                {
                    let view = shot.view(take, share);
                    assert!(view.left >= 0.0 && view.top >= 0.0, "{photo:?} {size:?} {view:?}");
                    assert!(view.left + view.width <= super::real(shot.canvas.luma.width) + 0.5);
                    assert!(view.top + view.height <= super::real(shot.canvas.luma.height) + 0.5);
                }
            }
        }
    }
}
