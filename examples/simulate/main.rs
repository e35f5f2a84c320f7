//! Many launches at random, to see whether the judgement cries wolf and whether it finds what is
//! wrong.
//!
//! ```text
//! cargo run --profile dist --example simulate -- --launches 1000 --seed 1
//! cargo run --profile dist --example simulate -- --launches 1000 --fault vanished
//! ```

mod draw;
mod fault;
mod launch;
mod plant;
mod report;
mod truth;

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
use pubwatch::book::StoreId;
use pubwatch::judge::Severity;
use pubwatch::judge::windows::Windows;
use pubwatch::story::expect::Sent;
use pubwatch::story::play::{Played, play};

use draw::book;
use fault::{Kind, Planted};
use launch::{Launch, story};
use plant::plant;
use report::{Found, Outcome, Report};
use truth::wrong_all_clears;

/// Play launches drawn at random, and count false alarms and missed faults.
///
/// Half of the launches are ordinary ones, with late pages, jumping words, bot walls and outages of
/// our own line, but without a fault; in the others one fault is planted. All of them go through
/// the real schedule, history, judgement, alerts and outbox, on clocks of their own.
#[derive(Debug, Parser)]
#[command(
    after_help = "Exit code 1: an ordinary launch had an Act letter; a fault was not found, or later \
    than by the first look from its date on; an all-clear named a page that was wrong; or ordinary \
    launches had more than 8 letters in the median, or 11 in 95 of 100."
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

    /// Only the launch of this number, with every letter it had
    #[arg(long, value_name = "NUMBER", conflicts_with = "fault")]
    launch: Option<u32>,

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
    if let Some(number) = arguments.launch {
        return show(number as usize, arguments.seed);
    }
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
    Ok(Report::of(outcomes))
}

/// The fault of the launch of that number: an even one is ordinary, the odd ones have each kind in
/// turn.
fn planted_in(number: usize) -> Option<Kind> {
    (number % 2 == 1).then(|| Kind::ALL[number / 2 % Kind::ALL.len()])
}

/// Plays one launch, and prints its pages, notes and letters.
fn show(number: usize, seed: u64) -> anyhow::Result<ExitCode> {
    let (editions, _, planted) = drawn(number, seed, &Windows::new(&[])?);
    let mut out = anstream::stdout().lock();
    if let Some(planted) = planted {
        writeln!(out, "planted: {}", planted.kind.name())?;
    }
    for launch in &editions {
        write!(out, "{launch}")?;
    }
    let played = play(&story("one launch", &editions)?)?;
    for letter in &played.sent {
        writeln!(out, "{}", letter.line())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The editions of a launch as they are seen, as they truly are, and what is planted in them.
fn drawn(
    number: usize,
    seed: u64,
    windows: &Windows,
) -> (Vec<Launch>, Vec<(String, Launch)>, Option<Planted>) {
    // The seeds of neighbours lie far apart, so that launch 1 of seed 2 is not launch 2 of seed 1.
    let own =
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (number as u64).wrapping_mul(0x0100_0000_01b3);
    let mut rng = fastrand::Rng::with_seed(own);
    let (mut editions, planted) = match planted_in(number) {
        None => (book(&mut rng), None),
        Some(kind) => {
            let (launch, planted) = plant(kind, windows, &mut rng);
            (vec![launch], Some(planted))
        }
    };
    let ids = editions
        .iter()
        .enumerate()
        .map(|(number, one)| one.id(number));
    let truth: Vec<(String, Launch)> = ids.zip(editions.clone()).collect();
    let spared = planted.as_ref().map_or(&[][..], |planted| &planted.stores);
    for launch in &mut editions {
        launch.disturb(spared, &mut rng);
    }
    (editions, truth, planted)
}

/// Draws and plays the launch of that number.
fn one(number: usize, seed: u64) -> anyhow::Result<Outcome> {
    let windows = Windows::new(&[])?;
    let (editions, truth, planted) = drawn(number, seed, &windows);
    let title = planted
        .as_ref()
        .map_or("an ordinary launch", |planted| planted.kind.name());
    let played = play(&story(title, &editions)?)?;
    let of_launch = |line: String| format!("launch {number}: {line}");
    let mut wrong: Vec<String> = wrong_all_clears(&played, &truth)
        .into_iter()
        .map(|line| of_launch(format!("no all-clear is right: {line}")))
        .collect();
    let wrong_all_clears = wrong.len();
    let mut false_acts = 0;
    if planted.is_none() {
        let is_act = |letter: &&Sent| {
            letter
                .tells
                .iter()
                .any(|told| told.severity == Severity::Act)
        };
        for letter in played.sent.iter().filter(is_act) {
            false_acts += 1;
            wrong.push(of_launch(format!("no act is right: {}", letter.line())));
        }
    }
    let fault = planted.map(|planted| found(&planted, &editions, &played, &windows));
    if let Some(found) = fault.filter(|found| found.checks.is_none_or(|checks| 1 < checks)) {
        wrong.extend(late_lines(number, &found, &played));
    }
    let letters = truth.iter().map(|(id, _)| {
        let is_its = |letter: &&Sent| {
            let about = letter.edition.as_ref();
            !letter.is_digest && about.is_none_or(|about| about.as_str() == id)
        };
        played.sent.iter().filter(is_its).count()
    });
    Ok(Outcome {
        letters: letters.collect(),
        looks: played.looks.len(),
        false_acts,
        wrong_all_clears,
        fault,
        wrong,
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

/// Whether a letter told of the fault, of all its stores at once, and how many looks at the page that
/// showed it last that took.
fn found(planted: &Planted, editions: &[Launch], played: &Played, windows: &Windows) -> Found {
    let names = editions.first().map_or(&[][..], |launch| &launch.stores);
    let stores: Vec<StoreId> = planted
        .stores
        .iter()
        .filter_map(|index| names.get(*index))
        .map(|name| StoreId::new(name))
        .collect();
    let looks_at = |store: &StoreId| -> Vec<Timestamp> {
        let looks = played.looks.iter();
        let its = looks.filter(|look| look.listing.store == *store);
        its.map(|look| look.at).collect()
    };
    // A fault of several stores is known once the last of them was seen to have it.
    let known = planted
        .stores
        .iter()
        .zip(&stores)
        .filter_map(|(index, store)| {
            let mut looks = looks_at(store);
            if let Some(launch) = editions.first().filter(|_| 1 < stores.len()) {
                let begins = launch.newest_state_since(*index);
                looks.retain(|look| begins <= *look);
            }
            Some((planted.act_from(&looks, windows)?, looks))
        });
    let (act_from, looks) = known
        .max_by_key(|(from, _)| *from)
        .map_or((None, Vec::new()), |(from, looks)| (Some(from), looks));
    let letter = act_from.and_then(|act_from| {
        played.sent.iter().find(|letter| {
            let tells = letter.tells.iter().any(|told| {
                let is_of_all = stores.iter().all(|store| told.stores.contains(store));
                planted.severity <= told.severity && is_of_all
            });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_launches_are_played_as_the_rules_want_them_and_alike_each_time() {
        let report = simulate(4, 7, None).unwrap();
        assert!(report.is_good(), "{}", report.as_text());
        assert_eq!(report.as_text(), simulate(4, 7, None).unwrap().as_text());
    }
}
