//! Saving what can still be read of a damaged database into a new one.
//!
//! A damaged page makes the rows on it unreadable, and a scan stops there. So every table is read
//! from its beginning and from its end, and the large ones listing by listing as well: what is
//! lost is what lay on the damaged pages.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::backup::BackupError;
use super::migrate;
use super::sqlite::{Db, DbError};

/// The tables in an order in which each comes after those that it names, with the columns by which
/// its rows are found.
const TABLES: &[(&str, &str)] = &[
    ("listing", "id"),
    ("reading", "id"),
    ("observation", "listing_id, at"),
    ("spell", "listing_id, since"),
    ("note", "id"),
    ("share", "id"),
    ("round", "id"),
    ("outbox", "id"),
    ("alert", "id"),
    ("news", "isbn, rule, stores"),
    ("letter_day", "rowid"),
    ("notice", "id"),
    ("host", "name"),
    ("evidence_body", "id"),
    ("evidence", "listing_id, at"),
];

/// Rows that name what was lost cannot stay.
const ORPHANS: &[&str] = &[
    "DELETE FROM reading WHERE listing_id NOT IN (SELECT id FROM listing)",
    "UPDATE listing SET blind_reading = NULL WHERE blind_reading NOT IN (SELECT id FROM reading)",
    "DELETE FROM observation WHERE reading_id NOT IN (SELECT id FROM reading)",
    "DELETE FROM spell WHERE reading_id NOT IN (SELECT id FROM reading)",
    "UPDATE evidence SET picture_id = NULL WHERE picture_id NOT IN (SELECT id FROM evidence_body)",
    "DELETE FROM evidence WHERE parts_id NOT IN (SELECT id FROM evidence_body) \
     OR listing_id NOT IN (SELECT id FROM listing)",
];

/// What was saved of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The table.
    pub table: &'static str,
    /// So many rows are in the new database.
    pub rows: i64,
    /// Every row could be read.
    pub is_whole: bool,
}

/// Writes what can be read of the damaged database into a new one at `target`, which is sound.
///
/// # Errors
///
/// When nothing can be read at all, or the new database cannot be written.
pub fn salvage(damaged: &Path, target: &Path) -> Result<Vec<Saved>, BackupError> {
    let nothing = |error: &rusqlite::Error| BackupError::Damaged {
        path: damaged.to_owned(),
        words: error.to_string(),
    };
    let source = Connection::open_with_flags(damaged, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    migrate::ours(&source).map_err(|error| match &error {
        DbError::Sqlite(inner) | DbError::Damaged(inner) => nothing(inner),
        DbError::FromTheFuture { .. }
        | DbError::Foreign
        | DbError::NotWritable(_)
        | DbError::Full(_)
        | DbError::Held(_)
        | DbError::ReadOnly(_) => error.into(),
    })?;
    // A new file with our schema, readable by its owner only.
    drop(Db::open(target)?);
    let mut copy = Connection::open(target)?;
    copy.pragma_update(None, "foreign_keys", false)?;
    let transaction = copy.transaction()?;
    let triggers = triggers(&transaction)?;
    for (name, _) in &triggers {
        transaction.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    let mut saved = Vec::new();
    for (table, key) in TABLES {
        let is_whole = copy_table(&source, &transaction, table, key)?;
        saved.push((*table, is_whole));
    }
    for statement in ORPHANS {
        transaction.execute(statement, [])?;
    }
    for (_, sql) in &triggers {
        transaction.execute_batch(sql)?;
    }
    let saved = saved
        .into_iter()
        .map(|(table, is_whole)| {
            let count = format!("SELECT count(*) FROM {table}");
            Ok(Saved {
                table,
                rows: transaction.query_row(&count, [], |row| row.get(0))?,
                is_whole,
            })
        })
        .collect::<rusqlite::Result<_>>()?;
    transaction.commit()?;
    // One file, without a log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(saved)
}

fn triggers(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Copies what can be read of a table. False when some of it could not.
fn copy_table(
    source: &Connection,
    target: &Connection,
    table: &str,
    key: &str,
) -> rusqlite::Result<bool> {
    let Some(columns) = common_columns(source, target, table)? else {
        return Ok(false);
    };
    let select = format!("SELECT {} FROM {table}", columns.join(", "));
    let places = vec!["?"; columns.len()].join(", ");
    let insert = format!(
        "INSERT OR IGNORE INTO {table} ({}) VALUES ({places})",
        columns.join(", ")
    );
    if copy_rows(
        source,
        target,
        (&format!("{select} ORDER BY {key}"), &insert),
    ) {
        return Ok(true);
    }
    let backwards = key.replace(", ", " DESC, ");
    copy_rows(
        source,
        target,
        (&format!("{select} ORDER BY {backwards} DESC"), &insert),
    );
    if let Some((by_listing, rest)) = key.split_once(", ")
        && by_listing == "listing_id"
    {
        let mut listings = target.prepare("SELECT id FROM listing")?;
        let listings: Vec<i64> = listings
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for listing in listings {
            for order in ["ASC", "DESC"] {
                let some = format!("{select} WHERE listing_id = {listing} ORDER BY {rest} {order}");
                copy_rows(source, target, (&some, &insert));
            }
        }
    }
    Ok(false)
}

/// Copies rows until one cannot be read. True when all could. A row that the new database does not
/// take, because what is in it makes no sense, is left behind.
fn copy_rows(source: &Connection, target: &Connection, (select, insert): (&str, &str)) -> bool {
    let (Ok(mut select), Ok(mut insert)) = (source.prepare(select), target.prepare(insert)) else {
        return false;
    };
    let columns = select.column_count();
    let Ok(mut rows) = select.query([]) else {
        return false;
    };
    let mut all = true;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let values: rusqlite::Result<Vec<Value>> =
                    (0..columns).map(|column| row.get(column)).collect();
                let taken = values.and_then(|values| insert.execute(params_from_iter(values)));
                all &= taken.is_ok();
            }
            Ok(None) => return all,
            Err(_) => return false,
        }
    }
}

/// The columns that a table has in both databases: the damaged one may be older.
fn common_columns(
    source: &Connection,
    target: &Connection,
    table: &str,
) -> rusqlite::Result<Option<Vec<String>>> {
    let columns = |connection: &Connection| -> rusqlite::Result<Vec<String>> {
        connection
            .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    let Ok(known) = columns(source) else {
        return Ok(None);
    };
    let mut both = columns(target)?;
    both.retain(|column| known.contains(column));
    Ok((!both.is_empty()).then_some(both))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom, Write as _};

    use super::*;

    /// Tables that only spare us questions: what they held is asked again.
    const LEFT_BEHIND: &[&str] = &["robots", "validator"];

    const LOOKS: i64 = 40_000;

    /// A database with two listings and very many looks at them.
    fn database(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("pubwatch.db");
        let db = Db::open(&path).unwrap();
        let filled: rusqlite::Result<()> = db.write(|tx| {
            tx.execute_batch(&format!(
                "INSERT INTO listing (id, isbn, store) VALUES (1, '9780132350884', 'a'), \
                     (2, '9780132350884', 'b'); \
                 INSERT INTO reading VALUES (1, 1, '{{}}'), (2, 2, '{{}}'); \
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {LOOKS}) \
                 INSERT INTO observation SELECT 1 + i % 2, i * 1000, 1 + i % 2, 0 FROM n; \
                 INSERT INTO note (isbn, at, written_at, kind) \
                     VALUES ('9780132350884', 1, 1, '{{}}')"
            ))
        });
        filled.unwrap();
        drop(db);
        let connection = Connection::open(&path).unwrap();
        connection
            .pragma_update(None, "journal_mode", "DELETE")
            .unwrap();
        path
    }

    fn overwrite(path: &Path, page: u64) {
        let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start(page * 4096)).unwrap();
        file.write_all(&[0xa5; 4096]).unwrap();
    }

    #[test]
    fn every_known_table_is_saved_or_left_behind_on_purpose() {
        let db = Db::in_memory().unwrap();
        let tables: rusqlite::Result<Vec<String>> = db.read(|c| {
            c.prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite_%' ORDER BY name",
            )?
            .query_map([], |row| row.get(0))?
            .collect()
        });
        let mut known: Vec<&str> = TABLES.iter().map(|(table, _)| *table).collect();
        known.extend(LEFT_BEHIND);
        known.sort_unstable();
        assert_eq!(tables.unwrap(), known);
    }

    #[test]
    fn of_a_sound_database_everything_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path());
        let saved = salvage(&path, &folder.path().join("new.db")).unwrap();
        assert!(saved.iter().all(|table| table.is_whole), "{saved:?}");
        let looks = saved.iter().find(|table| table.table == "observation");
        assert_eq!(looks.unwrap().rows, LOOKS);
        Db::open(&folder.path().join("new.db")).unwrap();
    }

    #[test]
    fn of_a_damaged_one_the_rest_is_saved_whichever_page_is_hit() {
        let folder = tempfile::tempdir().unwrap();
        let sound = database(folder.path());
        let pages = std::fs::metadata(&sound).unwrap().len() / 4096;
        let mut worst = LOOKS;
        for page in (1..pages).step_by(7) {
            let damaged = folder.path().join("damaged.db");
            let target = folder.path().join("saved.db");
            std::fs::copy(&sound, &damaged).unwrap();
            let _ = std::fs::remove_file(&target);
            overwrite(&damaged, page);
            let saved = salvage(&damaged, &target).unwrap();
            let rows = |name| saved.iter().find(|table| table.table == name).unwrap().rows;
            if rows("listing") == 2 && rows("reading") == 2 {
                worst = worst.min(rows("observation"));
            }
            let words: rusqlite::Result<String> = Db::open(&target)
                .unwrap()
                .read(|c| c.query_row("PRAGMA integrity_check", [], |row| row.get(0)));
            assert_eq!(words.unwrap(), "ok", "page {page}");
            let orphans: rusqlite::Result<i64> = Db::open(&target).unwrap().read(|c| {
                c.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
                    row.get(0)
                })
            });
            assert_eq!(orphans.unwrap(), 0, "page {page}");
        }
        // A page of 4096 bytes holds about 340 looks, which take twelve bytes at least.
        assert!(LOOKS - 345 <= worst, "only {worst} of {LOOKS} were saved");
    }

    #[test]
    fn of_what_is_no_database_nothing_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.db");
        std::fs::write(&path, [0x5a; 9000]).unwrap();
        let error = salvage(&path, &folder.path().join("new.db")).unwrap_err();
        assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
    }
}
