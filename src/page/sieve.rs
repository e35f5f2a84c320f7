//! A streaming pass over a page that keeps only the parts that a reader names.
//!
//! Building a document tree is where the time of reading goes, and a product page is megabytes of
//! scripts and recommendations around a few kilobytes that matter. The pass finds where the named
//! parts begin and end, cuts them out, and a second pass over the cuttings removes scripts, styles
//! and drawings. The tree is then built of what is left, which is also the evidence that is worth
//! keeping.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::LazyLock;

use lol_html::html_content::{Comment, Element};
use lol_html::{
    DocumentContentHandlers, ElementContentHandlers, HtmlRewriter, RewriteStrSettings, Selector,
    Settings, rewrite_str,
};

use super::dom::ASIDE;
use super::nesting::nesting;

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

/// What the pass removes from the kept parts: what is no text, lists of quantities, pop-ups, and
/// what is about the visitor rather than the book.
const CHAFF: &[&str] = &[
    "script:not([type*='ld+json'])",
    "style",
    "svg",
    "noscript",
    "template",
    "iframe",
    "option",
    ".a-popover-preload",
    "input[name*='csrf']",
    "input[name*='CSRF']",
    "input[name*='session']",
    "input[name*='token']",
    "form[id^='addToWishlist']",
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
    /// The pass gave up.
    #[error("it cannot be taken apart")]
    Broken,
}

/// Keeps the parts of a page that one of `parts` (CSS selectors) selects, in document order, whole
/// and without scripts.
///
/// # Errors
///
/// [`Unsiftable`] when a tree of the parts would be too large or too deep.
pub fn sieve(body: &str, parts: &[&str]) -> Result<String, Unsiftable> {
    let mut kept = String::new();
    for range in ranges(body, parts)? {
        kept.push_str(body.get(range).unwrap_or_default());
        kept.push('\n');
        if kept.len() > 2 * MOST_KEPT {
            return Err(Unsiftable::TooLarge);
        }
    }
    let kept = squeeze(&winnow(&kept)?);
    let nesting = nesting(&kept);
    let is_wide = nesting.elements > MOST_ELEMENTS || nesting.attributes > MOST_ATTRIBUTES;
    if kept.len() > MOST_KEPT || is_wide {
        return Err(Unsiftable::TooLarge);
    }
    if nesting.levels > DEEPEST || nesting.formatting > MOST_FORMATTING {
        return Err(Unsiftable::TooDeep);
    }
    Ok(kept)
}

type Found = Rc<RefCell<Vec<Range<usize>>>>;

/// Where the parts stand in the page, in order, none within another.
fn ranges(body: &str, parts: &[&str]) -> Result<Vec<Range<usize>>, Unsiftable> {
    let found: Found = Rc::default();
    let selector: Selector = parts.join(", ").parse().map_err(|_| Unsiftable::Broken)?;
    let end_of_page = body.len();
    let note = Rc::clone(&found);
    let handlers = ElementContentHandlers::default().element(move |part: &mut Element<'_, '_>| {
        let start = part.source_location().bytes();
        let mut found = note.borrow_mut();
        let index = found.len();
        if part.end_tag_handlers().is_none() {
            found.push(start);
            return Ok(());
        }
        // Until its end tag is seen, a part reaches to the end of the page: so does the tree's.
        found.push(start.start..end_of_page);
        let note = Rc::clone(&note);
        part.on_end_tag(Box::new(move |tag| {
            if let Some(range) = note.borrow_mut().get_mut(index) {
                range.end = tag.source_location().bytes().end;
            }
            Ok(())
        }))
    });
    let settings = Settings::new()
        .append_element_content_handler((Cow::Owned(selector), handlers))
        .with_strict(false);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter
        .write(body.as_bytes())
        .map_err(|_| Unsiftable::Broken)?;
    rewriter.end().map_err(|_| Unsiftable::Broken)?;
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for range in found.borrow().iter() {
        // Start tags come in order, so only the last kept part can hold this one.
        if ranges.last().is_none_or(|last| last.end <= range.start) {
            ranges.push(range.clone());
        }
    }
    Ok(ranges)
}

/// Removes what no reader looks at.
fn winnow(kept: &str) -> Result<String, Unsiftable> {
    let chaff = ElementContentHandlers::default().element(|chaff: &mut Element<'_, '_>| {
        chaff.remove();
        Ok(())
    });
    let comments = DocumentContentHandlers::default().comments(|comment: &mut Comment<'_>| {
        comment.remove();
        Ok(())
    });
    let selector: Selector = CHAFF_OF_ALL.parse().map_err(|_| Unsiftable::Broken)?;
    let settings = RewriteStrSettings::new()
        .append_element_content_handler((Cow::Owned(selector), chaff))
        .append_document_content_handler(comments)
        .with_strict(false);
    rewrite_str(kept, settings).map_err(|_| Unsiftable::Broken)
}

/// The selector of all chaff, with what is about the visitor.
static CHAFF_OF_ALL: LazyLock<String> = LazyLock::new(|| {
    let aside = ASIDE.iter().map(|start| format!("[id^='{start}']"));
    let chaff = CHAFF.iter().map(|part| (*part).to_owned());
    chaff.chain(aside).collect::<Vec<_>>().join(", ")
});

/// The beginning of the names of attributes that count clicks. They are a third of a buy box.
const TRACKING: &[u8] = b"data-csa-";

/// Runs of white space become single characters, and attributes that count clicks go: pages that
/// passed through an editor are mostly indentation, and no reader looks at either.
fn squeeze(html: &str) -> String {
    let mut tight = String::with_capacity(html.len());
    let mut after_space = true;
    // Pieces end with their white space, which is one byte: in UTF-8 no other character holds it.
    let is_space = |byte: &u8| byte.is_ascii_whitespace();
    let mut start = 0;
    while start < html.len() {
        let rest = &html.as_bytes()[start..];
        if after_space && let Some(length) = tracking(rest) {
            start += length;
            continue;
        }
        let length = rest
            .iter()
            .position(is_space)
            .map_or(rest.len(), |at| at + 1);
        let is_space_alone = length == 1 && is_space(&rest[0]);
        if !(is_space_alone && after_space) {
            tight.push_str(&html[start..start + length]);
        }
        after_space = is_space(&rest[length - 1]);
        start += length;
    }
    tight
}

/// The length of an attribute that counts clicks, where one begins here.
fn tracking(text: &[u8]) -> Option<usize> {
    let name = text.strip_prefix(TRACKING)?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let name_end = name.iter().position(|byte| !is_name(byte))?;
    let value = name.get(name_end..)?.strip_prefix(b"=\"")?;
    let value_end = value.iter().position(|byte| *byte == b'"')?;
    Some(TRACKING.len() + name_end + 2 + value_end + 1)
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
    fn attributes_that_count_clicks_are_not_kept() {
        check(
            "<p id=a data-csa-c-type=\"x > y\" data-csa-c-id=\"1\">in <b data-csa-c-x=\"\"/>stock</p>",
            &["#a"],
            "<p id=a >in <b />stock</p>",
        );
        check(
            "<p id=a data-csa-c-type=x data-csa=\"1\">",
            &["#a"],
            "<p id=a data-csa-c-type=x data-csa=\"1\">",
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
}
