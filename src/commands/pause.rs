//! `pubwatch pause`: no letters until a day. What is due waits, and is told then.

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::alerts::pause::{self, Pause};
use crate::book::NoteKind;
use crate::book::day::day;
use crate::config::plan::EditionPlan;
use crate::exit::Exit;
use crate::history::sqlite::notes;
use crate::service::context::Context;
use crate::terminal::{columns, which};
use crate::text::words;

/// No letters until a day: what is due waits, and is told then in one letter a book.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    pubwatch pause --all --until 2027-01-10\n  \
    pubwatch pause \"Salt Roads\" --until 2027-01-10 --but-act\n  \
    pubwatch pause --all --end\n  \
    pubwatch pause")]
pub struct Arguments {
    /// ISBNs or ASINs, or parts of titles
    #[arg(value_name = "EDITION")]
    editions: Vec<String>,

    /// Every edition
    #[arg(long, conflicts_with = "editions")]
    all: bool,

    /// The day on which letters begin again, in your zone
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<Date>,

    /// What is to be acted on is told all the same
    #[arg(long, requires = "until")]
    but_act: bool,

    /// End the pause now
    #[arg(long, conflicts_with = "until")]
    end: bool,
}

/// Pauses letters, ends a pause, or shows what is paused.
///
/// # Errors
///
/// When nobody knows an edition, the day has begun, nothing is paused, or the database cannot be
/// used.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    let now = context.clock.now();
    let chosen = chosen(&context, arguments)?;
    let said = match arguments.until {
        Some(until) => {
            let kind = NoteKind::Paused {
                until,
                but_act: arguments.but_act,
                all: arguments.all,
            };
            begin(&context, &chosen, until, kind, now)?
        }
        None if arguments.end => end(&context, &chosen, now)?,
        None => shown(&context, &chosen, now)?,
    };
    writeln!(columns::out(), "{said}")?;
    Ok(Exit::Done)
}

/// The editions that are meant; all of them where it is only asked what is paused.
fn chosen<'a>(context: &'a Context, arguments: &Arguments) -> anyhow::Result<Vec<&'a EditionPlan>> {
    let changes = arguments.until.is_some() || arguments.end;
    if changes && !arguments.all && arguments.editions.is_empty() {
        bail!("which letters? Name an edition, or say `--all`");
    }
    if arguments.editions.is_empty() {
        if changes && context.plan.editions.is_empty() {
            bail!("no edition is watched yet, so there are no letters to pause");
        }
        return Ok(context.plan.editions.iter().collect());
    }
    let mut chosen: Vec<&EditionPlan> = Vec::new();
    for words in &arguments.editions {
        let plan = which::edition(&context.plan, words)?;
        if chosen.iter().all(|one| one.edition.id != plan.edition.id) {
            chosen.push(plan);
        }
    }
    Ok(chosen)
}

fn begin(
    context: &Context,
    chosen: &[&EditionPlan],
    until: Date,
    kind: NoteKind,
    now: Timestamp,
) -> anyhow::Result<String> {
    let today = now.to_zoned(context.plan.author.zone.clone()).date();
    if until <= today {
        bail!(
            "{} is no day to come: name the one on which letters begin again",
            words::date(until)
        );
    }
    tell(context, chosen, kind, now)?;
    Ok(format!(
        "{} We look as ever; what is due meanwhile is told then.",
        sentence(context, &paused(context, chosen, now)?).unwrap_or_default()
    ))
}

fn end(context: &Context, chosen: &[&EditionPlan], now: Timestamp) -> anyhow::Result<String> {
    let paused = paused(context, chosen, now)?;
    let editions: Vec<&EditionPlan> = paused.iter().map(|(plan, _)| *plan).collect();
    let Some(first) = editions.first() else {
        bail!("no letters of these are paused; `pubwatch pause` shows what is");
    };
    tell(context, &editions, NoteKind::Resumed, now)?;
    let about = match editions.len() {
        1 => name(first),
        some => format!("{some} editions"),
    };
    Ok(format!(
        "Letters about {about} go out again; what was due meanwhile is told now."
    ))
}

fn shown(context: &Context, chosen: &[&EditionPlan], now: Timestamp) -> anyhow::Result<String> {
    let paused = paused(context, chosen, now)?;
    let Some(sentence) = sentence(context, &paused) else {
        return Ok("No letters are paused.".to_owned());
    };
    let mut lines = vec![sentence];
    if 1 < paused.len() {
        let line = |(plan, pause): &(&EditionPlan, Pause)| {
            let but_act = if pause.but_act { ", but not Act" } else { "" };
            let until = words::date(pause.until);
            format!("  {}: until {until}{but_act}", name(plan))
        };
        lines.extend(paused.iter().map(line));
    }
    Ok(lines.join("\n"))
}

/// Writes the note down for each of the editions.
fn tell(
    context: &Context,
    editions: &[&EditionPlan],
    kind: NoteKind,
    now: Timestamp,
) -> anyhow::Result<()> {
    let settings = context.settings()?;
    let judging = context.judge_context(&settings);
    judging.take_note_of_each(editions, kind, now)?;
    Ok(())
}

/// Those of the editions about which letters are paused.
fn paused<'a>(
    context: &Context,
    editions: &[&'a EditionPlan],
    now: Timestamp,
) -> anyhow::Result<Vec<(&'a EditionPlan, Pause)>> {
    let zone = &context.plan.author.zone;
    let mut paused = Vec::new();
    for plan in editions {
        let notes = context
            .db
            .read(|connection| notes(connection, &plan.edition.id))?;
        paused.extend(pause::in_force(&notes, zone, now).map(|pause| (*plan, pause)));
    }
    Ok(paused)
}

fn sentence(context: &Context, paused: &[(&EditionPlan, Pause)]) -> Option<String> {
    let named: Vec<(String, Pause)> = paused
        .iter()
        .map(|(plan, pause)| (name(plan), *pause))
        .collect();
    pause::sentence(&named, context.plan.editions.len())
}

fn name(plan: &EditionPlan) -> String {
    let edition = &plan.edition;
    format!(
        "{} ({})",
        words::clipped(&edition.title, 60),
        edition.format.name()
    )
}
