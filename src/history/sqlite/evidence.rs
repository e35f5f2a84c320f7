//! Evidence in the database: packed, and once however often a page was the same.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::{listing_number, listing_row, number_of, source_of};
use crate::db::column::{json, time, unreadable};
use crate::db::packed::{pack, unpack};
use crate::history::ListingId;
use crate::history::evidence::{Evidence, LONGEST_DAYS, MOST};

/// Keeps the evidence of a change, and forgets what is too old or too much of the same listing.
///
/// # Errors
///
/// SQLite's, and when the parts cannot be packed.
pub fn keep_evidence(
    transaction: &Transaction<'_>,
    listing: &ListingId,
    evidence: &Evidence,
) -> rusqlite::Result<()> {
    let listing = listing_row(transaction, listing)?;
    let parts = body_row(transaction, evidence.parts.as_bytes())?;
    let picture = evidence.picture.as_deref();
    let picture = picture
        .map(|picture| body_row(transaction, picture))
        .transpose()?;
    let headers = serde_json::to_string(&evidence.headers).map_err(failed)?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO evidence \
                 (listing_id, at, source, status, address, headers, parts_id, picture_id) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            listing,
            evidence.at.as_millisecond(),
            number_of(evidence.source),
            evidence.status,
            evidence.address,
            headers,
            parts,
            picture
        ])?;
    forget_old(transaction, listing, evidence.at)
}

fn forget_old(
    transaction: &Transaction<'_>,
    listing: i64,
    newest: Timestamp,
) -> rusqlite::Result<()> {
    let oldest = newest
        .checked_sub(SignedDuration::from_hours(24 * LONGEST_DAYS))
        .unwrap_or(Timestamp::MIN);
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let forgotten: Vec<(i64, Option<i64>)> = transaction
        .prepare_cached(
            "DELETE FROM evidence WHERE listing_id = ?1 AND (at < ?2 OR at NOT IN ( \
                 SELECT at FROM evidence WHERE listing_id = ?1 ORDER BY at DESC LIMIT ?3)) \
             AND at < (SELECT max(at) FROM evidence WHERE listing_id = ?1) \
             RETURNING parts_id, picture_id",
        )?
        .query_map(params![listing, oldest.as_millisecond(), most], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    // Only the bodies of what was forgotten are looked at: going over all took the longer the more
    // titles there were.
    let bodies = forgotten
        .into_iter()
        .flat_map(|(parts, picture)| [Some(parts), picture])
        .flatten();
    for body in bodies {
        transaction
            .prepare_cached(
                "DELETE FROM evidence_body WHERE id = ?1 \
                 AND NOT EXISTS (SELECT 1 FROM evidence WHERE parts_id = ?1) \
                 AND NOT EXISTS (SELECT 1 FROM evidence WHERE picture_id = ?1)",
            )?
            .execute([body])?;
    }
    Ok(())
}

/// The row of a body, which is there once. The hash only finds candidates; the bytes decide.
fn body_row(transaction: &Transaction<'_>, body: &[u8]) -> rusqlite::Result<i64> {
    let packed = pack(body).map_err(failed)?;
    let hash = hash_of(body);
    let known = transaction
        .prepare_cached("SELECT id FROM evidence_body WHERE hash = ?1 AND packed = ?2")?
        .query_row(params![hash, packed], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    transaction
        .prepare_cached("INSERT INTO evidence_body (hash, packed) VALUES (?1, ?2)")?
        .execute(params![hash, packed])?;
    Ok(transaction.last_insert_rowid())
}

/// FNV-1a in 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
fn hash_of(body: &[u8]) -> i64 {
    let hash = body.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.cast_signed()
}

/// The evidence of a listing, oldest first.
///
/// # Errors
///
/// SQLite's, and when a row does not hold what this program wrote.
pub fn evidence(connection: &Connection, listing: &ListingId) -> rusqlite::Result<Vec<Evidence>> {
    kept(connection, listing, None)
}

/// The evidence of a listing that was kept at that instant.
///
/// # Errors
///
/// As [`evidence`].
pub fn evidence_at(
    connection: &Connection,
    listing: &ListingId,
    at: Timestamp,
) -> rusqlite::Result<Option<Evidence>> {
    Ok(kept(connection, listing, Some(at))?.pop())
}

fn kept(
    connection: &Connection,
    listing: &ListingId,
    at: Option<Timestamp>,
) -> rusqlite::Result<Vec<Evidence>> {
    let Some(number) = listing_number(connection, listing)? else {
        return Ok(Vec::new());
    };
    connection
        .prepare_cached(
            "SELECT e.at, e.source, e.status, e.address, e.headers, p.packed, i.packed \
             FROM evidence e JOIN evidence_body p ON p.id = e.parts_id \
             LEFT JOIN evidence_body i ON i.id = e.picture_id \
             WHERE e.listing_id = ?1 AND e.at = coalesce(?2, e.at) ORDER BY e.at",
        )?
        .query_map(
            params![number, at.map(Timestamp::as_millisecond)],
            evidence_of,
        )?
        .collect()
}

fn evidence_of(row: &Row<'_>) -> rusqlite::Result<Evidence> {
    let parts = unpacked(&row.get::<_, Vec<u8>>(5)?)?;
    Ok(Evidence {
        at: time(row, 0)?,
        source: source_of(row.get(1)?)?,
        status: row.get(2)?,
        address: row.get(3)?,
        headers: json(row, 4)?,
        parts: String::from_utf8(parts).map_err(|error| unreadable(5, error))?,
        picture: row
            .get::<_, Option<Vec<u8>>>(6)?
            .map(|packed| unpacked(&packed))
            .transpose()?,
    })
}

/// How many bodies do not unpack to what was packed: the disk has changed them, where SQLite may see
/// nothing wrong.
pub fn damaged_bodies(connection: &Connection) -> rusqlite::Result<i64> {
    let mut damaged = 0;
    let mut statement = connection.prepare("SELECT hash, packed FROM evidence_body")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let body = row.get(1).and_then(|packed: Vec<u8>| unpacked(&packed));
        let is_whole = body.is_ok_and(|body| row.get(0) == Ok(hash_of(&body)));
        damaged += i64::from(!is_whole);
    }
    Ok(damaged)
}

fn unpacked(packed: &[u8]) -> rusqlite::Result<Vec<u8>> {
    unpack(packed).map_err(failed)
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    unreadable(0, error)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::book::{Source, StoreId};
    use crate::db::Db;

    fn seen(hours: i64, parts: &str) -> Evidence {
        let start: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        Evidence {
            at: start + hours.hours(),
            source: Source::Command,
            status: Some(200),
            address: "https://bookshop.org/book/9780132350884".to_owned(),
            headers: vec![("server".to_owned(), "cloudflare".to_owned())],
            parts: parts.to_owned(),
            picture: None,
        }
    }

    fn listing() -> ListingId {
        ListingId {
            edition: "9780132350884".parse().unwrap(),
            store: StoreId::new("bookshop.org"),
        }
    }

    fn bodies(db: &Db) -> i64 {
        db.read(|c| c.query_row("SELECT count(*) FROM evidence_body", [], |row| row.get(0)))
            .unwrap()
    }

    fn database() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
        (folder, db)
    }

    #[test]
    fn evidence_comes_back_as_it_was_and_is_stored_once() {
        let (_folder, db) = database();
        let drawn = |hours, parts, picture: &[u8]| Evidence {
            picture: Some(picture.to_vec()),
            ..seen(hours, parts)
        };
        let kept = [
            seen(0, "<p>Pre-order</p>"),
            drawn(6, "<p>In stock</p>", b"PNG 1"),
            drawn(12, "<p>Pre-order</p>", b"PNG 1"),
        ];
        for one in &kept {
            db.write(|tx| keep_evidence(tx, &listing(), one)).unwrap();
        }
        assert_eq!(db.read(|c| evidence(c, &listing())).unwrap(), kept);
        let at = |at| db.read(|c| evidence_at(c, &listing(), at)).unwrap();
        assert_eq!(at(kept[1].at).as_ref(), Some(&kept[1]));
        assert_eq!(at(kept[1].at + 1.second()), None);
        assert_eq!(bodies(&db), 3);
    }

    #[test]
    fn what_is_too_much_or_too_old_is_forgotten_and_the_newest_stays() {
        let (_folder, db) = database();
        for hour in 0..70 {
            let mut one = seen(hour, &format!("<p>{hour}</p>"));
            one.picture = (hour < 5).then(|| b"PNG".to_vec());
            db.write(|tx| keep_evidence(tx, &listing(), &one)).unwrap();
        }
        let kept = db.read(|c| evidence(c, &listing())).unwrap();
        assert_eq!(kept.len(), MOST);
        assert_eq!(kept[0].parts, "<p>10</p>");
        assert_eq!(bodies(&db), 60);
        let one = seen(24 * 1000, "<p>years later</p>");
        db.write(|tx| keep_evidence(tx, &listing(), &one)).unwrap();
        assert_eq!(db.read(|c| evidence(c, &listing())).unwrap(), [one]);
        assert_eq!(bodies(&db), 1);
    }

    #[test]
    fn a_body_that_the_disk_has_changed_is_counted() {
        let (_folder, db) = database();
        for one in [seen(0, "<p>Pre-order</p>"), seen(6, "<p>In stock</p>")] {
            db.write(|tx| keep_evidence(tx, &listing(), &one)).unwrap();
        }
        assert_eq!(db.read(damaged_bodies).unwrap(), 0);
        // One that no longer unpacks, and one that unpacks to something else.
        for (id, packed) in [(1, vec![0; 20]), (2, pack(b"other").unwrap())] {
            let sql = "UPDATE evidence_body SET packed = ?2 WHERE id = ?1";
            db.write(|tx| tx.execute(sql, params![id, packed])).unwrap();
            assert_eq!(db.read(damaged_bodies).unwrap(), id);
        }
    }
}
