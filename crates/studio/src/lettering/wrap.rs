//! Breaks a text into lines that fit.

use super::{printable, width};

/// A text set into lines at one size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Setting {
    /// The lines from top to bottom.
    pub(crate) lines: Vec<String>,
    /// The em size in pixels.
    pub(crate) size: f32,
}

const SMALLEST: f32 = 0.6;
const STEP: f32 = 0.92;
/// How much wider a line may be for the sake of a break behind a comma.
const BEHIND_A_COMMA: f32 = 0.75;

/// Sets `text` into at most `most` lines of at most `room` pixels: at `size` if it fits, smaller if it must,
/// and cut with an ellipsis where even the smallest size leaves no room.
pub(crate) fn fit(text: &str, size: f32, room: f32, most: usize) -> Setting {
    let text = printable(text);
    let mut size_now = size;
    loop {
        let lines = wrap(&text, size_now, room);
        if lines.len() <= most {
            return Setting { lines: balance(&text, size_now, room, lines), size: size_now };
        }
        if size_now * STEP < size * SMALLEST {
            return Setting { lines: cut(lines, size_now, room, most), size: size_now };
        }
        size_now *= STEP;
    }
}

fn wrap(text: &str, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.extend(pieces(word, size, room)),
        }
    }
    lines
}

/// A word that fits no line is broken between letters; Hangul may break there anyway.
fn pieces(word: &str, size: f32, room: f32) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for letter in word.chars() {
        let piece = pieces.last().map_or("", String::as_str);
        if !piece.is_empty() && width(&format!("{piece}{letter}"), size) > room {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(letter);
        }
    }
    pieces
}

/// Evens two lines out, and rather breaks behind a comma than inside a phrase.
fn balance(text: &str, size: f32, room: f32, lines: Vec<String>) -> Vec<String> {
    if lines.len() != 2 || lines.join(" ") != text {
        return lines;
    }
    let breaks = text.match_indices(' ').map(|(at, _)| (&text[..at], &text[at + 1..]));
    let cost = |(upper, lower): (&str, &str)| {
        let widest = width(upper, size).max(width(lower, size));
        let phrase = upper.ends_with([',', '.', '!', '?', ';', ':', '…']);
        (widest <= room).then_some(if phrase { widest * BEHIND_A_COMMA } else { widest })
    };
    let best = breaks
        .filter_map(|halves| cost(halves).map(|cost| (halves, cost)))
        .min_by(|one, other| one.1.total_cmp(&other.1));
    best.map_or(lines, |((upper, lower), _)| vec![upper.to_owned(), lower.to_owned()])
}

fn cut(mut lines: Vec<String>, size: f32, room: f32, most: usize) -> Vec<String> {
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        while !last.is_empty() && width(&format!("{last}…"), size) > room {
            last.pop();
        }
        *last = format!("{}…", last.trim_end());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::width;
    use super::fit;

    #[test]
    fn a_short_text_keeps_its_size_on_one_line() {
        let setting = fit("따뜻한 커피 한 잔", 40.0, 1_000.0, 2);

        assert_eq!(setting.lines, ["따뜻한 커피 한 잔"]);
        assert!((setting.size - 40.0).abs() < f32::EPSILON);
    }

    #[test]
    fn two_lines_come_out_about_equally_wide() {
        let setting = fit("one two three four five six seven eight nine", 40.0, 600.0, 2);

        let widths: Vec<f32> = setting.lines.iter().map(|line| width(line, setting.size)).collect();
        assert_eq!(widths.len(), 2);
        assert!((widths[0] - widths[1]).abs() < 200.0, "{widths:?}");
    }

    #[test]
    fn long_words_and_long_hangul_stay_within_the_room() {
        for text in
            ["Donaudampfschifffahrtsgesellschaftskapitän".repeat(3), "가나다라마바사".repeat(20)]
        {
            let setting = fit(&text, 44.0, 600.0, 2);

            assert!(setting.lines.len() <= 2);
            assert!(setting.lines.iter().all(|line| width(line, setting.size) <= 600.0));
        }
    }

    #[test]
    fn a_comma_is_a_better_place_to_break_than_the_middle() {
        let setting = fit("Bloom is here, waiting for you at the corner", 40.0, 700.0, 2);

        assert_eq!(setting.lines, ["Bloom is here,", "waiting for you at the corner"]);
    }

    #[test]
    fn an_empty_text_has_no_lines() {
        assert!(fit(" \u{1F600} ", 40.0, 600.0, 2).lines.is_empty());
    }
}
