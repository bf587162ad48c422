use std::{net::IpAddr, time::Duration};

use ipnet::IpNet;

use super::source::Source;
use crate::limits::Allowance;

/// How often who may ask, and for how long connections are waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Requests of a member.
    pub of_member: Option<Allowance>,
    /// Requests with a key or a session.
    pub of_key: Option<Allowance>,
    /// Wrong keys from a place.
    pub wrong_keys: Option<Allowance>,
    /// Attempts to log in from a place.
    pub log_ins: Option<Allowance>,
    /// Wrong passwords for an account from a place.
    pub guesses: Option<Allowance>,
    /// Registrations from a place.
    pub registrations: Option<Allowance>,
    /// The streams of events that a member may have open.
    pub streams: usize,
    /// Whose word about addresses is taken.
    pub proxies: Vec<IpNet>,
    /// What connections may take.
    pub connections: ConnectionLimits,
}

/// What connections may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// How many may be open.
    pub most: usize,
    /// How long a request's head may take to arrive.
    pub head: Duration,
    /// How long a connection may be silent between requests.
    pub idle: Duration,
    /// How long who sends a body or reads an answer may stand still.
    pub stalled: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            most: 10_000,
            head: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            stalled: Duration::from_secs(30),
        }
    }
}

impl LimitsConfig {
    /// Nobody is limited but by what connections and streams may take.
    #[must_use]
    pub fn off() -> Self {
        Self {
            of_member: None,
            of_key: None,
            wrong_keys: None,
            log_ins: None,
            guesses: None,
            registrations: None,
            streams: 3_000,
            proxies: Vec::new(),
            connections: ConnectionLimits::default(),
        }
    }

    pub(super) fn read(source: &mut Source) -> Self {
        let unset = Self::off();
        Self {
            of_member: allowance(source, "CASTAD_LIMIT_REQUESTS", "6000/60s"),
            of_key: allowance(source, "CASTAD_LIMIT_REQUESTS_OF_KEY", "3000/60s"),
            wrong_keys: allowance(source, "CASTAD_LIMIT_WRONG_KEYS", "120/60s"),
            log_ins: allowance(source, "CASTAD_LIMIT_LOG_INS", "60/60s"),
            guesses: allowance(source, "CASTAD_LIMIT_LOG_INS_OF_ACCOUNT", "10/900s"),
            registrations: allowance(source, "CASTAD_LIMIT_REGISTRATIONS", "100/3600s"),
            streams: source.between("CASTAD_LIMIT_STREAMS", unset.streams, 1, 1_000_000),
            proxies: proxies(source),
            connections: connections(source),
        }
    }
}

fn allowance(source: &mut Source, name: &'static str, unset: &str) -> Option<Allowance> {
    let text = source.text(name, unset);
    if text == "off" {
        return None;
    }
    let allowance = Allowance::parse(&text);
    if allowance.is_none() {
        source.fault(
            name,
            format!("must be off or a number in a time such as {unset}, not {text:?}"),
        );
    }
    allowance
}

fn connections(source: &mut Source) -> ConnectionLimits {
    let unset = ConnectionLimits::default();
    let mut seconds = |name, unset: Duration| {
        Duration::from_secs(source.between(name, unset.as_secs(), 1, 3_600))
    };
    let (head, idle) =
        (seconds("CASTAD_LIMIT_HEAD", unset.head), seconds("CASTAD_LIMIT_IDLE", unset.idle));
    let stalled = seconds("CASTAD_LIMIT_STALLED", unset.stalled);
    let most = source.between("CASTAD_LIMIT_CONNECTIONS", unset.most, 1, 1_000_000);
    ConnectionLimits { most, head, idle, stalled }
}

/// Addresses, or networks such as `10.0.0.0/8`, parted by commas.
fn proxies(source: &mut Source) -> Vec<IpNet> {
    let text = source.text("CASTAD_TRUSTED_PROXIES", "");
    let mut proxies = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if let Ok(network) = name.parse().or_else(|_| name.parse::<IpAddr>().map(IpNet::from)) {
            proxies.push(network);
        } else {
            let what = format!("must be addresses or networks such as 10.0.0.0/8, not {name:?}");
            source.fault("CASTAD_TRUSTED_PROXIES", what);
        }
    }
    proxies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Result<LimitsConfig, Vec<String>> {
        let mut source = Source::from_text(file, std::iter::empty());
        let limits = LimitsConfig::read(&mut source);
        let faults = source.finish(limits);
        faults.map_err(|faults| faults.0.into_iter().map(|fault| fault.name).collect())
    }

    #[test]
    fn a_limit_is_a_number_in_a_time_or_off() {
        let unset = read("").unwrap();
        assert_eq!(unset.of_key, Allowance::new(3_000, 60));
        assert_eq!(unset.guesses, Allowance::new(10, 900));
        let off = read("limit_requests = \"off\"\nlimit_registrations = \"5/60s\"").unwrap();
        assert_eq!((off.of_member, off.registrations), (None, Allowance::new(5, 60)));
        assert_eq!(read("limit_log_ins = \"often\"").unwrap_err(), ["CASTAD_LIMIT_LOG_INS"]);
        assert_eq!(read("limit_head = 0").unwrap_err(), ["CASTAD_LIMIT_HEAD"]);
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let limits = read("trusted_proxies = \"10.0.0.0/8, 192.0.2.1,2001:db8::/32\"").unwrap();
        let proxies: Vec<_> = limits.proxies.iter().map(ToString::to_string).collect();
        assert_eq!(proxies, ["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"]);
        let faults = read("trusted_proxies = \"proxy.example, 10.0.0.0/33\"").unwrap_err();
        assert_eq!(faults, ["CASTAD_TRUSTED_PROXIES"; 2]);
    }
}
