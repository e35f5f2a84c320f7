//! Published at KDP, and Amazon does not sell it yet.

use crate::book::{Availability, Family};
use crate::judge::case::{Case, about, severity};
use crate::judge::windows::{Stage, WindowName};
use crate::judge::{Finding, Party, SupportText, words};

/// KDP published but not live (DOMAIN F38, finding 8).
///
/// 1. The author clicked "Publish your paperback"; KDP serves this Amazon page.
/// 2. The page was seen after that, twice in one state, and has not sold the book since.
/// 3. 72 hours are the usual limit: until then this rule is quiet, and the other rules are too.
/// 4. Then act: check the status in the Bookshelf, write to KDP. After 10 business days even KDP's
///    outer limit is over: that is a finding of its own, and so a letter.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for listing in &case.view.listings {
        let store = &listing.store;
        let Some(published) = case
            .view
            .launch
            .published_at(store)
            .filter(|_| store.family() == Family::Amazon)
        else {
            continue;
        };
        let Some(run) = case.run(listing, |state| !state.is_released()) else {
            continue;
        };
        if run.seen < published || !case.is_switching(listing) {
            continue;
        }
        let window = case.window_at(WindowName::KdpClicked, store);
        let Some(severity) = severity(window.stage(published, run.seen)) else {
            continue;
        };
        let outer = case
            .window(WindowName::KdpOuterLimit)
            .stage(published, run.seen);
        let (rule, past_outer) = if outer == Stage::Act {
            let words = " This is past KDP's outer limit of 10 business days.";
            ("kdp-past-outer-limit", words)
        } else {
            ("kdp-not-live", "")
        };
        let state = if run.says.availability == Availability::NotListed {
            "shows no page for it".to_owned()
        } else {
            format!("shows {}", words::quoted(&run.says.words))
        };
        findings.push(Finding {
            severity,
            headline: format!("{} does not sell it yet, published at KDP", store.label()),
            verdict: format!(
                "You published at KDP on {}; {} later {} still {state}.{past_outer}",
                case.date_words(published),
                words::length(run.seen.duration_since(published)),
                store.label(),
            ),
            usual: Some(window.usual()),
            act_from: window.act_from(published),
            next_step: format!(
                "Look at the title's status in your Bookshelf, and for a message from KDP that \
                 waits for an answer. If it says Live, or nothing is asked, write to them. {}",
                Party::Kdp.how()
            ),
            ask: Some(Party::Kdp),
            text: Some(SupportText::KdpNotLive),
            ..about(rule, store, published)
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::judge::script::Script;

    fn launch(state: &str, hours: i64) -> Script {
        Script::new("2023-06-27")
            .notes("2023-06-27T00:30 kdp_published")
            .pages(&format!(
                "2023-06-20T09:00 amazon.com pre_order..24*6
             2023-06-27T06:30 amazon.com {state}..6*{}",
                (hours - 6) / 6
            ))
    }

    #[test]
    fn kdp_has_72_hours_whatever_amazon_shows() {
        for state in [
            "out_of_stock",
            "not_listed",
            "pre_order",
            "third_party_only",
        ] {
            launch(state, 66).check(&[]);
            launch(state, 72).check(&["act kdp-not-live amazon.com"]);
        }
    }

    #[test]
    fn after_ten_business_days_the_words_say_so() {
        let words = |hours| launch("out_of_stock", hours).judge()[0].verdict.clone();
        assert!(!words(13 * 24).contains("outer limit"));
        assert!(words(14 * 24).contains("outer limit"));
    }

    #[test]
    fn once_live_it_is_over_for_good() {
        let findings = launch("in_stock", 80).judge();
        assert!(findings.iter().all(|finding| {
            ["released", "launch-report-24h", "launch-report-72h"].contains(&finding.rule)
        }));
    }
}
