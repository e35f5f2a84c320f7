//! `pubwatch look`: the user looked at a page, or saved it, and tells what it says.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::note;
use crate::book::day::day;
use crate::book::{Availability, Source};
use crate::config::plan::{EditionPlan, ListingPlan};
use crate::exit::Exit;
use crate::files::{self, LARGEST_PAGE};
use crate::history::evidence::Evidence;
use crate::history::sqlite::looks;
use crate::history::{ListingId, Observation, saved};
use crate::page::{Reading, Says};
use crate::round::House;
use crate::round::judge_edition::{JudgeContext, Queued, judge_book, judge_editions};
use crate::round::sqlite::{take_in, take_look_back};
use crate::service::context::Context;
use crate::stores::Lessons;
use crate::terminal::{face, which};
use crate::text::words;

/// Tell what a store's page says, or read a page that you saved in your browser.
///
/// With `--says` you are the reader. With a file the page is read as if Pubwatch had asked for it.
/// Either way it is recorded as seen by hand.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An ISBN or ASIN, or a part of the title
    edition: String,

    /// The store, as in the configuration
    store: String,

    /// A page saved in the browser (HTML)
    #[arg(required_unless_present_any = ["says", "take_back"], conflicts_with = "says")]
    page: Option<PathBuf>,

    /// What the page offers
    #[arg(long, value_name = "STATE", value_parser = State)]
    says: Option<Availability>,

    /// The exact words beside the button
    #[arg(long, requires = "says")]
    words: Option<String>,

    /// The date that the page shows, as 2027-02-09
    #[arg(long, requires = "says", value_parser = day)]
    date: Option<Date>,

    /// When you looked, as 2026-12-01T08:30 in your time zone [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,

    /// Take back what you told last of this page: it was a slip
    #[arg(long, conflicts_with_all = ["page", "says", "at"])]
    take_back: bool,
}

/// A state as a person types it; the help and what is said of a wrong one list the names.
#[derive(Clone)]
struct State;

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(Availability::ALL.map(Availability::name))
}

impl TypedValueParser for State {
    type Value = Availability;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        typed: &std::ffi::OsStr,
    ) -> Result<Availability, clap::Error> {
        let state = typed.to_str().and_then(|typed| typed.parse().ok());
        // Only what names no state is refused, in clap's own words.
        state.map_or_else(
            || {
                let known = names().try_map(|name| name.parse());
                known.parse_ref(command, argument, typed)
            },
            Ok,
        )
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            names().possible_values()?.collect::<Vec<_>>().into_iter(),
        ))
    }
}

/// Records what the user saw.
///
/// # Errors
///
/// When nobody knows the edition or the store, the page cannot be read from the disk, or the time
/// is in the future or before the last look.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let house = Context::open(config)?.into_house()?;
    let plan = which::edition(&house.plan, &arguments.edition)?;
    let listing = which::listing(plan, &arguments.store)?;
    let id = ListingId {
        edition: plan.edition.id.clone(),
        store: listing.store.clone(),
    };
    if arguments.take_back {
        return take_back(&house, plan, &id);
    }
    tell(arguments, &house, (plan, listing), id)
}

/// Records what the user saw, and judges the edition by it.
fn tell(
    arguments: &Arguments,
    house: &House,
    (plan, listing): (&EditionPlan, &ListingPlan),
    id: ListingId,
) -> anyhow::Result<Exit> {
    let at = moment(arguments.at.as_deref(), house, &id)?;
    let (reading, evidence) = match (&arguments.page, arguments.says) {
        (Some(file), _) => read(file, (plan, listing), at, &house.lessons)?,
        (None, Some(state)) => (told(arguments, state), None),
        (None, None) => bail!("give a saved page, or say what it offers with --says"),
    };
    let observation = Observation {
        listing: id,
        at,
        source: Source::ByHand,
        reading,
    };
    let recorded = take_in(house, &observation, evidence.as_ref()).context("recording the look")?;
    // What counts now is judged now, and the letter of it waits in the outbox: nobody who watches
    // by hand alone needs a round.
    let queued: Vec<Queued> = judge_editions(house, std::iter::once(plan))
        .collect::<Result<_, _>>()
        .context("judging what was seen")?;
    let mut out = anstream::stdout().lock();
    let name = house.name_of(&observation.listing);
    match &observation.reading {
        Reading::Says(says) => {
            let state = face::state(says.availability);
            writeln!(out, "{name}: {state} — “{}”", says.words)?;
            writeln!(
                out,
                "{}",
                if recorded.changed {
                    "Recorded as a change; what you saw counts at once."
                } else {
                    "Recorded; it is the state that was known."
                }
            )?;
            for one in &queued {
                let subject = &one.letter.subject;
                writeln!(out, "Letter: {subject} (it goes out with the next round)")?;
            }
            Ok(Exit::Done)
        }
        Reading::Unread(unread) => {
            writeln!(
                out,
                "{name}: the page could not be read: {} ({})",
                unread.reason.words(),
                unread.words
            )?;
            writeln!(
                out,
                "Recorded as unread. You can still say what it offers, with --says."
            )?;
            Ok(Exit::Attention)
        }
    }
}

/// Takes back what was told last, and judges by what is left.
fn take_back(house: &House, plan: &EditionPlan, listing: &ListingId) -> anyhow::Result<Exit> {
    let now = house.clock.now();
    let taken = house
        .db
        .write(|transaction| {
            let taken = take_look_back(transaction, &house.plan, listing, now)?;
            if taken.is_some() {
                let context = JudgeContext::of(house);
                judge_book(&context, plan, transaction, now)?;
            }
            Ok::<_, rusqlite::Error>(taken)
        })
        .context("taking the look back")?;
    let name = house.name_of(listing);
    let Some(at) = taken else {
        bail!("{name}: you told nothing of this page that could be taken back");
    };
    let at = words::moment(at, &house.plan.author.zone);
    writeln!(
        anstream::stdout(),
        "{name}: what you told of {at} is taken back, and counts no more."
    )?;
    Ok(Exit::Done)
}

fn told(arguments: &Arguments, state: Availability) -> Reading {
    let words = arguments.words.as_deref().unwrap_or(state.word());
    let mut says = Says::new(state, "by-hand/told", words, "seen by you");
    says.date = arguments.date;
    Reading::Says(Box::new(says))
}

fn read(
    file: &Path,
    (plan, listing): (&EditionPlan, &ListingPlan),
    at: Timestamp,
    lessons: &Lessons,
) -> anyhow::Result<(Reading, Option<Evidence>)> {
    let bytes = files::read(file, LARGEST_PAGE).with_context(|| {
        format!(
            "cannot read the saved page {}; save it in the browser as \"Webpage, HTML only\"",
            file.display()
        )
    })?;
    let (reading, evidence) = saved::read(&bytes, plan, listing, at, lessons);
    Ok((reading, Some(evidence)))
}

/// The moment of the look. Looks are only appended, so it lies after the last one.
fn moment(at: Option<&str>, house: &House, listing: &ListingId) -> anyhow::Result<Timestamp> {
    let now = house.clock.now();
    let at = match at {
        None => now,
        Some(text) => note::moment(text, &house.plan.author.zone)?,
    };
    // Whole milliseconds, as the database keeps it.
    let at = Timestamp::from_millisecond(at.as_millisecond())?;
    if now.saturating_add(SignedDuration::from_mins(1))? < at {
        bail!("that time is still to come; leave `--at` out for now");
    }
    let last = house
        .db
        .read(|c| looks(c, listing))
        .context("reading the last look")?
        .last_try;
    match last.filter(|last| at <= *last) {
        Some(last) => bail!(
            "the page was looked at after that, at {}; what was seen is only ever added to, so \
             tell a later look",
            last.strftime("%Y-%m-%d %H:%M UTC")
        ),
        None => Ok(at),
    }
}
