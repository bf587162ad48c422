use serde_json::{Value, json};

use super::fault::WordsFault;

/// When each word is sung, as the documents show it: headings and line breaks are in the words.
pub(super) fn timed(words: &str, millis: u32, fault: Option<WordsFault>) -> Value {
    if fault == Some(WordsFault::Missing) {
        return Value::Null;
    }
    let pieces = match fault {
        Some(WordsFault::Others) => pieces("[Verse]\nlorem ipsum dolor\nsit amet 1234"),
        Some(WordsFault::Letters) => words
            .lines()
            .filter(|row| !row.starts_with('['))
            .flat_map(|row| row.chars().filter(|c| !c.is_whitespace()).map(String::from))
            .collect(),
        _ => pieces(words),
    };
    let seconds = f64::from(millis) / 1_000.0;
    let count = f64::from(u32::try_from(pieces.len()).unwrap_or(u32::MAX)).max(1.0);
    // Two seconds of music in front, two behind.
    let (first, each) = (2.0_f64.min(seconds / 4.0), (seconds - 4.0).max(seconds / 2.0) / count);
    let aligned = (0_u32..).zip(pieces).map(|(n, word)| {
        let start = first + f64::from(n) * each;
        let (start, end) = match fault {
            Some(WordsFault::Wrong) if n % 2 == 0 => (seconds * 9.0 - start, -start),
            Some(WordsFault::Wrong) => (seconds - start, start / 2.0),
            _ => (start, start + each * 0.9),
        };
        let success = match fault {
            Some(WordsFault::Unaligned) => false,
            Some(WordsFault::HalfAligned) => n % 2 == 0,
            _ => true,
        };
        json!({"word": word, "success": success, "startS": start, "endS": end, "palign": 0})
    });
    json!({
        "alignedWords": aligned.collect::<Vec<_>>(),
        "waveformData": [0, 1, 0.5, 0.75], "hootCer": 0.38, "isStreamed": false,
    })
}

/// Words with the space or break behind them; a heading stays with the word that follows.
fn pieces(words: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut heading = String::new();
    for row in words.lines().filter(|row| !row.trim().is_empty()) {
        if row.starts_with('[') {
            heading = format!("{row}\n");
            continue;
        }
        let count = row.split_whitespace().count();
        for (n, word) in row.split_whitespace().enumerate() {
            let behind = if n + 1 == count { "\n" } else { " " };
            pieces.push(format!("{}{word}{behind}", std::mem::take(&mut heading)));
        }
    }
    pieces
}
