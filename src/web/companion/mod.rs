//! Companions: browser extensions of the author's that hand over the watched pages which he opens. Each
//! has a token, of which only a hash is kept, and which is withdrawn like a client's link.

pub mod sqlite;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::book::Availability;

/// A companion that was paired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companion {
    /// Its number, by which it is withdrawn.
    pub number: i64,
    /// When it was paired.
    pub made: Timestamp,
    /// The extension's origin, as `chrome-extension://…`, once it has spoken.
    pub origin: Option<String>,
    /// When it handed something over last.
    pub heard: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
}

/// What a companion hands over.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// The address at which the page was seen.
    pub address: String,
    /// The parts of the page that its reader looks at.
    pub html: Option<String>,
    /// What the author says that it offers, in place of its parts.
    pub state: Option<Availability>,
    /// When it was seen.
    pub seen_at: Timestamp,
}

/// How often each companion has handed something over within its hour.
#[derive(Debug, Default)]
pub struct Pace(BTreeMap<i64, (Timestamp, u32)>);

impl Pace {
    /// Whether a companion may once more, at most `most` times an hour; if so it is counted.
    pub fn may(&mut self, number: i64, most: u32, now: Timestamp) -> bool {
        let (since, count) = self.0.entry(number).or_insert((now, 0));
        let hour = SignedDuration::from_hours(1);
        if !(SignedDuration::ZERO..hour).contains(&now.duration_since(*since)) {
            (*since, *count) = (now, 0);
        }
        let may = *count < most;
        *count += u32::from(may);
        may
    }
}

/// Whether a request with this `Origin` may be a companion's: a browser's extension, and the one that
/// spoke first with this token. A program that is no browser names none.
#[must_use]
pub fn is_its_origin(named: Option<&str>, first: Option<&str>) -> bool {
    let Some(named) = named else {
        return true;
    };
    let is_extension = ["chrome-extension://", "moz-extension://"]
        .iter()
        .any(|kind| named.starts_with(kind));
    is_extension && first.is_none_or(|first| first == named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_much_is_taken_in_an_hour_of_each_and_no_more() {
        let mut pace = Pace::default();
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert!(pace.may(1, 2, at(0)) && pace.may(1, 2, at(59)));
        assert!(!pace.may(1, 2, at(59)) && pace.may(2, 2, at(59)));
        assert!(pace.may(1, 2, at(60)));
        assert!(
            pace.may(1, 2, at(-60)),
            "a clock that was set back counts anew"
        );
    }

    #[test]
    fn a_companion_is_an_extension_and_always_the_same() {
        let ours = Some("chrome-extension://abc");
        assert!(is_its_origin(ours, None));
        assert!(is_its_origin(ours, ours));
        assert!(!is_its_origin(Some("moz-extension://abc"), ours));
        assert!(!is_its_origin(Some("https://evil.example"), None));
        assert!(!is_its_origin(Some("null"), None));
        assert!(is_its_origin(None, ours));
    }
}
