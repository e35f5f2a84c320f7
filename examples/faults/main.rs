//! Faults by the thousand against the real program.
//!
//! ```text
//! cargo run --release --example faults -- --injections 1000 --seed 1
//! ```
//!
//! The program is this executable again, as `pubwatch`; the stores and the mail server are in this
//! process. The table at the end counts looks and letters: expected, kept, doubled.
#![expect(
    clippy::unwrap_used,
    reason = "the harness is shared with the tests, and ends when it cannot go on"
)]

#[path = "../../tests/it/injected/mod.rs"]
mod injected;
#[expect(dead_code, reason = "the tests play more of the mail server than this")]
#[path = "../../tests/it/smtp_server.rs"]
mod smtp_server;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use clap::Parser;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use injected::inject::{Fault, length_of_a_round};
use injected::month::{Month, compare, peak_file};
use injected::tally::{Tally, table};
use injected::world::Program;

/// Set: this executable is `pubwatch`, and leaves its peak of memory where it was called.
const AS_PUBWATCH: &str = "FAULTS_AS_PUBWATCH";

#[derive(Debug, Parser)]
struct Arguments {
    /// How many faults in all; each kind gets its share
    #[arg(long, default_value_t = 1000)]
    injections: usize,

    /// Another number draws other moments
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Only the kinds whose name holds this
    #[arg(long)]
    only: Option<String>,

    /// So many worlds side by side; most of the time they wait
    #[arg(long, default_value_t = 12)]
    side_by_side: usize,

    /// Instead of these, so many days of an imprint, with a fault every morning
    #[arg(long)]
    days: Option<usize>,

    /// So many editions has the imprint
    #[arg(long, default_value_t = 1000, requires = "days")]
    editions: usize,
}

fn main() -> std::process::ExitCode {
    if std::env::var_os(AS_PUBWATCH).is_some() {
        let exit = pubwatch::cli::run();
        leave_the_peak();
        return exit.into();
    }
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(arguments.side_by_side + 4)
        .enable_all()
        .build()
        .unwrap();
    let tallies = runtime.block_on(async {
        match arguments.days {
            Some(days) => live(&arguments, days).await,
            None => play(&arguments).await,
        }
    });
    let text = table(&tallies);
    std::io::stdout().write_all(text.as_bytes()).unwrap();
    let is_good = tallies.iter().all(|(_, tally)| tally.is_good());
    u8::from(!is_good).into()
}

/// The most memory that this process had, in kB, as the kernel says it.
fn leave_the_peak() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.split_whitespace().next());
    // Where nothing can be written, nobody asks for it.
    let _ = std::fs::write(peak_file(Path::new(".")), peak.unwrap_or_default());
}

fn this_executable() -> Program {
    Program {
        path: std::env::current_exe().unwrap(),
        environment: vec![(AS_PUBWATCH.into(), "1".into())],
    }
}

/// The days of an imprint with a fault every morning, beside the same days without.
async fn live(arguments: &Arguments, days: usize) -> Vec<(&'static str, Tally)> {
    let month = |is_disturbed| Month {
        days,
        editions: arguments.editions,
        seed: arguments.seed,
        is_disturbed,
    };
    let program = this_executable();
    let (mut disturbed, quiet) =
        tokio::join!(month(true).live(&program), month(false).live(&program));
    compare(&mut disturbed, &quiet);
    for (name, peaks) in [("disturbed", &disturbed.peaks), ("quiet", &quiet.peaks)] {
        let text = format!("{name}: kB in each evening's round: {peaks:?}\n\n");
        std::io::stdout().write_all(text.as_bytes()).unwrap();
    }
    vec![
        ("disturbed days", disturbed.tally),
        ("quiet days", quiet.tally),
    ]
}

async fn play(arguments: &Arguments) -> Vec<(&'static str, Tally)> {
    let program = this_executable();
    let round = length_of_a_round(&program).await;
    let at_length = 1000 <= arguments.injections;
    let side_by_side = Arc::new(Semaphore::new(arguments.side_by_side));
    let mut running = JoinSet::new();
    for (kind, (fault, name, share)) in Fault::ALL.iter().enumerate() {
        let is_wanted = |only: &String| name.contains(only.as_str());
        if !arguments.only.as_ref().is_none_or(is_wanted) {
            continue;
        }
        let injections = (share * arguments.injections).div_ceil(1000);
        for episode in fault.episodes(injections, (arguments.seed, round, at_length)) {
            let (program, side_by_side) = (program.clone(), Arc::clone(&side_by_side));
            running.spawn(async move {
                let _turn = side_by_side.acquire().await.unwrap();
                (kind, episode.play(&program).await)
            });
        }
    }
    let mut tallies = Fault::ALL.map(|(_, name, _)| (name, Tally::default()));
    while let Some(played) = running.join_next().await {
        let (kind, tally) = played.unwrap();
        tallies[kind].1.add(tally);
    }
    tallies
        .into_iter()
        .filter(|(_, tally)| 0 < tally.injections || tally.not_played.is_some())
        .collect()
}
