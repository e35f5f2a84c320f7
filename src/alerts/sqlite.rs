//! Alerts in the database: what is open, what was told, and when.
//!
//! What [`decide`](super::lifecycle::decide) decided is written in the caller's transaction, the
//! one that queues its letter, so that neither is ever there without the other.

mod judged;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;

use super::lifecycle::{Decisions, Memory, SETTLING};
use super::{Alert, AlertKey};
use crate::book::{EditionId, StoreId};
use crate::db::column::{json, parsed, parsed_if, time, time_if, unreadable};
use crate::judge::{Cause, Severity};

pub use judged::{judgement, judgements, keep_judgement};

/// The columns that [`alert_of`] reads.
const COLUMNS: &str = "cause, edition, stores, finding, opened, since, severity, told, last_told, thread, is_flap, over, \
     act_since";

/// What is remembered of an edition's alerts at `now`.
pub fn memory(
    connection: &Connection,
    edition: &EditionId,
    now: Timestamp,
) -> rusqlite::Result<Memory> {
    let settling_from = now.checked_sub(SETTLING).unwrap_or(Timestamp::MIN);
    let lately_over = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM alert WHERE edition = ?1 AND over > ?2 ORDER BY over DESC, id DESC"
        ))?
        .query_map(
            params![edition.as_str(), settling_from.as_millisecond()],
            |row| Ok((alert_of(row)?, time(row, 11)?)),
        )?
        .collect::<rusqlite::Result<_>>()?;
    let news = connection
        .prepare_cached("SELECT rule, edition, stores, told FROM news WHERE edition = ?1")?
        .query_map([edition.as_str()], |row| Ok((key_of(row)?, time(row, 3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let last_letter = connection
        .prepare_cached("SELECT max(written) FROM letter_day WHERE edition = ?1")?
        .query_row([edition.as_str()], |row| time_if(row, 0))?;
    Ok(Memory {
        open: open_alerts(connection, edition)?,
        lately_over,
        news,
        last_letter,
    })
}

/// The alerts of an edition that are open, the oldest first.
pub fn open_alerts(connection: &Connection, edition: &EditionId) -> rusqlite::Result<Vec<Alert>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM alert WHERE edition = ?1 AND over IS NULL ORDER BY opened, id"
        ))?
        .query_map([edition.as_str()], alert_of)?
        .collect()
}

/// The alerts of an edition that had been opened when a second was over, each with whether it is
/// over, the newest first.
pub fn opened_by(
    connection: &Connection,
    edition: &EditionId,
    second: i64,
) -> rusqlite::Result<Vec<(Alert, bool)>> {
    let end = second.saturating_add(1).saturating_mul(1000);
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM alert WHERE edition = ?1 AND opened < ?2 ORDER BY id DESC"
        ))?
        .query_map(params![edition.as_str(), end], |row| {
            Ok((alert_of(row)?, time_if(row, 11)?.is_some()))
        })?
        .collect()
}

/// The alerts of an edition that have been over since `from`, with when, the newest first. Flaps
/// are among them; the digest tells of them in a line.
pub fn over_since(
    connection: &Connection,
    edition: &EditionId,
    from: Timestamp,
) -> rusqlite::Result<Vec<(Alert, Timestamp)>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM alert WHERE edition = ?1 AND over >= ?2 ORDER BY over DESC, id DESC"
        ))?
        .query_map(params![edition.as_str(), from.as_millisecond()], |row| {
            Ok((alert_of(row)?, time(row, 11)?))
        })?
        .collect()
}

/// The alerts of all editions that are over, with when, the newest `most`; without flaps.
pub fn newest_over(
    connection: &Connection,
    most: u32,
) -> rusqlite::Result<Vec<(Alert, Timestamp)>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM alert WHERE over IS NOT NULL AND NOT is_flap \
             ORDER BY over DESC, id DESC LIMIT ?1"
        ))?
        .query_map([most], |row| Ok((alert_of(row)?, time(row, 11)?)))?
        .collect()
}

/// Writes down what was decided. `message_id` is that of the letter that tells of it; without a
/// letter it is `None`.
///
/// # Errors
///
/// SQLite's; the transaction is the caller's to roll back.
pub fn apply(
    transaction: &Transaction<'_>,
    edition: &EditionId,
    decisions: &Decisions,
    message_id: Option<&str>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    for alert in &decisions.open {
        // The first letter that tells of an alert begins its thread.
        let begun = message_id.filter(|_| alert.last_told == Some(now));
        let thread = alert.thread.as_deref().or(begun);
        write_open(transaction, alert, thread)?;
    }
    for alert in &decisions.over {
        transaction
            .prepare_cached(
                "UPDATE alert SET over = ?4, told = coalesce(told, ?5) \
                 WHERE edition = ?1 AND cause = ?2 AND stores = ?3 AND over IS NULL",
            )?
            .execute(params![
                edition.as_str(),
                alert.key.cause.name(),
                stores_text(&alert.key.stores)?,
                now.as_millisecond(),
                alert.told.map(Severity::name),
            ])?;
    }
    for (key, told) in &decisions.news {
        transaction
            .prepare_cached(
                "INSERT INTO news (edition, rule, stores, told) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (edition, rule, stores) DO UPDATE SET told = ?4",
            )?
            .execute(params![
                edition.as_str(),
                key.cause.name(),
                stores_text(&key.stores)?,
                told.as_millisecond()
            ])?;
    }
    if let Some(message_id) = message_id {
        transaction
            .prepare_cached(
                "INSERT INTO letter_day (edition, written, message_id) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![edition.as_str(), now.as_millisecond(), message_id])?;
    }
    Ok(())
}

fn write_open(
    transaction: &Transaction<'_>,
    alert: &Alert,
    thread: Option<&str>,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO alert (cause, edition, stores, finding, opened, since, severity, told, \
                                last_told, thread, is_flap, act_since) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
             ON CONFLICT (edition, cause, stores) WHERE over IS NULL DO UPDATE SET \
                 finding = ?4, since = ?6, severity = ?7, told = ?8, last_told = ?9, thread = ?10, \
                 act_since = ?12",
        )?
        .execute(params![
            alert.key.cause.name(),
            alert.key.edition.as_str(),
            stores_text(&alert.key.stores)?,
            as_json(&alert.finding)?,
            alert.opened.as_millisecond(),
            alert.since.as_millisecond(),
            alert.severity.name(),
            alert.told.map(Severity::name),
            alert.last_told.map(Timestamp::as_millisecond),
            thread,
            alert.is_flap,
            alert.act_since.map(Timestamp::as_millisecond)
        ])?;
    Ok(())
}

/// How many alerts are open, of each severity.
pub fn open_by_severity(connection: &Connection) -> rusqlite::Result<Vec<(String, u32)>> {
    connection
        .prepare_cached(
            "SELECT severity, count(*) FROM alert WHERE over IS NULL GROUP BY severity ORDER BY 1",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Whether a notice of that kind is open.
pub fn notice_is_open(connection: &Connection, rule: &str) -> rusqlite::Result<bool> {
    let found: Option<i64> = connection
        .prepare_cached("SELECT id FROM notice WHERE rule = ?1 AND over IS NULL")?
        .query_row([rule], |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}

/// Opens a notice; its letter is queued in the same transaction.
pub fn open_notice(
    transaction: &Transaction<'_>,
    rule: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO notice (rule, opened) VALUES (?1, ?2)")?
        .execute(params![rule, now.as_millisecond()])?;
    Ok(())
}

/// Ends an open notice.
pub fn end_notice(
    transaction: &Transaction<'_>,
    rule: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE notice SET over = ?2 WHERE rule = ?1 AND over IS NULL")?
        .execute(params![rule, now.as_millisecond()])?;
    Ok(())
}

fn stores_text(stores: &[StoreId]) -> rusqlite::Result<String> {
    as_json(&stores)
}

fn as_json(facts: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(facts)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn key_of(row: &Row<'_>) -> rusqlite::Result<AlertKey> {
    Ok(AlertKey {
        cause: {
            let name: String = row.get(0)?;
            Cause::from_name(&name).ok_or_else(|| unreadable(0, format!("`{name}` is no cause")))?
        },
        edition: parsed(row, 1)?,
        stores: json(row, 2)?,
    })
}

fn alert_of(row: &Row<'_>) -> rusqlite::Result<Alert> {
    Ok(Alert {
        key: key_of(row)?,
        finding: json(row, 3)?,
        opened: time(row, 4)?,
        since: time(row, 5)?,
        severity: parsed(row, 6)?,
        act_since: time_if(row, 12)?,
        told: parsed_if(row, 7)?,
        last_told: time_if(row, 8)?,
        thread: row.get(9)?,
        is_flap: row.get(10)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;
    use crate::judge::{Finding, FindingKind};

    fn database() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
        (folder, db)
    }

    fn edition() -> EditionId {
        "9780132350884".parse().unwrap()
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
    }

    fn alert(told: Option<i64>) -> Alert {
        Alert {
            key: AlertKey {
                cause: Cause::Unavailable,
                edition: edition(),
                stores: vec![StoreId::new("amazon.com"), StoreId::new("bookshop.org")],
            },
            finding: Finding::new(FindingKind::Stuck, Vec::new(), at(-24)),
            opened: at(0),
            since: at(-24),
            severity: Severity::Act,
            act_since: Some(at(0)),
            told: told.map(|_| Severity::Act),
            last_told: told.map(at),
            thread: None,
            is_flap: false,
        }
    }

    fn apply_at(db: &Db, decisions: &Decisions, message_id: Option<&str>, hours: i64) {
        let result: rusqlite::Result<()> =
            db.write(|tx| apply(tx, &edition(), decisions, message_id, at(hours)));
        result.unwrap();
    }

    fn memory_at(db: &Db, hours: i64) -> Memory {
        db.read(|connection| memory(connection, &edition(), at(hours)))
            .unwrap()
    }

    #[test]
    fn what_was_decided_is_remembered_and_its_first_letter_begins_the_thread() {
        let (_folder, db) = database();
        let opened = Decisions {
            open: vec![alert(Some(0))],
            ..Decisions::default()
        };
        apply_at(&db, &opened, Some("first@pubwatch"), 0);
        let known = memory_at(&db, 1);
        let told = Alert {
            thread: Some("first@pubwatch".into()),
            ..alert(Some(0))
        };
        assert_eq!(known.open, std::slice::from_ref(&told));
        assert_eq!(known.last_letter, Some(at(0)));
        // A later letter does not begin the thread anew.
        let again = Alert {
            last_told: Some(at(9)),
            ..told.clone()
        };
        apply_at(
            &db,
            &Decisions {
                open: vec![again.clone()],
                ..Decisions::default()
            },
            Some("second@pubwatch"),
            9,
        );
        assert_eq!(memory_at(&db, 10).open, [again]);
    }

    #[test]
    fn what_is_over_is_kept_and_may_open_again() {
        let (_folder, db) = database();
        let open = Decisions {
            open: vec![alert(None)],
            ..Decisions::default()
        };
        apply_at(&db, &open, None, 0);
        apply_at(
            &db,
            &Decisions {
                over: vec![alert(None)],
                ..Decisions::default()
            },
            None,
            5,
        );
        let known = memory_at(&db, 6);
        assert_eq!(known.open, []);
        assert_eq!(known.lately_over, [(alert(None), at(5))]);
        assert_eq!(memory_at(&db, 5 + 73).lately_over, []);
        apply_at(&db, &open, None, 90);
        assert_eq!(memory_at(&db, 91).open, [alert(None)]);
        let over = db.read(|connection| over_since(connection, &edition(), at(0)));
        assert_eq!(over.unwrap().len(), 1);
    }

    #[test]
    fn news_that_was_told_is_told_with_when_it_was_last() {
        let (_folder, db) = database();
        let key = AlertKey {
            cause: Cause::Released,
            ..alert(None).key
        };
        for hours in [0, 1] {
            let decisions = Decisions {
                news: vec![(key.clone(), at(hours))],
                ..Decisions::default()
            };
            apply_at(&db, &decisions, None, hours);
        }
        assert_eq!(
            memory_at(&db, 2).news.into_iter().collect::<Vec<_>>(),
            [(key, at(1))]
        );
    }

    #[test]
    fn a_notice_is_open_until_it_ends() {
        let (_folder, db) = database();
        let is_open = || {
            db.read(|connection| notice_is_open(connection, "line-down"))
                .unwrap()
        };
        assert!(!is_open());
        let opened: rusqlite::Result<()> = db.write(|tx| open_notice(tx, "line-down", at(0)));
        opened.unwrap();
        assert!(is_open());
        let ended: rusqlite::Result<()> = db.write(|tx| end_notice(tx, "line-down", at(1)));
        ended.unwrap();
        assert!(!is_open());
    }
}
