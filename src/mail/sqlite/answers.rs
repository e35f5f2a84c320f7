//! The links with which letters are answered, in the database.

use jiff::Timestamp;
use ring::hmac;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::alerts::lifecycle::overlap;
use crate::alerts::sqlite::opened_by;
use crate::alerts::{Alert, AlertKey};
use crate::book::EditionId;
use crate::db::column::time;
use crate::mail::answers::Link;

/// How a link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its alert is open: the answer is taken. The alert as it was signed, and as it is.
    Open(AlertKey, Box<Alert>),
    /// It was used.
    Used(Timestamp),
    /// It is too old.
    Expired,
    /// Its alert is over.
    Over,
    /// It is none of ours.
    Wrong,
}

/// How a link about an edition stands.
///
/// The alert that it was made for is found by the signature, among those that had been opened when
/// the letter was written; what goes on of it may be about other stores by now.
pub fn standing(
    connection: &Connection,
    edition: &EditionId,
    link: &Link,
    now: Timestamp,
) -> rusqlite::Result<Standing> {
    let Some(secret) = answer_key(connection)? else {
        return Ok(Standing::Wrong);
    };
    let alerts = opened_by(connection, edition, link.written)?;
    let mut keys = alerts.iter().map(|(alert, _)| &alert.key);
    let Some(key) = keys.find(|key| link.is_about(&secret, key)) else {
        return Ok(Standing::Wrong);
    };
    if let Some(at) = answered(connection, &link.tag)? {
        return Ok(Standing::Used(at));
    }
    if link.ends() < now {
        return Ok(Standing::Expired);
    }
    let goes_on = |other: &AlertKey| {
        other == key || other.cause == key.cause && overlap(&other.stores, &key.stores)
    };
    let mut open = alerts.iter().filter(|(_, is_over)| !is_over);
    let open = open.find(|(alert, _)| goes_on(&alert.key));
    Ok(open.map_or(Standing::Over, |(alert, _)| {
        Standing::Open(key.clone(), Box::new(alert.clone()))
    }))
}

/// The key with which links are signed. `None`: it is gone, as after damage; letters go on without.
pub fn answer_key(connection: &Connection) -> rusqlite::Result<Option<hmac::Key>> {
    let key: Option<[u8; 32]> = connection
        .prepare_cached("SELECT key FROM answer_key")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(key.map(|key| hmac::Key::new(hmac::HMAC_SHA256, &key)))
}

/// When the link with that signature was used; `None`: it was not.
fn answered(connection: &Connection, tag: &[u8]) -> rusqlite::Result<Option<Timestamp>> {
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
