//! What the author told us: written down, read back, taken back, never deleted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};

use crate::book::{EditionId, Note, NoteKind, StoreId};
use crate::db::column::{instant, json, parsed, time};

/// The notes of an edition that have not been taken back, oldest first.
pub fn notes(connection: &Connection, edition: &EditionId) -> rusqlite::Result<Vec<Note>> {
    connection
        .prepare_cached(
            "SELECT kind, at, store, ticket, words FROM note \
             WHERE edition = ?1 AND taken_back_at IS NULL ORDER BY at, id",
        )?
        .query_map([edition.as_str()], note_of)?
        .collect()
}

/// The notes of every edition that has some that stand, oldest first.
pub fn standing_notes(connection: &Connection) -> rusqlite::Result<BTreeMap<EditionId, Vec<Note>>> {
    let mut all: BTreeMap<EditionId, Vec<Note>> = BTreeMap::new();
    let mut statement = connection.prepare_cached(
        "SELECT kind, at, store, ticket, words, edition FROM note \
         WHERE taken_back_at IS NULL ORDER BY edition, at, id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        all.entry(parsed(row, 5)?).or_default().push(note_of(row)?);
    }
    Ok(all)
}

/// Writes a note down and gives its number, by which it can be taken back.
pub fn add_note(
    transaction: &Transaction<'_>,
    edition: &EditionId,
    note: &Note,
    now: Timestamp,
) -> rusqlite::Result<i64> {
    let kind = serde_json::to_string(&note.kind)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    transaction
        .prepare_cached(
            "INSERT INTO note (edition, at, written_at, kind, store, ticket, words) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .insert(params![
            edition.as_str(),
            note.at.as_millisecond(),
            now.as_millisecond(),
            kind,
            note.store.as_ref().map(StoreId::as_str),
            note.ticket,
            note.text
        ])
}

/// Takes a note back. False when there is no such note, or it was taken back before.
pub fn take_note_back(
    transaction: &Transaction<'_>,
    number: i64,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let rows = transaction
        .prepare_cached(
            "UPDATE note SET taken_back_at = ?2 WHERE id = ?1 AND taken_back_at IS NULL",
        )?
        .execute(params![number, now.as_millisecond()])?;
    Ok(rows == 1)
}

/// A note as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its number, by which it can be taken back.
    pub number: i64,
    /// The note.
    pub note: Note,
    /// When the author took it back.
    pub taken_back: Option<Timestamp>,
}

/// Every note of an edition, those that were taken back among them, oldest first.
pub fn all_notes(connection: &Connection, edition: &EditionId) -> rusqlite::Result<Vec<Kept>> {
    connection
        .prepare_cached(
            "SELECT kind, at, store, ticket, words, id, taken_back_at FROM note \
             WHERE edition = ?1 ORDER BY at, id",
        )?
        .query_map([edition.as_str()], |row| {
            let taken_back: Option<i64> = row.get(6)?;
            Ok(Kept {
                number: row.get(5)?,
                note: note_of(row)?,
                taken_back: taken_back.map(instant).transpose()?,
            })
        })?
        .collect()
}

fn note_of(row: &Row<'_>) -> rusqlite::Result<Note> {
    let kind: NoteKind = json(row, 0)?;
    Ok(Note {
        kind: kind.believable(),
        at: time(row, 1)?,
        store: row
            .get::<_, Option<String>>(2)?
            .map(|store| StoreId::new(&store)),
        ticket: row.get(3)?,
        text: row.get(4)?,
    })
}
