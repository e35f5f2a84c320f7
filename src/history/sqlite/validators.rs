//! By what the newest page of a listing can be recognised, and what it said.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{listing_row, reading_of};
use crate::db::column::time;
use crate::fetch::conditional::Validators;
use crate::history::ListingId;
use crate::page::Reading;

/// A page that can be recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// By what.
    pub validators: Validators,
    /// What it said.
    pub reading: Reading,
    /// When it was read.
    pub read_at: Timestamp,
}

/// The page of a listing that can be recognised; `None` where the newest look gave none.
pub fn recognised(
    connection: &Connection,
    listing: &ListingId,
) -> rusqlite::Result<Option<Recognised>> {
    connection
        .prepare_cached(
            "SELECT v.address, v.etag, v.last_modified, r.body, v.read_at \
             FROM validator v JOIN listing l ON l.id = v.listing_id \
                 JOIN reading r ON r.id = v.reading_id \
             WHERE l.edition = ?1 AND l.store = ?2",
        )?
        .query_row(
            params![listing.edition.as_str(), listing.store.as_str()],
            |row| {
                Ok(Recognised {
                    validators: Validators {
                        address: row.get(0)?,
                        etag: row.get(1)?,
                        last_modified: row.get(2)?,
                    },
                    reading: reading_of(&row.get::<_, String>(3)?)?,
                    read_at: time(row, 4)?,
                })
            },
        )
        .optional()
}

/// Remembers by what the page that was just recorded can be recognised; with `None`, that it
/// cannot. The reading is the one of the observation at `at`.
pub fn recognise_by(
    transaction: &Transaction<'_>,
    listing: &ListingId,
    validators: Option<&Validators>,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let number = listing_row(transaction, listing)?;
    transaction
        .prepare_cached("DELETE FROM validator WHERE listing_id = ?1")?
        .execute([number])?;
    if let Some(validators) = validators {
        transaction
            .prepare_cached(
                "INSERT INTO validator (listing_id, address, etag, last_modified, reading_id, \
                                        read_at) \
                 SELECT listing_id, ?3, ?4, ?5, reading_id, at FROM observation \
                 WHERE listing_id = ?1 AND at = ?2",
            )?
            .execute(params![
                number,
                at.as_millisecond(),
                validators.address,
                validators.etag,
                validators.last_modified
            ])?;
    }
    Ok(())
}
