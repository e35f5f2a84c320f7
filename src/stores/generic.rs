//! Any store: what a user said of the part of the page in which a copy is bought, structured data
//! that names the edition, and where that says nothing, the page's own buy button.
//!
//! Structured data comes as JSON-LD, as microdata, or as OpenGraph's product properties. It is
//! believed only when its own identifiers are those of the edition, or when the page is certainly
//! about one product.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rule names the states it knows; it is silent about all others"
)]

use scraper::{ElementRef, Selector};

use super::Look;
use super::buy_button;
use super::data::{Data, Spoken, from_json_ld, from_microdata};
use super::lessons::state_of;
use super::whose::whose;
use crate::book::Availability;
use crate::page::dates::{DayOrder, first_date};
use crate::page::dom::{Tree, elements, is_hidden, text_of};
use crate::page::identity::{Found, Identity};
use crate::page::product::Product;
use crate::page::wording::plain;
use crate::page::{Confidence, Reading, Says, UnreadReason};
use crate::text::money::amount;

/// The parts of a page that the reader looks at.
pub const PARTS: &[&str] = &[
    "title",
    "link[rel='canonical']",
    "meta",
    "h1",
    "script[type*='ld+json']",
    "[itemtype]",
    "[itemprop]",
];

/// What a row of details may be.
const ROWS: &[&str] = &["tr", "li", "dl", "div", "p"];

/// What stands before the number in such a row.
const LABELS: &[&str] = &["isbn", "ean", "gtin"];

/// A part of more elements than these is no row.
const LARGEST_ROW: usize = 12;

/// The rule of a page that names no edition, or another one.
const IDENTITY: &str = "generic/identity";

/// The rule of a page that says nothing.
const NOTHING: &str = "generic/no-evidence";

/// Reads a product page of any store.
///
/// 1. Identity: the ISBN of the page's `<meta>` elements, else of its address and its data, else of
///    the only number among its details. What is only mentioned there is nobody's proof.
/// 2. The user's buy area and words, where there are any.
/// 3. JSON-LD, microdata, OpenGraph, in that order. Of a page of several editions only the data
///    that names ours speaks.
/// 4. The page's own buy button, unless the user has said where the buy area is.
pub(crate) fn read(look: &mut Look<'_>) -> Reading {
    let data = Data::of(look);
    let own = numbers(look.tree);
    let mut whose = whose(look, IDENTITY, own, &data.all());
    if whose.identity == Identity::Unknown {
        let details = of_details(look.tree, ROWS, LABELS);
        if !details.is_empty() {
            whose = super::whose::whose(look, IDENTITY, details, &data.all());
        }
    }
    if let Some(reading) = whose.identity.refusal(IDENTITY, look.wanted) {
        return reading;
    }
    let found = &whose.found;
    let is_page_s = !whose.by_part;
    let json = data.by_json(look, found);
    let micro = data.by_microdata(look, found, is_page_s);
    let in_area = is_page_s.then(|| in_buy_area(look)).flatten();
    let has_button = is_page_s && look.buy_area.is_none() && !data.names_only_others(found);
    let reading = in_area
        .or_else(|| from_json_ld(look, &json))
        .or_else(|| from_microdata(look, &micro))
        .or_else(|| is_page_s.then(|| from_open_graph(look)).flatten())
        .or_else(|| {
            let details = has_button.then(|| of_details(look.tree, ROWS, LABELS))?;
            let mut named = details.isbns.iter();
            let is_ours = details.is_empty() || named.any(|isbn| found.isbns.contains(isbn));
            is_ours.then(|| buy_button::after_the_title(look)).flatten()
        });
    let mut says = match reading {
        Some(Reading::Says(says)) => says,
        Some(unread) => return unread,
        None => return look.no_evidence(NOTHING),
    };
    if whose.identity == Identity::NotAsked {
        says.confidence = Confidence::Likely;
    }
    complete(&mut says, look, &[&json, &micro], &whose.found);
    if is_page_s && says.availability != Availability::OutOfStock {
        says.price = says.price.take().or_else(|| open_graph_price(look));
    }
    Reading::Says(says)
}

/// The page says too little in the parts that are kept at first: what its data stands in.
pub(super) fn asks_for_more(reading: &Reading) -> bool {
    match reading {
        Reading::Says(_) => false,
        Reading::Unread(unread) => {
            unread.reason == UnreadReason::NoEvidence
                && (unread.rule == NOTHING || unread.rule == IDENTITY)
        }
    }
}

/// The ISBN that the page gives itself in its `<meta>` elements.
fn numbers(tree: &Tree<'_>) -> Found {
    let mut found = Found::default();
    for name in [
        "book:isbn",
        "books:isbn",
        "og:isbn",
        "isbn",
        "product:isbn",
        "gtin13",
    ] {
        if let Some(isbn) = tree.page_meta(name)
            && found.isbns.is_empty()
        {
            found.add_number(name, isbn);
        }
    }
    found
}

/// The number in the table of the details: of the rows that begin with one of these labels, all of
/// which must name the same. The tables of a series or of editions name several, and prove nothing.
pub(super) fn of_details(tree: &Tree<'_>, rows: &[&str], labels: &[&str]) -> Found {
    let mut found = Found::default();
    let is_row = |element: &ElementRef<'_>| {
        rows.contains(&element.value().name()) && elements(*element).nth(LARGEST_ROW).is_none()
    };
    for row in elements(tree.root()).filter(is_row) {
        let text = text_of(row);
        let row = plain(&text);
        if labels.iter().any(|label| row.starts_with(label)) {
            found.add_isbn(text.rsplit([' ', ':']).next().unwrap_or_default());
        }
    }
    if found.isbns.len() > 1 {
        found = Found::default();
    }
    found
}

/// What the user's buy area says: the user's own phrases first, in their order, then its button
/// with the shipped words.
fn in_buy_area(look: &mut Look<'_>) -> Option<Reading> {
    let place = look.buy_area?;
    let selector = Selector::parse(place).ok()?;
    let area = look
        .tree
        .root()
        .select(&selector)
        .find(|area| !is_hidden(*area));
    let text = area.map(text_of);
    look.trace.look("generic/buy-area", place, text.as_deref());
    let text = text?;
    let own = look.wording.own(&text);
    let phrase = own.map(|hit| hit.described());
    look.trace
        .look("generic/taught-words", place, phrase.as_deref());
    if let Some(state) = own.and_then(|hit| state_of(hit.meaning())) {
        let says = Says::new(state, "generic/taught-words", &text, place);
        return Some(Reading::Says(Box::new(says)));
    }
    buy_button::in_area(look, area?, place)
}

fn from_open_graph(look: &mut Look<'_>) -> Option<Reading> {
    let names = ["product:availability", "og:availability", "availability"];
    let found = names
        .iter()
        .find_map(|name| Some((*name, look.tree.meta(name)?)));
    look.trace.look(
        "data/open-graph",
        "meta product:availability",
        found.map(|(_, value)| value),
    );
    let (name, value) = found?;
    let state = match plain(value).as_str() {
        "oos" => Availability::OutOfStock,
        "pending" => return None,
        other => Availability::from_schema_org(other)?,
    };
    let says = Says::new(
        state,
        "data/open-graph",
        value,
        &format!("meta[property={name}]"),
    );
    Some(Reading::Says(Box::new(says)))
}

/// Adds the particulars, from the data and the page's `<meta>` elements.
pub(super) fn complete(says: &mut Says, look: &Look<'_>, spoken: &[&Spoken<'_>], found: &Found) {
    let home = look.currency;
    let order = if home == "USD" {
        DayOrder::MonthFirst
    } else {
        DayOrder::DayFirst
    };
    let date = |text: &str| first_date(text, look.wording, order);
    let offer = spoken.iter().find_map(|data| data.offer.as_ref());
    let product = spoken.iter().find_map(|data| data.product);
    says.published = says
        .published
        .or_else(|| date(product?.published.as_deref()?))
        .or_else(|| {
            ["book:release_date", "books:release_date", "datePublished"]
                .iter()
                .find_map(|name| date(look.tree.meta(name)?))
        });
    says.date = says.date.or_else(|| match says.availability {
        Availability::PreOrder | Availability::Announced => date(&says.words)
            .or_else(|| date(offer?.starts.as_deref()?))
            .or(says.published),
        Availability::BackOrder | Availability::ShipsLater => {
            date(&says.words).or_else(|| date(offer?.starts.as_deref()?))
        }
        _ => None,
    });
    if says.availability != Availability::OutOfStock {
        let of_data = || {
            spoken
                .iter()
                .find_map(|data| data.offer.as_ref()?.price.clone())
        };
        says.price = says.price.take().or_else(of_data);
        says.seller = says.seller.take().or_else(|| offer?.seller.clone());
    }
    name(says, look, product, found);
}

/// Adds what names the book: ISBN, title, cover, address.
fn name(says: &mut Says, look: &Look<'_>, product: Option<&Product>, found: &Found) {
    let wanted = look.wanted.isbn.clone();
    says.isbn = wanted
        .filter(|isbn| found.isbns.contains(isbn) || product.is_some_and(|p| p.names(isbn)))
        .or_else(|| product?.isbns.first().cloned())
        .or_else(|| found.isbns.first().cloned());
    says.title = says
        .title
        .take()
        .or_else(|| product?.name.clone())
        .or_else(|| heading(look.tree))
        .or_else(|| look.tree.meta("og:title").map(str::to_owned));
    says.cover = says
        .cover
        .take()
        .or_else(|| look.tree.meta("og:image").map(str::to_owned))
        .or_else(|| product?.image.clone());
    says.canonical = look.tree.canonical().map(str::to_owned);
}

fn open_graph_price(look: &Look<'_>) -> Option<crate::book::Money> {
    let number = look
        .tree
        .meta("product:price:amount")
        .or_else(|| look.tree.meta("og:price:amount"))?;
    let currency = look
        .tree
        .meta("product:price:currency")
        .or_else(|| look.tree.meta("og:price:currency"));
    amount(number, currency.unwrap_or(look.currency))
}

/// The text of the first `<h1>`.
pub(super) fn heading(tree: &Tree<'_>) -> Option<String> {
    tree.find(|element| element.value().name() == "h1" && !is_hidden(element))
        .map(text_of)
        .filter(|text| !text.is_empty())
}
