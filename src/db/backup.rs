//! Copies of the whole database, made by SQLite's own online backup: consistent while a round
//! writes, and while a page is served.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::migrate;
use super::sqlite::{Db, DbError};

/// How long another process may hold the database up before we give up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a copy cannot be made, or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file already.
    #[error("{} is there already, and is not written over; choose another name", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written or read.
    #[error("cannot use {}: {source}; see that the path is right and the disk not full", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is damaged.
    #[error("{} is damaged ({words}); take an older backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says of it.
        words: String,
    },
    /// Somebody else holds the database.
    #[error("another process holds the database; stop the service, and try again")]
    Busy,
    /// It is no database of ours, or of a newer program.
    #[error(transparent)]
    Db(#[from] DbError),
    /// SQLite says no.
    #[error("SQLite says: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// Copies the database into a new file, readable by its owner only. The file appears whole,
/// checked, and forced to the disk, or not at all.
///
/// # Errors
///
/// [`BackupError`]; then there is no file.
pub fn save(db: &Db, target: &Path) -> Result<(), BackupError> {
    if target.try_exists().unwrap_or(true) {
        return Err(BackupError::Exists(target.to_owned()));
    }
    let disk = |source| BackupError::Disk {
        path: target.to_owned(),
        source,
    };
    let mut draft = target.as_os_str().to_owned();
    draft.push(format!(".{}.part", std::process::id()));
    let draft = PathBuf::from(draft);
    OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(disk)?;
    let made = db
        .read(|connection| -> Result<(), BackupError> {
            let mut copy = Connection::open(&draft)?;
            run(connection, &mut copy)?;
            // One file, without the log beside it that WAL would need.
            copy.pragma_update(None, "journal_mode", "DELETE")?;
            sound(&copy, &draft)
        })
        .and_then(|()| {
            let file = File::open(&draft).map_err(disk)?;
            file.sync_all().map_err(disk)?;
            // Never over a file that came meanwhile.
            fs::hard_link(&draft, target).map_err(|source| {
                if source.kind() == std::io::ErrorKind::AlreadyExists {
                    BackupError::Exists(target.to_owned())
                } else {
                    disk(source)
                }
            })
        });
    // The draft has done its work, or is of no use.
    let _ = fs::remove_file(&draft);
    made
}

/// Sees that a copy is one of ours, sound, and not from the future.
///
/// # Errors
///
/// [`BackupError`] says what is wrong with it.
pub fn check(source: &Path) -> Result<(), BackupError> {
    open_copy(source).map(|_| ())
}

/// Puts a copy back in the place of what the database holds now, in one transaction: whoever looks
/// sees the one or the other. The caller has made a copy of what is there now.
///
/// # Errors
///
/// [`BackupError`]; then the database is as it was.
pub fn put_back(source: &Path, database: &Path) -> Result<(), BackupError> {
    let copy = open_copy(source)?;
    let mut live = Connection::open(database)?;
    live.busy_timeout(PATIENCE)?;
    run(&copy, &mut live)?;
    Ok(())
}

/// Opens a copy for reading, when it is one of ours, sound, and not from the future.
fn open_copy(source: &Path) -> Result<Connection, BackupError> {
    File::open(source).map_err(|error| BackupError::Disk {
        path: source.to_owned(),
        source: error,
    })?;
    let damaged = |error: &rusqlite::Error| BackupError::Damaged {
        path: source.to_owned(),
        words: error.to_string(),
    };
    let copy = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    migrate::ours(&copy).map_err(|error| match &error {
        DbError::Sqlite(inner) | DbError::Damaged(inner) => damaged(inner),
        DbError::FromTheFuture { .. }
        | DbError::Outdated
        | DbError::Foreign
        | DbError::NotWritable(_)
        | DbError::Full(_)
        | DbError::Held(_)
        | DbError::ReadOnly(_) => error.into(),
    })?;
    sound(&copy, source)?;
    Ok(copy)
}

/// Copies everything in one step, waiting for others as long as is decent.
fn run(source: &Connection, target: &mut Connection) -> Result<(), BackupError> {
    target.busy_timeout(PATIENCE)?;
    let backup = Backup::new(source, target)?;
    let pause = Duration::from_millis(100);
    let tries = PATIENCE.as_millis() / pause.as_millis();
    for _ in 0..tries {
        if backup.step(-1)? == StepResult::Done {
            return Ok(());
        }
        std::thread::sleep(pause);
    }
    Err(BackupError::Busy)
}

/// SQLite finds nothing wrong with it.
fn sound(connection: &Connection, path: &Path) -> Result<(), BackupError> {
    let words: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .unwrap_or_else(|error| error.to_string());
    if words == "ok" {
        Ok(())
    } else {
        Err(BackupError::Damaged {
            path: path.to_owned(),
            words,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &Path) -> i64 {
        Connection::open(path)
            .unwrap()
            .query_row("SELECT count(*) FROM listing", [], |row| row.get(0))
            .unwrap()
    }

    fn add(db: &Db, store: &str) {
        db.write(|transaction| {
            transaction.execute(
                "INSERT INTO listing (isbn, store) VALUES ('9780132350884', ?1)",
                [store],
            )
        })
        .unwrap();
    }

    #[test]
    fn a_copy_is_whole_private_and_can_be_put_back_while_the_database_is_open() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.db");
        let db = Db::open(&path).unwrap();
        add(&db, "a");
        let copy = folder.path().join("copy.db");
        save(&db, &copy).unwrap();
        assert_eq!(
            fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
            0o600
        );
        add(&db, "b");
        assert_eq!((count(&path), count(&copy)), (2, 1));
        put_back(&copy, &path).unwrap();
        let seen: i64 = db
            .read(|connection| {
                connection.query_row("SELECT count(*) FROM listing", [], |row| row.get(0))
            })
            .unwrap();
        assert_eq!(seen, 1);
        add(&db, "c");
        assert_eq!(count(&path), 2);
    }

    #[test]
    fn a_copy_made_while_others_write_is_of_one_moment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.db");
        let db = Db::open(&path).unwrap();
        let writer = {
            let path = path.clone();
            std::thread::spawn(move || {
                let db = Db::open(&path).unwrap();
                for round in 0..40 {
                    // Both rows or none: a copy of one moment has an even number.
                    db.write(|transaction| {
                        let sql = "INSERT INTO listing (isbn, store) VALUES ('9780132350884', ?1)";
                        transaction.execute(sql, [format!("{round}a")])?;
                        transaction.execute(sql, [format!("{round}b")])
                    })
                    .unwrap();
                }
            })
        };
        for number in 0..5 {
            let copy = folder.path().join(format!("copy-{number}.db"));
            save(&db, &copy).unwrap();
            assert_eq!(count(&copy) % 2, 0);
        }
        writer.join().unwrap();
        assert_eq!(count(&path), 80);
    }

    #[test]
    fn what_is_no_sound_copy_of_ours_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.db");
        let db = Db::open(&path).unwrap();
        add(&db, "a");
        let copy = folder.path().join("copy.db");
        save(&db, &copy).unwrap();
        assert!(matches!(save(&db, &copy), Err(BackupError::Exists(_))));

        let foreign = folder.path().join("foreign.db");
        Connection::open(&foreign)
            .unwrap()
            .execute_batch("CREATE TABLE recipes (name TEXT)")
            .unwrap();
        let cut = folder.path().join("cut.db");
        let bytes = fs::read(&copy).unwrap();
        fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
        let text = folder.path().join("text.db");
        fs::write(
            &text,
            "this is no database, but it is long enough to look like one",
        )
        .unwrap();
        let missing = folder.path().join("missing.db");
        for wrong in [&foreign, &cut, &text, &missing] {
            let error = put_back(wrong, &path).unwrap_err();
            assert!(!matches!(error, BackupError::Sqlite(_)), "{error:?}");
        }
        assert_eq!(count(&path), 1);
        assert!(!missing.exists());
    }
}
