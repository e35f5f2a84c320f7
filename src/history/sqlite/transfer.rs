//! Everything that was seen and told, for moving to another database.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{source_of, time, unreadable};
use crate::book::StoreId;
use crate::history::{ListingId, Observation};

/// A note as it is kept, taken back or not. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptNote {
    /// The edition.
    pub isbn: String,
    /// Since when it holds.
    pub at: i64,
    /// When it was written.
    pub written_at: i64,
    /// What it says, as JSON.
    pub kind: String,
    /// The store it is about.
    pub store: Option<String>,
    /// The number of the support request.
    pub ticket: Option<String>,
    /// Free words.
    pub words: Option<String>,
    /// When it was taken back.
    pub taken_back_at: Option<i64>,
}

/// Shows every observation to `visit`, listing by listing, oldest first, one at a time: a history
/// of ten years need not fit into memory.
///
/// # Errors
///
/// SQLite's, and whatever `visit` fails with.
pub fn every_observation<E: From<rusqlite::Error>>(
    connection: &Connection,
    mut visit: impl FnMut(Observation) -> Result<(), E>,
) -> Result<(), E> {
    let mut statement = connection.prepare(
        "SELECT l.isbn, l.store, o.at, o.source, r.body \
         FROM observation o JOIN listing l ON l.id = o.listing_id \
         JOIN reading r ON r.id = o.reading_id ORDER BY l.isbn, l.store, o.at",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let isbn: String = row.get(0)?;
        let store: String = row.get(1)?;
        let body: String = row.get(4)?;
        visit(Observation {
            listing: ListingId {
                isbn: isbn.parse().map_err(|error| unreadable(0, error))?,
                store: StoreId::new(&store),
            },
            at: time(row.get(2)?)?,
            source: source_of(row.get(3)?)?,
            reading: serde_json::from_str(&body).map_err(|error| unreadable(4, error))?,
        })?;
    }
    Ok(())
}

/// When a listing was looked at last, in this database.
///
/// # Errors
///
/// SQLite's.
pub fn last_look(
    connection: &Connection,
    listing: &ListingId,
) -> rusqlite::Result<Option<Timestamp>> {
    let newest: Option<i64> = connection
        .prepare_cached(
            "SELECT max(o.at) FROM observation o JOIN listing l ON l.id = o.listing_id \
             WHERE l.isbn = ?1 AND l.store = ?2",
        )?
        .query_row(
            params![listing.isbn.as_str(), listing.store.as_str()],
            |row| row.get(0),
        )?;
    newest.map(time).transpose()
}

/// Every note, oldest first.
///
/// # Errors
///
/// SQLite's.
pub fn every_note(connection: &Connection) -> rusqlite::Result<Vec<KeptNote>> {
    connection
        .prepare(
            "SELECT isbn, at, written_at, kind, store, ticket, words, taken_back_at \
             FROM note ORDER BY isbn, at, id",
        )?
        .query_map([], |row| {
            Ok(KeptNote {
                isbn: row.get(0)?,
                at: row.get(1)?,
                written_at: row.get(2)?,
                kind: row.get(3)?,
                store: row.get(4)?,
                ticket: row.get(5)?,
                words: row.get(6)?,
                taken_back_at: row.get(7)?,
            })
        })?
        .collect()
}

/// Keeps a note of another database; false when this one has it already.
///
/// # Errors
///
/// SQLite's.
pub fn keep_note(transaction: &Transaction<'_>, note: &KeptNote) -> rusqlite::Result<bool> {
    let rows = transaction
        .prepare_cached(
            "INSERT INTO note (isbn, at, written_at, kind, store, ticket, words, taken_back_at) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS \
             (SELECT 1 FROM note WHERE isbn = ?1 AND at = ?2 AND written_at = ?3 AND kind = ?4)",
        )?
        .execute(params![
            note.isbn,
            note.at,
            note.written_at,
            note.kind,
            note.store,
            note.ticket,
            note.words,
            note.taken_back_at
        ])?;
    Ok(rows == 1)
}
