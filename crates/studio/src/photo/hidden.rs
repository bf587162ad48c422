//! Finds what a picture is besides: a file that two programs read as two things.
//!
//! Cameras put much behind a picture that is a picture still: a short film, a second exposure, notes
//! of their own. Named here is only what no camera writes.

/// The longest comment that an archive may have behind its end, and the end itself.
const ARCHIVE_END: usize = 22 + 0xFFFF;
/// How far into a file readers of documents look for where one begins.
const DOCUMENT_START: usize = 1_024;
/// Where a tape archive has its name.
const TAPE: std::ops::Range<usize> = 257..262;

/// What begins anywhere in a file, in small letters, and what has to follow it.
const INSIDE: [(&[u8], &[u8], &str); 7] = [
    (b"<?php", b" \t\r\n", "a script"),
    (b"<script", b" \t\r\n/>", "a web page"),
    (b"<html", b" \t\r\n>", "a web page"),
    (b"<!doctype", b" \t\r\n", "a web page"),
    (b"__halt_compiler", b" (", "a script"),
    (b"rar!\x1A\x07", b"\0\x01", "an archive"),
    (b"7z\xBC\xAF\x27\x1C", b"\0", "an archive"),
];

/// What the file is besides a picture, with its article.
pub(super) fn hidden(bytes: &[u8]) -> Option<&'static str> {
    if has_archive_end(bytes) || bytes.get(TAPE) == Some(b"ustar") {
        return Some("an archive");
    }
    let start = &bytes[..bytes.len().min(DOCUMENT_START)];
    if start.windows(5).any(|window| window == b"%PDF-") {
        return Some("a PDF");
    }
    let begins = |byte: u8| matches!(byte, b'<' | b'_' | b'R' | b'r' | b'7');
    let places = bytes.iter().enumerate().filter(|(_, byte)| begins(**byte));
    places.map(|(at, _)| &bytes[at..]).find_map(|rest| {
        let found = INSIDE.iter().find(|(word, then, _)| {
            let (begin, end) = (rest.get(..word.len()), rest.get(word.len()));
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(word))
                && end.is_some_and(|next| then.contains(next))
        });
        found.map(|(_, _, name)| *name)
    })
}

/// A zip is read from its end: a record there says where the rest is.
fn has_archive_end(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(ARCHIVE_END)..];
    tail.windows(22).any(|record| record.starts_with(b"PK\x05\x06") && record[4..8] == [0; 4])
}
