//! Everything written: opening title, lower third, captions, end card.

mod lay_out;

use super::cut::Cut;
use super::pace::{ease, presence, real, whole};
use super::picture::Picture;
use super::sprite::Sprite;
use super::storyboard::{Language, Storyboard};
use lay_out::LayOut;

const TITLE_MS: (f32, f32) = (350.0, 3_400.0);
const SLOW: (f32, f32) = (450.0, 400.0);
const QUICK: (f32, f32) = (160.0, 160.0);
const RISE: f32 = 14.0;

/// A drawing and when it is seen.
#[derive(Debug, Clone)]
struct Cue {
    sprite: Sprite,
    span: (f32, f32),
    fades: (f32, f32),
    rises: bool,
}

/// All drawings of a film, in the order in which they are laid.
#[derive(Debug, Clone)]
pub(super) struct Titles {
    cues: Vec<Cue>,
    title: (f32, f32),
}

impl Titles {
    /// Sets all texts of a film.
    pub(super) fn new(board: &Storyboard, cut: &Cut, accent: [u8; 3]) -> Self {
        let page = LayOut::new(board.orientation, accent);
        let title_end = TITLE_MS.1.min(cut.end_card * 0.6);
        let title = (TITLE_MS.0.min(title_end / 4.0), title_end);
        let mut cues = vec![cue(page.floor(), (-1_000.0, cut.end_card + 300.0), SLOW)];
        cues.extend(page.lower_third(board).map(|sprite| Cue {
            rises: false,
            ..cue(sprite, (title_end, cut.end_card + 200.0), SLOW)
        }));
        cues.push(cue(page.veil(), (title.0 - 200.0, title_end + 150.0), SLOW));
        cues.extend(page.title(board).into_iter().map(|sprite| rising(sprite, title, SLOW)));
        let card = (cut.end_card + 250.0, f32::INFINITY);
        cues.extend(
            page.end_card(board).into_iter().map(|sprite| rising(sprite, card, (600.0, 1.0))),
        );
        cues.extend(captions(&page, board, cut.end));
        Self { cues, title }
    }

    /// How far the opening shot is out of focus at `now`, from 0 to 1: it makes way for the title.
    pub(super) fn defocus(&self, now: f32) -> f32 {
        presence(now, (self.title.0 - 200.0, self.title.1 + 150.0), (600.0, 600.0))
    }

    /// Lays on a picture what is seen at `now`.
    pub(super) fn lay(&self, picture: &mut Picture, now: f32) {
        for cue in &self.cues {
            let seen = presence(now, cue.span, cue.fades);
            let arrived = ease((now - cue.span.0) / cue.fades.0);
            let lift = if cue.rises { whole((1.0 - arrived) * RISE) } else { 0 };
            cue.sprite.lay(picture, seen, lift);
        }
    }
}

fn captions(page: &LayOut, board: &Storyboard, end: f32) -> Vec<Cue> {
    let starts = board.captions.iter().skip(1).map(|next| next.start_ms).chain([u32::MAX]);
    let lines = board.captions.iter().zip(starts);
    lines
        .filter_map(|(line, next)| {
            // Two lines share one place: the earlier makes room for the later.
            let stop = if next > line.start_ms { line.end_ms.min(next) } else { line.end_ms };
            let span = (real(line.start_ms as usize), real(stop as usize).min(end));
            page.caption(&line.text).map(|sprite| cue(sprite, span, QUICK))
        })
        .collect()
}

fn cue(sprite: Sprite, span: (f32, f32), fades: (f32, f32)) -> Cue {
    Cue { sprite, span, fades, rises: false }
}

fn rising(sprite: Sprite, span: (f32, f32), fades: (f32, f32)) -> Cue {
    Cue { rises: true, ..cue(sprite, span, fades) }
}

fn instrumental_note(language: Language) -> &'static str {
    match language {
        Language::Korean => "♪ 연주곡",
        Language::English => "♪ Instrumental",
    }
}
