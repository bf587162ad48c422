//! Sets text with the bundled typeface: what can be drawn, how wide it is, where it breaks, and its mask.

mod wrap;

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, GlyphId, PxScale, PxScaleFont, ScaleFont, point};
use unicode_normalization::UnicodeNormalization;

pub(crate) use wrap::{Setting, fit};

static TYPEFACE: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("../assets/NanumGothicBold.ttf"))
        .expect("the bundled typeface is a valid font")
});

/// Coverage of a drawn text: 0 is clear, 255 is ink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mask {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) ink: Vec<u8>,
}

/// The text as it can be drawn: composed, on one line, without what the typeface has no glyph for.
pub(crate) fn printable(text: &str) -> String {
    let known: String = text
        .nfc()
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .filter(|letter| *letter == ' ' || TYPEFACE.glyph_id(*letter) != GlyphId(0))
        .collect();
    known.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The width of one line in pixels.
pub(crate) fn width(line: &str, size: f32) -> f32 {
    let font = scaled(size);
    let mut last = None;
    line.chars()
        .map(|letter| {
            let id = font.glyph_id(letter);
            let kern = last.map_or(0.0, |last| font.kern(last, id));
            last = Some(id);
            kern + font.h_advance(id)
        })
        .sum()
}

/// The distance between two baselines in pixels.
pub(crate) fn line_height(size: f32) -> f32 {
    size * 1.28
}

/// Draws one line into a mask of its own, with `margin` clear pixels on every side.
pub(crate) fn draw(line: &str, size: f32, margin: usize) -> Mask {
    let font = scaled(size);
    let mut mask = blank(width(line, size), line_height(size), margin);
    let left = pixels(margin);
    let baseline = left + font.ascent() + (line_height(size) - font.height()) / 2.0;
    let mut pen = left;
    let mut last = None;
    for letter in line.chars() {
        let id = font.glyph_id(letter);
        pen += last.map_or(0.0, |last| font.kern(last, id));
        ink(&mut mask, id.with_scale_and_position(font.scale(), point(pen, baseline)));
        pen += font.h_advance(id);
        last = Some(id);
    }
    mask
}

fn scaled(size: f32) -> PxScaleFont<&'static FontRef<'static>> {
    // A px scale counts ascent to descent; sizes here are em sizes, as in print.
    let typeface = &*TYPEFACE;
    let em = typeface.units_per_em().unwrap_or(1_000.0);
    typeface.as_scaled(PxScale::from(size * typeface.height_unscaled() / em))
}

fn ink(mask: &mut Mask, glyph: Glyph) {
    let Some(outline) = TYPEFACE.outline_glyph(glyph) else { return };
    let bounds = outline.px_bounds();
    outline.draw(|column, row, coverage| {
        let x = bounds.min.x + pixels(column as usize);
        let y = bounds.min.y + pixels(row as usize);
        if x < 0.0 || y < 0.0 {
            return;
        }
        let (x, y) = (whole(x), whole(y));
        if x < mask.width && y < mask.height {
            let spot = &mut mask.ink[y * mask.width + x];
            *spot = spot.saturating_add(shade(coverage));
        }
    });
}

fn blank(width: f32, height: f32, margin: usize) -> Mask {
    let (width, height) = (whole(width.ceil()) + 2 * margin, whole(height.ceil()) + 2 * margin);
    Mask { width, height, ink: vec![0; width * height] }
}

#[expect(clippy::cast_precision_loss, reason = "picture coordinates are far below 2^24")]
fn pixels(count: usize) -> f32 {
    count as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the callers hand in coordinates that are not negative"
)]
fn whole(value: f32) -> usize {
    value as usize
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a coverage is between 0 and 1"
)]
fn shade(coverage: f32) -> u8 {
    (coverage.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::{draw, printable, width};

    #[test]
    fn decomposed_hangul_is_composed() {
        assert_eq!(printable("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"), "한글");
    }

    #[test]
    fn what_has_no_glyph_is_left_out() {
        assert_eq!(
            printable("커피\u{1F600} 한 잔\u{FE0F}\u{200D}\n☕️ now"),
            printable("커피 한 잔 now")
        );
    }

    #[test]
    fn a_longer_line_is_wider_and_inked() {
        assert!(width("봄날의 카페", 40.0) > width("봄날", 40.0));
        assert!(draw("봄", 40.0, 4).ink.contains(&255));
    }
}
