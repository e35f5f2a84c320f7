//! `pubwatch add`: a book more to watch.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{anyhow, bail};
use jiff::civil::Date;
use url::Url;

use super::check;
use crate::book::{Distribution, EditionId, Format, Isbn13, StoreId};
use crate::config::edit::{self, Entry};
use crate::config::plan::{EditionPlan, Plan, StorePlan, label};
use crate::exit::Exit;
use crate::service::following::taken_over_soon;
use crate::setup::ask::{Asker, Question, some_text};
use crate::setup::data::open_database;
use crate::setup::details::{self, Details};
use crate::setup::library::{self, OPEN_LIBRARY, Record};
use crate::setup::new_edition::{self, Decided};
use crate::setup::place::{self, Existing};
use crate::setup::which_book::{self, Named};
use crate::setup::{short_link, stores};
use crate::text::words;

/// Add editions to the configuration.
///
/// On a terminal it asks for what no flag gives: the title, the format, the publication date, who
/// distributes it, and where it is watched. The configuration keeps its comments and its order,
/// and is written only when the result is right. Then what is due gets its first look.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// ISBNs, or addresses of the book's pages; several addresses of one book are one edition. What
    /// has no ISBN is named by its ASIN, or by the address of its page at Amazon
    #[arg(required = true, value_name = "ISBN|ASIN|ADDRESS")]
    books: Vec<String>,

    /// The ISBN that belongs to the addresses, where they do not tell it
    #[arg(long)]
    isbn: Option<Isbn13>,

    /// Ask Open Library for the title, the format and the date: one record a book
    #[arg(long)]
    look_up: bool,

    /// Where Open Library is; for tests
    #[arg(long, value_name = "ADDRESS", default_value = OPEN_LIBRARY, hide = true)]
    library: Url,

    /// Where Amazon's short links are; for tests
    #[arg(long, value_name = "ADDRESS", hide = true)]
    short_links: Option<Url>,

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
    let own = stores::own(&existing.loaded);
    let books = books(arguments, (&existing.loaded.plan, &own), &mut asker)?;
    let mut entries: Vec<Entry> = Vec::new();
    for (id, pages) in books {
        if let Some(known) = by_id(&existing.loaded.plan, &id) {
            bail!(
                "{id} is there already, as {} ({}); `pubwatch edit {id}` changes it",
                known.edition.title,
                known.edition.format.name()
            );
        }
        asker.say(&format!("\n{id}"))?;
        let known = Known {
            details: &arguments.details,
            before: entries.last(),
            plan: &existing.loaded.plan,
            own: &own,
            record: looked_up(arguments, &existing.loaded.plan, &id)?,
        };
        let entry = entry(&id, &pages, &known, &mut asker)?;
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
    place::say_new_warnings(&existing.loaded, &changed)?;
    existing.replace(&changed)?;
    for entry in &entries {
        if let Some(plan) = by_id(&changed.plan, &entry.edition.id) {
            write!(out, "{}", added(plan, &changed.plan))?;
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
fn looked_up(arguments: &Arguments, plan: &Plan, id: &EditionId) -> anyhow::Result<Record> {
    let Some(isbn) = id.isbn().filter(|_| arguments.look_up) else {
        return Ok(Record::default());
    };
    let db = open_database(&plan.data)?;
    let about = (&arguments.library, isbn);
    let answer = library::ask(&db, &plan.manners, about, 4 * plan.manners.deadline);
    let (said, record) = match answer {
        Ok(Some(record)) => (record.told(), record),
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

fn by_id<'plan>(plan: &'plan Plan, id: &EditionId) -> Option<&'plan EditionPlan> {
    plan.editions.iter().find(|one| one.edition.id == *id)
}

/// What is known before anybody is asked.
struct Known<'a> {
    details: &'a Details,
    before: Option<&'a Entry>,
    plan: &'a Plan,
    /// The stores that the user has defined.
    own: &'a [StorePlan],
    record: Record,
}

type Pages = Vec<(StoreId, String)>;

/// The books that were named, with the pages given for each, in the order of naming.
fn books(
    arguments: &Arguments,
    (plan, own): (&Plan, &[StorePlan]),
    asker: &mut Asker<'_>,
) -> anyhow::Result<Vec<(EditionId, Pages)>> {
    let mut books: Vec<(EditionId, Pages)> = Vec::new();
    for words in &arguments.books {
        let words = &short_link::followed(plan, words, arguments.short_links.as_ref())?;
        let Named { id, page } = which_book::read(words, own).map_err(|why| anyhow!(why))?;
        let isbn = arguments.isbn.clone().map(EditionId::Isbn);
        let is_own = id.as_ref().is_some_and(|id| id.isbn().is_some());
        let id = match if is_own { id } else { isbn.or(id) } {
            Some(id) => id,
            None => asker.value(
                None,
                &Question {
                    ask: &format!(
                        "The ISBN of the book at {words} (no ISBN? give the ASIN or the address \
                         of its page)"
                    ),
                    what: "the ISBN, which the address does not tell,",
                    flag: "--isbn ISBN",
                },
                None,
                &|answer| {
                    let named = which_book::read(answer, own)?.id;
                    named.ok_or_else(|| "that address tells no number of the book".to_owned())
                },
            )?,
        };
        match books.iter_mut().find(|(known, _)| *known == id) {
            Some((_, pages)) => pages.extend(page),
            None => books.push((id, page.into_iter().collect())),
        }
    }
    Ok(books)
}

/// What is to be written of one edition: from the flags, from answers, or as with the one before.
fn entry(
    id: &EditionId,
    pages: &[(StoreId, String)],
    known: &Known<'_>,
    asker: &mut Asker<'_>,
) -> anyhow::Result<Entry> {
    let details = known.details;
    let title = title(known, asker)?;
    let usual_format = known.record.format.unwrap_or(Format::usual(id));
    let format = asker.value(
        details.format,
        &Question {
            ask: "Format: paperback, hardcover, ebook or audiobook",
            what: "the format",
            flag: "--format FORMAT",
        },
        Some((usual_format.name(), usual_format)),
        &str::parse,
    )?;
    let publication_date = publication_date(known, asker)?;
    let (distribution, distribution_enabled) = distribution(known, (id, format), pages, asker)?;
    let amazon_switch = match details.amazon_switch {
        Some(switch) => switch,
        None if distribution.is_ingram_fed() && format.is_printed() => asker.yes(
            "Will you publish it at KDP on the day, so that KDP Print takes Amazon over?",
            false,
        )?,
        None => false,
    };
    let mut stores = watched_at(known, (id, format), pages, asker)?;
    if !asker.is_there() {
        say_what_nobody_said(known, id, (format, distribution), &stores)?;
    }
    if details.stores.is_empty() {
        leave_out_unknown_pages(&mut stores, id, format, pages)?;
    }
    let decided = Decided {
        title,
        format,
        publication_date,
        distribution,
        distribution_enabled,
        amazon_switch,
        stores,
    };
    Ok(new_edition::entry(id.clone(), pages, decided, details))
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
    let own = known.record.day();
    let last = own.or_else(|| known.before.map(|entry| entry.edition.dates.as_written().0));
    let shown = last.map(|date| date.to_string()).unwrap_or_default();
    Ok(asker.value(
        known.details.date,
        &Question {
            ask: "Publication date (year-month-day)",
            what: "the publication date",
            flag: "--date YYYY-MM-DD",
        },
        last.map(|date| (shown.as_str(), date)),
        &details::date,
    )?)
}

/// Who distributes it, and since when.
fn distribution(
    known: &Known<'_>,
    (id, format): (&EditionId, Format),
    pages: &[(StoreId, String)],
    asker: &mut Asker<'_>,
) -> anyhow::Result<(Distribution, Option<Date>)> {
    let usual = new_edition::usual_distribution(id, format, pages);
    let distribution = asker.value(
        known.details.distribution,
        &Question {
            ask: "Distributed by: ingramspark, draft2digital, publishdrive, kdp or other",
            what: "who distributes it",
            flag: "--distribution WHO",
        },
        Some((usual.name(), usual)),
        &str::parse,
    )?;
    let enabled = asker.value(
        known.details.enabled.map(Some),
        &Question {
            ask: "Distribution enabled on (year-month-day; Enter: not yet)",
            what: "the day on which distribution was enabled",
            flag: "--enabled YYYY-MM-DD",
        },
        Some(("", None)),
        &|answer| details::date(answer).map(Some),
    )?;
    Ok((distribution, enabled))
}

/// Where it is watched.
fn watched_at(
    known: &Known<'_>,
    (id, format): (&EditionId, Format),
    pages: &[(StoreId, String)],
    asker: &mut Asker<'_>,
) -> anyhow::Result<Vec<StoreId>> {
    let named = stores::named(&known.details.stores, known.own).map_err(|why| anyhow!(why))?;
    let usual = new_edition::usual_stores(&known.plan.author.zone, id, format, pages);
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
        &|answer| stores::named(&[answer.to_owned()], known.own),
    )?;
    new_edition::with_those_of(&mut stores, pages);
    Ok(stores)
}

/// What was taken because nobody is there to be asked, with the flag that says it otherwise.
fn say_what_nobody_said(
    known: &Known<'_>,
    id: &EditionId,
    (format, distribution): (Format, Distribution),
    stores: &[StoreId],
) -> anyhow::Result<()> {
    let details = known.details;
    let mut taken = Vec::new();
    if let (None, Some(day)) = (details.date, known.record.day()) {
        taken.push(format!("publishes {day} (--date)"));
    }
    if details.format.is_none() {
        taken.push(format!("{} (--format)", format.with_article()));
    }
    if details.distribution.is_none() {
        taken.push(format!(
            "distributed by {} (--distribution)",
            distribution.label()
        ));
    }
    if details.stores.is_empty() {
        let labels = stores.iter().map(|store| label(store, known.own));
        taken.push(format!("watched at {} (--store)", words::list(labels)));
    }
    if !taken.is_empty() {
        let taken = taken.join(", ");
        writeln!(
            anstream::stderr(),
            "{id}, as nothing says otherwise: {taken}."
        )?;
    }
    Ok(())
}

/// Takes out the stores that nobody named and whose page cannot be known yet, and says so.
fn leave_out_unknown_pages(
    stores: &mut Vec<StoreId>,
    id: &EditionId,
    format: Format,
    pages: &[(StoreId, String)],
) -> anyhow::Result<()> {
    let left_out = new_edition::leave_out_unknown_pages(stores, id, format, pages);
    for (label, why) in left_out {
        writeln!(
            anstream::stderr(),
            "{label} is left out: {why}. When the page is there, add it with \
             `pubwatch edit {id} --address ADDRESS`."
        )?;
    }
    if stores.is_empty() {
        bail!("no store is left to watch {id} at; name one with --store, or give an address");
    }
    Ok(())
}

/// What was added, and the pages that will be looked at.
fn added(plan: &EditionPlan, whole: &Plan) -> String {
    let edition = &plan.edition;
    let mut text = format!(
        "Added {} ({}), {}, publishes {}\n",
        edition.title,
        edition.format.name(),
        edition.id,
        edition.dates.as_written().0
    );
    for listing in &plan.listings {
        // Writing to a String cannot fail.
        let label = label(&listing.store, &whole.stores);
        let _ = writeln!(text, "  {label:<18} {}", listing.address);
    }
    text
}
