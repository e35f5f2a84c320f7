//! How the book stands at every store, a day and three days after its date.

use jiff::{SignedDuration, Timestamp};

use crate::book::Availability;
use crate::book::launch::{begun_everywhere, later};
use crate::history::{ListingView, Sibling};
use crate::judge::case::Case;
use crate::judge::kind::{Behind, LaunchState};
use crate::judge::{Finding, FindingKind, NextStep, Severity, Task};

/// The hours after the date at which a report is due, and after which it is no longer one.
pub const REPORTS: [(i64, i64); 2] = [(24, 72), (72, 168)];

/// It waits at most so long for a look at every page since it was due.
const PATIENCE: SignedDuration = SignedDuration::from_hours(6);

/// The launch reports, 24 and 72 hours after the later of the two dates has begun everywhere.
///
/// 1. It goes by the clock, as the calendar does: that a store is behind is what it is to say.
/// 2. It waits for a look at every page since it was due, also of the formats that have the same
///    date, for six hours at most; pages that cannot be read, and those that nobody has ever read,
///    are said to be so.
/// 3. The newest look counts as the clock does, so that a clock that was set back tells nothing anew.
/// 4. Where every page has sold the book since before the first was due, one report is enough, and none
///    on the heels of the letter that it is on sale everywhere.
/// 5. A launch that was over before we looked for the first time has none.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let begun = begun_everywhere(case.view.launch.last_date());
    let mut listings = case.view.listings.iter();
    let is_watched =
        listings.any(|listing| listing.watched_since.is_some_and(|since| since <= begun));
    if !is_watched {
        return Vec::new();
    }
    let now = reached(case);
    REPORTS
        .iter()
        .filter_map(|(hours, latest)| {
            let due = later(begun, *hours);
            let is_time = due <= now && now < later(begun, *latest);
            (is_time && is_looked_at(case, due, now)).then(|| report(case, *hours, due))
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
    let date = case.view.launch.last_date();
    let mut formats = case.view.siblings.iter();
    let is_seen = |other: &Sibling| {
        other.launch.last_date() != date || other.seen_until.is_none_or(|seen| due <= seen)
    };
    has_waited || readable.all(|listing| listing.last_good >= Some(due)) && formats.all(is_seen)
}

fn report(case: &Case<'_>, hours: i64, due: Timestamp) -> Finding {
    let mut state = LaunchState {
        selling: Vec::new(),
        behind: Vec::new(),
        unseen: Vec::new(),
        to_act_on: Vec::new(),
        is_settled: false,
    };
    for listing in &case.view.listings {
        add(&mut state, listing, case.now);
    }
    let first_due = later(begun_everywhere(case.view.launch.last_date()), REPORTS[0].0);
    let sold_before = |listing: &ListingView| {
        let run = case.run(listing, Availability::is_released);
        listing.seen(case.now).is_some() && run.is_some_and(|run| run.since <= first_due)
    };
    state.is_settled = case.view.listings.iter().all(sold_before);
    let step = if state.behind.is_empty() && state.unseen.is_empty() {
        Task::Share.into()
    } else if state.behind.is_empty() {
        Task::LookYourself.into()
    } else {
        NextStep::Wait { until: None }
    };
    let kind = if hours == 24 {
        FindingKind::LaunchReportDay(state)
    } else {
        FindingKind::LaunchReportThreeDays(state)
    };
    let mut found = Finding::new(kind, Vec::new(), due).weighing(Severity::GoodNews);
    found.next = step;
    found
}

fn add(state: &mut LaunchState, listing: &ListingView, now: Timestamp) {
    let store = listing.store.clone();
    match listing.seen(now) {
        Some(spell) if spell.availability.is_released() => state.selling.push(store),
        Some(spell) => state.behind.push(Behind {
            store,
            state: spell.availability,
            since: spell.since,
        }),
        None => {
            let seen = listing.last_good;
            state.unseen.push((store, seen, listing.address.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::book::Format;
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
        let said = script.said_of(rule);
        let mut lines = said.lines();
        assert_eq!(lines.next(), Some(headline));
        assert_eq!(lines.next(), Some(verdict));
    }

    #[test]
    fn it_waits_for_a_look_at_the_pages_of_a_format_of_the_same_date() {
        let is_told = |hardcover: &str| {
            let other = Script::new("2027-02-09")
                .with(|edition| edition.format = Format::Hardcover)
                .pages(hardcover);
            let here = launch("2027-02-09T06:00 bookshop.org in_stock..6*5").sibling(other);
            here.judge()
                .iter()
                .any(|one| one.kind.name() == "launch-report-24h")
        };
        assert!(is_told("2027-02-09T06:00 bookshop.org in_stock..6*5"));
        assert!(!is_told("2027-02-09T06:00 bookshop.org in_stock..5*5"));
    }

    #[test]
    fn a_day_after_the_date_it_says_who_sells_it_and_who_does_not() {
        // The date has begun everywhere at noon GMT.
        let behind = launch("2027-02-09T06:00 bookshop.org pre_order..6*5");
        check(
            &behind,
            "launch-report-24h",
            "1 of 2 stores sells it",
            "Amazon sells it. Still behind: Bookshop.org (Pre-order since Mon 1 February).",
        );
        let before = launch("2027-02-09T06:00 bookshop.org pre_order..6*4")
            .pages("2027-02-10T11:00 bookshop.org pre_order");
        assert!(
            before
                .judge()
                .iter()
                .all(|one| one.kind.name() != "launch-report-24h")
        );
    }

    #[test]
    fn three_days_after_it_comes_once_more() {
        let all = launch("2027-02-09T06:00 bookshop.org in_stock..6*13")
            .pages("2027-02-12T12:00 amazon.com in_stock");
        check(
            &all,
            "launch-report-72h",
            "Both stores sell it",
            "Amazon and Bookshop.org sell it.",
        );
        let findings = all.judge();
        assert!(
            findings
                .iter()
                .all(|one| one.kind.name() != "launch-report-24h")
        );
    }

    #[test]
    fn a_page_that_cannot_be_read_is_said_to_be_so() {
        let blind = launch("2027-02-09T06:00 bookshop.org blocked..6*5");
        check(
            &blind,
            "launch-report-24h",
            "1 of 2 stores sells it, 1 not seen",
            "Amazon sells it. Bookshop.org has not been seen since Tue 9 February: open \
             https://bookshop.org/book/9780132350884",
        );
        let nothing = Script::new("2027-02-09").pages(
            "2027-02-01T00:00 amazon.com blocked..12*20
             2027-02-01T00:00 bookshop.org blocked..12*20",
        );
        check(
            &nothing,
            "launch-report-24h",
            "We could see none of the 2 stores",
            "Amazon has not been seen yet: open https://amazon.com/book/9780132350884 \
             Bookshop.org has not been seen yet: open \
             https://bookshop.org/book/9780132350884",
        );
    }

    #[test]
    fn it_waits_for_the_other_formats_of_the_same_date_but_not_for_ever() {
        #[track_caller]
        fn check(date: &str, looks: &str, expected: bool) {
            let other = Script::new(date)
                .with(|edition| edition.format = Format::Hardcover)
                .pages(&format!("2027-02-01T00:00 amazon.com pre_order..{looks}"));
            let one = launch("2027-02-09T06:00 bookshop.org in_stock..6*5").sibling(other);
            let mut reports = one.judge().into_iter();
            let is_there = reports.any(|one| one.kind.launch_report().is_some());
            assert_eq!(is_there, expected);
        }
        // Our own pages were read at noon, when the report was due; the hardcover's at midnight.
        check("2027-02-09", "12*19", true);
        check("2027-02-09", "12*18", false);
        check("2027-03-09", "12*18", true);
    }

    #[test]
    fn a_launch_that_nobody_watched_has_no_report() {
        let late = Script::new("2027-02-09")
            .with(|edition| edition.amazon_switch = false)
            .pages("2027-02-10T10:00 amazon.com in_stock..6*8");
        assert!(
            late.judge()
                .iter()
                .all(|one| !one.kind.name().starts_with("launch"))
        );
    }
}
