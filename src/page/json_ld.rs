//! schema.org data in `<script type="application/ld+json">`, in all its untidy forms.
//!
//! Blocks come as one object, as arrays, as `@graph`; types as a string or a list; a book's
//! editions as `hasVariant` or `workExample`; offers single, listed or aggregated; numbers as
//! strings; text with raw line breaks, HTML entities, comments around it, commas too many. What
//! cannot be read is left out.

use scraper::ElementRef;
use serde_json::{Map, Value};

use super::dom::{Tree, collapse, elements, is_tag, plain_digits};
use crate::book::{Availability, Isbn13, Money};

/// The most products that are taken from one page.
const MOST: usize = 200;

/// A product, book or variant of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// Its name.
    pub name: Option<String>,
    /// Its valid ISBNs, from `isbn`, `gtin13`, `sku`, `productID`, `mpn`.
    pub isbns: Vec<Isbn13>,
    /// Every identifier as it was given.
    pub ids: Vec<String>,
    /// What is offered.
    pub offers: Vec<Offer>,
    /// When it was or will be published, as given.
    pub published: Option<String>,
    /// Its picture.
    pub image: Option<String>,
    /// `Paperback`, `EBook`, as given but without the address.
    pub format: Option<String>,
}

/// An offer of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// The availability as given.
    pub availability: Option<String>,
    /// The price.
    pub price: Option<Money>,
    /// From when on it can be had, as given.
    pub starts: Option<String>,
    /// Who sells it.
    pub seller: Option<String>,
    /// The condition says that the copy is used.
    pub used: bool,
}

impl Offer {
    /// The state that the availability names.
    #[must_use]
    pub fn state(&self) -> Option<Availability> {
        Availability::from_schema_org(self.availability.as_deref()?)
    }
}

impl Product {
    /// The first offer of a new copy that names a state.
    #[must_use]
    pub fn offer(&self) -> Option<&Offer> {
        self.offers
            .iter()
            .find(|offer| !offer.used && offer.state().is_some())
    }
}

/// Every product on the page, in document order.
#[must_use]
pub fn products(tree: &Tree<'_>) -> Vec<Product> {
    let mut products = Vec::new();
    let blocks = elements(tree.root()).filter(|element| {
        is_tag(*element, "script")
            && element
                .attr("type")
                .is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json"))
    });
    for block in blocks {
        for value in values(&text(block)) {
            gather(&value, &mut products);
        }
    }
    products
}

fn text(block: ElementRef<'_>) -> String {
    block.text().collect()
}

/// The JSON values of a block; none if it cannot be read in any way we know.
fn values(text: &str) -> Vec<Value> {
    let text = text
        .trim()
        .trim_start_matches("<!--")
        .trim_end_matches("-->")
        .replace("//<![CDATA[", "")
        .replace("<![CDATA[", "")
        .replace("//]]>", "")
        .replace("]]>", "");
    let text: String = text
        .trim()
        .trim_end_matches(';')
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let several: Vec<Value> = serde_json::Deserializer::from_str(&text)
        .into_iter::<Value>()
        .map_while(Result::ok)
        .collect();
    if !several.is_empty() {
        return several;
    }
    [without_stray_commas(&text), unescape(&text)]
        .iter()
        .find_map(|text| serde_json::from_str(text).ok())
        .into_iter()
        .collect()
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Removes a comma that stands before a closing bracket, outside of strings.
fn without_stray_commas(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut in_string = false;
    let mut escaped = false;
    for character in text.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = character == '\\' && !escaped;
        } else if character == '"' {
            in_string = true;
        } else if matches!(character, '}' | ']') {
            let tight = plain.trim_end().trim_end_matches(',').len();
            plain.truncate(tight);
        }
        plain.push(character);
    }
    plain
}

fn gather(value: &Value, products: &mut Vec<Product>) {
    if products.len() >= MOST {
        return;
    }
    match value {
        Value::Array(items) => {
            for item in items {
                gather(item, products);
            }
        }
        Value::Object(object) => {
            if is_product(object) {
                products.push(product(object));
            }
            for key in [
                "@graph",
                "hasVariant",
                "workExample",
                "mainEntity",
                "itemListElement",
                "item",
                "isVariantOf",
            ] {
                if let Some(inner) = object.get(key) {
                    gather(inner, products);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_product(object: &Map<String, Value>) -> bool {
    texts(object.get("@type")).iter().any(|kind| {
        matches!(
            kind.rsplit(['/', '#', ':']).next().unwrap_or_default(),
            "Product"
                | "Book"
                | "ProductModel"
                | "IndividualProduct"
                | "ProductGroup"
                | "Audiobook"
        )
    })
}

fn product(object: &Map<String, Value>) -> Product {
    let ids: Vec<String> = [
        "isbn",
        "gtin13",
        "gtin",
        "sku",
        "productID",
        "mpn",
        "identifier",
    ]
    .iter()
    .flat_map(|key| texts(object.get(*key)))
    .collect();
    let mut isbns: Vec<Isbn13> = Vec::new();
    for id in &ids {
        if let Ok(isbn) = plain_digits(id).parse()
            && !isbns.contains(&isbn)
        {
            isbns.push(isbn);
        }
    }
    let first = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| texts(object.get(*key)).into_iter().next())
    };
    let mut offers = Vec::new();
    gather_offers(object.get("offers"), None, &mut offers);
    Product {
        name: first(&["name"]).map(|name| collapse(&name)),
        isbns,
        ids,
        offers,
        published: first(&["releaseDate", "datePublished"]),
        image: first(&["image", "thumbnailUrl"]),
        format: first(&["bookFormat"])
            .map(|format| format.rsplit('/').next().unwrap_or_default().to_owned()),
    }
}

fn gather_offers(value: Option<&Value>, currency: Option<&str>, offers: &mut Vec<Offer>) {
    match value {
        Some(Value::Array(items)) => {
            for item in items.iter().take(MOST) {
                gather_offers(Some(item), currency, offers);
            }
        }
        Some(Value::Object(object)) => {
            let own = text_of(object.get("priceCurrency"));
            let currency = own.as_deref().or(currency);
            if object.contains_key("availability") || object.contains_key("price") {
                offers.push(offer(object, currency));
            }
            gather_offers(object.get("offers"), currency, offers);
        }
        _ => {}
    }
}

fn offer(object: &Map<String, Value>, currency: Option<&str>) -> Offer {
    let specification = object.get("priceSpecification").map(|value| {
        let first = value.as_array().and_then(|items| items.first());
        first.unwrap_or(value)
    });
    let inner = |key: &str| text_of(object.get(key)).or_else(|| text_of(specification?.get(key)));
    let price = inner("price").or_else(|| text_of(object.get("lowPrice")));
    let currency = inner("priceCurrency").or_else(|| currency.map(str::to_owned));
    Offer {
        availability: text_of(object.get("availability")),
        price: price
            .zip(currency)
            .and_then(|(price, currency)| super::money::amount(&price, &currency)),
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
mod tests {
    use scraper::Html;

    use super::*;

    #[track_caller]
    fn check(json: &str, expected: &str) {
        let html = format!("<script type='application/ld+json'>{json}</script>");
        let html = Html::parse_document(&html);
        let found: Vec<String> = products(&Tree::new(&html))
            .iter()
            .map(|product| {
                let state = product.offer().and_then(Offer::state);
                let price = product.offer().and_then(|offer| offer.price.clone());
                format!(
                    "{} {} {}",
                    product.isbns.first().map_or("-", Isbn13::as_str),
                    state.map_or("-", Availability::name),
                    price.map_or("-".to_owned(), |price| price.to_string()),
                )
            })
            .collect();
        assert_eq!(found.join("; "), expected, "{json}");
    }

    const OFFER: &str = r#""offers":{"availability":"https://schema.org/InStock","price":"16.99","priceCurrency":"USD"}"#;

    #[test]
    fn tidy_forms_are_read() {
        check(
            &format!(r#"{{"@type":"Book","isbn":"978-0-13-235088-4",{OFFER}}}"#),
            "9780132350884 in_stock $16.99",
        );
        check(
            &format!(
                r#"{{"@graph":[{{"@type":["Product","Book"],"sku":"9780132350884",{OFFER}}}]}}"#
            ),
            "9780132350884 in_stock $16.99",
        );
        check(
            r#"[{"@type":"ProductGroup","hasVariant":[
                {"@type":"Product","sku":"9780132350884","offers":[{"availability":"PreOrder","price":16,"priceCurrency":"USD"}]},
                {"@type":"Product","sku":"9780743273565","offers":{"availability":{"@id":"schema:BackOrder"}}}]}]"#,
            "- - -; 9780132350884 pre_order $16.00; 9780743273565 back_order -",
        );
    }

    #[test]
    fn untidy_forms_are_read() {
        check(
            &format!(
                "<!-- {{\"@type\":\"Book\",\"isbn\":\"0132350882\",\"name\":\"two\nlines\",{OFFER},}} -->"
            ),
            "9780132350884 in_stock $16.99",
        );
        check(
            &format!(
                "//<![CDATA[\n{{\"@type\":\"http://schema.org/Book\",\"isbn\":9780132350884,{OFFER}}};\n//]]>"
            ),
            "9780132350884 in_stock $16.99",
        );
        check(
            "{&quot;@type&quot;:&quot;Book&quot;,&quot;isbn&quot;:&quot;9780132350884&quot;}",
            "9780132350884 - -",
        );
        check(
            &format!(r#"{{"@type":"WebPage"}} {{"@type":"Book",{OFFER}}}"#),
            "- in_stock $16.99",
        );
    }

    #[test]
    fn used_copies_are_no_offer() {
        check(
            r#"{"@type":"Book","offers":{"@type":"AggregateOffer","priceCurrency":"GBP","offers":[
                {"availability":"InStock","price":"3","itemCondition":"UsedCondition"},
                {"availability":"OutOfStock","price":"9"}]}}"#,
            "- out_of_stock £9.00",
        );
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        check("{\"@type\":\"Book\"", "");
        check("null", "");
        check("", "");
        check(&"[".repeat(100_000), "");
        check(r#"{"@type":"Organization","name":"x"}"#, "");
    }
}
