use castad_domain::port::{ProviderError, ProviderErrorKind};
use castad_http_client::{Answer, Secret};
use chrono::TimeDelta;

use crate::wire::{Problem, Said};

/// The most that is logged of what the provider says.
const MOST_SAID: usize = 300;

/// What a status and the provider's word mean for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: ProviderErrorKind,
    pub(crate) wait: Option<TimeDelta>,
    pub(crate) text: &'static str,
}

/// Whether money ran out, which no waiting mends.
pub(crate) fn is_billing(code: &str) -> bool {
    matches!(
        code,
        "insufficient_quota"
            | "credit_balance_exhausted"
            | "organization_spend_limit_exceeded"
            | "project_spend_limit_exceeded"
            | "organization_usage_limit_exceeded"
    )
}

/// What an answer means that is none; `None` when the request was taken. A fault of the server that
/// the provider itself tells of has surely made nothing; a gateway's may hide anything.
pub(crate) fn refusal(
    status: u16,
    code: Option<&str>,
    retry_after: Option<TimeDelta>,
) -> Option<Refusal> {
    use ProviderErrorKind::{Busy, Refused, Unknown};
    let (kind, text) = match (status, code) {
        (200, _) => return None,
        (_, Some(code)) if is_billing(code) => (Refused, "the ChatGPT account has no credit left"),
        (401, _) => (Refused, "ChatGPT does not take the key"),
        (403, _) => (Refused, "ChatGPT is not open to this account or country"),
        (404, _) => (Refused, "ChatGPT knows no such model or address"),
        (408, _) => (Unknown, "ChatGPT waited too long"),
        (409, _) => (Busy, "ChatGPT is busy with something else"),
        (429, _) => (Busy, "ChatGPT has had too many requests of this account"),
        (300..=399, _) => (Refused, "ChatGPT's address leads on to another"),
        (500.., Some(_)) => (Busy, "ChatGPT has a fault of its own"),
        (500.., None) => (Unknown, "ChatGPT's server gave no clear answer"),
        _ => (Refused, "ChatGPT does not take the request"),
    };
    let wait = retry_after.filter(|_| kind != Refused);
    Some(Refusal { kind, wait, text })
}

/// What an answer means that ended with a fault after it was begun.
pub(crate) fn stopped(code: Option<String>) -> ProviderError {
    let refused = code.as_deref().is_some_and(|code| {
        is_billing(code)
            || matches!(code, "invalid_prompt" | "bio_policy" | "data_residency_mismatch")
    });
    let (kind, text) = if refused {
        (ProviderErrorKind::Refused, "ChatGPT does not take the request")
    } else {
        (ProviderErrorKind::Busy, "ChatGPT failed while it wrote")
    };
    coded(ProviderError::new(kind, text), code)
}

/// The error of an answer that is none.
pub(crate) async fn refused(answer: Answer, key: &Secret) -> ProviderError {
    let (status, retry_after) = (answer.status(), answer.wait());
    let openai = answer.header("x-request-id").map(|id| key.blotted(id));
    let said = answer.json::<Problem>().await.map(|problem| problem.error).ok();
    let code = said.as_ref().and_then(Said::word).map(|code| key.blotted(&code));
    // What is said of a wrong key repeats a part of it.
    let message = said.and_then(|said| said.message).filter(|_| status != 401);
    let told: Option<String> =
        message.map(|text| key.blotted(&text).chars().take(MOST_SAID).collect());
    tracing::info!(
        http.status = status,
        code,
        told,
        openai.request_id = openai,
        "the request was refused"
    );

    let told = refusal(status, code.as_deref(), retry_after);
    let Refusal { kind, wait, text } = told.unwrap_or(Refusal {
        kind: ProviderErrorKind::Unknown,
        wait: None,
        text: "ChatGPT gave no clear answer",
    });
    let error = coded(ProviderError::new(kind, text), code.or(Some(status.to_string())));
    match wait {
        Some(wait) => error.with_wait(wait),
        None => error,
    }
}

/// The error with the provider's word, if it is one.
fn coded(error: ProviderError, code: Option<String>) -> ProviderError {
    let plain = |code: &String| {
        (1..=64).contains(&code.len()) && code.chars().all(|c| c.is_ascii_graphic())
    };
    match code.filter(plain) {
        Some(code) => error.with_code(code),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_says_what_the_caller_may_do() {
        use ProviderErrorKind::{Busy, Refused, Unknown};
        let wait = Some(TimeDelta::seconds(7));
        for (status, code, kind, waits) in [
            (400, None, Refused, None),
            (400, Some("context_length_exceeded"), Refused, None),
            (401, Some("invalid_api_key"), Refused, None),
            (403, Some("unsupported_country_region_territory"), Refused, None),
            (404, Some("model_not_found"), Refused, None),
            (408, None, Unknown, wait),
            (409, None, Busy, wait),
            (413, None, Refused, None),
            (422, None, Refused, None),
            (307, None, Refused, None),
            (429, None, Busy, wait),
            (429, Some("rate_limit_exceeded"), Busy, wait),
            (429, Some("slow_down"), Busy, wait),
            (429, Some("insufficient_quota"), Refused, None),
            (429, Some("credit_balance_exhausted"), Refused, None),
            (429, Some("organization_spend_limit_exceeded"), Refused, None),
            (429, Some("project_spend_limit_exceeded"), Refused, None),
            (429, Some("organization_usage_limit_exceeded"), Refused, None),
            (500, Some("server_error"), Busy, wait),
            (500, None, Unknown, wait),
            (502, None, Unknown, wait),
            (503, Some("server_is_overloaded"), Busy, wait),
            (503, None, Unknown, wait),
            (504, None, Unknown, wait),
        ] {
            let told = refusal(status, code, wait).unwrap();
            assert_eq!((told.kind, told.wait), (kind, waits), "{status} {code:?}");
        }
        assert_eq!(refusal(200, None, wait), None);
    }

    #[test]
    fn the_word_for_money_is_found_in_code_or_type() {
        for (error, word) in [
            (r#"{"code": "rate_limit_exceeded", "type": "requests"}"#, Some("rate_limit_exceeded")),
            (
                r#"{"code": "credit_balance_exhausted", "type": "insufficient_quota"}"#,
                Some("credit_balance_exhausted"),
            ),
            (
                r#"{"code": "a_new_limit", "type": "insufficient_quota"}"#,
                Some("insufficient_quota"),
            ),
            (r#"{"code": null, "type": "insufficient_quota"}"#, Some("insufficient_quota")),
            (r#"{"code": "", "type": "server_error"}"#, Some("server_error")),
            (r#"{"message": "no"}"#, None),
        ] {
            let said: Said = serde_json::from_str(error).unwrap();
            assert_eq!(said.word().as_deref(), word, "{error}");
        }
    }

    #[test]
    fn a_fault_in_the_middle_is_told_by_its_code() {
        use ProviderErrorKind::{Busy, Refused};
        for (code, kind) in [
            (None, Busy),
            (Some("server_error"), Busy),
            (Some("rate_limit_exceeded"), Busy),
            (Some("invalid_prompt"), Refused),
            (Some("insufficient_quota"), Refused),
        ] {
            assert_eq!(stopped(code.map(str::to_owned)).kind(), kind, "{code:?}");
        }
    }

    #[test]
    fn what_is_no_word_is_no_code() {
        for code in ["two words", "", "코드", &"a".repeat(65), "a\nb"] {
            let error = ProviderError::new(ProviderErrorKind::Busy, "busy");
            assert_eq!(coded(error, Some(code.to_owned())).code(), None, "{code}");
        }
    }
}
