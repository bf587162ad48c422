//! Small arithmetic of time and motion.

/// An eased step from 0 to 1.
pub(super) fn ease(share: f32) -> f32 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// How visible something is at `now` that shows from `start` to `end` and takes `rise` and `fall` to come and go.
pub(super) fn presence(now: f32, (start, end): (f32, f32), (rise, fall): (f32, f32)) -> f32 {
    if now < start || now >= end {
        return 0.0;
    }
    ease((now - start) / rise.max(1.0)).min(ease((end - now) / fall.max(1.0)))
}

#[expect(clippy::cast_precision_loss, reason = "pixel counts and milliseconds are far below 2^24")]
pub(super) fn real(count: usize) -> f32 {
    count as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "negative values saturate to 0, as wanted"
)]
pub(super) fn whole(value: f32) -> usize {
    value.round() as usize
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a byte first"
)]
pub(super) fn byte(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}

/// A share of 1 as 0 to 256.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=256 first"
)]
pub(super) fn weight(share: f32) -> u16 {
    (share * 256.0 + 0.5).clamp(0.0, 256.0) as u16
}
