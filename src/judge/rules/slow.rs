//! Orders are taken, but delivery takes long.

use crate::book::Availability;
use crate::history::ListingView;
use crate::judge::case::{Case, about, severity, usual_words};
use crate::judge::windows::{Stage, WindowName};
use crate::judge::{Finding, Party, SupportText, words};

/// Ships in weeks, and temporarily out of stock (DOMAIN F4, F5).
///
/// 1. The page has taken orders with a long delivery time, or although it is temporarily out of
///    stock, twice. The buy button stays, so nothing is lost yet.
/// 2. Only once the listing is steady: in the first weeks the wording of a new title printed on
///    demand jumps about.
/// 3. A line in the digest at first; act after 21 days, for a title that KDP prints after 72 hours.
/// 4. Next step: full trade discount and returns help; ask for the title to be sent again.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    case.view
        .listings
        .iter()
        .flat_map(|listing| {
            [
                judge_state(case, listing, Availability::ShipsLater),
                judge_state(case, listing, Availability::BackOrder),
            ]
        })
        .flatten()
        .collect()
}

fn judge_state(case: &Case<'_>, listing: &ListingView, slow: Availability) -> Option<Finding> {
    let store = &listing.store;
    let run = case.run(listing, |state| state == slow)?;
    let clock = case.clock(&run)?;
    if run.seen < case.view.launch.steady_from(store) {
        return None;
    }
    let (rule, name) = if slow == Availability::ShipsLater {
        ("ships-in-weeks", WindowName::ShipsInWeeks)
    } else if case.view.launch.published_at(store).is_some() {
        ("temporarily-out-of-stock", WindowName::TempOosKdp)
    } else {
        ("temporarily-out-of-stock", WindowName::TempOosIngram)
    };
    let window = case.window_at(name, store);
    let stage = window.stage(clock, run.seen);
    let severity = severity(stage)?;
    let party = case.party_for(store);
    let act_from = window.act_from(clock);
    Some(Finding {
        severity,
        headline: format!("{} shows {}", store.label(), words::quoted(&run.says.words)),
        verdict: format!(
            "{}'s page takes orders and has said {} since {}. {}",
            store.label(),
            words::quoted(&run.says.words),
            words::day(run.since, case.zone()),
            usual_words(stage),
        ),
        usual: Some(window.usual()),
        act_from,
        next_step: if stage == Stage::Act && party == Party::Kdp {
            format!(
                "Ask why: a title that KDP prints is usually back within a day or so. Meanwhile \
                 it can still be ordered. {}",
                party.how()
            )
        } else if stage == Stage::Act {
            format!(
                "Check the trade discount and returns, which decide how stores stock a title; \
                 then ask for it to be sent again. {}",
                party.how()
            )
        } else {
            case.wait_words(act_from)
        },
        ask: (stage == Stage::Act).then_some(party),
        text: (stage == Stage::Act).then_some(if party == Party::Kdp {
            SupportText::KdpNotLive
        } else {
            SupportText::ResendUnavailable
        }),
        ..about(rule, store, run.since)
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::Severity;
    use crate::judge::script::Script;

    fn steady(state: &str, days: i64) -> Script {
        Script::new("2023-03-01").pages(&format!(
            "2023-08-01T09:00 amazon.com in_stock..24*30
             2023-09-01T09:00 amazon.com {state}..24*{days}"
        ))
    }

    #[test]
    fn long_delivery_times_are_watched_for_three_weeks() {
        steady("ships_later", 2).check(&[]);
        steady("ships_later", 3).check(&["watch ships-in-weeks amazon.com"]);
        steady("ships_later", 20).check(&["watch ships-in-weeks amazon.com"]);
        steady("ships_later", 21).check(&["act ships-in-weeks amazon.com"]);
    }

    #[test]
    fn what_kdp_prints_is_back_sooner() {
        steady("back_order", 4).check(&["watch temporarily-out-of-stock amazon.com"]);
        steady("back_order", 4)
            .notes("2023-03-01T00:10 kdp_published")
            .check(&["act temporarily-out-of-stock amazon.com"]);
    }

    #[test]
    fn a_new_title_may_jump_about() {
        let findings = Script::new("2023-09-01")
            .pages("2023-09-02T09:00 bookshop.org back_order..24*14")
            .judge();
        assert!(
            findings
                .iter()
                .all(|finding| finding.severity == Severity::GoodNews)
        );
    }
}
