//! The page's own buy button and what stands around it, at stores without a reader of their own.
//!
//! Any page may hold buttons of other books: tiles of recommendations, other formats. So a button
//! counts only where it shares a part of the page with the title and stands in no tile or list, and
//! only as long as no other button that counts says otherwise. Words count only between the title
//! and the button, never those of the whole page. What is not sure is unread, and what is said is
//! only likely.

use scraper::ElementRef;

use super::Look;
use super::bookshop::says_out_of_stock;
use crate::book::{Availability, Family};
use crate::page::dom::{
    ancestry, elements, has_class, is_disabled, is_hidden, is_tag, shorten, text_of, text_without,
};
use crate::page::product::isbns_of_value;
use crate::page::wording::Meaning;
use crate::page::{Confidence, Reading, Says, UnreadReason};
use crate::text::money::first_price;

/// Marks (in classes and ids) of parts that are about other books, or about no book.
const ASIDE: &[&str] = &[
    "carousel",
    "recommend",
    "related",
    "review",
    "similar",
    "upsell",
    "cross-sell",
    "slider",
    "swiper",
    "newsletter",
    "recent",
    "wish",
    "bundle",
    "teaser",
    "minicart",
    "drawer",
];

/// The labels that are looked for, refusing ones first.
const LABELS: [Meaning; 5] = [
    Meaning::NotifyMe,
    Meaning::PreOrderButton,
    Meaning::BackOrder,
    Meaning::AddToCart,
    Meaning::BuyNow,
];

/// So many levels around a button are searched for the marks of a tile.
const NEAR: usize = 5;

/// A part of more elements than these is no tile.
const LARGEST_TILE: usize = 200;

/// More buttons with known labels than these are those of a list.
const MOST_BUTTONS: usize = 40;

/// The longest label of a button, in characters.
const LONGEST_LABEL: usize = 48;

/// The longest text in which an offer is looked for, in characters: longer ones hold descriptions.
const LONGEST_WORDS: usize = 400;

/// Something to press whose label we know, and that can be pressed.
struct Button<'a> {
    element: ElementRef<'a>,
    label: String,
    meaning: Meaning,
}

impl Button<'_> {
    fn orders(&self) -> bool {
        self.meaning != Meaning::NotifyMe
    }
}

/// The part in which a page's own button is looked for: what it calls its main part, else all of
/// it. The sieve keeps that where the data of a page says nothing.
pub(super) fn part(body: &str) -> &'static str {
    let has_main = body
        .as_bytes()
        .windows("<main".len())
        .any(|piece| piece.eq_ignore_ascii_case(b"<main"));
    if has_main { "main" } else { "body" }
}

/// What the page's own button says, with the words between the title and it; `None` where there is
/// none.
pub(super) fn after_the_title(look: &mut Look<'_>) -> Option<Reading> {
    let place = "the button after the title";
    let scope = look.tree.find(|element| is_tag(element, "main"));
    let scope = scope.unwrap_or(look.tree.root());
    let title = elements(scope).find(|one| is_tag(*one, "h1") && !is_hidden(*one))?;
    let after = elements(scope).skip_while(|one| one.id() != title.id());
    let mut found: Vec<_> = buttons(look, after).take(MOST_BUTTONS + 1).collect();
    if MOST_BUTTONS < found.len() {
        found.clear();
    }
    found.retain(|button| {
        let shared = shared(title, button.element);
        shared.is_some_and(|part| !is_of_another(look, button.element, part))
    });
    let button = match agreed(look, found, place)? {
        Ok(button) => button,
        Err(unread) => return Some(unread),
    };
    let part = shared(title, button.element)?;
    let text = between(title, part, button.element);
    Some(together(look, Some(&button), &text, place))
}

/// What the buttons and the words of the user's own buy area say.
pub(super) fn in_area(look: &mut Look<'_>, area: ElementRef<'_>, place: &str) -> Option<Reading> {
    let found = buttons(look, elements(area)).take(MOST_BUTTONS).collect();
    let button = match agreed(look, found, place) {
        Some(Err(unread)) => return Some(unread),
        Some(Ok(button)) => Some(button),
        None => None,
    };
    let is_said_by_it = |inner: ElementRef<'_>| button.is_some() && label(inner).is_some();
    let text = text_without(area, is_said_by_it);
    if button.is_none() && look.wording.state(&text, Family::Other).is_none() {
        return None;
    }
    Some(together(look, button.as_ref(), &text, place))
}

/// The visible things to press with a label that we know. One that cannot be pressed counts only
/// where its label refuses.
fn buttons<'a>(
    look: &Look<'a>,
    elements: impl Iterator<Item = ElementRef<'a>>,
) -> impl Iterator<Item = Button<'a>> {
    let wording = look.wording;
    elements.filter_map(move |element| {
        let label = label(element)?;
        let hit = wording.find(&label, Family::Other, &LABELS)?;
        let button = Button {
            element,
            meaning: hit.meaning(),
            label,
        };
        let is_off = is_disabled(element) || has_class(element, "disabled");
        let counts = !(is_off && button.orders());
        (counts && !is_hidden(element)).then_some(button)
    })
}

/// What is written on something to press; `None` where it is nothing to press, or too long.
fn label(element: ElementRef<'_>) -> Option<String> {
    let kind = element.attr("type").unwrap_or_default();
    let is_pressed = match element.value().name() {
        "button" => true,
        "input" => matches!(kind, "submit" | "button"),
        "a" => {
            let marks = element.value().classes();
            let mut marks = marks.map(str::to_ascii_lowercase);
            element.attr("role") == Some("button")
                || marks.any(|mark| mark.contains("btn") || mark.contains("button"))
        }
        _ => false,
    };
    if !is_pressed {
        return None;
    }
    let written = element
        .attr("value")
        .filter(|_| is_tag(element, "input"))
        .map_or_else(|| text_of(element), str::to_owned);
    let label = if written.is_empty() {
        element.attr("aria-label").unwrap_or_default().to_owned()
    } else {
        written
    };
    (label.chars().count() <= LONGEST_LABEL).then_some(label)
}

/// The smallest part of the page that holds both the title and the button; `None` where that is the
/// page itself, in which anything may stand beside anything.
fn shared<'a>(title: ElementRef<'a>, button: ElementRef<'a>) -> Option<ElementRef<'a>> {
    ancestry(button)
        .find(|part| ancestry(title).any(|above| above.id() == part.id()))
        .filter(|part| !matches!(part.value().name(), "html" | "body"))
}

/// The button is that of another book: it stands in a list, in a part for other books, beside a
/// picture that leads elsewhere, or it names another number.
fn is_of_another(look: &Look<'_>, button: ElementRef<'_>, part: ElementRef<'_>) -> bool {
    let around = || {
        ancestry(button)
            .skip(1)
            .take_while(|one| one.id() != part.id())
    };
    let is_apart = around().any(|one| {
        let marks = one.value().classes().chain(one.attr("id"));
        let mut marks = marks.map(str::to_ascii_lowercase);
        matches!(
            one.value().name(),
            "li" | "article" | "aside" | "footer" | "nav" | "td"
        ) || marks.any(|mark| ASIDE.iter().any(|aside| mark.contains(aside)))
    });
    let wanted = look.wanted.isbn.as_ref();
    let names_another = |element: ElementRef<'_>| {
        let attributes = element.value().attrs();
        let mut numbers = attributes.flat_map(|(name, value)| isbns_of_value(name, value));
        numbers.any(|isbn| wanted.is_some_and(|wanted| *wanted != isbn))
    };
    let leads_elsewhere = |element: ElementRef<'_>| {
        is_tag(element, "a")
            && element.attr("href").is_some()
            && elements(element).any(|inner| matches!(inner.value().name(), "img" | "picture"))
    };
    is_apart
        || names_another(button)
        || around().take(NEAR).any(|one| {
            let small = elements(one).count() <= LARGEST_TILE;
            small && elements(one).any(|inner| names_another(inner) || leads_elsewhere(inner))
        })
}

/// The button that speaks: the first, where no other says something else. "Buy now" stands beside
/// any that orders.
fn agreed<'a>(
    look: &mut Look<'_>,
    found: Vec<Button<'a>>,
    place: &str,
) -> Option<Result<Button<'a>, Reading>> {
    let labels: Vec<&str> = found.iter().map(|button| button.label.as_str()).collect();
    let labels = labels.join(" · ");
    let seen = (!found.is_empty()).then_some(labels.as_str());
    look.trace.look("generic/button", place, seen);
    let says = |meaning: Meaning| found.iter().any(|button| button.meaning == meaning);
    let kinds = LABELS.into_iter().filter(|meaning| says(*meaning)).count();
    let is_one = kinds < 2 || kinds == 2 && says(Meaning::BuyNow) && !says(Meaning::NotifyMe);
    if !is_one {
        let rule = "generic/buttons-disagree";
        return Some(Err(Reading::unread(
            UnreadReason::NoEvidence,
            rule,
            &labels,
        )));
    }
    let first = found
        .iter()
        .position(|button| button.meaning != Meaning::BuyNow);
    found.into_iter().nth(first.unwrap_or_default()).map(Ok)
}

/// The words between the title and the button, and directly after it.
fn between(title: ElementRef<'_>, part: ElementRef<'_>, button: ElementRef<'_>) -> String {
    let holds = |child: ElementRef<'_>, inner: ElementRef<'_>| {
        ancestry(inner).any(|above| above.id() == child.id())
    };
    let mut text = String::new();
    let mut left = 1_usize;
    let mut is_after = false;
    for child in part.child_elements() {
        if !is_after && !holds(child, title) && text.is_empty() {
            continue;
        }
        if is_after {
            if left == 0 {
                break;
            }
            left -= 1;
        }
        text.push_str(&text_without(child, |inner| {
            inner.id() == title.id() || label(inner).is_some()
        }));
        text.push(' ');
        is_after = is_after || holds(child, button);
    }
    text.trim().to_owned()
}

/// What button and words say together.
fn together(look: &mut Look<'_>, button: Option<&Button<'_>>, text: &str, place: &str) -> Reading {
    let hit = look.wording.state(text, Family::Other);
    let phrase = hit.map(|hit| hit.described());
    look.trace.look("generic/words", place, phrase.as_deref());
    let said = hit.map(|hit| hit.meaning());
    let is_short = text.chars().count() <= LONGEST_WORDS;
    let words = match (button, said) {
        (None, _) => text.to_owned(),
        (Some(button), Some(_)) if is_short => format!("{} · {text}", button.label),
        (Some(button), Some(_)) => {
            let from = hit.map_or(0, |hit| hit.start);
            let near = text.get(from..).unwrap_or(text);
            format!("{} · {}", button.label, shorten(near, 90))
        }
        (Some(button), None) => button.label.clone(),
    };
    let is_unknown = said.is_none() && says_out_of_stock(text);
    let (state, rule) = match button {
        None => decide_alone(said),
        Some(_) if is_choice_open(button) => {
            (Err(UnreadReason::NoEvidence), "generic/choose-variant")
        }
        Some(_) if is_unknown => (Err(UnreadReason::NoEvidence), "generic/unknown-words"),
        Some(button) if is_short => decide(button.meaning, said),
        // A description may speak of anything, and the words that matter may stand before it.
        Some(button) => match said {
            None | Some(Meaning::InStock | Meaning::LowStock) => decide(button.meaning, None),
            Some(_) => (Err(UnreadReason::NoEvidence), "generic/words-far-off"),
        },
    };
    look.trace.saw(rule, place, &words);
    match state {
        Err(reason) => Reading::unread(reason, rule, &words),
        Ok(state) => {
            let mut says = Says::new(state, rule, &words, place);
            says.confidence = Confidence::Likely;
            if is_short && button.is_some_and(Button::orders) {
                says.price = first_price(text, look.currency);
            }
            Reading::Says(Box::new(says))
        }
    }
}

/// A size, format or edition is still to be chosen in the button's form.
fn is_choice_open(button: Option<&Button<'_>>) -> bool {
    let form = button.and_then(|button| ancestry(button.element).find(|one| is_tag(*one, "form")));
    let choices: Vec<_> = form
        .into_iter()
        .flat_map(elements)
        .filter(|one| one.attr("type") == Some("radio"))
        .collect();
    !choices.is_empty() && choices.iter().all(|one| one.attr("checked").is_none())
}

type Decided = (Result<Availability, UnreadReason>, &'static str);

/// What words without a button mean.
fn decide_alone(words: Option<Meaning>) -> Decided {
    match words {
        Some(Meaning::NotShippedHere) => (
            Err(UnreadReason::NotOfferedHere),
            "generic/not-shipped-here",
        ),
        Some(meaning) => match super::lessons::state_of(meaning) {
            Some(state) => (Ok(state), "generic/words"),
            None => (Err(UnreadReason::NoEvidence), "generic/choose-variant"),
        },
        None => (Err(UnreadReason::NoEvidence), "generic/unknown-words"),
    }
}

/// What a button and words mean. Words that refuse beside a button that orders contradict it.
fn decide(button: Meaning, words: Option<Meaning>) -> Decided {
    let orders = button != Meaning::NotifyMe;
    let unread = Err(UnreadReason::NoEvidence);
    match (button, words) {
        (_, Some(Meaning::NotShippedHere)) => (
            Err(UnreadReason::NotOfferedHere),
            "generic/not-shipped-here",
        ),
        (_, Some(Meaning::ChooseVariant | Meaning::PrimeOnly)) => {
            (unread, "generic/choose-variant")
        }
        (
            _,
            Some(
                Meaning::OutOfStock
                | Meaning::Discontinued
                | Meaning::TemporarilyOut
                | Meaning::OtherSellers,
            ),
        ) if orders => (unread, "generic/contradiction"),
        (Meaning::NotifyMe, Some(Meaning::Discontinued)) => {
            (Ok(Availability::Discontinued), "generic/discontinued")
        }
        (Meaning::NotifyMe, Some(Meaning::PreOrder | Meaning::NotYetPublished)) => {
            (Ok(Availability::Announced), "generic/announced")
        }
        (
            Meaning::NotifyMe,
            None | Some(Meaning::OutOfStock | Meaning::TemporarilyOut | Meaning::OtherSellers),
        ) => (Ok(Availability::OutOfStock), "generic/no-order-button"),
        (Meaning::PreOrderButton, None | Some(Meaning::PreOrder | Meaning::NotYetPublished)) => {
            (Ok(Availability::PreOrder), "generic/pre-order-button")
        }
        // A button for news or for a pre-order beside "in stock": they are about two things.
        (Meaning::NotifyMe | Meaning::PreOrderButton, Some(_)) => (unread, "generic/contradiction"),
        (Meaning::BackOrder, _) => (Ok(Availability::BackOrder), "generic/back-order-button"),
        (_, Some(Meaning::PreOrder | Meaning::NotYetPublished)) => {
            (Ok(Availability::PreOrder), "generic/pre-order-words")
        }
        (_, Some(Meaning::BackOrder | Meaning::RestockDate)) => {
            (Ok(Availability::BackOrder), "generic/back-order-words")
        }
        (_, Some(Meaning::ShipsLater)) => (Ok(Availability::ShipsLater), "generic/ships-later"),
        (_, _) => (Ok(Availability::InStock), "generic/order-button"),
    }
}
