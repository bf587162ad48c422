//! A sea at sunset behind two headlands.

use super::painter::{Area, Colour, HEIGHT, Painter, WIDTH, edge, ripple, smooth};
use crate::random::Random;

struct Light {
    zenith: Colour,
    horizon: Colour,
    sun: Colour,
    water: Colour,
    land: Colour,
}

const EVENINGS: [Light; 3] = [
    Light {
        zenith: Colour::hex(0x003B_5B9A),
        horizon: Colour::hex(0x00FF_C28A),
        sun: Colour::hex(0x00FF_F1C9),
        water: Colour::hex(0x0027_4B7A),
        land: Colour::hex(0x002B_3050),
    },
    Light {
        zenith: Colour::hex(0x005A_3F86),
        horizon: Colour::hex(0x00FF_A07A),
        sun: Colour::hex(0x00FF_E2B0),
        water: Colour::hex(0x003C_3A72),
        land: Colour::hex(0x002A_2148),
    },
    Light {
        zenith: Colour::hex(0x002F_8FC0),
        horizon: Colour::hex(0x00FD_E8C0),
        sun: Colour::hex(0x00FF_FBE8),
        water: Colour::hex(0x001C_6E92),
        land: Colour::hex(0x001F_4A5E),
    },
];

pub(super) fn paint(painter: &mut Painter, dice: &mut Random) {
    let light = dice.pick(&EVENINGS);
    let horizon = dice.between(600.0, 680.0);
    let sun = (dice.between(620.0, 1_000.0), horizon - dice.between(70.0, 150.0));

    sky(painter, light, horizon, sun);
    clouds(painter, dice, light, horizon);
    for (depth, height) in [(0.42, 95.0), (0.75, 60.0)] {
        headland(painter, dice, light, (horizon, depth, height));
    }
    water(painter, light, horizon, sun);
    for _ in 0..3 {
        let at = (dice.between(200.0, 1_400.0), horizon + dice.between(70.0, 230.0));
        boat(painter, at, (at.1 - horizon) / 230.0 + 0.5);
    }
}

fn sky(painter: &mut Painter, light: &Light, horizon: f32, sun: (f32, f32)) {
    painter.lay(Area::ALL, |_, y| {
        (light.zenith.mix(light.horizon, smooth(0.0, 1.0, y / horizon).powf(1.3)), 1.0)
    });
    painter.shine(Area::ALL, light.sun, |x, y| {
        let away = (x - sun.0).hypot(y - sun.1);
        0.9 * (-away / 210.0).exp() + 0.25 * (-away / 620.0).exp()
    });
    painter.lay(Area::around(sun.0, sun.1, 80.0, 80.0), |x, y| {
        (light.sun, smooth(66.0, 60.0, (x - sun.0).hypot(y - sun.1)))
    });
}

fn clouds(painter: &mut Painter, dice: &mut Random, light: &Light, horizon: f32) {
    for _ in 0..7 {
        let (x, y) = (dice.between(0.0, WIDTH), dice.between(80.0, horizon - 120.0));
        let (half, phase) = (dice.between(160.0, 380.0), dice.between(0.0, 6.0));
        let lit = light.horizon.mix(Colour::hex(0x00FF_FFFF), 0.45);
        painter.lay(Area::around(x, y, half, 46.0), |at_x, at_y| {
            let along = (at_x - x) / half;
            let thick =
                30.0 * (1.0 - along * along).max(0.0) * (0.75 + 0.25 * ripple(along * 5.0, phase));
            let up = (y - at_y) / thick.max(1.0);
            (lit, 0.42 * smooth(1.0, 0.0, up.abs()) * smooth(1.0, 0.4, along.abs()))
        });
    }
}

fn headland(painter: &mut Painter, dice: &mut Random, light: &Light, shape: (f32, f32, f32)) {
    let (horizon, depth, height) = shape;
    let (phase, from_left) = (dice.between(0.0, 6.0), depth > 0.5);
    let colour = light.land.mix(light.horizon, 0.62 - depth * 0.5);
    painter.lay(Area { top: horizon - 220.0, bottom: horizon + 1.0, ..Area::ALL }, |x, y| {
        let along = if from_left { x / WIDTH } else { 1.0 - x / WIDTH };
        let rise = smooth(0.62, 0.0, along) * (1.35 + 0.35 * ripple(along * 9.0, phase));
        (colour, edge(horizon - height * rise * 1.5 - y))
    });
}

fn water(painter: &mut Painter, light: &Light, horizon: f32, sun: (f32, f32)) {
    painter.lay(Area { top: horizon, ..Area::ALL }, |x, y| {
        let near = (y - horizon) / (HEIGHT - horizon);
        let scale = 5.0 + near * 34.0;
        let wave = ripple(x / (scale * 3.2), y / scale * 2.9 + ripple(x / (scale * 9.0), y * 0.05));
        let base = light.horizon.mix(light.water, smooth(-0.05, 0.55, near));
        let path = (-((x - sun.0) / (46.0 + near * 230.0)).powi(2)).exp();
        let glint = smooth(0.05, 0.6, wave) * path + 0.12 * smooth(0.3, 0.9, wave);
        (base.times(0.93 + 0.07 * wave).mix(light.sun, glint * 0.9), edge(horizon - y))
    });
}

fn boat(painter: &mut Painter, (x, y): (f32, f32), size: f32) {
    let sail = Colour::hex(0x00FF_F6E6);
    let hull = Colour::hex(0x003A_2A38);
    painter.lay(Area::around(x, y, 46.0 * size, 80.0 * size), |at_x, at_y| {
        let up = (y - at_y) / (70.0 * size);
        let lean = (at_x - x) / (34.0 * size);
        let inside = (1.0 - up - lean.abs() * 1.1).min(up - 0.06).min(0.9 - (lean - 0.05).abs());
        (if lean < 0.0 { sail.times(0.86) } else { sail }, edge(-inside * 34.0 * size))
    });
    painter.lay(Area::around(x, y, 44.0 * size, 16.0 * size), |at_x, at_y| {
        let down = (at_y - y) / (10.0 * size);
        let width = 38.0 * size * (1.0 - 0.35 * down);
        (hull, edge((at_x - x).abs() - width) * edge(-(at_y - y)) * edge(at_y - y - 10.0 * size))
    });
}
