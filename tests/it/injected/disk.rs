//! What happens to the file: a log that is cut off, a full disk, a folder that cannot be written,
//! a database that somebody else holds.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use pubwatch::db::Db;
use rusqlite::Connection;

use super::ends::kill_a_round;
use super::faketime::end_of;
use super::inject::{Episode, end, explained, good};
use super::tally::Tally;
use super::world::{CLAIMS_ARE_VOID, World};

pub(crate) fn truncated_log(world: &World, episode: &mut Episode, tally: &mut Tally) {
    for number in 0..episode.injections {
        if 0 < number {
            std::thread::sleep(CLAIMS_ARE_VOID);
        }
        kill_a_round(world, episode, tally);
        if let Some(wrong) = cut_copy(world, episode) {
            tally.unexplained.push(wrong);
        }
    }
    end(world, tally);
    tally.may_double = episode.injections;
}

/// So many bytes of the log no power cut takes away: what a checkpoint has begun to take over into
/// the database was forced to the disk before. SQLite keeps their number in the index of the log
/// (`nBackfillAttempted`, as the page on the format of WAL has it).
fn kept_for_sure(data: &Path) -> usize {
    let index = std::fs::read(data.join("pubwatch.db-shm")).unwrap_or_default();
    let Some(frames) = index.get(128..132) else {
        return 0;
    };
    let frames = u32::from_ne_bytes(frames.try_into().unwrap());
    32 + usize::try_from(frames).unwrap() * (24 + 4096)
}

/// A copy of the database whose log ends anywhere must open, be sound, and hold no letter without
/// the decision to write it, and no decision without its letter.
pub(crate) fn cut_copy(world: &World, episode: &mut Episode) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("pubwatch.db");
    std::fs::copy(world.database(), &copy).unwrap();
    let log = world.data().join("pubwatch.db-wal");
    let mut bytes = std::fs::read(log).unwrap_or_default();
    let from = kept_for_sure(&world.data()).min(bytes.len());
    bytes.truncate(episode.rng.usize(from..=bytes.len()));
    std::fs::write(folder.path().join("pubwatch.db-wal"), bytes).unwrap();
    let db = match Db::open(&copy) {
        Ok(db) => db,
        Err(error) => return Some(format!("a copy with a cut log does not open: {error}")),
    };
    let seen: rusqlite::Result<(String, i64)> = db.read(|connection| {
        Ok((
            connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?,
            connection.query_row(
                "SELECT (SELECT count(*) FROM outbox WHERE kind = 'alert' AND message_id NOT IN \
                     (SELECT message_id FROM letter_day)) + \
                 (SELECT count(*) FROM letter_day WHERE message_id NOT IN \
                     (SELECT message_id FROM outbox))",
                [],
                |row| row.get(0),
            )?,
        ))
    });
    let (words, halves) = seen.unwrap();
    (words != "ok" || halves != 0).then(|| format!("a cut log: {words}, {halves} halves"))
}

/// A disk of so many kB under the data folder while the program runs; afterwards what is on it is
/// in the folder. Only in a view of the file system of its own, which ends with the program.
const SMALL_DISK: &str = "set -e; mkdir -p keep; cp -p data/* keep/; \
    mount -t tmpfs -o size=\"$0\"k none data; cp -p keep/* data/; code=0; \"$@\" || code=$?; \
    rm -f keep/*; cp -p data/* keep/; exit $code";

/// A limit on the size of files: a write fails as on a disk that is full or broken.
const SMALL_FILES: &str = "ulimit -f \"$0\"; exec \"$@\"";

pub(crate) fn disk_full(world: &World, episode: &mut Episode, tally: &mut Tally) {
    let may_mount = Command::new("unshare")
        .args(["-m", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output()
        .is_ok_and(|output| output.status.success());
    for number in 0..episode.injections {
        let output = if may_mount && number % 2 == 0 {
            tally.count("times a disk was full");
            on_a_small_disk(world, episode)
        } else {
            tally.count("times a file could not grow");
            with_small_files(world, episode)
        };
        if !output.status.success() {
            tally.count("rounds that failed for want of room");
        }
        explained(tally, "a full disk", &output);
    }
    end(world, tally);
    // Taken by the server, and no room for the note of it: sent again under the same name.
    tally.may_double = episode.injections;
}

pub(crate) fn with_small_files(world: &World, episode: &mut Episode) -> Output {
    let size = std::fs::metadata(world.database()).unwrap().len();
    let blocks = usize::try_from(size / 512).unwrap();
    let limit = episode.rng.usize(1..blocks * 2).to_string();
    let behind = ["sh", "-c", SMALL_FILES, &limit];
    let mut command = world.command(&behind, &["check", "--quiet"]);
    end_of(command.spawn().unwrap())
}

fn on_a_small_disk(world: &World, episode: &mut Episode) -> Output {
    let files = std::fs::read_dir(world.data()).unwrap();
    let sizes = files.map(|file| file.unwrap().metadata().unwrap().len().div_ceil(4096) * 4);
    // Room for what is there, and for some or none of what comes.
    let kb = sizes.sum::<u64>() + episode.rng.u64(0..300);
    let behind = ["unshare", "-m", "sh", "-c", SMALL_DISK, &kb.to_string()];
    let output = world
        .command(&behind, &["check", "--quiet"])
        .output()
        .unwrap();
    for old in std::fs::read_dir(world.data()).unwrap() {
        std::fs::remove_file(old.unwrap().path()).unwrap();
    }
    for kept in std::fs::read_dir(world.folder.path().join("keep")).unwrap() {
        let kept = kept.unwrap();
        std::fs::rename(kept.path(), world.data().join(kept.file_name())).unwrap();
    }
    output
}

pub(crate) fn read_only(world: &World, episode: &Episode, tally: &mut Tally) {
    let is_root = rustix::process::geteuid().is_root();
    let nobody = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    let behind: &[&str] = if is_root { &nobody } else { &[] };
    let (folder, file) = if is_root {
        (0o755, 0o644)
    } else {
        (0o500, 0o400)
    };
    for _ in 0..episode.injections {
        set_modes(world, folder, file);
        let output = world
            .command(behind, &["check", "--quiet"])
            .output()
            .unwrap();
        set_modes(world, 0o700, 0o600);
        if output.status.success() {
            tally
                .unexplained
                .push("a round went through in a folder that it cannot write".to_owned());
        }
        explained(tally, "a read-only folder", &output);
    }
    end(world, tally);
}

fn set_modes(world: &World, folder: u32, file: u32) {
    let set = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(&world.config(), 0o644);
    set(world.folder.path(), 0o755);
    for entry in std::fs::read_dir(world.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            set(&path, file);
        }
    }
    set(&world.data(), folder);
}

/// A round while another program holds the database for so long.
pub(crate) fn while_held(world: &World, hold: Duration) -> Output {
    let holder = Connection::open(world.database()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let child = world.start(&["check", "--quiet"]);
    std::thread::sleep(hold);
    holder.execute_batch("COMMIT").unwrap();
    child.wait_with_output().unwrap()
}

pub(crate) fn locked(world: &World, episode: &mut Episode, tally: &mut Tally) {
    for number in episode.first..episode.first + episode.injections {
        // Longer than its patience of a minute, once, and nearly as long, once; else it waits for
        // a moment, and all is well.
        let hold = match number {
            0 if episode.at_length => Duration::from_secs(66),
            1 if episode.at_length => Duration::from_secs(50),
            _ => Duration::from_millis(episode.rng.u64(100..1500)),
        };
        let output = while_held(world, hold);
        if hold < Duration::from_secs(60) {
            good(tally, &format!("held for {hold:?}"), &output);
        }
        explained(tally, "a held database", &output);
    }
    end(world, tally);
}
