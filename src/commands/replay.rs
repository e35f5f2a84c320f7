//! `pubwatch replay`: play a launch that was, or could be, and hear what would have been told.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use crate::exit::Exit;
use crate::files::{self, LARGEST_TEXT};
use crate::story::Story;
use crate::story::expect::Told;
use crate::story::play::{Played, play};
use crate::terminal::face;
use crate::text::words;

/// Play launches that were, or could be, and print the letters that would have been written.
///
/// A story is a file with an edition as in the configuration, what the stores' pages said from
/// when on, what the author told, and, if you like, what must come of it. It runs on a clock of its
/// own: nothing is fetched, nothing is sent, nothing is stored.
#[derive(Debug, clap::Args)]
#[command(after_help = "One line a letter: date, severity, rule, stores, subject. \
    Exit code 1: an expectation of a story was not met.")]
pub struct Arguments {
    /// Stories, see `docs/stories.md`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The letters whole, not only a line each
    #[arg(long)]
    letters: bool,

    /// One JSON object a story, for scripts
    #[arg(long, conflicts_with = "letters")]
    json: bool,
}

/// Plays every story and prints what came of it.
///
/// # Errors
///
/// When a file cannot be read or is no story.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut out = anstream::stdout().lock();
    let mut is_met = true;
    for (index, file) in arguments.files.iter().enumerate() {
        let story = read(file)?;
        let played = play(&story).with_context(|| format!("playing {}", file.display()))?;
        let unmet = story.unmet(&played.sent);
        is_met &= unmet.is_empty();
        if arguments.json {
            writeln!(
                out,
                "{}",
                serde_json::to_string(&Outcome::of(file, &story, &played, &unmet))?
            )?;
            continue;
        }
        if 0 < index {
            writeln!(out)?;
        }
        writeln!(
            out,
            "{}: {}",
            face::bold(&file.display().to_string()),
            story.title
        )?;
        for letter in &played.sent {
            writeln!(out, "{}", letter.line())?;
            if arguments.letters {
                writeln!(out, "\n{}", letter.text)?;
            }
        }
        for words in &unmet {
            write!(out, "FAIL {words}")?;
        }
        writeln!(out, "{}", summary(&story, &played, unmet.len()))?;
    }
    Ok(if is_met { Exit::Done } else { Exit::Attention })
}

/// Reads a story from a file.
///
/// # Errors
///
/// When the file cannot be read or is no story; the error names the file.
pub fn read(file: &Path) -> anyhow::Result<Story> {
    let text = files::read_text(file, LARGEST_TEXT)
        .with_context(|| format!("cannot read the story {}", file.display()))?;
    Story::parse(&text).with_context(|| format!("{}", file.display()))
}

fn summary(story: &Story, played: &Played, unmet: usize) -> String {
    let letters = words::counted(played.sent.len(), "letter");
    let looks = words::counted(played.looks.len(), "look");
    let verdict = match (story.expectations.len(), unmet) {
        (0, _) => "nothing was expected".to_owned(),
        (all, 0) => format!("{} met", words::counted(all, "expectation")),
        (all, unmet) => format!("{unmet} of {} not met", words::counted(all, "expectation")),
    };
    format!("{letters}, {looks}, {verdict}")
}

/// What came of a story, for a program.
#[derive(Serialize)]
struct Outcome<'a> {
    file: &'a Path,
    story: &'a str,
    letters: Vec<LetterSent<'a>>,
    looks: usize,
    expectations: usize,
    unmet: &'a [String],
}

#[derive(Serialize)]
struct LetterSent<'a> {
    at: Timestamp,
    kind: &'static str,
    subject: &'a str,
    tells: &'a [Told],
}

impl<'a> Outcome<'a> {
    fn of(file: &'a Path, story: &'a Story, played: &'a Played, unmet: &'a [String]) -> Self {
        let letters = played.sent.iter().map(|letter| LetterSent {
            at: letter.at,
            kind: if letter.is_digest { "digest" } else { "alert" },
            subject: &letter.subject,
            tells: &letter.tells,
        });
        Self {
            file,
            story: &story.title,
            letters: letters.collect(),
            looks: played.looks.len(),
            expectations: story.expectations.len(),
            unmet,
        }
    }
}
