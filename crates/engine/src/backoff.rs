use chrono::TimeDelta;

use crate::Settings;

/// How long to wait after that many failures: anything up to the full step, so that jobs that
/// failed together do not come back together.
pub(crate) fn wait(settings: &Settings, failures: u32, random: u128) -> TimeDelta {
    let doubled = 1_i32.checked_shl(failures.saturating_sub(1)).unwrap_or(i32::MAX).max(1);
    let full = settings.first_wait.checked_mul(doubled).unwrap_or(settings.longest_wait);
    let full = full.min(settings.longest_wait);
    let parts = i64::try_from(scatter(random) % 1_000).unwrap_or(0) + 1;
    TimeDelta::milliseconds(full.num_milliseconds() * parts / 1_000)
}

/// Spreads the bits of an id, whose upper ones are the time.
fn scatter(id: u128) -> u64 {
    let [high, low] = [id >> 64, id].map(|half| u64::try_from(half & u128::from(u64::MAX)));
    let mixed = high.unwrap_or(0) ^ low.unwrap_or(0).rotate_left(31);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_use_the_whole_range() {
        let settings = Settings::default();
        for (failures, most) in [(1, 2), (2, 4), (5, 32), (6, 60), (40, 60)] {
            let waits: Vec<_> = (0..2_000).map(|id| wait(&settings, failures, id)).collect();
            let (least, longest) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
            assert!(*longest <= TimeDelta::seconds(most), "{failures}: {longest}");
            assert!(*longest > TimeDelta::seconds(most) * 9 / 10, "{failures}: {longest}");
            assert!(*least < TimeDelta::seconds(most) / 10, "{failures}: {least}");
        }
    }
}
