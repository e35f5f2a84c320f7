//! Files of ours, written where others may have been before us: named in one place.
//!
//! A draft has a name that others can guess. In a folder that they may write to, a link of that name
//! would lead our bytes over a file of the user's. So a draft is always made anew.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// A new, empty file, never one that is there: what a kill left of an earlier draft, or a link that
/// somebody has put there, is taken away and not followed.
///
/// # Errors
///
/// The system's; also when something else takes the place meanwhile.
pub fn draft(path: &Path, mode: u32) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(mode).open(path)
}

/// Takes a file of ours away that has done its work; that it cannot be adds nothing.
pub fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

/// The largest page that somebody saved, in bytes: no store's is longer.
pub const LARGEST_PAGE: u64 = 64 << 20;

/// The largest text that somebody wrote for us, in bytes: a configuration of a hundred thousand
/// editions has room in it.
pub const LARGEST_TEXT: u64 = 256 << 20;

/// Reads a file whole, if it is not longer than so many bytes: some have no end, as `/dev/zero`.
///
/// # Errors
///
/// The system's; [`io::ErrorKind::FileTooLarge`] for a longer one, of which no more than that was
/// read.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_from(File::open(path)?, most)
}

/// The same with the time at which it was changed last, of a file in a folder into which others may
/// write: no link is followed.
///
/// # Errors
///
/// Those of [`read`]; [`io::ErrorKind::InvalidInput`] for what is no ordinary file, or has become
/// another one meanwhile.
pub fn read_with_time(path: &Path, most: u64) -> io::Result<(Vec<u8>, Timestamp)> {
    let lies = fs::symlink_metadata(path)?;
    let no_file = || io::Error::new(io::ErrorKind::InvalidInput, "it is no ordinary file");
    if !lies.is_file() {
        return Err(no_file());
    }
    let file = File::open(path)?;
    let opened = file.metadata()?;
    if (lies.dev(), lies.ino()) != (opened.dev(), opened.ino()) {
        return Err(no_file());
    }
    let time = Timestamp::try_from(opened.modified()?).map_err(io::Error::other)?;
    Ok((read_from(file, most)?, time))
}

/// The same for a text.
///
/// # Errors
///
/// Those of [`read`]; [`io::ErrorKind::InvalidData`] for what is no UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let bytes = read(path, most)?;
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The same for what comes in on a line, such as standard input.
///
/// # Errors
///
/// Those of [`read`].
pub fn read_from(from: impl io::Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    if most < bytes.len() as u64 {
        let words = format!("it is larger than {}", size(most));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, words));
    }
    Ok(bytes)
}

/// The first so many bytes of a file.
///
/// # Errors
///
/// The system's.
pub fn read_beginning(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The first of these programs that stands on the search path.
#[must_use]
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| {
        let known = fs::metadata(place);
        known.is_ok_and(|known| known.is_file() && known.permissions().mode() & 0o111 != 0)
    })
}

/// A folder for a while, for its owner only, with these files in it: each by its path below it.
///
/// # Errors
///
/// The system's.
pub fn scratch(files: &[(&str, &str)]) -> io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, text) in files {
        let place = folder.path().join(name);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(place, text)?;
    }
    Ok(folder)
}

/// One line of an answer, with its end where it has one; empty when nothing comes any more.
///
/// # Errors
///
/// The system's; [`io::ErrorKind::FileTooLarge`] for a line of more than 64 kB.
pub fn read_line(from: &mut (impl io::BufRead + ?Sized)) -> io::Result<String> {
    let mut line = String::new();
    from.take(LONGEST_LINE).read_line(&mut line)?;
    if line.len() as u64 == LONGEST_LINE && !line.ends_with('\n') {
        let words = format!("the line is longer than {}", size(LONGEST_LINE));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, words));
    }
    Ok(line)
}

/// The longest line that somebody may answer with, in bytes.
const LONGEST_LINE: u64 = 64 << 10;

/// `64 MB`, or `64 kB` where it is less than one.
fn size(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{} kB", bytes >> 10),
        megabytes => format!("{megabytes} MB"),
    }
}

/// Writes beside the place, forces it to the disk, and then puts it there in one step. A link at the
/// place is replaced, and not followed.
///
/// # Errors
///
/// The system's. What was there is then still there.
pub fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let into_place = |draft: &Path, place: &Path| fs::rename(draft, place);
    put(path, bytes, mode, into_place, |file| {
        // The umask may have taken rights away that the file had.
        file.set_permissions(fs::Permissions::from_mode(mode))
    })
}

/// The same for a new file, for its owner only: never over one that is there, or has come meanwhile.
///
/// # Errors
///
/// The system's; [`io::ErrorKind::AlreadyExists`] where there is a file.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, 0o600, put_in_place, |_| Ok(()))
}

/// The same for a file that may be read by whom the umask lets. A device, such as `/dev/stdout`, is
/// written to and stays what it is.
///
/// # Errors
///
/// The system's. What was there is then still there.
pub fn write_openly(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.starts_with("/dev") {
        return fs::write(path, bytes);
    }
    let into_place = |draft: &Path, place: &Path| fs::rename(draft, place);
    put(path, bytes, 0o666, into_place, |_| Ok(()))
}

fn put(
    path: &Path,
    bytes: &[u8],
    mode: u32,
    into_place: impl FnOnce(&Path, &Path) -> io::Result<()>,
    rights: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let beside = beside(path);
    let written = draft(&beside, mode)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            rights(&file)?;
            file.sync_all()
        })
        .and_then(|()| into_place(&beside, path));
    if let Err(error) = written {
        // What is left of the draft is of no use; that it cannot be removed adds nothing.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    File::open(folder)?.sync_all()
}

/// What lies at a place of ours is one of ours: a file, for `is_folder` a folder, or nothing yet.
///
/// A link is not, since whoever may write there can put one that leads our bytes elsewhere; nor is
/// what has no end.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] with what to do.
pub fn is_ours(path: &Path, is_folder: bool) -> io::Result<()> {
    let kind = match fs::symlink_metadata(path) {
        Ok(known) => known.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let (what, ours) = if kind.is_symlink() {
        ("a link", false)
    } else if is_folder {
        ("no folder", kind.is_dir())
    } else {
        ("no ordinary file", kind.is_file())
    };
    if ours {
        return Ok(());
    }
    let words = format!(
        "{} is {what}, and Pubwatch made none, so it is not used; see who put it there and where it \
         leads (`ls -l`), and take it away: only the data folder itself may be a link",
        path.display()
    );
    Err(io::Error::new(io::ErrorKind::InvalidInput, words))
}

/// The place of a draft of this process.
pub fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

/// Puts a finished draft in its place, never over a file that is there.
///
/// # Errors
///
/// The system's; [`io::ErrorKind::AlreadyExists`] where there is a file.
pub fn put_in_place(draft: &Path, place: &Path) -> io::Result<()> {
    match fs::hard_link(draft, place) {
        Ok(()) => fs::remove_file(draft),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Many sticks and shares have no second name for a file.
        Err(_) => take_place(draft, place),
    }
}

/// The same without links: the place is taken by an empty file of ours first.
fn take_place(draft: &Path, place: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(place)?;
    fs::rename(draft, place).inspect_err(|_| {
        // The empty file is ours, and of no use.
        let _ = fs::remove_file(place);
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_in_the_place_of_a_draft_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("theirs"), "precious").unwrap();
        symlink(at("theirs"), at("draft")).unwrap();
        draft(&at("draft"), 0o600)
            .unwrap()
            .write_all(b"ours")
            .unwrap();
        assert_eq!(fs::read(at("theirs")).unwrap(), b"precious");
        assert_eq!(fs::read(at("draft")).unwrap(), b"ours");
        // Nor one at the place itself, or where the draft of this process lies.
        symlink(at("theirs"), at("report.html")).unwrap();
        symlink(at("theirs"), beside(&at("report.html"))).unwrap();
        write_openly(&at("report.html"), b"a report").unwrap();
        assert_eq!(fs::read(at("theirs")).unwrap(), b"precious");
        assert_eq!(fs::read(at("report.html")).unwrap(), b"a report");
        assert!(!at("report.html").is_symlink());
    }

    #[test]
    fn a_device_is_written_to_and_stays_one() {
        write_openly(Path::new("/dev/null"), b"a report").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_file_without_an_end_is_read_no_further_than_it_may_be_long() {
        let error = read(Path::new("/dev/zero"), 5 << 20).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "it is larger than 5 MB");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert!(read(&path, 4).is_err());
        let no_text = read_text(Path::new("/dev/zero"), 5 << 10).unwrap_err();
        assert_eq!(no_text.to_string(), "it is larger than 5 kB");
        fs::write(&path, b"\xff").unwrap();
        let no_text = read_text(&path, 5).unwrap_err();
        assert_eq!(no_text.kind(), io::ErrorKind::InvalidData);
        let mut endless = io::BufReader::new(File::open("/dev/zero").unwrap());
        let error = read_line(&mut endless).unwrap_err();
        assert_eq!(error.to_string(), "the line is longer than 64 kB");
        let mut answers: &[u8] = b"yes\nno";
        assert_eq!(read_line(&mut answers).unwrap(), "yes\n");
        assert_eq!(read_line(&mut answers).unwrap(), "no");
        assert_eq!(read_line(&mut answers).unwrap(), "");
    }

    #[test]
    fn a_place_is_taken_once_with_links_and_without() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for put in [put_in_place, take_place] {
            fs::write(at("draft"), "whole").unwrap();
            put(&at("draft"), &at("place")).unwrap();
            assert!(!at("draft").exists());
            assert_eq!(fs::read(at("place")).unwrap(), b"whole");
            fs::write(at("draft"), "another").unwrap();
            let error = put(&at("draft"), &at("place")).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(at("place")).unwrap(), b"whole");
            fs::remove_file(at("place")).unwrap();
            // What cannot be put there leaves nothing.
            assert!(put(&at("missing"), &at("place")).is_err());
            assert!(!at("place").exists());
        }
    }
}
