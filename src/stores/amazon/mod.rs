//! Amazon, all marketplaces and all layouts since 2013.
//!
//! The page has no structured data. Its buy box says everything: which control exists and is
//! enabled, then the words in the availability element, both only in the part of the box that
//! sells new copies. Ids are stable over the years and over user agents where wrappers are not, so
//! the reader keys on them: `#outOfStock`, `#availability`, `#add-to-cart-button`,
//! `#usedOnlyBuybox`, `#unqualifiedBuyBox`.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rule names the meanings and states it knows; it is silent about all others"
)]

mod controls;
mod details;
mod offer;
mod zones;

use super::Look;
use crate::book::{Availability, Family};
use crate::page::dates::{DayOrder, first_date};
use crate::page::dom::{has_class, is_hidden, text_of};
use crate::page::identity::Found;
use crate::page::wording::{Hit, Meaning};
use crate::page::{Confidence, Reading, Says, UnreadReason};
use controls::Control;
use zones::{Zones, is_aside};

/// The parts of a page that the reader looks at.
pub const PARTS: &[&str] = &[
    "title",
    "link[rel='canonical']",
    "meta[name='title']",
    "#desktop_buybox",
    "#buybox",
    "#buybox_feature_div",
    "#combinedBuyBox",
    "#mobile_buybox_feature_div",
    "#mobile_buybox",
    "#buy-box-button-section",
    "#twister-price-features",
    "#handleBuy",
    "#addToCart",
    "#fod-cx-box",
    "#ap_login_form",
    "#availability",
    "#outOfStock",
    "#backInStock",
    "#merchant-info",
    "#ASIN",
    "#productTitle",
    "h1#title",
    "#product-title",
    "#btAsinTitle",
    "#tmmSwatches",
    "#detailBullets_feature_div",
    "#rpi-attribute-book_details-isbn13",
    "#rpi-attribute-book_details-isbn10",
    "#rpi-attribute-book_details-publication_date",
    "#productDetailsTable",
    "#productDetails_techSpec_sections",
    "#landingImage",
    "#imgBlkFront",
    "#ebooksImgBlkFront",
    "#prodImage",
    "#main-image",
    "#corePrice_feature_div",
    "#corePriceDisplay_desktop_feature_div",
    "#priceblock_ourprice",
];

/// The form of the page that asks to sign in.
const SIGN_IN: &str = "ap_login_form";

/// The words of the availability element, and where they stood.
struct Words {
    place: &'static str,
    text: String,
}

/// What the rules have to go by.
struct Evidence<'w> {
    words: Option<Words>,
    hit: Option<Hit<'w>>,
    control: Option<Control>,
}

/// Reads a product page.
///
/// 1. No buy box: not a product page, or a layout that we do not know.
/// 2. Identity: the number in the buy box, else the canonical address, and the ISBN of the
///    details.
/// 3. Boxes that mean one thing: choose a variant, not shipped here, out of stock.
/// 4. An enabled control that orders a new copy: the words say whether at once.
/// 5. Boxes of other sellers.
/// 6. Words without a control, which are only likely.
pub(crate) fn read(look: &mut Look<'_>) -> Reading {
    let Some(zones) = Zones::of(look.tree) else {
        look.trace.nothing("amazon/buy-box", "the known buy boxes");
        let title = look.tree.title().unwrap_or_default();
        if look.tree.id(SIGN_IN).is_some() {
            look.trace.saw("refusal/sign-in", "#ap_login_form", &title);
            let words = format!("the store asks to sign in: {title}");
            return Reading::unread(UnreadReason::Blocked, "refusal/sign-in", &words);
        }
        let words = format!("no buy box: {title}");
        return Reading::unread(UnreadReason::NoEvidence, "amazon/no-buy-box", &words);
    };
    look.trace
        .saw("amazon/buy-box", "the known buy boxes", zones.name());
    let found = details::identifiers(look.tree, &zones);
    let identity = found.compare(look.wanted);
    look.trace.saw(
        "amazon/identity",
        "#ASIN, canonical, ISBN",
        &format!("{}; {}", found.words(), identity.words()),
    );
    if let Some(reading) = identity.refusal("amazon/identity", look.wanted) {
        return reading;
    }
    if 1 < found.asins.len() {
        let rule = "amazon/several-articles";
        return Reading::unread(UnreadReason::NoEvidence, rule, &found.words());
    }
    let language = look.page.language();
    look.trace
        .look("amazon/language", "<html lang>", language.as_deref());
    let reading = decide(look, &zones);
    complete(reading, look, &zones, &found)
}

fn decide(look: &mut Look<'_>, zones: &Zones<'_>) -> Reading {
    let words = availability_words(look, zones);
    let hit = words
        .as_ref()
        .and_then(|words| look.wording.state(&words.text, Family::Amazon));
    let phrase = hit.map(|hit| hit.described());
    look.trace
        .look("amazon/phrase", "the phrases we know", phrase.as_deref());
    let control = controls::ordering(look, zones);
    let evidence = Evidence {
        words,
        hit,
        control,
    };
    let reading = not_for_us(look, zones, &evidence)
        .or_else(|| is_cut_off(look, &evidence))
        .or_else(|| off(look, zones, &evidence))
        .or_else(|| on(look, &evidence))
        .or_else(|| of_others(look, zones, &evidence))
        .or_else(|| words_alone(look, &evidence));
    reading.unwrap_or_else(|| {
        let words = evidence
            .words
            .map_or("a buy box that says nothing".to_owned(), |words| words.text);
        Reading::unread(UnreadReason::NoEvidence, "amazon/no-evidence", &words)
    })
}

/// The first words about availability in the part of the page that sells new copies.
fn availability_words(look: &mut Look<'_>, zones: &Zones<'_>) -> Option<Words> {
    const PLACES: &[&str] = &[
        "outOfStock",
        "availability",
        "availabilityInsideBuyBox_feature_div",
        "backInStock",
    ];
    for place in PLACES {
        let text = zones
            .of_new_copies(look.tree, place)
            .map(text_of)
            .find(|text| !text.is_empty());
        look.trace
            .look("amazon/words", &selector(place), text.as_deref());
        if let Some(text) = text {
            let text = first_sentences(&text, look);
            return Some(Words { place, text });
        }
    }
    let text = zones.words_of_2013();
    look.trace.look(
        "amazon/words",
        ".availGreen, .availOrange, .availRed",
        text.as_deref(),
    );
    text.map(|text| Words {
        place: ".availGreen, .availOrange",
        text,
    })
}

/// The out-of-stock box also holds wish-list buttons and addresses: from the first phrase that is
/// known, a sentence or two are the words.
fn first_sentences(text: &str, look: &Look<'_>) -> String {
    const LONG: usize = 200;
    if text.chars().count() <= LONG {
        return text.to_owned();
    }
    let plain = crate::page::wording::plain(text);
    let start = look
        .wording
        .state(text, Family::Amazon)
        .filter(|_| plain.len() == text.len())
        .map_or(0, |hit| hit.start);
    text.get(start..)
        .unwrap_or(text)
        .chars()
        .take(LONG)
        .collect()
}

/// Pages that offer nothing to a visitor like us, and say nothing about anybody else.
fn not_for_us(look: &mut Look<'_>, zones: &Zones<'_>, evidence: &Evidence<'_>) -> Option<Reading> {
    if let Some(words) = open_choice(look, zones) {
        let rule = "amazon/choose-variant";
        return Some(Reading::unread(UnreadReason::NoEvidence, rule, &words));
    }
    let (reason, rule) = match evidence.hit.as_ref()?.meaning() {
        Meaning::NotShippedHere => (UnreadReason::NotOfferedHere, "amazon/not-shipped-here"),
        Meaning::PrimeOnly if evidence.control.is_none() => {
            (UnreadReason::NotOfferedHere, "amazon/prime-only")
        }
        _ => return None,
    };
    let words = evidence.words.as_ref()?;
    look.trace.saw(rule, &selector(words.place), &words.text);
    Some(Reading::unread(reason, rule, &words.text))
}

/// What is still to be chosen: a size, a format, an edition. Whatever else the box says then, and
/// whatever its buttons are, is of no article yet.
///
/// Boxes: saved pages of amazon.com, 2018-06 and 2024.
fn open_choice(look: &mut Look<'_>, zones: &Zones<'_>) -> Option<String> {
    let element = zones.elements().find(|element| {
        let is_box = element
            .attr("id")
            .is_some_and(|id| ["partialStateBuybox", "partialStateBuyboxForMerch"].contains(&id));
        (is_box || has_class(*element, "unselectedDims"))
            && !is_aside(*element)
            && !is_hidden(*element)
    });
    let text = element.map(text_of).filter(|text| !text.is_empty());
    let sentence = || {
        let text = zones.text();
        let hit = look
            .wording
            .find(&text, Family::Amazon, &[Meaning::ChooseVariant])?;
        Some(hit.phrase.written.text.clone())
    };
    let words = text.or_else(sentence);
    look.trace.look(
        "amazon/choose-variant",
        "#partialStateBuybox, .unselectedDims, the words of the box",
        words.as_deref(),
    );
    words
}

/// Words that refuse an order. A control beside them contradicts them: then the page is unread.
fn off(look: &mut Look<'_>, zones: &Zones<'_>, evidence: &Evidence<'_>) -> Option<Reading> {
    let box_ = zones.of_new_copies(look.tree, "outOfStock").next();
    look.trace.look(
        "amazon/out-of-stock-box",
        "#outOfStock",
        box_.map(text_of).as_deref(),
    );
    let words = evidence.words.as_ref()?;
    let hit = evidence.hit?;
    let (state, rule) = match hit.meaning() {
        Meaning::OutOfStock => (Availability::OutOfStock, "amazon/unavailable"),
        Meaning::Discontinued => (Availability::Discontinued, "amazon/discontinued"),
        Meaning::TemporarilyOut if evidence.control.is_none() => {
            let state = Availability::OutOfStock;
            (state, "amazon/temporarily-out-without-button")
        }
        _ => return None,
    };
    if let Some(control) = &evidence.control {
        let seen = format!("“{}” beside the button “{}”", words.text, control.label);
        look.trace
            .saw("amazon/contradiction", &selector(words.place), &seen);
        let rule = "amazon/contradiction";
        return Some(Reading::unread(UnreadReason::NoEvidence, rule, &seen));
    }
    look.trace.saw(rule, &selector(words.place), &words.text);
    Some(says(state, rule, words, hit.is_verified()))
}

/// The page was cut off before its button could come, and the words mean the contrary with one.
fn is_cut_off(look: &mut Look<'_>, evidence: &Evidence<'_>) -> Option<Reading> {
    let meaning = evidence.hit?.meaning();
    let depends = matches!(
        meaning,
        Meaning::TemporarilyOut | Meaning::PreOrder | Meaning::NotYetPublished
    );
    if !depends || evidence.control.is_some() || look.is_whole() {
        return None;
    }
    let words = evidence.words.as_ref()?;
    let rule = "amazon/cut-off";
    look.trace.saw(rule, "</html>", "the page has no end");
    Some(Reading::unread(UnreadReason::NoEvidence, rule, &words.text))
}

/// An enabled control orders a new copy; the words say when it comes.
fn on(look: &mut Look<'_>, evidence: &Evidence<'_>) -> Option<Reading> {
    let control = evidence.control.as_ref()?;
    let meaning = evidence.hit.map(|hit| hit.meaning());
    let (state, rule) = match meaning {
        _ if control.pre_order => (Availability::PreOrder, "amazon/pre-order-button"),
        Some(Meaning::PreOrder) => (Availability::PreOrder, "amazon/pre-order-words"),
        Some(Meaning::NotYetPublished) => (Availability::PreOrder, "amazon/not-yet-published"),
        Some(Meaning::TemporarilyOut) => (Availability::BackOrder, "amazon/temporarily-out"),
        Some(Meaning::BackOrder) => (Availability::BackOrder, "amazon/back-order"),
        Some(Meaning::RestockDate) => (Availability::BackOrder, "amazon/restock-date"),
        Some(Meaning::ShipsLater) => (Availability::ShipsLater, "amazon/ships-later"),
        Some(Meaning::LowStock) => (Availability::InStock, "amazon/low-stock"),
        Some(Meaning::InStock) => (Availability::InStock, "amazon/in-stock"),
        Some(_) => return None,
        None => return control_alone(look, evidence, control),
    };
    let label = Words {
        place: control.place,
        text: control.label.clone(),
    };
    let words = evidence.words.as_ref().unwrap_or(&label);
    look.trace.saw(rule, &selector(words.place), &words.text);
    let verified = control.pre_order || evidence.hit.is_none_or(|hit| hit.is_verified());
    Some(says(state, rule, words, verified))
}

/// A control without known words. Without any words it speaks for itself; beside words that we do
/// not know, the page is unread, since they may say "in six weeks".
fn control_alone(
    look: &mut Look<'_>,
    evidence: &Evidence<'_>,
    control: &Control,
) -> Option<Reading> {
    if let Some(words) = &evidence.words {
        look.trace
            .saw("amazon/unknown-words", &selector(words.place), &words.text);
        let rule = "amazon/unknown-words";
        return Some(Reading::unread(UnreadReason::NoEvidence, rule, &words.text));
    }
    if !control.known_label {
        return None;
    }
    let formats = offer::formats(look);
    if !control.is_digital && !formats.is_empty() && !formats.iter().any(|format| format.selected) {
        let rule = "amazon/choose-format";
        look.trace.saw(rule, "#tmmSwatches", "no format is chosen");
        let words = format!("{}, and no format is chosen", control.label);
        return Some(Reading::unread(UnreadReason::NoEvidence, rule, &words));
    }
    let rule = if control.is_digital {
        "amazon/one-click"
    } else {
        "amazon/button-alone"
    };
    look.trace
        .saw(rule, &selector(control.place), &control.label);
    let words = Words {
        place: control.place,
        text: control.label.clone(),
    };
    Some(says(
        Availability::InStock,
        rule,
        &words,
        control.is_digital,
    ))
}

/// Boxes in which only others, or only used copies, are for sale.
fn of_others(look: &mut Look<'_>, zones: &Zones<'_>, evidence: &Evidence<'_>) -> Option<Reading> {
    for (id, rule) in [
        ("usedOnlyBuybox", "amazon/used-only"),
        ("unqualifiedBuyBox", "amazon/no-featured-offer"),
        (
            "buybox-see-all-buying-choices",
            "amazon/see-all-buying-choices",
        ),
        ("fod-cx-box", "amazon/no-featured-offer"),
    ] {
        let element = zones.visible(look.tree, id);
        let text = element.map(text_of).filter(|text| !text.is_empty());
        look.trace.look(rule, &selector(id), text.as_deref());
        if let Some(text) = text {
            let words = Words {
                place: id,
                text: offer::words_of_others(look.tree, zones).unwrap_or(text),
            };
            return Some(says(Availability::ThirdPartyOnly, rule, &words, true));
        }
    }
    let hit = evidence
        .hit
        .filter(|hit| hit.meaning() == Meaning::OtherSellers)?;
    let words = evidence.words.as_ref()?;
    let rule = "amazon/other-sellers";
    look.trace.saw(rule, &selector(words.place), &words.text);
    Some(says(
        Availability::ThirdPartyOnly,
        rule,
        words,
        hit.is_verified(),
    ))
}

/// Words that offer something, but no control that takes the order.
fn words_alone(look: &mut Look<'_>, evidence: &Evidence<'_>) -> Option<Reading> {
    let words = evidence.words.as_ref()?;
    let state = match evidence.hit?.meaning() {
        Meaning::PreOrder | Meaning::NotYetPublished => Availability::Announced,
        Meaning::InStock | Meaning::LowStock => Availability::InStock,
        Meaning::ShipsLater => Availability::ShipsLater,
        Meaning::RestockDate | Meaning::BackOrder => Availability::BackOrder,
        _ => return None,
    };
    look.trace
        .saw("amazon/words-alone", &selector(words.place), &words.text);
    Some(says(state, "amazon/words-alone", words, false))
}

/// A place as people write it: the ids of this file with their mark.
fn selector(place: &str) -> String {
    if place.starts_with('.') {
        place.to_owned()
    } else {
        format!("#{place}")
    }
}

fn says(state: Availability, rule: &str, words: &Words, sure: bool) -> Reading {
    let mut says = Says::new(state, rule, &words.text, &selector(words.place));
    if !sure {
        says.confidence = Confidence::Likely;
    }
    Reading::Says(Box::new(says))
}

/// How the page writes a date of numbers alone: as the language does that it is shown in, which
/// need not be the marketplace's.
fn day_order(look: &Look<'_>) -> DayOrder {
    let is_us = match look.page.language() {
        Some(language) => language == "en-us",
        None => look.page.store.as_str() == "amazon.com",
    };
    if is_us {
        DayOrder::MonthFirst
    } else {
        DayOrder::DayFirst
    }
}

/// Adds the particulars to a reading that names a state.
fn complete(reading: Reading, look: &Look<'_>, zones: &Zones<'_>, found: &Found) -> Reading {
    let Reading::Says(mut says) = reading else {
        return reading;
    };
    let order = day_order(look);
    says.published = details::published(look.tree, look.wording, order);
    says.date = match says.availability {
        Availability::PreOrder | Availability::Announced => {
            first_date(&says.words, look.wording, order).or(says.published)
        }
        Availability::BackOrder | Availability::ShipsLater => {
            first_date(&says.words, look.wording, order)
        }
        _ => None,
    };
    if !matches!(
        says.availability,
        Availability::OutOfStock | Availability::Discontinued
    ) {
        let used = says.availability == Availability::ThirdPartyOnly;
        says.price = offer::price(look, zones, used);
        let seller = offer::seller(look, zones, used);
        says.seller = seller.name;
        says.ships_from = seller.ships_from;
    }
    says.isbn = details::isbn(found);
    says.title = details::title(look.tree);
    says.cover = details::cover(look.tree);
    says.canonical = look.tree.canonical().map(str::to_owned);
    says.formats = offer::formats(look);
    Reading::Says(says)
}
