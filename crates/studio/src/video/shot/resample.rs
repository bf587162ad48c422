//! Samples a view of a canvas into a picture: bilinear, in fixed point, to the 256th of a pixel.

use super::View;
use crate::video::pace::{real, weight, whole};
use crate::video::picture::{Picture, Plane};

/// The memory that sampling needs; kept from picture to picture.
#[derive(Debug, Default)]
pub(crate) struct Lens {
    columns: Vec<Tap>,
    row: Vec<u16>,
}

/// Two neighbouring samples and how much of the second is wanted, of 256.
#[derive(Debug, Clone, Copy)]
struct Tap {
    at: usize,
    second: u16,
}

impl Lens {
    /// Fills `picture` with what `view` shows of `canvas`.
    pub(crate) fn take(&mut self, canvas: &Picture, view: View, picture: &mut Picture) {
        self.sample(&canvas.luma, view, &mut picture.luma);
        let half = View {
            left: view.left / 2.0,
            top: view.top / 2.0,
            width: view.width / 2.0,
            height: view.height / 2.0,
        };
        self.sample(&canvas.blue, half, &mut picture.blue);
        self.sample(&canvas.red, half, &mut picture.red);
    }

    fn sample(&mut self, from: &Plane, view: View, to: &mut Plane) {
        self.columns.clear();
        self.columns
            .extend((0..to.width).map(|x| tap(x, (view.left, view.width), to.width, from.width)));
        self.row.resize(from.width, 0);
        let first = self.columns.first().map_or(0, |tap| tap.at);
        let last = self.columns.last().map_or(0, |tap| tap.at + 2);
        for (y, line) in to.data.chunks_exact_mut(to.width).enumerate() {
            let vertical = tap(y, (view.top, view.height), to.height, from.height);
            let upper = &from.data[vertical.at * from.width..][..from.width];
            let lower = &from.data[(vertical.at + 1) * from.width..][..from.width];
            blend(
                &mut self.row[first..last],
                &upper[first..last],
                &lower[first..last],
                vertical.second,
            );
            for (pixel, tap) in line.iter_mut().zip(&self.columns) {
                *pixel = mix(self.row[tap.at], self.row[tap.at + 1], tap.second);
            }
        }
    }
}

fn tap(at: usize, (start, length): (f32, f32), of: usize, limit: usize) -> Tap {
    let place = (start + (real(at) + 0.5) * length / real(of) - 0.5).max(0.0);
    let before = whole(place.floor()).min(limit - 2);
    Tap { at: before, second: weight(place - real(before)) }
}

fn blend(row: &mut [u16], upper: &[u8], lower: &[u8], second: u16) {
    let first = 256 - second;
    for ((out, upper), lower) in row.iter_mut().zip(upper).zip(lower) {
        *out = (u16::from(*upper) * first).wrapping_add(u16::from(*lower) * second);
    }
}

fn mix(left: u16, right: u16, second: u16) -> u8 {
    let sum = u32::from(left) * u32::from(256 - second) + u32::from(right) * u32::from(second);
    let [_, high, _, _] = (sum + 0x8000).to_be_bytes();
    high
}

#[cfg(test)]
mod tests {
    use super::{Lens, View};
    use crate::video::picture::{Picture, Plane};

    fn ramp(width: usize, height: usize) -> Picture {
        let mut picture = Picture::black(width, height);
        let data = (0..width * height).map(|at| u8::try_from(at % width * 4).unwrap()).collect();
        picture.luma = Plane { width, height, data };
        picture
    }

    #[test]
    fn a_view_as_large_as_the_picture_copies_it() {
        let canvas = ramp(48, 16);
        let mut picture = Picture::black(48, 16);

        let view = View { left: 0.0, top: 0.0, width: 48.0, height: 16.0 };
        Lens::default().take(&canvas, view, &mut picture);

        assert_eq!(picture, canvas);
    }

    #[test]
    fn a_quarter_of_a_pixel_to_the_right_is_a_quarter_of_the_step() {
        let canvas = ramp(48, 16);
        let mut picture = Picture::black(32, 16);

        let view = View { left: 4.25, top: 0.0, width: 32.0, height: 16.0 };
        Lens::default().take(&canvas, view, &mut picture);

        assert_eq!(picture.luma.data[..4], [17, 21, 25, 29]);
    }
}
