//! A small painter: soft-edged shapes, given by their signed distance, on a canvas of linear colour.

use image::{Rgb, RgbImage};

use crate::lettering::Mask;
use crate::random::Random;

pub(super) const WIDTH: f32 = 1_600.0;
pub(super) const HEIGHT: f32 = 1_200.0;
const COLUMNS: u16 = 1_600;
const ROWS: u16 = 1_200;

/// A colour in sRGB, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Colour(pub(super) [f32; 3]);

impl Colour {
    pub(super) const fn hex(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self([red as f32 / 255.0, green as f32 / 255.0, blue as f32 / 255.0])
    }

    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        let share = share.clamp(0.0, 1.0);
        let part = |at: usize| self.0[at] + (other.0[at] - self.0[at]) * share;
        Self([part(0), part(1), part(2)])
    }

    pub(super) fn times(self, factor: f32) -> Self {
        Self(self.0.map(|part| part * factor))
    }
}

/// A rectangle that bounds what a shape can touch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Area {
    pub(super) const ALL: Self = Self { left: 0.0, top: 0.0, right: WIDTH, bottom: HEIGHT };

    pub(super) fn around(x: f32, y: f32, half_width: f32, half_height: f32) -> Self {
        Self {
            left: x - half_width,
            top: y - half_height,
            right: x + half_width,
            bottom: y + half_height,
        }
    }

    fn centre(self) -> (f32, f32) {
        (f32::midpoint(self.left, self.right), f32::midpoint(self.top, self.bottom))
    }
}

pub(super) struct Painter {
    pixels: Vec<[f32; 3]>,
}

impl Painter {
    pub(super) fn new() -> Self {
        Self { pixels: vec![[0.0; 3]; usize::from(COLUMNS) * usize::from(ROWS)] }
    }

    /// Lays `paint(x, y)`, a colour and its opacity, over every pixel of `area`.
    pub(super) fn lay(&mut self, area: Area, paint: impl Fn(f32, f32) -> (Colour, f32)) {
        let columns = clip(area.left, COLUMNS)..clip(area.right.ceil(), COLUMNS);
        for row in clip(area.top, ROWS)..clip(area.bottom.ceil(), ROWS) {
            for column in columns.clone() {
                let (colour, opacity) = paint(f32::from(column) + 0.5, f32::from(row) + 0.5);
                let pixel =
                    &mut self.pixels[usize::from(row) * usize::from(COLUMNS) + usize::from(column)];
                let opacity = opacity.clamp(0.0, 1.0);
                for (old, new) in pixel.iter_mut().zip(colour.0) {
                    *old += (new - *old) * opacity;
                }
            }
        }
    }

    /// Adds light: `glow(x, y)` is how much of `colour` falls on the pixel.
    pub(super) fn shine(&mut self, area: Area, colour: Colour, glow: impl Fn(f32, f32) -> f32) {
        self.lay(area, |x, y| (colour, 1.0 - (-glow(x, y).max(0.0)).exp()));
    }

    pub(super) fn rect(&mut self, area: Area, radius: f32, colour: Colour) {
        self.lay(grown(area, 2.0), |x, y| (colour, edge(rounded(area, radius, x, y))));
    }

    /// A soft shadow the shape of a rounded rectangle.
    pub(super) fn shadow(&mut self, area: Area, softness: f32, opacity: f32) {
        let dark = Colour::hex(0x000A_0A14);
        self.lay(grown(area, softness), |x, y| {
            let distance = rounded(area, softness, x, y);
            (dark, opacity * smooth(softness, -softness, distance))
        });
    }

    pub(super) fn ellipse(&mut self, area: Area, colour: Colour) {
        self.lay(grown(area, 2.0), |x, y| (colour, edge(oval(area, x, y))));
    }

    /// Lays a text's mask with its middle at `x`, `y`.
    pub(super) fn text(&mut self, mask: &Mask, (x, y): (f32, f32), colour: Colour) {
        let (width, height) = (span(mask.width), span(mask.height));
        let area = Area::around(x, y, width / 2.0, height / 2.0);
        self.lay(area, |at_x, at_y| {
            let (column, row) = (index(at_x - area.left), index(at_y - area.top));
            let inside = column < mask.width && row < mask.height;
            let ink = if inside { mask.ink[row * mask.width + column] } else { 0 };
            (colour, f32::from(ink) / 255.0)
        });
    }

    /// The finished picture: a little vignette and grain, as a lens and film would give.
    pub(super) fn develop(&self, dice: &mut Random) -> RgbImage {
        RgbImage::from_fn(u32::from(COLUMNS), u32::from(ROWS), |column, row| {
            let pixel = self.pixels[row as usize * usize::from(COLUMNS) + column as usize];
            let across = (span(column as usize) / WIDTH - 0.5) * 1.2;
            let down = (span(row as usize) / HEIGHT - 0.5) * 1.1;
            let vignette = 1.0 - 0.42 * (across * across + down * down);
            let grain = dice.between(-0.008, 0.008);
            Rgb(pixel.map(|part| byte(part * vignette + grain)))
        })
    }
}

pub(super) fn grown(area: Area, by: f32) -> Area {
    let (x, y) = area.centre();
    Area::around(x, y, (area.right - area.left) / 2.0 + by, (area.bottom - area.top) / 2.0 + by)
}

/// The signed distance to a rounded rectangle.
pub(super) fn rounded(area: Area, radius: f32, x: f32, y: f32) -> f32 {
    let (middle_x, middle_y) = area.centre();
    let across = (x - middle_x).abs() - (area.right - area.left) / 2.0 + radius;
    let down = (y - middle_y).abs() - (area.bottom - area.top) / 2.0 + radius;
    across.max(0.0).hypot(down.max(0.0)) + across.max(down).min(0.0) - radius
}

/// The signed distance to an upright ellipse, near enough for soft edges.
pub(super) fn oval(area: Area, x: f32, y: f32) -> f32 {
    let (middle_x, middle_y) = area.centre();
    let (half_x, half_y) = ((area.right - area.left) / 2.0, (area.bottom - area.top) / 2.0);
    let (across, down) = ((x - middle_x) / half_x, (y - middle_y) / half_y);
    let length = across.hypot(down);
    let slope = (across / half_x).hypot(down / half_y).max(1e-6);
    length * (length - 1.0) / slope
}

/// The coverage of a pixel at a signed distance from an edge.
pub(super) fn edge(distance: f32) -> f32 {
    (0.5 - distance).clamp(0.0, 1.0)
}

/// An eased step: 0 at `from`, 1 at `to`.
pub(super) fn smooth(from: f32, to: f32, value: f32) -> f32 {
    let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// Waves of several lengths that never quite repeat, about -1 to 1.
pub(super) fn ripple(x: f32, phase: f32) -> f32 {
    (x + phase).sin() * 0.5
        + (x * 2.3 + phase * 1.7).sin() * 0.3
        + (x * 5.1 + phase * 0.6).sin() * 0.2
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the canvas first"
)]
fn clip(value: f32, end: u16) -> u16 {
    value.clamp(0.0, f32::from(end)) as u16
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a byte first"
)]
fn byte(part: f32) -> u8 {
    (part * 255.0).clamp(0.0, 255.0) as u8
}

#[expect(clippy::cast_precision_loss, reason = "picture coordinates are far below 2^24")]
pub(super) fn span(count: usize) -> f32 {
    count as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "negative coordinates saturate to 0"
)]
fn index(value: f32) -> usize {
    value as usize
}
