//! Draws any picture of the film, in any order.

use image::RgbImage;
use image::imageops;

use super::FRAME_RATE;
use super::accent::accent;
use super::cut::{Beat, Cut, cut};
use super::pace::{ease, real};
use super::picture::Picture;
use super::shot::{Lens, Shot};
use super::storyboard::Storyboard;
use super::titles::Titles;

const DISSOLVE_MS: f32 = 460.0;

/// The film before it is encoded.
#[derive(Debug)]
pub(super) struct Scene {
    shots: Vec<Shot>,
    opening: Option<Shot>,
    cut: Cut,
    titles: Titles,
    size: (usize, usize),
}

/// What one thread needs to draw.
#[derive(Debug)]
pub(super) struct Easel {
    pub(super) picture: Picture,
    next: Picture,
    lens: Lens,
}

/// A photo made ready, and a thumbnail of it for the choice of colours.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) shot: Shot,
    pub(super) thumbnail: RgbImage,
}

impl Prepared {
    pub(super) fn new(photo: &RgbImage, size: (usize, usize)) -> Self {
        Self { shot: Shot::new(photo, size), thumbnail: imageops::thumbnail(photo, 96, 96) }
    }
}

impl Scene {
    /// Plans a film of `frames` pictures over photos made ready.
    pub(super) fn new(storyboard: &Storyboard, prepared: Vec<Prepared>, frames: usize) -> Self {
        let size = storyboard.orientation.size();
        let beat = Beat { bars_ms: &storyboard.bars_ms, sections_ms: &storyboard.sections_ms };
        let cut = cut(moment(frames), prepared.len(), beat);
        let (mut shots, thumbnails): (Vec<_>, Vec<_>) =
            prepared.into_iter().map(|prepared| (prepared.shot, prepared.thumbnail)).unzip();
        let accent = accent(&thumbnails);
        shots.extend(thumbnails.first().map(|first| Shot::backdrop(first, size, accent)));
        let opening = shots.first().map(Shot::defocused);
        Self { titles: Titles::new(storyboard, &cut, accent), shots, opening, cut, size }
    }

    pub(super) fn size(&self) -> (usize, usize) {
        self.size
    }

    pub(super) fn easel(&self) -> Easel {
        let blank = Picture::black(self.size.0, self.size.1);
        Easel { picture: blank.clone(), next: blank, lens: Lens::default() }
    }

    /// Draws picture number `at`.
    pub(super) fn draw(&self, at: usize, easel: &mut Easel) {
        let now = moment(at);
        let starts = self.cut.shots.iter().skip(1).chain([&self.cut.end_card]);
        let take = starts.take_while(|start| **start - DISSOLVE_MS / 2.0 <= now).count();
        let begin = self.start(take);
        let share = (now - begin + DISSOLVE_MS / 2.0) / DISSOLVE_MS;
        if take == 0 || share >= 1.0 {
            self.film(take, now, &mut easel.lens, &mut easel.picture);
            self.defocus(take, now, easel);
        } else {
            self.film(take - 1, now, &mut easel.lens, &mut easel.picture);
            self.film(take, now, &mut easel.lens, &mut easel.next);
            easel.picture.dissolve(&easel.next, ease(share));
        }
        self.titles.lay(&mut easel.picture, now);
    }

    fn defocus(&self, take: usize, now: f32, easel: &mut Easel) {
        let strength = self.titles.defocus(now);
        if let (0, true, Some(opening)) = (take, strength > 0.0, &self.opening) {
            let view = opening.view(take, self.share(take, now));
            easel.lens.take(&opening.canvas, view, &mut easel.next);
            easel.picture.dissolve(&easel.next, strength);
        }
    }

    fn film(&self, take: usize, now: f32, lens: &mut Lens, picture: &mut Picture) {
        let photos = self.shots.len() - 1;
        let last = take == self.cut.shots.len();
        let shot = &self.shots[if last { photos } else { take % photos }];
        lens.take(&shot.canvas, shot.view(take, self.share(take, now)), picture);
    }

    /// How much of a take has been seen, its dissolves included.
    fn share(&self, take: usize, now: f32) -> f32 {
        let (begin, end) = (self.start(take), self.start(take + 1));
        let share = (now - begin + DISSOLVE_MS / 2.0) / (end - begin + DISSOLVE_MS);
        share.clamp(0.0, 1.0)
    }

    fn start(&self, take: usize) -> f32 {
        let card = if take == self.cut.shots.len() { self.cut.end_card } else { self.cut.end };
        self.cut.shots.get(take).copied().unwrap_or(card)
    }
}

/// When picture number `at` is shown, in milliseconds.
fn moment(at: usize) -> f32 {
    real(at) * 1_000.0 / real(FRAME_RATE as usize)
}
