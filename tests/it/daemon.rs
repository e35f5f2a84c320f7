//! The service's loop: what a tick, a broken turn, a reload and a stop do to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pubwatch::clock::Clock;
use pubwatch::config;
use pubwatch::db::Db;
use pubwatch::fetch::Fetcher;
use pubwatch::judge::Settings;
use pubwatch::round::House;
use pubwatch::service::daemon::{self, Event, Means};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Longer than anything here takes, on a machine that is busy.
const LONG: Duration = Duration::from_secs(20);

/// A house that watches nothing, on a database of its own.
fn empty_house(folder: &tempfile::TempDir) -> House {
    let text = "[author]\nname = 'Jane'\nemail = 'jane@example.com'\ntimezone = 'UTC'\n";
    let (plan, _) = config::check(text, "pubwatch.toml", jiff::civil::date(2026, 12, 1))
        .unwrap_or_else(|problems| panic!("{problems:#?}"));
    let db = Arc::new(Db::open(&folder.path().join("pubwatch.db")).unwrap());
    let settings = Settings::of(&plan).unwrap();
    let fetcher =
        Fetcher::new(Arc::clone(&db), Clock::System, &plan.manners, &plan.stores).unwrap();
    House::new(plan, db, Clock::System, settings, fetcher)
}

/// What delivering does in a turn.
#[derive(Clone, Copy)]
enum Delivery {
    Panics,
    Hangs,
    Works,
    /// Somebody asks for a look, and the turn fails.
    FailsWithAWish,
}

/// A service whose turns end as the script says, the last line of it again and again.
struct Service {
    events: UnboundedSender<Event>,
    turns: Arc<AtomicUsize>,
    loads: Arc<AtomicUsize>,
    running: JoinHandle<anyhow::Result<()>>,
    _folder: tempfile::TempDir,
}

impl Service {
    fn start(script: &'static [Delivery]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = Arc::new(empty_house(&folder));
        let (events, heard) = mpsc::unbounded_channel();
        let (turns, loads) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted, loaded) = (Arc::clone(&turns), Arc::clone(&loads));
        let means = Means {
            load: move || {
                loaded.fetch_add(1, Ordering::SeqCst);
                Err(anyhow::anyhow!("the file is wrong"))
            },
            deliver: move |house: Arc<House>, _stop, _ending| {
                let number = counted.fetch_add(1, Ordering::SeqCst);
                let what = script[number.min(script.len() - 1)];
                async move {
                    match what {
                        Delivery::Panics => panic!("a turn breaks, as the test wants"),
                        Delivery::Hangs => std::future::pending().await,
                        Delivery::Works => Ok((0, None)),
                        Delivery::FailsWithAWish => {
                            house.board.want(&"9781944098117".parse().unwrap());
                            Err(anyhow::anyhow!("a turn fails, as the test wants"))
                        }
                    }
                }
            },
            close: std::future::ready(()),
            config: PathBuf::from("pubwatch.toml"),
        };
        let running = tokio::spawn(daemon::run(house, heard, events.clone(), means));
        Self {
            events,
            turns,
            loads,
            running,
            _folder: folder,
        }
    }

    /// Ticks until so many turns have begun.
    async fn tick_until_turn(&self, number: usize) {
        let begun = Instant::now();
        while self.turns.load(Ordering::SeqCst) < number {
            assert!(begun.elapsed() < LONG, "turn {number} never began");
            self.events.send(Event::Tick).unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until so many turns have begun.
    async fn has_begun_turn(&self, number: usize) {
        let begun = Instant::now();
        while self.turns.load(Ordering::SeqCst) < number {
            assert!(begun.elapsed() < LONG, "turn {number} never began");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Stops it, and gives how long that took.
    async fn stop(self) -> Duration {
        let asked = Instant::now();
        self.events.send(Event::Stop).unwrap();
        self.running.await.unwrap().unwrap();
        asked.elapsed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_breaks_down_ends_and_the_next_tick_begins_another() {
    let service = Service::start(&[Delivery::Panics, Delivery::Works]);
    service.tick_until_turn(3).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_during_a_turn_begin_no_second_one() {
    let service = Service::start(&[Delivery::Hangs]);
    service.tick_until_turn(1).await;
    for _ in 0..20 {
        service.events.send(Event::Tick).unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(service.turns.load(Ordering::SeqCst), 1);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_a_failed_turn_left_standing_waits_for_the_next_tick() {
    let service = Service::start(&[Delivery::FailsWithAWish]);
    service.events.send(Event::Tick).unwrap();
    service.has_begun_turn(1).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(service.turns.load(Ordering::SeqCst), 1);
    service.tick_until_turn(2).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_a_hanging_turn_but_not_for_five_seconds() {
    let service = Service::start(&[Delivery::Hangs]);
    service.tick_until_turn(1).await;
    let took = service.stop().await;
    assert!(took < Duration::from_secs(5), "it took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_is_wrong_leaves_the_old_one_in_force() {
    let service = Service::start(&[Delivery::Works]);
    service.events.send(Event::Reload).unwrap();
    service.tick_until_turn(2).await;
    assert_eq!(service.loads.load(Ordering::SeqCst), 1);
    service.stop().await;
}
