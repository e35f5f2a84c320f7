//! Asking a store for a page, politely.
//!
//! `http.rs` asks for pages, and the courtesies live inside it: one process at a time per host,
//! robots.txt, the pause, `Retry-After`, and staying away from a host that turned us away.
//! `command/` starts a browser or a program in its stead, `creators_http.rs` asks Amazon's API,
//! `short_link.rs` where a short link leads. Every other file here is pure.

pub mod address;
pub mod breaker;
pub mod charset;
pub mod command;
pub mod conditional;
pub mod creators_api;
mod creators_http;
pub mod explain;
pub mod http;
pub mod politeness;
pub mod ration;
pub mod realm;
pub mod reasons;
pub mod retry_after;
pub mod robots;
mod short_link;
pub mod sqlite;
mod way;
mod weigh;
mod wire;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use crate::book::Source;
pub use breaker::Breaker;
pub use http::Fetcher;
pub use way::StillWanted;

/// The headers of an answer that help to tell a refusal from a page; all others are dropped.
pub const HELPFUL_HEADERS: &[&str] = &[
    "cf-mitigated",
    "content-type",
    "etag",
    "last-modified",
    "retry-after",
    "server",
    "x-amzn-waf-action",
    "x-cache",
];

/// A host as politeness counts it: its name in lower case, with the port where that is not the
/// scheme's own. A type, so that an address is never mistaken for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct HostKey(String);

impl HostKey {
    /// The host of an address; `None` for an address without one, as `mailto:`.
    pub fn of(address: &Url) -> Option<Self> {
        let host = address.host_str()?.to_ascii_lowercase();
        Some(Self(match address.port() {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }))
    }

    /// The host as it receives another way in than our own request.
    pub fn through(&self, source: Source) -> Self {
        match source {
            Source::Http => self.clone(),
            Source::Browser
            | Source::Command
            | Source::Api
            | Source::ByHand
            | Source::Companion => Self(format!("{} ({})", self.0, source.name())),
        }
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is remembered of a host between two requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostMemory {
    /// Nobody asks before this moment.
    pub next_allowed: Option<Timestamp>,
    /// What the host has done to us lately.
    pub breaker: Breaker,
    /// The UTC day that `requests` counts.
    pub day: Option<Date>,
    /// How many requests that day has seen.
    pub requests: u32,
    /// Who may ask the host now.
    pub lease: Option<Lease>,
}

/// The right to ask a host, which one look has at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who has it, in words.
    pub holder: String,
    /// When it ends by itself, should the holder have died.
    pub until: Timestamp,
}

/// What asking for a listing's page gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// An answer, which may still be a refusal: only reading tells. Report what it was with
    /// [`Fetcher::remember`].
    Got(Box<Got>),
    /// No answer.
    Nothing(NoPage),
}

/// An answer of a store's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// Who answered, and through which way in where that is not our own request: a host that
    /// turns our requests away may still show its pages to a program of the user's.
    pub host: HostKey,
    /// The HTTP status.
    pub status: u16,
    /// The address at which it was found, after redirects.
    pub address: Url,
    /// The [`HELPFUL_HEADERS`] that it had, names in lower case, in the order of their names.
    pub headers: Vec<(String, String)>,
    /// The decoded body.
    pub body: String,
    /// A picture of the page, as PNG, where a browser drew it.
    pub picture: Option<Vec<u8>>,
    /// When it was there, in whole milliseconds.
    pub at: Timestamp,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPage {
    /// The kind of reason.
    pub reason: NoPageReason,
    /// The rule that decided, as `fetch/robots`.
    pub rule: &'static str,
    /// The store was asked for this page. Where it was not, nothing new is known of the page.
    pub asked: bool,
    /// What happened and what to do next, in one sentence without a full stop.
    pub explanation: String,
    /// Asking again before this moment is no use.
    pub retry_at: Option<Timestamp>,
}

/// The kinds of reason for which there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoPageReason {
    /// robots.txt forbids it.
    Robots,
    /// The host, or its robots.txt, could not be had.
    Unreachable,
    /// The host turned us away, and we stay away for a while.
    Blocked,
    /// The day's requests to the host, or looks at the page, are used up. Not the store's doing,
    /// so no observation.
    Spent,
    /// Somebody else is asking this host: another Pubwatch on the same data. Not the store's
    /// doing, so no observation.
    Busy,
}

/// What an answer turned out to be once it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// A page of the store's, whatever it says, even "no such book".
    Welcome,
    /// A captcha, a challenge, a wall: the store turned us away.
    Refused,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_its_name_and_an_uncommon_port() {
        let key = |address: &str| HostKey::of(&Url::parse(address).unwrap()).unwrap();
        assert_eq!(
            key("https://WWW.Amazon.com/dp/1").as_str(),
            "www.amazon.com"
        );
        assert_eq!(
            key("https://www.amazon.com:443/").as_str(),
            "www.amazon.com"
        );
        assert_eq!(key("http://127.0.0.1:8080/").as_str(), "127.0.0.1:8080");
        assert_eq!(HostKey::of(&Url::parse("mailto:a@example").unwrap()), None);
    }
}
