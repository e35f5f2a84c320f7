//! What letters promise, held against the rest of the program.

use clap::Parser as _;
use pubwatch::cli::Cli;
use pubwatch::mail::example;

#[test]
fn every_command_in_a_letter_is_one_that_exists() {
    let mut commands = 0;
    for example in example::letters().unwrap() {
        for line in example.letter.text.lines() {
            let Some(command) = line.strip_prefix("  pubwatch ") else {
                continue;
            };
            let words = std::iter::once("pubwatch").chain(command.split_whitespace());
            if let Err(error) = Cli::try_parse_from(words) {
                panic!("{}: `{line}`: {error}", example.name);
            }
            assert!(
                example.letter.html.contains(command),
                "{}: {command}",
                example.name
            );
            commands += 1;
        }
    }
    assert!(commands > 5, "only {commands} commands were found");
}
