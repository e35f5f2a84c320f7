//! A page of the database damaged: recognised, explained, and the rest saved.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::Output;

use pubwatch::db::Db;

use super::inject::{Episode, end, explained, said};
use super::tally::Tally;
use super::world::World;

pub(crate) fn damaged_page(world: &World, episode: &mut Episode, tally: &mut Tally) {
    end(world, tally);
    let sound = world.folder.path().join("sound.db");
    let output = world.run(&["backup", sound.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    let pages = std::fs::metadata(&sound).unwrap().len() / 4096;
    let (mut found, mut saved, mut of) = (0, 0, 0);
    for number in 0..episode.injections {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(world.config(), folder.path().join("pubwatch.toml")).unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        let damaged = folder.path().join("data/pubwatch.db");
        std::fs::copy(&sound, &damaged).unwrap();
        // The first page of all now and then: without it nothing can be read.
        let page = if number % 10 == 9 {
            0
        } else {
            episode.rng.u64(1..pages)
        };
        damage(&damaged, page);
        let run = |arguments: &[&str]| -> Output {
            let mut command = world.command_in(folder.path(), &[], arguments);
            command.output().unwrap()
        };
        let doctor = run(&["doctor", "--offline"]);
        let words = String::from_utf8_lossy(&doctor.stdout).into_owned() + &said(&doctor);
        if words.contains("damaged") {
            found += 1;
        } else {
            let line = format!("page {page} of {pages} is damaged, and the doctor says: {words}");
            tally.unexplained.push(line);
        }
        explained(
            tally,
            "a round on a damaged database",
            &run(&["check", "--quiet"]),
        );
        let salvage = run(&["salvage"]);
        explained(tally, "salvage", &salvage);
        if page != 0 {
            explained(tally, "a round after it", &run(&["check", "--quiet"]));
            of += count(&sound);
            saved += count(&damaged);
        }
        let restore = run(&["restore", "--yes", sound.to_str().unwrap()]);
        if !restore.status.success() {
            let line = format!("page {page}: no backup can be put back: {}", said(&restore));
            tally.unexplained.push(line);
        }
    }
    tally.remarks.push(format!(
        "{found} of {} damaged databases were recognised; {saved} of {of} looks were saved \
         without a backup, and all with one",
        episode.injections
    ));
}

fn damage(path: &Path, page: u64) {
    let mut file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let mut old = [0; 4096];
    file.seek(SeekFrom::Start(page * 4096)).unwrap();
    file.read_exact(&mut old).unwrap();
    file.seek(SeekFrom::Start(page * 4096)).unwrap();
    file.write_all(&old.map(|byte| byte ^ 0xa5)).unwrap();
}

fn count(path: &Path) -> i64 {
    let Ok(db) = Db::open(path) else { return 0 };
    db.read(pubwatch::history::sqlite::count_of_looks)
        .unwrap_or(0)
}
