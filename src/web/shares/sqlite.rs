//! The links for clients in the database.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::Share;
use crate::db::column::{time, time_if};

/// Writes a link down and gives its number.
pub fn add(
    transaction: &Transaction<'_>,
    client: &str,
    hash: &str,
    now: Timestamp,
) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached("INSERT INTO share (client, hash, made) VALUES (?1, ?2, ?3)")?
        .insert(params![client, hash, now.as_millisecond()])
}

/// Withdraws a link. False when there is none of that number that holds.
pub fn withdraw(
    transaction: &Transaction<'_>,
    number: i64,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let rows = transaction
        .prepare_cached("UPDATE share SET withdrawn = ?2 WHERE id = ?1 AND withdrawn IS NULL")?
        .execute(params![number, now.as_millisecond()])?;
    Ok(rows == 1)
}

/// Whose editions a link shows; `None` when there is no such link, or it was withdrawn.
pub fn client(connection: &Connection, hash: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT client FROM share WHERE hash = ?1 AND withdrawn IS NULL")?
        .query_row([hash], |row| row.get(0))
        .optional()
}

/// Every link that was given, oldest first.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<Share>> {
    connection
        .prepare_cached("SELECT id, client, made, withdrawn FROM share ORDER BY id")?
        .query_map([], |row| {
            Ok(Share {
                number: row.get(0)?,
                client: row.get(1)?,
                made: time(row, 2)?,
                withdrawn: time_if(row, 3)?,
            })
        })?
        .collect()
}
