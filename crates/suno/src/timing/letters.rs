use super::Span;
use crate::wire::Aligned;

/// What takes longer to compare than is worth it.
const MOST_PAIRS: usize = 4_000_000;
/// The longest heading.
const MOST_HEADING: usize = 60;

/// A letter, and what it is of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Letter<T> {
    pub(super) letter: char,
    pub(super) of: T,
}

/// Nothing but what is heard: no spaces, no punctuation, no capitals.
fn letters<T: Copy>(text: impl Iterator<Item = (char, T)>) -> impl Iterator<Item = Letter<T>> {
    text.filter(|(letter, _)| letter.is_alphanumeric())
        .flat_map(|(letter, of)| letter.to_lowercase().map(move |letter| Letter { letter, of }))
}

/// The letters of the lines, each with its line.
pub(super) fn sung(lines: &[String]) -> Vec<Letter<usize>> {
    let text = lines.iter().enumerate().flat_map(|(n, line)| line.chars().map(move |c| (c, n)));
    letters(text).collect()
}

/// The letters of the timed words, each with its word's time where that makes sense.
pub(super) fn heard(words: &[Aligned], duration_ms: u32) -> Vec<Letter<Option<Span>>> {
    let text: Vec<(char, Option<Span>)> = words
        .iter()
        .flat_map(|word| {
            let span = span(word, duration_ms);
            word.word.chars().map(move |c| (c, span))
        })
        .collect();
    letters(without_headings(&text).into_iter()).collect()
}

fn span(word: &Aligned, duration_ms: u32) -> Option<Span> {
    let (start, end) = (millis(word.start_s?)?, millis(word.end_s?)?);
    let good = word.success != Some(false) && start < end && start < duration_ms;
    good.then(|| (start, end.min(duration_ms)))
}

fn millis(seconds: f64) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a day at most")]
    let millis = |seconds: f64| (seconds * 1_000.0) as u32;
    (0.0..86_400.0).contains(&seconds).then(|| millis(seconds))
}

/// A heading may lie across words: it ends at its bracket, if that comes soon.
fn without_headings<T: Copy>(text: &[(char, T)]) -> Vec<(char, T)> {
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        let heading = &behind[..behind.len().min(MOST_HEADING)];
        let end = heading.iter().position(|(c, _)| *c == ']').filter(|_| first.0 == '[');
        rest = if let Some(end) = end {
            &behind[end + 1..]
        } else {
            kept.push(*first);
            behind
        };
    }
    kept
}

/// Which letters agree, in order: the longest common subsequence. `None` if that takes too long.
pub(super) fn matches<A, B>(a: &[Letter<A>], b: &[Letter<B>]) -> Option<Vec<(usize, usize)>> {
    let same = |(a, b): &(&Letter<A>, &Letter<B>)| a.letter == b.letter;
    let front = a.iter().zip(b).take_while(same).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    let (inner_a, inner_b) = (&a[..a.len() - back], &b[..b.len() - back]);
    if inner_a.len().saturating_mul(inner_b.len()) > MOST_PAIRS {
        return None;
    }
    let inner = longest(inner_a, inner_b).into_iter().map(|(x, y)| (x + front, y + front));
    let (end_a, end_b) = (front + inner_a.len(), front + inner_b.len());
    let behind = (0..back).map(|n| (end_a + n, end_b + n));
    Some((0..front).map(|n| (n, n)).chain(inner).chain(behind).collect())
}

fn longest<A, B>(a: &[Letter<A>], b: &[Letter<B>]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    // How many letters agree from each place on.
    let mut left = vec![0_u16; (a.len() + 1) * width];
    for x in (0..a.len()).rev() {
        for y in (0..b.len()).rev() {
            let at = x * width + y;
            left[at] = if a[x].letter == b[y].letter {
                left[at + width + 1] + 1
            } else {
                left[at + width].max(left[at + 1])
            };
        }
    }
    let (mut x, mut y, mut pairs) = (0, 0, Vec::new());
    while x < a.len() && y < b.len() {
        let at = x * width + y;
        if a[x].letter == b[y].letter {
            pairs.push((x, y));
            (x, y) = (x + 1, y + 1);
        } else if left[at + width] >= left[at + 1] {
            x += 1;
        } else {
            y += 1;
        }
    }
    pairs
}
