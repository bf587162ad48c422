//! Titles, plates and shades: drawn once in colour with transparency, laid on many pictures.

use super::pace::{byte, weight};
use super::picture::{Picture, Plane, chroma, luma};
use crate::lettering::Mask;

/// A transparent drawing board in sRGB.
#[derive(Debug, Clone)]
pub(super) struct Board {
    pub(super) width: usize,
    pub(super) height: usize,
    pixels: Vec<([u8; 3], u8)>,
}

impl Board {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.next_multiple_of(2), height.next_multiple_of(2));
        Self { width, height, pixels: vec![([0; 3], 0); width * height] }
    }

    /// Lays `colour` over one pixel, as opaque as `alpha`.
    pub(super) fn dab(&mut self, (x, y): (usize, usize), colour: [u8; 3], alpha: f32) {
        if x >= self.width || y >= self.height || alpha <= 0.0 {
            return;
        }
        let (old, under) = &mut self.pixels[y * self.width + x];
        let below = f32::from(*under) / 255.0 * (1.0 - alpha);
        let both = alpha + below;
        for (part, new) in old.iter_mut().zip(colour) {
            *part = byte((f32::from(new) * alpha + f32::from(*part) * below) / both);
        }
        *under = byte(both * 255.0);
    }

    /// Lays a mask with its top left corner at `x`, `y`.
    pub(super) fn stamp(
        &mut self,
        mask: &Mask,
        (x, y): (usize, usize),
        colour: [u8; 3],
        strength: f32,
    ) {
        for row in 0..mask.height {
            for column in 0..mask.width {
                let ink = f32::from(mask.ink[row * mask.width + column]) / 255.0;
                self.dab((x + column, y + row), colour, ink * strength);
            }
        }
    }

    /// Fills a rectangle.
    pub(super) fn fill(
        &mut self,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
        colour: [u8; 3],
    ) {
        for row in y..y + height {
            for column in x..x + width {
                self.dab((column, row), colour, 1.0);
            }
        }
    }
}

/// A finished board in the encoder's colours, and where it belongs.
#[derive(Debug, Clone)]
pub(super) struct Sprite {
    left: usize,
    top: usize,
    luma: Layer,
    blue: Layer,
    red: Layer,
}

#[derive(Debug, Clone)]
struct Layer {
    plane: Plane,
    alpha: Vec<u8>,
}

impl Sprite {
    /// Finishes a board; `left` and `top` are rounded to whole chroma samples.
    pub(super) fn new(board: &Board, (left, top): (usize, usize)) -> Self {
        let (width, height) = (board.width, board.height);
        let alpha = board.pixels.iter().map(|(_, alpha)| *alpha).collect();
        let data = board.pixels.iter().map(|(colour, _)| luma(*colour)).collect();
        let luma = Layer { plane: Plane { width, height, data }, alpha };
        let mut blue = Layer::half(width, height);
        let mut red = Layer::half(width, height);
        for y in 0..height / 2 {
            for x in 0..width / 2 {
                let (colour, alpha) = board.four(x, y);
                let at = y * width / 2 + x;
                (blue.plane.data[at], red.plane.data[at]) = chroma(colour);
                (blue.alpha[at], red.alpha[at]) = (alpha, alpha);
            }
        }
        Self { left: left & !1, top: top & !1, luma, blue, red }
    }

    /// Lays the sprite on a picture, as visible as `presence`, `lift` pixels below its place.
    pub(super) fn lay(&self, picture: &mut Picture, presence: f32, lift: usize) {
        let strength = u32::from(weight(presence));
        if strength == 0 {
            return;
        }
        let top = self.top + (lift & !1);
        self.luma.lay(&mut picture.luma, (self.left, top), strength);
        self.blue.lay(&mut picture.blue, (self.left / 2, top / 2), strength);
        self.red.lay(&mut picture.red, (self.left / 2, top / 2), strength);
    }
}

impl Board {
    fn four(&self, x: usize, y: usize) -> ([u8; 3], u8) {
        let at = 2 * y * self.width + 2 * x;
        let four = [at, at + 1, at + self.width, at + self.width + 1].map(|at| self.pixels[at]);
        let total: u32 = four.iter().map(|(_, alpha)| u32::from(*alpha)).sum();
        let part = |part: usize| {
            let sum: u32 = four
                .iter()
                .map(|(colour, alpha)| u32::from(colour[part]) * u32::from(*alpha))
                .sum();
            u8::try_from(sum / total.max(1)).unwrap_or(u8::MAX)
        };
        ([part(0), part(1), part(2)], u8::try_from((total + 2) / 4).unwrap_or(u8::MAX))
    }
}

impl Layer {
    fn half(width: usize, height: usize) -> Self {
        let plane = Plane::new(width / 2, height / 2, 128);
        Self { alpha: vec![0; plane.data.len()], plane }
    }

    fn lay(&self, onto: &mut Plane, (left, top): (usize, usize), strength: u32) {
        let width = self.plane.width.min(onto.width.saturating_sub(left));
        let rows = self.plane.height.min(onto.height.saturating_sub(top));
        for row in 0..rows {
            let from = row * self.plane.width;
            let to = (top + row) * onto.width + left;
            let target = &mut onto.data[to..to + width];
            let source = &self.plane.data[from..from + width];
            let alpha = &self.alpha[from..from + width];
            for ((here, there), alpha) in target.iter_mut().zip(source).zip(alpha) {
                // 255 becomes 256 so that an opaque pixel hides all that is below it.
                let full = u32::from(*alpha) + u32::from(*alpha >> 7);
                let share = (full * strength) >> 8;
                let mixed = u32::from(*here) * (256 - share) + u32::from(*there) * share + 128;
                let [_, _, high, _] = mixed.to_be_bytes();
                *here = high;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Board, Sprite};
    use crate::video::picture::Picture;

    fn white_square() -> Sprite {
        let mut board = Board::new(4, 4);
        board.fill((0, 0), (4, 4), [255, 255, 255]);
        Sprite::new(&board, (4, 4))
    }

    #[test]
    fn an_opaque_sprite_hides_what_is_below_and_touches_nothing_else() {
        let mut picture = Picture::black(16, 16);

        white_square().lay(&mut picture, 1.0, 0);

        for (at, luma) in picture.luma.data.iter().enumerate() {
            let inside = (4..8).contains(&(at % 16)) && (4..8).contains(&(at / 16));
            assert_eq!(*luma, if inside { 235 } else { 16 });
        }
    }

    #[test]
    fn half_presence_is_half_way() {
        let mut picture = Picture::black(16, 16);

        white_square().lay(&mut picture, 0.5, 0);

        assert!(picture.luma.data[4 * 16 + 4].abs_diff(125) <= 1);
    }

    #[test]
    fn what_sticks_out_is_cut_off() {
        let mut picture = Picture::black(6, 6);

        white_square().lay(&mut picture, 1.0, 0);

        assert_eq!(picture.luma.data[5 * 6 + 5], 235);
    }
}
