//! The faults. Each plays so many injections into a world of its own, mends what it broke, lets a
//! last round go through, and counts.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Output};
use std::time::Duration;

use pubwatch::db::Db;
use rusqlite::Connection;
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::Instant;

use super::bad::{bad_mail, bad_store};
use super::damage::damaged_page;
use super::tally::Tally;
use super::world::{CLAIMS_ARE_VOID, Program, World};

/// A kind of fault, and how many of a thousand injections are of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Kill,
    Terminate,
    TruncatedLog,
    DiskFull,
    ReadOnly,
    Locked,
    DamagedPage,
    Clock,
    Crowd,
    BadStore,
    BadMail,
}

/// What an episode may need to know.
pub(crate) struct Episode {
    pub(crate) injections: usize,
    pub(crate) rng: fastrand::Rng,
    /// How long an undisturbed round takes.
    pub(crate) round: Duration,
    /// Also what takes minutes.
    pub(crate) at_length: bool,
}

impl Fault {
    pub(crate) const ALL: [(Self, &str, usize); 11] = [
        (Self::Kill, "kill -9 in a round", 600),
        (Self::Terminate, "SIGTERM to the service", 120),
        (
            Self::TruncatedLog,
            "kill -9, and the log cut off anywhere",
            80,
        ),
        (Self::DiskFull, "no more room on the disk", 40),
        (Self::ReadOnly, "data folder read-only", 20),
        (Self::Locked, "database held by another program", 20),
        (Self::DamagedPage, "a page of the database damaged", 30),
        (Self::Clock, "clock a day ahead, a day back", 12),
        (Self::Crowd, "two services and ten rounds at once", 12),
        (
            Self::BadStore,
            "stores that hang, trickle, bomb, flood …",
            36,
        ),
        (
            Self::BadMail,
            "a mail server that refuses, hangs, hangs up",
            30,
        ),
    ];

    /// At most so many injections go into one world.
    pub(crate) fn in_one_world(self) -> usize {
        match self {
            Self::Kill => 40,
            Self::Terminate => 30,
            Self::Clock | Self::Crowd | Self::BadMail => 3,
            Self::BadStore => 4,
            Self::TruncatedLog
            | Self::DiskFull
            | Self::ReadOnly
            | Self::Locked
            | Self::DamagedPage => 20,
        }
    }

    pub(crate) async fn play(self, program: &Program, mut episode: Episode) -> Tally {
        let world = World::new(program).await;
        let mut tally = Tally {
            injections: episode.injections,
            ..Tally::default()
        };
        // The servers go on answering on the runtime's other threads.
        tokio::task::block_in_place(|| match self {
            Self::Kill => kill(&world, &mut episode, &mut tally),
            Self::Terminate => terminate(&world, &mut episode, &mut tally),
            Self::TruncatedLog => truncated_log(&world, &mut episode, &mut tally),
            Self::DiskFull => disk_full(&world, &mut episode, &mut tally),
            Self::ReadOnly => read_only(&world, &episode, &mut tally),
            Self::Locked => locked(&world, &mut episode, &mut tally),
            Self::DamagedPage => damaged_page(&world, &mut episode, &mut tally),
            Self::Clock => clock(&world, &episode, &mut tally),
            Self::Crowd => crowd(&world, &episode, &mut tally),
            Self::BadStore => bad_store(&world, &mut episode, &mut tally),
            Self::BadMail => bad_mail(&world, &mut episode, &mut tally),
        });
        tally
    }
}

/// How long an undisturbed round takes here.
pub(crate) async fn length_of_a_round(program: &Program) -> Duration {
    let world = World::new(program).await;
    tokio::task::block_in_place(|| {
        let began = Instant::now();
        let output = world.run(&["check", "--quiet"]);
        assert!(output.status.success(), "{}", said(&output));
        began.elapsed()
    })
}

pub(crate) fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.trim().replace('\n', " / ")
}

/// An end is explained when it is a good one, or a code with a sentence; never a panic, never a
/// signal that nobody sent.
pub(crate) fn explained(tally: &mut Tally, what: &str, output: &Output) {
    let words = said(output);
    let is_good = match output.status.code() {
        Some(0 | 1) => !words.contains("panicked"),
        Some(3..=5) => words.contains("pubwatch: ") && !words.contains("panicked"),
        Some(_) | None => false,
    };
    if !is_good {
        tally
            .unexplained
            .push(format!("{what}: {}: {words}", output.status));
    }
}

/// The last round, when everything is as it should be again.
fn last_round(world: &World, tally: &mut Tally) {
    std::thread::sleep(CLAIMS_ARE_VOID);
    let output = world.run(&["check", "--quiet"]);
    if !output.status.success() {
        let line = format!("the last round: {}: {}", output.status, said(&output));
        tally.unexplained.push(line);
    }
}

/// The last round, one look at each page and one letter about each edition.
pub(crate) fn end(world: &World, tally: &mut Tally) {
    last_round(world, tally);
    tally.looks = world.looks(1);
    tally.letters = world.letters();
}

fn wait_a_part_of(episode: &mut Episode) {
    let most = u64::try_from(episode.round.as_micros()).unwrap() * 5 / 4;
    std::thread::sleep(Duration::from_micros(episode.rng.u64(0..most.max(1000))));
}

fn kill(world: &World, episode: &mut Episode, tally: &mut Tally) {
    for _ in 0..episode.injections {
        let mut child = world.start(&["check", "--quiet"]);
        wait_a_part_of(episode);
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        if output.status.code().is_some() {
            explained(tally, "a round that was quicker than its killer", &output);
        }
    }
    end(world, tally);
    // Killed between the server's "taken" and the note of it: sent again under the same name.
    tally.may_double = episode.injections;
}

fn signal(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.unwrap(), signal).unwrap();
}

fn terminate(world: &World, episode: &mut Episode, tally: &mut Tally) {
    let mut slowest = Duration::ZERO;
    for _ in 0..episode.injections {
        let child = world.start(&["run"]);
        wait_a_part_of(episode);
        signal(&child, Signal::TERM);
        let began = Instant::now();
        let output = child.wait_with_output().unwrap();
        slowest = slowest.max(began.elapsed());
        // Before it listens to signals, a signal ends it as it ends any program.
        let is_too_early = std::os::unix::process::ExitStatusExt::signal(&output.status)
            == Some(Signal::TERM.as_raw());
        if !is_too_early {
            explained(tally, "the service", &output);
        }
    }
    if Duration::from_secs(5) < slowest {
        tally
            .unexplained
            .push(format!("it took {slowest:?} to stop"));
    }
    tally
        .remarks
        .push(format!("the slowest stop took {} ms", slowest.as_millis()));
    end(world, tally);
    tally.may_double = episode.injections;
}

fn truncated_log(world: &World, episode: &mut Episode, tally: &mut Tally) {
    for _ in 0..episode.injections {
        let mut child = world.start(&["check", "--quiet"]);
        wait_a_part_of(episode);
        child.kill().unwrap();
        child.wait().unwrap();
        if let Some(wrong) = cut_copy(world, episode) {
            tally.unexplained.push(wrong);
        }
    }
    end(world, tally);
    tally.may_double = episode.injections;
}

/// A copy of the database whose log ends anywhere must open, be sound, and hold no letter without
/// the decision to write it, and no decision without its letter.
fn cut_copy(world: &World, episode: &mut Episode) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("pubwatch.db");
    std::fs::copy(world.database(), &copy).unwrap();
    let log = world.data().join("pubwatch.db-wal");
    let mut bytes = std::fs::read(log).unwrap_or_default();
    bytes.truncate(episode.rng.usize(0..=bytes.len()));
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

fn disk_full(world: &World, episode: &mut Episode, tally: &mut Tally) {
    let size = std::fs::metadata(world.database()).unwrap().len();
    let blocks = usize::try_from(size / 512).unwrap();
    for _ in 0..episode.injections {
        // A limit on the size of files, and the signal of it unheard: a write fails as on a full
        // disk, anywhere in the round.
        let limit = episode.rng.usize(1..blocks * 2).to_string();
        let full = [
            "sh",
            "-c",
            "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"",
            &limit,
        ];
        let output = world
            .command(&full, &["check", "--quiet"])
            .output()
            .unwrap();
        explained(tally, "a full disk", &output);
    }
    end(world, tally);
}

fn read_only(world: &World, episode: &Episode, tally: &mut Tally) {
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

fn locked(world: &World, episode: &mut Episode, tally: &mut Tally) {
    for number in 0..episode.injections {
        let holder = Connection::open(world.database()).unwrap();
        holder.execute_batch("BEGIN IMMEDIATE").unwrap();
        // Longer than its patience of a minute, once; else it waits, and all is well.
        let is_long = episode.at_length && number == 0;
        let hold = if is_long {
            Duration::from_secs(66)
        } else {
            Duration::from_millis(episode.rng.u64(100..1500))
        };
        let child = world.start(&["check", "--quiet"]);
        std::thread::sleep(hold);
        holder.execute_batch("COMMIT").unwrap();
        let output = child.wait_with_output().unwrap();
        if !is_long && !output.status.success() {
            let line = format!("held for {hold:?}: {}: {}", output.status, said(&output));
            tally.unexplained.push(line);
        }
        explained(tally, "a held database", &output);
    }
    end(world, tally);
}

fn clock(world: &World, episode: &Episode, tally: &mut Tally) {
    let is_there = std::process::Command::new("faketime")
        .arg("--version")
        .output()
        .is_ok();
    if !is_there {
        tally.injections = 0;
        tally
            .remarks
            .push("not played: this machine has no faketime".to_owned());
        return;
    }
    let mut rounds = 0;
    for shift in ["+1d", "-1d", "+1d"].iter().take(episode.injections) {
        let output = world
            .command(&["faketime", "-f", shift], &["check", "--quiet"])
            .output()
            .unwrap();
        explained(tally, "a clock that was set", &output);
        rounds += 1;
    }
    // A look of each moment is a look of its own, and the letter is written once all the same.
    last_round(world, tally);
    tally.looks = world.looks(rounds + 1);
    tally.letters = world.letters();
}

fn crowd(world: &World, episode: &Episode, tally: &mut Tally) {
    for _ in 0..episode.injections {
        let services: Vec<Child> = (0..2).map(|_| world.start(&["run"])).collect();
        let rounds: Vec<Child> = (0..10)
            .map(|_| world.start(&["check", "--quiet"]))
            .collect();
        for round in rounds {
            explained(
                tally,
                "one of ten rounds",
                &round.wait_with_output().unwrap(),
            );
        }
        for service in services {
            signal(&service, Signal::TERM);
            explained(
                tally,
                "one of two services",
                &service.wait_with_output().unwrap(),
            );
        }
    }
    end(world, tally);
}
