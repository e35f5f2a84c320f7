//! `pubwatch changelog`: the changelog that belongs to this very binary.

use std::io::Write as _;

use crate::exit::Exit;

/// Print what changed from version to version.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Prints CHANGELOG.md.
pub fn run(_arguments: &Arguments) -> anyhow::Result<Exit> {
    anstream::stdout().write_all(include_bytes!("../../CHANGELOG.md"))?;
    Ok(Exit::Done)
}
