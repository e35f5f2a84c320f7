//! The same for whatever else is in a configuration: tables that stand once, as `[schedule]`, and
//! those that are known by their `name`, as `[[webhook]]`.

use std::fmt::Write as _;
use std::ops::Range;

use toml_edit::{Document, DocumentMut, Item, Table, TableLike, Value};

use super::taken_out::{put_back, stands_together};
use super::{Change, EditError, apply, cut, with_settings};
use crate::book::StoreId;

/// A table of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It stands once.
    Top(&'static str),
    /// It is one of several, with this `name`.
    Named(&'static str, String),
}

/// A key, and its value; `None` takes it out where it is written.
pub type NewValue = (&'static str, Option<Value>);

/// The configuration with some values of a table set anew. The table is made where it is missing.
///
/// # Errors
///
/// [`EditError`] when it cannot be changed.
pub fn with_values(text: &str, place: &Place, values: &[NewValue]) -> Result<String, EditError> {
    let (array, name) = match place {
        Place::Top(table) => {
            let change = |(key, value): &NewValue| Change::setting(table, key, value.clone());
            return with_settings(text, &values.iter().map(change).collect::<Vec<_>>());
        }
        Place::Named(array, name) => (*array, name),
    };
    let mut document: DocumentMut = text.parse().map_err(|_| EditError::Syntax)?;
    if let Some(item) = document.get_mut(array) {
        let tables = item.as_array_of_tables_mut();
        let tables = tables.ok_or(EditError::List(array))?;
        let found = tables.iter_mut().find(|table| is_named(table, name));
        if let Some(table) = found {
            let mut comments = Vec::new();
            for (key, value) in values {
                let keys = vec![(*key).to_owned()];
                let change = Change {
                    keys,
                    value: value.clone(),
                    only_where_written: value.is_none(),
                };
                comments.extend(apply(table, &change)?);
            }
            for comments in comments {
                put_back(&mut document, &comments);
            }
            return Ok(document.to_string());
        }
    }
    if values.iter().all(|(_, value)| value.is_none()) {
        return Ok(text.to_owned());
    }
    let mut result = text.trim_end().to_owned();
    let begin = if result.is_empty() { "" } else { "\n\n" };
    // Writing to a String cannot fail.
    let _ = writeln!(
        result,
        "{begin}[[{array}]]\nname = {}",
        Value::from(name.as_str())
    );
    for (key, value) in values {
        if let Some(value) = value {
            let _ = writeln!(result, "{key} = {value}");
        }
    }
    Ok(result)
}

/// The configuration without the table of that name, as [`super::without`] takes an edition out. Where
/// there is none, it is as it was.
///
/// # Errors
///
/// [`EditError`] when it cannot be cut out.
pub fn without_named(text: &str, array: &'static str, name: &str) -> Result<String, EditError> {
    let document = Document::parse(text).map_err(|_| EditError::Syntax)?;
    let Some(item) = document.get(array) else {
        return Ok(text.to_owned());
    };
    let tables = item.as_array_of_tables().ok_or(EditError::List(array))?;
    match tables.iter().find(|table| is_named(table, name)) {
        Some(table) => {
            stands_together(table, array)?;
            cut(text, table).ok_or(EditError::List(array))
        }
        None => Ok(text.to_owned()),
    }
}

/// Where a key stands with its value, in bytes.
pub fn span(text: &str, place: &Place, key: &str) -> Option<Range<usize>> {
    let document = Document::parse(text).ok()?;
    let table = table(&document, place)?;
    let begin = table.key(key)?.span()?.start;
    Some(begin..table.get(key)?.span()?.end)
}

/// What is written for a key: a text without its quotes, a number; `None`: neither.
pub fn written(text: &str, place: &Place, key: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let item = table(&document, place)?.get(key)?;
    let number = || item.as_integer().map(|number| number.to_string());
    item.as_str().map(str::to_owned).or_else(number)
}

fn table<'a>(document: &'a Document<&str>, place: &Place) -> Option<&'a dyn TableLike> {
    match place {
        Place::Top(table) => document.get(table)?.as_table_like(),
        Place::Named(array, name) => {
            let mut tables = document.get(array)?.as_array_of_tables()?.iter();
            let found = tables.find(|table| is_named(table, name))?;
            Some(found)
        }
    }
}

/// Names of stores are taken as the configuration takes them, others as they are written.
fn is_named(table: &Table, name: &str) -> bool {
    let written = table.get("name").and_then(Item::as_str);
    written.is_some_and(|written| written == name || StoreId::new(written).as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[schedule] # mine\ndigest = \"0 8 * * MON\" # early\n\n# A phone.\n[[ntfy]]\n\
                        name = \"phone\"\naddress = \"https://ntfy.sh/a\"\n\n# The other.\n[[ntfy]]\n\
                        name = \"desk\"\naddress = \"https://ntfy.sh/b\"\n";

    fn desk() -> Place {
        Place::Named("ntfy", "desk".to_owned())
    }

    #[test]
    fn a_named_table_is_changed_made_and_taken_out_and_the_rest_stays_byte_by_byte() {
        let act = ("severity", Some(Value::from("act")));
        let changed = with_values(FILE, &desk(), std::slice::from_ref(&act)).unwrap();
        assert_eq!(changed, format!("{FILE}severity = \"act\"\n"));
        let back = with_values(&changed, &desk(), &[("severity", None)]).unwrap();
        assert_eq!(back, FILE);
        let bell = Place::Named("webhook", "a \"bell\"".to_owned());
        let made = with_values(FILE, &bell, &[act, ("secret_file", None)]).unwrap();
        let table = "\n[[webhook]]\nname = 'a \"bell\"'\nseverity = \"act\"\n";
        assert_eq!(made, format!("{FILE}{table}"));
        assert_eq!(without_named(&made, "webhook", "a \"bell\"").unwrap(), FILE);
        let one = without_named(FILE, "ntfy", "phone").unwrap();
        assert_eq!(
            one,
            FILE.replace(
                &FILE[FILE.find("# A ").unwrap()..FILE.find("# The").unwrap()],
                ""
            )
        );
        assert_eq!(without_named(FILE, "store", "phone").unwrap(), FILE);
    }

    #[test]
    fn a_table_that_stands_once_keeps_its_comments() {
        let later = ("digest", Some(Value::from("0 9 * * TUE")));
        let changed = with_values(FILE, &Place::Top("schedule"), &[later]).unwrap();
        assert_eq!(changed, FILE.replace("0 8 * * MON", "0 9 * * TUE"));
    }

    #[test]
    fn where_a_value_stands_is_known_and_a_list_in_one_line_is_said_to_be_one() {
        let found = span(FILE, &desk(), "address").unwrap();
        assert_eq!(&FILE[found], "address = \"https://ntfy.sh/b\"");
        assert_eq!(span(FILE, &Place::Top("mail"), "host"), None);
        let inline = "ntfy = [{ name = \"desk\" }]\n";
        assert_eq!(
            with_values(inline, &desk(), &[]),
            Err(EditError::List("ntfy"))
        );
        assert_eq!(
            without_named(inline, "ntfy", "desk"),
            Err(EditError::List("ntfy"))
        );
        assert_eq!(with_values("x =", &desk(), &[]), Err(EditError::Syntax));
    }
}
