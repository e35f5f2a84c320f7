//! What the companion cuts out of a page reads as the page does.

use pubwatch::book::StoreId;
use pubwatch::page::{Page, Reading, Wanted};
use pubwatch::stores::{Lessons, parts_of, read};
use serde_json::json;

use super::chromium::Chromium;
use crate::fixtures::pairs;

/// Where what is cut reads otherwise than the page, and why that is right.
const OTHERWISE: [(&str, &str); 1] = [
    // Which words stand on a page without a product is not for the companion to send.
    ("amazon/missing-page-saved", "unread"),
];

/// What a page says, in a word.
fn said(body: &str, (store, address): (&StoreId, Option<&str>), wanted: &Wanted) -> String {
    let page = Page {
        store,
        address,
        status: 200,
        headers: &[],
        body,
    };
    match read(&page, wanted) {
        Reading::Says(says) => says.availability.name().to_owned(),
        Reading::Unread(_) => "unread".to_owned(),
    }
}

#[test]
#[ignore = "needs Chromium"]
fn what_is_cut_out_of_a_page_reads_as_the_page_did() {
    let mut browser = Chromium::start();
    let cut = include_str!("../../../companion/cut.js");
    let (mut count, mut problems) = (0, Vec::new());
    for pair in pairs() {
        if pair.case.status.is_some_and(|status| status != 200) {
            continue;
        }
        let store = StoreId::new(&pair.case.store);
        let wanted = Wanted {
            isbn: pair.case.isbn.as_ref().map(|isbn| isbn.parse().unwrap()),
            asin: pair.case.asin.clone(),
            format: None,
        };
        let of = (&store, pair.case.address.as_deref());
        let otherwise = OTHERWISE.iter().find(|(name, _)| *name == pair.name);
        let whole = said(&pair.html, of, &wanted);
        let whole = otherwise.map_or(whole, |(_, said)| (*said).to_owned());
        let parts = json!(parts_of(&store, &Lessons::default()));
        let page = browser.eval(&format!(
            "(() => {{ const document = new DOMParser().parseFromString({}, 'text/html'); {cut}; \
             return cut({parts}); }})()",
            json!(pair.html)
        ));
        let part = said(page.as_str().unwrap(), of, &wanted);
        count += 1;
        if part != whole {
            problems.push(format!("{}: {part}, and the page {whole}", pair.name));
        }
    }
    println!("{count} pages");
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
