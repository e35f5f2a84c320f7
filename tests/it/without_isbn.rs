//! A book without an ISBN, as nearly every Kindle book of KDP's: known by its ASIN in every text that a
//! user can get, told from other books by it, and with all its history when it gets an ISBN later.

use std::process::Command;

use jiff::Timestamp;
use jiff::civil::date;
use pubwatch::book::{EditionId, StoreId};
use pubwatch::demo::pages::{Book, Offer, missing, product};
use pubwatch::demo::street::{Asked, Shown};
use pubwatch::history::sqlite::{note_moves, view};
use pubwatch::page::{Page, Reading, UnreadReason, Wanted};

use crate::moved_date::World;
use crate::support::House;

const ASIN: &str = "B0EBOOK123";
const ISBN: &str = "9781944098117";
const KINDLE: &str = "[[edition]]\ntitle = \"Salt Roads\"\nauthor = \"Jane Roe\"\n\
                      asin = \"B0EBOOK123\"\npublication_date = 2027-02-09\n\
                      list_price = \"4.99 USD\"\nstores = [\"amazon.com\"]\n";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The page of the paperback.
fn paperback(offer: Offer) -> String {
    let book = Book {
        title: "Salt Roads".to_owned(),
        author: "Jane Roe".to_owned(),
        isbn: ISBN.parse().unwrap(),
        publication_date: date(2027, 2, 9),
        price: "$4.99".to_owned(),
        publisher: "Lantern Hill Press".to_owned(),
    };
    product(StoreId::new("amazon.com").family(), &book, offer)
}

/// The same as a Kindle page: Amazon's own number, and no ISBN.
fn kindle(offer: Offer) -> String {
    paperback(offer)
        .replace("1944098119", ASIN)
        .replace("978-1944098117", "")
}

/// Pre-orders, then no page from ten days before the date until a week after it.
fn shop(asked: &Asked, now: Timestamp) -> Shown {
    if asked.path == "/robots.txt" {
        return Shown::text("User-agent: *\nDisallow: /cart\n");
    }
    assert_eq!(asked.path, format!("/dp/{ASIN}"));
    let is_gone = at("2027-01-30T00:00:00Z") <= now && now < at("2027-02-16T00:00:00Z");
    if now < at("2026-12-22T00:00:00Z") || is_gone {
        return Shown::page(404, missing());
    }
    let offer = if now < at("2027-02-09T00:00:00Z") {
        Offer::PreOrder
    } else {
        Offer::InStock
    };
    Shown::page(200, kindle(offer))
}

/// What no text may say of an edition that has no ISBN: the word, a place where its number is
/// missing, and a request for the ASIN, which is known.
const FORBIDDEN: [&str; 12] = [
    "ISBN",
    "ebook ,",
    "ebook  ",
    "Ebook  ",
    "ASIN ,",
    "ASIN .",
    "note  ",
    "look  ",
    "editions/\"",
    "/dp/\"",
    "the ASIN]",
    "\"id\":\"\"",
];

#[test]
fn no_text_speaks_of_an_isbn_where_there_is_none() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::of(ASIN, KINDLE, shop));
    let mut letters = 0;
    for end in [
        "2027-01-20T12:00:00Z",
        "2027-02-05T12:00:00Z",
        "2027-02-15T12:00:00Z",
        "2027-02-27T12:00:00Z",
    ] {
        runtime.block_on(world.live_until(end));
        let texts = world.texts();
        letters += texts
            .iter()
            .filter(|(name, _)| name.starts_with("mail"))
            .count();
        for (name, text) in texts {
            for word in FORBIDDEN {
                let found = text.find(word).map(|place| {
                    let around: String = text[..place].chars().rev().take(80).collect();
                    around.chars().rev().collect::<String>()
                });
                assert_eq!(found, None, "{name} at {end} says `{word}`");
            }
        }
    }
    assert!(0 < letters);
}

#[test]
fn an_isbn_that_comes_later_keeps_all_that_was_seen_and_told() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::of(ASIN, KINDLE, shop));
    runtime.block_on(world.live_until("2026-12-28T12:00:00Z"));
    let db = &world.house.db;
    let before = db.read(|c| view(c, &world.house.plan.editions[0])).unwrap();
    assert!(1 < before.listings[0].spells.len());
    let pubwatch = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_pubwatch"))
            .arg("--config")
            .arg(world.folder.path().join("pubwatch.toml"))
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    };
    pubwatch(&["note", ASIN, "kdp-published", "--at", "1 November 2026"]);
    let said = pubwatch(&["edit", "b0ebook123", "--isbn", "978-1-944098-11-7"]);
    assert!(said.contains(&format!("{ASIN} is now of {ISBN}")), "{said}");
    let text = std::fs::read_to_string(world.folder.path().join("pubwatch.toml")).unwrap();
    let (plan, _) = pubwatch::config::check(&text, "pubwatch.toml", date(2026, 12, 28)).unwrap();
    let plan = &plan.editions[0];
    assert_eq!(plan.edition.id.as_str(), ISBN);
    // What followed from the ASIN is written now, as it does not follow from the ISBN.
    let edition = &plan.edition;
    assert_eq!(
        (edition.format.name(), edition.distribution.name()),
        ("ebook", "kdp")
    );
    assert_eq!(
        plan.edition.asin().map(pubwatch::book::Asin::as_str),
        Some(ASIN)
    );
    assert!(plan.listings[0].address.as_str().ends_with(ASIN));
    let after = db.read(|c| view(c, plan)).unwrap();
    assert_eq!(after.listings[0].spells, before.listings[0].spells);
    assert_eq!(after.notes.len(), before.notes.len() + 1);
    let left: i64 = db
        .read(|c| {
            c.query_row(
                "SELECT count(*) FROM listing WHERE edition = ?1",
                [ASIN],
                |r| r.get(0),
            )
        })
        .unwrap();
    assert_eq!(left, 0);
    // Either number finds it.
    for words in [ASIN, ISBN] {
        assert!(pubwatch(&["note", words]).contains("published"));
    }
    let json: serde_json::Value = serde_json::from_str(&pubwatch(&["status", "--json"])).unwrap();
    assert_eq!(json["editions"][0]["id"], ISBN);
    assert_eq!(json["editions"][0]["isbn"], ISBN);
    assert_eq!(json["editions"][0]["asin"], ASIN);
}

#[test]
fn an_isbn_that_is_written_beside_the_asin_by_hand_keeps_the_history_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::of(ASIN, KINDLE, shop));
    runtime.block_on(world.live_until("2026-12-28T12:00:00Z"));
    let mut plan = world.house.plan.editions[0].clone();
    let before = world.house.db.read(|c| view(c, &plan)).unwrap();
    plan.edition.asin = plan.edition.id.asin().cloned();
    plan.edition.id = ISBN.parse().unwrap();
    let editions = [plan];
    let moved = world
        .house
        .db
        .write(|tx| note_moves(tx, &editions, at("2026-12-28T12:00:00Z")))
        .unwrap();
    assert_eq!(moved, [] as [EditionId; 0]);
    let after = world.house.db.read(|c| view(c, &editions[0])).unwrap();
    assert_eq!(after.listings[0].spells, before.listings[0].spells);
}

/// A configuration of one edition, watched by hand.
fn by_hand(number: &str, store: &str) -> String {
    format!(
        "[author]\nname = \"J\"\nemail = \"j@example.com\"\ntimezone = \"UTC\"\n\n[data]\n\
         folder = \"data\"\n\n[[store]]\nname = \"{store}\"\nsource = [\"by-hand\"]\n\n[[edition]]\n\
         title = \"Salt Roads\"\n{number}\nformat = \"ebook\"\npublication_date = 2099-02-09\n\
         stores = [\"{store}\"]\n"
    )
}

#[test]
fn an_isbn_that_has_a_history_of_its_own_is_never_mixed_with_that_of_the_asin() {
    let (isbn, asin) = (format!("isbn = \"{ISBN}\""), format!("asin = \"{ASIN}\""));
    let house = House::new(&by_hand(&isbn, "bookshop.org"));
    let file = house.path().join("pubwatch.toml");
    house.said(&["look", ISBN, "bookshop.org", "--says", "Pre-Order"], 0);
    // It is taken out, and the Kindle edition is watched instead.
    let kindle = by_hand(&asin, "amazon.com");
    std::fs::write(&file, &kindle).unwrap();
    house.said(&["look", ASIN, "amazon.com", "--says", "in stock"], 0);
    let seen = |number: &str| {
        let all = house.said(&["export", "--all"], 0);
        let of_it = format!("\"id\":\"{number}\"");
        all.lines()
            .filter(|line| line.starts_with("{\"observation\"") && line.contains(&of_it))
            .count()
    };
    let said = house.said(&["edit", ASIN, "--isbn", ISBN], 5);
    assert!(
        said.contains("has a history of its own, which cannot be joined"),
        "{said}"
    );
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), kindle);
    assert_eq!((seen(ISBN), seen(ASIN)), (1, 1));
    // Whoever writes it by hand all the same is told, once.
    std::fs::write(&file, by_hand(&format!("{isbn}\n{asin}"), "amazon.com")).unwrap();
    let said = house.said(&["status"], 0);
    let told = format!("what was seen and noted of {ASIN} is kept under that number");
    assert!(said.contains(&told), "{said}");
    assert!(!house.said(&["status"], 0).contains(&told));
    assert_eq!((seen(ISBN), seen(ASIN)), (1, 1));
}

#[test]
fn a_number_is_never_changed_into_another_of_its_kind_under_the_history_of_the_first() {
    for (key, had, flag, other) in [
        ("isbn", ISBN, "--isbn", "9780132350884"),
        ("asin", ASIN, "--asin", "B0OTHER123"),
    ] {
        let house = House::new(&by_hand(&format!("{key} = \"{had}\""), "amazon.com"));
        let file = house.path().join("pubwatch.toml");
        let before = format!(
            "{}\n[edition.addresses]\n\"amazon.com\" = \"https://www.amazon.com/dp/{ASIN}\"\n",
            std::fs::read_to_string(&file).unwrap()
        );
        std::fs::write(&file, &before).unwrap();
        let said = house.said(&["edit", had, flag, other], 5);
        let next = format!("`pubwatch remove {had}` and `pubwatch add {other}` begin anew");
        assert!(said.contains(&next), "{said}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    }
}

#[test]
fn a_store_s_own_number_becomes_an_asin_and_then_an_isbn_with_all_that_was_noted() {
    let own = "books.example.com:12";
    let text = by_hand(&format!("number = \"{own}\""), "books.example.com");
    let page =
        "\n[edition.addresses]\n\"books.example.com\" = \"https://books.example.com/item/12\"\n";
    let house = House::new(&format!("{text}{page}"));
    house.said(&["note", own, "expected"], 0);
    for (had, flag, new) in [(own, "--asin", ASIN), (ASIN, "--isbn", ISBN)] {
        let said = house.said(&["edit", had, flag, new], 0);
        assert!(
            said.contains(&format!("noted of {had} is now of {new}")),
            "{said}"
        );
        assert!(!said.contains("WARN"), "{said}");
        assert!(house.said(&["note", new], 0).contains("expected"));
    }
}

#[test]
fn a_page_is_of_the_edition_by_its_own_asin_and_never_by_a_mention() {
    let text =
        format!("[author]\nname = \"J\"\nemail = \"j@example.com\"\ntimezone = \"UTC\"\n{KINDLE}");
    let (plan, _) = pubwatch::config::check(&text, "pubwatch.toml", date(2026, 12, 28)).unwrap();
    let plan = &plan.editions[0];
    let read = |body: &str, listed: Option<&str>| {
        let store = StoreId::new("amazon.com");
        let page = Page {
            store: &store,
            address: None,
            status: 200,
            headers: &[],
            body,
        };
        pubwatch::stores::read(&page, &Wanted::of(&plan.edition, listed))
    };
    let is_wrong = |reading: &Reading| matches!(reading, Reading::Unread(unread) if unread.reason == UnreadReason::WrongProduct);
    let own = read(&kindle(Offer::PreOrder), Some(ASIN));
    assert!(matches!(own, Reading::Says(_)), "{own:?}");
    let another = kindle(Offer::PreOrder).replace(ASIN, "B0OTHER123");
    assert!(is_wrong(&read(&another, Some(ASIN))));
    // The paperback's page, which mentions the Kindle edition, and to which the address leads.
    let mention = format!("<a href=\"/dp/{ASIN}\">Kindle</a></body>");
    let paperback = paperback(Offer::PreOrder).replace("</body>", &mention);
    assert!(is_wrong(&read(&paperback, Some("1944098119"))));
    assert!(is_wrong(&read(&paperback, Some(ASIN))));
    // The Kindle page, reached from the paperback's address.
    let reached = read(&kindle(Offer::InStock), Some("1944098119"));
    assert!(matches!(reached, Reading::Says(_)), "{reached:?}");
}
