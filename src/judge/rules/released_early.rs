//! A page sells the book before its date.

use jiff::civil::Date;

use crate::book::launch::{begun_everywhere, gmt_date, later, midnight_gmt};
use crate::book::{Availability, Phase};
use crate::history::ListingView;
use crate::judge::case::{Case, Run};
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, NextStep, Severity, SupportText, Task};

/// Released early.
///
/// 1. The page has taken orders without the word pre-order, twice, more than a day before its date.
/// 2. It shows a date that has passed, though the edition's date has not: the store holds an old
///    date. Act at once.
/// 3. In the last 14 days before the date all else is normal: Ingram ships early by design. An
///    earlier date is not told then, nor on the last day, and not cleared either while it stands.
/// 4. Before that: it shows a date that is still to come, but earlier than the edition's by more
///    than a day: it promises delivery too early. Act.
/// 5. It shows the right date: it knows, and Ingram holds the orders. Nothing.
/// 6. It showed a pre-order before and no date now: the label was lost. Watch after a day, act
///    after three. It never showed a pre-order: normal at some stores. Nothing.
/// 7. Distribution is not enabled at all: a line in the digest, as the author may not have told us.
/// 8. Next step: only support can correct a date after enabling.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let launch = &case.view.launch;
    let date = launch.date_at(store);
    let run = case.run(listing, Availability::is_released)?;
    if begun_everywhere(date) <= run.seen {
        return None;
    }
    // A day of grace: the store's day may begin up to 14 hours before ours.
    let is_grace = later(midnight_gmt(date), -24) <= run.seen;
    let shown = case
        .particular(listing, |says| says.date)
        .and_then(|known| known.value);
    let too_early = |shown| 1 < days_between(shown, date);
    let is_early_ship = launch.early_ship_from(store) <= run.seen;
    match shown {
        Some(shown) if too_early(shown) && !is_grace && shown <= gmt_date(run.seen) => {
            Some(wrong(case, listing, &run, shown))
        }
        Some(shown) if too_early(shown) && is_early_ship => {
            Some(wrong(case, listing, &run, shown).weighing(Severity::Quiet))
        }
        _ if is_early_ship => None,
        Some(shown) if too_early(shown) => Some(wrong(case, listing, &run, shown)),
        None if Case::was_ever(listing, run.since, |state| state == Availability::PreOrder) => {
            Some(label_lost(case, listing, &run))
        }
        None if case.phase(listing, run.seen) == Phase::PreOrder
            && launch.enabled.is_none()
            && !launch.is_kdp_store(store) =>
        {
            let kind = FindingKind::PageBeforeEnabling;
            Some(
                Finding::new(kind, vec![store.clone()], run.since)
                    .seen_on(store, run.says, run.span())
                    .to_do(Task::TellUs),
            )
        }
        Some(_) | None => None,
    }
}

fn days_between(earlier: Date, date: Date) -> i64 {
    earlier.duration_until(date).as_hours() / 24
}

fn wrong(case: &Case<'_>, listing: &ListingView, run: &Run<'_>, shown: Date) -> Finding {
    let store = &listing.store;
    let date = case.view.launch.date_at(store);
    let kind = FindingKind::ReleasedEarly { shown, date };
    let mut found = Finding::new(kind, vec![store.clone()], run.since)
        .weighing(Severity::Act)
        .seen_on(store, run.says, run.span())
        .then(NextStep::ask(case.party_for(store), SupportText::WrongDate));
    found.usual = Some(case.window_at(WindowName::DateDiffers, store).usual());
    found.act_from = Some(run.since);
    found
}

fn label_lost(case: &Case<'_>, listing: &ListingView, run: &Run<'_>) -> Finding {
    let store = &listing.store;
    let window = case.window_at(WindowName::LabelLost, store);
    let date = case.view.launch.date_at(store);
    Finding::new(
        FindingKind::LabelLost { date },
        vec![store.clone()],
        run.since,
    )
    .within(window, run.since, run.seen)
    .seen_on(store, run.says, run.span())
    .then(NextStep::ask(case.party_for(store), SupportText::WrongDate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::Script;

    fn launch(pages: &str) -> Script {
        Script::new("2024-02-13").enabled("2023-10-10").pages(pages)
    }

    #[test]
    fn an_old_date_that_has_passed_is_acted_on_at_once() {
        let script = launch(
            "2024-01-02T00:00 amazon.com pre_order date=2023-12-31..12*6
             2024-01-05T09:00 amazon.com in_stock date=2023-12-31..6*1",
        );
        script.check(&["act released-early amazon.com"]);
        assert_eq!(
            script.judge()[0].support_text(),
            Some(SupportText::WrongDate)
        );
        launch("2024-02-05T09:00 bookshop.org in_stock date=2023-12-31..6*1")
            .check(&["act released-early bookshop.org"]);
    }

    #[test]
    fn one_look_alarms_nobody() {
        launch(
            "2024-01-02T00:00 bookshop.org not_listed..12*4
             2024-01-05T09:00 bookshop.org in_stock date=2023-12-31",
        )
        .check(&["act missing bookshop.org"]);
    }

    #[test]
    fn in_the_last_two_weeks_a_lost_label_is_normal() {
        launch(
            "2024-01-10T00:00 bookshop.org pre_order..24*20
             2024-01-30T09:00 bookshop.org in_stock..24*12",
        )
        .check(&[]);
    }

    #[test]
    fn before_that_a_lost_label_is_watched_and_then_acted_on() {
        let script = |looks: i64| {
            launch(&format!(
                "2023-12-10T00:00 bookshop.org pre_order..24*20
                 2024-01-01T00:00 bookshop.org in_stock..12*{looks}"
            ))
        };
        script(1).check(&[]);
        script(2).check(&["watch label-lost bookshop.org"]);
        script(6).check(&["act label-lost bookshop.org"]);
    }

    #[test]
    fn a_page_that_never_said_pre_order_or_shows_the_right_date_is_normal() {
        launch("2024-01-01T00:00 bookshop.org in_stock..24*20").check(&[]);
        launch(
            "2023-12-10T00:00 bookshop.org pre_order..24*20
             2024-01-01T00:00 bookshop.org in_stock date=2024-02-13..24*20",
        )
        .check(&[]);
        launch("2024-01-01T00:00 bookshop.org in_stock date=2024-02-12..24*20").check(&[]);
    }

    #[test]
    fn delivery_promised_before_the_date_is_acted_on() {
        launch("2024-01-01T00:00 bookshop.org in_stock date=2024-01-12..24*2")
            .check(&["act released-early bookshop.org"]);
    }

    #[test]
    fn one_look_that_shows_another_date_or_none_changes_nothing() {
        for blip in ["", " date=2024-02-13"] {
            launch(&format!(
                "2023-12-10T00:00 bookshop.org pre_order date=2023-12-31..24*9
                 2024-01-02T00:00 bookshop.org in_stock date=2023-12-31..6*20
                 2024-01-07T06:00 bookshop.org in_stock{blip}"
            ))
            .check(&["act released-early bookshop.org"]);
        }
    }

    #[test]
    fn the_last_day_before_the_date_has_grace() {
        launch("2024-02-11T23:00 bookshop.org in_stock date=2023-12-31..6*4").check(&[]);
    }

    #[test]
    fn an_old_date_is_not_as_expected_before_the_date_has_begun() {
        for (pages, expected) in [
            (
                "2024-02-11T23:00 bookshop.org in_stock date=2023-12-31..6*4",
                false,
            ),
            (
                "2024-02-02T00:00 bookshop.org in_stock date=2024-02-10..12*4",
                false,
            ),
            ("2024-02-02T00:00 bookshop.org in_stock..12*4", true),
            (
                "2024-02-11T23:00 bookshop.org in_stock date=2023-12-31..6*9",
                true,
            ),
        ] {
            let script = launch(pages);
            let view = script.view();
            let now = view.listings[0].last_try.unwrap();
            let outlook = script.outlooks_at(&view, now).remove(0).outlook;
            assert_eq!(outlook.is_as_expected(), expected, "{pages}: {outlook:?}");
        }
    }
}
