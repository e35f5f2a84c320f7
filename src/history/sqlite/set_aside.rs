//! Looks that count no more: a slip of the hand, and what a wrong clock has dated.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{listing_number, number_of, reading_of};
use crate::db::column::instant;
use crate::history::{ListingId, Source};
use crate::page::Reading;

/// The newest look at a page that a person told of, and what it said.
pub fn newest_by_hand(
    connection: &Connection,
    listing: &ListingId,
) -> rusqlite::Result<Option<(Timestamp, Reading)>> {
    let Some(number) = listing_number(connection, listing)? else {
        return Ok(None);
    };
    let found: Option<(i64, String)> = connection
        .prepare_cached(
            "SELECT o.at, r.body FROM observation o JOIN reading r ON r.id = o.reading_id \
             WHERE o.listing_id = ?1 AND o.source = ?2 ORDER BY o.at DESC LIMIT 1",
        )?
        .query_row(params![number, number_of(Source::ByHand)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    found
        .map(|(at, body)| Ok((instant(at)?, reading_of(&body)?)))
        .transpose()
}

/// Which looks at a page are set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// The one of that moment.
    At(Timestamp),
    /// All that are dated after it.
    After(Timestamp),
}

/// Sets looks aside, and forgets what followed from the looks at their page: whoever calls this records
/// those that are left once more.
///
/// # Errors
///
/// SQLite's; then nothing is set aside, as the transaction is the caller's to roll back.
pub fn set_aside(
    transaction: &Transaction<'_>,
    listing: &ListingId,
    which: Aside,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let Some(number) = listing_number(transaction, listing)? else {
        return Ok(());
    };
    let (first, last) = match which {
        Aside::At(at) => (at.as_millisecond(), at.as_millisecond()),
        Aside::After(at) => (at.as_millisecond().saturating_add(1), i64::MAX),
    };
    transaction.execute(
        "INSERT OR IGNORE INTO set_aside (listing_id, at, reading_id, source, set_aside_at) \
         SELECT listing_id, at, reading_id, source, ?4 FROM observation \
         WHERE listing_id = ?1 AND at BETWEEN ?2 AND ?3",
        params![number, first, last, now.as_millisecond()],
    )?;
    transaction.execute(
        "DELETE FROM observation WHERE listing_id = ?1 AND at BETWEEN ?2 AND ?3",
        params![number, first, last],
    )?;
    for table in ["spell", "gap", "validator"] {
        transaction.execute(
            &format!("DELETE FROM {table} WHERE listing_id = ?1"),
            [number],
        )?;
    }
    transaction.execute(
        "UPDATE listing SET first_try = NULL, last_try = NULL, last_good = NULL, \
             good_until = NULL, blind_since = NULL, blind_attempts = 0, blind_reading = NULL \
         WHERE id = ?1",
        [number],
    )?;
    Ok(())
}
