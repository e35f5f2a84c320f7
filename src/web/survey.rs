//! Every listing at a glance, and what else the pages show of all editions together. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::frame::Pulse;
use crate::book::{Availability, Edition, EditionId, Note, StoreId};
use crate::book::{Launch, Phase};
use crate::config::plan::{EditionPlan, StorePlan};
use crate::judge::Judgement;
use crate::round::health::{Asked, Health};

/// What is known of a listing at a glance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Glance {
    /// The state now and since when; `None`: no state was ever read.
    pub state: Option<(Availability, Timestamp)>,
    /// The first attempt, whatever it gave.
    pub first_try: Option<Timestamp>,
    /// The newest attempt.
    pub last_try: Option<Timestamp>,
    /// The newest reading that named a state.
    pub last_good: Option<Timestamp>,
    /// Since when it cannot be read, while it cannot.
    pub blind_since: Option<Timestamp>,
    /// Until when what was seen last may be spoken of as what is.
    pub good_until: Option<Timestamp>,
}

impl Glance {
    /// Whether it is looked at as it should be.
    pub fn asked(&self) -> Asked {
        Asked::new(self.first_try, self.good_until, self.last_good)
    }

    /// The state and since when it lasts, as far as that is seen at a time.
    pub fn seen(&self, at: Timestamp) -> Option<(Availability, Timestamp)> {
        self.state.filter(|_| self.unseen_since(at).is_none())
    }

    /// As [`crate::history::ListingView::unseen_since`].
    pub fn unseen_since(&self, at: Timestamp) -> Option<Timestamp> {
        let unread = self
            .blind_since
            .filter(|since| self.last_good < Some(*since));
        let forgotten = self.good_until.filter(|until| *until < at);
        [unread, forgotten].into_iter().flatten().min()
    }

    /// As [`crate::history::ListingView::not_seen_since`].
    pub fn not_seen_since(&self, at: Timestamp) -> Option<Timestamp> {
        let unseen = self.unseen_since(at)?;
        Some(self.last_good.unwrap_or(unseen))
    }
}

/// Every listing at a glance, those of an edition beside each other.
pub type Glances = BTreeMap<EditionId, BTreeMap<StoreId, Glance>>;

/// Each listing with its edition and its store.
pub fn each(glances: &Glances) -> impl Iterator<Item = (&EditionId, &StoreId, &Glance)> {
    glances.iter().flat_map(|(edition, pages)| {
        pages
            .iter()
            .map(move |(store, glance)| (edition, store, glance))
    })
}

/// What the database says of all editions together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Every watched listing.
    pub glances: Glances,
    /// Those that have shown a confirmed state in which they took orders. It is asked only where a
    /// phase is sought, and empty otherwise.
    pub took_orders: BTreeSet<(EditionId, StoreId)>,
    /// The notes that stand, oldest first.
    pub notes: BTreeMap<EditionId, Vec<Note>>,
    /// Whether the watch is well.
    pub health: Health,
}

impl Survey {
    /// Leaves out the listings that the configuration no longer names.
    pub fn of_watched(mut self, editions: &[EditionPlan]) -> Self {
        let watched: BTreeMap<&EditionId, &EditionPlan> = editions
            .iter()
            .map(|plan| (&plan.edition.id, plan))
            .collect();
        self.glances.retain(|edition, pages| {
            let plan = watched.get(edition);
            pages.retain(|store, _| {
                plan.is_some_and(|plan| plan.listings.iter().any(|one| one.store == *store))
            });
            !pages.is_empty()
        });
        self
    }

    /// A listing at a glance; `None` while it was never looked at.
    pub fn glance(&self, edition: &EditionId, store: &StoreId) -> Option<&Glance> {
        self.glances.get(edition)?.get(store)
    }

    /// Who is watching.
    pub fn pulse(
        &self,
        stores: &[StorePlan],
        next_look: Option<Timestamp>,
        now: Timestamp,
    ) -> Pulse {
        let mut pulse = Pulse {
            health: self.health.clone(),
            next_look,
            ..Pulse::default()
        };
        // For each store that was looked at, whether one of its pages can be seen.
        let mut seen: BTreeMap<&StoreId, bool> = BTreeMap::new();
        for (_, store, glance) in each(&self.glances) {
            if glance.last_try.is_some() {
                *seen.entry(store).or_default() |= glance.seen(now).is_some();
            }
        }
        for store in stores {
            match seen.get(&store.id) {
                Some(true) => pulse.fine += 1,
                Some(false) => pulse.blind.push(store.id.clone()),
                None => {}
            }
        }
        pulse
    }

    /// The dates that an edition lives by, with what the author noted about them.
    pub fn launch(&self, edition: &Edition, zone: &TimeZone) -> Launch {
        let notes = self.notes.get(&edition.id).map_or(&[][..], Vec::as_slice);
        Launch::new(edition, notes, zone)
    }

    /// A judgement of `at` still fits what the pages show: none has changed since, went dark, or came
    /// back.
    pub fn bears_out(
        &self,
        plan: &EditionPlan,
        judgement: &Judgement,
        at: Timestamp,
        now: Timestamp,
    ) -> bool {
        let Some(pages) = self.glances.get(&plan.edition.id) else {
            return true;
        };
        plan.listings.iter().all(|listing| {
            let Some(glance) = pages.get(&listing.store) else {
                return true;
            };
            let known = judgement.outlook(&listing.store);
            let began = glance.state.map(|(_, since)| since).max(glance.blind_since);
            let was_seen = known.is_some_and(|one| one.outlook.is_seen());
            began.is_none_or(|began| began <= at) && was_seen == glance.seen(now).is_some()
        })
    }

    /// Where a listing stands in the launch of its edition.
    pub fn phase(
        &self,
        launch: &Launch,
        edition: &EditionId,
        store: &StoreId,
        now: Timestamp,
    ) -> Phase {
        let page = (edition.clone(), store.clone());
        launch.phase(store, self.took_orders.contains(&page), now)
    }
}
