use std::env;

/// Numbers that nobody foresees, the same ones every time for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    /// Those of one of several who throw, each their own.
    pub(crate) fn of(seed: u64, n: u64) -> Self {
        let mut dice = Self(seed ^ n.wrapping_mul(0xD134_2543_DE82_EF95));
        dice.next();
        dice
    }

    /// `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From nothing to one less than that.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    /// Once in so many throws.
    pub(crate) fn once_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}

/// The seed that was asked for, or one that was never tried.
pub(crate) fn seed(now: i64) -> u64 {
    let told = env::var("CASTAD_TEST_SEED").ok();
    told.map_or(now.unsigned_abs() % 1_000_000_007, |told| told.parse().expect("a number"))
}
