use std::time::Duration;

/// How a run went.
pub(crate) struct Row {
    /// How long each use took.
    pub(crate) took: Vec<Duration>,
    /// How long each read of something else took meanwhile.
    pub(crate) beside: Vec<Duration>,
    pub(crate) elapsed: Duration,
    pub(crate) through: usize,
    pub(crate) back: usize,
}

pub(crate) fn head() {
    println!(
        "{:<44} {:>7} {:>5} {:>9} {:>9} {:>9} {:>6} {:>15}",
        "", "uses/s", "bare", "p50", "p95", "p99", "back", "other reads p95"
    );
}

impl Row {
    /// How many uses came through in a second.
    #[expect(clippy::cast_precision_loss, reason = "no run is that long")]
    pub(crate) fn rate(&self) -> f64 {
        self.through as f64 / self.elapsed.as_secs_f64()
    }

    /// Prints the row beside the rate of the bare statements.
    pub(crate) fn print(mut self, name: &str, floor: f64) {
        let (rate, back) = (self.rate(), self.back);
        let [p50, p95, p99] = [50, 95, 99].map(|percent| at(&mut self.took, percent));
        let beside = at(&mut self.beside, 95);
        let share = 100.0 * rate / floor;
        println!(
            "{name:<44} {rate:>7.0} {share:>4.0}% {p50:>9.1?} {p95:>9.1?} {p99:>9.1?} {back:>6} {beside:>15.1?}"
        );
    }
}

fn at(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get(times.len() * percent / 100).copied().unwrap_or_default()
}
