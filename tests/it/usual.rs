//! `docs/what-is-usual.md` says what `config/windows.toml` says: every window, in the file's order,
//! with its numbers, its source and the grade of the source.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pubwatch::judge::length::Length;
use pubwatch::judge::windows::{WindowName, Windows};

/// The table of the page, as the windows make it: `pubwatch windows --markdown`.
fn table() -> String {
    pubwatch::commands::windows::as_markdown(&Windows::new(&[]).unwrap())
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
        "{wrong}`pubwatch windows --markdown` prints the table"
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
