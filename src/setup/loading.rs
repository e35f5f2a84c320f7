//! The configuration as commands load it: what `config` checks, and whether the words that it
//! teaches go together with the shipped ones. Only a stage after `config` knows those.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::config::files::checked;
use crate::config::{self, ConfigError, Loaded};
use crate::stores::lessons;

/// Finds, reads and checks the configuration.
///
/// # Errors
///
/// [`ConfigError`] when there is none that can be used.
pub fn load(named: Option<&Path>, today: Date) -> Result<Loaded, ConfigError> {
    examined(config::load(named, today)?)
}

/// Checks a text that is to become the configuration at `path`.
///
/// # Errors
///
/// [`ConfigError::Wrong`] when it could not be used.
pub fn load_text(path: PathBuf, text: String, today: Date) -> Result<Loaded, ConfigError> {
    examined(checked(path, text, today)?)
}

fn examined(loaded: Loaded) -> Result<Loaded, ConfigError> {
    let objections = lessons::objections(&loaded.plan.stores);
    if objections.is_empty() {
        return Ok(loaded);
    }
    let objections = objections.iter().map(lessons::Objection::problem);
    Err(ConfigError::Wrong {
        problems: objections.chain(loaded.warnings).collect(),
        path: loaded.path,
        text: loaded.text,
    })
}
