//! One SQLite file, opened with the settings on which the promises rest.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::runtime::{Handle, RuntimeFlavor};

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
        aside(|| changed(&mut locked(&self.writer), change))
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
        aside(|| {
            let mut connection = locked(&self.writer);
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            let changed = changed(&mut connection, change);
            connection.pragma_update(None, "synchronous", "FULL")?;
            changed
        })
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

/// Does what waits for as long as another program holds the database. The threads of a service are
/// few: its other tasks go on without this one, so that it hears a signal.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    let runtime = Handle::try_current();
    if runtime.is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread) {
        tokio::task::block_in_place(work)
    } else {
        work()
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
mod tests;
