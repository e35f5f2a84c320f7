//! Passes that were given: read-only links for clients, and the tokens of companions.
//!
//! Who has a link sees the editions of one imprint or client and nothing else; a companion hands over
//! what the author sees. Of the secret of a pass only a hash is kept.

pub mod sqlite;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::security::digest;
use crate::config::plan::EditionPlan;

/// A pass that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// Its number, by which it is withdrawn.
    pub number: i64,
    /// The imprint or client whose editions a link shows, as the editions name it; `None`: it is the
    /// token of a companion.
    pub client: Option<String>,
    /// When it was made.
    pub made: Timestamp,
    /// The extension's origin, as `chrome-extension://…`, once a companion has spoken.
    pub origin: Option<String>,
    /// When a companion handed something over last.
    pub heard: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
}

/// The imprints and clients that a link may be given to, as the editions name them.
pub fn clients(editions: &[EditionPlan]) -> BTreeSet<&str> {
    let editions = editions.iter();
    editions
        .filter_map(|plan| plan.edition.imprint.as_deref())
        .collect()
}

/// What is kept of the secret of a pass.
pub fn hash(secret: &str) -> String {
    digest(secret.as_bytes())
}
