//! Putting letters in, taking them out, and saying how it went.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Error, OptionalExtension as _, Transaction, params};

use super::{COLUMNS, LETTER_COLUMNS, letter_of};
use crate::book::{EditionId, StoreId};
use crate::db::column::{time, unreadable};
use crate::db::packed::pack;
use crate::judge::Severity;
use crate::mail::outbox::Meaning;
use crate::mail::{Letter, Route};

/// No pause between two tries is longer. A time that lies further ahead was written by a clock that
/// has been set back since, and is not believed.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(25);

/// So far ahead a stored time may lie although no clock was set: whoever wrote it may have read the
/// clock while we waited for the database, for a minute at most.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// A letter of an unknown way that has been due for longer than this, in milliseconds, is nobody's. It is
/// a day, since a round may take hours with the configuration that it began with.
const NOBODYS_AFTER: i64 = 24 * 3_600_000;

/// A letter that waits: neither delivered nor failed nor dropped.
const WAITS: &str = "delivered_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL";

/// A letter that we alone may send for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its number.
    pub id: i64,
    /// The letter.
    pub letter: Letter,
    /// When it was queued.
    pub queued: Timestamp,
    /// Which try this is, from 1.
    pub tries: u32,
}

/// Queues a letter, inside the transaction that records what it tells of. Says whether it is new:
/// a letter whose Message-ID is known is the same letter, and stays as it is.
///
/// It is due at once, unless the letters of its way are held back: then it waits with them.
pub fn enqueue(
    transaction: &Transaction<'_>,
    letter: &Letter,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let stores: Vec<&str> = letter.stores.iter().map(StoreId::as_str).collect();
    let stores = serde_json::Value::from(stores).to_string();
    let route = letter.route.name();
    let (next_try_at, held_by) = match held_back(transaction, &route, now)? {
        Some((until, meaning)) => (until, Some(meaning)),
        None => (now.as_millisecond(), None),
    };
    let added = transaction
        .prepare_cached(
            "INSERT INTO outbox (message_id, thread, written, kind, severity, rule, edition, stores, \
             to_name, to_address, subject, route, queued_at, next_try_at, last_meaning, body_text, \
             body_html) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) \
             ON CONFLICT (message_id) DO NOTHING",
        )?
        .execute(params![
            letter.message_id,
            letter.references,
            letter.written.as_millisecond(),
            letter.kind.name(),
            letter.severity.map(Severity::name),
            letter.rule,
            letter.edition.as_ref().map(EditionId::as_str),
            stores,
            letter.to_name,
            letter.to,
            letter.subject,
            route,
            now.as_millisecond(),
            next_try_at,
            held_by,
            pack(letter.text.as_bytes()).map_err(|error| unreadable(15, error))?,
            pack(letter.html.as_bytes()).map_err(|error| unreadable(16, error))?,
        ])?;
    Ok(added == 1)
}

/// Until when the waiting letters of a way are held back by [`hold_back`] because a password was refused,
/// in Unix milliseconds, and by which meaning: a new one is not to have it tried more often. (Where the
/// server is in trouble a new letter may find out that it is well again.) A time of a clock that was set
/// back since holds nothing, as in [`claim_next`].
fn held_back(
    transaction: &Transaction<'_>,
    route: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<(i64, String)>> {
    let sql = format!(
        "SELECT next_try_at, last_meaning FROM outbox WHERE {WAITS} AND route = ?1 \
         AND next_try_at > ?2 AND next_try_at <= ?3 AND coalesce(last_try_at, queued_at) <= ?4 \
         AND last_meaning = ?5 ORDER BY next_try_at LIMIT 1"
    );
    transaction
        .prepare_cached(&sql)?
        .query_row(
            params![
                route,
                now.as_millisecond(),
                after(now, LONGEST_PAUSE),
                after(now, AHEAD),
                Meaning::LoginRefused.name(),
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
}

/// Who claims letters, of which way, and how many at most.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'a> {
    /// The name of this drain, as no other has it.
    pub who: &'a str,
    /// The way whose letters it takes.
    pub route: &'a Route,
    /// The most letters that may be tried on this way within an hour, by whatever process.
    pub most_per_hour: Option<u32>,
}

/// Claims the letter of its way that has been due longest, until `until`. `None`: none is due, or
/// the hour has had its letters.
///
/// The claim runs out by itself, so that a kill in the middle of sending frees the letter. What was
/// tried within the hour is counted from the stored times, so that no restart begins anew. A letter
/// does not wait for the times of a clock that was set back: what was queued, tried or claimed some
/// minutes after now is due.
pub fn claim_next(
    transaction: &Transaction<'_>,
    claimant: Claimant<'_>,
    now: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<Option<Claimed>> {
    let route = claimant.route.name();
    if is_hour_full(transaction, &route, claimant.most_per_hour, now)? {
        return Ok(None);
    }
    while let Some(id) = due_longest(transaction, &route, now, until)? {
        claim_row(transaction, id, claimant.who, now, until)?;
        match claimed_letter(transaction, id) {
            Err(Error::FromSqlConversionFailure(_, _, damage)) => {
                set_aside(transaction, id, &damage.to_string(), now)?;
            }
            claimed @ (Ok(_) | Err(_)) => return claimed.map(Some),
        }
    }
    Ok(None)
}

/// Whether [`claim_next`] would find a letter on that way.
pub fn is_due(
    connection: &Connection,
    route: &Route,
    most_per_hour: Option<u32>,
    now: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<bool> {
    let route = route.name();
    Ok(!is_hour_full(connection, &route, most_per_hour, now)?
        && due_longest(connection, &route, now, until)?.is_some())
}

/// The letter of a way that has been due longest, of those that nobody is sending.
fn due_longest(
    connection: &Connection,
    route: &str,
    now: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<Option<i64>> {
    let sql = format!(
        "SELECT id FROM outbox WHERE {WAITS} AND route = ?1 \
         AND (next_try_at <= ?2 OR next_try_at > ?3 OR coalesce(last_try_at, queued_at) > ?4) \
         AND (claimed_until IS NULL OR claimed_until <= ?2 OR claimed_until > ?5) \
         ORDER BY next_try_at, id LIMIT 1"
    );
    connection
        .prepare_cached(&sql)?
        .query_row(
            params![
                route,
                now.as_millisecond(),
                after(now, LONGEST_PAUSE),
                after(now, AHEAD),
                after(until, AHEAD),
            ],
            |row| row.get(0),
        )
        .optional()
}

fn claim_row(
    transaction: &Transaction<'_>,
    id: i64,
    who: &str,
    now: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE outbox SET claimed_by = ?2, claimed_until = ?3, tries = tries + 1, \
             last_try_at = ?4 WHERE id = ?1",
        )?
        .execute(params![
            id,
            who,
            until.as_millisecond(),
            now.as_millisecond()
        ])?;
    Ok(())
}

/// Keeps a damaged letter and sends it no more, so that no other waits behind it.
fn set_aside(
    transaction: &Transaction<'_>,
    id: i64,
    damage: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE outbox SET claimed_by = NULL, claimed_until = NULL, failed_at = ?2, \
             last_meaning = ?3, last_error = ?4 WHERE id = ?1",
        )?
        .execute(params![
            id,
            now.as_millisecond(),
            Meaning::Refused.name(),
            format!("it cannot be read any more: {damage}"),
        ])?;
    Ok(())
}

fn claimed_letter(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<Claimed> {
    let sql = format!("SELECT {LETTER_COLUMNS}, id, queued_at, tries FROM outbox WHERE id = ?1");
    transaction.prepare_cached(&sql)?.query_row([id], |row| {
        Ok(Claimed {
            letter: letter_of(row)?,
            id: row.get(COLUMNS)?,
            queued: time(row, COLUMNS + 1)?,
            tries: row.get(COLUMNS + 2)?,
        })
    })
}

/// In Unix milliseconds.
fn after(at: Timestamp, duration: SignedDuration) -> i64 {
    let later = at.checked_add(duration).unwrap_or(Timestamp::MAX);
    later.as_millisecond()
}

/// Whether the hour before `now` has had its letters, by when each of the way's was last tried. A time
/// after `now` is one of a clock that was set back, and does not count.
fn is_hour_full(
    connection: &Connection,
    route: &str,
    most_per_hour: Option<u32>,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let Some(most) = most_per_hour else {
        return Ok(false);
    };
    let now = now.as_millisecond();
    let tried: u32 = connection
        .prepare_cached(
            "SELECT count(*) FROM outbox \
             WHERE route = ?1 AND last_try_at > ?2 AND last_try_at <= ?3",
        )?
        .query_row(params![route, now - 3_600_000, now], |row| row.get(0))?;
    Ok(most <= tried)
}

/// Whether that process still has the claim to a letter.
pub fn is_claimed_by(
    connection: &Connection,
    id: i64,
    who: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT claimed_by = ?2 AND ?3 < claimed_until AND delivered_at IS NULL \
             AND dropped_at IS NULL FROM outbox WHERE id = ?1",
        )?
        .query_row(params![id, who, now.as_millisecond()], |row| {
            Ok(row.get::<_, Option<bool>>(0)?.unwrap_or(false))
        })
}

/// Records that a letter was delivered, with the server's answer. That holds whoever has the claim
/// by now, and even if it was dropped meanwhile: it is out.
pub fn mark_delivered(
    transaction: &Transaction<'_>,
    id: i64,
    answer: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE outbox SET delivered_at = coalesce(delivered_at, ?2), answer = ?3, \
             claimed_by = NULL, claimed_until = NULL, failed_at = NULL WHERE id = ?1",
        )?
        .execute(params![id, now.as_millisecond(), answer])?;
    Ok(())
}

/// How a try failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What it means.
    pub meaning: Meaning,
    /// What people read of it.
    pub words: String,
    /// When to try again; `None`: it is kept and not tried again.
    pub again: Option<Timestamp>,
}

/// Records that a try failed, and frees the letter. Who no longer has the claim changes nothing.
pub fn mark_failed(
    transaction: &Transaction<'_>,
    id: i64,
    who: &str,
    failure: &Failure,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let failed_at = failure.again.is_none().then(|| now.as_millisecond());
    let again = failure.again.unwrap_or(now);
    transaction
        .prepare_cached(
            "UPDATE outbox SET claimed_by = NULL, claimed_until = NULL, last_meaning = ?3, \
             last_error = ?4, next_try_at = ?5, failed_at = ?6 \
             WHERE id = ?1 AND claimed_by = ?2 AND delivered_at IS NULL",
        )?
        .execute(params![
            id,
            who,
            failure.meaning.name(),
            failure.words,
            again.as_millisecond(),
            failed_at,
        ])?;
    Ok(())
}

/// Puts off every waiting letter of a way until `until` at least: the server is in trouble, so asking it
/// for each of them would only annoy it, or lock the account.
pub fn hold_back(
    transaction: &Transaction<'_>,
    route: &Route,
    meaning: Meaning,
    until: Timestamp,
) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE outbox SET next_try_at = ?1, last_meaning = ?2 \
         WHERE {WAITS} AND route = ?3 AND next_try_at < ?1"
    );
    transaction.prepare_cached(&sql)?.execute(params![
        until.as_millisecond(),
        meaning.name(),
        route.name()
    ])?;
    Ok(())
}

/// Makes every letter of a way due that waits only because the server was in trouble: it is back. Says how
/// many.
pub fn release_all(
    transaction: &Transaction<'_>,
    route: &Route,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    let sql = format!(
        "UPDATE outbox SET next_try_at = ?1, last_meaning = NULL \
         WHERE {WAITS} AND route = ?4 AND next_try_at > ?1 AND last_meaning IN (?2, ?3)"
    );
    transaction.prepare_cached(&sql)?.execute(params![
        now.as_millisecond(),
        Meaning::ServerLater.name(),
        Meaning::LoginRefused.name(),
        route.name(),
    ])
}

/// Gives up the letters whose way is none of `known`: the configuration no longer has it. They are
/// kept and shown. Says how many.
///
/// Who asks may have an older configuration than whoever queued the letter, so that one is left alone
/// until nobody has taken it for a day. A time of a clock that was set back leaves it no longer.
pub fn give_up_unknown_ways(
    transaction: &Transaction<'_>,
    known: &[Route],
    now: Timestamp,
) -> rusqlite::Result<usize> {
    let known: Vec<String> = known.iter().map(Route::name).collect();
    let known = serde_json::Value::from(known).to_string();
    let sql = format!(
        "UPDATE outbox SET failed_at = ?1, last_meaning = ?2, \
         last_error = 'the configuration no longer has `' || route || '`' \
         WHERE {WAITS} AND route NOT IN (SELECT value FROM json_each(?3)) \
         AND next_try_at NOT BETWEEN ?4 AND ?5"
    );
    transaction.prepare_cached(&sql)?.execute(params![
        now.as_millisecond(),
        Meaning::Refused.name(),
        known,
        now.as_millisecond() - NOBODYS_AFTER,
        after(now, LONGEST_PAUSE),
    ])
}

/// Makes one letter, or every undelivered one, due now, whatever happened to it before: its tries begin
/// anew, and so do the pauses between them. Says how many.
pub fn retry(
    transaction: &Transaction<'_>,
    id: Option<i64>,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    // A dropped letter comes back only when it is named.
    transaction
        .prepare_cached(
            "UPDATE outbox SET next_try_at = ?2, tries = 0, failed_at = NULL, dropped_at = NULL \
             WHERE delivered_at IS NULL AND (id = ?1 OR (?1 IS NULL AND dropped_at IS NULL))",
        )?
        .execute(params![id, now.as_millisecond()])
}

/// Drops a letter that is not yet delivered: it is kept, but never tried again. Says whether there
/// was one.
pub fn drop_letter(
    transaction: &Transaction<'_>,
    id: i64,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let dropped = transaction
        .prepare_cached(
            "UPDATE outbox SET dropped_at = ?2 \
             WHERE id = ?1 AND delivered_at IS NULL AND dropped_at IS NULL",
        )?
        .execute(params![id, now.as_millisecond()])?;
    Ok(dropped == 1)
}

#[cfg(test)]
mod tests;
