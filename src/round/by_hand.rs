//! What a person saw, or saved, as a look: recorded at the time at which it was seen, as far as looks
//! are only ever added to.

use jiff::{Timestamp, ToSpan as _};
use rusqlite::Transaction;

use super::sqlite::{record_look, set_future_aside};
use crate::book::StoreId;
use crate::config::plan::Plan;
use crate::history::evidence::Evidence;
use crate::history::sqlite::{Recorded, looks};
use crate::history::{ListingId, ListingView, Observation, Sight, Source, View};
use crate::judge::{FindingKind, Settings, judge};
use crate::page::Reading;

/// The stores whose pages wait for the author's eyes.
///
/// They are those that he alone looks at, that no program can read or that nobody has seen yet, where
/// what was seen last is no longer spoken of as what is, and those for which the calendar asks.
#[must_use]
pub fn waiting(view: &View, settings: &Settings, now: Timestamp) -> Vec<StoreId> {
    let asked = judge(view, settings, now).findings.into_iter();
    let asked = asked
        .filter(|finding| matches!(finding.kind, FindingKind::LookByHand(_)))
        .flat_map(|finding| finding.stores);
    let is_dark = |page: &&ListingView| {
        let is_his = page.is_by_hand || page.blind.is_some() || page.last_good.is_none();
        is_his && !matches!(page.sight(now), Sight::Seen(_))
    };
    let dark = view.listings.iter().filter(is_dark);
    asked.chain(dark.map(|page| page.store.clone())).collect()
}

/// Records what a person saw of a page at a time, with its evidence where it changes something. Gives
/// the time as it stands in the history: it lies after the last look.
///
/// # Errors
///
/// SQLite's; then nothing is recorded, as the transaction is the caller's to roll back.
pub fn keep(
    transaction: &Transaction<'_>,
    plan: &Plan,
    (listing, at, source): (&ListingId, Timestamp, Source),
    reading: Reading,
    evidence: Option<Evidence>,
) -> rusqlite::Result<(Recorded, Timestamp)> {
    set_future_aside(transaction, plan, (listing, at))?;
    let last = looks(transaction, listing)?.last_try;
    let after = last.and_then(|last| last.checked_add(1.millisecond()).ok());
    let at = after.map_or(at, |after| after.max(at));
    let observation = Observation {
        listing: listing.clone(),
        at,
        source,
        reading,
    };
    let evidence = evidence.map(|evidence| Evidence { at, ..evidence });
    let recorded = record_look(transaction, plan, &observation, evidence.as_ref())?;
    Ok((recorded, at))
}
