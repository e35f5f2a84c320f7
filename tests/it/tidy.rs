//! What a reviewer would have to look for by hand: the invariants of ARCHITECTURE.md, held by
//! reading the sources.

use std::fs;
use std::path::{Path, PathBuf};

/// The stages, in the order in which data flows. A stage never names a later one.
const STAGES: &[&str] = &[
    "say", "book", "text", "config", "schedule", "fetch", "page", "stores", "history", "judge",
    "alerts", "mail", "round", "setup", "web", "service", "terminal", "demo", "story", "commands",
    "cli",
];

/// The stages that run others: they may touch the outside.
const RUNS: &[&str] = &[
    "round", "setup", "service", "terminal", "demo", "story", "commands", "cli",
];

/// A word that means input or output, and the names of the files that may say it.
const IO_WORDS: &[(&str, &[&str])] = &[
    ("reqwest::", &["http.rs", "explain.rs"]),
    ("rusqlite::", &["sqlite.rs", "migrate.rs", "deliver.rs"]),
    ("lettre::transport", &["smtp.rs"]),
    ("AsyncSmtpTransport", &["smtp.rs"]),
    ("std::fs", &["files.rs", "sqlite.rs", "migrate.rs"]),
    ("std::env", &["files.rs"]),
    ("std::process::Command", &["files.rs"]),
    (
        "tokio::",
        &[
            "http.rs",
            "command.rs",
            "creators_http.rs",
            "short_link.rs",
            "smtp.rs",
            "deliver.rs",
            "server.rs",
            "clock.rs",
        ],
    ),
    (
        "async fn",
        &[
            "http.rs",
            "command.rs",
            "creators_http.rs",
            "short_link.rs",
            "smtp.rs",
            "deliver.rs",
            "server.rs",
            "clock.rs",
        ],
    ),
    ("Timestamp::now", &["clock.rs"]),
    ("Zoned::now", &["clock.rs"]),
    ("SystemTime::now", &["clock.rs"]),
    ("Instant::now", &["clock.rs"]),
];

/// Lines a file may have, tests included. "Not much over 400" of the design, with some room.
const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The files that are not for tests only.
fn code_files(folder: &Path) -> Vec<PathBuf> {
    const TESTS: &[&str] = &["tests.rs", "script.rs"];
    let mut files = rust_files(folder);
    files.retain(|path| TESTS.iter().all(|name| !path.ends_with(name)));
    files
}

/// The lines of code, to the end of the file: no comments, and no item that is for tests only.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // Where an item for tests begins, and then until it ends at the left margin.
    let (mut begins, mut inside) = (false, false);
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(move |(_, line)| {
            if inside {
                inside = !line.starts_with('}');
                return false;
            }
            if line.starts_with("#[cfg(test)]") {
                begins = true;
                return false;
            }
            if begins {
                let is_attribute = line.starts_with("#[");
                begins = is_attribute;
                inside = !is_attribute && line.ends_with('{');
                return false;
            }
            true
        })
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn the_lines_after_a_test_module_are_read() {
    let text = "#[cfg(test)]\nmod tests;\nuse a;\n#[cfg(test)]\nmod more {\n    x\n}\nfn b() {}\n";
    let found: Vec<&str> = code_lines(text).map(|(_, line)| line).collect();
    assert_eq!(found, ["use a;", "fn b() {}"]);
}

/// The part of a path below `src/`, as `mail/letter.rs`.
fn below_src(path: &Path) -> String {
    path.strip_prefix(root().join("src"))
        .unwrap()
        .to_string_lossy()
        .replace('\\', "/")
}

fn names_module(line: &str, module: &str) -> bool {
    line.match_indices(&format!("crate::{module}"))
        .any(|(at, found)| {
            !line[at + found.len()..]
                .starts_with(|next: char| next.is_alphanumeric() || next == '_')
        })
}

/// A file may do what its own name, or that of a folder it lies in, says: `sqlite.rs` and
/// everything in `sqlite/`.
fn may_say(name: &str, allowed: &[&str]) -> bool {
    name.split('/').any(|part| {
        allowed
            .iter()
            .any(|file| part == *file || Some(part) == file.strip_suffix(".rs"))
    })
}

#[track_caller]
fn report(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn no_stage_names_a_later_stage() {
    let mut problems = Vec::new();
    for path in code_files(&root().join("src")) {
        let name = below_src(&path);
        let Some(own) = STAGES
            .iter()
            .position(|stage| name.starts_with(&format!("{stage}/")))
        else {
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            for later in &STAGES[own + 1..] {
                if names_module(line, later) {
                    problems.push(format!(
                        "src/{name}:{number} names the later stage `{later}`"
                    ));
                }
            }
        }
    }
    report(&problems);
}

#[test]
fn only_the_files_named_for_it_touch_the_outside() {
    let mut problems = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = below_src(&path);
        // What runs the stages may do as it likes; a stage may not.
        if !STAGES
            .iter()
            .filter(|stage| !RUNS.contains(stage))
            .any(|stage| name.starts_with(&format!("{stage}/")))
        {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            for (word, allowed) in IO_WORDS {
                if line.contains(word) && !may_say(&name, allowed) {
                    problems.push(format!(
                        "src/{name}:{number} says `{word}`, which belongs in {}",
                        allowed.join(" or ")
                    ));
                }
            }
        }
    }
    report(&problems);
}

#[test]
fn only_the_clock_reads_the_clock_and_only_the_fetcher_makes_clients() {
    let mut problems = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = below_src(&path);
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            let clock = [
                "Timestamp::now",
                "Zoned::now",
                "SystemTime::now",
                "Instant::now",
            ];
            if name != "clock.rs" && clock.iter().any(|word| line.contains(word)) {
                problems.push(format!("src/{name}:{number} reads the clock"));
            }
            if !name.ends_with("/http.rs") && line.contains("Client::builder") {
                problems.push(format!("src/{name}:{number} makes an HTTP client"));
            }
        }
    }
    report(&problems);
}

#[test]
fn commands_load_the_configuration_with_everything_that_is_checked() {
    let mut problems = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = below_src(&path);
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            let by_hand = ["config::load", "files::load", "files::checked"];
            let is_by_hand = by_hand.iter().any(|word| line.contains(word));
            let allowed = ["setup/loading.rs", "config/mod.rs"];
            if is_by_hand && !allowed.contains(&name.as_str()) {
                problems.push(format!(
                    "src/{name}:{number} loads a configuration without the checks of its words; \
                     use `setup::loading`"
                ));
            }
        }
    }
    report(&problems);
}

#[test]
fn no_file_is_too_long_to_be_one_thing() {
    let mut problems = Vec::new();
    for folder in ["src", "tests", "benches", "fuzz/fuzz_targets", "examples"] {
        for path in rust_files(&root().join(folder)) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            if lines > LONGEST_FILE {
                problems.push(format!("{} has {lines} lines", path.display()));
            }
        }
    }
    report(&problems);
}

#[test]
fn the_map_of_the_code_fits_two_printed_pages() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let words = map.split_whitespace().count();
    assert!(words <= 1_100, "ARCHITECTURE.md has {words} words");
}

#[test]
fn nothing_is_left_unfinished_or_silenced() {
    let mut problems = Vec::new();
    // Written apart, so that this file does not find itself.
    let words = [
        ["todo", "!("],
        ["unimplemented", "!("],
        ["dbg", "!("],
        ["#[allow", "("],
    ];
    for folder in ["src", "tests"] {
        for path in rust_files(&root().join(folder)) {
            for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
                if words.iter().any(|word| line.contains(&word.concat())) {
                    problems.push(format!("{}:{}: {line}", path.display(), number + 1));
                }
            }
        }
    }
    report(&problems);
}

#[test]
fn every_statement_file_is_used() {
    let sources: String = rust_files(&root().join("src"))
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sql") {
                let name = path.file_name().unwrap().to_str().unwrap();
                assert!(
                    sources.contains(name),
                    "{} is used by nobody",
                    path.display()
                );
            }
        }
    }
}

/// All Rust of some folders, as one text.
fn all_rust(folders: &[&str]) -> String {
    let files = folders.iter().flat_map(|one| rust_files(&root().join(one)));
    files
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn every_dependency_is_used_where_it_is_named() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let (product, all) = (
        all_rust(&["src"]),
        all_rust(&["src", "tests", "examples", "benches"]),
    );
    for (list, code) in [("dependencies", &product), ("dev-dependencies", &all)] {
        for name in manifest[list].as_table().unwrap().keys() {
            let name = name.replace('-', "_");
            let used = [format!("{name}::"), format!("use {name};")];
            assert!(
                used.iter().any(|words| code.contains(words)),
                "[{list}] has {name}, which nothing names"
            );
        }
    }
}

/// Every file of some folders.
fn all_files(folders: &[&str]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = folders.iter().map(|one| root().join(one)).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let kept = if path.is_dir() {
                &mut folders
            } else {
                &mut files
            };
            kept.push(path);
        }
    }
    files
}

#[test]
fn every_snapshot_belongs_to_a_test_or_a_fixture() {
    let code = all_rust(&["src", "tests"]);
    let (snapshots, others): (Vec<PathBuf>, Vec<PathBuf>) =
        all_files(&["src", "tests", "fixtures"])
            .into_iter()
            .partition(|path| path.extension().is_some_and(|end| end == "snap"));
    let fixtures: Vec<&str> = others
        .iter()
        .filter_map(|path| path.file_name()?.to_str()?.split('.').next())
        .collect();
    assert!(snapshots.len() > 50, "{}", snapshots.len());
    for path in snapshots {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let name = name.rsplit("__").next().unwrap();
        let name = name.rsplit('@').next().unwrap();
        let name = name.split('.').next().unwrap();
        // The second snapshot of a test has a number.
        let numbered = name.rsplit_once('-');
        let of_test = match numbered {
            Some((test, number)) if number.parse::<u32>().is_ok() => test,
            Some(_) | None => name,
        };
        let is_known = code.contains(&format!("fn {of_test}("))
            || code.contains(&format!("\"{name}\""))
            || fixtures.contains(&name);
        assert!(is_known, "{} belongs to nothing", path.display());
    }
}

/// Where a date of the configuration may be read as it is written: where the file is read and
/// written, and where its changes are noted.
const MAY_READ_DATES: &[&str] = &[
    "book/launch.rs",
    "config/",
    "commands/add.rs",
    "commands/config.rs",
    "commands/import.rs",
    "commands/note.rs",
    "history/sqlite/moved.rs",
    "mail/example/",
];

#[test]
fn nothing_but_the_launch_reads_a_configured_date() {
    let mut problems = Vec::new();
    for path in code_files(&root().join("src")) {
        let name = below_src(&path);
        if MAY_READ_DATES.iter().any(|one| name.starts_with(one)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            if line.contains(".as_written()") {
                problems.push(format!("src/{name}:{number} reads a configured date"));
            }
        }
    }
    report(&problems);
}

/// The ends of expressions that hold the words of a finding, or its name.
const WORDS_OF_FINDINGS: &[&str] = &[
    "headline",
    "verdict",
    ".step",
    "said.step",
    "kind.name()",
    "cause.name()",
    ".rule",
];

#[test]
fn nothing_decides_by_the_words_or_the_name_of_a_finding() {
    let mut problems = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = below_src(&path);
        // Reading has rules of its own, by whose name a fixture says which one spoke.
        let reads = ["page/", "stores/", "fetch/", "round/look.rs"];
        if reads.iter().any(|stage| name.starts_with(stage)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in code_lines(&text) {
            for words in WORDS_OF_FINDINGS {
                let cuts = [
                    ".starts_with(",
                    ".contains(",
                    ".replace(",
                    ".ends_with(",
                    " == \"",
                    " != \"",
                ]
                .iter()
                .any(|cut| line.contains(&format!("{words}{cut}")));
                if cuts {
                    problems.push(format!("src/{name}:{number} looks into `{words}`"));
                }
            }
        }
    }
    report(&problems);
}
