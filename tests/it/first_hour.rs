//! The commands of the first hour, as a person types them: the built program, a real folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use pubwatch::book::StoreId;
use pubwatch::db::Db;
use pubwatch::history::{ListingId, Observation, Source, sqlite};
use pubwatch::page::{Reading, Unread, UnreadReason};
use quick_xml::events::Event;

use crate::home::Home;

#[test]
fn from_nothing_to_a_book_in_the_configuration() {
    let home = Home::with_configuration();
    let said = home.ok(&[
        "add",
        "978-1-944098-11-7",
        "--title",
        "Salt Roads",
        "--date",
        "2027-02-09",
        "--enabled",
        "2026-11-20",
        "--no-look",
    ]);
    assert!(
        said.contains("https://www.amazon.com/dp/1944098119"),
        "{said}"
    );
    assert!(
        said.contains("https://bookshop.org/book/9781944098117"),
        "{said}"
    );
    home.ok(&["config", "check"]);

    let before = home.config();
    let said = home.ends(
        5,
        &[
            "add",
            "9781944098117",
            "--title",
            "X",
            "--date",
            "2027-02-09",
            "--no-look",
        ],
    );
    assert!(said.contains("is there already"), "{said}");
    assert_eq!(home.config(), before);

    let said = home.ok(&["edit", "salt", "--date", "2027-03-09"]);
    assert!(said.contains("+ publication_date = 2027-03-09"), "{said}");
    assert_eq!(home.config(), before.replace("2027-02-09", "2027-03-09"));

    home.ends(5, &["remove", "salt"]);
    home.ok(&["remove", "salt", "--yes"]);
    assert!(!home.config().contains("9781944098117"));
}

#[test]
fn a_second_init_and_a_wrong_edit_leave_the_file_as_it_is() {
    let home = Home::with_configuration();
    home.ok(&[
        "add",
        "9781944098117",
        "--title",
        "Salt Roads",
        "--date",
        "2027-02-09",
        "--no-look",
    ]);
    let before = home.config();
    let said = home.ends(5, &["init", "--name", "X", "--email", "x@example.com"]);
    assert!(said.contains("is not written over"), "{said}");
    let said = home.ends(5, &["edit", "salt", "--store", "nowhere.example"]);
    assert!(said.contains("nowhere.example"), "{said}");
    let said = home.ends(5, &["edit", "salt", "--unset", "title"]);
    assert!(said.contains("cannot be taken out"), "{said}");
    assert_eq!(home.config(), before);
    let drafts = fs::read_dir(home.0.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".part")
    });
    assert_eq!(drafts.count(), 0);
}

/// Records five looks at a listing that were turned away.
fn look_five_times(database: &Path) {
    let db = Db::open(database).unwrap();
    for hour in 0..5 {
        let observation = Observation {
            listing: ListingId {
                edition: "9781944098117".parse().unwrap(),
                store: StoreId::new("amazon.com"),
            },
            at: format!("2026-12-01T0{hour}:00:00Z").parse().unwrap(),
            source: Source::Http,
            reading: Reading::Unread(Unread {
                reason: UnreadReason::Blocked,
                rule: "refusal/captcha".to_owned(),
                words: "a wall".to_owned(),
            }),
        };
        db.write(|transaction| {
            sqlite::record(
                transaction,
                &observation,
                jiff::SignedDuration::from_hours(6),
            )
        })
        .unwrap();
    }
}

#[test]
fn what_was_seen_is_exported_and_moves_to_another_machine_by_backup() {
    let home = Home::with_configuration();
    home.ok(&[
        "add",
        "9781944098117",
        "--title",
        "Salt Roads",
        "--date",
        "2027-02-09",
        "--no-look",
    ]);
    home.ok(&["status"]);
    look_five_times(&home.path("data/pubwatch.db"));

    home.ok(&["backup", "copy.db"]);
    home.ends(5, &["backup", "copy.db"]);
    let lines = home.ok(&["export", "--all"]);
    assert_eq!(lines.matches("{\"observation\"").count(), 5, "{lines}");
    home.ok(&["export", "--all", "--output", "all.jsonl"]);

    let moved = Home::with_configuration();
    fs::copy(home.path("copy.db"), moved.path("copy.db")).unwrap();
    moved.ok(&["status"]);
    let seen = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with("{\"observation\""))
            .map(str::to_owned)
            .collect()
    };
    moved.ends(5, &["restore", "copy.db"]);
    let said = moved.ok(&["restore", "copy.db", "--yes"]);
    assert!(said.contains("before-restore-"), "{said}");
    assert_eq!(seen(&moved.ok(&["export", "--all"])), seen(&lines));
    assert_eq!(fs::read_to_string(home.path("all.jsonl")).unwrap(), lines);
}

#[test]
fn the_program_makes_its_man_pages_completions_and_service_files() {
    let home = Home::new();
    home.ok(&["man", "man"]);
    let page = fs::read_to_string(home.path("man/pubwatch-doctor.1")).unwrap();
    assert!(page.contains("pubwatch\\-doctor"), "{page}");
    assert!(Path::new(&home.path("man/pubwatch.1")).exists());
    for shell in ["bash", "zsh", "fish"] {
        let script = home.ok(&["completions", shell]);
        assert!(script.contains("doctor"), "{shell}");
    }
    for kind in ["system", "user", "timer", "launchd", "cron"] {
        let text = home.ok(&["service", "print", kind]);
        assert!(text.contains("pubwatch.toml"), "{kind}: {text}");
    }
}

#[test]
fn the_units_of_systemd_are_well_formed() {
    let home = Home::new();
    let verify = Command::new("systemd-analyze").arg("--version").output();
    if !verify.is_ok_and(|output| output.status.success()) {
        println!("not run: systemd-analyze is not installed");
        return;
    }
    for kind in ["system", "user"] {
        let unit = home.path("pubwatch.service");
        fs::write(&unit, home.ok(&["service", "print", kind])).unwrap();
        let output = Command::new("systemd-analyze")
            .args(["verify", "--man=no", "--recursive-errors=no"])
            .arg(&unit)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let ours: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("pubwatch.service:"))
            .collect();
        assert!(ours.is_empty(), "{kind}: {said}");
    }
}

#[test]
fn the_agent_for_macos_is_a_well_formed_property_list() {
    let home = Home::new();
    let text = home.ok(&["service", "print", "launchd"]);
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut open, mut words, mut elements) = (0, Vec::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Start(tag) = &event {
            open += 1;
            elements.push(tag.name().into_inner().to_owned());
        } else if let Event::Text(text) = &event {
            let text: &str = text.as_ref();
            words.push(text.to_owned());
        } else if matches!(event, Event::End(_)) {
            open -= 1;
        } else if matches!(event, Event::Eof) {
            break;
        }
    }
    assert_eq!(open, 0, "{text}");
    assert_eq!(elements[0], "plist");
    // A dictionary has a value for each key.
    for key in ["Label", "ProgramArguments", "KeepAlive", "ThrottleInterval"] {
        assert!(words.iter().any(|word| word == key), "{key}: {text}");
    }
    assert!(words.iter().any(|word| word.ends_with("/pubwatch")));
    assert!(words.iter().any(|word| word == "run"), "{text}");
}

#[test]
fn the_litestream_configuration_of_the_docs_names_the_database_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_to_string(root.join("docs/backup.md")).unwrap();
    let (_, rest) = docs.split_once("```yaml\n").unwrap();
    let (yaml, _) = rest.split_once("```").unwrap();
    // As much of YAML as it uses: indented by twos, no tabs, `key: value`.
    let lines: Vec<&str> = yaml.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines[0], "dbs:");
    for line in &lines[1..] {
        let indent = line.len() - line.trim_start().len();
        assert!(indent % 2 == 0 && 0 < indent, "{line}");
        let (key, _) = line
            .trim_start()
            .trim_start_matches("- ")
            .split_once(':')
            .unwrap();
        assert!(
            ["path", "replicas", "type", "retention"].contains(&key),
            "{line}"
        );
    }
    assert!(lines[1].ends_with("/pubwatch.db"), "{}", lines[1]);
    // What it copies is the write-ahead log.
    let home = Home::with_configuration();
    home.ok(&["status"]);
    let database = rusqlite::Connection::open(home.path("data/pubwatch.db")).unwrap();
    let mode: String = database
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
}
