//! A page still takes pre-orders after the date.

use crate::book::Availability;
use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, SupportText, Task};

/// Still pre-order after the date.
///
/// 1. The page has said pre-order, twice, and was seen so after its date had begun everywhere.
/// 2. For a day a mixture is normal; from the third day on it is time to act.
/// 3. Amazon, where KDP is to take over: has the paperback been published there? After "Publish"
///    it is another rule's business. Elsewhere: the distributor is the contact, and for
///    Draft2Digital the only one.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let run = case.run(listing, |state| state == Availability::PreOrder)?;
    let date = case.view.launch.released_at(store);
    if run.seen < date || case.is_switching(listing) {
        return None;
    }
    let name = if case.view.launch.is_kdp_store(store) {
        WindowName::ReleaseAmazonNotKdp
    } else {
        WindowName::ReleaseIngramFed
    };
    // What was a pre-order at our first look has been one since the date; what became one under
    // our eyes has its own beginning.
    let is_first = listing.spells.iter().all(|spell| run.since <= spell.since);
    let start = if is_first { date } else { date.max(run.since) };
    let kind = FindingKind::StillPreOrder {
        date: case.view.launch.date_at(store),
        others: case.others(store, Availability::is_released),
    };
    let step = if case.awaits_kdp(store, run.seen) {
        Task::PublishAtKdp.into()
    } else {
        case.ask_about(store, SupportText::ResendUnavailable)
    };
    Some(
        Finding::new(kind, vec![store.clone()], start)
            .within(case.window_at(name, store), start, run.seen)
            .seen_on(store, run.says, run.span())
            .then(step),
    )
}

#[cfg(test)]
mod tests {
    use crate::book::Distribution;
    use crate::judge::script::{Script, short};
    use crate::judge::{NextStep, Party, Task};

    fn launch(looks: i64) -> Script {
        Script::new("2023-04-01")
            .with(|edition| {
                edition.distribution = Distribution::Draft2Digital;
                edition.amazon_switch = false;
            })
            .pages(&format!(
                "2023-03-30T00:00 amazon.com pre_order..12*{looks}
                 2023-03-30T00:00 barnesandnoble.com in_stock..12*{looks}"
            ))
    }

    #[track_caller]
    fn check(script: &Script, expected: Option<&str>) {
        let found: Vec<String> = script
            .judge()
            .iter()
            .map(short)
            .filter(|line| line.contains("still-pre-order"))
            .collect();
        assert_eq!(found, expected.as_slice());
    }

    #[test]
    fn after_the_date_has_begun_everywhere_the_clock_runs() {
        check(&launch(6), None);
        check(&launch(7), Some("watch still-pre-order amazon.com"));
        check(&launch(10), Some("watch still-pre-order amazon.com"));
        check(&launch(11), Some("act still-pre-order amazon.com"));
    }

    #[test]
    fn what_was_a_pre_order_at_our_first_look_has_been_one_since_the_date() {
        let late = Script::new("2023-04-01")
            .with(|edition| edition.amazon_switch = false)
            .pages("2023-05-30T00:00 bookshop.org pre_order..6*1");
        check(&late, Some("act still-pre-order bookshop.org"));
        let became = Script::new("2023-04-01").pages(
            "2023-05-20T00:00 bookshop.org in_stock..24*9
             2023-05-30T00:00 bookshop.org pre_order..24*1",
        );
        check(&became, Some("watch still-pre-order bookshop.org"));
    }

    #[test]
    fn draft2digital_is_the_only_contact() {
        let ask = launch(12).judge()[0].ask().unwrap();
        assert_eq!(ask, Party::Draft2Digital);
        assert!(ask.how().contains("the only contact"));
    }

    #[test]
    fn after_publishing_at_kdp_it_is_kdps_clock() {
        let script = launch(12)
            .with(|edition| edition.amazon_switch = true)
            .notes("2023-04-03T00:30 kdp_published");
        check(&script, None);
        let unpublished = launch(12).with(|edition| edition.amazon_switch = true);
        check(&unpublished, Some("act still-pre-order amazon.com"));
        let task = Task::PublishAtKdp;
        assert_eq!(unpublished.judge()[0].next, NextStep::Do { task });
    }

    #[test]
    fn a_page_that_could_not_be_read_since_is_not_still_anything() {
        let script = Script::new("2023-04-01").pages(
            "2023-03-20T00:00 bookshop.org pre_order..12*10
             2023-03-26T00:00 bookshop.org blocked..12*40",
        );
        check(&script, None);
    }
}
