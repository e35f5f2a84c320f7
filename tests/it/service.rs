//! The service and the single round as whole processes: how they start, share, reload and stop.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::SignedDuration;
use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::db::Db;
use pubwatch::demo::pages::missing;
use pubwatch::demo::street::{Asked, Shown, Street};
use pubwatch::history::ListingId;
use pubwatch::history::sqlite::observations;

use crate::support::House;

pub(crate) const STORES: [&str; 3] = ["amazon.com", "barnesandnoble.com", "bookshop.org"];

/// How long a page takes to come: long enough for processes to meet.
const DELAY: Duration = Duration::from_millis(60);

pub(crate) async fn shops() -> Street {
    let keeper = |asked: &Asked| {
        if asked.path == "/robots.txt" {
            Shown::text("")
        } else {
            Shown::page(404, missing()).after(DELAY)
        }
    };
    let stores = STORES.map(StoreId::new);
    Street::serve(Clock::System, &stores, Arc::new(keeper))
        .await
        .unwrap()
}

pub(crate) fn configuration(street: &Street, more: &str) -> String {
    let bases: Vec<String> = street
        .shops()
        .iter()
        .map(|(store, base)| format!("[[store]]\nname = \"{store}\"\nbase = \"{base}\"\n"))
        .collect();
    format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\n\
         [data]\nfolder = \"data\"\n\n[politeness]\npause = \"0s\"\njitter = \"0s\"\n\
         deadline = \"2s\"\n\n[web]\nlisten = \"off\"\n{more}\n{}\n[[edition]]\ntitle = \"Salt Roads\"\n\
         isbn = \"9781944098117\"\npublication_date = 2027-02-09\n\
         distribution = \"ingramspark\"\ndistribution_enabled = 2026-12-01\n\
         stores = [\"{}\"]\n",
        bases.concat(),
        STORES.join("\", \"")
    )
}

/// How often each page was asked for.
fn visits(street: &Street) -> Vec<usize> {
    STORES
        .iter()
        .map(|store| {
            let visits = street.visits();
            visits
                .iter()
                .filter(|asked| asked.store.as_str() == *store && asked.path != "/robots.txt")
                .count()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_six_rounds_at_once_each_page_is_asked_by_one() {
    let street = shops().await;
    let house = Arc::new(House::new(&configuration(&street, "")));
    let mut children: Vec<Child> = (0..6)
        .map(|_| house.pubwatch(&["check", "--quiet"]).spawn().unwrap())
        .collect();
    tokio::task::spawn_blocking(move || {
        for child in &mut children {
            assert_eq!(child.wait().unwrap().code(), Some(0));
        }
    })
    .await
    .unwrap();
    assert_eq!(visits(&street), [1, 1, 1]);
    let db = Db::open(&house.path().join("data/pubwatch.db")).unwrap();
    for store in STORES {
        let listing = ListingId {
            edition: "9781944098117".parse().unwrap(),
            store: StoreId::new(store),
        };
        let seen = db
            .read(|c| observations(c, &listing, jiff::Timestamp::MIN))
            .unwrap();
        assert_eq!(seen.len(), 1, "{store}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_looks_at_once_keeps_the_old_configuration_when_the_new_is_wrong_and_stops() {
    let street = shops().await;
    let house = Arc::new(House::new(&configuration(&street, "")));
    let running = Arc::clone(&house);
    tokio::task::spawn_blocking(move || live(&running))
        .await
        .unwrap();
    assert_eq!(
        visits(&street),
        [1, 1, 1],
        "the service looked once, and only once"
    );
}

/// A running service; should the test fail, it does not outlive it.
pub(crate) struct Service(pub(crate) Child);

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended by itself when all went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn live(house: &House) {
    let mut command = house.pubwatch(&["run"]);
    let started = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut service = Service(started.unwrap());
    let log = follow(&mut service.0);
    wait_for(&log, "keeping watch");
    wait_for(&log, "round");

    let file = house.path().join("pubwatch.toml");
    let right = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, right.replace("timezone", "timezon")).unwrap();
    signal(&service.0, "HUP");
    wait_for(&log, "the old one stays in force");
    std::fs::write(&file, right).unwrap();
    signal(&service.0, "HUP");
    wait_for(&log, "configuration read again");

    let told = Clock::System.now();
    signal(&service.0, "TERM");
    assert_eq!(service.0.wait().unwrap().code(), Some(0));
    let took = Clock::System.now().duration_since(told);
    assert!(took < SignedDuration::from_secs(5), "it took {took:#}");
}

/// The lines that a process writes to its log.
pub(crate) fn follow(child: &mut Child) -> Receiver<String> {
    let (sender, lines) = channel();
    let pipe = BufReader::new(child.stderr.take().unwrap());
    std::thread::spawn(move || {
        for line in pipe.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

#[track_caller]
pub(crate) fn wait_for(log: &Receiver<String>, words: &str) {
    let mut seen = Vec::new();
    while let Ok(line) = log.recv_timeout(Duration::from_secs(30)) {
        if line.contains(words) {
            return;
        }
        seen.push(line);
    }
    panic!("the log never said `{words}`:\n{}", seen.join("\n"));
}

pub(crate) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args(["-s", name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_from_the_future_is_named_and_left_alone() {
    let street = shops().await;
    let house = House::new(&configuration(&street, ""));
    let data = house.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let path = data.join("pubwatch.db");
    drop(Db::open(&path).unwrap());
    rusqlite::Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 4711)
        .unwrap();
    for command in ["check", "status", "history", "run"] {
        let said = house.said(&[command], 4);
        assert!(
            said.contains("pubwatch.db: the database has schema 4711"),
            "{command}: {said}"
        );
        assert!(said.contains("install the version that wrote it"), "{said}");
    }
    assert_eq!(visits(&street), [0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_cannot_be_written_is_named_with_what_to_do() {
    let street = shops().await;
    let house = House::new(&configuration(&street, ""));
    // A file where the folder should be: also root cannot write below it.
    std::fs::write(house.path().join("data"), "").unwrap();
    let said = house.said(&["check"], 5);
    assert!(said.contains("cannot create the data folder"), "{said}");
    assert!(said.contains("choose another"), "{said}");
    assert_eq!(visits(&street), [0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_when_the_last_good_check_is_too_old() {
    let street = shops().await;
    let house = Arc::new(House::new(&configuration(&street, "")));
    let running = Arc::clone(&house);
    tokio::task::spawn_blocking(move || {
        let said = running.said(&["status", "--max-age", "12h"], 1);
        assert!(said.contains("there has been none"), "{said}");
        running.said(&["check"], 0);
        running.said(&["status", "--max-age", "12h"], 0);
    })
    .await
    .unwrap();
}
