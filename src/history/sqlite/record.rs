//! Recording what a look gave.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{listing_number, number_of, spell_of};
use crate::history::spells::{self, Step};
use crate::history::{ListingId, Observation, Source, Spell};
use crate::page::{Reading, Says, UnreadReason};

/// What recording an observation changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The listing's state is another than before, or its first.
    pub changed: bool,
    /// A second look is due at this time, because the lasting spell is not confirmed.
    pub look_again_at: Option<Timestamp>,
    /// It is the first look in a row that read nothing, of a page that came and that nobody
    /// understands: its parts are worth keeping.
    pub is_first_not_understood: bool,
}

/// Records what a look gave: the reading, the observation, the spell and the listing's times.
///
/// # Errors
///
/// SQLite's; then nothing is recorded, as the transaction is the caller's to roll back.
pub fn record(
    transaction: &Transaction<'_>,
    observation: &Observation,
    confirm_after: SignedDuration,
) -> rusqlite::Result<Recorded> {
    // Confirmation is for what was read, which may be shown anything: what a person says counts at once.
    let confirm_after = match observation.source {
        Source::ByHand => SignedDuration::ZERO,
        Source::Http | Source::Browser | Source::Command | Source::Api | Source::Companion => {
            confirm_after
        }
    };
    let listing = listing_row(transaction, &observation.listing)?;
    let reading = reading_row(transaction, listing, &observation.reading)?;
    // Two looks in one millisecond do not happen on purpose; the second is a copy of the first.
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO observation (listing_id, at, reading_id, source) \
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            listing,
            observation.at.as_millisecond(),
            reading,
            number_of(observation.source)
        ])?;
    match &observation.reading {
        Reading::Says(says) => {
            remember_gap(transaction, listing, observation.at)?;
            remember_good(transaction, listing, observation)?;
            extend(
                transaction,
                listing,
                reading,
                observation.at,
                says,
                confirm_after,
            )
        }
        Reading::Unread(unread) => {
            let attempts = remember_blind(transaction, listing, reading, observation.at)?;
            Ok(Recorded {
                changed: false,
                look_again_at: None,
                is_first_not_understood: attempts == 1 && unread.reason == UnreadReason::NoEvidence,
            })
        }
    }
}

fn extend(
    transaction: &Transaction<'_>,
    listing: i64,
    reading: i64,
    at: Timestamp,
    says: &Says,
    confirm_after: SignedDuration,
) -> rusqlite::Result<Recorded> {
    let before = transaction
        .prepare_cached(include_str!("spells.sql"))?
        .query_row(params![listing, 1], spell_of)
        .optional()?;
    let (changed, spell) = match spells::step(before.as_ref(), at, says, confirm_after) {
        Step::Longer(spell) => (false, spell),
        Step::New(spell) => (true, spell),
    };
    if changed && let Some(ended) = &before {
        end_spell(transaction, listing, ended.since, at)?;
    }
    write_spell(transaction, listing, reading, &spell)?;
    let look_again_at = match spell.confirmed_at {
        Some(_) => None,
        None => spell.since.checked_add(confirm_after).ok(),
    };
    Ok(Recorded {
        changed,
        look_again_at,
        is_first_not_understood: false,
    })
}

/// A spell ends where the next one begins.
fn end_spell(
    transaction: &Transaction<'_>,
    listing: i64,
    since: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE spell SET until = ?3 WHERE listing_id = ?1 AND since = ?2")?
        .execute(params![
            listing,
            since.as_millisecond(),
            until.as_millisecond()
        ])?;
    Ok(())
}

/// Writes the lasting spell, which rests on that reading.
fn write_spell(
    transaction: &Transaction<'_>,
    listing: i64,
    reading: i64,
    spell: &Spell,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO spell (listing_id, since, availability, last_seen, until, readings, \
                                confirmed_at, reading_id) \
             VALUES (?1, ?2, ?3, ?4, NULL, ?5, ?6, ?7) \
             ON CONFLICT (listing_id, since) DO UPDATE SET availability = ?3, last_seen = ?4, \
                 until = NULL, readings = ?5, confirmed_at = ?6, reading_id = ?7",
        )?
        .execute(params![
            listing,
            spell.since.as_millisecond(),
            spell.availability.name(),
            spell.last_seen.as_millisecond(),
            spell.readings,
            spell.confirmed_at.map(Timestamp::as_millisecond),
            reading
        ])?;
    Ok(())
}

/// What a person saw is known at once, but it makes no robot see: what it could not read it still
/// cannot.
fn remember_good(
    transaction: &Transaction<'_>,
    listing: i64,
    observation: &Observation,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE listing SET first_try = coalesce(first_try, ?2), last_try = ?2, \
                 asking_until = NULL, last_good = ?2, good_until = NULL, \
                 blind_since = iif(?3, blind_since, NULL), \
                 blind_attempts = iif(?3, blind_attempts, 0), \
                 blind_reading = iif(?3, blind_reading, NULL) \
             WHERE id = ?1",
        )?
        .execute(params![
            listing,
            observation.at.as_millisecond(),
            observation.source.is_a_persons()
        ])?;
    Ok(())
}

/// The time before a good look in which the page was not seen, where there was some.
fn remember_gap(
    transaction: &Transaction<'_>,
    listing: i64,
    at: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(include_str!("gap.sql"))?
        .execute(params![listing, at.as_millisecond()])?;
    Ok(())
}

/// Until when what was just seen of a page may be spoken of as what is.
pub fn keep_good_until(
    transaction: &Transaction<'_>,
    listing: &ListingId,
    until: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE listing SET good_until = ?3 WHERE edition = ?1 AND store = ?2")?
        .execute(params![
            listing.edition.as_str(),
            listing.store.as_str(),
            until.as_millisecond()
        ])?;
    Ok(())
}

fn remember_blind(
    transaction: &Transaction<'_>,
    listing: i64,
    reading: i64,
    at: Timestamp,
) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached(
            "UPDATE listing SET first_try = coalesce(first_try, ?2), last_try = ?2, \
                 asking_until = NULL, blind_since = coalesce(blind_since, ?2), blind_attempts = blind_attempts + 1, \
                 blind_reading = ?3 \
             WHERE id = ?1 RETURNING blind_attempts",
        )?
        .query_row(params![listing, at.as_millisecond(), reading], |row| row.get(0))
}

/// The number of a listing, made when it is first needed.
pub fn listing_row(transaction: &Transaction<'_>, listing: &ListingId) -> rusqlite::Result<i64> {
    let found = listing_number(transaction, listing)?;
    if let Some(number) = found {
        return Ok(number);
    }
    transaction
        .prepare_cached("INSERT INTO listing (edition, store) VALUES (?1, ?2)")?
        .insert(params![listing.edition.as_str(), listing.store.as_str()])
}

/// The number of a reading, made when this listing says so for the first time.
fn reading_row(
    transaction: &Transaction<'_>,
    listing: i64,
    reading: &Reading,
) -> rusqlite::Result<i64> {
    let body = serde_json::to_string(reading)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let found = transaction
        .prepare_cached("SELECT id FROM reading WHERE listing_id = ?1 AND body = ?2")?
        .query_row(params![listing, body], |row| row.get(0))
        .optional()?;
    if let Some(number) = found {
        return Ok(number);
    }
    transaction
        .prepare_cached("INSERT INTO reading (listing_id, body) VALUES (?1, ?2)")?
        .insert(params![listing, body])
}
