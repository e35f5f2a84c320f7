//! What cannot be read at present, and when the stores are asked next: for `status` and `history`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::face;
use crate::book::{EditionId, StoreId};
use crate::config::plan::{StorePlan, label};
use crate::history::{Blind, ListingView, View};
use crate::judge::other_ways;
use crate::page::{UnreadReason, refused};
use crate::round::sqlite::NextLook;
use crate::schedule::due::Why;
use crate::text::words;

/// The time, and how people there write it.
#[derive(Clone, Copy)]
pub(crate) struct Here<'a> {
    pub(crate) zone: &'a TimeZone,
    pub(crate) now: Timestamp,
    pub(crate) stores: &'a [StorePlan],
}

/// A page that cannot be read.
type Dark<'a> = (&'a EditionId, &'a ListingView, &'a Blind);

/// A paragraph for each store and reason: since when, why, the last good look, the next try, and
/// what else there is. Empty while every page can be read.
pub(crate) fn blind(views: &[&View], next: &[NextLook], here: Here<'_>) -> String {
    let mut groups: BTreeMap<(&StoreId, UnreadReason), Vec<Dark<'_>>> = BTreeMap::new();
    for view in views {
        for listing in &view.listings {
            if let Some(blind) = &listing.blind {
                let key = (&listing.store, blind.unread.reason);
                let group = groups.entry(key).or_default();
                group.push((&view.edition.id, listing, blind));
            }
        }
    }
    groups
        .into_iter()
        .map(|((store, reason), pages)| paragraph(store, reason, &pages, next, here))
        .collect()
}

fn paragraph(
    store: &StoreId,
    reason: UnreadReason,
    pages: &[Dark<'_>],
    next: &[NextLook],
    here: Here<'_>,
) -> String {
    let moment = |at| words::brief_moment(at, here.zone, here.now);
    let Some((edition, newest, blind)) = pages.iter().max_by_key(|(_, page, _)| page.last_try)
    else {
        return String::new();
    };
    let since = pages.iter().map(|(_, _, blind)| blind.since).min();
    let since = since.unwrap_or(blind.since);
    let many = i64::try_from(pages.len()).unwrap_or(i64::MAX);
    let mut lines = vec![format!(
        "{}: {} not read since {} ({}): {}",
        face::bold(label(store, here.stores)),
        words::count(many, "page"),
        moment(since),
        words::lasting(here.now.duration_since(since)),
        reason.words()
    )];
    lines.push(match refused::explain(&blind.unread) {
        Some(sentence) => format!("  {sentence} ({})", words::clipped(&blind.unread.words, 80)),
        None => format!("  “{}”", words::clipped(&blind.unread.words, 240)),
    });
    let good = pages.iter().filter_map(|(_, page, _)| page.last_good).max();
    let good = match (good, many) {
        (Some(at), _) => format!("The last good look was {}.", moment(at)),
        (None, 1) => "It has never been readable.".to_owned(),
        (None, _) => "None of them has ever been readable.".to_owned(),
    };
    let ours = next.iter().filter(|next| {
        let is_one = |(edition, page, _): &Dark<'_>| {
            **edition == next.listing.edition && page.store == next.listing.store
        };
        pages.iter().any(is_one)
    });
    let soonest = ours.filter_map(|next| next.due).min_by_key(|due| due.at);
    let again = soonest.map_or_else(String::new, |due| {
        format!(" Next try {}: {}.", when(due.at, here), due.why.words())
    });
    lines.push(format!("  {good}{again}"));
    lines.push(advice(edition, newest, reason));
    lines.push(String::new());
    lines.join("\n")
}

/// What a person can do.
fn advice(edition: &EditionId, listing: &ListingView, reason: UnreadReason) -> String {
    let store = &listing.store;
    if reason == UnreadReason::WrongProduct {
        return format!(
            "  Compare {} with the book's page in your browser, and give the right address: \
             `pubwatch edit {edition} --address ADDRESS`.",
            listing.address
        );
    }
    format!(
        "  Look yourself and tell: `{}`.{}",
        other_ways::command(edition, store),
        other_ways::another(&[(store, reason)])
    )
}

/// When any page is looked at next, and which pages are kept waiting although their time has come.
pub(crate) fn next_looks(next: &[NextLook], views: &[&View], here: Here<'_>) -> String {
    let asked = || next.iter().filter_map(|next| Some((next, next.due?)));
    let Some((first, due)) = asked().min_by_key(|(_, due)| due.at) else {
        return String::new();
    };
    let title = views
        .iter()
        .find(|view| view.edition.id == first.listing.edition)
        .map_or("", |view| view.edition.title.as_str());
    let mut lines = vec![format!(
        "\nNext look: {}, {} at {} ({})",
        when(due.at, here),
        words::clipped(title, 40),
        label(&first.listing.store, here.stores),
        due.why.words()
    )];
    let mut kept: BTreeMap<(&StoreId, &str), (usize, Timestamp)> = BTreeMap::new();
    for (next, due) in asked() {
        if matches!(due.why, Why::Closed | Why::StoreSpent | Why::Spent) {
            let key = (&next.listing.store, due.why.words());
            let waiting = kept.entry(key).or_insert((0, due.at));
            waiting.0 += 1;
            waiting.1 = waiting.1.min(due.at);
        }
    }
    for ((store, why), (pages, until)) in kept {
        lines.push(format!(
            "{}: {} left alone until {}: {why}",
            label(store, here.stores),
            words::counted(pages, "page"),
            when(until, here)
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn when(at: Timestamp, here: Here<'_>) -> String {
    if at <= here.now {
        "now".to_owned()
    } else {
        words::brief_moment(at, here.zone, here.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::ListingId;
    use crate::judge::script::Script;
    use crate::schedule::due::Due;

    fn next(store: &str, at: &str, why: Why) -> NextLook {
        let view = Script::new("2027-02-09").view();
        NextLook {
            listing: ListingId {
                edition: view.edition.id,
                store: StoreId::new(store),
            },
            due: Some(Due {
                at: at.parse().unwrap(),
                why,
            }),
        }
    }

    #[test]
    fn a_store_that_turned_us_away_is_named_with_all_that_a_person_needs() {
        let view = Script::new("2027-02-09")
            .pages(
                "2027-01-04T00:00 amazon.com pre_order
                 2027-01-04T00:00 bookshop.org pre_order
                 2027-01-05T08:00 amazon.com blocked
                 2027-01-06T08:00 amazon.com blocked",
            )
            .view();
        let here = Here {
            zone: &TimeZone::UTC,
            now: "2027-01-06T09:00:00Z".parse().unwrap(),
            stores: &[],
        };
        let looks = [
            next("amazon.com", "2027-01-06T10:00:00Z", Why::Closed),
            next("bookshop.org", "2027-01-06T12:00:00Z", Why::Rhythm),
        ];
        let text = anstream::adapter::strip_str(&blind(&[&view], &looks, here)).to_string();
        let edition = &view.edition.id;
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "Amazon: 1 page not read since Tue 5 January, 08:00 UTC (25 hours): the store turned \
             us away"
        );
        assert_eq!(
            lines[2],
            "  The last good look was Mon 4 January, 00:00 UTC. Next try 10:00 UTC: the store \
             asked for quiet until then."
        );
        assert_eq!(
            lines[3],
            format!(
                "  Look yourself and tell: `pubwatch look {edition} amazon.com --says …`.{}",
                other_ways::another(&[(&StoreId::new("amazon.com"), UnreadReason::Blocked)])
            )
        );
        assert_eq!(lines.len(), 4, "only the store that is dark: {text}");
        assert_eq!(
            next_looks(&looks, &[&view], here),
            format!(
                "\nNext look: 10:00 UTC, {} at Amazon (the store asked for quiet until then)\n\
                 Amazon: 1 page left alone until 10:00 UTC: the store asked for quiet until then\n",
                view.edition.title
            )
        );
    }
}
