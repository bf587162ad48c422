//! Sample photos, drawn by the program: for a run without any of the owner's own.

mod lights;
mod painter;
mod sea;
mod street;
mod table;

use painter::Painter;

use crate::random::Random;

/// Draws sample photo number `index` as a JPEG of 1600 x 1200.
///
/// The four scenes (a street of shops, a sea at sunset, a table with a cup, evening lights) follow each other and
/// start over; `seed` varies their colours and details. `sign` is the name over the shop in the street.
#[must_use]
pub fn sample(seed: u64, index: usize, sign: Option<&str>) -> Vec<u8> {
    let mut dice = Random::new(seed, index as u64);
    let mut painter = Painter::new();
    match index % 4 {
        0 => street::paint(&mut painter, &mut dice, sign),
        1 => table::paint(&mut painter, &mut dice),
        2 => sea::paint(&mut painter, &mut dice),
        _ => lights::paint(&mut painter, &mut dice),
    }
    super::develop::encode(&painter.develop(&mut dice))
}
