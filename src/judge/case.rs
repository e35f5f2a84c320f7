//! A case: one edition's view with its dates, and the questions that rules ask of it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::windows::{Stage, Window, WindowName};
use super::{NextStep, Party, Settings, SupportText};
use crate::book::Phase;
use crate::book::launch::{Feeder, midnight_gmt};
use crate::book::{Availability, Distribution, Family, Making, StoreId};
use crate::history::{ListingView, Spell, View};
use crate::page::Says;

/// What a rule is given.
pub(crate) struct Case<'a> {
    pub(crate) view: &'a View,
    pub(crate) settings: &'a Settings,
    pub(crate) now: Timestamp,
}

/// A state that has lasted, confirmed, with everything that was seen of it.
#[derive(Debug, Clone)]
pub(crate) struct Run<'a> {
    /// Its first reading.
    pub(crate) since: Timestamp,
    /// Its newest reading: the evidence reaches so far and no further, whatever the clock shows.
    pub(crate) seen: Timestamp,
    /// What the newest reading said.
    pub(crate) says: &'a Says,
}

impl Run<'_> {
    /// From its first reading to its newest.
    pub(crate) fn span(&self) -> (Timestamp, Timestamp) {
        (self.since, self.seen)
    }
}

/// From when a window counts for something that a page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counts<'a> {
    /// From then on.
    From(Timestamp),
    /// A revision explains it: its own window counts, from then on.
    Revision(&'a Window, Timestamp),
}

/// A value that has stood on the page, confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settled<K> {
    pub(crate) value: K,
    pub(crate) since: Timestamp,
    pub(crate) seen: Timestamp,
    /// The confirmed value before it.
    pub(crate) before: Option<K>,
}

/// What was seen of one value in one run of readings.
struct Stretch<K> {
    value: K,
    since: Timestamp,
    until: Timestamp,
    /// It counts however short it was: a person saw it.
    is_sure: bool,
}

/// The newest value that lasted at least `confirm_after`; shorter ones in between are blips.
///
/// 1. Neighbours of equal value are one.
/// 2. A value that lengthens the newest settled one, with at most blips between, belongs to it.
/// 3. Another value settles once it has lasted `confirm_after`, or at once where it is sure; until then
///    it is a blip.
fn settle<K: PartialEq>(
    runs: impl Iterator<Item = Stretch<K>>,
    confirm_after: SignedDuration,
) -> Option<Settled<K>> {
    let mut settled: Option<Settled<K>> = None;
    let mut candidate: Option<Stretch<K>> = None;
    for run in runs {
        if let Some(known) = settled.as_mut().filter(|known| known.value == run.value) {
            known.seen = run.until;
            candidate = None;
            continue;
        }
        let run = match candidate.take() {
            Some(begun) if begun.value == run.value => Stretch {
                since: begun.since,
                ..run
            },
            _ => run,
        };
        if !run.is_sure && run.until.duration_since(run.since) < confirm_after {
            candidate = Some(run);
            continue;
        }
        settled = Some(Settled {
            value: run.value,
            since: run.since,
            seen: run.until,
            before: settled.map(|known| known.value),
        });
    }
    settled
}

impl<'a> Case<'a> {
    /// The state of a listing, if it belongs to a class, with how long the class has lasted.
    pub(crate) fn run(
        &self,
        listing: &'a ListingView,
        belongs: impl Fn(Availability) -> bool,
    ) -> Option<Run<'a>> {
        let runs = listing.spells.iter().map(|spell| Stretch {
            value: belongs(spell.availability),
            since: spell.since,
            until: spell.last_seen,
            is_sure: spell.is_confirmed(),
        });
        let settled = settle(runs, self.settings.confirm_after).filter(|known| known.value)?;
        let newest = listing
            .spells
            .iter()
            .rev()
            .find(|spell| belongs(spell.availability))?;
        Some(Run {
            since: settled.since,
            seen: settled.seen,
            says: &newest.says,
        })
    }

    /// A particular of the page, as its date: what it settled on, and since when.
    pub(crate) fn particular<K: PartialEq>(
        &self,
        listing: &'a ListingView,
        of: impl Fn(&'a Says) -> K,
    ) -> Option<Settled<K>> {
        let runs = listing.shown.iter().map(|run| Stretch {
            value: of(&run.says),
            since: run.since,
            until: run.last_seen,
            is_sure: false,
        });
        settle(runs, self.settings.confirm_after)
    }

    /// The page has been in such a state before `moment`, confirmed.
    pub(crate) fn was_ever(
        listing: &ListingView,
        moment: Timestamp,
        belongs: impl Fn(Availability) -> bool,
    ) -> bool {
        listing.spells.iter().any(|spell| {
            spell.is_confirmed() && belongs(spell.availability) && spell.since < moment
        })
    }

    /// The edition's window, where it is about no store.
    pub(crate) fn window(&self, name: WindowName) -> &'a Window {
        let edition = &self.view.edition.id;
        self.settings.windows.at(name, edition, None)
    }

    /// The edition's window at a store.
    pub(crate) fn window_at(&self, name: WindowName, store: &StoreId) -> &'a Window {
        let edition = &self.view.edition.id;
        self.settings.windows.at(name, edition, Some(store))
    }

    pub(crate) fn zone(&self) -> &'a TimeZone {
        &self.settings.zone
    }

    pub(crate) fn phase(&self, listing: &ListingView, at: Timestamp) -> Phase {
        listing.phase(&self.view.launch, at)
    }

    pub(crate) fn making(&self) -> Making {
        self.view.launch.making
    }

    /// From when a window counts for a listing that is off sale.
    ///
    /// 1. A revision under way explains it for ten business days.
    /// 2. A revision that is done has a window of its own, for what began during it or soon after:
    ///    the files are processed, then the stores follow.
    /// 3. Else it counts from when it began.
    pub(crate) fn counts_from(&self, run: &Run<'_>) -> Counts<'a> {
        let Some(revision) = self.view.launch.revision else {
            return Counts::From(run.since);
        };
        let Some(done) = revision.done else {
            let window = self.window(WindowName::Revision);
            let explains = window.stage(revision.started, run.seen) < Stage::Act;
            return if explains {
                Counts::Revision(window, revision.started)
            } else {
                Counts::From(run.since)
            };
        };
        let window = self.window(WindowName::RevisionDone);
        let until = window.act_from(done).unwrap_or(done);
        if revision.started <= run.since && run.since <= until {
            Counts::Revision(window, done)
        } else {
            Counts::From(run.since)
        }
    }

    /// KDP was told to publish to this page, and has not offered it since: the other rules leave it to
    /// KDP's time, also while a scheduled release hides the page.
    ///
    /// A sale that began before that is the distributor's, whose copies may run out hours later. It
    /// only counts as KDP's when it outlasts the time that KDP usually takes. An ebook is offered
    /// once it can be ordered in advance, and was, should its page not turn when its date comes.
    pub(crate) fn is_switching(&self, listing: &ListingView) -> bool {
        let store = &listing.store;
        let Some(kdp) = self.view.launch.kdp_at(store) else {
            return false;
        };
        let start = kdp.counts_from();
        let outlasted = self
            .window_at(WindowName::KdpClicked, store)
            .act_from(start)
            .unwrap_or(start);
        let is_kdps = |spell: &Spell| {
            spell.is_confirmed()
                && self.is_offered(spell.availability, store, spell.since)
                && (start <= spell.since || outlasted <= spell.last_seen)
        };
        !listing.spells.iter().any(is_kdps)
    }

    /// The state is what a page that KDP feeds should show then: on sale, and for an ebook before its
    /// date at least to be ordered in advance.
    pub(crate) fn is_offered(&self, state: Availability, store: &StoreId, at: Timestamp) -> bool {
        let is_ahead = at < self.view.launch.released_at(store);
        state.is_released()
            || state == Availability::PreOrder && is_ahead && self.making() == Making::Digital
    }

    /// KDP is to serve this page, its date has come, and nobody told us that it was published.
    pub(crate) fn awaits_kdp(&self, store: &StoreId, seen: Timestamp) -> bool {
        let launch = &self.view.launch;
        launch.is_kdp_store(store)
            && launch.kdp.is_none()
            && midnight_gmt(launch.publication) <= seen
    }

    /// Other stores of the edition that are in such a state, confirmed and readable.
    pub(crate) fn others(
        &self,
        but: &StoreId,
        belongs: impl Fn(Availability) -> bool + Copy,
    ) -> Vec<StoreId> {
        self.view
            .listings
            .iter()
            .filter(|listing| listing.store != *but && listing.seen(self.now).is_some())
            .filter(|listing| self.run(listing, belongs).is_some())
            .map(|listing| listing.store.clone())
            .collect()
    }

    /// Other Amazon stores that sell the edition, where this one is Amazon's too.
    pub(crate) fn sold_at_other_amazons(&self, store: &StoreId) -> Vec<StoreId> {
        if store.family() != Family::Amazon {
            return Vec::new();
        }
        let mut others = self.others(store, Availability::is_released);
        others.retain(|other| other.family() == Family::Amazon);
        others
    }

    /// Who carries the edition to that store, and so whom to ask.
    pub(crate) fn party_for(&self, store: &StoreId) -> Party {
        match self.view.launch.feeder(store) {
            Feeder::Kdp => Party::Kdp,
            Feeder::Distributor(distribution) => match distribution {
                Distribution::IngramSpark => Party::IngramSpark,
                Distribution::Draft2Digital => Party::Draft2Digital,
                Distribution::PublishDrive => Party::PublishDrive,
                Distribution::Kdp => Party::Kdp,
                Distribution::Other => Party::Distributor,
            },
        }
    }

    /// Ask whoever carries it there: KDP why it is not live, anybody else with that text.
    pub(crate) fn ask_about(&self, store: &StoreId, text: SupportText) -> NextStep {
        let whom = self.party_for(store);
        let is_kdp = whom == Party::Kdp;
        NextStep::ask(
            whom,
            if is_kdp {
                SupportText::KdpNotLive
            } else {
                text
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `value from-to` in hours; what settles, with its span and what was before.
    #[track_caller]
    fn check(runs: &[(char, i64, i64)], expected: Option<(char, i64, i64, Option<char>)>) {
        let at = |hours| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let seen = runs.iter().map(|(value, since, seen)| Stretch {
            is_sure: false,
            value: *value,
            since: at(*since),
            until: at(*seen),
        });
        let settled = settle(seen, SignedDuration::from_hours(6)).map(|known| {
            let hours = |at: Timestamp| at.duration_since(Timestamp::UNIX_EPOCH).as_hours();
            (
                known.value,
                hours(known.since),
                hours(known.seen),
                known.before,
            )
        });
        assert_eq!(settled, expected);
    }

    #[test]
    fn one_reading_settles_nothing() {
        check(&[], None);
        check(&[('a', 0, 0)], None);
        check(&[('a', 0, 5)], None);
        check(&[('a', 0, 6)], Some(('a', 0, 6, None)));
        check(&[('a', 0, 9), ('b', 10, 12)], Some(('a', 0, 9, None)));
    }

    #[test]
    fn a_blip_neither_ends_a_value_nor_begins_one() {
        check(
            &[('a', 0, 9), ('b', 10, 10), ('a', 11, 11)],
            Some(('a', 0, 11, None)),
        );
        check(
            &[('a', 0, 9), ('b', 10, 10), ('c', 11, 18)],
            Some(('c', 11, 18, Some('a'))),
        );
    }

    #[test]
    fn neighbours_of_one_class_settle_together() {
        check(&[('a', 0, 3), ('a', 4, 7)], Some(('a', 0, 7, None)));
        check(
            &[('b', 0, 9), ('a', 10, 13), ('a', 14, 17)],
            Some(('a', 10, 17, Some('b'))),
        );
    }
}
