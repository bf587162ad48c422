use std::{net::IpAddr, str::FromStr};

use reqwest::Url;

use crate::address::is_public;

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

/// The hosts that results of one provider may be fetched from, or that members may have called.
///
/// A provider's own hosts are spoken to over `https` on its usual port and at public addresses, and those
/// of members over `https`. A host that the operator named may also be private, or speak plain `http`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    own: Own,
    named: Vec<Host>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Own {
    Of(Vec<String>),
    Everybodys,
}

impl Hosts {
    /// The provider's own hosts, `*.` in front for all below one, and those that the operator named.
    #[must_use]
    pub fn new(own: &[&str], named: Vec<Host>) -> Self {
        Self { own: Own::Of(own.iter().map(|&name| name.to_owned()).collect()), named }
    }

    /// Every public host, and those that the operator named.
    #[must_use]
    pub fn everybodys(named: Vec<Host>) -> Self {
        Self { own: Own::Everybodys, named }
    }

    /// Whether that address may be asked.
    pub(crate) fn allow(&self, url: &Url) -> bool {
        let Some(name) = url.host_str() else { return false };
        let plain = url.username().is_empty() && url.password().is_none();
        let web = matches!(url.scheme(), "http" | "https");
        let named = self.named.iter().any(|host| {
            host.name == name && host.port.or_else(|| usual(url)) == url.port_or_known_default()
        });
        let own = url.scheme() == "https"
            && match &self.own {
                Own::Of(own) => {
                    url.port().is_none()
                        && url.domain().is_some()
                        && own.iter().any(|own| covers(own, name))
                }
                // One that was named may be private, and so is for the port that was named alone.
                Own::Everybodys => !self.may_be_private(name) && may_be_public(url, name),
            };
        plain && web && (named || own)
    }

    pub(crate) fn may_be_private(&self, name: &str) -> bool {
        self.named.iter().any(|host| host.name == name)
    }
}

/// An address that is public, or a name that could lead to one.
fn may_be_public(url: &Url, name: &str) -> bool {
    if let Some(domain) = url.domain() {
        let domain = domain.trim_end_matches('.');
        return domain.contains('.') && !domain.ends_with(".localhost");
    }
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.is_ok_and(is_public)
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
    fn members_may_have_everybody_called_who_is_public() {
        let named = ["127.0.0.1:9000", "intern.example:8443"].map(|h| h.parse().unwrap());
        let hosts = Hosts::everybodys(named.into());
        for (url, allowed) in [
            ("https://shop.example/castad?x=1", true),
            ("https://shop.example:8443/castad", true),
            ("https://1.1.1.1/castad", true),
            ("https://[2606:4700::1111]/castad", true),
            ("http://127.0.0.1:9000/castad", true),
            ("https://intern.example:8443/castad", true),
            ("https://intern.example/castad", false),
            ("http://shop.example/castad", false),
            ("https://localhost/castad", false),
            ("https://localhost./castad", false),
            ("https://a.localhost/castad", false),
            ("https://minio/castad", false),
            ("https://127.0.0.1/castad", false),
            ("https://127.1/castad", false),
            ("https://0x7f000001/castad", false),
            ("https://2130706433/castad", false),
            ("https://017700000001/castad", false),
            ("https://169.254.169.254/latest/meta-data", false),
            ("https://100.64.0.1/", false),
            ("https://[::1]/", false),
            ("https://[::ffff:10.0.0.1]/", false),
            ("https://[64:ff9b::a00:1]/", false),
            ("https://[2002:7f00:1::]/", false),
            ("https://[fe80::1]/", false),
            ("https://user:word@shop.example/", false),
            ("http://127.0.0.1:9001/castad", false),
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
