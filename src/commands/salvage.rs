//! `pubwatch salvage`: what can still be read of a damaged database.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::face;
use crate::clock::Clock;
use crate::commands::loading::load;
use crate::db::{backup, salvage};
use crate::exit::Exit;

/// Save what can still be read of a damaged database.
///
/// A database is damaged by a failing disk, hardly ever by anything else: look after the disk, and
/// stop the service first. What can be read goes into a new database in its place; the damaged one
/// is kept beside it. Where there is a recent backup, `pubwatch restore` loses less.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Also when nothing is found to be wrong
    #[arg(long)]
    anyway: bool,
}

/// Saves what can be read, and says what that is.
///
/// # Errors
///
/// When there is no database, or nothing of it can be read; it is then as it was.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let loaded = load(config, super::setup::place::today())?;
    let data = loaded.plan.data;
    let path = data.join("pubwatch.db");
    if !path.try_exists()? {
        bail!("there is no database in {}", data.display());
    }
    let mut out = anstream::stdout().lock();
    if !arguments.anyway && backup::check(&path).is_ok() {
        writeln!(out, "{} is sound; there is nothing to save", path.display())?;
        return Ok(Exit::Done);
    }
    let new = data.join(format!("salvaged.{}.part", std::process::id()));
    let saved = salvage::salvage(&path, &new)
        .inspect_err(|_| {
            // It is of no use.
            let _ = std::fs::remove_file(&new);
        })
        .context("nothing could be saved, and nothing was changed")?;
    let aside = set_aside(&path)?;
    std::fs::rename(&new, &path).with_context(|| {
        format!(
            "what was saved is in {}; rename it to {}",
            new.display(),
            path.display()
        )
    })?;
    let mut table = face::table(&["table", "rows saved", "all?"]);
    for one in &saved {
        let all = if one.is_whole { "yes" } else { "some are lost" };
        table.add_row([one.table, &one.rows.to_string(), all]);
    }
    writeln!(
        out,
        "{}\nThe damaged database is in {}",
        face::lines(&table),
        aside.display()
    )?;
    Ok(if saved.iter().all(|one| one.is_whole) {
        Exit::Done
    } else {
        Exit::Attention
    })
}

/// Moves a damaged database with its log out of the way, and gives its new place.
///
/// # Errors
///
/// When it cannot be moved.
pub(super) fn set_aside(path: &Path) -> anyhow::Result<PathBuf> {
    let now = Clock::System.now();
    let aside = path.with_file_name(format!(
        "damaged-{}.db",
        now.strftime("%Y-%m-%dT%H%M%S%.3fZ")
    ));
    std::fs::rename(path, &aside)
        .with_context(|| format!("cannot move {} to {}", path.display(), aside.display()))?;
    for log in ["-wal", "-shm"] {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(log);
            PathBuf::from(name)
        };
        // It is there only when the last program was killed.
        let _ = std::fs::rename(with(path), with(&aside));
    }
    Ok(aside)
}
