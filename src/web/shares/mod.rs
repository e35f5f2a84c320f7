//! Read-only links for clients: whoever has one sees the editions of one imprint or client, and
//! nothing else.

pub mod sqlite;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::security::digest;
use crate::config::plan::EditionPlan;

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

/// The imprints and clients that a link may be given to, as the editions name them.
pub fn clients(editions: &[EditionPlan]) -> BTreeSet<&str> {
    let editions = editions.iter();
    editions
        .filter_map(|plan| plan.edition.imprint.as_deref())
        .collect()
}

/// What is kept of the secret of a link.
pub fn hash(secret: &str) -> String {
    digest(secret.as_bytes())
}
