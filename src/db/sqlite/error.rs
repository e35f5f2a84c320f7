//! What can be wrong with the file of the database, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The file's schema is newer than this program.
    #[error(
        "the database has schema {found}, but this version of Pubwatch knows only up to {known}; \
         install the version that wrote it, or a newer one"
    )]
    FromTheFuture {
        /// The schema in the file.
        found: i32,
        /// The newest that this program knows.
        known: i32,
    },
    /// A build from before the first release made the file.
    #[error(
        "the database was made by an earlier build of Pubwatch, in a form that this one does not \
         read; `pubwatch export --all` of that build writes out what is in it, and to go on, put a \
         backup of this version back with `pubwatch restore`, or begin anew in another data folder"
    )]
    Outdated,
    /// The file belongs to another program.
    #[error("this is a database of another program; choose another data folder")]
    Foreign,
    /// The file is another than the one that was opened, or gone.
    #[error("{words} ({path})", words = GONE, path = .0.display())]
    Gone(PathBuf),
    /// The file has nothing in it.
    #[error("{}", EMPTY)]
    Empty,
    /// Somebody else has put something in its place, or owns it.
    #[error(
        "it belongs to {owner}, and this is {ours}; run pubwatch as that user, or let root give it \
         back, with what lies beside it, by `chown`"
    )]
    NotOurs {
        /// Whose it is.
        owner: Owner,
        /// Who we are.
        ours: Owner,
    },
    /// Something that is not ours lies in its place, or beside it.
    #[error("{0}")]
    Planted(io::Error),
    /// The folder or the file cannot be written.
    #[error(
        "cannot open or create it: {0}; check that the folder exists and that you may write there"
    )]
    NotWritable(io::Error),
    /// The file is damaged.
    #[error("{words} ({0})", words = DAMAGED)]
    Damaged(rusqlite::Error),
    /// There is no room for it.
    #[error("{words} ({0})", words = FULL)]
    Full(rusqlite::Error),
    /// Somebody else has it for too long.
    #[error("{words} ({0})", words = HELD)]
    Held(rusqlite::Error),
    /// It may not be written.
    #[error("{words} ({0})", words = READ_ONLY)]
    ReadOnly(rusqlite::Error),
    /// SQLite says no.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
}

/// A user of the machine, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner(pub u32);

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("root"),
            number => write!(f, "user {number}"),
        }
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;

        if let rusqlite::Error::InvalidPath(path) = error {
            return Self::Gone(path);
        }
        if is_unreadable(&error) {
            return Self::Damaged(error);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error),
            // A limit of the system's on the size of files shows as a failed write.
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => Self::Full(error),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Held(error),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => Self::ReadOnly(error),
            Some(_) | None => Self::Sqlite(error),
        }
    }
}

/// What to do about an error of SQLite's that comes from the file or the disk; `None` for any other
/// error.
pub fn advice(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    use rusqlite::ErrorCode;

    let error: &rusqlite::Error = error.downcast_ref()?;
    if matches!(error, rusqlite::Error::InvalidPath(_)) {
        return Some(GONE);
    }
    if is_unreadable(error) {
        return Some(DAMAGED);
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Some(DAMAGED),
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => Some(FULL),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Some(HELD),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => Some(READ_ONLY),
        Some(_) | None => None,
    }
}

/// What stands in a row is nothing that we write: no text, or not what its column holds.
fn is_unreadable(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error,
    };

    matches!(
        error,
        FromSqlConversionFailure(..)
            | IntegralValueOutOfRange(..)
            | InvalidColumnType(..)
            | Utf8Error(..)
    )
}

const GONE: &str = "the file of the database was deleted, renamed or replaced while it was in use, \
    so nothing more is written; stop the service, put the file back or a backup with `pubwatch \
    restore`, and start it again";
const EMPTY: &str = "the database is there, and empty (0 bytes); if there was something in it, put a \
    backup back with `pubwatch restore`, and if it never held anything, delete the file";
const DAMAGED: &str = "the database is damaged; stop the service, look after the disk, and put a \
    backup back with `pubwatch restore`, or save what can be read as docs/trouble.md says";
const FULL: &str = "the disk is full, or it fails; make room, or look after it: nothing that was \
    recorded is lost";
const HELD: &str = "another program has held the database for a minute; nothing was changed, and \
    it is tried again the next time";
const READ_ONLY: &str = "the database may not be written; see who owns it and its folder, and that \
    the disk is not mounted read-only";
