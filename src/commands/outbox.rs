//! `pubwatch outbox`: the letters, and what became of them.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde::Serialize;

use crate::service::context::Context;
use crate::terminal::columns::{self, Columns};
use crate::terminal::face;

use crate::book::{Asin, EditionId, Isbn13, StoreId};
use crate::exit::Exit;
use crate::judge::Severity;
use crate::mail::Route;
use crate::mail::outbox::Meaning;
use crate::mail::sqlite::{self, Entry, EntryState, Show};
use crate::text::words;

/// Show the letters and what became of them; try again, or drop one.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List the letters, oldest first; exit code 1 when some could not be delivered
    List {
        /// Only those that were not delivered
        #[arg(long)]
        undelivered: bool,
        /// One JSON object a line, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Print a letter
    Show {
        /// Its number, from `pubwatch outbox list`
        number: i64,
        /// Its HTML part instead of its text
        #[arg(long, conflicts_with = "json")]
        html: bool,
        /// As a JSON object, with both parts
        #[arg(long)]
        json: bool,
    },
    /// Make letters due now; the next round, or `pubwatch run`, sends them
    Retry {
        /// Its number [default: every undelivered letter that was not dropped]
        number: Option<i64>,
    },
    /// Never send a letter; it is kept, and `retry` with its number brings it back
    Drop {
        /// Its number, from `pubwatch outbox list`
        number: i64,
    },
}

/// Does what was asked for.
///
/// # Errors
///
/// When the configuration or the database cannot be used, or there is no such letter.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    match &arguments.what {
        What::List { undelivered, json } => list(&context, *undelivered, *json),
        What::Show { number, html, json } => show(&context, *number, *html, *json),
        What::Retry { number } => retry(&context, *number),
        What::Drop { number } => drop_letter(&context, *number),
    }
}

fn list(context: &Context, undelivered: bool, as_json: bool) -> anyhow::Result<Exit> {
    let which = if undelivered {
        Show::Undelivered
    } else {
        Show::All
    };
    let entries = context
        .db
        .read(|c| sqlite::heads(c, which))
        .context("reading the outbox")?;
    let counts = context
        .db
        .read(sqlite::counts)
        .context("reading the outbox")?;
    let mut out = columns::out();
    let exit = Exit::attention_if(counts.need_attention());
    if as_json {
        for entry in &entries {
            writeln!(out, "{}", serde_json::to_string(&Line::of(entry))?)?;
        }
        return Ok(exit);
    }
    if entries.is_empty() {
        let none = if undelivered {
            "No letter waits or failed."
        } else {
            "No letter was written yet. `pubwatch check` looks at the pages; a letter comes when \
             there is something to know."
        };
        writeln!(out, "{none}")?;
        return Ok(exit);
    }
    let mut table = face::table(&["no", "written", "to", "what became of it", "subject"]);
    for entry in &entries {
        table.add_row([
            entry.id.to_string(),
            words::brief_moment(
                entry.letter.written,
                &context.plan.author.zone,
                context.clock.now(),
            ),
            words::clipped(&entry.letter.to, 40),
            became(context, entry),
            words::clipped(&entry.letter.subject, 100),
        ]);
    }
    write!(out, "{}", Columns::of_stdout().table(&table))?;
    trouble(&mut out, &counts)?;
    Ok(exit)
}

/// What goes wrong at present, below the list.
fn trouble(out: &mut impl std::io::Write, counts: &sqlite::Counts) -> std::io::Result<()> {
    if counts.login_refused {
        writeln!(
            out,
            "\n{} the user name and the password, or a token, are not taken. Correct them in the \
             configuration, then run `pubwatch outbox retry`.\n{}",
            face::painted(face::style_of_severity(Severity::Act), "Act:"),
            counts.last_error.as_deref().unwrap_or_default()
        )?;
    } else if let Some(error) = &counts.last_error {
        writeln!(out, "\nLast trouble: {error}")?;
    }
    Ok(())
}

/// "delivered Tue 3 May, 08:10 EDT", "tried 3 times, again at 14:00 EDT".
fn became(context: &Context, entry: &Entry) -> String {
    let now = context.clock.now();
    let moment = |at| words::brief_moment(at, &context.plan.author.zone, now);
    match entry.state {
        EntryState::Delivered(at) if entry.is_file() => {
            format!("written to a file {}", moment(at))
        }
        EntryState::Delivered(at) => format!("delivered {}", moment(at)),
        EntryState::Dropped(at) => format!("dropped {}", moment(at)),
        EntryState::Failed(at) => format!("refused {}", moment(at)),
        EntryState::Waiting if entry.next_try <= now => match entry.tries {
            0 => "waits to be sent".to_owned(),
            tries => format!("{}, due now", tried(tries)),
        },
        EntryState::Waiting if entry.tries == 0 => {
            format!("waits with the others until {}", moment(entry.next_try))
        }
        EntryState::Waiting => format!("{}, again {}", tried(entry.tries), moment(entry.next_try)),
    }
}

fn tried(tries: u32) -> String {
    format!("tried {}", words::count(i64::from(tries), "time"))
}

fn show(context: &Context, number: i64, html: bool, as_json: bool) -> anyhow::Result<Exit> {
    let entry = context
        .db
        .read(|c| sqlite::entry(c, number))
        .context("reading the outbox")?;
    let Some(entry) = entry else {
        bail!("there is no letter {number}; `pubwatch outbox list` shows those that there are");
    };
    let mut out = anstream::stdout().lock();
    if as_json {
        let whole = Whole {
            line: Line::of(&entry),
            text: &entry.letter.text,
            html: &entry.letter.html,
        };
        writeln!(out, "{}", serde_json::to_string(&whole)?)?;
    } else if html {
        write!(out, "{}", entry.letter.html)?;
    } else {
        let letter = &entry.letter;
        let to = match &letter.route {
            Route::Mail => format!("{} <{}>", letter.to_name, letter.to),
            Route::Hook(..) => letter.route.name(),
        };
        writeln!(out, "To:         {}", to.trim_start())?;
        writeln!(out, "Subject:    {}", letter.subject)?;
        writeln!(
            out,
            "Written:    {}",
            words::moment(letter.written, &context.plan.author.zone)
        )?;
        writeln!(out, "Message-ID: <{}>", letter.message_id)?;
        writeln!(out, "Now:        {}", became(context, &entry))?;
        if let Some(error) = &entry.last_error
            && !matches!(entry.state, EntryState::Delivered(_))
        {
            writeln!(out, "Trouble:    {error}")?;
        }
        write!(out, "\n{}", letter.text)?;
    }
    Ok(Exit::Done)
}

fn retry(context: &Context, number: Option<i64>) -> anyhow::Result<Exit> {
    let now = context.clock.now();
    let due = context
        .db
        .write(|tx| sqlite::retry(tx, number, now))
        .context("writing the outbox")?;
    match (due, number) {
        (0, Some(number)) => bail!("there is no undelivered letter {number}"),
        (0, None) => writeln!(columns::out(), "No letter waits or failed.")?,
        (due, _) => {
            let letters = i64::try_from(due)
                .map_or_else(|_| due.to_string(), |due| words::count(due, "letter"));
            writeln!(
                columns::out(),
                "{letters} due now; the next round sends what is due."
            )?;
        }
    }
    Ok(Exit::Done)
}

fn drop_letter(context: &Context, number: i64) -> anyhow::Result<Exit> {
    let now = context.clock.now();
    let dropped = context
        .db
        .write(|tx| sqlite::drop_letter(tx, number, now))
        .context("writing the outbox")?;
    if !dropped {
        bail!("there is no undelivered letter {number}");
    }
    writeln!(
        columns::out(),
        "Letter {number} will not be sent. `pubwatch outbox retry {number}` brings it back."
    )?;
    Ok(Exit::Done)
}

/// A letter and what became of it, for a program.
#[derive(Serialize)]
struct Line<'a> {
    number: i64,
    message_id: &'a str,
    thread: Option<&'a str>,
    kind: &'static str,
    severity: Option<Severity>,
    rule: Option<&'a str>,
    id: Option<&'a EditionId>,
    isbn: Option<&'a Isbn13>,
    asin: Option<&'a Asin>,
    stores: &'a [StoreId],
    route: String,
    to: &'a str,
    subject: &'a str,
    written: Timestamp,
    queued: Timestamp,
    state: &'static str,
    tries: u32,
    last_try: Option<Timestamp>,
    next_try: Option<Timestamp>,
    last_meaning: Option<&'static str>,
    last_error: Option<&'a str>,
    at: Option<Timestamp>,
    answer: Option<&'a str>,
}

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    line: Line<'a>,
    text: &'a str,
    html: &'a str,
}

impl<'a> Line<'a> {
    fn of(entry: &'a Entry) -> Self {
        let letter = &entry.letter;
        let (next_try, at) = match entry.state {
            EntryState::Waiting => (Some(entry.next_try), None),
            EntryState::Delivered(at) | EntryState::Failed(at) | EntryState::Dropped(at) => {
                (None, Some(at))
            }
        };
        Self {
            number: entry.id,
            message_id: &letter.message_id,
            thread: letter.references.as_deref(),
            kind: letter.kind.name(),
            severity: letter.severity,
            rule: letter.rule.as_deref(),
            id: letter.edition.as_ref(),
            isbn: letter.edition.as_ref().and_then(EditionId::isbn),
            asin: letter.edition.as_ref().and_then(EditionId::asin),
            stores: &letter.stores,
            route: letter.route.name(),
            to: &letter.to,
            subject: &letter.subject,
            written: letter.written,
            queued: entry.queued,
            state: entry.state.name(),
            tries: entry.tries,
            last_try: entry.last_try,
            next_try,
            last_meaning: entry.last_meaning.map(Meaning::name),
            last_error: entry.last_error.as_deref(),
            at,
            answer: entry.answer.as_deref(),
        }
    }
}
