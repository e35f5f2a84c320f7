//! Each kind of refusal is told from the others, and explained by a sentence of its own with a
//! next step.

use std::collections::BTreeMap;
use std::path::Path;

use pubwatch::book::StoreId;
use pubwatch::page::{Page, Reading, Unread, Wanted, refused};
use pubwatch::stores::fixture::Case;
use pubwatch::stores::{Lessons, read_closely};

use crate::corpus;

fn unread(case: &Case, html: &str) -> Option<Unread> {
    let store = StoreId::new(&case.store);
    let page = Page {
        store: &store,
        address: case.address.as_deref(),
        status: case.status.unwrap_or(200),
        headers: &[],
        body: html,
    };
    match read_closely(&page, &Wanted::default(), &Lessons::default()).reading {
        Reading::Unread(unread) => Some(unread),
        Reading::Says(_) => None,
    }
}

/// How the sentence for a page begins.
#[track_caller]
fn check(sentence: Option<String>, name: &str, expected: &str) {
    let sentence = sentence.unwrap_or_else(|| panic!("{name}: nothing is explained"));
    assert!(sentence.starts_with(expected), "{name}: {sentence}");
    let (what, next_step) = sentence.split_once("; ").unwrap_or_default();
    assert!(
        !what.is_empty() && !next_step.is_empty(),
        "{name}: {sentence}"
    );
    assert!(!sentence.ends_with('.'), "{name}: {sentence}");
}

/// A fixture, and how its sentence begins.
const OF_OUR_FIXTURES: &[(&str, &str)] = &[
    ("amazon/captcha-image", "Amazon asks to type the letters"),
    ("amazon/challenge-202", "the store's firewall (AWS WAF)"),
    (
        "amazon/continue-shopping",
        "Amazon shows a page with only a button",
    ),
    (
        "amazon/continue-shopping-italian",
        "Amazon shows a page with only a button",
    ),
    (
        "amazon/error-for-robots",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/error-for-robots-dutch",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/error-for-robots-french",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/error-for-robots-german",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/error-for-robots-in-two-languages",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/error-for-robots-italian",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/error-for-robots-japanese",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/error-for-robots-polish",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/error-for-robots-portuguese",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/error-for-robots-spanish",
        "Amazon sends the “Something went wrong” page",
    ),
    (
        "amazon/interstitial",
        "Akamai, which guards the store, wants a browser",
    ),
    ("amazon/server-error", "the store's server has a fault"),
    (
        "amazon/sign-in",
        "the store shows this page only to those who are signed in",
    ),
    (
        "amazon/sign-in-at-the-address-of-the-book",
        "the store shows this page only to those who are signed in",
    ),
    (
        "amazon/too-many-requests",
        "the store says that it is asked too often",
    ),
    (
        "barnesandnoble/challenge",
        "Cloudflare stands before the store",
    ),
    (
        "barnesandnoble/refused",
        "Akamai, which guards the store, has shut out",
    ),
    (
        "barnesandnoble/too-many-requests",
        "the store says that it is asked too often",
    ),
    (
        "bookshop/uk-challenge",
        "Cloudflare stands before the store",
    ),
    ("bookshop/uk-server-error", "the store's server"),
    (
        "bookshop/us-challenge",
        "Cloudflare stands before the store",
    ),
    ("bookshop/us-server-error", "the store's server"),
    ("other/aws-waf", "the store's firewall (AWS WAF)"),
    ("other/challenge", "Cloudflare stands before the store"),
    (
        "other/cloudflare-1006",
        "Cloudflare, which guards the store, has shut out",
    ),
    (
        "other/cloudflare-1015",
        "Cloudflare, which guards the store, says that it is asked too often",
    ),
    (
        "other/cloudflare-1020",
        "Cloudflare, which guards the store, has shut out",
    ),
    ("other/cloudflare-521", "the store's server has a fault"),
    ("other/datadome", "DataDome, which guards the store, takes"),
    ("other/imperva", "Imperva, which guards the store"),
    (
        "other/perimeterx-robot-or-human",
        "PerimeterX, which guards",
    ),
    ("other/queue-it", "the store lets its visitors in one after"),
    ("other/radware", "Radware, which guards the store"),
    ("other/radware-page", "Radware, which guards the store"),
    (
        "other/sucuri",
        "Sucuri, which guards the store, has refused",
    ),
    (
        "other/sucuri-challenge",
        "Sucuri, which guards the store, wants",
    ),
];

#[test]
fn each_refusal_of_our_own_fixtures_has_its_sentence() {
    let expected = OF_OUR_FIXTURES;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = BTreeMap::new();
    for store in std::fs::read_dir(&folder).unwrap() {
        let store = store.unwrap().path();
        let Ok(files) = std::fs::read_dir(&store) else {
            continue;
        };
        for file in files {
            let file = file.unwrap().path();
            if file.extension().is_none_or(|ending| ending != "toml") {
                continue;
            }
            let case: Case = toml::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            let html = std::fs::read_to_string(file.with_extension("html")).unwrap();
            if let Some(sentence) = unread(&case, &html).as_ref().and_then(refused::explain) {
                let name = file.strip_prefix(&folder).unwrap().with_extension("");
                found.insert(name.to_string_lossy().into_owned(), sentence);
            }
        }
    }
    let named: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        named,
        expected.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        "every refusal is in the table"
    );
    for (name, expected) in expected {
        check(found.get(*name).cloned(), name, expected);
    }
}

/// A page of the corpus, its store and status, and how its sentence begins.
const REALLY_MET: [(&str, &str, u16, &str); 12] = [
    (
        "amazon-captcha-image-2022",
        "amazon.com",
        200,
        "Amazon asks to type the letters",
    ),
    (
        "amazon-continue-shopping-2025",
        "amazon.in",
        200,
        "Amazon shows a page with only a",
    ),
    (
        "amazon-awswaf-challenge-2026",
        "amazon.fr",
        202,
        "the store's firewall (AWS WAF)",
    ),
    (
        "amazon-503-something-went-wrong",
        "amazon.com",
        503,
        "Amazon sends the “Something",
    ),
    (
        "cloudflare-managed-2026-02",
        "bookshop.org",
        403,
        "Cloudflare stands before",
    ),
    (
        "akamai-access-denied-2026",
        "barnesandnoble.com",
        403,
        "Akamai, which guards the",
    ),
    (
        "perimeterx-adorama-2021",
        "bookshop.org",
        403,
        "PerimeterX, which guards",
    ),
    (
        "cloudflare-1006-access-denied",
        "bookshop.org",
        403,
        "Cloudflare, which guards the",
    ),
    (
        "etsy-datadome-2026",
        "bookshop.org",
        403,
        "DataDome, which guards the",
    ),
    (
        "imperva-incapsula-2018",
        "bookshop.org",
        503,
        "Imperva, which guards the",
    ),
    (
        "playstation-queue-it-2021",
        "bookshop.org",
        200,
        "the store lets its visitors in",
    ),
    (
        "amazon-sign-in-2026",
        "amazon.in",
        200,
        "the store shows this page only",
    ),
];

#[test]
#[ignore = "needs the saved pages: ../shared/pages or PUBWATCH_PAGES"]
fn each_refusal_that_was_really_met_has_a_sentence_of_its_own() {
    let folder = corpus::folder();
    let expected = REALLY_MET;
    let mut sentences = BTreeMap::new();
    for (name, store, status, begins) in expected {
        let path = folder.join(format!("blocked/{name}.html"));
        let bytes = std::fs::read(path).unwrap();
        let html = pubwatch::fetch::charset::decode(&bytes, None);
        let case = Case {
            store: store.to_owned(),
            status: Some(status),
            ..Case::default()
        };
        let unread = unread(&case, &html);
        let sentence = unread.as_ref().and_then(refused::explain);
        check(sentence.clone(), name, begins);
        let other = sentences.insert(sentence, name);
        assert_eq!(other, None, "{name} has a sentence of its own");
    }
    // The two missing pages among them are no refusals, though one names automated access.
    for name in ["amazon-404-page-not-found", "amazon-404-dogs-older"] {
        let path = folder.join(format!("blocked/{name}.html"));
        let bytes = std::fs::read(path).unwrap();
        let html = pubwatch::fetch::charset::decode(&bytes, None);
        let case = Case {
            store: "amazon.com".to_owned(),
            status: Some(404),
            ..Case::default()
        };
        assert_eq!(unread(&case, &html), None, "{name}");
    }
}

/// Kinds of refusals that were met more than once: their sentence is that of the first.
const MET_AGAIN: [(&str, &str, u16, &str); 4] = [
    (
        "amazon-ca-500-bilingual",
        "amazon.ca",
        500,
        "Amazon sends the “Something",
    ),
    (
        "amazon-503-service-unavailable",
        "amazon.com",
        503,
        "Amazon sends the “Something",
    ),
    (
        "awswaf-human-verification-2026",
        "bookshop.org",
        405,
        "the store's firewall (AWS WAF)",
    ),
    (
        "walmart-robot-or-human-2025",
        "bookshop.org",
        200,
        "PerimeterX, which guards",
    ),
];

#[test]
#[ignore = "needs the saved pages: ../shared/pages or PUBWATCH_PAGES"]
fn a_refusal_that_was_met_again_has_the_sentence_of_its_kind() {
    let folder = corpus::folder();
    for (name, store, status, begins) in MET_AGAIN {
        let bytes = std::fs::read(folder.join(format!("blocked/{name}.html"))).unwrap();
        let html = pubwatch::fetch::charset::decode(&bytes, None);
        let case = Case {
            store: store.to_owned(),
            status: Some(status),
            ..Case::default()
        };
        let unread = unread(&case, &html);
        check(unread.as_ref().and_then(refused::explain), name, begins);
    }
}

#[test]
fn no_refusal_has_a_state_whatever_its_status() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for (name, _) in OF_OUR_FIXTURES {
        let file = folder.join(format!("{name}.toml"));
        let case: Case = toml::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let html = std::fs::read_to_string(file.with_extension("html")).unwrap();
        for status in [200, 202, 203, 401, 403, 405, 429, 500, 503] {
            let case = Case {
                status: Some(status),
                ..case.clone()
            };
            assert!(unread(&case, &html).is_some(), "{name} with {status}");
        }
    }
}

/// An address, a status and a page, and how the sentence begins.
const WALLS: [(&str, u16, &str, &str); 10] = [
    (
        "https://www.amazon.de/privacyprefs?x",
        200,
        "",
        "the store wants its cookies",
    ),
    (
        "https://consent.books.example/?to=x",
        200,
        "",
        "the store wants its cookies",
    ),
    (
        "https://www.amazon.com/ap/signin?x",
        200,
        "",
        "the store shows this page only",
    ),
    (
        "https://www.amazon.com/black-curtain/x",
        200,
        "",
        "the store asks for the visitor",
    ),
    (
        "https://books.example/1",
        403,
        "",
        "the store forbids this page",
    ),
    (
        "https://books.example/1",
        429,
        "",
        "the store says that it is asked",
    ),
    (
        "https://books.example/1",
        503,
        "",
        "the store's server is busy",
    ),
    (
        "https://books.example/1",
        500,
        "",
        "the store's server has a fault",
    ),
    (
        "https://books.example/1",
        200,
        "<title>Robot Check</title>",
        "the store shows a bot",
    ),
    (
        "https://books.example/1",
        200,
        "<p class=g-recaptcha>",
        "the store asks to prove",
    ),
];

#[test]
fn walls_by_address_status_and_title_have_sentences_too() {
    for (address, status, html, begins) in WALLS {
        let case = Case {
            store: "amazon.com".to_owned(),
            address: Some(address.to_owned()),
            status: Some(status),
            ..Case::default()
        };
        let unread = unread(&case, html);
        check(unread.as_ref().and_then(refused::explain), address, begins);
    }
}
