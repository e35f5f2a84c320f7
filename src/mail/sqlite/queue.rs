//! Putting letters in, taking them out, and saying how it went.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{LETTER_COLUMNS, letter_of, time};
use crate::book::{Isbn13, StoreId};
use crate::judge::Severity;
use crate::mail::Letter;
use crate::mail::outbox::Meaning;

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
/// # Errors
///
/// SQLite's.
pub fn enqueue(
    transaction: &Transaction<'_>,
    letter: &Letter,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let stores: Vec<&str> = letter.stores.iter().map(StoreId::as_str).collect();
    let stores = serde_json::Value::from(stores).to_string();
    let added = transaction
        .prepare_cached(
            "INSERT INTO outbox (message_id, thread, written, kind, severity, rule, isbn, stores, \
             to_name, to_address, subject, body_text, body_html, queued_at, next_try_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14) \
             ON CONFLICT (message_id) DO NOTHING",
        )?
        .execute(params![
            letter.message_id,
            letter.references,
            letter.written.as_millisecond(),
            letter.kind.name(),
            letter.severity.map(Severity::name),
            letter.rule,
            letter.isbn.as_ref().map(Isbn13::as_str),
            stores,
            letter.to_name,
            letter.to,
            letter.subject,
            letter.text,
            letter.html,
            now.as_millisecond(),
        ])?;
    Ok(added == 1)
}

/// Claims the letter that has been due longest, until `until`, for `who`. `None`: none is due.
///
/// The claim runs out by itself, so that a kill in the middle of sending frees the letter.
///
/// # Errors
///
/// SQLite's.
pub fn claim_next(
    transaction: &Transaction<'_>,
    who: &str,
    now: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<Option<Claimed>> {
    let sql = format!(
        "UPDATE outbox SET claimed_by = ?1, claimed_until = ?2, tries = tries + 1, \
         last_try_at = ?3 \
         WHERE id = (SELECT id FROM outbox WHERE {WAITS} AND next_try_at <= ?3 \
                     AND (claimed_until IS NULL OR claimed_until <= ?3) \
                     ORDER BY next_try_at, id LIMIT 1) \
         RETURNING {LETTER_COLUMNS}, id, queued_at, tries"
    );
    transaction
        .prepare_cached(&sql)?
        .query_row(
            params![who, until.as_millisecond(), now.as_millisecond()],
            |row| {
                Ok(Claimed {
                    letter: letter_of(row)?,
                    id: row.get(13)?,
                    queued: time(14, row.get(14)?)?,
                    tries: row.get(15)?,
                })
            },
        )
        .optional()
}

/// Records that a letter was delivered, with the server's answer. That holds whoever has the claim
/// by now, and even if it was dropped meanwhile: it is out.
///
/// # Errors
///
/// SQLite's.
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
///
/// # Errors
///
/// SQLite's.
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

/// Puts off every waiting letter until `until` at least: the server is in trouble, so asking it
/// for each of them would only annoy it, or lock the account.
///
/// # Errors
///
/// SQLite's.
pub fn hold_back(
    transaction: &Transaction<'_>,
    meaning: Meaning,
    until: Timestamp,
) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE outbox SET next_try_at = ?1, last_meaning = ?2 WHERE {WAITS} AND next_try_at < ?1"
    );
    transaction
        .prepare_cached(&sql)?
        .execute(params![until.as_millisecond(), meaning.name()])?;
    Ok(())
}

/// Makes every letter due that waits only because the server was in trouble: it is back. Says how
/// many.
///
/// # Errors
///
/// SQLite's.
pub fn release_all(transaction: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<usize> {
    let sql = format!(
        "UPDATE outbox SET next_try_at = ?1, last_meaning = NULL \
         WHERE {WAITS} AND next_try_at > ?1 AND last_meaning IN (?2, ?3)"
    );
    transaction.prepare_cached(&sql)?.execute(params![
        now.as_millisecond(),
        Meaning::ServerLater.name(),
        Meaning::LoginRefused.name(),
    ])
}

/// Makes one letter, or every undelivered one, due now, whatever happened to it before. Says how
/// many.
///
/// # Errors
///
/// SQLite's.
pub fn retry(
    transaction: &Transaction<'_>,
    id: Option<i64>,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    // A dropped letter comes back only when it is named.
    transaction
        .prepare_cached(
            "UPDATE outbox SET next_try_at = ?2, failed_at = NULL, dropped_at = NULL \
             WHERE delivered_at IS NULL AND (id = ?1 OR (?1 IS NULL AND dropped_at IS NULL))",
        )?
        .execute(params![id, now.as_millisecond()])
}

/// Drops a letter that is not yet delivered: it is kept, but never tried again. Says whether there
/// was one.
///
/// # Errors
///
/// SQLite's.
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
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::db::Db;
    use crate::mail::LetterKind;
    use crate::mail::sqlite::{EntryState, Show, entries, entry};

    fn at(minutes: i64) -> Timestamp {
        "2027-01-28T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
    }

    fn letter(id: &str) -> Letter {
        Letter {
            message_id: format!("{id}@example.com"),
            references: Some("first@example.com".to_owned()),
            written: at(0),
            kind: LetterKind::Alert,
            severity: Some(Severity::Act),
            rule: Some("stuck".to_owned()),
            isbn: Some("9780132350884".parse().unwrap()),
            stores: vec![StoreId::new("amazon.com"), StoreId::new("bookshop.org")],
            to_name: "Zoë".to_owned(),
            to: "zoe@example.com".to_owned(),
            subject: "Act".to_owned(),
            text: "text".to_owned(),
            html: "html".to_owned(),
        }
    }

    fn outbox(ids: &[&str]) -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
        for id in ids {
            assert!(write(&db, |tx| enqueue(tx, &letter(id), at(0))));
        }
        (folder, db)
    }

    fn write<T>(db: &Db, change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> T {
        db.write(change).unwrap()
    }

    fn claim(db: &Db, who: &str, minutes: i64) -> Option<i64> {
        write(db, |tx| claim_next(tx, who, at(minutes), at(minutes + 15))).map(|claimed| claimed.id)
    }

    fn state(db: &Db, id: i64) -> EntryState {
        db.read(|connection| entry(connection, id))
            .unwrap()
            .unwrap()
            .state
    }

    #[test]
    fn a_letter_comes_out_as_it_went_in() {
        let (_folder, db) = outbox(&["a"]);
        let entry = db.read(|connection| entry(connection, 1)).unwrap().unwrap();
        assert_eq!(entry.letter, letter("a"));
        assert_eq!(entry.state, EntryState::Waiting);
        assert_eq!(db.read(|c| entries(c, Show::All)).unwrap(), [entry]);
    }

    #[test]
    fn the_same_message_id_is_queued_once() {
        let (_folder, db) = outbox(&["a"]);
        assert!(!write(&db, |tx| enqueue(tx, &letter("a"), at(9))));
        assert_eq!(db.read(|c| entries(c, Show::All)).unwrap().len(), 1);
    }

    #[test]
    fn a_claimed_letter_is_nobody_elses_until_the_claim_runs_out() {
        let (_folder, db) = outbox(&["a"]);
        assert_eq!(claim(&db, "one", 0), Some(1));
        assert_eq!(claim(&db, "two", 1), None);
        assert_eq!(claim(&db, "two", 15), Some(1));
    }

    #[test]
    fn who_lost_the_claim_cannot_put_the_letter_off() {
        let (_folder, db) = outbox(&["a"]);
        claim(&db, "one", 0);
        claim(&db, "two", 15);
        let failure = Failure {
            meaning: Meaning::Refused,
            words: "no".to_owned(),
            again: None,
        };
        write(&db, |tx| mark_failed(tx, 1, "one", &failure, at(16)));
        assert_eq!(state(&db, 1), EntryState::Waiting);
        write(&db, |tx| mark_delivered(tx, 1, "250 ok", at(17)));
        write(&db, |tx| mark_failed(tx, 1, "two", &failure, at(18)));
        assert_eq!(state(&db, 1), EntryState::Delivered(at(17)));
    }

    #[test]
    fn trouble_with_the_server_holds_all_back_and_its_end_releases_them() {
        let (_folder, db) = outbox(&["a", "b", "c"]);
        write(&db, |tx| hold_back(tx, Meaning::ServerLater, at(60)));
        assert_eq!(claim(&db, "one", 59), None);
        assert_eq!(claim(&db, "one", 60), Some(1));
        write(&db, |tx| mark_delivered(tx, 1, "250 ok", at(60)));
        write(&db, |tx| hold_back(tx, Meaning::ServerLater, at(600)));
        assert_eq!(write(&db, |tx| release_all(tx, at(61))), 2);
        assert_eq!(claim(&db, "one", 61), Some(2));
    }

    #[test]
    fn a_refused_or_dropped_letter_comes_back_when_someone_says_so() {
        let (_folder, db) = outbox(&["a", "b"]);
        claim(&db, "one", 0);
        let failure = Failure {
            meaning: Meaning::Refused,
            words: "no such user".to_owned(),
            again: None,
        };
        write(&db, |tx| mark_failed(tx, 1, "one", &failure, at(1)));
        assert_eq!(state(&db, 1), EntryState::Failed(at(1)));
        assert!(write(&db, |tx| drop_letter(tx, 2, at(2))));
        assert!(!write(&db, |tx| drop_letter(tx, 2, at(2))));
        assert_eq!(claim(&db, "one", 9), None);
        assert_eq!(write(&db, |tx| retry(tx, None, at(10))), 1);
        assert_eq!(claim(&db, "one", 10), Some(1));
        assert_eq!(write(&db, |tx| retry(tx, Some(2), at(11))), 1);
        assert_eq!(claim(&db, "one", 11), Some(2));
    }

    #[test]
    fn a_queued_letter_cannot_be_rewritten_or_deleted() {
        let (_folder, db) = outbox(&["a"]);
        for sql in ["UPDATE outbox SET subject = 'x'", "DELETE FROM outbox"] {
            let result: rusqlite::Result<usize> = db.write(|tx| tx.execute(sql, []));
            assert!(result.is_err(), "{sql}");
        }
    }
}
