//! `pubwatch look`: the user looked at a page, or saved it, and tells what it says.

mod by_hand;

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
use crate::history::{ListingId, saved};
use crate::page::{Reading, Says};
use crate::round::House;
use crate::round::by_hand::keep;
use crate::round::judge_edition::{JudgeContext, Queued, judge_book, judge_editions};
use crate::round::sqlite::take_look_back;
use crate::service::context::Context;
use crate::stores::Lessons;
use crate::terminal::{columns, face, which};
use crate::text::words;

/// Look at the pages yourself, tell what one says, or read a page that you saved in your browser.
///
/// Alone it is a check by hand: each page that waits for your eyes opens in your browser, and one
/// key says what it shows. With an edition it goes through all pages of that edition. With `--says`
/// you tell of one page; with a file the page is read as if Pubwatch had asked for it. All of it is
/// recorded as seen by hand.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An ISBN or ASIN, or a part of the title [default: all pages that wait for your eyes]
    edition: Option<String>,

    /// The store, as in the configuration
    store: Option<String>,

    /// A page saved in the browser (HTML, MHTML or web archive)
    #[arg(conflicts_with = "says")]
    page: Option<PathBuf>,

    /// What the page offers
    #[arg(long, value_name = "STATE", value_parser = State, requires = "store")]
    says: Option<Availability>,

    /// The exact words beside the button
    #[arg(long, requires = "says")]
    words: Option<String>,

    /// The date that the page shows, as 2027-02-09
    #[arg(long, requires = "says", value_parser = day)]
    date: Option<Date>,

    /// When you looked, as 2026-12-01T08:30 in your time zone [default: now]
    #[arg(long, value_name = "TIME", requires = "store")]
    at: Option<String>,

    /// Take back what you told last of this page: it was a slip
    #[arg(long, conflicts_with_all = ["page", "says", "at"], requires = "store")]
    take_back: bool,

    /// Open no browser: the addresses stand on the terminal
    #[arg(long, conflicts_with_all = ["page", "says", "take_back"])]
    no_open: bool,
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
    let Some(edition) = &arguments.edition else {
        return by_hand::check(&house, None, !arguments.no_open);
    };
    let plan = which::edition(&house.plan, edition)?;
    let listing = arguments.store.as_deref();
    let listing = listing.map(|words| which::listing(plan, words));
    let listing = listing.transpose()?;
    let is_told = arguments.page.is_some() || arguments.says.is_some() || arguments.take_back;
    let (Some(listing), true) = (listing, is_told) else {
        return by_hand::check(&house, Some((plan, listing)), !arguments.no_open);
    };
    let id = ListingId::new(&plan.edition.id, &listing.store);
    if arguments.take_back {
        return take_back(&house, plan, &id);
    }
    tell(arguments, &house, (plan, listing), &id)
}

/// Records what the user saw, and judges the edition by it.
fn tell(
    arguments: &Arguments,
    house: &House,
    (plan, listing): (&EditionPlan, &ListingPlan),
    id: &ListingId,
) -> anyhow::Result<Exit> {
    let at = moment(arguments.at.as_deref(), house, id)?;
    let (reading, evidence) = match (&arguments.page, arguments.says) {
        (Some(file), _) => read(file, (plan, listing), at, &house.lessons)?,
        (None, Some(state)) => (told(arguments, state), None),
        (None, None) => bail!("give a saved page, or say what it offers with --says"),
    };
    let mut out = columns::out();
    let name = house.name_of(id);
    let says = match &reading {
        Reading::Says(says) => says.clone(),
        Reading::Unread(unread) => {
            writeln!(
                out,
                "{name}: the saved page says nothing of it: {} ({})\nNothing is recorded. You can \
                 still say what the store's page offers, with --says.",
                unread.reason.words(),
                unread.words
            )?;
            return Ok(Exit::Attention);
        }
    };
    let (recorded, _) = house
        .db
        .write(|transaction| {
            keep(
                transaction,
                &house.plan,
                (id, at, Source::ByHand),
                reading,
                evidence,
            )
        })
        .context("recording the look")?;
    // What counts now is judged now, and the letter of it waits in the outbox: nobody who watches
    // by hand alone needs a round.
    let queued: Vec<Queued> = judge_editions(house, std::iter::once(plan))
        .collect::<Result<_, _>>()
        .context("judging what was seen")?;
    let state = face::state(says.availability);
    let known = if recorded.changed {
        "Recorded as a change; what you saw counts at once."
    } else {
        "Recorded; it is the state that was known."
    };
    writeln!(out, "{name}: {state} — “{}”\n{known}", says.words)?;
    for one in &queued {
        let subject = &one.letter.subject;
        writeln!(out, "Letter: {subject} (it goes out with the next round)")?;
    }
    Ok(Exit::Done)
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
        columns::out(),
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
    let page =
        saved::unwrapped(&bytes).with_context(|| format!("{} holds no page", file.display()))?;
    let (reading, evidence) = saved::read(&page.body, plan, listing, at, lessons);
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
