//! The history of a whole imprint over many years, written through the same functions as a round
//! writes it, to see how the program bears it.
//!
//! ```text
//! cargo run --profile dist --example years -- --years 10 --editions 1000 --into FOLDER
//! ```
//!
//! FOLDER gets a configuration and a database, which the program and tests then work with.

mod drawn;
mod title;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Parser;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use pubwatch::book::launch::midnight_gmt;
use pubwatch::book::{Availability, Launch, Source, StoreId};
use pubwatch::clock::Clock;
use pubwatch::config::plan::EditionPlan;
use pubwatch::demo::pages::{Book, Offer, isbn, product};
use pubwatch::fetch::Fetcher;
use pubwatch::history::evidence::Evidence;
use pubwatch::history::sqlite::{add_note, keep_evidence, record};
use pubwatch::history::{ListingId, Observation};
use pubwatch::judge::Settings;
use pubwatch::mail::Route;
use pubwatch::mail::sqlite::{Claimant, claim_next, mark_delivered};
use pubwatch::page::{Reading, UnreadReason};
use pubwatch::round::House;
use pubwatch::round::judge_edition::{JudgeContext, judge_book};
use pubwatch::schedule::cadence;
use pubwatch::setup::data::open_database;
use pubwatch::setup::loading::load;
use rusqlite::Transaction;
use serde_json::json;

use drawn::{STORES, after};
use title::{Title, patience};

/// How many days of watching come before the first publication date, and after the last.
const BEFORE: i64 = 80;

/// Write the history of an imprint.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Order {
    /// So many years up to now
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    years: u32,

    /// How many editions the imprint has, each at three stores, their dates spread over these years
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    editions: u32,

    /// Another number draws another imprint; the same draws the same
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    order: Order,

    /// A new folder, which gets a configuration and a database
    #[arg(long, value_name = "FOLDER")]
    into: PathBuf,

    /// The result as one JSON object
    #[arg(long)]
    json: bool,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Written {
    /// Looks at pages.
    looks: u64,
    /// Changes of state.
    changes: u64,
    /// Letters, all delivered.
    letters: u64,
    /// Bytes of the database.
    bytes: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let folder = &arguments.into;
    let began = Clock::System.now();
    let Written {
        looks,
        changes,
        letters,
        bytes,
    } = write(folder, arguments.order, began)?;
    let seconds = Clock::System.now().duration_since(began).as_secs();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let line = json!({
            "looks": looks, "changes": changes, "letters": letters,
            "bytes": bytes, "seconds": seconds,
        });
        writeln!(out, "{line}")?;
    } else {
        writeln!(
            out,
            "{looks} looks, {changes} changes, {letters} letters in {seconds} s\n{} MB, {} bytes a look, everything counted\n{}",
            bytes / 1_000_000,
            bytes / looks.max(1),
            folder.join("pubwatch.toml").display()
        )?;
    }
    Ok(())
}

/// Writes `folder/pubwatch.toml` and the database of that imprint in `folder/data`.
///
/// # Errors
///
/// When there is something in the folder already, or it cannot be written.
fn write(folder: &Path, order: Order, now: Timestamp) -> anyhow::Result<Written> {
    let file = folder.join("pubwatch.toml");
    if file.try_exists()? || folder.join("data").try_exists()? {
        bail!(
            "there is something in {} already; choose a folder that is new or empty",
            folder.display()
        );
    }
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let titles = titles(order, now)?;
    let mut text = "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\n\
                    timezone = \"UTC\"\n\n[data]\nfolder = \"data\"\n"
        .to_owned();
    text.extend(titles.iter().map(Title::table));
    std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;

    let today = now.to_zoned(TimeZone::UTC).date();
    let plan = load(Some(&file), today)?.plan;
    let db = open_database(&plan.data)?;
    let clock = Clock::starting_at(now);
    let settings = Settings::of(&plan)?;
    let fetcher = Fetcher::new(Arc::clone(&db), clock.clone(), &plan.manners, &plan.stores)?;
    let house = House::new(plan, db, clock, settings, fetcher);
    let mut written = Written::default();
    for (title, plan) in titles.iter().zip(&house.plan.editions) {
        let one = house
            .db
            .write_lightly(|tx| Years::begin(&house, title, plan).play(tx, now))?;
        written.looks += one.looks;
        written.changes += one.changes;
        written.letters += one.letters;
    }
    written.bytes = house.db.read(|connection| -> rusqlite::Result<u64> {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let pages: u32 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let size: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        Ok(u64::from(pages) * u64::from(size))
    })?;
    Ok(written)
}

/// Draws the titles, their dates spread evenly over the years.
fn titles(order: Order, now: Timestamp) -> anyhow::Result<Vec<Title>> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let first = today
        .checked_sub(Span::new().years(i64::from(order.years)))
        .context("these are more years than there are")?;
    let span = i64::from((today - first).get_days());
    (0..order.editions)
        .map(|number| {
            let own = order.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(number);
            let mut rng = fastrand::Rng::with_seed(own);
            let part = i64::from(number) * (span - BEFORE) / i64::from(order.editions);
            let date: Date = first.saturating_add(Span::new().days(BEFORE + part));
            let isbn = isbn(number as usize).parse()?;
            Ok(Title::draw(number, isbn, date, now, &mut rng))
        })
        .collect()
}

/// The years of one title: its pages, their looks, and what is judged of them.
struct Years<'a> {
    house: &'a House,
    title: &'a Title,
    plan: &'a EditionPlan,
    shops: Vec<Shop>,
    notes: usize,
    judged: Timestamp,
    written: Written,
}

/// One listing on its way through the years.
struct Shop {
    listing: ListingId,
    next: Timestamp,
    released: Option<Timestamp>,
    unread: u32,
    is_unconfirmed: bool,
}

impl<'a> Years<'a> {
    fn begin(house: &'a House, title: &'a Title, plan: &'a EditionPlan) -> Self {
        let shops = STORES.iter().zip(0_i64..).map(|(store, index)| {
            let listing = ListingId {
                edition: title.isbn.clone().into(),
                store: StoreId::new(store),
            };
            Shop {
                listing,
                next: seconds_after(title.launch.start, index * 15),
                released: None,
                unread: 0,
                is_unconfirmed: false,
            }
        });
        Self {
            house,
            title,
            plan,
            shops: shops.collect(),
            notes: 0,
            judged: Timestamp::MIN,
            written: Written::default(),
        }
    }

    /// Looks at whatever is due, the earliest first, until `end`.
    fn play(mut self, tx: &Transaction<'_>, end: Timestamp) -> rusqlite::Result<Written> {
        loop {
            let due = (0..self.shops.len()).min_by_key(|index| self.shops[*index].next);
            let Some(index) = due.filter(|index| self.shops[*index].next < end) else {
                break;
            };
            let at = self.shops[index].next;
            self.note(tx, at)?;
            if self.look(tx, index, at)? || self.is_time_to_judge(at) {
                self.judge(tx, at)?;
            }
        }
        self.judge(tx, end)?;
        Ok(self.written)
    }

    fn note(&mut self, tx: &Transaction<'_>, at: Timestamp) -> rusqlite::Result<()> {
        let notes = &self.title.launch.notes;
        while let Some(note) = notes.get(self.notes).filter(|note| note.at <= at) {
            add_note(tx, &self.title.isbn.clone().into(), note, note.at)?;
            self.notes += 1;
        }
        Ok(())
    }

    /// One look. True when it changed or confirmed something.
    fn look(
        &mut self,
        tx: &Transaction<'_>,
        index: usize,
        at: Timestamp,
    ) -> rusqlite::Result<bool> {
        let shop = &mut self.shops[index];
        let reading = self.title.page(index, at);
        if shop.released.is_none()
            && reading
                .availability()
                .is_some_and(Availability::is_released)
        {
            shop.released = Some(at);
        }
        let is_blocked = matches!(&reading, Reading::Unread(unread)
            if unread.reason == UnreadReason::Blocked || unread.reason == UnreadReason::Unreachable);
        let seen = Observation {
            listing: shop.listing.clone(),
            at,
            source: Source::Http,
            reading,
        };
        let recorded = record(tx, &seen, self.house.plan.judging.confirm_after)?;
        if recorded.changed {
            keep_evidence(tx, &shop.listing, &evidence(self.title, index, &seen))?;
            self.written.changes += 1;
        }
        self.written.looks += 1;
        let was_unconfirmed = shop.is_unconfirmed;
        if seen.reading.availability().is_some() {
            shop.is_unconfirmed = recorded.look_again_at.is_some();
        }
        shop.unread = if is_blocked { shop.unread + 1 } else { 0 };
        let zone = &self.house.plan.author.zone;
        let launch = Launch::new(&self.plan.edition, &[], zone);
        let store = &shop.listing.store;
        let rhythm = cadence::urgency(&launch, store, shop.released, zone, at).interval();
        let mut next = at.saturating_add(rhythm).unwrap_or(Timestamp::MAX);
        if is_blocked {
            let retry = at.saturating_add(patience(shop.unread - 1));
            next = next.min(retry.unwrap_or(Timestamp::MAX));
        }
        if let Some(again) = recorded.look_again_at {
            next = next.min(again.max(after(at, 1)));
        }
        // A service looks when its minute comes, and waits out the pause of the host.
        let wait =
            30 + i64::from(at.subsec_millisecond()) % 30 + self.written.looks.cast_signed() % 30;
        shop.next = seconds_after(next, wait);
        Ok(recorded.changed || was_unconfirmed != shop.is_unconfirmed)
    }

    /// Daily around the date, and every two months in the long run: that is when the calendar alone
    /// brings something.
    fn is_time_to_judge(&self, at: Timestamp) -> bool {
        let date = midnight_gmt(self.title.launch.date);
        let is_near = (after(date, -10 * 24)..after(date, 30 * 24)).contains(&at);
        let hours = if is_near { 24 } else { 60 * 24 };
        after(self.judged, hours) <= at
    }

    /// Judges the edition as a round would have, and delivers the letter.
    fn judge(&mut self, tx: &Transaction<'_>, at: Timestamp) -> rusqlite::Result<()> {
        self.judged = at;
        if !judge_book(&JudgeContext::of(self.house), self.plan, tx, at)?.is_empty() {
            self.written.letters += 1;
            let until = after(at, 1);
            let claimant = Claimant {
                who: "years",
                route: &Route::Mail,
                most_per_hour: None,
            };
            if let Some(claimed) = claim_next(tx, claimant, at, until)? {
                mark_delivered(tx, claimed.id, "250 2.0.0 Ok", at)?;
            }
        }
        Ok(())
    }
}

/// The page as the demo's stores show it, which is what a change keeps.
fn evidence(title: &Title, store: usize, seen: &Observation) -> Evidence {
    let book = Book {
        title: title.name.clone(),
        author: "Jane Roe".to_owned(),
        isbn: title.isbn.clone(),
        publication_date: title.launch.date,
        price: "$16.99".to_owned(),
        publisher: "Saltmarsh Press".to_owned(),
    };
    let offer = match seen.reading.availability() {
        Some(Availability::PreOrder) => Offer::PreOrder,
        Some(Availability::InStock | Availability::ShipsLater | Availability::BackOrder) => {
            Offer::InStock
        }
        _ => Offer::OutOfStock,
    };
    let shop = StoreId::new(STORES[store]);
    Evidence {
        at: seen.at,
        source: seen.source,
        status: Some(200),
        address: format!("https://www.{shop}/book/{}", title.isbn),
        headers: vec![("server".to_owned(), "a simulated store".to_owned())],
        parts: product(shop.family(), &book, offer),
        picture: None,
    }
}

fn seconds_after(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pubwatch::db::Db;

    /// A year of three editions in a folder of its own.
    fn written(folder: &Path) -> Written {
        let order = Order {
            years: 1,
            editions: 3,
            seed: 1,
        };
        write(folder, order, "2026-11-22T06:00:00Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn an_imprint_is_written_whole_and_the_same_each_time() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = written(one.path());
        assert_eq!(first, written(other.path()));
        assert!(
            1000 < first.looks && 9 <= first.changes && 3 <= first.letters,
            "{first:?}"
        );

        let db = Db::open(&one.path().join("data/pubwatch.db")).unwrap();
        let count = |sql: &str| -> i64 {
            let count: rusqlite::Result<i64> = db.read(|c| c.query_row(sql, [], |row| row.get(0)));
            count.unwrap()
        };
        let looks: i64 = db.read(pubwatch::history::sqlite::count_of_looks).unwrap();
        assert_eq!(u64::try_from(looks).unwrap(), first.looks);
        assert_eq!(
            count("SELECT count(*) FROM outbox WHERE delivered_at IS NULL"),
            0
        );
        assert_eq!(count("SELECT count(*) FROM spell WHERE until IS NULL"), 9);
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pubwatch.toml"), "mine").unwrap();
        let order = Order {
            years: 1,
            editions: 1,
            seed: 1,
        };
        let now = "2026-11-22T06:00:00Z".parse().unwrap();
        let error = write(folder.path(), order, now).unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
    }
}
