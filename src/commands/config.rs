//! `pubwatch config`: what the configuration says, where it is, and an example of one.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::config::files::{ConfigError, Loaded, find};
use crate::config::plan::{Encryption, MailPlan, Plan};
use crate::config::{EXAMPLE, Problem};
use crate::exit::Exit;
use crate::setup::loading::load;
use crate::terminal::columns;
use crate::terminal::coming::Coming;

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
        counted(plan.editions.len(), "edition"),
        counted(pages, "page"),
        counted(loaded.warnings.len(), "warning"),
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

fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// The outcome as one JSON object. It goes to standard output also when the configuration is
/// wrong, since that is what was asked for.
fn check_as_json(named: Option<&Path>, today: Date, now: Timestamp) -> anyhow::Result<Exit> {
    let (value, exit) = match load(named, today) {
        Ok(loaded) => {
            let coming = Coming::of(&loaded.plan, now);
            let value = json!({
                "file": loaded.path,
                "usable": true,
                "problems": problems(&loaded.warnings, &loaded.text),
                "editions": editions(&loaded.plan),
                "data": loaded.plan.data,
                "next_checks": coming.checks,
                "next_digests": coming.digests,
            });
            (value, Exit::Done)
        }
        Err(ConfigError::Wrong {
            path,
            text,
            problems: all,
        }) => (
            json!({ "file": path, "usable": false, "problems": problems(&all, &text) }),
            Exit::Configuration,
        ),
        Err(error) => return Err(error.into()),
    };
    writeln!(anstream::stdout(), "{value}")?;
    Ok(exit)
}

fn problems(problems: &[Problem], text: &str) -> Vec<Value> {
    problems
        .iter()
        .map(|problem| {
            let position = problem.position(text);
            json!({
                "gravity": problem.gravity.name(),
                "message": problem.message,
                "line": position.map(|position| position.line),
                "column": position.map(|position| position.column),
                "cause": problem.cause,
                "remedies": problem.remedies,
            })
        })
        .collect()
}

fn editions(plan: &Plan) -> Vec<Value> {
    plan.editions
        .iter()
        .map(|one| {
            let listings: Vec<Value> = one
                .listings
                .iter()
                .map(|listing| json!({ "store": listing.store, "address": listing.address }))
                .collect();
            json!({
                "title": one.edition.title,
                "id": one.edition.id,
                "isbn": one.edition.id.isbn(),
                "asin": one.edition.asin(),
                "format": one.edition.format,
                "publication_date": one.edition.dates.as_written().0,
                "listings": listings,
            })
        })
        .collect()
}
