//! `pubwatch backup` and `pubwatch restore`: the database as one file, and back.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::clock::Clock;
use crate::db::backup::{self, BackupError};
use crate::exit::Exit;
use crate::service::context::Context;
use crate::setup::ask::Asker;
use crate::setup::data::open_database;
use crate::setup::loading::load;

/// Copy the database into one file; also while the service runs.
///
/// Everything that was seen, told and sent is in it; keep the configuration and the password file
/// beside it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file to write; never written over
    file: PathBuf,
}

/// Makes the copy.
///
/// # Errors
///
/// When the database cannot be read, or the file not be written.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    backup::save(&context.db, &arguments.file)
        .with_context(|| format!("cannot copy {}", context.db.path().display()))?;
    let size = std::fs::metadata(&arguments.file)?.len();
    writeln!(
        anstream::stdout(),
        "Copied {} to {} ({} kB)",
        context.db.path().display(),
        arguments.file.display(),
        size.div_ceil(1024)
    )?;
    Ok(Exit::Done)
}

/// Put a backup back in the place of the database.
///
/// What is in the database now is copied beside it first. The configuration is not touched.
#[derive(Debug, clap::Args)]
pub struct RestoreArguments {
    /// The backup
    file: PathBuf,

    /// Do not ask whether it is meant
    #[arg(long, short)]
    yes: bool,
}

/// Puts the copy back.
///
/// # Errors
///
/// When the backup is not sound, or nobody confirms it; the database is then as it was.
pub fn restore(arguments: &RestoreArguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let now = Clock::System.now();
    let loaded = load(config, crate::setup::place::today())?;
    let data = &loaded.plan.data;
    let is_new = !data.join("pubwatch.db").exists();
    let stdin = std::io::stdin();
    let (mut answers, mut questions) = (stdin.lock(), anstream::stderr());
    let mut asker = Asker::at(&mut answers, &mut questions);
    if !is_new && !arguments.yes {
        if !asker.is_there() {
            bail!(
                "this replaces the database in {}; say so with --yes",
                data.display()
            );
        }
        let question = format!("Replace the database in {}?", data.display());
        if !asker.yes(&question, false)? {
            writeln!(anstream::stdout(), "Nothing was changed")?;
            return Ok(Exit::Done);
        }
    }
    // What cannot be put back is no reason to copy anything.
    let path = data.join("pubwatch.db");
    backup::check(&arguments.file, &path)?;
    let mut out = anstream::stdout().lock();
    let is_damaged =
        !is_new && matches!(backup::check_live(&path), Err(BackupError::Damaged { .. }));
    if is_damaged {
        let aside = set_aside(&path)?;
        writeln!(out, "The damaged database is in {}", aside.display())?;
    }
    let is_new = is_new || is_damaged;
    let db = open_database(data)?;
    let aside = (!is_new).then(|| {
        data.join(format!(
            "before-restore-{}.db",
            now.strftime("%Y-%m-%dT%H%M%S%.3fZ")
        ))
    });
    if let Some(aside) = &aside {
        backup::save(&db, aside).context("cannot keep what is there now; nothing was changed")?;
    }
    backup::put_back(&arguments.file, db.path())?;
    // An older schema is brought up to date at once, and not at some later time.
    drop(db);
    open_database(data)?;
    writeln!(out, "Restored {}", arguments.file.display())?;
    if let Some(aside) = aside {
        writeln!(out, "What was there before is in {}", aside.display())?;
    }
    Ok(Exit::Done)
}

/// Moves a damaged database with its log out of the way, and gives its new place.
fn set_aside(path: &Path) -> anyhow::Result<PathBuf> {
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
