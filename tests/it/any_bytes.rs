//! Whatever the bytes, there is a reading, and soon: truncated, doubled, mis-encoded, deeply
//! nested, very large and random pages.
//!
//! The bound is in processor time, for one page in a build without optimisation. A release build
//! takes a tenth of it.

use std::fmt::Write as _;
use std::time::Duration;

use cpu_time::ThreadTime;
use proptest::prelude::*;
use pubwatch::book::{Availability, StoreId};
use pubwatch::fetch::charset::decode;
use pubwatch::page::{Page, Reading, Wanted};
use pubwatch::stores::read;

/// The longest that any page may take, here.
const BOUND: Duration = Duration::from_secs(30);

const STORES: [&str; 5] = [
    "amazon.com",
    "amazon.co.jp",
    "barnesandnoble.com",
    "uk.bookshop.org",
    "books.example.com",
];

fn read_body(store: &str, status: u16, body: &str) -> Reading {
    let store = StoreId::new(store);
    let page = Page {
        store: &store,
        address: None,
        status,
        headers: &[],
        body,
    };
    read(&page, &Wanted::default())
}

#[track_caller]
fn within_the_bound(store: &str, body: &str) -> Reading {
    let begun = ThreadTime::now();
    let reading = read_body(store, 200, body);
    let taken = begun.elapsed();
    assert!(taken < BOUND, "{store} took {taken:?}: {reading:?}");
    reading
}

/// Reads the page at every kind of store, within the bound.
#[track_caller]
fn check(what: &str, body: &str) {
    for store in STORES {
        println!("{what} at {store}");
        within_the_bound(store, body);
    }
}

fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/{name}.html", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// The openings of the parts that the readers look into.
const OPENINGS: [&str; 4] = [
    "<title>x</title><div id='desktop_buybox'><input id='ASIN' value='1944098119'>",
    "<main><h1>x</h1><form action='/cart'>",
    "<h1>x</h1><div itemtype='http://schema.org/Book' itemprop='offers'>",
    "<div id='tmmSwatches'><div id='desktop_buybox'><div id='availability'>",
];

#[test]
fn deeply_nested_pages_end_soon() {
    for opening in OPENINGS {
        for (what, piece) in [
            ("formatting", "<p><b class=x>"),
            ("unmatched ends", "<p><b></x>"),
            ("tables", "<table><tr><td>"),
            (
                "divs kept open",
                "<div><table><tr><td></div></td></tr></table>",
            ),
            ("links", "<a href=x><div>"),
            ("forms", "<form><select><button>"),
            ("drawings", "<svg><g><math>"),
        ] {
            check(what, &format!("{opening}{}", piece.repeat(5000)));
        }
        check("divs", &format!("{opening}{}", "<div>".repeat(100_000)));
    }
}

#[test]
fn pages_of_many_parts_end_soon() {
    for opening in OPENINGS {
        for (what, piece) in [
            ("availability", "<div id='availability'>in stock</div>"),
            (
                "buttons",
                "<input id='add-to-cart-button' name='submit.add-to-cart'>",
            ),
            (
                "tiles",
                "<li class='swatchElement'><span class='slot-title'>x</span></li>",
            ),
            ("rows", "<table><tr><td>ISBN-13</td><td>x</td></tr></table>"),
            ("offers", "<link itemprop='availability' href='InStock'>"),
            ("metas", "<meta property='book:isbn' content='x'>"),
            (
                "blocks",
                "<script type='application/ld+json'>{\"@type\":\"Book\"}</script>",
            ),
            ("quotes", "\"'<!--"),
        ] {
            check(what, &format!("{opening}{}", piece.repeat(5000)));
        }
    }
}

#[test]
fn strange_tags_and_data_end_soon() {
    let mut attributes = String::new();
    for number in 0..200_000 {
        write!(attributes, " a{number}").unwrap();
    }
    check(
        "attributes",
        &format!("<div id='desktop_buybox'{attributes}>"),
    );
    let deep = "[".repeat(200_000);
    check(
        "arrays",
        &format!("<script type='application/ld+json'>{deep}</script>"),
    );
    let graph = "{\"@type\":\"Book\",\"hasVariant\":".repeat(100_000);
    check(
        "variants",
        &format!("<script type='application/ld+json'>{graph}</script>"),
    );
    check("an open comment", &format!("<!--{}", "x".repeat(1_000_000)));
    check(
        "an open tag",
        &format!("<div id=\"{}", "<div>".repeat(200_000)),
    );
    check(
        "an open title",
        &format!("<title>{}", "<div>".repeat(200_000)),
    );
    check("nul", &"\0".repeat(1_000_000));
}

#[test]
fn pages_of_fifty_megabytes_end_soon() {
    let mut beside = fixture("amazon/currently-unavailable");
    while beside.len() < 50 << 20 {
        beside.push_str("<script>var filler = 'in stock';</script><p>Add to cart");
    }
    let reading = within_the_bound("amazon.com", &beside);
    let state = reading.availability().map(Availability::name);
    assert_eq!(state, Some("out_of_stock"));
    within_the_bound("books.example.com", &beside);
    let inside = "in stock ".repeat(5_500_000);
    let inside = format!("<div id='desktop_buybox'><main>{inside}");
    within_the_bound("amazon.com", &inside);
    within_the_bound("barnesandnoble.com", &inside);
}

#[test]
fn a_page_cut_off_anywhere_never_gains_a_state() {
    for name in [
        "amazon/currently-unavailable",
        "amazon/used-only",
        "amazon/pre-order-by-buy-now-alone",
        "barnesandnoble/out-of-stock-online",
        "bookshop/uk-back-order-uncertain",
    ] {
        let page = fixture(name);
        let store = match name.split('/').next() {
            Some("barnesandnoble") => "barnesandnoble.com",
            Some("bookshop") => "uk.bookshop.org",
            _ => "amazon.com",
        };
        let whole = read_body(store, 200, &page).availability().unwrap();
        let ends = page.char_indices().map(|(at, _)| at);
        for end in ends.step_by(7) {
            let cut = read_body(store, 200, &page[..end]);
            // Less of the page may say less, or the same with less certainty. A refusing page
            // must never seem to offer something because its end is missing.
            if let Some(state) = cut.availability() {
                assert!(
                    state == whole || !state.is_orderable() || whole.is_orderable(),
                    "{name} cut at {end} reads as {cut:?}"
                );
            }
        }
    }
}

#[test]
fn a_doubled_page_reads_as_the_single_one() {
    for name in [
        "amazon/in-stock-by-amazon",
        "amazon/used-only",
        "amazon/currently-unavailable",
    ] {
        let page = fixture(name);
        let once = read_body("amazon.com", 200, &page);
        let twice = read_body("amazon.com", 200, &format!("{page}{page}"));
        assert_eq!(once.availability(), twice.availability(), "{name}");
    }
}

/// Pieces of which pages are made, so that random pages get past the first rule.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<div id='desktop_buybox'>".to_owned()),
        Just("<div id='outOfStock'>".to_owned()),
        Just("<div id='availability'>".to_owned()),
        Just("<input id='ASIN' name='ASIN' value='1944098119'>".to_owned()),
        Just("<input id='add-to-cart-button' value='Add to cart'>".to_owned()),
        Just("<div id='usedOnlyBuybox'>".to_owned()),
        Just("<main><h1 class='product__title'>Salt Roads</h1>".to_owned()),
        Just("<form action='/cart'><button>Pre-Order</button>".to_owned()),
        Just("<meta property='book:isbn' content='9781944098117'>".to_owned()),
        Just("<script type='application/ld+json'>{\"@type\":\"Book\",\"offers\":{".to_owned()),
        Just("Currently unavailable. ".to_owned()),
        Just("In stock on February 30, 2027 for 1.234,56 €".to_owned()),
        Just("</div></form></script>".to_owned()),
        "[ -~]{0,20}",
        "\\PC{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_a_reading(
        bytes in proptest::collection::vec(any::<u8>(), 0..4000),
        status in 100_u16..600,
    ) {
        let body = decode(&bytes, None);
        for store in STORES {
            let reading = read_body(store, status, &body);
            // Random bytes name no product of any store.
            prop_assert!(
                reading.availability().is_none_or(|state| state.name() == "not_listed"),
                "{reading:?}"
            );
        }
    }

    #[test]
    fn any_pieces_give_a_reading_with_its_evidence(
        pieces in proptest::collection::vec(piece(), 0..30),
    ) {
        let body = pieces.concat();
        for store in STORES {
            if let Reading::Says(says) = read_body(store, 200, &body) {
                prop_assert!(!says.rule.is_empty() && !says.place.is_empty());
                prop_assert!(!says.words.is_empty(), "{says:?}");
                prop_assert!(says.words.chars().count() <= 240);
            }
        }
    }

    #[test]
    fn a_refusal_never_gains_a_state(
        pieces in proptest::collection::vec(piece(), 0..30),
        status in prop_oneof![Just(401_u16), Just(403), Just(429), Just(430), 500_u16..600],
    ) {
        for store in STORES {
            let reading = read_body(store, status, &pieces.concat());
            prop_assert_eq!(reading.availability(), None);
        }
    }
}
