//! The file at the database's place: whether it is there, ours, and still the same.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use super::PAUSE;
use super::error::{DbError, Owner};

/// How long another program may take to write its first page into a file that it has made.
const EMPTY_PATIENCE: Duration = Duration::from_secs(5);

/// A file, whatever its name: its device and its number.
pub(super) type File = (u64, u64);

/// The file of that name, which must have something in it.
pub(super) fn file_at(path: &Path) -> Option<File> {
    let known = std::fs::metadata(path).ok()?;
    (0 < known.len()).then(|| (known.dev(), known.ino()))
}

/// The file, made where there is none, readable by its owner only. One that is there must be ours to
/// use, and have something in it; another program may be about to write its first page.
pub(super) fn make_or_find(path: &Path) -> Result<(), DbError> {
    let mut options = OpenOptions::new();
    options.append(true).mode(0o600);
    match options.clone().create_new(true).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(DbError::NotWritable(error)),
    }
    let ours = rustix::process::geteuid().as_raw();
    options
        .open(path)
        .map_err(|error| not_writable(path, error, ours))?;
    let tries = EMPTY_PATIENCE.as_millis() / PAUSE.as_millis();
    for _ in 0..tries {
        if file_at(path).is_some() {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    Err(DbError::Empty)
}

/// Why a file cannot be written: whose it is, where that is the reason.
fn not_writable(path: &Path, error: io::Error, ours: u32) -> DbError {
    let theirs = std::fs::metadata(path).map(|known| known.uid());
    match theirs {
        Ok(owner) if owner != ours && error.kind() == io::ErrorKind::PermissionDenied => {
            DbError::NotOurs {
                owner: Owner(owner),
                ours: Owner(ours),
            }
        }
        Ok(_) | Err(_) => DbError::NotWritable(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_another_user_is_told_as_that() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.db");
        make_or_find(&path).unwrap();
        let mine = std::fs::metadata(&path).unwrap().uid();
        let denied = || io::ErrorKind::PermissionDenied.into();
        let said = not_writable(&path, denied(), mine + 1).to_string();
        assert!(
            said.contains(&format!("belongs to {}", Owner(mine))),
            "{said}"
        );
        assert!(
            said.contains(&format!("this is user {}", mine + 1)),
            "{said}"
        );
        let error = not_writable(&path, denied(), mine);
        assert!(matches!(error, DbError::NotWritable(_)), "{error:?}");
    }
}
