//! Every page of `fixtures/`, taken apart at random: parts removed, doubled, put in from pages of
//! other products, translated, the end cut off. Whatever is left, it is never read as the contrary
//! of the intact page: orderable where that is not, or not where that is. Unread is always right.
//!
//! The same mutations every time, so that a failure comes again; `PUBWATCH_MUTATIONS` makes it more.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fastrand::Rng;
use pubwatch::book::{Availability, Family, StoreId};
use pubwatch::page::wording::{Meaning, Phrase, Wording};
use pubwatch::page::{Page, Wanted};
use pubwatch::stores::{Lessons, read_closely};

use crate::fixtures::{Pair, pairs};

/// Mutations of all pages together.
const MUTATIONS: usize = 4_000;

/// Pages that say two things themselves: their reader believes the one, and without that the other
/// is all that is left. `docs/dev/reading.md` says why.
const OF_TWO_MINDS: &[&str] = &[
    // The data lags behind what the page says, and without its words the data is all there is.
    "barnesandnoble/out-of-stock-online",
    "barnesandnoble/old-announced",
];

/// What is done to a page.
const KINDS: [&str; 5] = ["removed", "doubled", "of another", "translated", "cut off"];

fn wanted(pair: &Pair) -> Wanted {
    Wanted {
        isbn: pair.case.isbn.as_ref().map(|isbn| isbn.parse().unwrap()),
        asin: pair.case.asin.clone(),
        format: None,
    }
}

fn state(pair: &Pair, html: &str) -> Option<Availability> {
    let store = StoreId::new(&pair.case.store);
    let page = Page {
        store: &store,
        address: pair.case.address.as_deref(),
        status: pair.case.status.unwrap_or(200),
        headers: &[],
        body: html,
    };
    let read = read_closely(&page, &wanted(pair), &Lessons::default());
    read.reading.availability()
}

/// A part of a page: from a start tag to the end tag that belongs to it, in bytes.
type Part = std::ops::Range<usize>;

/// The parts of a page, in the order of their beginnings.
fn parts(html: &str) -> Vec<Part> {
    const VOID: [&str; 6] = ["meta", "link", "input", "img", "br", "hr"];
    let mut parts = Vec::new();
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut from = 0;
    while let Some(at) = html[from..].find('<').map(|at| from + at) {
        let Some(end) = html[at..].find('>').map(|end| at + end + 1) else {
            break;
        };
        let tag = &html[at + 1..end - 1];
        let closes = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let name = name
            .split(|one: char| !one.is_ascii_alphanumeric())
            .next()
            .unwrap();
        from = end;
        if name.is_empty() {
            continue;
        }
        if VOID.contains(&name) {
            parts.push(at..end);
        } else if !closes {
            open.push((name, at));
            if name == "script" {
                from = html[end..]
                    .find("</script")
                    .map_or(html.len(), |at| end + at);
            }
        } else if let Some(index) = open.iter().rposition(|(known, _)| *known == name) {
            parts.push(open[index].1..end);
            open.truncate(index);
        }
    }
    parts.retain(|part| !html[part.clone()].starts_with("<html"));
    parts.sort_by_key(|part| part.start);
    parts
}

/// The text without addresses: that a part leads to a product, or shows it, does not say whose it is.
fn without_addresses(text: &str) -> String {
    let mut rest = String::new();
    for (index, piece) in text.split('"').enumerate() {
        let is_address = index % 2 == 1 && (piece.contains('/') || piece.contains('?'));
        rest.push_str(if is_address { "" } else { piece });
    }
    rest
}

/// So many things to press stand on a page.
fn controls(html: &str) -> usize {
    let marks = [
        "<button",
        "<input",
        "a-button-text",
        "role=\"button\"",
        "class=\"btn",
    ];
    marks.iter().map(|mark| html.matches(mark).count()).sum()
}

/// The same part, of another product.
fn of_another(part: &str) -> String {
    part.replace("9781944098117", "9781944098124")
        .replace("978-1-944098-11-7", "978-1-944098-12-4")
        .replace("1944098119", "1944098127")
}

/// The page with the phrases of one meaning in another language.
fn translated(html: &str, family: Family, random: &mut Rng) -> Option<String> {
    let usable = |phrase: &&Phrase| {
        let text = &phrase.written.text;
        phrase.is_for(family)
            && !text.contains('{')
            && Meaning::STATES.contains(&phrase.written.means)
            || phrase.is_for(family)
                && matches!(
                    phrase.written.means,
                    Meaning::AddToCart | Meaning::PreOrderButton
                )
    };
    let phrases: Vec<&Phrase> = Wording::shipped().phrases().iter().filter(usable).collect();
    let lower = html.to_ascii_lowercase();
    let found: Vec<_> = phrases
        .iter()
        .filter(|one| lower.contains(&one.written.text))
        .collect();
    let phrase = random.choice(&found)?;
    let others: Vec<_> = phrases
        .iter()
        .filter(|one| one.written.means == phrase.written.means && one.language != phrase.language)
        .collect();
    let other = random.choice(&others)?;
    let mut text = html.to_owned();
    while let Some(at) = text.to_ascii_lowercase().find(&phrase.written.text) {
        if other.written.text.contains(&phrase.written.text) {
            return None;
        }
        text.replace_range(at..at + phrase.written.text.len(), &other.written.text);
    }
    Some(text)
}

/// The page after one mutation of a kind; `None` where it has nothing for it.
fn mutated(
    html: &str,
    kind: &str,
    (family, others, is_asked): (Family, &[&Pair], bool),
    random: &mut Rng,
) -> Option<String> {
    let all = parts(html);
    let part = random.choice(&all).cloned();
    match kind {
        "removed" => {
            let part = part?;
            Some(format!("{}{}", &html[..part.start], &html[part.end..]))
        }
        "doubled" => {
            let part = part?;
            Some(format!("{}{}", &html[..part.end], &html[part.start..]))
        }
        // Without a number asked for nobody knows whose the page is.
        "of another" if is_asked => {
            let other = random.choice(others)?;
            let name = |text: &str| {
                text[1..]
                    .split(|one: char| !one.is_ascii_alphanumeric())
                    .next()
                    .map(str::to_owned)
            };
            let part = part?;
            let own = name(&html[part.clone()]);
            let foreign: Vec<String> = parts(&other.html)
                .into_iter()
                .filter(|one| name(&other.html[one.clone()]) == own)
                .map(|one| of_another(&other.html[one.clone()]))
                // What names no product may be anybody's.
                .filter(|text| {
                    let named = without_addresses(text);
                    named.contains("9781944098124") || named.contains("1944098127")
                })
                .collect();
            let foreign = random.choice(&foreign)?;
            Some(format!(
                "{}{foreign}{}",
                &html[..part.start],
                &html[part.end..]
            ))
        }
        "translated" => translated(html, family, random),
        "of another" => None,
        _ => {
            let mut end = random.usize(..=html.len());
            while !html.is_char_boundary(end) {
                end -= 1;
            }
            Some(html[..end].to_owned())
        }
    }
}

#[test]
fn no_mutation_of_a_page_is_read_as_the_contrary_of_the_page() {
    let count = std::env::var("PUBWATCH_MUTATIONS").ok();
    let count = count
        .and_then(|count| count.parse().ok())
        .unwrap_or(MUTATIONS);
    let pairs = pairs();
    let intact: Vec<(&Pair, Availability)> = pairs
        .iter()
        .filter(|pair| !OF_TWO_MINDS.contains(&pair.name.as_str()))
        .filter_map(|pair| Some((pair, state(pair, &pair.html)?)))
        .collect();
    let mut random = Rng::with_seed(20_261_129);
    let mut read: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut contrary: BTreeMap<String, String> = BTreeMap::new();
    for round in 0..count {
        let (pair, whole) = intact[round % intact.len()];
        let family = StoreId::new(&pair.case.store).family();
        let others: Vec<&Pair> = intact
            .iter()
            .map(|(other, _)| *other)
            .filter(|other| StoreId::new(&other.case.store).family() == family)
            .collect();
        let kind = KINDS[(round / intact.len()) % KINDS.len()];
        let Some(html) = mutated(
            &pair.html,
            kind,
            (family, &others, pair.case.isbn.is_some()),
            &mut random,
        ) else {
            continue;
        };
        let counted = read.entry(kind).or_default();
        counted.0 += 1;
        let Some(found) = state(pair, &html) else {
            continue;
        };
        counted.1 += 1;
        // A page without its button is one that takes no order, if it is whole.
        let has_lost_its_button =
            whole.is_orderable() && kind != "cut off" && controls(&html) < controls(&pair.html);
        if found.is_orderable() != whole.is_orderable() && !has_lost_its_button {
            let what = format!(
                "{} {kind}: {} instead of {}",
                pair.name,
                found.name(),
                whole.name()
            );
            contrary.entry(what).or_insert(html);
        }
    }
    let mut told = String::new();
    for (what, html) in &contrary {
        writeln!(told, "{what}\n{html}\n").unwrap();
    }
    println!(
        "{} pages; mutations and how many still said something: {read:?}",
        intact.len()
    );
    println!("{} contrary", contrary.len());
    assert!(contrary.is_empty(), "{told}");
}
