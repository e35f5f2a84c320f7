//! The buttons that order a new copy.

use scraper::ElementRef;

use super::super::Look;
use super::selector;
use super::zones::{Zones, is_aside};
use crate::book::Family;
use crate::page::dom::{
    ancestry, collapse, elements, has_class, is_disabled, is_hidden, is_tag, text_of,
};
use crate::page::wording::Meaning;

/// A control that takes an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Control {
    /// Which it is, by id or name.
    pub(super) place: &'static str,
    /// What it says.
    pub(super) label: String,
    /// It orders a book that is not yet out.
    pub(super) pre_order: bool,
    /// Its label is one that we know.
    pub(super) known_label: bool,
    /// It orders an ebook, for which the page says no more than that.
    pub(super) is_digital: bool,
}

/// Ids of the controls, over the years.
const IDS: &[&str] = &[
    "add-to-cart-button",
    "preorder-button",
    "placePreOrderButton",
    "buy-now-button",
    "one-click-button",
    "bb_atc_button",
];

/// Names of the controls, over the years.
const NAMES: &[&str] = &[
    "submit.add-to-cart",
    "submit.preorder",
    "submit.pre-order",
    "submit.preorder-update",
    "submit.buy-now",
    "submit.one-click-order.x",
];

/// The most controls that are looked at; a real buy box has about five.
const MOST_CONTROLS: usize = 40;

/// The first control of the buy box that is enabled, shows, and orders a new copy.
pub(super) fn ordering(look: &mut Look<'_>, zones: &Zones<'_>) -> Option<Control> {
    let mut first: Option<Control> = None;
    let mut looked_at = 0;
    for element in zones.elements() {
        let Some(place) = place(element).or_else(|| place_of_2014(element, look)) else {
            continue;
        };
        looked_at += 1;
        if looked_at > MOST_CONTROLS {
            break;
        }
        if let Some(why) = why_not(element) {
            look.trace.saw("amazon/control", &selector(place), why);
            continue;
        }
        let control = control(element, place, look);
        look.trace
            .saw("amazon/control", &selector(place), &control.label);
        // Any of the buttons may be the one that says "pre-order".
        if control.pre_order {
            return Some(control);
        }
        first.get_or_insert(control);
    }
    if first.is_none() {
        look.trace
            .nothing("amazon/control", "the buttons that order a new copy");
    }
    first
}

fn place(element: ElementRef<'_>) -> Option<&'static str> {
    if !matches!(element.value().name(), "input" | "button" | "a" | "span") {
        return None;
    }
    let by_id = element
        .attr("id")
        .and_then(|id| IDS.iter().find(|known| **known == id));
    let by_name = || {
        let name = element.attr("name")?;
        NAMES.iter().find(|known| **known == name)
    };
    by_id.or_else(by_name).copied()
}

/// The light pages of 2014 had a plain button in a form, told by its label alone.
fn place_of_2014(element: ElementRef<'_>, look: &Look<'_>) -> Option<&'static str> {
    if !is_tag(element, "button") {
        return None;
    }
    let in_form = ancestry(element)
        .any(|ancestor| is_tag(ancestor, "form") && ancestor.attr("id") == Some("addToCart"));
    let known = look
        .wording
        .find(
            &text_of(element),
            Family::Amazon,
            &[Meaning::AddToCart, Meaning::PreOrderButton],
        )
        .is_some();
    (in_form && known).then_some("buy-box-button-section")
}

/// Why a control does not count.
fn why_not(element: ElementRef<'_>) -> Option<&'static str> {
    if is_aside(element) {
        return Some("not for new copies");
    }
    if is_hidden(element) {
        return Some("hidden");
    }
    let disabled = is_disabled(element)
        || ancestry(element).any(|ancestor| has_class(ancestor, "a-button-disabled"));
    if disabled {
        return Some("disabled");
    }
    has_no_offer(element).then_some("without an offer behind it")
}

/// The form around the control names no offer: a page on which a variant must be chosen first.
fn has_no_offer(element: ElementRef<'_>) -> bool {
    let Some(form) = ancestry(element).find(|ancestor| is_tag(*ancestor, "form")) else {
        return false;
    };
    elements(form)
        .find(|input| input.attr("id") == Some("offerListingID"))
        .and_then(|input| input.attr("value"))
        .is_some_and(|value| value.trim().is_empty())
}

fn control(element: ElementRef<'_>, place: &'static str, look: &Look<'_>) -> Control {
    let labels = labels(element);
    let says = |meaning| {
        labels
            .iter()
            .any(|label| look.wording.says(label, Family::Amazon, meaning))
    };
    let styled = ancestry(element)
        .take(4)
        .any(|ancestor| has_class(ancestor, "a-button-preorder"));
    let named =
        place.contains("reorder") || place.contains("pre-order") || place.contains("PreOrder");
    let pre_order = styled || named || says(Meaning::PreOrderButton);
    Control {
        place,
        pre_order,
        known_label: pre_order || says(Meaning::AddToCart) || says(Meaning::BuyNow),
        is_digital: place == "one-click-button" || place == "submit.one-click-order.x",
        label: labels.into_iter().next().unwrap_or_default(),
    }
}

/// What a control says to people and to their helpers, the visible text first.
fn labels(element: ElementRef<'_>) -> Vec<String> {
    let beside = ancestry(element)
        .take(4)
        .find(|ancestor| has_class(*ancestor, "a-button"))
        .and_then(|button| elements(button).find(|part| has_class(*part, "a-button-text")))
        .map(text_of);
    let own = text_of(element);
    let attributes = ["value", "alt", "title", "aria-label"]
        .iter()
        .filter_map(|name| element.attr(name))
        .map(collapse);
    beside
        .into_iter()
        .chain(std::iter::once(own))
        .chain(attributes)
        .filter(|label| !label.is_empty())
        .collect()
}
