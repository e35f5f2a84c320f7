//! Every command as a person types it: its help, a happy path, and the errors one can cause. The
//! cases are data, under `tests/it/cmd/`; `TRYCMD=overwrite` writes them anew, to be read
//! before they are committed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::CommandFactory as _;
use pubwatch::book::StoreId;
use pubwatch::cli::Cli;
use pubwatch::clock::Clock;
use pubwatch::demo::pages::{Book, Offer, bot_check, missing, product};
use pubwatch::demo::street::{Asked, Shown, Street};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cmd")
}

/// The cases, run with the built program in an environment in which nothing depends on the
/// machine. Without a number of columns, its output goes into a pipe of no width.
fn cases(home: &Path, config: &str, columns: &str) -> trycmd::TestCases {
    let cases = trycmd::TestCases::new();
    cases
        .default_bin_path(env!("CARGO_BIN_EXE_pubwatch"))
        .register_bin("pubwatch", PathBuf::from(env!("CARGO_BIN_EXE_pubwatch")))
        .env("HOME", home.display().to_string())
        .env("PUBWATCH_CONFIG", config)
        .env("TZ", "UTC")
        .env("COLUMNS", columns)
        .env("NO_COLOR", "1")
        .env("http_proxy", "")
        .env("https_proxy", "");
    cases
}

#[test]
fn every_command_does_what_its_case_says() {
    let home = tempfile::tempdir().unwrap();
    cases(home.path(), "pubwatch.toml", "")
        .case("tests/it/cmd/help/*.trycmd")
        .case("tests/it/cmd/*.trycmd")
        .case("tests/it/cmd/*.toml")
        .run();
}

#[test]
fn at_eighty_and_at_a_hundred_and_twenty_columns_the_output_is_laid_out_for_them() {
    for columns in ["80", "120"] {
        let home = tempfile::tempdir().unwrap();
        cases(home.path(), "pubwatch.toml", columns)
            .case(format!("tests/it/cmd/columns/{columns}.trycmd"))
            .run();
    }
}

/// What the program prints, to where it prints results, in a folder and in so many columns.
fn printed(house: &Path, arguments: &[&str], columns: &str) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_pubwatch"))
        .args(arguments)
        .env("PUBWATCH_CONFIG", "pubwatch.toml")
        .env("COLUMNS", columns)
        .env("NO_COLOR", "1")
        .current_dir(house)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn no_line_is_wider_than_its_columns_and_no_word_is_broken() {
    let house = tempfile::tempdir().unwrap();
    let here = house.path();
    let title = "An Exceptionally Long Title that No Cover Could Ever Bear in One Single Line";
    let editions: Vec<String> = (0..9)
        .map(|number| {
            let digits = format!("97819440981{number}");
            let sum: u32 = digits
                .chars()
                .zip([1, 3].into_iter().cycle())
                .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
                .sum();
            let isbn = format!("{digits}{}", (10 - sum % 10) % 10);
            format!(
                "[[edition]]\ntitle = \"{title} {number}\"\nisbn = \"{isbn}\"\n\
                 publication_date = 2035-02-13\ndistribution_enabled = 2026-11-02\n\
                 stores = [\"amazon.com\", \"barnesandnoble.com\", \"bookshop.org\"]\n"
            )
        })
        .collect();
    let head = "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\n\
                timezone = \"America/New_York\"\n[data]\nfolder = \"data\"\n";
    fs::write(
        here.join("pubwatch.toml"),
        format!("{head}{}", editions.concat()),
    )
    .unwrap();
    // A demo takes its time: it is told once, and the transcripts have the other widths.
    let mut wrong = wide_lines(
        &printed(here, &["demo", "--exit", "--data", "data"], "100"),
        100,
    );
    for arguments in LAID_OUT {
        let whole = printed(here, arguments, "");
        let whole: BTreeSet<&str> = whole.split_whitespace().collect();
        for columns in [80, 100, 120] {
            let text = printed(here, arguments, &columns.to_string());
            wrong.extend(wide_lines(&text, columns));
            let parts = text.split_whitespace().filter(|word| {
                !whole.contains(word) && !whole.contains(word.trim_end_matches(':'))
            });
            wrong.extend(
                parts.map(|part| format!("{arguments:?} at {columns}: “{part}” is a part")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The lines that are too wide although they have a blank at which they could be broken.
fn wide_lines(text: &str, columns: usize) -> Vec<String> {
    let wide = text
        .lines()
        .filter(|line| columns < line.chars().count() && line.trim().contains(' '));
    wide.map(|line| format!("too wide for {columns}: {line}"))
        .collect()
}

/// What is laid out for its columns, besides the demo.
const LAID_OUT: &[&[&str]] = &[
    &["--help"],
    &["status", "--help"],
    &["status"],
    &["history"],
    &["history", "--looks"],
    &["calendar"],
    &["calendar", "--ahead"],
    &["windows"],
    &["outbox", "list"],
    &["config", "check"],
];

const STORES: [&str; 3] = ["amazon.com", "barnesandnoble.com", "bookshop.org"];

/// Three shops on loopback, of which each says something else.
async fn shops() -> Street {
    let book = Book {
        title: "Salt Roads".to_owned(),
        author: "Jane Roe".to_owned(),
        publisher: "Saltmarsh Press".to_owned(),
        isbn: "978-1-944098-11-7".parse().unwrap(),
        price: "$16.99".to_owned(),
        publication_date: jiff::civil::date(2035, 2, 13),
    };
    let keeper = move |asked: &Asked| match (asked.store.as_str(), asked.path.as_str()) {
        (_, "/robots.txt") => Shown::text(""),
        ("amazon.com", _) => Shown::page(200, bot_check()),
        ("bookshop.org", _) => {
            Shown::page(200, product(asked.store.family(), &book, Offer::PreOrder))
        }
        _ => Shown::page(404, missing()),
    };
    let stores = STORES.map(StoreId::new);
    Street::serve(Clock::System, &stores, Arc::new(keeper))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_against_shops_on_loopback_is_told_as_its_case_says() {
    let street = shops().await;
    let home = tempfile::tempdir().unwrap();
    let bases = street.shops().iter();
    let bases =
        bases.map(|(store, base)| format!("[[store]]\nname = \"{store}\"\nbase = \"{base}\"\n"));
    let text = format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n[politeness]\npause = \"0s\"\njitter = \"0s\"\n{}\
         [[edition]]\ntitle = \"Salt Roads\"\nisbn = \"9781944098117\"\n\
         publication_date = 2035-02-13\ndistribution_enabled = 2026-11-02\n\
         stores = [\"{}\"]\n",
        bases.collect::<String>(),
        STORES.join("\", \"")
    );
    let config = home.path().join("pubwatch.toml");
    fs::write(&config, text).unwrap();
    tokio::task::spawn_blocking(move || {
        cases(home.path(), &config.display().to_string(), "")
            .case("tests/it/cmd/network/*.trycmd")
            .insert_var("[HOME]", home.path().display().to_string())
            .unwrap()
            .run();
    })
    .await
    .unwrap();
}

/// Every command that opens the database, with what it needs besides.
const ON_THE_DATABASE: &[&[&str]] = &[
    &["calendar", "roads"],
    &["check"],
    &["evidence", "roads"],
    &["export", "--all"],
    &["history"],
    &["look", "roads", "bookshop.org", "page.html"],
    &["note", "roads"],
    &["outbox", "list"],
    &["pause"],
    &["report", "roads"],
    &["run"],
    &["share"],
    &["status"],
    &["windows"],
];

#[test]
fn a_database_that_is_not_ours_or_older_or_newer_than_we_is_left_alone_by_every_command() {
    let house = folder().join("house");
    let home = tempfile::tempdir().unwrap();
    for name in ["pubwatch.toml", "page.html"] {
        fs::copy(house.join(name), home.path().join(name)).unwrap();
    }
    fs::create_dir(home.path().join("data")).unwrap();
    let file = home.path().join("data/pubwatch.db");
    let cases = [
        (
            "PRAGMA application_id = 7; CREATE TABLE x (y)",
            "this is a database of another program",
        ),
        (
            "ALTER TABLE outbox RENAME COLUMN body_text TO body; PRAGMA user_version = 11",
            "the database was made by an earlier build of Pubwatch",
        ),
        (
            "PRAGMA user_version = 9999",
            "install the version that wrote it, or a newer one",
        ),
    ];
    for (sql, words) in cases {
        if !words.contains("another program") {
            fs::remove_file(&file).unwrap();
            drop(pubwatch::db::Db::open(&file).unwrap());
        }
        let database = rusqlite::Connection::open(&file).unwrap();
        database.execute_batch(sql).unwrap();
        drop(database);
        let before = fs::read(&file).unwrap();
        for arguments in ON_THE_DATABASE {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_pubwatch"))
                .args(*arguments)
                .env("PUBWATCH_CONFIG", "pubwatch.toml")
                .current_dir(home.path())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(4), "{arguments:?}: {said}");
            assert!(said.contains(words), "{arguments:?}: {said}");
        }
        assert_eq!(fs::read(&file).unwrap(), before, "{words}: it was touched");
    }
}

#[test]
fn a_file_that_is_larger_than_any_page_is_not_read() {
    let home = tempfile::tempdir().unwrap();
    let large = fs::File::create(home.path().join("large.html")).unwrap();
    // A hole: it takes no room on the disk.
    large.set_len(1 << 30).unwrap();
    for (file, code, arguments) in [
        (
            "large.html",
            5,
            &["read", "large.html", "--store", "bookshop.org"][..],
        ),
        (
            "/dev/zero",
            5,
            &["read", "/dev/zero", "--store", "bookshop.org"],
        ),
        (
            "/dev/zero",
            3,
            &["config", "check", "--config", "/dev/zero"],
        ),
    ] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_pubwatch"))
            .args(arguments)
            .current_dir(home.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(file), "{said}");
        assert!(said.contains("it is larger than"), "{said}");
    }
}

/// The commands that the cases of a file call, as `outbox list`.
fn called(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix("$ pubwatch "))
        .map(|line| {
            let words = line.split(' ').take_while(|word| !word.starts_with('-'));
            words.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[test]
fn no_command_is_without_its_help_a_happy_path_and_an_error() {
    let mut missing = Vec::new();
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        let help = folder().join(format!("help/{name}.trycmd"));
        let case = folder().join(format!("{name}.trycmd"));
        if !help.exists() || !case.exists() {
            missing.push(format!(
                "{name} has no help/{name}.trycmd or no {name}.trycmd"
            ));
            continue;
        }
        let helped = called(&help);
        let tried = called(&case);
        for one in command.get_subcommands() {
            let whole = format!("{name} {}", one.get_name());
            if one.get_name() != "help" && !helped.contains(&whole) {
                missing.push(format!("the help of `{whole}` is in no case"));
            }
            let is_tried = tried.iter().any(|call| call.starts_with(&whole));
            if one.get_name() != "help" && !is_tried && !NOT_HERE.contains(&whole.as_str()) {
                missing.push(format!("`{whole}` is in no case"));
            }
        }
        let text = fs::read_to_string(&case).unwrap();
        // A step that ends well has no line with its exit code.
        let good = text.lines().filter(|line| line.starts_with("$ ")).count();
        let bad = text.lines().filter(|line| line.starts_with("? ")).count();
        if bad == 0 {
            missing.push(format!("`{name}` has no case that goes wrong"));
        }
        if good == bad && !NOT_HERE.contains(&name) {
            missing.push(format!("`{name}` has no case that goes well"));
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

/// What these cases cannot call: `run` does not end by itself (`service.rs` lives with it), the
/// password is asked on a terminal, and services are installed by `scripts/test-deb`.
const NOT_HERE: [&str; 5] = [
    "run",
    "password",
    "service install",
    "service status",
    "service remove",
];
