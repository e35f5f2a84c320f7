//! `pubwatch add`: a book more to watch.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{anyhow, bail};
use jiff::civil::Date;
use url::Url;

use super::check;
use super::following::taken_over_soon;
use super::setup::ask::{Asker, Question, some_text};
use super::setup::details::{self, Details};
use super::setup::library::{self, OPEN_LIBRARY, Record};
use super::setup::place::{self, Existing};
use super::setup::stores::usual_stores;
use super::setup::which_book::{self, Named};
use crate::book::day::day;
use crate::book::{ConfiguredDates, Distribution, Edition, Format, Isbn13, StoreId, storefront};
use crate::config::edit::{self, Entry};
use crate::config::plan::{EditionPlan, Plan};
use crate::exit::Exit;

/// Add editions to the configuration.
///
/// On a terminal it asks for what no flag gives: the title, the format, the publication date, who
/// distributes it, and where it is watched. The configuration keeps its comments and its order,
/// and is written only when the result is right. Then what is due gets its first look.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// ISBNs, or addresses of the book's pages; several addresses of one book are one edition
    #[arg(required = true, value_name = "ISBN|ADDRESS")]
    books: Vec<String>,

    /// The ISBN that belongs to the addresses, where they do not tell it
    #[arg(long)]
    isbn: Option<Isbn13>,

    /// Ask Open Library for the title and the format: one record a book
    #[arg(long)]
    look_up: bool,

    /// Where Open Library is; for tests
    #[arg(long, value_name = "ADDRESS", default_value = OPEN_LIBRARY, hide = true)]
    library: Url,

    #[command(flatten)]
    details: Details,

    /// Take no first look; the next round takes it
    #[arg(long)]
    no_look: bool,

    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Asks, writes, and shows the addresses that were made.
///
/// # Errors
///
/// When something is missing or wrong; the configuration is then as it was.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let existing = Existing::load(config)?;
    let stdin = std::io::stdin();
    let (mut answers, mut questions) = (stdin.lock(), anstream::stderr());
    let mut asker = Asker::at(&mut answers, &mut questions);
    let books = books(arguments, &mut asker)?;
    let mut entries: Vec<Entry> = Vec::new();
    for (isbn, pages) in books {
        if let Some(known) = of_isbn(&existing.loaded.plan, &isbn) {
            bail!(
                "{isbn} is there already, as {} ({}); `pubwatch edit {isbn}` changes it",
                known.edition.title,
                known.edition.format.name()
            );
        }
        asker.say(&format!("\n{isbn}"))?;
        let known = Known {
            details: &arguments.details,
            before: entries.last(),
            plan: &existing.loaded.plan,
            record: looked_up(arguments, &existing.loaded.plan, &isbn)?,
        };
        let entry = entry(&isbn, &pages, &known, &mut asker)?;
        entries.push(entry);
    }
    let changed = existing.with(edit::with_entries(&existing.loaded.text, &entries)?)?;
    let mut out = anstream::stdout().lock();
    if arguments.dry_run {
        for entry in &entries {
            writeln!(out, "{}", entry.to_toml())?;
        }
        return Ok(Exit::Done);
    }
    let warnings = place::new_warnings(&existing.loaded, &changed, true);
    if !warnings.is_empty() {
        writeln!(anstream::stderr(), "{warnings}\n")?;
    }
    existing.replace(&changed)?;
    for entry in &entries {
        if let Some(plan) = of_isbn(&changed.plan, &entry.edition.isbn) {
            write!(out, "{}", added(plan))?;
        }
    }
    write!(out, "Written to {}.", changed.path.display())?;
    if let Some(said) = taken_over_soon(&changed) {
        writeln!(out, " {said}")?;
        return Ok(Exit::Done);
    }
    if arguments.no_look {
        writeln!(out, " `pubwatch check` takes the first look.")?;
        return Ok(Exit::Done);
    }
    writeln!(
        out,
        " Now the first look; Ctrl-C leaves it to the next round."
    )?;
    drop(out);
    check::run(&check::Arguments::what_is_due(), config)
}

/// What Open Library knows of a book, when it is to be asked. That it knows nothing or cannot be
/// reached is said, and is no reason not to add the book.
fn looked_up(arguments: &Arguments, plan: &Plan, isbn: &Isbn13) -> anyhow::Result<Record> {
    if !arguments.look_up {
        return Ok(Record::default());
    }
    let answer = library::ask(plan, &arguments.library, isbn);
    let (said, record) = match answer {
        Ok(Some(record)) => {
            let title = record.title.as_deref().unwrap_or("no title");
            let format = record.format.map_or("no format", Format::name);
            (format!("Open Library has {title}, {format}."), record)
        }
        Ok(None) => (
            format!("Open Library does not know {isbn}."),
            Record::default(),
        ),
        Err(error) => (
            format!("Open Library could not be asked: {error:#}."),
            Record::default(),
        ),
    };
    writeln!(anstream::stderr(), "{said}")?;
    Ok(record)
}

fn of_isbn<'plan>(plan: &'plan Plan, isbn: &Isbn13) -> Option<&'plan EditionPlan> {
    plan.editions.iter().find(|one| one.edition.isbn == *isbn)
}

/// What is known before anybody is asked.
struct Known<'a> {
    details: &'a Details,
    before: Option<&'a Entry>,
    plan: &'a Plan,
    record: Record,
}

type Pages = Vec<(StoreId, String)>;

/// The books that were named, with the pages given for each, in the order of naming.
fn books(arguments: &Arguments, asker: &mut Asker<'_>) -> anyhow::Result<Vec<(Isbn13, Pages)>> {
    let mut books: Vec<(Isbn13, Pages)> = Vec::new();
    for words in &arguments.books {
        let Named { isbn, page } = which_book::read(words).map_err(|why| anyhow!(why))?;
        let isbn = match isbn.or_else(|| arguments.isbn.clone()) {
            Some(isbn) => isbn,
            None => asker.value(
                None,
                &Question {
                    ask: &format!("The ISBN of the book at {words}"),
                    what: "the ISBN, which the address does not tell,",
                    flag: "--isbn ISBN",
                },
                None,
                &|answer| answer.parse::<Isbn13>().map_err(|error| error.to_string()),
            )?,
        };
        match books.iter_mut().find(|(known, _)| *known == isbn) {
            Some((_, pages)) => pages.extend(page),
            None => books.push((isbn, page.into_iter().collect())),
        }
    }
    Ok(books)
}

/// What is to be written of one edition: from the flags, from answers, or as with the one before.
fn entry(
    isbn: &Isbn13,
    pages: &[(StoreId, String)],
    known: &Known<'_>,
    asker: &mut Asker<'_>,
) -> anyhow::Result<Entry> {
    let details = known.details;
    let title = title(known, asker)?;
    let usual_format = known.record.format.unwrap_or(Format::Paperback);
    let format = asker.value(
        details.format,
        &Question {
            ask: "Format: paperback, hardcover or ebook",
            what: "the format",
            flag: "--format FORMAT",
        },
        Some((usual_format.name(), usual_format)),
        &details::format,
    )?;
    let publication_date = publication_date(known, asker)?;
    let (distribution, distribution_enabled) = distribution(known, asker)?;
    let amazon_switch = match details.amazon_switch {
        Some(switch) => switch,
        None if distribution.is_ingram_fed() && format != Format::Ebook => asker.yes(
            "Will you publish it at KDP on the day, so that KDP Print takes Amazon over?",
            false,
        )?,
        None => false,
    };
    let mut stores = stores(known, pages, asker)?;
    if details.stores.is_empty() {
        leave_out_unknown_pages(&mut stores, isbn, format, pages)?;
    }
    let addresses = pages
        .iter()
        .filter(|(store, page)| which_book::must_be_written(store, isbn, format, page))
        .cloned()
        .collect();
    Ok(Entry {
        edition: Edition {
            isbn: isbn.clone(),
            title,
            author: details.author.clone(),
            format,
            dates: ConfiguredDates::new(publication_date, details.on_sale, distribution_enabled),
            distribution,
            printing: None,
            amazon_switch,
            first_title: details.first_title.unwrap_or(false),
            list_price: details.price.clone(),
            imprint: details.imprint.clone(),
        },
        stores,
        addresses,
    })
}

fn title(known: &Known<'_>, asker: &mut Asker<'_>) -> anyhow::Result<String> {
    let own = known.record.title.clone();
    let last = own.or_else(|| known.before.map(|entry| entry.edition.title.clone()));
    Ok(asker.value(
        known.details.title.clone(),
        &Question {
            ask: "Title",
            what: "the title",
            flag: "--title TITLE",
        },
        last.as_ref().map(|last| (last.as_str(), last.clone())),
        &some_text,
    )?)
}

fn publication_date(known: &Known<'_>, asker: &mut Asker<'_>) -> anyhow::Result<Date> {
    let last = known.before.map(|entry| entry.edition.dates.as_written().0);
    let shown = last.map(|date| date.to_string()).unwrap_or_default();
    Ok(asker.value(
        known.details.date,
        &Question {
            ask: "Publication date (year-month-day)",
            what: "the publication date",
            flag: "--date YYYY-MM-DD",
        },
        last.map(|date| (shown.as_str(), date)),
        &day,
    )?)
}

fn distribution(
    known: &Known<'_>,
    asker: &mut Asker<'_>,
) -> anyhow::Result<(Distribution, Option<Date>)> {
    let usual = known
        .before
        .map(|entry| entry.edition.distribution)
        .or_else(|| {
            known
                .plan
                .editions
                .last()
                .map(|one| one.edition.distribution)
        })
        .unwrap_or(Distribution::IngramSpark);
    let distribution = asker.value(
        known.details.distribution,
        &Question {
            ask: "Distributed by: ingramspark, draft2digital, publishdrive, kdp or other",
            what: "who distributes it",
            flag: "--distribution WHO",
        },
        Some((usual.name(), usual)),
        &details::distribution,
    )?;
    let enabled = asker.value(
        known.details.enabled.map(Some),
        &Question {
            ask: "Distribution enabled on (year-month-day; Enter: not yet)",
            what: "the day on which distribution was enabled",
            flag: "--enabled YYYY-MM-DD",
        },
        Some(("", None)),
        &|answer| day(answer).map(Some),
    )?;
    Ok((distribution, enabled))
}

fn stores(
    known: &Known<'_>,
    pages: &[(StoreId, String)],
    asker: &mut Asker<'_>,
) -> anyhow::Result<Vec<StoreId>> {
    let named = known.details.stores();
    let usual = known
        .before
        .map_or_else(|| usual_stores(known.plan), |entry| entry.stores.clone());
    let shown: Vec<&str> = usual.iter().map(StoreId::as_str).collect();
    let shown = shown.join(", ");
    let mut stores = asker.value(
        (!named.is_empty()).then_some(named),
        &Question {
            ask: "Watched at",
            what: "where it is watched",
            flag: "--store STORE",
        },
        Some((shown.as_str(), usual.clone())),
        &|answer| {
            let stores = Details {
                stores: vec![answer.to_owned()],
                ..Details::default()
            };
            Ok(stores.stores())
        },
    )?;
    for (store, _) in pages {
        if !stores.contains(store) {
            stores.push(store.clone());
        }
    }
    Ok(stores)
}

/// Takes out the stores that nobody named and whose page cannot be known yet, and says so: a 979
/// number and an ebook have no predictable address at Amazon.
fn leave_out_unknown_pages(
    stores: &mut Vec<StoreId>,
    isbn: &Isbn13,
    format: Format,
    pages: &[(StoreId, String)],
) -> anyhow::Result<()> {
    let mut left_out = Vec::new();
    stores.retain(|store| {
        let is_given = pages.iter().any(|(other, _)| other == store);
        let unknown = storefront::find(store.as_str())
            .and_then(|known| known.path_for(isbn, format).err())
            .filter(|_| !is_given);
        left_out.extend(unknown.map(|why| (store.label().to_owned(), why)));
        unknown.is_none()
    });
    for (label, why) in left_out {
        writeln!(
            anstream::stderr(),
            "{label} is left out: {why}. When the page is there, add it with \
             `pubwatch edit {isbn} --address ADDRESS`."
        )?;
    }
    if stores.is_empty() {
        bail!("no store is left to watch {isbn} at; name one with --store, or give an address");
    }
    Ok(())
}

/// What was added, and the pages that will be looked at.
fn added(plan: &EditionPlan) -> String {
    let edition = &plan.edition;
    let mut text = format!(
        "Added {} ({}), {}, publishes {}\n",
        edition.title,
        edition.format.name(),
        edition.isbn,
        edition.dates.as_written().0
    );
    for listing in &plan.listings {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {:<18} {}", listing.store.label(), listing.address);
    }
    text
}
