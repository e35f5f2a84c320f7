//! `pubwatch companion`: the browser extension that hands over what its owner sees.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use url::Url;

use crate::exit::Exit;
use crate::files;
use crate::service::context::Context;
use crate::terminal::columns::{self, Columns};
use crate::terminal::{face, passes};
use crate::text::words;
use crate::web::companion;
use crate::web::passes::sqlite;

/// Let your own browser hand over the pages of your books when you open them.
///
/// With a folder the extension is written there, paired with this Pubwatch and allowed at the stores of
/// the configuration only. Without one the companions are shown that were paired.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    pubwatch companion ~/pubwatch-companion\n  \
    pubwatch companion --withdraw 1\n\n\
    Chrome and Edge: open chrome://extensions, switch on the developer mode, “Load unpacked”, and \
    choose the folder.\nFirefox: open about:debugging, “This Firefox”, “Load Temporary Add-on”, and \
    choose its manifest.json.")]
pub struct Arguments {
    /// The folder for the extension; what lies there of an older one is replaced
    folder: Option<PathBuf>,

    /// Withdraw the companion with this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "folder")]
    withdraw: Option<i64>,
}

/// Writes a companion, withdraws one, or shows them.
///
/// # Errors
///
/// When the page is off, the folder cannot be written, there is no such companion, or the database
/// cannot be used.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    match (&arguments.folder, arguments.withdraw) {
        (Some(folder), _) => install(&context, folder),
        (None, Some(number)) => withdraw(&context, number),
        (None, None) => show(&context),
    }
}

fn install(context: &Context, folder: &Path) -> anyhow::Result<Exit> {
    let base = passes::page(&context.plan)?;
    let secret = passes::secret()?;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let own = Url::parse(&base).context("reading the address of the page")?;
    let all = companion::files(&context.plan.editions, (&own, Some(&secret)));
    for (name, text) in all.context("writing the manifest")? {
        let place = folder.join(name);
        files::write_whole(&place, text.as_bytes(), 0o600)
            .with_context(|| format!("cannot write {}", place.display()))?;
    }
    // Paired when it is there: who has no folder has no companion.
    let number = passes::keep(context, None, &secret)?;
    writeln!(
        anstream::stdout(),
        "Companion {number} stands in {}, paired with {base}. Load it in your browser: `pubwatch \
         companion --help` says how. It works while `pubwatch run` serves the page.\nWithdraw it \
         with: pubwatch companion --withdraw {number}",
        folder.display()
    )?;
    Ok(Exit::Done)
}

fn withdraw(context: &Context, number: i64) -> anyhow::Result<Exit> {
    if !passes::withdraw(context, number, true)? {
        bail!("there is no companion number {number} that holds; `pubwatch companion` shows them");
    }
    writeln!(anstream::stdout(), "Companion {number} is withdrawn.")?;
    Ok(Exit::Done)
}

fn show(context: &Context) -> anyhow::Result<Exit> {
    let mut all = context.db.read(sqlite::all)?;
    all.retain(|pass| pass.client.is_none());
    let mut out = columns::out();
    if all.is_empty() {
        let how = "`pubwatch companion FOLDER` writes one for your browser.";
        writeln!(out, "No companion was paired so far. {how}")?;
        return Ok(Exit::Done);
    }
    let moment = |at| words::moment(at, &context.plan.author.zone);
    let mut table = face::table(&["Number", "Paired", "Heard last", "Withdrawn"]);
    for one in all {
        table.add_row([
            one.number.to_string(),
            moment(one.made),
            one.heard.map_or_else(String::new, moment),
            one.withdrawn.map_or_else(String::new, moment),
        ]);
    }
    writeln!(out, "{}", Columns::of_stdout().table(&table))?;
    Ok(Exit::Done)
}
