//! Evening lights out of focus.

use super::painter::{Area, Colour, Dice, HEIGHT, Painter, WIDTH, smooth};

const NIGHTS: [[u32; 5]; 3] = [
    [0x1B_16_38, 0x5B_2A_5E, 0xFF_B3_5C, 0xFF_7A_8A, 0xFF_E3_A6],
    [0x0C_23_3F, 0x1E_5B_72, 0x7F_E0_D0, 0xFF_D2_7A, 0xA8_D8_FF],
    [0x2A_14_1E, 0x7A_35_28, 0xFF_C0_6A, 0xFF_8C_5A, 0xFF_EC_C4],
];

pub(super) fn paint(painter: &mut Painter, dice: &mut Dice) {
    let night = NIGHTS[dice.pick(&[0, 1, 2])].map(Colour::hex);
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

fn discs(painter: &mut Painter, dice: &mut Dice, night: &[Colour; 5], layer: (u8, f32, f32, f32)) {
    let (count, smallest, largest, strength) = layer;
    for _ in 0..count {
        let (x, lift) = (dice.between(-40.0, WIDTH + 40.0), dice.between(-1.0, 1.0));
        // Lights gather along a band, as lamps along a street do.
        let y = 700.0 + 90.0 * (x / 420.0).sin() + lift.powi(3) * 520.0;
        let radius = dice.between(smallest, largest);
        let colour = dice.pick(&night[2..]);
        let opacity = strength * dice.between(0.5, 1.2);
        painter.lay(Area::around(x, y, radius + 8.0, radius + 8.0), |at_x, at_y| {
            let away = (at_x - x).hypot(at_y - y);
            let soft = 2.0 + radius * 0.06;
            let rim = 0.78 + 0.32 * smooth(radius * 0.7, radius, away);
            (colour, opacity * rim * smooth(radius + soft, radius - soft, away))
        });
    }
}
