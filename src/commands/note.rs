//! `pubwatch note`: what the author tells us.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::alerts::facts::{NoteFacts, Numbers};
use crate::book::day::day;
use crate::book::launch::midnight_gmt;
use crate::book::{Edition, Note, NoteKind, StoreId};
use crate::config::plan::{EditionPlan, label};
use crate::exit::Exit;
use crate::history::sqlite::all_notes;
use crate::judge::windows::{WindowName, Windows};
use crate::service::context::Context;
use crate::setup::details::date;
use crate::terminal::{columns, which};
use crate::text::words;

/// Tell what the pages cannot say: published at KDP, files in revision, support asked.
///
/// A note changes what is expected of the pages. Without a WHAT the notes of the edition are shown,
/// with the numbers by which they can be taken back; nothing is ever deleted.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    pubwatch note \"Salt Roads\" kdp-published --at 2027-02-09T00:30Z\n  \
    pubwatch note \"Salt Roads\" kdp-published --for 2027-02-09\n  \
    pubwatch note \"Salt Roads\" asked-ingramspark --store amazon.com --ticket 4711\n  \
    pubwatch note \"Salt Roads\" revision-done --text \"new cover\"\n  \
    pubwatch note \"Salt Roads\" date-changed --to 2027-03-09\n  \
    pubwatch note \"Salt Roads\" muted --to 2027-02-20 --store amazon.com\n  \
    pubwatch note \"Salt Roads\" --take-back 3")]
pub struct Arguments {
    /// An ISBN or ASIN, or a part of the title
    edition: String,

    /// What to tell
    what: Option<What>,

    /// Since when it holds: a date, or a date and a time, in your zone unless it names one
    /// [default: now]
    #[arg(long, value_name = "WHEN", requires = "what")]
    at: Option<String>,

    /// The new publication date, with `date-changed`; the day on which letters begin again, with
    /// `muted`
    #[arg(long, value_name = "DATE", requires = "what", value_parser = day)]
    to: Option<Date>,

    /// The day that the release is scheduled for, with `kdp-published`
    #[arg(long = "for", value_name = "DATE", requires = "what", value_parser = day)]
    on: Option<Date>,

    /// The store that it is about [default: all]
    #[arg(long, value_name = "STORE", requires = "what")]
    store: Option<String>,

    /// The number of the support request
    #[arg(long, value_name = "NUMBER", requires = "what")]
    ticket: Option<String>,

    /// Words of your own; with `revision-done`, name the cover or the title when it changed
    #[arg(long, value_name = "WORDS", requires = "what")]
    text: Option<String>,

    /// Take the note with this number back
    #[arg(long, value_name = "NUMBER", conflicts_with = "what")]
    take_back: Option<i64>,

    /// Show the notes as JSON, one object a line
    #[arg(long, conflicts_with_all = ["what", "take_back"])]
    json: bool,
}

/// What an author may tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Distribution was enabled
    DistributionEnabled,
    /// "Publish your paperback" was clicked at KDP, or a release scheduled there, with --for
    KdpPublished,
    /// KDP asked for proof of the rights; five days to answer
    KdpRightsQuery,
    /// New files are being processed; the book may go off sale for ten business days
    RevisionStarted,
    /// The revision is through
    RevisionDone,
    /// You wrote to `IngramSpark`
    #[value(name = "asked-ingramspark")]
    AskedIngramSpark,
    /// You wrote to KDP, or answered them
    AskedKdp,
    /// You wrote to your distributor or to a store
    AskedStore,
    /// What the pages show now is meant to be so
    Expected,
    /// The publication date was moved, with --to
    DateChanged,
    /// No letters until a day, with --to; what lasts longer is told then
    Muted,
}

impl What {
    fn kind(self, to: Option<Date>, on: Option<Date>) -> anyhow::Result<NoteKind> {
        if on.is_some() && self != Self::KdpPublished {
            bail!("`--for` goes with `kdp-published` only");
        }
        if !matches!(self, Self::DateChanged | Self::Muted) && to.is_some() {
            bail!("`--to` goes with `date-changed` and `muted` only");
        }
        Ok(match self {
            Self::DistributionEnabled => NoteKind::DistributionEnabled,
            Self::KdpPublished => NoteKind::KdpPublished { on },
            Self::KdpRightsQuery => NoteKind::KdpRightsQuery,
            Self::RevisionStarted => NoteKind::RevisionStarted,
            Self::RevisionDone => NoteKind::RevisionDone,
            Self::AskedIngramSpark => NoteKind::AskedIngramSpark,
            Self::AskedKdp => NoteKind::AskedKdp,
            Self::AskedStore => NoteKind::AskedStore,
            Self::Expected => NoteKind::Expected,
            Self::DateChanged => NoteKind::moved(
                to.context("`date-changed` needs the new date: add `--to 2027-03-09`")?,
            ),
            Self::Muted => NoteKind::Muted {
                until: to.context("`muted` needs its last day: add `--to 2027-02-20`")?,
                cause: None,
            },
        })
    }
}

/// Writes a note down, takes one back, or shows them.
///
/// # Errors
///
/// When nobody knows the edition, the note makes no sense, or the database cannot be used.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    let plan = which::edition(&context.plan, &arguments.edition)?;
    if let Some(number) = arguments.take_back {
        return take_back(&context, plan, number);
    }
    match arguments.what {
        Some(what) => write_down(&context, plan, what, arguments),
        None => show(&context, plan, arguments.json),
    }
}

fn write_down(
    context: &Context,
    plan: &EditionPlan,
    what: What,
    arguments: &Arguments,
) -> anyhow::Result<Exit> {
    let now = context.clock.now();
    let zone = &context.plan.author.zone;
    let at = match &arguments.at {
        Some(text) => moment(text, zone)?,
        None => now,
    };
    if now < at {
        bail!(
            "{} is still to come: note it when it has happened",
            words::moment(at, zone)
        );
    }
    let store = arguments.store.as_deref().map(StoreId::new);
    if let Some(store) = store
        .as_ref()
        .filter(|store| plan.listings.iter().all(|one| one.store != **store))
    {
        let known: Vec<&str> = plan
            .listings
            .iter()
            .map(|one| label(&one.store, &context.plan.stores))
            .collect();
        let known = words::list(&known);
        bail!("this edition is not watched at `{store}`; it is at {known}");
    }
    let note = Note {
        kind: what.kind(arguments.to, arguments.on)?,
        at,
        store,
        ticket: arguments.ticket.clone(),
        text: arguments.text.clone(),
    };
    let settings = context.settings()?;
    let number = context
        .judge_context(&settings)
        .take_note(plan, &note, now)
        .context("writing the note down")?;
    let mut out = columns::out();
    writeln!(
        out,
        "Noted as number {number}: {}. {}",
        line(&note, zone),
        consequence(&note, &plan.edition, &settings.windows, zone)
    )?;
    Ok(Exit::Done)
}

fn take_back(context: &Context, plan: &EditionPlan, number: i64) -> anyhow::Result<Exit> {
    let edition = &plan.edition.id;
    let kept = context
        .db
        .read(|connection| all_notes(connection, edition))?;
    let Some(one) = kept
        .iter()
        .find(|one| one.number == number && one.taken_back.is_none())
    else {
        bail!(
            "{} has no note number {number} that stands; `pubwatch note {edition}` shows them",
            plan.edition.title
        );
    };
    let now = context.clock.now();
    context
        .judge_context(&context.settings()?)
        .take_note_back(plan, number, now)?;
    let zone = &context.plan.author.zone;
    writeln!(
        columns::out(),
        "Taken back: {}. It is judged as if it had never been said.",
        line(&one.note, zone)
    )?;
    Ok(Exit::Done)
}

fn show(context: &Context, plan: &EditionPlan, as_json: bool) -> anyhow::Result<Exit> {
    let edition = &plan.edition.id;
    let kept = context
        .db
        .read(|connection| all_notes(connection, edition))?;
    let mut out = columns::out();
    if as_json {
        for one in &kept {
            let listed = Listed {
                number: one.number,
                edition: Numbers::of(&plan.edition),
                note: NoteFacts::of(&one.note),
                taken_back: one.taken_back,
            };
            writeln!(out, "{}", serde_json::to_string(&listed)?)?;
        }
        return Ok(Exit::Done);
    }
    if kept.is_empty() {
        writeln!(
            out,
            "No notes of {} yet. `pubwatch note --help` says what can be told.",
            plan.edition.title
        )?;
    }
    for one in &kept {
        let taken_back = if one.taken_back.is_some() {
            " (taken back)"
        } else {
            ""
        };
        writeln!(
            out,
            "{:>3}  {}{taken_back}",
            one.number,
            line(&one.note, &context.plan.author.zone)
        )?;
    }
    Ok(Exit::Done)
}

/// A note, for a program.
#[derive(Serialize)]
struct Listed<'a> {
    number: i64,
    #[serde(flatten)]
    edition: Numbers<'a>,
    #[serde(flatten)]
    note: NoteFacts<'a>,
    taken_back: Option<Timestamp>,
}

/// A note on one line.
fn line(note: &Note, zone: &TimeZone) -> String {
    let mut parts = vec![note.kind.words()];
    if let NoteKind::DateChanged { to, .. } = &note.kind {
        parts.push(format!("to {}", words::date(*to)));
    } else if let NoteKind::KdpPublished { on: Some(day) } = &note.kind {
        parts.push(format!("scheduled for {}", words::date(*day)));
    } else if let NoteKind::Muted { until, cause } = &note.kind {
        parts.extend(cause.as_ref().map(|cause| format!("only “{cause}”")));
        parts.push(format!("until {}", words::date(*until)));
    } else if let NoteKind::Paused { until, but_act, .. } = &note.kind {
        parts.push(format!("until {}", words::date(*until)));
        parts.extend(but_act.then(|| "but not Act".to_owned()));
    }
    parts.extend(
        note.store
            .as_ref()
            .map(|store| format!("at {}", store.label())),
    );
    parts.extend(
        note.ticket
            .as_ref()
            .map(|ticket| format!("ticket {ticket}")),
    );
    parts.extend(note.text.as_ref().map(|text| format!("\"{text}\"")));
    parts.push(format!("on {}", words::moment(note.at, zone)));
    parts.join(", ")
}

/// What follows from a note.
fn consequence(note: &Note, edition: &Edition, windows: &Windows, zone: &TimeZone) -> String {
    let window = |name: WindowName| windows.at(name, &edition.id, note.store.as_ref());
    let until = |name: WindowName| words::moment(window(name).quiet.after(note.at), zone);
    match note.kind {
        NoteKind::DistributionEnabled if edition.dates.as_written().2.is_some() => {
            "The configuration says when it was enabled, and that day counts.".to_owned()
        }
        NoteKind::DistributionEnabled => "The stores' times count from that day.".to_owned(),
        NoteKind::KdpPublished { on: Some(day) } => format!(
            "KDP hides the page until {}, and then has 72 hours as a rule: we are quiet about \
             Amazon until {}.",
            words::date(day),
            words::moment(
                window(WindowName::KdpClicked)
                    .quiet
                    .after(midnight_gmt(day).max(note.at)),
                zone
            )
        ),
        NoteKind::KdpPublished { on: None } => format!(
            "KDP has 72 hours as a rule: we are quiet about Amazon until {}.",
            until(WindowName::KdpClicked)
        ),
        NoteKind::KdpRightsQuery => {
            let limit = window(WindowName::RightsQueryLimit);
            let limit = limit.act_from(note.at).unwrap_or(note.at);
            format!(
                "Answer that very message until {}; then tell us with `asked-kdp`.",
                words::moment(limit, zone)
            )
        }
        NoteKind::RevisionStarted => format!(
            "We are quiet about pages that go off sale until {}.",
            until(WindowName::Revision)
        ),
        NoteKind::RevisionDone => "Windows count from now on for what went off sale meanwhile; \
            say \"cover\" or \"title\" in --text for us to look after the old one."
            .to_owned(),
        NoteKind::AskedIngramSpark | NoteKind::AskedKdp | NoteKind::AskedStore => format!(
            "We do not ask you to act on it until {}, when an answer is due.",
            until(WindowName::Asked)
        ),
        NoteKind::Expected => {
            "We are quiet about what the pages show now, until it changes.".to_owned()
        }
        NoteKind::DateChanged { .. } => "The new date counts, also over the configuration's. We \
            watch until every store shows it."
            .to_owned(),
        NoteKind::Muted { until, .. } => format!(
            "No letters about it until {}; what still stands then is told.",
            words::date(until)
        ),
        NoteKind::Paused { until, .. } => {
            format!("What is due waits, and is told on {}.", words::date(until))
        }
        NoteKind::Resumed => "What was due meanwhile is told now.".to_owned(),
    }
}

/// A date, or a date and a time, in the author's zone unless it names one.
pub(super) fn moment(text: &str, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local = text
        .parse::<DateTime>()
        .or_else(|_| date(text).map(|day| day.at(0, 0, 0, 0)))
        .ok()
        .with_context(|| {
            format!(
                "`{text}` is no time: write `2027-02-09`, `9 February 2027`, `2027-02-09T00:30` or `2027-02-09T00:30Z`"
            )
        })?;
    day(&local.date().to_string()).map_err(anyhow::Error::msg)?;
    Ok(local.to_zoned(zone.clone())?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let new_york = TimeZone::get("America/New_York").unwrap();
        let found = moment(text, &new_york).ok().map(|at| at.to_string());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn times_are_the_authors_own_unless_they_say_otherwise() {
        check("2027-02-09T00:30Z", Some("2027-02-09T00:30:00Z"));
        check("2027-02-09T00:30", Some("2027-02-09T05:30:00Z"));
        check("2027-02-09 00:30", Some("2027-02-09T05:30:00Z"));
        check("2027-02-09", Some("2027-02-09T05:00:00Z"));
        check("February 9, 2027", Some("2027-02-09T05:00:00Z"));
        check("9 Feb 2027", Some("2027-02-09T05:00:00Z"));
        check("02/09/2027", None);
        check("2027-07-09", Some("2027-07-09T04:00:00Z"));
        check("yesterday", None);
    }

    #[test]
    fn every_note_can_be_told_and_only_a_moved_date_and_a_mute_have_a_date() {
        let date: Date = "2027-03-09".parse().unwrap();
        for what in What::value_variants() {
            let to = matches!(what, What::DateChanged | What::Muted).then_some(date);
            let kind = what.kind(to, None).unwrap();
            let name = what
                .to_possible_value()
                .unwrap()
                .get_name()
                .replace('-', "_");
            assert_eq!(kind.name(), name);
            assert!(
                what.kind(if to.is_some() { None } else { Some(date) }, None)
                    .is_err()
            );
            let scheduled = what.kind(to, Some(date));
            assert_eq!(scheduled.is_ok(), *what == What::KdpPublished);
        }
    }
}
