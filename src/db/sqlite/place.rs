//! The file at the database's place: whether it is there, ours, and still the same.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::PAUSE;
use super::error::{DbError, Owner};
use crate::files;

/// How long another program may take to write its first page into a file that it has made.
const EMPTY_PATIENCE: Duration = Duration::from_secs(5);

/// A file, whatever its name: its device and its number.
pub(super) type File = (u64, u64);

/// The file of that name, which must have something in it.
pub(super) fn file_at(path: &Path) -> Option<File> {
    let known = std::fs::symlink_metadata(path).ok()?;
    (0 < known.len()).then(|| (known.dev(), known.ino()))
}

/// What SQLite keeps beside a database, by the ends of the names.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Opens the file of that name and no other: the way to its folder may lead over links, and neither the
/// file nor what lies beside it may be one.
///
/// SQLite refuses a link at the file by itself, and one at the `-shm` (`O_NOFOLLOW`), but follows
/// others.
pub(in crate::db) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, DbError> {
    is_ours(path)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(DbError::NotWritable)?;
    let place = folder.join(path.file_name().unwrap_or_default());
    let flags = flags | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    Ok(Connection::open_with_flags(place, flags)?)
}

/// Nothing that is not ours lies at the database or beside it.
pub(in crate::db) fn is_ours(path: &Path) -> Result<(), DbError> {
    for end in BESIDE {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        files::is_ours(Path::new(&name), false).map_err(DbError::Planted)?;
    }
    Ok(())
}

/// The file, made where there is none, readable by its owner only. One that is there must be ours to
/// use, and have something in it; another program may be about to write its first page.
pub(super) fn make_or_find(path: &Path) -> Result<(), DbError> {
    // Before it is made: what is made and not written to would be an empty database.
    is_ours(path)?;
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
    fn links_planted_at_the_database_or_beside_it_are_refused_and_the_folder_may_be_one() {
        use std::os::unix::fs::symlink;

        use super::super::Db;

        for end in BESIDE {
            for has_database in [false, true] {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("pubwatch.db");
                if has_database {
                    Db::open(&path).unwrap();
                }
                let theirs = folder.path().join("theirs");
                std::fs::write(&theirs, "precious").unwrap();
                let place = folder.path().join(format!("pubwatch.db{end}"));
                let _ = std::fs::remove_file(&place);
                symlink(&theirs, &place).unwrap();
                let error = Db::open(&path).unwrap_err();
                let words = error.to_string();
                assert!(matches!(error, DbError::Planted(_)), "{end}: {error:?}");
                assert!(words.contains(&format!("db{end} is a link")), "{words}");
                assert!(words.contains("take it away"), "{words}");
                assert_eq!(std::fs::read(&theirs).unwrap(), b"precious");
                std::fs::remove_file(&place).unwrap();
                std::fs::create_dir(&place).unwrap();
                let error = Db::open(&path).unwrap_err();
                assert!(matches!(error, DbError::Planted(_)), "{end}: {error:?}");
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::create_dir(&real).unwrap();
        symlink(&real, &link).unwrap();
        Db::open(&link.join("pubwatch.db")).unwrap();
        assert!(real.join("pubwatch.db").is_file());
    }

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
