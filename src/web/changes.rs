//! The changes of an edition, newest first, for tables and exports.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::evidence;
use super::face::face;
use super::frame::{Place, shape};
use crate::book::StoreId;
use crate::history::{ListingView, Source, Spell, View};
use crate::text::words;

/// How the first reading of a spell was had, by its store and its first instant.
pub type Sources = BTreeMap<(StoreId, Timestamp), Source>;

/// A row of the table of changes.
#[derive(Debug, Clone)]
pub struct Change {
    /// When.
    pub since: String,
    /// The store's label.
    pub store: String,
    /// The shape of the state.
    pub shape: String,
    /// The word of the state.
    pub word: &'static str,
    /// How long it lasted.
    pub length: String,
    /// The exact words of the page.
    pub says: String,
    /// Where they stood, and the rule that read them.
    pub evidence: String,
    /// Where its evidence is, below the page of the edition.
    pub evidence_at: String,
    /// How the page was had.
    pub source: &'static str,
    /// The date on the page.
    pub date: String,
    /// The price on the page.
    pub price: String,
    /// How many looks said so.
    pub readings: u32,
    /// It has not been seen a second time, far enough apart.
    pub is_in_doubt: bool,
}

/// The spells of all stores, newest first.
pub fn newest_first(view: &View) -> Vec<(&ListingView, &Spell)> {
    let mut spells: Vec<(&ListingView, &Spell)> = view
        .listings
        .iter()
        .flat_map(|listing| listing.spells.iter().map(move |spell| (listing, spell)))
        .collect();
    spells.sort_by_key(|(_, spell)| std::cmp::Reverse(spell.since));
    spells
}

/// The rows.
pub fn of(place: &Place<'_>, view: &View, sources: &Sources) -> Vec<Change> {
    newest_first(view)
        .into_iter()
        .map(|(listing, spell)| {
            let store = &listing.store;
            let source = sources.get(&(store.clone(), spell.since));
            let last_seen = listing
                .not_seen_since(place.now)
                .filter(|_| spell.until.is_none())
                .map_or_else(String::new, |_| {
                    format!(", last seen {}", place.moment(spell.last_seen))
                });
            Change {
                since: place.moment(spell.since),
                store: place.label(store),
                shape: shape(face(spell.availability).class),
                word: spell.availability.word(),
                length: format!(
                    "{}{last_seen}",
                    words::lasting(listing.known_length(spell, place.now))
                ),
                says: words::clipped(&spell.says.words, 200),
                evidence: words::clipped(
                    &format!("{} at {}", spell.says.rule, spell.says.place),
                    120,
                ),
                evidence_at: evidence::place_of(store, spell.since),
                source: source.map_or("", |source| said_source(*source)),
                date: spell.says.date.map_or_else(String::new, words::short_date),
                price: spell
                    .says
                    .price
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
                readings: spell.readings,
                is_in_doubt: !spell.is_confirmed(),
            }
        })
        .collect()
}

/// How a reading was had, for people.
pub fn said_source(source: Source) -> &'static str {
    match source {
        Source::Http => "our request",
        Source::Browser => "the browser",
        Source::Command => "your program",
        Source::Api => "the store's API",
        Source::ByHand => "you looked",
        Source::Companion => "your browser",
    }
}
