//! The command line: one enum, one match.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::clock::Clock;
use crate::commands;
use crate::config::ConfigError;
use crate::config::problem::Gravity;
use crate::db::{self, DbError};
use crate::exit::Exit;
use crate::service::{log, signals};
use crate::terminal::columns::Columns;
use crate::text::words;

mod contents;

/// Watches your book's pages at the stores, and tells you when to wait and when to act.
#[derive(Debug, Parser)]
#[command(name = "pubwatch", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done · 1 something needs attention · 2 wrong command line · \
    3 wrong configuration · 4 database · 5 any other failure\n\
    Start with `pubwatch demo`: it needs no configuration and no network. Then `pubwatch run`."
)]
pub struct Cli {
    /// The configuration file [default: see `pubwatch config path`]
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Everything the program can do, one file each in `commands/`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a new configuration, from a few questions or from flags
    Init(commands::init::Arguments),
    /// Add editions to the configuration, by ISBN or by the address of a page
    Add(commands::add::Arguments),
    /// Add many editions at once, from a CSV file or an ONIX 3 file
    Import(commands::import::Arguments),
    /// Change values of an edition in the configuration
    Edit(commands::edit::Arguments),
    /// Take an edition out of the configuration; what was seen of it is kept
    Remove(commands::remove::Arguments),
    /// Look at every listing once now, and send the letters
    Check(commands::check::Arguments),
    /// Keep watch as a service, until stopped; the first time, set it up on its page
    Run(commands::run::Arguments),
    /// Show what needs you, and where everything stands
    Status(commands::status::Arguments),
    /// Show what each store said, since when, in which words
    History(commands::history::Arguments),
    /// Look yourself: one page after the other in your browser, one key each
    Look(commands::look::Arguments),
    /// Show what a page looked like when its state changed
    Evidence(commands::evidence::Arguments),
    /// Write an edition's history as a page that stands alone
    Report(commands::report::Arguments),
    /// Print the hash of a password, for `password_hash` in the table `web`
    Password(commands::password::Arguments),
    /// Let your own browser hand over the pages of your books when you open them
    Companion(commands::companion::Arguments),
    /// Give a client a read-only link to the page, or withdraw one
    Share(commands::share::Arguments),
    /// No letters until a day: what is due waits, and is told then
    Pause(commands::pause::Arguments),
    /// Show the letters and what became of them; try again, or drop one
    Outbox(commands::outbox::Arguments),
    /// See what the letters look like, before there is a reason for one
    Letters(commands::letters::Arguments),
    /// See a launch of ten weeks in a few seconds: no configuration, no network
    Demo(commands::demo::Arguments),
    /// Tell what the pages cannot say: published at KDP, in revision, support asked
    Note(commands::note::Arguments),
    /// Show the days of a launch, past and next; also for the calendar you already have
    Calendar(commands::calendar::Arguments),
    /// Show how long things usually take, and how long they took for your own titles
    Windows(commands::windows::Arguments),
    /// Play a launch from a file, and hear what would have been told
    Replay(commands::replay::Arguments),
    /// Say what saved pages of a store say
    Read(commands::read::Arguments),
    /// Check the configuration, find it, or print an example
    Config(commands::config::Arguments),
    /// See that everything is in order: configuration, data, clock, mail, stores, service
    Doctor(commands::doctor::Arguments),
    /// Let the system start Pubwatch by itself: install, look at, remove
    Service(commands::service::Arguments),
    /// Copy the database into one file; also while the service runs
    Backup(commands::backup::Arguments),
    /// Put a backup back in the place of the database
    Restore(commands::backup::RestoreArguments),
    /// Print everything that is known, as lines of JSON
    Export(commands::export::Arguments),
    /// Print the completions for a shell
    Completions(commands::completions::Arguments),
    /// Write the man pages into a folder
    Man(commands::completions::ManArguments),
    /// Print what changed from version to version
    Changelog(commands::changelog::Arguments),
}

/// Runs what the command line asks for, prints what went wrong, and says how it ended.
pub fn run() -> Exit {
    let matches = contents::grouped(Cli::command()).get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let is_service = matches!(cli.command, Command::Run(_));
    log::start(if is_service { "info" } else { "warn" });
    match signals::survive_full_files().and_then(|()| dispatch(&cli)) {
        Ok(exit) => exit,
        Err(error) => explain(&error),
    }
}

fn dispatch(cli: &Cli) -> anyhow::Result<Exit> {
    let config = cli.config.as_deref();
    match &cli.command {
        Command::Init(arguments) => commands::init::run(arguments, config),
        Command::Add(arguments) => commands::add::run(arguments, config),
        Command::Edit(arguments) => commands::edit::run(arguments, config),
        Command::Remove(arguments) => commands::remove::run(arguments, config),
        Command::Check(arguments) => commands::check::run(arguments, config),
        Command::Run(arguments) => commands::run::run(arguments, config),
        Command::Status(arguments) => commands::status::run(arguments, config),
        Command::History(arguments) => commands::history::run(arguments, config),
        Command::Look(arguments) => commands::look::run(arguments, config),
        Command::Evidence(arguments) => commands::evidence::run(arguments, config),
        Command::Report(arguments) => commands::report::run(arguments, config),
        Command::Password(arguments) => commands::password::run(arguments),
        Command::Companion(arguments) => commands::companion::run(arguments, config),
        Command::Share(arguments) => commands::share::run(arguments, config),
        Command::Outbox(arguments) => commands::outbox::run(arguments, config),
        Command::Letters(arguments) => commands::letters::run(arguments),
        Command::Demo(arguments) => commands::demo::run(arguments),
        Command::Note(arguments) => commands::note::run(arguments, config),
        Command::Pause(arguments) => commands::pause::run(arguments, config),
        Command::Calendar(arguments) => commands::calendar::run(arguments, config),
        Command::Windows(arguments) => commands::windows::run(arguments, config),
        Command::Replay(arguments) => commands::replay::run(arguments),
        Command::Read(arguments) => commands::read::run(arguments, config, &Clock::System),
        Command::Config(arguments) => commands::config::run(arguments, config, &Clock::System),
        Command::Import(arguments) => commands::import::run(arguments, config),
        Command::Doctor(arguments) => commands::doctor::run(arguments, config),
        Command::Service(arguments) => commands::service::run(arguments, config),
        Command::Backup(arguments) => commands::backup::run(arguments, config),
        Command::Restore(arguments) => commands::backup::restore(arguments, config),
        Command::Export(arguments) => commands::export::run(arguments, config),
        Command::Completions(arguments) => commands::completions::run(arguments, Cli::command()),
        Command::Man(arguments) => commands::completions::man(arguments, Cli::command()),
        Command::Changelog(arguments) => commands::changelog::run(arguments),
    }
}

/// Prints an error once, at the edge, and chooses the exit code by its kind.
fn explain(error: &anyhow::Error) -> Exit {
    let broken_pipe = error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe);
    if broken_pipe {
        return Exit::Done;
    }
    let wrong_configuration = error.downcast_ref::<ConfigError>();
    let said = match wrong_configuration {
        Some(wrong @ ConfigError::Wrong { path, problems, .. }) => {
            let errors = problems.iter().filter(|one| one.gravity == Gravity::Error);
            let errors = words::count(i64::try_from(errors.count()).unwrap_or(i64::MAX), "error");
            let verdict = format!("{} cannot be used: {errors}", path.display());
            format!("{}\n{verdict}", wrong.render(true))
        }
        Some(_) | None => Columns::of_stderr().prose(&format!("pubwatch: {}", chain(error))),
    };
    // Nothing is left to be done when even this cannot be written.
    let _ = writeln!(anstream::stderr(), "{said}");
    let database = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<DbError>())
        .is_some();
    let advice = error.chain().find_map(db::advice);
    if let Some(advice) = advice.filter(|_| !database) {
        let _ = writeln!(anstream::stderr(), "pubwatch: {advice}");
    }
    if wrong_configuration.is_some() {
        Exit::Configuration
    } else if database || advice.is_some() {
        Exit::Database
    } else {
        Exit::Failure
    }
}

/// An error and its causes in one line. A cause that its effect has named already is not said
/// twice.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_says_of_its_cause_is_not_said_twice() {
        let check = |words: &str, expected: &str| {
            let cause = std::io::Error::other("the disk is full");
            let error = anyhow::Error::from(cause).context(words.to_owned());
            assert_eq!(chain(&error), expected);
        };
        check("cannot write", "cannot write: the disk is full");
        check(
            "cannot write: the disk is full; make room",
            "cannot write: the disk is full; make room",
        );
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
