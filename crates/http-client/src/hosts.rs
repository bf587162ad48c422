use std::str::FromStr;

use reqwest::Url;

/// A text that names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a host such as media.example.com or 127.0.0.1:9000, not {0:?}")]
pub struct HostError(String);

/// A host that results may be fetched from, with a port or on the usual one.
///
/// ```
/// # use castad_http_client::Host;
/// assert!("media.example.com".parse::<Host>().is_ok());
/// assert!("127.0.0.1:9000".parse::<Host>().is_ok());
/// assert!("https://media.example.com/".parse::<Host>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: Option<u16>,
}

impl FromStr for Host {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let refused = || HostError(text.to_owned());
        if text.contains(['/', '@', '?', '#', '*']) || text.contains(char::is_whitespace) {
            return Err(refused());
        }
        // Read as part of an address, so that it is spelt as addresses spell it.
        let url = Url::parse(&format!("castad://{text}")).map_err(|_| refused())?;
        let http = Url::parse(&format!("http://{text}")).map_err(|_| refused())?;
        let name = http.host_str().filter(|name| !name.is_empty()).ok_or_else(refused)?;
        Ok(Self { name: name.to_owned(), port: url.port() })
    }
}

/// The hosts that results of one provider may be fetched from.
///
/// A provider's own hosts are spoken to over `https` on its usual port and at public addresses. A host
/// that the operator named may also be private, or speak plain `http`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    own: Vec<String>,
    named: Vec<Host>,
}

impl Hosts {
    /// The provider's own hosts, `*.` in front for all below one, and those that the operator named.
    #[must_use]
    pub fn new(own: &[&str], named: Vec<Host>) -> Self {
        Self { own: own.iter().map(|&name| name.to_owned()).collect(), named }
    }

    /// Whether a result may be fetched from there.
    pub(crate) fn allow(&self, url: &Url) -> bool {
        let Some(name) = url.host_str() else { return false };
        let plain = url.username().is_empty() && url.password().is_none();
        let web = matches!(url.scheme(), "http" | "https");
        let named = self.named.iter().any(|host| {
            host.name == name && host.port.or_else(|| usual(url)) == url.port_or_known_default()
        });
        let own = url.scheme() == "https"
            && url.port().is_none()
            && url.domain().is_some()
            && self.own.iter().any(|own| covers(own, name));
        plain && web && (named || own)
    }

    pub(crate) fn may_be_private(&self, name: &str) -> bool {
        self.named.iter().any(|host| host.name == name)
    }
}

fn usual(url: &Url) -> Option<u16> {
    match url.scheme() {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

fn covers(own: &str, name: &str) -> bool {
    own.strip_prefix("*.").map_or(own == name, |above| {
        name.strip_suffix(above).is_some_and(|below| below.len() > 1 && below.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_comes_from_the_hosts_of_its_provider_and_those_named() {
        let named = ["127.0.0.1:9000", "minio", "Media.Example.com"].map(|h| h.parse().unwrap());
        let hosts = Hosts::new(&["cdn.band.example", "*.files.example"], named.into());
        for (url, allowed) in [
            ("https://cdn.band.example/a.mp3?x=1", true),
            ("https://a.b.files.example/a.mp3", true),
            ("http://127.0.0.1:9000/a.mp3", true),
            ("http://minio/a.mp3", true),
            ("https://minio/a.mp3", true),
            ("https://media.example.com/a", true),
            ("http://cdn.band.example/a.mp3", false),
            ("https://cdn.band.example:8443/a.mp3", false),
            ("https://files.example/a.mp3", false),
            ("https://evilfiles.example/a.mp3", false),
            ("https://cdn.band.example.evil.example/a", false),
            ("https://cdn.band.example@evil.example/a", false),
            ("https://user:word@cdn.band.example/a", false),
            ("http://127.0.0.1/a.mp3", false),
            ("http://127.0.0.1:9001/a.mp3", false),
            ("http://2130706433:9001/a.mp3", false),
            ("http://minio:8080/a.mp3", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(hosts.allow(&Url::parse(url).unwrap()), allowed, "{url}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["", "a b", "http://a", "a/b", "u@a", "a:99999", "*.a", "a?b"] {
            assert!(text.parse::<Host>().is_err(), "{text}");
        }
    }
}
