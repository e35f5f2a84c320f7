//! The companions in the database.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::Companion;
use crate::db::column::{time, time_if};

/// Writes a companion down and gives its number.
pub fn add(transaction: &Transaction<'_>, hash: &str, now: Timestamp) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached("INSERT INTO companion (hash, made) VALUES (?1, ?2)")?
        .insert(params![hash, now.as_millisecond()])
}

/// Withdraws a companion. False when there is none of that number that holds.
pub fn withdraw(
    transaction: &Transaction<'_>,
    number: i64,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let rows = transaction
        .prepare_cached("UPDATE companion SET withdrawn = ?2 WHERE id = ?1 AND withdrawn IS NULL")?
        .execute(params![number, now.as_millisecond()])?;
    Ok(rows == 1)
}

/// The companion with that token's hash, unless it was withdrawn.
pub fn paired(connection: &Connection, hash: &str) -> rusqlite::Result<Option<Companion>> {
    connection
        .prepare_cached(
            "SELECT id, made, origin, heard, withdrawn FROM companion \
             WHERE hash = ?1 AND withdrawn IS NULL",
        )?
        .query_row([hash], companion)
        .optional()
}

/// It has handed something over; where it came from the first time is kept.
pub fn note_heard(
    transaction: &Transaction<'_>,
    number: i64,
    (origin, now): (Option<&str>, Timestamp),
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE companion SET origin = coalesce(origin, ?2), heard = ?3 WHERE id = ?1",
        )?
        .execute(params![number, origin, now.as_millisecond()])?;
    Ok(())
}

/// Every companion, oldest first.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<Companion>> {
    connection
        .prepare_cached("SELECT id, made, origin, heard, withdrawn FROM companion ORDER BY id")?
        .query_map([], companion)?
        .collect()
}

fn companion(row: &Row<'_>) -> rusqlite::Result<Companion> {
    Ok(Companion {
        number: row.get(0)?,
        made: time(row, 1)?,
        origin: row.get(2)?,
        heard: time_if(row, 3)?,
        withdrawn: time_if(row, 4)?,
    })
}
