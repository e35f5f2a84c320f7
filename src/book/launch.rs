//! What is in force for an edition *now*: its dates, who carries and prints it, what the author has
//! clicked and told us, and where each of its pages stands in the launch.
//!
//! A launch is derived in one place, [`Launch::new`], from the configuration and the notes. Nothing
//! else reads a configured date, so that a date that was moved is moved for everybody: judging, the
//! schedule, letters, support texts, pages and programs.
//!
//! Stores go by bare dates, each in its own zone, so a date is taken to have begun only when it has
//! begun everywhere: at 12:00 UTC, which is midnight at UTC−12. KDP's clock is GMT.

#![expect(clippy::wildcard_enum_match_arm, reason = "a launch hears only the notes that it names")]

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use strum::IntoStaticStr;

use super::{Distribution, Edition, Family, Note, NoteKind, StoreId};

/// The days before the on-sale date in which Ingram ships pre-orders and labels may vanish
/// (Lightning Source: up to ten business days).
pub const EARLY_SHIP_DAYS: i64 = 14;

/// How long after the date a mixture of states is nothing to act on.
pub const LAUNCH_HOURS: i64 = 72;

/// How long after that a new listing may still jump about.
pub const SETTLING_DAYS: i64 = 14;

/// The dates as the configuration writes them. What is in force is a [`Launch`]'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfiguredDates {
    publication: Date,
    on_sale: Date,
    enabled: Option<Date>,
}

impl ConfiguredDates {
    /// The publication date, the on-sale date (equal to it unless written), and the day on which
    /// distribution was enabled.
    pub fn new(publication: Date, on_sale: Option<Date>, enabled: Option<Date>) -> Self {
        Self {
            publication,
            on_sale: on_sale.unwrap_or(publication),
            enabled,
        }
    }

    /// The dates as they stand in the file, for whoever reads or writes that file: publication, on
    /// sale, enabled.
    pub fn as_written(&self) -> (Date, Date, Option<Date>) {
        (self.publication, self.on_sale, self.enabled)
    }
}

/// How an edition comes into being, which decides what its page can and cannot mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Making {
    /// Printed for each order: it cannot be out of stock.
    OnDemand,
    /// A printed run: it can be out of stock.
    Offset,
    /// Printed, and nobody said how.
    Unknown,
    /// Not printed at all: no returns, no discount, no ISBN-10.
    Digital,
}

impl Making {
    /// What an author can say of a printed edition, with its name in the configuration.
    pub const CHOICES: [(&'static str, Self); 2] =
        [("on-demand", Self::OnDemand), ("offset", Self::Offset)];

    /// Other words that people write for one.
    pub const HABITS: [(&'static str, Self); 3] = [
        ("pod", Self::OnDemand),
        ("print on demand", Self::OnDemand),
        ("on demand", Self::OnDemand),
    ];

    /// Its name, where it is one that can be chosen.
    pub fn name(self) -> Option<&'static str> {
        let mut choices = Self::CHOICES.iter();
        let chosen = choices.find(|(_, making)| *making == self);
        chosen.map(|(name, _)| *name)
    }
}

/// Who fills orders at a store, and so whom to ask about its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feeder {
    /// KDP.
    Kdp,
    /// The distributor of the edition.
    Distributor(Distribution),
}

/// What is known of publishing at KDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdpPublished {
    /// When the author clicked.
    pub at: Timestamp,
    /// The day that the release is scheduled for; until then KDP hides the page of a print edition.
    pub scheduled: Option<Date>,
}

impl KdpPublished {
    /// From when KDP's 72 hours count: the click, or the beginning of the scheduled day in its
    /// clock.
    pub fn counts_from(&self) -> Timestamp {
        let scheduled = self.scheduled.map(midnight_gmt);
        scheduled.map_or(self.at, |day| day.max(self.at))
    }
}

/// A date that the author moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// When it was moved.
    pub at: Timestamp,
    /// The publication date before, where it is known.
    pub from: Option<Date>,
}

/// New files, as the author told us of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// When it was begun.
    pub started: Timestamp,
    /// When it was done; `None` while it is under way.
    pub done: Option<Timestamp>,
}

/// What is in force for an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The publication date; Amazon goes by it.
    pub publication: Date,
    /// The on-sale date; the other stores go by it.
    pub on_sale: Date,
    /// The day on which distribution was enabled.
    pub enabled: Option<Date>,
    /// The newest move of the date, if there was one.
    pub moved: Option<Moved>,
    /// Who carries the edition to the stores.
    pub distribution: Distribution,
    /// How it comes into being.
    pub making: Making,
    /// Amazon is served by KDP, from the date on or from the beginning.
    pub amazon_by_kdp: bool,
    /// The newest click at KDP, if the author told us of one.
    pub kdp: Option<KdpPublished>,
    /// The newest revision, if the author told us of one.
    pub revision: Option<Revision>,
}

impl Launch {
    /// Derives what is in force; `notes` are in the order in which they were made, `zone` is the
    /// author's.
    ///
    /// 1. The newest note of a moved date wins over the configuration. It moves the on-sale date
    ///    along unless it names one. A date that was changed in the configuration is itself such a
    ///    note, made when the change was seen (`history`), so whichever word is newer wins.
    /// 2. A note that distribution was enabled counts where the configuration says nothing; its
    ///    day is the author's.
    /// 3. KDP counts as published from the newest such note. A print edition that was sent off
    ///    before its date without naming a day is scheduled for the date: KDP has no pre-order for
    ///    print, and hides the page until then.
    /// 4. A revision counts from the newest beginning, and is done by a later note.
    pub fn new(edition: &Edition, notes: &[Note], zone: &TimeZone) -> Self {
        let dates = &edition.dates;
        let mut changes = notes.iter().rev().filter_map(|note| match note.kind {
            NoteKind::DateChanged { to, on_sale, from } => Some((note.at, to, on_sale, from)),
            _ => None,
        });
        let last_move = changes.next();
        let before = changes.next().map_or(dates.publication, |(_, to, ..)| to);
        let (publication, on_sale) = last_move.map_or(
            (dates.publication, dates.on_sale),
            |(_, to, sold_from, _)| (to, sold_from.unwrap_or(to)),
        );
        let moved = last_move.map(|(at, to, _, from)| Moved {
            at,
            from: from.or(Some(before)).filter(|from| *from != to),
        });
        let newest = |kind: &NoteKind| {
            let found = notes.iter().rev().find(|note| note.kind == *kind);
            found.map(|note| note.at)
        };
        let enabled_by_note = newest(&NoteKind::DistributionEnabled);
        let making = making(edition);
        let kdp = notes.iter().rev().find_map(|note| match note.kind {
            NoteKind::KdpPublished { on } => {
                let is_early = note.at < midnight_gmt(publication);
                let implied = (is_early && making != Making::Digital).then_some(publication);
                Some(KdpPublished {
                    at: note.at,
                    scheduled: on.or(implied),
                })
            }
            _ => None,
        });
        let started = newest(&NoteKind::RevisionStarted);
        let done = newest(&NoteKind::RevisionDone);
        let revision = match (started, done) {
            (Some(started), done) => Some(Revision {
                started,
                done: done.filter(|done| started <= *done),
            }),
            (None, Some(done)) => Some(Revision {
                started: done,
                done: Some(done),
            }),
            (None, None) => None,
        };
        Self {
            publication,
            on_sale,
            enabled: dates
                .enabled
                .or_else(|| enabled_by_note.map(|at| at.to_zoned(zone.clone()).date())),
            moved,
            distribution: edition.distribution,
            making,
            amazon_by_kdp: edition.amazon_switch || edition.distribution == Distribution::Kdp,
            kdp,
            revision,
        }
    }

    /// The later of the two dates.
    pub fn last_date(&self) -> Date {
        self.publication.max(self.on_sale)
    }

    /// The date that a store goes by.
    pub fn date_at(&self, store: &StoreId) -> Date {
        match store.family() {
            Family::Amazon => self.publication,
            Family::BarnesNoble | Family::Bookshop | Family::Other => self.on_sale,
        }
    }

    /// The moment at which a store's date has begun everywhere.
    pub fn released_at(&self, store: &StoreId) -> Timestamp {
        begun_everywhere(self.date_at(store))
    }

    /// When the author published at KDP, where KDP serves the store.
    pub fn published_at(&self, store: &StoreId) -> Option<Timestamp> {
        self.kdp
            .filter(|_| self.is_kdp_store(store))
            .map(|kdp| kdp.at)
    }

    /// What is known of publishing at KDP, where KDP serves the store.
    pub fn kdp_at(&self, store: &StoreId) -> Option<KdpPublished> {
        self.kdp.filter(|_| self.is_kdp_store(store))
    }

    /// KDP serves the store, or will on the day.
    pub fn is_kdp_store(&self, store: &StoreId) -> bool {
        store.family() == Family::Amazon && self.amazon_by_kdp
    }

    /// KDP serves Amazon from the beginning, and nobody else feeds its page.
    pub fn is_kdp_only(&self) -> bool {
        self.distribution == Distribution::Kdp
    }

    /// Who feeds the store's page: KDP once it was published there, else the distributor.
    pub fn feeder(&self, store: &StoreId) -> Feeder {
        if self.published_at(store).is_some() || self.distribution == Distribution::Kdp {
            Feeder::Kdp
        } else {
            Feeder::Distributor(self.distribution)
        }
    }

    /// From the earlier of the two dates until a day after what is late becomes something to act
    /// on: in that time letters are not rationed.
    pub fn is_launch(&self, now: Timestamp) -> bool {
        let begin = midnight_gmt(self.publication.min(self.on_sale));
        let end = later(begun_everywhere(self.last_date()), LAUNCH_HOURS + 24);
        begin <= now && now <= end
    }

    /// The phase at a store whose page has, or has not yet, been confirmed to take orders.
    ///
    /// 1. Amazon is in its switchover for 72 hours after publishing at KDP.
    /// 2. Without distribution and before the date it is set-up.
    /// 3. Before the date: propagating until the page has taken an order, then pre-order, and in
    ///    the last 14 days early-ship.
    /// 4. The date itself lasts from 00:00 GMT until 24 hours after it has begun everywhere.
    /// 5. Then it settles until 14 days and 72 hours after the date, and is steady.
    pub fn phase(&self, store: &StoreId, has_taken_orders: bool, at: Timestamp) -> Phase {
        let date = self.date_at(store);
        let begun = begun_everywhere(date);
        let published = self.kdp_at(store).map(|kdp| kdp.counts_from());
        if published.is_some_and(|published| published <= at && at < later(published, LAUNCH_HOURS))
        {
            return Phase::Switchover;
        }
        if at < midnight_gmt(date) {
            let is_enabled = self.enabled.is_some_and(|day| midnight_gmt(day) <= at);
            return if has_taken_orders {
                if self.early_ship_from(store) <= at {
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
    pub fn steady_from(&self, store: &StoreId) -> Timestamp {
        later(self.released_at(store), LAUNCH_HOURS + SETTLING_DAYS * 24)
    }

    /// From when on a store may drop the pre-order label.
    pub fn early_ship_from(&self, store: &StoreId) -> Timestamp {
        midnight_gmt(self.date_at(store).saturating_sub(EARLY_SHIP_DAYS.days()))
    }
}

/// An ebook and an audiobook are not printed; else what was written counts, else what the distributor does: but for
/// an unknown one, all of them print on demand.
fn making(edition: &Edition) -> Making {
    if !edition.format.is_printed() {
        return Making::Digital;
    }
    edition.printing.unwrap_or(match edition.distribution {
        Distribution::IngramSpark
        | Distribution::Draft2Digital
        | Distribution::PublishDrive
        | Distribution::Kdp => Making::OnDemand,
        Distribution::Other => Making::Unknown,
    })
}

/// Where a listing stands in the launch of its edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
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
    #[strum(serialize = "release day")]
    ReleaseDay,
    /// Amazon, until three days after the author published at KDP.
    Switchover,
    /// The first days after the release, in which wording jumps about.
    Settling,
    /// On sale for good.
    Steady,
}

impl Phase {
    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The moment at which a date has begun everywhere on earth: 12:00 UTC.
pub fn begun_everywhere(date: Date) -> Timestamp {
    later(midnight_gmt(date), 12)
}

/// The moment at which a date begins in KDP's clock.
pub fn midnight_gmt(date: Date) -> Timestamp {
    day_begins(date, &TimeZone::UTC)
}

/// The first instant of a date in a zone; a date that the zone skips begins at its next instant.
pub fn day_begins(date: Date, zone: &TimeZone) -> Timestamp {
    date.to_zoned(zone.clone())
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The date of a moment in GMT.
pub fn gmt_date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// So many hours later.
pub fn later(at: Timestamp, hours: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(hours))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
