//! Orders are taken, but delivery takes long.

use crate::book::{Availability, Making};
use crate::history::ListingView;
use crate::judge::case::{Case, Counts, Run};
use crate::judge::windows::{Window, WindowName};
use crate::judge::{Finding, FindingKind, NextStep, Party, SupportText};

/// Ships in weeks, and temporarily out of stock.
///
/// 1. The page has taken orders with a long delivery time, or although it is temporarily out of
///    stock, twice. The buy button stays, so nothing is lost yet.
/// 2. Until the listing is steady it is usual: in launch week Amazon has ordered no more than the
///    pre-orders, and the wording of a new title jumps about.
/// 3. Then a line in the digest at first; act after 21 days, for a title that KDP prints after 72
///    hours.
/// 4. Next step: full trade discount and returns help; ask for the title to be sent again.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let long = case.run(listing, |state| state == Availability::ShipsLater);
    if let Some(run) = long {
        let window = case.window_at(WindowName::ShipsInWeeks, &listing.store);
        return Some(found(
            case,
            listing,
            FindingKind::ShipsInWeeks,
            &run,
            window,
        ));
    }
    let run = case.run(listing, |state| state == Availability::BackOrder)?;
    let name = match (case.party_for(&listing.store), case.making()) {
        (Party::Kdp, _) => WindowName::TempOosKdp,
        (_, Making::OnDemand) => WindowName::TempOosIngram,
        (_, Making::Offset | Making::Unknown | Making::Digital) => WindowName::PrintedRunOut,
    };
    let window = case.window_at(name, &listing.store);
    let kind = FindingKind::TemporarilyOutOfStock;
    Some(found(case, listing, kind, &run, window))
}

fn found(
    case: &Case<'_>,
    listing: &ListingView,
    kind: FindingKind,
    run: &Run<'_>,
    window: &Window,
) -> Finding {
    let store = &listing.store;
    let step = case.ask_about(store, SupportText::ResendUnavailable);
    let steady = case.view.launch.steady_from(store);
    let found =
        Finding::new(kind, vec![store.clone()], run.since).seen_on(store, run.says, run.span());
    if run.seen < steady {
        let launch = case.window_at(WindowName::LaunchSlow, store);
        let start = case.view.launch.released_at(store);
        return found
            .within(launch, start, run.seen)
            .then(NextStep::Nothing);
    }
    let (window, start) = match case.counts_from(run) {
        Counts::Revision(window, start) => (window, start),
        Counts::From(clock) => (window, clock),
    };
    found.within(window, start, run.seen).then(step)
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
