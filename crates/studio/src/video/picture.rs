//! Pictures as the encoder takes them: BT.709, limited range, 4:2:0.

use image::RgbImage;

use super::pace::{byte, weight};

/// One colour component of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<u8>,
}

impl Plane {
    pub(super) fn new(width: usize, height: usize, value: u8) -> Self {
        Self { width, height, data: vec![value; width * height] }
    }

    /// The plane out of focus: the mean over a square of `radius` around every sample.
    fn softened(&self, radius: usize) -> Self {
        let mut soft = self.clone();
        for (line, from) in
            soft.data.chunks_exact_mut(self.width).zip(self.data.chunks_exact(self.width))
        {
            average(from, line, radius);
        }
        let mut column = vec![0; self.height];
        let mut averaged = vec![0; self.height];
        for x in 0..self.width {
            for (y, sample) in column.iter_mut().enumerate() {
                *sample = soft.data[y * self.width + x];
            }
            average(&column, &mut averaged, radius);
            for (y, sample) in averaged.iter().enumerate() {
                soft.data[y * self.width + x] = *sample;
            }
        }
        soft
    }

    /// Mixes `other` in; a `share` of 1 leaves nothing of what was there.
    fn dissolve(&mut self, other: &Self, share: u16) {
        for (here, there) in self.data.iter_mut().zip(&other.data) {
            let mixed = u16::from(*here) * (256 - share) + u16::from(*there) * share + 128;
            *here = high_byte(mixed);
        }
    }
}

/// A picture in three planes; width and height are even.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) luma: Plane,
    pub(super) blue: Plane,
    pub(super) red: Plane,
}

impl Picture {
    pub(super) fn black(width: usize, height: usize) -> Self {
        Self {
            luma: Plane::new(width, height, 16),
            blue: Plane::new(width / 2, height / 2, 128),
            red: Plane::new(width / 2, height / 2, 128),
        }
    }

    pub(super) fn from_rgb(rgb: &RgbImage) -> Self {
        let (width, height) = (rgb.width() as usize & !1, rgb.height() as usize & !1);
        let mut picture = Self::black(width, height);
        let stride = rgb.width() as usize * 3;
        let bytes = rgb.as_raw();
        for y in 0..height {
            for x in 0..width {
                picture.luma.data[y * width + x] = luma(pixel(bytes, y * stride + x * 3));
            }
        }
        for y in 0..height / 2 {
            for x in 0..width / 2 {
                let at = 2 * y * stride + 6 * x;
                let four = [at, at + 3, at + stride, at + stride + 3].map(|at| pixel(bytes, at));
                let (blue, red) = chroma(mean(four));
                picture.blue.data[y * width / 2 + x] = blue;
                picture.red.data[y * width / 2 + x] = red;
            }
        }
        picture
    }

    /// The picture out of focus.
    pub(super) fn softened(&self, radius: usize) -> Self {
        let twice = |plane: &Plane, radius| plane.softened(radius).softened(radius);
        Self {
            luma: twice(&self.luma, radius),
            blue: twice(&self.blue, radius / 2),
            red: twice(&self.red, radius / 2),
        }
    }

    /// Mixes `other` in by `share`, from 0 to 1.
    pub(super) fn dissolve(&mut self, other: &Self, share: f32) {
        let share = weight(share);
        self.luma.dissolve(&other.luma, share);
        self.blue.dissolve(&other.blue, share);
        self.red.dissolve(&other.red, share);
    }
}

/// Luma of a colour.
pub(super) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 11_966 * u32::from(red) + 40_254 * u32::from(green) + 4_064 * u32::from(blue);
    u8::try_from(16 + ((sum + 32_768) >> 16)).unwrap_or(235)
}

/// Blue and red difference of a colour.
pub(super) fn chroma([red, green, blue]: [u8; 3]) -> (u8, u8) {
    let (red, green, blue) = (f32::from(red), f32::from(green), f32::from(blue));
    (
        byte(128.0 - 0.100_644 * red - 0.338_572 * green + 0.439_216 * blue),
        byte(128.0 + 0.439_216 * red - 0.398_942 * green - 0.040_274 * blue),
    )
}

fn high_byte(value: u16) -> u8 {
    let [high, _] = value.to_be_bytes();
    high
}

/// Running mean along a line; its ends are continued outwards.
fn average(from: &[u8], to: &mut [u8], radius: usize) {
    let last = from.len() - 1;
    let near = |at: usize| usize::from(from[at.saturating_sub(radius).min(last)]);
    let count = 2 * radius + 1;
    let mut sum: usize = (0..count).map(near).sum();
    for (at, sample) in to.iter_mut().enumerate() {
        *sample = u8::try_from((sum + radius) / count).unwrap_or(u8::MAX);
        sum = sum + near(at + count) - near(at);
    }
}

fn pixel(bytes: &[u8], at: usize) -> [u8; 3] {
    [bytes[at], bytes[at + 1], bytes[at + 2]]
}

fn mean(four: [[u8; 3]; 4]) -> [u8; 3] {
    let part = |at: usize| {
        let sum: u16 = four.iter().map(|colour| u16::from(colour[at])).sum();
        u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX)
    };
    [part(0), part(1), part(2)]
}

#[cfg(test)]
mod tests {
    use super::{Picture, chroma, luma};

    #[test]
    fn softening_spreads_a_spot_and_keeps_the_light() {
        let mut picture = Picture::black(64, 64);
        picture.luma.data.fill(100);
        picture.luma.data[32 * 64 + 32] = 200;

        let soft = picture.softened(4).luma.data;

        assert!(soft[32 * 64 + 32] < 110);
        assert_eq!(soft[0], 100);
        assert!(soft[32 * 64 + 35] > 100);
    }

    #[test]
    fn colours_land_where_bt_709_in_limited_range_puts_them() {
        let cases = [
            ([0, 0, 0], (16, 128, 128)),
            ([255, 255, 255], (235, 128, 128)),
            ([255, 0, 0], (63, 102, 240)),
            ([0, 255, 0], (173, 42, 26)),
            ([0, 0, 255], (32, 240, 118)),
        ];
        for (rgb, (y, cb, cr)) in cases {
            assert_eq!((luma(rgb), chroma(rgb)), (y, (cb, cr)), "{rgb:?}");
        }
    }
}
