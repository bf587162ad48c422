use super::Production;
use crate::model::{Failure, Lyric, News, Stage, Tidings};

impl Production {
    /// What a letter tells of news, where things still stand so: of what was made anew since it tells
    /// nothing.
    #[must_use]
    pub fn tidings(&self, news: News) -> Option<Tidings> {
        let business = self.project.brief().business_name.clone();
        if let News::VideoReady(id) = news {
            let video = self.video.as_ref().filter(|video| video.id == id)?;
            return video.making.product().map(|_| Tidings::Finished { business });
        }
        let Failure { stage, code, retryable, .. } = *self.failure_of(news)?;
        Some(Tidings::Failed { business, stage, code, retryable })
    }

    fn failure_of(&self, news: News) -> Option<&Failure> {
        match news {
            News::LyricFailed(id) => {
                self.lyric.as_ref().filter(|lyric| lyric.id == id).and_then(Lyric::failure)
            }
            News::SongFailed(id) => {
                self.song.as_ref().filter(|song| song.id == id)?.making.failure()
            }
            News::VideoFailed(id) => {
                self.video.as_ref().filter(|video| video.id == id)?.making.failure()
            }
            News::VideoReady(_) | News::PointsExpire(_) => None,
        }
    }

    /// That the newest of a stage came to nothing.
    pub(super) fn bad_news(&self, stage: Stage) -> Option<News> {
        match stage {
            Stage::Lyric => self.lyric.as_ref().map(|lyric| News::LyricFailed(lyric.id)),
            Stage::Song => self.song.as_ref().map(|song| News::SongFailed(song.id)),
            Stage::Video => self.video.as_ref().map(|video| News::VideoFailed(video.id)),
        }
    }
}
