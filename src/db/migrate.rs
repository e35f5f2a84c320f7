//! Forward-only, numbered migrations. One that has been released is never edited.

use std::collections::BTreeSet;

use rusqlite::{Connection, TransactionBehavior};

use super::sqlite::error::DbError;

/// "PUBW": marks a file as ours, so that another program's database is never written to.
const APPLICATION_ID: i32 = 0x5055_4257;

/// Every migration, in order; the number is the schema version that it leads to.
const MIGRATIONS: &[(i32, &str)] = &[
    (1, include_str!("migrations/0001_first.sql")),
    (2, include_str!("migrations/0002_spell_now.sql")),
];

/// The newest schema version that this program knows.
fn newest() -> i32 {
    MIGRATIONS.last().map_or(0, |(version, _)| *version)
}

/// The schema version of a database of ours that this program can read, migrated or not.
///
/// 1. A file of another program is refused.
/// 2. So is one that lacks a column: a build from before the first release made it.
/// 3. So is a schema newer than ours: an older program could spoil it.
pub(super) fn ours(connection: &Connection) -> Result<i32, DbError> {
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let found: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(DbError::Foreign);
    }
    let expected = Connection::open_in_memory()?;
    for (_, statements) in MIGRATIONS.iter().filter(|(version, _)| *version <= found) {
        expected.execute_batch(statements)?;
    }
    if !columns(&expected)?.is_subset(&columns(connection)?) {
        return Err(DbError::Outdated);
    }
    if found > newest() {
        return Err(DbError::FromTheFuture {
            found,
            known: newest(),
        });
    }
    Ok(found)
}

/// Every column of every table, with its type.
fn columns(connection: &Connection) -> rusqlite::Result<BTreeSet<(String, String, String)>> {
    connection
        .prepare(
            "SELECT s.name, c.name, c.type FROM sqlite_schema s, pragma_table_info(s.name) c \
             WHERE s.type = 'table'",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

/// Brings the database up to the newest schema, when it is new or [`ours`]: every missing step runs,
/// all in one transaction, so that a kill leaves the old schema.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), DbError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let is_new: bool = transaction.query_row(
        "SELECT (SELECT count(*) FROM sqlite_schema) = 0 AND application_id = 0 \
             AND user_version = 0 FROM pragma_application_id, pragma_user_version",
        [],
        |row| row.get(0),
    )?;
    let found = if is_new { 0 } else { ours(&transaction)? };
    if found == newest() {
        return Ok(());
    }
    for (version, statements) in MIGRATIONS.iter().filter(|(version, _)| *version > found) {
        transaction.execute_batch(statements)?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database of ours with these tables and that version.
    fn made(version: i32, tables: &str) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        let marks = format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}; {tables}"
        );
        connection.execute_batch(&marks).unwrap();
        connection
    }

    fn whole_schema(connection: &Connection) -> Vec<String> {
        let mut statement = connection
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
            .unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    #[test]
    fn a_database_of_an_earlier_build_is_refused_and_left_alone() {
        let old = "CREATE TABLE listing (id INTEGER PRIMARY KEY, edition TEXT, store TEXT);
                   CREATE TABLE outbox (id INTEGER PRIMARY KEY, body_text TEXT, body_html TEXT);";
        let text_parts = MIGRATIONS[0]
            .1
            .replace("body_text     BLOB", "body_text     TEXT");
        for (version, tables) in [(1, old), (11, old), (1, text_parts.as_str())] {
            let mut connection = made(version, tables);
            let before = whole_schema(&connection);
            let error = migrate(&mut connection).unwrap_err();
            assert!(matches!(error, DbError::Outdated), "{error}");
            for way in [
                "`pubwatch export --all`",
                "`pubwatch restore`",
                "data folder",
            ] {
                assert!(error.to_string().contains(way), "{error}");
            }
            assert_eq!(whole_schema(&connection), before);
            let found: i32 = connection
                .query_row("PRAGMA user_version", [], |row| row.get(0))
                .unwrap();
            assert_eq!(found, version);
        }
    }

    #[test]
    fn a_table_too_many_is_no_reason_to_refuse_a_database() {
        let first = MIGRATIONS[0].1;
        let mut connection = made(1, &format!("{first}; CREATE TABLE lost_and_found (x)"));
        migrate(&mut connection).unwrap();
    }

    #[test]
    fn versions_rise_by_one() {
        for (index, (version, _)) in MIGRATIONS.iter().enumerate() {
            assert_eq!(usize::try_from(*version).unwrap(), index + 1);
        }
    }
}
