//! From times to places: the range that a timeline shows, and its ticks.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use strum::{EnumString, IntoStaticStr};

use crate::book::launch::{day_begins, midnight_gmt};
use crate::history::View;

/// The part of an edition's life that a timeline shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Range {
    /// From the enabling, or two months before publication, until four weeks after it.
    Launch,
    /// The last 30 days.
    #[strum(serialize = "30d")]
    Month,
    /// The last year.
    Year,
    /// Everything since the first look.
    All,
}

impl Range {
    /// Every range, in the order of the page's links.
    pub const ALL: [Self; 4] = [Self::Launch, Self::Month, Self::Year, Self::All];

    /// The name in addresses and on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Launch => "Launch",
            Self::Month => "30 days",
            Self::Year => "Year",
            Self::All => "All",
        }
    }

    /// The range of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// The range that tells most now: the launch until two months after publication, then the
    /// year.
    pub fn fitting(view: &View, now: Timestamp) -> Self {
        let dates = &view.launch;
        let published = midnight_gmt(dates.publication);
        if now < published + SignedDuration::from_hours(60 * 24) {
            Self::Launch
        } else {
            Self::Year
        }
    }

    /// Its first and last instant; never empty.
    pub fn bounds(self, view: &View, now: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let day = SignedDuration::from_hours(24);
        let begun = view
            .listings
            .iter()
            .filter_map(|listing| listing.watched_since)
            .min()
            .unwrap_or(now);
        let (from, to) = match self {
            Self::Launch => {
                let dates = &view.launch;
                let published = day_begins(dates.publication, zone);
                let enabled = dates
                    .enabled
                    .map_or(published - day * 60, |date| day_begins(date, zone));
                // A launch that is watched from the middle on begins where the watching began.
                let from = enabled.min(published - day * 14).max(begun - day * 7);
                (from, published + day * 28)
            }
            Self::Month => (now - day * 30, now + day),
            Self::Year => (now - day * 365, now + day * 3),
            Self::All => (begun - day, now + day),
        };
        (from, to.max(from + day))
    }
}

/// A range laid out over so many pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) left: i64,
    pub(super) width: i64,
}

impl Scale {
    /// Where an instant stands; instants outside stand at the edge.
    pub(super) fn x(&self, at: Timestamp) -> i64 {
        let span = (self.to.as_millisecond() - self.from.as_millisecond()).max(1);
        let along = (at.as_millisecond() - self.from.as_millisecond()).clamp(0, span);
        self.left + along * self.width / span
    }

    /// Some of a stretch of time stands in it.
    pub(super) fn touches(&self, from: Timestamp, to: Timestamp) -> bool {
        self.from <= to && from <= self.to
    }

    pub(super) fn shows(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.to
    }

    pub(super) fn right(&self) -> i64 {
        self.left + self.width
    }
}

/// A line of the axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) at: Timestamp,
    pub(super) label: String,
}

/// The steps from tick to tick, finest first, with their lengths in days.
#[derive(Debug, Clone, Copy)]
enum Step {
    Days(i64),
    Months(i8),
    Years,
}

const STEPS: [(Step, i64); 9] = [
    (Step::Days(1), 1),
    (Step::Days(2), 2),
    (Step::Days(7), 7),
    (Step::Days(14), 14),
    (Step::Months(1), 30),
    (Step::Months(2), 61),
    (Step::Months(3), 91),
    (Step::Months(6), 182),
    (Step::Years, 365),
];

/// The least distance between two ticks, in pixels: what "Nov 2026" needs.
const ROOM: i64 = 68;

/// Few, well-placed ticks: at midnights of the zone, on Mondays or on the first of a month.
pub(super) fn ticks(scale: &Scale, zone: &TimeZone) -> Vec<Tick> {
    let days = (scale.to.duration_since(scale.from).as_hours() / 24).max(1);
    let (step, _) = STEPS
        .into_iter()
        .find(|(_, length)| length * scale.width >= ROOM * days)
        .unwrap_or((Step::Years, 365));
    let mut ticks: Vec<Tick> = Vec::new();
    let mut date = first(step, scale.from.to_zoned(zone.clone()).date());
    while let Some(at) = date.and_then(|date| date.to_zoned(zone.clone()).ok()) {
        let at = at.timestamp();
        if at > scale.to {
            break;
        }
        if at >= scale.from {
            let label = label(step, at.to_zoned(zone.clone()).date(), ticks.is_empty());
            ticks.push(Tick { at, label });
        }
        date = date.and_then(|date| next(step, date));
    }
    ticks
}

/// The last date on or before `date` on which the step may stand.
fn first(step: Step, date: Date) -> Option<Date> {
    match step {
        Step::Days(1) => Some(date),
        Step::Days(days) => {
            // Every other Monday, every other day: counted from one Monday, so that the ticks do
            // not jump from one day's picture to the next one's.
            let monday = Date::constant(2024, 1, 1);
            debug_assert!(monday.weekday() == Weekday::Monday);
            let since = i64::from(monday.until(date).ok()?.get_days());
            date.checked_sub((since.rem_euclid(days)).days()).ok()
        }
        Step::Months(months) => {
            let month = (date.month() - 1) / months * months + 1;
            Date::new(date.year(), month, 1).ok()
        }
        Step::Years => Date::new(date.year(), 1, 1).ok(),
    }
}

fn next(step: Step, date: Date) -> Option<Date> {
    match step {
        Step::Days(days) => date.checked_add(days.days()).ok(),
        Step::Months(months) => date.checked_add(i64::from(months).months()).ok(),
        Step::Years => date.checked_add(1.year()).ok(),
    }
}

fn label(step: Step, date: Date, is_first: bool) -> String {
    let form = match step {
        Step::Days(_) => "%-d %b",
        Step::Months(_) if is_first || date.month() == 1 => "%b %Y",
        Step::Months(_) => "%b",
        Step::Years => "%Y",
    };
    date.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, width: i64, expected: &str) {
        let scale = Scale {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            left: 0,
            width,
        };
        let zone = TimeZone::get("America/New_York").unwrap();
        let labels: Vec<String> = ticks(&scale, &zone)
            .into_iter()
            .map(|tick| format!("{} {}", scale.x(tick.at), tick.label))
            .collect();
        assert_eq!(labels.join(" | "), expected);
    }

    #[test]
    fn a_week_is_told_in_days() {
        check(
            "2027-03-12T05:00:00Z",
            "2027-03-16T04:00:00Z",
            400,
            // The 14th is the day on which the clocks go forward: an hour shorter.
            "0 12 Mar | 101 13 Mar | 202 14 Mar | 298 15 Mar | 400 16 Mar",
        );
    }

    #[test]
    fn a_launch_is_told_in_weeks_that_begin_on_monday() {
        check(
            "2026-12-01T05:00:00Z",
            "2027-01-20T05:00:00Z",
            600,
            "72 7 Dec | 156 14 Dec | 240 21 Dec | 324 28 Dec | 408 4 Jan | 492 11 Jan | 576 18 Jan",
        );
    }

    #[test]
    fn a_year_is_told_in_months_and_the_year_where_it_turns() {
        check(
            "2026-11-20T05:00:00Z",
            "2027-05-20T04:00:00Z",
            600,
            "36 Dec 2026 | 139 Jan 2027 | 242 Feb | 334 Mar | 437 Apr | 537 May",
        );
    }

    #[test]
    fn times_outside_stand_at_the_edge() {
        let scale = Scale {
            from: "2027-01-01T00:00:00Z".parse().unwrap(),
            to: "2027-01-11T00:00:00Z".parse().unwrap(),
            left: 100,
            width: 1000,
        };
        let x = |at: &str| scale.x(at.parse().unwrap());
        assert_eq!(x("2020-01-01T00:00:00Z"), 100);
        assert_eq!(x("2027-01-06T00:00:00Z"), 600);
        assert_eq!(x("2030-01-01T00:00:00Z"), 1100);
    }
}
