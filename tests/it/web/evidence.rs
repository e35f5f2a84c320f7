//! What a page said, a click away from the edition: its words, its kept parts as text, its picture,
//! and what changed.

use pubwatch::book::{Availability, Money, StoreId};
use pubwatch::history::evidence::Evidence;
use pubwatch::history::sqlite::keep_evidence;
use pubwatch::history::{ListingId, Source};
use pubwatch::page::{Reading, Says};
use pubwatch::web::security::FILE_POLICY;
use scraper::{Html, Selector};

use super::browser::{checker, drawn, pictures};
use super::chromium::Chromium;
use super::{Answered, ISBN, TestSite, at, says};

const STORE: &str = "barnesandnoble.com";
const SOLD: &str = "2027-01-25T15:00:00Z";

/// What a store may have put into its page.
const HOSTILE: &str = "<script>alert(1)</script><p onclick=\"alert(2)\">Add to cart</p>\
     <img src=x onerror=alert(3)>&lt;script&gt;alert(4)&lt;/script&gt;";

/// "Salt Roads", which Barnes & Noble sells since this morning for less; of that change the parts and
/// a picture are kept.
pub(super) fn sold_for_less() -> TestSite {
    let site = TestSite::salt_roads();
    let mut sold = Says::new(
        Availability::InStock,
        "bn/add-to-cart-button",
        "Add to cart",
        ".atc",
    );
    sold.price = Some(Money::new(1299, "USD"));
    site.see(ISBN, STORE, at(SOLD), Reading::Says(Box::new(sold)));
    let evidence = Evidence {
        at: at(SOLD),
        source: Source::Browser,
        status: Some(200),
        address: format!("https://www.barnesandnoble.com/w/?ean={ISBN}"),
        headers: Vec::new(),
        parts: HOSTILE.to_owned(),
        picture: Some(std::fs::read("docs/pictures/phone.png").unwrap()),
    };
    let listing = ListingId {
        edition: ISBN.parse().unwrap(),
        store: StoreId::new(STORE),
    };
    site.db
        .write(|tx| keep_evidence(tx, &listing, &evidence))
        .unwrap();
    site.judge();
    site
}

pub(super) fn path() -> String {
    format!("/editions/{ISBN}/evidence/{STORE}/{SOLD}")
}

/// The words of what a selector finds, one after the other.
fn words(page: &Answered, selector: &str) -> Vec<String> {
    let document = Html::parse_document(&page.body);
    let selector = Selector::parse(selector).unwrap();
    let found = document.select(&selector);
    found.map(|one| one.text().collect()).collect()
}

#[test]
fn every_change_leads_to_what_the_page_said_and_how_that_differs_from_before() {
    let site = sold_for_less();
    let edition = site.get(&format!("/editions/{ISBN}"));
    let document = Html::parse_document(&edition.body);
    let links = Selector::parse("td.words a").unwrap();
    let links: Vec<&str> = document
        .select(&links)
        .map(|link| link.attr("href").unwrap())
        .collect();
    // Eight changes, and the newest look at the two stores that are seen.
    assert_eq!(links.len(), 10, "{links:?}");
    assert!(links.contains(&path().as_str()), "{links:?}");
    for link in links {
        assert_eq!(site.get(link).status, 200, "{link}");
    }
    let page = site.get(&path());
    assert_eq!(
        words(&page, "main ul li"),
        [
            "the price: $12.99",
            "The state changed from Pre-order to Available.",
            "The words changed from “Pre-order” to “Add to cart”.",
            "The date is gone; it was Tue 9 February 2027.",
            "The price changed from $16.99 to $12.99."
        ]
    );
    let text = words(&page, "main").concat();
    for expected in [
        "What Barnes & Noble’s page said",
        "Salt Roads (paperback)",
        "Mon 25 January 2027, 10:00 EST, our request, status 200",
        "“Add to cart”",
        "bn/add-to-cart-button at .atc",
        "Since the reading before",
        "← The change before, ",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    // From change to change, back to the first, which nothing came before.
    let first = words(
        &site.get(&format!(
            "/editions/{ISBN}/evidence/{STORE}/2026-12-29T13:00:00Z"
        )),
        "main",
    )
    .concat();
    assert!(
        first.contains("There is nothing to compare it with."),
        "{first}"
    );
    assert!(
        first.contains("Nothing: parts are kept when a state changes"),
        "{first}"
    );
    assert!(first.contains("The change after, "), "{first}");
}

#[test]
fn what_a_store_wrote_is_shown_as_words_and_its_picture_as_nothing_but_a_picture() {
    let site = sold_for_less();
    let hostile = "<b onmouseover=alert(5)>&\u{202e}";
    let later = "2027-01-25T17:00:00Z";
    site.see(
        ISBN,
        STORE,
        at(later),
        says(Availability::OutOfStock, hostile),
    );
    for path in [path(), format!("/editions/{ISBN}/evidence/{STORE}/{later}")] {
        let page = site.get(&path);
        assert_eq!(page.status, 200);
        let document = Html::parse_document(&page.body);
        let alive =
            Selector::parse("main script, main b[onmouseover], main [onclick], main [onerror]");
        assert_eq!(document.select(&alive.unwrap()).count(), 0, "{}", page.body);
        assert!(!page.body.contains('\u{202e}'));
    }
    let page = site.get(&path());
    assert_eq!(words(&page, ".kept mark"), ["Add to cart"]);
    let kept = words(&page, ".kept").concat();
    assert!(kept.contains("<script>alert(4)</script>"), "{kept}");
    assert!(!kept.contains("alert(1)"), "a script is no words: {kept}");
    let picture = site.get(&format!("{}/picture.png", path()));
    assert_eq!(
        (picture.status, picture.header("content-type")),
        (200, Some("image/png"))
    );
    assert_eq!(picture.header("content-security-policy"), Some(FILE_POLICY));
    assert_eq!(picture.header("x-content-type-options"), Some("nosniff"));
    assert!(picture.body[..8].contains("PNG"), "{}", picture.head);
}

#[test]
fn evidence_that_is_not_there_is_not_found() {
    let site = sold_for_less();
    let base = format!("/editions/{ISBN}/evidence");
    for path in [
        format!("{base}/{STORE}/2027-01-25T15:00:01Z"),
        format!("{base}/{STORE}/yesterday"),
        format!("{base}/walmart.com/{SOLD}"),
        format!("/editions/9780000000000/evidence/{STORE}/{SOLD}"),
        format!("{base}/amazon.com/2026-12-29T13:00:00Z/picture.png"),
        format!("{base}/{STORE}/{SOLD}/picture.html"),
    ] {
        assert_eq!(site.get(&path).status, 404, "{path}");
    }
    assert_eq!(site.post(&path(), "").status, 405);
}

#[test]
fn without_a_session_and_by_a_clients_link_there_is_no_evidence() {
    let locked = super::doors::with_password();
    for path in [path(), format!("{}/picture.png", path())] {
        assert_eq!(locked.get(&path).header("location"), Some("/login"));
    }
    let (site, secret) = super::shares::of_one_client();
    let report = site.get(&format!("/share/{secret}/editions/{ISBN}"));
    assert_eq!(report.status, 200);
    assert!(!report.body.contains("/evidence/"), "{}", report.body);
    let change = "2026-12-29T13:00:00Z";
    let evidence = format!("/editions/{ISBN}/evidence/{STORE}/{change}");
    assert_eq!(TestSite::salt_roads().get(&evidence).status, 200);
    assert_eq!(site.get(&format!("/share/{secret}{evidence}")).status, 404);
    let report = TestSite::salt_roads().get(&format!("/editions/{ISBN}/report.html"));
    assert_eq!(report.status, 200);
    assert!(!report.body.contains("/evidence/"), "{}", report.body);
}

#[test]
fn the_price_is_a_line_on_demand_with_the_least_and_the_most_named() {
    let site = sold_for_less();
    let path = format!("/editions/{ISBN}");
    let plain = site.get(&path).body;
    assert!(!plain.contains("class=\"price\""));
    assert!(
        plain.contains("?range=launch&amp;price=on#timeline"),
        "{plain}"
    );
    let priced = site.get(&format!("{path}?range=all&price=on"));
    // Amazon, Barnes & Noble and Bookshop.org have named one, wide and narrow.
    assert_eq!(priced.body.matches("<path class=\"price\"").count(), 6);
    let said = words(&priced, "main p").join("\n");
    assert!(
        said.contains(
            "USD: least $12.99 at Barnes & Noble, from 10:00 EST; most $16.99 at Barnes & Noble, \
             from Sat 2 January, 08:00 EST."
        ),
        "{said}"
    );
    assert!(priced.body.contains("?range=year&amp;price=on#timeline"));
    assert!(
        priced
            .body
            .contains("?range=all#timeline\" aria-current=\"true\">With prices")
    );
}

#[test]
#[ignore = "needs Chromium"]
fn the_evidence_and_the_prices_are_drawn() {
    let site = sold_for_less();
    let base = format!("http://{}", site.address);
    let mut chromium = Chromium::start();
    for (name, path) in [
        ("evidence", path()),
        ("priced", format!("/editions/{ISBN}?range=all&price=on")),
    ] {
        chromium.open(&format!("{base}{path}"));
        drawn(&mut chromium, checker().as_deref(), name);
    }
    chromium.look((1000, 2090), false);
    chromium.open(&format!("{base}/editions/{ISBN}"));
    chromium.picture(&pictures().join("edition-1000.png"), true);
    // The words of the pages are what the table is for: they are seen without scrolling in it.
    let over = "(() => { const box = document.querySelector('.changes').parentElement; \
         return box.scrollWidth - box.clientWidth; })()";
    assert_eq!(chromium.eval(over), 0);
}
