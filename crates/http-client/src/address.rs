use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::Hosts;

/// A name leads into a private network, and nobody said that it may.
#[derive(Debug, thiserror::Error)]
#[error("the host has no public address")]
pub(crate) struct NotPublic;

/// A name that nobody knows.
#[derive(Debug, thiserror::Error)]
#[error("the host's name was not found")]
pub(crate) struct NoSuchName(#[source] std::io::Error);

/// Looks names up and lets no private address through, so that what was checked is what is
/// connected to.
pub(crate) struct PublicOnly(pub(crate) Arc<Hosts>);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let may_be_private = self.0.may_be_private(name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(NoSuchName)?;
            let mut found: Vec<_> = found.collect();
            found.retain(|address| may_be_private || is_public(address.ip()));
            if found.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether anybody on the internet could have that address.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_documentation()
        || matches!((a, b, c), (0, ..) | (192, 0, 0) | (192, 88, 99))
        // Where Azure's machines find what is told to them alone.
        || v4.octets() == [168, 63, 129, 16]
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || a >= 224;
    !special
}

/// What is mapped or tunnelled counts as what it leads to.
fn is_public_v6(v6: Ipv6Addr) -> bool {
    if let Some(mapped) = v6.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let parts = v6.segments();
    let inner = |at: usize| Ipv4Addr::from((u32::from(parts[at]) << 16) | u32::from(parts[at + 1]));
    match parts {
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(inner(6)),
        [0x2002, ..] => is_public_v4(inner(1)),
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_address_is_told_from_a_public_one() {
        let private = "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 \
            192.0.0.1 192.0.2.1 168.63.129.16 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 fc00::1 \
            fd12::1 fe80::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 \
            64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2001::1 2001:db8::1 3fff::1";
        for address in private.split_whitespace() {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        let public = "1.1.1.1 172.32.0.1 100.128.0.1 198.20.0.1 223.255.255.255 2606:4700::1111 \
            ::ffff:1.1.1.1 64:ff9b::101:101 2002:101:101:: 2a00::1";
        for address in public.split_whitespace() {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_unless_it_was_named() {
        let resolve = async |named: &[&str]| {
            let named = named.iter().map(|host| host.parse().unwrap()).collect();
            let resolver = PublicOnly(Arc::new(Hosts::everybodys(named)));
            resolver.resolve("localhost".parse().unwrap()).await.map(Iterator::count)
        };
        let refused = resolve(&[]).await.unwrap_err();
        assert!(refused.is::<NotPublic>(), "{refused}");
        assert!(resolve(&["localhost:9000"]).await.unwrap() > 0);
    }
}
