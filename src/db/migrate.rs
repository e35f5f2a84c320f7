//! Forward-only, numbered migrations. One that has been released is never edited.

use rusqlite::{Connection, TransactionBehavior};

use super::sqlite::DbError;

/// "PUBW": marks a file as ours, so that another program's database is never written to.
const APPLICATION_ID: i32 = 0x5055_4257;

/// Every migration, in order; the number is the schema version that it leads to.
const MIGRATIONS: &[(i32, &str)] = &[
    (1, include_str!("migrations/0001_first.sql")),
    (2, include_str!("migrations/0002_outbox.sql")),
    (3, include_str!("migrations/0003_alerts.sql")),
    (4, include_str!("migrations/0004_hosts.sql")),
    (5, include_str!("migrations/0005_evidence.sql")),
    (6, include_str!("migrations/0006_rations.sql")),
    (7, include_str!("migrations/0007_validators.sql")),
    (8, include_str!("migrations/0008_evidence_indexes.sql")),
    (9, include_str!("migrations/0009_routes.sql")),
    (10, include_str!("migrations/0010_shares.sql")),
];

/// The newest schema version that this program knows.
pub(super) fn newest() -> i32 {
    MIGRATIONS.last().map_or(0, |(version, _)| *version)
}

/// The schema version of a database of ours that this program can read, migrated or not.
pub(super) fn ours(connection: &Connection) -> Result<i32, DbError> {
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let found: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(DbError::Foreign);
    }
    if found > newest() {
        return Err(DbError::FromTheFuture {
            found,
            known: newest(),
        });
    }
    Ok(found)
}

/// Brings the database up to the newest schema.
///
/// 1. A file of another program is refused.
/// 2. A schema newer than ours is refused: an older program could spoil it.
/// 3. Every missing step runs, all in one transaction, so that a kill leaves the old schema.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), DbError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let application: i32 = transaction.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let found: i32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (application != 0 || found != 0 || tables != 0) {
        return Err(DbError::Foreign);
    }
    if found > newest() {
        return Err(DbError::FromTheFuture {
            found,
            known: newest(),
        });
    }
    if found == newest() && application == APPLICATION_ID {
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

    #[test]
    fn what_an_older_program_saw_is_there_after_the_upgrade() {
        let mut connection = Connection::open_in_memory().unwrap();
        for (_, statements) in &MIGRATIONS[..5] {
            connection.execute_batch(statements).unwrap();
        }
        connection
            .execute_batch(&format!(
                "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 5; \
                 INSERT INTO listing (id, isbn, store) VALUES (1, '9780132350884', 'a'); \
                 INSERT INTO reading VALUES (1, 1, '{{}}'); \
                 INSERT INTO observation VALUES (1, 1000, 1, 0), (1, 2000, 1, 0);"
            ))
            .unwrap();
        migrate(&mut connection).unwrap();
        let looks: i64 = connection
            .query_row("SELECT count(*) FROM observation", [], |row| row.get(0))
            .unwrap();
        let version: i32 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!((looks, version), (2, newest()));
        // Nothing may go, as before.
        assert!(connection.execute("DELETE FROM observation", []).is_err());
    }

    #[test]
    fn versions_rise_by_one() {
        for (index, (version, _)) in MIGRATIONS.iter().enumerate() {
            assert_eq!(usize::try_from(*version).unwrap(), index + 1);
        }
    }
}
