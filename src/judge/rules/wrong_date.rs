//! A page shows another date than the edition's.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::book::Availability;
use crate::book::launch::{gmt_date, midnight_gmt};
use crate::history::ListingView;
use crate::judge::case::{Case, Run, Settled};
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, NextStep, SupportText};

/// A date on a page that sells the book is no time zone and no late click when it is so far off.
const FAR_OFF_DAYS: i64 = 60;

/// A page is new, so that its date can still be mended, for so long after the book's date.
const NEW_DAYS: i64 = 60;

/// A date that a store will act on is worth asking about a week before it comes.
const BEFORE_IT_COMES_DAYS: i64 = 7;

/// Nothing is asked sooner after a move than this: records take one to six weeks.
const PATIENCE_AFTER_A_MOVE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Wrong date shown.
///
/// 1. The page takes pre-orders or announces the book, its date has not begun, and it has shown
///    one date, twice, that is neither the publication date nor the on-sale date.
/// 2. One day apart is a time zone (KDP's clock is GMT): a line in the digest.
/// 3. More than one day: Watch at once, act after 48 hours.
/// 4. The author moved the date: a record takes one to six weeks to reach the stores, so the clock
///    is that of a change of the text, from the move on; but a store that is about to sell on the
///    old date is asked about a week before that, two weeks after the move at the earliest.
/// 5. The date shown has already passed: whatever the clock, act; the store may sell it any day.
/// 6. The page sells the book, since its first two months, with a date months or years off: it was
///    published as if it had been published before. Act after 48 hours, while it can be mended; from
///    then on it stays unusual, and there is nothing to do.
/// 7. Next step: after enabling only support can correct it.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let launch = &case.view.launch;
    let known = case.particular(listing, |says| says.date)?;
    let shown = known.value?;
    let ours = [launch.publication, launch.on_sale];
    let apart = ours.map(|date| days_apart(shown, date)).into_iter().min()?;
    let waits = |state| matches!(state, Availability::PreOrder | Availability::Announced);
    if let Some(run) = case.run(listing, waits) {
        if launch.released_at(store) <= run.seen {
            return None;
        }
        return match apart {
            0 => None,
            1 => Some(one_day_apart(case, listing, shown, known.since)),
            _ => Some(wrong(case, listing, (&run, &known), shown)),
        };
    }
    let run = case.run(listing, Availability::is_released)?;
    let date = launch.date_at(store);
    let is_out = midnight_gmt(date) <= run.seen;
    let no_longer_new = midnight_gmt(date.saturating_add(NEW_DAYS.days()));
    (is_out && known.since < no_longer_new && FAR_OFF_DAYS <= apart).then(|| {
        let kind = FindingKind::OldDateOnSale { shown, date };
        let found = Finding::new(kind, vec![store.clone()], known.since).seen_on(
            store,
            run.says,
            run.span(),
        );
        if no_longer_new <= run.seen {
            return found;
        }
        let window = case.window_at(WindowName::DateDiffers, store);
        found
            .within(window, known.since, known.seen)
            .then(NextStep::ask(case.party_for(store), SupportText::WrongDate))
    })
}

fn one_day_apart(case: &Case<'_>, listing: &ListingView, shown: Date, since: Timestamp) -> Finding {
    let store = &listing.store;
    let date = case.view.launch.date_at(store);
    let kind = FindingKind::DateOneDayOff { shown, date };
    Finding::new(kind, vec![store.clone()], since)
}

fn wrong(
    case: &Case<'_>,
    listing: &ListingView,
    (run, known): (&Run<'_>, &Settled<Option<Date>>),
    shown: Date,
) -> Finding {
    let store = &listing.store;
    let launch = &case.view.launch;
    let moved = launch.moved.map(|moved| moved.at);
    let (name, start) = match moved {
        Some(moved) => (WindowName::MetaIngramText, moved.max(known.since)),
        None => (WindowName::DateDiffers, known.since),
    };
    let has_passed = shown <= gmt_date(known.seen);
    let kind = FindingKind::WrongDate {
        shown,
        date: launch.date_at(store),
        has_passed,
        moved,
    };
    let mut found = Finding::new(kind, vec![store.clone()], known.since)
        .within(case.window_at(name, store), start, known.seen)
        .seen_on(store, run.says, run.span());
    if has_passed {
        found = found.at_the_latest(known.since, known.seen);
    } else if moved.is_some() {
        let comes = midnight_gmt(shown.saturating_sub(BEFORE_IT_COMES_DAYS.days()));
        let patient = start.saturating_add(PATIENCE_AFTER_A_MOVE);
        let latest = comes.max(patient.unwrap_or(Timestamp::MAX));
        found = found.at_the_latest(latest, known.seen);
    }
    found.then(NextStep::ask(case.party_for(store), SupportText::WrongDate))
}

fn days_apart(one: Date, other: Date) -> i64 {
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
    fn an_old_date_on_a_page_that_sells_is_acted_on_while_new_and_stays_unusual() {
        let sold = |from: &str, days: i64| {
            launch(&format!(
                "{from}T09:00 amazon.com in_stock date=2016-03-05..24*{days}"
            ))
        };
        sold("2024-02-14", 3).check(&["act old-date-on-sale amazon.com"]);
        sold("2024-02-14", 58).check(&["act old-date-on-sale amazon.com"]);
        sold("2024-02-14", 70).check(&["watch old-date-on-sale amazon.com"]);
        sold("2024-04-14", 3).check(&[]);
    }

    #[test]
    fn a_date_that_has_passed_is_acted_on_even_after_a_move() {
        launch("2024-01-02T09:00 amazon.com pre_order date=2023-12-31..6*1")
            .notes("2024-01-01T00:00 date_changed=2024-03-01")
            .check(&["act wrong-date amazon.com"]);
    }
}
