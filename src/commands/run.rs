//! `pubwatch run`: the service.

use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::service::first_start::Wish;
use crate::service::watch;

/// Keep watch: look at every listing when it is due, and send letters, until stopped.
///
/// Without a configuration it serves a page on which one is made, on this machine only and behind a
/// code that it prints, and then goes on with it.
///
/// SIGTERM or Ctrl-C stops it cleanly. A configuration that changes is taken over within seconds; one
/// that is wrong is kept out, and the old one stays in force. SIGHUP reads it again at once.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Without a configuration: the port on which it is made, and where the page is from then on
    /// [default: 7117]
    #[arg(long)]
    port: Option<u16>,

    /// What else is to stand in a new configuration; for tests
    #[arg(long, value_name = "FILE", hide = true)]
    more: Option<PathBuf>,
}

/// Runs the service.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let wish = Wish {
        port: arguments.port,
        more: arguments.more.clone(),
    };
    watch::keep(config, &wish)?;
    Ok(Exit::Done)
}
