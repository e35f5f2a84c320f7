//! What was seen, when, and for how long: observations, spells, and the view of an edition that
//! judging, letters and pages look at.

pub mod drift;
pub mod evidence;
pub mod saved;
pub mod spells;
pub mod sqlite;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::book::Source;
use crate::book::{Availability, Edition, EditionId, Launch, Note, Phase, StoreId};
use crate::page::{Reading, Says, Unread, UnreadReason};

/// A listing's name: an edition's product page at one store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ListingId {
    /// The edition.
    pub edition: EditionId,
    /// The store.
    pub store: StoreId,
}

impl ListingId {
    /// The page of an edition at a store.
    pub fn new(edition: &EditionId, store: &StoreId) -> Self {
        Self {
            edition: edition.clone(),
            store: store.clone(),
        }
    }
}

/// A reading with its listing, time and source. Only ever appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The listing.
    pub listing: ListingId,
    /// When the page was seen.
    pub at: Timestamp,
    /// How it was had.
    pub source: Source,
    /// What it said.
    pub reading: Reading,
}

/// A run of equal availabilities of one listing. Unread pages neither end nor lengthen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Spell {
    /// The state throughout.
    pub availability: Availability,
    /// The first reading of it.
    pub since: Timestamp,
    /// The newest reading of it.
    pub last_seen: Timestamp,
    /// The first reading of the next state; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// How many readings said so.
    pub readings: u32,
    /// The first reading that came at least `confirm_after` after `since`; until then the change
    /// does not count.
    pub confirmed_at: Option<Timestamp>,
    /// What its newest reading said.
    pub says: Says,
}

impl Spell {
    /// The change has been seen twice, far enough apart.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }
}

/// Everything that is known of one listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingView {
    /// The store.
    pub store: StoreId,
    /// The address of the product page, clean of tracking.
    pub address: String,
    /// Only the author looks at it: nothing asks the store.
    pub is_by_hand: bool,
    /// When we began to look: the first attempt, whatever it gave.
    pub watched_since: Option<Timestamp>,
    /// The newest attempt, whatever it gave.
    pub last_try: Option<Timestamp>,
    /// The newest reading that named a state.
    pub last_good: Option<Timestamp>,
    /// Until when what was seen last may be spoken of as what is: two looks of the rhythm of then.
    /// `None`: for ever, where nobody has promised to look.
    pub good_until: Option<Timestamp>,
    /// The times in which it was not seen, oldest first: it could not be read, or nobody looked for
    /// longer than that. The one that lasts is not among them.
    pub gaps: Vec<(Timestamp, Timestamp)>,
    /// The spells, oldest first; the last one lasts.
    pub spells: Vec<Spell>,
    /// What the newest good looks gave, oldest first, equal readings in one: from it follows since
    /// when the page has shown its date, its price and its cover.
    pub shown: Vec<Shown>,
    /// While the newest attempts were unread: since when, how many, and the newest reason.
    pub blind: Option<Blind>,
}

/// What may be said of a page at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight<'a> {
    /// It is so.
    Seen(&'a Spell),
    /// It was so when it was last seen: it cannot be read now, or nobody has looked for too long.
    LastSeen(&'a Spell),
    /// No look has ever read it.
    Never,
}

/// A run of good readings that were equal in everything. Unread pages neither end nor lengthen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The first of them.
    pub since: Timestamp,
    /// The newest of them.
    pub last_seen: Timestamp,
    /// How many they are.
    pub readings: u32,
    /// What each of them said.
    pub says: Says,
}

/// A listing that cannot be read at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blind {
    /// The first unread attempt after the last good one.
    pub since: Timestamp,
    /// How many attempts in a row.
    pub attempts: u32,
    /// What the newest one said.
    pub unread: Unread,
    /// The first of the newest attempts that all failed for the reason of the newest.
    pub alike_since: Timestamp,
    /// How many these are.
    pub alike: u32,
}

/// A page that could not be read at its newest looks, more than one: what is known of it without
/// its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Whose page.
    pub listing: ListingId,
    /// Since when.
    pub since: Timestamp,
    /// The newest look.
    pub tried: Timestamp,
    /// No look has ever read it, of three or more.
    pub is_never_read: bool,
    /// What the newest look gave.
    pub reason: UnreadReason,
}

impl ListingView {
    /// The page was confirmed to take orders, now or before.
    pub fn has_taken_orders(&self) -> bool {
        let mut spells = self.spells.iter();
        spells.any(|spell| spell.is_confirmed() && spell.availability.is_orderable())
    }

    /// What may be said of it at a time.
    pub fn sight(&self, at: Timestamp) -> Sight<'_> {
        let Some(spell) = self.now() else {
            return Sight::Never;
        };
        if self.unseen_since(at).is_some() {
            Sight::LastSeen(spell)
        } else {
            Sight::Seen(spell)
        }
    }

    /// What it offers, as far as that is seen at a time.
    pub fn seen(&self, at: Timestamp) -> Option<&Spell> {
        match self.sight(at) {
            Sight::Seen(spell) => Some(spell),
            Sight::LastSeen(_) | Sight::Never => None,
        }
    }

    /// Since when it has not been seen, if it is not at a time: from the first unread look on, unless
    /// somebody saw it by hand since, or from when the newest sight no longer speaks for it.
    pub fn unseen_since(&self, at: Timestamp) -> Option<Timestamp> {
        let unread = self.blind.as_ref().map(|blind| blind.since);
        let unread = unread.filter(|since| self.last_good < Some(*since));
        let forgotten = self.good_until.filter(|until| *until < at);
        [unread, forgotten].into_iter().flatten().min()
    }

    /// Since when nobody has seen it, if nobody sees it at a time: since its newest sight, or since
    /// the first attempt where it never had one.
    pub fn not_seen_since(&self, at: Timestamp) -> Option<Timestamp> {
        let unseen = self.unseen_since(at)?;
        Some(self.last_good.unwrap_or(unseen))
    }

    /// How long a spell is known to have lasted at a time: one that lasts, and is not seen then, until
    /// it was seen last.
    pub fn known_length(&self, spell: &Spell, at: Timestamp) -> SignedDuration {
        let lasting = || match self.not_seen_since(at) {
            Some(_) => spell.last_seen,
            None => at,
        };
        let end = spell.until.unwrap_or_else(lasting);
        end.duration_since(spell.since)
    }

    /// The times in which it was not seen, oldest first, the one that lasts at a time among them.
    pub fn unseen(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let lasting = self.unseen_since(at).map(|since| (since, at));
        self.gaps.iter().copied().chain(lasting)
    }

    /// A buyer gets the book there, as far as that is seen at a time.
    pub fn sells(&self, at: Timestamp) -> bool {
        let seen = self.seen(at);
        seen.is_some_and(|spell| spell.availability.is_released())
    }

    /// Where it stands in the launch at a time.
    pub fn phase(&self, launch: &Launch, at: Timestamp) -> Phase {
        launch.phase(&self.store, self.has_taken_orders(), at)
    }

    /// The spell that lasts, confirmed or not.
    pub fn now(&self) -> Option<&Spell> {
        self.spells.last()
    }

    /// The newest spell that counts.
    pub fn confirmed(&self) -> Option<&Spell> {
        self.spells.iter().rev().find(|spell| spell.is_confirmed())
    }
}

/// Everything that judging may look at for one edition.
#[derive(Debug, Clone)]
pub struct View {
    /// What is in force for it: dates, who feeds its pages, what the author clicked.
    pub launch: Launch,
    /// The edition, as configured.
    pub edition: Edition,
    /// Its listings, in the order of the stores in the configuration.
    pub listings: Vec<ListingView>,
    /// What the author told us and has not taken back, oldest first.
    pub notes: Vec<Note>,
    /// The other formats of the same book, in the order of the configuration.
    pub siblings: Vec<Sibling>,
}

/// Another format of the same book: what judging one format needs to know of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// What is in force for it.
    pub launch: Launch,
    /// The edition, as configured.
    pub edition: Edition,
    /// What the author told us of it and has not taken back, oldest first.
    pub notes: Vec<Note>,
    /// Until when each of its pages that can be read has been seen; `None` where none can.
    pub seen_until: Option<Timestamp>,
    /// Its pages at the Amazon stores that watch both, those that have been seen in a state twice.
    pub pages: Vec<SiblingPage>,
}

/// The page of another format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiblingPage {
    /// The store.
    pub store: StoreId,
    /// The address of the product page, clean of tracking.
    pub address: String,
    /// The newest spell, confirmed or not.
    pub now: Spell,
    /// Since when it has been on sale, confirmed; `None` while it is not.
    pub on_sale_since: Option<Timestamp>,
}
