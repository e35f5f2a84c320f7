//! What was thought of each edition when it was judged last.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::as_json;
use crate::book::EditionId;
use crate::db::column::{json, parsed, time};
use crate::judge::Judgement;
use crate::judge::finding::FACTS_VERSION;

/// Keeps what was thought of an edition, for whoever shows it.
pub fn keep_judgement(
    transaction: &Transaction<'_>,
    edition: &EditionId,
    judgement: &Judgement,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO judged (edition, at, version, findings, outlooks) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (edition) DO UPDATE SET \
                 at = ?2, version = ?3, findings = ?4, outlooks = ?5",
        )?
        .execute(params![
            edition.as_str(),
            now.as_millisecond(),
            FACTS_VERSION,
            as_json(&judgement.findings)?,
            as_json(&judgement.outlooks)?
        ])?;
    Ok(())
}

/// What was thought of an edition when it was judged last, and when that was; `None` when it never was,
/// or by a version whose facts are read otherwise.
pub fn judgement(
    connection: &Connection,
    edition: &EditionId,
    now: Timestamp,
) -> rusqlite::Result<Option<(Judgement, Timestamp)>> {
    connection
        .prepare_cached(
            "SELECT at, findings, outlooks FROM judged WHERE edition = ?1 AND version = ?2",
        )?
        .query_row(params![edition.as_str(), FACTS_VERSION], |row| {
            judgement_of(row, 0, now)
        })
        .optional()
}

/// What was thought of every edition, and when that was.
pub fn judgements(
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<BTreeMap<EditionId, (Judgement, Timestamp)>> {
    connection
        .prepare_cached("SELECT edition, at, findings, outlooks FROM judged WHERE version = ?1")?
        .query_map([FACTS_VERSION], |row| {
            Ok((parsed(row, 0)?, judgement_of(row, 1, now)?))
        })?
        .collect()
}

/// What was thought, as it is to be taken now, and when that was; of the three columns from `first` on.
fn judgement_of(
    row: &Row<'_>,
    first: usize,
    now: Timestamp,
) -> rusqlite::Result<(Judgement, Timestamp)> {
    let kept = Judgement {
        findings: json(row, first + 1)?,
        outlooks: json(row, first + 2)?,
    };
    Ok((kept.aged(now), time(row, first)?))
}
