//! A store changes its pages so that nothing in them is understood any more: who is told, and when.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{Timestamp, ToSpan as _};
use pubwatch::clock::Clock;
use pubwatch::mail::sqlite::{Show, entries};
use pubwatch::mail::{Letter, LetterKind};
use pubwatch::round::House;

use crate::each_day::{answered, faces, router_of};
use crate::home::isbn;
use crate::loopback::{Reply, Server, time};
use crate::manners_day::{configured, go_round, house, page};

/// The books of the imprint.
const BOOKS: u32 = 4;

const BEGIN: &str = "2027-03-01T06:00:00Z";

/// A shop that may be drawn anew: then its pages name the book and nothing else.
async fn shop(is_new: &Arc<AtomicBool>) -> Server {
    let is_new = Arc::clone(is_new);
    Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        path if is_new.load(Ordering::SeqCst) => {
            let isbn = path.trim_start_matches("/book/");
            Reply::ok(&format!(
                "<html><body><main>ISBN {isbn}</main></body></html>"
            ))
        }
        path => Reply::ok(&page(path).replace("PreOrder", "InStock")),
    })
    .await
}

fn text(server: Server) -> (String, Server) {
    let servers = [server];
    let mut text = configured(&servers);
    for number in 0..BOOKS {
        let _ = write!(
            text,
            "[[edition]]\ntitle = 'Book {number}'\nisbn = '{}'\npublication_date = 2026-06-02\n\
             distribution_enabled = 2026-04-01\nstores = ['store0.example']\n",
            isbn(number)
        );
    }
    let [server] = servers;
    (text, server)
}

fn digests(house: &House) -> Vec<Letter> {
    let written = house.db.read(|connection| entries(connection, Show::All));
    let letters = written.unwrap().into_iter().map(|entry| entry.letter);
    letters
        .filter(|letter| letter.kind == LetterKind::Digest)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_draws_its_pages_anew_is_told_in_status_page_and_digest() {
    let begin: Timestamp = time(BEGIN);
    let clock = Clock::starting_at(begin);
    let is_new = Arc::new(AtomicBool::new(false));
    let (text, _server) = text(shop(&is_new).await);
    let folder = tempfile::tempdir().unwrap();
    let house = house(&text, folder.path(), &clock);

    go_round(&house, begin + (7 * 24).hours()).await;
    let changed = "store0.example's pages have changed";
    assert!(!faces(&house).contains(changed));
    let before = digests(&house).len();

    is_new.store(true, Ordering::SeqCst);
    go_round(&house, begin + (10 * 24).hours()).await;
    let sentence = "store0.example's pages have changed: 4 of 4 unread since Mon 8 March";
    let said = faces(&house);
    assert!(said.contains(sentence), "{said}");
    // No page is said to sell nothing because it is not understood.
    assert!(!said.contains("Unavailable"), "{said}");
    let (_, stores) = answered(&router_of(&house), "/stores");
    let stores = stores.replace("&#39;", "'");
    assert!(stores.contains(sentence), "{stores}");

    go_round(&house, begin + (15 * 24).hours()).await;
    let digests = digests(&house);
    assert!(before < digests.len());
    let newest = &digests.last().unwrap().text;
    assert!(newest.contains(changed), "{newest}");
}
