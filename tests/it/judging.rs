//! The table of faults and rules in `docs/dev/judging.md` is what happens: each row's story is
//! played, and must tell of the rule as the row says; and no rule is missing from the table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use pubwatch::commands::replay::read;
use pubwatch::judge::rules::calendar::{MILESTONES, MilestoneId};
use pubwatch::judge::{FindingKind, Severity};
use pubwatch::story::expect::Sent;
use pubwatch::story::play::play;
use strum::{VariantArray as _, VariantNames as _};

/// Kinds that are no trouble of a page: news, and the calendar, which has a table of its own.
const NO_TROUBLE: [&str; 8] = [
    "milestone",
    "calendar-dates-differ",
    "page-appeared",
    "released",
    "released-everywhere",
    "launch-report-24h",
    "launch-report-72h",
    "all-clear",
];

struct Row {
    rule: String,
    told_as: String,
    ask: String,
    story: String,
}

fn rows() -> Vec<Row> {
    let page = include_str!("../../docs/dev/judging.md");
    page.lines()
        .filter(|line| line.starts_with("| ") && line.ends_with(".toml |"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [_, rule, told_as, ask, story] = cells.as_slice() else {
                panic!("not five cells: {line}");
            };
            Row {
                rule: (*rule).to_owned(),
                told_as: (*told_as).to_owned(),
                ask: (*ask).to_owned(),
                story: (*story).to_owned(),
            }
        })
        .collect()
}

/// What stands in a letter that sends the author there, and in the ready text of that letter.
fn words_of(ask: &str) -> Vec<&'static str> {
    ask.split(", ")
        .filter(|part| !part.is_empty())
        .map(|part| match part {
            "IngramSpark" => "IngramSpark",
            "Draft2Digital" => "Draft2Digital",
            "KDP" => "KDP",
            "the distributor" => "your distributor",
            "the store" => "the page",
            "Barnes & Noble" => "Titles@bn.com",
            "nobody" => "pubwatch",
            "A" => "Please re-send",
            "B" => "not listed at",
            "C" => "Wrong publication date",
            "D" => "whether a review or a question about the rights is open",
            "E" => "hold all rights",
            "F" => "Please link the editions of",
            "G" => "such titles should always show an Add to Cart button",
            "H" => "Hello, I changed",
            other => panic!("nobody knows `{other}`"),
        })
        .collect()
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is wrong with a row, given the letters of its story.
fn wrong(row: &Row, sent: &[Sent]) -> Option<String> {
    let tells = |letter: &&Sent| letter.tells.iter().any(|told| told.rule == row.rule);
    let alarms = |letter: &&Sent| {
        let mut told = letter.tells.iter();
        told.any(|told| told.severity >= Severity::Watch && told.rule == row.rule)
    };
    match row.told_as.as_str() {
        "silent" => sent
            .iter()
            .find(alarms)
            .map(|letter| format!("it is told: {}", letter.line())),
        "digest" => {
            if let Some(letter) = sent.iter().find(tells) {
                return Some(format!("it is a letter: {}", letter.line()));
            }
            let is_in = sent
                .iter()
                .any(|letter| letter.is_digest && letter.subject.contains("to watch"));
            (!is_in).then(|| "no digest has anything to watch".to_owned())
        }
        severity => {
            let severity =
                Severity::from_name(severity).expect("act, to-do, watch, digest or silent");
            let letter = sent.iter().find(|letter| {
                let mut told = letter.tells.iter();
                told.any(|told| told.severity == severity && told.rule == row.rule)
            });
            let Some(letter) = letter else {
                return Some("no letter tells it".to_owned());
            };
            let text = plain(&format!("{} {}", letter.subject, letter.text));
            words_of(&row.ask)
                .into_iter()
                .find(|words| !text.contains(words))
                .map(|words| format!("its letter lacks \"{words}\": {}", letter.line()))
        }
    }
}

#[test]
fn every_row_of_the_table_is_what_its_story_tells() {
    let rows = rows();
    assert!(35 <= rows.len(), "the table has only {} rows", rows.len());
    let mut played: BTreeMap<&str, Vec<Sent>> = BTreeMap::new();
    let mut problems = String::new();
    for row in &rows {
        let sent = played.entry(&row.story).or_insert_with(|| {
            let file = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/it/stories")
                .join(&row.story);
            let story = read(&file).unwrap_or_else(|error| panic!("{error:#}"));
            play(&story).unwrap().sent
        });
        if let Some(problem) = wrong(row, sent) {
            writeln!(problems, "{} in {}: {problem}", row.rule, row.story).unwrap();
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn every_kind_of_trouble_is_in_the_table() {
    let rows = rows();
    let listed: BTreeSet<&str> = rows.iter().map(|row| row.rule.as_str()).collect();
    let kinds: BTreeSet<&str> = FindingKind::VARIANTS.iter().copied().collect();
    for name in NO_TROUBLE {
        assert!(kinds.contains(name), "no finding is called {name}");
    }
    let troubles: BTreeSet<&str> = kinds
        .into_iter()
        .filter(|name| !NO_TROUBLE.contains(name))
        .collect();
    let missing: Vec<_> = troubles.difference(&listed).collect();
    assert!(missing.is_empty(), "the table lacks {missing:?}");
    let unknown: Vec<_> = listed.difference(&troubles).collect();
    assert!(unknown.is_empty(), "no trouble is called {unknown:?}");
}

#[test]
fn every_day_of_the_calendar_that_reminds_is_in_its_table() {
    let page = include_str!("../../docs/dev/judging.md");
    let listed: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `calendar-"))
        .collect();
    let mut expected = Vec::new();
    for id in MilestoneId::VARIANTS {
        let milestone = id
            .milestone()
            .unwrap_or_else(|| panic!("{} is no milestone", id.name()));
        let name = id.name().strip_prefix("calendar-");
        let name = name.unwrap_or_else(|| panic!("{} is no calendar-…", id.name()));
        if milestone.reminds {
            expected.push(format!("{name}` | {} |", milestone.days_before));
        }
    }
    assert_eq!(MilestoneId::VARIANTS.len(), MILESTONES.len());
    assert_eq!(
        listed.len(),
        expected.len(),
        "{listed:?} is not {expected:?}"
    );
    for row in expected {
        let is_listed = listed.iter().any(|line| line.starts_with(&row));
        assert!(is_listed, "the table lacks | `calendar-{row}");
    }
}

#[test]
fn each_text_for_support_comes_of_a_story() {
    let rows = rows();
    let told: BTreeSet<&str> = rows.iter().flat_map(|row| row.ask.split(", ")).collect();
    for text in ["A", "B", "C", "D", "E", "F", "G", "H"] {
        assert!(told.contains(text), "no row of the table gives text {text}");
    }
}
