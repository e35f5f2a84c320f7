//! A few faults of each kind against the real program: nothing is lost, nothing is there twice but
//! where a mail server's answer was lost, and every end is explained.
//!
//! The thousand: `cargo run --release --example faults -- --injections 1000`.

use std::path::PathBuf;

use crate::injected::inject::{Episode, Fault, length_of_a_round};
use crate::injected::tally::table;
use crate::injected::world::Program;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn under_every_kind_of_fault_nothing_is_lost_or_doubled() {
    let program = Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_pubwatch")),
        environment: Vec::new(),
    };
    let round = length_of_a_round(&program).await;
    let played = Fault::ALL.map(|(fault, name, share)| {
        let program = program.clone();
        let episode = Episode {
            injections: share.div_ceil(40).min(fault.in_one_world()),
            rng: fastrand::Rng::with_seed(1),
            round,
            at_length: false,
        };
        (
            name,
            tokio::spawn(async move { fault.play(&program, episode).await }),
        )
    });
    let mut tallies = Vec::new();
    for (name, tally) in played {
        tallies.push((name, tally.await.unwrap()));
    }
    let text = table(&tallies);
    println!("{text}");
    for (name, tally) in &tallies {
        assert!(tally.is_good(), "{name}: {tally:#?}\n{text}");
    }
}
