//! A month in which every store turns us away: what the stores are asked, counted at their side, and
//! what the author hears.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use jiff::{Timestamp, ToSpan as _};
use pubwatch::clock::Clock;
use pubwatch::mail::sqlite::{Show, entries};
use pubwatch::mail::{Letter, LetterKind};

use crate::home::isbn;
use crate::loopback::{Reply, Server, time};
use crate::manners_day::{configured, go_round, house};

/// The pages that were asked for, by the clock of the watch.
type Asked = Arc<Mutex<Vec<Timestamp>>>;

async fn refusing(clock: &Clock, asked: &Asked) -> Server {
    let (clock, asked) = (clock.clone(), Arc::clone(asked));
    Server::start(move |path| {
        if path == "/robots.txt" {
            return Reply::nothing();
        }
        asked.lock().unwrap().push(clock.now());
        Reply::page("403 Forbidden", "", "no")
    })
    .await
}

/// Watches a steady book at two stores that refuse, for thirty days.
async fn watch() -> (Vec<Vec<Timestamp>>, Vec<Letter>) {
    let begin = time("2027-03-01T06:00:00Z");
    let clock = Clock::starting_at(begin);
    let asked = [Asked::default(), Asked::default()];
    let servers = [
        refusing(&clock, &asked[0]).await,
        refusing(&clock, &asked[1]).await,
    ];
    let mut text = configured(&servers);
    let _ = write!(
        text,
        "[[edition]]\ntitle = 'Salt Roads'\nisbn = '{}'\npublication_date = 2026-06-02\n\
         distribution_enabled = 2026-04-01\nstores = ['store0.example', 'store1.example']\n",
        isbn(1)
    );
    let folder = tempfile::tempdir().unwrap();
    let house = house(&text, folder.path(), &clock);
    go_round(&house, begin + (30 * 24).hours()).await;
    let written = house.db.read(|connection| entries(connection, Show::All));
    let letters = written.unwrap().into_iter().map(|entry| entry.letter);
    let asked = asked.map(|asked| asked.lock().unwrap().clone());
    (asked.to_vec(), letters.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_that_refuse_are_asked_little_and_the_author_hears_once_and_then_weekly() {
    let (asked, letters) = watch().await;
    for pages in &asked {
        assert!((12..=20).contains(&pages.len()), "{}", pages.len());
        let first = pages[0];
        let in_nine_days = pages.iter().filter(|at| **at < first + (9 * 24).hours());
        assert!(in_nine_days.count() <= 15);
    }
    let of = |kind: LetterKind| {
        let letters = letters.iter().filter(move |letter| letter.kind == kind);
        letters.collect::<Vec<_>>()
    };
    let subjects: Vec<&str> = letters.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(
        of(LetterKind::Alert).len() + of(LetterKind::Notice).len(),
        1,
        "{subjects:#?}"
    );
    assert_eq!(of(LetterKind::Digest).len(), 5, "{subjects:#?}");
    for digest in of(LetterKind::Digest) {
        assert!(
            digest.subject.contains("nothing could be seen"),
            "{}",
            digest.subject
        );
    }
    for letter in &letters {
        for untrue in [
            "as expected",
            "sells it",
            "shows “",
            "Unavailable",
            "not listed",
        ] {
            assert!(!letter.text.contains(untrue), "{untrue}: {}", letter.text);
        }
    }
}
