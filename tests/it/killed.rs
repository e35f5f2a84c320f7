//! Kill -9 in the middle of delivery, again and again: each letter arrives.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use pubwatch::clock::Clock;
use pubwatch::config::plan::Encryption;
use pubwatch::db::Db;
use pubwatch::mail::deliver::{Transport, deliver_due};
use pubwatch::mail::message::Sender;
use pubwatch::mail::smtp::SmtpServer;
use pubwatch::mail::sqlite;

use crate::delivery::{many, queue, start};
use crate::smtp_server::{Behaviour, Line, TestServer};

const KILLS: u32 = 200;
const LETTERS: usize = 100;

/// Kills a draining process again and again, at moments that differ, and lets it finish in the end.
/// Every life begins after the claims of the one before have run out.
fn kill_again_and_again(data: &Path, port: u16) -> u32 {
    let mut killed = 0;
    for life in 0..=KILLS {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::a_life_that_drains", "--ignored"])
            .env("PUBWATCH_TEST_DATA", data)
            .env("PUBWATCH_TEST_PORT", port.to_string())
            .env("PUBWATCH_TEST_LIFE", life.to_string())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        if life < KILLS {
            std::thread::sleep(Duration::from_micros(fastrand::u64(1_000..16_000)));
            child.kill().unwrap();
            if child.wait().unwrap().code().is_none() {
                killed += 1;
            }
        } else {
            assert!(child.wait().unwrap().success());
        }
    }
    assert_eq!(killed, KILLS, "every life but the last was killed");
    killed
}

/// Not a test by itself: the process that the two tests below kill.
#[tokio::test]
#[ignore = "started by the tests that kill it"]
async fn a_life_that_drains() {
    let Some(data) = std::env::var_os("PUBWATCH_TEST_DATA") else {
        return;
    };
    let number = |name: &str| std::env::var(name).unwrap().parse::<u16>().unwrap();
    let (port, life) = (number("PUBWATCH_TEST_PORT"), number("PUBWATCH_TEST_LIFE"));
    let data = Path::new(&data);
    let db = Db::open(&data.join("pubwatch.db")).unwrap();
    let sender = Sender::new("watch@example.com", &jiff::tz::TimeZone::UTC);
    let transport = if port == 0 {
        Transport::Folder {
            folder: data.join("letters"),
            sender,
        }
    } else {
        Transport::Smtp {
            server: SmtpServer {
                host: "127.0.0.1".to_owned(),
                port,
                encryption: Encryption::None,
                login: None,
                certificates: None,
                hello: None,
                most_per_hour: None,
                patience: None,
            },
            sender,
        }
    };
    let clock = Clock::starting_at(start() + SignedDuration::from_mins(16 * i64::from(life)));
    // Only the last life is let to run to its end; a few letters a life spread the kills over all.
    let limit = if u32::from(life) == KILLS { 1000 } else { 3 };
    deliver_due(&db, &transport, &clock, limit, || false)
        .await
        .unwrap();
    // Every life but the last ends by being killed, at the latest here.
    if u32::from(life) < KILLS {
        std::thread::sleep(Duration::from_secs(60));
    }
}

#[test]
fn kill_9_at_200_moments_neither_loses_nor_doubles_a_file() {
    let data = tempfile::tempdir().unwrap();
    let db = Db::open(&data.path().join("pubwatch.db")).unwrap();
    queue(&db, &many(LETTERS));
    drop(db);
    let killed = kill_again_and_again(data.path(), 0);
    let names: Vec<String> = std::fs::read_dir(data.path().join("letters"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let letters = names.iter().filter(|name| !name.starts_with('.')).count();
    println!("folder: {LETTERS} queued, {killed} kills, {letters} files, 0 doubled");
    assert_eq!(letters, LETTERS, "{names:?}");
    assert_eq!(names.len(), LETTERS, "no draft stays behind: {names:?}");
    for name in names {
        let text = std::fs::read_to_string(data.path().join("letters").join(name)).unwrap();
        assert!(text.trim_end().ends_with("--"), "a letter is whole");
    }
    let db = Db::open(&data.path().join("pubwatch.db")).unwrap();
    let counts = db.read(sqlite::counts).unwrap();
    assert_eq!(counts.delivered as usize, LETTERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_at_200_moments_loses_no_letter_and_doubles_only_under_one_message_id() {
    let server = TestServer::start(Line::Plain, vec![Behaviour::Accept]).await;
    let data = tempfile::tempdir().unwrap();
    let db = Db::open(&data.path().join("pubwatch.db")).unwrap();
    queue(&db, &many(LETTERS));
    drop(db);
    let (path, port) = (data.path().to_owned(), server.port);
    let killed = tokio::task::spawn_blocking(move || kill_again_and_again(&path, port))
        .await
        .unwrap();
    let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
    for id in server.seen().message_ids() {
        *arrived.entry(id).or_default() += 1;
    }
    let doubled: usize = arrived.values().map(|count| count - 1).sum();
    println!(
        "smtp: {LETTERS} queued, {killed} kills, {} arrived, {doubled} doubled",
        arrived.len()
    );
    assert_eq!(arrived.len(), LETTERS);
    // A letter doubles only when the kill falls between the server's answer and the commit.
    assert!(
        doubled <= killed as usize,
        "{doubled} doubled by {killed} kills"
    );
    let db = Db::open(&data.path().join("pubwatch.db")).unwrap();
    let counts = db.read(sqlite::counts).unwrap();
    assert_eq!(counts.delivered as usize, LETTERS);
}
