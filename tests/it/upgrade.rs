//! A database of every released schema is brought up to date by the present program, its rows are
//! kept, and its history reads the same. The schemas are built from the migrations themselves, the
//! rows are data: `tests/it/upgrade/rows_NNNN.sql` fills what schema NNNN brought.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::support::House;

/// "PUBW", as every database of ours is marked.
const APPLICATION_ID: i32 = 0x5055_4257;

pub(crate) const CONFIGURATION: &str = "
[author]
name = 'Jane Roe'
email = 'jane@example.com'
timezone = 'UTC'

[data]
folder = 'data'

[[store]]
name = 'amazon.com'
source = ['by-hand']

[[store]]
name = 'bookshop.org'
source = ['by-hand']

[[edition]]
title = 'Salt Roads'
isbn = '978-1-944098-11-7'
publication_date = 2035-02-13
distribution_enabled = 2026-11-02
stores = ['amazon.com', 'bookshop.org']
";

/// The `.sql` files of a folder, in order.
fn scripts(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    files
}

fn migrations() -> Vec<PathBuf> {
    scripts("src/db/migrations")
}

/// A database as a program with that many migrations left it.
pub(crate) fn build(path: &Path, schema: usize) {
    let database = Connection::open(path).unwrap();
    let rows = scripts("tests/it/upgrade");
    for (migration, rows) in migrations().iter().zip(&rows).take(schema) {
        for script in [migration, rows] {
            let text = fs::read_to_string(script).unwrap();
            let done = database.execute_batch(&text);
            done.unwrap_or_else(|error| panic!("{}: {error}", script.display()));
        }
    }
    database
        .pragma_update(None, "application_id", APPLICATION_ID)
        .unwrap();
    let version = i64::try_from(schema).unwrap();
    database
        .pragma_update(None, "user_version", version)
        .unwrap();
}

/// The rows of each table, as they can be compared: table, columns, rows in order.
pub(crate) type Rows = BTreeMap<String, (Vec<String>, Vec<Vec<Value>>)>;

fn names(database: &Connection, query: &str) -> Vec<String> {
    let mut statement = database.prepare(query).unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

/// All rows, or those columns of them that an earlier look at the database found.
pub(crate) fn rows(path: &Path, earlier: Option<&Rows>) -> Rows {
    let database = Connection::open(path).unwrap();
    let tables = match earlier {
        Some(earlier) => earlier.keys().cloned().collect(),
        None => names(
            &database,
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
        ),
    };
    let read = |table: &String| {
        let columns = match earlier.and_then(|earlier| earlier.get(table)) {
            Some((columns, _)) => columns.clone(),
            None => names(
                &database,
                &format!("SELECT name FROM pragma_table_info('{table}')"),
            ),
        };
        let list = columns.join(", ");
        let query = format!("SELECT {list} FROM {table} ORDER BY {list}");
        let mut statement = database.prepare(&query).unwrap();
        let found = statement
            .query_map([], |row| {
                (0..columns.len())
                    .map(|index| row.get::<_, Value>(index))
                    .collect()
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        (table.clone(), (columns, found))
    };
    tables.iter().map(read).collect()
}

#[test]
fn every_schema_has_rows_to_be_carried_over() {
    let numbers = |paths: Vec<PathBuf>, prefix: &str| -> Vec<String> {
        let names = paths
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap());
        names
            .map(|name| name.trim_start_matches(prefix).chars().take(4).collect())
            .collect()
    };
    assert_eq!(
        numbers(migrations(), ""),
        numbers(scripts("tests/it/upgrade"), "rows_"),
        "a new migration brings a file with rows of its own"
    );
}

#[test]
fn a_database_of_every_schema_is_brought_up_to_date_and_loses_nothing() {
    let mut histories = Vec::new();
    for schema in 1..=migrations().len() {
        let house = House::new(CONFIGURATION);
        let data = house.path().join("data");
        fs::create_dir(&data).unwrap();
        let path = data.join("pubwatch.db");
        build(&path, schema);
        let before = rows(&path, None);
        assert!(before["observation"].1.len() == 3, "schema {schema}");

        let history = house.said(&["history", "--json", "--looks"], 0);
        assert!(history.contains("Pre-order now"), "{history}");
        histories.push(history);

        let after = rows(&path, Some(&before));
        for (table, (_, rows)) in &before {
            assert_eq!(&after[table].1, rows, "schema {schema}, table {table}");
        }
        let database = Connection::open(&path).unwrap();
        let version: i64 = database
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(usize::try_from(version).unwrap(), migrations().len());
        let notes = house.said(&["note", "salt"], 0);
        assert!(notes.contains("KDP published"), "schema {schema}: {notes}");
        let letters = house.said(&["outbox", "list"], 0);
        assert!(letters.contains("does not list it"), "{letters}");
        // A letter has waited for days.
        house.said(&["status"], 1);
        house.said(&["backup", "copy.db"], 0);
    }
    for (index, history) in histories.iter().enumerate() {
        assert_eq!(history, &histories[0], "schema {}", index + 1);
    }
}
