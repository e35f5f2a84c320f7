//! The outbox in the database: what is queued in the same transaction as the decision that it
//! tells of cannot be lost, and what is claimed by compare-and-set is not sent twice.

mod answers;
mod look;
mod queue;

use jiff::Timestamp;
use rusqlite::Row;

pub use answers::{Standing, answer_key, standing, use_up};
pub use look::{
    Counts, Show, counts, damaged_letters, entries, entry, heads, last_delivered, last_digest,
    last_digest_to, parts, spare_digest, waiting_since, waiting_since_before,
};
pub use queue::{
    Claimant, Claimed, Failure, claim_next, drop_letter, enqueue, give_up_unknown_ways, hold_back,
    is_claimed_by, is_due, mark_delivered, mark_failed, release_all, retry,
};

use strum::IntoStaticStr;

use super::outbox::Meaning;
use super::{Letter, Route};
use crate::book::StoreId;
use crate::db::column::{json, parsed, parsed_if, time, unreadable};
use crate::db::packed::unpack;

/// A letter in the outbox, and what became of it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, by which commands name it.
    pub id: i64,
    /// The letter.
    pub letter: Letter,
    /// When it was queued.
    pub queued: Timestamp,
    /// How many tries there were.
    pub tries: u32,
    /// When it is tried next, while it waits.
    pub next_try: Timestamp,
    /// When it was last tried.
    pub last_try: Option<Timestamp>,
    /// What the last failed try meant.
    pub last_meaning: Option<Meaning>,
    /// The words of the last failed try.
    pub last_error: Option<String>,
    /// What has become of it.
    pub state: EntryState,
    /// The server's answer to it, or the file it was written to, once delivered.
    pub answer: Option<String>,
}

impl Entry {
    /// It is out, as a file in the folder: nobody has mailed it.
    pub fn is_file(&self) -> bool {
        self.answer.as_deref().is_some_and(super::files::is_file)
    }
}

/// What has become of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum EntryState {
    /// It waits for its next try.
    Waiting,
    /// It was delivered then.
    Delivered(Timestamp),
    /// It was refused for good or given up then; it is kept.
    Failed(Timestamp),
    /// The author dropped it then.
    Dropped(Timestamp),
}

impl EntryState {
    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The columns that [`letter_of`] reads, in its order.
const LETTER_COLUMNS: &str = "message_id, thread, written, kind, severity, rule, edition, stores, \
                              to_name, to_address, subject, body_text, body_html, route";

/// The same without the parts of the letter.
const HEAD_COLUMNS: &str = "message_id, thread, written, kind, severity, rule, edition, stores, \
                            to_name, to_address, subject, NULL, NULL, route";

/// So many columns are of the letter.
const COLUMNS: usize = 14;

fn letter_of(row: &Row<'_>) -> rusqlite::Result<Letter> {
    let route: String = row.get(13)?;
    let stores: Vec<String> = json(row, 7)?;
    Ok(Letter {
        message_id: row.get(0)?,
        references: row.get(1)?,
        written: time(row, 2)?,
        kind: parsed(row, 3)?,
        severity: parsed_if(row, 4)?,
        rule: row.get(5)?,
        edition: parsed_if(row, 6)?,
        stores: stores.iter().map(|store| StoreId::new(store)).collect(),
        to_name: row.get(8)?,
        to: row.get(9)?,
        subject: row.get(10)?,
        text: part_of(row, 11)?,
        html: part_of(row, 12)?,
        route: Route::from_name(&route)
            .ok_or_else(|| unreadable(13, format!("`{route}` is no way of a letter")))?,
    })
}

/// The text or the HTML part of a letter; empty where it was not asked for.
fn part_of(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    let Some(packed) = row.get::<_, Option<Vec<u8>>>(column)? else {
        return Ok(String::new());
    };
    let part = unpack(&packed).map_err(|error| unreadable(column, error))?;
    String::from_utf8(part).map_err(|error| unreadable(column, error))
}
