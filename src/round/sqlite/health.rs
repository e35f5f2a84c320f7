//! What is known of the watch itself.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _};

use crate::alerts::sqlite::notice_is_open;
use crate::config::plan::Plan;
use crate::mail::sqlite::{counts, waiting_since};
use crate::round::LINE_DOWN;
use crate::round::health::{Asked, Vitals, asked, nobody_looked};
use crate::round::sqlite::running::running;

/// So long a letter still says it: a digest comes in between.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(8 * 24);

/// What is known of the watch over the pages of a configuration.
pub fn vitals(connection: &Connection, plan: &Plan, now: Timestamp) -> rusqlite::Result<Vitals> {
    let known = known(connection)?;
    let pages = asked(plan, |edition| {
        let pages = known.get(edition.as_str());
        move |store| pages?.get(store.as_str()).copied()
    });
    vitals_of(connection, pages, now)
}

/// What is known of the watch over these pages.
pub fn vitals_of(
    connection: &Connection,
    pages: Vec<Asked>,
    now: Timestamp,
) -> rusqlite::Result<Vitals> {
    let time = |milliseconds: Option<i64>| {
        milliseconds.and_then(|at| Timestamp::from_millisecond(at).ok())
    };
    let (began, read, unread) = connection
        .prepare_cached(
            "SELECT (SELECT began FROM round ORDER BY id DESC LIMIT 1), \
             (SELECT ended FROM round WHERE ended IS NOT NULL AND read > 0 \
              ORDER BY id DESC LIMIT 1), \
             (SELECT max(ended) FROM round WHERE 0 < unread)",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let counts = counts(connection)?;
    Ok(Vitals {
        pages,
        slept: slept(connection)?,
        last_check: time(began),
        last_read: time(read),
        last_unread: time(unread),
        is_line_down: notice_is_open(connection, LINE_DOWN)?,
        is_login_refused: counts.login_refused,
        letters_failed: counts.failed,
        letters_waiting: counts.waiting,
        waiting_since: waiting_since(connection)?,
        mail_error: counts.last_error,
        old_configuration: running(connection, now)?.and_then(|running| {
            let why = running.wrong?;
            Some(format!(
                "the service runs an older configuration than the file, which is wrong: {why}"
            ))
        }),
    })
}

/// The newest time in which nobody looked for longer than was to be, if it is over.
fn slept(connection: &Connection) -> rusqlite::Result<Option<(Timestamp, Timestamp)>> {
    let slept: Option<(i64, i64)> = connection
        .prepare_cached(
            "SELECT slept_since, began FROM round WHERE slept_since IS NOT NULL \
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let time = |at| Timestamp::from_millisecond(at).ok();
    Ok(slept.and_then(|(from, to)| Some((time(from)?, time(to)?))))
}

/// What the first letter since then begins with: that nobody had looked for longer than was to be.
pub fn remark(
    connection: &Connection,
    zone: &TimeZone,
    now: Timestamp,
) -> rusqlite::Result<Option<String>> {
    let Some(slept) = slept(connection)?.filter(|(_, to)| now.duration_since(*to) < REMEMBERED)
    else {
        return Ok(None);
    };
    let is_told: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE route = 'mail' AND ?1 <= written)",
        )?
        .query_row([slept.1.as_millisecond()], |row| row.get(0))?;
    Ok((!is_told).then(|| nobody_looked(slept, zone, now)))
}

/// Every page that was ever asked for, by its edition and its store.
fn known(connection: &Connection) -> rusqlite::Result<BTreeMap<String, BTreeMap<String, Asked>>> {
    let time = |milliseconds: Option<i64>| {
        milliseconds.and_then(|at| Timestamp::from_millisecond(at).ok())
    };
    let mut known: BTreeMap<String, BTreeMap<String, Asked>> = BTreeMap::new();
    let mut listings = connection
        .prepare_cached("SELECT edition, store, first_try, good_until, last_good FROM listing")?;
    let mut rows = listings.query([])?;
    while let Some(row) = rows.next()? {
        let page = Asked::new(time(row.get(2)?), time(row.get(3)?), time(row.get(4)?));
        let pages = known.entry(row.get(0)?).or_default();
        pages.insert(row.get(1)?, page);
    }
    Ok(known)
}
