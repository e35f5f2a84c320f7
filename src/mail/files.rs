//! The mail folder: letters as `.eml` files, for those who gave no mail server.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Letter;
use super::message::Parcel;
use crate::files;

/// Writes a letter into the folder and says where.
///
/// The file appears whole or not at all: it is written beside its place, forced to the disk, and
/// then renamed. Its name follows from the letter alone, so a second try after a kill replaces the
/// file with the same bytes instead of adding another.
///
/// # Errors
///
/// When the folder cannot be created or written.
pub fn write(folder: &Path, letter: &Letter, parcel: &Parcel) -> std::io::Result<PathBuf> {
    files::is_ours(folder, true)?;
    fs::create_dir_all(folder)?;
    let name = file_name(letter);
    let place = folder.join(&name);
    // The outbox gives a letter to one process at a time, so the draft is ours; and what a kill
    // left of it is written over.
    let draft = folder.join(format!(".{name}.part"));
    let written = files::draft(&draft, 0o600)
        .and_then(|mut file| {
            file.write_all(&parcel.bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&draft, &place));
    if let Err(error) = written {
        // What is left of the draft is of no use; that it cannot be removed adds nothing.
        let _ = fs::remove_file(&draft);
        return Err(error);
    }
    // The rename itself is on the disk only when the folder is.
    File::open(folder)?.sync_all()?;
    Ok(place)
}

/// What was delivered with this answer lies in a folder, and nobody has mailed it.
pub fn is_file(answer: &str) -> bool {
    Path::new(answer).extension() == Some("eml".as_ref())
}

/// The name of a letter's file, as `2027-01-28T120000Z-act-9780132350884-1f2e3d4c5b6a7988.eml`: in
/// a listing the files stand in the order in which they were written.
pub fn file_name(letter: &Letter) -> String {
    let mut name = letter.written.strftime("%Y-%m-%dT%H%M%SZ").to_string();
    let middle = letter
        .severity
        .map_or(letter.kind.name(), crate::judge::Severity::name);
    name.push('-');
    name.push_str(middle);
    if let Some(edition) = &letter.edition {
        name.push('-');
        name.push_str(edition.as_str());
    }
    let print = super::identity::fingerprint(&[&letter.message_id]);
    format!("{name}-{print:016x}.eml")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::message::{Sender, message};
    use crate::mail::{LetterKind, Route};

    fn letter(id: &str) -> Letter {
        Letter {
            route: Route::Mail,
            message_id: id.to_owned(),
            references: None,
            written: "2027-01-28T12:00:00Z".parse().unwrap(),
            kind: LetterKind::Digest,
            severity: None,
            rule: None,
            edition: None,
            stores: Vec::new(),
            to_name: "Jane Roe".to_owned(),
            to: "jane@example.com".to_owned(),
            subject: "Digest".to_owned(),
            text: "Hello\n".to_owned(),
            html: "<p>Hello</p>\n".to_owned(),
        }
    }

    #[test]
    fn the_same_letter_is_one_file_and_another_letter_another() {
        let folder = tempfile::tempdir().unwrap();
        let mail = folder.path().join("letters");
        for id in ["a@example.com", "a@example.com", "../../b@example.com"] {
            let letter = letter(id);
            let parcel = message(
                &letter,
                &Sender::new("jane@example.com", &jiff::tz::TimeZone::UTC),
            )
            .unwrap();
            let place = write(&mail, &letter, &parcel).unwrap();
            assert_eq!(fs::read(&place).unwrap(), parcel.bytes);
            assert_eq!(place.parent().unwrap(), mail);
        }
        let mut names: Vec<String> = fs::read_dir(&mail)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(
            names[0].starts_with("2027-01-28T120000Z-digest-"),
            "{names:?}"
        );
    }

    #[test]
    fn a_folder_of_letters_that_is_a_link_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (mail, theirs) = (folder.path().join("letters"), folder.path().join("theirs"));
        fs::create_dir(&theirs).unwrap();
        std::os::unix::fs::symlink(&theirs, &mail).unwrap();
        let letter = letter("a@example.com");
        let parcel = message(
            &letter,
            &Sender::new("jane@example.com", &jiff::tz::TimeZone::UTC),
        )
        .unwrap();
        let words = write(&mail, &letter, &parcel).unwrap_err().to_string();
        assert!(words.contains("letters is a link"), "{words}");
        assert_eq!(fs::read_dir(&theirs).unwrap().count(), 0);
        fs::remove_file(&mail).unwrap();
        write(&mail, &letter, &parcel).unwrap();
    }

    #[test]
    fn a_draft_left_by_a_kill_is_no_letter() {
        let folder = tempfile::tempdir().unwrap();
        let letter = letter("a@example.com");
        let parcel = message(
            &letter,
            &Sender::new("jane@example.com", &jiff::tz::TimeZone::UTC),
        )
        .unwrap();
        let draft = format!(".{}.part", file_name(&letter));
        fs::write(folder.path().join(draft), "half a let").unwrap();
        let place = write(folder.path(), &letter, &parcel).unwrap();
        assert_eq!(fs::read(place).unwrap(), parcel.bytes);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
