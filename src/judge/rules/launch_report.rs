//! How the book stands at every store, a day and three days after its date.

use jiff::{SignedDuration, Timestamp};

use super::LAUNCH_REPORTS;
use crate::book::launch::begun_everywhere;
use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::{Finding, Severity, words};

/// A report that could not be written for so long after it was due is no longer one.
const LATEST: [i64; 2] = [72, 168];

/// It waits at most so long for a look at every page since it was due.
const PATIENCE: SignedDuration = SignedDuration::from_hours(6);

/// The launch reports, 24 and 72 hours after the later of the two dates has begun everywhere
/// (DOMAIN §6.1).
///
/// 1. It goes by the clock, as the calendar does: that a store is behind is what it is to say.
/// 2. It waits for a look at every page since it was due, for six hours at most; pages that cannot
///    be read are said to be so.
/// 3. The newest look counts as the clock does, so that a clock that was set back tells nothing anew.
/// 4. A launch that was over before we looked for the first time has none.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let date = case.view.launch.publication.max(case.view.launch.on_sale);
    let begun = begun_everywhere(date);
    let is_watched = case
        .view
        .listings
        .iter()
        .any(|listing| listing.watched_since.is_some_and(|since| since <= begun));
    if !is_watched {
        return Vec::new();
    }
    let now = reached(case);
    LAUNCH_REPORTS
        .iter()
        .zip(LATEST)
        .filter_map(|((rule, hours), latest)| {
            let after = |hours: i64| {
                begun
                    .checked_add(SignedDuration::from_hours(hours))
                    .unwrap_or(Timestamp::MAX)
            };
            let due = after(*hours);
            let is_time = due <= now && now < after(latest);
            (is_time && is_looked_at(case, due, now)).then(|| report(case, rule, due))
        })
        .collect()
}

/// How far the time has come: a clock that was set back does not bring back yesterday's report.
fn reached(case: &Case<'_>) -> Timestamp {
    let looks = case.view.listings.iter().filter_map(|one| one.last_try);
    looks.fold(case.now, Timestamp::max)
}

/// Every page that can be read was read since the report was due, or it has waited long enough.
fn is_looked_at(case: &Case<'_>, due: Timestamp, now: Timestamp) -> bool {
    let has_waited = PATIENCE <= now.duration_since(due);
    let mut readable = case.view.listings.iter().filter(|one| one.blind.is_none());
    has_waited || readable.all(|listing| listing.last_good >= Some(due))
}

/// The page can be read, and a buyer gets the book there.
#[must_use]
pub fn sells(listing: &ListingView) -> bool {
    listing.blind.is_none()
        && listing
            .now()
            .is_some_and(|spell| spell.availability.is_released())
}

fn report(case: &Case<'_>, rule: &'static str, due: Timestamp) -> Finding {
    let listings = &case.view.listings;
    let (selling, missing): (Vec<&ListingView>, Vec<&ListingView>) =
        listings.iter().partition(|listing| sells(listing));
    let headline = match (selling.len(), listings.len()) {
        (0, 1) => format!("{} does not sell it yet", words::stores(stores(&missing))),
        (0, _) => "No store sells it yet".to_owned(),
        (1, 1) => format!("{} sells it", words::stores(stores(&selling))),
        (some, all) if some == all => format!("All {all} stores sell it"),
        (some, all) => format!("{some} of {all} stores sell it"),
    };
    let mut verdict = Vec::new();
    if !selling.is_empty() {
        let verb = if selling.len() == 1 { "sells" } else { "sell" };
        verdict.push(format!("{} {verb} it.", words::stores(stores(&selling))));
    }
    if !missing.is_empty() {
        let each: Vec<String> = missing.iter().map(|one| still(case, one)).collect();
        let each: Vec<&str> = each.iter().map(String::as_str).collect();
        verdict.push(format!("Still missing: {}.", words::list(&each)));
    }
    let next_step = match (missing.is_empty(), rule == LAUNCH_REPORTS[0].0) {
        (true, _) => "Nothing to do. These are the links to share.",
        (false, true) => {
            "Stores usually follow within three days of the date. Wait for the next report; if \
             something needs you before, we write."
        }
        (false, false) => {
            "For each store that is missing, we write what is usual there and when there is \
             something to do."
        }
    };
    Finding {
        rule,
        stores: Vec::new(),
        severity: Severity::GoodNews,
        since: due,
        headline,
        verdict: verdict.join(" "),
        usual: None,
        act_from: None,
        next_step: next_step.to_owned(),
        ask: None,
        text: None,
    }
}

fn stores<'a>(listings: &[&'a ListingView]) -> impl Iterator<Item = &'a crate::book::StoreId> {
    listings
        .iter()
        .map(|listing| &listing.store)
        .collect::<Vec<_>>()
        .into_iter()
}

/// "Barnes & Noble (Pre-order since Tue 9 February)".
fn still(case: &Case<'_>, listing: &ListingView) -> String {
    let label = listing.store.label();
    let what = match (&listing.blind, listing.now()) {
        (Some(blind), _) => format!(
            "not readable since {}",
            words::day(blind.since, case.zone())
        ),
        (None, Some(spell)) => format!(
            "{} since {}",
            spell.availability.word(),
            words::day(spell.since, case.zone())
        ),
        (None, None) => "not looked at yet".to_owned(),
    };
    format!("{label} ({what})")
}

#[cfg(test)]
mod tests {
    use crate::judge::script::Script;

    fn launch(more: &str) -> Script {
        Script::new("2027-02-09")
            .with(|edition| edition.amazon_switch = false)
            .pages(&format!(
                "2027-02-01T00:00 amazon.com pre_order..12*16
                 2027-02-01T00:00 bookshop.org pre_order..12*16
                 2027-02-09T06:00 amazon.com in_stock..6*5\n{more}"
            ))
    }

    /// The newest report, in its headline and its verdict.
    #[track_caller]
    fn check(script: &Script, rule: &str, headline: &str, verdict: &str) {
        let findings = script.judge();
        let found = findings.iter().find(|finding| finding.rule == rule);
        let found = found.unwrap_or_else(|| panic!("no {rule}: {findings:#?}"));
        assert_eq!(found.headline, headline);
        assert_eq!(found.verdict, verdict);
    }

    #[test]
    fn a_day_after_the_date_it_says_who_sells_it_and_who_does_not() {
        // The date has begun everywhere at noon GMT.
        let behind = launch("2027-02-09T06:00 bookshop.org pre_order..6*5");
        check(
            &behind,
            "launch-report-24h",
            "1 of 2 stores sell it",
            "Amazon sells it. Still missing: Bookshop.org (Pre-order since Mon 1 February).",
        );
        let before = launch("2027-02-09T06:00 bookshop.org pre_order..6*4")
            .pages("2027-02-10T11:00 bookshop.org pre_order");
        assert!(
            before
                .judge()
                .iter()
                .all(|one| one.rule != "launch-report-24h")
        );
    }

    #[test]
    fn three_days_after_it_comes_once_more() {
        let all = launch("2027-02-09T06:00 bookshop.org in_stock..6*13")
            .pages("2027-02-12T12:00 amazon.com in_stock");
        check(
            &all,
            "launch-report-72h",
            "All 2 stores sell it",
            "Amazon and Bookshop.org sell it.",
        );
        let findings = all.judge();
        assert!(findings.iter().all(|one| one.rule != "launch-report-24h"));
    }

    #[test]
    fn a_page_that_cannot_be_read_is_said_to_be_so() {
        let blind = launch("2027-02-09T06:00 bookshop.org blocked..6*5");
        check(
            &blind,
            "launch-report-24h",
            "1 of 2 stores sell it",
            "Amazon sells it. Still missing: Bookshop.org (not readable since Tue 9 February).",
        );
    }

    #[test]
    fn a_launch_that_nobody_watched_has_no_report() {
        let late = Script::new("2027-02-09")
            .with(|edition| edition.amazon_switch = false)
            .pages("2027-02-10T10:00 amazon.com in_stock..6*8");
        assert!(
            late.judge()
                .iter()
                .all(|one| !one.rule.starts_with("launch"))
        );
    }
}
