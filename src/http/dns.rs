//! Name resolution: the system's resolver, except for the names of this machine.
//!
//! `localhost` and names that end in `.localhost` are loopback addresses without a query (RFC 6761 section 6.3). A token
//! sent to such a name over plain http stays on this machine, and the names work in a container without `/etc/hosts`.
//! Whether a URL leads to this machine is decided in `endpoint`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The resolver of both clients.
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let addresses: Addrs = match loopback(name.as_str()) {
                Some(addresses) => Box::new(addresses.into_iter()),
                // The port is that of the URL.
                None => Box::new(tokio::net::lookup_host((name.as_str(), 0)).await?.collect::<Vec<_>>().into_iter()),
            };
            Ok(addresses)
        })
    }
}

/// The addresses of a name of this machine, in the order of RFC 6724; `None` for any other name.
fn loopback(name: &str) -> Option<[SocketAddr; 2]> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or(name);
    let addresses = [IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)];
    last.eq_ignore_ascii_case("localhost").then(|| addresses.map(|address| SocketAddr::new(address, 0)))
}

#[cfg(test)]
mod tests {
    use super::loopback;

    #[test]
    fn names_loopback_are_loopback() {
        for name in ["localhost", "LOCALHOST", "localhost.", "idc.localhost", "a.b.localhost."] {
            let addresses = loopback(name).unwrap_or_else(|| panic!("{name}"));
            assert!(addresses.iter().all(|address| address.ip().is_loopback()), "{name}");
        }
        for name in ["localhost.example.com", "notlocalhost", "example.com", "", "."] {
            assert_eq!(loopback(name), None, "{name}");
        }
    }
}
