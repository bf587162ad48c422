use castad_domain::port::{ProviderError, ProviderErrorKind};
use castad_http_client::{Answer, Secret};
use chrono::TimeDelta;

use crate::wire::Hint;

/// The most that is shown of what Creatomate says.
const MOST_SAID: usize = 200;
const LONGEST_WORD: usize = 40;

/// What was asked, which decides what an answer that is none may hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// To render, which is paid for.
    Buy,
    /// How a render is doing.
    Look,
    /// For a template, or for a trial of one.
    Read,
}

/// What an answer means that is none. An order that a server fails at may have been taken all the
/// same; to ask for something starts nothing.
pub(crate) fn refusal(call: Call, status: u16) -> (ProviderErrorKind, &'static str) {
    use ProviderErrorKind::{Busy, NoSuchJob, Refused, Unknown};
    let unclear = if call == Call::Buy { Unknown } else { Busy };
    match (status, call) {
        (401, _) => (Refused, "Creatomate does not take the key"),
        (402, _) => (Refused, "the Creatomate account has no credit left"),
        (403, _) => (Refused, "Creatomate is not open to this account"),
        (404, Call::Look) => (NoSuchJob, "Creatomate has no such render"),
        (404, _) => (Refused, "Creatomate knows no such template or address"),
        (408, _) => (unclear, "Creatomate waited too long"),
        (429, _) => (Busy, "Creatomate has had too many requests of this account"),
        (300..=399, _) => (Refused, "Creatomate's address leads on to another"),
        (400..=499, _) => (Refused, "Creatomate does not take the request"),
        (500.., _) => (unclear, "Creatomate's server gave no clear answer"),
        _ => (unclear, "Creatomate's answer is not what its documents describe"),
    }
}

/// The error of an answer that is none.
pub(crate) async fn refused(call: Call, answer: Answer, key: &Secret) -> ProviderError {
    let (status, retry_after) = (answer.status(), answer.wait());
    // A refusal may be plain text or a page: what cannot be read says nothing.
    let said = answer.json::<Hint>().await.unwrap_or_default().hint;
    // What is said of a wrong key may repeat it.
    let hint = said.filter(|_| status != 401).map(|text| safe(&text, key));
    tracing::info!(http.status = status, hint, "Creatomate refused");

    let (kind, text) = refusal(call, status);
    let told = match hint.filter(|hint| status == 400 && !hint.is_empty()) {
        Some(hint) => format!("{text}: {hint}"),
        None => text.to_owned(),
    };
    let error = ProviderError::new(kind, told).with_code(status.to_string());
    match retry_after
        .filter(|_| kind == ProviderErrorKind::Busy || kind == ProviderErrorKind::Unknown)
    {
        Some(wait) => error.with_wait(wait),
        None => error,
    }
}

/// An error of asking for something, whatever went wrong with it: nothing was started by it.
pub(crate) fn started_nothing(error: ProviderError) -> ProviderError {
    if error.kind() != ProviderErrorKind::Unknown {
        return error;
    }
    let same = again(ProviderErrorKind::Busy, &error);
    same.with_source(error)
}

/// An error of a kind that says the same as another.
pub(crate) fn again(kind: ProviderErrorKind, error: &ProviderError) -> ProviderError {
    let mut same = ProviderError::new(kind, error.to_string());
    if let Some(code) = error.code() {
        same = same.with_code(code);
    }
    match wait(error) {
        Some(wait) => same.with_wait(wait),
        None => same,
    }
}

fn wait(error: &ProviderError) -> Option<TimeDelta> {
    use castad_domain::port::{Advise, Retry};
    match error.retry() {
        Retry::Later(wait) => wait,
        Retry::Never | Retry::Now => None,
    }
}

/// What Creatomate says, in words that may be shown: no address, no path, no key, not too much.
pub(crate) fn safe(text: &str, key: &Secret) -> String {
    let text = key.blotted(text);
    let word = |word: &str| {
        let telling = word.contains(['/', '\\', '=']) || word.chars().count() > LONGEST_WORD;
        if telling { "…".to_owned() } else { word.replace(char::is_control, "") }
    };
    let words: Vec<String> = text.split_whitespace().map(word).collect();
    words.join(" ").chars().take(MOST_SAID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_says_what_the_caller_may_do() {
        use ProviderErrorKind::{Busy, NoSuchJob, Refused, Unknown};
        for (status, buy, look, read) in [
            (200, Unknown, Busy, Busy),
            (307, Refused, Refused, Refused),
            (400, Refused, Refused, Refused),
            (401, Refused, Refused, Refused),
            (402, Refused, Refused, Refused),
            (403, Refused, Refused, Refused),
            (404, Refused, NoSuchJob, Refused),
            (408, Unknown, Busy, Busy),
            (413, Refused, Refused, Refused),
            (429, Busy, Busy, Busy),
            (500, Unknown, Busy, Busy),
            (502, Unknown, Busy, Busy),
            (503, Unknown, Busy, Busy),
            (504, Unknown, Busy, Busy),
        ] {
            assert_eq!(refusal(Call::Buy, status).0, buy, "buy {status}");
            assert_eq!(refusal(Call::Look, status).0, look, "look {status}");
            assert_eq!(refusal(Call::Read, status).0, read, "read {status}");
        }
    }

    #[test]
    fn what_is_shown_names_no_address_and_no_key() {
        let key = Secret::new("key-1234");
        let said =
            "The file 'https://media.example/a.jpg?sig=x' of key-1234 at\n/srv/tmp \u{7}failed";
        assert_eq!(safe(said, &key), "The file … of *** at … failed");
        assert_eq!(safe(&"아 ".repeat(500), &key).chars().count(), MOST_SAID);
    }

    #[test]
    fn what_asked_for_something_started_nothing() {
        let lost = ProviderError::new(ProviderErrorKind::Unknown, "it broke off")
            .with_code("502")
            .with_wait(TimeDelta::seconds(7));
        let error = started_nothing(lost);
        assert_eq!((error.kind(), error.code()), (ProviderErrorKind::Busy, Some("502")));
        assert_eq!(wait(&error), Some(TimeDelta::seconds(7)));
        let refused = ProviderError::new(ProviderErrorKind::Refused, "no");
        assert_eq!(started_nothing(refused).kind(), ProviderErrorKind::Refused);
    }
}
