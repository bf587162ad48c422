use castad_domain::port::MakerStatus;

use crate::wire::Record;

/// How a job is doing. It is done when nothing more comes and at least one track can be fetched: a
/// callback that nobody took, or a second track that failed, does not undo the first.
pub(crate) fn status(record: &Record) -> MakerStatus {
    let has_song = !record.songs().is_empty();
    let working = |progress| MakerStatus::Working { progress };
    match record.status.as_deref().unwrap_or_default() {
        "SUCCESS" | "CALLBACK_EXCEPTION" | "GENERATE_AUDIO_FAILED" if has_song => MakerStatus::Done,
        word @ ("CREATE_TASK_FAILED" | "GENERATE_AUDIO_FAILED") => {
            failed(word, "Suno failed at the song", true)
        }
        word @ "SENSITIVE_WORD_ERROR" => {
            failed(word, "Suno does not sing this lyric, title or style", false)
        }
        "PENDING" => working(Some(0.1)),
        "TEXT_SUCCESS" => working(Some(0.3)),
        "FIRST_SUCCESS" => working(Some(0.7)),
        "SUCCESS" => working(Some(0.9)),
        // What the documents do not know is no reason to give up what is paid for.
        _ => working(None),
    }
}

fn failed(word: &str, text: &str, retryable: bool) -> MakerStatus {
    MakerStatus::Failed { code: Some(word.to_owned()), detail: text.to_owned(), retryable }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(word: &str, has_song: bool) -> MakerStatus {
        let url = if has_song { "https://a/b.mp3" } else { "" };
        let tracks = json!([{"id": "a", "audioUrl": url, "duration": 30}]);
        let record = json!({"status": word, "response": {"sunoData": tracks}});
        status(&serde_json::from_value(record).unwrap())
    }

    #[test]
    fn every_status_says_how_the_job_is_doing() {
        let working = |progress| MakerStatus::Working { progress };
        let failed = |word: &str, retryable| {
            let told = read(word, false);
            let MakerStatus::Failed { code, retryable: may, .. } = told else {
                panic!("{word}: {told:?}");
            };
            assert_eq!((code.as_deref(), may), (Some(word), retryable));
        };
        for (word, with, without) in [
            ("PENDING", working(Some(0.1)), working(Some(0.1))),
            ("TEXT_SUCCESS", working(Some(0.3)), working(Some(0.3))),
            ("FIRST_SUCCESS", working(Some(0.7)), working(Some(0.7))),
            ("SUCCESS", MakerStatus::Done, working(Some(0.9))),
            ("CALLBACK_EXCEPTION", MakerStatus::Done, working(None)),
            ("GENERATING", working(None), working(None)),
            ("", working(None), working(None)),
        ] {
            assert_eq!((read(word, true), read(word, false)), (with, without), "{word}");
        }
        assert_eq!(read("GENERATE_AUDIO_FAILED", true), MakerStatus::Done);
        failed("GENERATE_AUDIO_FAILED", true);
        failed("CREATE_TASK_FAILED", true);
        failed("SENSITIVE_WORD_ERROR", false);
    }
}
