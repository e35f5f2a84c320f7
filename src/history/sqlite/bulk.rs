//! Recording many looks at one listing, one after the other: what [`super::record()`] does, with
//! the spell and the listing's times written once for all of them instead of once for each.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::record::{Recorded, end_spell, listing_row, reading_row, write_spell};
use super::{number_of, spell_of, time_of};
use crate::history::spells::{self, Step};
use crate::history::{ListingId, Observation, Spell};
use crate::page::Reading;

/// Many looks at one listing on their way into the database. Whoever is through calls
/// [`Bulk::flush`], in the same transaction: until then the spell and the times are not there.
#[derive(Debug)]
pub struct Bulk {
    listing: i64,
    confirm_after: SignedDuration,
    /// The lasting spell, and the row of its newest reading.
    spell: Option<(Spell, i64)>,
    newest: Option<(Reading, i64)>,
    times: Times,
}

/// The times of a listing, as the table `listing` has them.
#[derive(Debug, Default)]
struct Times {
    first_try: Option<Timestamp>,
    last_try: Option<Timestamp>,
    last_good: Option<Timestamp>,
    blind_since: Option<Timestamp>,
    blind_attempts: u32,
    blind_reading: Option<i64>,
}

impl Bulk {
    /// Goes on where the listing's history ends.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub fn begin(
        transaction: &Transaction<'_>,
        listing: &ListingId,
        confirm_after: SignedDuration,
    ) -> rusqlite::Result<Self> {
        let listing = listing_row(transaction, listing)?;
        let spell = transaction
            .prepare_cached(include_str!("spells.sql"))?
            .query_row(params![listing, 1], spell_of)
            .optional()?;
        let spell = match spell {
            Some(spell) => {
                let reading = transaction
                    .prepare_cached(
                        "SELECT reading_id FROM spell WHERE listing_id = ?1 AND since = ?2",
                    )?
                    .query_row(params![listing, spell.since.as_millisecond()], |row| {
                        row.get(0)
                    })?;
                Some((spell, reading))
            }
            None => None,
        };
        let times = transaction
            .prepare_cached(
                "SELECT first_try, last_try, last_good, blind_since, blind_attempts, \
                     blind_reading FROM listing WHERE id = ?1",
            )?
            .query_row([listing], |row| {
                Ok(Times {
                    first_try: time_of(row, 0)?,
                    last_try: time_of(row, 1)?,
                    last_good: time_of(row, 2)?,
                    blind_since: time_of(row, 3)?,
                    blind_attempts: row.get(4)?,
                    blind_reading: row.get(5)?,
                })
            })?;
        Ok(Self {
            listing,
            confirm_after,
            spell,
            newest: None,
            times,
        })
    }

    /// Records the next look of this listing.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub fn add(
        &mut self,
        transaction: &Transaction<'_>,
        seen: &Observation,
    ) -> rusqlite::Result<Recorded> {
        let reading = match &self.newest {
            Some((newest, number)) if *newest == seen.reading => *number,
            Some(_) | None => {
                let number = reading_row(transaction, self.listing, &seen.reading)?;
                self.newest = Some((seen.reading.clone(), number));
                number
            }
        };
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO observation (listing_id, at, reading_id, source) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                self.listing,
                seen.at.as_millisecond(),
                reading,
                number_of(seen.source)
            ])?;
        self.times.first_try = self.times.first_try.or(Some(seen.at));
        self.times.last_try = Some(seen.at);
        match &seen.reading {
            Reading::Says(says) => {
                self.times.last_good = Some(seen.at);
                (self.times.blind_since, self.times.blind_attempts) = (None, 0);
                self.times.blind_reading = None;
                let before = self.spell.take();
                let lasting = before.as_ref().map(|(spell, _)| spell);
                let (changed, spell) =
                    match spells::step(lasting, seen.at, says, self.confirm_after) {
                        Step::Longer(spell) => (false, spell),
                        Step::New(spell) => (true, spell),
                    };
                if changed && let Some((ended, number)) = &before {
                    write_spell(transaction, self.listing, *number, ended)?;
                    end_spell(transaction, self.listing, ended.since, seen.at)?;
                }
                let look_again_at = match spell.confirmed_at {
                    Some(_) => None,
                    None => spell.since.checked_add(self.confirm_after).ok(),
                };
                self.spell = Some((spell, reading));
                Ok(Recorded {
                    changed,
                    look_again_at,
                })
            }
            Reading::Unread(_) => {
                self.times.blind_since = self.times.blind_since.or(Some(seen.at));
                self.times.blind_attempts += 1;
                self.times.blind_reading = Some(reading);
                Ok(Recorded {
                    changed: false,
                    look_again_at: None,
                })
            }
        }
    }

    /// Writes the lasting spell and the listing's times.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub fn flush(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        if let Some((spell, reading)) = &self.spell {
            write_spell(transaction, self.listing, *reading, spell)?;
        }
        let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
        transaction
            .prepare_cached(
                "UPDATE listing SET first_try = ?2, last_try = ?3, last_good = ?4, \
                     asking_until = NULL, blind_since = ?5, blind_attempts = ?6, \
                     blind_reading = ?7 WHERE id = ?1",
            )?
            .execute(params![
                self.listing,
                millis(self.times.first_try),
                millis(self.times.last_try),
                millis(self.times.last_good),
                millis(self.times.blind_since),
                self.times.blind_attempts,
                self.times.blind_reading
            ])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;
    use crate::book::{Availability, Source, StoreId};
    use crate::db::Db;
    use crate::history::sqlite::record;
    use crate::page::{Says, UnreadReason};

    fn listing() -> ListingId {
        ListingId {
            isbn: "9780132350884".parse().unwrap(),
            store: StoreId::new("amazon.com"),
        }
    }

    fn seen(hours: i64, kind: u8) -> Observation {
        let states = [
            Availability::PreOrder,
            Availability::InStock,
            Availability::OutOfStock,
        ];
        let start: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        let reading = match states.get(usize::from(kind)) {
            Some(state) => Reading::Says(Box::new(Says::new(*state, "test", state.word(), "x"))),
            None => Reading::unread(UnreadReason::Blocked, "test", "captcha"),
        };
        Observation {
            listing: listing(),
            at: start + hours.hours(),
            source: Source::Http,
            reading,
        }
    }

    /// Every row of the tables that a look touches.
    fn tables(db: &Db) -> Vec<String> {
        let mut all = Vec::new();
        for table in ["listing", "reading", "observation", "spell"] {
            db.read(|c| -> rusqlite::Result<()> {
                let mut statement = c.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2"))?;
                let columns = statement.column_count();
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    let values: Vec<rusqlite::types::Value> = (0..columns)
                        .map(|column| row.get(column).unwrap())
                        .collect();
                    all.push(format!("{table} {values:?}"));
                }
                Ok(())
            })
            .unwrap();
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn many_at_once_are_the_same_as_one_by_one(
            looks in prop::collection::vec((1_i64..12, 0_u8..4), 1..60),
            first in 0_usize..60,
        ) {
            let confirm = SignedDuration::from_hours(6);
            let mut hours = 0;
            let looks: Vec<Observation> = looks
                .into_iter()
                .map(|(more, kind)| {
                    hours += more;
                    seen(hours, kind)
                })
                .collect();
            let (one, other) = (Db::in_memory().unwrap(), Db::in_memory().unwrap());
            let singly = |db: &Db, looks: &[Observation]| -> Vec<Recorded> {
                let each = looks.iter().map(|look| db.write(|tx| record(tx, look, confirm)));
                each.collect::<rusqlite::Result<_>>().unwrap()
            };
            let expected = singly(&one, &looks);
            // The first of them were there already.
            let first = first.min(looks.len());
            let mut recorded = singly(&other, &looks[..first]);
            let more: rusqlite::Result<Vec<Recorded>> = other.write(|tx| {
                let mut bulk = Bulk::begin(tx, &listing(), confirm)?;
                let more = looks[first..].iter().map(|look| bulk.add(tx, look)).collect();
                bulk.flush(tx)?;
                more
            });
            recorded.extend(more.unwrap());
            prop_assert_eq!(recorded, expected);
            prop_assert_eq!(tables(&other), tables(&one));
        }
    }
}
