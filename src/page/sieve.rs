//! A pass over the tags of a page that keeps only the parts that a reader names.
//!
//! Building a document tree is where the time of reading goes, and a product page is megabytes of
//! scripts and recommendations around a few kilobytes that matter. The pass finds the named parts,
//! and writes them down without scripts, styles, drawings and what counts clicks. The tree is then
//! built of what is left, which is also the evidence that is worth keeping.

use super::dom::{ASIDE, begins_with_one_of};
use super::nesting::Gauge;
use super::parts::Parts;
use super::tags::{Attribute, Piece, Pieces, Tag};

/// The most bytes of kept parts from which a tree is built. The largest real page keeps a tenth.
pub const MOST_KEPT: usize = 4 * 1024 * 1024;

/// The deepest nesting from which a tree is built. The deepest real page keeps 40 levels.
pub const DEEPEST: usize = 256;

/// The most formatting elements that are open at one time.
const MOST_FORMATTING: usize = 64;

/// The most elements of which a tree is built. The largest real page keeps a tenth.
const MOST_ELEMENTS: usize = 40_000;

/// The most attributes of one element: tree builders compare each with all before it.
const MOST_ATTRIBUTES: usize = 400;

/// Elements without text, lists of quantities, and what shows elsewhere or later.
const CHAFF: &[&str] = &["style", "svg", "noscript", "template", "iframe", "option"];

/// What the type of a script holds that is data.
const DATA: &str = "ld+json";

/// A class of pop-ups.
const POP_UP: &str = "a-popover-preload";

/// Parts of the names of inputs that are about the visit.
const VISIT: &[&str] = &["csrf", "CSRF", "session", "token"];

/// The beginning of the id of a form about the visitor.
const WISHES: &str = "addToWishlist";

/// Beginnings of the names of attributes that count clicks and wire up scripts. They are half of a
/// buy box.
const TRACKING: &[&str] = &[
    "data-csa-",
    "data-feature-name",
    "data-cel-widget",
    "data-a-popover",
    "data-action",
    "onclick",
    "onload",
];

/// What a page is too large or too deep for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsiftable {
    /// The parts alone are larger than any page is.
    #[error("its parts are larger than those of any page ({} kB)", MOST_KEPT / 1024)]
    TooLarge,
    /// The parts are nested deeper than any page is.
    #[error("its parts are nested deeper than {DEEPEST} levels")]
    TooDeep,
}

/// Keeps the parts of a page that one of `selectors` (CSS) may select, in document order, whole
/// and without chaff.
///
/// # Errors
///
/// [`Unsiftable`] when a tree of the parts would be too large or too deep.
pub fn sieve(body: &str, selectors: &[&str]) -> Result<String, Unsiftable> {
    let parts = Parts::of(selectors);
    let mut pieces = Pieces::of(body);
    let mut kept = Kept::default();
    while let Some(piece) = pieces.next() {
        if let Piece::Tag(tag) = piece
            && !tag.closes
            && parts.may_be(tag.name, pieces.attributes())
            && !(pieces.is_in_drawing() && tag.is("title"))
        {
            keep(&mut pieces, body, &tag, &mut kept);
            kept.text("\n");
            kept.bounds()?;
        }
    }
    Ok(kept.html)
}

/// Keeps an element, from its start tag to its end tag or the end of the page.
fn keep<'h>(pieces: &mut Pieces<'h>, body: &str, part: &Tag<'h>, kept: &mut Kept<'h>) {
    kept.tag(body, part, pieces.attributes());
    let mut open = usize::from(!part.is_void());
    let mut chaff: Option<Chaff<'_>> = None;
    while open > 0 && kept.bounds().is_ok() {
        let Some(piece) = pieces.next() else { return };
        let tag = match piece {
            Piece::Tag(tag) => tag,
            Piece::Text(text) => {
                if chaff.is_none() {
                    kept.text(text);
                }
                continue;
            }
        };
        if tag.is(part.name) {
            open = if tag.closes { open - 1 } else { open + 1 };
        }
        // Where the part ends, so does what was left open in it.
        if open > 0 {
            if let Some(around) = &mut chaff {
                match around.fate_at(&tag, pieces) {
                    Fate::Within => continue,
                    Fate::Last => {
                        chaff = None;
                        continue;
                    }
                    Fate::Over => chaff = None,
                }
            }
            if is_chaff(&tag, pieces.attributes()) {
                let is_alone = tag.is_void() || tag.is_self_closing && tag.is("svg");
                chaff = (!is_alone).then_some(Chaff {
                    name: tag.name,
                    open: 1,
                });
                continue;
            }
        }
        kept.tag(body, &tag, pieces.attributes());
    }
}

/// An element that is left out, while it is open.
struct Chaff<'h> {
    name: &'h str,
    /// How many elements of its name are open.
    open: usize,
}

/// What a tag is to the chaff that is open before it.
enum Fate {
    /// It is left out too.
    Within,
    /// It is the last that is left out.
    Last,
    /// The chaff ended before it.
    Over,
}

impl Chaff<'_> {
    fn fate_at(&mut self, tag: &Tag<'_>, pieces: &Pieces<'_>) -> Fate {
        let is_same = tag.is(self.name);
        if self.name.eq_ignore_ascii_case("option") {
            // Their end tags may be left out, and they hold nothing but text.
            return match (is_same, tag.closes) {
                (true, true) => Fate::Last,
                (true, false) => Fate::Within,
                (false, _) => Fate::Over,
            };
        }
        if is_same && tag.closes {
            self.open -= 1;
        } else if is_same {
            self.open += 1;
        } else if self.name.eq_ignore_ascii_case("svg") && !pieces.is_in_drawing() {
            // What cannot be drawn ended it.
            return Fate::Over;
        }
        if self.open == 0 {
            Fate::Last
        } else {
            Fate::Within
        }
    }
}

/// Whether an element is left out: what is no text, lists of quantities, pop-ups, and what is
/// about the visitor rather than the book.
fn is_chaff(tag: &Tag<'_>, attributes: &[Attribute<'_>]) -> bool {
    if tag.closes {
        return false;
    }
    if tag.is("script") {
        return !attributes
            .iter()
            .any(|own| own.is("type") && own.plain().contains(DATA));
    }
    tag.is_one_of(CHAFF)
        || attributes.iter().any(|own| {
            let value = own.value;
            (own.is("id") && begins_with_one_of(value, ASIDE))
                || (own.is("class") && value.split_ascii_whitespace().any(|word| word == POP_UP))
                || (own.is("name")
                    && tag.is("input")
                    && VISIT.iter().any(|word| value.contains(word)))
                || (own.is("id") && tag.is("form") && value.starts_with(WISHES))
        })
}

/// What is kept of a page.
#[derive(Default)]
struct Kept<'h> {
    html: String,
    /// White space came last, or nothing yet.
    after_space: bool,
    gauge: Gauge<'h>,
}

impl<'h> Kept<'h> {
    /// Runs of white space become single characters: pages that passed through an editor are
    /// mostly indentation.
    fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut from = 0;
        let mut at = 0;
        // Slices end beside white space, which is one byte: in UTF-8 no other character holds it.
        while let Some(byte) = bytes.get(at) {
            let is_space = byte.is_ascii_whitespace();
            if is_space && self.after_space {
                self.html.push_str(text.get(from..at).unwrap_or_default());
                let rest = bytes.get(at..).unwrap_or_default();
                let run = rest.iter().position(|byte| !byte.is_ascii_whitespace());
                at += run.unwrap_or(rest.len());
                from = at;
                self.after_space = at == bytes.len();
            } else {
                at += 1;
                self.after_space = is_space;
            }
        }
        self.html.push_str(text.get(from..).unwrap_or_default());
    }

    /// A tag without what counts clicks and wires up scripts.
    fn tag(&mut self, body: &str, tag: &Tag<'h>, attributes: &[Attribute<'h>]) {
        let mut from = tag.range.start;
        let is_tracking = |own: &&Attribute<'_>| begins_with_one_of(own.name, TRACKING);
        for attribute in attributes.iter().filter(is_tracking) {
            self.text(body.get(from..attribute.start).unwrap_or_default());
            from = attribute.end;
        }
        self.text(body.get(from..tag.range.end).unwrap_or_default());
        self.gauge.see(tag);
    }

    /// A tree can be built of it.
    fn bounds(&self) -> Result<(), Unsiftable> {
        let nesting = self.gauge.most();
        let is_wide = nesting.elements > MOST_ELEMENTS || nesting.attributes > MOST_ATTRIBUTES;
        if self.html.len() > MOST_KEPT || is_wide {
            return Err(Unsiftable::TooLarge);
        }
        if nesting.levels > DEEPEST || nesting.formatting > MOST_FORMATTING {
            return Err(Unsiftable::TooDeep);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, parts: &[&str], expected: &str) {
        let kept = sieve(body, parts).unwrap();
        assert_eq!(kept.trim().replace('\n', " "), expected);
    }

    #[test]
    fn only_named_parts_are_kept_whole_and_in_order() {
        check(
            "<title>T</title><div id=x><p>no</p></div><div id=b><i>yes</i><input id=c></div><h1>h</h1>",
            &["h1", "#b", "title"],
            "<title>T</title> <div id=b><i>yes</i><input id=c></div> <h1>h</h1>",
        );
        check("<input id=a value=1><p>x", &["#a"], "<input id=a value=1>");
    }

    #[test]
    fn a_part_within_a_part_is_kept_once() {
        check(
            "<div id=a><div id=b>x</div></div><div id=b>y</div>",
            &["#a", "#b"],
            "<div id=a><div id=b>x</div></div> <div id=b>y</div>",
        );
    }

    #[test]
    fn a_part_that_never_ends_reaches_to_the_end() {
        check("<p>no</p><div id=a><b>x</b>", &["#a"], "<div id=a><b>x</b>");
    }

    #[test]
    fn scripts_are_removed_but_data_is_kept() {
        check(
            "<div id=a><script>1</script><style>x</style>t<svg><g/></svg></div>\
             <script type='application/ld+json'>{}</script>",
            &["#a", "script[type='application/ld+json']"],
            "<div id=a>t</div> <script type='application/ld+json'>{}</script>",
        );
    }

    #[test]
    fn indentation_is_not_kept() {
        check(
            "<p id=a>  in \n\n   stock</p>",
            &["#a"],
            "<p id=a> in stock</p>",
        );
    }

    #[test]
    fn attributes_that_count_clicks_or_wire_up_scripts_are_not_kept() {
        check(
            "<p id=a data-csa-c-type=\"x > y\" data-csa-c-id=\"1\">in <b data-csa-c-x=\"\"/>stock</p>",
            &["#a"],
            "<p id=a >in <b />stock</p>",
        );
        check(
            "<p id=a data-csa-c-type=x data-csa=\"1\">",
            &["#a"],
            "<p id=a data-csa=\"1\">",
        );
        check(
            "<p id=a onclick='a > b' data-action=x title='onclick=1'>onclick=1",
            &["#a"],
            "<p id=a title='onclick=1'>onclick=1",
        );
    }

    #[test]
    fn too_deep_and_too_large_pages_are_refused() {
        let deep = format!("<div id=a>{}", "<div>".repeat(10_000));
        assert_eq!(sieve(&deep, &["#a"]), Err(Unsiftable::TooDeep));
        let deeper = format!("<div id=a>{}", "<div>".repeat(100_000));
        assert_eq!(sieve(&deeper, &["#a"]), Err(Unsiftable::TooDeep));
        let many = format!("<div id=a>{}", "<br>".repeat(50_000));
        assert_eq!(sieve(&many, &["#a"]), Err(Unsiftable::TooLarge));
        let wide = format!("<div id=a{}>", " b".repeat(1000));
        assert_eq!(sieve(&wide, &["#a"]), Err(Unsiftable::TooLarge));
        let bold = format!("<div id=a>{}", "<p><b class=x>".repeat(1000));
        assert_eq!(sieve(&bold, &["#a"]), Err(Unsiftable::TooDeep));
        let large = format!("<div id=a>{}", "<p>x</p>".repeat(MOST_KEPT / 4));
        assert_eq!(sieve(&large, &["#a"]), Err(Unsiftable::TooLarge));
        let elsewhere = format!("<p id=a>x</p>{}", "<div>".repeat(100_000));
        assert!(sieve(&elsewhere, &["#a"]).is_ok());
    }

    #[test]
    fn what_is_left_open_does_not_swallow_what_follows() {
        check(
            "<div id=a>x<div class='a-popover-preload'>y</div>z</div><h1>h</h1>",
            &["#a", "h1"],
            "<div id=a>xz</div> <h1>h</h1>",
        );
        check(
            "<div id=a>x<noscript>y</div>z</noscript></div><p>no</p><h1>h</h1>",
            &["#a", "h1"],
            "<div id=a>x</div> <h1>h</h1>",
        );
        check(
            "<div id=a><select><option>1<option>2</select>in stock</div>",
            &["#a"],
            "<div id=a><select></select>in stock</div>",
        );
        check(
            "<div id=a><svg><path><div>in</div> stock</div><h1>h</h1>",
            &["#a", "h1"],
            "<div id=a><div>in</div> stock</div> <h1>h</h1>",
        );
    }

    #[test]
    fn a_drawing_has_no_title_of_the_page() {
        check(
            "<svg><title>no</title></svg><title>T</title>",
            &["title"],
            "<title>T</title>",
        );
    }
}
