//! Why the user's program gave no page, in one sentence with a next step.

use std::ffi::OsString;
use std::io;
use std::time::Duration;

use crate::text::words::starred;

/// So much of the program's last words is shown to people, in characters.
const SHOWN: usize = 240;

/// Why the program gave no page. What it said on its standard error is kept as `said`, shortened.
#[derive(Debug, thiserror::Error)]
pub enum CommandFailure {
    /// The configuration names no program.
    #[error("no program is named; add `command = [\"…\"]` to the store")]
    Unnamed,
    /// The program cannot be started.
    #[error("`{program}` could not be started ({source}); {}", hint(source))]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// What it prints cannot be read.
    #[error("what `{program}` prints could not be read ({source}); it will be run again")]
    Read {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// It did not end in time, and was stopped with everything that it had started.
    #[error(
        "`{program}` did not end within {} seconds and was stopped; make it give up earlier, or \
         raise `deadline`{}",
        limit.as_secs_f32(), quoted(said)
    )]
    TooSlow {
        /// The program.
        program: String,
        /// The time that it had.
        limit: Duration,
        /// What it said.
        said: String,
    },
    /// It printed more than a page, and was stopped with everything that it had started.
    #[error(
        "`{program}` printed more than {} kB and was stopped; it must print the page and nothing \
         else, or `body_cap` must be raised",
        cap / 1000
    )]
    TooMuch {
        /// The program.
        program: String,
        /// How much it may print, in bytes.
        cap: usize,
    },
    /// It ended with an exit code other than 0.
    #[error("`{program}` ended with exit code {code}{}{}", meaning(*code), quoted(said))]
    Code {
        /// The program.
        program: String,
        /// The exit code.
        code: i32,
        /// What it said.
        said: String,
    },
    /// A signal ended it.
    #[error(
        "`{program}` was ended from outside ({status}); see whether the machine is short of \
         memory{}",
        quoted(said)
    )]
    Killed {
        /// The program.
        program: String,
        /// How it ended, in the system's words.
        status: String,
        /// What it said.
        said: String,
    },
    /// It ended well and printed nothing.
    #[error(
        "`{program}` ended well but printed nothing; it must print the page's HTML on its \
         standard output{}",
        quoted(said)
    )]
    Nothing {
        /// The program.
        program: String,
        /// What it said.
        said: String,
    },
}

impl CommandFailure {
    /// It is the program's or the configuration's fault, whatever the store does.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Unnamed | Self::Start { .. })
    }
}

/// The end of what the program said, on one line, without control characters and without `ours`,
/// variables whose values are secrets.
pub(super) fn last_words(said: &[u8], ours: &[(OsString, String)]) -> String {
    let text = String::from_utf8_lossy(said);
    let text = starred(&text, ours.iter().map(|(_, value)| value.as_str()));
    let clean: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let surplus = words.chars().count().saturating_sub(SHOWN);
    if surplus == 0 {
        return words;
    }
    let end: String = words.chars().skip(surplus).collect();
    format!("…{end}")
}

fn quoted(said: &str) -> String {
    if said.is_empty() {
        String::new()
    } else {
        format!("; it said: {said}")
    }
}

fn hint(error: &io::Error) -> &'static str {
    let kind = error.kind();
    if kind == io::ErrorKind::NotFound {
        "give its full path, and see that it and the interpreter in its first line are there"
    } else if kind == io::ErrorKind::PermissionDenied {
        "make it executable with `chmod +x`"
    } else if error.raw_os_error() == Some(8) {
        "it is no program: begin a script with a line such as `#!/bin/sh`"
    } else {
        "run it by hand to see why"
    }
}

/// What an exit code usually means (shells, and the codes of `sysexits.h`).
fn meaning(code: i32) -> &'static str {
    match code {
        64 => ", which means that it was called wrongly; its last argument is the address",
        69 | 75 => ", which means that it may work later; it will be run again",
        77 => ", which means that it lacks a permission",
        126 => ", which means that something it starts is not executable",
        127 => ", which means that something it starts is not there; give full paths",
        _ => "; run it by hand with the address to see why",
    }
}
