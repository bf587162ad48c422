use chrono::{DateTime, Utc};

use super::{LyricId, Notify, SongId, VideoId};

/// Something that a member may be told by mail, named so that it is found again when it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A video is ready.
    VideoReady(VideoId),
    /// The words came to nothing.
    LyricFailed(LyricId),
    /// The song came to nothing.
    SongFailed(SongId),
    /// The video came to nothing.
    VideoFailed(VideoId),
    /// Points are about to expire: those of which it was noted at that time that they are told of.
    PointsExpire(DateTime<Utc>),
}

/// What news are about, as a member asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NewsKind {
    /// A video is finished.
    Finished,
    /// A stage failed.
    Failed,
    /// Points are about to expire.
    Expiring,
}

impl NewsKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Finished, Self::Failed, Self::Expiring];

    /// The kind's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Expiring => "expiring",
        }
    }
}

impl News {
    /// What they are about.
    #[must_use]
    pub fn kind(self) -> NewsKind {
        match self {
            Self::VideoReady(_) => NewsKind::Finished,
            Self::LyricFailed(_) | Self::SongFailed(_) | Self::VideoFailed(_) => NewsKind::Failed,
            Self::PointsExpire(_) => NewsKind::Expiring,
        }
    }

    /// The news as text; [`News::restore`] reads it back.
    #[must_use]
    pub fn subject(self) -> String {
        let kind = self.kind().name();
        match self {
            Self::VideoReady(id) | Self::VideoFailed(id) => format!("{kind}:{id}"),
            Self::LyricFailed(id) => format!("{kind}:{id}"),
            Self::SongFailed(id) => format!("{kind}:{id}"),
            Self::PointsExpire(noted) => format!("{kind}:{}", noted.timestamp_micros()),
        }
    }

    /// The news of a text; `None` if it tells of none.
    ///
    /// ```
    /// # use castad_domain::model::{News, SongId};
    /// let news = News::SongFailed(SongId::from_bits(7));
    /// assert_eq!(News::restore(&news.subject()), Some(news));
    /// assert_eq!(News::restore("finished"), None);
    /// ```
    #[must_use]
    pub fn restore(text: &str) -> Option<Self> {
        let (kind, of) = text.split_once(':')?;
        let kind = NewsKind::ALL.into_iter().find(|known| known.name() == kind)?;
        match kind {
            NewsKind::Finished => of.parse().ok().map(Self::VideoReady),
            NewsKind::Failed => {
                let lyric = || of.parse().ok().map(Self::LyricFailed);
                let song = || of.parse().ok().map(Self::SongFailed);
                let video = || of.parse().ok().map(Self::VideoFailed);
                lyric().or_else(song).or_else(video)
            }
            NewsKind::Expiring => {
                DateTime::from_timestamp_micros(of.parse().ok()?).map(Self::PointsExpire)
            }
        }
    }
}

impl Notify {
    /// Whether the member wants to be told of it.
    #[must_use]
    pub fn wants(self, kind: NewsKind) -> bool {
        match kind {
            NewsKind::Finished => self.finished,
            NewsKind::Failed => self.failed,
            NewsKind::Expiring => self.expiring,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_news_read_back_from_their_text() {
        for news in [
            News::VideoReady(VideoId::from_bits(1)),
            News::LyricFailed(LyricId::from_bits(2)),
            News::SongFailed(SongId::from_bits(3)),
            News::VideoFailed(VideoId::from_bits(4)),
            News::PointsExpire(DateTime::from_timestamp_micros(1_234_567).unwrap()),
        ] {
            assert_eq!(News::restore(&news.subject()), Some(news));
        }
        for bad in ["", "finished:", "failed:prj_1", "finished:sng_1", "expiring:soon", "sung:1"] {
            assert_eq!(News::restore(bad), None, "{bad}");
        }
    }

    #[test]
    fn who_switched_a_kind_off_is_not_told_of_it() {
        for kind in NewsKind::ALL {
            let off = Notify {
                finished: kind != NewsKind::Finished,
                failed: kind != NewsKind::Failed,
                expiring: kind != NewsKind::Expiring,
            };
            let wanted: Vec<_> = NewsKind::ALL.into_iter().filter(|of| off.wants(*of)).collect();
            assert_eq!(wanted.len(), 2);
            assert!(!wanted.contains(&kind));
        }
    }
}
