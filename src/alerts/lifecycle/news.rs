//! What is new, and told once. Pure.

#![expect(clippy::wildcard_enum_match_arm, reason = "only the launch reports repeat each other")]

use jiff::Timestamp;

use super::key;
use crate::alerts::lifecycle::Memory;
use crate::alerts::{AlertKey, Occasion, Telling};
use crate::history::View;
use crate::judge::{Cause, Finding, FindingKind, Severity};

/// Adds the news that is due, and gives what counts as told with it.
///
/// News about a store of which the same letter tells an all-clear would say the same twice: it
/// counts as told. What is on sale everywhere is on sale at each. A launch report that was told
/// before this one was due was of another date, from which the author has moved it.
pub(super) fn news(
    memory: &Memory,
    findings: &[Finding],
    (view, now): (&View, Timestamp),
    due: &mut Vec<Telling>,
) -> Vec<(AlertKey, Timestamp)> {
    let edition = &view.edition.id;
    let mut told = Vec::new();
    for finding in findings
        .iter()
        .filter(|one| one.severity == Severity::GoodNews)
    {
        let key = key(edition, finding);
        let is_report = finding.kind.launch_report().is_some();
        let is_this = |told: &Timestamp| !is_report || finding.since <= *told;
        if memory.news.get(&key).is_some_and(is_this) {
            continue;
        }
        // By a clock that was set back it may be told before it is due.
        let at = now.max(finding.since);
        if matches!(finding.kind, FindingKind::ReleasedEverywhere) {
            told.extend(finding.stores.iter().map(|store| {
                let key = AlertKey {
                    cause: Cause::Released,
                    edition: edition.clone(),
                    stores: vec![store.clone()],
                };
                (key, at)
            }));
        }
        if adds_nothing(memory, finding, view) {
            continue;
        }
        told.push((key, at));
        let is_said = due.iter().any(|telling| {
            matches!(telling.occasion, Occasion::Closed { .. })
                && telling.finding.stores == finding.stores
        });
        if !is_said {
            due.push(Telling {
                occasion: Occasion::News,
                finding: finding.clone(),
                thread: None,
            });
        }
    }
    told
}

/// A launch report of a launch that was complete a day after its date: the first after the letter
/// that the book is on sale everywhere, the second after the first. What was told before the author
/// moved the date was of another launch.
fn adds_nothing(memory: &Memory, finding: &Finding, view: &View) -> bool {
    let (state, before) = match &finding.kind {
        FindingKind::LaunchReportDay(state) => (state, Cause::ReleasedEverywhere),
        FindingKind::LaunchReportThreeDays(state) => (state, Cause::LaunchReportDay),
        _ => return false,
    };
    let moved = view.launch.moved.map(|moved| moved.at);
    let mut told = memory.news.iter();
    state.is_settled && told.any(|(told, at)| told.cause == before && moved <= Some(*at))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::alerts::lifecycle::tests::judged;
    use crate::alerts::lifecycle::{Pace, decide};
    use crate::book::StoreId;
    use crate::judge::kind::LaunchState;
    use crate::judge::script::{Script, time};

    fn state(is_settled: bool) -> LaunchState {
        LaunchState {
            selling: vec![StoreId::new("amazon.com")],
            behind: Vec::new(),
            unseen: Vec::new(),
            to_act_on: Vec::new(),
            is_settled,
        }
    }

    /// The report of three days, due and found at a time, after some news that was told: is it told?
    #[track_caller]
    fn check(notes: &str, is_settled: bool, due: &str, before: &[(Cause, &str)], expected: bool) {
        let view = Script::new("2027-06-01")
            .notes(notes)
            .pages("2027-06-01T00:00 amazon.com in_stock..6*1")
            .view();
        let pace = Pace {
            remind_every: SignedDuration::from_hours(7 * 24),
            zone: TimeZone::UTC,
        };
        let now = time(due);
        let kind = FindingKind::LaunchReportThreeDays(state(is_settled));
        let report = Finding::new(kind, Vec::new(), now).weighing(Severity::GoodNews);
        let told = before.iter().map(|(cause, at)| {
            let key = AlertKey {
                cause: *cause,
                ..key(&view.edition.id, &report)
            };
            (key, time(at))
        });
        let memory = Memory {
            news: told.collect(),
            ..Memory::default()
        };
        let found = judged(&view, vec![report]);
        let decisions = decide(&memory, &found, &view, &pace, now);
        assert_eq!(!decisions.tellings.is_empty(), expected, "{before:?}");
        assert_eq!(decisions.news.iter().any(|(_, at)| *at == now), expected);
    }

    const DAY: Cause = Cause::LaunchReportDay;
    const THREE_DAYS: Cause = Cause::LaunchReportThreeDays;

    #[test]
    fn a_second_launch_report_without_news_is_a_letter_only_where_the_first_was_none() {
        let due = "2027-06-04T12:00";
        let first = [(DAY, "2027-06-02T13:00")];
        check("", true, due, &first, false);
        check("", true, due, &[], true);
        check("", false, due, &first, true);
    }

    #[test]
    fn a_report_that_was_told_of_another_date_is_none_of_this_one() {
        let moved = "2027-06-05T09:00 date_changed=2027-06-15";
        let due = "2027-06-18T12:00";
        let first = (DAY, "2027-06-02T13:00");
        let of_the_first_date = [first, (THREE_DAYS, "2027-06-04T13:00")];
        check(moved, true, due, &of_the_first_date, true);
        check(moved, false, due, &of_the_first_date, true);
        let again = [(DAY, "2027-06-16T13:00"), of_the_first_date[1]];
        check(moved, true, due, &again, false);
        check(moved, false, due, &again, true);
        let both = [again[0], (THREE_DAYS, "2027-06-18T12:00")];
        check(moved, false, due, &both, false);
        // A move to an earlier date does not tell anew what is told.
        let back = "2027-06-04T14:00 date_changed=2027-05-31";
        check(back, false, "2027-06-03T12:00", &of_the_first_date, false);
    }
}
