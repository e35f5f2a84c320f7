//! Looking into the outbox.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{COLUMNS, Entry, EntryState, HEAD_COLUMNS, LETTER_COLUMNS};
use super::{letter_of, part_of};
use crate::db::column::{instant, time, time_if};
use crate::mail::outbox::Meaning;
use crate::mail::{LetterKind, Route};

/// Which letters to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Show {
    /// All of them.
    All,
    /// Those that were not delivered and not dropped.
    Undelivered,
}

impl Show {
    fn condition(self) -> &'static str {
        match self {
            Self::All => "1",
            Self::Undelivered => "delivered_at IS NULL AND dropped_at IS NULL",
        }
    }
}

/// Letters by what has become of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// They wait for their next try.
    pub waiting: u32,
    /// They were delivered.
    pub delivered: u32,
    /// They were refused or given up, and are kept.
    pub failed: u32,
    /// The author dropped them.
    pub dropped: u32,
    /// The words of the newest failed try of a letter that is not delivered.
    pub last_error: Option<String>,
    /// The mail server does not take our user name or password.
    pub login_refused: bool,
}

impl Counts {
    /// There are letters that did not reach the author and should have: those that failed, and
    /// those that wait after a failed try.
    pub fn need_attention(&self) -> bool {
        self.failed > 0 || self.login_refused || (self.waiting > 0 && self.last_error.is_some())
    }
}

/// The letters, oldest first.
pub fn entries(connection: &Connection, show: Show) -> rusqlite::Result<Vec<Entry>> {
    connection
        .prepare(&select(show.condition()))?
        .query_map([], entry_of)?
        .collect()
}

/// The letters without their parts, oldest first: for a list of all that there were in ten years.
pub fn heads(connection: &Connection, show: Show) -> rusqlite::Result<Vec<Entry>> {
    connection
        .prepare(&select_from(HEAD_COLUMNS, show.condition()))?
        .query_map([], entry_of)?
        .collect()
}

/// The letter of that number.
pub fn entry(connection: &Connection, id: i64) -> rusqlite::Result<Option<Entry>> {
    connection
        .prepare(&select("id = ?1"))?
        .query_row([id], entry_of)
        .optional()
}

/// The text and the HTML part of a letter.
///
/// # Errors
///
/// SQLite's, also when the letter is not there or damaged.
pub fn parts(connection: &Connection, id: i64) -> rusqlite::Result<(String, String)> {
    connection
        .prepare_cached("SELECT body_text, body_html FROM outbox WHERE id = ?1")?
        .query_row([id], |row| Ok((part_of(row, 0)?, part_of(row, 1)?)))
}

/// How many letters there are of each kind, and what goes wrong at present.
pub fn counts(connection: &Connection) -> rusqlite::Result<Counts> {
    // Each part is answered by an index of its own: the letters of ten years are not read for it.
    let mut counts = connection
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE failed_at IS NOT NULL), \
                count(*) FILTER (WHERE failed_at IS NULL), \
                count(*) FILTER (WHERE last_meaning = ?1) > 0, \
                (SELECT count(*) FROM outbox \
                 WHERE dropped_at IS NOT NULL AND delivered_at IS NULL), \
                (SELECT count(*) FROM outbox) \
             FROM outbox WHERE delivered_at IS NULL AND dropped_at IS NULL",
        )?
        .query_row([Meaning::LoginRefused.name()], |row| {
            let (failed, waiting, dropped): (u32, u32, u32) =
                (row.get(0)?, row.get(1)?, row.get(3)?);
            let all: u32 = row.get(4)?;
            Ok(Counts {
                delivered: all.saturating_sub(failed + waiting + dropped),
                dropped,
                failed,
                waiting,
                login_refused: row.get(2)?,
                last_error: None,
            })
        })?;
    counts.last_error = connection
        .prepare_cached(
            "SELECT last_error FROM outbox \
             WHERE delivered_at IS NULL AND dropped_at IS NULL AND last_error IS NOT NULL \
             ORDER BY last_try_at DESC, id DESC LIMIT 1",
        )?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(counts)
}

/// When a letter was last delivered on that way. `None`: none was so far.
pub fn last_delivered(
    connection: &Connection,
    route: &Route,
) -> rusqlite::Result<Option<Timestamp>> {
    let newest: Option<i64> = connection.query_row(
        "SELECT max(delivered_at) FROM outbox WHERE route = ?1",
        [route.name()],
        |row| row.get(0),
    )?;
    newest.map(instant).transpose()
}

/// When a digest was last due and written, or spared, of all those before `before`.
pub fn last_digest(
    connection: &Connection,
    before: Timestamp,
) -> rusqlite::Result<Option<Timestamp>> {
    let newest: Option<i64> = connection.query_row(
        "SELECT max(at) FROM (SELECT written AS at FROM outbox WHERE kind = ?1 \
                              UNION ALL SELECT at FROM digest_spared) WHERE at < ?2",
        params![LetterKind::Digest.name(), before.as_millisecond()],
        |row| row.get(0),
    )?;
    newest.map(instant).transpose()
}

/// When the newest digest to somebody was written of those that were written before `before`.
///
/// # Errors
///
/// SQLite's.
pub fn last_digest_to(
    connection: &Connection,
    to: &str,
    before: Timestamp,
) -> rusqlite::Result<Option<Timestamp>> {
    let newest: Option<i64> = connection.query_row(
        "SELECT max(written) FROM outbox WHERE kind = ?1 AND to_address = ?2 AND written < ?3",
        params![LetterKind::Digest.name(), to, before.as_millisecond()],
        |row| row.get(0),
    )?;
    newest.map(instant).transpose()
}

/// Remembers that a digest was due and nobody needed one.
///
/// # Errors
///
/// SQLite's.
pub fn spare_digest(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT OR IGNORE INTO digest_spared (at) VALUES (?1)",
            [now.as_millisecond()],
        )
        .map(drop)
}

/// How many letters have parts that do not unpack, or a subject with a character 0, with which none
/// is written: the disk has changed them, where SQLite sees nothing wrong.
pub fn damaged_letters(connection: &Connection) -> rusqlite::Result<i64> {
    let mut damaged = 0;
    let mut statement = connection.prepare(
        "SELECT body_text, body_html, instr(CAST(subject AS BLOB), x'00') > 0 FROM outbox",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let is_damaged = part_of(row, 0).is_err() || part_of(row, 1).is_err() || row.get(2)?;
        damaged += i64::from(is_damaged);
    }
    Ok(damaged)
}

/// The letters that have waited since before `before`, oldest first: those that will arrive late.
pub fn waiting_since_before(
    connection: &Connection,
    before: Timestamp,
) -> rusqlite::Result<Vec<Entry>> {
    connection
        .prepare(&select(
            "delivered_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL AND queued_at < ?1",
        ))?
        .query_map([before.as_millisecond()], entry_of)?
        .collect()
}

/// Since when the oldest letter waits that is to go out now: one that is held back for later is none.
pub fn waiting_since(connection: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    let since: Option<i64> = connection
        .prepare_cached(
            "SELECT min(queued_at) FROM outbox \
             WHERE delivered_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(since.and_then(|at| Timestamp::from_millisecond(at).ok()))
}

fn select(which: &str) -> String {
    select_from(LETTER_COLUMNS, which)
}

fn select_from(columns: &str, which: &str) -> String {
    format!(
        "SELECT {columns}, id, queued_at, tries, next_try_at, last_try_at, last_meaning, \
         last_error, delivered_at, failed_at, dropped_at, answer FROM outbox WHERE {which} \
         ORDER BY id"
    )
}

fn entry_of(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let meaning: Option<String> = row.get(COLUMNS + 5)?;
    let state = if let Some(at) = time_if(row, COLUMNS + 7)? {
        EntryState::Delivered(at)
    } else if let Some(at) = time_if(row, COLUMNS + 9)? {
        EntryState::Dropped(at)
    } else if let Some(at) = time_if(row, COLUMNS + 8)? {
        EntryState::Failed(at)
    } else {
        EntryState::Waiting
    };
    Ok(Entry {
        letter: letter_of(row)?,
        id: row.get(COLUMNS)?,
        queued: time(row, COLUMNS + 1)?,
        tries: row.get(COLUMNS + 2)?,
        next_try: time(row, COLUMNS + 3)?,
        last_try: time_if(row, COLUMNS + 4)?,
        last_meaning: meaning.as_deref().and_then(Meaning::from_name),
        last_error: row.get(COLUMNS + 6)?,
        state,
        answer: row.get(COLUMNS + 10)?,
    })
}
