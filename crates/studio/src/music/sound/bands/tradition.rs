//! Bands with a tradition: trot, jazz and bossa nova.

use super::{JAZZ_MAJOR, JAZZ_MINOR, TROT_MAJOR, TROT_MINOR};
use crate::music::score::Drum::{Hat, Kick, OpenHat, Ride, Rim, Shaker, Snare};
use crate::music::sound::{Band, Groove, Sound};
use crate::music::synth::patches as play;

pub(super) static TROT: Sound = Sound {
    name: "trot",
    words: &["trot", "트로트", "뽕짝", "흥겨", "구수", "전통", "시장"],
    tempo: (124.0, 138.0),
    swing: 0.0,
    minor: 0.7,
    chord_beats: 4,
    sevenths: false,
    in_major: &TROT_MAJOR,
    in_minor: &TROT_MINOR,
    quiet: Groove {
        drums: &[
            (Kick, "x.......x......."),
            (Snare, "....x.......x..."),
            (Hat, "..x...x...x...x."),
        ],
        bass: "1---5---1---5---",
        chords: "....x-......x-..",
        arp: "................",
    },
    full: Groove {
        drums: &[
            (Kick, "x.......x......."),
            (Snare, "....x.xo....x.xo"),
            (Hat, "x.x.x.x.x.x.x.x."),
            (OpenHat, "..............x."),
        ],
        bass: "1---5---1---5-a-",
        chords: "..x-..x-..x-..x-",
        arp: "........5.4.3.2.",
    },
    band: Band {
        bass: play::FINGER_BASS,
        chords: play::ACCORDION,
        pad: play::STRINGS,
        arp: play::BRASS,
        lead: play::BRASS,
    },
    duck: 0.0,
    strum: 0.0,
};

pub(super) static JAZZ: Sound = Sound {
    name: "jazz",
    words: &[
        "jazz",
        "재즈",
        "swing",
        "스윙",
        "lounge",
        "라운지",
        "blues",
        "블루스",
        "고급",
        "classy",
        "우아",
    ],
    tempo: (112.0, 136.0),
    swing: 0.17,
    minor: 0.35,
    chord_beats: 4,
    sevenths: true,
    in_major: &JAZZ_MAJOR,
    in_minor: &JAZZ_MINOR,
    quiet: Groove {
        drums: &[(Ride, "x...x.o.x...x.o."), (Hat, "....x.......x..."), (Kick, "o.......o.......")],
        bass: "1---3---5---a---",
        chords: "x-....x-........",
        arp: "................",
    },
    full: Groove {
        drums: &[
            (Ride, "x...x.o.x...x.o."),
            (Hat, "....x.......x..."),
            (Kick, "o...o...o...o..."),
            (Snare, "......o.......oo"),
        ],
        bass: "1---3---5---a-a-",
        chords: "x-....x-..x-....",
        arp: "................",
    },
    band: Band {
        bass: play::UPRIGHT_BASS,
        chords: play::PIANO,
        pad: play::WARM_PAD,
        arp: play::BELL,
        lead: play::MUTED_BRASS,
    },
    duck: 0.0,
    strum: 0.006,
};

pub(super) static BOSSA: Sound = Sound {
    name: "bossa nova",
    words: &[
        "bossa", "보사", "latin", "라틴", "cafe", "카페", "summer", "여름", "휴양", "해변", "beach",
    ],
    tempo: (118.0, 134.0),
    swing: 0.0,
    minor: 0.35,
    chord_beats: 4,
    sevenths: true,
    in_major: &JAZZ_MAJOR,
    in_minor: &JAZZ_MINOR,
    quiet: Groove {
        drums: &[
            (Kick, "o.....o.o.....o."),
            (Rim, "x.....x.....x..."),
            (Shaker, "xoxoxoxoxoxoxoxo"),
        ],
        bass: "1-----5-5-----1-",
        chords: "x-..x-.x-..x-..x",
        arp: "................",
    },
    full: Groove {
        drums: &[
            (Kick, "x.....x.x.....x."),
            (Rim, "x.....x.....x..."),
            (Shaker, "xoxoxoxoxoxoxoxo"),
            (Ride, "x...x...x...x..."),
        ],
        bass: "1-----5-5-----a-",
        chords: "x-.x-.x-.x-.x-x.",
        arp: "..4...3...2...3.",
    },
    band: Band {
        bass: play::UPRIGHT_BASS,
        chords: play::NYLON_GUITAR,
        pad: play::WARM_PAD,
        arp: play::BELL,
        lead: play::WHISTLE,
    },
    duck: 0.0,
    strum: 0.009,
};
