//! A street of shops at dusk, with lit windows.

use super::painter::{Area, Colour, HEIGHT, Painter, WIDTH, edge, ripple, smooth, span};
use crate::lettering::{self, line_height};
use crate::random::Random;

const GROUND: f32 = 985.0;
const WALLS: [u32; 6] =
    [0x00C9_6F4A, 0x004E_6E81, 0x00D9_B377, 0x007A_5C74, 0x005F_7F62, 0x00B8_524F];
const AWNINGS: [u32; 5] = [0x00D1_493F, 0x002E_7D6B, 0x00E2_9A32, 0x0035_5C99, 0x009B_3F62];
const WARM: Colour = Colour::hex(0x00FF_D48A);

struct Shop {
    left: f32,
    right: f32,
    roof: f32,
    wall: Colour,
    awning: Colour,
}

pub(super) fn paint(painter: &mut Painter, dice: &mut Random, sign: Option<&str>) {
    sky(painter, dice);
    let mut shops = row_of_shops(dice);
    for shop in &shops {
        facade(painter, dice, shop);
    }
    pavement(painter);
    for shop in &shops {
        puddle_of_light(painter, shop);
    }
    // The shop in the middle is the one that carries the name.
    if let Some(name) = sign {
        let middle = shops.swap_remove(shops.len() / 2);
        lettered_sign(painter, &middle, name);
    }
    lamp(painter, dice.between(120.0, 180.0));
    lamp(painter, WIDTH - dice.between(120.0, 180.0));
}

fn sky(painter: &mut Painter, dice: &mut Random) {
    let high =
        *dice.pick(&[Colour::hex(0x0024_2E5C), Colour::hex(0x001E_3F66), Colour::hex(0x003B_2C5E)]);
    let low =
        *dice.pick(&[Colour::hex(0x00F2_A07B), Colour::hex(0x00E8_8F8F), Colour::hex(0x00F5_C18C)]);
    painter.lay(Area::ALL, |_, y| (high.mix(low, smooth(60.0, 800.0, y)), 1.0));
    for _ in 0..60 {
        let (x, y) = (dice.between(0.0, WIDTH), dice.between(0.0, 300.0));
        let size = dice.between(1.0, 2.2);
        painter.ellipse(Area::around(x, y, size, size), Colour::hex(0x00E8_E6FF));
    }
}

fn row_of_shops(dice: &mut Random) -> Vec<Shop> {
    let mut shops = Vec::new();
    let mut left = -60.0;
    let mut last = (usize::MAX, usize::MAX);
    for width in [400.0, 300.0, 560.0, 320.0, 420.0] {
        let wall = other_than(dice, WALLS.len(), last.0);
        let awning = other_than(dice, AWNINGS.len(), last.1);
        last = (wall, awning);
        shops.push(Shop {
            left,
            right: left + width - 6.0,
            roof: dice.between(190.0, 400.0),
            wall: Colour::hex(WALLS[wall]).times(0.8),
            awning: Colour::hex(AWNINGS[awning]),
        });
        left += width;
    }
    shops
}

fn other_than(dice: &mut Random, count: usize, last: usize) -> usize {
    let others: Vec<usize> = (0..count).filter(|at| *at != last).collect();
    *dice.pick(&others)
}

fn facade(painter: &mut Painter, dice: &mut Random, shop: &Shop) {
    let area = Area { left: shop.left, top: shop.roof, right: shop.right, bottom: GROUND };
    let phase = dice.between(0.0, 6.0);
    painter.lay(area, |x, y| {
        let brick = if (y / 14.0).fract() < 0.1 { 0.93 } else { 1.0 };
        let light = 0.62 + 0.38 * smooth(shop.roof, GROUND, y);
        (shop.wall.times(brick * light * (1.0 + 0.02 * ripple(x / 60.0, phase))), 1.0)
    });
    painter.rect(
        Area {
            top: shop.roof - 18.0,
            bottom: shop.roof + 10.0,
            left: shop.left - 8.0,
            right: shop.right + 8.0,
        },
        3.0,
        shop.wall.times(0.55),
    );
    upper_windows(painter, dice, shop);
    shop_window(painter, dice, shop);
    awning(painter, shop);
}

fn upper_windows(painter: &mut Painter, dice: &mut Random, shop: &Shop) {
    let (wide, high) = (74.0, 104.0);
    let count = ((shop.right - shop.left - 60.0) / 125.0).floor().max(1.0);
    let gap = (shop.right - shop.left) / count;
    let mut y = shop.roof + 92.0;
    while y < 560.0 {
        let mut x = shop.left + gap / 2.0;
        while x < shop.right - 30.0 {
            window(painter, dice, (x, y), (wide, high));
            x += gap;
        }
        y += 150.0;
    }
}

fn window(painter: &mut Painter, dice: &mut Random, (x, y): (f32, f32), (wide, high): (f32, f32)) {
    let lit = dice.between(0.0, 1.0) < 0.55;
    let pane = if lit { WARM.times(dice.between(0.8, 1.05)) } else { Colour::hex(0x002C_3955) };
    let frame = Area::around(x, y, wide / 2.0 + 7.0, high / 2.0 + 7.0);
    painter.rect(frame, 4.0, Colour::hex(0x00EF_E4D2).times(0.8));
    painter.lay(Area::around(x, y, wide / 2.0, high / 2.0), |_, at_y| {
        (pane.times(1.08 - 0.28 * (at_y - y + high / 2.0) / high), 1.0)
    });
    let bar = Colour::hex(0x00EF_E4D2).times(0.8);
    painter.rect(Area::around(x, y, 2.5, high / 2.0), 0.0, bar);
    painter.rect(Area::around(x, y - high * 0.12, wide / 2.0, 2.5), 0.0, bar);
    if lit {
        painter.shine(Area::around(x, y, 150.0, 150.0), WARM, |at_x, at_y| {
            0.16 * (-((at_x - x).hypot(at_y - y) / 80.0).powi(2)).exp()
        });
    }
}

fn shop_window(painter: &mut Painter, dice: &mut Random, shop: &Shop) {
    let glass =
        Area { left: shop.left + 34.0, top: 690.0, right: shop.right - 140.0, bottom: 915.0 };
    let door =
        Area { left: shop.right - 118.0, top: 690.0, right: shop.right - 34.0, bottom: GROUND };
    let wood = shop.awning.mix(Colour::hex(0x002A_1E1A), 0.55);
    painter.rect(
        Area { left: shop.left + 14.0, top: 660.0, right: shop.right - 14.0, bottom: GROUND },
        4.0,
        wood,
    );
    for pane in
        [glass, Area { bottom: 880.0, left: door.left + 12.0, right: door.right - 12.0, ..door }]
    {
        painter
            .lay(pane, |_, y| (WARM.mix(Colour::hex(0x00E0_8B45), smooth(690.0, 930.0, y)), 1.0));
    }
    let mut x = glass.left + 34.0;
    while x < glass.right - 20.0 {
        wares(painter, dice, x, glass.bottom);
        x += dice.between(44.0, 78.0);
    }
    let (middle, half) = (f32::midpoint(glass.left, glass.right), (glass.right - glass.left) / 2.0);
    painter.shine(Area::around(middle, 740.0, half + 200.0, 420.0), WARM, |at_x, at_y| {
        let across = (at_x - middle) / (half + 60.0);
        0.42 * (-(across * across) - ((at_y - 760.0) / 150.0).powi(2)).exp()
    });
}

fn wares(painter: &mut Painter, dice: &mut Random, x: f32, shelf: f32) {
    let colour =
        Colour::hex(*dice.pick(&[0x008C_3B2E, 0x003D_6B5A, 0x006A_4A2F, 0x00B5_6A2B, 0x004B_3F66]))
            .times(0.85);
    let (half, high) = (dice.between(11.0, 22.0), dice.between(36.0, 96.0));
    painter.rect(
        Area { left: x - half, right: x + half, top: shelf - high, bottom: shelf },
        9.0,
        colour,
    );
    if high > 60.0 {
        let leaf = Colour::hex(0x004F_7A3E);
        painter.ellipse(Area::around(x, shelf - high - 12.0, half * 1.5, 24.0), leaf);
    }
    let bulb = (x, 722.0);
    painter.shine(
        Area::around(bulb.0, bulb.1, 60.0, 60.0),
        Colour::hex(0x00FF_F6DC),
        |at_x, at_y| 2.2 * (-((at_x - bulb.0).hypot(at_y - bulb.1) / 11.0).powi(2)).exp(),
    );
}

fn awning(painter: &mut Painter, shop: &Shop) {
    let (top, bottom, stripe) = (628.0, 706.0, 34.0);
    painter.shadow(
        Area { left: shop.left + 10.0, right: shop.right - 10.0, top: 690.0, bottom: 726.0 },
        22.0,
        0.4,
    );
    let cream = Colour::hex(0x00FB_F1DF);
    painter.lay(Area { left: shop.left, top, right: shop.right, bottom: bottom + 20.0 }, |x, y| {
        let share = (y - top) / (bottom - top);
        let spread = 24.0 - 24.0 * share.min(1.0);
        let inside = (x - shop.left - spread).min(shop.right - spread - x);
        let band = (x - shop.left) / stripe;
        let scallop = bottom + 15.0 * (1.0 - (2.0 * band.fract() - 1.0).powi(2)).max(0.0).sqrt();
        let colour = if band.rem_euclid(2.0) < 1.0 { shop.awning } else { cream };
        (colour.times(1.05 - 0.3 * share), edge(-inside) * edge(y - scallop))
    });
}

fn lettered_sign(painter: &mut Painter, shop: &Shop, name: &str) {
    let room = shop.right - shop.left - 120.0;
    let setting = lettering::fit(name, 62.0, room, 1);
    let Some(line) = setting.lines.first() else { return };
    let mask = lettering::draw(line, setting.size, 2);
    let (x, y) = (f32::midpoint(shop.left, shop.right), 582.0);
    let half = (span(mask.width) / 2.0 + 36.0).max(120.0);
    let board = Area::around(x, y, half, line_height(setting.size) / 2.0 + 6.0);
    painter.shadow(Area { top: board.top + 8.0, bottom: board.bottom + 12.0, ..board }, 16.0, 0.45);
    painter.rect(board, 8.0, Colour::hex(0x00FF_E9BE));
    painter.rect(super::painter::grown(board, -5.0), 5.0, Colour::hex(0x0026_202A));
    painter.text(&mask, (x, y), Colour::hex(0x00FF_EECC));
}

fn pavement(painter: &mut Painter) {
    let (near, far) = (Colour::hex(0x003A_3548), Colour::hex(0x005E_525E));
    painter.lay(Area { top: GROUND, ..Area::ALL }, |x, y| {
        let depth = (y - GROUND) / (HEIGHT - GROUND);
        let from_middle = (x - WIDTH / 2.0) / (1.0 + depth * 1.6);
        let joint = if (from_middle / 62.0).rem_euclid(1.0) < 0.03 { 0.88 } else { 1.0 };
        let course = if (depth.sqrt() * 7.0).fract() < 0.05 { 0.88 } else { 1.0 };
        (far.mix(near, depth).times(joint * course), 1.0)
    });
}

fn puddle_of_light(painter: &mut Painter, shop: &Shop) {
    let (x, half) = (f32::midpoint(shop.left, shop.right) - 40.0, (shop.right - shop.left) / 2.0);
    painter.shine(
        Area { top: GROUND, ..Area::around(x, 1_090.0, half + 140.0, 120.0) },
        WARM,
        |at_x, at_y| {
            let across = (at_x - x) / (half * 0.9);
            0.5 * (-(across * across) - ((at_y - GROUND) / 120.0).powi(2)).exp()
        },
    );
}

fn lamp(painter: &mut Painter, x: f32) {
    let iron = Colour::hex(0x0017_1926);
    painter.rect(Area { left: x - 5.0, right: x + 5.0, top: 470.0, bottom: 1_060.0 }, 3.0, iron);
    painter.rect(
        Area { left: x - 16.0, right: x + 16.0, top: 1_020.0, bottom: 1_066.0 },
        5.0,
        iron,
    );
    painter.shine(Area::around(x, 440.0, 420.0, 420.0), Colour::hex(0x00FF_E7B0), |at_x, at_y| {
        let away = (at_x - x).hypot(at_y - 440.0);
        0.75 * (-away / 90.0).exp()
    });
    painter.rect(
        Area { left: x - 20.0, right: x + 20.0, top: 412.0, bottom: 470.0 },
        9.0,
        Colour::hex(0x00FF_F4D6),
    );
    painter.rect(Area { left: x - 27.0, right: x + 27.0, top: 400.0, bottom: 416.0 }, 5.0, iron);
}
