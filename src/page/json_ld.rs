//! schema.org data in `<script type="application/ld+json">`, in all its untidy forms.
//!
//! Blocks come as one object, as arrays, as `@graph`; types as a string or a list; a book's
//! editions as `hasVariant` or `workExample`; offers single, listed or aggregated; numbers as
//! strings; text with raw line breaks, HTML entities, comments around it, commas too many. What
//! cannot be read is left out.

mod blocks;

use std::collections::{BTreeMap, BTreeSet};

use scraper::ElementRef;
use serde_json::{Map, Value};

use super::dom::{Tree, collapse, elements, is_tag, shorten};
use super::product::{NUMBERS, Offer, Place, Product, isbn, isbns_of_address};
use crate::book::Isbn13;

/// The most products that are taken from one page.
const MOST: usize = 200;

/// The most objects that are looked into, references followed.
const MOST_STEPS: usize = 20_000;

/// The deepest that objects are looked into, references followed.
const DEEPEST: usize = 64;

/// The most characters of a block that cannot be read that are shown.
const SHOWN: usize = 80;

/// What the blocks of a page hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Data {
    /// Every product, in document order.
    pub products: Vec<Product>,
    /// The blocks that are no JSON, by number from 1, and how each begins: they were left out.
    pub broken: Vec<(usize, String)>,
}

/// What the blocks of the page hold.
pub fn data(tree: &Tree<'_>) -> Data {
    let blocks = elements(tree.root()).filter(|element| {
        is_tag(*element, "script")
            && element
                .attr("type")
                .is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json"))
    });
    let mut all = Vec::new();
    let mut broken = Vec::new();
    for (index, block) in blocks.enumerate() {
        let text = text(block);
        let (values, is_whole) = blocks::values(&text);
        if !is_whole {
            broken.push((index + 1, shorten(&collapse(&text), SHOWN)));
        }
        all.extend(values);
    }
    let mut gatherer = Gatherer::of(&all);
    for value in &all {
        gatherer.top(value);
    }
    Data {
        products: gatherer.products,
        broken,
    }
}

/// Every product on the page, in document order.
pub fn products(tree: &Tree<'_>) -> Vec<Product> {
    data(tree).products
}

fn text(block: ElementRef<'_>) -> String {
    block.text().collect()
}

/// Where an object stands.
#[derive(Clone, Copy)]
struct Spot {
    place: Place,
    /// The family of the product around it.
    family: Option<usize>,
}

/// At the top of a block, or in a graph.
const TOP: Spot = Spot {
    place: Place::Page,
    family: None,
};

/// What holds editions of the same work.
const EDITIONS: [&str; 3] = ["hasVariant", "workExample", "isVariantOf"];

/// What an object is referred to by that refers to it so. A variant's group is not among them:
/// group and variant may refer to each other.
const CLAIMING: [&str; 5] = [
    "hasVariant",
    "workExample",
    "mainEntity",
    "itemListElement",
    "item",
];

/// Goes through the values of a page.
struct Gatherer<'v> {
    /// The objects that are spelled out, by `@id`.
    nodes: BTreeMap<&'v str, &'v Map<String, Value>>,
    /// The `@id`s that another object refers to as its part: they are gathered there.
    claimed: BTreeSet<&'v str>,
    products: Vec<Product>,
    families: usize,
    steps: usize,
    /// The objects that are being looked into, from the outside in.
    open: Vec<&'v Map<String, Value>>,
}

impl<'v> Gatherer<'v> {
    fn of(values: &'v [Value]) -> Self {
        let mut nodes = BTreeMap::new();
        let mut claimed = BTreeSet::new();
        let mut rest: Vec<(&Value, bool)> = values.iter().map(|value| (value, false)).collect();
        while let Some((value, claims)) = rest.pop() {
            match value {
                Value::Array(items) => rest.extend(items.iter().map(|item| (item, claims))),
                Value::Object(object) => {
                    match object.get("@id").and_then(Value::as_str) {
                        Some(id) if object.len() > 1 => {
                            nodes.insert(id, object);
                        }
                        Some(id) if claims => {
                            claimed.insert(id);
                        }
                        _ => {}
                    }
                    let inner = object.iter();
                    rest.extend(inner.map(|(key, value)| (value, CLAIMING.contains(&&**key))));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        Self {
            nodes,
            claimed,
            products: Vec::new(),
            families: 0,
            steps: 0,
            open: Vec::new(),
        }
    }

    /// The object itself, or the one that its `@id` refers to.
    fn resolved(&self, object: &'v Map<String, Value>) -> &'v Map<String, Value> {
        if object.len() != 1 {
            return object;
        }
        let id = object.get("@id").and_then(Value::as_str);
        id.and_then(|id| self.nodes.get(id).copied())
            .unwrap_or(object)
    }

    /// A value at the top of a block: what another object holds as its part is left to that.
    fn top(&mut self, value: &'v Value) {
        match value {
            Value::Array(items) => {
                for item in items {
                    self.top(item);
                }
            }
            Value::Object(object) => {
                let id = object.get("@id").and_then(Value::as_str);
                if id.is_none_or(|id| !self.claimed.contains(id)) {
                    self.gather(value, TOP);
                }
                if let Some(graph) = object.get("@graph") {
                    self.top(graph);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn gather(&mut self, value: &'v Value, spot: Spot) {
        if self.products.len() >= MOST || !self.may_go_on() {
            return;
        }
        match value {
            Value::Array(items) => {
                for item in items {
                    self.gather(item, spot);
                }
            }
            Value::Object(object) => {
                let object = self.resolved(object);
                if self.enter(object) {
                    self.object(object, spot);
                    self.open.pop();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn object(&mut self, object: &'v Map<String, Value>, spot: Spot) {
        let mut inner = spot;
        if is_product(object) {
            inner.family = Some(self.family(spot));
            let product = self.product(object, inner);
            self.products.push(product);
        } else if is_offer(object)
            && let Some(Value::Object(offered)) = object.get("itemOffered")
        {
            // An offer by itself, which names what it offers.
            inner.family = Some(self.family(spot));
            let mut product = self.product(self.resolved(offered), inner);
            product.offers.clear();
            self.offers_of(object, None, &[], &mut product.offers);
            self.products.push(product);
        }
        let is_list = texts(object.get("@type"))
            .iter()
            .any(|kind| kind.ends_with("ItemList"));
        for key in EDITIONS {
            // A group that is only referred to names its variants itself.
            let value = object.get(key).filter(|value| {
                key != "isVariantOf" || value.as_object().is_some_and(|group| group.len() > 1)
            });
            if let Some(value) = value {
                self.gather(value, inner);
            }
        }
        for (key, place) in [
            ("mainEntity", Place::Main),
            ("itemListElement", Place::Mentioned),
            ("item", spot.place),
        ] {
            let place = if is_list { Place::Mentioned } else { place };
            if let Some(value) = object.get(key) {
                let family = None;
                self.gather(value, Spot { place, family });
            }
        }
    }

    fn may_go_on(&mut self) -> bool {
        self.steps += 1;
        self.steps <= MOST_STEPS
    }

    /// Goes into an object, unless a reference led back to one that is open.
    fn enter(&mut self, object: &'v Map<String, Value>) -> bool {
        let is_open = self.open.iter().any(|open| std::ptr::eq(*open, object));
        let may = !is_open && self.open.len() < DEEPEST;
        if may {
            self.open.push(object);
        }
        may
    }

    fn family(&mut self, spot: Spot) -> usize {
        spot.family.unwrap_or_else(|| {
            self.families += 1;
            self.families
        })
    }

    fn product(&mut self, object: &'v Map<String, Value>, spot: Spot) -> Product {
        let first = |keys: &[&str]| {
            keys.iter()
                .find_map(|key| texts(object.get(*key)).into_iter().next())
        };
        let mut offers = Vec::new();
        if let Some(value) = object.get("offers") {
            self.offers(value, None, &[], &mut offers);
        }
        Product {
            name: first(&["name"]).map(|name| collapse(&name)),
            isbns: isbns(object),
            ids: ids(object),
            offers,
            published: first(&["releaseDate", "datePublished"]),
            image: first(&["image", "thumbnailUrl"]),
            format: first(&["bookFormat"])
                .map(|format| format.rsplit('/').next().unwrap_or_default().to_owned()),
            place: spot.place,
            family: spot.family.unwrap_or_default(),
            is_headed: false,
        }
    }

    fn offers(
        &mut self,
        value: &'v Value,
        currency: Option<&str>,
        around: &[Isbn13],
        offers: &mut Vec<Offer>,
    ) {
        if offers.len() >= MOST || !self.may_go_on() {
            return;
        }
        match value {
            Value::Array(items) => {
                for item in items {
                    self.offers(item, currency, around, offers);
                }
            }
            Value::Object(object) => {
                let object = self.resolved(object);
                if self.enter(object) {
                    self.offers_of(object, currency, around, offers);
                    self.open.pop();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// An offer, or those that it sums up: a sum counts used copies and other editions as well,
    /// so it speaks only where it is alone.
    fn offers_of(
        &mut self,
        object: &'v Map<String, Value>,
        currency: Option<&str>,
        around: &[Isbn13],
        offers: &mut Vec<Offer>,
    ) {
        let own = text_of(object.get("priceCurrency"));
        let currency = own.as_deref().or(currency);
        let named = self.isbns_of_offer(object);
        let named = if named.is_empty() { around } else { &named };
        let before = offers.len();
        if let Some(inner) = object.get("offers") {
            self.offers(inner, currency, named, offers);
        }
        let is_offer = object.contains_key("availability") || object.contains_key("price");
        if is_offer && offers.len() == before {
            offers.push(offer(object, currency, named));
        }
    }

    /// The ISBNs that an offer names itself: by a number, by its address, by what it offers.
    fn isbns_of_offer(&self, object: &Map<String, Value>) -> Vec<Isbn13> {
        let offered = match object.get("itemOffered") {
            Some(Value::Object(offered)) => {
                let id = offered.get("@id").and_then(Value::as_str);
                let node = id.and_then(|id| self.nodes.get(id).copied());
                isbns(node.unwrap_or(offered))
            }
            _ => Vec::new(),
        };
        let mut found = isbns(object);
        found.extend(offered);
        found.dedup();
        for address in ["url", "@id"] {
            let address = text_of(object.get(address)).unwrap_or_default();
            for isbn in isbns_of_address(&address) {
                if !found.contains(&isbn) {
                    found.push(isbn);
                }
            }
        }
        found
    }
}

fn is_product(object: &Map<String, Value>) -> bool {
    is_of(
        object,
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

fn is_offer(object: &Map<String, Value>) -> bool {
    is_of(object, &["Offer", "AggregateOffer"])
}

fn is_of(object: &Map<String, Value>, kinds: &[&str]) -> bool {
    texts(object.get("@type"))
        .iter()
        .filter_map(|kind| kind.rsplit(['/', '#', ':']).next())
        .any(|kind| kinds.contains(&kind))
}

/// Every identifier of an object, as it was given.
fn ids(object: &Map<String, Value>) -> Vec<String> {
    let numbers = NUMBERS.iter();
    numbers.flat_map(|key| texts(object.get(*key))).collect()
}

/// The valid ISBNs among the identifiers of an object, each once.
fn isbns(object: &Map<String, Value>) -> Vec<Isbn13> {
    let mut found: Vec<Isbn13> = Vec::new();
    for key in NUMBERS {
        let value = object.get(*key);
        // An identifier may say itself what it is: `{"propertyID": "ISBN", "value": …}`.
        let label = value.and_then(|value| value.get("propertyID")?.as_str());
        for text in texts(value) {
            if let Some(isbn) = isbn(label.unwrap_or(key), &text)
                && !found.contains(&isbn)
            {
                found.push(isbn);
            }
        }
    }
    found
}

fn offer(object: &Map<String, Value>, currency: Option<&str>, named: &[Isbn13]) -> Offer {
    let specification = object.get("priceSpecification").map(|value| {
        let first = value.as_array().and_then(|items| items.first());
        first.unwrap_or(value)
    });
    let inner = |key: &str| text_of(object.get(key)).or_else(|| text_of(specification?.get(key)));
    let lowest = || {
        let highest = text_of(object.get("highPrice"));
        text_of(object.get("lowPrice")).filter(|low| highest.is_none_or(|high| high == *low))
    };
    let price = inner("price").or_else(lowest);
    let currency = inner("priceCurrency").or_else(|| currency.map(str::to_owned));
    Offer {
        isbns: named.to_vec(),
        availability: text_of(object.get("availability")),
        price: price
            .zip(currency)
            .and_then(|(price, currency)| crate::text::money::amount(&price, &currency)),
        starts: text_of(object.get("availabilityStarts")),
        seller: text_of(object.get("seller")),
        used: text_of(object.get("itemCondition")).is_some_and(|condition| {
            let condition = condition.to_ascii_lowercase();
            condition.contains("used") || condition.contains("refurbished")
        }),
    }
}

fn text_of(value: Option<&Value>) -> Option<String> {
    texts(value).into_iter().next()
}

/// The texts of a value: itself, its items, or what stands for an object.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) if !text.trim().is_empty() => vec![text.trim().to_owned()],
        Some(Value::Number(number)) => vec![number.to_string()],
        Some(Value::Array(items)) => items
            .iter()
            .take(MOST)
            .filter(|item| !item.is_array())
            .flat_map(|item| texts(Some(item)))
            .collect(),
        Some(Value::Object(object)) => ["@id", "value", "url", "name", "contentUrl"]
            .iter()
            .find_map(|key| object.get(*key)?.as_str())
            .map(|text| vec![text.trim().to_owned()])
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
