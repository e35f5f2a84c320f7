//! One round: ask what is due, record what was seen, judge every edition, queue the letters.
//!
//! 0. What lies in the inbox is read: what the author saved is known before anybody asks.
//! 1. The database says which listings are due.
//! 2. Each host is asked by a task of its own, one page after the other; hosts go side by side.
//! 3. Each look is recorded in a transaction of its own, so that a kill loses at most the page
//!    that was under way.
//! 4. When all hosts are through, each edition is judged, and what there is to tell is queued in
//!    the same transaction.
//!
//! Delivery is not part of it: what is queued is safe.

mod board;
pub mod by_hand;
mod doors;
pub mod health;
pub mod inbox;
pub mod judge_edition;
mod look;
pub(crate) mod post;
pub mod sqlite;
mod stop;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

use crate::book::{EditionId, Source, StoreId};
use crate::clock::Clock;
use crate::config::plan::{ListingPlan, Plan, label};
use crate::db::{Db, DbError};
use crate::fetch::Fetcher;
use crate::history::ListingId;
use crate::judge::{Settings, Severity};
use crate::lock::locked;
use crate::page::{Reading, Wanted};
use crate::stores::Lessons;
use crate::text::words;
use look::{Asked, ask};

pub use board::Board;
pub use post::{LINE_DOWN, desk};
pub use stop::Stop;

/// A service judges editions that nothing was asked about this often.
const JUDGE_ALL_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// Everything that a round needs, and that outlives it.
#[derive(Debug)]
pub struct House {
    /// What to watch.
    pub plan: Plan,
    /// What is known.
    pub db: Arc<Db>,
    /// The time.
    pub clock: Clock,
    /// What is usual, and how judging counts.
    pub settings: Settings,
    /// The only way out.
    pub fetcher: Fetcher,
    /// What the page asks for, and is told.
    pub board: Arc<Board>,
    pub(crate) lessons: Lessons,
    judged_all: Mutex<Option<Timestamp>>,
    awake_since: Mutex<Option<Timestamp>>,
}

/// Which listings a round asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that are due by the schedule.
    Due,
    /// All that have not been looked at within the floor.
    All,
}

/// A listing to ask.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its name.
    pub listing: ListingId,
    /// Its addresses.
    pub plan: ListingPlan,
    /// What its page should be about.
    pub wanted: Wanted,
    /// The last look at it when it was found due: if another process has looked since, it is not
    /// asked again.
    pub last_try: Option<Timestamp>,
}

/// What happens in a round, as it happens, for whoever watches.
#[derive(Debug, Clone)]
pub enum Step {
    /// So many listings are due.
    Begun {
        /// How many.
        listings: usize,
    },
    /// A page was had, and this is what it said.
    Seen {
        /// The listing.
        listing: ListingId,
        /// When.
        at: Timestamp,
        /// What it said.
        reading: Reading,
        /// It is another state than before.
        changed: bool,
    },
    /// A listing was left out.
    Passed {
        /// The listing.
        listing: ListingId,
        /// Why, in a sentence.
        why: String,
    },
    /// A file of the inbox was opened.
    Opened {
        /// Its name.
        file: String,
        /// What it is a look at and what that says, or why it is none.
        said: String,
    },
    /// A letter was queued.
    Queued {
        /// Its subject.
        subject: String,
        /// The highest severity in it; `None` for a digest.
        severity: Option<Severity>,
    },
}

/// Where the steps of a round go.
pub type Steps = UnboundedSender<Step>;

/// What a round came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Listings that were due.
    pub due: usize,
    /// Pages that named a state.
    pub read: usize,
    /// Pages that could not be read.
    pub unread: usize,
    /// Listings that were left out.
    pub passed: usize,
    /// Letters that were queued.
    #[serde(rename = "letters_queued")]
    pub letters: usize,
}

impl From<rusqlite::Error> for RoundError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Why a round ended early.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// The database says no.
    #[error("the database could not be used: {0}")]
    Database(#[from] DbError),
    /// The clock cannot be believed: what it would date counts for years.
    #[error(
        "this machine's clock shows {}, when this program was not made; nothing is looked at and no \
         letter is sent until it is set right (`timedatectl` shows whether it asks for the time)",
        .0.strftime("%-d %B %Y, %H:%M UTC")
    )]
    Clock(Timestamp),
    /// A task of the round broke down.
    #[error("a part of the round broke down: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Goes round once.
///
/// A stop ends it after at most the page that is being recorded; what was recorded stays, and the
/// next round judges it.
///
/// # Errors
///
/// [`RoundError`] when the database cannot be used.
pub async fn round(
    house: &Arc<House>,
    which: Which,
    stop: &Stop,
    steps: &Steps,
) -> Result<Summary, RoundError> {
    if let Some(shown) = house.clock.wrong() {
        return Err(RoundError::Clock(shown));
    }
    let seen = open_inbox(house, steps).await?;
    let began = house.clock.now();
    let tasks = sqlite::due(house, which, began)?;
    let number = sqlite::begin(house, began, tasks.len())?;
    let mut summary = Summary {
        due: tasks.len(),
        ..Summary::default()
    };
    tell(
        steps,
        Step::Begun {
            listings: tasks.len(),
        },
    );

    let touched: BTreeSet<EditionId> = tasks
        .iter()
        .map(|task| task.listing.edition.clone())
        .chain(seen)
        .collect();
    house.fetcher.expect(
        tasks
            .iter()
            .filter(|task| house.sources(task).contains(&Source::Api))
            .map(|task| &task.plan),
    );
    let side_by_side = matches!(house.clock, Clock::System);
    // In the order in which the configuration first names them, whatever their addresses are.
    let mut hosts: Vec<(String, Vec<Task>)> = Vec::new();
    for task in tasks {
        let host = task.plan.ask.authority().to_owned();
        match hosts.iter_mut().find(|(known, _)| *known == host) {
            Some((_, tasks)) => tasks.push(task),
            None => hosts.push((host, vec![task])),
        }
    }
    let mut running = JoinSet::new();
    for (_, tasks) in hosts {
        let (house, stop, steps) = (Arc::clone(house), stop.clone(), steps.clone());
        let part = async move { ask_host(&house, tasks, &stop, &steps).await };
        // On a virtual clock a pause turns the hands for everybody: one host after the other keeps
        // the times, and so the demo, the same from run to run.
        if side_by_side {
            running.spawn(part);
        } else {
            summary.add(&part.await?);
        }
    }
    while let Some(part) = running.join_next().await {
        summary.add(&part??);
    }
    if !stop.is_set() {
        summary.letters = judge(house, which, &touched, steps)?;
    }
    sqlite::end(house, number, &summary)?;
    Ok(summary)
}

/// Reads what the author saved into the inbox, on a thread that may wait for a disk. Gives the editions
/// of which something was seen.
async fn open_inbox(house: &Arc<House>, steps: &Steps) -> Result<Vec<EditionId>, RoundError> {
    if house.plan.inbox.is_none() {
        return Ok(Vec::new());
    }
    let house = Arc::clone(house);
    let (seen, opened) = tokio::task::spawn_blocking(move || inbox::open(&house)).await??;
    for step in opened {
        tell(steps, step);
    }
    Ok(seen)
}

/// Judges the editions that were asked about. The others can only have become due by a note or by
/// the calendar, and are judged with them by a round that a person asked for, and by a service
/// every quarter of an hour. Gives how many letters were queued.
fn judge(
    house: &House,
    which: Which,
    touched: &BTreeSet<EditionId>,
    steps: &Steps,
) -> Result<usize, RoundError> {
    let mut letters = 0;
    let mut count = |queued: judge_edition::Queued| {
        letters += queued.copies;
        let (subject, severity) = (queued.letter.subject, queued.letter.severity);
        tell(steps, Step::Queued { subject, severity });
    };
    let all = which == Which::All || house.is_time_to_judge_all();
    let editions = house
        .plan
        .editions
        .iter()
        .filter(|plan| all || touched.contains(&plan.edition.id));
    for queued in judge_edition::judge_editions(house, editions) {
        count(queued?);
    }
    if all {
        post::queue(house)?.into_iter().for_each(&mut count);
    }
    Ok(letters)
}

impl House {
    /// A house in which nothing has been judged yet. Its windows tell how long things took for the
    /// user's own titles, as far as the history goes now.
    pub fn new(
        plan: Plan,
        db: Arc<Db>,
        clock: Clock,
        settings: Settings,
        fetcher: Fetcher,
    ) -> Self {
        let judged_all = Mutex::new(None);
        let lessons = Lessons::of(&plan.stores);
        let settings = sqlite::with_own_titles(&plan, &db, settings);
        Self {
            plan,
            db,
            clock,
            settings,
            fetcher,
            board: Arc::default(),
            lessons,
            judged_all,
            awake_since: Mutex::default(),
        }
    }

    /// Since when a service has kept watch; `None` for a single round. See [`Rules`].
    ///
    /// [`Rules`]: crate::schedule::due::Rules
    pub fn awake_since(&self) -> Option<Timestamp> {
        *locked(&self.awake_since)
    }

    /// A service keeps watch from `now` on: it has begun, or the machine slept until now.
    pub fn wake(&self, now: Timestamp) {
        *locked(&self.awake_since) = Some(now);
    }

    /// How many of the pages watched here are not watched by another configuration.
    pub fn not_watched_by(&self, other: &Self) -> usize {
        let theirs: BTreeSet<_> = judge_edition::watched(&other.plan).into_iter().collect();
        let ours: BTreeSet<_> = judge_edition::watched(&self.plan).into_iter().collect();
        ours.difference(&theirs).count()
    }

    /// "Salt Roads (paperback) at Amazon", for lines that people read.
    pub fn name_of(&self, listing: &ListingId) -> String {
        let plan = self
            .plan
            .editions
            .iter()
            .find(|plan| plan.edition.id == listing.edition);
        let title = plan.map_or(listing.edition.as_str(), |plan| plan.edition.title.as_str());
        let format = plan.map_or("", |plan| plan.edition.format.name());
        format!(
            "{} ({format}) at {}",
            words::clipped(title, 40),
            label(&listing.store, &self.plan.stores)
        )
    }

    /// The ways in to a listing's page, in the order in which they are tried.
    fn sources(&self, task: &Task) -> Vec<Source> {
        ways(&self.plan, &task.listing.edition, &task.plan)
    }

    fn is_time_to_judge_all(&self) -> bool {
        let now = self.clock.now();
        let mut judged_all = locked(&self.judged_all);
        let is_time = judged_all.is_none_or(|last| {
            let since = now.duration_since(last);
            since.is_negative() || JUDGE_ALL_EVERY <= since
        });
        if is_time {
            *judged_all = Some(now);
        }
        is_time
    }
}

/// The ways in to an edition's page, in the order in which they are tried.
fn ways(plan: &Plan, edition: &EditionId, listing: &ListingPlan) -> Vec<Source> {
    let store = plan.stores.iter().find(|store| store.id == listing.store);
    store.map_or_else(
        || vec![Source::Http],
        |store| store.ways.of(edition).to_vec(),
    )
}

impl Summary {
    fn add(&mut self, part: &Self) {
        self.read += part.read;
        self.unread += part.unread;
        self.passed += part.passed;
    }
}

/// Asks one page of each store, of those that may be asked now, and records what it says. Nothing
/// is judged and no letter is written: this is for a person who wants to see how the stores answer.
pub async fn one_page_of_each_store(house: &House, stop: &Stop) -> Result<Summary, RoundError> {
    let mut stores: BTreeSet<StoreId> = BTreeSet::new();
    let mut tasks = sqlite::due(house, Which::All, house.clock.now())?;
    tasks.retain(|task| stores.insert(task.listing.store.clone()));
    let (steps, _) = tokio::sync::mpsc::unbounded_channel();
    ask_host(house, tasks, stop, &steps).await
}

/// Asks the listings of one host, one after the other, until all are asked or it is time to stop.
async fn ask_host(
    house: &House,
    tasks: Vec<Task>,
    stop: &Stop,
    steps: &Steps,
) -> Result<Summary, RoundError> {
    let mut summary = Summary::default();
    for task in tasks {
        let asked = tokio::select! {
            // The page under way is dropped: nothing of it has been recorded.
            () = stop.wait() => return Ok(summary),
            asked = ask(house, &task) => asked?,
        };
        match asked {
            Asked::Seen {
                at,
                reading,
                changed,
            } => {
                match &reading {
                    Reading::Says(_) => summary.read += 1,
                    Reading::Unread(_) => summary.unread += 1,
                }
                tell(
                    steps,
                    Step::Seen {
                        listing: task.listing,
                        at,
                        reading,
                        changed,
                    },
                );
            }
            Asked::Passed(why) => {
                summary.passed += 1;
                tell(
                    steps,
                    Step::Passed {
                        listing: task.listing,
                        why,
                    },
                );
            }
        }
    }
    Ok(summary)
}

/// Nobody needs to listen: a step that nobody takes is lost, and that is all.
fn tell(steps: &Steps, step: Step) {
    let _ = steps.send(step);
}
