//! The bodies of the fuzz targets: any bytes in, and nothing but what the program promises of them
//! may happen. A broken promise panics, which is what a fuzzer and a test look for.

use jiff::Timestamp;
use jiff::civil::date;
use pubwatch::book::{Distribution, EditionId, Family, StoreId};
use pubwatch::config::{self, edit, import, problem};
use pubwatch::fetch::robots::{Answer, Robots, Verdict, address_for};
use pubwatch::fetch::{charset, retry_after};
use pubwatch::page::dates::{DayOrder, first_date};
use pubwatch::page::dom::Tree;
use pubwatch::page::pattern::Pattern;
use pubwatch::page::product::Word;
use pubwatch::page::sieve::{MOST_KEPT, sieve};
use pubwatch::page::wording::{Meaning, Wording, plain};
use pubwatch::page::{Page, Reading, Wanted, json_ld};
use pubwatch::stores::{Lessons, canonical_of, creators_api, fixture, lessons, read_closely};
use pubwatch::text::money;
use url::Url;

/// A store of each reader, and some of other languages.
const STORES: [&str; 8] = [
    "amazon.com",
    "amazon.de",
    "amazon.co.jp",
    "barnesandnoble.com",
    "bookshop.org",
    "uk.bookshop.org",
    "books.example.com",
    "waterstones.com",
];

/// What a page may come with.
const STATUSES: [u16; 8] = [200, 404, 403, 429, 503, 202, 301, 410];

/// The edition that most of the fixtures are of.
const ISBN: &str = "9781944098117";

/// The page of a store. The first byte chooses the store (`0` to `7`), the second the status
/// (`0` to `7`, or `a` to `h` to ask for an ISBN as well), the rest is the page.
///
/// # Panics
///
/// When a state comes without its evidence, a refusal gains one, the kept parts are larger than
/// the sieve promises, or a page that is kept as a fixture does not read as it did.
pub fn reader(bytes: &[u8]) {
    let (Some(store), Some(kind)) = (bytes.first(), bytes.get(1)) else {
        return;
    };
    let store = StoreId::new(STORES[usize::from(store % 8)]);
    let status = STATUSES[usize::from((kind & 0x0f) % 8)];
    let wanted = Wanted {
        isbn: (kind & 0x40 != 0).then(|| ISBN.parse().ok()).flatten(),
        ..Wanted::default()
    };
    let body = charset::decode(bytes.get(2..).unwrap_or_default(), None);
    let page = Page {
        store: &store,
        address: None,
        status,
        headers: &[],
        body: &body,
    };
    let read = read_closely(&page, &wanted, &Lessons::default());
    assert!(read.kept.len() <= MOST_KEPT, "more is kept than was said");
    assert!(!read.trace.steps().is_empty(), "nobody looked");
    match &read.reading {
        Reading::Says(says) => {
            let refused = matches!(status, 403 | 429 | 503 | 301);
            assert!(!refused, "a refusal gained a state: {says:?}");
            let is_told = !says.rule.is_empty() && !says.words.is_empty() && !says.place.is_empty();
            assert!(is_told, "a state without evidence: {says:?}");
            assert!(says.words.chars().count() <= 240, "{says:?}");
        }
        Reading::Unread(unread) => assert!(!unread.rule.is_empty(), "{unread:?}"),
    }
    if let Ok(pair) = fixture::of(&page, &wanted, &read) {
        let differences = fixture::differences(&pair.html, &pair.toml);
        assert_eq!(differences, Ok(Vec::new()), "{}", pair.toml);
    }
    // A page without an address of its own is no fault.
    let _ = canonical_of(&body);
}

/// Structured data: a block of JSON-LD, and the same bytes as an item of Amazon's API.
///
/// # Panics
///
/// When a state comes without words.
pub fn json_ld(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let html = format!("<script type='application/ld+json'>{text}</script>");
    if let Ok(kept) = sieve(&html, &["script[type*='ld+json']"]) {
        let html = scraper::Html::parse_document(&kept);
        for product in json_ld::products(&Tree::new(&html)) {
            if let Word::Says(offer) = product.word(product.isbns.first()) {
                assert!(offer.state().is_some() && !offer.used, "{offer:?}");
            }
        }
    }
    let store = StoreId::new("amazon.com");
    let reading = creators_api::read(&store, &text, &Wanted::default(), &Lessons::default());
    if let Reading::Says(says) = reading {
        assert!(!says.words.is_empty(), "{says:?}");
    }
}

/// robots.txt and `Retry-After`. The first line is a path and a header's value, the rest a file.
///
/// # Panics
///
/// When a page is forbidden without the line that forbids it.
pub fn robots(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (first, file) = text.split_once('\n').unwrap_or((&text, ""));
    // What no wait can be told from is no fault.
    let _ = retry_after::parse(first, Timestamp::UNIX_EPOCH);
    let Ok(base) = Url::parse("https://www.amazon.com/") else {
        return;
    };
    let Ok(address) = base.join(first) else {
        return;
    };
    // Nothing else is ever asked for: see `fetch/address.rs`.
    if address.scheme() != "https" {
        return;
    }
    let robots = Robots {
        answer: Answer::File(file.to_owned()),
        fetched_at: Timestamp::UNIX_EPOCH,
    };
    if let Some(pause) = robots.answer.crawl_delay() {
        assert!(pause.as_secs_f64() >= 0.0);
    }
    if let Verdict::Forbidden { line, agent } = robots.verdict(&address) {
        assert!(!line.is_empty() && !agent.is_empty(), "forbidden by nobody");
    }
    assert_eq!(address_for(&address).path(), "/robots.txt");
}

/// A configuration, and everything that is made of it.
///
/// # Panics
///
/// When one is refused without a reason.
pub fn configuration(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let name = "pubwatch.toml";
    match config::check(&text, name, date(2026, 12, 24)) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            let shown = problem::render_all(&problems, name, &text, false);
            assert!(!shown.trim().is_empty(), "refused without a word");
            for one in &problems {
                assert!(one.position(&text).is_none_or(|place| place.line > 0));
            }
        }
        Ok((plan, warnings)) => {
            let shown = problem::render_all(&warnings, name, &text, true);
            assert_eq!(shown.is_empty(), warnings.is_empty());
            let taught = Lessons::of(&plan.stores);
            for store in &plan.stores {
                assert!(!taught.currency(&store.id).is_empty());
            }
            for objection in lessons::objections(&plan.stores) {
                assert!(!objection.to_string().is_empty());
            }
            for edition in &plan.editions {
                // An edition may be written in a form that only its author can change.
                let _ = edit::without(&text, &edition.edition.id);
            }
        }
    }
}

const BEFORE: &str = "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\n\
                      timezone = \"UTC\"\n";

/// A list of books, CSV or ONIX, and the configuration that is made of it.
///
/// # Panics
///
/// When an edition that can be written is not in what is written.
pub fn import(bytes: &[u8]) {
    let Ok(list) = import::read(bytes, &import::How::default()) else {
        return;
    };
    let defaults = import::Defaults {
        stores: vec![StoreId::new("amazon.com")],
        own: Vec::new(),
        distribution: Distribution::IngramSpark,
        enabled: None,
        amazon_switch: false,
        order: None,
    };
    let built = import::build(&list, &[], &defaults);
    let entries: Vec<_> = built.entries.into_iter().map(|(_, entry)| entry).collect();
    let isbns: Vec<EditionId> = entries.iter().map(|one| one.edition.id.clone()).collect();
    let Ok(text) = edit::with_entries(BEFORE, &entries) else {
        panic!("the editions cannot be added to a configuration");
    };
    match config::check(&text, "pubwatch.toml", date(2026, 12, 24)) {
        Ok((plan, _)) => {
            let written = plan.editions.into_iter().map(|one| one.edition.id);
            assert_eq!(written.collect::<Vec<_>>(), isbns);
        }
        // A configuration without editions is none.
        Err(_) if isbns.is_empty() => {}
        Err(problems) => {
            let shown = problem::render_all(&problems, "pubwatch.toml", &text, false);
            let is_toml = !shown.contains("TOML");
            assert!(is_toml, "what was written cannot be read:\n{shown}\n{text}");
        }
    }
}

/// Dates, prices, phrases. What stands before the first `|` is a phrase, the rest a text.
///
/// # Panics
///
/// When a phrase is found where there is none.
pub fn words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (phrase, text) = text.split_once('|').unwrap_or(("in stock", &text));
    let plain = plain(text);
    let wording = Wording::shipped();
    for order in [DayOrder::DayFirst, DayOrder::MonthFirst] {
        if let Some(day) = first_date(text, wording, order) {
            assert!((1..=9999).contains(&day.year()), "{day}");
        }
    }
    for currency in ["USD", "EUR", "JPY", "SEK"] {
        for price in [
            money::first_price(text, currency),
            money::amount(text, currency),
        ]
        .into_iter()
        .flatten()
        {
            assert!(price.minor >= 0, "{price:?}");
        }
    }
    let pattern = Pattern::new(phrase);
    if let Some((start, end)) = pattern.find(&plain, 0) {
        assert!(start <= end && plain.get(start..end).is_some());
    }
    for family in [
        Family::Amazon,
        Family::BarnesNoble,
        Family::Bookshop,
        Family::Other,
    ] {
        if let Some(hit) = wording.state(text, family) {
            assert!(plain.get(hit.start..hit.end).is_some());
        }
        if let Some(hit) = wording.find(text, family, &[Meaning::SoldBy, Meaning::ShipsFrom]) {
            assert!(plain.get(hit.start..hit.end).is_some());
        }
    }
}
