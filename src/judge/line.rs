//! Our own line: every store fails at once.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::windows::{WindowName, Windows};
use super::{Finding, FindingKind, Task};
use crate::book::StoreId;
use crate::history::{ListingView, View};
use crate::page::UnreadReason;

/// How the newest looks at one store went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The store.
    pub store: StoreId,
    /// The newest answer of any kind that was not a failure of the line.
    pub answered: Option<Timestamp>,
    /// Since when every look failed without an answer; `None` while the store answers.
    pub silent_since: Option<Timestamp>,
    /// The newest look.
    pub tried: Timestamp,
}

/// How the newest looks went, store by store, over all editions.
///
/// A store is silent when the newest looks at all its listings found it unreachable, since the
/// last of them began to fail.
pub fn reach(views: impl IntoIterator<Item: Borrow<View>>) -> Vec<Reach> {
    let mut stores: BTreeMap<StoreId, Reach> = BTreeMap::new();
    for view in views {
        for listing in &view.borrow().listings {
            add(&mut stores, listing);
        }
    }
    stores.into_values().collect()
}

fn add(stores: &mut BTreeMap<StoreId, Reach>, listing: &ListingView) {
    let Some(tried) = listing.last_try else {
        return;
    };
    let silent = listing
        .blind
        .as_ref()
        .filter(|blind| blind.unread.reason == UnreadReason::Unreachable)
        .map(|blind| blind.alike_since);
    let one = Reach {
        store: listing.store.clone(),
        answered: if silent.is_some() {
            listing.last_good
        } else {
            Some(tried)
        },
        silent_since: silent,
        tried,
    };
    stores
        .entry(listing.store.clone())
        .and_modify(|known| {
            known.answered = known.answered.max(one.answered);
            known.silent_since = known
                .silent_since
                .zip(one.silent_since)
                .map(|(left, right)| left.max(right));
            known.tried = known.tried.max(one.tried);
        })
        .or_insert(one);
}

/// Own line down.
///
/// 1. At least two stores are watched, and all of them are silent.
/// 2. The newest look at each came at least 12 hours after the last of them fell silent.
/// 3. One notice, never an alarm about a book: nothing is known of any page, and nothing changed.
pub fn line_down(stores: &[Reach], windows: &Windows) -> Option<Finding> {
    let since = stores
        .iter()
        .map(|one| one.silent_since)
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .max()?;
    let tried = stores.iter().map(|one| one.tried).min()?;
    let window = windows.window(WindowName::LineDown);
    if stores.len() < 2 || tried < window.quiet.after(since) {
        return None;
    }
    let hours = tried
        .duration_since(since)
        .max(SignedDuration::ZERO)
        .as_hours();
    let kind = FindingKind::LineDown { hours };
    let mut found = Finding::new(kind, Vec::new(), since).to_do(Task::CheckNetwork);
    found.usual = Some(window.usual());
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::Script;

    #[track_caller]
    fn check(pages: &str, expected: bool) {
        let view = Script::new("2027-02-09").pages(pages).view();
        let windows = Windows::new(&[]).unwrap();
        let finding = line_down(&reach([&view]), &windows);
        assert_eq!(finding.is_some(), expected, "{finding:?}");
    }

    #[test]
    fn all_stores_silent_for_long_are_our_own_line() {
        check(
            "2027-01-01T00:00 amazon.com unreachable
             2027-01-01T00:00 bookshop.org unreachable
             2027-01-01T12:00 amazon.com unreachable
             2027-01-01T12:00 bookshop.org unreachable",
            true,
        );
    }

    #[test]
    fn one_store_that_answers_is_enough_whatever_it_says() {
        check(
            "2027-01-01T00:00 amazon.com blocked
             2027-01-01T00:00 bookshop.org unreachable
             2027-01-01T12:00 amazon.com blocked
             2027-01-01T12:00 bookshop.org unreachable",
            false,
        );
    }

    #[test]
    fn stores_that_turned_us_away_before_a_short_outage_have_answered() {
        check(
            "2027-01-01T00:00 amazon.com blocked..6*12
             2027-01-01T00:00 bookshop.org blocked..6*12
             2027-01-04T01:00 amazon.com unreachable
             2027-01-04T01:00 bookshop.org unreachable",
            false,
        );
    }

    #[test]
    fn a_short_outage_is_nothing() {
        check(
            "2027-01-01T00:00 amazon.com unreachable
             2027-01-01T00:00 bookshop.org unreachable
             2027-01-01T11:00 amazon.com unreachable
             2027-01-01T11:00 bookshop.org unreachable",
            false,
        );
    }
}
