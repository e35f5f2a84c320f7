//! Every real page that we have reads as its label says, with and without the sieve.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pubwatch::book::{Isbn13, StoreId};
use pubwatch::fetch::charset::decode;
use pubwatch::page::nesting::{Nesting, nesting};
use pubwatch::page::wording::{Wording, plain};
use pubwatch::page::{Page, Reading, UnreadReason, Wanted};
use pubwatch::stores::{Lessons, read_closely, read_without_sieve};

/// One line of `labels.tsv`.
struct Label {
    file: String,
    store: StoreId,
    wanted: Wanted,
    status: u16,
    expected: String,
}

/// The folder of real saved pages, which is not part of the project.
pub(crate) fn folder() -> PathBuf {
    let named = std::env::var_os("PUBWATCH_PAGES");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/pages");
    named.map_or_else(beside, PathBuf::from)
}

fn labels(folder: &Path) -> Vec<Label> {
    let text = std::fs::read_to_string(folder.join("labels.tsv")).unwrap();
    text.lines().skip(1).map(label).collect()
}

fn label(line: &str) -> Label {
    let cells: Vec<&str> = line.split('\t').collect();
    let host = cells[2].split(' ').next().unwrap();
    // Refusals of other hosts stand for the same refusal at one of ours.
    let host = if host.starts_with('(') || host.contains("adorama") || host.contains("zara") {
        "bookshop.org"
    } else {
        host
    };
    // Only books are asked for by number: the number of the one device with variants is that of
    // the family, not of the article in the buy box.
    let is_product = cells[3].contains("book") && !cells[3].contains("search");
    let isbn: Option<Isbn13> = cells[4].parse().ok();
    let asin = (is_product && isbn.is_none() && cells[4].len() == 10).then(|| cells[4].to_owned());
    Label {
        file: cells[0].to_owned(),
        store: StoreId::new(host),
        wanted: Wanted {
            isbn: isbn.filter(|_| is_product),
            asin,
            format: None,
        },
        status: cells[6].parse().unwrap(),
        expected: cells[7].to_owned(),
    }
}

/// What a label calls a reading.
fn name(reading: &Reading) -> &'static str {
    match reading {
        Reading::Says(says) => says.availability.name(),
        Reading::Unread(unread) if unread.reason == UnreadReason::Blocked => "blocked",
        Reading::Unread(_) => "unreadable",
    }
}

fn describe(reading: &Reading) -> String {
    match reading {
        Reading::Says(says) => {
            let price = says.price.as_ref().map(ToString::to_string);
            let date = says.date.map(|date| date.to_string());
            format!(
                "{} | {} | {} | {} | {} | {} formats | {} | {}",
                says.rule,
                says.words,
                date.unwrap_or_default(),
                price.unwrap_or_default(),
                says.seller.as_deref().unwrap_or_default(),
                says.formats.len(),
                says.published
                    .map(|date| date.to_string())
                    .unwrap_or_default(),
                says.title.as_deref().unwrap_or_default(),
            )
        }
        Reading::Unread(unread) => format!("{} | {}", unread.rule, unread.words),
    }
}

#[test]
#[ignore = "needs the saved pages: ../shared/pages or PUBWATCH_PAGES"]
fn every_saved_page_reads_as_labelled_with_and_without_the_sieve() {
    let folder = folder();
    let lessons = Lessons::default();
    let labels = labels(&folder);
    let mut table = String::new();
    let mut right = 0;
    let mut deepest = Nesting::default();
    for label in &labels {
        let bytes = std::fs::read(folder.join(&label.file)).unwrap();
        let body = decode(&bytes, None);
        let page = Page {
            store: &label.store,
            address: None,
            status: label.status,
            headers: &[],
            body: &body,
        };
        for (asked, wanted) in [(true, &label.wanted), (false, &Wanted::default())] {
            let sifted = read_closely(&page, wanted, &lessons);
            let whole = read_without_sieve(&page, wanted, &lessons);
            let nesting = nesting(&sifted.kept);
            deepest.levels = deepest.levels.max(nesting.levels);
            deepest.formatting = deepest.formatting.max(nesting.formatting);
            assert_eq!(
                sifted.reading, whole,
                "the sieve lost something of {}",
                label.file
            );
            let is_right = label
                .expected
                .split('|')
                .any(|one| one == name(&sifted.reading));
            if asked {
                right += usize::from(is_right);
                writeln!(
                    table,
                    "{} {:<52} {:<16} {:>4} kB of {:>4} | {}",
                    if is_right { "ok " } else { "BAD" },
                    label.file,
                    name(&sifted.reading),
                    sifted.kept.len() / 1024,
                    body.len() / 1024,
                    describe(&sifted.reading),
                )
                .unwrap();
            } else if !is_right {
                writeln!(
                    table,
                    "BAD {} without an ISBN: {}",
                    label.file,
                    name(&whole)
                )
                .unwrap();
                right = 0;
            }
        }
    }
    println!("{table}{right} of {} pages read as labelled", labels.len());
    println!("what is kept nests at most so: {deepest:?}");
    assert_eq!(right, labels.len(), "\n{table}");
}

#[test]
#[ignore = "needs the saved pages: ../shared/pages or PUBWATCH_PAGES"]
fn no_page_reads_as_another_book() {
    let folder = folder();
    let other = Wanted {
        isbn: "9791234567896".parse().ok(),
        asin: Some("B000000000".to_owned()),
        format: None,
    };
    for label in labels(&folder) {
        let bytes = std::fs::read(folder.join(&label.file)).unwrap();
        let body = decode(&bytes, None);
        let page = Page {
            store: &label.store,
            address: None,
            status: label.status,
            headers: &[],
            body: &body,
        };
        let reading = read_closely(&page, &other, &Lessons::default()).reading;
        let state = reading.availability();
        let expected = label.expected == "not_listed";
        assert_eq!(state.is_some(), expected, "{}: {reading:?}", label.file);
    }
}

/// Everything that a page holds outside of its tags, in the form in which words are compared.
fn texts_of(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    for piece in body.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        // Labels of buttons stand in attributes.
        text.push(' ');
        text.push_str(piece);
        text.push(' ');
    }
    let plain_text = text
        .replace("&nbsp;", " ")
        .replace("&#39;", "'")
        .replace("&#x27;", "'");
    plain(&plain_text)
}

#[test]
#[ignore = "needs the saved pages: ../shared/pages or PUBWATCH_PAGES"]
fn phrases_that_were_seen_on_a_saved_page_stand_on_one() {
    let folder = folder();
    let mut of_store: BTreeMap<String, String> = BTreeMap::new();
    for label in labels(&folder) {
        let bytes = std::fs::read(folder.join(&label.file)).unwrap();
        let text = of_store.entry(label.store.to_string()).or_default();
        text.push_str(&texts_of(&decode(&bytes, None)));
    }
    let mut missing = Vec::new();
    let mut held = 0;
    for phrase in Wording::shipped().phrases() {
        let Some(source) = &phrase.written.source else {
            continue;
        };
        if !source.starts_with("saved page") {
            continue;
        }
        let words = &phrase.written.text;
        let pieces = words.split(['{', '}']).step_by(2).map(str::trim);
        let pieces: Vec<&str> = pieces.filter(|piece| !piece.is_empty()).collect();
        let stands = of_store
            .iter()
            .filter(|(store, _)| source.contains(store.as_str()))
            .any(|(_, text)| pieces.iter().all(|piece| text.contains(piece)));
        if stands {
            held += 1;
        } else {
            missing.push(format!("`{words}`: {source}"));
        }
    }
    println!("{held} phrases stand on the saved pages that they name");
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
    assert!(held > 30, "only {held} phrases name a saved page");
}
