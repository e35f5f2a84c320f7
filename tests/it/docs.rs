//! The documentation is true as far as a machine can tell: every link leads somewhere, and every
//! shell block that is marked `runnable` runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::home::Home;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every page for people: `docs/`, and the pages beside it.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ] {
        pages.push(root().join(name));
    }
    pages.sort();
    pages
}

/// The text outside of code blocks and inline code.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            for (index, part) in line.split('`').enumerate() {
                // Every second part stands between two backticks.
                prose.push_str(if index % 2 == 0 { part } else { "code" });
            }
            prose.push('\n');
        }
    }
    prose
}

/// The targets of `[words](target)`.
fn links(text: &str) -> Vec<String> {
    prose(text)
        .match_indices("](")
        .filter_map(|(at, _)| {
            let rest = &prose(text)[at + 2..];
            rest.find(')').map(|end| rest[..end].to_owned())
        })
        .collect()
}

/// The names that headings can be linked by, as mdBook and the forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .chars()
                .filter_map(|one| match one {
                    ' ' | '-' => Some('-'),
                    one if one.is_alphanumeric() || one == '_' => Some(one.to_ascii_lowercase()),
                    _ => None,
                })
                .collect()
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match path {
                "" => page.clone(),
                path => page.parent().unwrap().join(path),
            };
            let is_there = match fs::read_to_string(&target) {
                Ok(text) => anchor.is_empty() || anchors(&text).contains(anchor),
                Err(_) => target.exists() && anchor.is_empty(),
            };
            if !is_there {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

/// The shell blocks of a page that are marked `runnable`.
fn runnable(text: &str) -> Vec<String> {
    let block = |rest: &str| {
        // A block within a list is indented as the list is.
        let block = rest.split("```").next().unwrap_or_default();
        let indent = rest.len() - rest.trim_start_matches(' ').len();
        let lines = block
            .lines()
            .map(|line| line.get(indent..).unwrap_or_default());
        format!("{}\n", lines.collect::<Vec<_>>().join("\n"))
    };
    text.split("```sh runnable\n").skip(1).map(block).collect()
}

#[test]
fn every_block_that_is_marked_runnable_runs() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let blocks = runnable(&text);
        if blocks.is_empty() {
            continue;
        }
        // One home for each page: its blocks follow each other, as a reader does.
        let home = Home::new();
        for block in blocks {
            let output = home.shell(&block);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{}:\n{block}{said}",
                page.display()
            );
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} blocks are marked");
}

#[test]
fn every_message_that_the_trouble_page_quotes_is_one_of_the_program() {
    let mut sources = String::new();
    let mut folders = vec![root().join("src"), root().join("config")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sources.push_str(&fs::read_to_string(path).unwrap_or_default());
            }
        }
    }
    let sources = joined(&sources);
    let trouble = fs::read_to_string(root().join("docs/trouble.md")).unwrap();
    let quoted = quoted(&trouble);
    assert!(quoted.len() > 15, "{quoted:?}");
    for words in quoted.iter().flatten() {
        // Dots stand for what differs from case to case.
        for part in words.split('…').map(str::trim) {
            let is_known = sources.contains(part) || NOT_OURS.contains(&part);
            assert!(is_known, "no message says “{part}”");
        }
    }
}

/// What clap, serde and the system say in our messages.
const NOT_OURS: [&str; 4] = [
    "error: invalid value",
    "unexpected argument",
    ": No such file or directory",
    ": File exists",
];

/// The messages that the headings of the trouble page quote, heading by heading.
fn quoted(trouble: &str) -> Vec<Vec<&str>> {
    let headings = trouble
        .lines()
        .filter_map(|line| line.strip_prefix("### “"));
    headings
        .map(|heading| {
            let messages = heading.split('“');
            messages
                .filter_map(|part| Some(part.split_once('”')?.0))
                .collect()
        })
        .collect()
}

/// Every message that the cases of the commands end with can be found on the trouble page.
#[test]
fn every_error_that_a_person_can_cause_is_on_the_trouble_page() {
    let trouble = fs::read_to_string(root().join("docs/trouble.md")).unwrap();
    let quoted = quoted(&trouble);
    let is_found = |message: &str| {
        quoted.iter().flatten().any(|words| {
            let mut rest = message;
            words.split('…').map(str::trim).all(|part| {
                let found = rest.split_once(part);
                rest = found.map_or("", |(_, after)| after);
                found.is_some()
            })
        })
    };
    let mut count = 0;
    let mut missing = Vec::new();
    for entry in fs::read_dir(root().join("tests/it/cmd")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|extension| extension != "trycmd")
        {
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            let own = line.strip_prefix("pubwatch: ");
            let Some(message) = own.or_else(|| line.starts_with("error: invalid").then_some(line))
            else {
                continue;
            };
            count += 1;
            if !is_found(message) {
                missing.push(format!("{}: {message}", path.display()));
            }
        }
    }
    assert!(count > 50, "only {count} messages in the cases");
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

/// Sources with the texts that run over several lines put together.
fn joined(sources: &str) -> String {
    let mut text = String::new();
    for line in sources.lines() {
        let line = line.trim_start();
        if let Some(start) = line.strip_suffix('\\') {
            text.push_str(start);
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Every call of the program that a page shows: in shell blocks, in texts of a terminal, and between
/// backticks.
fn calls(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut calls = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if is_code {
            let line = line.trim_start_matches("$ ");
            calls.extend(line.starts_with("pubwatch ").then(|| line.to_owned()));
        } else {
            let code = line.split('`').skip(1).step_by(2);
            calls.extend(
                code.filter(|code| code.starts_with("pubwatch "))
                    .map(str::to_owned),
            );
        }
    }
    calls
}

/// A line as a shell takes it apart, up to a comment, a pipe or the next command.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for one in line.chars() {
        match (quote, one) {
            (Some(open), one) if open == one => quote = None,
            (None, '"' | '\'') => {
                quote = Some(one);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, '#') if word.is_none() => break,
            (None, '|' | ';' | '&' | '>') => break,
            (_, one) => word.get_or_insert_default().push(one),
        }
    }
    words.extend(word);
    words
}

/// What stands for something that the reader fills in: `EDITION`, `…`, `DIR/CASE`.
fn is_placeholder(word: &str) -> bool {
    let is_capital = |one: char| one.is_ascii_uppercase() || "-/|._".contains(one);
    word.contains('…') || word.contains('[') || word.chars().all(is_capital)
}

/// What is wrong with a call, if something is. A call that is only named may lack what it needs.
fn fault(call: &str) -> Option<String> {
    use clap::CommandFactory as _;
    use clap::error::{ContextKind, ErrorKind};

    let words: Vec<String> = words(call);
    // `pubwatch doctor …` and `pubwatch outbox list [--json]` are more than one call.
    let words = words.into_iter().filter(|word| word != "…");
    let error = pubwatch::cli::Cli::command()
        .try_get_matches_from(words)
        .err()?;
    let kind = error.kind();
    let is_only_named = matches!(
        kind,
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
    );
    let is_of_a_value = matches!(kind, ErrorKind::InvalidValue | ErrorKind::ValueValidation);
    let value = error
        .get(ContextKind::InvalidValue)
        .map(ToString::to_string);
    let is_filled_in = value.is_some_and(|value| value.is_empty() || is_placeholder(&value));
    if is_only_named || is_of_a_value && is_filled_in {
        return None;
    }
    Some(format!("`{call}`: {}", error.to_string().lines().next()?))
}

#[test]
fn the_documentation_speaks_of_commands_and_flags_that_exist() {
    let mut count = 0;
    let mut faults = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for call in calls(&text) {
            count += 1;
            faults.extend(fault(&call).map(|fault| format!("{}: {fault}", page.display())));
        }
    }
    assert!(count > 150, "only {count} calls were found");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn a_call_that_is_wrong_is_found() {
    for wrong in [
        "pubwatch chekc",
        "pubwatch status --max-ages 12h",
        "pubwatch note \"Salt Roads\" kdp-burned",
        "pubwatch look a b --says maybe",
    ] {
        assert!(fault(wrong).is_some(), "{wrong}");
    }
    for right in [
        "pubwatch note",
        "pubwatch look ISBN STORE --says …",
        "pubwatch demo  # ten weeks",
        "pubwatch export --all | head",
    ] {
        assert_eq!(fault(right), None);
    }
}
