//! A cup and a plate on a wooden table by a window.

use super::painter::{Area, Colour, HEIGHT, Painter, WIDTH, edge, oval, ripple, smooth};
use crate::random::Random;

const TABLE: f32 = 640.0;

struct Ware {
    glaze: Colour,
    drink: Colour,
    cake: Colour,
    icing: Colour,
    room: Colour,
}

const SETTINGS: [Ware; 3] = [
    Ware {
        glaze: Colour::hex(0x00F4_EEE2),
        drink: Colour::hex(0x006B_3F22),
        cake: Colour::hex(0x00D9_A05B),
        icing: Colour::hex(0x00FF_F3E4),
        room: Colour::hex(0x007A_8F86),
    },
    Ware {
        glaze: Colour::hex(0x006E_93A6),
        drink: Colour::hex(0x007A_4A28),
        cake: Colour::hex(0x005A_3322),
        icing: Colour::hex(0x00E8_8A97),
        room: Colour::hex(0x00A8_8B74),
    },
    Ware {
        glaze: Colour::hex(0x00E9_D8C4),
        drink: Colour::hex(0x008A_9F4E),
        cake: Colour::hex(0x00E2_B76C),
        icing: Colour::hex(0x00C9_D8A0),
        room: Colour::hex(0x0086_7C96),
    },
];

pub(super) fn paint(painter: &mut Painter, dice: &mut Random) {
    let ware = dice.pick(&SETTINGS);
    room(painter, dice, ware);
    wood(painter, dice);
    let cup = dice.between(560.0, 640.0);
    plate(painter, ware, (dice.between(1_130.0, 1_190.0), 905.0));
    saucer_and_cup(painter, dice, ware, (cup, 850.0));
    sunlight(painter);
}

fn room(painter: &mut Painter, dice: &mut Random, ware: &Ware) {
    let bright = ware.room.mix(Colour::hex(0x00FF_F1D8), 0.75);
    painter.lay(Area::ALL, |x, y| {
        let light = smooth(1_500.0, 0.0, x) * 0.8 + 0.2 * smooth(TABLE, 0.0, y);
        (ware.room.times(0.62).mix(bright, light), 1.0)
    });
    for pane in [90.0, 330.0] {
        let area = Area { left: pane, right: pane + 205.0, top: -40.0, bottom: 470.0 };
        painter.lay(super::painter::grown(area, 30.0), |x, y| {
            let distance = super::painter::rounded(area, 10.0, x, y);
            (Colour::hex(0x00FF_FBEE), smooth(16.0, -16.0, distance))
        });
    }
    for _ in 0..16 {
        let (x, y) = (dice.between(700.0, WIDTH), dice.between(60.0, 520.0));
        let radius = dice.between(26.0, 70.0);
        let glow = Colour::hex(*dice.pick(&[0x00FF_D98F, 0x00FF_B877, 0x00FF_F0CE]));
        painter.lay(Area::around(x, y, radius + 6.0, radius + 6.0), |at_x, at_y| {
            (glow, 0.28 * smooth(radius + 4.0, radius - 6.0, (at_x - x).hypot(at_y - y)))
        });
    }
}

fn wood(painter: &mut Painter, dice: &mut Random) {
    let phase = dice.between(0.0, 20.0);
    let (light, dark) = (Colour::hex(0x00C9_8F5C), Colour::hex(0x008A_5634));
    painter.lay(Area { top: TABLE - 4.0, ..Area::ALL }, |x, y| {
        let depth = (y - TABLE) / (HEIGHT - TABLE);
        let across = (x - WIDTH / 2.0) / (0.75 + depth * 0.6);
        let plank = (across / 300.0).floor();
        let grain =
            ripple(across / 17.0 + plank * 3.0, y / 210.0 + phase + ripple(y / 130.0, plank));
        let seam = smooth(0.0, 0.016, 0.5 - ((across / 300.0).rem_euclid(1.0) - 0.5).abs());
        let lit = 1.08 - 0.38 * smooth(100.0, 1_600.0, x) - 0.1 * depth;
        let tone = light.mix(dark, 0.35 + 0.28 * grain + 0.08 * (plank * 1.7).sin());
        (tone.times(lit * (0.72 + 0.28 * seam)), edge(TABLE - y))
    });
}

fn plate(painter: &mut Painter, ware: &Ware, (x, y): (f32, f32)) {
    cast(painter, (x + 26.0, y + 26.0), (300.0, 104.0), 0.5);
    let china = Colour::hex(0x00F8_F4EC);
    for (half, down, tone) in [
        (285.0, 8.0, 0.74),
        (285.0, 0.0, 0.97),
        (268.0, 0.0, 1.0),
        (190.0, 6.0, 0.9),
        (186.0, 8.0, 0.96),
    ] {
        painter.ellipse(Area::around(x, y + down, half, half * 0.34), china.times(tone));
    }
    cast(painter, (x + 14.0, y + 8.0), (150.0, 48.0), 0.4);
    slice_of_cake(painter, ware, (x, y));
}

fn slice_of_cake(painter: &mut Painter, ware: &Ware, (x, y): (f32, f32)) {
    let (half, top, bottom) = (122.0, y - 128.0, y + 2.0);
    painter.lay(
        Area { left: x - half - 2.0, right: x + half + 2.0, top, bottom: bottom + 40.0 },
        |at_x, at_y| {
            let bow = 34.0 * (1.0 - ((at_x - x) / half).powi(2)).max(0.0).sqrt();
            let side =
                edge((at_x - x).abs() - half) * edge(top + bow - at_y) * edge(at_y - bottom - bow);
            let layer = (at_y - top - bow) / (bottom - top);
            let cream = (layer - 0.5).abs() < 0.055;
            let tone = if cream {
                ware.icing
            } else {
                ware.cake.times(0.97 + 0.05 * ripple(at_x / 5.0, at_y / 4.0))
            };
            (tone.times(1.05 - 0.4 * smooth(x - half, x + half, at_x)), side)
        },
    );
    let lid = Area::around(x, top, half, 36.0);
    painter.lay(Area::around(x, top + 20.0, half + 4.0, 70.0), |at_x, at_y| {
        let drip = 16.0 + 11.0 * ripple(at_x / 15.0, x);
        let bow = 34.0 * (1.0 - ((at_x - x) / half).powi(2)).max(0.0).sqrt();
        let inside =
            edge((at_x - x).abs() - half) * edge(at_y - top - bow - drip) * edge(top - at_y);
        (ware.icing.times(0.97 - 0.3 * smooth(x - half, x + half, at_x)), inside)
    });
    painter.ellipse(lid, ware.icing);
    for (across, down) in [(-52.0, 2.0), (4.0, -10.0), (54.0, 4.0)] {
        berry(painter, (x + across, top + down - 12.0));
    }
}

fn berry(painter: &mut Painter, (x, y): (f32, f32)) {
    let red = Colour::hex(0x00C2_2B3A);
    painter.lay(Area::around(x, y, 27.0, 27.0), |at_x, at_y| {
        let shade = (at_x - x + 8.0).hypot(at_y - y + 9.0) / 40.0;
        (
            red.mix(Colour::hex(0x00FF_9A92), smooth(0.35, 0.0, shade)).times(1.1 - 0.5 * shade),
            edge((at_x - x).hypot(at_y - y) - 25.0),
        )
    });
}

fn saucer_and_cup(painter: &mut Painter, dice: &mut Random, ware: &Ware, (x, y): (f32, f32)) {
    cast(painter, (x + 40.0, y + 122.0), (300.0, 96.0), 0.55);
    for (half, down, tone) in
        [(270.0, 112.0, 0.66), (270.0, 102.0, 0.95), (176.0, 106.0, 0.84), (172.0, 108.0, 0.92)]
    {
        painter.ellipse(Area::around(x, y + down, half, half * 0.32), ware.glaze.times(tone));
    }
    handle(painter, ware, (x + 166.0, y - 40.0));
    let (half, top, bottom) = (178.0, y - 150.0, y + 96.0);
    painter.lay(
        Area { left: x - half - 2.0, right: x + half + 2.0, top, bottom: bottom + 44.0 },
        |at_x, at_y| {
            let down = ((at_y - top) / (bottom - top)).clamp(0.0, 1.0);
            let reach = half * (1.0 - 0.44 * down.powf(2.6));
            let along = ((at_x - x) / reach).clamp(-1.0, 1.0);
            let foot = bottom + 30.0 * (1.0 - along * along).sqrt();
            let shine = 0.16 * (-((along + 0.55) / 0.16).powi(2)).exp();
            let tone = ware
                .glaze
                .times(1.0 - 0.5 * smooth(-0.5, 1.1, along) - 0.1 * smooth(-0.8, -1.0, along));
            (
                tone.mix(Colour::hex(0x00FF_FFFF), shine * 2.0),
                edge((at_x - x).abs() - reach) * edge(at_y - foot) * edge(top - at_y),
            )
        },
    );
    painter.ellipse(Area::around(x, top, half, 54.0), ware.glaze.times(1.03));
    painter.ellipse(Area::around(x, top + 3.0, half - 12.0, 46.0), ware.glaze.times(0.72));
    drink(painter, ware, (x, top + 12.0));
    steam(painter, dice, (x, top));
}

fn handle(painter: &mut Painter, ware: &Ware, (x, y): (f32, f32)) {
    painter.lay(Area::around(x + 20.0, y, 100.0, 110.0), |at_x, at_y| {
        let ring = (oval(Area::around(x + 8.0, y, 62.0, 74.0), at_x, at_y)).abs() - 15.0;
        (ware.glaze.times(0.82 - 0.25 * smooth(y - 70.0, y + 80.0, at_y)), edge(ring))
    });
}

fn drink(painter: &mut Painter, ware: &Ware, (x, y): (f32, f32)) {
    let cup = Area::around(x, y, 158.0, 37.0);
    let foam = ware.drink.mix(Colour::hex(0x00FF_EFD2), 0.75);
    painter.lay(cup, |at_x, at_y| {
        // A leaf poured in milk foam: ribs along the middle of the cup.
        let (across, down) = ((at_x - x) / 158.0, (at_y - y) / 37.0);
        let leaf = 1.0 - (across / 0.62).abs().powi(2) - (down / 0.72).powi(2);
        let ribs = ((across.abs() * 1.1 + down * 0.55) * 19.0).sin();
        let stem = smooth(0.05, 0.02, down.abs());
        let milk = smooth(0.0, 0.12, leaf) * smooth(-0.2, 0.25, ribs).max(stem);
        let rim = smooth(0.82, 1.0, across.hypot(down));
        (ware.drink.mix(foam, milk.max(rim * 0.55)), edge(oval(cup, at_x, at_y)))
    });
}

fn steam(painter: &mut Painter, dice: &mut Random, (x, y): (f32, f32)) {
    for across in [-60.0, 5.0, 62.0] {
        let phase = dice.between(0.0, 6.0);
        painter.lay(
            Area { left: x - 200.0, right: x + 200.0, top: y - 370.0, bottom: y },
            |at_x, at_y| {
                let up = (y - at_y) / 370.0;
                let middle = x + across + 34.0 * up.sqrt() * ripple(up * 4.0, phase);
                let wide = 11.0 + 32.0 * up;
                let veil = (-((at_x - middle) / wide).powi(2)).exp()
                    * smooth(0.0, 0.15, up)
                    * smooth(1.0, 0.25, up);
                (Colour::hex(0x00FF_FFFF), 0.26 * veil)
            },
        );
    }
}

fn cast(painter: &mut Painter, (x, y): (f32, f32), (half_x, half_y): (f32, f32), opacity: f32) {
    painter.lay(Area::around(x, y, half_x * 1.2, half_y * 1.2), |at_x, at_y| {
        let away = ((at_x - x) / half_x).hypot((at_y - y) / half_y);
        (Colour::hex(0x002A_1610), opacity * smooth(1.15, 0.55, away))
    });
}

fn sunlight(painter: &mut Painter) {
    painter.shine(Area::ALL, Colour::hex(0x00FF_E9BC), |x, y| {
        let beam = (x + y * 0.55 - 520.0) / 330.0;
        0.2 * (-(beam * beam)).exp() + 0.12 * smooth(1_300.0, 0.0, x.hypot(y))
    });
}
