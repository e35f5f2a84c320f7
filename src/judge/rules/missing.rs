//! A store does not list the edition, and never has.

use jiff::Timestamp;

use crate::book::launch::begun_everywhere;
use crate::book::{Availability, Distribution};
use crate::history::ListingView;
use crate::judge::case::{Case, about, elsewhere, severity, usual_words};
use crate::judge::windows::{Stage, Window, WindowName};
use crate::judge::{Finding, SupportText, words};

/// Missing past the window (DOMAIN F2).
///
/// 1. The store has answered that it knows no such ISBN, twice, and no page has ever been seen.
/// 2. The clock starts when distribution was enabled; for KDP's Expanded Distribution when the
///    author published at KDP. What was never enabled is not missing before its date.
/// 3. Amazon after "Publish" at KDP, and Amazon waiting for that, are other rules' business.
/// 4. The window is the store's own, longer for the first title of an account.
/// 5. Next step: search by ISBN, check that the title is enabled, then ask the distributor.
///    Walmart and Target may decline a title: nothing to do.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    case.view
        .listings
        .iter()
        .filter_map(|listing| judge_listing(case, listing))
        .collect()
}

fn is_listed(state: Availability) -> bool {
    state != Availability::NotListed
}

fn judge_listing(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let run = case.run(listing, |state| !is_listed(state))?;
    if Case::was_ever(listing, run.since, is_listed)
        || case.view.launch.published_at(store).is_some()
    {
        return None;
    }
    let (window, start) = window(case, listing)?;
    let stage = window.stage(start, run.seen);
    let severity = severity(stage)?;
    let act_from = window.act_from(start);
    let party = case.party_for(store);
    let elsewhere = elsewhere(&case.others(store, is_listed), "lists", "list", "it");
    let label = store.label();
    Some(Finding {
        severity,
        headline: format!("{label} does not list it yet"),
        verdict: format!(
            "{label} has no page for this ISBN, {} after distribution was enabled.{elsewhere} {}",
            words::length(run.seen.duration_since(start)),
            usual_words(stage),
        ),
        usual: Some(window.usual()),
        act_from,
        next_step: if stage == Stage::Act {
            format!(
                "Search {label} by ISBN yourself, and check that the title's status is enabled \
                 for distribution. If both are as they should be, ask whether {label} receives \
                 this title. {}",
                party.how()
            )
        } else if act_from.is_none() {
            "Nothing to do: the store may decline a title.".to_owned()
        } else {
            case.wait_words(act_from)
        },
        ask: (stage == Stage::Act).then_some(party),
        text: (stage == Stage::Act).then_some(SupportText::NotListed),
        ..about("missing", store, start)
    })
}

/// The window that goes with the store and the way of distribution, and when it began.
fn window(case: &Case<'_>, listing: &ListingView) -> Option<(Window, Timestamp)> {
    let store = &listing.store;
    let calendar = &case.view.launch;
    let is_kdp = case.view.edition.distribution == Distribution::Kdp;
    if is_kdp && calendar.is_kdp_store(store) {
        return None;
    }
    let (name, begun) = if is_kdp {
        (WindowName::ListKdpExpanded, calendar.kdp.map(|kdp| kdp.at))
    } else {
        let enabled = calendar.enabled.map(begun_everywhere);
        (WindowName::listing_at(store), enabled)
    };
    let edition = &case.view.edition;
    let window = case.settings.windows.listing(name, edition, store);
    Some((window, begun.unwrap_or_else(|| calendar.released_at(store))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Party;
    use crate::judge::script::Script;

    fn enabled() -> Script {
        Script::new("2027-06-09").enabled("2026-12-01")
    }

    #[test]
    fn each_store_has_its_own_time() {
        for (store, days, expected) in [
            ("amazon.com", 14, None),
            ("amazon.com", 15, Some("watch")),
            ("amazon.com", 30, Some("watch")),
            ("amazon.com", 31, Some("act")),
            ("barnesandnoble.com", 29, Some("act")),
            ("bookshop.org", 35, Some("watch")),
            ("bookshop.org", 36, Some("act")),
            ("walmart.com", 300, Some("watch")),
        ] {
            let pages = format!("2026-12-01T00:00 {store} not_listed..{}*1", days * 24);
            let expected = expected.map(|severity| format!("{severity} missing {store}"));
            enabled()
                .pages(&pages)
                .check(&expected.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_first_title_waits_two_weeks_longer() {
        let pages = "2026-12-01T00:00 amazon.com not_listed..24*44";
        enabled().pages(pages).check(&["act missing amazon.com"]);
        enabled()
            .with(|edition| edition.first_title = true)
            .pages(pages)
            .check(&["watch missing amazon.com"]);
    }

    #[test]
    fn one_look_is_not_enough_and_a_blind_store_is_not_missing() {
        enabled()
            .pages("2027-01-31T00:00 amazon.com not_listed")
            .check(&[]);
        enabled()
            .pages(
                "2026-12-01T00:00 amazon.com not_listed..24*4
                 2026-12-06T00:00 amazon.com blocked..24*60",
            )
            .check(&["watch unread amazon.com"]);
    }

    #[test]
    fn what_was_never_enabled_is_not_missing_before_its_date() {
        Script::new("2027-06-09")
            .pages("2026-12-01T00:00 amazon.com not_listed..24*90")
            .check(&[]);
    }

    #[test]
    fn the_letter_names_whom_to_ask() {
        for (distribution, party) in [
            (Distribution::IngramSpark, Party::IngramSpark),
            (Distribution::Draft2Digital, Party::Draft2Digital),
            (Distribution::PublishDrive, Party::PublishDrive),
            (Distribution::Other, Party::Distributor),
        ] {
            let findings = enabled()
                .with(|edition| edition.distribution = distribution)
                .pages("2026-12-01T00:00 bookshop.org not_listed..24*40")
                .judge();
            assert_eq!(findings[0].ask, Some(party));
            assert_eq!(findings[0].text, Some(SupportText::NotListed));
        }
    }

    #[test]
    fn kdps_expanded_distribution_has_its_own_clock() {
        let script = |looks| {
            Script::new("2026-12-01")
                .with(|edition| edition.distribution = Distribution::Kdp)
                .notes("2026-12-01T00:10 kdp_published")
                .pages(&format!(
                    "2026-12-01T00:00 bookshop.org not_listed..24*{looks}"
                ))
        };
        script(42).check(&[]);
        script(43).check(&["watch missing bookshop.org"]);
        script(64).check(&["act missing bookshop.org"]);
    }
}
