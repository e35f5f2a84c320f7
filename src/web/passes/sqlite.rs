//! The passes in the database.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::Pass;
use crate::db::column::{time, time_if};

/// Writes a pass down and gives its number: a client's link, or without a client a companion's token.
pub fn add(
    transaction: &Transaction<'_>,
    (client, hash): (Option<&str>, &str),
    now: Timestamp,
) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached("INSERT INTO pass (client, hash, made) VALUES (?1, ?2, ?3)")?
        .insert(params![client, hash, now.as_millisecond()])
}

/// Withdraws a pass. False when there is none of that number that holds.
pub fn withdraw(
    transaction: &Transaction<'_>,
    number: i64,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let rows = transaction
        .prepare_cached("UPDATE pass SET withdrawn = ?2 WHERE id = ?1 AND withdrawn IS NULL")?
        .execute(params![number, now.as_millisecond()])?;
    Ok(rows == 1)
}

/// The pass with that hash, unless it was withdrawn.
pub fn holding(connection: &Connection, hash: &str) -> rusqlite::Result<Option<Pass>> {
    connection
        .prepare_cached(
            "SELECT id, client, made, origin, heard, withdrawn FROM pass \
             WHERE hash = ?1 AND withdrawn IS NULL",
        )?
        .query_row([hash], pass)
        .optional()
}

/// A companion has handed something over; where it came from the first time is kept.
pub fn note_heard(
    transaction: &Transaction<'_>,
    number: i64,
    (origin, now): (Option<&str>, Timestamp),
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE pass SET origin = coalesce(origin, ?2), heard = ?3 WHERE id = ?1")?
        .execute(params![number, origin, now.as_millisecond()])?;
    Ok(())
}

/// Every pass that was given, oldest first.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<Pass>> {
    connection
        .prepare_cached("SELECT id, client, made, origin, heard, withdrawn FROM pass ORDER BY id")?
        .query_map([], pass)?
        .collect()
}

fn pass(row: &Row<'_>) -> rusqlite::Result<Pass> {
    Ok(Pass {
        number: row.get(0)?,
        client: row.get(1)?,
        made: time(row, 2)?,
        origin: row.get(3)?,
        heard: time_if(row, 4)?,
        withdrawn: time_if(row, 5)?,
    })
}
