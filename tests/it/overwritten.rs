//! A page of the database that was overwritten with another of its pages: SQLite's own check or the
//! doctor says so, or nothing is lost.

use std::collections::BTreeSet;
use std::fs;
use std::panic;
use std::path::Path;

use rusqlite::Connection;

use crate::support::House;
use crate::upgrade::{CONFIGURATION, Rows, build, rows};

/// Of SQLite's pages as this program makes them.
const PAGE: usize = 4096;

/// Tables whose rows come back by themselves.
///
/// 1. `validator`: an unchanged page is sent once more.
/// 2. `running`: the next sign of life writes it anew.
const REMADE: [&str; 2] = ["validator", "running"];

fn is_sound(path: &Path) -> bool {
    let database = Connection::open(path).unwrap();
    let said = database.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    said.is_ok_and(|said: String| said == "ok")
}

/// The tables that do not read as before, or not at all.
fn changed(path: &Path, before: &Rows) -> BTreeSet<String> {
    let differs = |(table, rows_before): &(&String, &_)| {
        let alone = Rows::from([((*table).clone(), Clone::clone(*rows_before))]);
        panic::catch_unwind(|| rows(path, Some(&alone))).ok() != Some(alone.clone())
    };
    let differing = before.iter().filter(differs);
    differing.map(|(table, _)| table.clone()).collect()
}

#[test]
fn every_page_that_was_overwritten_with_another_is_noticed_or_nothing_is_lost() {
    let house = House::new(CONFIGURATION);
    let data = house.path().join("data");
    fs::create_dir(&data).unwrap();
    let path = data.join("pubwatch.db");
    build(&path, 1);
    let whole = fs::read(&path).unwrap();
    let before = rows(&path, None);
    let pages = whole.len() / PAGE;
    assert!(pages > 40, "{pages} pages");

    let mut told = BTreeSet::new();
    for (over, with) in (0..pages).flat_map(|over| (0..pages).map(move |with| (over, with))) {
        let mut bytes = whole.clone();
        bytes.copy_within(with * PAGE..(with + 1) * PAGE, over * PAGE);
        if bytes == whole {
            continue;
        }
        fs::write(&path, bytes).unwrap();
        if !is_sound(&path) {
            continue;
        }
        let lost = changed(&path, &before);
        if lost.iter().all(|table| REMADE.contains(&table.as_str())) {
            continue;
        }
        let said = house.said(&["doctor", "--offline"], 1);
        assert!(
            said.contains("it is damaged"),
            "page {over} holds page {with}, {lost:?} differ: {said}"
        );
        told.extend(lost);
    }
    let by_the_doctor_alone = ["answer_key", "observation"];
    assert!(
        by_the_doctor_alone
            .iter()
            .all(|table| told.contains(*table)),
        "{told:?}"
    );
}
