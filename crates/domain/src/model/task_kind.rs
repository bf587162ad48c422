use super::{Lane, UnknownWord};

/// A kind of task, whatever it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TaskKind(&'static str);

impl TaskKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self("write_lyric"),
        Self("submit_song"),
        Self("poll_song"),
        Self("collect_song"),
        Self("submit_video"),
        Self("poll_video"),
        Self("collect_video"),
        Self("release"),
        Self("adopt"),
        Self("withdraw"),
        Self("erase"),
        Self("deadline"),
        Self("serve_line"),
        Self("send_letter"),
    ];

    /// The kind's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0
    }

    /// The lanes in which jobs of the kind may wait.
    #[must_use]
    pub fn lanes(self) -> &'static [Lane] {
        match self.0 {
            "write_lyric" => &[Lane::Lyric],
            "submit_song" | "poll_song" | "collect_song" => &[Lane::Song],
            "submit_video" | "poll_video" | "collect_video" => &[Lane::Video],
            "release" | "adopt" | "withdraw" => &[Lane::Lyric, Lane::Song, Lane::Video],
            _ => &[Lane::House],
        }
    }

    /// The kind of a word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or(UnknownWord {
            allowed: "write_lyric, submit_song, poll_song, collect_song, submit_video, \
                      poll_video, collect_video, release, adopt, withdraw, erase, deadline, \
                      serve_line, send_letter",
        })
    }
}
