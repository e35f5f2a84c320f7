//! The tags of a page, one after the other, without a tree.
//!
//! The bytes are taken apart as the HTML standard says (§13.2.5, "Tokenization"), as far as it
//! takes to know where tags begin and end: quoted values hold `>`, comments and the content of
//! scripts hold what looks like tags. Character references stay as they are written. A test holds
//! it against the tokenizer of html5ever, on any bytes.
//!
//! A tree's builder does more: it knows which elements a drawing may hold. Here it is enough that
//! nothing within a drawing is taken for a script (§13.2.6.5).

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;
use memchr::{memchr, memchr_iter, memchr2};

/// Elements whose content is text, whatever it looks like.
const RAW: &[&str] = &[
    "script",
    "style",
    "title",
    "noscript",
    "textarea",
    "iframe",
    "noframes",
    "noembed",
    "xmp",
    "plaintext",
];

/// Elements without content.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements that end a drawing that was left open.
const NOT_DRAWN: &[&str] = &[
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "listing",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tt",
    "u",
    "ul",
    "var",
];

/// So many attributes of one element are kept; they are counted beyond.
const MOST_ATTRIBUTES: usize = 512;

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'h> {
    /// Text between tags, or the content of an element of text. Comments part it.
    Text(&'h str),
    /// A tag.
    Tag(Tag<'h>),
}

/// A tag as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag<'h> {
    /// The element's name, in any case.
    pub name: &'h str,
    /// It is an end tag.
    pub closes: bool,
    /// It has the mark of an element without content, which means something in drawings only.
    pub is_self_closing: bool,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// How many attributes it has.
    pub attribute_count: usize,
}

impl Tag<'_> {
    /// It is a tag of that element.
    #[inline]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// It is a tag of one of these elements.
    #[inline]
    pub fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// Its element has no content.
    #[inline]
    pub fn is_void(&self) -> bool {
        self.is_one_of(VOID)
    }
}

/// An attribute as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'h> {
    /// The name, in any case.
    pub name: &'h str,
    /// The value, with its character references; empty where there is none.
    pub value: &'h str,
    /// Where name and value stand, in bytes of the page, with the quotes.
    pub start: usize,
    /// Where they end.
    pub end: usize,
}

impl<'h> Attribute<'h> {
    /// It has that name.
    #[inline]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value with its numeric character references resolved: some shops write
    /// `application/ld&#43;json`.
    pub fn plain(&self) -> Cow<'h, str> {
        if memchr(b'&', self.value.as_bytes()).is_none() {
            return Cow::Borrowed(self.value);
        }
        let mut plain = String::new();
        let mut rest = self.value;
        while let Some((before, after)) = rest.split_once("&#") {
            plain.push_str(before);
            let referred = after.split_once(';').and_then(|(digits, after)| {
                let code = match digits.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => digits.parse(),
                };
                Some((char::from_u32(code.ok()?)?, after))
            });
            let (character, after) = referred.map_or((None, after), |(c, after)| (Some(c), after));
            match character {
                Some(character) => plain.push(character),
                None => plain.push_str("&#"),
            }
            rest = after;
        }
        plain.push_str(rest);
        Cow::Owned(plain)
    }
}

/// Takes a page apart, piece by piece.
#[derive(Debug)]
pub struct Pieces<'h> {
    html: &'h str,
    at: usize,
    /// The element of text whose content comes next.
    raw: Option<&'h str>,
    /// How many drawings are open.
    drawings: usize,
    attributes: Vec<Attribute<'h>>,
}

impl<'h> Pieces<'h> {
    /// Begins at the beginning.
    pub fn of(html: &'h str) -> Self {
        Self {
            html,
            at: 0,
            raw: None,
            drawings: 0,
            attributes: Vec::new(),
        }
    }

    /// The attributes of the tag that came last, as they are written: a name may come twice, and
    /// then the first counts. No more than 512.
    pub fn attributes(&self) -> &[Attribute<'h>] {
        &self.attributes
    }

    /// What stands within a drawing or a formula.
    pub fn is_in_drawing(&self) -> bool {
        self.drawings > 0
    }

    fn rest(&self) -> &'h str {
        self.html.get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn text(&self, start: usize, end: usize) -> Option<Piece<'h>> {
        let text = self.html.get(start..end)?;
        (!text.is_empty()).then_some(Piece::Text(text))
    }

    /// The tag that begins at `open`.
    fn tag(&mut self, open: usize, closes: bool) -> Option<Tag<'h>> {
        let bytes = self.html.as_bytes();
        let name_start = open + 1 + usize::from(closes);
        let name_end = skip(bytes, name_start, |byte| !ends_tag_name(byte));
        self.attributes.clear();
        // What is cut off in the midst of a tag is none.
        self.at = bytes.len();
        let mut attribute_count = 0;
        let mut is_self_closing = false;
        let mut at = name_end;
        loop {
            match *bytes.get(at)? {
                b'>' => break,
                b'/' => is_self_closing = bytes.get(at + 1) == Some(&b'>'),
                byte if byte.is_ascii_whitespace() => {}
                _ => {
                    let attribute = attribute(self.html, at)?;
                    at = attribute.end;
                    attribute_count += 1;
                    if self.attributes.len() < MOST_ATTRIBUTES {
                        self.attributes.push(attribute);
                    }
                    continue;
                }
            }
            at += 1;
        }
        self.at = at + 1;
        let tag = Tag {
            name: self.html.get(name_start..name_end)?,
            closes,
            is_self_closing,
            range: open..self.at,
            attribute_count,
        };
        self.enter(&tag);
        Some(tag)
    }

    /// What a tag means for what follows it.
    fn enter(&mut self, tag: &Tag<'h>) {
        let is_drawing = tag.is_one_of(&["svg", "math"]);
        if tag.closes {
            self.drawings = self.drawings.saturating_sub(usize::from(is_drawing));
        } else if is_drawing {
            self.drawings += usize::from(!tag.is_self_closing);
        } else if self.is_in_drawing() {
            if tag.is_one_of(NOT_DRAWN) {
                self.drawings = 0;
            }
        } else if tag.is_one_of(RAW) {
            self.raw = Some(tag.name);
        }
    }
}

impl<'h> Iterator for Pieces<'h> {
    type Item = Piece<'h>;

    /// A tag that is cut off by the end of the page is none.
    fn next(&mut self) -> Option<Piece<'h>> {
        if let Some(name) = self.raw.take() {
            let start = self.at;
            self.at += end_of_raw(self.rest(), name);
            if self.at > start {
                return Some(Piece::Text(self.html.get(start..self.at)?));
            }
        }
        let mut start = self.at;
        loop {
            let bytes = self.html.as_bytes();
            let Some(found) = memchr(b'<', bytes.get(self.at..)?) else {
                self.at = self.html.len();
                return self.text(start, self.at);
            };
            let open = self.at + found;
            let after = bytes.get(open + 1).copied();
            let beyond = bytes.get(open + 2).copied();
            let is_tag = match (after, beyond) {
                (Some(byte), _) if byte.is_ascii_alphabetic() => true,
                (Some(b'/'), Some(byte)) => byte.is_ascii_alphabetic(),
                (Some(b'!' | b'?'), _) => false,
                _ => {
                    // A mere "less than".
                    self.at = open + 1;
                    continue;
                }
            };
            if open > start {
                self.at = open;
                return self.text(start, open);
            }
            if is_tag {
                return self.tag(open, after == Some(b'/')).map(Piece::Tag);
            }
            self.at = open + end_of_comment(self.html.get(open..)?, self.is_in_drawing());
            start = self.at;
        }
    }
}

/// The attribute that begins at `start`; `None` where the page ends within it.
fn attribute(html: &str, start: usize) -> Option<Attribute<'_>> {
    let bytes = html.as_bytes();
    // A name may begin with what ends all others.
    let name_end = skip(bytes, start + 1, |byte| {
        !ends_tag_name(byte) && byte != b'='
    });
    let after_name = skip(bytes, name_end, |byte| byte.is_ascii_whitespace());
    let name = html.get(start..name_end)?;
    if bytes.get(after_name) != Some(&b'=') {
        return Some(Attribute {
            name,
            value: "",
            start,
            end: name_end,
        });
    }
    let value_start = skip(bytes, after_name + 1, |byte| byte.is_ascii_whitespace());
    let first = *bytes.get(value_start)?;
    let (value, end) = if matches!(first, b'"' | b'\'') {
        let length = memchr(first, bytes.get(value_start + 1..)?)?;
        let end = value_start + 1 + length;
        (html.get(value_start + 1..end)?, end + 1)
    } else {
        let end = skip(bytes, value_start, |byte| {
            !byte.is_ascii_whitespace() && byte != b'>'
        });
        (html.get(value_start..end)?, end)
    };
    Some(Attribute {
        name,
        value,
        start,
        end,
    })
}

/// Where the run of bytes ends for which `is` holds.
#[inline]
fn skip(bytes: &[u8], start: usize, is: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| !is(*byte));
    start + length.unwrap_or(rest.len())
}

#[inline]
fn ends_tag_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'/' || byte == b'>'
}

/// Where a comment, a document type or the like ends, from its `<`.
fn end_of_comment(text: &str, is_in_drawing: bool) -> usize {
    let bytes = text.as_bytes();
    let after = |mark: &str, from: usize| {
        let found = memmem::find(bytes.get(from..)?, mark.as_bytes())?;
        Some(from + found + mark.len())
    };
    let end = if text.starts_with("<!--") {
        // `<!-->` is whole.
        let plain = after("-->", 2);
        let odd = memmem::find(
            bytes
                .get(4..plain.unwrap_or(bytes.len()))
                .unwrap_or_default(),
            b"--!>",
        );
        odd.map(|found| 4 + found + 4).or(plain)
    } else if is_in_drawing && text.starts_with("<![CDATA[") {
        after("]]>", 9)
    } else {
        after(">", 1)
    };
    end.unwrap_or(bytes.len())
}

/// Where the content of an element of text ends: before its end tag.
fn end_of_raw(text: &str, name: &str) -> usize {
    if name.eq_ignore_ascii_case("plaintext") {
        return text.len();
    }
    let bytes = text.as_bytes();
    let mut may_hold_another = false;
    for at in memchr_iter(b'<', bytes) {
        match bytes.get(at + 1) {
            Some(b'/') if is_tag_of(bytes, at + 2, name) => {
                return if may_hold_another && name.eq_ignore_ascii_case("script") {
                    end_of_escaped_script(bytes)
                } else {
                    at
                };
            }
            Some(b'!') => {
                may_hold_another |= bytes
                    .get(at..)
                    .is_some_and(|rest| rest.starts_with(b"<!--"));
            }
            Some(_) | None => {}
        }
    }
    bytes.len()
}

/// Where a script ends that holds `<!--`: a script written within such a comment ends with an end
/// tag of its own.
fn end_of_escaped_script(bytes: &[u8]) -> usize {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        Plain,
        Escaped,
        WithinAnother,
    }
    let mut state = State::Plain;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'<', b'-', rest)) {
        at += found;
        let rest = bytes.get(at..).unwrap_or_default();
        let opens = rest.starts_with(b"<") && is_tag_of(bytes, at + 1, "script");
        let ends = rest.starts_with(b"</") && is_tag_of(bytes, at + 2, "script");
        match state {
            State::Plain | State::Escaped if ends => return at,
            State::Plain if rest.starts_with(b"<!--") => {
                state = State::Escaped;
                // `<!-->` is whole.
                at += 2;
                continue;
            }
            State::Escaped if opens => state = State::WithinAnother,
            State::WithinAnother if ends => state = State::Escaped,
            State::Escaped | State::WithinAnother if rest.starts_with(b"-->") => {
                state = State::Plain;
            }
            State::Plain | State::Escaped | State::WithinAnother => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The name of a tag stands there, and ends.
#[inline]
fn is_tag_of(bytes: &[u8], at: usize, name: &str) -> bool {
    bytes
        .get(at..at + name.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        && bytes
            .get(at + name.len())
            .copied()
            .is_some_and(ends_tag_name)
}

#[cfg(test)]
mod tests;
