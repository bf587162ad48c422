use std::fmt;

/// Why a text is no address to deliver to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookUrlError {
    /// It is no address of the web.
    #[error("must be an address such as https://example.com/castad")]
    NotAnAddress,
    /// More characters than fit.
    #[error("may have at most {} characters", WebhookUrl::MOST)]
    TooLong,
    /// Who could read it in a log could log in.
    #[error("may hold no user name or password")]
    Credentials,
    /// What nobody would be sent.
    #[error("may hold no fragment")]
    Fragment,
}

/// An address that events are delivered to. Whether it may be called is asked where it is called.
///
/// ```
/// # use castad_domain::model::WebhookUrl;
/// assert!(WebhookUrl::parse("https://example.com/castad?shop=7").is_ok());
/// assert!(WebhookUrl::parse("ftp://example.com/").is_err());
/// assert!(WebhookUrl::parse("https://me:word@example.com/").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// The most characters.
    pub const MOST: usize = 2_000;

    /// An address, as somebody typed it.
    ///
    /// # Errors
    ///
    /// [`WebhookUrlError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, WebhookUrlError> {
        if text.len() > Self::MOST {
            return Err(WebhookUrlError::TooLong);
        }
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let rest = rest.ok_or(WebhookUrlError::NotAnAddress)?;
        let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let graphic =
            text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>".contains(&byte));
        if place.is_empty() || !graphic {
            return Err(WebhookUrlError::NotAnAddress);
        }
        if place.contains('@') {
            return Err(WebhookUrlError::Credentials);
        }
        if rest.contains('#') {
            return Err(WebhookUrlError::Fragment);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_says_why() {
        use WebhookUrlError as E;
        let long = format!("https://example.com/{}", "a".repeat(2_000));
        for (text, refused) in [
            ("", E::NotAnAddress),
            ("example.com", E::NotAnAddress),
            ("https://", E::NotAnAddress),
            ("https:///path", E::NotAnAddress),
            ("javascript:alert(1)", E::NotAnAddress),
            ("https://example.com/a b", E::NotAnAddress),
            ("https://example.com\\@evil.example/", E::NotAnAddress),
            ("https://카페.example/", E::NotAnAddress),
            ("https://me@example.com/", E::Credentials),
            ("https://example.com/#top", E::Fragment),
            (&long, E::TooLong),
        ] {
            assert_eq!(WebhookUrl::parse(text), Err(refused), "{text}");
        }
    }
}
