//! schema.org data in the attributes of the page itself (`itemscope`, `itemtype`, `itemprop`).
//!
//! Pages are careless with it: offers without a scope, numbers outside of any item. So what stands
//! in no item belongs to the page, and an item within another one is only mentioned, unless its
//! property says that it is an edition of it.

use scraper::ElementRef;

use super::dom::{Tree, ancestry, collapse, elements, is_hidden, is_tag, text_of};
use super::product::{NUMBERS, Offer, Place, Product, isbn, isbns_of_address};
use crate::book::{Isbn13, Money};
use crate::text::money::{amount, first_price};

/// The most items that are looked at: each is held against all others.
const MOST: usize = 200;

/// Properties of which an item is an edition of the item around it.
const EDITIONS: &[&str] = &["hasVariant", "workExample", "isVariantOf", "itemOffered"];

/// Properties that only mention an item.
const MENTIONS: &[&str] = &["itemListElement", "isRelatedTo", "isSimilarTo"];

/// The property that names an item the page's own.
const MAIN: &str = "mainEntity";

/// An item and its offers, while they are gathered.
struct Item<'a> {
    /// The element that holds it; none for the page itself.
    scope: Option<ElementRef<'a>>,
    product: Product,
    /// The elements that hold its offers, in the order of `product.offers`.
    offers: Vec<Option<ElementRef<'a>>>,
}

impl Item<'_> {
    fn add(&mut self, isbns: impl IntoIterator<Item = Isbn13>) {
        for isbn in isbns {
            if !self.product.isbns.contains(&isbn) {
                self.product.isbns.push(isbn);
            }
        }
    }
}

/// Every product on the page, in document order. Prices whose mark many currencies share are in
/// `home`.
pub fn products(tree: &Tree<'_>, home: &str) -> Vec<Product> {
    let mut items: Vec<Item<'_>> = Vec::new();
    for element in elements(tree.root()) {
        let Some(name) = element.attr("itemprop") else {
            continue;
        };
        let is_known = NUMBERS.contains(&name)
            || matches!(name, "availability" | "price" | "itemCondition" | "url");
        if !is_known || element.attr("itemscope").is_some() {
            continue;
        }
        let Some((offer, scope)) = scopes(element) else {
            continue;
        };
        let Some(item) = item(&mut items, scope) else {
            break;
        };
        note(&mut items[item], name, element, offer, home);
    }
    let heading = tree.find(|element| is_tag(element, "h1") && !is_hidden(element));
    let finished = items.into_iter().map(|item| Product {
        is_headed: is_headed(item.scope, heading),
        ..item.product
    });
    finished.collect()
}

/// The heading of the page stands in that item, or is its name. What stands in no item is the page's.
fn is_headed(scope: Option<ElementRef<'_>>, heading: Option<ElementRef<'_>>) -> bool {
    let Some(scope) = scope else { return true };
    let Some(heading) = heading else { return false };
    let title = text_of(heading);
    let is_own_name = |element: ElementRef<'_>| {
        let own = || scopes(element).and_then(|(_, item)| item);
        element.attr("itemprop") == Some("name")
            && own().is_some_and(|item| item.id() == scope.id())
            && collapse(&value_of(element)) == title
    };
    ancestry(heading).any(|around| around.id() == scope.id()) || elements(scope).any(is_own_name)
}

/// What an `itemprop` element says: its `content`, its address, or its text.
pub fn value_of(element: ElementRef<'_>) -> String {
    ["content", "href", "value"]
        .iter()
        .find_map(|name| element.attr(name))
        .map_or_else(
            || collapse(&element.text().collect::<String>()),
            str::to_owned,
        )
}

/// The offer and the item that a property belongs to; `None` where it is one of something else: of
/// a review, a shop, a person.
fn scopes(element: ElementRef<'_>) -> Option<(Option<ElementRef<'_>>, Option<ElementRef<'_>>)> {
    let mut offer = None;
    for around in ancestry(element).skip(1) {
        if is_offer(around) {
            // Of offers within a sum of offers the inner one counts.
            offer = offer.or(Some(around));
        } else if is_product(around) {
            return Some((offer, Some(around)));
        } else if around.attr("itemscope").is_some() && offer.is_none() && !is_page(around) {
            return None;
        }
    }
    Some((offer, None))
}

fn is_offer(element: ElementRef<'_>) -> bool {
    element.attr("itemprop") == Some("offers") || is_of(element, &["Offer", "AggregateOffer"])
}

fn is_product(element: ElementRef<'_>) -> bool {
    is_of(
        element,
        &[
            "Product",
            "Book",
            "ProductModel",
            "IndividualProduct",
            "ProductGroup",
            "Audiobook",
        ],
    )
}

/// The page as an item.
fn is_page(element: ElementRef<'_>) -> bool {
    is_of(element, &["WebPage", "ItemPage"])
}

fn is_of(element: ElementRef<'_>, kinds: &[&str]) -> bool {
    element.attr("itemtype").is_some_and(|types| {
        types
            .split_ascii_whitespace()
            .filter_map(|kind| kind.trim_end_matches('/').rsplit(['/', '#', ':']).next())
            .any(|kind| kinds.contains(&kind))
    })
}

/// The place of the item with that scope among `items`; `None` when there are too many.
fn item<'a>(items: &mut Vec<Item<'a>>, scope: Option<ElementRef<'a>>) -> Option<usize> {
    let id = |scope: Option<ElementRef<'a>>| scope.map(|scope| scope.id());
    let known = items.iter().position(|item| id(item.scope) == id(scope));
    if known.is_some() {
        return known;
    }
    if items.len() >= MOST {
        return None;
    }
    let around = scope.and_then(|scope| {
        let outer = ancestry(scope).skip(1).find(|outer| is_product(*outer))?;
        let is_edition = EDITIONS.contains(&scope.attr("itemprop")?);
        is_edition.then_some(outer)
    });
    let outer = around.and_then(|around| item(items, Some(around)));
    let index = items.len();
    let mut product = Product {
        family: index,
        place: scope.map_or(Place::Page, place),
        ..Product::default()
    };
    if let Some(outer) = outer.and_then(|outer| items.get(outer)) {
        product.family = outer.product.family;
        product.place = outer.product.place;
    }
    items.push(Item {
        scope,
        product,
        offers: Vec::new(),
    });
    Some(index)
}

/// What an item is to the page, by itself.
fn place(scope: ElementRef<'_>) -> Place {
    let is_within = ancestry(scope).skip(1).any(is_product);
    let is_listed = ancestry(scope).any(|around| {
        around
            .attr("itemprop")
            .is_some_and(|name| MENTIONS.contains(&name))
            || is_of(around, &["ItemList"])
    });
    match scope.attr("itemprop") {
        _ if is_listed || is_within => Place::Mentioned,
        Some(MAIN) => Place::Main,
        Some(_) if ancestry(scope).skip(1).any(is_page) => Place::Page,
        Some(_) => Place::Mentioned,
        None => Place::Page,
    }
}

/// Writes down a property.
fn note<'a>(
    item: &mut Item<'a>,
    name: &str,
    element: ElementRef<'a>,
    scope: Option<ElementRef<'a>>,
    home: &str,
) {
    let value = value_of(element);
    if scope.is_none() && NUMBERS.contains(&name) {
        item.add(isbn(name, &value));
        item.product.ids.push(value);
        return;
    }
    // The address of an item is no offer, but it may name the item.
    if scope.is_none() && name == "url" {
        if item.scope.is_some() {
            item.add(isbns_of_address(&value));
        }
        return;
    }
    let id = |scope: Option<ElementRef<'a>>| scope.map(|scope| scope.id());
    let known = item
        .offers
        .iter()
        .position(|other| id(*other) == id(scope))
        .filter(|_| scope.is_some() || name != "availability");
    let index = known.unwrap_or_else(|| {
        item.offers.push(scope);
        item.product.offers.push(Offer::default());
        item.offers.len() - 1
    });
    let Some(offer) = item.product.offers.get_mut(index) else {
        return;
    };
    match name {
        "availability" => offer.availability = offer.availability.take().or(Some(value)),
        "itemCondition" => {
            let condition = value.to_ascii_lowercase();
            offer.used = condition.contains("used") || condition.contains("refurbished");
        }
        "price" => offer.price = offer.price.take().or_else(|| price(element, &value, home)),
        "url" => offer.isbns.extend(isbns_of_address(&value)),
        _ => offer.isbns.extend(isbn(name, &value)),
    }
    offer.isbns.dedup();
}

/// The currency that stands nearest to a price.
fn currency_beside(price: ElementRef<'_>) -> Option<String> {
    ancestry(price)
        .skip(1)
        .take(4)
        .find_map(|around| {
            elements(around).find(|element| element.attr("itemprop") == Some("priceCurrency"))
        })
        .map(value_of)
}

fn price(element: ElementRef<'_>, number: &str, home: &str) -> Option<Money> {
    match currency_beside(element) {
        Some(currency) => amount(number, &currency).or_else(|| first_price(number, &currency)),
        None => first_price(number, home),
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        let html = Html::parse_document(html);
        let found: Vec<String> = products(&Tree::new(&html), "USD")
            .iter()
            .map(|product| {
                let numbers = |isbns: &[Isbn13]| {
                    let last = isbns.iter().map(|isbn| isbn.as_str()[10..].to_owned());
                    last.collect::<Vec<_>>().join("+")
                };
                let offers = product.offers.iter().map(|offer| {
                    let price = offer.price.as_ref().map(ToString::to_string);
                    format!(
                        "{}:{}:{}",
                        numbers(&offer.isbns),
                        offer.availability.as_deref().unwrap_or("-"),
                        price.unwrap_or_default()
                    )
                });
                let offers = offers.collect::<Vec<_>>().join(" ");
                format!("{:?} {} {offers}", product.place, numbers(&product.isbns))
            })
            .collect();
        assert_eq!(found.join("; "), expected);
    }

    const BOOK: &str = "itemscope itemtype='http://schema.org/Book'";
    const OFFER: &str = "itemprop=offers itemscope itemtype='http://schema.org/Offer'";

    #[test]
    fn an_offer_belongs_to_the_item_around_it() {
        check(
            &format!(
                "<div {BOOK}><b itemprop=isbn>9781944098117</b><div {OFFER}>\
                 <b itemprop=price content=9.50></b><b itemprop=priceCurrency content=USD></b>\
                 <link itemprop=availability href=InStock></div>\
                 <div {OFFER}><b itemprop=sku>9781944098124</b>\
                 <link itemprop=availability href=OutOfStock></div></div>"
            ),
            "Page 117 :InStock:$9.50 124:OutOfStock:",
        );
    }

    #[test]
    fn what_is_in_a_list_or_within_another_item_is_only_mentioned() {
        let other = "<b itemprop=isbn>9781944098124</b>";
        check(
            &format!("<p itemprop=isRelatedTo {BOOK}>{other}</p>"),
            "Mentioned 124 ",
        );
        check(
            &format!("<div itemscope itemtype='x/ItemList'><p {BOOK}>{other}</p></div>"),
            "Mentioned 124 ",
        );
        check(
            &format!("<div {BOOK}><b itemprop=sku>1</b><p {BOOK}>{other}</p></div>"),
            "Page  ; Mentioned 124 ",
        );
        check(
            &format!("<div {BOOK}><b itemprop=sku>1</b><p itemprop=workExample {BOOK}>{other}</p>"),
            "Page  ; Page 124 ",
        );
        check(
            &format!("<div itemscope itemtype='x/Review'>{other}</div>"),
            "",
        );
    }

    #[test]
    fn the_address_of_an_item_names_it() {
        check(
            &format!(
                "<div {BOOK}><a itemprop=url href=/book/9781944098124></a><div {OFFER}>\
                 <link itemprop=availability href=InStock></div></div>\
                 <a itemprop=url href=/book/9781944098117></a>"
            ),
            "Page 124 :InStock:; Page  ",
        );
    }

    #[test]
    fn an_item_is_headed_by_the_heading_in_it_or_by_its_name() {
        let check = |html: &str, expected: &[bool]| {
            let html = Html::parse_document(html);
            let found = products(&Tree::new(&html), "USD");
            let found: Vec<bool> = found.iter().map(|product| product.is_headed).collect();
            assert_eq!(found, expected);
        };
        let sku = "<b itemprop=sku>1</b>";
        check(
            &format!(
                "<div {BOOK}><h1>Salt Roads</h1>{sku}</div>\
                 <div {BOOK}><b itemprop=name>Salt Roads</b>{sku}</div>\
                 <div {BOOK}><b itemprop=name>The Tide Ledger</b>{sku}</div>{sku}"
            ),
            &[true, true, false, true],
        );
    }

    #[test]
    fn what_stands_in_no_item_is_the_page_s() {
        check(
            "<b itemprop=isbn>9781944098117</b><div itemprop=offers>\
             <link itemprop=availability href=InStock></div>\
             <link itemprop=availability href=OutOfStock>",
            "Page 117 :InStock: :OutOfStock:",
        );
    }
}
