//! One SQLite file, opened with the settings on which the promises rest.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub mod error;
pub(in crate::db) mod place;

use self::error::DbError;
use self::place::{File, connect, file_at, make_or_find};
use super::migrate;

use crate::lock::locked;

/// How long a statement waits for another process before it gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two tries of what SQLite does not wait for by itself.
const PAUSE: Duration = Duration::from_millis(50);

/// The database of one data folder. Cheap to share behind an `Arc`.
///
/// One connection writes, one change after the other. Whoever looks something up has a connection of
/// its own, so that neither a change nor another look is waited for, however long it takes.
#[derive(Debug)]
pub struct Db {
    /// Those that nobody looks through at present.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    path: PathBuf,
    /// The file that was opened; `None`: it lies in memory.
    file: Option<File>,
}

impl Db {
    /// Opens the database, creates it (readable by its owner only) where it is missing, and brings
    /// its schema up to date.
    ///
    /// Settings: WAL, so that a page being served never blocks a round; `synchronous = FULL`, so
    /// that a power cut does not forget that a letter went out; foreign keys on.
    ///
    /// # Errors
    ///
    /// [`DbError`] says what is wrong with the file and what to do.
    pub fn open(path: &Path) -> Result<Self, DbError> {
        make_or_find(path)?;
        let mut connection = connect(path, OpenFlags::default())?;
        prepare(&connection)?;
        // SQLite does not wait by itself while another program turns a new file into one with a WAL.
        patiently(|| {
            migrate::migrate(&mut connection)?;
            Ok(connection.pragma_update(None, "journal_mode", "WAL")?)
        })?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(Self {
            readers: Mutex::default(),
            writer: Mutex::new(connection),
            path: path.to_owned(),
            file: file_at(path),
        })
    }

    /// A database in memory, gone when it is dropped: for playing a story through.
    ///
    /// # Errors
    ///
    /// [`DbError::Sqlite`] when there is no memory for it.
    pub fn in_memory() -> Result<Self, DbError> {
        let mut connection = Connection::open_in_memory()?;
        prepare(&connection)?;
        migrate::migrate(&mut connection)?;
        Ok(Self {
            readers: Mutex::default(),
            writer: Mutex::new(connection),
            path: PathBuf::from(":memory:"),
            file: None,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Looks something up: all of it as it was when `look` began to, whatever is written meanwhile.
    pub fn read<T, E>(&self, look: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let Some(reader) = self.reader() else {
            return look(&locked(&self.writer));
        };
        let seen = look(&reader);
        // One that cannot end its look is not used again.
        if reader.execute_batch("ROLLBACK").is_ok() {
            locked(&self.readers).push(reader);
        }
        seen
    }

    /// A connection that looks at what was committed last. `None`: none can be had, because the
    /// database lies in memory, its file has gone, or the system gives no more; then the one that
    /// writes must do.
    fn reader(&self) -> Option<Connection> {
        self.file?;
        let known = locked(&self.readers).pop();
        let reader = known.or_else(|| self.new_reader().ok())?;
        reader.execute_batch("BEGIN").ok()?;
        Some(reader)
    }

    fn new_reader(&self) -> Result<Connection, DbError> {
        self.is_in_place()?;
        // Not read-only by its flags: such a connection cannot look after the log of a crash.
        let flags = OpenFlags::default() & !OpenFlags::SQLITE_OPEN_CREATE;
        let reader = connect(&self.path, flags)?;
        prepare(&reader)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(reader)
    }

    /// Changes something: all of `change`, or on an error nothing. The transaction is immediate,
    /// so what `change` reads cannot be out of date when it writes.
    ///
    /// # Errors
    ///
    /// Whatever `change` fails with, or SQLite's error at the beginning or the commit.
    pub fn write<T, E: From<rusqlite::Error>>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.is_in_place()?;
        changed(&mut locked(&self.writer), change)
    }

    /// The file is still the one that was opened: what is written to one that was deleted is lost,
    /// and one that was put in its place knows nothing of it. Asked before each change, and by the
    /// service before each turn.
    ///
    /// # Errors
    ///
    /// [`rusqlite::Error::InvalidPath`], which is [`DbError::Gone`].
    pub fn is_in_place(&self) -> rusqlite::Result<()> {
        if self.file.is_some() && file_at(&self.path) != self.file {
            return Err(rusqlite::Error::InvalidPath(self.path.clone()));
        }
        Ok(())
    }

    /// Changes something that need not outlive a power cut: the same as [`Db::write`], without
    /// waiting for the disk. A kill loses none of it; a power cut may lose the last changes, but
    /// never a part of one, and never what [`Db::write`] wrote.
    ///
    /// # Errors
    ///
    /// Whatever `change` fails with, or SQLite's error at the beginning or the commit.
    pub fn write_lightly<T, E: From<rusqlite::Error>>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.is_in_place()?;
        let mut connection = locked(&self.writer);
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let changed = changed(&mut connection, change);
        connection.pragma_update(None, "synchronous", "FULL")?;
        changed
    }

    /// Gives back the memory in which the connections keep pages of the file and statements, for a
    /// service that now waits. What is asked next is read anew, which takes milliseconds.
    pub fn rest(&self) -> Result<(), DbError> {
        locked(&self.readers).clear();
        let connection = locked(&self.writer);
        connection.flush_prepared_statement_cache();
        Ok(connection.execute_batch("PRAGMA shrink_memory")?)
    }
}

/// The settings that every connection has.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // A statement is compiled once, and not anew for every value that it is asked with.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// Tries again while another program holds the file, for as long as SQLite itself waits.
fn patiently(mut step: impl FnMut() -> Result<(), DbError>) -> Result<(), DbError> {
    let tries = PATIENCE.as_millis() / PAUSE.as_millis();
    for _ in 0..tries {
        match step() {
            Err(DbError::Held(_)) => std::thread::sleep(PAUSE),
            ended => return ended,
        }
    }
    step()
}

fn changed<T, E: From<rusqlite::Error>>(
    connection: &mut Connection,
    change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = change(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    fn opened() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.db");
        Db::open(&path).unwrap();
        (folder, path)
    }

    #[test]
    fn a_database_that_rested_answers_as_before() {
        let (_folder, path) = opened();
        let db = Db::open(&path).unwrap();
        let tables = || -> i64 {
            let count = "SELECT count(*) FROM sqlite_schema";
            let asked: rusqlite::Result<i64> = db.read(|connection| {
                connection
                    .prepare_cached(count)?
                    .query_row([], |row| row.get(0))
            });
            asked.unwrap()
        };
        let before = tables();
        db.rest().unwrap();
        assert_eq!(tables(), before);
        assert!(before > 0);
    }

    #[test]
    fn a_statement_that_is_asked_again_with_other_values_is_not_compiled_again() {
        let (_folder, path) = opened();
        let db = Db::open(&path).unwrap();
        let again = db.read(|connection| {
            // As SQLite would do with this one if it were let.
            let sql = "SELECT r.body FROM listing l LEFT JOIN reading r ON r.id = l.blind_reading \
                       WHERE l.id = ?1";
            let mut again = 0;
            for number in 5..10 {
                let mut readings = connection.prepare_cached(sql)?;
                assert!(!readings.exists([number])?);
                again += readings.get_status(StatementStatus::RePrepare);
            }
            Ok::<_, rusqlite::Error>(again)
        });
        assert_eq!(again.unwrap(), 0);
    }

    #[test]
    fn a_new_database_is_private_and_opens_again() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, path) = opened();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        Db::open(&path).unwrap();
    }

    /// What happens to a file, and how that is called.
    type Spoil = (&'static str, fn(&Path));

    #[test]
    fn a_file_that_is_gone_or_another_is_written_to_no_more() {
        let spoils: [Spoil; 4] = [
            ("deleted", |path| std::fs::remove_file(path).unwrap()),
            ("renamed", |path| {
                std::fs::rename(path, path.with_extension("old")).unwrap();
            }),
            ("replaced", |path| {
                std::fs::copy(path, path.with_extension("new")).unwrap();
                std::fs::rename(path.with_extension("new"), path).unwrap();
            }),
            ("emptied", |path| std::fs::write(path, "").unwrap()),
        ];
        for (how, spoil) in spoils {
            let (_folder, path) = opened();
            let db = Db::open(&path).unwrap();
            db.write(write_a_note).unwrap();
            spoil(&path);
            let error = db.write(write_a_note).unwrap_err();
            assert!(matches!(error, DbError::Gone(_)), "{how}: {error:?}");
            let error = db.write_lightly(write_a_note).unwrap_err();
            assert!(
                error
                    .to_string()
                    .contains("was deleted, renamed or replaced")
            );
        }
    }

    #[test]
    fn an_empty_file_is_not_taken_for_a_new_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.db");
        std::fs::write(&path, "").unwrap();
        let error = Db::open(&path).unwrap_err();
        assert!(matches!(error, DbError::Empty), "{error:?}");
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
    }

    #[test]
    fn text_that_is_none_is_told_as_damage() {
        let (_folder, path) = opened();
        let db = Db::open(&path).unwrap();
        let asked = db.read(|connection| -> Result<String, DbError> {
            let broken = "SELECT CAST(x'ff41' AS TEXT)";
            Ok(connection.query_row(broken, [], |row| row.get(0))?)
        });
        let error = asked.unwrap_err();
        assert!(error.to_string().contains("pubwatch restore"), "{error}");
    }

    fn write_a_note(transaction: &Transaction<'_>) -> Result<(), DbError> {
        transaction
            .execute_batch("CREATE TABLE IF NOT EXISTS noted (at); INSERT INTO noted VALUES (1)")?;
        Ok(())
    }

    #[test]
    fn many_programs_may_open_a_new_database_at_once() {
        for _ in 0..40 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("pubwatch.db");
            std::thread::scope(|scope| {
                let programs: Vec<_> = (0..8)
                    .map(|_| scope.spawn(|| Db::open(&path)?.write(write_a_note)))
                    .collect();
                for program in programs {
                    program.join().unwrap().unwrap();
                }
            });
        }
    }

    #[test]
    fn a_database_from_the_future_is_refused_and_left_alone() {
        let (_folder, path) = opened();
        Connection::open(&path)
            .unwrap()
            .pragma_update(None, "user_version", 99)
            .unwrap();
        let error = Db::open(&path).unwrap_err();
        assert!(
            error.to_string().starts_with("the database has schema 99"),
            "{error}"
        );
        let version: i32 = Connection::open(&path)
            .unwrap()
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(version, 99);
    }

    #[test]
    fn a_database_of_another_program_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        Connection::open(&path)
            .unwrap()
            .execute_batch("CREATE TABLE recipes (name TEXT)")
            .unwrap();
        assert!(matches!(Db::open(&path), Err(DbError::Foreign)));
        let tables: i64 = Connection::open(&path)
            .unwrap()
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 1);
    }

    #[test]
    fn an_error_inside_a_change_leaves_nothing_behind() {
        let (_folder, path) = opened();
        let db = Db::open(&path).unwrap();
        let result: Result<(), rusqlite::Error> = db.write(|transaction| {
            transaction.execute(
                "INSERT INTO listing (edition, store) VALUES ('9780132350884', 'a')",
                [],
            )?;
            Err(rusqlite::Error::QueryReturnedNoRows)
        });
        assert!(result.is_err());
        let rows: i64 = db
            .read(|connection| {
                connection.query_row("SELECT count(*) FROM listing", [], |r| r.get(0))
            })
            .unwrap();
        assert_eq!(rows, 0);
    }

    #[test]
    fn a_look_waits_for_no_change_and_no_other_look_and_sees_one_state() {
        let (_folder, path) = opened();
        let db = Db::open(&path).unwrap();
        let count = |connection: &Connection| -> rusqlite::Result<i64> {
            connection.query_row("SELECT count(*) FROM listing", [], |row| row.get(0))
        };
        let insert = |transaction: &Transaction<'_>, store: &str| {
            let insert = "INSERT INTO listing (edition, store) VALUES ('9780132350884', ?1)";
            transaction.execute(insert, [store])
        };
        // Each step is inside the one before it: with one connection the second would wait for ever.
        let all = db.read(|first| {
            let before = count(first)?;
            db.write(|transaction| {
                insert(transaction, "a")?;
                let during = db.read(count)?;
                Ok::<_, rusqlite::Error>((before, during))
            })
            .and_then(|(before, during)| Ok((before, during, count(first)?, db.read(count)?)))
        });
        assert_eq!(all.unwrap(), (0, 0, 0, 1));
        let forbidden = "DELETE FROM listing";
        db.read(|connection| connection.execute(forbidden, []))
            .unwrap_err();
        assert_eq!(db.read(count).unwrap(), 1);
    }

    #[test]
    fn a_look_still_sees_the_file_that_was_opened_after_another_took_its_place() {
        let (_folder, path) = opened();
        let db = Db::open(&path).unwrap();
        let insert = "INSERT INTO listing (edition, store) VALUES ('9780132350884', 'a')";
        db.write(|transaction| transaction.execute(insert, []))
            .unwrap();
        let other = path.with_extension("other");
        Db::open(&other).unwrap();
        std::fs::rename(&other, &path).unwrap();
        db.rest().unwrap();
        let count = "SELECT count(*) FROM listing";
        let seen =
            db.read(|connection| connection.query_row(count, [], |row| row.get::<_, i64>(0)));
        assert_eq!(seen.unwrap(), 1);
    }

    #[test]
    fn a_light_change_is_there_at_once_and_the_next_one_waits_for_the_disk_again() {
        let (_folder, path) = opened();
        let db = Db::open(&path).unwrap();
        let synchronous = || -> i64 {
            let setting: Result<i64, rusqlite::Error> = db.write(|connection| {
                connection.query_row("PRAGMA synchronous", [], |row| row.get(0))
            });
            setting.unwrap()
        };
        let full = synchronous();
        let insert = "INSERT INTO listing (edition, store) VALUES ('9780132350884', 'a')";
        db.write_lightly(|transaction| transaction.execute(insert, []))
            .unwrap();
        assert_eq!(synchronous(), full);
        assert!(
            db.write_lightly(|transaction| transaction.execute(insert, []))
                .is_err()
        );
        assert_eq!(synchronous(), full, "after an error too");
        let rows: Result<i64, rusqlite::Error> = Db::open(&path).unwrap().read(|connection| {
            connection.query_row("SELECT count(*) FROM listing", [], |r| r.get(0))
        });
        assert_eq!(rows.unwrap(), 1);
    }
}
