//! `pubwatch calendar`: the days of a launch.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;

use crate::alerts::facts::Numbers;
use crate::book::{Edition, Launch};
use crate::exit::Exit;
use crate::history::sqlite::notes;
use crate::judge::Settings;
use crate::judge::agenda::{Entry, warnings, watched_agenda};
use crate::service::context::Context;
use crate::terminal::columns::{self, Columns};
use crate::terminal::{face, which};
use crate::text::words;
use crate::web::ics;

/// Show the days of a launch: what is past, what is next, and what the dates make unlikely.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An ISBN or ASIN, or a part of the title [default: every edition]
    edition: Option<String>,

    /// Only what is still to come
    #[arg(long)]
    ahead: bool,

    /// As an iCalendar file, for the calendar that you already have
    #[arg(long, conflicts_with = "json")]
    ics: bool,

    /// One JSON object a day, for scripts
    #[arg(long)]
    json: bool,
}

/// Prints the calendar.
///
/// # Errors
///
/// When the configuration or the database cannot be used, or nobody knows the edition.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    let settings = context.settings()?;
    let now = context.clock.now();
    let today = now.to_zoned(settings.zone.clone()).date();
    let plans = match &arguments.edition {
        Some(words) => vec![which::edition(&context.plan, words)?],
        None => context.plan.editions.iter().collect(),
    };
    let mut agendas: Vec<(&Edition, Vec<Entry>)> = Vec::new();
    let is_text = !arguments.ics && !arguments.json;
    let mut has_said = false;
    let mut out = columns::out();
    for plan in plans {
        let edition = &plan.edition;
        let notes = context
            .db
            .read(|connection| notes(connection, &edition.id))?;
        let calendar = Launch::new(edition, &notes, &settings.zone);
        let mut entries = watched_agenda(plan, &context.plan.stores, &calendar, &settings);
        entries.retain(|entry| !arguments.ahead || today <= entry.day);
        if is_text {
            let mut text = as_text(&entries, &settings, today, Columns::of_stdout());
            // Writing to a String cannot fail.
            for warning in warnings(edition, &calendar, today) {
                let _ = writeln!(text, "  ! {warning}");
            }
            if !text.is_empty() {
                let title = format!("{} ({})", edition.title, edition.format.name());
                writeln!(out, "{}\n{text}", face::bold(&title))?;
                has_said = true;
            }
        }
        agendas.push((edition, entries));
    }
    if is_text && !has_said {
        writeln!(
            out,
            "Nothing is to come: every day of the calendar has passed."
        )?;
    }
    if arguments.ics {
        write!(out, "{}", ics::calendar(&agendas, now))?;
    }
    if arguments.json {
        for (edition, entries) in &agendas {
            for entry in entries {
                let line = Line {
                    edition: Numbers::of(edition),
                    entry,
                    is_past: entry.day < today,
                };
                writeln!(out, "{}", serde_json::to_string(&line)?)?;
            }
        }
    }
    Ok(Exit::Done)
}

/// A line a day; nothing where there is none.
fn as_text(entries: &[Entry], settings: &Settings, today: Date, columns: Columns) -> String {
    let mut table = face::table(&["Day", "", "What", "Why"]);
    let next = entries.iter().position(|entry| today <= entry.day);
    for (index, entry) in entries.iter().enumerate() {
        let mark = if Some(index) == next {
            "next"
        } else if entry.day < today {
            "past"
        } else {
            ""
        };
        let day = match entry.moment {
            Some(moment) => format!("{} (00:00 GMT)", words::moment(moment, &settings.zone)),
            None => entry.day.strftime("%a %-d %b %Y").to_string(),
        };
        table.add_row([&day, mark, &entry.what, &entry.why]);
    }
    if table.is_empty() {
        String::new()
    } else {
        columns.table(&table)
    }
}

/// A day, for a program.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    edition: Numbers<'a>,
    #[serde(flatten)]
    entry: &'a Entry,
    is_past: bool,
}
