//! The looks of a listing, packed or not, and how they are packed: a little at a time, so that no
//! round ever waits for it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::unreadable;
use crate::history::packing::{Look, pack, packs, unpack};

/// Looks younger than this stay rows of their own.
const YOUNG: SignedDuration = SignedDuration::from_hours(24 * 31);

/// A listing whose looks have been gone over is left alone for so long.
const EVERY: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The most looks that one step goes over.
const AT_ONCE: i64 = 1000;

/// The looks of a listing since `from`, oldest first, packed or not.
///
/// # Errors
///
/// SQLite's, and when a packed row does not hold what this program wrote.
pub(super) fn looks_since(
    connection: &Connection,
    listing: i64,
    from: i64,
) -> rusqlite::Result<Vec<Look>> {
    let mut looks: Vec<Look> = Vec::new();
    let mut packed = connection.prepare_cached(
        "SELECT first, reading_id, source, looks, gaps FROM packed_look \
         WHERE listing_id = ?1 AND last >= ?2 ORDER BY first",
    )?;
    let mut rows = packed.query(params![listing, from])?;
    while let Some(row) = rows.next()? {
        unpack_row(row, &mut looks)?;
    }
    looks.retain(|look| from <= look.at);
    let mut single = connection.prepare_cached(
        "SELECT at, reading_id, source FROM observation WHERE listing_id = ?1 AND at >= ?2 \
         ORDER BY at",
    )?;
    let rows = single.query_map(params![listing, from], look_of)?;
    for look in rows {
        looks.push(look?);
    }
    in_order(&mut looks);
    Ok(looks)
}

/// The newest looks of a listing, oldest first, at most so many.
///
/// # Errors
///
/// As [`looks_since`].
pub(super) fn newest_looks(
    connection: &Connection,
    listing: i64,
    most: usize,
) -> rusqlite::Result<Vec<Look>> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let mut looks: Vec<Look> = connection
        .prepare_cached(
            "SELECT at, reading_id, source FROM observation WHERE listing_id = ?1 \
             ORDER BY at DESC LIMIT ?2",
        )?
        .query_map(params![listing, limit], look_of)?
        .collect::<rusqlite::Result<_>>()?;
    // Rows that were left alone may be older than packed ones, so both are gone through.
    let mut unpacked = Vec::new();
    let mut packed = connection.prepare_cached(
        "SELECT first, reading_id, source, looks, gaps FROM packed_look \
         WHERE listing_id = ?1 ORDER BY first DESC",
    )?;
    let mut rows = packed.query([listing])?;
    while unpacked.len() < most {
        let Some(row) = rows.next()? else { break };
        unpack_row(row, &mut unpacked)?;
    }
    looks.extend(unpacked);
    in_order(&mut looks);
    looks.drain(..looks.len().saturating_sub(most));
    Ok(looks)
}

fn look_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Look> {
    Ok(Look {
        at: row.get(0)?,
        reading: row.get(1)?,
        source: row.get(2)?,
    })
}

/// A row is what it says or the database is damaged: its count has to be that of its times.
fn unpack_row(row: &rusqlite::Row<'_>, looks: &mut Vec<Look>) -> rusqlite::Result<()> {
    let (first, reading, source): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let count: i64 = row.get(3)?;
    let times = unpack(first, row.get_ref(4)?.as_blob()?)
        .filter(|times| i64::try_from(times.len()) == Ok(count))
        .ok_or_else(|| unreadable(4, "the packed looks are damaged"))?;
    looks.extend(times.into_iter().map(|at| Look {
        at,
        reading,
        source,
    }));
    Ok(())
}

fn in_order(looks: &mut Vec<Look>) {
    looks.sort_by_key(|look| look.at);
    looks.dedup_by_key(|look| look.at);
}

/// What one step of packing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Packed {
    /// So many looks were rows of their own.
    pub looks: usize,
    /// So many rows stand for them now.
    pub rows: usize,
}

/// Packs some old looks of the listing that has waited longest; `None` when none is waiting.
///
/// One step goes over a thousand looks at most, in the caller's transaction. The times are
/// unpacked again and compared before a look goes, and the database itself lets none go that no
/// packed row stands for.
///
/// # Errors
///
/// SQLite's; then nothing is packed, as the transaction is the caller's to roll back.
pub fn pack_some(
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Option<Packed>> {
    let now = now.as_millisecond();
    let Some((listing, from)) = waiting(transaction, now)? else {
        return Ok(None);
    };
    let looks: Vec<Look> = transaction
        .prepare_cached(
            "SELECT at, reading_id, source FROM observation \
             WHERE listing_id = ?1 AND at >= ?2 AND at < ?3 ORDER BY at LIMIT ?4",
        )?
        .query_map(
            params![listing, from, now - millis(YOUNG), AT_ONCE],
            look_of,
        )?
        .collect::<rusqlite::Result<_>>()?;
    let packs = packs(&looks);
    let mut done = Packed::default();
    for run in packs.runs {
        put(transaction, listing, &looks[run.clone()])?;
        done.looks += run.len();
        done.rows += 1;
    }
    // What was left over begins the next step.
    let until = looks.get(packs.gone_over).map_or(from, |next| next.at);
    let until = match looks.last() {
        Some(last) if packs.gone_over == looks.len() => last.at + 1,
        Some(_) | None => until,
    };
    let is_more = i64::try_from(looks.len()).is_ok_and(|looks| looks == AT_ONCE);
    let again = if is_more { now } else { now + millis(EVERY) };
    transaction
        .prepare_cached("UPDATE listing SET packed_until = ?2, pack_at = ?3 WHERE id = ?1")?
        .execute(params![listing, until, again])?;
    Ok(Some(done))
}

/// The listing that has waited longest, and from when on its looks have not been gone over.
fn waiting(connection: &Connection, now: i64) -> rusqlite::Result<Option<(i64, i64)>> {
    // One that is put off for longer than a week was so by a clock that was wrong.
    for (order, is_due) in [
        ("ASC", (i64::MIN..=now)),
        ("DESC", (now + millis(EVERY) + 1..=i64::MAX)),
    ] {
        let found: Option<(i64, Option<i64>, Option<i64>)> = connection
            .prepare_cached(&format!(
                "SELECT id, packed_until, pack_at FROM listing ORDER BY pack_at {order} LIMIT 1"
            ))?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        if let Some((listing, until, at)) = found
            && is_due.contains(&at.unwrap_or(i64::MIN))
        {
            return Ok(Some((listing, until.unwrap_or(i64::MIN))));
        }
    }
    Ok(None)
}

fn put(transaction: &Transaction<'_>, listing: i64, looks: &[Look]) -> rusqlite::Result<()> {
    let times: Vec<i64> = looks.iter().map(|look| look.at).collect();
    let (Some(first), Some(last)) = (looks.first(), looks.last()) else {
        return Ok(());
    };
    let gaps = pack(&times)
        .filter(|gaps| unpack(first.at, gaps).as_ref() == Some(&times))
        .ok_or_else(|| unreadable(0, "the times of these looks do not rise"))?;
    let count = i64::try_from(looks.len()).unwrap_or(i64::MAX);
    transaction
        .prepare_cached(
            "INSERT INTO packed_look (listing_id, first, last, reading_id, source, looks, gaps) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            listing,
            first.at,
            last.at,
            first.reading,
            first.source,
            count,
            gaps
        ])?;
    transaction
        .prepare_cached("DELETE FROM observation WHERE listing_id = ?1 AND at BETWEEN ?2 AND ?3")?
        .execute(params![listing, first.at, last.at])?;
    Ok(())
}

fn millis(duration: SignedDuration) -> i64 {
    duration.as_secs() * 1000
}

#[cfg(test)]
mod tests;
