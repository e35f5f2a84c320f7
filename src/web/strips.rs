//! The last thirty days of each page in a row of the overview, drawn as in letters. Pure.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::face::{UNSEEN_CLASS, face};
use super::markup::text;
use crate::book::{EditionId, StoreId};
use crate::history::ListingView;
use crate::mail::strip::{Cell, days, strip};
use crate::text::words;

/// How many days a strip shows.
const DAYS: u16 = 30;

/// From when on the history must be known, so that strips can be drawn.
pub fn begins(now: Timestamp) -> Timestamp {
    let days = SignedDuration::from_hours(24 * (i64::from(DAYS) + 1));
    now.checked_sub(days).unwrap_or(Timestamp::MIN)
}

/// The strips of the pages of a page of editions, as markup.
pub type Strips = BTreeMap<(EditionId, StoreId), String>;

/// The strips of these editions.
pub fn strips(
    editions: &[(&EditionId, Vec<ListingView>)],
    zone: &TimeZone,
    now: Timestamp,
) -> Strips {
    let days = days(now, zone, DAYS);
    // Said once, not of every page anew.
    let lengths: Vec<String> = (0..=usize::from(DAYS))
        .map(|length| words::counted(length, "day"))
        .collect();
    let mut strips = Strips::new();
    for (edition, listings) in editions {
        for listing in listings {
            let key = ((*edition).clone(), listing.store.clone());
            strips.insert(key, drawn(&strip(listing, &days, now), &lengths));
        }
    }
    strips
}

/// A line a run of days, and all of it in words; empty where there is nothing to see yet.
fn drawn(cells: &[Cell], lengths: &[String]) -> String {
    let runs: Vec<&[Cell]> = cells.chunk_by(|one, next| one == next).collect();
    if runs.iter().all(|run| run.first() == Some(&Cell::Before)) {
        return String::new();
    }
    let mut lines = String::new();
    let mut said = Vec::new();
    let mut from = 0;
    for run in runs {
        let Some(&cell) = run.first() else { continue };
        let class = match cell {
            Cell::Before => None,
            Cell::Unseen => Some(UNSEEN_CLASS),
            Cell::State(state) => Some(face(state).class),
        };
        if let Some(class) = class {
            let days = lengths.get(run.len()).map_or("", String::as_str);
            said.push(format!("{} {days}", cell.word()));
            let length = run.len();
            lines.extend([
                "<path class=\"",
                class,
                &format!("\" d=\"M{from} 3h{length}\"/>"),
            ]);
        }
        from += run.len();
    }
    format!(
        "<svg class=\"strip\" viewBox=\"0 0 {DAYS} 6\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">{lines}</svg>",
        text(&said.join(", "))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Availability;

    #[test]
    fn a_strip_is_a_line_a_run_and_says_the_same_in_words() {
        let mut cells = vec![Cell::Before; 10];
        cells.extend([Cell::State(Availability::NotListed); 12]);
        cells.extend([Cell::Unseen; 1]);
        cells.extend([Cell::State(Availability::PreOrder); 7]);
        let lengths: Vec<String> = (0..=30)
            .map(|length| words::counted(length, "day"))
            .collect();
        let drawn = drawn(&cells, &lengths);
        for part in [
            "aria-label=\"Not listed 12 days, Not seen 1 day, Pre-order 7 days\"",
            "<path class=\"s-m\" d=\"M10 3h12\"/>",
            "<path class=\"s-p\" d=\"M23 3h7\"/></svg>",
        ] {
            assert!(drawn.contains(part), "{part}: {drawn}");
        }
        assert!(!drawn.contains("M0 "), "{drawn}");
    }

    #[test]
    fn what_was_not_watched_yet_has_none() {
        assert_eq!(drawn(&[Cell::Before; 30], &[]), "");
    }
}
