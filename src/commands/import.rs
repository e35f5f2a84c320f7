//! `pubwatch import`: many books at once, from a spreadsheet or an ONIX file.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use encoding_rs::Encoding;
use jiff::civil::Date;
use url::Url;

use super::edit::note_moves;
use crate::book::{Distribution, Edition, StoreId};
use crate::config::Loaded;
use crate::config::address;
use crate::config::import::dates::Order;
use crate::config::import::{
    self, Defaults, Field, How, List, Market, Report, Row, Trouble, Writing,
};
use crate::config::plan::{Plan, label};
use crate::exit::Exit;
use crate::files;
use crate::service::following::taken_over_soon;
use crate::setup::ask::Asker;
use crate::setup::details;
use crate::setup::place::{self, Existing};
use crate::setup::{short_link, stores};
use crate::text::words;

/// How many editions are shown before anything is written.
const SHOWN: usize = 5;

/// How many short links are followed for one list: each takes a pause.
const MOST_FOLLOWED: usize = 20;

/// How many lines of one kind are said on the terminal.
const MOST_SAID: usize = 200;

/// Add many editions at once, from a spreadsheet or an ONIX 3 file.
///
/// It reads .xlsx, .ods, CSV and ONIX. It shows how it understands the file, what it would write,
/// what is left out and what is wrong, by line, and where it differs from the configuration. Nothing
/// is written until you accept: on the terminal, or with --yes.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Arguments {
    /// The file; `-` reads standard input
    file: PathBuf,

    /// Write without asking, when nothing is wrong in the file
    #[arg(long, short)]
    yes: bool,

    /// Leave out the lines that are wrong, and write the others
    #[arg(long)]
    skip_faulty: bool,

    /// Take over the publication and on-sale dates of editions that the configuration has already,
    /// where the file has others
    #[arg(long)]
    update: bool,

    /// Print everything as JSON, for other programs; it asks nothing, and writes with --yes alone
    #[arg(long)]
    json: bool,

    /// Which column is what, where its name does not tell: isbn="ISBN (pb)", or its number, title=3
    #[arg(long = "column", value_name = "FIELD=NAME", value_parser = column)]
    columns: Vec<(Field, String)>,

    /// The encoding of a text file that does not tell its own, as windows-1250
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<&'static Encoding>,

    /// Where Amazon's short links are; for tests
    #[arg(long, value_name = "ADDRESS", hide = true)]
    short_links: Option<Url>,

    /// How dates as 02/09/2027 are meant, where the file itself does not tell
    #[arg(long, value_name = "ORDER")]
    dates: Option<DateOrder>,

    /// Where editions are watched whose line does not say; once for each store [default: the stores
    /// of your part of the world]
    #[arg(long = "store", value_name = "STORE")]
    stores: Vec<String>,

    /// Who distributes editions whose line does not say
    #[arg(long, value_name = "WHO", default_value = "ingramspark")]
    distribution: Distribution,

    /// The day on which distribution was enabled, where the line does not say
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = details::date)]
    enabled: Option<Date>,

    /// KDP Print takes Amazon over on the publication dates
    #[arg(long)]
    amazon_switch: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DateOrder {
    /// 02/09/2027 is 2 September
    DayFirst,
    /// 02/09/2027 is 9 February
    MonthFirst,
}

/// Reads the file, shows what it holds, and writes when that is accepted.
///
/// # Errors
///
/// When the file cannot be read or is no list, or the configuration would be wrong.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let existing = Existing::load(config)?;
    let defaults = defaults(arguments, &existing.loaded)?;
    let how = How {
        columns: arguments.columns.clone(),
        encoding: arguments.encoding,
        markets: Market::of_stores(&defaults.stores),
    };
    let mut list = import::read(&bytes_of(&arguments.file)?, &how)
        .with_context(|| format!("cannot import {}", arguments.file.display()))?;
    follow_short_links(
        &mut list,
        &existing.loaded.plan,
        arguments.short_links.as_ref(),
    )?;
    let known = existing.loaded.plan.editions.iter();
    let known: Vec<Edition> = known.map(|one| one.edition.clone()).collect();
    let built = import::build(&list, &known, &defaults);
    let writing = Writing::of(&built, arguments.update);
    let report = Report::of(&list, &built, arguments.update);
    let mut out = anstream::stdout().lock();
    if arguments.json {
        return as_json(&mut out, arguments, &existing, (&report, &writing));
    }
    show(&mut out, &report, &defaults)?;
    if writing.is_nothing() {
        writeln!(out, "There is nothing to write.")?;
        return Ok(Exit::attention_if(writing.is_left));
    }
    if !built.troubles.is_empty() && !arguments.skip_faulty {
        writeln!(
            out,
            "Nothing was written. Correct the file, or leave these lines out with --skip-faulty."
        )?;
        return Ok(Exit::Attention);
    }
    let changed = existing.with(writing.over(&existing.loaded.text)?)?;
    let stdin = std::io::stdin();
    let (mut answers, mut questions) = (stdin.lock(), anstream::stderr());
    let mut asker = Asker::at(&mut answers, &mut questions);
    let accepted = arguments.yes
        || (asker.is_there() && asker.yes(&format!("Write {}?", writing.words()), false)?);
    if !accepted {
        writeln!(out, "Nothing was written; --yes accepts it.")?;
        return Ok(Exit::Attention);
    }
    write(&mut out, &existing, &changed, &writing)?;
    Ok(Exit::attention_if(writing.is_left))
}

/// Puts the pages in the place of Amazon's short links that lead to them; each is asked for once, with
/// the pauses of every request. What cannot be followed is left out, and said.
fn follow_short_links(list: &mut List, plan: &Plan, base: Option<&Url>) -> anyhow::Result<()> {
    let pages = |row: &Row| row.values.get(&Field::Address).cloned().unwrap_or_default();
    let is_short = |word: &&str| address::short_link(word).is_some();
    let count = |row: &Row| pages(row).split_whitespace().filter(is_short).count();
    let links: usize = list.rows.iter().map(count).sum();
    if links == 0 {
        return Ok(());
    }
    let links = words::counted(links.min(MOST_FOLLOWED), "short link");
    writeln!(
        anstream::stderr(),
        "Following {links} of Amazon's, with the usual pauses."
    )?;
    let mut left = MOST_FOLLOWED;
    for row in list.rows.iter_mut().filter(|row| 0 < count(row)) {
        let mut followed: Vec<String> = Vec::new();
        for word in pages(row).split_whitespace() {
            if is_short(&word) && left == 0 {
                followed.push(word.to_owned());
                continue;
            }
            left -= usize::from(is_short(&word));
            match short_link::followed(plan, word, base) {
                Ok(address) => followed.push(address),
                Err(why) => row.notes.push(format!("{why}; left out")),
            }
        }
        row.values.insert(Field::Address, followed.join(" "));
    }
    Ok(())
}

/// The report and whether it was written, for programs.
fn as_json(
    out: &mut dyn Write,
    arguments: &Arguments,
    existing: &Existing,
    (report, writing): (&Report, &Writing),
) -> anyhow::Result<Exit> {
    let is_fine = report.wrong.is_empty() || arguments.skip_faulty;
    let is_written = arguments.yes && is_fine && !writing.is_nothing();
    let changed = existing.with(writing.over(&existing.loaded.text)?)?;
    if is_written {
        existing.replace(&changed)?;
        note_moves(&existing.loaded.plan, &changed.path)?;
    }
    let mut value = serde_json::to_value(report)?;
    value["is_written"] = is_written.into();
    writeln!(out, "{value:#}")?;
    let is_left = !is_written && !writing.is_nothing();
    Ok(Exit::attention_if(is_left || writing.is_left))
}

/// Reads `FIELD=NAME`.
fn column(text: &str) -> Result<(Field, String), String> {
    let names = || Field::ALL.map(Field::name).join(", ");
    let (field, name) = text
        .split_once('=')
        .ok_or_else(|| "write it as FIELD=NAME, as isbn=EAN".to_owned())?;
    let known = Field::ALL
        .into_iter()
        .find(|known| known.name() == field.to_lowercase());
    let field =
        known.ok_or_else(|| format!("there is no field `{field}`; write one of {}", names()))?;
    Ok((field, name.to_owned()))
}

/// Reads the name of an encoding.
fn encoding(name: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(name.as_bytes())
        .ok_or_else(|| format!("there is no encoding `{name}`; write it as windows-1250"))
}

/// Writes it down, and says so.
fn write(
    out: &mut dyn Write,
    existing: &Existing,
    changed: &Loaded,
    writing: &Writing,
) -> anyhow::Result<()> {
    existing.replace(changed)?;
    place::say_new_warnings(&existing.loaded, changed)?;
    let look = if writing.entries.is_empty() {
        ""
    } else {
        " `pubwatch check` takes the first look, politely: it may take a while."
    };
    writeln!(
        out,
        "Wrote {} to {}.{look}",
        writing.words(),
        changed.path.display()
    )?;
    for (title, moved) in note_moves(&existing.loaded.plan, &changed.path)? {
        writeln!(out, "Noted: {title} {moved}")?;
    }
    if let Some(said) = taken_over_soon(changed) {
        writeln!(out, "{said}")?;
    }
    Ok(())
}

fn bytes_of(file: &Path) -> anyhow::Result<Vec<u8>> {
    let most = import::MOST_BYTES as u64;
    if file == Path::new("-") {
        if std::io::IsTerminal::is_terminal(&std::io::stdin()) {
            bail!("`-` reads standard input, but that is this terminal; name the file instead");
        }
        return files::read_from(std::io::stdin(), most).context("cannot read standard input");
    }
    files::read(file, most).map_err(|error| {
        let next = if error.kind() == std::io::ErrorKind::FileTooLarge {
            "split it"
        } else {
            "see that the path is right and that you may read it"
        };
        anyhow::Error::new(error).context(format!("cannot read {}; {next}", file.display()))
    })
}

fn defaults(arguments: &Arguments, loaded: &Loaded) -> anyhow::Result<Defaults> {
    let own = stores::own(loaded);
    let named = stores::named(&arguments.stores, &own).map_err(anyhow::Error::msg)?;
    Ok(Defaults {
        stores: if named.is_empty() {
            stores::of_zone(&loaded.plan.author.zone)
        } else {
            named
        },
        own,
        distribution: arguments.distribution,
        enabled: arguments.enabled,
        amazon_switch: arguments.amazon_switch,
        order: arguments.dates.map(|order| match order {
            DateOrder::DayFirst => Order::DayFirst,
            DateOrder::MonthFirst => Order::MonthFirst,
        }),
    })
}

fn show(out: &mut dyn Write, report: &Report, defaults: &Defaults) -> std::io::Result<()> {
    show_understood(out, report, defaults)?;
    for edition in report.editions.iter().take(SHOWN) {
        let stores: Vec<&str> = edition.stores.iter().map(StoreId::as_str).collect();
        writeln!(
            out,
            "  {}  {}  {} ({}), at {}",
            edition.id,
            edition.publication_date,
            edition.title,
            edition.format.name(),
            stores.join(", ")
        )?;
    }
    if report.editions.len() > SHOWN {
        writeln!(out, "  and {} more", report.editions.len() - SHOWN)?;
    }
    if !report.asked.is_empty() {
        let asked = report.asked.iter().map(|(store, pages)| {
            let pages = words::counted(*pages, "page");
            format!("{pages} of {}", store.label())
        });
        let asked: Vec<String> = asked.collect();
        writeln!(out, "\nAsked from then on: {}.", asked.join(", "))?;
    }
    section(out, "Left out:", &report.left_out)?;
    section(out, "Worth knowing:", &report.notes)?;
    let differing = report.differing.iter();
    let told: Vec<Trouble> = differing
        .map(|one| Trouble::at(one.line, &*one.message))
        .collect();
    section(out, "Other than in the configuration:", &told)?;
    section(out, "Wrong:", &report.wrong)?;
    writeln!(
        out,
        "\n{} can be written, {} in the configuration already, {} left out, {} wrong.",
        words::counted(report.editions.len(), "edition"),
        is_or_are(report.known),
        is_or_are(report.left_out.len()),
        match report.wrong_lines() {
            1 => "1 line is".to_owned(),
            count => format!("{count} lines are"),
        }
    )
}

/// How the file was understood, and what holds where its lines say nothing.
fn show_understood(
    out: &mut dyn Write,
    report: &Report,
    defaults: &Defaults,
) -> std::io::Result<()> {
    for line in &report.understood {
        writeln!(out, "{line}")?;
    }
    for column in &report.columns {
        if let Some(tells) = &column.tells {
            writeln!(out, "  `{}` is the {tells}", column.name)?;
        }
    }
    let unused = report
        .columns
        .iter()
        .filter(|column| column.tells.is_none());
    let unused: Vec<String> = unused.map(|column| format!("`{}`", column.name)).collect();
    if !unused.is_empty() {
        writeln!(out, "  not used: {}", unused.join(", "))?;
    }
    let stores = defaults.stores.iter();
    let stores = stores.map(|store| label(store, &defaults.own));
    writeln!(
        out,
        "Where a line says nothing else: distributed by {} (--distribution), watched at {} (--store).\n",
        defaults.distribution.label(),
        words::list(stores)
    )
}

fn is_or_are(count: usize) -> String {
    format!("{count} {}", if count == 1 { "is" } else { "are" })
}

/// What is said of lines; of very many the first ones.
fn section(out: &mut dyn Write, title: &str, lines: &[Trouble]) -> std::io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for one in lines.iter().take(MOST_SAID) {
        let record = one.record.as_ref().map(|record| format!(" ({record})"));
        writeln!(
            out,
            "  line {}{}: {}",
            one.line,
            record.unwrap_or_default(),
            one.message
        )?;
    }
    if MOST_SAID < lines.len() {
        writeln!(
            out,
            "  and {} more; --json has them all",
            lines.len() - MOST_SAID
        )?;
    }
    Ok(())
}
