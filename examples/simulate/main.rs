//! Many launches at random, to see whether the judgement cries wolf and whether it finds what is
//! wrong.
//!
//! ```text
//! cargo run --release --example simulate -- --launches 1000 --seed 1
//! cargo run --release --example simulate -- --launches 1000 --fault vanished
//! ```

mod fault;
mod launch;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use pubwatch::commands::face;
use pubwatch::commands::replay::play::{Played, play};
use pubwatch::judge::Severity;
use pubwatch::judge::windows::Windows;
use serde_json::json;

use fault::{Kind, Planted, plant};
use launch::Launch;

/// Play launches drawn at random, and count false alarms and missed faults.
///
/// Half of the launches are ordinary ones, with late pages, jumping words, bot walls and outages of
/// our own line, but without a fault; in the others one fault is planted. All of them go through
/// the real schedule, history, judgement, alerts and outbox, on clocks of their own.
#[derive(Debug, Parser)]
#[command(
    after_help = "Exit code 1: an ordinary launch had an Act letter, or a fault was not \
    found, or later than by the first look from its date on."
)]
struct Arguments {
    /// How many launches
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    launches: u32,

    /// Another number draws other launches; the same draws the same
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Only the launches in which this fault is planted
    #[arg(long, value_name = "KIND", value_parser = kind_of)]
    fault: Option<Kind>,

    /// The result as one JSON object; launches that went wrong are told as lines of the log
    #[arg(long)]
    json: bool,
}

fn kind_of(name: &str) -> Result<Kind, String> {
    let found = Kind::ALL.iter().copied().find(|kind| kind.name() == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        format!("it is one of {}", names.join(", "))
    })
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let report = simulate(arguments.launches as usize, arguments.seed, arguments.fault)?;
    let mut out = anstream::stdout().lock();
    if arguments.json {
        for line in report.wrong() {
            writeln!(anstream::stderr().lock(), "{line}")?;
        }
        writeln!(out, "{}", report.as_json())?;
    } else {
        write!(out, "{}", report.as_text())?;
    }
    Ok(ExitCode::from(u8::from(!report.is_good())))
}

/// What came of one launch.
#[derive(Debug, Clone)]
struct Outcome {
    letters: usize,
    pages: usize,
    /// Act letters in an ordinary launch, each in a line.
    false_acts: Vec<String>,
    fault: Option<Found>,
    /// A fault that was not told in time, with the letters that were, each in a line.
    late: Vec<String>,
}

/// What came of a planted fault.
#[derive(Debug, Clone, Copy)]
struct Found {
    kind: Kind,
    /// From when on acting on it was right; `None` when nobody had looked since it began.
    act_from: Option<Timestamp>,
    /// How many looks at its page it took from its act date on; `None` when no letter told of it.
    checks: Option<usize>,
}

/// What came of all launches.
#[derive(Debug, Clone)]
struct Report {
    outcomes: Vec<Outcome>,
}

/// Plays so many launches, or those of them with a fault of that kind, as many at a time as there
/// are processors. On a terminal it shows how far it is.
fn simulate(launches: usize, seed: u64, fault: Option<Kind>) -> anyhow::Result<Report> {
    let bar = ProgressBar::new(launches as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} launches  {elapsed}") {
        bar.set_style(style);
    }
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(BTreeMap::new());
    let workers = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    std::thread::scope(|scope| {
        for _ in 0..workers.min(launches) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if launches <= number {
                        return;
                    }
                    bar.inc(1);
                    if fault.is_some() && fault != planted_in(number) {
                        continue;
                    }
                    let outcome = one(number, seed)
                        .with_context(|| format!("playing launch {number} of seed {seed}"));
                    let mut outcomes = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
                    outcomes.insert(number, outcome);
                }
            });
        }
    });
    bar.finish_and_clear();
    let outcomes = outcomes
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let outcomes = outcomes.into_values().collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Report { outcomes })
}

/// The fault of the launch of that number: an even one is ordinary, the odd ones have each kind in
/// turn.
fn planted_in(number: usize) -> Option<Kind> {
    (number % 2 == 1).then(|| Kind::ALL[number / 2 % Kind::ALL.len()])
}

/// Draws and plays the launch of that number.
fn one(number: usize, seed: u64) -> anyhow::Result<Outcome> {
    let windows = Windows::new(&[])?;
    // The seeds of neighbours lie far apart, so that launch 1 of seed 2 is not launch 2 of seed 1.
    let own =
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (number as u64).wrapping_mul(0x0100_0000_01b3);
    let mut rng = fastrand::Rng::with_seed(own);
    let mut launch = Launch::draw(&mut rng);
    let planted = planted_in(number).map(|kind| plant(&mut launch, kind, &windows, &mut rng));
    launch.disturb(planted.as_ref().map(|planted| planted.index), &mut rng);
    let title = planted
        .as_ref()
        .map_or("an ordinary launch", |planted| planted.kind.name());
    let played = play(&launch.story(title)?)?;
    let false_acts = if planted.is_none() {
        let is_act = |severity| severity == Severity::Act;
        let acts = played
            .sent
            .iter()
            .filter(|letter| letter.tells.iter().any(|told| is_act(told.severity)));
        acts.map(|letter| format!("launch {number}: {}", letter.line()))
            .collect()
    } else {
        Vec::new()
    };
    let fault = planted.map(|planted| found(&planted, &played, &windows));
    let late = match fault {
        Some(Found {
            checks: Some(checks),
            ..
        }) if checks <= 1 => Vec::new(),
        Some(found) => late_lines(number, &found, &played),
        None => Vec::new(),
    };
    Ok(Outcome {
        letters: played
            .sent
            .iter()
            .filter(|letter| !letter.is_digest)
            .count(),
        pages: played.looks.len(),
        false_acts,
        fault,
        late,
    })
}

/// What a developer wants to see of a fault that was told late or not at all.
fn late_lines(number: usize, found: &Found, played: &Played) -> Vec<String> {
    let checks = found.checks.map_or_else(
        || "not at all".to_owned(),
        |checks| format!("at look {checks}"),
    );
    let act_from = found
        .act_from
        .map_or_else(|| "never".to_owned(), |at| at.to_string());
    let first = format!(
        "launch {number}: {} was to be told from {act_from} on, and was {checks}",
        found.kind.name()
    );
    let letters = played.sent.iter().filter(|letter| !letter.is_digest);
    std::iter::once(first)
        .chain(letters.map(|letter| format!("  {}", letter.line())))
        .collect()
}

/// Whether a letter told of the fault, and how many looks at its page that took.
fn found(planted: &Planted, played: &Played, windows: &Windows) -> Found {
    let store = planted.store();
    let looks: Vec<_> = played
        .looks
        .iter()
        .filter(|look| look.listing.store == store)
        .map(|look| look.at)
        .collect();
    let act_from = planted.act_from(&looks, windows);
    let letter = act_from.and_then(|act_from| {
        played.sent.iter().find(|letter| {
            let tells = letter
                .tells
                .iter()
                .any(|told| planted.severity <= told.severity && told.stores.contains(&store));
            tells && act_from <= letter.at
        })
    });
    let checks = act_from.zip(letter).map(|(act_from, letter)| {
        looks
            .iter()
            .filter(|look| act_from <= **look && **look <= letter.at)
            .count()
    });
    Found {
        kind: planted.kind,
        act_from,
        checks,
    }
}

impl Report {
    fn clean(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes
            .iter()
            .filter(|outcome| outcome.fault.is_none())
    }

    fn false_acts(&self) -> Vec<&String> {
        self.clean()
            .flat_map(|outcome| &outcome.false_acts)
            .collect()
    }

    /// Letters in an ordinary launch, of which the digest is none: the median and what 95 in 100
    /// launches stay at or below.
    fn letters(&self) -> (usize, usize) {
        let mut letters: Vec<usize> = self.clean().map(|outcome| outcome.letters).collect();
        letters.sort_unstable();
        let at = |percent: usize| {
            let index = (letters.len() * percent).div_ceil(100).saturating_sub(1);
            letters.get(index).copied().unwrap_or_default()
        };
        (at(50), at(95))
    }

    fn pages(&self) -> usize {
        let all: usize = self.outcomes.iter().map(|outcome| outcome.pages).sum();
        all / self.outcomes.len().max(1)
    }

    /// For each kind: planted, found, and the most looks from the act date on that it took.
    fn faults(&self) -> Vec<(Kind, usize, usize, usize)> {
        let of = |kind: Kind| {
            let all = self.outcomes.iter().filter_map(|outcome| outcome.fault);
            all.filter(move |found| found.kind == kind)
        };
        Kind::ALL
            .iter()
            .map(|kind| {
                let checks = || of(*kind).filter_map(|found| found.checks);
                (
                    *kind,
                    of(*kind).count(),
                    checks().count(),
                    checks().max().unwrap_or_default(),
                )
            })
            .filter(|(_, planted, _, _)| 0 < *planted)
            .collect()
    }

    /// No ordinary launch had an Act letter, and every fault was found by the first look from its
    /// act date on.
    fn is_good(&self) -> bool {
        self.false_acts().is_empty()
            && self
                .faults()
                .iter()
                .all(|(_, planted, found, checks)| planted == found && *checks <= 1)
    }

    /// Every false alarm and every fault that was told late, in the order of the launches.
    fn wrong(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for outcome in &self.outcomes {
            let is_false = outcome
                .false_acts
                .iter()
                .map(|line| format!("false: {line}"));
            lines.extend(is_false);
            lines.extend(outcome.late.iter().cloned());
        }
        lines
    }

    fn as_text(&self) -> String {
        use std::fmt::Write as _;

        let mut text = String::new();
        for line in self.wrong() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{line}");
        }
        let (median, p95) = self.letters();
        let _ = writeln!(
            text,
            "Ordinary launches: {}. False Act letters: {}.\nLetters a launch: {median} in the \
             median, {p95} in 95 of 100 launches. Pages a launch: {}.\n",
            self.clean().count(),
            self.false_acts().len(),
            self.pages(),
        );
        let mut table = face::table(&["Fault", "planted", "found", "looks from the act date on"]);
        for (kind, planted, found, checks) in self.faults() {
            table.add_row([
                kind.name().to_owned(),
                planted.to_string(),
                found.to_string(),
                format!("at most {checks}"),
            ]);
        }
        text.push_str(&face::lines(&table));
        text.push('\n');
        text
    }

    fn as_json(&self) -> serde_json::Value {
        let (median, p95) = self.letters();
        let faults: Vec<_> = self
            .faults()
            .into_iter()
            .map(|(kind, planted, found, checks)| {
                json!({
                    "kind": kind.name(),
                    "planted": planted,
                    "found": found,
                    "latest_checks_after_act_date": checks,
                })
            })
            .collect();
        json!({
            "clean_launches": self.clean().count(),
            "false_act_letters": self.false_acts().len(),
            "letters_per_launch": { "median": median, "p95": p95 },
            "pages_per_launch": self.pages(),
            "faults": faults,
        })
    }
}
