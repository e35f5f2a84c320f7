//! The document tree, as far as reading needs it: elements by id, their visible text, what hides
//! them.
//!
//! Two traps are shut here once for all readers. `scraper`'s own `text()` yields the text of
//! scripts, so text is gathered here without them. And walking is done in loops, not by recursion,
//! so that a deeply nested page cannot exhaust the stack.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Node};

/// Elements whose content no visitor sees as text of the page.
const MUTE: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "option", "head",
];

/// Text beyond this many bytes is of no use to any rule, and is not gathered.
const LONGEST_TEXT: usize = 64 * 1024;

/// Beginnings of the ids of parts that are about the visitor, not about the book: where to deliver
/// to, wish lists. They stand between the words that matter, and are nobody's business.
pub const ASIDE: &[&str] = &[
    "contextualIngressPt",
    "glow-ingress",
    "unifiedLocation",
    "LUX",
    "wishlistButtonStack",
    "add-to-wishlist",
    "atwl-",
    "swf",
    "ssf-",
    "tell-a-friend",
];

/// A parsed document with its elements by id.
#[derive(Debug)]
pub struct Tree<'a> {
    root: ElementRef<'a>,
    ids: BTreeMap<&'a str, Vec<ElementRef<'a>>>,
}

impl<'a> Tree<'a> {
    /// Indexes a parsed document.
    pub fn new(html: &'a Html) -> Self {
        let root = html.root_element();
        let mut ids: BTreeMap<&'a str, Vec<ElementRef<'a>>> = BTreeMap::new();
        for element in elements(root) {
            if let Some(id) = element.attr("id") {
                ids.entry(id).or_default().push(element);
            }
        }
        Self { root, ids }
    }

    /// The root element.
    pub fn root(&self) -> ElementRef<'a> {
        self.root
    }

    /// The first element of that id, in document order.
    pub fn id(&self, id: &str) -> Option<ElementRef<'a>> {
        self.ids(id).first().copied()
    }

    /// Every element of that id, in document order: stores do repeat them.
    pub fn ids(&self, id: &str) -> &[ElementRef<'a>] {
        self.ids.get(id).map_or(&[], Vec::as_slice)
    }

    /// The first element for which `is` holds, in document order.
    pub fn find(&self, is: impl Fn(ElementRef<'a>) -> bool) -> Option<ElementRef<'a>> {
        elements(self.root).find(|element| is(*element))
    }

    /// The `content` of the first `<meta>` whose `property`, `name` or `itemprop` is `name`.
    pub fn meta(&self, name: &str) -> Option<&'a str> {
        elements(self.root)
            .filter(|element| is_tag(*element, "meta"))
            .find(|element| {
                ["property", "name", "itemprop"].iter().any(|attribute| {
                    element
                        .attr(attribute)
                        .is_some_and(|value| value.eq_ignore_ascii_case(name))
                })
            })
            .and_then(|element| element.attr("content"))
            .map(str::trim)
            .filter(|content| !content.is_empty())
    }

    /// The same, but of the page itself: not of an item on it, as a tile or a review is.
    pub fn page_meta(&self, name: &str) -> Option<&'a str> {
        elements(self.root)
            .filter(|element| is_tag(*element, "meta"))
            .filter(|element| {
                let own = ["property", "name"];
                let named = own.iter().filter_map(|attribute| element.attr(attribute));
                named.into_iter().any(|own| own.eq_ignore_ascii_case(name))
            })
            .filter_map(|element| element.attr("content"))
            .map(str::trim)
            .find(|content| !content.is_empty())
    }

    /// The page's canonical address.
    pub fn canonical(&self) -> Option<&'a str> {
        self.find(|element| {
            is_tag(element, "link")
                && element
                    .attr("rel")
                    .is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"))
        })
        .and_then(|element| element.attr("href"))
        .map(str::trim)
        .filter(|href| !href.is_empty())
    }

    /// The text of the page's `<title>`.
    pub fn title(&self) -> Option<String> {
        let title = self.find(|element| {
            is_tag(element, "title")
                && element
                    .parent()
                    .is_none_or(|parent| !in_svg(parent.value()))
        })?;
        let text = collapse(&title.text().collect::<String>());
        (!text.is_empty()).then_some(text)
    }
}

fn in_svg(node: &Node) -> bool {
    node.as_element()
        .is_some_and(|element| matches!(element.name(), "svg" | "g"))
}

/// An element and all elements within it, in document order.
pub fn elements(root: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    std::iter::once(root).chain(root.descendent_elements())
}

/// The element is a `<name>`.
pub fn is_tag(element: ElementRef<'_>, name: &str) -> bool {
    element.value().name() == name
}

/// The element carries that class, in any case.
pub fn has_class(element: ElementRef<'_>, class: &str) -> bool {
    element
        .value()
        .classes()
        .any(|own| own.eq_ignore_ascii_case(class))
}

/// The element is a control that says of itself that it cannot be used.
pub fn is_disabled(element: ElementRef<'_>) -> bool {
    element.attr("disabled").is_some() || element.attr("aria-disabled") == Some("true")
}

/// What a button says: its value, else its text.
pub fn label_of(element: ElementRef<'_>) -> String {
    let value = element.attr("value");
    value.map_or_else(|| text_of(element), str::to_owned)
}

/// The element itself and its ancestors, from the inside out.
pub fn ancestry(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap))
}

/// The element does not show: by its own attributes, not by those of its ancestors.
pub fn hides(element: ElementRef<'_>) -> bool {
    let value = element.value();
    if value.attr("hidden").is_some()
        || ["aok-hidden", "a-hidden", "hidden", "a-popover-preload"]
            .iter()
            .any(|class| has_class(element, class))
    {
        return true;
    }
    if value.id().is_some_and(|id| begins_with_one_of(id, ASIDE)) {
        return true;
    }
    value.attr("style").is_some_and(|style| {
        let plain: String = style
            .chars()
            .filter(|character| !character.is_whitespace())
            .collect::<String>()
            .to_ascii_lowercase();
        plain.contains("display:none") || plain.contains("visibility:hidden")
    })
}

/// The text begins with one of these. Asked of every id on a page, of which nearly all differ in the
/// first byte; so that is looked at before the rest.
#[inline]
pub fn begins_with_one_of(text: &str, beginnings: &[&str]) -> bool {
    let first = text.as_bytes().first();
    beginnings
        .iter()
        .any(|known| known.as_bytes().first() == first && text.starts_with(known))
}

/// The element or one of its ancestors does not show.
pub fn is_hidden(element: ElementRef<'_>) -> bool {
    ancestry(element).any(|ancestor| hides(ancestor) || is_mute(ancestor))
}

fn is_mute(element: ElementRef<'_>) -> bool {
    MUTE.contains(&element.value().name())
}

/// The visible text within an element, white space collapsed.
pub fn text_of(element: ElementRef<'_>) -> String {
    text_without(element, |_| false)
}

/// The visible text within an element but not within those for which `skip` holds.
///
/// A hidden element is left out with all that is in it, but the element that was asked for is
/// looked into even when it is hidden itself: the caller has decided that.
pub fn text_without<'a>(element: ElementRef<'a>, skip: impl Fn(ElementRef<'a>) -> bool) -> String {
    let mut text = String::new();
    let top = *element;
    let mut next = top.first_child();
    while let Some(node) = next {
        if text.len() > LONGEST_TEXT {
            break;
        }
        let mut inside = false;
        if let Node::Text(piece) = node.value() {
            text.push_str(piece);
        } else if let Some(child) = ElementRef::wrap(node) {
            inside = !hides(child) && !is_mute(child) && !skip(child);
            text.push(' ');
        }
        next = if inside { node.first_child() } else { None };
        let mut left = node;
        while next.is_none() && left.id() != top.id() {
            next = left.next_sibling();
            match left.parent() {
                Some(parent) => left = parent,
                None => break,
            }
            // Leaving an element parts words: "<b>In</b><p>stock".
            if next.is_none() {
                text.push(' ');
            }
        }
    }
    collapse(&text)
}

/// White space of every kind collapsed to single spaces, invisible marks removed.
///
/// Stores put direction marks (U+200E, U+200F) around the colons of their labels and zero-width
/// characters into addresses.
pub fn collapse(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(256));
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() {
            gap = true;
        } else if !is_invisible(character) {
            if gap && !plain.is_empty() {
                plain.push(' ');
            }
            gap = false;
            plain.push(character);
        }
    }
    plain
}

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
    ) || character.is_control()
}

/// The digits of an identifier as people print it: labels, spaces, hyphens and direction marks
/// left out, a final X kept.
pub fn plain_digits(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, 'x' | 'X'))
        .collect()
}

/// At most `limit` characters of a text, with an ellipsis when some were left out.
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(html: &str, expected: &str) {
        let html = Html::parse_document(html);
        let tree = Tree::new(&html);
        assert_eq!(text_of(tree.id("a").unwrap()), expected);
    }

    #[test]
    fn scripts_styles_and_hidden_parts_are_not_text() {
        check_text(
            "<div id=a>In <script>Out of</script><style>x{}</style> <b>\u{a0}Stock</b></div>",
            "In Stock",
        );
        check_text(
            "<div id=a>In stock<p class='x aok-hidden'>Currently unavailable</p></div>",
            "In stock",
        );
        check_text(
            "<div id=a>Yes<i style='Display : NONE'>No</i><noscript>No</noscript></div>",
            "Yes",
        );
    }

    #[test]
    fn text_ends_where_the_element_ends() {
        check_text("<p>before<div id=a><span>in</span></div>after", "in");
        check_text("<div id=a></div><p>after", "");
    }

    #[test]
    fn direction_marks_and_line_breaks_vanish() {
        assert_eq!(
            collapse(" ISBN-13\u{200e}\n :\u{202f}978 "),
            "ISBN-13 : 978"
        );
    }

    #[test]
    fn the_svg_s_title_is_not_the_page_s() {
        let html = Html::parse_document("<body><svg><title>Group 5</title></svg>");
        assert_eq!(Tree::new(&html).title(), None);
    }
}
