//! Evening lights out of focus.

use super::painter::{Area, Colour, HEIGHT, Painter, WIDTH, smooth};
use crate::random::Random;

const NIGHTS: [[u32; 5]; 3] = [
    [0x001B_1638, 0x005B_2A5E, 0x00FF_B35C, 0x00FF_7A8A, 0x00FF_E3A6],
    [0x000C_233F, 0x001E_5B72, 0x007F_E0D0, 0x00FF_D27A, 0x00A8_D8FF],
    [0x002A_141E, 0x007A_3528, 0x00FF_C06A, 0x00FF_8C5A, 0x00FF_ECC4],
];

pub(super) fn paint(painter: &mut Painter, dice: &mut Random) {
    let night = dice.pick(&NIGHTS).map(Colour::hex);
    let tilt = dice.between(-0.35, 0.35);
    painter.lay(Area::ALL, |x, y| {
        let share = y / HEIGHT + tilt * (x / WIDTH - 0.5);
        (night[0].mix(night[1], smooth(0.05, 1.1, share)), 1.0)
    });
    painter.shine(Area::ALL, night[2], |x, y| {
        let (across, down) = ((x - 900.0) / 700.0, (y - 760.0) / 260.0);
        0.38 * (-(across * across) - down * down).exp()
    });
    for layer in [(34, 110.0, 190.0, 0.11), (46, 50.0, 110.0, 0.22), (40, 18.0, 48.0, 0.42)] {
        discs(painter, dice, &night, layer);
    }
}

fn discs(
    painter: &mut Painter,
    dice: &mut Random,
    night: &[Colour; 5],
    layer: (u8, f32, f32, f32),
) {
    let (count, smallest, largest, strength) = layer;
    for _ in 0..count {
        let (x, lift) = (dice.between(-40.0, WIDTH + 40.0), dice.between(-1.0, 1.0));
        // Lights gather along a band, as lamps along a street do.
        let y = 700.0 + 90.0 * (x / 420.0).sin() + lift.powi(3) * 520.0;
        let radius = dice.between(smallest, largest);
        let colour = *dice.pick(&night[2..]);
        let opacity = strength * dice.between(0.5, 1.2);
        painter.lay(Area::around(x, y, radius + 8.0, radius + 8.0), |at_x, at_y| {
            let away = (at_x - x).hypot(at_y - y);
            let soft = 2.0 + radius * 0.06;
            let rim = 0.78 + 0.32 * smooth(radius * 0.7, radius, away);
            (colour, opacity * rim * smooth(radius + soft, radius - soft, away))
        });
    }
}
