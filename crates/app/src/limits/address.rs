use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Once,
};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whence requests come, as far as it is told apart: an address of IPv4, or the network of 64 bits
/// that an address of IPv6 lies in, of which a household has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place(IpAddr);

impl Place {
    /// The place of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
            }
        })
    }
}

/// Those through whom others ask, and whose word is taken for who does.
pub struct Proxies {
    trusted: Vec<IpNet>,
    warned: Once,
}

impl Proxies {
    /// Takes the word of these and of nobody else.
    #[must_use]
    pub fn new(trusted: Vec<IpNet>) -> Self {
        Self { trusted, warned: Once::new() }
    }

    /// Who asks, where the connection comes from `peer`.
    ///
    /// That is the peer, unless it is a proxy: then it is the last address that proxies name which is
    /// none of theirs. Anybody can write what stands before that. A proxy that fills in one of the
    /// two headers hands the other on as it came: where both are there and do not name the same,
    /// neither counts.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        let named = [forwarded_for(headers), forwarded(headers)];
        if !self.trust(peer) {
            if named.iter().any(Option::is_some) {
                self.warn(peer);
            }
            return peer;
        }
        let clients = named.map(|hops| hops.map(|hops| self.last_stranger(peer, &hops)));
        match clients {
            [Some(one), Some(other)] => {
                if one == other {
                    one
                } else {
                    peer
                }
            }
            [Some(one), None] | [None, Some(one)] => one,
            [None, None] => peer,
        }
    }

    /// The last hop that is no proxy; where one cannot be read, the proxy that wrote it.
    fn last_stranger(&self, peer: IpAddr, hops: &[Option<IpAddr>]) -> IpAddr {
        let mut last = peer;
        for hop in hops.iter().rev() {
            let Some(hop) = hop else { return last };
            last = *hop;
            if !self.trust(last) {
                return last;
            }
        }
        last
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    fn warn(&self, peer: IpAddr) {
        self.warned.call_once(|| {
            tracing::warn!(
                %peer,
                "requests are forwarded by who is not in CASTAD_TRUSTED_PROXIES: all of them count \
                 as coming from there"
            );
        });
    }
}

/// Every hop that `X-Forwarded-For` names, the nearest last.
fn forwarded_for(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    hops(headers, &FORWARDED_FOR, |hop| address(hop.trim()))
}

/// The same of `Forwarded` (RFC 7239).
fn forwarded(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    hops(headers, &header::FORWARDED, |hop| {
        let mut pairs = hop.split(';').filter_map(|pair| pair.trim().split_once('='));
        let (_, node) = pairs.find(|(name, _)| name.eq_ignore_ascii_case("for"))?;
        address(node.trim_matches('"'))
    })
}

fn hops(
    headers: &HeaderMap,
    name: &HeaderName,
    read: impl Fn(&str) -> Option<IpAddr>,
) -> Option<Vec<Option<IpAddr>>> {
    let mut hops = Vec::new();
    for value in headers.get_all(name) {
        match value.to_str() {
            Ok(text) => hops.extend(text.split(',').map(&read)),
            Err(_) => hops.push(None),
        }
    }
    (!hops.is_empty()).then_some(hops)
}

/// An address with or without a port; of IPv6, with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    bare.parse::<IpAddr>().or_else(|_| with_port()).ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    /// Who asks, through a proxy at 10.0.0.1 of 10.0.0.0/8, or straight from there.
    fn client(peer: &str, sent: &[(&'static str, &str)]) -> String {
        let proxies =
            Proxies::new(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, value.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_stranger_s_word_is_not_taken() {
        assert_eq!(client("192.0.2.7", &[("x-forwarded-for", "198.51.100.1")]), "192.0.2.7");
        assert_eq!(client("192.0.2.7", &[("forwarded", "for=198.51.100.1")]), "192.0.2.7");
        assert_eq!(client("::ffff:192.0.2.7", &[]), "192.0.2.7");
    }

    #[test]
    fn a_proxy_names_who_asks_and_what_stands_before_is_not_believed() {
        for (sent, who) in [
            ("198.51.100.1", "198.51.100.1"),
            ("203.0.113.9, 198.51.100.1", "198.51.100.1"),
            ("203.0.113.9,198.51.100.1 , 10.3.0.2", "198.51.100.1"),
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2a00::1]:4711, 2001:db8::5", "2a00::1"),
            ("10.9.9.9, 10.8.8.8", "10.9.9.9"),
            ("198.51.100.1, nonsense, 10.3.0.2", "10.3.0.2"),
            ("nonsense", PROXY),
            ("", PROXY),
        ] {
            assert_eq!(client(PROXY, &[("x-forwarded-for", sent)]), who, "{sent}");
        }
        let two = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "198.51.100.1")];
        assert_eq!(client(PROXY, &two), "198.51.100.1", "two lines are one list");
        assert_eq!(client("::ffff:10.0.0.1", &two), "198.51.100.1");
        assert_eq!(client(PROXY, &[]), PROXY);
    }

    #[test]
    fn the_standard_s_header_is_read_as_well() {
        for (sent, who) in [
            ("for=198.51.100.1", "198.51.100.1"),
            ("proto=https;For=\"[2a00::1]:4711\"", "2a00::1"),
            ("for=203.0.113.9, for=198.51.100.1;by=10.0.0.1", "198.51.100.1"),
            ("for=unknown", PROXY),
            ("for=_hidden, for=10.3.0.2", "10.3.0.2"),
            ("proto=https", PROXY),
        ] {
            assert_eq!(client(PROXY, &[("forwarded", sent)]), who, "{sent}");
        }
    }

    #[test]
    fn a_header_that_the_proxy_did_not_write_fools_nobody() {
        let fooling = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=203.0.113.9")];
        assert_eq!(client(PROXY, &fooling), PROXY);
        let agreeing = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1")];
        assert_eq!(client(PROXY, &agreeing), "198.51.100.1");
    }

    #[test]
    fn a_household_of_ipv6_is_one_place() {
        let place = |text: &str| Place::of(text.parse().unwrap());
        assert_eq!(place("2a00:1:2:3::1"), place("2a00:1:2:3:ffff::2"));
        assert_ne!(place("2a00:1:2:3::1"), place("2a00:1:2:4::1"));
        assert_ne!(place("192.0.2.1"), place("192.0.2.2"));
        assert_eq!(place("192.0.2.1"), place("::ffff:192.0.2.1"));
    }
}
