//! When a listing was looked at, and who is looking at it now.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::listing_row;
use crate::db::column::time_if;
use crate::history::ListingId;
use crate::page::UnreadReason;

/// The stored times of a listing, from which follows when it is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// The newest look, whatever it gave.
    pub last_try: Option<Timestamp>,
    /// The newest look that named a state.
    pub last_good: Option<Timestamp>,
    /// How many looks in a row could not be read.
    pub blind_attempts: u32,
    /// Why the newest look could not be read, if it could not.
    pub blind_reason: Option<UnreadReason>,
    /// Since when the lasting state has been seen, if it is not confirmed yet.
    pub unconfirmed_since: Option<Timestamp>,
    /// Since when such a state has been seen at another Amazon marketplace of the same edition,
    /// where that is later than the newest look here.
    pub sister_changed: Option<Timestamp>,
    /// When the page was first seen released.
    pub released: Option<Timestamp>,
    /// The UTC day that `looks` counts.
    pub day: Option<Date>,
    /// How many looks that day has seen, whatever they gave.
    pub looks: u32,
}

/// The stored times of a listing; all empty for one that was never looked at.
pub fn looks(connection: &Connection, listing: &ListingId) -> rusqlite::Result<Looks> {
    let looks = connection
        .prepare_cached(
            "SELECT l.last_try, l.last_good, l.blind_attempts, \
                 (SELECT s.since FROM spell s WHERE s.listing_id = l.id AND s.until IS NULL \
                      AND s.confirmed_at IS NULL), \
                 (SELECT min(s.since) FROM spell s WHERE s.listing_id = l.id \
                      AND s.availability IN ('in_stock', 'ships_later', 'back_order')), \
                 (SELECT json_extract(r.body, '$.reason') FROM reading r WHERE r.id = l.blind_reading), \
                 l.day, l.looks, \
                 (SELECT min(s.since) FROM listing o JOIN spell s ON s.listing_id = o.id \
                      WHERE l.store LIKE 'amazon.%' AND o.edition = l.edition AND o.id <> l.id \
                      AND o.store LIKE 'amazon.%' AND s.until IS NULL AND s.confirmed_at IS NULL \
                      AND l.last_try < s.since) \
             FROM listing l WHERE l.edition = ?1 AND l.store = ?2",
        )?
        .query_row(
            params![listing.edition.as_str(), listing.store.as_str()],
            |row| {
                Ok(Looks {
                    last_try: time_if(row, 0)?,
                    last_good: time_if(row, 1)?,
                    blind_attempts: row.get(2)?,
                    unconfirmed_since: time_if(row, 3)?,
                    released: time_if(row, 4)?,
                    blind_reason: row
                        .get::<_, Option<String>>(5)?
                        .and_then(|name| UnreadReason::from_name(&name)),
                    // A day that cannot be read is another day than today.
                    day: row
                        .get::<_, Option<String>>(6)?
                        .and_then(|day| day.parse().ok()),
                    looks: row.get(7)?,
                    sister_changed: time_if(row, 8)?,
                })
            },
        )
        .optional()?;
    Ok(looks.unwrap_or_default())
}

/// Takes the right to look at a listing, until it is recorded or `until` has come: by
/// compare-and-set, so that of any number of processes that found it due, one looks.
///
/// The look counts for the day from here on, so that a kill does not give it back.
///
/// False when somebody has looked since `last_try`, or is looking now.
pub fn claim_look(
    transaction: &Transaction<'_>,
    listing: &ListingId,
    last_try: Option<Timestamp>,
    now: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<bool> {
    let number = listing_row(transaction, listing)?;
    let rows = transaction
        .prepare_cached(
            "UPDATE listing SET asking_until = ?4, looks = iif(day IS ?5, looks, 0) + 1, \
                 day = ?5 \
             WHERE id = ?1 AND last_try IS ?2 AND (asking_until IS NULL OR asking_until <= ?3)",
        )?
        .execute(params![
            number,
            last_try.map(Timestamp::as_millisecond),
            now.as_millisecond(),
            until.as_millisecond(),
            now.to_zoned(TimeZone::UTC).date().to_string()
        ])?;
    Ok(rows == 1)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::{SignedDuration, ToSpan as _};

    use super::*;
    use crate::book::{Availability, StoreId};
    use crate::db::Db;
    use crate::history::sqlite::record;
    use crate::history::{Observation, Source};
    use crate::page::{Reading, Says};

    #[test]
    fn of_two_who_found_it_due_one_looks() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
        let listing = ListingId {
            edition: "9780132350884".parse().unwrap(),
            store: StoreId::new("amazon.com"),
        };
        let now: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        let until = now + 40.seconds();
        let claim = |last_try, at| -> bool {
            db.write(|tx| claim_look(tx, &listing, last_try, at, until))
                .unwrap()
        };
        assert!(claim(None, now));
        assert!(!claim(None, now));
        // Whoever had it was killed: when its time is over, the next one may.
        assert!(claim(None, until));

        let says = Says::new(Availability::InStock, "test", "In stock", "test");
        let observation = Observation {
            listing: listing.clone(),
            at: now,
            source: Source::Http,
            reading: Reading::Says(Box::new(says)),
        };
        db.write(|tx| record(tx, &observation, SignedDuration::from_hours(6)))
            .unwrap();
        assert!(!claim(None, until));
        let looks = db.read(|c| looks(c, &listing)).unwrap();
        assert_eq!(
            (looks.last_try, looks.unconfirmed_since),
            (Some(now), Some(now))
        );
        assert_eq!((looks.day, looks.looks), (Some(date(2026, 12, 1)), 2));
        assert!(claim(looks.last_try, until));
        let tomorrow = now + 24.hours();
        assert!(claim(looks.last_try, tomorrow));
        let looks = db.read(|c| super::looks(c, &listing)).unwrap();
        assert_eq!((looks.day, looks.looks), (Some(date(2026, 12, 2)), 1));
    }
}
