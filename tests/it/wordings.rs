//! Every phrase of the wording files, at every marketplace of its language: a page is built from
//! it and read back.

use pubwatch::book::storefront::STOREFRONTS;
use pubwatch::book::{Availability, Family, Money, StoreId, Storefront};
use pubwatch::config::plan::StorePlan;
use pubwatch::page::wording::{Meaning, Phrase, Wording};
use pubwatch::page::{Page, Reading, UnreadReason, Wanted};
use pubwatch::stores::{Lessons, read_closely};

const ISBN: &str = "9781944098117";
const ASIN: &str = "1944098119";

/// What a phrase must read as.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Says(Availability),
    Unread(UnreadReason),
}

/// What a phrase means where a button orders, or where it is one that refuses, where none does.
pub(super) fn expected(meaning: Meaning) -> Option<Expected> {
    Some(match meaning {
        Meaning::NotShippedHere | Meaning::PrimeOnly => {
            Expected::Unread(UnreadReason::NotOfferedHere)
        }
        Meaning::ChooseVariant => Expected::Unread(UnreadReason::NoEvidence),
        Meaning::Discontinued => Expected::Says(Availability::Discontinued),
        Meaning::OutOfStock => Expected::Says(Availability::OutOfStock),
        Meaning::TemporarilyOut | Meaning::BackOrder | Meaning::RestockDate => {
            Expected::Says(Availability::BackOrder)
        }
        Meaning::PreOrder => Expected::Says(Availability::PreOrder),
        Meaning::NotYetPublished => Expected::Says(Availability::Announced),
        Meaning::OtherSellers => Expected::Says(Availability::ThirdPartyOnly),
        Meaning::ShipsLater => Expected::Says(Availability::ShipsLater),
        Meaning::LowStock | Meaning::InStock => Expected::Says(Availability::InStock),
        Meaning::AddToCart
        | Meaning::BuyNow
        | Meaning::PreOrderButton
        | Meaning::NotifyMe
        | Meaning::SoldBy
        | Meaning::ShipsFrom
        | Meaning::ShippedAndSoldBy
        | Meaning::Captcha
        | Meaning::NotFound => return None,
    })
}

/// The phrase stands where no button orders.
fn refuses(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::NotShippedHere
            | Meaning::PrimeOnly
            | Meaning::ChooseVariant
            | Meaning::Discontinued
            | Meaning::OutOfStock
            | Meaning::NotYetPublished
            | Meaning::OtherSellers
    )
}

/// The ninth of February 2027, as it is written there.
pub(super) fn date_form(store: &Storefront, language: &str) -> &'static str {
    match (language, store.id) {
        ("en", "amazon.com" | "barnesandnoble.com" | "bookshop.org") => "February 9, 2027",
        ("de", _) => "9. Februar 2027",
        ("fr", _) => "9 février 2027",
        ("it", _) => "9 febbraio 2027",
        ("es", _) => "9 de febrero de 2027",
        ("nl" | "sv", _) => "9 februari 2027",
        ("pt", _) => "9 de fevereiro de 2027",
        ("ja" | "zh", _) => "2027年2月9日",
        ("pl", _) => "9 lutego 2027",
        ("tr", _) => "9 Şubat 2027",
        ("cs", _) => "9. února 2027",
        ("ar", _) => "9 فبراير 2027",
        _ => "9 February 2027",
    }
}

/// A price of 1,234.56 as it is written there, and what it must read as.
pub(super) fn price_form(store: &Storefront) -> (&'static str, i64) {
    match (store.currency, store.language) {
        ("EUR", "en") => ("€1,234.56", 123_456),
        ("EUR", "fr") => ("1\u{202f}234,56\u{a0}€", 123_456),
        ("EUR", "nl") => ("€ 1.234,56", 123_456),
        ("EUR", _) => ("1.234,56\u{a0}€", 123_456),
        ("GBP", _) => ("£1,234.56", 123_456),
        ("SEK", _) => ("1\u{a0}234,56\u{a0}kr", 123_456),
        ("PLN", _) => ("1\u{a0}234,56\u{a0}zł", 123_456),
        ("JPY", _) => ("￥1,234", 1234),
        ("INR", _) => ("₹1,234.56", 123_456),
        ("BRL", _) => ("R$\u{a0}1.234,56", 123_456),
        ("SGD", _) => ("S$1,234.56", 123_456),
        ("AED", _) => ("AED\u{a0}1,234.56", 123_456),
        ("SAR", _) => ("SAR\u{a0}1,234.56", 123_456),
        ("EGP", _) => ("EGP\u{a0}1,234.56", 123_456),
        ("TRY", _) => ("1.234,56\u{a0}TL", 123_456),
        _ => ("$1,234.56", 123_456),
    }
}

/// The phrase with its gaps filled, as a store would print it.
pub(super) fn printed(phrase: &Phrase, date: &str) -> String {
    let text = phrase
        .written
        .text
        .replace("{n}", "3")
        .replace("{date}", date)
        .replace("{time}", "2 to 5")
        .replace("{name}", "Harbour Street Books");
    let mut characters = text.chars();
    let first: String = characters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}", characters.as_str())
}

/// A button's label in that language.
pub(super) fn label(language: &str, meaning: Meaning, family: Family) -> String {
    let phrases = Wording::shipped().phrases();
    let found = phrases.iter().find(|phrase| {
        phrase.language == language && phrase.written.means == meaning && phrase.is_for(family)
    });
    printed(found.unwrap(), "")
}

/// The page of a family's newest layout with these words and this button.
pub(super) fn page(store: &Storefront, words: &str, button: Option<&str>) -> String {
    let (price, _) = price_form(store);
    match store.family {
        Family::Amazon => {
            let button = button.map_or(String::new(), |label| {
                format!(
                    "<span class='a-button'><input id='buy-now-button' name='submit.buy-now' \
                     type='submit' value='{label}'><span class='a-button-text'>{label}</span></span>"
                )
            });
            format!(
                "<title>Salt Roads</title><div id='desktop_buybox'><form id='addToCart'>\
                 <input type='hidden' id='ASIN' name='ASIN' value='{ASIN}'>\
                 <div id='corePrice_feature_div'><span class='a-offscreen'>{price}</span></div>\
                 <div id='availability'><span>{words}</span></div>{button}</form></div></html>"
            )
        }
        Family::BarnesNoble => format!(
            "<link rel='canonical' href='https://www.barnesandnoble.com/w/x/1?ean={ISBN}'>\
             <main><section><h1 class='product__title'>Salt Roads</h1>\
             <div class='product__prices'><span class='product-price'>{price}</span></div>\
             <p>{words}</p><form action='/cart'><button type='submit'>{}</button></form>\
             </section></main>",
            button.unwrap_or("Notify me"),
        ),
        Family::Bookshop => format!(
            "<meta property='book:isbn' content='{ISBN}'><main><div><h1>Salt Roads</h1>\
             <div class='buy'><span>{price}</span><form><button type='submit'>{}</button></form>\
             <p>{words}</p></div></div></main>",
            button.unwrap_or("Notify me"),
        ),
        Family::Other => format!(
            "<meta property='book:isbn' content='{ISBN}'><h1>Salt Roads</h1>\
             <div id='buy'><p>{words}</p></div>"
        ),
    }
}

pub(super) fn read(store: &str, body: &str, status: u16, lessons: &Lessons) -> Reading {
    let store = StoreId::new(store);
    let page = Page {
        store: &store,
        address: None,
        status,
        headers: &[],
        body,
    };
    let wanted = Wanted {
        isbn: ISBN.parse().ok(),
        ..Wanted::default()
    };
    read_closely(&page, &wanted, lessons).reading
}

fn outcome(reading: &Reading) -> Expected {
    match reading {
        Reading::Says(says) => Expected::Says(says.availability),
        Reading::Unread(unread) => Expected::Unread(unread.reason),
    }
}

/// The storefronts where a phrase may stand: those of its language, and for English also those
/// whose own language has no wording file.
pub(super) fn stores(phrase: &Phrase) -> impl Iterator<Item = &'static Storefront> {
    let has_file = |language: &str| {
        Wording::shipped()
            .phrases()
            .iter()
            .any(|p| p.language == language)
    };
    STOREFRONTS.iter().filter(move |store| {
        let speaks = store.language == phrase.language
            || (phrase.language == "en" && !has_file(store.language));
        speaks && phrase.is_for(store.family)
    })
}

#[test]
fn every_phrase_at_every_marketplace_reads_back() {
    let lessons = Lessons::default();
    let mut problems = Vec::new();
    let mut built = 0;
    for phrase in Wording::shipped().phrases() {
        let meaning = phrase.written.means;
        let Some(expected) = expected(meaning) else {
            continue;
        };
        for store in stores(phrase) {
            let date = date_form(store, &phrase.language);
            let words = printed(phrase, date);
            let button = label(&phrase.language, Meaning::AddToCart, store.family);
            let button = (!refuses(meaning)).then_some(button);
            let reading = read(
                store.id,
                &page(store, &words, button.as_deref()),
                200,
                &lessons,
            );
            built += 1;
            let mut wrong = |what: &str| {
                problems.push(format!("{}: {what} of “{words}”: {reading:?}", store.id));
            };
            if outcome(&reading) != expected {
                wrong("the state");
                continue;
            }
            let Reading::Says(says) = &reading else {
                continue;
            };
            if phrase.written.text.contains("{date}")
                && says.date.map(|date| date.to_string()).as_deref() != Some("2027-02-09")
            {
                wrong("the date");
            }
            let (_, minor) = price_form(store);
            let priced = says.availability.is_orderable();
            if priced && says.price != Some(Money::new(minor, store.currency)) {
                wrong("the price");
            }
        }
    }
    println!("{built} pages were built and read back");
    assert!(built > 500, "only {built} pages were built");
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Visitors see amazon.es in Portuguese, amazon.de in Polish and every marketplace in English.
#[test]
fn every_phrase_of_amazon_s_is_read_at_a_marketplace_of_another_language() {
    let lessons = Lessons::default();
    let marketplaces = STOREFRONTS
        .iter()
        .filter(|store| store.family == Family::Amazon);
    let mut marketplaces = marketplaces.cycle();
    let mut problems = Vec::new();
    for phrase in Wording::shipped().phrases() {
        let meaning = phrase.written.means;
        let Some(expected) = expected(meaning).filter(|_| phrase.is_for(Family::Amazon)) else {
            continue;
        };
        let store = marketplaces
            .find(|store| store.language != phrase.language)
            .unwrap();
        let words = printed(phrase, date_form(store, &phrase.language));
        let button = label(&phrase.language, Meaning::AddToCart, Family::Amazon);
        let button = (!refuses(meaning)).then_some(button);
        let body = page(store, &words, button.as_deref());
        let body = format!("<html lang='{}'>{body}", phrase.language);
        let reading = read(store.id, &body, 200, &lessons);
        let date = match &reading {
            Reading::Says(says) => says.date.map(|date| date.to_string()),
            Reading::Unread(_) => None,
        };
        let is_dated = phrase.written.text.contains("{date}");
        if outcome(&reading) != expected || (is_dated && date.as_deref() != Some("2027-02-09")) {
            problems.push(format!("{}: “{words}”: {reading:?}", store.id));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_label_of_a_button_reads_back() {
    let lessons = Lessons::default();
    let mut problems = Vec::new();
    for phrase in Wording::shipped().phrases() {
        let buttons = [
            (Meaning::AddToCart, Availability::InStock),
            (Meaning::BuyNow, Availability::InStock),
            (Meaning::PreOrderButton, Availability::PreOrder),
            (Meaning::NotifyMe, Availability::OutOfStock),
        ];
        let button = buttons
            .iter()
            .find(|(means, _)| *means == phrase.written.means);
        let Some((_, state)) = button.copied() else {
            continue;
        };
        for store in stores(phrase) {
            // Amazon has no button for news, and the others none that orders at once.
            let unknown = if store.family == Family::Amazon {
                Meaning::NotifyMe
            } else {
                Meaning::BuyNow
            };
            let known = phrase.written.means != unknown;
            let label = printed(phrase, "");
            let reading = read(store.id, &page(store, "", Some(&label)), 200, &lessons);
            if known && outcome(&reading) != Expected::Says(state) {
                problems.push(format!("{}: “{label}”: {reading:?}", store.id));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_sentence_of_a_wall_or_a_missing_page_is_told() {
    let lessons = Lessons::default();
    for phrase in Wording::shipped().phrases() {
        let (status, expected) = if phrase.written.means == Meaning::Captcha {
            (200, Expected::Unread(UnreadReason::Blocked))
        } else if phrase.written.means == Meaning::NotFound {
            (404, Expected::Says(Availability::NotListed))
        } else {
            continue;
        };
        for store in stores(phrase) {
            let sentence = printed(phrase, "");
            let body = format!("<html><body><h4>{sentence}</h4></body></html>");
            let reading = read(store.id, &body, status, &lessons);
            assert_eq!(outcome(&reading), expected, "{}: {sentence}", store.id);
        }
    }
}

#[test]
fn a_store_of_the_users_own_is_read_in_every_language() {
    let mut plan = StorePlan::plain(StoreId::new("books.example.com"));
    plan.buy_area = Some("#buy".to_owned());
    let lessons = Lessons::of(&[plan]);
    let store = Storefront {
        id: "books.example.com",
        label: "Example Books",
        family: Family::Other,
        host: "books.example.com",
        language: "en",
        currency: "USD",
    };
    let mut problems = Vec::new();
    for phrase in Wording::shipped().phrases() {
        let meaning = phrase.written.means;
        let Some(expected) = expected(meaning).filter(|_| phrase.is_for(Family::Other)) else {
            continue;
        };
        let words = printed(phrase, date_form(&store, &phrase.language));
        let reading = read(store.id, &page(&store, &words, None), 200, &lessons);
        if outcome(&reading) != expected {
            problems.push(format!("“{words}”: {reading:?}"));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
