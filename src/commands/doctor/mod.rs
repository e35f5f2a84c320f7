//! `pubwatch doctor`: looks at everything that the watch depends on, and says the next step for
//! what is not in order.

mod hooks;
pub(super) mod look;
mod machine;
pub(super) mod mail;
mod stores;

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anstyle::{AnsiColor, Color, Style};
use anyhow::Context as _;
use serde::Serialize;

use self::look::{Look, State};
use crate::clock::Clock;
use crate::exit::Exit;
use crate::service::context::Context;
use crate::service::signals::unless_interrupted;
use crate::setup::data::open_database;
use crate::setup::loading::load;
use crate::setup::place::{is_superuser, today};
use crate::terminal::{columns, face};

/// See that everything is in order: configuration, data, clock, mail, stores, service.
///
/// It asks one page of each store, with all politeness, so it takes a while; what was looked at
/// within the last half hour is not asked again. What is not in order comes with the next step.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Ask no store and no mail server; look only at this machine
    #[arg(long)]
    offline: bool,

    /// Send a test letter to your address, and a test message to every webhook and ntfy
    #[arg(long, conflicts_with = "offline")]
    letter: bool,

    /// Everything as one JSON object
    #[arg(long)]
    json: bool,
}

/// Looks at everything. Ends with 1 when something is wrong.
///
/// # Errors
///
/// When the results cannot be printed. What is wrong elsewhere is a result.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    if let Some(exit) = as_owner(arguments, config)? {
        return Ok(exit);
    }
    let mut looks = Vec::new();
    look(arguments, config, &mut looks)?;
    let mut out = anstream::stdout().lock();
    if arguments.json {
        let all = All {
            state: looks
                .iter()
                .map(|look| look.state)
                .max()
                .unwrap_or(State::Good),
            findings: &looks,
        };
        writeln!(out, "{}", serde_json::to_string(&all)?)?;
    } else {
        write!(columns::out(), "{}", text(&looks))?;
    }
    let is_wrong = looks.iter().any(Look::is_wrong);
    Ok(Exit::attention_if(is_wrong))
}

/// What a program is told: the worst, and everything.
#[derive(Serialize)]
struct All<'a> {
    state: State,
    findings: &'a [Look],
}

/// Root may do everything, so that to root all is well: it looks as the user to whom the data belong,
/// and for whom the service runs. `None`: we are somebody else, or the data are root's.
fn as_owner(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Option<Exit>> {
    let Some(loaded) = load(config, today()).ok().filter(|_| is_superuser()) else {
        return Ok(None);
    };
    let Ok(owner) = std::fs::metadata(&loaded.plan.data) else {
        return Ok(None);
    };
    if owner.uid() == 0 {
        return Ok(None);
    }
    let file = std::path::absolute(&loaded.path).context("finding the configuration")?;
    let flags = [
        (arguments.offline, "--offline"),
        (arguments.letter, "--letter"),
        (arguments.json, "--json"),
    ];
    let flags = flags.iter().filter(|(is_set, _)| *is_set);
    writeln!(
        anstream::stderr(),
        "Looking as user {}, to whom {} belongs",
        owner.uid(),
        loaded.plan.data.display()
    )?;
    let status = Command::new(std::env::current_exe().context("finding this program")?)
        .arg("--config")
        .arg(file)
        .arg("doctor")
        .args(flags.map(|(_, flag)| flag))
        .current_dir("/")
        .uid(owner.uid())
        .gid(owner.gid())
        .status()
        .context("cannot look as that user")?;
    Ok(Some(Exit::attention_if(!status.success())))
}

fn look(arguments: &Arguments, config: Option<&Path>, looks: &mut Vec<Look>) -> anyhow::Result<()> {
    looks.push(machine::versions());
    let loaded = match load(config, today()) {
        Ok(loaded) => loaded,
        Err(error) => {
            looks.push(Look::wrong("configuration", error.render(false)).next(
                "correct it, and run `pubwatch doctor` again; `pubwatch init` writes a new one",
            ));
            return Ok(());
        }
    };
    looks.push(machine::configuration(&loaded));
    let now = Clock::System.now();
    looks.extend(machine::clock(&loaded.plan.author.zone, now));
    looks.push(machine::disk(&loaded.plan.data));
    let db = match open_database(&loaded.plan.data) {
        Ok(db) => db,
        Err(error) => {
            looks.push(machine::no_database(&error));
            return Ok(());
        }
    };
    looks.extend(machine::data_folder(&loaded.plan.data));
    looks.push(machine::database(&db));
    looks.extend(machine::checks(&db, &loaded.plan, now));
    looks.extend(machine::service());
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    let plan = loaded.plan.clone();
    looks.extend(machine::inbox(&plan));
    let mut context = Context {
        plan: loaded.plan,
        config: loaded.path,
        db,
        clock: Clock::System,
        moved: Vec::new(),
    };
    looks.extend(mail::outbox(&context.db));
    if arguments.offline {
        looks.push(Look::note("stores", "not asked (--offline)"));
        return Ok(());
    }
    let asked = async {
        let mut looks = mail::server(&plan, arguments.letter, now).await;
        looks.extend(hooks::look(&context.db, &plan, arguments.letter, now).await);
        stores::try_browser(&mut context.plan);
        match context.into_house() {
            Ok(house) => looks.extend(stores::look(&house, &plan).await),
            Err(error) => looks.push(Look::wrong("stores", format!("{error:#}"))),
        }
        looks
    };
    looks.extend(runtime.block_on(unless_interrupted(asked))?);
    Ok(())
}

/// Each look on its lines, with the next step below.
pub(super) fn lines(looks: &[Look]) -> String {
    let width = looks.iter().map(|look| look.topic.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for look in looks {
        let (sign, colour) = match look.state {
            State::Good => ("ok   ", AnsiColor::Green),
            State::Note => ("note ", AnsiColor::Yellow),
            State::Wrong => ("wrong", AnsiColor::Red),
        };
        let style = Style::new().fg_color(Some(Color::Ansi(colour)));
        let indent = " ".repeat(width + 9);
        let says = look.says.trim_end().replace('\n', &format!("\n{indent}"));
        let sign = face::painted(style, sign);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{sign}  {:<width$}  {says}", look.topic);
        if let Some(next) = &look.next {
            let _ = writeln!(text, "{indent}→ {next}");
        }
    }
    text
}

/// The looks, and what they come to.
fn text(looks: &[Look]) -> String {
    let mut text = lines(looks);
    let count = |state| looks.iter().filter(|look| look.state == state).count();
    let (wrong, notes) = (count(State::Wrong), count(State::Note));
    let _ = match (wrong, notes) {
        (0, 0) => writeln!(text, "\nEverything is in order."),
        (0, notes) => writeln!(text, "\nNothing is wrong; {notes} worth knowing."),
        (wrong, notes) => writeln!(text, "\n{wrong} wrong, {notes} worth knowing."),
    };
    text
}
