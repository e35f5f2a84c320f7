//! `pubwatch config`: what the configuration says, where it is, and an example of one.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::alerts::facts::Numbers;
use crate::book::{Format, StoreId};
use crate::clock::Clock;
use crate::config::files::{ConfigError, Loaded, find};
use crate::config::plan::{Encryption, MailPlan, Plan};
use crate::config::problem::Gravity;
use crate::config::schema::schema;
use crate::config::{EXAMPLE, Problem};
use crate::exit::Exit;
use crate::setup::loading::load;
use crate::terminal::columns;
use crate::terminal::coming::Coming;
use crate::text::words;

/// Check the configuration, find it, or print an example.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Say everything that is wrong with the configuration, or what it amounts to
    #[command(after_help = "Exit codes: 0 it can be used (warnings included) · 3 it cannot")]
    Check {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print an example with every key and what it means
    #[command(after_help = "To begin: pubwatch config example > ~/.config/pubwatch/pubwatch.toml")]
    Example,
    /// Print a JSON Schema of it, with which editors complete and check what you write
    #[command(
        after_help = "To begin: pubwatch config schema > ~/.config/pubwatch/pubwatch.schema.json
Then write as the first line of the configuration: #:schema ./pubwatch.schema.json"
    )]
    Schema,
    /// Print where the configuration is
    Path,
}

/// Does what was asked.
///
/// # Errors
///
/// [`ConfigError`] when the configuration is missing or wrong; an I/O error when standard output
/// cannot be written.
pub fn run(arguments: &Arguments, named: Option<&Path>, clock: &Clock) -> anyhow::Result<Exit> {
    let mut out = anstream::stdout();
    match arguments.action {
        Action::Check { json } => {
            let now = clock.now();
            let today = now.to_zoned(TimeZone::system()).date();
            if json {
                return check_as_json(named, today, now);
            }
            let loaded = load(named, today)?;
            if !loaded.warnings.is_empty() {
                writeln!(anstream::stderr(), "{}", loaded.render_warnings(true))?;
            }
            columns::out().write_all(summary(&loaded, now)?.as_bytes())?;
        }
        Action::Example => out.write_all(EXAMPLE.as_bytes())?,
        Action::Schema => writeln!(out, "{:#}", schema())?,
        Action::Path => writeln!(out, "{}", find(named)?.display())?,
    }
    Ok(Exit::Done)
}

/// What the configuration amounts to, for a person.
fn summary(loaded: &Loaded, now: Timestamp) -> Result<String, fmt::Error> {
    let plan = &loaded.plan;
    let pages: usize = plan.editions.iter().map(|one| one.listings.len()).sum();
    let mut text = String::new();
    for one in &plan.editions {
        let edition = &one.edition;
        writeln!(
            text,
            "{}, {}, {}, published {}",
            edition.title,
            edition.format.name(),
            edition.id,
            edition.dates.as_written().0
        )?;
        for listing in &one.listings {
            writeln!(text, "  {:<20} {}", listing.store.as_str(), listing.address)?;
        }
        writeln!(text)?;
    }
    writeln!(
        text,
        "{}Letters go to {}, {}\nData are kept in {}\n",
        Coming::of(plan, now).lines(plan, now),
        plan.author.email,
        road(plan.mail.as_ref()),
        plan.data.display()
    )?;
    // The verdict comes last, where one looks first.
    writeln!(
        text,
        "{} can be used: {}, {}, {}",
        loaded.path.display(),
        words::counted(plan.editions.len(), "edition"),
        words::counted(pages, "page"),
        words::counted(loaded.warnings.len(), "warning"),
    )?;
    Ok(text)
}

/// How letters leave.
fn road(mail: Option<&MailPlan>) -> String {
    let Some(mail) = mail else {
        return "as files in the data folder".to_owned();
    };
    let protection = match mail.encryption {
        Encryption::StartTls => "STARTTLS",
        Encryption::Tls => "TLS",
        Encryption::None => "no encryption",
    };
    format!("through {}:{} with {protection}", mail.host, mail.port)
}

/// What there is to say of a configuration, for a program.
#[derive(Serialize)]
struct Checked<'a> {
    file: &'a Path,
    usable: bool,
    problems: Vec<ProblemFacts<'a>>,
    #[serde(flatten)]
    amounts_to: Option<AmountsTo<'a>>,
}

#[derive(Serialize)]
struct ProblemFacts<'a> {
    gravity: Gravity,
    message: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    cause: Option<&'a str>,
    remedies: &'a [String],
}

#[derive(Serialize)]
struct AmountsTo<'a> {
    editions: Vec<PlannedEdition<'a>>,
    data: &'a Path,
    next_checks: Option<Vec<Timestamp>>,
    next_digests: Vec<Timestamp>,
}

#[derive(Serialize)]
struct PlannedEdition<'a> {
    title: &'a str,
    #[serde(flatten)]
    numbers: Numbers<'a>,
    format: Format,
    publication_date: Date,
    listings: Vec<PlannedListing<'a>>,
}

#[derive(Serialize)]
struct PlannedListing<'a> {
    store: &'a StoreId,
    address: &'a str,
}

/// The outcome as one JSON object. It goes to standard output also when the configuration is
/// wrong, since that is what was asked for.
fn check_as_json(named: Option<&Path>, today: Date, now: Timestamp) -> anyhow::Result<Exit> {
    let say = |checked: &Checked<'_>| -> anyhow::Result<()> {
        Ok(writeln!(
            anstream::stdout(),
            "{}",
            serde_json::to_string(checked)?
        )?)
    };
    match load(named, today) {
        Ok(loaded) => {
            say(&Checked {
                file: &loaded.path,
                usable: true,
                problems: problems(&loaded.warnings, &loaded.text),
                amounts_to: Some(amounts_to(&loaded.plan, now)),
            })?;
            Ok(Exit::Done)
        }
        Err(ConfigError::Wrong {
            path,
            text,
            problems: all,
        }) => {
            say(&Checked {
                file: &path,
                usable: false,
                problems: problems(&all, &text),
                amounts_to: None,
            })?;
            Ok(Exit::Configuration)
        }
        Err(error) => Err(error.into()),
    }
}

fn problems<'a>(problems: &'a [Problem], text: &str) -> Vec<ProblemFacts<'a>> {
    let facts = problems.iter().map(|problem| {
        let position = problem.position(text);
        ProblemFacts {
            gravity: problem.gravity,
            message: &problem.message,
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            cause: problem.cause.as_deref(),
            remedies: &problem.remedies,
        }
    });
    facts.collect()
}

fn amounts_to(plan: &Plan, now: Timestamp) -> AmountsTo<'_> {
    let coming = Coming::of(plan, now);
    let editions = plan.editions.iter().map(|one| PlannedEdition {
        title: &one.edition.title,
        numbers: Numbers::of(&one.edition),
        format: one.edition.format,
        publication_date: one.edition.dates.as_written().0,
        listings: one
            .listings
            .iter()
            .map(|listing| PlannedListing {
                store: &listing.store,
                address: listing.address.as_str(),
            })
            .collect(),
    });
    AmountsTo {
        editions: editions.collect(),
        data: &plan.data,
        next_checks: coming.checks,
        next_digests: coming.digests,
    }
}
