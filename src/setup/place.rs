//! Where the configuration is, and how it is written: whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use jiff::civil::Date;

use crate::clock::Clock;
use crate::config::plan::Secret;
use crate::config::{self, ConfigError, Loaded, files};
use crate::files::{LARGEST_TEXT, read, write_new, write_whole};
use crate::setup::data::open_database;
use crate::setup::loading::{load, load_text};

/// Today, where this machine stands.
pub fn today() -> Date {
    Clock::System
        .now()
        .to_zoned(jiff::tz::TimeZone::system())
        .date()
}

/// A configuration that can be used and is about to be changed.
#[derive(Debug)]
pub struct Existing {
    /// What it says now.
    pub loaded: Loaded,
    /// The file behind the path, where that is a link.
    target: PathBuf,
    /// The day on which it is checked.
    today: Date,
}

impl Existing {
    /// Finds and reads the configuration. One that is wrong is not changed: nobody could tell
    /// whether the change is right.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when there is none that can be used.
    pub fn load(config: Option<&Path>) -> anyhow::Result<Self> {
        Self::load_on(config, today())
    }

    /// The same for who knows what day it is.
    ///
    /// # Errors
    ///
    /// Those of [`Existing::load`].
    pub fn load_on(config: Option<&Path>, today: Date) -> anyhow::Result<Self> {
        let loaded = load(config, today)?;
        let target = fs::canonicalize(&loaded.path)
            .with_context(|| format!("finding the file behind {}", loaded.path.display()))?;
        Ok(Self {
            loaded,
            target,
            today,
        })
    }

    /// What the configuration would be with another text.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Wrong`] when it could not be used; the file is untouched.
    pub fn with(&self, text: String) -> Result<Loaded, ConfigError> {
        load_text(self.loaded.path.clone(), text, self.today)
    }

    /// Replaces the text on the disk.
    ///
    /// # Errors
    ///
    /// When somebody else changed the file meanwhile, or it cannot be written; it is then as it
    /// was.
    pub fn replace(&self, changed: &Loaded) -> anyhow::Result<()> {
        self.exchange(&self.loaded.text, &changed.text)
    }

    /// Puts the text back that [`Existing::replace`] has replaced.
    ///
    /// # Errors
    ///
    /// Those of [`Existing::replace`].
    pub fn put_back(&self, changed: &Loaded) -> anyhow::Result<()> {
        self.exchange(&changed.text, &self.loaded.text)
    }

    fn exchange(&self, before: &str, after: &str) -> anyhow::Result<()> {
        let path = self.loaded.path.display();
        let now =
            read(&self.target, LARGEST_TEXT).with_context(|| format!("reading {path} again"))?;
        if now != before.as_bytes() {
            bail!("{path} was changed by somebody else in the meantime; do this once more");
        }
        let mode = fs::metadata(&self.target)?.permissions().mode();
        write_whole(&self.target, after.as_bytes(), mode & 0o777)
            .with_context(|| format!("cannot write {path}; it is as it was"))
    }
}

/// Says on standard error of what a changed configuration warns that its former text did not.
///
/// # Errors
///
/// When standard error cannot be written.
pub fn say_new_warnings(before: &Loaded, after: &Loaded) -> io::Result<()> {
    let warnings = new_warnings(before, after, true);
    if warnings.is_empty() {
        return Ok(());
    }
    writeln!(anstream::stderr(), "{warnings}\n")
}

/// The warnings of a configuration that its former text did not have.
fn new_warnings(before: &Loaded, after: &Loaded, colour: bool) -> String {
    let fresh: Vec<config::Problem> = after
        .warnings
        .iter()
        .filter(|warning| {
            let told = |other: &&config::Problem| {
                other.message == warning.message && other.cause == warning.cause
            };
            let count = |list: &[config::Problem]| list.iter().filter(told).count();
            count(&before.warnings) < count(&after.warnings)
        })
        .cloned()
        .collect();
    let name = after.path.to_string_lossy();
    config::problem::render_all(&fresh, &name, &after.text, colour)
}

/// Where a new configuration belongs: where it was asked for, in `$PUBWATCH_CONFIG`, for the whole
/// machine when the superuser asks, otherwise in the user's own folder.
///
/// # Errors
///
/// When the place cannot be told.
pub fn for_a_new_one(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    if let Some(path) = std::env::var_os(files::VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(path.into());
    }
    let places = files::places();
    let place = if is_superuser() {
        places.last()
    } else {
        places.first()
    };
    place
        .cloned()
        .context("cannot tell where the configuration belongs; name a file with --config")
}

/// The program runs as root.
pub fn is_superuser() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Writes a new file, readable by its owner only, and its folders; never over another.
///
/// # Errors
///
/// When there is a file already, or it cannot be written.
pub fn create(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    match write_new(path, bytes) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => bail!(
            "{} is there already, and is not written over; change it, or move it away first",
            path.display()
        ),
        written => written.with_context(|| format!("cannot write {}", path.display())),
    }
}

/// There is nothing at that place, not even a link that leads nowhere.
pub fn is_missing(path: &Path) -> bool {
    let known = fs::symlink_metadata(path);
    known.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// The first place beside a file of that name, or of it with a number, where nothing is.
pub fn free_beside(file: &Path, name: &str) -> PathBuf {
    let usual = file.with_file_name(name);
    let more = (2..).map(|number| file.with_file_name(format!("{name}-{number}")));
    let mut all = std::iter::once(usual.clone()).chain(more);
    all.find(|path| is_missing(path)).unwrap_or(usual)
}

/// Writes a new configuration, the password that it names, and its data folder: all of it, or neither
/// of the files. What is written can be used.
///
/// # Errors
///
/// When one of the files is there already, the configuration would be wrong, or the system says no.
pub fn create_all(
    file: &Path,
    text: String,
    secret: Option<(&Path, &Secret)>,
    today: Date,
) -> anyhow::Result<()> {
    if let Some((place, password)) = secret {
        create(place, format!("{}\n", password.reveal()).as_bytes())?;
    }
    let write = || {
        let loaded = load_text(file.to_owned(), text, today)?;
        open_database(&loaded.plan.data)?;
        create(file, loaded.text.as_bytes())
    };
    write().inspect_err(|_| {
        if let Some((place, _)) = secret {
            // It is ours, and of no use; that it cannot be removed adds nothing.
            let _ = fs::remove_file(place);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\n\
                        timezone = \"Europe/London\"\n";

    #[test]
    fn a_file_is_replaced_with_its_rights_and_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.toml");
        create(&path, TEXT.as_bytes()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link.toml");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let existing = Existing::load(Some(&link)).unwrap();
        let changed = existing.with(format!("# new\n{TEXT}")).unwrap();
        existing.replace(&changed).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("# new\n{TEXT}"));
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_somebody_else_wrote_meanwhile_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.toml");
        create(&path, TEXT.as_bytes()).unwrap();
        let existing = Existing::load(Some(&path)).unwrap();
        let changed = existing.with(format!("# mine\n{TEXT}")).unwrap();
        fs::write(&path, format!("# theirs\n{TEXT}")).unwrap();
        let error = existing.replace(&changed).unwrap_err();
        assert!(error.to_string().contains("somebody else"), "{error}");
        assert!(fs::read_to_string(&path).unwrap().starts_with("# theirs"));
    }

    #[test]
    fn a_change_that_would_be_wrong_is_refused_and_a_new_file_never_replaces_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/pubwatch.toml");
        create(&path, TEXT.as_bytes()).unwrap();
        let existing = Existing::load(Some(&path)).unwrap();
        assert!(existing.with(format!("{TEXT}colour = 3\n")).is_err());
        let error = create(&path, b"other").unwrap_err();
        assert!(error.to_string().contains("is there already"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), TEXT);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
