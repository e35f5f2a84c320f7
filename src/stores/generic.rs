//! Any store: structured data that names the edition, and, where a user gave them, the words of
//! the part of the page in which a copy is bought.
//!
//! Structured data comes as JSON-LD, as microdata, or as OpenGraph's product properties. It is
//! believed only when its own identifiers are those of the edition, or when the page is certainly
//! about one product.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rule names the meanings and states it knows; it is silent about all others"
)]

use scraper::{ElementRef, Selector};

use super::Look;
use super::lessons::state_of;
use crate::book::{Availability, Family};
use crate::page::dates::{DayOrder, first_date};
use crate::page::dom::{Tree, ancestry, collapse, elements, is_hidden, text_of};
use crate::page::identity::{Found, Identity};
use crate::page::json_ld::{Offer, Product, products};
use crate::page::money::{amount, first_price};
use crate::page::wording::{Meaning, plain};
use crate::page::{Confidence, Reading, Says, UnreadReason};

/// The parts of a page that the reader looks at.
pub const PARTS: &[&str] = &[
    "title",
    "link[rel='canonical']",
    "meta",
    "h1",
    "script[type*='ld+json']",
    "[itemtype]",
    "[itemprop='isbn']",
    "[itemprop='gtin13']",
    "[itemprop='sku']",
    "[itemprop='offers']",
];

/// Reads a product page of any store.
///
/// 1. Identity: the ISBNs of the page's `<meta>` elements, microdata and addresses, else of its
///    JSON-LD.
/// 2. The user's buy area and words, where there are any.
/// 3. JSON-LD, microdata, OpenGraph, in that order.
pub(crate) fn read(look: &mut Look<'_>) -> Reading {
    let products = products(look.tree);
    let found = identifiers(look, &products);
    let identity = found.compare(look.wanted);
    look.trace.saw(
        "generic/identity",
        "meta, microdata, JSON-LD, address",
        &format!("{}; {}", found.words(), identity.words()),
    );
    if let Some(reading) = identity.refusal("generic/identity", look.wanted) {
        return reading;
    }
    let product = chosen(look, &products, &found);
    let reading = in_buy_area(look)
        .or_else(|| from_json_ld(look, product))
        .or_else(|| from_microdata(look))
        .or_else(|| from_open_graph(look));
    let mut says = match reading {
        Some(Reading::Says(says)) => says,
        Some(unread) => return unread,
        None => {
            let words = look.tree.title().unwrap_or_default();
            return Reading::unread(UnreadReason::NoEvidence, "generic/no-evidence", &words);
        }
    };
    if identity == Identity::NotAsked {
        says.confidence = Confidence::Likely;
    }
    complete(&mut says, look, product, &found);
    Reading::Says(says)
}

/// Where an ISBN may stand, best first: the page's own `<meta>` and microdata, JSON-LD, the
/// canonical address, and last the address that was asked.
fn identifiers(look: &Look<'_>, products: &[Product]) -> Found {
    let mut found = Found::default();
    for name in [
        "book:isbn",
        "books:isbn",
        "og:isbn",
        "isbn",
        "product:isbn",
        "gtin13",
    ] {
        if let Some(isbn) = look.tree.meta(name) {
            found.add_isbn(isbn);
        }
    }
    for name in ["isbn", "gtin13", "sku"] {
        for element in elements(look.tree.root()).filter(|e| e.attr("itemprop") == Some(name)) {
            found.add_isbn(&value_of(element));
        }
    }
    for product in products {
        for isbn in &product.isbns {
            found.add_isbn(isbn.as_str());
        }
    }
    if found.isbns.is_empty() {
        for address in look.tree.canonical().into_iter().chain(look.page.address) {
            found.add_address(address);
            add_isbn_in_path(&mut found, address);
        }
    }
    found
}

/// `/book/9780132350884`, `/en-ca/9780132350884.html`: thirteen digits between marks.
fn add_isbn_in_path(found: &mut Found, address: &str) {
    for piece in address.split(|c: char| !c.is_ascii_digit()) {
        if piece.len() == 13 {
            found.add_isbn(piece);
        }
    }
}

/// The product of the data that is the edition, or the only one there is.
pub(super) fn chosen<'p>(
    look: &Look<'_>,
    products: &'p [Product],
    found: &Found,
) -> Option<&'p Product> {
    let isbn = look.wanted.isbn.as_ref();
    if let Some(isbn) = isbn {
        let of_isbn = || {
            products
                .iter()
                .filter(|product| product.isbns.contains(isbn))
        };
        return of_isbn()
            .find(|product| product.offer().is_some())
            .or_else(|| of_isbn().next());
    }
    let offered = || products.iter().filter(|product| product.offer().is_some());
    match (offered().count(), found.isbns.as_slice()) {
        (1, _) => offered().next(),
        (_, [only]) => offered().find(|product| product.isbns.contains(only)),
        _ => None,
    }
}

/// What the words of the user's buy area say: the user's own phrases first, in their order.
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
    let hit = look.wording.state(&text, Family::Other);
    let phrase = hit.map(|hit| hit.described());
    look.trace.look("generic/words", place, phrase.as_deref());
    let meaning = hit?.meaning();
    if meaning == Meaning::NotShippedHere {
        let rule = "generic/not-shipped-here";
        return Some(Reading::unread(UnreadReason::NotOfferedHere, rule, &text));
    }
    let mut says = Says::new(state_of(meaning)?, "generic/words", &text, place);
    says.confidence = Confidence::Likely;
    Some(Reading::Says(Box::new(says)))
}

/// What the JSON-LD of the edition says.
pub(super) fn from_json_ld(look: &mut Look<'_>, product: Option<&Product>) -> Option<Reading> {
    let offer = product.and_then(Product::offer);
    let words = offer.and_then(|offer| offer.availability.clone());
    look.trace
        .look("data/json-ld", "JSON-LD of the ISBN", words.as_deref());
    let state = dated(offer?.state()?, offer?, product?, look);
    let says = Says::new(
        state,
        "data/json-ld",
        &words?,
        "script[type=application/ld+json]",
    );
    Some(Reading::Says(Box::new(says)))
}

/// Out of stock with a release date that its own offer begins later is *announced*: only where the
/// data itself says when it starts.
fn dated(state: Availability, offer: &Offer, product: &Product, look: &Look<'_>) -> Availability {
    let starts = offer
        .starts
        .as_deref()
        .and_then(|starts| first_date(starts, look.wording, DayOrder::DayFirst));
    let published = product
        .published
        .as_deref()
        .and_then(|date| first_date(date, look.wording, DayOrder::DayFirst));
    match (state, starts, published) {
        (Availability::OutOfStock, Some(starts), Some(published)) if starts >= published => {
            Availability::Announced
        }
        _ => state,
    }
}

/// What an `itemprop` element says: its `content`, its address, or its text.
fn value_of(element: ElementRef<'_>) -> String {
    ["content", "href", "value"]
        .iter()
        .find_map(|name| element.attr(name))
        .map_or_else(
            || collapse(&element.text().collect::<String>()),
            str::to_owned,
        )
}

/// What the microdata says, when the page has only one offer of one product.
pub(super) fn from_microdata(look: &mut Look<'_>) -> Option<Reading> {
    let offers: Vec<ElementRef<'_>> = elements(look.tree.root())
        .filter(|element| element.attr("itemprop") == Some("availability"))
        .filter(|element| !in_list(*element))
        .collect();
    let words = match offers.as_slice() {
        [only] => Some(value_of(*only)),
        _ => None,
    };
    look.trace.look(
        "data/microdata",
        "[itemprop=availability]",
        words.as_deref(),
    );
    let words = words?;
    let state = Availability::from_schema_org(&words)?;
    let says = Says::new(state, "data/microdata", &words, "[itemprop=availability]");
    Some(Reading::Says(Box::new(says)))
}

/// The element belongs to an item of a list: recommendations.
fn in_list(element: ElementRef<'_>) -> bool {
    ancestry(element).any(|ancestor| {
        matches!(
            ancestor.attr("itemprop"),
            Some("itemListElement" | "isRelatedTo" | "isSimilarTo")
        )
    })
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
pub(super) fn complete(says: &mut Says, look: &Look<'_>, product: Option<&Product>, found: &Found) {
    let home = look.currency;
    let order = if home == "USD" {
        DayOrder::MonthFirst
    } else {
        DayOrder::DayFirst
    };
    let date = |text: &str| first_date(text, look.wording, order);
    let offer = product.and_then(Product::offer);
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
        says.price = says
            .price
            .take()
            .or_else(|| offer?.price.clone())
            .or_else(|| microdata_price(look.tree, home))
            .or_else(|| {
                let number = look
                    .tree
                    .meta("product:price:amount")
                    .or_else(|| look.tree.meta("og:price:amount"))?;
                let currency = look
                    .tree
                    .meta("product:price:currency")
                    .or_else(|| look.tree.meta("og:price:currency"));
                amount(number, currency.unwrap_or(home))
            });
        says.seller = says.seller.take().or_else(|| offer?.seller.clone());
    }
    name(says, look, product, found);
}

/// Adds what names the book: ISBN, title, cover, address.
fn name(says: &mut Says, look: &Look<'_>, product: Option<&Product>, found: &Found) {
    let wanted = look.wanted.isbn.clone();
    says.isbn = wanted
        .filter(|isbn| found.isbns.contains(isbn))
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

fn microdata_price(tree: &Tree<'_>, home: &str) -> Option<crate::book::Money> {
    let property = |name: &str| {
        elements(tree.root())
            .find(|element| element.attr("itemprop") == Some(name) && !in_list(*element))
            .map(value_of)
    };
    let number = property("price")?;
    match property("priceCurrency") {
        Some(currency) => amount(&number, &currency).or_else(|| first_price(&number, &currency)),
        None => first_price(&number, home),
    }
}

/// The text of the first `<h1>`.
pub(super) fn heading(tree: &Tree<'_>) -> Option<String> {
    tree.find(|element| element.value().name() == "h1" && !is_hidden(element))
        .map(text_of)
        .filter(|text| !text.is_empty())
}
