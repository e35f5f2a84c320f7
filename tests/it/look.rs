//! `pubwatch look` and `pubwatch evidence`, as a person uses them.

use crate::support::House;

const CONFIGURATION: &str = "
[author]
name = 'Jane Roe'
email = 'jane@example.com'
timezone = 'UTC'

[data]
folder = 'data'

[[edition]]
title = 'Salt Roads'
isbn = '978-1-944098-11-7'
publication_date = 2027-02-09
stores = ['books.example.com']

[[store]]
name = 'books.example.com'
address = '/book/{isbn13}'
source = ['by-hand']
";

const PAGE: &str = "<html><head><title>Salt Roads</title><script type='application/ld+json'>
{\"@context\": \"https://schema.org\", \"@type\": \"Book\", \"name\": \"Salt Roads\",
 \"isbn\": \"9781944098117\", \"offers\": {\"@type\": \"Offer\",
 \"availability\": \"https://schema.org/PreOrder\", \"price\": \"16.99\",
 \"priceCurrency\": \"USD\"}}</script></head>
<body><main><h1>Salt Roads</h1>\u{1b}[2J<button>Pre-order</button></main></body></html>";

#[test]
fn what_a_person_saw_stands_in_the_history() {
    let house = House::new(CONFIGURATION);
    let told = house.said(
        &[
            "look",
            "salt",
            "books.example.com",
            "--says",
            "pre_order",
            "--words",
            "Order ahead",
        ],
        0,
    );
    assert!(told.contains("Recorded as a change"), "{told}");
    let history = house.said(&["history", "salt", "--looks", "--json"], 0);
    assert!(history.contains("by_hand"), "{history}");
    assert!(history.contains("Order ahead"), "{history}");
    let early = house.said(
        &[
            "look",
            "salt",
            "books.example.com",
            "--says",
            "in_stock",
            "--at",
            "2026-01-01T08:00",
        ],
        5,
    );
    assert!(
        early.contains("the page was looked at after that"),
        "{early}"
    );
}

#[test]
fn a_saved_page_is_read_and_kept_as_evidence() {
    let house = House::new(CONFIGURATION);
    std::fs::write(house.path().join("page.html"), PAGE).unwrap();
    let read = house.said(&["look", "salt", "books.example.com", "page.html"], 0);
    assert!(read.contains("Pre-order"), "{read}");
    let list = house.said(&["evidence", "salt"], 0);
    assert!(
        list.contains("https://books.example.com/book/9781944098117"),
        "{list}"
    );
    let html = house.said(&["evidence", "salt", "books.example.com", "--html"], 0);
    assert!(html.contains("schema.org/PreOrder"), "{html}");
    assert!(
        !html.contains('\u{1b}'),
        "a store must not drive the terminal"
    );
    let text = house.said(&["evidence", "salt", "books.example.com", "--text"], 0);
    assert!(text.contains("Salt Roads") && !text.contains('<'), "{text}");
    let none = house.said(
        &[
            "evidence",
            "salt",
            "books.example.com",
            "--at",
            "2020-01-01",
            "--text",
        ],
        5,
    );
    assert!(none.contains("no evidence is kept of that time"), "{none}");
}

#[test]
fn what_cannot_be_read_is_said() {
    let house = House::new(CONFIGURATION);
    std::fs::write(
        house.path().join("wall.html"),
        "<title>Just a moment...</title>",
    )
    .unwrap();
    let wall = house.said(&["look", "salt", "books.example.com", "wall.html"], 1);
    assert!(wall.contains("Nothing is recorded"), "{wall}");
    let history = house.said(&["history", "salt", "--looks", "--json"], 0);
    assert_eq!(history, "", "it says nothing of the store");
    let nowhere = house.said(&["look", "salt", "amazon.com", "--says", "in_stock"], 5);
    assert!(
        nowhere.contains("it is watched at books.example.com"),
        "{nowhere}"
    );
    let missing = house.said(&["look", "salt", "books.example.com", "none.html"], 5);
    assert!(missing.contains("cannot read the saved page"), "{missing}");
}

#[test]
fn what_a_person_saw_is_judged_at_once_and_no_letter_is_written_twice() {
    let house = House::new(&CONFIGURATION.replace("2027-02-09", "2099-02-09"));
    let now = pubwatch::clock::Clock::System.now();
    let look = |state: &str, hours: i64| {
        let at = (now - jiff::SignedDuration::from_hours(hours)).to_string();
        let look = [
            "look",
            "salt",
            "books.example.com",
            "--says",
            state,
            "--at",
            &at,
        ];
        house.said(&look, 0)
    };
    look("not_listed", 60);
    look("not_listed", 40);
    let first = look("pre_order", 8);
    assert!(first.contains("what you saw counts at once"), "{first}");
    assert!(first.contains("Letter:"), "{first}");
    let second = look("Pre-order", 0);
    assert!(!second.contains("Letter:"), "it is no news: {second}");
    let line = first.lines().find_map(|line| line.strip_prefix("Letter: "));
    let (subject, _) = line.unwrap().rsplit_once(" (").unwrap();
    for _ in 0..2 {
        house.said(&["check", "--quiet"], 0);
    }
    let list = house.said(&["outbox", "list", "--json"], 0);
    let same = list.lines().filter(|line| {
        let letter: serde_json::Value = serde_json::from_str(line).unwrap();
        letter["subject"] == subject
    });
    assert_eq!(same.count(), 1, "{list}");
    let edition = list.lines().filter(|line| line.contains("9781944098117"));
    assert_eq!(edition.count(), 1, "nothing else is told of it: {list}");
}
