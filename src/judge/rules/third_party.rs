//! Only other sellers offer the book.

use crate::book::launch::{LAUNCH_HOURS, later};
use crate::book::{Availability, Family};
use crate::judge::case::{Case, about, severity};
use crate::judge::windows::WindowName;
use crate::judge::{Finding, Party, SupportText, words};

/// Third-party only (DOMAIN F6).
///
/// 1. The page has offered only other sellers' or used copies, twice, 12 hours apart.
/// 2. Not before the third day after the date: on launch days any mixture is normal.
/// 3. Next step: check that the own offer exists; the usual cause is that Amazon's supplier has no
///    copy that it can fill promptly. Ask KDP where it prints, else the distributor.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for listing in &case.view.listings {
        let store = &listing.store;
        let Some(run) = case.run(listing, |state| state == Availability::ThirdPartyOnly) else {
            continue;
        };
        let launch_over = later(case.view.launch.released_at(store), LAUNCH_HOURS);
        let Some(clock) = case.clock(&run).filter(|_| launch_over <= run.seen) else {
            continue;
        };
        if case.is_switching(listing) {
            continue;
        }
        let window = case.window_at(WindowName::ThirdPartyOnly, store);
        let Some(severity) = severity(window.stage(clock, run.seen)) else {
            continue;
        };
        let party = case.party_for(store);
        let report = if store.family() == Family::Amazon {
            " Copies that are offered as new and are used can be reported on the page."
        } else {
            ""
        };
        findings.push(Finding {
            severity,
            headline: format!("Only other sellers offer it at {}", store.label()),
            verdict: format!(
                "{}'s page has offered only other sellers' copies at every look since {}.",
                store.label(),
                words::day(run.since, case.zone()),
            ),
            usual: Some(window.usual()),
            act_from: window.act_from(clock),
            next_step: format!(
                "Check that the store's own offer exists and is switched on, then ask why it is \
                 not shown. {}{report}",
                party.how()
            ),
            ask: Some(party),
            text: Some(if party == Party::Kdp {
                SupportText::KdpNotLive
            } else {
                SupportText::ResendUnavailable
            }),
            ..about("third-party-only", store, run.since)
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::judge::script::Script;

    #[test]
    fn the_second_sighting_half_a_day_later_is_enough() {
        let script = |hours| {
            Script::new("2023-03-01").pages(&format!(
                "2023-09-01T09:00 amazon.com in_stock..24*8
                 2023-09-10T09:00 amazon.com third_party_only..{hours}*1"
            ))
        };
        script(11).check(&[]);
        script(12).check(&["act third-party-only amazon.com"]);
    }

    #[test]
    fn on_launch_days_it_is_part_of_the_mixture() {
        Script::new("2023-09-10")
            .with(|edition| edition.amazon_switch = false)
            .pages("2023-09-10T09:00 amazon.com third_party_only..12*5")
            .check(&[]);
    }
}
