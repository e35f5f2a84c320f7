//! How deeply a piece of HTML nests, before a tree is built of it.
//!
//! Tree builders walk their open elements at every tag, and reopen formatting elements that were
//! left open in every new block: their steps, and their nodes, grow with the square of what is
//! open. So that is counted first, and never too low: an end tag closes an element here only when
//! it certainly does in the tree.

use super::tags::{Piece, Pieces, Tag};

/// Elements whose end tag may be left out; another of the kind closes them, so they add at most a
/// level to each of the others.
const LOOSE: &[&str] = &[
    "html", "head", "body", "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot",
    "caption", "colgroup", "option", "optgroup", "rp", "rt",
];

/// Elements that are reopened in the next block when they were left open.
const FORMATTING: &[&str] = &[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// Elements beyond which an end tag closes nothing.
const WALLS: &[&str] = &["table", "button", "object", "marquee", "applet", "select"];

/// So many elements within each other are enough to know: to go on would take steps that grow with
/// the square of them.
const ENOUGH_LEVELS: usize = 512;

/// So many elements are enough to know.
const ENOUGH_ELEMENTS: usize = 100_000;

/// What is open at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nesting {
    /// Elements within each other.
    pub levels: usize,
    /// Formatting elements that are open at one time.
    pub formatting: usize,
    /// Elements, all together.
    pub elements: usize,
    /// Attributes of one element; never fewer than there are.
    pub attributes: usize,
}

/// Counts what is open, tag by tag, as far as it takes to know that it is too much.
#[derive(Debug, Default)]
pub struct Gauge<'h> {
    open: Vec<&'h str>,
    formatting: usize,
    most: Nesting,
}

impl<'h> Gauge<'h> {
    /// What was open at most so far.
    pub fn most(&self) -> Nesting {
        self.most
    }

    /// Counts a tag.
    pub fn see(&mut self, tag: &Tag<'h>) {
        if self.most.levels > ENOUGH_LEVELS || self.most.elements > ENOUGH_ELEMENTS {
            return;
        }
        if tag.closes {
            close(&mut self.open, tag.name, &mut self.formatting);
            return;
        }
        self.most.elements += 1;
        self.most.attributes = self.most.attributes.max(tag.attribute_count);
        if tag.is_void() || tag.is_one_of(LOOSE) {
            return;
        }
        self.open.push(tag.name);
        self.formatting += usize::from(tag.is_one_of(FORMATTING));
        self.most.levels = self.most.levels.max(self.open.len());
        self.most.formatting = self.most.formatting.max(self.formatting);
    }
}

/// Measures a piece of HTML.
pub fn nesting(html: &str) -> Nesting {
    let mut gauge = Gauge::default();
    for piece in Pieces::of(html) {
        if let Piece::Tag(tag) = piece {
            gauge.see(&tag);
        }
    }
    gauge.most()
}

fn is(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Closes the innermost open element of that name, unless a wall stands before it.
fn close(open: &mut Vec<&str>, name: &str, formatting: &mut usize) {
    for (index, element) in open.iter().enumerate().rev() {
        if element.eq_ignore_ascii_case(name) {
            for closed in open.drain(index..) {
                // What an outer end tag closes stays to be reopened, if it is formatting.
                let stays = is(FORMATTING, closed) && !closed.eq_ignore_ascii_case(name);
                *formatting -= usize::from(is(FORMATTING, closed) && !stays);
            }
            return;
        }
        if is(WALLS, element) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, levels: usize, formatting: usize) {
        let found = nesting(html);
        assert_eq!(
            (found.levels, found.formatting),
            (levels, formatting),
            "{html}"
        );
    }

    #[test]
    fn attributes_are_never_counted_too_few() {
        for (html, least, elements) in [
            ("<a>", 0, 1),
            ("<div id=a class='b c' hidden><br/></div>", 3, 2),
            ("<p a='1'b=\"2\"c/d/e f = g>x</p>", 6, 1),
            ("<title><b x></title><i y>", 1, 2),
            ("</p a b c>", 0, 0),
        ] {
            let found = nesting(html);
            assert!(found.attributes >= least, "{html}: {found:?}");
            assert!(found.attributes <= least + 1, "{html}: {found:?}");
            assert_eq!(found.elements, elements, "{html}");
        }
    }

    #[test]
    fn what_is_open_is_counted() {
        check("<div><p>x<div></div></div><div></div>", 2, 0);
        check("<div><b>x</b><b>y</b></div>", 2, 1);
        check("<img><br><input><ul><li>x<li>y</ul>", 1, 0);
        check("<div title='</div>'><div title=\"<b><b>\">", 2, 0);
        check("", 0, 0);
        check("a < b <3 </ <!doctype html>", 0, 0);
    }

    #[test]
    fn what_is_too_much_is_not_measured_to_its_end() {
        let deep = format!("{}{}", "<div>".repeat(100_000), "</x>".repeat(100_000));
        assert_eq!(nesting(&deep).levels, ENOUGH_LEVELS + 1);
        let wide = "<br><i></i>".repeat(1_000_000);
        assert_eq!(nesting(&wide).elements, ENOUGH_ELEMENTS + 1);
    }

    #[test]
    fn end_tags_that_close_nothing_do_not_count() {
        check(&"<p><b></x>".repeat(9), 9, 9);
        check(
            &"<div><table><tr><td></div></td></tr></table>".repeat(9),
            10,
            0,
        );
        check(&"<div><textarea></div></textarea>".repeat(9), 10, 0);
        check(&"<div><b></div>".repeat(9), 2, 9);
        check("<div a=\"", 0, 0);
    }
}
