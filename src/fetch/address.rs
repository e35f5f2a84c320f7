//! Which addresses are out on the internet, and which are somebody's own machines.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A name that leads to a machine of a private network, where no public store lives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` leads to the private address {address}")]
pub struct PrivateAddress {
    /// The name.
    pub name: String,
    /// The address that it leads to.
    pub address: IpAddr,
}

/// The address is one of the public internet: not loopback, private, link-local, shared, or
/// otherwise set apart (the IANA special-purpose registries).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let set_apart = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a == 100 && (64..=127).contains(&b)
        || a == 192 && b == 0 && c == 0
        || a == 198 && (18..=19).contains(&b)
        || 224 <= a;
    !set_apart
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // An IPv4 address in IPv6 clothes is judged as what it is: mapped, or through NAT64.
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    if let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = segments {
        return is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    }
    // Global unicast is 2000::/3; of it, documentation and the old tunnels are set apart.
    segments[0] & 0xe000 == 0x2000
        && segments[0] != 0x2002
        && !(segments[0] == 0x2001 && (segments[1] == 0x0db8 || segments[1] < 0x0200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(public: bool, addresses: &[&str]) {
        for address in addresses {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        check(true, &["1.1.1.1", "100.63.0.1", "172.32.0.1", "192.0.1.1"]);
        check(true, &["2606:4700::1111", "64:ff9b::101:101"]);
    }

    #[test]
    fn addresses_of_ones_own_machines_are_not() {
        check(
            false,
            &["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1"],
        );
        check(
            false,
            &[
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "255.255.255.255",
            ],
        );
        check(
            false,
            &["::1", "::", "fe80::1", "fd00::1", "ff02::1", "2001:db8::1"],
        );
    }

    #[test]
    fn ipv6_clothes_hide_nothing() {
        check(
            false,
            &["::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"],
        );
    }
}
