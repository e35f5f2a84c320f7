//! The links with which letters are answered, in the database.

use jiff::Timestamp;
use ring::hmac;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::db::column::time;

/// The key with which links are signed.
pub fn answer_key(connection: &Connection) -> rusqlite::Result<hmac::Key> {
    let key: [u8; 32] = connection
        .prepare_cached("SELECT key FROM answer_key")?
        .query_row([], |row| row.get(0))?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &key))
}

/// When the link with that signature was used; `None`: it was not.
pub fn answered(connection: &Connection, tag: &[u8]) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached("SELECT at FROM answered WHERE tag = ?1")?
        .query_row([tag], |row| time(row, 0))
        .optional()
}

/// Uses a link up, in the transaction of what it says.
pub fn use_up(transaction: &Transaction<'_>, tag: &[u8], now: Timestamp) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO answered (tag, at) VALUES (?1, ?2)")?
        .execute(params![tag, now.as_millisecond()])?;
    Ok(())
}
