//! Price, seller, and the other formats.

use scraper::ElementRef;

use super::super::Look;
use super::super::lessons::state_of;
use super::zones::{Zones, is_aside};
use crate::book::{Availability, Family, Money};
use crate::page::OtherFormat;
use crate::page::dom::{Tree, ancestry, elements, has_class, is_hidden, text_of, text_without};
use crate::page::wording::{Meaning, plain};
use crate::text::money::{amount, first_price};

/// Elements that hold the price of the offer, in order, and by id.
const NEW_PRICES: &[&str] = &[
    "corePrice_feature_div",
    "corePriceDisplay_desktop_feature_div",
    "apex-pricetopay-accessibility-label",
    "price_inside_buybox",
    "newBuyBoxPrice",
    "kindle-price",
    "buyNewSection",
    "actualPriceValue",
    "priceblock_ourprice",
    "prices",
];

/// What stands before the names of sellers and shippers, in any language.
const LABELS: &[Meaning] = &[
    Meaning::ShippedAndSoldBy,
    Meaning::SoldBy,
    Meaning::ShipsFrom,
];

/// The most tiles of formats that are looked at: each is held against all others.
const MOST_FORMATS: usize = 40;

/// The same for used copies.
const USED_PRICES: &[&str] = &["usedBuySection", "usedPrice", "usedOnlyBuybox"];

/// Who sells and who ships.
#[derive(Debug, Default)]
pub(super) struct Seller {
    pub(super) name: Option<String>,
    pub(super) ships_from: Option<String>,
}

/// The price of the offer that the page leads with.
pub(super) fn price(look: &Look<'_>, zones: &Zones<'_>, used: bool) -> Option<Money> {
    let home = look.currency;
    let ids = if used { USED_PRICES } else { NEW_PRICES };
    let counts = |element: &ElementRef<'_>| used || !is_aside(*element);
    visible_price_input(zones, used).or_else(|| {
        ids.iter()
            .flat_map(|id| look.tree.ids(id).iter().copied().filter(counts))
            .find_map(|element| price_in(element, home))
    })
}

/// Since about 2023 a hidden field gives the amount and the currency apart.
fn visible_price_input(zones: &Zones<'_>, used: bool) -> Option<Money> {
    let field = |ending: &str| {
        zones
            .elements()
            .filter(|element| used || !is_aside(*element))
            .find(|element| {
                element
                    .attr("name")
                    .is_some_and(|name| name.ends_with(ending))
            })
            .and_then(|element| element.attr("value"))
    };
    let number = field("[customerVisiblePrice][amount]")?;
    amount(number, field("[customerVisiblePrice][currencyCode]")?)
}

/// The first price in an element that is not a struck-out list price.
fn price_in(element: ElementRef<'_>, home: &str) -> Option<Money> {
    let offscreen = elements(element)
        .filter(|inner| has_class(*inner, "a-offscreen") || has_class(*inner, "priceLarge"))
        .filter(|inner| !is_list_price(*inner))
        .find_map(|inner| first_price(&text_of(inner), home));
    offscreen.or_else(|| {
        let text = text_without(element, is_struck);
        first_price(&text, home)
    })
}

fn is_list_price(element: ElementRef<'_>) -> bool {
    ancestry(element).take(6).any(is_struck)
}

fn is_struck(element: ElementRef<'_>) -> bool {
    ["a-text-price", "basisPrice", "a-text-strike", "listprice"]
        .iter()
        .any(|class| has_class(element, class))
}

/// Who sells the offer that the page leads with, and who ships it.
pub(super) fn seller(look: &Look<'_>, zones: &Zones<'_>, used: bool) -> Seller {
    let counts = |element: &ElementRef<'_>| (used || !is_aside(*element)) && !is_hidden(*element);
    let text_at = |id: &str| {
        look.tree
            .ids(id)
            .iter()
            .copied()
            .find(counts)
            .map(text_of)
            .filter(|text| !text.is_empty())
    };
    let row = |id: &str| {
        let element = look.tree.ids(id).iter().copied().find(counts)?;
        elements(element)
            .filter(|part| !is_hidden(*part))
            .find(|part| {
                has_class(*part, "offer-display-feature-text-message")
                    || has_class(*part, "offer-display-feature-text")
            })
            .map(text_of)
            .filter(|text| !text.is_empty())
    };
    if let Some(name) = row("merchantInfoFeature_feature_div") {
        let ships_from = row("fulfillerInfoFeature_feature_div");
        let combined =
            text_at("merchantInfoFeature_feature_div").is_some_and(|text| text.contains(" / "));
        let ships_from = ships_from.or_else(|| combined.then(|| name.clone()));
        return Seller {
            name: Some(name),
            ships_from,
        };
    }
    let sentence = ["merchant-info", "sfsb_accordion_head", "ships-from"]
        .iter()
        .find_map(|id| text_at(id))
        .or_else(|| beside_words_of_2013(zones));
    let from_sentence = sentence
        .map(|text| in_sentence(&text, look))
        .unwrap_or_default();
    if from_sentence.name.is_some() {
        return from_sentence;
    }
    Seller {
        name: text_at("sellerProfileTriggerId").or_else(|| printed_seller(zones)),
        ships_from: from_sentence.ships_from,
    }
}

/// "Sold by: Hachette Book Group" in the price table of an ebook.
fn printed_seller(zones: &Zones<'_>) -> Option<String> {
    let row = zones.elements().find(|element| {
        element
            .attr("id")
            .is_some_and(|id| id.ends_with("printSoldBy"))
    })?;
    elements(row)
        .find(|part| has_class(*part, "a-color-base"))
        .map(text_of)
        .filter(|text| !text.is_empty())
}

/// In 2013 the sentence stood beside the words, without an element of its own.
fn beside_words_of_2013(zones: &Zones<'_>) -> Option<String> {
    let element = zones.words_element_of_2013()?;
    ElementRef::wrap(element.parent()?).map(text_of)
}

/// The names in "Ships from and sold by Amazon.com. Gift-wrap available."
fn in_sentence(text: &str, look: &Look<'_>) -> Seller {
    let text = text.replace(": ", " ");
    let name = |meaning| {
        let hit = look.wording.find(&text, Family::Amazon, &[meaning])?;
        name_after(&text, hit.end, look)
    };
    if let Some(both) = name(Meaning::ShippedAndSoldBy) {
        return Seller {
            name: Some(both.clone()),
            ships_from: Some(both),
        };
    }
    Seller {
        name: name(Meaning::SoldBy),
        ships_from: name(Meaning::ShipsFrom),
    }
}

/// The name that follows a phrase: to the end of the sentence, or to the next label.
fn name_after(text: &str, end: usize, look: &Look<'_>) -> Option<String> {
    // The phrase was found in the plain form, which must be as long for its places to hold.
    let rest = if plain(text).len() == text.len() {
        text.get(end..)?.trim()
    } else {
        return None;
    };
    let rest = rest.split(". ").next()?.trim_end_matches('.');
    let next = look.wording.find(rest, Family::Amazon, LABELS);
    let rest = next
        .map(|hit| hit.start)
        .into_iter()
        .chain(rest.find("Gift-wrap"))
        .min()
        .and_then(|at| rest.get(..at))
        .unwrap_or(rest);
    let name = rest.trim();
    (!name.is_empty() && name.chars().count() <= 80).then(|| name.to_owned())
}

/// What a box of others says, without its buttons.
pub(super) fn words_of_others(tree: &Tree<'_>, zones: &Zones<'_>) -> Option<String> {
    ["usedBuySection", "buybox-see-all-buying-choices"]
        .iter()
        .filter_map(|id| zones.visible(tree, id))
        .map(text_of)
        .find(|text| !text.is_empty())
}

/// The formats that the page names, with what their tiles say.
pub(super) fn formats(look: &Look<'_>) -> Vec<OtherFormat> {
    let Some(swatches) = look.tree.id("tmmSwatches") else {
        return Vec::new();
    };
    let tiles: Vec<ElementRef<'_>> = elements(swatches)
        .filter(|element| {
            has_class(*element, "swatchElement")
                || element
                    .attr("id")
                    .is_some_and(|id| id.starts_with("tmm-grid-swatch-"))
        })
        .take(MOST_FORMATS)
        .collect();
    let outer = tiles.iter().filter(|tile| {
        !tiles
            .iter()
            .any(|other| other.id() != tile.id() && ancestry(**tile).any(|a| a.id() == other.id()))
    });
    outer.filter_map(|tile| format(*tile, look)).collect()
}

fn format(tile: ElementRef<'_>, look: &Look<'_>) -> Option<OtherFormat> {
    let words = text_of(tile);
    let name = elements(tile)
        .find(|part| has_class(*part, "slot-title"))
        .map(text_of)
        .filter(|name| !name.is_empty())
        .or_else(|| {
            elements(tile)
                .find(|part| has_class(*part, "a-button-text"))
                .and_then(|part| part.text().map(str::trim).find(|text| !text.is_empty()))
                .map(crate::page::dom::collapse)
        })?;
    // Some words mean something only where they are all that is said.
    let apart = text_without(tile, |part| {
        has_class(part, "slot-title") || has_class(part, "slot-price")
    });
    let state = look
        .wording
        .state(&apart, Family::Amazon)
        .and_then(|hit| match hit.meaning() {
            // At Amazon such a book is ordered as long as there is a button, and tiles show none.
            Meaning::TemporarilyOut => Some(Availability::BackOrder),
            meaning => state_of(meaning),
        });
    Some(OtherFormat {
        name,
        words: crate::page::dom::shorten(&words, 120),
        availability: state,
        selected: ancestry(tile)
            .take(2)
            .any(|part| has_class(part, "selected")),
    })
}
