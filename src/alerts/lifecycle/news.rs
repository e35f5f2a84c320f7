//! What is new, and told once. Pure.

#![expect(clippy::wildcard_enum_match_arm, reason = "only the launch reports repeat each other")]

use super::key;
use crate::alerts::lifecycle::Memory;
use crate::alerts::{AlertKey, Occasion, Telling};
use crate::book::EditionId;
use crate::judge::{Cause, Finding, FindingKind, Severity};

/// Adds the news that is due, and gives what counts as told with it.
///
/// News about a store of which the same letter tells an all-clear would say the same twice: it
/// counts as told. What is on sale everywhere is on sale at each.
pub(super) fn news(
    memory: &Memory,
    findings: &[Finding],
    edition: &EditionId,
    due: &mut Vec<Telling>,
) -> Vec<AlertKey> {
    let mut told = Vec::new();
    for finding in findings
        .iter()
        .filter(|one| one.severity == Severity::GoodNews)
    {
        let key = key(edition, finding);
        if memory.news.contains(&key) {
            continue;
        }
        if matches!(finding.kind, FindingKind::ReleasedEverywhere) {
            told.extend(finding.stores.iter().map(|store| AlertKey {
                cause: Cause::Released,
                edition: edition.clone(),
                stores: vec![store.clone()],
            }));
        }
        if adds_nothing(memory, finding) {
            continue;
        }
        told.push(key);
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
/// that the book is on sale everywhere, the second after the first.
fn adds_nothing(memory: &Memory, finding: &Finding) -> bool {
    let (state, before) = match &finding.kind {
        FindingKind::LaunchReportDay(state) => (state, Cause::ReleasedEverywhere),
        FindingKind::LaunchReportThreeDays(state) => (state, Cause::LaunchReportDay),
        _ => return false,
    };
    state.is_settled && memory.news.iter().any(|told| told.cause == before)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::alerts::lifecycle::tests::judged;
    use crate::alerts::lifecycle::{Pace, decide};
    use crate::book::StoreId;
    use crate::judge::script::{Script, time};

    #[test]
    fn a_second_launch_report_without_news_is_a_letter_only_where_the_first_was_none() {
        use crate::judge::kind::LaunchState;

        let view = Script::new("2027-06-01")
            .pages("2027-06-01T00:00 amazon.com in_stock..6*1")
            .view();
        let pace = Pace {
            remind_every: SignedDuration::from_hours(7 * 24),
            zone: TimeZone::UTC,
        };
        let now = time("2027-06-04T14:00");
        let told = |is_settled: bool, first_was_told: bool| {
            let state = LaunchState {
                selling: vec![StoreId::new("amazon.com")],
                behind: Vec::new(),
                unseen: Vec::new(),
                to_act_on: Vec::new(),
                is_settled,
            };
            let day = Finding::new(FindingKind::LaunchReportDay(state.clone()), Vec::new(), now);
            let report = Finding::new(FindingKind::LaunchReportThreeDays(state), Vec::new(), now)
                .weighing(Severity::GoodNews);
            let edition = &view.edition.id;
            let memory = Memory {
                news: first_was_told
                    .then(|| key(edition, &day))
                    .into_iter()
                    .collect(),
                ..Memory::default()
            };
            let decisions = decide(&memory, &judged(&view, vec![report]), &view, &pace, now);
            decisions.tellings.len()
        };
        assert_eq!(told(true, true), 0);
        assert_eq!(told(true, false), 1);
        assert_eq!(told(false, true), 1);
    }
}
