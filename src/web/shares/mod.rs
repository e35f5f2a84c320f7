//! Read-only links for clients: whoever has one sees the editions of one imprint or client, and
//! nothing else.

pub mod sqlite;

use jiff::Timestamp;

use super::security::digest;

/// A link that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Its number, by which it is withdrawn.
    pub number: i64,
    /// The imprint or client, as the editions name it.
    pub client: String,
    /// When it was made.
    pub made: Timestamp,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
}

/// What is kept of the secret of a link.
#[must_use]
pub fn hash(secret: &str) -> String {
    digest(secret.as_bytes())
}
