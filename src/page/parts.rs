//! Which elements of a page a reader names, in a form that a single tag decides.
//!
//! Parts are written as CSS selectors. Whether an element matches one may depend on the elements
//! around it, which a pass over the tags does not know; so a part is everything that *may* match:
//! of `#product .purchase > form` the pass keeps `#product`, and the tree decides. What cannot be
//! simplified so keeps the whole body.

use super::tags::Attribute;

/// Selectors, ready to be held against tags.
#[derive(Debug, Default)]
pub struct Parts<'s> {
    /// Elements by their names alone.
    names: Vec<&'s str>,
    /// Elements by their ids alone, sorted.
    ids: Vec<&'s str>,
    others: Vec<Simple<'s>>,
}

/// What one tag must have.
#[derive(Debug, Default, PartialEq, Eq)]
struct Simple<'s> {
    name: Option<&'s str>,
    tests: Vec<Test<'s>>,
}

/// What one attribute must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Test<'s> {
    name: &'s str,
    how: How,
    value: &'s str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Is,
    Begins,
    Ends,
    Holds,
    HoldsWord,
    /// It is there, whatever it is: also for forms that need not be told apart.
    IsThere,
}

impl<'s> Parts<'s> {
    /// Makes CSS selectors ready.
    pub fn of(selectors: &[&'s str]) -> Self {
        let mut parts = Self::default();
        for selector in selectors.iter().flat_map(|list| alternatives(list)) {
            let simple = outermost(selector).unwrap_or(Simple {
                name: Some("body"),
                tests: Vec::new(),
            });
            match (simple.name, simple.tests.as_slice()) {
                (Some(name), []) => parts.names.push(name),
                (None, [test]) if test.name == "id" && test.how == How::Is => {
                    parts.ids.push(test.value);
                }
                _ => parts.others.push(simple),
            }
        }
        parts.ids.sort_unstable();
        parts
    }

    /// An element with that start tag may be one of the parts.
    pub fn may_be(&self, name: &str, attributes: &[Attribute<'_>]) -> bool {
        self.names
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
            || attributes
                .iter()
                .any(|own| own.is("id") && self.ids.binary_search(&own.value).is_ok())
            || self
                .others
                .iter()
                .any(|simple| simple.matches(name, attributes))
    }
}

impl Simple<'_> {
    fn matches(&self, name: &str, attributes: &[Attribute<'_>]) -> bool {
        self.name
            .is_none_or(|known| known.eq_ignore_ascii_case(name))
            && self
                .tests
                .iter()
                .all(|test| attributes.iter().any(|own| test.matches(own)))
    }
}

impl<'s> Test<'s> {
    fn new(name: &'s str, how: How, value: &'s str) -> Self {
        Self { name, how, value }
    }

    /// What stands between `[` and `]`.
    fn of(inside: &'s str) -> Option<Self> {
        let Some((name, value)) = inside.split_once('=') else {
            return Some(Self::new(inside.trim(), How::IsThere, ""));
        };
        let (name, how) = match name.chars().next_back()? {
            '^' => (name.strip_suffix('^')?, How::Begins),
            '$' => (name.strip_suffix('$')?, How::Ends),
            '*' => (name.strip_suffix('*')?, How::Holds),
            '~' => (name.strip_suffix('~')?, How::HoldsWord),
            '|' => (name.strip_suffix('|')?, How::Begins),
            _ => (name, How::Is),
        };
        let value = value.trim();
        let value = match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split_once(quote)?.0,
            _ => value.split_ascii_whitespace().next()?,
        };
        Some(Self::new(name.trim(), how, value))
    }

    /// Case is left out of account: the tree decides where it counts.
    fn matches(&self, own: &Attribute<'_>) -> bool {
        if !own.is(self.name) {
            return false;
        }
        let value = own.plain();
        let (value, sought) = (value.as_bytes(), self.value.as_bytes());
        let mut places = value.windows(sought.len().max(1));
        let at_begin = value.get(..sought.len());
        let at_end = value.len().checked_sub(sought.len()).map(|at| &value[at..]);
        let same = |found: &[u8]| found.eq_ignore_ascii_case(sought);
        match self.how {
            How::Is if self.name == "id" => value == sought,
            How::Is => same(value),
            How::Begins => at_begin.is_some_and(same),
            How::Ends => at_end.is_some_and(same),
            How::Holds => places.any(same),
            How::HoldsWord => value.split(u8::is_ascii_whitespace).any(same),
            How::IsThere => true,
        }
    }
}

/// The selectors of a list, parted by the commas outside of brackets and quotes.
fn alternatives(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = ending(text, |byte| byte == b',');
        rest = end.and_then(|end| text.get(end + 1..));
        text.get(..end.unwrap_or(text.len()))
    })
}

/// Where the first byte for which `is` holds stands, outside of brackets and quotes.
fn ending(text: &str, is: impl Fn(u8) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, byte) if depth == 0 && is(byte) => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[') => depth += 1,
            (None, b')' | b']') => depth = depth.saturating_sub(1),
            (Some(_) | None, _) => {}
        }
    }
    None
}

/// The element that holds all others of a selector; `None` where there is none, or where it has a
/// form that is not understood.
fn outermost(selector: &str) -> Option<Simple<'_>> {
    let selector = selector.trim();
    // A neighbour is not within: only the parent of both holds it.
    if selector.contains('\\')
        || ending(selector, |byte| matches!(byte, b'+' | b'~' | b'|')).is_some()
    {
        return None;
    }
    let end = ending(selector, |byte| byte.is_ascii_whitespace() || byte == b'>');
    let mut rest = selector.get(..end.unwrap_or(selector.len()))?;
    let mut simple = Simple::default();
    let name_end = rest.find(['#', '.', '[', ':']).unwrap_or(rest.len());
    let name = rest.get(..name_end)?;
    simple.name = (!name.is_empty() && name != "*").then_some(name);
    rest = rest.get(name_end..)?;
    while let Some(mark) = rest.chars().next() {
        let after = rest.get(1..)?;
        let is_end = |byte| match mark {
            '[' => byte == b']',
            _ => matches!(byte, b'#' | b'.' | b'[' | b':'),
        };
        let end = ending(after, is_end).unwrap_or(after.len());
        let word = after.get(..end)?;
        match mark {
            '#' => simple.tests.push(Test::new("id", How::Is, word)),
            '.' => simple.tests.push(Test::new("class", How::HoldsWord, word)),
            '[' => simple.tests.push(Test::of(word)?),
            // `:not(…)` and the like take away; without them there is more, never less.
            ':' => {}
            _ => return None,
        }
        rest = after.get(end + usize::from(mark == '[')..)?;
    }
    (simple.name.is_some() || !simple.tests.is_empty()).then_some(simple)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tags::{Piece, Pieces};

    /// The `x` attributes of the tags of `html` that may be one of `selectors`.
    #[track_caller]
    fn check(selectors: &[&str], html: &str, expected: &str) {
        let parts = Parts::of(selectors);
        let mut pieces = Pieces::of(html);
        let mut found = Vec::new();
        while let Some(piece) = pieces.next() {
            let Piece::Tag(tag) = piece else { continue };
            if !tag.closes && parts.may_be(tag.name, pieces.attributes()) {
                let mark = pieces.attributes().iter().find(|own| own.is("x"));
                found.push(mark.map_or("?", |own| own.value));
            }
        }
        assert_eq!(found.join(" "), expected, "{selectors:?}");
    }

    const PAGE: &str = "<body x=0><main x=1><div id=a class='buy Box' x=2><p data-k='one two' x=3>\
                        <meta property=og:url x=4><link REL=Canonical x=5>\
                        <script type='application/ld&#43;json' x=6></script>";

    #[test]
    fn elements_are_found_by_names_ids_classes_and_attributes() {
        check(&["main", "#a"], PAGE, "1 2");
        check(&["#A", "MAIN"], PAGE, "1");
        check(&["div.box", "p[data-k~='two']", "p.buy"], PAGE, "2 3");
        check(&["[property]", "link[rel='canonical']"], PAGE, "4 5");
        check(
            &[
                "[property^=og]",
                "[property$=\"url\"]",
                "[property*=\"g:\"]",
            ],
            PAGE,
            "4",
        );
        check(
            &["[property^=url]", "[property='og']", "[data-k~=on]"],
            PAGE,
            "",
        );
        check(&["script[type*='ld+json']"], PAGE, "6");
    }

    #[test]
    fn of_elements_within_each_other_the_outermost_is_kept() {
        check(&["main > #a"], PAGE, "1");
        check(&["#a p[data-k]"], PAGE, "2");
        check(&["#a, p"], PAGE, "2 3");
        check(&["#a:not(.x, [y=']']):first-child em"], PAGE, "2");
        check(&["div:has(> p).buy"], PAGE, "2");
    }

    #[test]
    fn what_cannot_be_simplified_keeps_the_whole_body() {
        for selector in [
            "main + div",
            "p ~ p",
            "*",
            ":is(#a, p)",
            "",
            "#a\\:b",
            "#a, *",
            "[=]",
            "[a=']",
        ] {
            let parts = Parts::of(&[selector]);
            assert!(parts.may_be("body", &[]), "{selector}");
        }
    }
}
