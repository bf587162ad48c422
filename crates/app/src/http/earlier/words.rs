//! The words of the earlier service.

use castad_domain::model::{Language, LyricState, Making, Product, UnknownWord};

/// `Korean` or `English`; the codes of `/v1` are taken as well.
pub(super) fn language(text: &str) -> Result<Language, UnknownWord> {
    match text {
        "Korean" => Ok(Language::Korean),
        "English" => Ok(Language::English),
        code => code.parse().map_err(|_| UnknownWord { allowed: "Korean, English, ko, en" }),
    }
}

pub(super) fn language_word(language: Language) -> &'static str {
    match language {
        Language::Korean => "Korean",
        Language::English => "English",
    }
}

/// `processing`, `completed` or `failed`.
pub(super) fn of_lyric(state: &LyricState) -> &'static str {
    match state {
        LyricState::Requested | LyricState::Writing { .. } => "processing",
        LyricState::Ready { .. } => "completed",
        LyricState::Failed(_) | LyricState::Canceled => "failed",
    }
}

/// `processing`, `completed` or `failed`.
pub(super) fn of_making<P: Product>(making: &Making<P>) -> &'static str {
    match making {
        Making::Requested
        | Making::Submitting { .. }
        | Making::Working { .. }
        | Making::Collecting { .. }
        | Making::Unresolved { .. } => "processing",
        Making::Ready(_) => "completed",
        Making::Failed(_) | Making::Canceled => "failed",
    }
}

/// What the provider of videos would say: `planned`, `rendering`, `succeeded` or `failed`.
pub(super) fn of_render<P: Product>(making: &Making<P>) -> &'static str {
    match making {
        Making::Requested | Making::Submitting { .. } | Making::Unresolved { .. } => "planned",
        Making::Working { .. } | Making::Collecting { .. } => "rendering",
        Making::Ready(_) => "succeeded",
        Making::Failed(_) | Making::Canceled => "failed",
    }
}

#[cfg(test)]
mod tests {
    use castad_domain::model::{AttemptToken, Failure, FailureCode, Film, ProviderJob, Stage};
    use chrono::DateTime;

    use super::*;

    #[test]
    fn every_state_has_its_word() {
        let (attempt, job) = (AttemptToken::from_bits(1), ProviderJob::new("a"));
        let failure = Failure {
            stage: Stage::Video,
            code: FailureCode::ProviderFailed,
            provider: None,
            provider_code: None,
            detail: String::new(),
            retryable: true,
            at: DateTime::UNIX_EPOCH,
        };
        for (making, word, render) in [
            (Making::<Film>::Requested, "processing", "planned"),
            (Making::Submitting { attempt }, "processing", "planned"),
            (Making::Unresolved { attempt }, "processing", "planned"),
            (Making::Working { attempt, job: job.clone() }, "processing", "rendering"),
            (Making::Collecting { attempt, job }, "processing", "rendering"),
            (Making::Failed(failure.clone()), "failed", "failed"),
            (Making::Canceled, "failed", "failed"),
        ] {
            assert_eq!((of_making(&making), of_render(&making)), (word, render), "{making:?}");
        }
        assert_eq!(of_lyric(&LyricState::Requested), "processing");
        assert_eq!(of_lyric(&LyricState::Writing { tries: 1 }), "processing");
        assert_eq!(of_lyric(&LyricState::Failed(failure)), "failed");
        assert_eq!(of_lyric(&LyricState::Canceled), "failed");
    }

    #[test]
    fn languages_go_by_name_or_code() {
        for (text, expected) in [
            ("Korean", Some(Language::Korean)),
            ("ko", Some(Language::Korean)),
            ("English", Some(Language::English)),
            ("en", Some(Language::English)),
            ("French", None),
            ("", None),
        ] {
            assert_eq!(language(text).ok(), expected, "{text}");
        }
    }
}
