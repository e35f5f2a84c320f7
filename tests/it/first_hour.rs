//! The commands of the first hour, as a person types them: the built program, a real folder.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pubwatch::book::StoreId;
use pubwatch::db::Db;
use pubwatch::history::{ListingId, Observation, Source, sqlite};
use pubwatch::page::{Reading, Unread, UnreadReason};

/// A bare home folder.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A home with a configuration made by `init`.
    fn with_configuration() -> Self {
        let home = Self::new();
        home.ok(&[
            "init",
            "--name",
            "Jane Roe",
            "--email",
            "jane@example.com",
            "--timezone",
            "America/New_York",
            "--data",
            "data",
        ]);
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn config(&self) -> String {
        fs::read_to_string(self.path("pubwatch.toml")).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_pubwatch"))
            .args(arguments)
            .env_clear()
            .env("HOME", self.0.path())
            .env("PUBWATCH_CONFIG", self.path("pubwatch.toml"))
            .env("PATH", "/usr/bin:/bin")
            .current_dir(self.0.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }

    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        self.ends(0, arguments)
    }

    /// What it says on both outputs, when it ends as expected.
    #[track_caller]
    fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }
}

/// A valid ISBN-13 in 978 for a number.
fn isbn(number: u32) -> String {
    let core = format!("978194{number:06}");
    let sum: u32 = core
        .chars()
        .enumerate()
        .map(|(index, digit)| digit.to_digit(10).unwrap() * if index % 2 == 0 { 1 } else { 3 })
        .sum();
    format!("{core}{}", (10 - sum % 10) % 10)
}

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
    ]);
    let before = home.config();
    let said = home.ends(5, &["init", "--name", "X", "--email", "x@example.com"]);
    assert!(said.contains("is not written over"), "{said}");
    let said = home.ends(3, &["edit", "salt", "--store", "nowhere.example"]);
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

/// Twelve wrong rows: where, what, and a word of what must be said of it. The last is a copy of
/// the sixth row.
const FAULTS: [(usize, &str, &str); 12] = [
    (
        10,
        "T,9781944098118,Perfectbound,01/20/2027,9.99,L",
        "check digit",
    ),
    (
        33,
        "T,9.78194E+12,Perfectbound,01/20/2027,9.99,L",
        "rounded",
    ),
    (
        57,
        "T,97819400005,Perfectbound,01/20/2027,9.99,L",
        "it has 11 digits",
    ),
    (
        80,
        ",9780132350884,Perfectbound,01/20/2027,9.99,L",
        "title is missing",
    ),
    (
        99,
        "T,9780132350884,Perfectbound,,9.99,L",
        "date is missing",
    ),
    (
        120,
        "T,9780132350884,Perfectbound,02/30/2027,9.99,L",
        "does not exist",
    ),
    (
        150,
        "T,9780132350884,Perfectbound,soon,9.99,L",
        "is no date",
    ),
    (180, "T,9780132350884,Vellum,01/20/2027,9.99,L", "no format"),
    (
        200,
        "T,9780132350884,Perfectbound,01/20/2027,cheap,L",
        "no price",
    ),
    (
        222,
        "T, or not,9780132350884,Perfectbound,01/20/2027,9.99,L",
        "needs quotes",
    ),
    (250, "T,,Perfectbound,01/20/2027,9.99,L", "ISBN is missing"),
    (299, "", "stands on line"),
];

/// 300 rows, 12 of them wrong, and the line of each with a word of what must be said of it.
fn catalogue() -> (String, Vec<(usize, &'static str)>) {
    let mut rows: Vec<String> = (0..300)
        .map(|number| {
            format!(
                "\"Title {number}, a novel\",{},Perfectbound,{:02}/{:02}/2027,16.99,Lamplight",
                isbn(number),
                number % 12 + 1,
                number % 28 + 1
            )
        })
        .collect();
    let mut expected = Vec::new();
    for (index, row, word) in FAULTS {
        rows[index] = if row.is_empty() {
            rows[5].clone()
        } else {
            row.to_owned()
        };
        // The first line has the names of the columns.
        expected.push((index + 2, word));
    }
    let header = "Title,ISBN,Binding Type,Publication Date,US List Price,Imprint";
    (format!("{header}\n{}\n", rows.join("\n")), expected)
}

#[test]
fn of_300_rows_every_planted_fault_is_named_by_its_line_and_nothing_is_written() {
    let home = Home::with_configuration();
    let (text, faults) = catalogue();
    fs::write(home.path("list.csv"), text).unwrap();
    let before = home.config();
    for arguments in [
        &["import", "list.csv"][..],
        &["import", "list.csv", "--yes"],
    ] {
        let said = home.ends(1, arguments);
        assert!(said.contains("`Binding Type` is the format"), "{said}");
        for (line, word) in &faults {
            let named = said
                .lines()
                .any(|said| said.contains(&format!("line {line}:")) && said.contains(word));
            assert!(named, "line {line}, {word}: {said}");
        }
        assert!(said.contains("288 editions can be written"), "{said}");
        assert!(said.contains("12 lines are wrong"), "{said}");
        assert_eq!(home.config(), before);
    }
    home.ends(1, &["import", "list.csv", "--skip-faulty"]);
    assert_eq!(home.config(), before);

    home.ends(1, &["import", "list.csv", "--skip-faulty", "--yes"]);
    assert_eq!(home.config().matches("[[edition]]").count(), 288);
    assert!(home.config().starts_with(before.trim_end()));
    home.ok(&["config", "check"]);

    let said = home.ends(1, &["import", "list.csv", "--skip-faulty", "--yes"]);
    assert!(
        said.contains("288 are in the configuration already"),
        "{said}"
    );
    assert_eq!(home.config().matches("[[edition]]").count(), 288);
}

/// An ONIX 3 message of so many products; every tenth is cancelled.
fn onix(products: u32) -> String {
    let mut text = "<?xml version=\"1.0\"?>\n<ONIXMessage release=\"3.0\">\n<Header/>\n".to_owned();
    for number in 0..products {
        let status = if number % 10 == 9 { "01" } else { "02" };
        write!(
            text,
            "<Product><RecordReference>r{number}</RecordReference>\
             <NotificationType>03</NotificationType>\
             <ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>{}</IDValue>\
             </ProductIdentifier>\n<DescriptiveDetail><ProductForm>{}</ProductForm><TitleDetail>\
             <TitleType>01</TitleType><TitleElement><TitleElementLevel>01</TitleElementLevel>\
             <TitleText>Book &amp; Number {number}</TitleText></TitleElement></TitleDetail>\
             </DescriptiveDetail>\n<PublishingDetail><PublishingStatus>{status}\
             </PublishingStatus><PublishingDate><PublishingDateRole>01</PublishingDateRole>\
             <Date dateformat=\"00\">202703{:02}</Date></PublishingDate></PublishingDetail>\
             </Product>\n",
            isbn(number),
            if number % 2 == 0 { "BC" } else { "BB" },
            number % 28 + 1
        )
        .unwrap();
    }
    text.push_str("</ONIXMessage>\n");
    text
}

#[test]
fn an_onix_file_of_50_products_is_imported() {
    let home = Home::with_configuration();
    fs::write(home.path("list.xml"), onix(50)).unwrap();
    let said = home.ok(&["import", "list.xml", "--yes"]);
    assert!(said.contains("ONIX 3.0, reference names"), "{said}");
    assert_eq!(said.matches("cancelled").count(), 5, "{said}");
    let config = home.config();
    assert_eq!(config.matches("[[edition]]").count(), 45);
    assert_eq!(config.matches("format = \"hardcover\"").count(), 20);
    assert!(config.contains("title = \"Book & Number 0\""), "{config}");
    home.ok(&["config", "check"]);
}

/// Records five looks at a listing that were turned away.
fn look_five_times(database: &Path) {
    let db = Db::open(database).unwrap();
    for hour in 0..5 {
        let observation = Observation {
            listing: ListingId {
                isbn: "9781944098117".parse().unwrap(),
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
fn what_was_seen_moves_to_another_machine_by_backup_and_by_export() {
    let home = Home::with_configuration();
    home.ok(&[
        "add",
        "9781944098117",
        "--title",
        "Salt Roads",
        "--date",
        "2027-02-09",
    ]);
    home.ok(&["status"]);
    look_five_times(&home.path("data/pubwatch.db"));

    home.ok(&["backup", "copy.db"]);
    home.ends(5, &["backup", "copy.db"]);
    let lines = home.ok(&["export", "--all"]);
    assert_eq!(lines.matches("{\"observation\"").count(), 5, "{lines}");
    home.ok(&["export", "--all", "--output", "all.jsonl"]);

    let moved = Home::with_configuration();
    for name in ["copy.db", "all.jsonl"] {
        fs::copy(home.path(name), moved.path(name)).unwrap();
    }
    let said = moved.ok(&["import-history", "all.jsonl"]);
    assert!(said.contains("5 observations of 1 listings"), "{said}");
    let again = moved.ok(&["import-history", "all.jsonl"]);
    assert!(again.contains("keeps its own history"), "{again}");
    let told = moved.ok(&["export", "--all"]);
    let seen = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with("{\"observation\""))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(seen(&told), seen(&lines));

    moved.ends(5, &["restore", "copy.db"]);
    let said = moved.ok(&["restore", "copy.db", "--yes"]);
    assert!(said.contains("before-restore-"), "{said}");
    assert_eq!(seen(&moved.ok(&["export", "--all"])), seen(&lines));
    fs::write(moved.path("all.jsonl"), "{\"observation\":{}}\n").unwrap();
    let said = moved.ends(5, &["import-history", "all.jsonl"]);
    assert!(said.contains("line 1"), "{said}");
}

#[test]
fn the_program_makes_its_man_pages_completions_and_service_files() {
    let home = Home::new();
    home.ok(&["man", "man"]);
    let page = fs::read_to_string(home.path("man/pubwatch-import-history.1")).unwrap();
    assert!(page.contains("pubwatch\\-import\\-history"), "{page}");
    assert!(Path::new(&home.path("man/pubwatch.1")).exists());
    for shell in ["bash", "zsh", "fish"] {
        let script = home.ok(&["completions", shell]);
        assert!(script.contains("import-history"), "{shell}");
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
