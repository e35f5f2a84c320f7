//! The whole way with real input: pages that stores really sent, served on loopback as the stores,
//! looked at by the real program, judged, and told at a real mail server.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::demo::street::{Asked, Shown, Street};
use serde_json::Value;

use crate::corpus;
use crate::real_mta::Mta;
use crate::support::House;

/// A page of the corpus, the listing that shows it, and what the history must say in the end.
struct Case {
    store: &'static str,
    isbn: &'static str,
    /// What the address of the product page holds.
    path: &'static str,
    /// The status and the page of each round; the last one stays.
    pages: &'static [(u16, &'static str)],
    /// The states seen one after the other; none for a page that cannot be read.
    spells: &'static [&'static str],
    unread: Option<&'static str>,
}

const CASES: &[Case] = &[
    Case {
        store: "amazon.com",
        isbn: "9781423146728",
        path: "/dp/1423146727",
        pages: &[(200, "amazon/us-2013-house-of-hades-preorder.html")],
        spells: &["pre_order"],
        unread: None,
    },
    Case {
        store: "barnesandnoble.com",
        isbn: "9781423146728",
        path: "ean=9781423146728",
        pages: &[(200, "bn/us-2021-search-no-results.html")],
        spells: &["not_listed"],
        unread: None,
    },
    Case {
        store: "bookshop.org",
        isbn: "9781423146728",
        path: "/book/9781423146728",
        pages: &[(403, "blocked/cloudflare-managed-2026-02.html")],
        spells: &[],
        unread: Some("blocked"),
    },
    Case {
        store: "barnesandnoble.com",
        isbn: "9780593201893",
        path: "ean=9780593201893",
        pages: &[(200, "bn/us-2024-dune-boxset-pdp-instock.html")],
        spells: &["in_stock"],
        unread: None,
    },
    Case {
        store: "amazon.co.uk",
        isbn: "9780575090675",
        path: "/dp/0575090677",
        pages: &[
            (200, "amazon/uk-2019-bone-silence-preorder.html"),
            (200, "amazon/uk-2023-bone-silence-unavailable.html"),
        ],
        spells: &["pre_order", "out_of_stock"],
        unread: None,
    },
    Case {
        store: "amazon.fr",
        isbn: "9780241401125",
        path: "/dp/0241401127",
        pages: &[(200, "amazon/fr-2026-art-of-avatar-instock.html")],
        spells: &["in_stock"],
        unread: None,
    },
    Case {
        store: "amazon.de",
        isbn: "9780132350884",
        path: "/dp/0132350882",
        pages: &[(200, "blocked/amazon-continue-shopping-2025.html")],
        spells: &[],
        unread: Some("blocked"),
    },
];

const ROUNDS: usize = 3;

/// A change is confirmed after a second here.
const BETWEEN_ROUNDS: Duration = Duration::from_millis(1_200);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the saved pages: ../shared/pages or PUBWATCH_PAGES"]
async fn a_round_over_real_pages_ends_in_the_history_and_in_letters() {
    let pages = corpus::folder();
    let (house, _street) = play(&pages, "").await;
    let letters: Vec<String> = house.letters().into_iter().map(|(_, text)| text).collect();
    hold_letters(&letters);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Postfix and root"]
async fn the_letters_of_a_round_over_real_pages_arrive_at_a_real_mail_server() {
    let pages = corpus::folder();
    let mta = Mta::start();
    let mail = format!(
        "\n[mail]\nhost = \"{}\"\nport = {}\nencryption = \"starttls\"\nusername = \"{}\"\n\
         password_file = \"{}\"\nca_file = \"{}\"\nfrom = \"watch@example.com\"\n",
        mta.fact("MTA_HOST"),
        mta.fact("MTA_STARTTLS_PORT"),
        mta.fact("MTA_USERNAME"),
        mta.fact("MTA_PASSWORD_FILE"),
        mta.fact("MTA_CA_FILE"),
    );
    let (house, _street) = play(&pages, &mail).await;
    let outbox: Vec<Value> = lines(&house.said(&["outbox", "list", "--json"], 0));
    assert!(!outbox.is_empty());
    let letters = mta.mailbox(outbox.len());
    assert_eq!(letters.len(), outbox.len(), "each letter arrived once");
    hold_letters(&letters);
}

/// Opens the shops, goes round three times, and holds the history against the cases.
async fn play(pages: &Path, mail: &str) -> (Arc<House>, Street) {
    let round = Arc::new(AtomicUsize::new(0));
    let street = street(pages, Arc::clone(&round)).await;
    let house = Arc::new(House::new(&configuration(&street, mail)));
    for number in 0..ROUNDS {
        round.store(number, Ordering::SeqCst);
        let running = Arc::clone(&house);
        let said = tokio::task::spawn_blocking(move || running.said(&["check", "--json"], 0));
        let summary: Value = serde_json::from_str(&said.await.unwrap()).unwrap();
        assert_eq!(summary["trouble"], Value::Null, "{summary}");
        tokio::time::sleep(BETWEEN_ROUNDS).await;
    }
    for asked in street.visits() {
        assert!(asked.agent.starts_with("pubwatch/"), "{asked:?}");
    }
    hold_history(&house);
    (house, street)
}

async fn street(pages: &Path, round: Arc<AtomicUsize>) -> Street {
    let mut stores: Vec<StoreId> = CASES.iter().map(|case| StoreId::new(case.store)).collect();
    stores.sort();
    stores.dedup();
    let read = |file: &str| std::fs::read(pages.join(file)).unwrap();
    let bodies: BTreeMap<&str, Vec<u8>> = CASES
        .iter()
        .flat_map(|case| case.pages)
        .map(|(_, file)| (*file, read(file)))
        .collect();
    let keeper = move |asked: &Asked| {
        if asked.path == "/robots.txt" {
            return Shown::text("User-agent: *\nDisallow: /cart\n");
        }
        let case = CASES
            .iter()
            .find(|case| asked.store.as_str() == case.store && asked.path.contains(case.path));
        let Some(case) = case else {
            return Shown::page(404, "");
        };
        let last = case.pages.len() - 1;
        let (status, file) = case.pages[round.load(Ordering::SeqCst).min(last)];
        Shown::page(status, bodies[file].clone()).after(Duration::from_millis(20))
    };
    Street::serve(Clock::System, &stores, Arc::new(keeper))
        .await
        .unwrap()
}

fn configuration(street: &Street, mail: &str) -> String {
    let mut text = format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\n\
         timezone = \"America/New_York\"\n\n[data]\nfolder = \"data\"\n\n[politeness]\n\
         pause = \"50ms\"\njitter = \"10ms\"\nfloor = \"0s\"\n\n[judging]\n\
         confirm_after = \"1s\"\n{mail}"
    );
    for (store, base) in street.shops() {
        write!(text, "\n[[store]]\nname = \"{store}\"\nbase = \"{base}\"\n").unwrap();
    }
    let mut editions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in CASES {
        editions.entry(case.isbn).or_default().push(case.store);
    }
    for (isbn, stores) in editions {
        write!(
            text,
            "\n[[edition]]\ntitle = \"A real book, {isbn}\"\nisbn = \"{isbn}\"\n\
             format = \"hardcover\"\npublication_date = 2013-10-08\n\
             distribution = \"draft2digital\"\ndistribution_enabled = 2013-06-01\n\
             stores = [\"{}\"]\n",
            stores.join("\", \"")
        )
        .unwrap();
    }
    text
}

fn lines(said: &str) -> Vec<Value> {
    said.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn hold_history(house: &House) {
    let history = lines(&house.said(&["history", "--json", "--looks"], 0));
    for case in CASES {
        let of_case = |kind: &str| -> Vec<&Value> {
            history
                .iter()
                .filter(|line| {
                    line["kind"] == kind && line["isbn"] == case.isbn && line["store"] == case.store
                })
                .collect()
        };
        let spells: Vec<&str> = of_case("spell")
            .iter()
            .map(|spell| spell["availability"].as_str().unwrap())
            .collect();
        assert_eq!(spells, case.spells, "{} at {}", case.isbn, case.store);
        let newest = of_case("look")
            .last()
            .map(|look| look["reading"]["reason"].clone());
        assert_eq!(
            newest.unwrap().as_str(),
            case.unread,
            "{} at {}",
            case.isbn,
            case.store
        );
    }
}

/// The book of 2013 that is still a pre-order must be told of, and what to do about it. Nothing
/// may be told of a page that nobody could read but that it could not be read.
fn hold_letters(letters: &[String]) {
    let subjects: Vec<String> = letters.iter().map(|letter| subject(letter)).collect();
    println!("{}", subjects.join("\n"));
    assert!(
        letters.iter().zip(&subjects).any(|(letter, subject)| {
            subject.starts_with("Act: ")
                && subject.contains("Amazon")
                && letter.contains("9781423146728")
        }),
        "{subjects:#?}"
    );
    assert!(
        subjects
            .iter()
            .all(|subject| !subject.contains("Bookshop.org") && !subject.contains("9780132350884")),
        "{subjects:#?}"
    );
}

/// The subject, unfolded.
fn subject(letter: &str) -> String {
    let mut lines = letter
        .lines()
        .skip_while(|line| !line.starts_with("Subject: "));
    let first = lines
        .next()
        .unwrap()
        .trim_start_matches("Subject: ")
        .to_owned();
    lines
        .take_while(|line| line.starts_with(' '))
        .fold(first, |subject, line| subject + line)
}
