//! Which part of the page sells new copies, and which does not count.

use scraper::ElementRef;

use crate::page::dom::{
    Tree, ancestry, begins_with_one_of, elements, has_class, is_hidden, text_of, text_without,
};

/// The buy boxes of all layouts, newest first.
const BOXES: &[&str] = &[
    "desktop_buybox",
    "mobile_buybox_feature_div",
    "mobile_buybox",
    "buybox",
    "combinedBuyBox",
    "buybox_feature_div",
    "handleBuy",
    "buy-box-button-section",
    // Old pages for phones have no box around the form, which every layout has: saved pages of
    // amazon.com, 2013 to 2026.
    "addToCart",
];

/// Beginnings of the ids of rows and tabs that do not sell new copies for delivery: used copies,
/// rentals, subscriptions, trade-in, collection in a shop.
const ASIDE: &[&str] = &[
    "usedAccordionRow",
    "usedOnlyBuybox",
    "usedBuySection",
    "usedbuyBox",
    "used_buybox",
    "usedbuybox",
    "rentAccordionRow",
    "rentBuySection",
    "rentBuybox",
    "snsAccordionRow",
    "sns_",
    "tradeIn",
    "tradein",
    "tab_desktop_buybox_group_2",
    "tab_desktop_buybox_group_3",
    "pickupAccordionRow",
];

/// The buy box, and what in it counts.
pub(super) struct Zones<'a> {
    root: ElementRef<'a>,
    name: &'static str,
}

impl<'a> Zones<'a> {
    /// The page's buy box: the first known one that holds anything.
    pub(super) fn of(tree: &Tree<'a>) -> Option<Self> {
        BOXES.iter().find_map(|name| {
            let root = tree.id(name)?;
            let holds = elements(root)
                .skip(1)
                .any(|element| matches!(element.value().name(), "input" | "button" | "a"));
            (holds || !text_of(root).is_empty()).then_some(Self { root, name })
        })
    }

    /// The id of the buy box.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Every element of the buy box, in document order.
    pub(super) fn elements(&self) -> impl Iterator<Item = ElementRef<'a>> + use<'a> {
        elements(self.root)
    }

    /// What the box says, without the rows and tabs that do not sell new copies.
    pub(super) fn text(&self) -> String {
        text_without(self.root, is_aside_itself)
    }

    /// The elements of that id that sell new copies and show: those within the buy box first.
    pub(super) fn of_new_copies<'t>(
        &self,
        tree: &'t Tree<'a>,
        id: &str,
    ) -> impl Iterator<Item = ElementRef<'a>> + use<'a, 't> {
        let root = self.root.id();
        let inside = move |element: &ElementRef<'a>| {
            ancestry(*element).any(|ancestor| ancestor.id() == root)
        };
        let all = tree.ids(id);
        let counts = |element: &ElementRef<'a>| !is_aside(*element) && !is_hidden(*element);
        all.iter()
            .copied()
            .filter(move |element| inside(element))
            .chain(all.iter().copied().filter(move |element| !inside(element)))
            .filter(counts)
    }

    /// The first element of that id in the buy box that shows, used copies or not.
    pub(super) fn visible(&self, tree: &Tree<'a>, id: &str) -> Option<ElementRef<'a>> {
        tree.ids(id)
            .iter()
            .copied()
            .find(|element| !is_hidden(*element) && self.contains(*element))
    }

    fn contains(&self, element: ElementRef<'a>) -> bool {
        ancestry(element).any(|ancestor| ancestor.id() == self.root.id())
    }

    /// The words of the layout of 2013, which had classes instead of an id. The same classes stand
    /// beside bundles further down, outside of the form.
    pub(super) fn words_of_2013(&self) -> Option<String> {
        if self.name != "handleBuy" {
            return None;
        }
        self.words_element_of_2013()
            .map(text_of)
            .filter(|text| !text.is_empty())
    }

    /// The element with the words of the layout of 2013.
    pub(super) fn words_element_of_2013(&self) -> Option<ElementRef<'a>> {
        self.elements().find(|element| {
            ["availGreen", "availOrange", "availRed"]
                .iter()
                .any(|class| has_class(*element, class))
                && !is_aside(*element)
                && !is_hidden(*element)
        })
    }
}

/// The element stands in a row or tab that does not sell new copies.
pub(super) fn is_aside(element: ElementRef<'_>) -> bool {
    ancestry(element).any(is_aside_itself)
}

fn is_aside_itself(element: ElementRef<'_>) -> bool {
    element
        .attr("id")
        .is_some_and(|id| begins_with_one_of(id, ASIDE))
}
