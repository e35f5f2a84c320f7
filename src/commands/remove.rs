//! `pubwatch remove`: an edition less to watch. What was seen of it stays in the database.

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;

use crate::config::edit;
use crate::exit::Exit;
use crate::service::following::taken_over_soon;
use crate::setup::ask::Asker;
use crate::setup::place::Existing;
use crate::terminal::which;

/// Take an edition out of the configuration; what was seen of it is kept.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The ISBN or ASIN, or a part of the title that only this edition has
    edition: String,

    /// Do not ask whether it is meant
    #[arg(long, short)]
    yes: bool,
}

/// Asks, and takes it out.
///
/// # Errors
///
/// When there is no such edition, or nobody confirms it.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let existing = Existing::load(config)?;
    let edition = &which::edition(&existing.loaded.plan, &arguments.edition)?.edition;
    let name = format!(
        "{} ({}, {})",
        edition.title,
        edition.format.name(),
        edition.id
    );
    let stdin = std::io::stdin();
    let (mut answers, mut questions) = (stdin.lock(), anstream::stderr());
    let mut asker = Asker::at(&mut answers, &mut questions);
    if !arguments.yes && !asker.is_there() {
        bail!("this would take out {name}; say so with --yes");
    }
    let mut out = anstream::stdout().lock();
    if !arguments.yes && !asker.yes(&format!("Stop watching {name}?"), false)? {
        writeln!(out, "Nothing was changed")?;
        return Ok(Exit::Done);
    }
    let text = edit::without(&existing.loaded.text, &edition.id)?;
    let changed = existing.with(text)?;
    existing.replace(&changed)?;
    writeln!(
        out,
        "Removed {name} from {}. What was seen of it stays in the database.",
        changed.path.display()
    )?;
    if let Some(said) = taken_over_soon(&changed) {
        writeln!(out, "{said}")?;
    }
    Ok(Exit::Done)
}
