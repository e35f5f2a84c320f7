//! A few faults of each kind against the real program: nothing is lost, nothing is there twice but
//! where a mail server's answer was lost, and every end is explained.
//!
//! The thousand: `cargo run --release --example faults -- --injections 1000`.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Output};
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::injected::clocks::TURNS;
use crate::injected::inject::{Fault, explained, length_of_a_round};
use crate::injected::month::{Month, compare};
use crate::injected::shop::Mood;
use crate::injected::tally::{Tally, table};
use crate::injected::world::Program;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn under_every_kind_of_fault_nothing_is_lost_or_doubled() {
    let program = Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_pubwatch")),
        environment: Vec::new(),
    };
    let round = length_of_a_round(&program).await;
    let side_by_side = Arc::new(Semaphore::new(6));
    let mut running = JoinSet::new();
    for (kind, (fault, _, share)) in Fault::ALL.iter().enumerate() {
        for episode in fault.episodes(few(*fault, *share), (1, round, false)) {
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
    let text = table(&tallies);
    println!("{text}");
    for (name, tally) in &tallies {
        assert!(tally.is_good(), "{name}: {tally:#?}\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
#[ignore = "needs faketime"]
async fn days_with_a_fault_every_morning_tell_what_quiet_days_tell() {
    let program = Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_pubwatch")),
        environment: Vec::new(),
    };
    let month = |is_disturbed| Month {
        days: 10,
        editions: 8,
        seed: 1,
        is_disturbed,
    };
    let (mut disturbed, quiet) =
        tokio::join!(month(true).live(&program), month(false).live(&program));
    compare(&mut disturbed, &quiet);
    let both = [("disturbed", disturbed.tally), ("quiet", quiet.tally)];
    let text = table(&both);
    for (name, tally) in &both {
        assert!(tally.is_good(), "{name}: {tally:#?}\n{text}");
    }
    assert!(0 < both[0].1.letters.expected, "{text}");
}

#[test]
fn an_end_is_explained_by_its_code_and_its_words() {
    let check = |status, words: &str, expected| {
        let mut tally = Tally::default();
        let output = Output {
            status: ExitStatus::from_raw(status),
            stdout: Vec::new(),
            stderr: words.as_bytes().to_vec(),
        };
        explained(&mut tally, "a round", &output);
        assert_eq!(expected, tally.unexplained.is_empty(), "{status}: {words}");
    };
    let code = |code| code << 8;
    check(code(0), "", true);
    check(code(1), "", true);
    check(code(1), "faketime: sem_open: File exists", false);
    check(
        code(1),
        "libfaketime: In ft_shm_create(), shm_open failed: File exists",
        false,
    );
    check(code(1), "thread 'main' panicked at src/main.rs", false);
    check(code(4), "", false);
    check(code(4), "pubwatch: the disk is full", true);
    check(code(101), "pubwatch: what", false);
    check(9, "", false);
}

/// A few of each kind: of every bad store, every turn of the clocks and every kind of mail server
/// one, of others what makes a world or two.
fn few(fault: Fault, share: usize) -> usize {
    match fault {
        Fault::BadStore => Mood::BAD.len(),
        Fault::SummerTime => TURNS.len(),
        Fault::Clock | Fault::BadMail => 8,
        Fault::Kill | Fault::MailAtRandom => 6,
        Fault::TerminateWhileOthersHang | Fault::DamagedPage => 4,
        Fault::Posts | Fault::YearAhead => 2,
        Fault::Crowd => 1,
        Fault::Terminate
        | Fault::TruncatedLog
        | Fault::DiskFull
        | Fault::ReadOnly
        | Fault::Locked => share.div_ceil(20).min(3),
    }
}
