//! The bands, each as one table, and the progressions that they share.

mod pop;
mod stage;
mod tradition;

use super::Sound;
use crate::music::harmony::Progressions;
use pop::{ACOUSTIC, BALLAD, CITY};
use stage::{EDM, LOFI, ROCK};
use tradition::{BOSSA, JAZZ, TROT};

pub(super) static ALL: [&Sound; 9] =
    [&ACOUSTIC, &BALLAD, &LOFI, &EDM, &TROT, &JAZZ, &ROCK, &CITY, &BOSSA];

/// Styles that offend in no shop.
pub(super) static ANYWHERE: [&Sound; 5] = [&ACOUSTIC, &CITY, &LOFI, &BOSSA, &EDM];

static POP_MAJOR: Progressions = Progressions {
    verse: &[[0, 4, 5, 3], [0, 5, 3, 4], [0, 2, 3, 4]],
    chorus: &[[3, 4, 2, 5], [0, 4, 5, 3], [3, 0, 4, 5]],
    bridge: [5, 3, 1, 4],
};
static POP_MINOR: Progressions = Progressions {
    verse: &[[0, 5, 2, 6], [0, 3, 5, 4]],
    chorus: &[[5, 6, 0, 2], [0, 6, 5, 4], [5, 2, 6, 0]],
    bridge: [3, 0, 5, 4],
};
static JAZZ_MAJOR: Progressions = Progressions {
    verse: &[[0, 5, 1, 4], [2, 5, 1, 4]],
    chorus: &[[1, 4, 0, 5], [3, 2, 1, 4]],
    bridge: [5, 1, 4, 0],
};
static JAZZ_MINOR: Progressions = Progressions {
    verse: &[[0, 3, 1, 4], [0, 5, 1, 4]],
    chorus: &[[3, 6, 2, 5], [1, 4, 0, 0]],
    bridge: [3, 0, 1, 4],
};
static TROT_MAJOR: Progressions = Progressions {
    verse: &[[0, 0, 3, 4], [0, 5, 3, 4]],
    chorus: &[[0, 3, 4, 0], [3, 0, 4, 0]],
    bridge: [5, 3, 4, 4],
};
static TROT_MINOR: Progressions = Progressions {
    verse: &[[0, 0, 3, 4], [0, 3, 4, 0]],
    chorus: &[[3, 0, 4, 0], [0, 5, 4, 0]],
    bridge: [5, 3, 4, 4],
};
