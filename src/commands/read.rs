//! `pubwatch read`: what saved pages say.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use serde::Serialize;

use crate::book::{Availability, Isbn13, Money, StoreId, storefront};
use crate::clock::Clock;
use crate::config::ConfigError;
use crate::config::problem::did_you_mean;
use crate::exit::Exit;
use crate::files::{self, LARGEST_PAGE};
use crate::history::saved::unwrapped;
use crate::page::{Confidence, Page, Reading, Says, UnreadReason, Wanted};
use crate::setup::loading::load;
use crate::stores::{Lessons, Read, canonical_of, fixture, read_closely};
use crate::terminal::columns::Columns;
use crate::terminal::face;

/// Say what saved pages of a store say.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pubwatch read --store amazon.com --isbn 978-1-944098-11-7 page.html
  curl -s http://127.0.0.1:8080/page | pubwatch read --store bookshop.org -
  pubwatch read --explain page.html      each rule, what it looked at and what it saw

Exit codes: 0 every file was read (a page that says nothing is read, too) · 5 a file could not be
read, or its store cannot be told")]
pub struct Arguments {
    /// The saved pages, or `-` for standard input
    #[arg(required = true, value_name = "FILE|-")]
    files: Vec<PathBuf>,

    /// The store they are from, by its host [default: from --url, or the page's canonical address]
    #[arg(long, value_parser = parse_store)]
    store: Option<StoreId>,

    /// The edition they should be of; without it nobody checks that
    #[arg(long)]
    isbn: Option<Isbn13>,

    /// Amazon's identifier of the edition, where it does not follow from the ISBN
    #[arg(long)]
    asin: Option<String>,

    /// The address at which they were found, after redirects
    #[arg(long)]
    url: Option<String>,

    /// The HTTP status with which they came
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(100..=599))]
    status: u16,

    /// One JSON object a file, on one line
    #[arg(long, conflicts_with = "explain")]
    json: bool,

    /// Each rule in order: where it looked and what it saw
    #[arg(long)]
    explain: bool,

    /// Keep the parts of the page that matter, and what they read as, as DIR/CASE.html and .toml
    #[arg(long, value_name = "DIR/CASE")]
    keep_as_fixture: Option<PathBuf>,
}

/// Reads the files and prints what they say.
///
/// # Errors
///
/// When a configuration that was named is wrong, or standard output cannot be written. A file that
/// cannot be read is reported, and the others are read.
pub fn run(arguments: &Arguments, config: Option<&Path>, clock: &Clock) -> anyhow::Result<Exit> {
    let lessons = lessons(config, clock)?;
    if arguments.keep_as_fixture.is_some() && arguments.files.len() > 1 {
        bail!("--keep-as-fixture keeps one page: give it one file");
    }
    let mut out = anstream::stdout().lock();
    let mut exit = Exit::Done;
    for (index, file) in arguments.files.iter().enumerate() {
        match one(arguments, file, &lessons) {
            Ok(text) => {
                if index > 0 && !arguments.json {
                    writeln!(out)?;
                }
                out.write_all(text.as_bytes())?;
            }
            Err(error) => {
                out.flush()?;
                writeln!(anstream::stderr(), "pubwatch: {error:#}")?;
                exit = Exit::Failure;
            }
        }
    }
    Ok(exit)
}

/// The user's own words, where there is a configuration. Reading works without one, so only a
/// configuration that was named must be right.
fn lessons(config: Option<&Path>, clock: &Clock) -> anyhow::Result<Lessons> {
    let today = clock.now().to_zoned(jiff::tz::TimeZone::system()).date();
    match load(config, today) {
        Ok(loaded) => Ok(Lessons::of(&loaded.plan.stores)),
        Err(ConfigError::NotFound { .. }) => Ok(Lessons::default()),
        Err(error) if config.is_some() => Err(error.into()),
        Err(_) => {
            writeln!(
                anstream::stderr(),
                "pubwatch: the configuration is wrong (see `pubwatch config check`), so its own \
                 phrases are not used"
            )?;
            Ok(Lessons::default())
        }
    }
}

fn parse_store(text: &str) -> Result<StoreId, String> {
    let store = StoreId::new(text);
    if store.as_str().contains('.') {
        return Ok(store);
    }
    let known = storefront::STOREFRONTS.iter().map(|store| store.id);
    let hint = known
        .clone()
        .find(|id| id.split('.').next() == Some(store.as_str()))
        .or_else(|| did_you_mean(text, known));
    Err(match hint {
        Some(id) => format!("stores are named by their host; did you mean `{id}`?"),
        None => "stores are named by their host, as `amazon.co.uk` or `bookshop.org`".to_owned(),
    })
}

fn one(arguments: &Arguments, file: &Path, lessons: &Lessons) -> anyhow::Result<String> {
    let name = file.display().to_string();
    let page = unwrapped(&bytes_of(file)?).with_context(|| format!("cannot read {name}"))?;
    let body = page.body;
    let store = store_of(arguments, &name, &body)?;
    let wanted = Wanted {
        isbn: arguments.isbn.clone(),
        asin: arguments.asin.clone(),
        format: None,
    };
    let page = Page {
        store: &store,
        address: arguments.url.as_deref(),
        status: arguments.status,
        headers: &[],
        body: &body,
    };
    let read = read_closely(&page, &wanted, lessons);
    if let Some(case) = &arguments.keep_as_fixture {
        keep(case, &page, &wanted, &read)?;
    }
    if arguments.json {
        let line = serde_json::to_string(&Line::of(&name, &store, &read.reading))?;
        return Ok(format!("{line}\n"));
    }
    let mut text = as_text(&name, &store, &read.reading, &wanted);
    if arguments.explain {
        text.push_str(&explained(&read, &page));
    }
    Ok(text)
}

fn bytes_of(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        return files::read_from(std::io::stdin(), LARGEST_PAGE)
            .context("cannot read standard input");
    }
    files::read(file, LARGEST_PAGE).with_context(|| format!("cannot read {}", file.display()))
}

/// The store that a page is from: as the user says, else by its address, else by the address that
/// the page gives itself.
fn store_of(arguments: &Arguments, name: &str, body: &str) -> anyhow::Result<StoreId> {
    if let Some(store) = &arguments.store {
        return Ok(store.clone());
    }
    if let Some(address) = &arguments.url {
        return host_of(address).with_context(|| {
            format!("--url {address} names no host; write it whole, as https://bookshop.org/…")
        });
    }
    canonical_of(body)
        .and_then(|address| host_of(&address))
        .with_context(|| {
            format!(
                "{name} does not say which store it is from; say it with --store (as amazon.com, \
                 barnesandnoble.com, bookshop.org) or --url"
            )
        })
}

fn host_of(address: &str) -> Option<StoreId> {
    let address = url::Url::parse(address).ok()?;
    Some(StoreId::new(address.host_str()?))
}

/// The one line of a file, for scripts. The keys are always the same.
#[derive(Default, Serialize)]
struct Line<'a> {
    file: &'a str,
    store: &'a str,
    outcome: &'static str,
    availability: Option<Availability>,
    reason: Option<UnreadReason>,
    rule: &'a str,
    words: &'a str,
    date: Option<Date>,
    price: Option<&'a Money>,
    seller: Option<&'a str>,
    isbn: Option<&'a Isbn13>,
    title: Option<&'a str>,
    cover: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(file: &'a str, store: &'a StoreId, reading: &'a Reading) -> Self {
        let store = store.as_str();
        match reading {
            Reading::Says(says) => Self {
                file,
                store,
                outcome: "says",
                availability: Some(says.availability),
                reason: None,
                rule: &says.rule,
                words: &says.words,
                date: says.date,
                price: says.price.as_ref(),
                seller: says.seller.as_deref(),
                isbn: says.isbn.as_ref(),
                title: says.title.as_deref(),
                cover: says.cover.as_deref(),
            },
            Reading::Unread(unread) => Self {
                file,
                store,
                outcome: "unread",
                reason: Some(unread.reason),
                rule: &unread.rule,
                words: &unread.words,
                ..Self::default()
            },
        }
    }
}

/// What a page says, for people.
fn as_text(name: &str, store: &StoreId, reading: &Reading, wanted: &Wanted) -> String {
    let label = store.label();
    let mut rows = match reading {
        Reading::Says(says) => rows_of(says),
        Reading::Unread(unread) => vec![
            (
                "unread",
                format!("{}: {}", unread.reason.name(), unread.reason.words()),
            ),
            ("saw", unread.words.clone()),
            ("rule", unread.rule.clone()),
        ],
    };
    if wanted.isbn.is_none() && wanted.asin.is_none() {
        let note = "no --isbn was given, so nobody checked which book it is";
        rows.push(("note", note.to_owned()));
    }
    let mut text = format!("{} · {label}\n", face::bold(name));
    for (label, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        let label = face::faint(&format!("{label:<10}"));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {label} {value}");
    }
    text
}

/// Labels and values of a reading that names a state.
fn rows_of(says: &Says) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let day = |date: Option<Date>| {
        date.map(|date| date.strftime("%B %-d, %Y").to_string())
            .unwrap_or_default()
    };
    let date = says.date.map(|_| format!(", {}", day(says.date)));
    let sure = match says.confidence {
        Confidence::Sure => "",
        Confidence::Likely => " (likely)",
    };
    let state = face::state(says.availability);
    let price = says.price.as_ref().map(ToString::to_string);
    let isbn = says.isbn.as_ref().map(ToString::to_string);
    let mut rows = vec![
        ("says", format!("{state}{}{sure}", date.unwrap_or_default())),
        ("words", format!("“{}”", says.words)),
        ("where", says.place.clone()),
        ("rule", says.rule.clone()),
        ("price", price.unwrap_or_default()),
        ("seller", text(&says.seller)),
        ("ships from", text(&says.ships_from)),
        ("title", text(&says.title)),
        ("ISBN", isbn.unwrap_or_default()),
        ("published", day(says.published)),
    ];
    for format in &says.formats {
        let marker = if format.selected { " (this page)" } else { "" };
        rows.push(("format", format!("{}{marker}", format.words)));
    }
    rows.push(("cover", text(&says.cover)));
    rows.push(("address", text(&says.canonical)));
    rows
}

/// Each rule's look, in order, with a mark at the one that decided.
fn explained(read: &Read, page: &Page<'_>) -> String {
    let rule = match &read.reading {
        Reading::Says(says) => &says.rule,
        Reading::Unread(unread) => &unread.rule,
    };
    let steps = read.trace.steps();
    let decided = steps.iter().rposition(|step| step.rule == rule);
    let mut table = face::table(&["step", "rule", "looked at", "saw"]);
    for (index, step) in steps.iter().enumerate() {
        let mark = if decided == Some(index) { " →" } else { "" };
        let number = format!("{}{mark}", index + 1);
        let seen = step.seen.as_deref().unwrap_or("–");
        table.add_row([number.as_str(), step.rule, step.place.as_str(), seen]);
    }
    if decided.is_none() {
        table.add_row([
            "→",
            rule,
            "all of these",
            "nothing that says what is offered",
        ]);
    }
    format!(
        "\nThe rules in their order; → decided, – saw nothing.\n\n{}\n\
         pubwatch {}, {}, status {}: {} kB of {} kB were kept to be read.\n",
        Columns::of_stdout().table(&table),
        env!("CARGO_PKG_VERSION"),
        page.store,
        page.status,
        read.kept.len().div_ceil(1024),
        page.body.len().div_ceil(1024)
    )
}

/// Writes the pair of files, and makes sure that the page kept reads as the page did.
fn keep(case: &Path, page: &Page<'_>, wanted: &Wanted, read: &Read) -> anyhow::Result<()> {
    let fixture = fixture::of(page, wanted, read).context("the page was not kept")?;
    let pair = [("html", &fixture.html), ("toml", &fixture.toml)];
    let pair = pair.map(|(ending, text)| (case.with_extension(ending), text));
    if let Some((known, _)) = pair.iter().find(|(path, _)| path.exists()) {
        bail!(
            "{} is there already: name another case, or move it away first",
            known.display()
        );
    }
    if let Some(folder) = case.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    for (path, text) in pair {
        files::write_openly(&path, text.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(anstream::stderr(), "kept {}", path.display())?;
    }
    writeln!(
        anstream::stderr(),
        "look through it before you share it: a saved page may name you or where you live"
    )?;
    Ok(())
}
