//! Cron expressions in a time zone: when the next one comes.
//!
//! The expressions have five fields; the configuration refuses any other number. Through the
//! change to summer time a fixed hour that is skipped comes right after the gap, and through the
//! change back an hour that is there twice comes once, as Vixie cron has it.

use croner::Cron;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The first time after `after` at which the expression comes due by the clocks of `zone`.
///
/// `None` only where the calendar ends: the configuration refuses expressions that never come.
pub fn next_after(cron: &Cron, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let after = after.to_zoned(zone.clone());
    cron.find_next_occurrence(&after, false)
        .ok()
        .map(|next| next.timestamp())
}

/// The times after `after` at which the expression comes due, one after the other, as far as the
/// calendar goes.
pub fn coming(cron: &Cron, zone: &TimeZone, after: Timestamp) -> impl Iterator<Item = Timestamp> {
    std::iter::successors(next_after(cron, zone, after), move |at| {
        next_after(cron, zone, *at)
    })
}

/// The expression has come due since `last`; a `last` in the future counts as none, because then
/// the clock was set back.
pub fn has_come(cron: &Cron, zone: &TimeZone, last: Timestamp, now: Timestamp) -> bool {
    last <= now && next_after(cron, zone, last).is_some_and(|next| next <= now)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    /// The occurrences after `start`, as people in `zone` see them.
    #[track_caller]
    fn check(expression: &str, zone: &str, start: &str, expected: &[&str]) {
        let cron = Cron::from_str(expression).unwrap();
        let zone = TimeZone::get(zone).unwrap();
        let mut at: Timestamp = start.parse().unwrap();
        for expected in expected {
            at = next_after(&cron, &zone, at).unwrap();
            let shown = at.to_zoned(zone.clone());
            assert_eq!(shown.strftime("%Y-%m-%d %H:%M %:z").to_string(), *expected);
        }
    }

    #[test]
    fn a_fixed_hour_that_summer_time_skips_comes_right_after_the_gap() {
        check(
            "30 2 * * *",
            "America/New_York",
            "2027-03-13T00:00:00Z",
            &[
                "2027-03-13 02:30 -05:00",
                "2027-03-14 03:00 -04:00",
                "2027-03-15 02:30 -04:00",
            ],
        );
        check(
            "30 1 * * *",
            "Europe/London",
            "2027-03-27T12:00:00Z",
            &["2027-03-28 02:00 +01:00", "2027-03-29 01:30 +01:00"],
        );
        check(
            "30 2 * * *",
            "Australia/Sydney",
            "2027-10-02T00:00:00Z",
            &["2027-10-03 03:00 +11:00", "2027-10-04 02:30 +11:00"],
        );
    }

    #[test]
    fn a_fixed_hour_that_is_there_twice_comes_once() {
        check(
            "30 1 * * *",
            "America/New_York",
            "2027-11-06T12:00:00Z",
            &["2027-11-07 01:30 -04:00", "2027-11-08 01:30 -05:00"],
        );
        check(
            "30 1 * * *",
            "Europe/London",
            "2027-10-30T12:00:00Z",
            &["2027-10-31 01:30 +01:00", "2027-11-01 01:30 +00:00"],
        );
        check(
            "30 2 * * *",
            "Australia/Sydney",
            "2027-04-03T12:00:00Z",
            &["2027-04-04 02:30 +11:00", "2027-04-05 02:30 +10:00"],
        );
    }

    #[test]
    fn every_six_hours_keeps_to_the_clock_on_the_wall() {
        check(
            "0 */6 * * *",
            "America/New_York",
            "2027-03-14T01:00:00Z",
            &[
                "2027-03-14 00:00 -05:00",
                "2027-03-14 06:00 -04:00",
                "2027-03-14 12:00 -04:00",
            ],
        );
    }

    #[test]
    fn every_hour_misses_none_when_the_clock_is_turned_back() {
        check(
            "0 * * * *",
            "America/New_York",
            "2027-11-07T04:30:00Z",
            &[
                "2027-11-07 01:00 -04:00",
                "2027-11-07 01:00 -05:00",
                "2027-11-07 02:00 -05:00",
            ],
        );
    }

    #[test]
    fn a_monday_is_a_monday_where_the_author_lives() {
        check(
            "0 8 * * MON",
            "Australia/Sydney",
            "2026-11-22T12:00:00Z",
            &["2026-11-23 08:00 +11:00", "2026-11-30 08:00 +11:00"],
        );
    }

    #[test]
    fn what_came_while_the_machine_slept_has_come() {
        let cron = Cron::from_str("0 8 * * MON").unwrap();
        let zone = TimeZone::get("Europe/London").unwrap();
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let last = at("2026-11-16T08:00:00Z");
        assert!(!has_come(&cron, &zone, last, at("2026-11-23T07:59:59Z")));
        assert!(has_come(&cron, &zone, last, at("2026-11-23T08:00:00Z")));
        assert!(has_come(&cron, &zone, last, at("2026-12-20T03:00:00Z")));
        assert!(!has_come(&cron, &zone, at("2027-01-01T00:00:00Z"), last));
    }
}
