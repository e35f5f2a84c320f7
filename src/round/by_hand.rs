//! What a person saw, or saved, as a look: recorded at the time at which it was seen, as far as looks
//! are only ever added to.

use jiff::{Timestamp, ToSpan as _};
use rusqlite::Transaction;

use super::sqlite::{record_look, set_future_aside};
use crate::config::plan::Plan;
use crate::history::evidence::Evidence;
use crate::history::sqlite::{Recorded, looks};
use crate::history::{ListingId, Observation, Source};
use crate::page::Reading;

/// Records what a person saw of a page at a time, with its evidence where it changes something. Gives
/// the time as it stands in the history: it lies after the last look.
///
/// # Errors
///
/// SQLite's; then nothing is recorded, as the transaction is the caller's to roll back.
pub fn keep(
    transaction: &Transaction<'_>,
    plan: &Plan,
    (listing, at): (&ListingId, Timestamp),
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
        source: Source::ByHand,
        reading,
    };
    let evidence = evidence.map(|evidence| Evidence { at, ..evidence });
    let recorded = record_look(transaction, plan, &observation, evidence.as_ref())?;
    Ok((recorded, at))
}
