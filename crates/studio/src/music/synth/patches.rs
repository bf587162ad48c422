//! The instruments' settings.

use super::analog::{Analog, Wave};
use super::envelope::Envelope;
use super::fm::Fm;
use super::{Patch, Source};

const fn envelope(attack: f32, decay: f32, sustain: f32, release: f32) -> Envelope {
    Envelope { attack, decay, sustain, release }
}

const fn patch(source: Source, envelope: Envelope, gain: f32, sends: (f32, f32)) -> Patch {
    Patch { source, envelope, drive: 0.0, gain, hall: sends.0, echo: sends.1 }
}

const fn driven(patch: Patch, drive: f32) -> Patch {
    let Patch { source, envelope, gain, hall, echo, .. } = patch;
    Patch { source, envelope, drive, gain, hall, echo }
}

const fn string(ring: f32, bright: f32) -> Source {
    Source::String { ring, bright }
}

/// `filter` is cutoff and follow, `sweep` is octaves and seconds.
const fn analog(wave: Wave, voices: (usize, f32), filter: (f32, f32), sweep: (f32, f32)) -> Analog {
    Analog {
        wave,
        voices: voices.0,
        detune: voices.1,
        cutoff: filter.0,
        follow: filter.1,
        sweep: sweep.0,
        close: sweep.1,
        vibrato: 0.0,
    }
}

const fn sung(analog: Analog, vibrato: f32) -> Source {
    Source::Analog(Analog { vibrato, ..analog })
}

/// `bend` is index and its decay in seconds.
const fn fm(ratio: f32, bend: (f32, f32), floor: f32, knock: f32) -> Source {
    Source::Fm(Fm { ratio, index: bend.0, decay: bend.1, floor, knock, chorus: 5.0 })
}

pub(in crate::music) const STEEL_GUITAR: Patch =
    patch(string(2.6, 0.75), envelope(0.001, 3.0, 0.6, 0.25), 0.34, (0.12, 0.0));
pub(in crate::music) const NYLON_GUITAR: Patch =
    patch(string(1.8, 0.32), envelope(0.002, 2.0, 0.6, 0.2), 0.4, (0.16, 0.0));
pub(in crate::music) const PLUCK: Patch = driven(
    patch(
        Source::Analog(analog(Wave::Saw, (2, 12.0), (500.0, 1.5), (3.0, 0.05))),
        envelope(0.002, 0.5, 0.0, 0.18),
        0.26,
        (0.2, 0.3),
    ),
    1.4,
);
pub(in crate::music) const BELL: Patch =
    patch(fm(3.5, (0.22, 0.9), 0.05, 0.02), envelope(0.002, 1.4, 0.0, 0.6), 0.15, (0.35, 0.25));
pub(in crate::music) const PIANO: Patch =
    patch(fm(1.0, (0.34, 1.1), 0.12, 0.09), envelope(0.002, 3.2, 0.05, 0.35), 0.27, (0.22, 0.0));
pub(in crate::music) const ELECTRIC_PIANO: Patch =
    patch(fm(1.0, (0.2, 1.6), 0.3, 0.07), envelope(0.003, 3.0, 0.15, 0.3), 0.27, (0.2, 0.06));
pub(in crate::music) const ORGAN: Patch = patch(
    Source::Analog(analog(Wave::Triangle, (3, 10.0), (1_800.0, 1.0), (0.0, 1.0))),
    envelope(0.02, 1.0, 1.0, 0.1),
    0.1,
    (0.2, 0.0),
);
pub(in crate::music) const ACCORDION: Patch = patch(
    Source::Analog(analog(Wave::Square, (2, 18.0), (1_500.0, 1.6), (0.3, 0.1))),
    envelope(0.012, 0.6, 0.8, 0.07),
    0.2,
    (0.15, 0.0),
);
pub(in crate::music) const WARM_PAD: Patch = patch(
    Source::Analog(analog(Wave::Saw, (2, 16.0), (420.0, 0.8), (0.6, 0.8))),
    envelope(0.25, 1.0, 0.85, 0.5),
    0.13,
    (0.4, 0.0),
);
pub(in crate::music) const STRINGS: Patch = patch(
    Source::Analog(analog(Wave::Saw, (3, 22.0), (1_300.0, 1.2), (0.5, 0.9))),
    envelope(0.18, 1.0, 0.9, 0.45),
    0.1,
    (0.42, 0.0),
);
pub(in crate::music) const SUPER_SAW: Patch = patch(
    Source::Analog(analog(Wave::Saw, (5, 34.0), (1_900.0, 2.0), (1.3, 0.25))),
    envelope(0.004, 0.9, 0.55, 0.16),
    0.24,
    (0.25, 0.1),
);
pub(in crate::music) const DRIVEN_GUITAR: Patch =
    driven(patch(string(3.5, 0.6), envelope(0.001, 3.0, 0.8, 0.1), 0.17, (0.12, 0.0)), 3.2);

pub(in crate::music) const FINGER_BASS: Patch = driven(
    patch(
        Source::Analog(analog(Wave::Saw, (1, 0.0), (160.0, 2.2), (1.6, 0.09))),
        envelope(0.004, 1.2, 0.55, 0.07),
        0.5,
        (0.02, 0.0),
    ),
    1.2,
);
pub(in crate::music) const SLAP_BASS: Patch = driven(
    patch(
        Source::Analog(analog(Wave::Square, (1, 0.0), (260.0, 2.0), (3.0, 0.05))),
        envelope(0.002, 0.7, 0.4, 0.05),
        0.46,
        (0.02, 0.0),
    ),
    1.3,
);
pub(in crate::music) const SUB_BASS: Patch = driven(
    patch(
        Source::Analog(analog(Wave::Triangle, (1, 0.0), (220.0, 2.0), (0.8, 0.12))),
        envelope(0.006, 1.6, 0.7, 0.09),
        0.62,
        (0.0, 0.0),
    ),
    1.3,
);
pub(in crate::music) const SAW_BASS: Patch = driven(
    patch(
        Source::Analog(analog(Wave::Saw, (2, 12.0), (320.0, 2.6), (1.8, 0.1))),
        envelope(0.003, 0.8, 0.65, 0.05),
        0.44,
        (0.02, 0.0),
    ),
    1.6,
);
pub(in crate::music) const UPRIGHT_BASS: Patch = driven(
    patch(
        Source::Analog(analog(Wave::Triangle, (1, 0.0), (150.0, 2.4), (2.4, 0.06))),
        envelope(0.005, 1.1, 0.3, 0.1),
        0.62,
        (0.05, 0.0),
    ),
    1.4,
);

pub(in crate::music) const WHISTLE: Patch = patch(
    sung(analog(Wave::Triangle, (2, 7.0), (1_200.0, 2.5), (0.4, 0.1)), 14.0),
    envelope(0.022, 0.8, 0.8, 0.12),
    0.34,
    (0.28, 0.16),
);
pub(in crate::music) const SOFT_LEAD: Patch = patch(
    sung(analog(Wave::Saw, (2, 9.0), (700.0, 2.0), (0.8, 0.2)), 12.0),
    envelope(0.03, 1.0, 0.75, 0.16),
    0.3,
    (0.3, 0.18),
);
pub(in crate::music) const MUTED_LEAD: Patch = patch(
    sung(analog(Wave::Sine, (2, 8.0), (900.0, 1.5), (0.6, 0.1)), 16.0),
    envelope(0.012, 0.9, 0.5, 0.18),
    0.36,
    (0.25, 0.22),
);
pub(in crate::music) const SAW_LEAD: Patch = driven(
    patch(
        sung(analog(Wave::Saw, (3, 18.0), (1_600.0, 2.5), (1.0, 0.15)), 10.0),
        envelope(0.006, 0.8, 0.75, 0.14),
        0.27,
        (0.25, 0.25),
    ),
    1.5,
);
pub(in crate::music) const BRASS: Patch = driven(
    patch(
        sung(analog(Wave::Saw, (2, 10.0), (500.0, 2.4), (1.6, 0.12)), 18.0),
        envelope(0.02, 0.9, 0.8, 0.1),
        0.3,
        (0.22, 0.1),
    ),
    1.3,
);
pub(in crate::music) const MUTED_BRASS: Patch = patch(
    sung(analog(Wave::Saw, (1, 0.0), (500.0, 1.6), (1.0, 0.1)), 20.0),
    envelope(0.025, 0.8, 0.75, 0.12),
    0.46,
    (0.28, 0.1),
);
pub(in crate::music) const DRIVEN_LEAD: Patch = driven(
    patch(
        sung(analog(Wave::Saw, (2, 7.0), (1_100.0, 2.6), (0.9, 0.2)), 16.0),
        envelope(0.008, 1.0, 0.85, 0.12),
        0.26,
        (0.22, 0.22),
    ),
    2.6,
);
