//! Everything that was seen and told, for other programs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;

use super::glimpses;
use crate::book::StoreId;
use crate::db::column::unreadable;
use crate::history::{ListingId, Source};

/// A note as it is kept, taken back or not. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptNote {
    /// The edition.
    #[serde(rename = "id")]
    pub edition: String,
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

/// One look at a page, for passing on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look<'a> {
    /// The page.
    pub listing: &'a ListingId,
    /// When.
    pub at: Timestamp,
    /// How it was had.
    pub source: Source,
    /// What it said: a reading as JSON, in one line.
    pub reading: &'a str,
}

/// Shows every look to `visit`, listing by listing, oldest first: a history of ten years of many
/// titles need not fit into memory, and what millions of looks said alike is not written anew for
/// each.
///
/// # Errors
///
/// SQLite's, and whatever `visit` fails with.
pub fn every_look<E: From<rusqlite::Error>>(
    connection: &Connection,
    mut visit: impl FnMut(Look<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let listings: Vec<(i64, String, String)> = connection
        .prepare("SELECT id, edition, store FROM listing ORDER BY edition, store")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (number, edition, store) in listings {
        let listing = ListingId {
            edition: edition.parse().map_err(|error| unreadable(0, error))?,
            store: StoreId::new(&store),
        };
        let readings: BTreeMap<i64, String> = connection
            .prepare_cached("SELECT id, body FROM reading WHERE listing_id = ?1")?
            .query_map([number], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for look in glimpses(connection, &listing, Timestamp::MIN)? {
            let reading = readings.get(&look.reading);
            visit(Look {
                listing: &listing,
                at: look.at,
                source: look.source,
                reading: reading.ok_or(rusqlite::Error::QueryReturnedNoRows)?,
            })?;
        }
    }
    Ok(())
}

/// Every note, oldest first.
pub fn every_note(connection: &Connection) -> rusqlite::Result<Vec<KeptNote>> {
    connection
        .prepare(
            "SELECT edition, at, written_at, kind, store, ticket, words, taken_back_at \
             FROM note ORDER BY edition, at, id",
        )?
        .query_map([], |row| {
            Ok(KeptNote {
                edition: row.get(0)?,
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
