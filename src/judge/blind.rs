//! Stores whose pages cannot be read for several editions at once: that is about the store, not
//! about a book, so it is told once. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::kind::UnreadStore;
use super::windows::{WindowName, Windows};
use super::{Finding, FindingKind, Task};
use crate::book::StoreId;
use crate::history::{ListingId, Unreadable};
use crate::page::UnreadReason;

/// A store at which several pages cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlindStore {
    /// The store.
    pub store: StoreId,
    /// Since when more than one page could not be read.
    pub since: Timestamp,
    /// The newest look at any of them.
    pub tried: Timestamp,
    /// How many pages cannot be read.
    pub pages: usize,
    /// How many pages are watched there.
    pub of: usize,
    /// The commonest reason.
    pub reason: UnreadReason,
    /// None of them was ever read, at three looks or more.
    pub is_never_read: bool,
}

/// The stores that cannot be read, in the order of their names.
///
/// 1. Two pages or more, of different editions, were unread at their newest looks, and they are at
///    least half of those watched there. One page alone is told of with its edition.
/// 2. Another product at the address is about that address, and counts for nothing here.
pub fn blind_stores(pages: &[Unreadable], watched: &[ListingId]) -> Vec<BlindStore> {
    let mut stores: BTreeMap<&StoreId, (Vec<&Unreadable>, usize)> = BTreeMap::new();
    for listing in watched {
        let (blind, of) = stores.entry(&listing.store).or_default();
        *of += 1;
        blind.extend(
            pages
                .iter()
                .find(|page| page.listing == *listing && page.reason != UnreadReason::WrongProduct),
        );
    }
    stores
        .into_iter()
        .filter_map(|(store, (mut blind, of))| {
            blind.sort_by_key(|page| page.since);
            let several_since = blind.get(1)?.since;
            let tried = blind.iter().map(|page| page.tried).max()?;
            let is_half = of <= blind.len() * 2;
            is_half.then(|| BlindStore {
                store: store.clone(),
                since: several_since,
                tried,
                pages: blind.len(),
                of,
                reason: commonest(&blind),
                is_never_read: blind.len() == of && blind.iter().all(|page| page.is_never_read),
            })
        })
        .collect()
}

fn commonest(pages: &[&Unreadable]) -> UnreadReason {
    let count = |reason: &UnreadReason| pages.iter().filter(|page| page.reason == *reason).count();
    UnreadReason::ALL
        .into_iter()
        .rev()
        .max_by_key(count)
        .unwrap_or(UnreadReason::NoEvidence)
}

/// Takes an edition's findings about such a store out of its letters: the notice says it.
///
/// So it does while another edition's page was read there since the last look at this one, `read_since`:
/// the store may be readable again, and this page is looked at before anything is said.
pub fn mark_shared_blindness(
    findings: &mut [Finding],
    stores: &[BlindStore],
    read_since: impl Fn(&StoreId) -> bool,
) {
    for finding in findings {
        let FindingKind::Unread(blindness) = &finding.kind else {
            continue;
        };
        let is_of_the_store = finding
            .stores
            .iter()
            .all(|store| stores.iter().any(|blind| blind.store == *store) || read_since(store));
        if is_of_the_store {
            finding.kind = FindingKind::UnreadWithOthers(blindness.clone());
        }
    }
}

/// All stores that are watched, several, are unreachable: our own line, which has a notice of its
/// own.
pub fn is_our_own_line(stores: &[BlindStore], watched: &[ListingId]) -> bool {
    let mut all: Vec<&StoreId> = watched.iter().map(|listing| &listing.store).collect();
    all.sort();
    all.dedup();
    1 < all.len()
        && stores.len() == all.len()
        && stores
            .iter()
            .all(|blind| blind.reason == UnreadReason::Unreachable)
}

impl BlindStore {
    /// It has lasted for longer than a store's moods usually do; a store that refused from the first
    /// look on has no mood.
    pub fn is_to_be_told(&self, windows: &Windows) -> bool {
        let window = windows.window(WindowName::Unread);
        self.is_never_read || window.quiet.after(self.since) <= self.tried
    }
}

/// One notice about all stores that are to be told of now; `None` when there is none.
pub fn notice_about(stores: &[&BlindStore], windows: &Windows) -> Option<Finding> {
    let since = stores.iter().map(|blind| blind.since).min()?;
    let each = stores
        .iter()
        .map(|blind| UnreadStore {
            store: blind.store.clone(),
            pages: blind.pages,
            of: blind.of,
            since: blind.since,
            reason: blind.reason,
            is_never_read: blind.is_never_read,
        })
        .collect();
    let names = stores.iter().map(|blind| blind.store.clone()).collect();
    let kind = FindingKind::StoresUnread { each };
    let mut found = Finding::new(kind, names, since).to_do(Task::LookYourself);
    found.usual = Some(windows.window(WindowName::Unread).usual());
    Some(found)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::judge::text::{Voice, said};

    const ISBNS: [&str; 4] = [
        "9781944098117",
        "9781944021030",
        "9781944021511",
        "9781944021665",
    ];

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn watched(stores: &[&str], editions: usize) -> Vec<ListingId> {
        let of = |store: &&str| {
            let store = StoreId::new(store);
            ISBNS.iter().take(editions).map(move |edition| ListingId {
                edition: edition.parse().unwrap(),
                store: store.clone(),
            })
        };
        stores.iter().flat_map(of).collect()
    }

    fn blind(listing: &ListingId, since: i64, reason: UnreadReason) -> Unreadable {
        Unreadable {
            listing: listing.clone(),
            since: at(since),
            tried: at(100),
            is_never_read: false,
            reason,
        }
    }

    /// The first pages of Amazon are blind; what is found is `store since pages/of`.
    #[track_caller]
    fn check(reasons: &[UnreadReason], expected: &[&str]) {
        let watched = watched(&["amazon.com", "bookshop.org"], 4);
        let pages: Vec<Unreadable> = watched
            .iter()
            .zip(reasons)
            .zip([7, 3, 9, 1])
            .map(|((listing, reason), since)| blind(listing, since, *reason))
            .collect();
        let found: Vec<String> = blind_stores(&pages, &watched)
            .iter()
            .map(|blind| {
                let since = blind.since.duration_since(at(0)).as_hours();
                format!("{} {since} {}/{}", blind.store, blind.pages, blind.of)
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn one_page_is_its_editions_and_half_of_them_are_the_stores() {
        let blocked = UnreadReason::Blocked;
        check(&[], &[]);
        check(&[blocked], &[]);
        check(&[blocked; 2], &["amazon.com 7 2/4"]);
        check(&[blocked; 4], &["amazon.com 3 4/4"]);
        check(&[blocked, UnreadReason::WrongProduct], &[]);
    }

    #[test]
    fn our_own_line_is_no_stores_fault() {
        let watched = watched(&["amazon.com", "bookshop.org"], 2);
        let all = |reason| {
            let pages: Vec<_> = watched.iter().map(|page| blind(page, 0, reason)).collect();
            is_our_own_line(&blind_stores(&pages, &watched), &watched)
        };
        assert!(all(UnreadReason::Unreachable));
        assert!(!all(UnreadReason::Blocked));
    }

    #[test]
    fn the_notice_names_the_stores_and_counts_the_pages() {
        let watched = watched(&["amazon.com", "bookshop.org"], 3);
        let pages: Vec<_> = watched
            .iter()
            .map(|page| blind(page, 0, UnreadReason::Blocked))
            .collect();
        let stores = blind_stores(&pages, &watched);
        let windows = Windows::new(&[]).unwrap();
        assert!(stores.iter().all(|store| store.is_to_be_told(&windows)));
        let stores: Vec<&BlindStore> = stores.iter().collect();
        let finding = notice_about(&stores, &windows).unwrap();
        let voice = Voice {
            zone: &jiff::tz::TimeZone::UTC,
            now: finding.since,
            stores: &[],
            edition: None,
            brief: false,
        };
        let said = said(&finding, &voice);
        assert_eq!(
            said.headline,
            "We could not read 6 pages of Amazon and Bookshop.org"
        );
        assert!(said.verdict.contains("At Amazon, 3 of 3 pages"));
        // The ways that fit best come first.
        let step = said.step.clone();
        let places =
            ["pubwatch companion", "pubwatch look", "\"browser\""].map(|way| step.find(way));
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{step}"
        );
        assert!(notice_about(&[], &windows).is_none());
    }
}
