//! Amazon's Creators API: what is sent, and what the answers mean. Pure; `creators_http.rs` sends.
//!
//! Sources: Amazon's Creators API documentation (errors: "error codes and messages"), its Python
//! SDK as bundled by sergioteula/python-amazon-paapi in May 2026, goark/pa-api, and real answers in
//! public issue reports of 2026. PA-API 5 is gone since May 2026, and is not spoken here.

mod answer;
mod request;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use crate::book::Source;
use crate::config::plan::Secret;
use crate::config::ways::ApiPlan;
use crate::fetch::HostKey;

pub use answer::{items_of, token_of};
pub use request::{items_request, token_request};

/// The least time between two requests: what a new account is granted.
pub const PAUSE: Duration = Duration::from_secs(1);

/// The most items that one request may name.
pub const MOST_ITEMS: usize = 10;

/// A token is no longer used when it has less than this to live.
const MARGIN: Duration = Duration::from_secs(120);

/// The host of the API, or of what the user set in its place.
pub fn host(plan: &ApiPlan) -> Option<HostKey> {
    let catalog = request::catalog(plan)?;
    Some(HostKey::of(&catalog)?.through(Source::Api))
}

/// A request to be sent by POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where to.
    pub address: Url,
    /// Its headers, names in lower case. Some are secret: never print them.
    pub headers: Vec<(&'static str, Secret)>,
    /// Its body, which may be secret as a whole.
    pub body: Secret,
    /// What is secret in all that, and is starred wherever the answer repeats it.
    pub secret: Secret,
}

/// A token, and until when it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    value: Secret,
    good_until: Timestamp,
}

impl Token {
    /// It may be used now.
    pub fn is_good(&self, now: Timestamp) -> bool {
        now < self.good_until
    }
}

/// What the API says of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// The item itself, as JSON.
    Found(Value),
    /// Why it is not there, in the API's words, as `ItemNotAccessible: …`.
    Missing(String),
}

/// Why the API gave no items.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiFailure {
    /// The token is refused; a new one may help.
    #[error(
        "Amazon's API does not take its own token any more ({0}); it will be asked for a new one"
    )]
    Token(String),
    /// The account is not allowed.
    #[error("{0}")]
    Account(String),
    /// Too many requests.
    #[error(
        "Amazon's API asks for fewer requests; it is left alone for {} seconds",
        wait.as_secs()
    )]
    Throttled {
        /// How long it is left alone.
        wait: Duration,
    },
    /// A fault of Amazon's.
    #[error("Amazon's API had a fault of its own ({0}); it will be asked again")]
    Theirs(String),
    /// An answer that nobody foresaw.
    #[error(
        "Amazon's API answered what this version of Pubwatch does not understand ({0}); see \
         whether there is a newer version"
    )]
    Unknown(String),
}
