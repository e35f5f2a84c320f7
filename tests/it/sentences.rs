//! What is said stands in `src/say/en`, and nothing of it is without a use: held by reading the
//! sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pubwatch::judge::FindingKind;
use strum::VariantNames as _;

/// A message, or a part of one as `missing.verdict`.
#[derive(Default)]
struct Message {
    values: BTreeSet<String>,
    /// The messages that stand in it.
    holds: BTreeSet<String>,
    lines: usize,
}

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files
}

fn name(text: &str) -> &str {
    let is_in_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let end = text.find(|c| !is_in_name(c)).unwrap_or(text.len());
    &text[..end]
}

fn messages() -> BTreeMap<String, Message> {
    let mut all: BTreeMap<String, Message> = BTreeMap::new();
    for (_, text) in files("src/say/en", "ftl") {
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let begins = line.starts_with(|c: char| c.is_ascii_lowercase());
            if begins {
                name(line).clone_into(&mut current);
            } else if let Some(part) = line.strip_prefix("    .") {
                let whole = current.split('.').next().unwrap_or_default();
                current = format!("{whole}.{}", name(part));
            }
            let message = all.entry(current.clone()).or_default();
            message.lines += usize::from(!line.is_empty());
            for piece in line.split('{').skip(1) {
                let piece = piece.trim_start();
                match piece.strip_prefix('$') {
                    Some(value) => message.values.insert(name(value).to_owned()),
                    None if piece.starts_with('"') || piece.is_empty() => false,
                    None => message.holds.insert(name(piece).to_owned()),
                };
            }
        }
    }
    all.remove("");
    all
}

/// The values of a message and of those that stand in it.
fn values(all: &BTreeMap<String, Message>, id: &str) -> BTreeSet<String> {
    let message = all
        .get(id)
        .unwrap_or_else(|| panic!("no sentence has the name {id}"));
    let held = message.holds.iter().flat_map(|held| values(all, held));
    message.values.iter().cloned().chain(held).collect()
}

/// What stands between the parentheses of each `say!(…)`, split at its commas.
fn said(text: &str) -> Vec<Vec<String>> {
    calls(text, "say!(")
}

/// What stands between the parentheses of each call of a function, split at its commas.
fn calls(text: &str, function: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for call in text.split(function).skip(1) {
        let (mut depth, mut is_quoted, mut parts) = (0, false, vec![String::new()]);
        for character in call.chars() {
            match character {
                '"' => is_quoted = !is_quoted,
                '(' | '[' | '{' if !is_quoted => depth += 1,
                ')' | ']' | '}' if !is_quoted && depth == 0 => break,
                ')' | ']' | '}' if !is_quoted => depth -= 1,
                ',' if !is_quoted && depth == 0 => {
                    parts.push(String::new());
                    continue;
                }
                _ => {}
            }
            if let Some(part) = parts.last_mut() {
                part.push(character);
            }
        }
        let parts = parts.iter().map(|part| part.trim().to_owned());
        all.push(parts.filter(|part| !part.is_empty()).collect());
    }
    all
}

#[test]
fn what_is_said_has_its_sentence_and_the_values_that_stand_in_it() {
    let all = messages();
    let mut checked = 0;
    for (path, text) in files("src", "rs") {
        for parts in said(&text) {
            let Some(id) = parts[0].strip_prefix('"') else {
                continue;
            };
            let id = id.trim_end_matches('"');
            let given: BTreeSet<String> = parts[1..]
                .iter()
                .map(|part| name(part).to_owned())
                .collect();
            assert_eq!(given, values(&all, id), "{id} in {}", path.display());
            checked += 1;
        }
    }
    assert!(50 < checked, "{checked}");
}

#[test]
fn every_noun_that_is_counted_has_its_plural() {
    let all = messages();
    let mut checked = 0;
    for (path, text) in files("src", "rs") {
        let counted = ["words::count(", "counted("].map(|function| calls(&text, function));
        for parts in counted.iter().flatten() {
            let Some(noun) = parts.last().and_then(|last| last.strip_prefix('"')) else {
                continue;
            };
            let noun = noun.trim_end_matches('"').replace(' ', "-");
            let id = format!("count-{noun}");
            assert!(all.contains_key(&id), "{id} in {}", path.display());
            checked += 1;
        }
    }
    assert!(20 < checked, "{checked}");
}

#[test]
fn no_sentence_is_without_a_use() {
    let all = messages();
    let sources: String = files("src", "rs")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let templates: String = files("src", "html")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let held: BTreeSet<&String> = all.values().flat_map(|one| &one.holds).collect();
    let is_named = |id: &str| {
        let quoted = format!("\"{id}\"");
        sources.contains(&quoted) || templates.contains(&quoted)
    };
    // Names that are put together: of a state, a format, a noun that is counted.
    let families = ["state", "format", "severity", "so-many", "contact", "count"];
    let is_of_a_family = |id: &str| {
        families.iter().any(|family| {
            let rest = id
                .strip_prefix(family)
                .and_then(|rest| rest.strip_prefix('-'));
            rest.is_some_and(|rest| {
                is_named(rest) || is_named(&rest.replace('-', " ")) || FORMS.contains(&rest)
            })
        })
    };
    for id in all.keys() {
        let whole = id.split('.').next().unwrap_or_default();
        let used = is_named(id)
            || is_named(whole)
            || all
                .keys()
                .any(|part| part.starts_with(&format!("{id}.")) && is_named(part))
            || held.contains(id)
            || is_of_a_family(whole)
            || FindingKind::VARIANTS.contains(&whole);
        assert!(used, "nothing says {id}");
    }
}

/// What has no values is handed out as it stands in memory, which goes for one line only.
#[test]
fn words_without_values_are_on_one_line() {
    let all = messages();
    let sources = files("src", "rs").into_iter().chain(files("src", "html"));
    let text: String = sources.map(|(_, text)| text).collect();
    let named = text.split("fixed(\"").skip(1).map(name);
    let families = [
        "state-",
        "format-",
        "severity-",
        "contact-",
        "calendar-",
        "usual-",
    ];
    let derived = all.keys().map(String::as_str).filter(|id| {
        let part = id.split_once('.').map(|(_, part)| part);
        let is_told = matches!(part, Some("verdict" | "do"));
        families.iter().any(|family| id.starts_with(family)) && !is_told
    });
    let mut checked = 0;
    for id in named.chain(derived).filter(|id| !id.is_empty()) {
        let message = all.get(id);
        let message = message.unwrap_or_else(|| panic!("no words have the name {id}"));
        assert_eq!((message.lines, message.values.len()), (1, 0), "{id}");
        assert!(message.holds.is_empty(), "{id}");
        checked += 1;
    }
    assert!(80 < checked, "{checked}");
}

/// Names of states, formats and severities, which are derived from types.
const FORMS: &[&str] = &[
    "not_listed",
    "announced",
    "pre_order",
    "in_stock",
    "ships_later",
    "back_order",
    "third_party_only",
    "out_of_stock",
    "discontinued",
    "paperback",
    "hardcover",
    "ebook",
    "audiobook",
    "quiet",
    "good",
    "watch",
    "to-do",
    "act",
];

/// What several kinds say alike.
const SHARED: &[&str] = &["delayed", "launch-report"];

#[test]
fn the_sentences_of_findings_use_values_that_are_told_to_them() {
    let all = messages();
    let told: String = files("src/judge/text", "rs")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let kinds: Vec<&str> = all
        .keys()
        .filter_map(|id| id.strip_suffix(".headline"))
        .filter(|id| FindingKind::VARIANTS.contains(id) || SHARED.contains(id))
        .collect();
    assert!(30 < kinds.len(), "{kinds:?}");
    for id in all.keys() {
        let whole = id.split('.').next().unwrap_or_default();
        if kinds.contains(&whole) {
            for value in values(&all, id) {
                let named = format!("\"{value}\"");
                assert!(
                    told.contains(&named),
                    "{id} uses ${value}, and nothing tells it"
                );
            }
        }
    }
    // Each kind has a headline and a verdict.
    for kind in kinds {
        assert!(all.contains_key(&format!("{kind}.verdict")), "{kind}");
    }
}

#[test]
fn the_texts_to_send_use_values_that_are_told_to_them() {
    let all = messages();
    let mut told: String = files("src/mail/support", "rs")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    told.push_str(include_str!("../../src/mail/asked_together.rs"));
    let is_whole = |id: &&String| id.starts_with("ready-") && id.contains('.');
    let mut checked = 0;
    for id in all
        .keys()
        .filter(is_whole)
        .map(String::as_str)
        .chain(["ready-also"])
    {
        for value in values(&all, id) {
            let named = format!("\"{value}\"");
            assert!(
                told.contains(&named),
                "{id} uses ${value}, and nothing tells it"
            );
            checked += 1;
        }
    }
    assert!(60 < checked, "{checked}");
}

/// A mark that is left open would take the rest of its paragraph along.
#[test]
fn what_the_author_completes_ends_where_it_should() {
    let mut checked = 0;
    for (path, text) in files("src/say/en/ready", "ftl") {
        for message in text.split("\n\n").flat_map(|text| text.split("\n    .")) {
            let said = message.lines().filter(|line| !line.starts_with('#'));
            let marks: String = said
                .flat_map(str::chars)
                .filter(|one| ['⟦', '⟧'].contains(one))
                .collect();
            let many = marks.chars().count() / 2;
            assert_eq!(marks, "⟦⟧".repeat(many), "{}: {message}", path.display());
            checked += many;
        }
    }
    assert!(20 < checked, "{checked}");
}
