//! Decides which photo is seen when: the cuts fall on the bars of the song.

use super::pace::real;

const SHORTEST_MS: f32 = 2_200.0;
const LONGEST_MS: f32 = 5_200.0;
const END_CARD_MS: f32 = 3_000.0;

/// The times of the film in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cut {
    /// When each shot begins; the first at 0.
    pub(super) shots: Vec<f32>,
    /// When the end card begins.
    pub(super) end_card: f32,
    /// When the film is over.
    pub(super) end: f32,
}

/// Where the song offers a cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beat<'a> {
    pub(super) bars_ms: &'a [u32],
    pub(super) sections_ms: &'a [u32],
}

/// Cuts a film of `end` milliseconds for `photos` photos.
pub(super) fn cut(end: f32, photos: usize, beat: Beat<'_>) -> Cut {
    let end_card = end_card(end, beat);
    let ideal = (end_card / real(photos.max(1))).clamp(SHORTEST_MS, LONGEST_MS);
    let mut shots = vec![0.0];
    let mut last = 0.0;
    while end_card - last > ideal + SHORTEST_MS / 2.0 {
        last =
            nearest(last + ideal, (last + SHORTEST_MS * 0.7, end_card - SHORTEST_MS * 0.5), beat);
        shots.push(last);
    }
    Cut { shots, end_card, end }
}

fn end_card(end: f32, beat: Beat<'_>) -> f32 {
    let length = END_CARD_MS.min(end * 0.3);
    nearest(end - length, (end - length * 1.5, end - length * 0.72), beat)
}

/// The section, else the bar, next to `wish` and between the two limits; `wish` itself where the song has none there.
fn nearest(wish: f32, (low, high): (f32, f32), beat: Beat<'_>) -> f32 {
    let low = low.max(wish - SHORTEST_MS);
    let high = high.min(wish + SHORTEST_MS);
    let closest = |times: &[u32], reach: f32| {
        let times = times.iter().map(|time| real(*time as usize));
        times
            .filter(|time| (low..=high).contains(time) && (time - wish).abs() <= reach)
            .min_by(|one, other| (one - wish).abs().total_cmp(&(other - wish).abs()))
    };
    closest(beat.sections_ms, SHORTEST_MS * 0.6)
        .or_else(|| closest(beat.bars_ms, SHORTEST_MS))
        .unwrap_or_else(|| wish.clamp(low.min(high), high))
}

#[cfg(test)]
mod tests {
    use super::{Beat, cut};

    const NO_BEAT: Beat<'static> = Beat { bars_ms: &[], sections_ms: &[] };

    #[test]
    fn every_cut_falls_on_a_bar() {
        let bars: Vec<u32> = (0..24).map(|bar| bar * 1_714).collect();

        let cut = cut(40_000.0, 8, Beat { bars_ms: &bars, sections_ms: &[] });

        assert!(cut.shots.len() >= 8, "{cut:?}");
        for shot in cut.shots.iter().chain([&cut.end_card]) {
            assert!(
                bars.iter().any(|bar| (f64::from(*bar) - f64::from(*shot)).abs() < 1.0),
                "{shot}"
            );
        }
    }

    #[test]
    fn a_section_near_the_wish_wins_over_a_bar() {
        let cut = cut(30_000.0, 6, Beat { bars_ms: &[4_400, 4_600], sections_ms: &[5_000] });

        assert!((cut.shots[1] - 5_000.0).abs() < 1.0, "{cut:?}");
    }

    #[test]
    fn without_bars_the_shots_are_even_and_the_end_card_has_its_time() {
        let cut = cut(33_000.0, 6, NO_BEAT);

        assert!((cut.end_card - 30_000.0).abs() < 1.0);
        assert!(cut.shots.windows(2).all(|pair| pair[1] - pair[0] > 2_000.0), "{cut:?}");
    }

    #[test]
    fn a_film_of_two_seconds_is_one_shot_and_an_end_card() {
        let cut = cut(2_000.0, 20, NO_BEAT);

        assert_eq!(cut.shots, [0.0]);
        assert!(cut.end_card > 1_000.0 && cut.end_card < 2_000.0);
    }

    #[test]
    fn shots_come_in_order_and_end_before_the_end_card_whatever_the_song() {
        let odd: Vec<u32> = (0..200).map(|bar| bar * bar).collect();
        for photos in 1..=20 {
            for seconds in 1_u8..60 {
                let cut = cut(
                    f32::from(seconds) * 1_000.0,
                    photos,
                    Beat { bars_ms: &odd, sections_ms: &odd },
                );

                assert!(cut.shots.windows(2).all(|pair| pair[0] < pair[1]), "{cut:?}");
                assert!(cut.shots.iter().all(|shot| *shot < cut.end_card), "{cut:?}");
                assert!(cut.end_card < cut.end, "{cut:?}");
            }
        }
    }
}
