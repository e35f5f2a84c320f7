//! Kill -9 in the middle of rounds of the real program, again and again: the next round neither
//! loses nor repeats an observation or a letter.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::db::Db;
use pubwatch::demo::pages::{Book, Offer, product};
use pubwatch::demo::street::{Asked, Shown, Street};
use pubwatch::history::ListingId;
use pubwatch::history::sqlite::observations;
use rusqlite::Connection;

use crate::injected::imprint::{STORES, book, configuration, seed};
use crate::support::House;

const EDITIONS: usize = 8;
const KILLS: usize = 60;

/// A claimed page or host is free again this long after a kill: the deadline of a request (one
/// second here) and five seconds of margin.
const CLAIMS_ARE_VOID: Duration = Duration::from_secs(7);

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_in_rounds_neither_loses_nor_repeats_an_observation_or_a_letter() {
    let now = Clock::System.now();
    let books: Vec<Book> = (0..EDITIONS).map(|number| book(number, now)).collect();
    let stores = STORES.map(StoreId::new);
    let shown = books.clone();
    let keeper = move |asked: &Asked| page(&shown, asked);
    let street = Street::serve(Clock::System, &stores, Arc::new(keeper))
        .await
        .unwrap();
    let text = configuration(
        &books,
        street.shops().iter().map(|(store, base)| (store, base)),
        "UTC",
        "",
    );
    let house = Arc::new(House::new(&text));
    seed(&house.path().join("data"), &books, now);

    let running = Arc::clone(&house);
    let killed = tokio::task::spawn_blocking(move || kill_again_and_again(&running))
        .await
        .unwrap();

    let db = Db::open(&house.path().join("data/pubwatch.db")).unwrap();
    for book in &books {
        for store in &stores {
            let listing = ListingId {
                edition: book.isbn.clone().into(),
                store: store.clone(),
            };
            let seen = db.read(|c| observations(c, &listing, now)).unwrap();
            assert_eq!(
                seen.len(),
                1,
                "{listing:?} was looked at {} times",
                seen.len()
            );
        }
    }
    let mut letters: BTreeMap<String, usize> = BTreeMap::new();
    for (_, text) in house.letters() {
        let id = text
            .lines()
            .find(|line| line.starts_with("Message-ID"))
            .unwrap();
        *letters.entry(id.to_owned()).or_default() += 1;
    }
    println!(
        "{killed} kills, {} visits, {} letters",
        street.visits().len(),
        letters.len()
    );
    assert_eq!(letters.len(), EDITIONS);
    assert!(letters.values().all(|count| *count == 1), "{letters:?}");
    street.stop().await;
}

/// Starts rounds and kills them after moments that grow, so that every part of a round is hit;
/// the last one may end.
fn kill_again_and_again(house: &House) -> usize {
    let mut killed = 0;
    for life in 0..KILLS {
        let mut child = house.pubwatch(&["check", "--quiet"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(5 + 7 * (life as u64 % 40)));
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            killed += 1;
        }
    }
    assert!(
        KILLS / 4 <= killed,
        "only {killed} rounds were killed before their end"
    );
    std::thread::sleep(CLAIMS_ARE_VOID);
    // A letter that a dead one was sending is free again after a quarter of an hour.
    Connection::open(house.path().join("data/pubwatch.db"))
        .unwrap()
        .execute(
            "UPDATE outbox SET claimed_until = 0 WHERE claimed_until IS NOT NULL",
            [],
        )
        .unwrap();
    house.said(&["check", "--quiet"], 0);
    killed
}

/// Every page still shows a pre-order, and takes its time.
fn page(books: &[Book], asked: &Asked) -> Shown {
    let Some(book) = books
        .iter()
        .find(|book| asked.path.contains(book.isbn.as_str()))
    else {
        return Shown::page(404, "");
    };
    Shown::page(200, product(asked.store.family(), book, Offer::PreOrder))
        .after(Duration::from_millis(8))
}
