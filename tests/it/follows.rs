//! A service follows its file: whatever writes it, what is new in it is watched within seconds, and
//! what is wrong is kept out.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use pubwatch::demo::street::Street;

use crate::service::{Service, configuration, follow, shops, wait_for};
use crate::support::House;

const TAKEN: &str = "configuration read again";
const SOON: &str = "The service that runs takes it over within seconds.";

/// A service that keeps watch, and its log.
fn started(house: &House) -> (Service, Receiver<String>) {
    let mut command = house.pubwatch(&["run"]);
    let started = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut service = Service(started.unwrap());
    let log = follow(&mut service.0);
    wait_for(&log, "round");
    (service, log)
}

/// Whether a page of that book is asked for within ten seconds.
fn is_asked_for(street: &Street, isbn: &str) -> bool {
    for _ in 0..100 {
        let mut visits = street.visits().into_iter();
        if visits.any(|asked| asked.path.contains(isbn)) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_writes_is_watched_within_seconds() {
    let street = Arc::new(shops().await);
    let house = Arc::new(House::new(&configuration(&street, "")));
    let shown = Arc::clone(&street);
    tokio::task::spawn_blocking(move || {
        let (_service, log) = started(&house);
        let added = house.said(
            &[
                "add",
                "9780132350884",
                "--title",
                "Clear Water",
                "--date",
                "2035-03-06",
                "--store",
                "bookshop.org",
            ],
            0,
        );
        assert!(added.contains(SOON), "{added}");
        wait_for(&log, TAKEN);
        assert!(is_asked_for(&shown, "9780132350884"));

        let list = house.path().join("list.csv");
        let books =
            "ISBN,Title,Publication date,Stores\n9780306406157,Third,2035-04-03,bookshop.org\n";
        fs::write(&list, books).unwrap();
        let imported = house.said(&["import", "list.csv", "--yes"], 0);
        assert!(imported.contains(SOON), "{imported}");
        wait_for(&log, TAKEN);
        assert!(is_asked_for(&shown, "9780306406157"));

        let edited = house.said(&["edit", "clear", "--date", "2035-03-13"], 0);
        assert!(edited.contains(SOON), "{edited}");
        wait_for(&log, TAKEN);
        let removed = house.said(&["remove", "clear", "--yes"], 0);
        assert!(removed.contains(SOON), "{removed}");
        wait_for(&log, TAKEN);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hand_does_to_the_file_is_taken_over_or_kept_out() {
    let street = Arc::new(shops().await);
    let house = Arc::new(House::new(&configuration(&street, "")));
    let shown = Arc::clone(&street);
    tokio::task::spawn_blocking(move || {
        let (_service, log) = started(&house);
        let file = house.path().join("pubwatch.toml");
        let first = fs::read_to_string(&file).unwrap();
        let more = |isbn: &str| {
            format!(
                "{first}\n[[edition]]\ntitle = \"More {isbn}\"\nisbn = \"{isbn}\"\n\
                 publication_date = 2035-05-01\nstores = [\"bookshop.org\"]\n"
            )
        };
        fs::write(&file, more("9780132350884")).unwrap();
        wait_for(&log, TAKEN);
        assert!(is_asked_for(&shown, "9780132350884"));

        // Half-written, then whole.
        let whole = more("9780306406157");
        fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        wait_for(&log, "the old one stays in force");
        fs::write(&file, &whole).unwrap();
        wait_for(&log, TAKEN);
        assert!(is_asked_for(&shown, "9780306406157"));

        // Gone, and back as a link to another place, as some tools keep their files.
        fs::remove_file(&file).unwrap();
        wait_for(&log, "the old one stays in force");
        let elsewhere = house.path().join("elsewhere.toml");
        fs::write(&elsewhere, more("9781944021511")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
        wait_for(&log, TAKEN);
        assert!(is_asked_for(&shown, "9781944021511"));
        // The link is turned to another file.
        let other = house.path().join("other.toml");
        fs::write(&other, more("9781944021665")).unwrap();
        let link = house.path().join("link");
        std::os::unix::fs::symlink(&other, &link).unwrap();
        fs::rename(&link, &file).unwrap();
        wait_for(&log, TAKEN);
        assert!(is_asked_for(&shown, "9781944021665"));
    })
    .await
    .unwrap();
}

#[test]
fn an_edition_that_is_added_while_all_letters_are_paused_is_paused_too() {
    let edition = |title: &str, isbn: &str| {
        format!(
            "[[edition]]\ntitle = \"{title}\"\nisbn = \"{isbn}\"\nformat = \"paperback\"\n\
             publication_date = 2027-02-09\nstores = [\"bookshop.org\"]\n"
        )
    };
    let house = House::new(&format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n{}",
        edition("Salt Roads", "9781944098117")
    ));
    // By hand, as the running service or the next round sees it.
    let add = |title: &str, isbn: &str| {
        let file = house.path().join("pubwatch.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text + &edition(title, isbn)).unwrap();
    };
    let until = ["--until", "2199-12-30"];
    house.said(&[&["pause", "Salt Roads"][..], &until].concat(), 0);
    add("Low Water", "9781944000004");
    let said = house.said(&["pause"], 0);
    assert!(said.contains("about Salt Roads"), "{said}");
    house.said(&[&["pause", "--all", "--but-act"][..], &until].concat(), 0);
    add("High Water", "9781944000011");
    let said = house.said(&["pause"], 0);
    assert!(said.contains("Letters are paused until"), "{said}");
    assert_eq!(said.matches("2199, but not Act").count(), 3, "{said}");
    // One that was taken out of it is no reason against the others, and all are.
    house.said(&["pause", "Salt Roads", "--end"], 0);
    add("Spring Tide", "9781944000028");
    let said = house.said(&["pause"], 0);
    assert!(said.contains("about 3 of 4 editions"), "{said}");
    house.said(&["pause", "--all", "--end"], 0);
    add("Neap Tide", "9781944000035");
    let said = house.said(&["pause"], 0);
    assert!(said.contains("No letters are paused"), "{said}");
}
