//! Where an edition stands in its launch, store by store (DOMAIN §1.3).
//!
//! Stores go by bare dates, each in its own zone, so a date is taken to have begun only when it
//! has begun everywhere: at 12:00 UTC, which is midnight at UTC−12. KDP's clock is GMT.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::book::{Availability, Distribution, Edition, Family, Note, NoteKind, StoreId};
use crate::history::ListingView;

/// The days before the on-sale date in which Ingram ships pre-orders and labels may vanish.
pub const EARLY_SHIP_DAYS: i64 = 14;

/// How long after the date a mixture of states is nothing to act on.
pub const LAUNCH_HOURS: i64 = 72;

/// How long after that a new listing may still jump about.
pub const SETTLING_DAYS: i64 = 14;

/// Where a listing stands in the launch of its edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Distribution is not enabled: no page is expected.
    SetUp,
    /// Enabled, and no page has taken an order yet.
    Propagating,
    /// The page has taken orders, and the date is more than two weeks away.
    PreOrder,
    /// The last two weeks before the date: the pre-order label may go away.
    EarlyShip,
    /// From the date until a day after it has begun everywhere.
    ReleaseDay,
    /// Amazon, until three days after the author published at KDP.
    Switchover,
    /// The first days after the release, in which wording jumps about.
    Settling,
    /// On sale for good.
    Steady,
}

impl Phase {
    /// Every phase, in the order of a launch.
    pub const ALL: [Self; 8] = [
        Self::SetUp,
        Self::Propagating,
        Self::PreOrder,
        Self::EarlyShip,
        Self::ReleaseDay,
        Self::Switchover,
        Self::Settling,
        Self::Steady,
    ];

    /// The name in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SetUp => "set-up",
            Self::Propagating => "propagating",
            Self::PreOrder => "pre-order",
            Self::EarlyShip => "early-ship",
            Self::ReleaseDay => "release day",
            Self::Switchover => "switchover",
            Self::Settling => "settling",
            Self::Steady => "steady",
        }
    }
}

/// The dates that an edition lives by, with what the author's notes changed about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The publication date; Amazon goes by it.
    pub publication: Date,
    /// The on-sale date; the other stores go by it.
    pub on_sale: Date,
    /// The day on which distribution was enabled.
    pub enabled: Option<Date>,
    /// When the author moved the date, if that was noted.
    pub moved_at: Option<Timestamp>,
    /// When the author clicked "Publish your paperback" at KDP.
    pub kdp_published: Option<Timestamp>,
    /// Amazon is to be served by KDP from the date on.
    pub amazon_by_kdp: bool,
}

impl Calendar {
    /// The dates of an edition.
    ///
    /// 1. The newest note of a moved date wins over the configuration, and moves the on-sale date
    ///    along.
    /// 2. A note that distribution was enabled counts where the configuration says nothing; its
    ///    day is the author's.
    /// 3. KDP counts as published from the newest such note.
    #[must_use]
    pub fn of(edition: &Edition, notes: &[Note], zone: &TimeZone) -> Self {
        let moved = notes.iter().rev().find_map(|note| {
            if let NoteKind::DateChanged { to } = note.kind {
                Some((to, note.at))
            } else {
                None
            }
        });
        let newest = |kind: &NoteKind| {
            let found = notes.iter().rev().find(|note| note.kind == *kind);
            found.map(|note| note.at)
        };
        let enabled_by_note = newest(&NoteKind::DistributionEnabled);
        Self {
            publication: moved.map_or(edition.publication_date, |(to, _)| to),
            on_sale: moved.map_or(edition.on_sale_date, |(to, _)| to),
            enabled: edition
                .distribution_enabled
                .or_else(|| enabled_by_note.map(|at| at.to_zoned(zone.clone()).date())),
            moved_at: moved.map(|(_, at)| at),
            kdp_published: newest(&NoteKind::KdpPublished),
            amazon_by_kdp: edition.amazon_switch || edition.distribution == Distribution::Kdp,
        }
    }

    /// The date that a store goes by.
    #[must_use]
    pub fn date_at(&self, store: &StoreId) -> Date {
        match store.family() {
            Family::Amazon => self.publication,
            Family::BarnesNoble | Family::Bookshop | Family::Other => self.on_sale,
        }
    }

    /// The moment at which a store's date has begun everywhere.
    #[must_use]
    pub fn released_at(&self, store: &StoreId) -> Timestamp {
        begun_everywhere(self.date_at(store))
    }

    /// When the author published at KDP, where KDP serves the store.
    #[must_use]
    pub fn published_at(&self, store: &StoreId) -> Option<Timestamp> {
        self.kdp_published
            .filter(|_| store.family() == Family::Amazon && self.amazon_by_kdp)
    }

    /// KDP serves the store, or will on the day.
    #[must_use]
    pub fn is_kdp_store(&self, store: &StoreId) -> bool {
        store.family() == Family::Amazon && self.amazon_by_kdp
    }

    /// From the earlier of the two dates until a day after what is late becomes something to act
    /// on: in that time letters are not rationed.
    #[must_use]
    pub fn is_launch(&self, now: Timestamp) -> bool {
        let begin = midnight_gmt(self.publication.min(self.on_sale));
        let end = later(
            begun_everywhere(self.publication.max(self.on_sale)),
            LAUNCH_HOURS + 24,
        );
        begin <= now && now <= end
    }

    /// The phase of a listing at `at`.
    ///
    /// 1. Without distribution and before the date it is set-up.
    /// 2. Before the date: propagating until the page has taken an order, then pre-order, and in
    ///    the last 14 days early-ship.
    /// 3. The date itself lasts from 00:00 GMT until 24 hours after it has begun everywhere.
    /// 4. Amazon is in its switchover for 72 hours after publishing at KDP.
    /// 5. Then it settles until 14 days and 72 hours after the date, and is steady.
    #[must_use]
    pub fn phase(&self, listing: &ListingView, at: Timestamp) -> Phase {
        let has_taken_orders = listing
            .spells
            .iter()
            .any(|spell| spell.is_confirmed() && spell.availability.is_orderable());
        self.phase_given(&listing.store, has_taken_orders, at)
    }

    /// The phase at a store whose page has, or has not yet, been confirmed to take orders.
    #[must_use]
    pub fn phase_given(&self, store: &StoreId, has_taken_orders: bool, at: Timestamp) -> Phase {
        let date = self.date_at(store);
        let begun = begun_everywhere(date);
        let published = self.published_at(store);
        if published.is_some_and(|published| published <= at && at < later(published, LAUNCH_HOURS))
        {
            return Phase::Switchover;
        }
        if at < midnight_gmt(date) {
            let is_enabled = self.enabled.is_some_and(|day| midnight_gmt(day) <= at);
            return if has_taken_orders {
                if midnight_gmt(date.saturating_sub(EARLY_SHIP_DAYS.days())) <= at {
                    Phase::EarlyShip
                } else {
                    Phase::PreOrder
                }
            } else if is_enabled {
                Phase::Propagating
            } else {
                Phase::SetUp
            };
        }
        if at < later(begun, 24) {
            Phase::ReleaseDay
        } else if at < self.steady_from(store) {
            Phase::Settling
        } else {
            Phase::Steady
        }
    }

    /// From when on a listing at that store is steady.
    #[must_use]
    pub fn steady_from(&self, store: &StoreId) -> Timestamp {
        later(self.released_at(store), LAUNCH_HOURS + SETTLING_DAYS * 24)
    }

    /// From when on a store may drop the pre-order label.
    #[must_use]
    pub fn early_ship_from(&self, store: &StoreId) -> Timestamp {
        midnight_gmt(self.date_at(store).saturating_sub(EARLY_SHIP_DAYS.days()))
    }
}

/// The moment at which a date has begun everywhere on earth: 12:00 UTC.
#[must_use]
pub fn begun_everywhere(date: Date) -> Timestamp {
    later(midnight_gmt(date), 12)
}

/// The moment at which a date begins in KDP's clock.
#[must_use]
pub fn midnight_gmt(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC)
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The date of a moment in GMT.
#[must_use]
pub fn gmt_date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// So many hours later.
#[must_use]
pub fn later(at: Timestamp, hours: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(hours))
        .unwrap_or(Timestamp::MAX)
}

/// A page with no buy button of the store's own: unavailable, announced or ended.
#[must_use]
pub fn is_off_page(state: Availability) -> bool {
    matches!(
        state,
        Availability::OutOfStock | Availability::Announced | Availability::Discontinued
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::{self, Script};

    /// A listing that has taken orders since 10 December, published on 9 February 2027.
    #[track_caller]
    fn check(store: &str, notes: &str, at: &str, expected: Phase) {
        let view = Script::new("2027-02-09")
            .enabled("2026-12-01")
            .pages(&format!(
                "2026-12-10T00:00 {store} pre_order
                 2026-12-10T06:00 {store} pre_order"
            ))
            .notes(notes)
            .view();
        let calendar = Calendar::of(&view.edition, &view.notes, &TimeZone::UTC);
        let at = script::time(at);
        assert_eq!(calendar.phase(&view.listings[0], at), expected, "at {at}");
    }

    #[test]
    fn the_phases_follow_the_dates() {
        check("bookshop.org", "", "2027-01-25T23:59", Phase::PreOrder);
        check("bookshop.org", "", "2027-01-26T00:00", Phase::EarlyShip);
        check("bookshop.org", "", "2027-02-08T23:59", Phase::EarlyShip);
        check("bookshop.org", "", "2027-02-09T00:00", Phase::ReleaseDay);
        check("bookshop.org", "", "2027-02-10T11:59", Phase::ReleaseDay);
        check("bookshop.org", "", "2027-02-10T12:00", Phase::Settling);
        check("bookshop.org", "", "2027-02-26T11:59", Phase::Settling);
        check("bookshop.org", "", "2027-02-26T12:00", Phase::Steady);
    }

    #[test]
    fn without_a_page_it_propagates_and_without_distribution_it_is_set_up() {
        let at = script::time("2027-01-28T00:00");
        let listed = Script::new("2027-02-09").pages("2027-01-01T00:00 bookshop.org not_listed");
        for (script, expected) in [
            (listed.clone(), Phase::SetUp),
            (listed.clone().enabled("2026-12-01"), Phase::Propagating),
            (listed.enabled("2027-01-29"), Phase::SetUp),
        ] {
            let view = script.view();
            let calendar = Calendar::of(&view.edition, &view.notes, &TimeZone::UTC);
            assert_eq!(calendar.phase(&view.listings[0], at), expected);
        }
    }

    #[test]
    fn the_switchover_is_amazons_and_begins_with_the_click() {
        let notes = "2027-02-09T00:30 kdp_published";
        check("amazon.com", notes, "2027-02-09T00:29", Phase::ReleaseDay);
        check("amazon.com", notes, "2027-02-09T00:30", Phase::Switchover);
        check("amazon.com", notes, "2027-02-12T00:29", Phase::Switchover);
        check("amazon.com", notes, "2027-02-12T00:30", Phase::Settling);
        check("bookshop.org", notes, "2027-02-09T00:30", Phase::ReleaseDay);
    }

    #[test]
    fn a_moved_date_moves_the_phases() {
        let notes = "2027-01-20T00:00 date_changed=2027-03-09";
        check("bookshop.org", notes, "2027-02-09T12:00", Phase::PreOrder);
        check("bookshop.org", notes, "2027-03-09T12:00", Phase::ReleaseDay);
    }

    #[test]
    fn an_authors_day_of_enabling_is_the_authors_own() {
        let view = Script::new("2027-02-09")
            .notes("2026-12-01T03:00 distribution_enabled")
            .view();
        let new_york = TimeZone::get("America/New_York").unwrap();
        let calendar = Calendar::of(&view.edition, &view.notes, &new_york);
        assert_eq!(calendar.enabled, Some("2026-11-30".parse().unwrap()));
    }
}
