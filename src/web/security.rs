//! Whom the page answers: hosts, origins, passwords and sessions. Pure: the time and the random
//! bytes are arguments.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use jiff::{SignedDuration, Timestamp};

/// The Content-Security-Policy of every page: nothing, and then one door at a time.
///
/// - `style-src 'self'`: the one style sheet.
/// - `img-src 'self'`: the icon.
/// - `form-action 'self'`: the forms post to this site only.
/// - `frame-src 'self'`: a letter is shown in a frame of its own.
/// - No script at all: the page needs none.
pub const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of a letter in its frame: its own style, nothing that is fetched, no script, no form,
/// no origin.
pub const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
     base-uri 'none'; frame-ancestors 'self'; sandbox";

/// The policy of a picture or a report that stands alone: its own style, and nothing else.
pub const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
     base-uri 'none'; frame-ancestors 'none'; sandbox";

/// How long a session lasts.
pub const SESSION: SignedDuration = SignedDuration::from_hours(24 * 14);

/// How many wrong passwords there may be in [`WINDOW`] from one [`Origin`].
const TRIES: usize = 10;

/// How many there may be from all but this machine: whoever has many addresses, as with IPv6, may
/// neither guess at leisure nor keep the machine busy comparing.
const TRIES_IN_ALL: usize = 100;

/// The time in which wrong passwords are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Whether a `Host` is ours.
///
/// A page on somebody's site can make a browser ask us by a name of its own (DNS rebinding): then
/// the name is neither a number, nor localhost, nor the one that the configuration gives.
pub fn is_our_host(host: &str, public: Option<&str>) -> bool {
    let name = without_port(host);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok()
        || name.eq_ignore_ascii_case("localhost")
        || public.is_some_and(|public| name.eq_ignore_ascii_case(public))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

/// Whether an action comes from a page of this very site.
///
/// A browser sends `Origin` with every form; where it is there, its host must be the one that was
/// asked, or the public one. `Sec-Fetch-Site`, where it is there, must say the same. What sends
/// neither the gate refuses.
pub fn is_same_origin(
    origin: Option<&str>,
    fetch_site: Option<&str>,
    host: &str,
    public: Option<&str>,
) -> bool {
    if fetch_site.is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    let Some(origin) = origin else {
        return true;
    };
    let place = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    place.is_some_and(|place| {
        place.eq_ignore_ascii_case(host)
            || public.is_some_and(|public| without_port(place).eq_ignore_ascii_case(public))
    })
}

/// The shortest password of the page that is taken, in characters.
const SHORTEST: usize = 10;

/// Why a password of the page is not taken; `None`: it is.
pub fn wrong_password(password: &str) -> Option<String> {
    (password.chars().count() < SHORTEST).then(|| {
        format!(
            "a password needs at least {SHORTEST} characters; four words that go together badly make \
             a good one"
        )
    })
}

/// The hash of a password, in the PHC form.
///
/// # Errors
///
/// When the password is longer than Argon2 takes (4 GB).
pub fn hash_password(
    password: &str,
    salt: &[u8; 16],
) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt)?
        .to_string())
}

/// The password belongs to the hash. A hash that cannot be read belongs to no password.
pub fn is_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// The hash can be read: what the program checks before it serves anybody.
pub fn is_hash(hash: &str) -> bool {
    PasswordHash::new(hash).is_ok()
}

/// From where passwords come that are counted together: an address of IPv4, a network of IPv6 (a
/// /64, in which one household chooses addresses as it likes: RFC 6177), or this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin(Option<IpAddr>);

impl Origin {
    /// Where `address` counts; none, as in a call without a connection, is this machine.
    pub fn new(address: Option<IpAddr>) -> Self {
        let address = address.map(|address| address.to_canonical());
        Self(
            address
                .filter(|address| !address.is_loopback())
                .map(|address| match address {
                    IpAddr::V4(_) => address,
                    IpAddr::V6(six) => {
                        let network = six.to_bits() & (u128::MAX << 64);
                        IpAddr::V6(Ipv6Addr::from_bits(network))
                    }
                }),
        )
    }
}

/// Wrong passwords of late, by where they came from: at most a hundred of strangers and
/// ten of this machine are kept, since no more are looked at.
#[derive(Debug, Default)]
pub struct Throttle {
    wrong: Vec<(Timestamp, Origin)>,
}

impl Throttle {
    /// How long to wait before a password from there is looked at again; `None`: not at all. What
    /// strangers try closes no door to this machine.
    pub fn wait(&self, from: Origin, now: Timestamp) -> Option<SignedDuration> {
        let here = Origin::new(None);
        let own = self.full(now, TRIES, |origin| origin == from);
        let all = self.full(now, TRIES_IN_ALL, |origin| origin != here && from != here);
        own.max(all)
    }

    /// Until the oldest of so many is forgotten; `None`: there are fewer.
    fn full(
        &self,
        now: Timestamp,
        most: usize,
        counts: impl Fn(Origin) -> bool,
    ) -> Option<SignedDuration> {
        let mut counted = self.recent(now).filter(|(_, origin)| counts(*origin));
        let (first, _) = counted.next()?;
        (most <= 1 + counted.count()).then(|| WINDOW - now.duration_since(*first))
    }

    /// A password was wrong.
    pub fn note_wrong(&mut self, from: Origin, now: Timestamp) {
        self.wrong = self.recent(now).copied().collect();
        self.wrong.push((now, from));
    }

    fn recent(&self, now: Timestamp) -> impl Iterator<Item = &(Timestamp, Origin)> {
        self.wrong
            .iter()
            // What a clock that was ahead has noted is not waited for.
            .filter(move |(at, _)| *at <= now && now.duration_since(*at) < WINDOW)
    }
}

/// Who is logged in: sessions by their identifier, each with its end.
#[derive(Debug, Default)]
pub struct Sessions {
    ends: BTreeMap<String, Timestamp>,
}

impl Sessions {
    /// Opens a session; `random` becomes its identifier.
    pub fn open(&mut self, random: &[u8; 32], now: Timestamp) -> String {
        self.ends.retain(|_, end| now < *end);
        let id = hex(random);
        self.ends.insert(id.clone(), now + SESSION);
        id
    }

    /// The session lasts.
    pub fn is_open(&self, id: &str, now: Timestamp) -> bool {
        self.ends.get(id).is_some_and(|end| now < *end)
    }

    /// Ends a session.
    pub fn end(&mut self, id: &str) {
        self.ends.remove(id);
    }
}

/// The SHA-256 of bytes, in hexadecimal digits: enough for a secret that is random itself.
pub fn digest(bytes: &[u8]) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing::at;

    #[test]
    fn policies_begin_with_nothing() {
        assert_eq!(
            PAGE_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
             frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(
            LETTER_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
             frame-ancestors 'self'; sandbox"
        );
        assert_eq!(
            FILE_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
             frame-ancestors 'none'; sandbox"
        );
    }

    #[test]
    fn only_numbers_localhost_and_the_configured_name_are_our_hosts() {
        #[track_caller]
        fn check(host: &str, expected: bool) {
            assert_eq!(
                is_our_host(host, Some("books.example.com")),
                expected,
                "{host}"
            );
        }
        check("127.0.0.1:7117", true);
        check("[::1]:7117", true);
        check("localhost:7117", true);
        check("LOCALHOST", true);
        check("books.example.com", true);
        check("books.example.com:8443", true);
        check("evil.example.net:7117", false);
        check("books.example.com.evil.example.net", false);
        check("localhost.evil.example.net", false);
        check("", false);
    }

    #[test]
    fn an_action_comes_from_our_own_page_or_not_at_all() {
        #[track_caller]
        fn check(origin: Option<&str>, site: Option<&str>, expected: bool) {
            let found = is_same_origin(origin, site, "127.0.0.1:7117", Some("books.example.com"));
            assert_eq!(found, expected, "{origin:?} {site:?}");
        }
        check(Some("http://127.0.0.1:7117"), Some("same-origin"), true);
        check(Some("https://books.example.com"), None, true);
        check(None, None, true);
        check(Some("http://127.0.0.1:8000"), None, false);
        check(Some("https://evil.example.net"), None, false);
        check(Some("null"), None, false);
        check(None, Some("cross-site"), false);
        check(Some("http://127.0.0.1:7117"), Some("same-site"), false);
    }

    #[test]
    fn a_password_is_known_by_its_hash() {
        let hash = hash_password("correct horse", &[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(is_hash(&hash));
        assert!(is_password("correct horse", &hash));
        assert!(!is_password("correct horsf", &hash));
        assert!(!is_password("", &hash));
        assert!(!is_password("anything", "$argon2id$nonsense"));
    }

    #[test]
    fn ten_wrong_passwords_close_the_door_for_a_quarter_of_an_hour() {
        let mut throttle = Throttle::default();
        let start = at("2027-01-01T00:00:00Z");
        let jane = from("192.0.2.1");
        for second in 0..10 {
            let now = start + SignedDuration::from_secs(second);
            assert_eq!(throttle.wait(jane, now), None);
            throttle.note_wrong(jane, now);
        }
        let later = start + SignedDuration::from_secs(60);
        let wait = throttle.wait(jane, later);
        assert_eq!(wait, Some(SignedDuration::from_mins(14)));
        assert_eq!(throttle.wait(jane, start + WINDOW), None);
        for other in ["192.0.2.2", "2001:db8::1", "127.0.0.1"] {
            assert_eq!(throttle.wait(from(other), later), None, "{other}");
        }
    }

    #[test]
    fn wrong_passwords_noted_by_a_clock_that_was_ahead_close_no_door() {
        let mut throttle = Throttle::default();
        let jane = from("192.0.2.1");
        for _ in 0..10 {
            throttle.note_wrong(jane, at("2028-01-01T00:00:00Z"));
        }
        assert_eq!(throttle.wait(jane, at("2027-01-01T00:00:00Z")), None);
    }

    fn from(address: &str) -> Origin {
        Origin::new(Some(address.parse().unwrap()))
    }

    #[test]
    fn a_network_of_ipv6_and_this_machine_are_one_each() {
        assert_eq!(from("2001:db8:0:7::1"), from("2001:db8:0:7:ffff::2"));
        assert_ne!(from("2001:db8:0:7::1"), from("2001:db8:0:8::1"));
        assert_eq!(from("::ffff:192.0.2.1"), from("192.0.2.1"));
        assert_ne!(from("192.0.2.1"), from("192.0.2.2"));
        for here in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(from(here), Origin::new(None), "{here}");
        }
    }

    #[test]
    fn strangers_from_everywhere_have_a_hundred_tries_in_all_and_close_no_door_to_this_machine() {
        let mut throttle = Throttle::default();
        let now = at("2027-01-01T00:00:00Z");
        let (mut looked_at, here) = (0, Origin::new(None));
        for number in 0..100_000_u128 {
            let address = Ipv6Addr::from_bits((0x2001_0db8 << 96) + (number << 64));
            let stranger = Origin::new(Some(address.into()));
            if throttle.wait(stranger, now).is_none() {
                throttle.note_wrong(stranger, now);
                looked_at += 1;
            }
        }
        assert_eq!((looked_at, throttle.wrong.len()), (100, 100));
        for _ in 0..10 {
            assert_eq!(throttle.wait(here, now), None);
            throttle.note_wrong(here, now);
        }
        assert_eq!(throttle.wait(here, now), Some(WINDOW));
        assert_eq!(throttle.wait(from("192.0.2.1"), now + WINDOW), None);
        throttle.note_wrong(here, now + WINDOW);
        assert_eq!(throttle.wrong.len(), 1, "what is over is forgotten");
    }

    #[test]
    fn a_session_lasts_two_weeks_or_until_its_end() {
        let mut sessions = Sessions::default();
        let start = at("2027-01-01T00:00:00Z");
        let id = sessions.open(&[1; 32], start);
        assert!(sessions.is_open(&id, start + SESSION - SignedDuration::from_secs(1)));
        assert!(!sessions.is_open(&id, start + SESSION));
        assert!(!sessions.is_open("", start));
        sessions.end(&id);
        assert!(!sessions.is_open(&id, start));
    }
}
