use super::*;

fn lines(text: &str) -> Vec<String> {
    text.split('/').map(str::to_owned).collect()
}

fn word(text: &str, start: f64, end: f64) -> Aligned {
    Aligned { word: text.to_owned(), success: Some(true), start_s: Some(start), end_s: Some(end) }
}

fn spans(lines: &str, words: &[Aligned], duration_ms: u32) -> Option<Vec<Span>> {
    let timed = by_words(&self::lines(lines), words, duration_ms)?;
    Some(timed.iter().map(|line| (line.start_ms, line.end_ms)).collect())
}

#[test]
fn words_with_headings_and_breaks_in_them_are_put_into_their_lines() {
    let words = [
        word("[Verse]\n해운대 ", 1.0, 1.5),
        word("골목 ", 1.5, 2.0),
        word("끝\n", 2.0, 2.5),
        word("향기가 ", 3.0, 3.5),
        word("나요\n\n[Chor", 3.5, 4.25),
        word("us 2]\n다온", 5.0, 5.5),
        word("카페로 와요", 5.5, 7.0),
    ];
    let spans = spans("해운대 골목 끝/향기가 나요/다온카페로 와요!", &words, 9_000);
    assert_eq!(spans, Some(vec![(1_000, 2_500), (3_000, 4_250), (5_000, 7_000)]));
}

#[test]
fn a_heading_is_not_taken_for_the_words_that_it_resembles() {
    let words = [word("[Verse]\n", 1.0, 2.0), word("Verse one\n", 3.0, 4.0)];
    assert_eq!(spans("Verse one", &words, 9_000), Some(vec![(3_000, 4_000)]));
}

#[test]
fn a_line_that_comes_twice_has_two_times() {
    let words = [word("La la\n", 1.0, 2.0), word("Bread\n", 2.0, 3.0), word("la LA\n", 3.0, 4.0)];
    let spans = spans("La la/Bread/La, la", &words, 9_000);
    assert_eq!(spans, Some(vec![(1_000, 2_000), (2_000, 3_000), (3_000, 4_000)]));
}

#[test]
fn a_line_that_is_not_found_lies_between_its_neighbours() {
    let [a, b] = [word("alpha", 2.0, 3.0), word("omega", 6.0, 7.0)];
    let both = [a, b];
    for (lines, expected) in [
        ("alpha/xx/omega", vec![(2_000, 3_000), (3_000, 6_000), (6_000, 7_000)]),
        ("xx/alpha/omega", vec![(0, 2_000), (2_000, 3_000), (6_000, 7_000)]),
        ("alpha/omega/xx", vec![(2_000, 3_000), (6_000, 7_000), (7_000, 9_000)]),
        ("alpha/xx/zz/omega", vec![(2_000, 3_000), (3_000, 4_500), (4_500, 6_000), (6_000, 7_000)]),
    ] {
        assert_eq!(spans(lines, &both, 9_000), Some(expected), "{lines}");
    }
}

#[test]
fn where_nothing_is_left_a_line_takes_half_of_the_one_before() {
    let words = [word("alpha", 1.0, 3.0), word("omega", 3.0, 4.0)];
    let between = spans("alpha/xx/omega", &words, 9_000);
    assert_eq!(between, Some(vec![(1_000, 2_000), (2_000, 3_000), (3_000, 4_000)]));
    let behind = spans("alpha/omega/xx", &words, 4_000);
    assert_eq!(behind, Some(vec![(1_000, 3_000), (3_000, 3_500), (3_500, 4_000)]));
    let at_once = [word("alpha", 0.0, 3.0), word("omega", 3.0, 4.0)];
    assert_eq!(spans("xx/alpha/omega", &at_once, 9_000), None, "nothing is before the start");
}

#[test]
fn lines_that_overlap_end_where_the_next_begins() {
    let words = [word("alpha", 1.0, 5.0), word("omega", 3.0, 40.0)];
    let spans = spans("alpha/omega", &words, 9_000);
    assert_eq!(spans, Some(vec![(1_000, 3_000), (3_000, 9_000)]));
}

#[test]
fn times_that_make_no_sense_are_none() {
    for (start, end) in [
        (-1.0, 2.0),
        (2.0, 2.0),
        (3.0, 2.0),
        (9.0, 10.0),
        (f64::NAN, 2.0),
        (1.0, f64::INFINITY),
        (1.0, 1e300),
    ] {
        assert_eq!(spans("alpha", &[word("alpha", start, end)], 9_000), None, "{start} {end}");
    }
    let mut unaligned = word("alpha", 1.0, 2.0);
    unaligned.success = Some(false);
    assert_eq!(spans("alpha", &[unaligned], 9_000), None);
    assert_eq!(spans("alpha", &[], 9_000), None);
    assert_eq!(spans("alpha/beta/gamma", &[word("beta", 1.0, 2.0)], 9_000), None, "one of three");
    assert_eq!(spans("alpha", &[word("lorem ipsum", 1.0, 2.0)], 9_000), None);
}

#[test]
fn a_time_that_goes_back_is_left_out() {
    let words = [word("alpha", 5.0, 6.0), word("beta", 1.0, 2.0), word("gamma", 7.0, 8.0)];
    let spans = spans("alpha/beta/gamma", &words, 9_000);
    assert_eq!(spans, Some(vec![(5_000, 6_000), (6_000, 7_000), (7_000, 8_000)]));
}

#[test]
fn a_bracket_that_is_not_closed_hides_nothing() {
    let spans = spans("alpha/omega", &[word("[alpha", 1.0, 2.0), word("omega", 2.0, 3.0)], 9_000);
    assert_eq!(spans, Some(vec![(1_000, 2_000), (2_000, 3_000)]));
}

#[test]
fn lines_are_spread_over_the_song() {
    let spread = evenly(&lines("a/b/c"), 10_000);
    let spans: Vec<Span> = spread.iter().map(|line| (line.start_ms, line.end_ms)).collect();
    assert_eq!(spans, [(0, 3_333), (3_333, 6_666), (6_666, 10_000)]);
    assert_eq!(evenly(&[], 10_000), []);
}

#[test]
fn a_very_long_lyric_is_compared_in_no_time_where_it_agrees() {
    let line: String = ('a'..='z').cycle().take(5_000).collect();
    let words = [word(&line, 1.0, 8.0)];
    assert_eq!(spans(&line, &words, 9_000), Some(vec![(1_000, 8_000)]));
    let other: String = line.chars().rev().collect();
    assert_eq!(spans(&other, &words, 9_000), None, "too much to compare");
}
