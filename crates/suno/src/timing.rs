use castad_domain::model::LineTime;

use crate::wire::Aligned;

mod letters;

use letters::{Letter, heard, matches, sung};

/// The shortest time for a line whose own is not known, where others leave that much.
const LEAST_MS: u32 = 500;

/// From when to when.
type Span = (u32, u32);

/// When each line is sung, by the times of its words; `None` where they make too little sense.
///
/// A line is found by its letters, however the words are parted. One that is not found lies between
/// its neighbours. Half of the lines have to be found, in the order in which they are sung.
pub(crate) fn by_words(
    lines: &[String],
    words: &[Aligned],
    duration_ms: u32,
) -> Option<Vec<LineTime>> {
    let (sung, heard) = (sung(lines), heard(words, duration_ms));
    let matches = matches(&sung, &heard)?;
    let found = found(lines.len(), &sung, &heard, &matches);
    let found = rising(found);
    let count = found.iter().flatten().count();
    if count == 0 || count * 2 < lines.len() {
        return None;
    }
    let spans = filled(&found, duration_ms);
    is_sound(&spans, duration_ms).then(|| timed(lines, spans))
}

/// The lines one after the other, as long as each other.
pub(crate) fn evenly(lines: &[String], duration_ms: u32) -> Vec<LineTime> {
    timed(lines, parts((0, duration_ms), lines.len()).collect())
}

fn timed(lines: &[String], spans: Vec<Span>) -> Vec<LineTime> {
    let line = |(text, (start_ms, end_ms)): (&String, Span)| LineTime {
        text: text.clone(),
        start_ms,
        end_ms,
    };
    lines.iter().zip(spans).map(line).collect()
}

/// From the first to the last timed letter of each line of which at least half are heard.
fn found(
    count: usize,
    sung: &[Letter<usize>],
    heard: &[Letter<Option<Span>>],
    matches: &[(usize, usize)],
) -> Vec<Option<Span>> {
    let mut lengths = vec![0; count];
    let mut times: Vec<Vec<Option<Span>>> = vec![Vec::new(); count];
    for letter in sung {
        lengths[letter.of] += 1;
    }
    for (here, there) in matches {
        times[sung[*here].of].push(heard[*there].of);
    }
    let span = |(length, times): (usize, Vec<Option<Span>>)| {
        let mut timed = times.iter().flatten();
        let (start, first_end) = *timed.next()?;
        let end = timed.next_back().map_or(first_end, |(_, end)| *end);
        (times.len() * 2 >= length && start < end).then_some((start, end))
    };
    lengths.into_iter().zip(times).map(span).collect()
}

/// Those that begin behind what came before.
fn rising(spans: Vec<Option<Span>>) -> Vec<Option<Span>> {
    let mut last = None;
    let keep = |span: &Span| {
        let rises = last.is_none_or(|last| last < span.0);
        last = if rises { Some(span.0) } else { last };
        rises
    };
    let mut keep = keep;
    spans.into_iter().map(|span| span.filter(&mut keep)).collect()
}

/// Every line with a time: those without share what their neighbours leave, or what the one before
/// has.
fn filled(found: &[Option<Span>], duration_ms: u32) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::with_capacity(found.len());
    let mut waiting = 0;
    for span in found.iter().copied().chain([Some((duration_ms, duration_ms))]) {
        let Some((start, end)) = span else {
            waiting += 1;
            continue;
        };
        // Nobody sings two lines at once.
        if let Some(before) = spans.last_mut() {
            before.1 = before.1.min(start);
        }
        share(&mut spans, waiting, start);
        waiting = 0;
        spans.push((start, end));
    }
    spans.pop();
    spans
}

/// Puts so many lines between the last one and a time.
fn share(spans: &mut Vec<Span>, count: usize, until: u32) {
    let free = spans.last().map_or(0, |last| last.1);
    let wanted = u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(LEAST_MS);
    if until.saturating_sub(free) >= wanted {
        spans.extend(parts((free, until), count));
    } else if let Some(last) = spans.pop() {
        spans.extend(parts((last.0, until), count + 1));
    } else {
        spans.extend(parts((0, until), count));
    }
}

/// A time in equal parts.
fn parts((from, to): Span, count: usize) -> impl Iterator<Item = Span> {
    let (length, count) = (u64::from(to.saturating_sub(from)), count as u64);
    let at = move |n: u64| {
        let part = length * n / count.max(1);
        from.saturating_add(u32::try_from(part).unwrap_or(u32::MAX))
    };
    (0..count).map(move |n| (at(n), at(n + 1)))
}

fn is_sound(spans: &[Span], duration_ms: u32) -> bool {
    spans.iter().all(|(start, end)| start < end)
        && spans.windows(2).all(|pair| pair[0].1 <= pair[1].0)
        && spans.last().is_none_or(|(_, end)| *end <= duration_ms)
}

#[cfg(test)]
mod tests;
