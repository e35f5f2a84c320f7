//! Bookshop.org, US and UK.
//!
//! No saved page was found, so little is believed: the label of the enabled button in the
//! product's own area, the words around that button, and the `Book` data where it has offers. The
//! help centres say what the words mean: back-ordered titles can be ordered here. An unsure answer
//! is an unread one.

use scraper::ElementRef;

use super::Look;
use super::data::{Data, Spoken, from_json_ld};
use super::generic;
use super::whose::{Whose, is_for_another, whose};
use crate::book::{Availability, Family};
use crate::page::dom::{
    ancestry, elements, is_disabled, is_hidden, is_tag, label_of, text_of, text_without,
};
use crate::page::identity::Found;
use crate::page::wording::{Meaning, plain};
use crate::page::{Confidence, Reading, Says, UnreadReason};
use crate::text::money::first_price;

/// The parts of a page that the reader looks at.
pub const PARTS: &[&str] = &[
    "title",
    "link[rel='canonical']",
    "meta[property]",
    "meta[name]",
    "script[type*='ld+json']",
    "main",
    "h1",
];

/// A button of the product's area.
struct Button<'a> {
    element: ElementRef<'a>,
    label: String,
    meaning: Meaning,
    verified: bool,
}

/// Reads a page.
///
/// 1. Identity: `book:isbn`, the `Book` data, "EAN/UPC" in the details, the address.
/// 2. The button of the product's area and the words around it.
/// 3. The data's offer, where there is one.
pub(crate) fn read(look: &mut Look<'_>) -> Reading {
    let data = Data::of(look);
    let own = numbers(look);
    let whose = whose(look, "bookshop/identity", own, &[&data.json]);
    if whose.found.is_empty() {
        // A search page, a list, the front page: no page of one book.
        return look.no_evidence("bookshop/no-book");
    }
    if let Some(reading) = whose.identity.refusal("bookshop/identity", look.wanted) {
        return reading;
    }
    let details = of_details(look);
    if !details.is_empty()
        && details
            .isbns
            .iter()
            .all(|isbn| !whose.found.isbns.contains(isbn))
    {
        let (head, table) = (whose.found.words(), details.words());
        let words = format!("the page is of {head}, and its details are of {table}");
        return Reading::unread(UnreadReason::NoEvidence, "bookshop/two-numbers", &words);
    }
    let json = data.by_json(look, &whose.found);
    // The button is of the edition that the page shows.
    let shown = if whose.by_part { None } else { from_page(look) };
    let data = from_json_ld(look, &json);
    let reading = match (shown, data) {
        (Some(Reading::Says(mut says)), data) => {
            let other = data.and_then(|data| data.availability());
            if other.is_some_and(|state| state != says.availability) {
                says.confidence = Confidence::Likely;
            }
            Some(says)
        }
        (Some(unread), _) => return unread,
        (None, Some(Reading::Says(mut says))) if look.is_whole() => {
            says.confidence = Confidence::Likely;
            Some(says)
        }
        (None, _) => None,
    };
    let Some(mut says) = reading else {
        return look.no_evidence("bookshop/no-evidence");
    };
    particulars(&mut says, look, &json, &whose);
    Reading::Says(says)
}

/// The page's own number: of its `<meta>` elements, else of the table of its details.
fn numbers(look: &Look<'_>) -> Found {
    let mut found = Found::default();
    for name in ["book:isbn", "books:isbn", "og:isbn"] {
        if let Some(isbn) = look.tree.page_meta(name)
            && found.isbns.is_empty()
        {
            found.add_isbn(isbn);
        }
    }
    if found.isbns.is_empty() {
        found = of_details(look);
    }
    found
}

/// The number in the table of the details.
fn of_details(look: &Look<'_>) -> Found {
    generic::of_details(look.tree, &["tr"], &["ean", "isbn"])
}

fn from_page(look: &mut Look<'_>) -> Option<Reading> {
    let heading = look
        .tree
        .find(|element| is_tag(element, "h1") && !is_hidden(element))?;
    let button = button(look, heading);
    let label = button.as_ref().map(|button| button.label.as_str());
    look.trace
        .look("bookshop/button", "the button after the title", label);
    let button = button?;
    let words = words_around(&button, heading);
    look.trace
        .look("bookshop/words", "around the button", words.as_deref());
    let text = words.as_deref().unwrap_or_default();
    let hit = look.wording.state(text, Family::Bookshop);
    let phrase = hit.map(|hit| hit.described());
    look.trace
        .look("bookshop/phrase", "the phrases we know", phrase.as_deref());
    let evidence = match &words {
        Some(words) if hit.is_some() || says_out_of_stock(words) => {
            format!("{} · {words}", button.label)
        }
        _ => button.label.clone(),
    };
    let is_uk = look.page.store.as_str().starts_with("uk.");
    let said = hit
        .map(|hit| hit.meaning())
        .or_else(|| (is_uk && is_only_out_of_stock(text)).then_some(Meaning::BackOrder));
    let (outcome, rule) = decide(button.meaning, said, says_out_of_stock(text));
    look.trace.saw(rule, "the button", &evidence);
    let state = match outcome {
        Ok(state) => state,
        Err(reason) => return Some(Reading::unread(reason, rule, &evidence)),
    };
    let mut says = Says::new(state, rule, &evidence, "the button after the title");
    if !(button.verified && hit.is_some_and(|hit| hit.is_verified())) {
        says.confidence = Confidence::Likely;
    }
    Some(Reading::Says(Box::new(says)))
}

/// What button and words say together. Words about stock in a form that we do not know must not
/// be passed over, and words that refuse beside a button that orders contradict it.
fn decide(
    button: Meaning,
    words: Option<Meaning>,
    speaks_of_stock: bool,
) -> (Result<Availability, UnreadReason>, &'static str) {
    let orders = button != Meaning::NotifyMe;
    let (state, rule) = match (button, words) {
        (_, Some(Meaning::NotShippedHere)) => {
            let reason = UnreadReason::NotOfferedHere;
            return (Err(reason), "bookshop/not-shipped-here");
        }
        (_, Some(Meaning::ChooseVariant)) => {
            return (Err(UnreadReason::NoEvidence), "bookshop/choose-variant");
        }
        (_, Some(Meaning::OutOfStock | Meaning::Discontinued)) if orders => {
            return (Err(UnreadReason::NoEvidence), "bookshop/contradiction");
        }
        (Meaning::NotifyMe, Some(Meaning::PreOrder | Meaning::NotYetPublished)) => {
            (Availability::Announced, "bookshop/announced")
        }
        (Meaning::NotifyMe, Some(Meaning::Discontinued)) => {
            (Availability::Discontinued, "bookshop/discontinued")
        }
        (Meaning::NotifyMe, _) => (Availability::OutOfStock, "bookshop/no-order-button"),
        (Meaning::PreOrderButton, _) => (Availability::PreOrder, "bookshop/pre-order-button"),
        (Meaning::BackOrder, _) => (Availability::BackOrder, "bookshop/back-order-button"),
        (_, Some(Meaning::PreOrder | Meaning::NotYetPublished)) => {
            (Availability::PreOrder, "bookshop/pre-order-words")
        }
        (_, Some(Meaning::BackOrder | Meaning::RestockDate)) => {
            (Availability::BackOrder, "bookshop/back-order-words")
        }
        (_, Some(Meaning::ShipsLater)) => (Availability::ShipsLater, "bookshop/delivers-later"),
        (_, Some(Meaning::InStock | Meaning::LowStock)) => {
            (Availability::InStock, "bookshop/in-stock")
        }
        _ if speaks_of_stock => return (Err(UnreadReason::NoEvidence), "bookshop/unknown-words"),
        _ => (Availability::InStock, "bookshop/add-to-cart-button"),
    };
    (Ok(state), rule)
}

/// "Out of Stock" beside a price, and nothing else. In the UK every title of which that is said can
/// be ordered as long as there is a button (uk-support.bookshop.org, article 65000177799).
fn is_only_out_of_stock(text: &str) -> bool {
    let words = plain(text);
    let words = words.split(|character: char| !character.is_alphabetic());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words == ["out", "of", "stock"]
}

/// The words speak of missing stock, in whatever form.
pub(super) fn says_out_of_stock(text: &str) -> bool {
    let text = plain(text);
    ["out of stock", "unavailable", "not available", "sold out"]
        .iter()
        .any(|words| text.contains(words))
}

/// The first button after the title whose label we know. Recommendations further down have
/// buttons too, so the first one counts, and it must stand outside of their lists.
fn button<'a>(look: &Look<'a>, heading: ElementRef<'a>) -> Option<Button<'a>> {
    let mut seen_heading = false;
    for element in elements(look.tree.root()) {
        seen_heading = seen_heading || element.id() == heading.id();
        let is_button = is_tag(element, "button")
            || (is_tag(element, "input") && element.attr("type") == Some("submit"));
        if !seen_heading || !is_button || is_hidden(element) || ancestry(element).any(is_aside) {
            continue;
        }
        if is_for_another(element, look) {
            continue;
        }
        let label = label_of(element);
        let meanings = [
            Meaning::PreOrderButton,
            Meaning::BackOrder,
            Meaning::NotifyMe,
            Meaning::AddToCart,
        ];
        let Some(hit) = look.wording.find(&label, Family::Bookshop, &meanings) else {
            continue;
        };
        if is_disabled(element) && hit.meaning() != Meaning::NotifyMe {
            continue;
        }
        return Some(Button {
            element,
            label,
            meaning: hit.meaning(),
            verified: hit.is_verified(),
        });
    }
    None
}

fn is_aside(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "footer" | "nav" | "aside")
        || element
            .value()
            .classes()
            .chain(element.attr("id"))
            .map(str::to_ascii_lowercase)
            .any(|mark| {
                ["carousel", "recommend", "related", "review"]
                    .iter()
                    .any(|aside| mark.contains(aside))
            })
}

/// The words around the button: of the smallest part of the page that says more than the button,
/// but not of one that also holds the title, where the description is.
fn words_around(button: &Button<'_>, heading: ElementRef<'_>) -> Option<String> {
    ancestry(button.element)
        .skip(1)
        .take_while(|ancestor| !ancestry(heading).any(|above| above.id() == ancestor.id()))
        .take(4)
        .map(|part| {
            text_without(part, |inner| {
                matches!(inner.value().name(), "button" | "form" | "select")
                    && !elements(inner).any(|e| e.id() == button.element.id())
                    || inner.id() == button.element.id()
            })
        })
        .find(|text| text.chars().any(char::is_alphabetic) && text.chars().count() <= 300)
}

fn particulars(says: &mut Says, look: &Look<'_>, json: &Spoken<'_>, whose: &Whose) {
    let home = if look.page.store.as_str().starts_with("uk.") {
        "GBP"
    } else {
        "USD"
    };
    if says.availability != Availability::OutOfStock {
        let of_data = json.offer.as_ref().and_then(|offer| offer.price.clone());
        says.price = of_data.or_else(|| {
            let is_page_s = !whose.by_part;
            is_page_s.then(|| shown_price(look, home)).flatten()
        });
        says.seller = Some("Bookshop.org".to_owned());
    }
    says.title = generic::heading(look.tree);
    generic::complete(says, look, &[json], &whose.found);
}

/// The first short text after the title that is a price.
fn shown_price(look: &Look<'_>, home: &str) -> Option<crate::book::Money> {
    let heading = look.tree.find(|element| is_tag(element, "h1"))?;
    elements(look.tree.root())
        .skip_while(|element| element.id() != heading.id())
        .filter(|element| !is_hidden(*element) && element.child_elements().next().is_none())
        .map(text_of)
        .filter(|text| text.chars().count() <= 16)
        .find_map(|text| first_price(&text, home))
}
