//! What lies on this machine: configuration, clock, disk, database, service.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::look::Look;
use crate::config::{Loaded, Plan};
use crate::db::{Db, DbError};
use crate::history::sqlite::{count_of_looks, damaged_bodies, listings_that_lost_looks};
use crate::mail::sqlite::{answer_key, damaged_letters};
use crate::round::health::{Ailment, health};
use crate::round::inbox::waiting;
use crate::round::sqlite::vitals;
use crate::text::words;

/// Below this much free space letters and observations are in danger.
const LITTLE_SPACE_KB: u64 = 100 * 1024;

pub(super) fn versions() -> Look {
    Look::good(
        "version",
        format!(
            "pubwatch {}, {} {}, SQLite {}",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH,
            rusqlite::version()
        ),
    )
}

pub(super) fn configuration(loaded: &Loaded) -> Look {
    let plan = &loaded.plan;
    let listings: usize = plan.editions.iter().map(|one| one.listings.len()).sum();
    let says = format!(
        "{}: {}, {}",
        loaded.path.display(),
        words::count(number(plan.editions.len()), "edition"),
        words::count(number(listings), "listing")
    );
    if plan.editions.is_empty() {
        return Look::note("configuration", says).next("`pubwatch add ISBN` adds a book");
    }
    match loaded.warnings.len() {
        0 => Look::good("configuration", says),
        count => Look::note(
            "configuration",
            format!("{says}; {}", words::count(number(count), "warning")),
        )
        .next("`pubwatch config check` shows them"),
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The clock, and whether something keeps it right.
pub(super) fn clock(zone: &TimeZone, now: Timestamp) -> Vec<Look> {
    let local = now.to_zoned(zone.clone());
    let says = local.strftime("%a %-d %B %Y, %H:%M %Z").to_string();
    let kept = asked(
        "timedatectl",
        &["show", "--property=NTPSynchronized", "--value"],
    );
    let look = match kept.as_deref() {
        Some("yes") => Look::good("clock", format!("{says}, kept right over the network")),
        Some("no") => Look::note("clock", format!("{says}; nothing keeps it right"))
            .next("see that it is right; on systemd: `timedatectl set-ntp true`"),
        Some(_) | None => Look::good("clock", says),
    };
    vec![look]
}

pub(super) fn disk(data: &Path) -> Look {
    let mut folder = data;
    while !folder.exists() {
        let Some(above) = folder.parent() else { break };
        folder = above;
    }
    let free: Option<u64> = asked("df", &["-Pk", &folder.to_string_lossy()])
        .and_then(|text| text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok());
    match free {
        Some(free) if free < LITTLE_SPACE_KB => Look::wrong(
            "disk",
            format!("{} MB are free at {}", free / 1024, data.display()),
        )
        .next("make room, or choose another `data.folder`"),
        Some(free) => Look::good("disk", format!("{} MB are free", free / 1024)),
        None => Look::note(
            "disk",
            "how much is free cannot be told (`df` gave no answer)",
        ),
    }
}

/// The folder is there by now; whether others can look into it.
pub(super) fn data_folder(data: &Path) -> Vec<Look> {
    let mode = std::fs::metadata(data).map(|metadata| metadata.permissions().mode() & 0o777);
    let look = match mode {
        Ok(mode) if mode % 0o100 == 0 => Look::good("data", data.display().to_string()),
        Ok(mode) => Look::note(
            "data",
            format!(
                "{}: others on this machine may look into it ({mode:o})",
                data.display()
            ),
        )
        .next(format!("`chmod 700 {}`", data.display())),
        Err(error) => Look::wrong("data", format!("{}: {error}", data.display())),
    };
    vec![look]
}

/// A database that cannot be opened.
pub(super) fn no_database(error: &anyhow::Error) -> Look {
    let look = Look::wrong("database", format!("{error:#}"));
    match error.downcast_ref::<DbError>() {
        Some(DbError::Damaged(_) | DbError::Empty) => look.next(
            "`pubwatch restore BACKUP` puts the newest backup back; without one, see docs/trouble.md",
        ),
        Some(DbError::FromTheFuture { .. }) => look.next("install the newest Pubwatch"),
        Some(DbError::Outdated) => look.next("choose another `data.folder`, or restore a backup"),
        Some(_) | None => {
            look.next("see that the data folder belongs to the user that runs pubwatch")
        }
    }
}

pub(super) fn database(db: &Db) -> Look {
    let seen = db.read(|connection| -> rusqlite::Result<(String, i64, i32)> {
        let mut sound: String =
            connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        // What lies within a long text or a packed page SQLite does not know.
        let (bodies, letters) = (damaged_bodies(connection)?, damaged_letters(connection)?);
        if sound == "ok" && 0 < bodies + letters {
            sound = format!("{bodies} saved pages and {letters} letters are not as they were");
        }
        // Nor that a page of the file lost all its rows, where no index names them.
        let poor = listings_that_lost_looks(connection)?;
        if sound == "ok" && 0 < poor {
            let pages = words::count(poor, "page");
            sound = format!("observations of {pages} are gone");
        }
        if sound == "ok" && answer_key(connection)?.is_none() {
            "the key with which the answers in letters are signed is gone".clone_into(&mut sound);
        }
        let looks = count_of_looks(connection)?;
        let schema = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        Ok((sound, looks, schema))
    });
    let size = std::fs::metadata(db.path()).map_or(0, |metadata| metadata.len()) / 1024;
    match seen {
        Ok((sound, looks, schema)) if sound == "ok" => Look::good(
            "database",
            format!(
                "sound, {}, {size} kB, schema {schema}",
                words::count(looks, "observation")
            ),
        ),
        Ok((words, ..)) => damaged(&words),
        Err(error) => {
            let error = DbError::from(error);
            if let DbError::Damaged(error) = error {
                return damaged(&error.to_string());
            }
            Look::wrong("database", format!("it cannot be read: {error}"))
                .next("look after the disk, and who may read the file")
        }
    }
}

fn damaged(words: &str) -> Look {
    Look::wrong("database", format!("it is damaged: {words}")).next(
        "`pubwatch restore BACKUP` puts the newest backup back; without one, see docs/trouble.md",
    )
}

/// Whether the watch is well; what is wrong with letters is told beside the mail server.
pub(super) fn checks(db: &Db, plan: &Plan, now: Timestamp) -> Vec<Look> {
    let zone = &plan.author.zone;
    let health = match db.read(|connection| vitals(connection, plan, now)) {
        Ok(vitals) => health(&vitals, now),
        Err(error) => return vec![Look::wrong("checks", format!("cannot be read: {error}"))],
    };
    let mut looks = Vec::new();
    for one in &health.ailments {
        let words = one.words(zone, now);
        let look = match one {
            Ailment::LettersRefused { .. } | Ailment::LettersWait { .. } => continue,
            Ailment::NotBegun => Look::note("checks", words),
            Ailment::NothingRead { .. }
            | Ailment::LineDown
            | Ailment::ClockSetBack { .. }
            | Ailment::OldConfiguration(_) => Look::wrong("checks", words),
        };
        looks.push(look.next(one.next_step()));
    }
    if looks.is_empty() {
        let last = health.last_good_check.map(|at| now.duration_since(at));
        looks.push(match last {
            None => Look::good("checks", "nothing is asked of a store"),
            Some(since) if since < SignedDuration::from_mins(1) => {
                Look::good("checks", "the last good one was just now")
            }
            Some(since) => {
                let ago = words::lasting(since);
                Look::good("checks", format!("the last good one was {ago} ago"))
            }
        });
    }
    looks
}

/// The folder for saved pages, if there is one.
pub(super) fn inbox(plan: &Plan) -> Option<Look> {
    let inbox = plan.inbox.as_ref()?;
    let place = inbox.display();
    Some(match waiting(inbox) {
        Ok((0, 0)) => Look::good("inbox", format!("{place}: nothing waits")),
        Ok((waiting, 0)) => Look::good(
            "inbox",
            format!(
                "{place}: {} for the next round",
                words::count(number(waiting), "saved page")
            ),
        ),
        Ok((_, not)) => Look::note(
            "inbox",
            format!(
                "{place}: {} not read",
                words::count(number(not), "saved page")
            ),
        )
        .next(format!(
            "the text files in {place}/not-read say why; delete what you have seen to"
        )),
        Err(error) => Look::wrong("inbox", format!("{place}: {error}"))
            .next("let the user that runs pubwatch read and write that folder, or name another"),
    })
}

/// Whether systemd runs us. Nothing is said where there is no systemd: cron is as good.
pub(super) fn service() -> Vec<Look> {
    if !Path::new("/run/systemd/system").is_dir() {
        return Vec::new();
    }
    let units = ["pubwatch.service", "pubwatch-check.timer"];
    let active = |scope: &[&str]| {
        units.into_iter().find(|name| {
            let state = asked("systemctl", &[scope, &["is-active", name]].concat());
            state.as_deref() == Some("active")
        })
    };
    vec![match active(&[]).or_else(|| active(&["--user"])) {
        Some(name) => Look::good("service", format!("{name} is active")),
        None => Look::note("service", "no service of systemd's is active")
            .next("`pubwatch service install`, unless cron does it"),
    }]
}

/// The first lines of what a program prints, when it ends well.
fn asked(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
