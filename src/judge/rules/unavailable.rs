//! A store has a page without a buy button.

use jiff::Timestamp;

use crate::book::{Availability, Family};
use crate::history::ListingView;
use crate::judge::case::{Case, Run, about, elsewhere, severity, usual_words};
use crate::judge::windows::{Stage, Window, WindowName};
use crate::judge::{Finding, Party, Severity, SupportText, words};

/// Stuck in out-of-stock, stores that disagree, and unavailable once on sale (DOMAIN F1, F9, F13).
///
/// 1. The page has said unavailable, announced or ended, twice.
/// 2. A revision that the author told us of explains it for 10 business days. Amazon after
///    "Publish" at KDP is another rule's business.
/// 3. Before the date: another store takes orders → *stores disagree*, 10 days to act; none does →
///    *stuck*, 21 days. In the last 14 days before the date three days are enough.
/// 4. From the date on: three days from the date, or from when it went off, if that was later.
/// 5. Once steady a second sighting is enough: it is printed to order, so it cannot be out.
/// 6. Next step: before the date from which acting is right, wait: resending too soon is disliked
///    (DOMAIN finding 10). Then ask the distributor to re-send; at Barnes & Noble, once on sale,
///    quote its own rule to it; Amazon on its date without KDP: publish there.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    case.view
        .listings
        .iter()
        .filter_map(|listing| judge_listing(case, listing))
        .collect()
}

fn judge_listing(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let run = case.run(listing, Availability::is_closed)?;
    let clock = case.clock(&run)?;
    if case.is_switching(listing) {
        return None;
    }
    let others = case.others(store, Availability::is_orderable);
    let Measured {
        window,
        start,
        stage,
        act_from,
    } = measure(case, listing, (&run, clock), !others.is_empty());
    let severity = severity(stage)?;
    let is_steady = window == case.window_at(WindowName::SteadyUnavailable, store);
    let rule = if is_steady {
        "unavailable"
    } else if others.is_empty() {
        "stuck"
    } else {
        "stores-disagree"
    };
    let elsewhere = elsewhere(&others, "takes", "take", "orders");
    let awaits_kdp = case.awaits_kdp(store, run.seen);
    let (party, text) = whom_to_ask(case, listing, is_steady, awaits_kdp);
    Some(Finding {
        severity,
        headline: format!("{} shows {}", store.label(), words::quoted(&run.says.words)),
        verdict: format!(
            "{}'s page has said {} at every look since {}, {}.{elsewhere} {}",
            store.label(),
            words::quoted(&run.says.words),
            words::day(run.since, case.zone()),
            words::length(run.seen.duration_since(run.since)),
            if is_steady {
                "It is printed to order, so it cannot really be out of stock."
            } else {
                usual_words(stage)
            },
        ),
        usual: Some(window.usual()),
        act_from,
        next_step: if severity == Severity::Act {
            next_step(party)
        } else {
            case.wait_words(act_from)
        },
        ask: (severity == Severity::Act).then_some(party),
        text: text.filter(|_| severity == Severity::Act),
        ..about(rule, store, start.min(run.since))
    })
}

struct Measured<'a> {
    window: &'a Window,
    start: Timestamp,
    stage: Stage,
    act_from: Option<Timestamp>,
}

fn measure<'a>(
    case: &Case<'a>,
    listing: &ListingView,
    (run, clock): (&Run<'_>, Timestamp),
    others_take_orders: bool,
) -> Measured<'a> {
    let store = &listing.store;
    let date = case.view.launch.released_at(store);
    let with = |name: WindowName, start: Timestamp| {
        let window = case.window_at(name, store);
        Measured {
            window,
            start,
            stage: window.stage(start, run.seen),
            act_from: window.act_from(start),
        }
    };
    if case.view.launch.steady_from(store) <= run.since {
        return with(WindowName::SteadyUnavailable, clock);
    }
    if date <= run.seen {
        let name = if case.view.launch.is_kdp_store(store) {
            WindowName::ReleaseAmazonNotKdp
        } else {
            WindowName::ReleaseIngramFed
        };
        return with(name, clock.max(date));
    }
    let usual = with(
        if others_take_orders {
            WindowName::PreOrderUnavailable
        } else {
            WindowName::PreOrderUnavailableEverywhere
        },
        clock,
    );
    // The last two weeks have less patience, but not before they have begun.
    if case.view.launch.early_ship_from(store) <= run.seen {
        let late = with(WindowName::PreOrderUnavailableLate, clock);
        if usual.stage < late.stage {
            return late;
        }
    }
    usual
}

fn next_step(party: Party) -> String {
    if party == Party::Author {
        return "If you have not yet published the paperback at KDP, do that now; if you have, \
                tell us with `pubwatch note`, and we will go by KDP's times."
            .to_owned();
    }
    format!(
        "Open the page yourself. If it says the same, ask for the title to be sent again. {} If \
         you have just uploaded new files, tell us instead, and we will stay quiet for 10 \
         business days.",
        party.how()
    )
}

fn whom_to_ask(
    case: &Case<'_>,
    listing: &ListingView,
    is_steady: bool,
    awaits_kdp: bool,
) -> (Party, Option<SupportText>) {
    let party = case.party_for(&listing.store);
    if awaits_kdp {
        (Party::Author, None)
    } else if is_steady
        && party == Party::IngramSpark
        && listing.store.family() == Family::BarnesNoble
    {
        (Party::BarnesNoble, Some(SupportText::BarnesNobleFault))
    } else if party == Party::Kdp {
        (party, Some(SupportText::KdpNotLive))
    } else {
        (party, Some(SupportText::ResendUnavailable))
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
        assert_eq!(findings[0].text, None);
        assert_eq!(findings[0].ask, None);
        assert!(
            findings[0]
                .next_step
                .starts_with("Wait until Mon 11 January")
        );
        assert_eq!(findings[0].act_from, Some(time("2027-01-11T00:00")));
    }

    #[test]
    fn when_no_store_takes_orders_it_is_stuck_and_takes_longer() {
        launch("2027-03-09", "out_of_stock", 10 * 24)
            .check(&["watch stuck amazon.com", "watch stuck barnesandnoble.com"]);
        launch("2027-03-09", "out_of_stock", 21 * 24)
            .check(&["act stuck amazon.com", "act stuck barnesandnoble.com"]);
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
        assert_eq!(findings[0].ask, Some(Party::BarnesNoble));
        assert_eq!(findings[0].text, Some(SupportText::BarnesNobleFault));
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
        script(3)
            .notes("2027-01-06T00:00 revision_done")
            .check(&["act unavailable amazon.com"]);
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
        assert!(
            script.judge()[0]
                .next_step
                .contains("You asked on Tue 12 January")
        );
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
        assert_eq!(findings[0].ask, Some(Party::Author));
        assert_eq!(findings[0].text, None);
    }
}
