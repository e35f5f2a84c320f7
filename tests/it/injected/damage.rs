//! A page of the database damaged: recognised, explained, and a backup put back over it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

use super::inject::{Episode, end, explained, said};
use super::tally::Tally;
use super::world::World;

pub(crate) const PAGE: usize = 4096;

pub(crate) fn damaged_page(world: &World, episode: &mut Episode, tally: &mut Tally) {
    end(world, tally);
    let sound = world.folder.path().join("sound.db");
    let output = world.run(&["backup", sound.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    let rows = rows(&sound).unwrap();
    let bytes = std::fs::read(&sound).unwrap();
    for number in episode.first..episode.first + episode.injections {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(world.config(), folder.path().join("pubwatch.toml")).unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        let damaged = folder.path().join("data/pubwatch.db");
        let (mut bytes, pages) = (bytes.clone(), bytes.len() / PAGE);
        // The first page of all now and then: without it nothing can be read.
        let page = if number % 10 == 9 {
            0
        } else {
            episode.rng.usize(1..pages)
        };
        let how = damage(&mut bytes, page, number, &mut episode.rng);
        std::fs::write(&damaged, &bytes).unwrap();
        let what = format!("page {page} of {pages} {how}");
        let run = |arguments: &[&str]| -> Output {
            let mut command = world.command_in(folder.path(), &[], arguments);
            command.output().unwrap()
        };
        let doctor = run(&["doctor", "--offline"]);
        let words = String::from_utf8_lossy(&doctor.stdout).into_owned() + &said(&doctor);
        if words.contains("damaged") {
            tally.count("damaged databases were recognised");
        } else if self::rows(&damaged).is_ok_and(|now| now == rows) {
            tally.count("times the page held nothing, and every row was as before");
        } else {
            let line = format!("{what}, rows are not as before, and the doctor says: {words}");
            tally.unexplained.push(line);
        }
        let round = run(&["check", "--quiet"]);
        explained(tally, &format!("a round, {what}"), &round);
        let restore = run(&["restore", "--yes", sound.to_str().unwrap()]);
        if !restore.status.success() || self::rows(&damaged).is_ok_and(|now| now != rows) {
            let line = format!("{what}: no backup can be put back: {}", said(&restore));
            tally.unexplained.push(line);
        }
    }
}

/// What a failing disk or its cable does to a page.
pub(crate) fn damage(
    bytes: &mut [u8],
    page: usize,
    number: usize,
    rng: &mut fastrand::Rng,
) -> &'static str {
    let from = page * PAGE;
    match number % 3 {
        0 => {
            for byte in &mut bytes[from..from + PAGE] {
                *byte ^= 0xa5;
            }
            "was overwritten"
        }
        1 => {
            bytes[from..from + PAGE].fill(0);
            "reads as zeros"
        }
        _ => {
            let other = (page + rng.usize(1..bytes.len() / PAGE)) % (bytes.len() / PAGE);
            bytes.copy_within(other * PAGE..(other + 1) * PAGE, from);
            "holds what belongs to another"
        }
    }
}

/// Every row of every table, but of those that only spare us questions.
pub(crate) fn rows(path: &Path) -> rusqlite::Result<BTreeMap<String, Vec<Vec<Value>>>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let tables: Vec<String> = connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
             AND name NOT IN ('robots', 'validator')",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    tables
        .into_iter()
        .map(|table| {
            let mut statement = connection.prepare(&format!("SELECT * FROM {table}"))?;
            let columns = statement.column_count();
            let rows = statement
                .query_map([], |row| {
                    (0..columns).map(|column| row.get(column)).collect()
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok((table, rows))
        })
        .collect()
}
