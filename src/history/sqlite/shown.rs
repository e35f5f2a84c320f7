//! Since when a page has shown what it shows: runs of equal readings, from the newest looks.
//!
//! The looks come as bare numbers and are folded here; a reading is only parsed once, however long
//! its page has said so. In SQL alone the same took ten times as long.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::reading_of;
use crate::db::column::instant;
use crate::history::Shown;
use crate::page::{Reading, Says};

/// So many of a listing's newest looks are gone over at least; four a day make it three months.
const LOOKS: usize = 360;

/// How long before a moment something must have been shown to have stood then.
const BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The runs of equal good readings of a listing, oldest first, from well before `from` on if that is
/// long ago. Unread pages neither end nor lengthen one.
pub(super) fn shown(
    connection: &Connection,
    listing: i64,
    from: Option<Timestamp>,
) -> rusqlite::Result<Vec<Shown>> {
    let from = from.and_then(|from| from.checked_sub(BEFORE).ok());
    let from = from.map_or(i64::MAX, Timestamp::as_millisecond);
    let mut statement = connection.prepare_cached(
        "SELECT at, reading_id FROM observation WHERE listing_id = ?1 ORDER BY at DESC",
    )?;
    let mut rows = statement.query([listing])?;
    let mut looks: Vec<(i64, i64)> = Vec::new();
    while let Some(row) = rows.next()? {
        let at = row.get(0)?;
        if LOOKS <= looks.len() && at < from {
            break;
        }
        looks.push((at, row.get(1)?));
    }
    looks.reverse();
    let mut readings: BTreeMap<i64, Option<Says>> = BTreeMap::new();
    let mut runs: Vec<(i64, Shown)> = Vec::new();
    for (at, number) in looks {
        let reading = match readings.entry(number) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(says(connection, number)?),
        };
        let Some(says) = reading else { continue };
        let at = instant(at)?;
        match runs.last_mut().filter(|(newest, _)| *newest == number) {
            Some((_, run)) => {
                run.last_seen = at;
                run.readings = run.readings.saturating_add(1);
            }
            None => runs.push((
                number,
                Shown {
                    since: at,
                    last_seen: at,
                    readings: 1,
                    says: says.clone(),
                },
            )),
        }
    }
    Ok(runs.into_iter().map(|(_, run)| run).collect())
}

/// What a reading said; `None` for one of a page that could not be read.
fn says(connection: &Connection, reading: i64) -> rusqlite::Result<Option<Says>> {
    let body: String = connection
        .prepare_cached("SELECT body FROM reading WHERE id = ?1")?
        .query_row([reading], |row| row.get(0))?;
    Ok(match reading_of(&body)? {
        Reading::Says(says) => Some(*says),
        Reading::Unread(_) => None,
    })
}
