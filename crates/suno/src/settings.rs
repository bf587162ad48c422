use std::fmt;

use castad_domain::model::AttemptToken;
use castad_http_client::Secret;

/// A domain that nobody has: Suno wants an address even from who is not reachable.
const NOWHERE: &str = "https://callback.invalid";

/// Whom to ask, and how.
#[derive(Clone)]
pub struct Settings {
    /// Where the API is: `https://api.sunoapi.org`.
    pub base: String,
    /// What opens it.
    pub key: Secret,
    /// Which model composes: `V5`.
    pub model: String,
    /// Where this installation is reached from outside, if it is: `https://castad.example`.
    pub callbacks: Option<String>,
}

impl Settings {
    /// The same, addresses without a slash at their end.
    pub(crate) fn trimmed(mut self) -> Self {
        for text in [Some(&mut self.base), self.callbacks.as_mut()].into_iter().flatten() {
            text.truncate(text.trim_end_matches('/').len());
        }
        self
    }

    /// Where Suno tells how the job of an attempt is doing.
    pub(crate) fn callback(&self, attempt: AttemptToken) -> String {
        let public = self.callbacks.as_deref().unwrap_or(NOWHERE);
        format!("{public}{}", callback_path(attempt))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        let host = self.base.split("//").nth(1).and_then(|rest| rest.split(['/', ':']).next());
        match host {
            Some("api.kie.ai") => Dialect::Kie,
            _ => Dialect::SunoApi,
        }
    }
}

/// How the address ends to which the job of an attempt is told.
pub(crate) fn callback_path(attempt: AttemptToken) -> String {
    format!("/callbacks/suno/{attempt}")
}

/// In what those who resell Suno differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// sunoapi.org.
    SunoApi,
    /// kie.ai.
    Kie,
}

impl Dialect {
    pub(crate) fn credit_path(self) -> &'static str {
        match self {
            Self::SunoApi => "/api/v1/generate/credit",
            Self::Kie => "/api/v1/chat/credit",
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base, key: _, model, callbacks } = self;
        let mut shown = f.debug_struct("Settings");
        shown
            .field("base", base)
            .field("model", model)
            .field("callbacks", callbacks)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(base: &str, callbacks: Option<&str>) -> Settings {
        let (key, model) = (Secret::new("key"), "V5".to_owned());
        let callbacks = callbacks.map(str::to_owned);
        Settings { base: base.to_owned(), key, model, callbacks }.trimmed()
    }

    #[test]
    fn the_attempt_is_in_the_address_whether_anybody_is_there_or_not() {
        let attempt = AttemptToken::from_bits(7);
        let path = "/callbacks/suno/att_00000000000000000000000000000007";
        for (public, address) in [
            (None, "https://callback.invalid"),
            (Some("https://castad.example"), "https://castad.example"),
            (Some("https://castad.example/a//"), "https://castad.example/a"),
        ] {
            let told = settings("https://api.sunoapi.org", public).callback(attempt);
            assert_eq!(told, format!("{address}{path}"));
        }
    }

    #[test]
    fn who_is_spoken_to_is_known_by_the_host() {
        for (base, dialect) in [
            ("https://api.sunoapi.org/", Dialect::SunoApi),
            ("https://api.kie.ai/", Dialect::Kie),
            ("https://api.kie.ai:443", Dialect::Kie),
            ("https://api.kie.ai.example", Dialect::SunoApi),
            ("no address", Dialect::SunoApi),
        ] {
            assert_eq!(settings(base, None).dialect(), dialect, "{base}");
        }
    }
}
