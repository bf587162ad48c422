use super::Stage;

/// What each stage costs, in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// A lyric.
    pub lyric: u32,
    /// A song.
    pub song: u32,
    /// A video.
    pub video: u32,
}

impl Default for Prices {
    fn default() -> Self {
        Self { lyric: 100, song: 500, video: 1_000 }
    }
}

impl Prices {
    /// Nothing costs anything.
    pub const FREE: Self = Self { lyric: 0, song: 0, video: 0 };

    /// What one stage costs.
    #[must_use]
    pub fn of(&self, stage: Stage) -> u32 {
        match stage {
            Stage::Lyric => self.lyric,
            Stage::Song => self.song,
            Stage::Video => self.video,
        }
    }

    /// What some stages cost together.
    #[must_use]
    pub fn quote(&self, stages: &[Stage]) -> Quote {
        let items: Vec<_> = stages.iter().map(|&stage| (stage, self.of(stage))).collect();
        Quote { points: items.iter().map(|(_, points)| u64::from(*points)).sum(), items }
    }
}

/// A price that is told; nothing is spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Each stage with its price.
    pub items: Vec<(Stage, u32)>,
    /// All together.
    pub points: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_production_costs_the_sum_of_its_stages() {
        assert_eq!(Prices::default().quote(&Stage::ALL).points, 1_600);
        assert_eq!(Prices::default().quote(&[]).points, 0);
    }
}
