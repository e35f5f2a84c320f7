//! What the page says about the book itself: numbers, title, publication date, cover.

use jiff::civil::Date;
use scraper::ElementRef;

use super::zones::Zones;
use crate::book::Isbn13;
use crate::page::dates::{DayOrder, first_date};
use crate::page::dom::{Tree, elements, has_class, is_tag, text_of};
use crate::page::identity::Found;
use crate::page::wording::{Wording, plain};

/// The picture that stands for "no image".
const NO_IMAGE: &str = "01RmK+J4pJL";

/// The page's own numbers. The buy box decides: the canonical address may name the parent of
/// several editions.
pub(super) fn identifiers(tree: &Tree<'_>, zones: &Zones<'_>) -> Found {
    let mut found = Found::default();
    let inputs = |name: &'static str| {
        zones.elements().filter(move |element| {
            is_tag(*element, "input")
                && (element.attr("id") == Some(name) || element.attr("name") == Some(name))
        })
    };
    // All of them: a box that sells two articles is none of ours. Pages for phones call it "a".
    let forms = ["addToCart", "handleBuy"].into_iter();
    let of_forms = forms
        .flat_map(|id| tree.ids(id))
        .flat_map(|form| elements(*form))
        .filter(|element| is_tag(*element, "input") && element.attr("name") == Some("ASIN"));
    let all = inputs("ASIN").chain(inputs("a")).chain(of_forms);
    for element in all.chain(tree.id("ASIN")) {
        found.add_asin(element.attr("value").unwrap_or_default());
    }
    if found.asins.is_empty()
        && let Some(canonical) = tree.canonical()
    {
        found.add_address(canonical);
    }
    for (label, value) in details(tree) {
        if is_isbn(&label) {
            found.add_isbn(&value);
        }
    }
    found
}

/// "ISBN-13", and nothing more: ebooks name the printed book of their page numbers ("Page numbers
/// source ISBN"), which they are not.
fn is_isbn(label: &str) -> bool {
    let letters: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
    matches!(letters.as_str(), "isbn" | "isbn10" | "isbn13") && label.is_ascii()
}

/// The ISBN: that of the details, else the one that the number of a print edition is.
pub(super) fn isbn(found: &Found) -> Option<Isbn13> {
    found
        .isbns
        .first()
        .cloned()
        .or_else(|| found.asins.iter().find_map(|asin| asin.parse().ok()))
}

/// The title.
pub(super) fn title(tree: &Tree<'_>) -> Option<String> {
    ["productTitle", "product-title", "btAsinTitle", "title"]
        .iter()
        .filter_map(|id| tree.id(id))
        .map(text_of)
        .find(|text| !text.is_empty())
        .or_else(|| tree.meta("title").map(str::to_owned))
}

/// The publication date among the details.
pub(super) fn published(tree: &Tree<'_>, wording: &Wording, order: DayOrder) -> Option<Date> {
    const LABELS: &[&str] = &[
        "publication_date",
        "publication date",
        "release date",
        "erscheinungstermin",
        "date de publication",
        "data di pubblicazione",
        "fecha de publicación",
        "data da publicação",
        "data de publicação",
        "publicatiedatum",
        "publiceringsdatum",
        "utgivningsdatum",
        "data publikacji",
        "data wydania",
        "yayınlanma tarihi",
        "発売日",
        "出版日",
    ];
    let details = details(tree);
    let stated = details
        .iter()
        .find(|(label, _)| LABELS.iter().any(|known| label.contains(known)));
    // Until about 2022 the date stood behind the publisher: "Gollancz (30 Jan. 2020)".
    let publisher = || {
        details
            .iter()
            .filter(|(label, _)| PUBLISHERS.iter().any(|known| label.contains(known)))
            .find_map(|(_, value)| first_date(value, wording, order))
    };
    stated
        .and_then(|(_, value)| first_date(value, wording, order))
        .or_else(publisher)
}

/// What stands before the publisher's name.
const PUBLISHERS: &[&str] = &[
    "publisher",
    "verlag",
    "herausgeber",
    "éditeur",
    "editore",
    "editorial",
    "editora",
    "uitgever",
    "förlag",
    "utgivare",
    "wydawca",
    "yayıncı",
    "出版社",
];

/// Labels, in their plain form, and values of the product's details, over the years.
fn details(tree: &Tree<'_>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for part in ["isbn13", "isbn10", "publication_date"] {
        let id = format!("rpi-attribute-book_details-{part}");
        if let Some(element) = tree.id(&id) {
            let value = elements(element)
                .find(|inner| has_class(*inner, "rpi-attribute-value"))
                .unwrap_or(element);
            pairs.push((part.to_owned(), text_of(value)));
        }
    }
    for id in ["detailBullets_feature_div", "productDetailsTable"] {
        let rows = tree
            .id(id)
            .into_iter()
            .flat_map(elements)
            .filter(|element| is_tag(*element, "li"));
        pairs.extend(rows.filter_map(|row| split(&text_of(row))));
    }
    let rows = tree
        .id("productDetails_techSpec_sections")
        .into_iter()
        .flat_map(elements)
        .filter(|element| is_tag(*element, "tr"));
    for row in rows {
        let mut cells = elements(row).filter(|cell| is_tag(*cell, "th") || is_tag(*cell, "td"));
        if let (Some(label), Some(value)) = (cells.next(), cells.next()) {
            pairs.push((plain(&text_of(label)), text_of(value)));
        }
    }
    pairs
}

fn split(row: &str) -> Option<(String, String)> {
    let (label, value) = row.split_once([':', '：'])?;
    Some((plain(label), value.trim().to_owned()))
}

/// The address of the cover without its size suffix.
pub(super) fn cover(tree: &Tree<'_>) -> Option<String> {
    [
        "landingImage",
        "imgBlkFront",
        "ebooksImgBlkFront",
        "prodImage",
        "main-image",
    ]
    .iter()
    .filter_map(|id| tree.id(id))
    .find_map(picture)
}

fn picture(image: ElementRef<'_>) -> Option<String> {
    let given = ["data-old-hires", "src", "data-src"]
        .iter()
        .filter_map(|name| image.attr(name))
        .map(str::trim)
        .find(|address| address.starts_with("http"))
        .map(str::to_owned);
    given
        .or_else(|| largest(image.attr("data-a-dynamic-image")?))
        .filter(|address| !address.contains(NO_IMAGE))
        .map(|address| without_size(&address))
}

/// The first address of a `{"https://…": [width, height], …}` list.
fn largest(list: &str) -> Option<String> {
    let list: serde_json::Map<String, serde_json::Value> = serde_json::from_str(list).ok()?;
    list.keys()
        .find(|address| address.starts_with("http"))
        .cloned()
}

/// `…/41xShlnTZTL._SX376_BO1,204_.jpg` becomes `…/41xShlnTZTL.jpg`.
fn without_size(address: &str) -> String {
    let (folder, file) = match address.rsplit_once('/') {
        Some((folder, file)) => (format!("{folder}/"), file),
        None => (String::new(), address),
    };
    match (file.split_once('.'), file.rsplit_once('.')) {
        (Some((name, _)), Some((_, ending))) => format!("{folder}{name}.{ending}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_suffix_of_a_cover_goes() {
        assert_eq!(
            without_size(
                "https://m.media-amazon.com/images/I/41xShl-TL._SX376_BO1,204,203,200_.jpg"
            ),
            "https://m.media-amazon.com/images/I/41xShl-TL.jpg"
        );
        assert_eq!(
            without_size("https://x.example/a.jpg"),
            "https://x.example/a.jpg"
        );
        assert_eq!(without_size("plain"), "plain");
    }
}
