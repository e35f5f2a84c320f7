//! `pubwatch edit`: other values for an edition.

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;
use url::Url;

use crate::book::{Asin, Distribution, EditionId, Format, Isbn13};
use crate::clock::Clock;
use crate::config::Loaded;
use crate::config::edit::{self, Change};
use crate::config::plan::{EditionPlan, Plan};
use crate::exit::Exit;
use crate::history::sqlite::{launch, rename_edition};
use crate::service::context::Context;
use crate::service::following::taken_over_soon;
use crate::setup::changed_edition::{self, Places};
use crate::setup::data::{note_moved_dates, open_database, with_dates_in_force};
use crate::setup::details::Details;
use crate::setup::place::{self, Existing};
use crate::setup::{short_link, stores, which_book};
use crate::terminal::{columns, which};
use crate::text::words;

/// Change values of an edition in the configuration.
///
/// Only what is given is changed; comments and everything else stay as they are. The configuration
/// is written only when the result is right.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The ISBN or ASIN, or a part of the title that only this edition has
    edition: String,

    #[command(flatten)]
    details: Details,

    /// The ISBN, of an edition that had none: its history is kept
    #[arg(long)]
    isbn: Option<Isbn13>,

    /// Amazon's own number of it, from which its addresses there are made
    #[arg(long)]
    asin: Option<Asin>,

    /// Watch it there too; give it once for each store
    #[arg(long = "add-store", value_name = "STORE", conflicts_with = "stores")]
    add_stores: Vec<String>,

    /// Watch it there no longer, and forget its address there; give it once for each store
    #[arg(long = "remove-store", value_name = "STORE", conflicts_with = "stores")]
    remove_stores: Vec<String>,

    /// Where Amazon's short links are; for tests
    #[arg(long, value_name = "ADDRESS", hide = true)]
    short_links: Option<Url>,

    /// The address of its page at a store, where it does not follow from the ISBN; the store is
    /// watched from then on
    #[arg(long = "address", value_name = "ADDRESS")]
    addresses: Vec<String>,

    /// Take a value out again, so that its default holds; the key as in the configuration
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,

    /// Show the changed lines, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// The keys that an edition cannot do without, or that this command does not name.
const FIXED: [&str; 4] = ["title", "isbn", "publication_date", "stores"];

/// Changes the edition.
///
/// # Errors
///
/// When there is no such edition, or the result would be wrong; the configuration is then as it
/// was.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let existing = Existing::load(config)?;
    let plan = which::edition(&existing.loaded.plan, &arguments.edition)?;
    let id = &plan.edition.id;
    let renamed = renamed(arguments, id)?;
    let mut changes = changes(arguments, plan, &existing.loaded)?;
    changes.extend(renamed.iter().flat_map(|new| kept(arguments, plan, new)));
    if changes.is_empty() {
        bail!("nothing to change was given; `pubwatch edit --help` names the flags");
    }
    let text = edit::with_changes(&existing.loaded.text, id, &changes)?;
    let after = existing.with(text)?;
    let mut out = columns::out();
    for line in changed_lines(&existing.loaded.text, &after.text) {
        writeln!(out, "{line}")?;
    }
    if arguments.dry_run {
        return Ok(Exit::Done);
    }
    place::say_new_warnings(&existing.loaded, &after)?;
    let data = &existing.loaded.plan.data;
    let renamed = renamed.filter(|_| data.join("pubwatch.db").exists());
    match &renamed {
        Some(new) => open_database(data)?.write(|transaction| {
            if !rename_edition(transaction, id, new)? {
                bail!(
                    "{new} was watched here before and has a history of its own, which cannot be \
                     joined with that of {id}; nothing was changed. `pubwatch remove {id}` and \
                     `pubwatch add {new}` go on from where {new} was left"
                );
            }
            existing.replace(&after)
        })?,
        None => existing.replace(&after)?,
    }
    writeln!(out, "Written to {}", after.path.display())?;
    if let Some(new) = renamed {
        writeln!(out, "What was seen and noted of {id} is now of {new}")?;
    }
    let before = as_seen_before(arguments, &existing.loaded.plan, (id, &after.plan))?;
    for (title, moved) in note_moves(&before, &after.path)? {
        writeln!(out, "Noted: {title} {moved}")?;
    }
    if let Some(said) = taken_over_soon(&after) {
        writeln!(out, "{said}")?;
    }
    Ok(Exit::Done)
}

/// The plan as it was, in which the edition is known by the number that it has now: what is remembered
/// of it is remembered under that. Where a date was given, it has the dates in force, so that a date that
/// a note had moved away from the file is moved back to what the file says.
fn as_seen_before(
    arguments: &Arguments,
    before: &Plan,
    (id, after): (&EditionId, &Plan),
) -> anyhow::Result<Plan> {
    let details = &arguments.details;
    let is_dated = details.date.or(details.on_sale).is_some();
    let is_seen = before.data.join("pubwatch.db").exists();
    let mut plan = before.clone();
    for (one, now) in plan.editions.iter_mut().zip(&after.editions) {
        if one.edition.id == *id {
            one.edition.id = now.edition.id.clone();
            if is_dated && is_seen {
                let db = open_database(&before.data)?;
                *one = db.read(|connection| with_dates_in_force(connection, one))?;
            }
        }
    }
    Ok(plan)
}

/// What followed from the former number and would not follow from the new one: an ebook by KDP stays
/// one.
fn kept(arguments: &Arguments, plan: &EditionPlan, new: &EditionId) -> Vec<Change> {
    let details = &arguments.details;
    let (format, distribution) = (plan.edition.format, plan.edition.distribution);
    let mut changes = Vec::new();
    if details.format.is_none() && Format::usual(new) != format {
        changes.push(Change::text("format", format.name()));
    }
    if details.distribution.is_none() && Distribution::usual(new, format) != distribution {
        changes.push(Change::text("distribution", distribution.name()));
    }
    changes
}

/// Notes at once that a date was moved, so that the stores' time begins today and not when the next
/// check sees it. Without a database nothing was seen yet, and there is nothing to be patient with.
/// Gives what was noted: a title, and what is said of it.
pub(super) fn note_moves(before: &Plan, config: &Path) -> anyhow::Result<Vec<(String, String)>> {
    if !before.data.join("pubwatch.db").exists() {
        return Ok(Vec::new());
    }
    note_moved_dates(&*open_database(&before.data)?, before, Clock::System.now())?;
    // Opening the configuration as it is now notes what was moved, and judges by it.
    let context = Context::open(Some(config))?;
    let mut moved = Vec::new();
    let editions = context.plan.editions.iter();
    for plan in editions.filter(|plan| context.moved.contains(&plan.edition.id)) {
        let launch = context.db.read(|connection| launch(connection, plan))?;
        let from = launch.moved.and_then(|moved| moved.from);
        let from = from.map_or_else(String::new, |from| format!(" from {}", words::date(from)));
        moved.push((
            words::one_line(&plan.edition.title),
            format!(
                "was moved{from} to {}. A new date usually takes one to six weeks to show at the \
                 stores.",
                words::date(launch.publication)
            ),
        ));
    }
    Ok(moved)
}

/// What the edition is known by from then on, where that is another number: an ISBN that it had none
/// of, or an ASIN of what had a store's own number. A number that is corrected is another page's.
fn renamed(arguments: &Arguments, had: &EditionId) -> anyhow::Result<Option<EditionId>> {
    let isbn = arguments.isbn.clone().map(EditionId::Isbn);
    let asin = arguments.asin.clone().map(EditionId::Asin);
    let new = isbn.or(asin.filter(|_| had.isbn().is_none()));
    let Some(new) = new.filter(|new| new != had) else {
        return Ok(None);
    };
    if new.kind() == had.kind() {
        bail!(
            "it has an {} already, and what was seen of {had} was not seen of {new}; `pubwatch remove \
             {had}` and `pubwatch add {new}` begin anew",
            had.kind()
        );
    }
    Ok(Some(new))
}

fn changes(
    arguments: &Arguments,
    plan: &EditionPlan,
    loaded: &Loaded,
) -> anyhow::Result<Vec<Change>> {
    let details = &arguments.details;
    let mut changes = Vec::new();
    let had = &plan.edition.id;
    if matches!(had, EditionId::Own(_)) && (arguments.isbn.is_some() || arguments.asin.is_some()) {
        changes.push(Change::unset("number"));
    }
    let mut text = |key: &str, value: Option<&str>| {
        changes.extend(value.map(|value| Change::text(key, value)));
    };
    text("isbn", arguments.isbn.as_ref().map(Isbn13::as_str));
    text("asin", arguments.asin.as_ref().map(Asin::as_str));
    changes.extend(changed_edition::values(details));
    changes.extend(places(arguments, plan, loaded)?);
    for key in &arguments.unset {
        if FIXED.contains(&key.as_str()) {
            bail!("`{key}` cannot be taken out: an edition needs it");
        }
        changes.push(Change::unset(key));
    }
    Ok(changes)
}

/// Where it is watched from then on, and at which addresses.
fn places(
    arguments: &Arguments,
    plan: &EditionPlan,
    loaded: &Loaded,
) -> anyhow::Result<Vec<Change>> {
    let own = stores::own(loaded);
    let named = |names: &[String]| stores::named(names, &own).map_err(anyhow::Error::msg);
    let mut pages = Vec::new();
    for written in &arguments.addresses {
        let written = short_link::followed(&loaded.plan, written, arguments.short_links.as_ref())?;
        let named = which_book::read(&written, &own).map_err(anyhow::Error::msg)?;
        let Some(page) = named.page else {
            bail!("`{written}` is no address of a page; copy it in full from the address bar");
        };
        pages.push(page);
    }
    let wanted = Places {
        whole: named(&arguments.details.stores)?,
        add: named(&arguments.add_stores)?,
        remove: named(&arguments.remove_stores)?,
        pages,
    };
    changed_edition::places(plan, wanted).map_err(anyhow::Error::msg)
}

/// The lines that are different, as `- old` and `+ new`.
fn changed_lines(before: &str, after: &str) -> Vec<String> {
    let before: Vec<&str> = before.lines().collect();
    let after: Vec<&str> = after.lines().collect();
    let same_start = before
        .iter()
        .zip(&after)
        .take_while(|(old, new)| old == new)
        .count();
    let same_end = before[same_start..]
        .iter()
        .rev()
        .zip(after[same_start..].iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let old = &before[same_start..before.len() - same_end];
    let new = &after[same_start..after.len() - same_end];
    let gone = old.iter().filter(|line| !new.contains(line));
    let come = new.iter().filter(|line| !old.contains(line));
    gone.map(|line| format!("- {line}"))
        .chain(come.map(|line| format!("+ {line}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_that_differ_are_shown() {
        assert_eq!(
            changed_lines("a\nb\nc\nd\n", "a\nB\nc\nd\n"),
            ["- b", "+ B"]
        );
        assert_eq!(changed_lines("a\nb\n", "a\nx\nb\n"), ["+ x"]);
        assert_eq!(
            changed_lines("a\nb\nc\n", "A\nb\nc\nd\n"),
            ["- a", "+ A", "+ d"]
        );
        assert!(changed_lines("a\n", "a\n").is_empty());
    }
}
