//! The evidence of a look: what the page said, in which words, and how that differs from the look
//! before. A store's markup is shown as the words that are in it, never as markup. Pure.

use askama::Template;
use jiff::Timestamp;

use super::changes::said_source;
use super::face::{UNSEEN_CLASS, face};
use super::frame::{Frame, Place, Pulse, shape};
use super::overview::{address, book};
use crate::book::StoreId;
use crate::history::View;
use crate::history::evidence::Evidence;
use crate::history::sqlite::Seen;
use crate::page::{Confidence, Reading, Says};
use crate::text::words;

/// The most of the kept words that are shown, in characters.
const MOST: usize = 20_000;

/// One look at a page.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// When, how, and what it read.
    pub seen: &'a Seen,
    /// The newest look before it that named a state.
    pub before: Option<&'a Seen>,
    /// What was kept of the page.
    pub kept: Option<&'a Evidence>,
}

#[derive(Template)]
#[template(path = "web/templates/evidence.html")]
struct Page {
    frame: Frame,
    title: String,
    book: String,
    /// The page of the edition.
    address: String,
    /// When, and by which way.
    had: String,
    /// The page at the store.
    link: Option<String>,
    shape: String,
    /// The state, or why there is none.
    word: String,
    says: String,
    /// The rule that read it, where, and how sure it is.
    rule: String,
    facts: Vec<(&'static str, String)>,
    /// Against what it is compared.
    before: Option<String>,
    differences: Vec<String>,
    /// The kept words, parted where the evidence stands in them.
    kept: Option<(String, String, String)>,
    picture: Option<String>,
    /// The change before and the one after, at the same store.
    earlier: Option<(String, String)>,
    later: Option<(String, String)>,
}

/// Where the evidence of a look is, below the page of its edition.
pub(super) fn place_of(store: &StoreId, at: Timestamp) -> String {
    format!("evidence/{store}/{at}")
}

/// The page.
pub fn page(
    place: &Place<'_>,
    (view, store): (&View, &StoreId),
    look: &Look<'_>,
    pulse: &Pulse,
) -> askama::Result<String> {
    let seen = look.seen;
    let address = address(place, &view.edition);
    let title = format!("What {}’s page said", place.label(store));
    let listing = view.listings.iter().find(|one| one.store == *store);
    let link = listing.map(|one| one.address.clone());
    let spells = || listing.into_iter().flat_map(|one| &one.spells);
    let changes = || spells().map(|spell| spell.since);
    let to = |at: Timestamp| {
        (
            format!("{address}/{}", place_of(store, at)),
            place.moment(at),
        )
    };
    let shown = Shown::of(&seen.reading);
    let before = look.before.and_then(|before| Some((before, says(before)?)));
    let compared = before.zip(says(seen));
    let picture = look.kept.and_then(|kept| kept.picture.as_ref());
    Page {
        frame: Frame::new(place, "editions", &title, pulse),
        book: book(&view.edition),
        had: had(place, look),
        link: link.filter(|link| link.starts_with("https://") || link.starts_with("http://")),
        shape: shape(shown.class),
        word: shown.word,
        rule: shown.rule,
        facts: says(seen).map(facts).unwrap_or_default(),
        before: compared.map(|((before, _), _)| place.moment(before.at)),
        differences: compared
            .map_or_else(Vec::new, |((_, before), after)| differences(before, after)),
        kept: look
            .kept
            .map(|kept| parted(&words::clipped(&kept.text(), MOST), shown.words)),
        picture: picture.map(|_| format!("{address}/{}/picture.png", place_of(store, seen.at))),
        says: words::clipped(shown.words, 400),
        earlier: changes().filter(|since| *since < seen.at).max().map(to),
        later: changes().filter(|since| seen.at < *since).min().map(to),
        address,
        title,
    }
    .render()
}

/// What a look read, if it named a state.
fn says(seen: &Seen) -> Option<&Says> {
    match &seen.reading {
        Reading::Says(says) => Some(says),
        Reading::Unread(_) => None,
    }
}

/// When, and by which way.
fn had(place: &Place<'_>, look: &Look<'_>) -> String {
    let way = format!(
        "{}, {}",
        words::moment(look.seen.at, place.zone),
        said_source(look.seen.source)
    );
    let status = look.kept.and_then(|kept| kept.status);
    status.map_or_else(|| way.clone(), |status| format!("{way}, status {status}"))
}

/// A reading as it is shown.
struct Shown<'a> {
    class: &'static str,
    word: String,
    words: &'a str,
    rule: String,
}

impl<'a> Shown<'a> {
    fn of(reading: &'a Reading) -> Self {
        match reading {
            Reading::Says(says) => Self {
                class: face(says.availability).class,
                word: says.availability.word().to_owned(),
                words: &says.words,
                rule: ruled(says),
            },
            Reading::Unread(unread) => Self {
                class: UNSEEN_CLASS,
                word: format!("Not read: {}", unread.reason.words()),
                words: &unread.words,
                rule: words::clipped(&unread.rule, 120),
            },
        }
    }
}

fn ruled(says: &Says) -> String {
    let sure = match says.confidence {
        Confidence::Sure => "",
        Confidence::Likely => ", likely",
    };
    words::clipped(&format!("{} at {}{sure}", says.rule, says.place), 160)
}

/// The kept words before, in and after the evidence; all of them before it where it does not stand in
/// them as it was read.
fn parted(text: &str, evidence: &str) -> (String, String, String) {
    let evidence = words::one_line(evidence);
    match text.split_once(&evidence) {
        Some((before, after)) if !evidence.is_empty() => {
            (before.to_owned(), evidence, after.to_owned())
        }
        Some(_) | None => (text.to_owned(), String::new(), String::new()),
    }
}

/// What else a page said, each with its name.
fn facts(says: &Says) -> Vec<(&'static str, String)> {
    particulars(says)
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// What a page may say besides its state.
fn particulars(says: &Says) -> [(&'static str, Option<String>); 7] {
    let text = |text: &Option<String>| text.as_ref().map(|text| words::clipped(text, 160));
    [
        ("the date", says.date.map(words::date)),
        ("the publication date", says.published.map(words::date)),
        ("the price", says.price.as_ref().map(ToString::to_string)),
        ("the seller", text(&says.seller)),
        ("who ships it", text(&says.ships_from)),
        ("the title", text(&says.title)),
        ("the ISBN", says.isbn.as_ref().map(ToString::to_string)),
    ]
}

/// What changed from one reading to another, a sentence each.
fn differences(before: &Says, after: &Says) -> Vec<String> {
    let mut all = Vec::new();
    if before.availability != after.availability {
        all.push(format!(
            "The state changed from {} to {}.",
            before.availability.word(),
            after.availability.word()
        ));
    }
    let quoted = |says: &Says| format!("“{}”", words::clipped(&says.words, 160));
    if quoted(before) != quoted(after) {
        let is_button = before.is_of_button() && after.is_of_button();
        let what = if is_button { "The button" } else { "The words" };
        all.push(format!(
            "{what} changed from {} to {}.",
            quoted(before),
            quoted(after)
        ));
    }
    for ((name, before), (_, after)) in particulars(before).into_iter().zip(particulars(after)) {
        let name = words::capital(name);
        match (before, after) {
            (Some(before), Some(after)) if before != after => {
                all.push(format!("{name} changed from {before} to {after}."));
            }
            (None, Some(after)) => all.push(format!("{name} is new: {after}.")),
            (Some(before), None) => all.push(format!("{name} is gone; it was {before}.")),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    if before.cover != after.cover {
        all.push("The cover is another.".to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Availability, Money};

    fn reads(state: Availability, rule: &str, words: &str, price: Option<i64>) -> Says {
        let mut says = Says::new(state, rule, words, "#buy");
        says.price = price.map(|minor| Money::new(minor, "USD"));
        says
    }

    #[test]
    fn what_changed_from_one_reading_to_another_is_said_in_words() {
        let pre_order = reads(
            Availability::PreOrder,
            "bn/pre-order-button",
            "Pre-order",
            Some(1499),
        );
        let mut sold = reads(
            Availability::InStock,
            "bn/add-to-cart-button",
            "Add to cart",
            Some(1299),
        );
        sold.seller = Some("Barnes & Noble".to_owned());
        assert_eq!(
            differences(&pre_order, &sold),
            [
                "The state changed from Pre-order to Available.",
                "The button changed from “Pre-order” to “Add to cart”.",
                "The price changed from $14.99 to $12.99.",
                "The seller is new: Barnes & Noble."
            ]
        );
        let gone = reads(
            Availability::OutOfStock,
            "bn/out-of-stock",
            "Sold out",
            None,
        );
        assert_eq!(
            differences(&sold, &gone)[1..],
            [
                "The words changed from “Add to cart” to “Sold out”.",
                "The price is gone; it was $12.99.",
                "The seller is gone; it was Barnes & Noble."
            ]
        );
        assert_eq!(differences(&gone, &gone), Vec::<String>::new());
    }

    #[test]
    fn the_evidence_is_marked_in_the_kept_words_where_it_stands_in_them() {
        let of = |text: &str, evidence: &str| {
            let (before, evidence, after) = parted(text, evidence);
            format!("{before}[{evidence}]{after}")
        };
        assert_eq!(
            of("Salt Roads Pre-order $14.99", "Pre-order"),
            "Salt Roads [Pre-order] $14.99"
        );
        assert_eq!(of("Salt Roads", "Pre-order · now"), "Salt Roads[]");
        assert_eq!(of("Salt Roads", ""), "Salt Roads[]");
    }
}
