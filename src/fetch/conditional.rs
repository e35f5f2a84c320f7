//! "Only if it has changed": what a store gave to recognise a page by, and when it may be used.

use jiff::{SignedDuration, Timestamp};
use url::Url;

/// An answer "not modified" is only asked for while the page itself was read so lately. A store
/// that forgets to change its validators hides a change for so long at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// A longer validator is not kept: nobody needs one.
const LONGEST_VALUE: usize = 400;

/// By what a page can be recognised (RFC 9110, section 8.8), as the store gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validators {
    /// The address at which the page was found; they say nothing about another.
    pub address: String,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Those of an answer with status 200; `None` where it has none. `headers` have names in lower
    /// case.
    pub fn of(status: Option<u16>, address: &str, headers: &[(String, String)]) -> Option<Self> {
        let value = |name: &str| {
            let found = headers.iter().find(|(known, _)| known == name);
            let value = found.map(|(_, value)| value.clone())?;
            let fits = value.len() <= LONGEST_VALUE && value.bytes().all(is_printable);
            (fits && !value.is_empty()).then_some(value)
        };
        let (etag, last_modified) = (value("etag"), value("last-modified"));
        let any = status == Some(200) && (etag.is_some() || last_modified.is_some());
        any.then(|| Self {
            address: address.to_owned(),
            etag,
            last_modified,
        })
    }

    /// The header of a request for the page at `address`; `None` where that is another page. Where there is an `ETag` it speaks alone, as it is the more exact one (RFC 9110, 13.1.3).
    pub fn header(&self, address: &Url) -> Option<(&'static str, &str)> {
        if address.as_str() != self.address {
            return None;
        }
        let etag = self.etag.as_deref().map(|tag| ("if-none-match", tag));
        let date = self.last_modified.as_deref();
        etag.or(date.map(|date| ("if-modified-since", date)))
    }
}

fn is_printable(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

/// Whether a page that was read at `read_at` may be asked for with "only if it has changed": a
/// state that waits to be confirmed is always looked at with our own eyes, and every page at least
/// once a day.
pub fn may_be_spared(read_at: Timestamp, is_unconfirmed: bool, now: Timestamp) -> bool {
    let since = now.duration_since(read_at);
    !is_unconfirmed && !since.is_negative() && since < LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, headers: &[(&str, &str)], asked: &str, expected: Option<(&str, &str)>) {
        let headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let validators = Validators::of(Some(status), "https://books.example/p/1", &headers);
        let asked = Url::parse(asked).unwrap();
        let sent = validators.as_ref().and_then(|known| known.header(&asked));
        assert_eq!(sent, expected);
    }

    const PAGE: &str = "https://books.example/p/1";
    const DATE: &str = "Tue, 09 Feb 2027 08:00:00 GMT";

    #[test]
    fn the_tag_is_sent_and_where_there_is_none_the_date() {
        let both = [("etag", "W/\"a1\""), ("last-modified", DATE)];
        check(200, &both, PAGE, Some(("if-none-match", "W/\"a1\"")));
        check(200, &both[1..], PAGE, Some(("if-modified-since", DATE)));
        check(200, &[("server", "nginx")], PAGE, None);
    }

    #[test]
    fn nothing_but_a_page_of_that_very_address_is_recognised() {
        let tag = [("etag", "\"a1\"")];
        check(200, &tag, "https://books.example/p/2", None);
        check(403, &tag, PAGE, None);
        check(404, &tag, PAGE, None);
        check(206, &tag, PAGE, None);
    }

    #[test]
    fn a_value_that_no_header_can_carry_is_dropped() {
        check(200, &[("etag", "\"a\r\nCookie: x\"")], PAGE, None);
        check(200, &[("etag", "")], PAGE, None);
        check(200, &[("etag", &"x".repeat(401))], PAGE, None);
    }

    #[test]
    fn every_page_is_looked_at_in_full_once_a_day_and_to_confirm_a_change() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let read = at("2027-02-09T08:00:00Z");
        assert!(may_be_spared(read, false, at("2027-02-10T07:59:59Z")));
        assert!(!may_be_spared(read, false, at("2027-02-10T08:00:00Z")));
        assert!(!may_be_spared(read, true, at("2027-02-09T09:00:00Z")));
        // A clock that was set back proves nothing.
        assert!(!may_be_spared(read, false, at("2027-02-09T07:00:00Z")));
    }
}
