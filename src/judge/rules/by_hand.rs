//! A page that only the author looks at is to be looked at.

use jiff::civil::{Date, time};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::missing::listing_window;
use crate::book::StoreId;
use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::{Finding, FindingKind, Severity, Task};

/// A day counts from this hour of the author's: a person is asked in the morning, not at midnight.
const MORNING: i8 = 9;

/// Pages to look at by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandLook {
    /// The day that asks for it.
    pub day: HandDay,
    /// The date at the store whose day it is, from which that day counts.
    #[serde(default)]
    pub date: Option<Date>,
    /// The stores with the addresses of their pages, in the edition's order.
    pub addresses: Vec<(StoreId, String)>,
    /// The newest look at each that named a state, in the same order.
    pub last_looks: Vec<Option<Timestamp>>,
}

/// A day on which the author looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandDay {
    /// Once a week.
    Week,
    /// A week before the date.
    WeekBefore,
    /// The date.
    Date,
    /// The day after it.
    DayAfter,
    /// Three days after it.
    ThreeDaysAfter,
}

/// Look yourself, where nobody else does.
///
/// 1. It is about the stores that are looked at by hand only.
/// 2. The first day is the one on which a page is expected: when the time that listing takes after
///    enabling is over, and a week before the date at the latest.
/// 3. From then on the days are a week before the store's date, the date, one day and three days
///    after it, and every week otherwise, counted from the date.
/// 4. The newest of these days counts, from 9 o'clock of the author's on. A look by hand on that
///    day or later, which named a state, has answered it.
/// 5. All the edition's stores that wait for an answer are one thing to do. That day itself says
///    whether it is a letter or a line in the digest.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let waiting: Vec<(&ListingView, Day)> = case
        .view
        .listings
        .iter()
        .filter(|listing| listing.is_by_hand)
        .filter_map(|listing| Some((listing, unanswered(case, listing)?)))
        .collect();
    let Some((newest, day)) = waiting.iter().max_by_key(|(_, day)| *day) else {
        return Vec::new();
    };
    let Ok(begins) = day.date.to_zoned(case.zone().clone()) else {
        return Vec::new();
    };
    let pages = waiting
        .iter()
        .map(|(listing, _)| (listing.store.clone(), listing.address.clone()));
    let stores = waiting.iter().map(|(listing, _)| listing.store.clone());
    let kind = FindingKind::LookByHand(HandLook {
        day: day.which,
        date: Some(case.view.launch.date_at(&newest.store)),
        addresses: pages.collect(),
        last_looks: waiting
            .iter()
            .map(|(listing, _)| listing.last_good)
            .collect(),
    });
    vec![
        Finding::new(kind, stores.collect(), begins.timestamp())
            .weighing(Severity::ToDo)
            .to_do(Task::LookYourself),
    ]
}

/// A day on which to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Day {
    date: Date,
    which: HandDay,
}

/// The newest day on which to look at a page, while nobody has since.
fn unanswered(case: &Case<'_>, listing: &ListingView) -> Option<Day> {
    let now = case.now.to_zoned(case.zone().clone());
    let today = if now.time() < time(MORNING, 0, 0, 0) {
        now.date().yesterday().ok()?
    } else {
        now.date()
    };
    let date = case.view.launch.date_at(&listing.store);
    let day = newest(first(case, listing, date), date, today)?;
    let begins = day.date.to_zoned(case.zone().clone()).ok()?.timestamp();
    let is_answered = listing.last_good.is_some_and(|look| begins <= look);
    (!is_answered).then_some(day)
}

/// The day from which on a page is expected.
fn first(case: &Case<'_>, listing: &ListingView, date: Date) -> Date {
    let a_week_before = date.saturating_sub(7.days());
    let expected = listing_window(case, &listing.store).map(|(window, begun)| {
        let expected = window.quiet.after(begun);
        expected.to_zoned(case.zone().clone()).date()
    });
    expected.map_or(a_week_before, |expected| expected.min(a_week_before))
}

/// The newest of the days that have come by `today`; `None` before the first.
fn newest(first: Date, date: Date, today: Date) -> Option<Day> {
    let passed = date.until(today).ok()?.get_days();
    let weekly = date.saturating_add((passed.div_euclid(7) * 7).days());
    let after = [1, 3].map(|days: i64| date.saturating_add(days.days()));
    let newest = after
        .into_iter()
        .chain([weekly, first])
        .filter(|day| first <= *day && *day <= today)
        .max()?;
    let which = match date.until(newest).ok()?.get_days() {
        -7 => HandDay::WeekBefore,
        0 => HandDay::Date,
        1 => HandDay::DayAfter,
        3 => HandDay::ThreeDaysAfter,
        _ => HandDay::Week,
    };
    Some(Day {
        date: newest,
        which,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::{Script, time as at};

    /// Days in February 2027, with the date on the 9th; which of them is the newest on each.
    #[track_caller]
    fn check_days(first: &str, expected: &[(&str, Option<(&str, HandDay)>)]) {
        let day = |text: &str| format!("2027-{text}").parse::<Date>().unwrap();
        for (today, expected) in expected {
            let found = newest(day(first), day("02-09"), day(today));
            let expected = expected.map(|(date, which)| Day {
                date: day(date),
                which,
            });
            assert_eq!(found, expected, "{today}");
        }
    }

    #[test]
    fn the_days_are_weekly_and_close_around_the_date() {
        let (week, before) = (HandDay::Week, HandDay::WeekBefore);
        check_days(
            "01-07",
            &[
                ("01-06", None),
                ("01-07", Some(("01-07", week))),
                ("01-12", Some(("01-12", week))),
                ("02-01", Some(("01-26", week))),
                ("02-02", Some(("02-02", before))),
                ("02-08", Some(("02-02", before))),
                ("02-09", Some(("02-09", HandDay::Date))),
                ("02-10", Some(("02-10", HandDay::DayAfter))),
                ("02-11", Some(("02-10", HandDay::DayAfter))),
                ("02-12", Some(("02-12", HandDay::ThreeDaysAfter))),
                ("02-15", Some(("02-12", HandDay::ThreeDaysAfter))),
                ("02-16", Some(("02-16", week))),
                ("12-31", Some(("12-28", week))),
            ],
        );
    }

    /// A script whose pages at Amazon are looked at by hand, and what is asked at each moment:
    /// the stores, or nothing.
    #[track_caller]
    fn check(script: &Script, expected: &[(&str, &str)]) {
        for (moment, expected) in expected {
            let mut view = script.view();
            for listing in &mut view.listings {
                listing.is_by_hand = listing.store.as_str() != "bookshop.org";
            }
            let found: Vec<String> = script
                .judge_at(&view, at(moment))
                .iter()
                .filter(|finding| matches!(finding.kind, FindingKind::LookByHand(_)))
                .map(crate::judge::script::short)
                .collect();
            assert_eq!(found.join("; "), *expected, "{moment}");
        }
    }

    const AMAZON: &str = "to-do look-by-hand amazon.com";

    #[test]
    fn a_look_that_is_newer_than_the_day_answers_it() {
        let script = Script::new("2027-06-09")
            .enabled("2027-01-01")
            .pages("2027-06-02T10:00 amazon.com pre_order");
        check(
            &script,
            &[
                ("2027-06-08T23:00", ""),
                ("2027-06-09T08:59", ""),
                ("2027-06-09T09:00", AMAZON),
                ("2027-06-10T09:00", AMAZON),
            ],
        );
        let looked = script.pages("2027-06-09T07:00 amazon.com in_stock");
        check(
            &looked,
            &[("2027-06-09T09:00", ""), ("2027-06-10T09:00", AMAZON)],
        );
    }

    #[test]
    fn a_look_that_named_no_state_answers_nothing() {
        let script = Script::new("2027-06-09")
            .enabled("2027-01-01")
            .pages("2027-06-09T10:00 amazon.com no_evidence");
        check(&script, &[("2027-06-09T11:00", AMAZON)]);
    }

    #[test]
    fn nothing_is_asked_before_a_page_is_expected() {
        let looked = "2026-06-01T00:00 amazon.com not_listed";
        let late = Script::new("2027-06-09")
            .enabled("2027-05-30")
            .pages(looked);
        check(
            &late,
            &[("2027-06-01T12:00", ""), ("2027-06-02T12:00", AMAZON)],
        );
        let never = Script::new("2027-06-09").pages(looked);
        check(
            &never,
            &[("2027-06-01T12:00", ""), ("2027-06-02T12:00", AMAZON)],
        );
        let early = Script::new("2027-06-09")
            .enabled("2027-01-01")
            .pages(looked);
        check(
            &early,
            &[("2027-01-02T12:00", ""), ("2027-03-01T12:00", AMAZON)],
        );
    }

    #[test]
    fn several_stores_are_one_thing_to_do_and_what_is_asked_by_us_is_none() {
        let script = Script::new("2027-06-09").enabled("2027-01-01").pages(
            "2027-03-01T00:00 amazon.com pre_order
             2027-03-01T00:00 barnesandnoble.com pre_order
             2027-03-01T00:00 bookshop.org pre_order",
        );
        let both = "to-do look-by-hand amazon.com+barnesandnoble.com";
        check(&script, &[("2027-06-02T09:00", both)]);
        let one = script.pages("2027-06-02T10:00 barnesandnoble.com pre_order");
        check(&one, &[("2027-06-02T11:00", AMAZON)]);
    }

    #[test]
    fn the_morning_is_the_authors_own() {
        let script = Script::new("2027-06-09")
            .enabled("2027-01-01")
            .zone("Australia/Sydney")
            .pages("2027-06-05T00:00 amazon.com pre_order");
        check(
            &script,
            &[("2027-06-08T22:59", ""), ("2027-06-08T23:00", AMAZON)],
        );
    }
}
