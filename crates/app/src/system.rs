//! The real clock and ids.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use castad_domain::port::{Clock, IdSource};
use chrono::{DateTime, Utc};

/// The machine's clock, in whole microseconds; it does not go back, nor does it stand still.
#[derive(Default)]
pub struct SystemClock {
    /// What was told last, and when.
    latest: Mutex<Option<(i64, Instant)>>,
}

impl SystemClock {
    fn micros(&self) -> i64 {
        #[expect(clippy::disallowed_methods, reason = "this is the Clock port")]
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let machine = whole_micros(since);
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let now = latest.map_or(machine, |(told, at)| onward(told, at.elapsed(), machine));
        if latest.is_none_or(|(told, _)| now > told) {
            *latest = Some((now, Instant::now()));
        }
        now
    }
}

fn whole_micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// The time after `told`: the machine's, or half as quick while the machine's was set back, until
/// that has caught up. A clock that stood still meanwhile would stop all who wait for it.
fn onward(told: i64, elapsed: Duration, machine: i64) -> i64 {
    machine.max(told.saturating_add(whole_micros(elapsed / 2)))
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.micros()).unwrap_or(DateTime::UNIX_EPOCH)
    }

    async fn reach(&self, at: DateTime<Utc>) {
        while let Ok(left) = (at - self.now()).to_std() {
            if left.is_zero() {
                return;
            }
            #[expect(clippy::disallowed_methods, reason = "this is the Clock port")]
            tokio::time::sleep(left.max(Duration::from_millis(1))).await;
        }
    }
}

/// Ids of version 7: the time first, then random bits; later ones are greater.
#[derive(Default)]
pub struct TimeOrderedIds {
    clock: SystemClock,
    latest: Mutex<u128>,
}

impl IdSource for TimeOrderedIds {
    fn next(&self) -> u128 {
        let millis = u128::from(self.clock.micros().unsigned_abs() / 1_000);
        let fresh = (millis << 80)
            | (7 << 76)
            | (u128::from(random() & 0x0fff) << 64)
            | (0b10 << 62)
            | u128::from(random() >> 2);
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = fresh.max(after(*latest));
        *latest
    }
}

/// An id that is surely greater and as hard to guess: a random step within the low 62 bits, which
/// carries into the upper field and leaves version and variant as they are.
fn after(id: u128) -> u128 {
    const LOW: u128 = (1 << 62) - 1;
    let low = (id & LOW) + u128::from((random() >> 6) | (1 << 40));
    if low <= LOW {
        return (id & !LOW) | low;
    }
    let upper = ((id >> 64) & 0x0fff) + 1;
    let carried = (id >> 80) + (upper >> 12);
    (carried << 80) | (7 << 76) | ((upper & 0x0fff) << 64) | (0b10 << 62) | (low & LOW)
}

fn random() -> u64 {
    getrandom::u64().expect("the operating system gives random bytes")
}

#[cfg(test)]
mod tests {
    use castad_domain::model::ProjectId;

    use super::*;

    #[test]
    fn a_clock_that_is_set_back_goes_on_until_the_machine_has_caught_up() {
        let second = Duration::from_secs(1);
        assert_eq!(onward(10_000_000, second, 11_000_000), 11_000_000);
        assert_eq!(onward(10_000_000, second, 4_000_000), 10_500_000);
        assert_eq!(onward(10_000_000, second, 10_200_000), 10_500_000);
        assert_eq!(onward(10_000_000, Duration::ZERO, 4_000_000), 10_000_000);
    }

    #[test]
    fn ids_rise_and_are_of_version_seven() {
        let ids = TimeOrderedIds::default();
        let many: Vec<u128> = (0..10_000).map(|_| ids.next()).collect();
        assert!(many.is_sorted_by(|a, b| a < b));
        for id in many {
            assert_eq!(((id >> 76) & 0xf, (id >> 62) & 0b11), (7, 0b10), "{id:x}");
            assert!(ProjectId::from_bits(id).to_string().parse::<ProjectId>().is_ok());
        }
    }

    #[test]
    fn a_step_that_overflows_carries_and_stays_well_formed() {
        let full = (5 << 80) | (7 << 76) | (0x0fff << 64) | (0b10 << 62) | ((1 << 62) - 1);
        let next = after(full);
        assert!(next > full);
        assert_eq!(next >> 80, 6);
        assert_eq!(((next >> 76) & 0xf, (next >> 62) & 0b11), (7, 0b10));
    }
}
