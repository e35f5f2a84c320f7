//! Changes to the text of a configuration that leave all the rest of it as it stands: comments,
//! order, spacing.
//!
//! Adding is writing behind the end, taking out is cutting, and setting a value replaces that
//! value alone. Whoever calls this checks the result before it goes to the disk.

pub mod named;
mod taken_out;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use jiff::civil::Date;
use toml_edit::{ArrayOfTables, Document, DocumentMut, Item, Table, TableLike, Value};

use self::taken_out::{Comments, put_back, take_out};
use crate::book::{Distribution, Edition, EditionId, Format, Making, Money, StoreId};

/// An edition to be written into the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What is known of it.
    pub edition: Edition,
    /// Where it is to be watched; not empty.
    pub stores: Vec<StoreId>,
    /// Addresses that do not follow from its numbers.
    pub addresses: Vec<(StoreId, String)>,
}

/// A value to be set in an edition's table, or taken out of it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The key, as `publication_date`; for an address `addresses` and the store.
    pub keys: Vec<String>,
    /// The new value; `None` takes the key out.
    pub value: Option<Value>,
    /// Nothing is done where the key is not written.
    only_where_written: bool,
}

/// Why a configuration cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It is no TOML.
    #[error("the configuration is not valid TOML; `pubwatch config check` says where")]
    Syntax,
    /// The editions are in a form that cannot be changed piece by piece.
    #[error(
        "the editions are written as an inline list; write each as a table under `[[edition]]`, \
         and this can change them"
    )]
    Inline,
    /// Other tables are in such a form.
    #[error(
        "`{0}` is written as an inline list; write each as a table under `[[{0}]]`, and this can \
         change them"
    )]
    List(&'static str),
    /// Another table stands between one and what belongs to it.
    #[error(
        "a table that belongs to this `[[{0}]]` stands behind another one; move it up, directly below \
         its `[[{0}]]`, and this can take it out"
    )]
    Torn(&'static str),
    /// There is no such edition.
    #[error("the configuration has no edition {0}")]
    NoSuchEdition(EditionId),
    /// There is nothing to take out.
    #[error("the edition has no key `{0}`, so there is nothing to take out")]
    NoSuchKey(String),
}

impl Change {
    /// Sets a text.
    pub fn text(key: &str, text: &str) -> Self {
        Self::to(key, Value::from(text))
    }

    /// Sets yes or no.
    pub fn flag(key: &str, flag: bool) -> Self {
        Self::to(key, Value::from(flag))
    }

    /// Sets a civil date.
    pub fn date(key: &str, date: Date) -> Self {
        Self::to(key, Value::from(toml_date(date)))
    }

    /// Sets a list of stores.
    pub fn stores(key: &str, stores: &[StoreId]) -> Self {
        Self::to(key, stores.iter().map(StoreId::as_str).collect())
    }

    /// Sets the address of the page at one store.
    pub fn address(store: &StoreId, address: &str) -> Self {
        Self {
            keys: vec!["addresses".to_owned(), store.as_str().to_owned()],
            value: Some(Value::from(address)),
            only_where_written: false,
        }
    }

    /// Takes the address of the page at one store out, where it is written.
    pub fn no_address(store: &StoreId) -> Self {
        Self {
            keys: vec!["addresses".to_owned(), store.as_str().to_owned()],
            value: None,
            only_where_written: true,
        }
    }

    /// Sets a value of a table of its own, as `[mail]`; `None` takes it out, where it is written.
    pub fn setting(table: &str, key: &str, value: Option<Value>) -> Self {
        Self {
            keys: vec![table.to_owned(), key.to_owned()],
            only_where_written: value.is_none(),
            value,
        }
    }

    /// Takes a key out.
    pub fn unset(key: &str) -> Self {
        Self {
            keys: vec![key.to_owned()],
            value: None,
            only_where_written: false,
        }
    }

    /// The same, but only where the key is written: its default says it otherwise.
    pub fn only_where_written(self) -> Self {
        Self {
            only_where_written: true,
            ..self
        }
    }

    /// Sets any value.
    pub fn to(key: &str, value: Value) -> Self {
        Self {
            keys: vec![key.to_owned()],
            value: Some(value),
            only_where_written: false,
        }
    }
}

fn toml_date(date: Date) -> toml_edit::Datetime {
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    toml_edit::Datetime {
        date: Some(toml_edit::Date {
            year: u16::try_from(date.year()).unwrap_or_default(),
            month: part(date.month()),
            day: part(date.day()),
        }),
        time: None,
        offset: None,
    }
}

/// The configuration with further editions at its end.
///
/// # Errors
///
/// [`EditError::Syntax`] and [`EditError::Inline`].
pub fn with_entries(text: &str, entries: &[Entry]) -> Result<String, EditError> {
    let document = Document::parse(text).map_err(|_| EditError::Syntax)?;
    tables(&document)?;
    let mut result = text.trim_end().to_owned();
    for entry in entries {
        if !result.is_empty() {
            result.push_str("\n\n");
        }
        result.push_str(entry.to_toml().trim_end());
    }
    result.push('\n');
    Ok(result)
}

/// The configuration without an edition. Comments that stand directly above its header, or within
/// its table, go with it; others stay.
///
/// # Errors
///
/// [`EditError`] when there is no such edition, or its table cannot be cut out.
pub fn without(text: &str, isbn: &EditionId) -> Result<String, EditError> {
    let document = Document::parse(text).map_err(|_| EditError::Syntax)?;
    let table = tables(&document)?
        .into_iter()
        .flatten()
        .find(|table| id_of(table).as_ref() == Some(isbn))
        .ok_or_else(|| EditError::NoSuchEdition(isbn.clone()))?;
    taken_out::stands_together(table, "edition")?;
    cut(text, table).ok_or(EditError::Inline)
}

/// The text without a table.
fn cut(text: &str, table: &Table) -> Option<String> {
    let lines = extent(text, table)?;
    let before = text[..lines.start].trim_end();
    let after = text[lines.end..].trim_start_matches(['\n', '\r']);
    let mut result = before.to_owned();
    if !before.is_empty() {
        result.push('\n');
        if !after.trim().is_empty() {
            result.push('\n');
        }
    }
    result.push_str(after);
    Some(result)
}

/// The configuration with some values of an edition set anew.
///
/// # Errors
///
/// [`EditError`] when there is no such edition, or it cannot be changed.
pub fn with_changes(text: &str, isbn: &EditionId, changes: &[Change]) -> Result<String, EditError> {
    with_changes_of(text, &[(isbn.clone(), changes.to_vec())])
}

/// The configuration with some values of several editions set anew.
///
/// # Errors
///
/// [`EditError`] when one of them is not there, or cannot be changed.
pub fn with_changes_of(
    text: &str,
    editions: &[(EditionId, Vec<Change>)],
) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse().map_err(|_| EditError::Syntax)?;
    let mut wanted: BTreeMap<&EditionId, &[Change]> = editions
        .iter()
        .map(|(isbn, changes)| (isbn, changes.as_slice()))
        .collect();
    let mut comments = Vec::new();
    if let Some(item) = document.get_mut("edition") {
        let tables = item.as_array_of_tables_mut().ok_or(EditError::Inline)?;
        for table in tables.iter_mut() {
            let changes = id_of(table).and_then(|isbn| wanted.remove(&isbn));
            for change in changes.unwrap_or_default() {
                comments.extend(apply(table, change)?);
                // A header over nothing says nothing.
                if let (None, [above, _]) = (&change.value, change.keys.as_slice())
                    && table
                        .get(above)
                        .and_then(Item::as_table_like)
                        .is_some_and(TableLike::is_empty)
                {
                    let at = table.position().unwrap_or_default();
                    comments.extend(take_out(table, above, at));
                }
            }
        }
    }
    for comments in comments {
        put_back(&mut document, &comments);
    }
    match wanted.into_keys().next() {
        Some(isbn) => Err(EditError::NoSuchEdition(isbn.clone())),
        None => Ok(document.to_string()),
    }
}

/// The configuration with some values outside the editions set anew; their keys begin at the top.
///
/// # Errors
///
/// [`EditError`] when it cannot be changed.
pub fn with_settings(text: &str, changes: &[Change]) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse().map_err(|_| EditError::Syntax)?;
    for change in changes {
        if let Some(comments) = apply(document.as_table_mut(), change)? {
            put_back(&mut document, &comments);
        }
    }
    Ok(document.to_string())
}

/// Makes one change; gives the comments of what was taken out at the end of a table.
fn apply(table: &mut Table, change: &Change) -> Result<Option<Comments>, EditError> {
    let Some((last, path)) = change.keys.split_last() else {
        return Ok(None);
    };
    let inner = path.first().and_then(|key| table.get(key)?.as_table());
    let at = inner.and_then(Table::position).or(table.position());
    let mut table: &mut dyn TableLike = table;
    for key in path {
        if !table.contains_key(key) && change.only_where_written {
            return Ok(None);
        }
        if !table.contains_key(key) {
            table.insert(key, toml_edit::table());
        }
        table = table
            .get_mut(key)
            .and_then(Item::as_table_like_mut)
            .ok_or(EditError::Inline)?;
    }
    match (
        &change.value,
        table.get_mut(last).and_then(Item::as_value_mut),
    ) {
        (Some(value), Some(old)) => {
            // The decoration holds the blank before the value and the comment behind it.
            let decor = old.decor().clone();
            *old = value.clone();
            *old.decor_mut() = decor;
        }
        (Some(_), None) if change.only_where_written => {}
        (Some(value), None) => {
            table.insert(last, Item::Value(value.clone()));
        }
        (None, _) => {
            let comments = take_out(table, last, at.unwrap_or_default());
            if comments.is_none() && !change.only_where_written {
                return Err(EditError::NoSuchKey(last.clone()));
            }
            return Ok(comments);
        }
    }
    Ok(None)
}

/// The tables of the editions; `None` when there are none.
fn tables<'a>(document: &'a Document<&str>) -> Result<Option<&'a ArrayOfTables>, EditError> {
    match document.get("edition") {
        None => Ok(None),
        Some(item) => item.as_array_of_tables().map(Some).ok_or(EditError::Inline),
    }
}

fn id_of(table: &Table) -> Option<EditionId> {
    let keys = ["isbn", "asin", "number"];
    let written = keys.iter().find_map(|key| table.get(key));
    written.and_then(Item::as_str)?.parse().ok()
}

/// The lines of a table: from the comments directly above its header to the end of its last
/// value, with the comments directly below that.
fn extent(text: &str, table: &Table) -> Option<Range<usize>> {
    let header = table.span()?;
    let mut start = line_start(text, header.start);
    while let Some(above) = text[..start].strip_suffix('\n') {
        let line = line_start(text, above.len());
        if !is_comment(&text[line..above.len()]) {
            break;
        }
        start = line;
    }
    let mut end = line_end(text, last_byte(table, header.end));
    while is_comment(&text[end..line_end(text, end)]) {
        end = line_end(text, end);
    }
    Some(start..end)
}

/// A price as the configuration has it: `16.99 USD`.
pub fn money(price: &Money) -> String {
    let decimals = usize::try_from(Money::decimals(&price.currency)).unwrap_or_default();
    let digits = format!("{:0width$}", price.minor, width = decimals + 1);
    let (whole, parts) = digits.split_at(digits.len() - decimals);
    let point = if parts.is_empty() { "" } else { "." };
    format!("{whole}{point}{parts} {}", price.currency)
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The byte after the line's end.
fn line_end(text: &str, at: usize) -> usize {
    text[at..]
        .find('\n')
        .map_or(text.len(), |newline| at + newline + 1)
}

fn last_byte(table: &Table, header: usize) -> usize {
    table
        .iter()
        .filter_map(|(_, item)| match item {
            Item::Table(table) => Some(last_byte(table, table.span()?.end)),
            Item::ArrayOfTables(tables) => tables
                .iter()
                .filter_map(|table| Some(last_byte(table, table.span()?.end)))
                .max(),
            Item::Value(_) => Some(item.span()?.end),
            Item::None => None,
        })
        .fold(header, usize::max)
}

/// The key under which an identity is written.
fn key_of(id: &EditionId) -> &'static str {
    match id {
        EditionId::Isbn(_) => "isbn",
        EditionId::Asin(_) => "asin",
        EditionId::Own(_) => "number",
    }
}

impl Entry {
    /// The table, as a person would write it: what has its default value is left out.
    pub fn to_toml(&self) -> String {
        let edition = &self.edition;
        let mut text = "[[edition]]\n".to_owned();
        let mut line = |key: &str, value: &dyn std::fmt::Display| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{key} = {value}");
        };
        let quoted = |text: &str| Value::from(text).to_string();
        line("title", &quoted(&edition.title));
        if let Some(author) = &edition.author {
            line("author", &quoted(author));
        }
        line(key_of(&edition.id), &quoted(edition.id.as_str()));
        if let Some(asin) = &edition.asin {
            line("asin", &quoted(asin.as_str()));
        }
        if edition.format != Format::usual(&edition.id) {
            line("format", &quoted(edition.format.name()));
        }
        let (publication, on_sale, enabled) = edition.dates.as_written();
        line("publication_date", &publication);
        if on_sale != publication {
            line("on_sale_date", &on_sale);
        }
        let usual = Distribution::usual(&edition.id, edition.format);
        if edition.distribution != Distribution::IngramSpark || usual != edition.distribution {
            line("distribution", &quoted(edition.distribution.name()));
        }
        if let Some(enabled) = enabled {
            line("distribution_enabled", &enabled);
        }
        if let Some(name) = edition.printing.and_then(Making::name) {
            line("printing", &quoted(name));
        }
        if edition.amazon_switch {
            line("amazon_switch", &true);
        }
        if edition.first_title {
            line("first_title", &true);
        }
        if let Some(price) = &edition.list_price {
            line("list_price", &quoted(&money(price)));
        }
        if let Some(imprint) = &edition.imprint {
            line("imprint", &quoted(imprint));
        }
        let stores: Value = self.stores.iter().map(StoreId::as_str).collect();
        line("stores", &stores);
        if !self.addresses.is_empty() {
            text.push_str("\n[edition.addresses]\n");
            for (store, address) in &self.addresses {
                let _ = writeln!(text, "{} = {}", quoted(store.as_str()), quoted(address));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests;
