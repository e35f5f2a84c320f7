//! ONIX for Books 3.0 and 3.1, with reference names or short tags. Pure.
//!
//! It is read as a stream: one product after the other into a small tree of the elements in
//! `names.rs`, and each tree into a row by `product.rs`.
//!
//! No DTD is loaded and none within the file is obeyed: entities that it defines are unknown, so
//! none can grow. Sources: the element names, short tags and code lists of EDItEUR's ONIX for Books
//! 3.0 specification; the named entities are those of HTML, of which the ONIX DTD's are a part.

mod names;
mod product;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::{ImportError, Lines, List, MOST_ROWS, Market, Row, Trouble};
use names::{is_composite, reference};

/// Elements that are read of one product, at most: a record of a real book has some dozens.
const MOST_ELEMENTS: usize = 20_000;

/// How often reading begins anew behind broken XML.
const MOST_BREAKS: usize = 100;

/// Elements that only ONIX 2.1 and older have within a product.
const ONLY_IN_OLD: [&str; 8] = [
    "ISBN",
    "b004",
    "Title",
    "title",
    "PublicationDate",
    "b003",
    "DistinctiveTitle",
    "b028",
];

/// Reads an ONIX message; of several markets within a product the first that fits one of `markets`
/// counts.
///
/// # Errors
///
/// [`ImportError`] when it is no ONIX 3 message at all.
pub fn read(text: &str, markets: &[Market]) -> Result<List, ImportError> {
    let mut message = Message {
        text,
        markets,
        lines: Lines::new(text),
        root: None,
        release: None,
        currency: None,
        is_in_currency: false,
        product: None,
        rows: Vec::new(),
        troubles: Vec::new(),
    };
    let mut from = 0;
    for _ in 0..=MOST_BREAKS {
        match message.read_from(from)? {
            Some(next) => from = next,
            None => return message.into_list(),
        }
    }
    message.say(
        from,
        "the XML is broken in too many places, and what follows was not read",
    );
    message.into_list()
}

/// An element of a product, with what is in it.
#[derive(Debug, Default)]
struct Node {
    /// The reference name.
    name: &'static str,
    text: String,
    /// The `dateformat` attribute.
    format: Option<String>,
    /// What in its text is not known, as `&unknown;`.
    fault: Option<String>,
    children: Vec<Node>,
}

impl Node {
    /// The elements of that name directly in it.
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |one| one.name == name)
    }

    /// The first of them.
    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|one| one.name == name)
    }

    /// The text of the first element of that name, where it has any.
    fn value(&self, name: &str) -> Option<&str> {
        let found = self.child(name)?;
        (!found.text.is_empty()).then_some(found.text.as_str())
    }
}

/// A product while it is read.
struct Open {
    /// The byte at which it begins.
    at: usize,
    /// Its name as it stands in the file, by which the next one is found.
    tag: String,
    /// The elements that are open, from the product on.
    path: Vec<Node>,
    /// How many elements are open within one that is not read.
    skipped: usize,
    elements: usize,
}

/// The reading of a message.
struct Message<'a> {
    text: &'a str,
    markets: &'a [Market],
    lines: Lines<'a>,
    /// The root's own name.
    root: Option<String>,
    release: Option<String>,
    /// The currency of prices that name none.
    currency: Option<String>,
    is_in_currency: bool,
    product: Option<Open>,
    rows: Vec<Row>,
    troubles: Vec<Trouble>,
}

impl Message<'_> {
    /// Reads on from a byte. Gives where the next product begins when the XML breaks before.
    fn read_from(&mut self, from: usize) -> Result<Option<usize>, ImportError> {
        let text = self.text;
        let mut reader = Reader::from_str(text.get(from..).unwrap_or_default());
        reader.config_mut().allow_unmatched_ends = 0 < from;
        loop {
            let at = from + usize::try_from(reader.buffer_position()).unwrap_or_default();
            match reader.read_event() {
                Ok(Event::Start(start)) => {
                    if let Some(next) = self.open(&start, at)? {
                        return Ok(Some(next));
                    }
                }
                Ok(Event::Empty(start)) => {
                    if let Some(next) = self.open(&start, at)? {
                        return Ok(Some(next));
                    }
                    self.close();
                }
                Ok(Event::End(_)) => self.close(),
                Ok(Event::Text(text)) => self.words(&text.xml10_content()),
                Ok(Event::CData(text)) => self.words(&text.xml10_content()),
                Ok(Event::GeneralRef(entity)) => self.entity(&entity),
                Ok(Event::Eof) => {
                    self.end();
                    return Ok(None);
                }
                Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_)) => {}
                Err(error) => {
                    let within = usize::try_from(reader.error_position()).unwrap_or_default();
                    return Ok(self.broken(from + within, &error.to_string()));
                }
            }
            if MOST_ROWS < self.rows.len() {
                self.say(at, "this is too much for one list; split it");
                return Ok(None);
            }
        }
    }

    /// What a product of that place and record lacks, or the message as a whole.
    fn say(&mut self, at: usize, what: &str) {
        let line = self.lines.of_byte(at);
        let record = self.product.as_ref().and_then(|open| open.path.first());
        let record = record.and_then(|product| product.value("RecordReference"));
        let trouble = Trouble::at(line, what).of_record(record);
        self.troubles.push(trouble);
    }

    /// The product that is open is lost, and so is what stands before the next one.
    fn broken(&mut self, at: usize, why: &str) -> Option<usize> {
        let tag = self.product.as_ref().map(|open| open.tag.clone());
        self.say(
            at,
            &format!("the XML is broken here, and this product was not read: {why}"),
        );
        self.product = None;
        let starts = ["Product", "product"].map(str::to_owned);
        let starts = tag.map_or(starts.to_vec(), |tag| vec![tag]);
        let rest = self.text.get(at..).unwrap_or_default();
        let next = starts.iter().filter_map(|tag| {
            let start = format!("<{tag}");
            let mut found = rest.match_indices(&start);
            found.find_map(|(index, _)| {
                let after = rest[index + start.len()..].chars().next();
                let is_whole = after.is_none_or(|one| one == '>' || one.is_whitespace());
                (0 < index && is_whole).then_some(at + index)
            })
        });
        next.min()
    }

    /// An element begins; where a product begins within another, that one was never closed.
    fn open(&mut self, start: &BytesStart<'_>, at: usize) -> Result<Option<usize>, ImportError> {
        let local = start.local_name().as_ref().to_owned();
        let name = reference(&local);
        if self.root.is_none() {
            self.begin(start, local)?;
            return Ok(None);
        }
        let Some(open) = &mut self.product else {
            self.is_in_currency = name == Some("DefaultCurrencyCode");
            if name == Some("Product") {
                self.product = Some(Open {
                    at,
                    tag: start.name().as_ref().to_owned(),
                    path: vec![Node::default()],
                    skipped: 0,
                    elements: 0,
                });
            }
            return Ok(None);
        };
        if name == Some("Product") {
            let began = open.at;
            self.say(
                began,
                "the product that begins here has no end, and was not read",
            );
            self.product = None;
            return Ok(Some(at));
        }
        let is_direct = open.path.len() == 1 && open.skipped == 0;
        if is_direct && self.release.is_none() && ONLY_IN_OLD.contains(&local.as_str()) {
            return Err(ImportError::OnixVersion("2.1 or older".to_owned()));
        }
        let is_within_text = open
            .path
            .last()
            .is_some_and(|last| !is_composite(last.name));
        open.elements += 1;
        match name {
            // Marks within a text, as `<em>`, leave its words where they are.
            _ if 0 < open.skipped || (is_within_text && 1 < open.path.len()) => open.skipped += 1,
            Some(name) if open.elements <= MOST_ELEMENTS => {
                let format = start.try_get_attribute("dateformat").ok().flatten();
                open.path.push(Node {
                    name,
                    format: format.map(|format| format.value.to_string()),
                    ..Node::default()
                });
            }
            Some(_) | None => open.skipped += 1,
        }
        Ok(None)
    }

    fn begin(&mut self, start: &BytesStart<'_>, local: String) -> Result<(), ImportError> {
        if !local.eq_ignore_ascii_case("ONIXMessage") {
            return Err(ImportError::OtherXml(local));
        }
        if let Ok(Some(release)) = start.try_get_attribute("release") {
            let release = release.value.to_string();
            if !release.starts_with('3') {
                return Err(ImportError::OnixVersion(release));
            }
            self.release = Some(release);
        }
        self.root = Some(local);
        Ok(())
    }

    /// The element whose text is read here: the innermost, unless something unknown is open in a
    /// composite.
    fn reading(&mut self) -> Option<&mut Node> {
        let open = self.product.as_mut()?;
        let skipped = open.skipped;
        let last = open.path.last_mut()?;
        (!last.name.is_empty() && (skipped == 0 || !is_composite(last.name))).then_some(last)
    }

    fn words(&mut self, text: &str) {
        if self.is_in_currency && self.product.is_none() {
            self.currency = Some(text.trim().to_owned());
        }
        if let Some(node) = self.reading().filter(|node| !is_composite(node.name)) {
            node.text.push_str(text);
        }
    }

    fn entity(&mut self, entity: &BytesRef<'_>) {
        let known = match entity.resolve_char_ref() {
            Ok(Some(character)) => Some(character.to_string()),
            Ok(None) => resolve_predefined_entity(entity).map(str::to_owned),
            Err(_) => None,
        };
        let Some(node) = self.reading() else { return };
        if let Some(text) = known {
            node.text.push_str(&text);
        } else {
            let name: &str = entity;
            node.fault = Some(format!(
                "`&{name};` in its {} is not known; write the character itself",
                node.name
            ));
        }
    }

    fn close(&mut self) {
        self.is_in_currency = false;
        let Some(open) = &mut self.product else {
            return;
        };
        if 0 < open.skipped {
            open.skipped -= 1;
            return;
        }
        let Some(mut node) = open.path.pop() else {
            return;
        };
        node.text = node.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(parent) = open.path.last_mut() {
            parent.children.push(node);
            return;
        }
        let (at, elements) = (open.at, open.elements);
        self.product = None;
        let mut row = product::row(&node, self.markets, self.currency.as_deref());
        row.line = self.lines.of_byte(at);
        if MOST_ELEMENTS < elements {
            row.faults
                .push(format!("it has more than {MOST_ELEMENTS} elements"));
        }
        self.rows.push(row);
    }

    fn end(&mut self) {
        if let Some(open) = &self.product {
            let at = open.at;
            self.say(
                at,
                "the file ends inside the product that begins here; it was cut off",
            );
            self.product = None;
        } else if !self.closes() {
            self.say(
                self.text.len(),
                "the file ends before the message does; it was cut off",
            );
        }
    }

    /// The end of the root is there.
    fn closes(&self) -> bool {
        let end = self
            .text
            .trim_end_matches(|one: char| one.is_whitespace() || one == '\0');
        self.root.as_ref().is_none_or(|root| {
            let tail = end.rfind("</").map_or("", |at| &end[at..]);
            tail.contains(root.as_str()) || end.ends_with("/>") || end.ends_with("-->")
        })
    }

    fn into_list(self) -> Result<List, ImportError> {
        let Some(root) = self.root else {
            return Err(ImportError::OtherXml("nothing".to_owned()));
        };
        let names = if root == "ONIXMessage" {
            "reference names"
        } else {
            "short tags"
        };
        Ok(List {
            kind: "ONIX",
            understood: vec![format!(
                "ONIX {}, {names}.",
                self.release.as_deref().unwrap_or("3")
            )],
            columns: Vec::new(),
            rows: self.rows,
            troubles: self.troubles,
        })
    }
}

#[cfg(test)]
mod tests;
