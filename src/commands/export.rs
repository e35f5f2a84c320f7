//! `pubwatch export`: everything that is known, as lines of JSON, or the editions as a list.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::book::{EditionId, Source, StoreId};
use crate::config::import::listed;
use crate::exit::Exit;
use crate::history::sqlite::transfer::{KeptNote, every_look, every_note};
use crate::mail::sqlite::parts;
use crate::service::context::Context;
use crate::setup::loading::load;
use crate::setup::place::today;

/// Tables that are told in another form, or that follow from the observations.
const TOLD: [&str; 5] = ["listing", "reading", "observation", "spell", "note"];

/// The table that is told in no form: whoever had its key could answer letters.
const SECRET: &str = "answer_key";

/// Print everything that is known, as lines of JSON, or the editions as a list that can be imported.
///
/// With --all each line is an object with one key: `observation` (one look at one page), `note`, or `row` (a
/// row of another table as it is: letters, alerts, rounds).
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Everything, as lines of JSON
    #[arg(long, required_unless_present = "editions", conflicts_with = "editions")]
    all: bool,

    /// The editions as CSV, which `pubwatch import` makes the same editions of
    #[arg(long)]
    editions: bool,

    /// Into this file; never written over [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A line of everything that is known.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    Observation {
        id: &'a EditionId,
        store: &'a StoreId,
        at: Timestamp,
        source: Source,
        // It is JSON already, and there are millions of lines.
        reading: &'a RawValue,
    },
    Note(KeptNote),
    Row {
        table: &'a str,
        values: Map<String, Value>,
    },
}

/// Prints everything.
///
/// # Errors
///
/// When the database cannot be read, or the lines not be written.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    match &arguments.output {
        None => {
            let mut out = BufWriter::new(anstream::stdout().lock());
            write(arguments, config, &mut out)?;
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
            write(arguments, config, &mut out)?;
            out.into_inner()
                .context("writing the last lines")?
                .sync_all()?;
        }
    }
    Ok(Exit::Done)
}

fn write(arguments: &Arguments, config: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    if arguments.all {
        return everything(&Context::open(config)?, out);
    }
    let plan = load(config, today())?.plan;
    out.write_all(listed::csv_of(&plan)?.as_bytes())?;
    for (what, count) in listed::not_in_a_list(&plan) {
        writeln!(
            anstream::stderr(),
            "Not in the list, as no list has it: {what} ({count}); copy it by hand."
        )?;
    }
    Ok(())
}

fn everything(context: &Context, out: &mut dyn Write) -> anyhow::Result<()> {
    context.db.read(|connection| -> anyhow::Result<()> {
        // One moment for all of it, also while a round writes.
        every_look(connection, |look| -> anyhow::Result<()> {
            let line = Line::Observation {
                id: &look.listing.edition,
                store: &look.listing.store,
                at: look.at,
                source: look.source,
                reading: serde_json::from_str(look.reading)?,
            };
            Ok(writeln!(out, "{}", serde_json::to_string(&line)?)?)
        })?;
        for note in every_note(connection)? {
            writeln!(out, "{}", serde_json::to_string(&Line::Note(note))?)?;
        }
        let mut names = connection.prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
             ORDER BY name",
        )?;
        let names: Vec<String> = names
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let is_a_row = |name: &&String| !TOLD.contains(&name.as_str()) && *name != SECRET;
        for table in names.iter().filter(is_a_row) {
            rows(connection, table, out)?;
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
        let line = Line::Row {
            table: &table,
            values,
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    Ok(())
}
