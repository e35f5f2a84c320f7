//! A store does not list the edition, and never has.

use jiff::Timestamp;

use crate::book::launch::begun_everywhere;
use crate::book::{Availability, StoreId};
use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::windows::{Window, WindowName};
use crate::judge::{Finding, FindingKind, SupportText, Task};

/// Missing past the window, and not on sale after its date.
///
/// 1. The store has answered that it knows no such ISBN, twice, and no page has ever been seen.
///    Amazon after "Publish" at KDP is another rule's business.
/// 2. Before the date the time counts from enabling: the store's own window, longer for the first
///    title of an account. What was never enabled, and what KDP alone brings to Amazon, is not
///    missing before its date.
/// 3. From its date on a book ought to be on sale, whoever carries it: 72 hours, then act. Where it
///    was enabled so late that listing may still take its time, that time counts.
/// 4. Walmart and Target may decline a title: nothing to do, and where it was never enabled, nothing
///    to wait for.
/// 5. Next step: search by ISBN, check that the title is enabled, then ask whoever carries it; at
///    KDP, where it is not known to be published, publish it.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let run = case.run(listing, |state| !is_listed(state))?;
    let launch = &case.view.launch;
    let was_listed = Case::was_ever(listing, run.since, is_listed);
    if was_listed || launch.published_at(store).is_some() {
        return None;
    }
    let may_decline = WindowName::listing_at(store) == WindowName::ListWalmartTarget;
    if may_decline && (launch.enabled.is_none() || launch.is_kdp_only()) {
        return None;
    }
    let date = launch.released_at(store);
    let listing_window = listing_window(case, store);
    let name = if launch.is_kdp_store(store) {
        WindowName::ReleaseAmazonNotKdp
    } else {
        WindowName::ReleaseIngramFed
    };
    let release = case.window_at(name, store);
    // Enabled so late that listing may still take its time, it is not more than that.
    let waits = listing_window
        .filter(|(window, start)| run.seen < date || is_later((window, *start), (release, date)));
    if waits.is_none() && run.seen < date {
        return None;
    }
    let (window, start, kind) = if let Some((window, start)) = waits {
        let kind = FindingKind::Missing {
            counts_from: start,
            enabled: launch.enabled.is_some(),
            others: case.others(store, is_listed),
        };
        (window, start, kind)
    } else {
        let kind = FindingKind::NotOnSale {
            date: launch.date_at(store),
            others: case.others(store, Availability::is_released),
        };
        (release.clone(), date, kind)
    };
    let step = if case.awaits_kdp(store, run.seen) && !launch.is_kdp_only() {
        Task::PublishAtKdp.into()
    } else {
        case.ask_about(store, SupportText::NotListed)
    };
    Some(
        Finding::new(kind, vec![store.clone()], start)
            .within(&window, start, run.seen)
            .seen_on(store, run.says, run.span())
            .then(step),
    )
}

fn is_listed(state: Availability) -> bool {
    state != Availability::NotListed
}

/// The window from enabling to a page, and when it began; `None` where nothing is expected yet.
pub(super) fn listing_window(case: &Case<'_>, store: &StoreId) -> Option<(Window, Timestamp)> {
    let launch = &case.view.launch;
    let (name, begun) = if !launch.is_kdp_only() {
        let name = WindowName::listing_at(store);
        (name, launch.enabled.map(begun_everywhere)?)
    } else if launch.is_kdp_store(store) {
        return None;
    } else {
        let published = launch.kdp.map(|kdp| kdp.counts_from());
        let begun = published.unwrap_or_else(|| launch.released_at(store));
        (WindowName::ListKdpExpanded, begun)
    };
    let edition = &case.view.edition;
    Some((case.settings.windows.listing(name, edition, store), begun))
}

/// Acting is right later by the first window than by the second, or never.
fn is_later(one: (&Window, Timestamp), other: (&Window, Timestamp)) -> bool {
    match (one.0.act_from(one.1), other.0.act_from(other.1)) {
        (Some(one), Some(other)) => other < one,
        (None, _) => true,
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Distribution;
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
    fn what_nobody_lists_after_its_date_is_told_whoever_carries_it() {
        for (distribution, party) in [
            (Distribution::Kdp, Party::Kdp),
            (Distribution::IngramSpark, Party::IngramSpark),
            (Distribution::Other, Party::Distributor),
        ] {
            let script = |looks: i64| {
                Script::new("2027-06-09")
                    .with(|edition| {
                        edition.distribution = distribution;
                        edition.amazon_switch = false;
                    })
                    .pages(&format!(
                        "2027-06-01T00:00 amazon.com not_listed..12*{looks}"
                    ))
            };
            script(18).check(&[]);
            script(20).check(&["watch not-on-sale amazon.com"]);
            script(23).check(&["act not-on-sale amazon.com"]);
            assert_eq!(script(23).judge()[0].ask(), Some(party));
        }
    }

    #[test]
    fn what_was_never_enabled_is_not_missing_before_its_date() {
        Script::new("2027-06-09")
            .pages("2026-12-01T00:00 amazon.com not_listed..24*90")
            .check(&[]);
    }

    #[test]
    fn what_a_store_may_decline_is_never_late() {
        for distribution in [Distribution::IngramSpark, Distribution::Kdp] {
            Script::new("2027-06-09")
                .with(|edition| edition.distribution = distribution)
                .pages("2027-06-01T00:00 walmart.com not_listed..24*100")
                .check(&[]);
        }
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
            assert_eq!(findings[0].ask(), Some(party));
            assert_eq!(findings[0].support_text(), Some(SupportText::NotListed));
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
