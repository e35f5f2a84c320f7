//! Only other sellers offer the book.

use crate::book::Availability;
use crate::book::launch::{LAUNCH_HOURS, later};
use crate::history::ListingView;
use crate::judge::case::{Case, Counts};
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, SupportText};

/// A page is new for so long: other sellers' offers come within hours, the store's own takes days.
const NEW_PAGE_HOURS: i64 = 96;

/// Third-party only.
///
/// 1. The page has offered only other sellers' or used copies, twice, 12 hours apart.
/// 2. Not before the third day after the date, nor in the first four days of the page: on launch
///    days, and on a page that is hours old, any mixture is normal.
/// 3. Next step: ask why; the usual cause is that Amazon's supplier has no
///    copy that it can fill promptly. Ask KDP where it prints, else the distributor.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let run = case.run(listing, |state| state == Availability::ThirdPartyOnly)?;
    if case.is_switching(listing) {
        return None;
    }
    let listed = listing
        .spells
        .iter()
        .find(|spell| spell.availability != Availability::NotListed)
        .filter(|first| listing.spells.iter().any(|spell| spell.since < first.since));
    let page_is_new = listed.map(|spell| later(spell.since, NEW_PAGE_HOURS));
    let launch_over = later(case.view.launch.released_at(store), LAUNCH_HOURS);
    let patient_until = page_is_new.map_or(launch_over, |until| until.max(launch_over));
    let (window, start) = match case.counts_from(&run) {
        Counts::Revision(window, start) => (window, start),
        Counts::From(clock) => {
            let window = case.window_at(WindowName::ThirdPartyOnly, store);
            // The window is over at the earliest when patience is.
            let shift = window.quiet.after(clock).duration_since(clock);
            (window, clock.max(patient_until - shift))
        }
    };
    let step = case.ask_about(store, SupportText::ResendUnavailable);
    Some(
        Finding::new(FindingKind::ThirdPartyOnly, vec![store.clone()], run.since)
            .within(window, start, run.seen)
            .seen_on(store, run.says, run.span())
            .then(step),
    )
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
