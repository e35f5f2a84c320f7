//! Barnes & Noble: the storefront of 2026 (on Shopify), and the template before it for pages that
//! were saved then.
//!
//! Facts about the new storefront come from public extractors and the help centre, not from a
//! saved page. So only what several of them agree on is believed: the words and the label of the
//! cart form within the product's own area, then the variant of the structured data whose `sku` is
//! our ISBN. Its data was seen to describe another product, and to lag behind the button.

use scraper::ElementRef;

use super::Look;
use super::data::{Data, Spoken, from_json_ld, from_microdata};
use super::generic;
use super::whose::{Whose, is_as_asked, is_for_another, whose};
use crate::book::{Availability, Family};
use crate::page::dom::{
    ancestry, elements, has_class, is_disabled, is_hidden, is_tag, label_of, text_of, text_without,
};
use crate::page::identity::Found;
use crate::page::product::{Place, Product};
use crate::page::wording::{Meaning, plain};
use crate::page::{Confidence, Reading, Says, UnreadReason};
use crate::text::money::first_price;

/// The parts of a page that the reader looks at.
pub const PARTS: &[&str] = &[
    "title",
    "link[rel='canonical']",
    "meta[property]",
    "meta[itemprop]",
    "script[type*='ld+json']",
    "main",
    "#commerce-zone",
    "#prodPromo",
    "#productSkuIdPdp",
    "#productSkuId",
    "#pEAN",
    "#pdpMainImage",
    "#searchGrid",
    "[itemprop='offers']",
    "[itemprop='isbn']",
    "h1",
];

/// Parts of the product's area that are not about its delivery, or not about it at all.
const ASIDE: &[&str] = &[
    "carousel",
    "recommend",
    "related",
    "upsell",
    "product-item-card",
    "product-bropis",
    "bopis",
    "accordion",
    "review",
    "description",
    "overview",
    "marketplace",
];

/// A button of the product's area.
struct Button {
    label: String,
    meaning: Meaning,
    place: &'static str,
}

/// Reads a page.
///
/// 1. Search pages: no result is *not listed*, results are *no evidence*.
/// 2. Identity: the page's own number, the address, else the variants of the data.
/// 3. Words of the product's area, then the label of its enabled button, old template or new.
/// 4. The data of the variant that is ours.
pub(crate) fn read(look: &mut Look<'_>) -> Reading {
    if let Some(reading) = search_page(look) {
        return reading;
    }
    let data = Data::of(look);
    let own = numbers(look, &data);
    let whose = whose(look, "bn/identity", own, &data.all());
    if let Some(reading) = whose.identity.refusal("bn/identity", look.wanted) {
        return reading;
    }
    let found = &whose.found;
    let json = data.by_json(look, found);
    let micro = data.by_microdata(look, found, !whose.by_part);
    let spoken = [&json, &micro];
    // The button is of the edition that the page shows.
    let from_page = if whose.by_part { None } else { from_page(look) };
    let from_data = from_json_ld(look, &json).or_else(|| from_microdata(look, &micro));
    match (from_page, from_data) {
        (Some(Reading::Says(mut says)), data) => {
            note_disagreement(&mut says, data.as_ref(), look);
            particulars(&mut says, look, &spoken, &whose);
            Reading::Says(says)
        }
        (Some(unread), _) => unread,
        (None, Some(Reading::Says(mut says))) if look.is_whole() => {
            says.confidence = Confidence::Likely;
            particulars(&mut says, look, &spoken, &whose);
            Reading::Says(says)
        }
        (None, _) => look.no_evidence("bn/no-evidence"),
    }
}

/// A page of results, or of none. Tiles say "Available online" and "Pre-order now" about other
/// books, so nothing of them is believed.
fn search_page(look: &mut Look<'_>) -> Option<Reading> {
    let grid = look.tree.id("searchGrid");
    let address = look
        .page
        .address
        .or_else(|| look.tree.canonical())
        .unwrap_or_default();
    let is_search = grid.is_some() || address.contains("/search?") || address.contains("/s/");
    let sentence = grid
        .or_else(|| is_search.then(|| area_of_main(look)).flatten())
        .and_then(|area| no_result(area, look));
    look.trace.look(
        "bn/search-page",
        "#searchGrid, the address",
        is_search.then_some("a search page"),
    );
    look.trace
        .look("bn/no-results", "#searchGrid", sentence.as_deref());
    if !is_search {
        return None;
    }
    match sentence {
        Some(words) => {
            let says = Says::new(
                Availability::NotListed,
                "bn/no-results",
                &words,
                "#searchGrid",
            );
            Some(Reading::Says(Box::new(says)))
        }
        None => Some(look.no_evidence("bn/search-page")),
    }
}

fn area_of_main<'a>(look: &Look<'a>) -> Option<ElementRef<'a>> {
    look.tree.find(|element| is_tag(element, "main"))
}

fn no_result(area: ElementRef<'_>, look: &Look<'_>) -> Option<String> {
    elements(area)
        .filter(|element| matches!(element.value().name(), "p" | "h1" | "h2"))
        .map(text_of)
        .find(|text| {
            text.chars().count() < 200
                && look
                    .wording
                    .says(text, Family::BarnesNoble, Meaning::NotFound)
        })
}

/// The page's own number: where no other book is named, best place first. The table of the
/// details comes last, since series have tables too.
fn numbers(look: &Look<'_>, data: &Data) -> Found {
    let fields = ["pEAN", "productSkuIdPdp", "productSkuId"];
    let fields = fields
        .iter()
        .filter_map(|id| Some((*id, look.tree.id(id)?.attr("value")?)));
    let metas = ["book:isbn", "product:retailer_item_id"];
    let metas = metas
        .iter()
        .filter_map(|name| Some((*name, look.tree.page_meta(name)?)));
    let mut found = Found::default();
    for (name, number) in fields.chain(metas) {
        if found.isbns.is_empty() {
            found.add_number(name, number);
        }
    }
    let asked = look.page.address;
    let asked =
        asked.filter(|address| !is_as_asked(look, address) && !is_of_another(look, data, address));
    for address in look.tree.canonical().into_iter().chain(asked) {
        if found.isbns.is_empty() && address.contains("ean=") {
            found.add_address(address);
        }
    }
    if found.isbns.is_empty() {
        add_image(&mut found, look);
    }
    if found.isbns.is_empty() {
        found = generic::of_details(look.tree, &["tr"], &["isbn"]);
    }
    found
}

/// The number in the name of the cover.
fn add_image(found: &mut Found, look: &Look<'_>) {
    if let Some(image) = look.tree.meta("og:image")
        && let Some((_, file)) = image.split_once("/pimages/")
    {
        found.add_isbn(file.split(['_', '.', '/']).next().unwrap_or_default());
    }
}

/// What was asked for at that address is not what came: the page's cover and data name books, and none
/// of them is the one that the address names.
fn is_of_another(look: &Look<'_>, data: &Data, address: &str) -> bool {
    let (mut asked, mut named) = (Found::default(), Found::default());
    asked.add_address(address);
    add_image(&mut named, look);
    let products = data.all().into_iter().flatten();
    for isbn in products
        .filter(|product| product.place != Place::Mentioned)
        .flat_map(Product::all_isbns)
    {
        named.add_isbn(isbn.as_str());
    }
    let is_named = |isbn| named.isbns.contains(isbn);
    !named.isbns.is_empty() && !asked.isbns.iter().any(is_named)
}

/// What the visible page says: words first, then the button.
fn from_page(look: &mut Look<'_>) -> Option<Reading> {
    let area = product_area(look)?;
    let mut forms = elements(area).filter(|one| is_tag(*one, "form"));
    if forms.any(|form| is_for_another(form, look)) {
        let rule = "bn/form-of-another";
        let words = text_of(area);
        return Some(Reading::unread(UnreadReason::NoEvidence, rule, &words));
    }
    let button = button(look, area);
    let label = button.as_ref().map(|button| button.label.as_str());
    look.trace
        .look("bn/button", "the product's cart form", label);
    let text = text_without(area, is_aside);
    let hit = look.wording.state(&text, Family::BarnesNoble);
    let words = hit.map(|hit| around(&text, hit.start));
    look.trace
        .look("bn/words", "the product's area", words.as_deref());
    let phrase = hit.map(|hit| hit.described());
    look.trace
        .look("bn/phrase", "the phrases we know", phrase.as_deref());
    let said = hit.map(|hit| hit.meaning());
    if let (Some(Meaning::NotShippedHere), Some(words)) = (said, &words) {
        let rule = "bn/not-shipped-here";
        return Some(Reading::unread(UnreadReason::NotOfferedHere, rule, words));
    }
    if said == Some(Meaning::ChooseVariant) || is_choice_open(area) {
        let rule = "bn/choose-variant";
        let seen = words.or(button.map(|button| button.label));
        let seen = seen.unwrap_or_default();
        look.trace.saw(rule, ".product__option, the words", &seen);
        return Some(Reading::unread(UnreadReason::NoEvidence, rule, &seen));
    }
    let (state, rule) = decide(said, button.as_ref().map(|button| button.meaning))?;
    // Where the page was cut off, its button may be missing.
    if rule == "bn/announced" && button.is_none() && !look.is_whole() {
        let words = words.unwrap_or_default();
        let rule = "bn/cut-off";
        return Some(Reading::unread(UnreadReason::NoEvidence, rule, &words));
    }
    let spoken_by_button = rule.ends_with("-button");
    let evidence = match (spoken_by_button, label, words) {
        (true, Some(label), Some(words)) => format!("{label} · {words}"),
        (true, Some(label), None) => label.to_owned(),
        (_, label, words) => words.or(label.map(str::to_owned)).unwrap_or_default(),
    };
    let place = button.map_or("the product's area", |button| button.place);
    look.trace.saw(rule, place, &evidence);
    let Some(state) = state else {
        return Some(Reading::unread(UnreadReason::NoEvidence, rule, &evidence));
    };
    let mut says = Says::new(state, rule, &evidence, place);
    if !(spoken_by_button || hit.is_none_or(|hit| hit.is_verified())) {
        says.confidence = Confidence::Likely;
    }
    Some(Reading::Says(Box::new(says)))
}

/// The area offers formats to choose from (`.product__option`, `aria-checked`), and none is chosen.
fn is_choice_open(area: ElementRef<'_>) -> bool {
    let mut options = elements(area)
        .filter(|element| has_class(*element, "product__option") && !is_hidden(*element))
        .filter_map(|element| element.attr("aria-checked"))
        .peekable();
    options.peek().is_some() && !options.any(|checked| checked == "true")
}

/// What words and button say together; no state where they contradict each other.
fn decide(
    words: Option<Meaning>,
    button: Option<Meaning>,
) -> Option<(Option<Availability>, &'static str)> {
    let orders = button.is_some_and(|button| button != Meaning::NotifyMe);
    let (state, rule) = match (words, button) {
        (Some(Meaning::OutOfStock | Meaning::Discontinued), _) if orders => {
            return Some((None, "bn/contradiction"));
        }
        (Some(Meaning::OutOfStock), _) => (Availability::OutOfStock, "bn/out-of-stock"),
        (Some(Meaning::Discontinued), _) => (Availability::Discontinued, "bn/discontinued"),
        (Some(Meaning::OtherSellers), _) if !orders => {
            (Availability::ThirdPartyOnly, "bn/marketplace-only")
        }
        (_, Some(Meaning::PreOrderButton)) => (Availability::PreOrder, "bn/pre-order-button"),
        (Some(Meaning::PreOrder | Meaning::NotYetPublished), _) if orders => {
            (Availability::PreOrder, "bn/will-be-released")
        }
        (Some(Meaning::PreOrder | Meaning::NotYetPublished), _) => {
            (Availability::Announced, "bn/announced")
        }
        (Some(Meaning::BackOrder), _) if orders => {
            (Availability::BackOrder, "bn/scheduled-to-ship")
        }
        (Some(Meaning::RestockDate), _) if orders => (Availability::BackOrder, "bn/restock-date"),
        (Some(Meaning::ShipsLater), _) if orders => (Availability::ShipsLater, "bn/ships-later"),
        (_, Some(Meaning::NotifyMe)) => (Availability::OutOfStock, "bn/notify-me-button"),
        (_, Some(_)) => (Availability::InStock, "bn/add-to-cart-button"),
        (_, None) => return None,
    };
    Some((Some(state), rule))
}

/// A phrase with some of the text around it.
fn around(text: &str, start: usize) -> String {
    let same = plain(text);
    let text = if same.len() == text.len() {
        text
    } else {
        &same
    };
    text.get(start..).unwrap_or(text).chars().take(90).collect()
}

/// The part of the page that sells the product: the old template's zone, or the smallest part of
/// the new one that holds both the title and the cart form.
fn product_area<'a>(look: &Look<'a>) -> Option<ElementRef<'a>> {
    let old = ["commerce-zone", "prodPromo"]
        .iter()
        .find_map(|id| look.tree.id(id));
    if old.is_some() {
        return old;
    }
    let heading = look
        .tree
        .find(|element| has_class(element, "product__title"))
        .or_else(|| look.tree.find(|element| is_tag(element, "h1")))?;
    let form = look.tree.find(is_cart_form);
    let prices = || {
        look.tree
            .find(|element| has_class(element, "product__prices"))
    };
    let other = form.or_else(prices)?;
    ancestry(heading)
        .find(|ancestor| ancestry(other).any(|above| above.id() == ancestor.id()))
        .filter(|area| !matches!(area.value().name(), "html" | "body"))
}

fn is_cart_form(element: ElementRef<'_>) -> bool {
    is_tag(element, "form")
        && element
            .attr("action")
            .is_some_and(|action| action.starts_with("/cart"))
        && !is_aside(element)
        && !ancestry(element).any(is_aside)
        && !is_hidden(element)
}

fn is_aside(element: ElementRef<'_>) -> bool {
    let marks = element.value().classes().chain(element.attr("id"));
    let mut marks = marks.map(str::to_ascii_lowercase);
    is_tag(element, "footer") || marks.any(|mark| ASIDE.iter().any(|aside| mark.contains(aside)))
}

/// The first button of the product's area whose label we know and that is enabled. A disabled one
/// counts when its label refuses an order.
fn button(look: &mut Look<'_>, area: ElementRef<'_>) -> Option<Button> {
    for element in elements(area) {
        let old = is_tag(element, "input") && has_class(element, "btn-addtocart");
        let new = is_tag(element, "button")
            && ancestry(element).any(is_cart_form)
            && element.attr("type").is_none_or(|kind| kind == "submit");
        if !(old || new) || is_pickup(element) || is_hidden(element) {
            continue;
        }
        let label = label_of(element);
        let meanings = [
            Meaning::PreOrderButton,
            Meaning::NotifyMe,
            Meaning::AddToCart,
        ];
        let hit = look.wording.find(&label, Family::BarnesNoble, &meanings);
        let disabled = is_disabled(element) || has_class(element, "disabled");
        let Some(hit) = hit else { continue };
        if disabled && hit.meaning() != Meaning::NotifyMe {
            look.trace.saw("bn/button", "a disabled button", &label);
            continue;
        }
        let place = if old {
            "input.btn-addtocart"
        } else {
            "form[action='/cart'] button"
        };
        return Some(Button {
            label,
            meaning: hit.meaning(),
            place,
        });
    }
    None
}

/// "Unavailable for Pickup" is about a shop around the corner, not about delivery.
fn is_pickup(element: ElementRef<'_>) -> bool {
    element.attr("id") == Some("openReserveModal")
        || has_class(element, "btn-pick-up")
        || ancestry(element).any(|ancestor| {
            has_class(ancestor, "product-bropis") || has_class(ancestor, "ip--formcont")
        })
}

/// Controls win over data, but a disagreement is worth knowing.
fn note_disagreement(says: &mut Says, data: Option<&Reading>, look: &mut Look<'_>) {
    let Some(state) = data.and_then(Reading::availability) else {
        return;
    };
    if state != says.availability {
        says.confidence = Confidence::Likely;
        look.trace.saw(
            "bn/disagreement",
            "JSON-LD beside the page",
            &format!(
                "the data says {}, the page {}",
                state.word(),
                says.availability.word()
            ),
        );
    }
}

fn particulars(says: &mut Says, look: &Look<'_>, spoken: &[&Spoken<'_>], whose: &Whose) {
    if says.availability != Availability::OutOfStock && !whose.by_part {
        let shown = look.tree.id("pdp-cur-price").or_else(|| {
            look.tree
                .find(|element| has_class(element, "product-price"))
        });
        says.price = shown.and_then(|element| first_price(&text_of(element), "USD"));
    }
    if says.availability != Availability::OutOfStock {
        says.seller = Some("Barnes & Noble".to_owned());
    }
    says.title = look
        .tree
        .find(|element| {
            has_class(element, "product__title") || has_class(element, "pdp-header-title")
        })
        .map(text_of);
    says.cover = look
        .tree
        .id("pdpMainImage")
        .and_then(|image| image.attr("src"))
        .map(|address| match address.strip_prefix("//") {
            Some(rest) => format!("https://{rest}"),
            None => address.to_owned(),
        });
    generic::complete(says, look, spoken, &whose.found);
}
