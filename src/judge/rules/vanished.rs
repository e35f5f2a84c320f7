//! A page that was there is gone.

use jiff::ToSpan as _;

use crate::book::launch::midnight_gmt;
use crate::book::{Availability, Family, Making};
use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, NextStep, Party, Severity, SupportText};

/// A Kindle page that is gone in these days before its date is gone because of the date.
const KINDLE_DAYS: i64 = 14;

/// The page or the option vanished.
///
/// 1. A page was seen, twice; now the store has answered, twice, that it knows no such ISBN.
/// 2. A Kindle page that KDP feeds, gone in the two weeks before its date: act at once. KDP takes it
///    down and cancels the orders when the final file is not there three days before.
/// 3. Amazon after "Publish" at KDP is another rule's business until its time is over.
/// 4. Before the date, and while the listing settles: Watch after a day, act after three. Once
///    steady: act at the second sighting.
/// 5. Next step: search by ISBN: is the page gone, or only no longer joined to the other formats?
///    Then ask KDP where it serves the page, else the distributor.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let run = case.run(listing, |state| state == Availability::NotListed)?;
    let was = listing
        .spells
        .iter()
        .rev()
        .find(|spell| {
            spell.is_confirmed()
                && spell.since < run.since
                && spell.availability != Availability::NotListed
        })
        .map(|spell| spell.availability)?;
    let launch = &case.view.launch;
    let date = midnight_gmt(launch.publication);
    let near = midnight_gmt(launch.publication.saturating_sub(KINDLE_DAYS.days()));
    let is_kindle = case.making() == Making::Digital && launch.is_kdp_store(store);
    let sent_since = launch.kdp_at(store).is_some_and(|kdp| run.since <= kdp.at);
    if is_kindle && near <= run.seen && run.seen < date && !sent_since {
        let kind = FindingKind::KindlePageGone {
            date: launch.publication,
            was: Some(was),
        };
        let mut found = Finding::new(kind, vec![store.clone()], run.since)
            .weighing(Severity::Act)
            .seen_on(store, run.says, run.span())
            .then(NextStep::ask(Party::Kdp, SupportText::KdpNotLive));
        found.act_from = Some(run.since);
        return Some(found);
    }
    if case.is_switching(listing) {
        return None;
    }
    let name = if launch.steady_from(store) <= run.since {
        WindowName::SteadyVanished
    } else {
        WindowName::Delisted
    };
    let whom = case.party_for(store);
    let text = match (store.family(), whom) {
        (Family::Amazon, Party::Kdp) => SupportText::KdpNotLive,
        _ => SupportText::NotListed,
    };
    let kind = FindingKind::Vanished {
        was: Some(was),
        sold_at: case.sold_at_other_amazons(store),
    };
    Some(
        Finding::new(kind, vec![store.clone()], run.since)
            .within(case.window_at(name, store), run.since, run.seen)
            .seen_on(store, run.says, run.span())
            .then(NextStep::ask(whom, text)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::Script;

    #[test]
    fn once_steady_the_second_sighting_is_enough() {
        let script = |looks: i64| {
            Script::new("2023-03-01")
                .notes("2023-03-01T00:00 kdp_published")
                .pages(&format!(
                    "2023-09-01T09:00 amazon.com in_stock..24*8
                 2023-09-10T09:00 amazon.com not_listed..6*{looks}"
                ))
        };
        script(0).check(&[]);
        script(1).check(&["act vanished amazon.com"]);
        assert_eq!(script(1).judge()[0].ask(), Some(Party::Kdp));
    }

    #[test]
    fn before_the_date_there_is_a_day_of_grace() {
        for (looks, expected) in [
            (3, None),
            (4, Some("watch vanished bookshop.org")),
            (12, Some("act vanished bookshop.org")),
        ] {
            Script::new("2023-12-01")
                .enabled("2023-08-15")
                .pages(&format!(
                    "2023-09-01T09:00 bookshop.org pre_order..24*8
                     2023-09-10T09:00 bookshop.org not_listed..6*{looks}"
                ))
                .check(expected.as_slice());
        }
    }
}
