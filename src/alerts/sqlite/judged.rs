//! What was thought of each edition when it was judged last.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use serde::de::DeserializeOwned;

use super::json;
use crate::book::Isbn13;
use crate::db::column::unreadable;
use crate::judge::Judgement;
use crate::judge::finding::FACTS_VERSION;

/// Keeps what was thought of an edition, for whoever shows it.
pub fn keep_judgement(
    transaction: &Transaction<'_>,
    isbn: &Isbn13,
    judgement: &Judgement,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO judged (isbn, at, version, findings, outlooks) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (isbn) DO UPDATE SET \
                 at = ?2, version = ?3, findings = ?4, outlooks = ?5",
        )?
        .execute(params![
            isbn.as_str(),
            now.as_millisecond(),
            FACTS_VERSION,
            json(&judgement.findings)?,
            json(&judgement.outlooks)?
        ])?;
    Ok(())
}

/// What was thought of an edition when it was judged last; `None` when it never was, or by a
/// version whose facts are read otherwise.
pub fn judgement(
    connection: &Connection,
    isbn: &Isbn13,
    now: Timestamp,
) -> rusqlite::Result<Option<Judgement>> {
    let kept = connection
        .prepare_cached("SELECT findings, outlooks FROM judged WHERE isbn = ?1 AND version = ?2")?
        .query_row(params![isbn.as_str(), FACTS_VERSION], |row| {
            judgement_of(row, 0)
        })
        .optional()?;
    Ok(kept.map(|kept| kept.aged(now)))
}

/// What was thought of every edition.
pub fn judgements(
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<BTreeMap<Isbn13, Judgement>> {
    connection
        .prepare_cached("SELECT isbn, findings, outlooks FROM judged WHERE version = ?1")?
        .query_map([FACTS_VERSION], |row| {
            let isbn = row.get::<_, String>(0)?.parse();
            let isbn = isbn.map_err(|error: crate::book::IsbnError| unreadable(0, error))?;
            Ok((isbn, judgement_of(row, 1)?.aged(now)))
        })?
        .collect()
}

fn judgement_of(row: &Row<'_>, first: usize) -> rusqlite::Result<Judgement> {
    fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
        let text = row.get_ref(column)?.as_str()?;
        serde_json::from_str(text).map_err(|error| unreadable(column, error))
    }
    Ok(Judgement {
        findings: parsed(row, first)?,
        outlooks: parsed(row, first + 1)?,
    })
}
