//! A store has a page without a buy button.

use jiff::Timestamp;

use crate::book::{Availability, Family, Making};
use crate::history::ListingView;
use crate::judge::case::{Case, Counts, Run};
use crate::judge::windows::{Stage, WindowName};
use crate::judge::{Finding, FindingKind, NextStep, Party, SupportText, Task};

/// Stuck in out-of-stock, stores that disagree, and unavailable once on sale.
///
/// 1. The page has said unavailable, announced or ended, twice.
/// 2. A revision that the author told us of explains it, in a window of its own. Amazon after
///    "Publish" at KDP is another rule's business.
/// 3. Before the date: another store takes orders → *stores disagree*, 10 days to act; none does →
///    *stuck*, 21 days. In the last 14 days before the date three days are enough: what can only be
///    mended before the date is worth asking while there is time.
/// 4. From the date on: three days from the date, or from when it went off, if that was later.
/// 5. Once steady a second sighting is enough for what is printed to order or not printed at all:
///    it cannot be out. A printed run can, and has three weeks.
/// 6. Next step: before the date from which acting is right, wait: resending too soon is disliked
///    at Ingram. Then ask the distributor to re-send; at Barnes & Noble, once on sale and alone in
///    this, quote its own rule to it; Amazon on its date without KDP: publish there.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let run = case.run(listing, Availability::is_closed)?;
    if case.is_switching(listing) {
        return None;
    }
    let others = case.others(store, Availability::is_orderable);
    let is_steady = case.view.launch.steady_from(store) <= run.since;
    let finding = |kind, since: Timestamp| {
        Finding::new(kind, vec![store.clone()], since.min(run.since)).seen_on(
            store,
            run.says,
            run.span(),
        )
    };
    let kind = if is_steady {
        FindingKind::Unavailable
    } else if others.is_empty() {
        FindingKind::Stuck
    } else {
        FindingKind::StoresDisagree { others }
    };
    let found = match case.counts_from(&run) {
        Counts::Revision(window, start) => finding(kind, run.since).within(window, start, run.seen),
        Counts::From(clock) => {
            let (name, start) = window(case, listing, &run, (clock, is_steady), &kind);
            finding(kind, start).within(case.window_at(name, store), start, run.seen)
        }
    };
    Some(found.then(step(case, listing, &run, is_steady)))
}

/// The window that goes with the time, and from when it counts.
fn window(
    case: &Case<'_>,
    listing: &ListingView,
    run: &Run<'_>,
    (clock, is_steady): (Timestamp, bool),
    kind: &FindingKind,
) -> (WindowName, Timestamp) {
    let store = &listing.store;
    let launch = &case.view.launch;
    let date = launch.released_at(store);
    if is_steady {
        let name = match case.making() {
            Making::OnDemand => WindowName::SteadyUnavailable,
            Making::Digital => WindowName::DigitalUnavailable,
            Making::Offset | Making::Unknown => WindowName::PrintedRunOut,
        };
        return (name, clock);
    }
    if date <= run.seen {
        let name = if launch.is_kdp_store(store) {
            WindowName::ReleaseAmazonNotKdp
        } else {
            WindowName::ReleaseIngramFed
        };
        return (name, clock.max(date));
    }
    let usual = if matches!(kind, FindingKind::StoresDisagree { .. }) {
        WindowName::PreOrderUnavailable
    } else {
        WindowName::PreOrderUnavailableEverywhere
    };
    // The last two weeks have less patience, but not before they have begun.
    let late = WindowName::PreOrderUnavailableLate;
    let stage = |name| -> Stage { case.window_at(name, store).stage(clock, run.seen) };
    if launch.early_ship_from(store) <= run.seen && stage(usual) < stage(late) {
        return (late, clock);
    }
    (usual, clock)
}

fn step(case: &Case<'_>, listing: &ListingView, run: &Run<'_>, is_steady: bool) -> NextStep {
    let store = &listing.store;
    if case.awaits_kdp(store, run.seen) {
        return Task::PublishAtKdp.into();
    }
    let party = case.party_for(store);
    let is_alone = || {
        let off = case.others(store, Availability::is_closed);
        off.iter().all(|other| case.party_for(other) != party)
    };
    let quotes_its_rule = is_steady
        && is_alone()
        && party == Party::IngramSpark
        && case.making() == Making::OnDemand
        && store.family() == Family::BarnesNoble;
    if quotes_its_rule {
        NextStep::ask(Party::BarnesNoble, SupportText::BarnesNobleFault)
    } else {
        case.ask_about(store, SupportText::ResendUnavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::{Script, short, time};

    /// Amazon unavailable from 1 January for so many hours, Barnes & Noble as said.
    fn launch(date: &str, elsewhere: &str, hours: i64) -> Script {
        Script::new(date).enabled("2026-12-20").pages(&format!(
            "2027-01-01T00:00 amazon.com out_of_stock..12*{}
             2027-01-01T00:00 barnesandnoble.com {elsewhere}..12*{}",
            hours / 12,
            hours / 12,
        ))
    }

    #[test]
    fn while_another_store_takes_orders_ten_days_are_enough() {
        for (days, expected) in [
            (2, None),
            (3, Some("watch stores-disagree amazon.com")),
            (9, Some("watch stores-disagree amazon.com")),
            (10, Some("act stores-disagree amazon.com")),
        ] {
            launch("2027-03-09", "pre_order", days * 24).check(expected.as_slice());
        }
    }

    #[test]
    fn nothing_is_said_of_asking_before_the_window() {
        let findings = launch("2027-03-09", "pre_order", 4 * 24).judge();
        assert_eq!(findings[0].support_text(), None);
        assert_eq!(findings[0].ask(), None);
        let until = Some(time("2027-01-11T00:00"));
        assert_eq!(findings[0].next, NextStep::Wait { until });
        assert_eq!(findings[0].act_from, Some(time("2027-01-11T00:00")));
    }

    #[test]
    fn when_no_store_takes_orders_it_is_stuck_and_takes_longer() {
        launch("2027-03-09", "out_of_stock", 10 * 24)
            .check(&["watch stuck amazon.com+barnesandnoble.com"]);
        launch("2027-03-09", "out_of_stock", 21 * 24)
            .check(&["act stuck amazon.com+barnesandnoble.com"]);
    }

    #[test]
    fn the_last_two_weeks_have_less_patience() {
        launch("2027-01-21", "pre_order", 5 * 24).check(&["watch stores-disagree amazon.com"]);
        launch("2027-01-21", "pre_order", 6 * 24).check(&["act stores-disagree amazon.com"]);
    }

    #[test]
    fn a_blip_does_not_start_the_clock_anew_and_one_look_counts_for_nothing() {
        Script::new("2027-03-09")
            .pages(
                "2027-01-01T00:00 barnesandnoble.com pre_order..12*40
                 2027-01-01T00:00 amazon.com out_of_stock..12*12
                 2027-01-07T12:00 amazon.com pre_order
                 2027-01-07T18:00 amazon.com out_of_stock..12*8",
            )
            .check(&["act stores-disagree amazon.com"]);
        Script::new("2026-01-01")
            .pages(
                "2027-01-01T00:00 amazon.com in_stock..12*40
                 2027-02-01T00:00 amazon.com out_of_stock",
            )
            .check(&[]);
    }

    #[test]
    fn time_in_which_nobody_could_look_is_no_evidence() {
        Script::new("2027-03-09")
            .pages(
                "2027-01-01T00:00 barnesandnoble.com pre_order..12*40
                 2027-01-01T00:00 amazon.com out_of_stock..12*8
                 2027-01-05T12:00 amazon.com blocked..12*30",
            )
            .check(&[
                "watch stores-disagree amazon.com",
                "watch unread amazon.com",
            ]);
    }

    #[test]
    fn on_sale_a_day_is_normal_and_three_are_not() {
        for (looks, expected) in [
            (1, None),
            (2, Some("watch stores-disagree amazon.com")),
            (6, Some("act stores-disagree amazon.com")),
        ] {
            let findings: Vec<String> = Script::new("2027-01-01")
                .with(|edition| edition.amazon_switch = false)
                .pages(&format!(
                    "2027-01-01T12:00 amazon.com out_of_stock..12*{looks}
                     2026-12-31T00:00 barnesandnoble.com in_stock..12*8"
                ))
                .judge()
                .iter()
                .map(short)
                .filter(|line| line.contains("amazon"))
                .collect();
            assert_eq!(findings, expected.as_slice());
        }
    }

    #[test]
    fn once_steady_the_second_sighting_is_enough_and_names_the_stores_own_rule() {
        let findings = Script::new("2026-01-01")
            .pages(
                "2027-01-01T00:00 barnesandnoble.com in_stock..24*9
                 2027-01-11T00:00 barnesandnoble.com out_of_stock..6*1",
            )
            .judge();
        assert_eq!(short(&findings[0]), "act unavailable barnesandnoble.com");
        assert_eq!(findings[0].ask(), Some(Party::BarnesNoble));
        assert_eq!(
            findings[0].support_text(),
            Some(SupportText::BarnesNobleFault)
        );
    }

    #[test]
    fn stores_that_went_off_together_are_one_question_to_who_feeds_them() {
        let script = Script::new("2026-01-01").enabled("2025-11-01").pages(
            "2027-01-01T00:00 barnesandnoble.com in_stock..24*9
             2027-01-01T00:00 bookshop.org in_stock..24*9
             2027-01-11T00:00 barnesandnoble.com out_of_stock..6*3
             2027-01-11T06:00 bookshop.org out_of_stock..6*2",
        );
        script.check(&["act unavailable barnesandnoble.com+bookshop.org"]);
        assert_eq!(script.judge()[0].ask(), Some(Party::IngramSpark));
    }

    #[test]
    fn a_revision_explains_it_for_ten_business_days() {
        let script = |looks: i64| {
            Script::new("2026-01-01")
                .notes("2027-01-04T00:00 revision_started")
                .pages(&format!(
                    "2026-12-20T00:00 amazon.com in_stock..24*15
                     2027-01-04T12:00 amazon.com out_of_stock..24*{looks}"
                ))
        };
        script(12).check(&[]);
        script(14).check(&["act unavailable amazon.com"]);
        // Done: the files are processed and the stores follow, so it has its own five and ten days.
        let done = |looks: i64| script(looks).notes("2027-01-06T00:00 revision_done");
        done(3).check(&[]);
        done(9).check(&["watch unavailable amazon.com"]);
        done(16).check(&["act unavailable amazon.com"]);
    }

    #[test]
    fn what_the_author_expects_is_left_out_until_it_changes() {
        let script = launch("2027-03-09", "pre_order", 12 * 24);
        script
            .clone()
            .notes("2027-01-05T00:00 expected amazon.com")
            .check(&[]);
        script
            .notes("2027-01-05T00:00 expected barnesandnoble.com")
            .check(&["act stores-disagree amazon.com"]);
    }

    #[test]
    fn after_asking_it_waits_for_the_answer() {
        let script =
            launch("2027-03-09", "pre_order", 12 * 24).notes("2027-01-12T00:00 asked_ingramspark");
        script.check(&["watch stores-disagree amazon.com"]);
        let step = script.step();
        assert!(step.contains("You asked on Tue 12 January"), "{step}");
        launch("2027-03-09", "pre_order", 20 * 24)
            .notes("2027-01-12T00:00 asked_ingramspark")
            .check(&["act stores-disagree amazon.com"]);
    }

    #[test]
    fn on_the_date_amazon_waits_for_kdp_and_the_author_can_do_it() {
        let findings = Script::new("2027-01-01")
            .pages("2026-12-30T00:00 amazon.com out_of_stock..12*14")
            .judge();
        assert_eq!(short(&findings[0]), "act stuck amazon.com");
        let task = Task::PublishAtKdp;
        assert_eq!(findings[0].next, NextStep::Do { task });
    }
}
