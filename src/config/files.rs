//! Finds and reads the configuration and the files it names, and fetches secrets when they are
//! needed.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::check::{self, NamedFile, Surroundings};
use super::plan::{Plan, SecretSource};
use super::problem::{Problem, render_all};

/// The environment variable that names the configuration.
pub const VARIABLE: &str = "PUBWATCH_CONFIG";

/// The configuration of the whole machine, and the data folder that goes with it.
const MACHINE: &str = "/etc/pubwatch/pubwatch.toml";
const MACHINE_DATA: &str = "/var/lib/pubwatch";

/// No first line of a password is longer.
pub(super) const LONGEST_SECRET: u64 = 64 << 10;

/// A configuration that was found and can be used.
#[derive(Debug)]
pub struct Loaded {
    /// What it says.
    pub plan: Plan,
    /// What the author should know although it can be used.
    pub warnings: Vec<Problem>,
    /// Where it was found.
    pub path: PathBuf,
    /// Its text, which the places in the warnings refer to.
    pub text: String,
}

impl Loaded {
    /// The warnings as text, each with its line and caret; empty when there are none.
    pub fn render_warnings(&self, colour: bool) -> String {
        render_all(
            &self.warnings,
            &self.path.to_string_lossy(),
            &self.text,
            colour,
        )
    }
}

/// Why there is no configuration to work with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// None was found, and none was named.
    #[error(
        "there is no configuration; looked for {}. `pubwatch run` serves a page on which one is \
         made, `pubwatch init` asks on the terminal; one elsewhere is named with --config",
        listed(looked)
    )]
    NotFound {
        /// The places, in the order in which they were tried.
        looked: Vec<PathBuf>,
    },
    /// It is there, or was named, and cannot be read.
    #[error("cannot read the configuration {}: {source}; {}", path.display(), hint(source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not text.
    #[error(
        "the configuration {} is not UTF-8 text (byte {at}); save it as UTF-8 in your editor",
        path.display()
    )]
    NotText {
        /// The file.
        path: PathBuf,
        /// The first byte that is no UTF-8.
        at: usize,
    },
    /// It is wrong.
    #[error("{}", render_all(problems, &path.to_string_lossy(), text, false))]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Its text.
        text: String,
        /// Everything that is wrong, and the warnings.
        problems: Vec<Problem>,
    },
}

impl ConfigError {
    /// The error as text, in colour when asked for.
    pub fn render(&self, colour: bool) -> String {
        match self {
            Self::Wrong {
                path,
                text,
                problems,
            } => render_all(problems, &path.to_string_lossy(), text, colour),
            Self::NotFound { .. } | Self::Unreadable { .. } | Self::NotText { .. } => {
                self.to_string()
            }
        }
    }
}

fn listed(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

fn hint(error: &io::Error) -> &'static str {
    let kind = error.kind();
    if kind == io::ErrorKind::NotFound {
        "see that the path is right"
    } else if kind == io::ErrorKind::PermissionDenied {
        "let the user that runs pubwatch read it, with `chown` or `chmod`"
    } else if kind == io::ErrorKind::IsADirectory {
        "name the file in the folder, not the folder"
    } else {
        "see that the disk and the path are in order"
    }
}

/// The places where a configuration may be, in the order in which they are tried.
pub fn places() -> Vec<PathBuf> {
    let own = env_path("XDG_CONFIG_HOME").or_else(|| Some(env_path("HOME")?.join(".config")));
    own.map(|folder| folder.join("pubwatch/pubwatch.toml"))
        .into_iter()
        .chain([PathBuf::from(MACHINE)])
        .collect()
}

/// The configuration to use: the one that was named, the one in `$PUBWATCH_CONFIG`, or the first
/// that is there of [`places`].
///
/// # Errors
///
/// [`ConfigError::NotFound`] when none was named and none is there.
pub fn find(named: Option<&Path>) -> Result<PathBuf, ConfigError> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    if let Some(path) = env_path(VARIABLE) {
        return Ok(path);
    }
    let looked = places();
    match looked.iter().find(|path| path.is_file()) {
        Some(path) => Ok(path.clone()),
        None => Err(ConfigError::NotFound { looked }),
    }
}

/// Finds, reads and checks the configuration, and sees that the files it names can be read.
///
/// # Errors
///
/// [`ConfigError`], which holds everything that is wrong at once.
pub fn load(named: Option<&Path>, today: Date) -> Result<Loaded, ConfigError> {
    let path = find(named)?;
    let unreadable = |source| ConfigError::Unreadable {
        path: path.clone(),
        source,
    };
    let bytes = crate::files::read(&path, crate::files::LARGEST_TEXT).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|error| ConfigError::NotText {
        path: path.clone(),
        at: error.utf8_error().valid_up_to(),
    })?;
    checked(path, text, today)
}

/// Checks the text of a configuration that is, or is about to be, at `path`, and sees that the
/// files it names can be read.
///
/// # Errors
///
/// [`ConfigError`], which holds everything that is wrong at once.
pub fn checked(path: PathBuf, text: String, today: Date) -> Result<Loaded, ConfigError> {
    // Relative paths must not depend on where the program happens to stand later.
    let whole = std::path::absolute(&path).map_err(|source| ConfigError::Unreadable {
        path: path.clone(),
        source,
    })?;
    let home = env_path("HOME");
    let checked = check::check(
        &text,
        &Surroundings {
            folder: whole.parent().unwrap_or(Path::new("/")),
            data: &data_folder(&whole),
            home: home.as_deref(),
            today,
        },
    );
    let mut problems = checked.problems;
    problems.extend(checked.files.iter().filter_map(look_at));
    problems.extend(missing_variables(checked.plan.as_ref()));
    match checked.plan {
        Some(mut plan) if !problems.iter().any(Problem::is_error) => {
            plan.origins.file = Some(whole);
            Ok(Loaded {
                plan,
                warnings: problems,
                path,
                text,
            })
        }
        Some(_) | None => Err(ConfigError::Wrong {
            path,
            text,
            problems,
        }),
    }
}

/// Where data go when the configuration does not say.
fn data_folder(config: &Path) -> PathBuf {
    if config.starts_with("/etc") {
        return PathBuf::from(MACHINE_DATA);
    }
    env_path("XDG_DATA_HOME")
        .or_else(|| Some(env_path("HOME")?.join(".local/share")))
        .map_or_else(
            || PathBuf::from(MACHINE_DATA),
            |folder| folder.join("pubwatch"),
        )
}

/// An absolute path in the environment; the XDG specification says to ignore others, except for
/// the configuration, which a person names.
fn env_path(variable: &str) -> Option<PathBuf> {
    let value: OsString = env::var_os(variable)?;
    let path = PathBuf::from(value);
    (path.is_absolute() || (variable == VARIABLE && !path.as_os_str().is_empty())).then_some(path)
}

/// A named file that cannot be read, or that too many can read.
fn look_at(file: &NamedFile) -> Option<Problem> {
    let shown = file.path.display();
    let opened = fs::File::open(&file.path).and_then(|opened| {
        let metadata = opened.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(metadata)
    });
    match opened {
        Ok(metadata) if file.key != "ca_file" && others_can_read(&metadata) => Some(
            Problem::warning(format!("everybody on this machine can read {shown}"))
                .at(file.span.clone(), "")
                .remedy(format!("run `chmod 600 {shown}`")),
        ),
        Ok(_) => None,
        Err(error) => Some(
            Problem::error(format!("cannot read {shown}"))
                .at(file.span.clone(), error.to_string())
                .remedy(hint(&error))
                .remedy("a relative path is taken from the folder of the configuration"),
        ),
    }
}

#[cfg(unix)]
fn others_can_read(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o004 != 0
}

#[cfg(not(unix))]
fn others_can_read(_: &fs::Metadata) -> bool {
    false
}

/// Variables that are not set here. They may be set for the service only, so that is no error.
fn missing_variables(plan: Option<&Plan>) -> impl Iterator<Item = Problem> {
    let mail = plan.and_then(|plan| plan.mail.as_ref()?.password.as_ref());
    let api = plan.and_then(|plan| Some(&plan.api.as_ref()?.secret));
    mail.into_iter().chain(api).filter_map(|source| {
        let SecretSource::Env(name) = source else {
            return None;
        };
        if env::var_os(name).is_some() {
            return None;
        }
        Some(
            Problem::warning(format!("the environment variable `{name}` is not set here"))
                .remedy("set it where pubwatch runs, or keep the secret in a file"),
        )
    })
}

/// Why a secret could not be had. Never holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("cannot read the password file {}: {source}; {}", path.display(), hint(source))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The environment variable is not set, or is not text.
    #[error(
        "the environment variable `{0}` is not set; set it where pubwatch runs, or use \
         `password_file`"
    )]
    Env(String),
    /// The command cannot be started.
    #[error("cannot run the password command `{program}`: {source}; give its full path")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The command ended badly.
    #[error("the password command `{program}` failed ({status}); run it by hand to see why")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: String,
    },
    /// The first line is empty.
    #[error("the password from {0} is empty; its first line must be the password")]
    Empty(String),
}

/// The text that holds a secret, and where it is from; the text of a program is fetched by
/// [`super::command`].
pub(super) fn text_of(source: &SecretSource) -> Result<(String, String), SecretError> {
    Ok(match source {
        SecretSource::File(path) => (read_start(path)?, path.display().to_string()),
        SecretSource::Env(name) => (
            env::var(name).map_err(|_| SecretError::Env(name.clone()))?,
            format!("`{name}`"),
        ),
        SecretSource::Command(_) => (String::new(), "`password_command`".to_owned()),
    })
}

fn read_start(path: &Path) -> Result<String, SecretError> {
    let mut text = String::new();
    fs::File::open(path)
        .and_then(|file| file.take(LONGEST_SECRET).read_to_string(&mut text))
        .map_err(|source| SecretError::File {
            path: path.to_owned(),
            source,
        })?;
    Ok(text)
}
