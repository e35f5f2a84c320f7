//! A page shows another date than the edition's.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::book::launch::gmt_date;
use crate::book::{Availability, StoreId};
use crate::history::ListingView;
use crate::judge::case::{Case, Settled, about, severity};
use crate::judge::windows::{Stage, WindowName};
use crate::judge::{Finding, SupportText, words};

/// Wrong date shown (DOMAIN F16, F21, S 31–32).
///
/// 1. The page takes pre-orders or announces the book, its date has not begun, and it has shown
///    one date, twice, that is neither the publication date nor the on-sale date.
/// 2. One day apart is a time zone (KDP's clock is GMT): a line in the digest.
/// 3. More than one day: Watch at once, act after 48 hours.
/// 4. The author moved the date: a record takes one to six weeks to reach the stores, so the clock
///    is that of a change of the text, from the move on.
/// 5. The date shown has already passed: whatever the clock, act; the store may sell it any day.
/// 6. Next step: after enabling only support can correct it.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    case.view
        .listings
        .iter()
        .filter_map(|listing| judge_listing(case, listing))
        .collect()
}

fn judge_listing(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let calendar = &case.view.launch;
    let waits = |state| matches!(state, Availability::PreOrder | Availability::Announced);
    let run = case.run(listing, waits)?;
    let known = case.particular(listing, |says| says.date)?;
    let shown = known.value?;
    if calendar.released_at(store) <= run.seen {
        return None;
    }
    match apart(shown, calendar.publication).min(apart(shown, calendar.on_sale)) {
        0 => None,
        1 => Some(one_day_apart(case, store, shown, known.since)),
        _ => wrong(case, store, shown, &known),
    }
}

fn one_day_apart(case: &Case<'_>, store: &StoreId, shown: Date, since: Timestamp) -> Finding {
    Finding {
        headline: format!("{} shows a date one day apart", store.label()),
        verdict: format!(
            "{}'s page shows {}; your date is {}. One day apart is probably a time zone.",
            store.label(),
            words::date(shown),
            words::date(case.view.launch.date_at(store))
        ),
        next_step: "Nothing to do.".to_owned(),
        ..about("date-one-day-off", store, since)
    }
}

fn wrong(
    case: &Case<'_>,
    store: &StoreId,
    shown: Date,
    known: &Settled<Option<Date>>,
) -> Option<Finding> {
    let (name, start) = match case.view.launch.moved.map(|moved| moved.at) {
        Some(moved) => (WindowName::MetaIngramText, moved.max(known.since)),
        None => (WindowName::DateDiffers, known.since),
    };
    let window = case.window_at(name, store);
    let has_passed = shown <= gmt_date(known.seen);
    let (stage, act_from) = if has_passed {
        (Stage::Act, Some(known.since))
    } else {
        (window.stage(start, known.seen), window.act_from(start))
    };
    let party = case.party_for(store);
    let label = store.label();
    Some(Finding {
        severity: severity(stage)?,
        headline: format!("{label} shows another date, {}", words::date(shown)),
        verdict: format!(
            "{label}'s page shows {}{}; your date is {}.",
            words::date(shown),
            if has_passed { ", which has passed" } else { "" },
            words::date(case.view.launch.date_at(store))
        ),
        usual: Some(window.usual()),
        act_from,
        next_step: if stage == Stage::Act {
            format!(
                "Check the dates in your account first. If they are right, only support can \
                 correct the store's record now. {}",
                party.how()
            )
        } else {
            case.wait_words(act_from)
        },
        ask: (stage == Stage::Act).then_some(party),
        text: (stage == Stage::Act).then_some(SupportText::WrongDate),
        ..about("wrong-date", store, known.since)
    })
}

fn apart(one: Date, other: Date) -> i64 {
    one.duration_until(other).as_hours().abs() / 24
}

#[cfg(test)]
mod tests {
    use crate::judge::script::Script;

    fn launch(pages: &str) -> Script {
        Script::new("2024-02-13").enabled("2023-12-10").pages(pages)
    }

    #[test]
    fn another_date_is_watched_and_after_two_days_acted_on() {
        for (looks, expected) in [
            (1, "watch wrong-date amazon.com"),
            (7, "watch wrong-date amazon.com"),
            (8, "act wrong-date amazon.com"),
        ] {
            launch(&format!(
                "2023-12-20T09:00 amazon.com pre_order date=2023-12-31..6*{looks}"
            ))
            .check(&[expected]);
        }
    }

    #[test]
    fn a_date_seen_once_is_nothing_and_one_that_flickers_neither() {
        launch(
            "2023-12-20T09:00 amazon.com pre_order date=2024-02-13..24*9
             2023-12-30T09:00 amazon.com pre_order date=2024-05-01
             2023-12-30T15:00 amazon.com pre_order date=2024-02-13",
        )
        .check(&[]);
    }

    #[test]
    fn one_day_apart_is_a_time_zone() {
        launch("2023-12-20T09:00 amazon.com pre_order date=2024-02-12..24*30")
            .check(&["watch date-one-day-off amazon.com"]);
        launch("2023-12-20T09:00 amazon.com pre_order date=2024-02-13..24*30").check(&[]);
    }

    #[test]
    fn after_a_move_the_stores_have_weeks() {
        let script = |looks: i64| {
            launch(&format!(
                "2023-12-20T09:00 amazon.com pre_order date=2024-04-01..24*{looks}"
            ))
            .notes("2023-12-20T08:00 date_changed=2024-05-01")
        };
        script(13).check(&[]);
        script(14).check(&["watch wrong-date amazon.com"]);
        script(42).check(&["act wrong-date amazon.com"]);
    }

    #[test]
    fn a_date_that_has_passed_is_acted_on_even_after_a_move() {
        launch("2024-01-02T09:00 amazon.com pre_order date=2023-12-31..6*1")
            .notes("2024-01-01T00:00 date_changed=2024-03-01")
            .check(&["act wrong-date amazon.com"]);
    }
}
