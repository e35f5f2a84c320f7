//! Every pair of files in `fixtures/` is a test: a page, and what it must read as.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pubwatch::book::{Availability, StoreId};
use pubwatch::config::plan::StorePlan;
use pubwatch::config::presets::presets;
use pubwatch::page::{Page, UnreadReason, Wanted};
use pubwatch::stores::fixture::{self, Case, NoPair, differences};
use pubwatch::stores::{Lessons, read_closely, read_without_sieve};

/// A pair of files.
pub(crate) struct Pair {
    /// The folder and the name, as `amazon/used-only`.
    pub(crate) name: String,
    pub(crate) html: String,
    toml: String,
    pub(crate) case: Case,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

pub(crate) fn pairs() -> Vec<Pair> {
    let mut pairs = Vec::new();
    for store in std::fs::read_dir(folder()).unwrap() {
        let store = store.unwrap().path();
        // The lists there are no pages.
        if !store.is_dir() || store.ends_with("lists") {
            continue;
        }
        for file in std::fs::read_dir(&store).unwrap() {
            let file = file.unwrap().path();
            let has = |ending: &str| file.extension().is_some_and(|own| own == ending);
            let other = file.with_extension(if has("html") { "toml" } else { "html" });
            assert!(
                other.is_file(),
                "{} has no {}",
                file.display(),
                other.display()
            );
            if has("toml") {
                let toml = std::fs::read_to_string(&file).unwrap();
                let case = toml::from_str(&toml)
                    .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
                let name = file.strip_prefix(folder()).unwrap().with_extension("");
                pairs.push(Pair {
                    name: name.to_string_lossy().replace('\\', "/"),
                    html: std::fs::read_to_string(&other).unwrap(),
                    toml,
                    case,
                });
            }
        }
    }
    pairs.sort_by(|one, other| one.name.cmp(&other.name));
    pairs
}

#[test]
fn every_pair_reads_as_it_says() {
    let mut problems = Vec::new();
    let pairs = pairs();
    assert!(!pairs.is_empty(), "there are no fixtures");
    for pair in &pairs {
        match differences(&pair.html, &pair.toml) {
            Ok(found) => problems.extend(
                found
                    .iter()
                    .map(|difference| format!("{}: {difference}", pair.name)),
            ),
            Err(error) => problems.push(format!("{}: {error}", pair.name)),
        }
    }
    println!("{} pairs", pairs.len());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_pair_reads_the_same_without_the_sieve() {
    for pair in pairs() {
        let store = StoreId::new(&pair.case.store);
        let wanted = Wanted {
            isbn: pair.case.isbn.as_ref().map(|isbn| isbn.parse().unwrap()),
            asin: pair.case.asin.clone(),
            format: None,
        };
        let page = Page {
            store: &store,
            address: pair.case.address.as_deref(),
            status: pair.case.status.unwrap_or(200),
            headers: &[],
            body: &pair.html,
        };
        let lessons = Lessons::default();
        let sifted = read_closely(&page, &wanted, &lessons).reading;
        assert_eq!(
            sifted,
            read_without_sieve(&page, &wanted, &lessons),
            "{}",
            pair.name
        );
    }
}

#[test]
fn every_state_and_reason_has_a_page_at_every_store() {
    // What a store cannot show, by what is known of it.
    let impossible = [
        // One seller only.
        ("bookshop", "third_party_only"),
        // The data of other stores does not tell sellers apart.
        ("other", "third_party_only"),
        // Only a buy area of the user's own has sentences there.
        ("other", "not_offered_here"),
        // A missing page is told in the same way at every store.
        ("other", "not_listed"),
        ("other", "unreachable"),
        ("barnesandnoble", "unreachable"),
    ];
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for pair in pairs() {
        // The folders of stores that are known by their address are pages of the generic reader.
        let store = pair.name.split('/').next().unwrap();
        let store = if store.contains('.') { "other" } else { store }.to_owned();
        seen.entry(store).or_default().insert(pair.case.reads);
    }
    let states = Availability::ALL.iter().map(|state| state.name());
    let reasons = UnreadReason::ALL
        .iter()
        .filter(|reason| **reason != UnreadReason::Robots)
        .map(|reason| reason.name());
    let mut missing = Vec::new();
    for name in states.chain(reasons) {
        for (store, reads) in &seen {
            if !reads.contains(name) && !impossible.contains(&(store.as_str(), name)) {
                missing.push(format!("{store}: no page reads as {name}"));
            }
        }
    }
    assert_eq!(seen.len(), 4);
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

/// The layouts of the stores that had several, with what a page of each cannot show.
const LAYOUTS: &[(&str, &[&str], &str)] = &[
    (
        "amazon",
        &["2013", "2015-2022", "2023-2024", "2025-2026", "mobile"],
        "",
    ),
    // Nothing has to be printed, carried or bought from others.
    (
        "amazon",
        &["kindle"],
        "ships_later back_order third_party_only",
    ),
    ("barnesandnoble", &["before-2026"], ""),
    // The new storefront has one seller.
    ("barnesandnoble", &["2026"], "third_party_only"),
];

/// What is told before the layout of a page matters: refusals, and pages for missing books.
const BEFORE: [&str; 4] = ["not_listed", "blocked", "robots", "unreachable"];

#[test]
fn every_state_has_a_page_in_every_layout() {
    let pairs = pairs();
    let mut missing = Vec::new();
    let states = Availability::ALL.iter().map(|state| state.name());
    let names = states.chain(UnreadReason::ALL.iter().map(|reason| reason.name()));
    let names: Vec<_> = names.filter(|name| !BEFORE.contains(name)).collect();
    for (store, layouts, impossible) in LAYOUTS {
        for layout in *layouts {
            let of_layout = |pair: &&Pair| {
                pair.name.starts_with(store) && pair.case.layout.as_deref() == Some(*layout)
            };
            for name in &names {
                let count = pairs.iter().filter(of_layout);
                let count = count.filter(|pair| pair.case.reads == *name).count();
                println!("{store:<16} {layout:<12} {name:<18} {count}");
                let is_impossible = impossible.split(' ').any(|other| other == *name);
                if (count == 0) != is_impossible {
                    missing.push(format!("{store}, {layout}, {name}: {count} pages"));
                }
            }
        }
    }
    let known = |pair: &Pair| {
        pair.case.layout.as_deref().is_none_or(|layout| {
            LAYOUTS.iter().any(|(store, layouts, _)| {
                pair.name.starts_with(store) && layouts.contains(&layout)
            })
        })
    };
    missing.extend(
        pairs
            .iter()
            .filter(|pair| !known(pair))
            .map(|pair| format!("{}: an unknown layout", pair.name)),
    );
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

#[test]
fn every_state_has_a_page_at_both_stores_of_bookshop() {
    let pairs = pairs();
    let states = Availability::ALL.iter().map(|state| state.name());
    let names = states.chain(UnreadReason::ALL.iter().map(|reason| reason.name()));
    // One seller only; and robots is not told by a page.
    for name in names.filter(|name| !["third_party_only", "robots"].contains(name)) {
        for store in ["bookshop.org", "uk.bookshop.org"] {
            assert!(
                pairs
                    .iter()
                    .any(|pair| pair.case.store == store && pair.case.reads == name),
                "{store}: no page reads as {name}"
            );
        }
    }
}

#[test]
fn every_store_known_by_its_address_has_a_folder_of_pages() {
    let pairs = pairs();
    for store in presets() {
        let folder = format!("{}/", store.id);
        let reads = |wanted: fn(&str) -> bool| {
            let mut here = pairs.iter().filter(|pair| pair.name.starts_with(&folder));
            here.any(|pair| pair.case.store == store.id.as_str() && wanted(&pair.case.reads))
        };
        assert!(
            reads(|name| name == "in_stock"),
            "{folder} has no page in stock"
        );
        assert!(
            reads(|name| name == "pre_order"),
            "{folder} has no pre-order"
        );
        assert!(
            reads(|name| name == "out_of_stock"),
            "{folder} refuses nowhere"
        );
        assert!(
            reads(|name| name == "no_evidence"),
            "{folder} is never unsure"
        );
    }
    let known = |pair: &Pair| presets().any(|store| pair.name.starts_with(store.id.as_str()));
    let folders = pairs
        .iter()
        .filter(|pair| pair.name.split('/').next().unwrap().contains('.'));
    for pair in folders {
        assert!(
            known(pair),
            "config/stores.toml has no store for {}",
            pair.name
        );
    }
}

#[test]
fn a_page_that_reads_by_the_users_own_words_makes_no_pair_and_it_says_so() {
    let store = StoreId::new("books.example.com");
    let mut plan = StorePlan::plain(store.clone());
    plan.buy_area = Some("#buy".to_owned());
    let page = Page {
        store: &store,
        address: None,
        status: 200,
        headers: &[],
        body: "<title>x</title><meta property='book:isbn' content='9781944098117'><h1>x</h1>\
               <div id='buy'><button>Pre-order</button></div></html>",
    };
    let wanted = Wanted {
        isbn: "9781944098117".parse().ok(),
        ..Wanted::default()
    };
    let read = read_closely(&page, &wanted, &Lessons::of(&[plan]));
    assert_eq!(read.reading.availability(), Some(Availability::PreOrder));
    let refused = fixture::of(&page, &wanted, &read).unwrap_err();
    assert_eq!(refused, NoPair::OwnWords("no_evidence"));
    let read = read_closely(&page, &wanted, &Lessons::default());
    assert!(fixture::of(&page, &wanted, &read).is_ok());
}

#[test]
fn every_trap_is_in_the_list_of_traps_with_the_page_that_holds_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dev/reading.md");
    let listed = std::fs::read_to_string(path).unwrap();
    let mut missing = Vec::new();
    for pair in pairs() {
        if let Some(trap) = &pair.case.trap {
            let line = format!("| {trap} | `{}` |", pair.name);
            if !listed.contains(&line) {
                missing.push(line);
            }
        }
    }
    assert!(
        missing.is_empty(),
        "docs/dev/reading.md lacks:\n{}",
        missing.join("\n")
    );
}
