//! `pubwatch windows`: how long things usually take, and how long they took for your own titles.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::bail;
use jiff::SignedDuration;
use serde::Serialize;

use crate::exit::Exit;
use crate::history::sqlite::{Depth, each_view};
use crate::judge::learned::{ENOUGH, Learned, learn};
use crate::judge::length::Length;
use crate::judge::windows::{Window, WindowName, Windows, learned_numbers};
use crate::service::context::Context;
use crate::terminal::columns::{self, Columns};
use crate::terminal::face;
use crate::text::words;

/// Show how long things usually take, who says so, and how long they took for your own titles.
///
/// Your own times are those of the titles in your history, with the titles that still wait counted
/// as waiting. They are told in letters once enough titles have come through.
#[derive(Debug, clap::Args)]
#[command(after_help = "quiet: nothing is said until then. act: from then on there is something \
    to do. Set your own numbers in the configuration, in [windows]; `learned = true` there lets \
    your own times take the place of the shipped ones, and `--toml` prints them as lines for it.")]
pub struct Arguments {
    /// Only windows whose name contains this, as `list.`
    name: Option<String>,

    /// Your own times as lines for the configuration, where there is enough of them
    #[arg(long, conflicts_with = "json")]
    toml: bool,

    /// One JSON object a window, for scripts
    #[arg(long)]
    json: bool,
}

/// Prints the windows.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    let shipped = Windows::new(&context.plan.windows)?;
    let learned = context.db.read(|connection| {
        each_view(connection, &context.plan.editions, Depth::States, |views| {
            learn(views)
        })
    })?;
    let all = context.plan.judging.learned_windows;
    let windows = shipped.clone().with_own_titles(&learned, all);
    let names: Vec<WindowName> = WindowName::ALL
        .iter()
        .copied()
        .filter(|name| {
            let wanted = arguments.name.as_deref().unwrap_or_default();
            name.name().contains(wanted)
        })
        .collect();
    if let (true, Some(wanted)) = (names.is_empty(), &arguments.name) {
        bail!("no window has `{wanted}` in its name; `pubwatch windows` lists them all");
    }
    let mut out = columns::out();
    if arguments.toml {
        // Of a comment that is broken the rest would be no comment.
        let toml = as_toml(&names, &shipped, &learned);
        anstream::stdout().write_all(toml.as_bytes())?;
    } else if arguments.json {
        for name in names {
            let line = Line {
                name: name.name(),
                window: windows.window(name),
                learned: learned.get(&name).map(OwnTimes::of),
            };
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        }
    } else {
        let mut table = face::table(&["Window", "quiet", "act", "your own titles", "source"]);
        for name in names {
            let window = windows.window(name);
            table.add_row([
                name.name(),
                &window.quiet.words(),
                &window.act.map_or("never".to_owned(), Length::words),
                &learned.get(&name).map_or(String::new(), own_words),
                &format!("{} ({})", window.source, window.grade.words()),
            ]);
        }
        writeln!(out, "{}", Columns::of_stdout().table(&table))?;
    }
    Ok(Exit::Done)
}

/// "median 9 days, 90 % 14 days, n 9, 2 waiting".
fn own_words(learned: &Learned) -> String {
    let length = |length: Option<SignedDuration>| length.map_or("-".to_owned(), words::lasting);
    format!(
        "median {}, 90 % {}, n {}, {} waiting",
        length(learned.median),
        length(learned.ninety),
        learned.over,
        learned.waiting
    )
}

/// A window, for a program.
#[derive(Serialize)]
struct Line<'a> {
    name: &'static str,
    #[serde(flatten)]
    window: &'a Window,
    learned: Option<OwnTimes>,
}

#[derive(Serialize)]
struct OwnTimes {
    median_hours: Option<i64>,
    ninety_hours: Option<i64>,
    over: usize,
    waiting: usize,
    is_enough: bool,
}

impl OwnTimes {
    fn of(learned: &Learned) -> Self {
        let hours = |length: Option<SignedDuration>| length.map(|length| length.as_hours());
        Self {
            median_hours: hours(learned.median),
            ninety_hours: hours(learned.ninety),
            over: learned.over,
            waiting: learned.waiting,
            is_enough: learned.is_enough(),
        }
    }
}

/// Lines for the configuration, with the numbers that `learned = true` would go by.
fn as_toml(
    names: &[WindowName],
    windows: &Windows,
    learned: &BTreeMap<WindowName, Learned>,
) -> String {
    let lines: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let own = learned.get(name)?;
            let (quiet, act) = learned_numbers(*name, windows.window(*name), own)?;
            Some(format!(
                "\"{}\" = {{ quiet = \"{}\", act = \"{}\" }}\n",
                name.name(),
                quiet.words(),
                act.words()
            ))
        })
        .collect();
    if lines.is_empty() {
        format!(
            "# There are no windows of your own yet: at least {ENOUGH} titles must have come \
             through one, nine in ten of them.\n"
        )
    } else {
        format!("[windows]\n{}", lines.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::learned::{Wait, estimate};

    #[test]
    fn own_times_become_lines_that_the_configuration_takes() {
        let wait = |days: i64| Wait {
            lasted: SignedDuration::from_hours(days * 24),
            is_over: true,
        };
        let waits: Vec<Wait> = (6..16).map(wait).collect();
        let learned = BTreeMap::from([(WindowName::ListAmazon, estimate(&waits))]);
        let shipped = Windows::new(&[]).unwrap();
        let text = as_toml(WindowName::ALL, &shipped, &learned);
        assert_eq!(
            text,
            "[windows]\n\"list.amazon\" = { quiet = \"10 days\", act = \"14 days\" }\n"
        );
        let config = format!(
            "[author]\nname = \"J\"\nemail = \"j@example.com\"\ntimezone = \"UTC\"\n{text}"
        );
        let today = jiff::civil::date(2026, 12, 1);
        let (plan, _) = crate::config::check(&config, "test", today).unwrap();
        assert!(Windows::new(&plan.windows).is_ok());
        assert!(
            as_toml(WindowName::ALL, &shipped, &BTreeMap::new())
                .starts_with("# There are no windows")
        );
    }
}
