//! The inbox: a folder into which the author saves pages from any browser, or lets a phone's be
//! synchronised.
//!
//! Each file is read once, counts as a look by hand of the time at which it was saved,
//! and is moved aside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::{House, RoundError, Step, by_hand};
use crate::book::{EditionId, Source};
use crate::files::{self, LARGEST_PAGE};
use crate::history::saved::{self, Found};
use crate::history::sqlite::looks;
use crate::page::Reading;
use crate::text::words;

/// The most files that are read at one tick: a folder that holds more is read over several.
const MOST: usize = 50;

/// How old a saved page may be: what is older says nothing of today.
const OLDEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A file that was changed so lately may still be being written.
const SETTLED: SignedDuration = SignedDuration::from_secs(5);

/// How the names of saved pages end.
const ENDINGS: [&str; 6] = ["html", "htm", "xhtml", "mhtml", "mht", "webarchive"];

/// Where files go that were read, and those that were not, below the inbox.
const READ: &str = "read";
const NOT_READ: &str = "not-read";

/// What a file came to.
enum Outcome {
    /// It is a look at this page; said in words.
    Look(EditionId, String),
    /// It is none, and why.
    None(String),
    /// It is still being written.
    Later,
}

/// Reads what lies in the inbox, and moves it aside. Gives the editions of which something was seen,
/// and a step for each file.
///
/// 1. What is no ordinary file is left alone, and no link is followed.
/// 2. A file is recorded first and moved then: one that was recorded before, and could not be moved,
///    is known by its time.
/// 3. A file that is no look at a page of ours is not a word about any store. Why stands beside it.
///
/// # Errors
///
/// The database's. What the disk refuses is a step, and tried again at the next tick.
pub(super) fn open(house: &House) -> Result<(Vec<EditionId>, Vec<Step>), RoundError> {
    let (mut seen, mut steps) = (Vec::new(), Vec::new());
    let Some(inbox) = &house.plan.inbox else {
        return Ok((seen, steps));
    };
    let mut step = |file: &Path, said: String| {
        let file = file.file_name().unwrap_or(file.as_os_str());
        let file = file.to_string_lossy().into_owned();
        tracing::info!(file, said, "inbox");
        steps.push(Step::Opened { file, said });
    };
    let files = match listed(inbox) {
        Ok(files) => files,
        Err(error) => {
            let why = "the inbox cannot be read; let the user that runs pubwatch read and write it";
            step(inbox, format!("{why}: {error}"));
            return Ok((seen, steps));
        }
    };
    for file in files {
        let (aside, said, why) = match look_at(house, &file)? {
            Outcome::Later => continue,
            Outcome::Look(edition, said) => {
                seen.push(edition);
                (READ, said, None)
            }
            Outcome::None(why) => (NOT_READ, format!("it is no look: {why}"), Some(why)),
        };
        let said = match moved(&file, &inbox.join(aside), why.as_deref()) {
            Ok(()) => said,
            Err(error) => format!("{said}; it could not be moved to `{aside}`: {error}"),
        };
        step(&file, said);
    }
    Ok((seen, steps))
}

/// The saved pages in the folder, which is made where it is missing, in the order of their names.
fn listed(inbox: &Path) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(inbox)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(inbox)? {
        let entry = entry?;
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let ending = ending.map(str::to_ascii_lowercase);
        let is_page = ending.is_some_and(|ending| ENDINGS.contains(&&*ending));
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        // Not that of what a link leads to.
        if is_page && !is_hidden && entry.file_type()?.is_file() {
            files.push(path);
        }
    }
    files.sort();
    files.truncate(MOST);
    Ok(files)
}

/// How many saved pages wait in the inbox, and how many lie aside that were not read.
///
/// # Errors
///
/// Of the disk, also when the folder cannot be written.
pub fn waiting(inbox: &Path) -> io::Result<(usize, usize)> {
    let waits = listed(inbox)?.len();
    // Hidden, so that it is no page: what cannot be written cannot be moved aside.
    let probe = inbox.join(".pubwatch");
    fs::write(&probe, "")?;
    fs::remove_file(&probe)?;
    let aside = inbox.join(NOT_READ);
    let not = if aside.is_dir() {
        listed(&aside)?.len()
    } else {
        0
    };
    Ok((waits, not))
}

fn look_at(house: &House, file: &Path) -> Result<Outcome, RoundError> {
    let now = house.clock.now();
    let (bytes, written) = match files::read_with_time(file, LARGEST_PAGE) {
        Ok(read) => read,
        Err(error) => return Ok(Outcome::None(format!("it cannot be read: {error}"))),
    };
    let age = now.duration_since(written);
    if (SignedDuration::ZERO..SETTLED).contains(&age) {
        return Ok(Outcome::Later);
    }
    if OLDEST < age {
        return Ok(Outcome::None(format!(
            "it was saved {} ago, which says nothing of today; save the page anew",
            words::lasting(age)
        )));
    }
    // A clock elsewhere may be ahead: nothing is seen before it is.
    let at = written.min(now);
    let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    let found = saved::unwrapped(&bytes)
        .map_err(|no_page| no_page.to_string())
        .and_then(|page| saved::find(&page, &house.plan, at, &house.lessons));
    match found {
        Ok(found) => recorded(house, found, at),
        Err(why) => Ok(Outcome::None(why)),
    }
}

fn recorded(house: &House, found: Found, at: Timestamp) -> Result<Outcome, RoundError> {
    let Found {
        listing,
        reading,
        evidence,
    } = found;
    let Reading::Says(says) = &reading else {
        return Ok(Outcome::None("it names no state".to_owned()));
    };
    let name = house.name_of(&listing);
    let said = format!("{name}: {} “{}”", says.availability.word(), says.words);
    let is_newer = house.db.write(|transaction| {
        let last = looks(transaction, &listing)?.last_good;
        if last.is_some_and(|last| at < last) {
            return Ok::<_, rusqlite::Error>(false);
        }
        // Read before, when it could not be moved.
        if last != Some(at) {
            let of = (&listing, at, Source::ByHand);
            by_hand::keep(
                transaction,
                &house.plan,
                of,
                reading.clone(),
                Some(evidence),
            )?;
        }
        Ok(true)
    })?;
    Ok(if is_newer {
        Outcome::Look(listing.edition, said)
    } else {
        Outcome::None(format!("{name} was read later than it was saved"))
    })
}

/// Moves a file into a folder, beside what is there under its name, and writes down why.
fn moved(file: &Path, folder: &Path, why: Option<&str>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let ending = file.extension().unwrap_or_default().to_string_lossy();
    for number in 1..=1000 {
        let name = match number {
            1 => stem.to_string(),
            _ => format!("{stem} ({number})"),
        };
        let place = folder.join(format!("{name}.{ending}"));
        match files::put_in_place(file, &place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Ok(()) => {
                return why.map_or(Ok(()), |why| {
                    let beside = folder.join(format!("{name}.{ending}.txt"));
                    files::write_openly(&beside, format!("Not read: {why}.\n").as_bytes())
                });
            }
            Err(error) => return Err(error),
        }
    }
    let words = "there are a thousand files of its name already";
    Err(io::Error::new(io::ErrorKind::AlreadyExists, words))
}
