//! The bodies of the fuzz targets, over their seeds and over mutations of them: always the same
//! ones, so that a failure comes again. The fuzzer itself (`fuzz/`) goes further and needs hours;
//! `docs/dev/fuzzing.md` says how it is run.

use std::path::Path;

#[path = "../../fuzz/src/bodies.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets use it as a library")]
mod bodies;

/// Mutations of all the seeds of a target together. `PUBWATCH_FUZZ_ROUNDS` makes it more.
const ROUNDS: usize = 1_500;

/// The longest that a mutation grows, in bytes.
const LONGEST: usize = 16 * 1024;

fn rounds() -> usize {
    std::env::var("PUBWATCH_FUZZ_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(ROUNDS)
}

/// The seeds of a target, in the order of their names.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target);
    let mut seeds: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("no seeds in {}: {error}", folder.display()))
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "no seeds for {target}");
    seeds
}

/// One step of the kinds that fuzzers take: bytes changed, pieces taken out, doubled, moved in
/// from another seed, the end cut off.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut fastrand::Rng) {
    let piece = |of: &[u8], random: &mut fastrand::Rng| {
        let start = random.usize(..=of.len());
        let end = (start + random.usize(..64)).min(of.len());
        start..end
    };
    let at = random.usize(..=bytes.len());
    match random.u8(..6) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.u8(..8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = *random.choice(b"<>\"'&/={}[]|0\0\xff \n").unwrap();
            }
        }
        2 => {
            bytes.drain(piece(bytes, random));
        }
        3 => {
            let doubled = bytes[piece(bytes, random)].to_vec();
            bytes.splice(at..at, doubled);
        }
        4 => {
            let foreign = other[piece(other, random)].to_vec();
            bytes.splice(at..at, foreign);
        }
        _ => {
            // Not all too often, or nothing is left.
            if random.u8(..4) == 0 {
                bytes.truncate(at);
            }
        }
    }
    bytes.truncate(LONGEST);
}

/// Runs a body over the seeds of its target, then over mutations of them. What breaks it is
/// printed as it can be written into a file and given to the fuzzer.
fn check(target: &str, body: fn(&[u8])) {
    let seeds = seeds(target);
    for (_, seed) in &seeds {
        body(seed);
    }
    let mut random = fastrand::Rng::with_seed(20_261_122);
    for round in 0..rounds() {
        let (name, seed) = &seeds[round % seeds.len()];
        let (_, other) = &seeds[random.usize(..seeds.len())];
        let mut bytes = seed.clone();
        for _ in 0..random.usize(1..=8) {
            mutate(&mut bytes, other, &mut random);
        }
        let kept = std::panic::catch_unwind(|| body(&bytes)).is_ok();
        assert!(
            kept,
            "{target}, round {round} ({name}) breaks a promise:\n{}",
            bytes.escape_ascii()
        );
    }
}

#[test]
fn pages_of_mutated_seeds_keep_the_promises() {
    check("reader", bodies::reader);
}

#[test]
fn structured_data_of_mutated_seeds_keeps_the_promises() {
    check("json_ld", bodies::json_ld);
}

#[test]
fn robots_files_of_mutated_seeds_keep_the_promises() {
    check("robots", bodies::robots);
}

#[test]
fn configurations_of_mutated_seeds_keep_the_promises() {
    check("configuration", bodies::configuration);
}

#[test]
fn lists_of_books_of_mutated_seeds_keep_the_promises() {
    check("import", bodies::import);
}

#[test]
fn words_of_mutated_seeds_keep_the_promises() {
    check("words", bodies::words);
}

#[test]
fn every_target_has_a_body_a_seed_and_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let this_file = include_str!("fuzzed.rs");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let target = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            this_file.contains(&format!("check(\"{target}\", bodies::{target})")),
            "{target} is not run by the tests"
        );
        assert!(!seeds(&target).is_empty());
    }
}
