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
