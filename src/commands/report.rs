//! `pubwatch report`: an edition's history as a page that stands alone, for a client or a publicist.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};

use crate::exit::Exit;
use crate::files;
use crate::service::context::Context;
use crate::terminal::which;
use crate::web::server::Site;
use crate::web::server::exports::report;

/// Write an edition's history as a page that stands alone
///
/// It holds its style and its pictures, has no script, and asks nothing of the network.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An ISBN or ASIN, or a part of the title
    #[arg(value_name = "EDITION", required_unless_present = "all")]
    edition: Option<String>,

    /// Every edition, a file each
    #[arg(long, conflicts_with = "edition")]
    all: bool,

    /// The folder to write to; it is created when it is missing
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

/// Writes the reports and prints the names of the files.
///
/// # Errors
///
/// When the configuration or the database cannot be used, nobody knows the edition, or a file
/// cannot be written.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    let now = context.clock.now();
    let editions = match &arguments.edition {
        Some(words) => vec![which::edition(&context.plan, words)?.clone()],
        None => context.plan.editions.clone(),
    };
    if editions.is_empty() {
        bail!("no edition is configured; `pubwatch add` adds one");
    }
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("cannot create {}", arguments.out.display()))?;
    let settings = context.settings()?;
    let site = Site::new(
        context.plan,
        context.db,
        context.clock,
        settings,
        Arc::default(),
    );
    let mut out = anstream::stdout().lock();
    for plan in &editions {
        let html = report(&site, plan, now).context("making the report")?;
        let path = arguments
            .out
            .join(format!("{}.html", plan.edition.id.as_str()));
        files::write_openly(&path, html.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(out, "{}", path.display())?;
    }
    Ok(Exit::Done)
}
