//! How often a listing deserves a look, by where its edition stands in its launch.
//!
//! Dates alone are enough to choose; what judging knows beyond them may only make a look come
//! earlier, through the second look that confirms a change.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::book::launch::{LAUNCH_HOURS, gmt_date, later, midnight_gmt};
use crate::book::{Launch, StoreId};

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

impl Urgency {
    /// The time between two looks.
    pub fn interval(self) -> SignedDuration {
        match self {
            Self::Steady => SignedDuration::from_hours(24),
            Self::Propagating => SignedDuration::from_hours(6),
            Self::LaunchWeek => SignedDuration::from_hours(3),
            Self::Switchover => SignedDuration::from_hours(1),
        }
    }
}

/// What a person saw is taken as what is for so many hours: one day around the date, three otherwise.
const BY_HAND: (i64, i64) = (24, 72);

/// Until when what a person saw at a time may be spoken of as what is.
pub fn good_by_hand(urgency: Urgency, at: Timestamp) -> Timestamp {
    let (near, far) = BY_HAND;
    later(
        at,
        if Urgency::LaunchWeek <= urgency {
            near
        } else {
            far
        },
    )
}

/// How urgent a look at a listing is at `now`, for an author in `zone`; `released` is when its page
/// was first seen released, if it was.
///
/// 1. On its dates, and at Amazon while KDP is taking over or has just been told to publish, every
///    hour.
/// 2. In the week around a date every three hours.
/// 3. Before it, once the title is enabled (or was sent to KDP), every six hours; after it for four
///    weeks, until it is released; likewise what was enabled or published long after its date.
/// 4. Else once a day.
pub fn urgency(
    launch: &Launch,
    store: &StoreId,
    released: Option<Timestamp>,
    zone: &TimeZone,
    now: Timestamp,
) -> Urgency {
    let today = now.to_zoned(zone.clone()).date();
    let dates = [launch.publication, launch.on_sale];
    let is_release_day = dates
        .iter()
        .any(|date| *date == today || *date == gmt_date(now));
    if is_release_day || is_switching(launch, store, released, now) {
        return Urgency::Switchover;
    }
    let is_launch_week = dates.iter().any(|date| {
        let days = (today - *date).get_days();
        (-LAUNCH_WEEK_BEFORE..=LAUNCH_WEEK_AFTER).contains(&days)
    });
    if is_launch_week {
        return Urgency::LaunchWeek;
    }
    let sent = launch
        .published_at(store)
        .map(|at| at.to_zoned(zone.clone()).date());
    let begun = launch.enabled.max(sent).filter(|day| *day <= today);
    let days_since = (today - launch.publication).get_days();
    let is_new = if SETTLED_AFTER < days_since {
        released.is_none() && begun.is_some_and(|day| (today - day).get_days() <= SETTLED_AFTER * 2)
    } else if 0 < days_since {
        released.is_none()
    } else {
        begun.is_some()
    };
    if is_new {
        Urgency::Propagating
    } else {
        Urgency::Steady
    }
}

/// KDP takes the listing over, on the date or since the author clicked there, and its own offer has
/// not been seen: what was released before was Ingram's.
fn is_switching(
    launch: &Launch,
    store: &StoreId,
    released: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    if !launch.is_kdp_store(store) {
        return false;
    }
    let date = (!launch.is_kdp_only()).then(|| midnight_gmt(launch.publication));
    let clicked = launch.kdp_at(store).map(|kdp| kdp.counts_from());
    [date, clicked].into_iter().flatten().any(|start| {
        let is_done = released.is_some_and(|released| start <= released);
        start <= now && now < later(start, LAUNCH_HOURS) && !is_done
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Distribution, Making, Note, NoteKind};

    fn launch(date: &str, enabled: Option<&str>, switch: bool) -> Launch {
        let date = date.parse().unwrap();
        Launch {
            publication: date,
            on_sale: date,
            enabled: enabled.map(|day| day.parse().unwrap()),
            moved: None,
            distribution: Distribution::IngramSpark,
            making: Making::OnDemand,
            amazon_by_kdp: switch,
            kdp: None,
            revision: None,
        }
    }

    #[track_caller]
    fn check(launch: &Launch, released: Option<&str>, script: &str) {
        let zone = TimeZone::get("America/New_York").unwrap();
        let released = released.map(|text| text.parse().unwrap());
        let store = StoreId::new("amazon.com");
        for line in script.trim().lines() {
            let (at, expected) = line.trim().split_once(' ').unwrap();
            let found = urgency(launch, &store, released, &zone, at.parse().unwrap());
            assert_eq!(format!("{found:?}"), expected, "{at}");
        }
    }

    #[test]
    fn a_launch_is_looked_at_more_often_as_it_comes_near() {
        check(
            &launch("2027-02-09", Some("2026-12-01"), false),
            None,
            "2026-11-30T12:00:00Z Steady
             2026-12-01T04:59:00Z Steady
             2026-12-01T05:00:00Z Propagating
             2027-02-01T12:00:00Z Propagating
             2027-02-02T12:00:00Z LaunchWeek
             2027-02-08T23:59:00Z LaunchWeek
             2027-02-09T00:00:00Z Switchover
             2027-02-10T04:59:00Z Switchover
             2027-02-10T05:00:00Z LaunchWeek
             2027-02-16T12:00:00Z LaunchWeek
             2027-02-17T12:00:00Z Propagating
             2027-03-09T12:00:00Z Propagating
             2027-03-10T12:00:00Z Steady",
        );
    }

    #[test]
    fn kdp_is_watched_hourly_for_three_days_or_until_it_is_live() {
        let launch = launch("2027-02-09", Some("2026-12-01"), true);
        check(
            &launch,
            None,
            "2027-02-11T23:59:00Z Switchover
             2027-02-12T00:00:00Z LaunchWeek",
        );
        check(
            &launch,
            Some("2027-02-10T20:00:00Z"),
            "2027-02-11T00:00:00Z LaunchWeek",
        );
        // What Ingram sold before the day says nothing of KDP.
        check(
            &launch,
            Some("2027-01-30T20:00:00Z"),
            "2027-02-11T00:00:00Z Switchover",
        );
    }

    #[test]
    fn a_click_at_kdp_is_followed_hourly_whenever_it_comes() {
        let mut late = launch("2027-02-09", Some("2026-12-01"), true);
        late.kdp = Some(crate::book::launch::KdpPublished {
            at: "2027-03-20T12:00:00Z".parse().unwrap(),
            scheduled: None,
        });
        check(
            &late,
            Some("2027-02-20T12:00:00Z"),
            "2027-03-20T11:00:00Z Steady
             2027-03-20T12:00:00Z Switchover
             2027-03-23T12:00:00Z Steady",
        );
    }

    #[test]
    fn what_is_released_soon_needs_a_daily_look_only() {
        check(
            &launch("2027-02-09", Some("2026-12-01"), false),
            Some("2027-02-09T20:00:00Z"),
            "2027-02-12T12:00:00Z LaunchWeek
             2027-02-17T12:00:00Z Steady",
        );
    }

    #[test]
    fn a_title_that_is_not_enabled_waits() {
        check(
            &launch("2027-06-01", None, false),
            None,
            "2027-03-01T12:00:00Z Steady
             2027-05-25T12:00:00Z LaunchWeek",
        );
    }

    #[test]
    fn a_title_enabled_after_its_date_is_new_all_the_same() {
        let late = launch("2026-06-01", Some("2026-11-20"), false);
        check(&late, None, "2026-11-22T12:00:00Z Propagating");
        let sold = Some("2026-11-22T12:00:00Z");
        check(&late, sold, "2026-11-22T12:00:00Z Steady");
    }

    #[test]
    fn a_moved_date_moves_the_dense_looks_with_it() {
        let edition = crate::judge::script::Script::new("2027-02-09").edition;
        let note = Note {
            kind: NoteKind::moved("2027-03-16".parse().unwrap()),
            at: "2027-01-04T12:00:00Z".parse().unwrap(),
            store: None,
            ticket: None,
            text: None,
        };
        let moved = Launch::new(&edition, &[note], &TimeZone::UTC);
        check(
            &moved,
            None,
            "2027-02-09T12:00:00Z Steady
             2027-03-16T12:00:00Z Switchover",
        );
    }
}
