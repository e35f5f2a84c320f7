//! One look at one listing, and what brings its page: the words that the files of this stage which
//! ask share.

use std::time::Duration;

use super::conditional::Validators;
use super::realm::Realm;
use super::sqlite::Passage;
use crate::book::Source;
use crate::db::DbError;

/// Asks, when the turn has come, whether the page is still wanted.
pub type StillWanted<'a> = &'a (dyn Fn() -> Result<bool, DbError> + Send + Sync);

/// One look at one listing.
pub(super) struct Look<'a> {
    pub(super) realm: Realm,
    /// The store's own pause, or the general one.
    pub(super) pause: Duration,
    /// The name of this look in leases.
    pub(super) holder: String,
    pub(super) still_wanted: StillWanted<'a>,
    /// By what the page can be recognised, should it be the same as the last time.
    pub(super) known: Option<&'a Validators>,
    /// How the page itself is had.
    pub(super) way: Way,
}

/// What brings a page: our own request, or something of the user's.
pub(super) enum Way {
    Http,
    Browser,
    /// The program and its arguments.
    Command(Vec<String>),
    Api,
}

impl Way {
    pub(super) fn source(&self) -> Source {
        match self {
            Self::Http => Source::Http,
            Self::Browser => Source::Browser,
            Self::Command(_) => Source::Command,
            Self::Api => Source::Api,
        }
    }
}

/// What a request is for.
#[derive(Clone, Copy)]
pub(super) enum Errand {
    Robots,
    Page {
        passage: Passage,
        crawl_delay: Option<Duration>,
    },
}
