//! How the pages of each store were read lately, and before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{number_of, reading_of, time};
use crate::book::{Source, StoreId};
use crate::history::drift::{BEFORE, Drift, FEWEST, Looked, NOW, drift};
use crate::stores::How;

/// The stores whose pages are read worse than before, in the order of their names.
///
/// The looks themselves are gone through only where the newest ones ask for it.
///
/// # Errors
///
/// SQLite's, also when a row does not hold what this program wrote.
pub fn drifts(connection: &Connection, now: Timestamp) -> rusqlite::Result<Vec<Drift>> {
    let ago = |at: Timestamp, time| at.checked_sub(time).unwrap_or(Timestamp::MIN);
    let middle = ago(now, NOW);
    let mut drifts = Vec::new();
    for store in suspects(connection, middle)? {
        let before = looked(connection, &store, (ago(middle, BEFORE), middle))?;
        let newest = looked(connection, &store, (middle, now))?;
        drifts.extend(drift(&store, &before, &newest));
    }
    Ok(drifts)
}

/// The stores of which several pages were last not read as meant.
fn suspects(connection: &Connection, from: Timestamp) -> rusqlite::Result<Vec<StoreId>> {
    let mut statement = connection.prepare_cached(
        "SELECT l.store, coalesce(b.body, r.body) FROM listing l \
         LEFT JOIN reading b ON b.id = l.blind_reading \
         LEFT JOIN spell s ON s.listing_id = l.id AND s.until IS NULL \
         LEFT JOIN reading r ON r.id = s.reading_id \
         WHERE ?1 <= l.last_try AND coalesce(b.id, r.id) IS NOT NULL",
    )?;
    let mut rows = statement.query([from.as_millisecond()])?;
    let mut stores: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (store, body): (String, String) = (row.get(0)?, row.get(1)?);
        let how = How::of(StoreId::new(&store).family(), &reading_of(&body)?);
        if how.is_some_and(|how| how < How::AsMeant) {
            *stores.entry(store).or_default() += 1;
        }
    }
    let several = stores.into_iter().filter(|(_, pages)| FEWEST <= *pages);
    Ok(several.map(|(store, _)| StoreId::new(&store)).collect())
}

/// The looks of a program at the pages of a store from one time until before another, in order.
fn looked(
    connection: &Connection,
    store: &StoreId,
    (from, until): (Timestamp, Timestamp),
) -> rusqlite::Result<Vec<Looked>> {
    let mut statement = connection.prepare_cached(
        "SELECT l.edition, o.at, o.reading_id, r.body FROM listing l \
         JOIN observation o ON o.listing_id = l.id JOIN reading r ON r.id = o.reading_id \
         WHERE l.store = ?1 AND ?2 < o.at AND o.at <= ?3 AND o.source IN (?4, ?5, ?6) \
         ORDER BY o.at, l.edition",
    )?;
    let mut rows = statement.query(params![
        store.as_str(),
        from.as_millisecond(),
        until.as_millisecond(),
        number_of(Source::Http),
        number_of(Source::Browser),
        number_of(Source::Command)
    ])?;
    let mut known: BTreeMap<i64, Option<How>> = BTreeMap::new();
    let mut looked = Vec::new();
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(2)?;
        let how = if let Some(how) = known.get(&number) {
            *how
        } else {
            let how = How::of(store.family(), &reading_of(&row.get::<_, String>(3)?)?);
            known.insert(number, how);
            how
        };
        // The number was written by this program; what is none is no page of ours.
        if let (Some(how), Ok(edition)) = (how, row.get::<_, String>(0)?.parse()) {
            let at = time(row, 1)?;
            looked.push(Looked { edition, at, how });
        }
    }
    Ok(looked)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, ToSpan as _};

    use super::super::record;
    use super::super::tests::database;
    use super::*;
    use crate::book::Availability;
    use crate::history::{ListingId, Observation};
    use crate::page::{Reading, Says, UnreadReason};

    #[test]
    fn pages_that_are_no_longer_understood_are_told_with_one_whose_parts_are_kept() {
        let (_folder, db) = database();
        let start: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        let says = Says::new(
            Availability::PreOrder,
            "amazon/pre-order",
            "Pre-order",
            "#x",
        );
        let says = Reading::Says(Box::new(says));
        let unread = Reading::unread(UnreadReason::NoEvidence, "amazon/no-evidence", "x");
        for edition in ["9781944098117", "9781944021030", "9781944021511"] {
            let listing = ListingId {
                edition: edition.parse().unwrap(),
                store: StoreId::new("amazon.com"),
            };
            for day in 0..12 {
                let observation = Observation {
                    listing: listing.clone(),
                    at: start + (24 * day).hours(),
                    source: Source::Http,
                    reading: if day < 10 {
                        says.clone()
                    } else {
                        unread.clone()
                    },
                };
                let recorded = db
                    .write(|tx| record(tx, &observation, SignedDuration::from_hours(6)))
                    .unwrap();
                assert_eq!(recorded.is_first_not_understood, day == 10);
            }
        }
        let at = |day: i64| start + (24 * day).hours();
        let drifts_at = |day| db.read(|c| drifts(c, at(day))).unwrap();
        assert_eq!(drifts_at(9), []);
        assert_eq!(drifts_at(10), []);
        let found = drifts_at(11);
        assert_eq!((found[0].pages, found[0].of), (3, 3));
        assert_eq!(found[0].since, at(10));
        assert!(found[0].is_unread);
    }
}
