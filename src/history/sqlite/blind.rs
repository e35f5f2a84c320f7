//! The pages that cannot be read at present, over all editions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::Connection;

use super::reading_of;
use crate::book::StoreId;
use crate::db::column::time;
use crate::history::{ListingId, Unreadable};
use crate::page::Reading;

/// Every page that was unread at its newest looks, two or more, also those that the configuration
/// no longer names.
///
/// One that a person saw meanwhile counts when that sight no longer spoke for it at
/// the newest look, and from then on.
pub fn blind_pages(connection: &Connection) -> rusqlite::Result<Vec<Unreadable>> {
    let mut statement = connection.prepare_cached(
        "SELECT l.edition, l.store, iif(l.blind_since <= l.last_good, l.good_until, l.blind_since), \
             l.last_try, r.body, l.last_good IS NULL AND 3 <= l.blind_attempts \
         FROM listing l JOIN reading r ON r.id = l.blind_reading \
         WHERE l.blind_since IS NOT NULL AND 2 <= l.blind_attempts AND l.last_try IS NOT NULL \
             AND (l.last_good IS NULL OR l.last_good < l.blind_since OR l.good_until < l.last_try)",
    )?;
    let mut rows = statement.query([])?;
    let mut pages = Vec::new();
    while let Some(row) = rows.next()? {
        let (edition, store): (String, String) = (row.get(0)?, row.get(1)?);
        // Both were written by this program; what is neither is no page of ours.
        let (Ok(edition), Reading::Unread(unread)) =
            (edition.parse(), reading_of(&row.get::<_, String>(4)?)?)
        else {
            continue;
        };
        pages.push(Unreadable {
            listing: ListingId {
                edition,
                store: StoreId::new(&store),
            },
            since: time(row, 2)?,
            tried: time(row, 3)?,
            reason: unread.reason,
            is_never_read: row.get(5)?,
        });
    }
    Ok(pages)
}

/// The newest look at each store that named a state, whatever the edition.
pub fn newest_good(connection: &Connection) -> rusqlite::Result<BTreeMap<StoreId, Timestamp>> {
    connection
        .prepare_cached(
            "SELECT store, max(last_good) FROM listing WHERE last_good IS NOT NULL GROUP BY store",
        )?
        .query_map([], |row| {
            Ok((StoreId::new(&row.get::<_, String>(0)?), time(row, 1)?))
        })?
        .collect()
}
