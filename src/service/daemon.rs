//! `pubwatch run`: everything that can happen to the service, in one closed list and one loop.
//!
//! The loop holds no state that matters: what is due is in the database, so a kill at any moment
//! costs nothing but the page that was under way.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::awake::woke;
use crate::db::DbError;
use crate::round::{self, House, Stop, Summary, Which};

/// How long a stop may take before the service ends without waiting any longer.
const PATIENCE: Duration = Duration::from_secs(4);

/// Everything that can happen.
#[derive(Debug)]
pub enum Event {
    /// A minute has begun.
    Tick,
    /// The turn that a tick began is over.
    TurnOver(anyhow::Result<Turn>),
    /// The configuration is to be read again.
    Reload,
    /// It was read again, or is wrong.
    Loaded(anyhow::Result<Arc<House>>),
    /// It is time to stop.
    Stop,
}

/// What one turn of the service came to: a round of what is due, and a drain of the outbox.
#[derive(Debug, Default)]
pub struct Turn {
    /// The round.
    pub round: Summary,
    /// Letters that went out.
    pub delivered: u32,
    /// What is wrong with the mail server, if something is.
    pub trouble: Option<String>,
}

/// How a round ended: what it came to, or why it failed.
pub type Ending = Result<Summary, String>;

/// What the service does with the outside: how a house is made anew and how letters go out.
/// Given as functions, so that this loop knows neither files nor servers.
pub struct Means<Load, Deliver, Close> {
    /// Reads the configuration again, on a thread that may wait.
    pub load: Load,
    /// Drains the outbox after a round that ended so, and tells whoever wants to know that we are
    /// alive.
    pub deliver: Deliver,
    /// Closes what else belongs to the service, while the turn under way is waited for.
    pub close: Close,
    /// The file of the configuration, for the log.
    pub config: PathBuf,
}

/// Runs until it is told to stop.
///
/// 0. A tick that comes long after the last one shows that the machine slept: what became due in
///    between is not asked all at once.
/// 1. A tick begins a turn, unless one is under way: turns never overlap, and a tick that comes
///    too early is not made up for, because what is due is decided from stored times.
/// 2. A reload takes the new configuration from the next turn on; a wrong one changes nothing. It
///    is read beside the loop, so that a file or a database that makes it wait holds up no stop.
/// 3. A stop tells the turn under way and waits for it, but not longer than four seconds.
///
/// # Errors
///
/// Never for a turn that failed: that is logged, and the next tick tries again.
pub async fn run<Load, Deliver, Delivered, Close>(
    house: Arc<House>,
    mut events: mpsc::UnboundedReceiver<Event>,
    sender: mpsc::UnboundedSender<Event>,
    means: Means<Load, Deliver, Close>,
) -> anyhow::Result<()>
where
    Load: Fn() -> anyhow::Result<House> + Send + Sync + 'static,
    Deliver: Fn(Arc<House>, Stop, Ending) -> Delivered + Clone + Send + 'static,
    Delivered: Future<Output = anyhow::Result<(u32, Option<String>)>> + Send + 'static,
    Close: Future<Output = ()>,
{
    let mut house = house;
    let mut reading = Reading::new(means.load, sender.clone());
    let stop = Stop::default();
    let mut turn: Option<JoinHandle<()>> = None;
    let mut last_tick = None;
    let mut is_new = false;
    while let Some(event) = events.recv().await {
        if matches!(event, Event::Tick) {
            last_tick = Some(mind_sleep(&house, last_tick));
        }
        match event {
            Event::Tick if turn.is_some() => {}
            Event::Tick => {
                is_new = false;
                let (house, stop, sender) = (Arc::clone(&house), stop.clone(), sender.clone());
                let deliver = means.deliver.clone();
                turn = Some(tokio::spawn(async move {
                    // A task of its own, so that a panic in a turn ends the turn and not the watch.
                    let under_way = tokio::spawn(one_turn(house, stop, deliver));
                    let over = under_way.await.unwrap_or_else(|broken| Err(broken.into()));
                    // The loop may be gone already; then nobody needs to know.
                    let _ = sender.send(Event::TurnOver(over));
                }));
            }
            Event::TurnOver(over) => {
                turn = None;
                log(&over);
                // What a failed turn has left standing waits for the next minute: it may fail again.
                let is_wanted = over.is_ok() && house.board.is_wanted();
                if is_wanted || is_new {
                    // Asked for, or newly configured, while the turn was under way.
                    let _ = sender.send(Event::Tick);
                }
            }
            Event::Reload => reading.begin(),
            Event::Loaded(loaded) => {
                reading.ended();
                if let Some(new) = taken_over(&house, loaded, &means.config) {
                    house = new;
                    // What is new is looked at now, not at the next minute.
                    is_new = true;
                    let _ = sender.send(Event::Tick);
                }
            }
            Event::Stop => break,
        }
    }
    stop.set();
    let waited = async {
        if let Some(turn) = turn
            && tokio::time::timeout(PATIENCE, turn).await.is_err()
        {
            tracing::warn!("the round under way did not end in time; what it recorded is safe");
        }
    };
    tokio::join!(waited, means.close);
    tracing::info!("stopped");
    Ok(())
}

/// Reading the configuration again: once at a time, and once more where it was asked for meanwhile.
struct Reading<Load> {
    load: Arc<Load>,
    sender: mpsc::UnboundedSender<Event>,
    is_under_way: bool,
    is_wanted: bool,
}

impl<Load: Fn() -> anyhow::Result<House> + Send + Sync + 'static> Reading<Load> {
    fn new(load: Load, sender: mpsc::UnboundedSender<Event>) -> Self {
        Self {
            load: Arc::new(load),
            sender,
            is_under_way: false,
            is_wanted: false,
        }
    }

    fn begin(&mut self) {
        if std::mem::replace(&mut self.is_under_way, true) {
            self.is_wanted = true;
            return;
        }
        let (load, sender) = (Arc::clone(&self.load), self.sender.clone());
        tokio::spawn(async move {
            let loaded = tokio::task::spawn_blocking(move || load()).await;
            // The loop may be gone already; then nobody needs to know.
            let loaded = loaded.unwrap_or_else(|broken| Err(broken.into()));
            let _ = sender.send(Event::Loaded(loaded.map(Arc::new)));
        });
    }

    fn ended(&mut self) {
        self.is_under_way = false;
        if std::mem::take(&mut self.is_wanted) {
            self.begin();
        }
    }
}

/// The new house, where its configuration is right.
fn taken_over(
    old: &House,
    loaded: anyhow::Result<Arc<House>>,
    config: &Path,
) -> Option<Arc<House>> {
    match loaded {
        Ok(new) => {
            tracing::info!(
                config = %config.display(),
                pages.added = new.not_watched_by(old),
                pages.removed = old.not_watched_by(&new),
                "configuration read again"
            );
            Some(new)
        }
        Err(error) => {
            tracing::error!(
                config = %config.display(),
                "the new configuration is wrong, the old one stays in force: {error:#}"
            );
            None
        }
    }
}

/// After a sleep of the machine's, what became due meanwhile is spread over the next minutes, as
/// after a start. Gives the time of this tick.
fn mind_sleep(house: &House, last_tick: Option<Timestamp>) -> Timestamp {
    let now = house.clock.now();
    if let Some(since) = woke(last_tick, now) {
        tracing::info!("the machine slept, or its clock was set; what is due is spread out");
        house.wake(since);
    }
    now
}

async fn one_turn<Deliver, Delivered>(
    house: Arc<House>,
    stop: Stop,
    deliver: Deliver,
) -> anyhow::Result<Turn>
where
    Deliver: Fn(Arc<House>, Stop, Ending) -> Delivered,
    Delivered: Future<Output = anyhow::Result<(u32, Option<String>)>>,
{
    // Nothing new is begun over a file that is not ours any more.
    house.db.is_in_place().map_err(DbError::from)?;
    // Nobody listens, and nobody keeps the steps either: a long round would gather every reading.
    let (steps, _) = mpsc::unbounded_channel();
    let round = round::round(&house, Which::Due, &stop, &steps)
        .await
        .context("going round");
    let ending = match &round {
        Ok(summary) => Ok(*summary),
        Err(error) => Err(format!("{error:#}")),
    };
    // What waits in the outbox does not depend on this round.
    let delivered = deliver(Arc::clone(&house), stop.clone(), ending).await;
    let round = round?;
    let (delivered, trouble) = delivered?;
    house.db.rest().context("letting the database rest")?;
    Ok(Turn {
        round,
        delivered,
        trouble,
    })
}

/// A failure is logged once, here, where it is handled.
fn log(over: &anyhow::Result<Turn>) {
    match over {
        Ok(turn) if turn.round.due + turn.round.letters == 0 && turn.delivered == 0 => {}
        Ok(turn) => tracing::info!(
            due = turn.round.due,
            read = turn.round.read,
            unread = turn.round.unread,
            passed = turn.round.passed,
            letters.queued = turn.round.letters,
            letters.delivered = turn.delivered,
            mail.trouble = turn.trouble,
            "round"
        ),
        Err(error) => tracing::error!("the round failed, the next one tries again: {error:#}"),
    }
}
