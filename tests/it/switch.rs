//! The dead-man's switch and the exit codes, by the real binary.

use std::sync::Arc;

use jiff::SignedDuration;
use pubwatch::clock::Clock;
use pubwatch::db::packed::pack;
use serde_json::Value;

use crate::hook_server::{Act, HookServer};
use crate::support::House;

/// A configuration without an edition: a round has nothing to ask, and is a good one.
fn configuration(more: &str) -> String {
    format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n{more}"
    )
}

/// Runs the binary beside the test's own servers.
async fn said(house: &Arc<House>, arguments: &'static [&'static str], code: i32) -> String {
    let house = Arc::clone(house);
    tokio::task::spawn_blocking(move || house.said(arguments, code))
        .await
        .unwrap()
}

/// A letter of long ago that nobody delivered: `tries` of them failed with `error`.
fn undelivered(house: &House, error: Option<&str>) {
    let db = rusqlite::Connection::open(house.path().join("data/pubwatch.db")).unwrap();
    let in_an_hour = Clock::System.now() + SignedDuration::from_hours(1);
    // One that was tried in vain has waited for days, with a word about it.
    let waits = SignedDuration::from_hours(if error.is_some() { 4 * 24 } else { 0 });
    let queued = Clock::System.now() - waits;
    db.execute(
        "INSERT INTO outbox (message_id, written, kind, stores, to_name, to_address, subject, \
         body_text, body_html, queued_at, next_try_at, tries, last_error) VALUES (?5, 0, \
         'alert', '[]', 'Jane', 'jane@example.com', 'Act: Salt Roads', ?3, ?3, ?4, \
         ?2, 1, ?1)",
        rusqlite::params![
            error,
            in_an_hour.as_millisecond(),
            pack(b"t").unwrap(),
            queued.as_millisecond(),
            if error.is_some() { "a@b" } else { "c@b" }
        ],
    )
    .unwrap();
}

/// One round with this ping; what was asked.
async fn pinged(server: &HookServer, path: &str, prepare: impl FnOnce(&House)) -> Vec<String> {
    let ping = format!("[schedule]\nping_url = \"{}{path}\"\n", server.base);
    let house = Arc::new(House::new(&configuration(&ping)));
    said(&house, &["status"], 0).await;
    prepare(&house);
    said(&house, &["check"], 0).await;
    server.seen().iter().map(|one| one.line.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_good_round_the_address_is_asked() {
    let server = HookServer::start(vec![Act::Answer(200, "OK")]).await;
    assert_eq!(
        pinged(&server, "/ping/5d1f", |_| ()).await,
        ["GET /ping/5d1f"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_do_not_get_out_are_told_in_the_form_of_each_service() {
    let broken = |house: &House| undelivered(house, Some("the server closed the line"));
    let server = HookServer::start(vec![Act::Answer(200, "OK")]).await;
    assert_eq!(
        pinged(&server, "/ping/5d1f", broken).await,
        ["GET /ping/5d1f/fail"]
    );
    let server = HookServer::start(vec![Act::Answer(200, "OK")]).await;
    assert_eq!(
        pinged(&server, "/api/push/abc?status=up&msg=OK&ping=", broken).await,
        [
            "GET /api/push/abc?status=down&msg=1+letter+not+delivered+for+4+days%3A+the+server+closed+the+line"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_that_fails_or_points_elsewhere_fails_no_round() {
    let elsewhere = HookServer::start(vec![Act::Answer(200, "OK")]).await;
    for act in [
        Act::Answer(500, "boom"),
        Act::Drop,
        Act::Redirect(elsewhere.base.clone()),
    ] {
        let server = HookServer::start(vec![act]).await;
        assert_eq!(pinged(&server, "/x", |_| ()).await, ["GET /x"]);
    }
    assert!(elsewhere.seen().is_empty());
    let nobody = configuration("[schedule]\nping_url = \"http://127.0.0.1:1/x\"\n");
    said(&Arc::new(House::new(&nobody)), &["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_that_hangs_is_left_after_ten_seconds() {
    let server = HookServer::start(vec![Act::Hang]).await;
    // The server hangs for a minute.
    let limit = std::time::Duration::from_secs(40);
    let asked = tokio::time::timeout(limit, pinged(&server, "/x", |_| ()));
    assert_eq!(asked.await.unwrap(), ["GET /x"]);
}

#[test]
fn status_says_by_its_exit_code_whether_the_last_good_check_is_young_enough() {
    let house = House::new(&configuration(""));
    let text = house.said(&["status", "--max-age", "12h"], 1);
    assert!(
        text.contains("no good check lately: there has been none"),
        "{text}"
    );
    house.said(&["check"], 0);
    house.said(&["status", "--max-age", "12h"], 0);
    let db = rusqlite::Connection::open(house.path().join("data/pubwatch.db")).unwrap();
    db.execute(
        "UPDATE round SET began = began - 46800000, ended = ended - 46800000",
        [],
    )
    .unwrap();
    let text = house.said(&["status", "--max-age", "12h"], 1);
    assert!(text.contains("the last one was 13 hours ago"), "{text}");
    house.said(&["status", "--max-age", "14h"], 0);
    house.said(&["status"], 0);
}

#[test]
fn letters_that_are_not_delivered_are_listed_and_are_an_exit_code() {
    let house = House::new(&configuration(""));
    assert!(
        house
            .said(&["outbox", "list", "--undelivered"], 0)
            .contains("No letter waits or failed")
    );
    // One that was never tried is on its way; one that was tried in vain is not.
    undelivered(&house, None);
    house.said(&["status"], 0);
    house.said(&["outbox", "drop", "1"], 0);
    undelivered(&house, Some("mailbox full"));
    let text = house.said(&["outbox", "list", "--undelivered"], 1);
    assert!(text.contains("Act: Salt Roads"), "{text}");
    assert!(text.contains("Last trouble: mailbox full"), "{text}");
    let text = house.said(&["status"], 1);
    assert!(
        text.contains("1 letter not delivered: mailbox full"),
        "{text}"
    );
    let json = house.said(&["outbox", "list", "--undelivered", "--json"], 1);
    let entry: Value = serde_json::from_str(json.trim()).unwrap();
    assert_eq!(entry["route"], "mail");
    assert_eq!(entry["state"], "waiting");
    // A retry makes it due, and the next round writes it into the folder.
    house.said(&["outbox", "retry"], 0);
    house.said(&["check"], 0);
    // With the letter comes a word that it is late.
    assert_eq!(house.letters().len(), 2);
    house.said(&["outbox", "list", "--undelivered"], 0);
    house.said(&["status"], 0);
    // What is gone out cannot be dropped.
    house.said(&["outbox", "drop", "2"], 5);
}
