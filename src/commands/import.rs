//! `pubwatch import`: many books at once, from a spreadsheet or an ONIX file.

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use jiff::civil::Date;

use super::edit::note_moves;
use super::following::taken_over_soon;
use super::setup::ask::Asker;
use super::setup::details;
use super::setup::place::{self, Existing};
use super::setup::stores::usual_stores;
use crate::book::day::day;
use crate::book::{Distribution, Edition, Isbn13, StoreId};
use crate::config::Loaded;
use crate::config::edit::{self, Change, Entry};
use crate::config::import::dates::Order;
use crate::config::import::{self, Built, Defaults, Trouble};
use crate::config::plan::Plan;
use crate::exit::Exit;
use crate::text::words;

/// How many editions are shown before anything is written.
const SHOWN: usize = 5;

/// Add many editions at once, from a CSV file or an ONIX 3 file.
///
/// It shows how it understands the file, everything that is wrong in it by line, where it differs
/// from the configuration, and what it would write. Nothing is written until you accept: on the
/// terminal, or with --yes.
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

    /// How dates as 02/09/2027 are meant, where the file itself does not tell
    #[arg(long, value_name = "ORDER")]
    dates: Option<DateOrder>,

    /// Where editions are watched whose line does not say; once for each store [default: as the
    /// last edition of the configuration]
    #[arg(long = "store", value_name = "STORE")]
    stores: Vec<String>,

    /// Who distributes editions whose line does not say
    #[arg(long, value_name = "WHO", value_parser = details::distribution,
        default_value = "ingramspark")]
    distribution: Distribution,

    /// The day on which distribution was enabled, where the line does not say
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
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

/// The largest list that is read, in bytes: a publisher's whole ONIX file has room in it.
const LARGEST: u64 = 1 << 30;

/// Reads the file, shows what it holds, and writes when that is accepted.
///
/// # Errors
///
/// When the file cannot be read or is no list, or the configuration would be wrong.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let existing = Existing::load(config)?;
    let plan = &existing.loaded.plan;
    let bytes = bytes_of(&arguments.file)?;
    let list = import::read(&bytes)
        .with_context(|| format!("cannot import {}", arguments.file.display()))?;
    let known: Vec<Edition> = plan
        .editions
        .iter()
        .map(|one| one.edition.clone())
        .collect();
    let built = import::build(&list, &known, &defaults(arguments, plan));
    let writing = Writing::of(&built, arguments.update);
    let mut out = anstream::stdout().lock();
    show(&mut out, &list.understood, &built, arguments.update)?;
    if writing.entries.is_empty() && writing.moves.is_empty() {
        writeln!(out, "There is nothing to write.")?;
        return Ok(writing.exit);
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
    Ok(writing.exit)
}

/// Writes it down, and says so.
fn write(
    out: &mut dyn Write,
    existing: &Existing,
    changed: &Loaded,
    writing: &Writing,
) -> anyhow::Result<()> {
    existing.replace(changed)?;
    let warnings = place::new_warnings(&existing.loaded, changed, true);
    if !warnings.is_empty() {
        writeln!(anstream::stderr(), "{warnings}\n")?;
    }
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

/// What is to be written, and how it ends when it was.
struct Writing {
    entries: Vec<Entry>,
    /// The new dates of editions that are there already.
    moves: Vec<(Isbn13, Vec<Change>)>,
    exit: Exit,
}

impl Writing {
    /// Something is left for the user where a line is wrong, or a date differs and is not taken over.
    fn of(built: &Built, is_update: bool) -> Self {
        let differing = built.differences.iter();
        let moves: Vec<_> = differing
            .filter(|one| !one.dates.is_empty())
            .map(|one| (one.isbn.clone(), one.dates.clone()))
            .collect();
        let is_left = !built.troubles.is_empty() || (!is_update && !moves.is_empty());
        Self {
            entries: built.entries.iter().map(|(_, one)| one.clone()).collect(),
            moves: if is_update { moves } else { Vec::new() },
            exit: if is_left { Exit::Attention } else { Exit::Done },
        }
    }

    /// The text of the configuration with it.
    fn over(&self, text: &str) -> Result<String, edit::EditError> {
        let mut text = text.to_owned();
        if !self.moves.is_empty() {
            text = edit::with_changes_of(&text, &self.moves)?;
        }
        if !self.entries.is_empty() {
            text = edit::with_entries(&text, &self.entries)?;
        }
        Ok(text)
    }

    /// `2 editions and 1 moved date`.
    fn words(&self) -> String {
        let written = counted(self.entries.len(), "edition");
        let moved = counted(self.moves.len(), "moved date");
        match (self.entries.len(), self.moves.len()) {
            (_, 0) => written,
            (0, _) => moved,
            _ => format!("{written} and {moved}"),
        }
    }
}

fn bytes_of(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        if std::io::IsTerminal::is_terminal(&std::io::stdin()) {
            bail!("`-` reads standard input, but that is this terminal; name the file instead");
        }
        let mut bytes = Vec::new();
        std::io::stdin().take(LARGEST).read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    crate::files::read(file, LARGEST).with_context(|| {
        format!(
            "cannot read {}; see that the path is right and that you may read it",
            file.display()
        )
    })
}

fn defaults(arguments: &Arguments, plan: &Plan) -> Defaults {
    let named: Vec<StoreId> = arguments
        .stores
        .iter()
        .flat_map(|names| names.split(','))
        .map(StoreId::new)
        .collect();
    Defaults {
        stores: if named.is_empty() {
            usual_stores(plan)
        } else {
            named
        },
        distribution: arguments.distribution,
        enabled: arguments.enabled,
        amazon_switch: arguments.amazon_switch,
        order: arguments.dates.map(|order| match order {
            DateOrder::DayFirst => Order::DayFirst,
            DateOrder::MonthFirst => Order::MonthFirst,
        }),
    }
}

fn counted(count: usize, what: &str) -> String {
    words::count(i64::try_from(count).unwrap_or(i64::MAX), what)
}

fn show(
    out: &mut dyn Write,
    understood: &[String],
    built: &Built,
    is_update: bool,
) -> std::io::Result<()> {
    for line in understood {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    for (_, entry) in built.entries.iter().take(SHOWN) {
        let edition = &entry.edition;
        let stores: Vec<&str> = entry.stores.iter().map(StoreId::as_str).collect();
        writeln!(
            out,
            "  {}  {}  {} ({}), at {}",
            edition.isbn,
            edition.dates.as_written().0,
            edition.title,
            edition.format.name(),
            stores.join(", ")
        )?;
    }
    if built.entries.len() > SHOWN {
        writeln!(out, "  and {} more", built.entries.len() - SHOWN)?;
    }
    section(out, "Worth knowing:", &built.notes)?;
    let differences = built.differences.iter();
    let told: Vec<Trouble> = differences.map(|one| one.told(is_update)).collect();
    section(out, "Other than in the configuration:", &told)?;
    section(out, "Wrong:", &built.troubles)?;
    let lines: std::collections::BTreeSet<usize> =
        built.troubles.iter().map(|one| one.line).collect();
    writeln!(
        out,
        "\n{} can be written, {} in the configuration already, {} wrong.",
        counted(built.entries.len(), "edition"),
        match built.known {
            1 => "1 is".to_owned(),
            count => format!("{count} are"),
        },
        match lines.len() {
            1 => "1 line is".to_owned(),
            count => format!("{count} lines are"),
        }
    )
}

fn section(out: &mut dyn Write, title: &str, lines: &[Trouble]) -> std::io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for one in lines {
        writeln!(out, "  line {}: {}", one.line, one.message)?;
    }
    Ok(())
}
