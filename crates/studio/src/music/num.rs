//! The few number conversions that synthesis needs, each with its loss spelled out.

/// A count as a float: exact below 2^24, which is six minutes of samples.
#[expect(clippy::cast_precision_loss, reason = "counts here stay far below 2^24")]
pub(super) fn float(count: usize) -> f32 {
    count as f32
}

/// A count as a float: exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts here stay far below 2^53")]
pub(super) fn float64(count: usize) -> f64 {
    count as f64
}

/// The whole part of a float that is not negative; a negative or missing one is 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what is promised"
)]
pub(super) fn whole(value: f64) -> usize {
    value as usize
}

/// A float at the precision of a sample.
#[expect(clippy::cast_possible_truncation, reason = "samples are single precision")]
pub(super) fn sample(value: f64) -> f32 {
    value as f32
}
