//! `pubwatch import-history`: what another Pubwatch saw, from the lines of `pubwatch export --all`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Transaction;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::context::Context;
use crate::book::{Isbn13, StoreId};
use crate::exit::Exit;
use crate::history::sqlite::Bulk;
use crate::history::sqlite::transfer::{KeptNote, keep_note, last_look};
use crate::history::{ListingId, Observation, Source};
use crate::page::Reading;
use crate::text::words;

/// Take over what another Pubwatch saw, from the lines of `export --all`.
///
/// Observations and notes are taken over, and the spells follow from them; letters and alerts are
/// not, since they were another's. A listing that was looked at here already keeps its own history.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file of `pubwatch export --all`
    file: PathBuf,
}

/// Takes everything over, or, when a line is wrong, nothing.
///
/// # Errors
///
/// When the file cannot be read; the database is then as it was.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let found = read(&arguments.file)?;
    let context = Context::open(config)?;
    let confirm_after = context.plan.judging.confirm_after;
    let taken = context
        .db
        .write(|tx| take_over(tx, &found, confirm_after))?;
    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "Took over {} of {}, and {}",
        counted(taken.kept.values().sum::<usize>(), "observation"),
        counted(taken.kept.len(), "listing"),
        counted(taken.notes, "note")
    )?;
    for listing in &taken.own {
        writeln!(
            out,
            "  {} at {} was looked at here already, and keeps its own history",
            listing.isbn,
            listing.store.label()
        )?;
    }
    if found.others > 0 {
        writeln!(
            out,
            "{} rows of letters, alerts and rounds stay where they were",
            found.others
        )?;
    }
    Ok(Exit::Done)
}

/// What a file holds that can be taken over. There are millions of looks, and they are much alike:
/// what they are at and what they gave is held once.
#[derive(Default)]
struct Found {
    listings: Vec<ListingId>,
    readings: Vec<Reading>,
    /// Listing by listing, oldest first.
    looks: Vec<Look>,
    notes: Vec<KeptNote>,
    others: usize,
}

/// One look: the number of its listing, the number of its reading.
struct Look {
    listing: u32,
    reading: u32,
    at: Timestamp,
    source: Source,
}

/// What was taken over.
#[derive(Default)]
struct Taken<'a> {
    kept: BTreeMap<&'a ListingId, usize>,
    /// These were looked at here already.
    own: BTreeSet<&'a ListingId>,
    notes: usize,
}

fn take_over<'a>(
    transaction: &Transaction<'_>,
    found: &'a Found,
    confirm_after: SignedDuration,
) -> rusqlite::Result<Taken<'a>> {
    let mut taken = Taken::default();
    for looks in found
        .looks
        .chunk_by(|one, next| one.listing == next.listing)
    {
        let Some(listing) = looks.first().map(|look| found.listing(look)) else {
            continue;
        };
        if last_look(transaction, listing)?.is_some() {
            taken.own.insert(listing);
            continue;
        }
        let mut bulk = Bulk::begin(transaction, listing, confirm_after)?;
        for alike in looks.chunk_by(|one, next| one.reading == next.reading) {
            let Some(mut seen) = alike.first().map(|look| found.observation(look)) else {
                continue;
            };
            for look in alike {
                (seen.at, seen.source) = (look.at, look.source);
                bulk.add(transaction, &seen)?;
            }
        }
        bulk.flush(transaction)?;
        taken.kept.insert(listing, looks.len());
    }
    for note in &found.notes {
        taken.notes += usize::from(keep_note(transaction, note)?);
    }
    Ok(taken)
}

impl Found {
    fn listing(&self, look: &Look) -> &ListingId {
        &self.listings[look.listing as usize]
    }

    fn observation(&self, look: &Look) -> Observation {
        Observation {
            listing: self.listing(look).clone(),
            at: look.at,
            source: look.source,
            reading: self.readings[look.reading as usize].clone(),
        }
    }
}

/// "1 note", "2 notes".
fn counted(number: usize, noun: &str) -> String {
    words::count(i64::try_from(number).unwrap_or(i64::MAX), noun)
}

fn read(path: &Path) -> anyhow::Result<Found> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let bar = progress(file.metadata().map_or(0, |file| file.len()));
    let mut gathering = Gathering::default();
    for (index, line) in BufReader::new(bar.wrap_read(file)).lines().enumerate() {
        let place = || format!("{}, line {}", path.display(), index + 1);
        let line = line.with_context(place)?;
        if !line.trim().is_empty() {
            gathering.take(&line).with_context(place)?;
        }
    }
    bar.finish_and_clear();
    let mut found = gathering.found;
    if found.looks.is_empty() && found.notes.is_empty() && found.others == 0 {
        bail!("{} is empty; nothing was taken over", path.display());
    }
    found.looks.sort_by_key(|look| (look.listing, look.at));
    Ok(found)
}

/// How far a file of so many bytes has been read. It shows itself on a terminal only.
fn progress(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} read  {elapsed}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// What was found so far, and where each thing stands in it.
#[derive(Default)]
struct Gathering {
    found: Found,
    listings: BTreeMap<ListingId, u32>,
    /// By the JSON of the reading, as it stands in the line.
    readings: BTreeMap<Box<str>, u32>,
}

/// A line of `export --all`: an object with one key.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    observation: Option<&'a RawValue>,
    #[serde(borrow)]
    note: Option<&'a RawValue>,
    row: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen<'a> {
    isbn: Isbn13,
    store: String,
    at: Timestamp,
    source: String,
    #[serde(borrow)]
    reading: &'a RawValue,
}

impl Gathering {
    fn take(&mut self, line: &str) -> anyhow::Result<()> {
        let line: Line<'_> = serde_json::from_str(line)
            .map_err(|error| anyhow!("this is no line of `pubwatch export --all`: {error}"))?;
        match line {
            Line {
                observation: Some(seen),
                ..
            } => self.take_look(json(seen)?)?,
            Line {
                note: Some(note), ..
            } => self.found.notes.push(json(note)?),
            Line { row: Some(_), .. } => self.found.others += 1,
            _ => bail!("this is no line of `pubwatch export --all`"),
        }
        Ok(())
    }

    fn take_look(&mut self, seen: Seen<'_>) -> anyhow::Result<()> {
        let source = Source::from_name(&seen.source)
            .with_context(|| format!("there is no source `{}`", seen.source))?;
        let listing = ListingId {
            isbn: seen.isbn,
            store: StoreId::new(&seen.store),
        };
        let listing = if let Some(number) = self.listings.get(&listing) {
            *number
        } else {
            let number = append(&mut self.found.listings, listing.clone())?;
            self.listings.insert(listing, number);
            number
        };
        let reading = if let Some(number) = self.readings.get(seen.reading.get()) {
            *number
        } else {
            let number = append(&mut self.found.readings, json(seen.reading)?)?;
            self.readings.insert(Box::from(seen.reading.get()), number);
            number
        };
        self.found.looks.push(Look {
            listing,
            reading,
            at: seen.at,
            source,
        });
        Ok(())
    }
}

/// Puts one more at the end, and gives its number.
fn append<T>(all: &mut Vec<T>, one: T) -> anyhow::Result<u32> {
    let number = u32::try_from(all.len())?;
    all.push(one);
    Ok(number)
}

/// What a part of a line says. The place of an error is that of the line, not that of the part.
fn json<'a, T: Deserialize<'a>>(part: &'a RawValue) -> anyhow::Result<T> {
    serde_json::from_str(part.get()).map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let said = error.to_string();
        anyhow!("{}", said.strip_suffix(&place).unwrap_or(&said))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::book::Availability;
    use crate::db::Db;
    use crate::history::sqlite::transfer::every_look;
    use crate::page::{Says, UnreadReason};

    const STORES: [&str; 2] = ["amazon.com", "bookshop.org"];

    fn line(hour: i64, store: usize, kind: u8) -> String {
        let start: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        let reading = match kind {
            0 => Reading::unread(UnreadReason::Blocked, "test", "captcha"),
            1 => Reading::Says(Box::new(Says::new(
                Availability::PreOrder,
                "test",
                "Pre-order",
                "x",
            ))),
            _ => Reading::Says(Box::new(Says::new(
                Availability::InStock,
                "test",
                "In stock",
                "x",
            ))),
        };
        serde_json::json!({ "observation": {
            "isbn": "9780132350884",
            "store": STORES[store],
            "at": start + SignedDuration::from_hours(hour),
            "source": Source::Http.name(),
            "reading": reading,
        }})
        .to_string()
    }

    /// What a database holds after the lines were taken over, look by look.
    fn taken_over(lines: &[String]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.jsonl");
        std::fs::write(&path, lines.join("\n")).unwrap();
        let found = read(&path).unwrap();
        let db = Db::in_memory().unwrap();
        let confirm_after = SignedDuration::from_hours(6);
        db.write(|tx| take_over(tx, &found, confirm_after).map(drop))
            .unwrap();
        let mut looks = Vec::new();
        db.read(|connection| {
            every_look(connection, |look| -> rusqlite::Result<()> {
                looks.push(format!("{look:?}"));
                Ok(())
            })
        })
        .unwrap();
        looks
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

        #[test]
        fn the_order_of_the_lines_does_not_matter(
            (lines, shuffled) in prop::collection::btree_map((0_i64..500, 0_usize..2), 0_u8..3, 1..40)
                .prop_map(|looks| {
                    looks
                        .into_iter()
                        .map(|((hour, store), kind)| line(hour, store, kind))
                        .collect::<Vec<String>>()
                })
                .prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        ) {
            let looks = taken_over(&lines);
            prop_assert_eq!(looks.len(), lines.len());
            prop_assert_eq!(taken_over(&shuffled), looks);
        }
    }
}
