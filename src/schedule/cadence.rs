//! How often a listing deserves a look, by where its edition stands in its launch.
//!
//! Dates alone are enough to choose; what judging knows beyond them may only make a look come
//! earlier, through the second look that confirms a change.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::book::{Edition, Family, StoreId};

/// What is going on with a listing, from the calmest to the most urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Nothing is expected to change: not enabled yet, or long released.
    Steady,
    /// Enabled: a page should appear, and then keep its pre-order.
    Propagating,
    /// The days around the publication date.
    LaunchWeek,
    /// The publication date itself, and at Amazon the hours in which KDP takes over.
    Switchover,
}

/// Days before the publication date at which the launch week begins.
const LAUNCH_WEEK_BEFORE: i32 = 7;
/// Days after it at which the launch week ends: formats should be linked by then (DOMAIN §1.3).
const LAUNCH_WEEK_AFTER: i32 = 7;
/// Days after it at which an edition that is still not released is no longer new.
const SETTLED_AFTER: i32 = 28;
/// How long KDP usually takes to go live (DOMAIN §1.1 D: up to 72 hours).
const SWITCHOVER: SignedDuration = SignedDuration::from_hours(72);

impl Urgency {
    /// The time between two looks.
    #[must_use]
    pub fn interval(self) -> SignedDuration {
        match self {
            Self::Steady => SignedDuration::from_hours(24),
            Self::Propagating => SignedDuration::from_hours(6),
            Self::LaunchWeek => SignedDuration::from_hours(3),
            Self::Switchover => SignedDuration::from_hours(1),
        }
    }

    /// The name in `status` and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Propagating => "propagating",
            Self::LaunchWeek => "launch week",
            Self::Switchover => "switchover",
        }
    }
}

/// What is known of a listing's launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Launch {
    /// The publication date.
    pub published: Date,
    /// The first day of sale, on or before or after the publication date.
    pub on_sale: Date,
    /// The day on which distribution was enabled, if it is.
    pub enabled: Option<Date>,
    /// KDP takes this very listing over on the publication date.
    pub is_switched: bool,
    /// When the page was first seen released, if it was.
    pub released: Option<Timestamp>,
}

impl Launch {
    /// The launch of an edition at a store, whose page was first seen released at `released`.
    #[must_use]
    pub fn of(edition: &Edition, store: &StoreId, released: Option<Timestamp>) -> Self {
        Self {
            published: edition.publication_date,
            on_sale: edition.on_sale_date,
            enabled: edition.distribution_enabled,
            is_switched: edition.amazon_switch && store.family() == Family::Amazon,
            released,
        }
    }

    /// How urgent a look is at `now`, for an author in `zone`.
    #[must_use]
    pub fn urgency(&self, zone: &TimeZone, now: Timestamp) -> Urgency {
        let today = now.to_zoned(zone.clone()).date();
        if self.is_release_day(today, now) || self.is_switching(now) {
            return Urgency::Switchover;
        }
        let since_publication = (today - self.published).get_days();
        let since_on_sale = (today - self.on_sale).get_days();
        let in_week = |days: i32| (-LAUNCH_WEEK_BEFORE..=LAUNCH_WEEK_AFTER).contains(&days);
        if in_week(since_publication) || in_week(since_on_sale) {
            return Urgency::LaunchWeek;
        }
        if SETTLED_AFTER < since_publication {
            // Long out: enabled late, or a backlist title that is only now watched.
            let is_fresh = self
                .enabled
                .is_some_and(|enabled| (today - enabled).get_days() <= SETTLED_AFTER * 2);
            return if is_fresh && self.released.is_none() {
                Urgency::Propagating
            } else {
                Urgency::Steady
            };
        }
        if 0 < since_publication {
            return if self.released.is_some() {
                Urgency::Steady
            } else {
                Urgency::Propagating
            };
        }
        match self.enabled {
            Some(enabled) if enabled <= today => Urgency::Propagating,
            Some(_) | None => Urgency::Steady,
        }
    }

    /// The publication or on-sale date by the author's calendar, and from midnight GMT on, which
    /// is KDP's clock and in America the evening before.
    fn is_release_day(&self, today: Date, now: Timestamp) -> bool {
        let today_gmt = now.to_zoned(TimeZone::UTC).date();
        [self.published, self.on_sale]
            .iter()
            .any(|date| *date == today || *date == today_gmt)
    }

    /// The days in which KDP may go live, until it has.
    fn is_switching(&self, now: Timestamp) -> bool {
        if !self.is_switched {
            return false;
        }
        let Ok(start) = self.published.to_zoned(TimeZone::UTC) else {
            return false;
        };
        let start = start.timestamp();
        // Seen released before the day, it was Ingram's offer, not KDP's.
        let is_done = self.released.is_some_and(|released| start <= released);
        start <= now && now < start + SWITCHOVER && !is_done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A launch on 9 February 2027, enabled on 1 December, switched to KDP; each line is a time
    /// and what is expected of it in New York.
    #[track_caller]
    fn check(released: Option<&str>, is_switched: bool, script: &str) {
        let launch = Launch {
            published: jiff::civil::date(2027, 2, 9),
            on_sale: jiff::civil::date(2027, 2, 9),
            enabled: Some(jiff::civil::date(2026, 12, 1)),
            is_switched,
            released: released.map(|text| text.parse().unwrap()),
        };
        let zone = TimeZone::get("America/New_York").unwrap();
        for line in script.trim().lines() {
            let (at, expected) = line.trim().split_once(' ').unwrap();
            let urgency = launch.urgency(&zone, at.parse().unwrap());
            assert_eq!(urgency.name(), expected, "{at}");
        }
    }

    #[test]
    fn a_launch_is_looked_at_more_often_as_it_comes_near() {
        check(
            None,
            false,
            "2026-11-30T12:00:00Z steady
             2026-12-01T04:59:00Z steady
             2026-12-01T05:00:00Z propagating
             2027-02-01T12:00:00Z propagating
             2027-02-02T12:00:00Z launch week
             2027-02-08T23:59:00Z launch week
             2027-02-09T00:00:00Z switchover
             2027-02-10T04:59:00Z switchover
             2027-02-10T05:00:00Z launch week
             2027-02-16T12:00:00Z launch week
             2027-02-17T12:00:00Z propagating
             2027-03-09T12:00:00Z propagating
             2027-03-10T12:00:00Z steady",
        );
    }

    #[test]
    fn kdp_is_watched_hourly_for_three_days_or_until_it_is_live() {
        check(
            None,
            true,
            "2027-02-11T23:59:00Z switchover
             2027-02-12T00:00:00Z launch week",
        );
        check(
            Some("2027-02-10T20:00:00Z"),
            true,
            "2027-02-11T00:00:00Z launch week",
        );
        // What Ingram sold before the day says nothing of KDP.
        check(
            Some("2027-01-30T20:00:00Z"),
            true,
            "2027-02-11T00:00:00Z switchover",
        );
    }

    #[test]
    fn what_is_released_soon_needs_a_daily_look_only() {
        check(
            Some("2027-02-09T20:00:00Z"),
            false,
            "2027-02-12T12:00:00Z launch week
             2027-02-17T12:00:00Z steady",
        );
    }

    #[test]
    fn a_title_that_is_not_enabled_waits() {
        let launch = Launch {
            published: jiff::civil::date(2027, 6, 1),
            on_sale: jiff::civil::date(2027, 6, 1),
            enabled: None,
            is_switched: false,
            released: None,
        };
        let now = "2027-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(launch.urgency(&TimeZone::UTC, now), Urgency::Steady);
        let near = "2027-05-25T00:00:00Z".parse().unwrap();
        assert_eq!(launch.urgency(&TimeZone::UTC, near), Urgency::LaunchWeek);
    }

    #[test]
    fn a_title_enabled_after_its_date_is_new_all_the_same() {
        let mut launch = Launch {
            published: jiff::civil::date(2026, 6, 1),
            on_sale: jiff::civil::date(2026, 6, 1),
            enabled: Some(jiff::civil::date(2026, 11, 20)),
            is_switched: false,
            released: None,
        };
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(launch.urgency(&TimeZone::UTC, now), Urgency::Propagating);
        launch.released = Some(now);
        assert_eq!(launch.urgency(&TimeZone::UTC, now), Urgency::Steady);
    }
}
