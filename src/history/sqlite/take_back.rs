//! Taking back what a person told of a page: a slip of the hand is no history.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{listing_number, number_of, reading_of, time};
use crate::history::{ListingId, Source};
use crate::page::Reading;

/// The newest look at a page that a person told of, and what it said.
///
/// # Errors
///
/// SQLite's.
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
        .map(|(at, body)| Ok((time(at)?, reading_of(&body)?)))
        .transpose()
}

/// Sets a look by hand aside, and forgets what followed from the looks at its page: whoever calls
/// this records those that are left once more.
///
/// # Errors
///
/// SQLite's; then nothing is set aside, as the transaction is the caller's to roll back.
pub fn set_look_aside(
    transaction: &Transaction<'_>,
    listing: &ListingId,
    (at, now): (Timestamp, Timestamp),
) -> rusqlite::Result<()> {
    let Some(number) = listing_number(transaction, listing)? else {
        return Ok(());
    };
    transaction.execute(
        "INSERT INTO taken_back (listing_id, at, reading_id, taken_at) \
         SELECT listing_id, at, reading_id, ?3 FROM observation \
         WHERE listing_id = ?1 AND at = ?2 AND source = ?4",
        params![
            number,
            at.as_millisecond(),
            now.as_millisecond(),
            number_of(Source::ByHand)
        ],
    )?;
    transaction.execute(
        "DELETE FROM observation WHERE listing_id = ?1 AND at = ?2",
        params![number, at.as_millisecond()],
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
