//! `pubwatch run`: the service.

use std::path::Path;

use crate::exit::Exit;
use crate::service::watch;

/// Keep watch: look at every listing when it is due, and send letters, until stopped.
///
/// SIGTERM or Ctrl-C stops it cleanly. A configuration that changes is taken over within seconds; one
/// that is wrong is kept out, and the old one stays in force. SIGHUP reads it again at once.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs the service.
pub fn run(_arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    watch::keep(config)?;
    Ok(Exit::Done)
}
