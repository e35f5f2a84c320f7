//! `docs/what-is-usual.md` says what `config/windows.toml` says: every window, in the file's order,
//! with its numbers, its source and the grade of the source. What the user's own titles have shown
//! goes over them wherever a window is shown.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use pubwatch::book::{Availability, Source, StoreId};
use pubwatch::db::Db;
use pubwatch::history::sqlite::record;
use pubwatch::history::{ListingId, Observation};
use pubwatch::judge::length::Length;
use pubwatch::judge::windows::{WindowName, Windows};
use pubwatch::page::{Reading, Says};

use crate::support::House;

/// The table of the page, as the windows make it.
fn table() -> String {
    let windows = Windows::new(&[]).unwrap();
    let mut text = String::from(
        "| window | begins | quiet | act | what is usual, and who says so |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    for name in WindowName::ALL {
        let window = windows.window(*name);
        let usual = window.usual();
        let source = usual.link.map_or_else(
            || usual.source.clone(),
            |link| format!("[{}]({link})", usual.source),
        );
        let row = format!(
            "| `{}` | {} | {} | {} | {} {source} |\n",
            name.name(),
            window.starts,
            window.quiet.words(),
            window.act.map_or("never".to_owned(), Length::words),
            usual.sentence,
        );
        text.push_str(&row);
    }
    text
}

#[test]
fn the_page_of_what_is_usual_and_the_file_of_windows_agree() {
    let page = include_str!("../../docs/what-is-usual.md");
    let table = table();
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert_eq!(rows.len(), WindowName::ALL.len());
    let on_page: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let mut wrong = String::new();
    for row in &rows {
        if !on_page.contains(row) {
            writeln!(wrong, "it lacks: {row}").unwrap();
        }
    }
    for row in &on_page {
        if !rows.contains(row) {
            writeln!(wrong, "it has, and the file has not: {row}").unwrap();
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong}It is to have this table:\n\n{table}"
    );
    assert_eq!(on_page, rows, "the order is that of the file");
}

#[test]
fn every_number_of_the_page_has_somebody_who_says_so() {
    let windows = Windows::new(&[]).unwrap();
    let grades: BTreeSet<_> = WindowName::ALL
        .iter()
        .map(|name| windows.window(*name).grade)
        .collect();
    let page = include_str!("../../docs/what-is-usual.md");
    for grade in grades {
        assert!(
            page.contains(grade.words()),
            "{} is not explained",
            grade.words()
        );
    }
    for name in WindowName::ALL {
        let window = windows.window(*name);
        if let Some(link) = &window.link {
            assert!(
                page.contains(link.as_str()),
                "{} lacks its link",
                name.name()
            );
        }
        let words = window.act.map_or("never".to_owned(), Length::words);
        assert!(page.contains(&words));
    }
}

/// Editions of an imprint, enabled on New Year's Day of 2026.
const ISBNS: [&str; 6] = [
    "9781944098001",
    "9781944098018",
    "9781944098025",
    "9781944098032",
    "9781944098049",
    "9781944098056",
];

/// One more, enabled in May.
const NEXT: &str = "9781944098063";

/// Amazon lists every edition of [`ISBNS`] 45 days after it was enabled.
fn came_through(database: &Path) {
    let db = Db::open(database).unwrap();
    let looks = [
        ("2026-01-02T12:00:00Z", Availability::NotListed),
        ("2026-02-15T05:00:00Z", Availability::PreOrder),
        ("2026-02-16T05:00:00Z", Availability::PreOrder),
    ];
    for isbn in ISBNS {
        for (at, state) in looks {
            look(&db, isbn, at, state);
        }
    }
    look(&db, NEXT, "2026-05-02T12:00:00Z", Availability::NotListed);
}

fn look(db: &Db, isbn: &str, at: &str, state: Availability) {
    let says = Says::new(state, "test/buy-box", state.word(), "#availability");
    let observation = Observation {
        listing: ListingId {
            edition: isbn.parse().unwrap(),
            store: StoreId::new("amazon.com"),
        },
        at: at.parse::<Timestamp>().unwrap(),
        source: Source::Http,
        reading: Reading::Says(Box::new(says)),
    };
    db.write(|transaction| record(transaction, &observation, SignedDuration::from_hours(6)))
        .unwrap();
}

/// Where the timeline says, in red, that acting is right.
fn act_begins(house: &House) -> f64 {
    house.said(
        &["history", NEXT, "--svg", "drawn.svg", "--range", "all"],
        0,
    );
    let svg = std::fs::read_to_string(house.path().join("drawn.svg")).unwrap();
    let (_, rest) = svg
        .split_once("class=\"ground-act\" x=\"")
        .expect("a ground");
    rest.split_once('"').unwrap().0.parse().unwrap()
}

fn imprint(learned: bool) -> String {
    let mut configuration = format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n[windows]\nlearned = {learned}\n"
    );
    let enabled = ISBNS.map(|isbn| (isbn, "2026-01-01"));
    for (isbn, enabled) in enabled.into_iter().chain([(NEXT, "2026-05-01")]) {
        write!(
            configuration,
            "[[edition]]\ntitle = \"Number {isbn}\"\nisbn = \"{isbn}\"\n\
             publication_date = 2026-12-01\ndistribution_enabled = {enabled}\n\
             stores = [\"amazon.com\"]\n"
        )
        .unwrap();
    }
    configuration
}

#[test]
fn what_own_titles_took_counts_wherever_a_window_is_shown() {
    let house = House::new(&imprint(true));
    house.said(&["status"], 0);
    let before = house.said(&["calendar", NEXT], 0);
    assert!(!before.contains("titles took"), "{before}");

    came_through(&house.path().join("data/pubwatch.db"));
    let after = house.said(&["calendar", NEXT], 0);
    let says = "We go by your own titles: act after 46 days. Your last 6 titles took 45 days.";
    assert!(after.contains(says), "{after}");
    assert!(after.contains("Tue 16 Jun 2026"), "{after}");
    let own = act_begins(&house);

    std::fs::write(house.path().join("pubwatch.toml"), imprint(false)).unwrap();
    let shipped = act_begins(&house);
    // By the shipped window from the 30th day, so sixteen days earlier.
    assert!(shipped + 30.0 < own, "{shipped} {own}");
}
