//! `pubwatch history`: what each store said, since when.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::alerts::facts::Numbers;
use crate::book::{Note, StoreId};
use crate::config::plan::{EditionPlan, Plan, StorePlan, label};
use crate::exit::Exit;
use crate::history::sqlite::{Seen, observations, view};
use crate::history::{ListingId, ListingView, Sight, Spell, View};
use crate::judge::text::{Voice, outlook};
use crate::judge::{Judgement, judge};
use crate::mail::strip;
use crate::page::Reading;
use crate::service::context::Context;
use crate::terminal::columns::{self, Columns};
use crate::terminal::sight::{self, Here};
use crate::terminal::{face, which};
use crate::text::words;
use crate::web::server::Site;
use crate::web::server::exports::drawing;
use crate::web::sqlite::kept;
use crate::web::timeline::Range;

/// Show what each store said of an edition, since when, and in which words.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An ISBN or ASIN, or a part of the title [default: every edition]
    edition: Option<String>,

    /// How many days back the strip goes, where there is room, and the looks
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: u16,

    /// Every single look, not only the changes
    #[arg(long)]
    looks: bool,

    /// One JSON object a line, for scripts
    #[arg(long)]
    json: bool,

    /// Write the timeline of one edition to this file, as SVG
    #[arg(long, value_name = "FILE", requires = "edition", conflicts_with_all = ["json", "looks"])]
    svg: Option<PathBuf>,

    /// What the timeline shows: launch, 30d, year, all [default: what tells most now]
    #[arg(long, value_name = "RANGE", value_parser = range)]
    range: Option<Range>,
}

impl Arguments {
    /// A file with a drawing is asked for. Only a drawing has a range.
    fn is_drawing(&self) -> anyhow::Result<bool> {
        let is_drawing = self.svg.is_some();
        if self.range.is_some() && !is_drawing {
            bail!("`--range` goes with `--svg`; `--days` says how far the strip goes back");
        }
        Ok(is_drawing)
    }
}

fn range(name: &str) -> Result<Range, String> {
    Range::from_name(name).ok_or_else(|| "it is launch, 30d, year or all".to_owned())
}

/// Writes the timeline of one edition.
fn write_timeline(
    context: Context,
    edition: &EditionPlan,
    arguments: &Arguments,
) -> anyhow::Result<Exit> {
    let now = context.clock.now();
    let settings = context.settings()?;
    let site = Site::new(
        context.plan,
        context.db,
        context.clock,
        settings,
        Arc::default(),
    );
    if let Some(file) = &arguments.svg {
        let svg = drawing(&site, edition, arguments.range, now).context("reading the history")?;
        crate::files::write_openly(file, svg.as_bytes())
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(Exit::Done)
}

/// Prints the history.
///
/// # Errors
///
/// When the configuration or the database cannot be used, or nobody knows the edition.
#[expect(clippy::too_many_lines, reason = "one screen, read from top to bottom")]
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    let now = context.clock.now();
    let editions = match &arguments.edition {
        Some(words) => vec![which::edition(&context.plan, words)?],
        None => context.plan.editions.iter().collect(),
    };
    if let ([edition], true) = (editions.as_slice(), arguments.is_drawing()?) {
        let edition = (*edition).clone();
        return write_timeline(context, &edition, arguments);
    }
    let from = now
        .checked_sub(SignedDuration::from_hours(24 * i64::from(arguments.days)))
        .unwrap_or(Timestamp::MIN);
    // Learned from every title, and therefore only where something is to be judged.
    let mut settings = None;
    let columns = Columns::of_stdout();
    let mut out = columns::out();
    for (index, plan) in editions.iter().enumerate() {
        let view = context
            .db
            .read(|c| view(c, plan))
            .context("reading the history")?;
        let mut looks = Vec::new();
        for listing in &view.listings {
            let id = ListingId::new(&plan.edition.id, &listing.store);
            looks.push(if arguments.looks {
                context
                    .db
                    .read(|c| observations(c, &id, from))
                    .context("reading the looks")?
            } else {
                Vec::new()
            });
        }
        if arguments.json {
            for (listing, looks) in view.listings.iter().zip(&looks) {
                for line in lines(&view, listing, looks) {
                    writeln!(out, "{}", serde_json::to_string(&line)?)?;
                }
            }
            continue;
        }
        if index > 0 {
            writeln!(out)?;
        }
        let kept = context
            .db
            .read(|c| kept(c, &plan.edition.id, &view.listings, now))
            .context("reading the history")?;
        let judgement = if let Some(kept) = kept {
            kept
        } else {
            let settings = match &mut settings {
                Some(settings) => settings,
                none => none.insert(context.settings()?),
            };
            judge(&view, settings, now)
        };
        let face = Face {
            zone: &context.plan.author.zone,
            now,
            days: columns.fitting(arguments.days),
            columns,
            stores: &context.plan.stores,
            judgement: &judgement,
        };
        write!(out, "{}", face.edition(&view))?;
        for (listing, looks) in view.listings.iter().zip(&looks) {
            if arguments.looks {
                write!(out, "{}", face.looks(listing, looks))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// The history of an edition as the command prints it: `days` of strip, and every change.
pub(super) fn edition(
    view: &View,
    judgement: &Judgement,
    plan: &Plan,
    (now, days, columns): (Timestamp, u16, Columns),
) -> String {
    let face = Face {
        zone: &plan.author.zone,
        now,
        days: columns.fitting(days),
        columns,
        stores: &plan.stores,
        judgement,
    };
    face.edition(view)
}

/// How the history looks to one person, now.
struct Face<'a> {
    zone: &'a TimeZone,
    now: Timestamp,
    days: u16,
    columns: Columns,
    stores: &'a [StorePlan],
    /// Whether each page is normal, as it was judged last.
    judgement: &'a Judgement,
}

impl Face<'_> {
    /// The heading, a strip a store, and the changes.
    fn edition(&self, view: &View) -> String {
        let mut text = format!("{}\n", heading(view, self.zone, self.now));
        if view
            .listings
            .iter()
            .all(|listing| listing.watched_since.is_none())
        {
            text.push_str("Nothing has been looked at yet. `pubwatch check` takes a first look.\n");
            return text;
        }
        let voice = Voice {
            zone: self.zone,
            now: self.now,
            stores: self.stores,
            edition: Some((&view.edition, &view.launch)),
            brief: false,
        };
        let normal = |listing: &ListingView| {
            let known = self.judgement.outlook(&listing.store);
            known.map_or_else(String::new, |one| outlook(one, &voice))
        };
        let days = strip::days(self.now, self.zone, self.days);
        let mut strips = face::table(&[]);
        for listing in &view.listings {
            strips.add_row([
                label(&listing.store, self.stores).to_owned(),
                face::strip(&strip::strip(listing, &days, self.now)),
                self.standing(listing),
                normal(listing),
            ]);
        }
        text.push_str(&self.columns.table(&strips));
        let here = Here {
            zone: self.zone,
            now: self.now,
            stores: self.stores,
        };
        let blind = sight::blind(&[view], &[], here);
        if !blind.is_empty() {
            text.push('\n');
            text.push_str(&blind);
        }
        text.push('\n');
        text.push_str(&self.changes(view));
        text
    }

    /// Where a listing stands now, in words.
    fn standing(&self, listing: &ListingView) -> String {
        let state = match listing.sight(self.now) {
            Sight::Never | Sight::LastSeen(_) => "No state seen yet".to_owned(),
            Sight::Seen(spell) => {
                let length = words::lasting(self.now.duration_since(spell.since));
                let since = words::day(spell.since, self.zone, self.now);
                format!(
                    "{} since {since}, {length}",
                    face::state(spell.availability)
                )
            }
        };
        match listing.not_seen_since(self.now) {
            None => state,
            Some(unseen) => {
                let since = words::day(unseen, self.zone, self.now);
                let length = words::lasting(self.now.duration_since(unseen));
                face::faint(&format!("Not seen since {since}, {length}"))
            }
        }
    }

    /// Every change of every store in one table, newest first.
    fn changes(&self, view: &View) -> String {
        let mut rows: Vec<(&ListingView, &Spell)> = view
            .listings
            .iter()
            .flat_map(|listing| listing.spells.iter().map(move |spell| (listing, spell)))
            .collect();
        rows.sort_by_key(|(_, spell)| std::cmp::Reverse(spell.since));
        let mut table = face::table(&[
            "since",
            "store",
            "state",
            "for",
            "page says",
            "price",
            "looks",
        ]);
        for (listing, spell) in rows {
            table.add_row([
                words::brief_moment(spell.since, self.zone, self.now),
                label(&listing.store, self.stores).to_owned(),
                face::state(spell.availability),
                words::lasting(listing.known_length(spell, self.now)),
                format!("“{}”", words::clipped(&spell.says.words, 60)),
                spell
                    .says
                    .price
                    .as_ref()
                    .map_or("–".to_owned(), ToString::to_string),
                spell.readings.to_string(),
            ]);
        }
        let mut text = if table.is_empty() {
            String::new()
        } else {
            self.columns.table(&table)
        };
        for note in &view.notes {
            text.push_str(&self.note(note));
        }
        text
    }

    fn note(&self, note: &Note) -> String {
        let parts = [
            Some(note.kind.words()),
            note.ticket
                .as_ref()
                .map(|ticket| format!("request {ticket}")),
            note.text.clone(),
        ];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        format!(
            "Note of {}: {}\n",
            words::moment(note.at, self.zone),
            said.join(", ")
        )
    }

    fn looks(&self, listing: &ListingView, looks: &[Seen]) -> String {
        let store = face::bold(label(&listing.store, self.stores));
        if looks.is_empty() {
            return format!("\n{store}\nNo look in these days; `--days` goes further back.\n");
        }
        let mut table = face::table(&["look", "source", "reading", "words"]);
        for look in looks {
            let (reading, said) = match &look.reading {
                Reading::Says(says) => (face::state(says.availability), says.words.clone()),
                Reading::Unread(unread) => {
                    (face::faint(unread.reason.name()), unread.words.clone())
                }
            };
            table.add_row([
                words::moment(look.at, self.zone),
                look.source.name().to_owned(),
                reading,
                words::clipped(&said, 80),
            ]);
        }
        format!("\n{store}\n{}", self.columns.table(&table))
    }
}

/// "Salt Roads · paperback · publishes Tue 27 June 2023 · 43 days to go".
pub(super) fn heading(view: &View, zone: &TimeZone, now: Timestamp) -> String {
    let (edition, launch) = (&view.edition, &view.launch);
    let today = now.to_zoned(zone.clone()).date();
    let verb = if launch.publication > today {
        "publishes"
    } else {
        "published"
    };
    format!(
        "{} · {} · {verb} {} · {}",
        face::bold(&words::one_line(&edition.title)),
        edition.format.name(),
        words::date(launch.publication),
        words::to_publication(today, launch.publication),
    )
}

/// A change, or a look, for a program.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    edition: Numbers<'a>,
    title: &'a str,
    store: &'a StoreId,
    #[serde(flatten)]
    event: Event<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Event<'a> {
    Spell(&'a Spell),
    Look(&'a Seen),
}

fn lines<'a>(
    view: &'a View,
    listing: &'a ListingView,
    looks: &'a [Seen],
) -> impl Iterator<Item = Line<'a>> {
    let spells = listing.spells.iter().map(Event::Spell);
    spells
        .chain(looks.iter().map(Event::Look))
        .map(|event| Line {
            edition: Numbers::of(&view.edition),
            title: &view.edition.title,
            store: &listing.store,
            event,
        })
}
