//! A page that was there is gone.

use crate::book::{Availability, Family};
use crate::judge::case::{Case, about, severity};
use crate::judge::windows::{Stage, WindowName};
use crate::judge::{Finding, Party, SupportText, words};

/// The page or the option vanished (DOMAIN F7).
///
/// 1. A page was seen, twice; now the store has answered, twice, that it knows no such ISBN.
/// 2. Amazon after "Publish" at KDP is another rule's business until its time is over.
/// 3. Before the date, and while the listing settles: Watch after a day, act after three. Once
///    steady: act at the second sighting.
/// 4. Next step: search by ISBN: is the page gone, or only no longer joined to the other formats?
///    Then ask KDP where it serves the page, else the distributor.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for listing in &case.view.listings {
        let store = &listing.store;
        let Some(run) = case.run(listing, |state| state == Availability::NotListed) else {
            continue;
        };
        let was_listed =
            Case::was_ever(listing, run.since, |state| state != Availability::NotListed);
        if !was_listed || case.is_switching(listing) {
            continue;
        }
        let name = if case.view.launch.steady_from(store) <= run.since {
            WindowName::SteadyUnavailable
        } else {
            WindowName::Delisted
        };
        let window = case.window_at(name, store);
        let stage = window.stage(run.since, run.seen);
        let Some(severity) = severity(stage) else {
            continue;
        };
        let party = case.party_for(store);
        let act_from = window.act_from(run.since);
        let text = match (store.family(), party) {
            (Family::Amazon, Party::Kdp) => SupportText::KdpNotLive,
            _ => SupportText::NotListed,
        };
        findings.push(Finding {
            severity,
            headline: format!("{} no longer shows it", store.label()),
            verdict: format!(
                "{} had a page for this ISBN and has shown none at every look since {}.",
                store.label(),
                words::moment(run.since, case.zone()),
            ),
            usual: Some(window.usual()),
            act_from,
            next_step: if stage == Stage::Act {
                format!(
                    "Search {} by ISBN yourself: is the page gone, or only no longer joined to \
                     the other formats? If it is gone, ask. {}",
                    store.label(),
                    party.how()
                )
            } else {
                case.wait_words(act_from)
            },
            ask: (stage == Stage::Act).then_some(party),
            text: (stage == Stage::Act).then_some(text),
            ..about("vanished", store, run.since)
        });
    }
    findings
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
        assert_eq!(script(1).judge()[0].ask, Some(Party::Kdp));
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
