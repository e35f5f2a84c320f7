//! `pubwatch check`: one round now, for a system's cron and for the impatient.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::sync::mpsc;

use crate::config::plan::label;
use crate::exit::Exit;
use crate::page::Reading;
use crate::round::{self, Step, Stop, Summary, Which};
use crate::service::context::Context;
use crate::service::{deliver, ping, signals};
use crate::terminal::face;
use crate::text::words;

/// Look at every listing once, record what the stores say, judge it, and send the letters.
///
/// A listing that was looked at within the last half hour (`politeness.floor`) is left alone.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Arguments {
    /// Look only at what is due by the schedule; the form for cron, as often as you like
    #[arg(long)]
    due: bool,

    /// Say nothing unless something needs attention
    #[arg(long, short)]
    quiet: bool,

    /// What the round came to, as one JSON object
    #[arg(long)]
    json: bool,

    /// Somebody waits for what came of it, terminal or not.
    #[arg(skip)]
    is_awaited: bool,
}

impl Arguments {
    /// What a person wants who has just added a book: what is due, and what comes of it shown.
    pub(super) fn what_is_due() -> Self {
        Self {
            due: true,
            quiet: false,
            json: false,
            is_awaited: true,
        }
    }
}

/// Goes round once and delivers what is queued.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    runtime.block_on(check(arguments, context))
}

async fn check(arguments: &Arguments, context: Context) -> anyhow::Result<Exit> {
    let house = Arc::new(context.into_house()?);
    let stop = Stop::default();
    signals::stop_on_signal(&stop)?;
    let which = if arguments.due {
        Which::Due
    } else {
        Which::All
    };
    // On a terminal people watch; from cron only what needs attention is worth a mail.
    let show = !arguments.quiet && !arguments.json && std::io::stderr().is_terminal();

    let (steps, heard) = mpsc::unbounded_channel();
    let listener = tokio::spawn(watch(Arc::clone(&house), heard, show));
    let round = round::round(&house, which, &stop, &steps).await;
    drop(steps);
    listener.await.context("showing the progress")?;
    // What waits in the outbox does not depend on this round.
    let delivered = deliver::deliver(&house, &stop).await;
    let failed = round.as_ref().err();
    let trouble = failed
        .map(|error| format!("the round failed: {error}"))
        .or_else(|| delivered.as_ref().err().map(|error| format!("{error:#}")));
    if !stop.is_set() {
        ping::ping(&house, trouble.as_deref()).await;
    }
    let summary = round?;
    let delivered = delivered?;

    let mut out = anstream::stdout().lock();
    if arguments.json {
        let outcome = Outcome {
            round: &summary,
            delivered: &delivered,
        };
        writeln!(out, "{}", serde_json::to_string(&outcome)?)?;
    } else if show || arguments.is_awaited || delivered.trouble.is_some() {
        writeln!(out, "{}", in_words(&summary, &delivered))?;
    }
    let attention = delivered.later + delivered.refused > 0;
    Ok(Exit::attention_if(attention))
}

/// Shows the steps as they come: a bar on a terminal, and above it a line for every change.
async fn watch(house: Arc<round::House>, mut heard: mpsc::UnboundedReceiver<Step>, show: bool) {
    let bar = if show {
        ProgressBar::new(0)
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}  {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    while let Some(step) = heard.recv().await {
        match step {
            Step::Begun { listings } => bar.set_length(listings as u64),
            Step::Seen {
                listing,
                reading,
                changed,
                ..
            } => {
                bar.inc(1);
                bar.set_message(label(&listing.store, &house.plan.stores).to_owned());
                if let Some(line) = line_of(&house, &listing, &reading, changed) {
                    bar.println(line);
                }
            }
            Step::Passed { listing, why } => {
                bar.inc(1);
                bar.println(format!("{}: {why}", house.name_of(&listing)));
            }
            Step::Opened { file, said } => bar.println(format!("{file}: {said}")),
            Step::Queued { subject, .. } => bar.println(format!("Letter: {subject}")),
        }
    }
    bar.finish_and_clear();
}

/// What is worth a line: a change, or a page that could not be read.
fn line_of(
    house: &round::House,
    listing: &crate::history::ListingId,
    reading: &Reading,
    changed: bool,
) -> Option<String> {
    let name = house.name_of(listing);
    match reading {
        Reading::Says(says) if changed => Some(format!(
            "{name}: {} “{}”",
            face::state(says.availability),
            words::clipped(&says.words, 80)
        )),
        Reading::Says(_) => None,
        Reading::Unread(unread) => Some(format!(
            "{name}: {} ({})",
            face::faint(&format!("not read: {}", unread.reason.words())),
            words::clipped(&unread.words, 120)
        )),
    }
}

fn in_words(summary: &Summary, delivered: &crate::mail::deliver::Summary) -> String {
    let looked = match summary.due {
        0 => "Nothing is due: every listing was looked at lately.".to_owned(),
        _ => format!(
            "Looked at {}: {} read, {} not read, {} left out.",
            words::counted(summary.due, "listing"),
            summary.read,
            summary.unread,
            summary.passed
        ),
    };
    let sent = match delivered.delivered {
        0 => String::new(),
        some => format!(" {} sent.", words::count(i64::from(some), "letter")),
    };
    let waiting = delivered
        .trouble
        .as_ref()
        .map_or_else(String::new, |trouble| {
            format!(
                "\nLetters are waiting: {trouble}. They are kept and tried again; \
             `pubwatch outbox list` shows them."
            )
        });
    format!("{looked}{sent}{waiting}")
}

/// What came of a check, for a program.
#[derive(Serialize)]
struct Outcome<'a> {
    #[serde(flatten)]
    round: &'a Summary,
    #[serde(flatten)]
    delivered: &'a crate::mail::deliver::Summary,
}
