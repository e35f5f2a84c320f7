//! Copies of the whole database, made by SQLite's own online backup: consistent while a round
//! writes, and while a page is served.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::migrate;
use super::sqlite::Db;
use super::sqlite::error::DbError;
use super::sqlite::place::{connect, is_ours};
use crate::files;

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
        source: io::Error,
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
    let draft = files::beside(target);
    files::draft(&draft, 0o600).map_err(disk)?;
    let made = db
        .read(|connection| -> Result<(), BackupError> {
            let mut copy = connect(&draft, OpenFlags::default())?;
            run(connection, &mut copy)?;
            // One file, without the log beside it that WAL would need.
            copy.pragma_update(None, "journal_mode", "DELETE")?;
            sound(&copy, &draft)
        })
        .and_then(|()| {
            let file = File::open(&draft).map_err(disk)?;
            file.sync_all().map_err(disk)?;
            // Never over a file that came meanwhile.
            files::put_in_place(&draft, target).map_err(|source| {
                if source.kind() == io::ErrorKind::AlreadyExists {
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

/// Sees that a copy is one of ours, sound, and not from the future, so that it may take the place of
/// `database`.
///
/// # Errors
///
/// [`BackupError`] says what is wrong with it.
pub fn check(source: &Path, database: &Path) -> Result<(), BackupError> {
    staged(source, database, |_| Ok(()))
}

/// Sees that the database itself is sound, also while it is in use.
///
/// # Errors
///
/// [`BackupError`] says what is wrong with it.
pub fn check_live(database: &Path) -> Result<(), BackupError> {
    is_ours(database)?;
    if fs::metadata(database).is_ok_and(|known| known.len() == 0) {
        return Err(BackupError::Damaged {
            path: database.to_owned(),
            words: "it is empty".to_owned(),
        });
    }
    open_copy(database, database).map(|_| ())
}

/// Puts a copy back in the place of what the database holds now, in one transaction: whoever looks
/// sees the one or the other. The caller has made a copy of what is there now.
///
/// # Errors
///
/// [`BackupError`]; then the database is as it was.
pub fn put_back(source: &Path, database: &Path) -> Result<(), BackupError> {
    staged(source, database, |copy| {
        let mut live = connect(database, OpenFlags::default())?;
        live.busy_timeout(PATIENCE)?;
        run(copy, &mut live)
    })
}

/// Uses a copy where SQLite may write beside it: with its log, where it has one, in a folder of its
/// own. So a copy on a medium that cannot be written is read like any other, and nothing is left
/// beside it.
fn staged<T>(
    source: &Path,
    database: &Path,
    using: impl FnOnce(&Connection) -> Result<T, BackupError>,
) -> Result<T, BackupError> {
    let disk = |source: &Path, error| BackupError::Disk {
        path: source.to_owned(),
        source: error,
    };
    // Beside the database there is room for it.
    let stage = match database.parent().filter(|folder| folder.is_dir()) {
        Some(folder) => tempfile::tempdir_in(folder).map_err(|error| disk(folder, error))?,
        None => tempfile::tempdir().map_err(|error| disk(source, error))?,
    };
    let staged = stage.path().join("copy.db");
    let log = |path: &Path| {
        let mut name = path.as_os_str().to_owned();
        name.push("-wal");
        PathBuf::from(name)
    };
    // What has no end would fill the disk.
    let is_file = fs::metadata(source).map(|known| known.is_file());
    if !is_file.map_err(|error| disk(source, error))? {
        return Err(disk(source, io::Error::other("it is no ordinary file")));
    }
    fs::copy(source, &staged).map_err(|error| disk(source, error))?;
    // A copy that cannot be written by its rights is one that we write here.
    let own = fs::Permissions::from_mode(0o600);
    fs::set_permissions(&staged, own).map_err(|error| disk(&staged, error))?;
    match fs::copy(log(source), log(&staged)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(disk(&log(source), error));
        }
        Ok(_) | Err(_) => {}
    }
    using(&open_copy(&staged, source)?)
}

/// Opens a file for reading, when it is one of ours, sound, and not from the future; `source` is its
/// name for people.
fn open_copy(file: &Path, source: &Path) -> Result<Connection, BackupError> {
    File::open(file).map_err(|error| BackupError::Disk {
        path: source.to_owned(),
        source: error,
    })?;
    let damaged = |error: &rusqlite::Error| BackupError::Damaged {
        path: source.to_owned(),
        words: error.to_string(),
    };
    let copy = connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    migrate::ours(&copy).map_err(|error| match &error {
        DbError::Sqlite(inner) | DbError::Damaged(inner) => damaged(inner),
        DbError::FromTheFuture { .. }
        | DbError::Outdated
        | DbError::Foreign
        | DbError::Gone(_)
        | DbError::Empty
        | DbError::NotOurs { .. }
        | DbError::Planted(_)
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
                "INSERT INTO listing (edition, store) VALUES ('9780132350884', ?1)",
                [store],
            )
        })
        .unwrap();
    }

    #[test]
    fn a_copy_is_whole_private_and_can_be_put_back_while_the_database_is_open() {
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
    fn a_copy_that_cannot_be_written_is_put_back_with_its_log_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.db");
        let db = Db::open(&path).unwrap();
        add(&db, "a");
        // A copy of the files as they lie there, whose newest rows are in the log.
        let medium = folder.path().join("medium");
        fs::create_dir(&medium).unwrap();
        for name in ["pubwatch.db", "pubwatch.db-wal"] {
            fs::copy(folder.path().join(name), medium.join(name)).unwrap();
            let no_writing = fs::Permissions::from_mode(0o400);
            fs::set_permissions(medium.join(name), no_writing).unwrap();
        }
        add(&db, "b");
        fs::set_permissions(&medium, fs::Permissions::from_mode(0o500)).unwrap();
        let copy = medium.join("pubwatch.db");
        check(&copy, &path).unwrap();
        put_back(&copy, &path).unwrap();
        assert_eq!(count(&path), 1);
        assert_eq!(fs::read_dir(&medium).unwrap().count(), 2);
        fs::set_permissions(&medium, fs::Permissions::from_mode(0o700)).unwrap();
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
                        let sql =
                            "INSERT INTO listing (edition, store) VALUES ('9780132350884', ?1)";
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
