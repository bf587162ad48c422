//! Where the texts of a frame shape stand, and what they look like.

use super::instrumental_note;
use crate::lettering::{self, Mask, Setting, line_height};
use crate::video::pace::{byte, real, whole};
use crate::video::sprite::{Board, Sprite};
use crate::video::storyboard::{Orientation, Storyboard};

const WHITE: [u8; 3] = [255, 255, 255];
const SOFT: [u8; 3] = [226, 226, 232];
const INK: [u8; 3] = [8, 8, 14];
const GLOW: usize = 7;

/// The measures of one frame shape, in pixels.
#[derive(Debug, Clone)]
pub(super) struct LayOut {
    width: usize,
    height: usize,
    margin: usize,
    accent: [u8; 3],
    title: f32,
    caption: f32,
    caption_bottom: usize,
    strip: usize,
}

impl LayOut {
    pub(super) fn new(orientation: Orientation, accent: [u8; 3]) -> Self {
        let (width, height) = orientation.size();
        // On phones the lowest fifth belongs to the buttons of the app that shows the film.
        let (title, caption, margin, caption_bottom, strip) = match orientation {
            Orientation::Horizontal => (74.0, 46.0, 72, 622, 658),
            Orientation::Vertical => (66.0, 47.0, 52, 1_030, 1_072),
            Orientation::Square => (60.0, 42.0, 48, 626, 658),
        };
        Self { width, height, margin, accent, title, caption, caption_bottom, strip }
    }

    fn room(&self) -> f32 {
        real(self.width - 2 * self.margin)
    }

    /// A gentle darkening towards the lower edge that lets white letters be read on bright photos.
    pub(super) fn floor(&self) -> Sprite {
        let top = self.caption_bottom - 250;
        let mut board = Board::new(self.width, self.height - top);
        for y in 0..board.height {
            let share = (real(y) / 300.0).min(1.0);
            for x in 0..board.width {
                board.dab((x, y), INK, 0.5 * share * share * (3.0 - 2.0 * share));
            }
        }
        Sprite::new(&board, (0, top))
    }

    /// A veil over the whole frame while the title is up.
    pub(super) fn veil(&self) -> Sprite {
        let mut board = Board::new(self.width, self.height);
        for y in 0..self.height {
            let from_middle = (real(y) / real(self.height) - 0.5) * 2.0;
            let alpha = 0.42 - 0.24 * from_middle * from_middle;
            for x in 0..self.width {
                board.dab((x, y), INK, alpha);
            }
        }
        Sprite::new(&board, (0, 0))
    }

    /// The name of the business, small, with the accent in front.
    pub(super) fn lower_third(&self, storyboard: &Storyboard) -> Option<Sprite> {
        let setting = lettering::fit(&storyboard.business, 25.0, self.room() * 0.7, 1);
        let line = setting.lines.first()?;
        let mask = lettering::draw(line, setting.size, GLOW);
        let mut board = Board::new(mask.width + 16, mask.height);
        glow(&mut board, &mask, (16, 0), 0.75);
        board.stamp(&mask, (16, 0), WHITE, 0.94);
        board.fill((GLOW, GLOW + 5), (4, mask.height - 2 * GLOW - 8), self.accent);
        Some(Sprite::new(&board, (self.margin - GLOW, self.strip - GLOW)))
    }

    /// The opening: name, accent, region.
    pub(super) fn title(&self, storyboard: &Storyboard) -> Vec<Sprite> {
        self.card(storyboard, None)
    }

    /// The end: the same, and a note on the song.
    pub(super) fn end_card(&self, storyboard: &Storyboard) -> Vec<Sprite> {
        let note = instrumental_note(storyboard.language);
        self.card(storyboard, storyboard.instrumental.then_some(note))
    }

    /// A line of the lyric.
    pub(super) fn caption(&self, text: &str) -> Option<Sprite> {
        let setting = lettering::fit(text, self.caption, self.room(), 2);
        let block = self.block(&setting, WHITE)?;
        let top = self.caption_bottom + GLOW - block.height.min(self.caption_bottom);
        Some(self.centred(&block, top))
    }

    fn card(&self, storyboard: &Storyboard, note: Option<&str>) -> Vec<Sprite> {
        let name = lettering::fit(&storyboard.business, self.title, self.room(), 2);
        let region = lettering::fit(&storyboard.region, 31.0, self.room(), 1);
        let name_height = whole(line_height(name.size) * real(name.lines.len()));
        let middle = self.height * 46 / 100;
        let mut sprites = Vec::new();
        let name_top = middle.saturating_sub(name_height);
        sprites.extend(
            self.block(&name, WHITE)
                .map(|board| self.centred(&board, name_top - GLOW.min(name_top))),
        );
        let rule = self.rule();
        sprites.push(self.centred(&rule, middle + 20));
        sprites.extend(
            self.block(&region, SOFT).map(|board| self.centred(&board, middle + 44 - GLOW)),
        );
        if let Some(note) = note {
            let small = lettering::fit(note, 21.0, self.room(), 1);
            let note = self.block(&small, [176, 176, 186]);
            sprites.extend(note.map(|board| self.centred(&board, middle + 110)));
        }
        sprites
    }

    fn rule(&self) -> Board {
        let mut board = Board::new(72, 4);
        board.fill((0, 0), (72, 4), self.accent);
        board
    }

    fn centred(&self, board: &Board, top: usize) -> Sprite {
        Sprite::new(board, (self.width.saturating_sub(board.width) / 2, top))
    }

    /// Lines under each other, centred, on a soft dark glow.
    fn block(&self, setting: &Setting, colour: [u8; 3]) -> Option<Board> {
        let masks: Vec<Mask> =
            setting.lines.iter().map(|line| lettering::draw(line, setting.size, GLOW)).collect();
        let width = masks.iter().map(|mask| mask.width).max()?.min(self.width);
        let step = whole(line_height(setting.size));
        let mut board = Board::new(width, step * masks.len() + 2 * GLOW + 2);
        let places: Vec<(usize, usize)> = masks
            .iter()
            .enumerate()
            .map(|(at, mask)| (width.saturating_sub(mask.width) / 2, at * step))
            .collect();
        for (mask, place) in masks.iter().zip(&places) {
            glow(&mut board, mask, *place, 0.85);
        }
        for (mask, place) in masks.iter().zip(&places) {
            board.stamp(mask, *place, colour, 1.0);
        }
        Some(board)
    }
}

fn glow(board: &mut Board, mask: &Mask, place: (usize, usize), strength: f32) {
    let soft = softened(&softened(mask, 2), 3);
    board.stamp(&amplified(&soft, 2.4), (place.0, place.1 + 1), INK, strength);
}

fn amplified(mask: &Mask, factor: f32) -> Mask {
    let ink = mask.ink.iter().map(|ink| byte(f32::from(*ink) * factor)).collect();
    Mask { ink, ..*mask }
}

/// The mean over a square of `radius` around every pixel.
fn softened(mask: &Mask, radius: usize) -> Mask {
    let row_wise = Mask { ink: averaged(mask, radius, (1, mask.width)), ..*mask };
    Mask { ink: averaged(&row_wise, radius, (mask.width, mask.height)), ..*mask }
}

fn averaged(mask: &Mask, radius: usize, (step, length): (usize, usize)) -> Vec<u8> {
    let count = real(2 * radius + 1);
    (0..mask.ink.len())
        .map(|at| {
            let position = at / step % length;
            let (low, high) = (position.min(radius), (length - 1 - position).min(radius));
            let sum: usize = (0..=low + high)
                .map(|offset| usize::from(mask.ink[at + offset * step - low * step]))
                .sum();
            byte(real(sum) / count)
        })
        .collect()
}
