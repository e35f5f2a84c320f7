//! Which names are this machine's own.

use std::net::IpAddr;

/// The host, a name or an address, with or without brackets, is this very machine: `localhost` and
/// what is below it (RFC 6761, section 6.3), and the loopback addresses.
pub fn is_this_machine(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_names_and_nothing_that_looks_like_them() {
        let ours = "localhost LOCALHOST shop.localhost 127.0.0.1 127.8.8.8 ::1 [::1]";
        for host in ours.split(' ') {
            assert!(is_this_machine(host), "{host}");
        }
        let theirs = "localhost.example.com 127.0.0.1.example.com 192.168.0.1 0.0.0.0 ::2 mail";
        for host in theirs.split(' ').chain([""]) {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
