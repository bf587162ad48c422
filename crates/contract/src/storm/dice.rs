use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

/// Numbers that nobody foresees, the same ones every time for the same seed.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Those of one of several who throw, each their own.
    pub(super) fn of(seed: u64, n: u64) -> Self {
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
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// From one up to that.
    pub(super) fn amount(&mut self, most: i64) -> i64 {
        1 + self.below(most.unsigned_abs()).cast_signed()
    }

    /// Once in so many throws.
    pub(super) fn once_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// One of them, if there is any.
    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let n = usize::try_from(self.below(from.len() as u64)).ok()?;
        from.get(n).cloned()
    }
}

/// Lets a future wait so often, and drops it where it waits then; `None` if it was dropped.
pub(super) async fn killed<F: Future>(after: u64, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), after);
    poll_fn(|cx| {
        let end = future.as_mut().poll(cx);
        left = left.saturating_sub(1);
        match end {
            Poll::Ready(end) => Poll::Ready(Some(end)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
