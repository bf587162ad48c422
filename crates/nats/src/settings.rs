use std::time::Duration;

use async_nats::{ConnectOptions, ServerAddr};

/// How NATS is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What all subjects and streams begin with: those who share it share them.
    pub namespace: String,
    /// How many servers of a cluster keep each message.
    pub replicas: usize,
    /// How long one call may take before it counts as a fault.
    pub call: Duration,
    /// How long an event is kept for those who listen.
    pub events_kept: Duration,
    /// For how long the server knows a message by its id, to drop it when it comes again.
    pub window: Duration,
    /// How long a worker may be silent before another is offered what it had.
    pub ack_wait: Duration,
    /// How often an offer of work is handed out.
    pub max_deliver: u32,
    /// How many offers of a lane may be in somebody's hand.
    pub max_in_hand: u32,
    /// How long an offer of work is kept that nobody took: the feeder offers such a job anew.
    pub offers_kept: Duration,
}

impl Default for Settings {
    /// One copy, 2 s for a call, 30 days for an event, 2 minutes for an id; 30 s of silence, 5 times
    /// and a thousand in hand for an offer, which is kept for a minute.
    fn default() -> Self {
        Self {
            namespace: "castad".to_owned(),
            replicas: 1,
            call: Duration::from_secs(2),
            events_kept: Duration::from_hours(30 * 24),
            window: Duration::from_mins(2),
            ack_wait: Duration::from_secs(30),
            max_deliver: 5,
            max_in_hand: 1_000,
            offers_kept: Duration::from_mins(1),
        }
    }
}

/// The address is not that of a NATS server.
#[derive(Debug, thiserror::Error)]
#[error(
    "the address is not one of NATS: nats:// or tls://, with a host; several are parted by commas"
)]
pub struct BadUrl;

/// Servers of one cluster, and who asks them.
pub(crate) struct Address {
    pub(crate) servers: Vec<ServerAddr>,
    who: Who,
}

enum Who {
    Anybody,
    Bearer(String),
    User(String, String),
}

impl Address {
    /// Reads `nats://user:password@host:4222,host:4222`; a name alone is a token.
    pub(crate) fn parse(url: &str) -> Result<Self, BadUrl> {
        let mut who = Who::Anybody;
        let mut servers = Vec::new();
        for part in url.split(',') {
            let part = part.trim();
            let known = part.strip_prefix("nats://").or_else(|| part.strip_prefix("tls://"));
            if known.is_none_or(str::is_empty) && (part.contains("://") || servers.is_empty()) {
                return Err(BadUrl);
            }
            let server: ServerAddr = part.parse().map_err(|_| BadUrl)?;
            if server.host().is_empty() {
                return Err(BadUrl);
            }
            match (server.username(), server.password()) {
                (Some(user), Some(password)) => who = Who::User(plain(user)?, plain(password)?),
                (Some(token), None) => who = Who::Bearer(plain(token)?),
                (None, _) => {}
            }
            servers.push(without_who(server)?);
        }
        Ok(Self { servers, who })
    }

    pub(crate) fn options(&self) -> ConnectOptions {
        let options = ConnectOptions::new();
        match &self.who {
            Who::Anybody => options,
            Who::Bearer(token) => options.token(token.clone()),
            Who::User(user, password) => options.user_and_password(user.clone(), password.clone()),
        }
    }
}

/// The client writes addresses into its log.
fn without_who(server: ServerAddr) -> Result<ServerAddr, BadUrl> {
    let mut url = server.into_inner();
    url.set_username("").and_then(|()| url.set_password(None)).map_err(|()| BadUrl)?;
    ServerAddr::from_url(url).map_err(|_| BadUrl)
}

/// A part of an address as it was before it was written into one.
fn plain(part: &str) -> Result<String, BadUrl> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err(BadUrl) };
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| BadUrl)?);
    }
    String::from_utf8(bytes).map_err(|_| BadUrl)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_servers_and_who_asks() {
        let address = Address::parse("nats://me:p%40ss%25@one:4223,two,tls://three").unwrap();
        assert!(!format!("{:?}", address.servers).contains("p%40ss"));
        let hosts: Vec<_> = address.servers.iter().map(|at| (at.host(), at.port())).collect();
        assert_eq!(hosts, [("one", 4223), ("two", 4222), ("three", 4222)]);
        let Who::User(user, password) = address.who else { panic!("it names a user") };
        assert_eq!((user.as_str(), password.as_str()), ("me", "p@ss%"));
        let Who::Bearer(token) = Address::parse("nats://t0ken@one").unwrap().who else {
            panic!("it names a token")
        };
        assert_eq!(token, "t0ken");
        assert!(matches!(Address::parse("tls://one:1").unwrap().who, Who::Anybody));
    }

    #[test]
    fn what_is_no_address_is_refused_without_a_word_of_it() {
        for bad in [
            "",
            "one:4222",
            "redis://one",
            "nats://",
            "nats://one,redis://two",
            "nats://%zz@x",
            "nats://%ff:p@x",
        ] {
            let refused = Address::parse(bad).err().map(|bad| bad.to_string());
            assert_eq!(refused, Some(BadUrl.to_string()), "{bad}");
        }
    }
}
