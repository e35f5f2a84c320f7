//! Published at KDP, and Amazon does not offer it yet.

use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::kind::KdpWait;
use crate::judge::windows::{Stage, WindowName};
use crate::judge::{Finding, FindingKind, NextStep, Party, SupportText};

/// KDP published but not live.
///
/// 1. The author clicked "Publish" or scheduled a release; KDP serves this Amazon page.
/// 2. The page has not offered the book since, in readings that lasted; before the first of them
///    after the click it is usual. An ebook
///    before its date is offered when it can be ordered in advance.
/// 3. Until the scheduled day KDP hides the page of a print edition; 72 hours are the usual limit
///    from then, or from the click. Until then it is usual, and the other rules are quiet too.
/// 4. Then act: check the status in the Bookshelf, write to KDP. After 10 business days even KDP's
///    outer limit is over: that is a finding of its own, and so a letter.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let kdp = case.view.launch.kdp_at(store)?;
    // By the newest look, not by the clock: the date makes nothing late that nobody saw since.
    let seen = listing.spells.last()?.last_seen;
    let is_not_offered = |state| !case.is_offered(state, store, seen);
    let run = case.run(listing, is_not_offered)?;
    if !case.is_switching(listing) {
        return None;
    }
    let start = kdp.counts_from();
    let wait = KdpWait {
        clicked: kdp.at,
        scheduled: kdp.scheduled,
        counts_from: start,
        sold_at: case.sold_at_other_amazons(store),
    };
    let outer = case.window(WindowName::KdpOuterLimit);
    let kind = if outer.stage(start, run.seen) == Stage::Act {
        FindingKind::KdpPastOuterLimit(wait)
    } else {
        FindingKind::KdpNotLive(wait)
    };
    Some(
        Finding::new(kind, vec![store.clone()], start)
            .within(
                case.window_at(WindowName::KdpClicked, store),
                start,
                run.seen,
            )
            .seen_on(store, run.says, run.span())
            .then(NextStep::ask(Party::Kdp, SupportText::KdpNotLive)),
    )
}

#[cfg(test)]
mod tests {
    use crate::judge::script::{Script, time};

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
        launch("out_of_stock", 13 * 24).check(&["act kdp-not-live amazon.com"]);
        let late = launch("out_of_stock", 14 * 24);
        late.check(&["act kdp-past-outer-limit amazon.com"]);
        assert!(late.said_of("kdp-past-outer-limit").contains("outer limit"));
    }

    #[test]
    fn a_scheduled_release_is_hidden_until_its_day_and_then_has_72_hours() {
        let script = |looks: i64| {
            Script::new("2023-06-27")
                .notes("2023-06-20T15:00 kdp_published=2023-06-27")
                .pages(&format!(
                    "2023-06-20T18:00 amazon.com not_listed..6*{looks}"
                ))
        };
        script(30).check(&[]);
        assert_eq!(
            script(20).normal_at("2023-06-25T18:00"),
            "amazon.com: usual after publishing at KDP, until Fri 30 June"
        );
        script(38).check(&["act kdp-not-live amazon.com"]);
    }

    #[test]
    fn an_ebook_that_can_be_ordered_in_advance_is_live() {
        let ebook = |state: &str| {
            Script::new("2023-06-27")
                .with(|edition| {
                    edition.format = crate::book::Format::Ebook;
                    edition.distribution = crate::book::Distribution::Kdp;
                })
                .notes("2023-06-01T09:00 kdp_published")
                .pages(&format!("2023-06-01T12:00 amazon.com {state}..6*20"))
        };
        ebook("pre_order").check(&[]);
        ebook("not_listed").check(&["act kdp-not-live amazon.com"]);
        let words = ebook("not_listed").said_of("kdp-not-live");
        assert!(!words.contains("ISBN inside"), "{words}");
    }

    #[test]
    fn a_kindle_pre_order_that_turns_late_is_no_matter_of_kdps_72_hours() {
        let ebook = |looks: i64| {
            Script::new("2023-06-27")
                .with(|edition| {
                    edition.format = crate::book::Format::Ebook;
                    edition.distribution = crate::book::Distribution::Kdp;
                })
                .notes("2023-06-12T09:00 kdp_published")
                .pages(&format!(
                    "2023-06-01T12:00 amazon.com pre_order..12*{looks}"
                ))
        };
        ebook(52).check(&[]);
        ebook(54).check(&["watch still-pre-order amazon.com"]);
        ebook(60).check(&["act still-pre-order amazon.com"]);
    }

    #[test]
    fn the_date_alone_makes_no_kindle_page_late_that_nobody_saw_since() {
        let script = Script::new("2023-06-27")
            .with(|edition| {
                edition.format = crate::book::Format::Ebook;
                edition.distribution = crate::book::Distribution::Kdp;
            })
            .notes("2023-06-12T09:00 kdp_published")
            .pages(
                "2023-06-10T12:00 amazon.com pre_order..24*4
                 2023-06-15T12:00 amazon.com out_of_stock",
            );
        let view = script.view();
        for day in ["2023-06-15T12:00", "2023-06-28T12:00", "2023-07-20T12:00"] {
            let findings = script.judge_at(&view, time(day));
            let is_late = findings.iter().any(|one| one.kind.name() == "kdp-not-live");
            assert!(!is_late, "{day}: {findings:?}");
        }
    }

    #[test]
    fn once_live_it_is_over_for_good() {
        let findings = launch("in_stock", 80).judge();
        assert!(findings.iter().all(|finding| {
            ["released", "launch-report-24h", "launch-report-72h"].contains(&finding.kind.name())
        }));
    }
}
