use chrono::TimeDelta;

/// How long is waited after each failure; after one more the webhook is disabled. Three days in all.
pub const WAITS: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// The longest wait that who is called may ask for.
pub(super) const LONGEST_ASKED: TimeDelta = TimeDelta::hours(24);

/// How long to wait after that many failures: up to a tenth longer than planned, so that what failed
/// together does not come back together. `None` when it was tried often enough.
#[must_use]
pub(super) fn wait(failures: u32, random: u128) -> Option<TimeDelta> {
    let place = usize::try_from(failures.checked_sub(1)?).ok()?;
    let planned = *WAITS.get(place)?;
    let part = i64::from(scatter(random) % 101);
    Some(planned + TimeDelta::milliseconds(planned.num_milliseconds() * part / 1_000))
}

/// Spreads the bits of an id, whose upper ones are the time.
fn scatter(id: u128) -> u32 {
    let folded = (id ^ (id >> 64)) & u128::from(u64::MAX);
    let mixed = u64::try_from(folded).unwrap_or_default().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from(mixed >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_span_three_days_and_a_tenth_more_at_most() {
        let shortest: TimeDelta = WAITS.iter().sum();
        assert!(shortest > TimeDelta::days(3) && shortest < TimeDelta::days(4), "{shortest}");
        for (place, planned) in (1..).zip(WAITS) {
            let waits: Vec<_> = (0..2_000).filter_map(|id| wait(place, id << 3)).collect();
            let (least, most) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
            assert!(*least >= planned && *least < planned * 102 / 100, "{least}");
            assert!(*most <= planned * 11 / 10 && *most > planned * 108 / 100, "{most}");
        }
    }

    #[test]
    fn after_the_last_wait_there_is_none() {
        assert_eq!(wait(10, 7), None);
        assert_eq!(wait(u32::MAX, 7), None);
        assert_eq!(wait(0, 7), None);
    }
}
