//! Times as people write them: dates, lengths of time, zones, cron expressions.
//!
//! Every function takes what is written and gives the value or a [`Problem`] that says what is
//! wrong and how it is written right.

use std::ops::Range;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, SpanRelativeTo};
use serde_spanned::Spanned;
use toml::de::DeValue;

use super::problem::{Problem, did_you_mean};
use super::table::{Text, wrong_kind};
use crate::book::day;

/// A date: a TOML date, or a text such as "2027-02-09".
pub(super) fn date(key: &str, value: &Spanned<DeValue<'_>>) -> Result<Date, Problem> {
    let span = value.span();
    let written = match value.get_ref() {
        DeValue::Datetime(moment) => {
            let Some(date) = moment.date else {
                return Err(Problem::error(format!("`{key}` must be a date"))
                    .at(span, "this is a time of day")
                    .remedy(format!("write it as `{key} = 2027-02-09`")));
            };
            // A time of day beside the date says nothing here: these are civil dates.
            format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
        }
        DeValue::String(text) => text.trim().to_owned(),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => {
            return Err(wrong_kind(key, value, "a date", "2027-02-09"));
        }
    };
    parse_date(&written, span)
}

/// A civil date from its text.
pub(super) fn parse_date(written: &str, span: Range<usize>) -> Result<Date, Problem> {
    let parts: Vec<&str> = written.split('-').collect();
    let [year, month, day] = parts[..] else {
        return Err(no_date(written, span));
    };
    let (Ok(year), Ok(month), Ok(in_month)) =
        (year.parse::<i16>(), month.parse::<i8>(), day.parse::<i8>())
    else {
        return Err(no_date(written, span));
    };
    if !(1000..=9999).contains(&year) {
        return Err(no_date(written, span));
    }
    if !day::YEARS.contains(&year) {
        let (first, last) = (day::YEARS.start(), day::YEARS.end());
        return Err(
            Problem::error(format!("`{written}` is no day that a book lives by"))
                .at(span, "")
                .because(format!("years from {first} to {last} are taken"))
                .remedy("where the day is not known yet, write the one that you plan with"),
        );
    }
    Date::new(year, month, in_month).map_err(|_| {
        let problem = Problem::error(format!("there is no day {written}")).at(span, "");
        match Date::new(year, month, 1) {
            Ok(first) => problem.remedy(format!(
                "that month has {} days: see which day you set at the distributor",
                first.days_in_month()
            )),
            Err(_) => problem.remedy("a year has 12 months: dates are written year-month-day"),
        }
    })
}

fn no_date(written: &str, span: Range<usize>) -> Problem {
    Problem::error(format!("`{written}` is no date"))
        .at(span, "")
        .remedy("dates are written year-month-day with four, two and two digits, as 2027-02-09")
}

/// A length of time as people write it: "10s", "6h", "2 days", "1 day 12 hours".
pub(super) fn duration(text: &Text) -> Result<SignedDuration, Problem> {
    let written = text.get_ref();
    let wrong = || {
        Problem::error(format!("`{written}` is no length of time"))
            .at(text.span(), "")
            .remedy("write a number and a unit, as \"10s\", \"30 min\", \"6h\" or \"2 days\"")
    };
    let span: jiff::Span = written.parse().map_err(|_| wrong())?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| wrong().because("months and years have no fixed length"))?;
    if duration.is_negative() {
        return Err(Problem::error("a length of time cannot be negative")
            .at(text.span(), "")
            .remedy("leave the minus sign out"));
    }
    Ok(duration)
}

/// A time zone by its name in the tz database, as `America/New_York`.
pub(super) fn zone(text: &Text) -> Result<TimeZone, Problem> {
    let written = text.get_ref();
    // Not only for kindness: jiff would take "EST", which knows no summer time.
    let has_region = written.contains('/') || written.eq_ignore_ascii_case("utc");
    if has_region && let Ok(zone) = TimeZone::get(written) {
        return Ok(zone);
    }
    let names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name.contains('/') && !name.starts_with("Etc/"))
        .collect();
    let problem = Problem::error(format!("there is no time zone `{written}`")).at(text.span(), "");
    if names.is_empty() {
        return Err(problem
            .because("this machine has no time zone database")
            .remedy("install the package `tzdata`"));
    }
    Err(match likely_zone(written, &names) {
        Some(name) => problem.remedy(format!("did you mean `{name}`?")),
        None => problem
            .because("time zones are named by region and city, because their rules differ")
            .remedy("write it as \"America/New_York\", \"Europe/London\" or \"Australia/Sydney\""),
    })
}

fn likely_zone<'a>(written: &str, names: &'a [String]) -> Option<&'a str> {
    let usual = match written.to_ascii_uppercase().as_str() {
        "EST" | "EDT" | "ET" | "EST5EDT" | "EASTERN" => "America/New_York",
        "CST" | "CDT" | "CT" | "CST6CDT" | "CENTRAL" => "America/Chicago",
        "MST" | "MDT" | "MT" | "MST7MDT" | "MOUNTAIN" => "America/Denver",
        "PST" | "PDT" | "PT" | "PST8PDT" | "PACIFIC" => "America/Los_Angeles",
        "GMT" | "BST" | "UK" | "GB" => "Europe/London",
        "CET" | "CEST" => "Europe/Berlin",
        "AEST" | "AEDT" => "Australia/Sydney",
        _ => "",
    };
    let city = |name: &'a String| name.rsplit('/').next().unwrap_or(name);
    names
        .iter()
        .map(String::as_str)
        .find(|name| *name == usual)
        .or_else(|| did_you_mean(written, names.iter().map(String::as_str)))
        .or_else(|| {
            let meant = did_you_mean(
                written.rsplit('/').next().unwrap_or(written),
                names.iter().map(city),
            )?;
            names
                .iter()
                .find(|name| city(name) == meant)
                .map(String::as_str)
        })
}

/// A five-field cron expression that comes due at some time, read as Vixie cron reads it: where the
/// day of the month or of the week begins with `*`, also as `*/2`, a day must fit both; otherwise
/// either is enough (crontab(5); the flags `DOM_STAR` and `DOW_STAR` of its entry.c).
pub(super) fn cron(key: &str, text: &Text) -> Result<Cron, Problem> {
    let written = text.get_ref();
    let wrong = |message: String| {
        Problem::error(message).at(text.span(), "").remedy(format!(
            "five fields: minute, hour, day of the month, month, day of the week, as \
             `{key} = \"0 8 * * MON\"` for Mondays at eight"
        ))
    };
    let fields: Vec<&str> = written.split_whitespace().collect();
    let is_star = |at: usize| fields.get(at).is_some_and(|field| field.starts_with('*'));
    let both_days = is_star(2) || is_star(4);
    let fields = fields.len();
    if fields != 5 && !written.starts_with('@') {
        return Err(wrong(format!(
            "`{written}` has {fields} fields, and a schedule has 5"
        )));
    }
    let parser = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .dom_and_dow(both_days)
        .build();
    let cron = parser.parse(written).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.rsplit(": ").next().unwrap_or_default();
        wrong(format!("`{written}` is no schedule"))
            .because(reason.trim_end_matches('.').to_lowercase())
    })?;
    // Eight years hold every date that the calendar has, the 29th of February included.
    let start = jiff::civil::date(2024, 1, 1).at(0, 0, 0, 0);
    match cron.find_next_occurrence(&start, true) {
        Ok(next) if next.year() <= 2032 => Ok(cron),
        Ok(_) | Err(_) => Err(wrong(format!("`{written}` never comes due"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(written: &str) -> Text {
        Spanned::new(0..written.len(), written.to_owned())
    }

    #[track_caller]
    fn message<T: std::fmt::Debug>(result: Result<T, Problem>) -> String {
        let problem = result.unwrap_err();
        assert!(!problem.remedies.is_empty(), "{problem:?}");
        problem.message
    }

    #[test]
    fn durations_are_what_people_write() {
        for (written, seconds) in [
            ("10s", 10),
            ("30 min", 1800),
            ("6h", 21_600),
            ("2 days", 172_800),
            ("1 day 12 hours", 129_600),
            ("1 week", 604_800),
            ("PT5M", 300),
            ("0s", 0),
        ] {
            let duration = duration(&text(written)).unwrap();
            assert_eq!(duration.as_secs(), seconds, "{written}");
        }
        assert_eq!(
            message(duration(&text("soon"))),
            "`soon` is no length of time"
        );
        assert_eq!(
            message(duration(&text("1 month"))),
            "`1 month` is no length of time"
        );
        assert_eq!(
            message(duration(&text("-5s"))),
            "a length of time cannot be negative"
        );
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        assert_eq!(
            parse_date("2028-02-29", 0..1).unwrap(),
            jiff::civil::date(2028, 2, 29)
        );
        assert_eq!(
            message(parse_date("2027-02-29", 0..1)),
            "there is no day 2027-02-29"
        );
        assert_eq!(
            message(parse_date("2027-13-01", 0..1)),
            "there is no day 2027-13-01"
        );
        for written in [
            "09/02/2027",
            "27-02-09",
            "2027-02",
            "",
            "soon",
            "2027-02-09-1",
        ] {
            assert_eq!(
                message(parse_date(written, 0..1)),
                format!("`{written}` is no date")
            );
        }
    }

    #[test]
    fn days_from_which_no_calendar_can_count_on_are_refused() {
        for written in ["9999-12-31", "2200-01-01", "1000-01-01"] {
            assert_eq!(
                message(parse_date(written, 0..1)),
                format!("`{written}` is no day that a book lives by")
            );
        }
        assert!(parse_date("2199-12-31", 0..1).is_ok());
    }

    #[test]
    fn schedules_have_five_fields_and_come_due() {
        assert!(cron("check", &text("0 */6 * * *")).is_ok());
        assert!(cron("digest", &text("0 8 * * MON")).is_ok());
        assert!(cron("digest", &text("@daily")).is_ok());
        assert!(cron("digest", &text("0 8 29 2 *")).is_ok());
        assert_eq!(
            message(cron("check", &text("0 0 8 * * MON"))),
            "`0 0 8 * * MON` has 6 fields, and a schedule has 5"
        );
        assert_eq!(
            message(cron("check", &text("0 25 * * *"))),
            "`0 25 * * *` is no schedule"
        );
        assert_eq!(
            message(cron("check", &text("0 8 31 2 *"))),
            "`0 8 31 2 *` never comes due"
        );
        assert_eq!(
            message(cron("check", &text("@reboot"))),
            "`@reboot` is no schedule"
        );
    }

    /// The days of December 2026 and January 2027 on which a schedule at eight comes due. The first
    /// of December is a Tuesday.
    #[track_caller]
    fn check_days(days: &str, expected: &[&str]) {
        let cron = cron("digest", &text(&format!("0 8 {days}"))).unwrap();
        let zone = TimeZone::UTC;
        let begin = "2026-11-30T12:00:00Z".parse().unwrap();
        let end: jiff::Timestamp = "2027-02-01T00:00:00Z".parse().unwrap();
        let found: Vec<String> = crate::schedule::cron::coming(&cron, &zone, begin)
            .take_while(|at| *at < end)
            .map(|at| at.strftime("%m-%d").to_string())
            .collect();
        assert_eq!(found, expected, "{days}");
    }

    #[test]
    fn days_of_the_month_and_of_the_week_are_read_as_vixie_reads_them() {
        let mondays = [
            "12-07", "12-14", "12-21", "12-28", "01-04", "01-11", "01-18", "01-25",
        ];
        check_days("* * MON", &mondays);
        check_days("*/1 * MON", &mondays);
        // Odd days that are Mondays: a star with a step is a star.
        check_days("*/2 * MON", &["12-07", "12-21", "01-11", "01-25"]);
        check_days("*/100,1-7 * MON", &["12-07", "01-04"]);
        check_days("1-7 * */7", &["12-06", "01-03"]);
        check_days("13 * *", &["12-13", "01-13"]);
        check_days("13 * */1", &["12-13", "01-13"]);
        // Without a star either is enough.
        check_days(
            "13 * TUE",
            &[
                "12-01", "12-08", "12-13", "12-15", "12-22", "12-29", "01-05", "01-12", "01-13",
                "01-19", "01-26",
            ],
        );
        check_days("* * MON#1", &["12-07", "01-04"]);
    }

    #[test]
    fn zones_are_named_by_region_and_city() {
        assert!(zone(&text("America/New_York")).is_ok());
        assert!(zone(&text("UTC")).is_ok());
        for (written, meant) in [
            ("EST", "America/New_York"),
            ("America/New York", "America/New_York"),
            ("New York", "America/New_York"),
            ("Europe/Lodnon", "Europe/London"),
        ] {
            let problem = zone(&text(written)).unwrap_err();
            assert_eq!(problem.remedies, [format!("did you mean `{meant}`?")]);
        }
    }
}
