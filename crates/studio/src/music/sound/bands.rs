//! The bands, each as one table.

use super::{Band, Groove, Sound};
use crate::music::harmony::Progressions;
use crate::music::score::Drum::{Clap, Hat, Kick, OpenHat, Ride, Rim, Shaker, Snare, Tom};
use crate::music::synth::patches as play;

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

static ACOUSTIC: Sound = Sound {
    name: "acoustic pop",
    words: &[
        "acoustic",
        "어쿠스틱",
        "pop",
        "팝",
        "folk",
        "포크",
        "guitar",
        "기타",
        "ukulele",
        "cm송",
        "jingle",
    ],
    tempo: (100.0, 116.0),
    swing: 0.0,
    minor: 0.1,
    chord_beats: 4,
    sevenths: false,
    in_major: &POP_MAJOR,
    in_minor: &POP_MINOR,
    quiet: Groove {
        drums: &[
            (Kick, "x.........x....."),
            (Rim, "....x.......x..."),
            (Shaker, "o.x.o.x.o.x.o.x."),
        ],
        bass: "1-----.-1---5---",
        chords: "x---x-x---x-x-x-",
        arp: "................",
    },
    full: Groove {
        drums: &[
            (Kick, "x.....x.x.x....."),
            (Snare, "....x.......x..."),
            (Clap, "....x.......x..."),
            (Hat, "x.o.x.o.x.o.x.ox"),
            (Shaker, "oxoxoxoxoxoxoxox"),
        ],
        bass: "1--.1-1-5-.51-a-",
        chords: "x-xxx-xxx-xxx-xx",
        arp: "2...3...2...4...",
    },
    band: Band {
        bass: play::FINGER_BASS,
        chords: play::STEEL_GUITAR,
        pad: play::WARM_PAD,
        arp: play::BELL,
        lead: play::WHISTLE,
    },
    duck: 0.12,
    strum: 0.013,
};

static BALLAD: Sound = Sound {
    name: "ballad",
    words: &[
        "ballad",
        "발라드",
        "잔잔",
        "감성",
        "piano",
        "피아노",
        "emotional",
        "tender",
        "gentle",
        "감동",
    ],
    tempo: (66.0, 78.0),
    swing: 0.0,
    minor: 0.3,
    chord_beats: 4,
    sevenths: false,
    in_major: &POP_MAJOR,
    in_minor: &POP_MINOR,
    quiet: Groove {
        drums: &[(Rim, "........o.......")],
        bass: "1-------5-------",
        chords: "x-------x-------",
        arp: "1.2.3.2.4.3.2.3.",
    },
    full: Groove {
        drums: &[
            (Kick, "x.....x.x......."),
            (Snare, "....x.......x..."),
            (Hat, "x.o.x.o.x.o.x.o."),
            (Ride, "x...x...x...x..."),
        ],
        bass: "1-----5-1---8-a-",
        chords: "x---x---x---x---",
        arp: "1.3.4.3.2.3.4.5.",
    },
    band: Band {
        bass: play::SUB_BASS,
        chords: play::PIANO,
        pad: play::STRINGS,
        arp: play::PIANO,
        lead: play::SOFT_LEAD,
    },
    duck: 0.0,
    strum: 0.0,
};

static LOFI: Sound = Sound {
    name: "lofi",
    words: &[
        "lofi",
        "lo-fi",
        "로파이",
        "chill",
        "칠",
        "힙합",
        "hip hop",
        "hiphop",
        "study",
        "나른",
        "감각",
    ],
    tempo: (76.0, 88.0),
    swing: 0.14,
    minor: 0.5,
    chord_beats: 4,
    sevenths: true,
    in_major: &JAZZ_MAJOR,
    in_minor: &POP_MINOR,
    quiet: Groove {
        drums: &[(Kick, "x......x..x....."), (Rim, "....x.......x..."), (Hat, "x.o.x.o.x.o.x.o.")],
        bass: "1-----.1..5-----",
        chords: "x-----..x-----..",
        arp: "................",
    },
    full: Groove {
        drums: &[
            (Kick, "x......x..x..o.."),
            (Snare, "....x..o....x..."),
            (Hat, "xoo.xoo.xoo.xoox"),
            (Shaker, "..o...o...o...o."),
        ],
        bass: "1---.-.1..5-8-a-",
        chords: "x---..x-x---..x-",
        arp: "..3...2.....4...",
    },
    band: Band {
        bass: play::SUB_BASS,
        chords: play::ELECTRIC_PIANO,
        pad: play::WARM_PAD,
        arp: play::BELL,
        lead: play::MUTED_LEAD,
    },
    duck: 0.3,
    strum: 0.018,
};

static EDM: Sound = Sound {
    name: "edm",
    words: &[
        "edm",
        "dance",
        "댄스",
        "electro",
        "일렉",
        "club",
        "클럽",
        "house",
        "하우스",
        "techno",
        "신나는",
        "파티",
    ],
    tempo: (120.0, 128.0),
    swing: 0.0,
    minor: 0.6,
    chord_beats: 4,
    sevenths: false,
    in_major: &POP_MAJOR,
    in_minor: &POP_MINOR,
    quiet: Groove {
        drums: &[(Kick, "x...x...x...x..."), (Hat, "..o...o...o...o."), (Clap, "............x...")],
        bass: "..1-..1-..1-..1-",
        chords: "x--x--x-x--x--x-",
        arp: "1.2.3.4.3.2.3.4.",
    },
    full: Groove {
        drums: &[
            (Kick, "x...x...x...x..."),
            (Clap, "....x.......x..."),
            (Snare, "....o.......o..."),
            (OpenHat, "..x...x...x...x."),
            (Hat, "xoxoxoxoxoxoxoxo"),
        ],
        bass: ".111.111.111.181",
        chords: "x--x--x-x--x--xx",
        arp: "1234234534562345",
    },
    band: Band {
        bass: play::SAW_BASS,
        chords: play::SUPER_SAW,
        pad: play::STRINGS,
        arp: play::PLUCK,
        lead: play::SAW_LEAD,
    },
    duck: 0.65,
    strum: 0.0,
};

static TROT: Sound = Sound {
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

static JAZZ: Sound = Sound {
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

static ROCK: Sound = Sound {
    name: "rock",
    words: &[
        "rock",
        "록",
        "락",
        "band",
        "밴드",
        "punk",
        "펑크록",
        "metal",
        "메탈",
        "강렬",
        "powerful",
    ],
    tempo: (124.0, 144.0),
    swing: 0.0,
    minor: 0.4,
    chord_beats: 4,
    sevenths: false,
    in_major: &POP_MAJOR,
    in_minor: &POP_MINOR,
    quiet: Groove {
        drums: &[
            (Kick, "x.......x.x....."),
            (Snare, "....x.......x..."),
            (Hat, "x.x.x.x.x.x.x.x."),
        ],
        bass: "1.1.1.1.1.1.1.1.",
        chords: "x.x.x.x.x.x.x.x.",
        arp: "................",
    },
    full: Groove {
        drums: &[
            (Kick, "x..x..x.x.xx...."),
            (Snare, "....x.......x..x"),
            (OpenHat, "x...x...x...x..."),
            (Tom, "..............o."),
        ],
        bass: "1.1.1.1.1.1.8.a.",
        chords: "x-----x-x---x-x-",
        arp: "................",
    },
    band: Band {
        bass: play::SAW_BASS,
        chords: play::DRIVEN_GUITAR,
        pad: play::ORGAN,
        arp: play::PLUCK,
        lead: play::DRIVEN_LEAD,
    },
    duck: 0.0,
    strum: 0.004,
};

static CITY: Sound = Sound {
    name: "city funk",
    words: &[
        "city",
        "시티",
        "funk",
        "펑키",
        "disco",
        "디스코",
        "retro",
        "레트로",
        "groov",
        "그루브",
        "r&b",
        "알앤비",
    ],
    tempo: (104.0, 116.0),
    swing: 0.03,
    minor: 0.4,
    chord_beats: 4,
    sevenths: true,
    in_major: &POP_MAJOR,
    in_minor: &POP_MINOR,
    quiet: Groove {
        drums: &[(Kick, "x.....x...x....."), (Clap, "....x.......x..."), (Hat, "x.xox.xox.xox.xo")],
        bass: "1..1..8.1..15.8.",
        chords: "..x-..x...x-..x.",
        arp: "................",
    },
    full: Groove {
        drums: &[
            (Kick, "x...x...x...x..."),
            (Snare, "....x.......x..o"),
            (Clap, "....x.......x..."),
            (OpenHat, "..x...x...x...x."),
            (Hat, "x.oxx.oxx.oxx.ox"),
        ],
        bass: "1.8.1.81.18.5.a.",
        chords: "x..x..x-..x..x-.",
        arp: "4.3.2.3.4...5...",
    },
    band: Band {
        bass: play::SLAP_BASS,
        chords: play::ELECTRIC_PIANO,
        pad: play::STRINGS,
        arp: play::PLUCK,
        lead: play::SOFT_LEAD,
    },
    duck: 0.25,
    strum: 0.0,
};

static BOSSA: Sound = Sound {
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
