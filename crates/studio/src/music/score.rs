//! A composed song: its times, which the video cuts by, and its notes, which the band plays.

use super::sound::Sound;

/// What a stretch of the song is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Before the first line.
    Intro,
    /// A verse of the lyric.
    Verse,
    /// A chorus of the lyric.
    Chorus,
    /// A bridge of the lyric.
    Bridge,
    /// The band alone, where the lyric is too short for a song.
    Solo,
    /// The ending.
    Outro,
}

/// A stretch of the song, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// What it is for.
    pub part: Part,
    /// Where it begins.
    pub start: f64,
    /// Where the next begins, or the song ends.
    pub end: f64,
}

/// When a line of the lyric is heard, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineTime {
    /// The beat on which it begins.
    pub start: f64,
    /// Where its tune ends; before the next line's start.
    pub end: f64,
}

/// A composed song.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Beats per minute; four beats make a bar.
    pub bpm: f64,
    /// The name of the style that was chosen.
    pub style: &'static str,
    /// The parts in order, without gaps.
    pub sections: Vec<Span>,
    /// One time for every line of the sheet, in order.
    pub lines: Vec<LineTime>,
    /// Where each bar begins: the places to cut a picture.
    pub bars: Vec<f64>,
    /// How long the song lasts.
    pub seconds: f64,
    pub(super) sound: &'static Sound,
    pub(super) notes: Vec<Note>,
}

/// Who plays a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Player {
    Drum(Drum),
    Bass,
    Chords,
    Pad,
    Arp,
    Lead,
}

/// A piece of the drum kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drum {
    Kick,
    Snare,
    Clap,
    Rim,
    Hat,
    OpenHat,
    Ride,
    Shaker,
    Tom,
    Crash,
}

/// One note, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Note {
    pub(super) player: Player,
    pub(super) at: f64,
    pub(super) length: f64,
    /// MIDI number; drums have none.
    pub(super) pitch: i32,
    pub(super) level: f32,
    /// From -1 (left) to 1 (right).
    pub(super) pan: f32,
}
