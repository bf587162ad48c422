use std::{fmt, net::IpAddr, str::FromStr};

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// How a connection is made secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// It is not.
    None,
    /// By `STARTTLS`, where the server offers it.
    IfOffered,
    /// By `STARTTLS`, or there is none.
    Required,
    /// From its first byte.
    Wrapped,
}

/// Who takes letters, and how one comes in there.
///
/// | URL | port | secret |
/// |---|---|---|
/// | `smtp://host` | 25 | no |
/// | `smtp://host?tls=opportunistic` | 587 | by `STARTTLS`, where the server offers it |
/// | `smtp://host?tls=required` | 587 | by `STARTTLS` |
/// | `smtps://host` | 465 | from the first byte |
///
/// User and password stand before the host, percent-encoded; to another machine they go over a secret connection only.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) secrecy: Secrecy,
    pub(crate) login: Option<Credentials>,
}

/// Without what opens it.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({}:{})", self.host, self.port)
    }
}

/// Why a text names no server; it is not shown, because a password may be in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// It does not look like one.
    #[error("must be smtp://user:password@host:587?tls=required, smtps://… or smtp://host")]
    Malformed,
    /// Anybody on the way could read the password.
    #[error("sends the password in the clear: add ?tls=required, or use smtps://")]
    Open,
}

impl FromStr for Server {
    type Err = ServerError;

    fn from_str(text: &str) -> Result<Self, ServerError> {
        let url = Url::parse(text.trim()).map_err(|_| ServerError::Malformed)?;
        let secrecy = secrecy(&url).ok_or(ServerError::Malformed)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(ServerError::Malformed)?;
        let login = login(&url)?;
        let open = matches!(secrecy, Secrecy::None | Secrecy::IfOffered);
        if login.is_some() && open && !is_here(host) {
            return Err(ServerError::Open);
        }
        let usual = match secrecy {
            Secrecy::None => 25,
            Secrecy::IfOffered | Secrecy::Required => 587,
            Secrecy::Wrapped => 465,
        };
        let host = host.trim_matches(['[', ']']).to_owned();
        Ok(Self { host, port: url.port().unwrap_or(usual), secrecy, login })
    }
}

fn secrecy(url: &Url) -> Option<Secrecy> {
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return None;
    }
    match (url.scheme(), url.query().unwrap_or_default()) {
        ("smtps", "") => Some(Secrecy::Wrapped),
        ("smtp", "") => Some(Secrecy::None),
        ("smtp", "tls=opportunistic") => Some(Secrecy::IfOffered),
        ("smtp", "tls=required") => Some(Secrecy::Required),
        _ => None,
    }
}

/// User and password, if there are any.
fn login(url: &Url) -> Result<Option<Credentials>, ServerError> {
    let plain = |text: &str| match percent_decode_str(text).decode_utf8() {
        Ok(plain) => Ok(plain.into_owned()),
        Err(_) => Err(ServerError::Malformed),
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(ServerError::Malformed),
        (user, Some(password)) => Ok(Some(Credentials::new(plain(user)?, plain(password)?))),
    }
}

fn is_here(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        Ok(Host::Ipv4(ip)) => ip.is_loopback(),
        Ok(Host::Ipv6(ip)) => ip.is_loopback(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_host_port_and_secrecy() {
        for (url, host, port, secrecy) in [
            ("smtp://mail.example", "mail.example", 25, Secrecy::None),
            ("smtp://mail.example:2525/", "mail.example", 2525, Secrecy::None),
            ("smtp://mail.example?tls=opportunistic", "mail.example", 587, Secrecy::IfOffered),
            ("smtp://a:b@mail.example?tls=required", "mail.example", 587, Secrecy::Required),
            ("smtps://a:b@mail.example", "mail.example", 465, Secrecy::Wrapped),
            ("smtp://a:b@127.0.0.1:1025", "127.0.0.1", 1025, Secrecy::None),
            ("smtp://a:b@localhost:1025", "localhost", 1025, Secrecy::None),
            ("smtp://a:b@[::1]:1025", "::1", 1025, Secrecy::None),
        ] {
            let server: Server = url.parse().unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!((server.host.as_str(), server.port, server.secrecy), (host, port, secrecy));
        }
    }

    #[test]
    fn what_names_no_server_is_refused_and_not_shown() {
        for bad in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://mail.example?tls=sometimes",
            "smtps://mail.example?tls=required",
            "smtp://mail.example/inbox",
            "smtps://hunter2@mail.example",
            "smtps://:hunter2@mail.example",
            "smtps://a:%ff@mail.example",
        ] {
            assert_eq!(bad.parse::<Server>(), Err(ServerError::Malformed), "{bad}");
        }
        for open in ["smtp://a:hunter2@mail.example", "smtp://a:hunter2@10.0.0.1?tls=opportunistic"]
        {
            assert_eq!(open.parse::<Server>(), Err(ServerError::Open), "{open}");
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_kept_to_itself() {
        let server: Server = "smtps://us%40er:p%3Aass+w%C3%B6rd@mail.example".parse().unwrap();
        let login = Credentials::new("us@er".to_owned(), "p:ass+wörd".to_owned());
        assert_eq!(server.login, Some(login));
        assert_eq!(format!("{server:?}"), "Server(mail.example:465)");
    }
}
