//! `pubwatch export --all` and `pubwatch import-history`: everything, as lines of JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use jiff::SignedDuration;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Transaction};
use serde_json::{Map, Value, json};

use super::context::Context;
use crate::book::StoreId;
use crate::exit::Exit;
use crate::history::sqlite::Bulk;
use crate::history::sqlite::transfer::{KeptNote, every_look, every_note, keep_note, last_look};
use crate::history::{ListingId, Observation, Source};
use crate::mail::sqlite::parts;
use crate::mail::words;
use crate::page::Reading;

/// Tables that are told in another form, or that follow from the observations.
const TOLD: [&str; 7] = [
    "listing",
    "reading",
    "observation",
    "packed_look",
    "spell",
    "note",
    "letter_body",
];

/// Print everything that is known, as lines of JSON: for other programs, and for another Pubwatch.
///
/// Each line is an object with one key: `observation` (one look at one page), `note`, or `row` (a
/// row of another table as it is: letters, alerts, rounds).
#[derive(Debug, clap::Args)]
pub struct ExportArguments {
    /// Everything; there is no other form yet
    #[arg(long, required = true)]
    all: bool,

    /// Into this file; never written over [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Prints everything.
///
/// # Errors
///
/// When the database cannot be read, or the lines not be written.
pub fn export(arguments: &ExportArguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    match &arguments.output {
        None => {
            let mut out = BufWriter::new(anstream::stdout().lock());
            everything(&context, &mut out)?;
            out.flush()?;
        }
        Some(path) => {
            // It tells as much as the database does: for its owner only.
            let file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .with_context(|| {
                    format!(
                        "cannot create {}, and nothing is written over",
                        path.display()
                    )
                })?;
            let mut out = BufWriter::new(file);
            everything(&context, &mut out)?;
            out.into_inner()
                .context("writing the last lines")?
                .sync_all()?;
        }
    }
    Ok(Exit::Done)
}

fn everything(context: &Context, out: &mut dyn Write) -> anyhow::Result<()> {
    context.db.read(|connection| -> anyhow::Result<()> {
        // One moment for all of it, also while a round writes.
        let moment = connection.unchecked_transaction()?;
        every_look(&moment, |look| -> anyhow::Result<()> {
            // The reading is JSON already, and there are millions of lines.
            let (isbn, store) = (json!(look.listing.isbn), json!(look.listing.store));
            let (at, source) = (look.at, look.source.name());
            let reading = look.reading;
            Ok(writeln!(
                out,
                "{{\"observation\":{{\"isbn\":{isbn},\"store\":{store},\"at\":\"{at}\",\
                 \"source\":\"{source}\",\"reading\":{reading}}}}}"
            )?)
        })?;
        for note in every_note(&moment)? {
            writeln!(out, "{}", json!({ "note": note }))?;
        }
        let mut names = moment.prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
             ORDER BY name",
        )?;
        let names: Vec<String> = names
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for table in names.iter().filter(|name| !TOLD.contains(&name.as_str())) {
            rows(&moment, table, out)?;
        }
        Ok(())
    })
}

fn rows(connection: &Connection, table: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    // The name comes from the schema, and quotes in it are doubled.
    let table = table.replace('"', "\"\"");
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY 1, 2"))?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut values = Map::new();
        for (index, column) in columns.iter().enumerate() {
            let value = match row.get_ref(index)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => number.into(),
                ValueRef::Real(number) => number.into(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
                ValueRef::Blob(bytes) => {
                    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                    hex.concat().into()
                }
            };
            values.insert(column.clone(), value);
        }
        if table == "outbox" {
            let (text, html) = parts(connection, row.get("id")?)?;
            values.insert("body_text".to_owned(), text.into());
            values.insert("body_html".to_owned(), html.into());
        }
        writeln!(
            out,
            "{}",
            json!({ "row": { "table": table, "values": values } })
        )?;
    }
    Ok(())
}

/// Take over what another Pubwatch saw, from the lines of `export --all`.
///
/// Observations and notes are taken over, and the spells follow from them; letters and alerts are
/// not, since they were another's. A listing that was looked at here already keeps its own history.
#[derive(Debug, clap::Args)]
pub struct ImportArguments {
    /// The file of `pubwatch export --all`
    file: PathBuf,
}

/// What a file holds that can be taken over.
#[derive(Default)]
struct Found {
    observations: Vec<Observation>,
    notes: Vec<KeptNote>,
    others: usize,
}

/// Takes everything over, or, when a line is wrong, nothing.
///
/// # Errors
///
/// When the file cannot be read; the database is then as it was.
pub fn import(arguments: &ImportArguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let found = read(&arguments.file)?;
    let context = Context::open(config)?;
    let confirm_after = context.plan.judging.confirm_after;
    let taken = context
        .db
        .write(|tx| take_over(tx, &found, confirm_after))?;
    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "Took over {} of {}, and {}",
        counted(taken.kept.values().sum::<usize>(), "observation"),
        counted(taken.kept.len(), "listing"),
        counted(taken.notes, "note")
    )?;
    for listing in &taken.own {
        writeln!(
            out,
            "  {} at {} was looked at here already, and keeps its own history",
            listing.isbn,
            listing.store.label()
        )?;
    }
    if found.others > 0 {
        writeln!(
            out,
            "{} rows of letters, alerts and rounds stay where they were",
            found.others
        )?;
    }
    Ok(Exit::Done)
}

/// What was taken over.
#[derive(Default)]
struct Taken {
    kept: BTreeMap<ListingId, usize>,
    /// These were looked at here already.
    own: BTreeSet<ListingId>,
    notes: usize,
}

fn take_over(
    transaction: &Transaction<'_>,
    found: &Found,
    confirm_after: SignedDuration,
) -> rusqlite::Result<Taken> {
    let mut taken = Taken::default();
    let mut current: Option<(ListingId, Bulk)> = None;
    for seen in &found.observations {
        let listing = &seen.listing;
        if taken.own.contains(listing) {
            continue;
        }
        if !taken.kept.contains_key(listing) && last_look(transaction, listing)?.is_some() {
            taken.own.insert(listing.clone());
            continue;
        }
        // They come listing by listing.
        let mut bulk = match current.take() {
            Some((known, bulk)) if known == *listing => bulk,
            before => {
                if let Some((_, before)) = before {
                    before.flush(transaction)?;
                }
                Bulk::begin(transaction, listing, confirm_after)?
            }
        };
        bulk.add(transaction, seen)?;
        current = Some((listing.clone(), bulk));
        *taken.kept.entry(listing.clone()).or_default() += 1;
    }
    if let Some((_, bulk)) = current {
        bulk.flush(transaction)?;
    }
    for note in &found.notes {
        taken.notes += usize::from(keep_note(transaction, note)?);
    }
    Ok(taken)
}

/// "1 note", "2 notes".
fn counted(number: usize, noun: &str) -> String {
    words::count(i64::try_from(number).unwrap_or(i64::MAX), noun)
}

fn read(path: &Path) -> anyhow::Result<Found> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut found = Found::default();
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let place = || format!("{}, line {}", path.display(), index + 1);
        let line = line.with_context(place)?;
        if line.trim().is_empty() {
            continue;
        }
        let mut value: Map<String, Value> = serde_json::from_str(&line)
            .map_err(|error| anyhow!("this is no line of `pubwatch export --all`: {error}"))
            .with_context(place)?;
        if let Some(seen) = value.remove("observation") {
            found
                .observations
                .push(observation(seen).with_context(place)?);
        } else if let Some(note) = value.remove("note") {
            let note = serde_json::from_value(note).with_context(place)?;
            found.notes.push(note);
        } else if value.contains_key("row") {
            found.others += 1;
        } else {
            return Err(anyhow!("this is no line of `pubwatch export --all`")).with_context(place);
        }
    }
    if found.observations.is_empty() && found.notes.is_empty() && found.others == 0 {
        bail!("{} is empty; nothing was taken over", path.display());
    }
    found
        .observations
        .sort_by(|one, other| (&one.listing, one.at).cmp(&(&other.listing, other.at)));
    Ok(found)
}

fn observation(value: Value) -> anyhow::Result<Observation> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        isbn: crate::book::Isbn13,
        store: String,
        at: jiff::Timestamp,
        source: String,
        reading: Reading,
    }
    let line: Line = serde_json::from_value(value)?;
    Ok(Observation {
        listing: ListingId {
            isbn: line.isbn,
            store: StoreId::new(&line.store),
        },
        at: line.at,
        source: Source::from_name(&line.source)
            .with_context(|| format!("there is no source `{}`", line.source))?,
        reading: line.reading,
    })
}
