//! The service follows its file: what changes in the configuration is taken over within seconds.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::daemon::Event;
use crate::clock::Clock;
use crate::config::Loaded;
use crate::db::Db;
use crate::round::House;
use crate::round::sqlite::running::{self, beat, kept_out, stopped, taken_over};
use crate::setup::data::open_database;
use crate::text::words;

/// How often the file is looked at: one question to the file system.
const EVERY: Duration = Duration::from_secs(2);

/// After so many of them the service gives a sign of life.
const BEAT: u32 = 30;

/// After so many signs of life a configuration that was wrong is read again: what was wrong may lie
/// outside the file, as a password that cannot be read.
const AGAIN: u32 = 5;

/// What tells that a file may be another: it was replaced, written, or has gone.
pub(super) type Stamp = Option<(u64, u64, i64, i64)>;

/// The stamp of a file now, through symbolic links: what they lead to counts.
pub(super) fn stamp(file: &Path) -> Stamp {
    let known = std::fs::metadata(file).ok()?;
    Some((known.ino(), known.size(), known.mtime(), known.mtime_nsec()))
}

/// Asks for the configuration to be read again whenever its file is another than when it was read, and
/// rests: one that is being written is left alone until two looks see the same.
pub(super) fn follow(
    house: &House,
    (file, read): (PathBuf, Stamp),
    is_wrong: &Arc<AtomicBool>,
    events: mpsc::UnboundedSender<Event>,
) {
    let (db, clock) = (Arc::clone(&house.db), house.clock.clone());
    let is_wrong = Arc::clone(is_wrong);
    tokio::task::spawn(async move {
        let (mut known, mut before) = (read, read);
        let mut looks = 0;
        while !events.is_closed() {
            tokio::time::sleep(EVERY).await;
            looks += 1;
            let now = stamp(&file);
            let is_time = looks % (BEAT * AGAIN) == 0 && is_wrong.load(Ordering::Relaxed);
            if (now == before && now != known) || is_time {
                known = now;
                // The loop may be gone already; then nothing is read any more.
                let _ = events.send(Event::Reload);
            }
            before = now;
            if looks % BEAT == 0 {
                let (file, now) = (file.to_string_lossy().into_owned(), clock.now());
                let db = Arc::clone(&db);
                // Not waited for: a database that is held is no reason not to look at the file.
                tokio::task::spawn_blocking(move || {
                    log(db.write_lightly(|transaction| beat(transaction, &file, now)));
                });
            }
        }
    });
}

/// Notes whether the configuration was taken over, or why not.
pub(super) fn note(db: &Db, file: &Path, wrong: Option<&str>, now: Timestamp) {
    let file = file.to_string_lossy();
    log(db.write(|transaction| match wrong {
        None => taken_over(transaction, &file, now),
        Some(why) => kept_out(
            transaction,
            &words::clipped(&words::one_line(why), 300),
            now,
        ),
    }));
}

/// Notes that nobody keeps watch any more.
pub(super) fn end(db: &Db, file: &Path) {
    let file = file.to_string_lossy();
    log(db.write(|transaction| stopped(transaction, &file)));
}

/// That it cannot be noted keeps nobody from keeping watch.
fn log(noted: rusqlite::Result<()>) {
    if let Err(error) = noted {
        tracing::warn!(%error, "what the service runs cannot be noted");
    }
}

/// What becomes of a configuration that a command has written, where a service keeps watch.
pub(crate) fn taken_over_soon(written: &Loaded) -> Option<&'static str> {
    let data = &written.plan.data;
    if !data.join("pubwatch.db").exists() {
        return None;
    }
    let db = open_database(data).ok()?;
    let now = Clock::System.now();
    let found = db.read(|connection| running::running(connection, now));
    let running = found.ok()??;
    let file = std::path::absolute(&written.path).ok()?;
    (file == Path::new(&running.file))
        .then_some("The service that runs takes it over within seconds.")
}
