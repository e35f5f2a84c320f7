//! The parts of letters as they are kept: packed, beside the rows that say what became of them.

use rusqlite::{Connection, Row, Transaction, params};

use super::unreadable;
use crate::mail::packing::{Packed, pack, unpack};

/// So many letters are packed in one step, which takes a few hundredths of a second.
const AT_ONCE: usize = 20;

/// Keeps the parts of a letter that was just put in without them.
pub(super) fn put(
    transaction: &Transaction<'_>,
    letter: i64,
    text: &str,
    html: &str,
) -> rusqlite::Result<()> {
    let packed = pack(text, html).map_err(|error| unreadable(0, error))?;
    put_packed(transaction, letter, &packed)
}

fn put_packed(transaction: &Transaction<'_>, letter: i64, packed: &Packed) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO letter_body (letter_id, dictionary, text_bytes, packed) \
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            letter,
            packed.dictionary,
            packed.text_bytes,
            packed.frame
        ])?;
    Ok(())
}

/// The text and the HTML part of a letter, from its two columns of `outbox` that begin at `plain`,
/// or, where it has them, from the three columns of `letter_body` that begin at `packed`.
pub(super) fn parts_of(
    row: &Row<'_>,
    plain: usize,
    packed: usize,
) -> rusqlite::Result<(String, String)> {
    let Some(dictionary) = row.get(packed)? else {
        return Ok((row.get(plain)?, row.get(plain + 1)?));
    };
    let body = Packed {
        dictionary,
        text_bytes: row.get(packed + 1)?,
        frame: row.get(packed + 2)?,
    };
    unpack(&body).map_err(|error| unreadable(packed + 2, error))
}

/// The text and the HTML part of a letter.
///
/// # Errors
///
/// SQLite's, also when the letter is not there or damaged.
pub fn parts(connection: &Connection, letter: i64) -> rusqlite::Result<(String, String)> {
    connection
        .prepare_cached(
            "SELECT body_text, body_html, dictionary, text_bytes, packed \
             FROM outbox LEFT JOIN letter_body ON letter_id = id WHERE id = ?1",
        )?
        .query_row([letter], |row| parts_of(row, 0, 2))
}

/// How many letters have lost their parts, or have parts that cannot be unpacked or are no text.
pub(super) fn damaged_parts(connection: &Connection) -> rusqlite::Result<i64> {
    let mut damaged = connection.query_row(
        "SELECT count(*) FROM outbox WHERE body_text = '' AND body_html = '' \
         AND NOT EXISTS (SELECT 1 FROM letter_body WHERE letter_id = id)",
        [],
        |row| row.get(0),
    )?;
    for kept in [
        "SELECT '', '', dictionary, text_bytes, packed FROM letter_body",
        "SELECT body_text, body_html, NULL, NULL, NULL FROM outbox \
         WHERE body_text <> '' OR body_html <> ''",
    ] {
        let mut statement = connection.prepare(kept)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            damaged += i64::from(parts_of(row, 0, 2).is_err());
        }
    }
    Ok(damaged)
}

/// Packs a few letters that an older program left unpacked, the oldest first, and says how many;
/// `None` when there are none that can be.
///
/// # Errors
///
/// SQLite's.
pub fn pack_some_letters(transaction: &Transaction<'_>) -> rusqlite::Result<Option<usize>> {
    let mut statement = transaction.prepare_cached(
        "SELECT id, body_text, body_html FROM outbox \
         WHERE body_text <> '' OR body_html <> '' ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut letters: Vec<(i64, Packed)> = Vec::new();
    while letters.len() < AT_ONCE
        && let Some(row) = rows.next()?
    {
        // One that damage has hit stays as it is, and does not keep the others from being packed.
        if let (Ok(text), Ok(html)) = (row.get::<_, String>(1), row.get::<_, String>(2))
            && let Ok(packed) = pack(&text, &html)
        {
            letters.push((row.get(0)?, packed));
        }
    }
    drop(rows);
    for (letter, packed) in &letters {
        put_packed(transaction, *letter, packed)?;
        transaction
            .prepare_cached("UPDATE outbox SET body_text = '', body_html = '' WHERE id = ?1")?
            .execute([letter])?;
    }
    Ok((!letters.is_empty()).then_some(letters.len()))
}
