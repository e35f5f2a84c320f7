//! What `pubwatch run` does: everything that belongs to the service is opened here, joined, and closed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::context::Context;
use super::daemon::{self, Event, Means};
use super::first_start::{self, Wish};
use super::page::{self, Page};
use super::ticker::{self, Tick, Ticker};
use super::{deliver, following, ping};
use crate::config::ConfigError;
use crate::config::files::find;
use crate::db::DbError;
use crate::round::{House, Stop};
use crate::setup::place::{for_a_new_one, is_missing};

/// The fewest threads that the service runs on.
const WORKERS: usize = 4;

/// How long the note that the service has stopped may take.
const NOTING: Duration = Duration::from_secs(2);

/// Keeps watch until it is told to stop. Where there is no configuration, a page is served first on
/// which one is made.
///
/// # Errors
///
/// When the configuration, the database or the page's address cannot be used at the start.
pub fn keep(config: Option<&Path>, wish: &Wish) -> anyhow::Result<()> {
    let found = match find(config) {
        Err(ConfigError::NotFound { .. }) => for_a_new_one(config)?,
        found => found?,
    };
    // The place does not change with the folder or the environment, and what is written while it is
    // read is read again.
    let file = std::path::absolute(found).context("finding the configuration")?;
    let mut listener = None;
    if is_missing(&file) {
        listener = first_start::serve(&file, wish)?;
        if listener.is_none() {
            return Ok(());
        }
    }
    let read = following::stamp(&file);
    let context = Context::open(Some(&file))?;
    // The database makes those wait who use it while another program holds it: some must be left
    // that hear a signal.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.max(WORKERS))
        .enable_all()
        .build()
        .context("starting the runtime")?;
    let ended = runtime.block_on(serve(context, (file, read), listener));
    // Nobody waits for pages that are still being thought about.
    runtime.shutdown_background();
    ended
}

async fn serve(
    context: Context,
    (file, read): (PathBuf, following::Stamp),
    listener: Option<std::net::TcpListener>,
) -> anyhow::Result<()> {
    // First, so that whoever reads the first line of the log may stop the service cleanly.
    let (sender, events) = mpsc::unbounded_channel();
    listen(sender.clone())?;
    tracing::info!(
        config = %file.display(),
        editions = context.plan.editions.len(),
        "keeping watch"
    );
    let house = Arc::new(context.into_watch()?);
    following::note(&house.db, &file, None, house.clock.now());
    let is_wrong = Arc::new(AtomicBool::new(false));
    following::follow(&house, (file.clone(), read), &is_wrong, sender.clone());
    let (ticks, heard) = mpsc::channel(1);
    let heartbeat = Ticker::start(ticks).await?;
    let board = Arc::clone(&house.board);
    let bell = sender.clone();
    board.ring_with(move || {
        // The loop may be gone already; then nobody goes round any more.
        let _ = bell.send(Event::Tick);
    });
    let listener = listener.map(TcpListener::from_std).transpose()?;
    let page = page::open(&house, listener).await?;
    beat(heard, sender.clone());
    let (watched, file_in_force) = (Arc::clone(&house), file.clone());
    let shown = Arc::clone(&page);
    let (db, written_as) = (Arc::clone(&house.db), file.clone());
    let means = Means {
        load: move || {
            let loaded = again(&file_in_force, &watched, &shown);
            is_wrong.store(loaded.is_err(), Ordering::Relaxed);
            let wrong = loaded.as_ref().err().map(|error| format!("{error:#}"));
            let now = watched.clock.now();
            following::note(&watched.db, &file_in_force, wrong.as_deref(), now);
            loaded
        },
        deliver: |house: Arc<House>, stop: Stop, ending: daemon::Ending| async move {
            let delivered = deliver::deliver(&house, &stop).await;
            let trouble = ending
                .err()
                .or_else(|| delivered.as_ref().err().map(|error| format!("{error:#}")));
            if !stop.is_set() {
                ping::ping(&house, trouble.as_deref()).await;
            }
            let summary = delivered?;
            Ok((summary.delivered, summary.trouble))
        },
        close: async move {
            let noted = tokio::task::spawn_blocking(move || following::end(&db, &written_as));
            tokio::join!(page.close(), async {
                if tokio::time::timeout(NOTING, noted).await.is_err() {
                    tracing::warn!("the database is held, so the stop is not noted in it");
                }
            });
        },
        config: file,
    };
    daemon::run(house, events, sender, means).await?;
    Ok(heartbeat.stop().await?)
}

/// Reads the configuration again, and lets the page follow it: all of it is taken over, or nothing.
///
/// It is this file and no other: should it be gone, what was in force stays.
fn again(file: &Path, before: &House, page: &Page) -> anyhow::Result<House> {
    // Never a new database in the place of one that has gone.
    before.db.is_in_place().map_err(DbError::from)?;
    let mut new = Context::open(Some(file)).and_then(Context::into_watch)?;
    new.board = Arc::clone(&before.board);
    tokio::runtime::Handle::current().block_on(page.reload(&new))?;
    Ok(new)
}

/// Turns the heartbeat into events, the first one at once: a service that was restarted does not
/// wait for the minute. A heartbeat that falls silent is made up for.
fn beat(mut heard: mpsc::Receiver<Tick>, sender: mpsc::UnboundedSender<Event>) {
    tokio::spawn(async move {
        while sender.send(Event::Tick).is_ok() {
            let tick = ticker::next(&mut heard, ticker::LONGEST_SILENCE).await;
            if tick.is_none() {
                return;
            }
        }
    });
}

/// Turns signals into events.
fn listen(sender: mpsc::UnboundedSender<Event>) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listening to SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening to SIGINT")?;
    let mut hang_up = signal(SignalKind::hangup()).context("listening to SIGHUP")?;
    tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                _ = terminate.recv() => Event::Stop,
                _ = interrupt.recv() => Event::Stop,
                _ = hang_up.recv() => Event::Reload,
            };
            if sender.send(event).is_err() {
                return;
            }
        }
    });
    Ok(())
}
