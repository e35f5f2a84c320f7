//! `pubwatch evidence`: what a page looked like when its state changed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::tz::TimeZone;

use crate::config::plan::label;
use crate::exit::Exit;
use crate::files;
use crate::history::ListingId;
use crate::history::evidence::Evidence;
use crate::history::sqlite::evidence;
use crate::service::context::Context;
use crate::terminal::{face, which};

/// Show what a page looked like when its state changed: the parts of it that were read.
///
/// The parts are text for a support request and for your own eyes. Do not open what `--html`
/// prints in a browser as if it were the page: it is only pieces of one.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An ISBN or ASIN, or a part of the title
    edition: String,

    /// The store, as in the configuration [default: every store of the edition]
    store: Option<String>,

    /// The change at or before this day or time, as it is listed [default: the newest]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,

    /// Print the kept parts of that change as they are
    #[arg(long, requires = "store", conflicts_with = "text")]
    html: bool,

    /// Print the words of the kept parts of that change
    #[arg(long, requires = "store")]
    text: bool,

    /// Write the picture of that change, which a browser drew, into a new file, as PNG
    #[arg(long, requires = "store", conflicts_with_all = ["text", "html"], value_name = "FILE")]
    picture: Option<PathBuf>,
}

/// Prints the evidence.
///
/// # Errors
///
/// When nobody knows the edition or the store, or there is no such evidence.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    let plan = which::edition(&context.plan, &arguments.edition)?;
    let listings = match &arguments.store {
        Some(store) => vec![which::listing(plan, store)?],
        None => plan.listings.iter().collect(),
    };
    let zone = &context.plan.author.zone;
    let mut out = anstream::stdout().lock();
    let mut found = false;
    for listing in listings {
        let id = ListingId::new(&plan.edition.id, &listing.store);
        let kept = context
            .db
            .read(|c| evidence(c, &id))
            .context("reading the evidence")?;
        found |= !kept.is_empty();
        if let Some(file) = &arguments.picture {
            let one = chosen(&kept, arguments.at.as_deref(), zone)?;
            let picture = one.picture.as_deref().context(
                "no picture is kept of that change: a browser draws one, where `source` names it",
            )?;
            files::write_new(file, picture)
                .with_context(|| format!("cannot write {}", file.display()))?;
            writeln!(out, "{} is written.", file.display())?;
        } else if arguments.html || arguments.text {
            let one = chosen(&kept, arguments.at.as_deref(), zone)?;
            print(&mut out, one, arguments)?;
        } else {
            let title = &plan.edition.title;
            for one in &kept {
                writeln!(
                    out,
                    "{}",
                    line(
                        title,
                        label(&listing.store, &context.plan.stores),
                        one,
                        zone
                    )
                )?;
            }
        }
    }
    if !found {
        writeln!(
            out,
            "Nothing is kept yet: evidence is kept when a page changes its state."
        )?;
    }
    Ok(Exit::Done)
}

fn line(title: &str, store: &str, one: &Evidence, zone: &TimeZone) -> String {
    let status = one
        .status
        .map(|status| format!(", status {status}"))
        .unwrap_or_default();
    format!(
        "{}  {} at {store}  {}",
        written(one, zone),
        face::bold(title),
        face::faint(&format!(
            "{}, {:.1} kB{status}{}, {}",
            one.source.words(),
            kilobytes(one.parts.len()),
            one.picture.as_ref().map_or("", |_| ", a picture"),
            one.address
        ))
    )
}

#[expect(clippy::cast_precision_loss, reason = "a size for people, exact far beyond any page")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1000.0
}

fn written(one: &Evidence, zone: &TimeZone) -> String {
    one.at
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%dT%H:%M:%S")
        .to_string()
}

/// The newest, or the newest that is not after a time as [`written`] writes it.
fn chosen<'e>(
    kept: &'e [Evidence],
    at: Option<&str>,
    zone: &TimeZone,
) -> anyhow::Result<&'e Evidence> {
    // A day stands for its end, a minute for its last second.
    let is_early_enough = |one: &&Evidence| {
        at.is_none_or(|at| {
            let written = written(one, zone);
            written.get(..at.len()).unwrap_or(&written) <= at
        })
    };
    let one = kept.iter().rev().find(is_early_enough);
    one.context("no evidence is kept of that time; the list without `--at` shows all there is")
}

fn print(
    out: &mut impl std::io::Write,
    one: &Evidence,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    let text = if arguments.text {
        one.text()
    } else {
        one.parts.clone()
    };
    // The store wrote this: it must not drive the terminal.
    let safe: String = text
        .chars()
        .filter(|character| !character.is_control() || matches!(character, '\n' | '\t'))
        .collect();
    writeln!(out, "{safe}")?;
    Ok(())
}
