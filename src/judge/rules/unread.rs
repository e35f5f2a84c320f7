//! A page could not be read for long.

use crate::history::{Blind, ListingView};
use crate::judge::case::Case;
use crate::judge::kind::Blindness;
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, Severity, Task};
use crate::page::UnreadReason;

/// A page that was not read at so many first looks, hours apart, is refused, not unlucky.
const FIRST_LOOKS: u32 = 3;

/// Unread for long: we are blind.
///
/// 1. Every look at the listing since `blind.since` was unread, more than once. Another product at
///    the address is another rule's business.
/// 2. All stores of the edition unreachable at once are our own line: [`crate::judge::line`].
/// 3. Watch after three days, one calm letter; never Act, because it says nothing about the book.
///    A page that was never read is told after its first three looks: nothing is known of it.
/// 4. While a person's own look speaks for the page, nothing is amiss; once none does any more, it counts
///    from then on.
/// 5. Next step: look yourself, and tell us what it says; or give us another way in.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let is_line = 1 < case.view.listings.len()
        && case
            .view
            .listings
            .iter()
            .all(|listing| reason(listing) == Some(UnreadReason::Unreachable));
    if is_line {
        return Vec::new();
    }
    case.view
        .listings
        .iter()
        .filter_map(|listing| judge_listing(case, listing, listing.blind.as_ref()?))
        .collect()
}

fn reason(listing: &ListingView) -> Option<UnreadReason> {
    listing.blind.as_ref().map(|blind| blind.unread.reason)
}

fn judge_listing(case: &Case<'_>, listing: &ListingView, blind: &Blind) -> Option<Finding> {
    let store = &listing.store;
    let window = case.window_at(WindowName::Unread, store);
    let seen = listing.last_try?;
    if blind.unread.reason == UnreadReason::WrongProduct || blind.attempts < 2 {
        return None;
    }
    let kind = FindingKind::Unread(Blindness {
        unread: blind.unread.clone(),
        last_good: listing.last_good,
        address: listing.address.clone(),
    });
    let since = if listing.last_good <= Some(blind.since) {
        blind.since
    } else {
        listing.good_until.filter(|until| *until < case.now)?
    };
    let mut found = Finding::new(kind, vec![store.clone()], since)
        .within(window, since, seen.max(since))
        .to_do(Task::LookYourself);
    found.act_from = None;
    if listing.last_good.is_none() && FIRST_LOOKS <= blind.attempts {
        found = found.weighing(Severity::Watch);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use crate::judge::script::Script;

    #[test]
    fn three_blind_days_are_one_calm_line_and_never_an_alarm() {
        let script = |looks: i64| {
            Script::new("2027-06-09").pages(&format!(
                "2027-01-01T00:00 amazon.com pre_order..24*4
                 2027-01-05T00:00 amazon.com blocked..24*{looks}"
            ))
        };
        script(2).check(&[]);
        script(3).check(&["watch unread amazon.com"]);
        script(99).check(&["watch unread amazon.com"]);
        let ways = script(3).said_of("unread");
        assert!(ways.contains("could not read"), "{ways}");
        assert!(ways.contains("the store turned us away"), "{ways}");
        assert!(ways.contains("amazon.com --says"), "{ways}");
        assert!(ways.contains("\"browser\""), "{ways}");
        assert!(ways.contains("is for Associates with ten"), "{ways}");
        assert!(!ways.contains("\"api\""), "{ways}");
    }

    #[test]
    fn a_page_that_was_never_read_is_told_after_its_first_three_looks() {
        let script = |looks: i64| {
            Script::new("2027-06-09")
                .pages(&format!("2027-01-05T00:00 amazon.com blocked..2*{looks}"))
        };
        script(1).check(&[]);
        script(2).check(&["watch unread amazon.com"]);
        let said = script(2).said_of("unread");
        assert!(
            said.starts_with("We could not read Amazon's page at any look so far\n"),
            "{said}"
        );
        assert!(
            said.contains("nobody knows how the book stands there"),
            "{said}"
        );
    }

    #[test]
    fn all_stores_unreachable_are_not_the_stores_fault() {
        Script::new("2027-06-09")
            .pages(
                "2027-01-05T00:00 amazon.com unreachable..24*9
                 2027-01-05T00:00 bookshop.org unreachable..24*9",
            )
            .check(&[]);
    }
}
