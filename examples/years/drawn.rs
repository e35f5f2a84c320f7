//! The launch of a title: how ordinary ones go. Pure: the same seed draws the same launch.
//!
//! `examples/simulate` draws more kinds of launches, to hold the judgement against them; here they
//! only have to make a database of the usual size.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use pubwatch::book::launch::midnight_gmt;
use pubwatch::book::{Availability, Distribution, Note, NoteKind};
use pubwatch::page::{Reading, Says, UnreadReason};

/// The stores of every launch.
pub(crate) const STORES: [&str; 3] = ["amazon.com", "barnesandnoble.com", "bookshop.org"];

/// Where Amazon stands in [`STORES`].
const AMAZON: usize = 0;

/// Days after the publication date that belong to the launch.
const DAYS_AFTER: i64 = 50;

/// What one page says from when on.
pub(crate) type Line = BTreeMap<Timestamp, Reading>;

/// A launch.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    /// The publication date, and the on-sale date.
    pub(crate) date: Date,
    /// The day on which distribution was enabled.
    pub(crate) enabled: Date,
    /// Who carries it.
    pub(crate) distribution: Distribution,
    /// KDP takes Amazon over on the date.
    pub(crate) is_switched: bool,
    /// What the pages say, store by store.
    pub(crate) lines: [Line; 3],
    /// What the author tells.
    pub(crate) notes: Vec<Note>,
    /// Watching begins here.
    pub(crate) start: Timestamp,
    /// The launch ends here.
    pub(crate) end: Timestamp,
}

/// A reading with a state and nothing else.
pub(crate) fn says(state: Availability) -> Reading {
    Reading::Says(Box::new(Says::new(state, "years", state.word(), "years")))
}

/// A reading with a state and a date.
pub(crate) fn dated(state: Availability, date: Date) -> Reading {
    let mut says = Says::new(state, "years", state.word(), "years");
    says.date = Some(date);
    Reading::Says(Box::new(says))
}

/// So many hours later.
pub(crate) fn after(at: Timestamp, hours: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_hours(hours))
        .unwrap_or(Timestamp::MAX)
}

impl Launch {
    /// Draws an ordinary launch, with everything that is usual and no fault.
    ///
    /// | event | drawn from | DOMAIN |
    /// | --- | --- | --- |
    /// | B&N lists it | 3 to 20 days after enabling, mostly about a week | §1.1 A |
    /// | Amazon lists it | 2 to 26 days | §1.1 A |
    /// | Bookshop lists it | 1 to 10 days after B&N | §1.1 A |
    /// | Amazon begins as unavailable | in 3 of 10, for 1 to 8 days, in the last two weeks for 2 at most | F1, §1.1 A, §1.3 |
    /// | a page shows the day before or after | in 1 of 10 | F21 |
    /// | the label goes in the last 10 days | in 3 of 10 | F19 |
    /// | stores change over | 0 to 60 hours after the date | §1.1 C |
    /// | KDP published, live | 0 to 12 hours after the date, 6 to 66 hours later | §1.1 D |
    /// | wording jumps about | up to 3 times in the first two weeks, 12 to 60 hours each | §1.1 G |
    /// | one wrong look | a page says unavailable for up to 4 hours, in half of the launches | F10 |
    /// | a bot wall | in 2 of 10, for 1 to 10 days | promise 1 |
    /// | our own line is down | in 1 of 10, for 1 to 36 hours | complaints 14 |
    pub(crate) fn draw(rng: &mut fastrand::Rng) -> Self {
        let first = jiff::civil::date(2027, 1, 1);
        let date = first.saturating_add(rng.i64(0..365).days());
        let enabled = date.saturating_sub(rng.i64(42..=75).days());
        let distribution = match rng.u8(0..10) {
            0..=6 => Distribution::IngramSpark,
            7 | 8 => Distribution::Draft2Digital,
            _ => Distribution::PublishDrive,
        };
        let is_switched = distribution == Distribution::IngramSpark && rng.u8(0..10) < 7;
        let _zone = rng.usize(0..5);
        let mut launch = Self {
            date,
            enabled,
            distribution,
            is_switched,
            lines: [Line::new(), Line::new(), Line::new()],
            notes: Vec::new(),
            start: after(midnight_gmt(enabled), rng.i64(6..20)),
            end: after(midnight_gmt(date), DAYS_AFTER * 24),
        };
        launch.list(rng);
        launch.release(rng);
        launch.settle(rng);
        launch
    }

    /// Between enabling and the date.
    fn list(&mut self, rng: &mut fastrand::Rng) {
        let enabled = midnight_gmt(self.enabled);
        let at_bn = (rng.i64(3 * 24..14 * 24) + rng.i64(0..6 * 24)).min(20 * 24);
        let at_amazon = rng.i64(2 * 24..26 * 24);
        let at_bookshop = at_bn + rng.i64(24..10 * 24);
        for (index, hours) in [at_amazon, at_bn, at_bookshop].into_iter().enumerate() {
            let mut listed = after(enabled, hours);
            let shown = match rng.u8(0..20) {
                0 => self.date.saturating_sub(1.day()),
                1 => self.date.saturating_add(1.day()),
                _ => self.date,
            };
            if index == AMAZON && rng.u8(0..10) < 3 {
                self.lines[index].insert(listed, says(Availability::OutOfStock));
                let takes_orders = after(listed, rng.i64(24..8 * 24));
                // In the last two weeks more than three days are no longer usual.
                let last_weeks = after(midnight_gmt(self.date), -14 * 24);
                listed = takes_orders.min(after(listed, 48).max(last_weeks));
            }
            let pre_order = dated(Availability::PreOrder, shown);
            self.lines[index].insert(listed, pre_order);
            let is_label_lost = index != AMAZON && rng.u8(0..10) < 3;
            if is_label_lost {
                let lost = after(midnight_gmt(self.date), -rng.i64(24..10 * 24));
                self.lines[index].insert(lost, says(Availability::InStock));
            }
        }
    }

    /// The date, and the switchover.
    fn release(&mut self, rng: &mut fastrand::Rng) {
        let date = midnight_gmt(self.date);
        for index in 0..STORES.len() {
            if index == AMAZON && self.is_switched {
                let published = after(date, rng.i64(0..12));
                let live = after(published, rng.i64(6..66));
                let meanwhile = [
                    Availability::OutOfStock,
                    Availability::BackOrder,
                    Availability::PreOrder,
                ];
                let state = meanwhile[rng.usize(0..meanwhile.len())];
                self.lines[index].insert(after(published, rng.i64(1..6)), says(state));
                self.lines[index].insert(live, says(Availability::InStock));
                self.note(NoteKind::KdpPublished { on: None }, published);
            } else {
                let sold = after(date, rng.i64(0..60));
                self.lines[index].insert(sold, says(Availability::InStock));
            }
        }
    }

    /// The first two weeks on sale.
    fn settle(&mut self, rng: &mut fastrand::Rng) {
        let date = midnight_gmt(self.date);
        for index in 0..STORES.len() {
            let mut at = after(date, 4 * 24);
            for _ in 0..rng.u8(0..4) {
                at = after(at, rng.i64(12..60));
                let state = [Availability::BackOrder, Availability::ShipsLater][rng.usize(0..2)];
                self.lines[index].insert(at, says(state));
                at = after(at, rng.i64(12..60));
                self.lines[index].insert(at, says(Availability::InStock));
            }
        }
    }

    /// What may go wrong with looking: one wrong look, a bot wall, our own line.
    pub(crate) fn disturb(&mut self, rng: &mut fastrand::Rng) {
        let hours = self.end.duration_since(self.start).as_hours();
        let (start, moment) = (self.start, |rng: &mut fastrand::Rng| rng.i64(0..hours));
        for index in 0..STORES.len() {
            if rng.bool() {
                let from = after(start, moment(rng));
                self.overlay(
                    index,
                    (from, after(from, rng.i64(1..5))),
                    &says(Availability::OutOfStock),
                );
            }
            if rng.u8(0..10) < 2 {
                let from = after(start, moment(rng));
                let wall = Reading::unread(UnreadReason::Blocked, "years", "a captcha");
                self.overlay(index, (from, after(from, rng.i64(24..240))), &wall);
            }
        }
        if rng.u8(0..10) == 0 {
            let from = after(start, moment(rng));
            let until = after(from, rng.i64(1..37));
            let down = Reading::unread(UnreadReason::Unreachable, "years", "no answer");
            for index in 0..STORES.len() {
                self.overlay(index, (from, until), &down);
            }
        }
    }

    /// For a while a page says something else, and then what it would have said.
    fn overlay(&mut self, index: usize, (from, until): (Timestamp, Timestamp), what: &Reading) {
        let line = &mut self.lines[index];
        let truth = line.range(..=until).next_back().map_or_else(
            || says(Availability::NotListed),
            |(_, reading)| reading.clone(),
        );
        line.retain(|at, _| *at < from || until < *at);
        line.insert(from, what.clone());
        line.insert(until, truth);
    }

    /// Adds a note, in the order of time.
    pub(crate) fn note(&mut self, kind: NoteKind, at: Timestamp) {
        self.notes.push(Note {
            kind,
            at,
            store: None,
            ticket: None,
            text: None,
        });
        self.notes.sort_by_key(|note| note.at);
    }
}
