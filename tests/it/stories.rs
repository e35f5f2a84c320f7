//! Launches as stories: what the pages said, and what the author must hear. See
//! `docs/stories.md` for the format.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pubwatch::commands::replay::read;
use pubwatch::story::play::play;

fn stories_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    files
}

/// Plays the stories, and fails with every letter of each that went otherwise.
#[track_caller]
fn check(files: &[PathBuf]) {
    let mut wrong = String::new();
    for file in files {
        let story = read(file).unwrap_or_else(|error| panic!("{error:#}"));
        assert!(
            !story.expectations.is_empty(),
            "{} expects nothing",
            file.display()
        );
        let played = play(&story).unwrap();
        let unmet = story.unmet(&played.sent);
        if unmet.is_empty() {
            continue;
        }
        writeln!(wrong, "\n{}: {}", file.display(), story.title).unwrap();
        for letter in &played.sent {
            writeln!(wrong, "  {}", letter.line()).unwrap();
        }
        for words in unmet {
            write!(wrong, "  FAIL {words}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn own(beginning: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/stories");
    let mut files = stories_in(&folder);
    files.retain(|file| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.starts_with(beginning)
    });
    assert!(!files.is_empty(), "there is no story {beginning}*");
    files
}

#[test]
fn the_cases_of_the_founding_comments_are_heard_as_they_should_be() {
    check(&own("a"));
}

#[test]
fn every_failure_that_a_page_can_show_is_told_in_time() {
    check(&own("f"));
}

#[test]
fn what_is_no_failure_is_met_with_calm() {
    check(&own("c"));
}

#[test]
fn what_is_true_of_several_formats_of_a_book_is_one_letter() {
    check(&own("d"));
}

#[test]
fn what_is_usual_is_not_told_and_what_is_not_is_told_once() {
    check(&own("g"));
}

#[test]
fn what_nobody_could_see_is_not_spoken_of_as_what_is() {
    check(&own("h"));
}

#[test]
fn what_stands_is_never_over_and_what_is_over_is_told() {
    check(&own("i"));
}

#[test]
fn what_nobody_saw_mended_is_not_over_and_a_new_date_has_its_own_report() {
    check(&own("j"));
}

#[test]
fn a_book_without_an_isbn_is_heard_of_as_any_other() {
    check(&own("k"));
}

#[test]
fn there_are_at_least_forty_stories_of_our_own() {
    assert!(40 <= own("").len());
}

fn shared() -> Vec<PathBuf> {
    let folder = std::env::var_os("PUBWATCH_STORIES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/stories"),
        PathBuf::from,
    );
    let files = stories_in(&folder);
    assert!(
        !files.is_empty(),
        "there are no stories in {}",
        folder.display()
    );
    files
}

#[test]
#[ignore = "needs the shared stories: ../shared/stories or PUBWATCH_STORIES"]
fn the_shared_stories_are_met() {
    check(&shared());
}

/// Of each kind of letter, by the word that its subject begins with: the lines of each, and how
/// many subjects have more than 60 characters.
fn lengths(files: &[PathBuf], address: Option<&str>) -> BTreeMap<String, (Vec<usize>, usize)> {
    let mut kinds: BTreeMap<String, (Vec<usize>, usize)> = BTreeMap::new();
    for file in files {
        let mut story = read(file).unwrap();
        story.plan.web.address = address.map(|address| address.parse().unwrap());
        for letter in play(&story).unwrap().sent {
            let (kind, _) = letter.subject.split_once(':').unwrap();
            let (lines, long) = kinds.entry(kind.to_owned()).or_default();
            lines.push(letter.text.lines().count());
            if 60 < letter.subject.chars().count() {
                *long += 1;
                println!("{}", letter.subject);
            }
        }
    }
    kinds
}

#[test]
#[ignore = "needs the shared stories, and prints how long their letters are"]
fn letters_of_the_shared_stories_are_as_long_as_a_phone_bears() {
    let files = shared();
    for address in [None, Some("https://books.example.com")] {
        println!("\n{} stories, page at {address:?}", files.len());
        println!("| kind | letters | lines: median | longest | subjects over 60 |");
        let (mut of_all, mut all_long) = (0, 0);
        for (kind, (mut lines, long)) in lengths(&files, address) {
            lines.sort_unstable();
            let (median, longest) = (lines[lines.len() / 2], lines[lines.len() - 1]);
            println!(
                "| {kind} | {} | {median} | {longest} | {long} |",
                lines.len()
            );
            (of_all, all_long) = (of_all + lines.len(), all_long + long);
            let is_act = kind.starts_with("Act");
            assert!(!is_act || longest <= 60, "{kind}: {longest}");
        }
        assert!(
            all_long * 10 <= of_all,
            "{all_long} of {of_all} subjects are long"
        );
    }
}
