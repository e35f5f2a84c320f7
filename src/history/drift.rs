//! Whether a store's pages have changed under us: more of them than before say nothing that we
//! understand, or are read by fallbacks alone. Pure.
//!
//! What a wall or a broken line keeps from us is no sign of it, and neither is what the author or an
//! API told.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::book::{EditionId, StoreId};
use crate::stores::How;
use crate::text::words;

/// The newer period reaches so far back.
pub const NOW: SignedDuration = SignedDuration::from_hours(3 * 24);

/// The older one reaches so far back beyond it.
pub const BEFORE: SignedDuration = SignedDuration::from_hours(28 * 24);

/// Fewer pages than these are no pattern.
pub const FEWEST: usize = 3;

/// A look at a page of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The edition.
    pub edition: EditionId,
    /// When.
    pub at: Timestamp,
    /// How it was read.
    pub how: How,
}

/// A store's pages are read worse than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Whose pages.
    pub store: StoreId,
    /// So many are read worse than before.
    pub pages: usize,
    /// Of so many that were looked at in both periods.
    pub of: usize,
    /// The first of the worse looks.
    pub since: Timestamp,
    /// They are not read at all; otherwise by fallbacks.
    pub is_unread: bool,
    /// One of them, of which the parts are kept.
    pub example: EditionId,
}

/// What of a page counts: how it was mostly read before, and since when it is read as it is now.
struct PageSeen {
    usual: How,
    now: How,
    since: Timestamp,
}

/// The drift between two periods, `before` and `now`, of which the looks are in the order of time.
///
/// 1. A page counts where it was looked at in both, and was read before; it is worse where its newest
///    looks, two at least, are all worse than what was usual.
/// 2. At least three pages are worse, and at least half of those that count.
pub fn drift(store: &StoreId, before: &[Looked], now: &[Looked]) -> Option<Drift> {
    let pages = pages(before, now);
    let worse = |is_it: fn(How) -> bool| -> Vec<(&EditionId, &PageSeen)> {
        let worse = pages.iter().filter(|(_, page)| page.now < page.usual);
        worse
            .filter(|(_, page)| is_it(page.now))
            .map(|(edition, page)| (*edition, page))
            .collect()
    };
    let told = |worse: &[(&EditionId, &PageSeen)], is_unread| {
        let is_pattern = FEWEST <= worse.len() && pages.len() <= 2 * worse.len();
        let since = worse.iter().map(|(_, page)| page.since).min()?;
        let (example, _) = worse.iter().max_by_key(|(_, page)| page.since)?;
        is_pattern.then(|| Drift {
            store: store.clone(),
            pages: worse.len(),
            of: pages.len(),
            since,
            is_unread,
            example: (*example).clone(),
        })
    };
    told(&worse(|how| how == How::NotUnderstood), true).or_else(|| told(&worse(|_| true), false))
}

fn pages<'l>(before: &'l [Looked], now: &'l [Looked]) -> BTreeMap<&'l EditionId, PageSeen> {
    let mut looks: BTreeMap<&EditionId, (Vec<&Looked>, Vec<&Looked>)> = BTreeMap::new();
    for look in before {
        looks.entry(&look.edition).or_default().0.push(look);
    }
    for look in now {
        looks.entry(&look.edition).or_default().1.push(look);
    }
    let seen = |(before, now): (Vec<&Looked>, Vec<&Looked>)| {
        let count = |how| before.iter().filter(|look| look.how == how).count();
        let usual = [How::NotUnderstood, How::ByFallback, How::AsMeant]
            .into_iter()
            .max_by_key(|how| count(*how))
            .filter(|how| 0 < count(*how) && *how != How::NotUnderstood)?;
        let newest = now.last()?.how;
        let all = || before.iter().chain(&now).rev();
        let mut worse = all().take_while(|look| look.how < usual);
        let (last, second) = (worse.next(), worse.next());
        let since = worse.last().or(second).map(|look| look.at);
        let is_twice = last.is_some() && second.is_some();
        Some(PageSeen {
            usual,
            now: if newest < usual && !is_twice {
                usual
            } else {
                newest
            },
            since: since.unwrap_or(now.last()?.at),
        })
    };
    looks
        .into_iter()
        .filter_map(|(edition, periods)| Some((edition, seen(periods)?)))
        .collect()
}

impl Drift {
    /// "Amazon's pages have changed: 12 of 14 unread since Tue 24 November".
    pub fn words(&self, label: &str, zone: &TimeZone, now: Timestamp) -> String {
        let how = if self.is_unread {
            "unread"
        } else {
            "read by less than before"
        };
        format!(
            "{}'s pages have changed: {} of {} {how} since {}",
            words::clipped(label, 40),
            self.pages,
            self.of,
            words::day(self.since, zone, now)
        )
    }

    /// What to do about it: the parts of one such page are kept, and can be sent in.
    pub fn next_step(&self) -> String {
        let (edition, store) = (&self.example, &self.store);
        format!(
            "a new version may read them: `pubwatch evidence {edition} {store} --html > page.html` \
             writes the kept parts of one, to be looked through and sent in with a report; until \
             then look yourself: `pubwatch look {edition} {store}`"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter a look: `m` as meant, `f` by a fallback, `n` not understood; a page a word, a
    /// look a day.
    fn looks(text: &str, first_day: i64) -> Vec<Looked> {
        let editions = [
            "9781944098117",
            "9781944021030",
            "9781944021511",
            "9781944021665",
        ];
        let mut looks = Vec::new();
        for (edition, word) in editions.iter().zip(text.split(' ')) {
            for (day, letter) in (first_day..).zip(word.chars()) {
                let how = match letter {
                    'm' => How::AsMeant,
                    'f' => How::ByFallback,
                    'n' => How::NotUnderstood,
                    _ => continue,
                };
                let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day);
                let edition = edition.parse().unwrap();
                looks.push(Looked { edition, at, how });
            }
        }
        looks.sort_by_key(|look| look.at);
        looks
    }

    #[track_caller]
    fn check(before: &str, now: &str, expected: Option<&str>) {
        let store = StoreId::new("amazon.com");
        let found = drift(&store, &looks(before, 1), &looks(now, 5));
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 8);
        let said = found.map(|drift| drift.words("Amazon", &TimeZone::UTC, now));
        assert_eq!(said.as_deref(), expected);
    }

    #[test]
    fn three_pages_of_four_that_were_read_and_are_not_are_a_drift() {
        let unread = "Amazon's pages have changed: 3 of 4 unread since ";
        check(
            "mmmm mmmm mmmm mmmm",
            "mnn nnn nnn mmm",
            Some(&format!("{unread}Tue 6 January")),
        );
        check(
            "mmmn mmmm mmmm mmmm",
            "nnn -nn nnn mmm",
            Some(&format!("{unread}Mon 5 January")),
        );
        check(
            "mmmm ffff ffff mmmm",
            "nnn nnn nnn mmm",
            Some(&format!("{unread}Tue 6 January")),
        );
    }

    #[test]
    fn fallbacks_are_told_where_the_rules_of_the_store_spoke_before() {
        let fallback = "Amazon's pages have changed: 3 of 3 read by less than before since ";
        check(
            "mmmm mmmm mmmm",
            "fff fff fff",
            Some(&format!("{fallback}Tue 6 January")),
        );
        check(
            "mmmm mmmm mmmm",
            "nnn fff fff",
            Some(&format!("{fallback}Tue 6 January")),
        );
        check("ffff ffff ffff", "fff fff fff", None);
        check("ffff ffff ffff", "mmm mmm mmm", None);
    }

    #[test]
    fn few_pages_one_look_and_pages_that_were_never_read_are_none() {
        check("", "", None);
        check("mmmm mmmm", "nnn nnn", None);
        check("mmmm mmmm mmmm", "mmn mmn mmn", None);
        check("nnnn nnnn nnnn", "nnn nnn nnn", None);
        check("---- ---- ----", "nnn nnn nnn", None);
        check("mmmm mmmm mmmm", "--- --- ---", None);
        check("mmmm mmmm mmmm mmmm", "nnn mmm mmm nnn", None);
        check("mmmm mmmm mmmm mmmm", "nnn nnm nnm nnm", None);
    }
}
