//! What stands around the state in every language: who sells, who ships, and the tiles of other
//! formats.

use pubwatch::book::storefront::STOREFRONTS;
use pubwatch::book::{Availability, Family, Storefront};
use pubwatch::page::Reading;
use pubwatch::page::wording::{Meaning, Wording};
use pubwatch::stores::Lessons;

use super::wordings::{
    Expected, date_form, expected, label, page, price_form, printed, read, stores,
};

#[test]
fn every_sentence_about_the_seller_names_it() {
    let lessons = Lessons::default();
    let mut problems = Vec::new();
    for phrase in Wording::shipped().phrases() {
        let meaning = phrase.written.means;
        let seller = matches!(meaning, Meaning::SoldBy | Meaning::ShippedAndSoldBy);
        if !seller && meaning != Meaning::ShipsFrom {
            continue;
        }
        for store in stores(phrase).filter(|store| store.family == Family::Amazon) {
            let sentence = printed(phrase, "");
            let button = label(&phrase.language, Meaning::AddToCart, store.family);
            let words = label(&phrase.language, Meaning::InStock, store.family);
            let body = page(store, &words, Some(&button)).replace(
                "</form>",
                &format!("<div id='merchant-info'>{sentence}.</div></form>"),
            );
            let reading = read(store.id, &body, 200, &lessons);
            let Reading::Says(says) = &reading else {
                problems.push(format!("{}: “{sentence}”: {reading:?}", store.id));
                continue;
            };
            let name = if seller {
                &says.seller
            } else {
                &says.ships_from
            };
            if name.as_deref() != Some("Harbour Street Books") {
                problems.push(format!("{}: “{sentence}”: {name:?}", store.id));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn the_shipper_and_the_seller_of_one_text_are_told_apart() {
    let lessons = Lessons::default();
    for store in STOREFRONTS {
        let (Some(ships), Some(sold)) = (
            label_with_a_name(store, Meaning::ShipsFrom, "Lantern Depot"),
            label_with_a_name(store, Meaning::SoldBy, "Harbour Street Books"),
        ) else {
            assert_ne!(store.family, Family::Amazon, "{} has no labels", store.id);
            continue;
        };
        for sentence in [format!("{ships} {sold}"), format!("{sold} {ships}.")] {
            let language = language_of(store);
            let button = label(language, Meaning::AddToCart, store.family);
            let words = label(language, Meaning::InStock, store.family);
            let body = page(store, &words, Some(&button)).replace(
                "</form>",
                &format!("<div id='merchant-info'>{sentence}</div></form>"),
            );
            let reading = read(store.id, &body, 200, &lessons);
            let Reading::Says(says) = &reading else {
                panic!("{}: “{sentence}”: {reading:?}", store.id);
            };
            let names = (says.seller.as_deref(), says.ships_from.as_deref());
            let expected = (Some("Harbour Street Books"), Some("Lantern Depot"));
            assert_eq!(names, expected, "{}: “{sentence}”", store.id);
        }
    }
}

/// The language of a store, or English where there are no words in it.
fn language_of(store: &Storefront) -> &'static str {
    let has_file = Wording::shipped()
        .phrases()
        .iter()
        .any(|phrase| phrase.language == store.language);
    if has_file { store.language } else { "en" }
}

/// The label before a name, and the name, at an Amazon.
fn label_with_a_name(store: &Storefront, meaning: Meaning, name: &str) -> Option<String> {
    let phrase = Wording::shipped().phrases().iter().find(|phrase| {
        phrase.language == language_of(store)
            && phrase.written.means == meaning
            && store.family == Family::Amazon
    })?;
    Some(phrase.written.text.replace("{name}", name))
}

#[test]
fn the_tile_of_another_format_says_its_own_state() {
    let lessons = Lessons::default();
    let mut problems = Vec::new();
    for phrase in Wording::shipped().phrases() {
        let meaning = phrase.written.means;
        let state = match expected(meaning) {
            Some(Expected::Says(state)) => Some(state),
            Some(Expected::Unread(_)) => None,
            None => continue,
        };
        for store in stores(phrase).filter(|store| store.family == Family::Amazon) {
            let words = printed(phrase, date_form(store, &phrase.language));
            let (price, _) = price_form(store);
            let tiles = format!(
                "<div id='tmmSwatches'><li id='tmm-grid-swatch-HARDCOVER' class='swatchElement'>\
                 <span class='slot-title'>Hardcover</span><span class='slot-price'>{price}</span>\
                 {words}</li><li id='tmm-grid-swatch-PAPERBACK' class='swatchElement selected'>\
                 <span class='slot-title'>Paperback</span></li></div>"
            );
            let button = label(&phrase.language, Meaning::AddToCart, store.family);
            let own = label(&phrase.language, Meaning::InStock, store.family);
            let body = page(store, &own, Some(&button)) + &tiles;
            let reading = read(store.id, &body, 200, &lessons);
            let Reading::Says(says) = &reading else {
                problems.push(format!("{}: “{words}”: {reading:?}", store.id));
                continue;
            };
            let [other, this] = says.formats.as_slice() else {
                problems.push(format!("{}: “{words}”: {:?}", store.id, says.formats));
                continue;
            };
            if other.availability != state || this.availability.is_some() || !this.selected {
                problems.push(format!("{}: “{words}”: {:?}", store.id, says.formats));
            }
            if says.availability != Availability::InStock {
                problems.push(format!("{}: “{words}” of another format", store.id));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
