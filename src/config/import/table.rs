//! Spreadsheets as CSV: which character separates, which column is what, and where a line is
//! broken. Pure.

use std::collections::BTreeMap;

use super::columns::{field_named, plain};
use super::{Field, ImportError, List, Row, Trouble, dates};
use crate::book::Isbn13;

/// How many lines may stand above the one with the names of the columns: exports have a preamble.
const PREAMBLE: usize = 10;

/// A value that runs over more lines than this has lost its closing quote.
const LONGEST_VALUE: usize = 30;

/// Which column is what.
struct Columns {
    /// The names as they stand in the file; empty where the file has none.
    names: Vec<String>,
    fields: Vec<Option<Field>>,
    /// The currency that the name of the price column tells.
    currency: Option<&'static str>,
}

/// Reads a spreadsheet.
///
/// # Errors
///
/// [`ImportError::NoIsbns`] when no column has any.
pub fn read(text: &str) -> Result<List, ImportError> {
    let separator = separator(text);
    let (records, mut troubles) = records(text, separator);
    let header = records.iter().take(PREAMBLE).position(|(_, cells)| {
        cells
            .iter()
            .any(|cell| field_named(cell) == Some(Field::Isbn))
    });
    let (columns, first) = match header {
        Some(index) => (by_name(&records[index].1), index + 1),
        None => (by_content(&records), 0),
    };
    if !columns.fields.contains(&Some(Field::Isbn)) {
        let first = records.first().map(|(_, cells)| cells.join(", "));
        return Err(ImportError::NoIsbns(first.unwrap_or_default()));
    }
    let width = columns.fields.len();
    let mut rows = Vec::new();
    for (line, cells) in records.into_iter().skip(first) {
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if cells.len() > width && cells[width..].iter().any(|cell| !cell.is_empty()) {
            troubles.push(Trouble::at(
                line,
                format!(
                    "{} values where there are {width} columns; a value that holds the separator \
                     `{}` needs quotes around it",
                    cells.len(),
                    shown(separator)
                ),
            ));
            continue;
        }
        rows.push(row(line, &cells, &columns));
    }
    Ok(List {
        understood: understood(&columns, separator),
        rows,
        troubles,
    })
}

fn row(line: usize, cells: &[String], columns: &Columns) -> Row {
    let mut values = BTreeMap::new();
    for (cell, field) in cells.iter().zip(&columns.fields) {
        let Some(field) = *field else { continue };
        if cell.is_empty() {
            continue;
        }
        let mut value = cell.clone();
        if let (Field::Price, Some(currency)) = (field, columns.currency)
            && value.chars().all(|one| one.is_ascii_digit() || one == '.')
        {
            value = format!("{value} {currency}");
        }
        values.insert(field, value);
    }
    Row { line, values }
}

/// The records with the line on which each begins, values trimmed.
fn records(text: &str, separator: u8) -> (Vec<(usize, Vec<String>)>, Vec<Trouble>) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut records = Vec::new();
    let mut troubles = Vec::new();
    let mut counted = (0, 1);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                troubles.push(Trouble::at(1, format!("this line cannot be read: {error}")));
                continue;
            }
        };
        let place = record.position().map_or(0, csv::Position::byte);
        let line = line_of(
            text,
            usize::try_from(place).unwrap_or(usize::MAX),
            &mut counted,
        );
        let lines = record.iter().map(|cell| cell.matches('\n').count());
        if lines.max().unwrap_or_default() > LONGEST_VALUE {
            troubles.push(Trouble::at(
                line,
                "a quote that opens here is never closed, so this line and those after it cannot \
                 be told apart; close it, or take it out",
            ));
            continue;
        }
        records.push((line, record.iter().map(cell).collect()));
    }
    (records, troubles)
}

/// The line of a record that begins at `byte` or after the empty lines there. `counted` is a byte
/// and its line from where to go on, so that a file is counted once.
fn line_of(text: &str, byte: usize, counted: &mut (usize, usize)) -> usize {
    let bytes = text.as_bytes();
    let empty = bytes.get(byte..).unwrap_or_default();
    let empty = empty.iter().take_while(|one| matches!(one, b'\n' | b'\r'));
    let start = (byte + empty.count()).min(bytes.len());
    let newlines = bytes[counted.0.min(start)..start]
        .iter()
        .filter(|one| **one == b'\n');
    *counted = (start, counted.1 + newlines.count());
    counted.1
}

/// A value as it is meant: without blanks, and without what spreadsheets put around numbers to
/// keep them as text.
fn cell(text: &str) -> String {
    let text = text.trim().trim_matches('\u{a0}').trim();
    let text = text
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    text.strip_prefix('\'').unwrap_or(text).trim().to_owned()
}

/// The character that separates values: the one that the first lines have most of.
fn separator(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for line in text.lines().take(PREAMBLE) {
        let mut is_quoted = false;
        for byte in line.bytes() {
            if byte == b'"' {
                is_quoted = !is_quoted;
            }
            for (separator, count) in &mut counts {
                if byte == *separator && !is_quoted {
                    *count += 1;
                }
            }
        }
    }
    // The first of equals wins, so a list of a single column is read as well.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts
        .iter()
        .find(|(_, count)| *count == most)
        .map_or(b',', |(separator, _)| *separator)
}

fn shown(separator: u8) -> &'static str {
    match separator {
        b';' => ";",
        b'\t' => "tab",
        _ => ",",
    }
}

fn by_name(names: &[String]) -> Columns {
    let mut fields: Vec<Option<Field>> = Vec::new();
    let mut currency = None;
    for name in names {
        // Of two columns of one kind the first counts.
        let field = field_named(name).filter(|field| !fields.contains(&Some(*field)));
        if field == Some(Field::Price) {
            let name = plain(name);
            currency = if name.contains("gbp") || name.starts_with("uk") {
                Some("GBP")
            } else if name.contains("eur") {
                Some("EUR")
            } else if name.contains("usd") || name.starts_with("us") {
                Some("USD")
            } else {
                None
            };
        }
        fields.push(field);
    }
    Columns {
        names: names.to_vec(),
        fields,
        currency,
    }
}

/// Whether a value is of a kind.
type Test<'a> = &'a dyn Fn(&str) -> bool;

/// Without names: the column with the most ISBNs, then the one with the most dates, then the first
/// that has words.
fn by_content(records: &[(usize, Vec<String>)]) -> Columns {
    let width = records.iter().map(|(_, cells)| cells.len()).max();
    let width = width.unwrap_or_default();
    let mut fields: Vec<Option<Field>> = vec![None; width];
    let best = |fields: &[Option<Field>], is_one: Test<'_>| {
        (0..width)
            .filter(|column| fields[*column].is_none())
            .map(|column| {
                let cells = records.iter().filter_map(|(_, cells)| cells.get(column));
                (cells.filter(|cell| is_one(cell)).count(), column)
            })
            .filter(|(count, _)| *count * 2 > records.len())
            .max_by_key(|(count, column)| (*count, usize::MAX - column))
            .map(|(_, column)| column)
    };
    let kinds: [(Field, Test<'_>); 3] = [
        (Field::Isbn, &|cell| cell.parse::<Isbn13>().is_ok()),
        (Field::PublicationDate, &|cell| {
            !matches!(dates::read(cell, None), Err(dates::DateError::None(_)))
        }),
        (Field::Title, &|cell| cell.chars().any(char::is_alphabetic)),
    ];
    for (field, is_one) in kinds {
        if let Some(column) = best(&fields, is_one) {
            fields[column] = Some(field);
        }
    }
    Columns {
        names: Vec::new(),
        fields,
        currency: None,
    }
}

fn understood(columns: &Columns, separator: u8) -> Vec<String> {
    let mut lines = vec![format!("Values are separated by `{}`.", shown(separator))];
    if columns.names.is_empty() {
        lines.push("The columns have no names; by what is in them:".to_owned());
    }
    let mut ignored = Vec::new();
    for (index, field) in columns.fields.iter().enumerate() {
        let name = match columns.names.get(index) {
            Some(name) if !name.is_empty() => format!("`{name}`"),
            Some(_) | None => format!("column {}", index + 1),
        };
        match field {
            Some(field) => lines.push(format!("  {name} is the {}", field.label())),
            None => ignored.push(name),
        }
    }
    if !ignored.is_empty() {
        lines.push(format!("  not used: {}", ignored.join(", ")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(usize, Field, &str)]) {
        let list = read(text).unwrap();
        assert_eq!(list.troubles, []);
        let found: Vec<(usize, Field, &str)> = list
            .rows
            .iter()
            .flat_map(|row| {
                row.values
                    .iter()
                    .map(move |(field, value)| (row.line, *field, value.as_str()))
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn columns_are_known_by_their_names_below_a_preamble() {
        check(
            "Title report for Lamplight\n\nTitle;ISBN-13;Binding Type;US List Price;Pages\n\
             \"Salt; Roads\";=\"9781944098117\";Perfect Bound;16.99;200\n\n\
             Two\nlines;9780132350884;;;\n"
                .replace("Two\nlines", "\"Two\nlines\"")
                .as_str(),
            &[
                (4, Field::Isbn, "9781944098117"),
                (4, Field::Title, "Salt; Roads"),
                (4, Field::Format, "Perfect Bound"),
                (4, Field::Price, "16.99 USD"),
                (6, Field::Isbn, "9780132350884"),
                (6, Field::Title, "Two\nlines"),
            ],
        );
    }

    #[test]
    fn columns_without_names_are_known_by_what_is_in_them() {
        check(
            "1\tSalt Roads\t978-1-944098-11-7\t2027-02-09\n\
             2\tThe Lamplighter\t9780132350884\t2027-05-01\n",
            &[
                (1, Field::Isbn, "978-1-944098-11-7"),
                (1, Field::Title, "Salt Roads"),
                (1, Field::PublicationDate, "2027-02-09"),
                (2, Field::Isbn, "9780132350884"),
                (2, Field::Title, "The Lamplighter"),
                (2, Field::PublicationDate, "2027-05-01"),
            ],
        );
        check(
            "9781944098117\n9780132350884\n",
            &[
                (1, Field::Isbn, "9781944098117"),
                (2, Field::Isbn, "9780132350884"),
            ],
        );
    }

    #[test]
    fn a_broken_line_is_named_and_never_shifted() {
        let list = read("ISBN,Title\n9781944098117,Salt, Roads\n9780132350884,Fine\n").unwrap();
        assert_eq!(list.rows.len(), 1);
        assert_eq!(list.troubles[0].line, 2);
        let mut text = "ISBN,Title\n9781944098117,\"Salt Roads\n".to_owned();
        for _ in 0..40 {
            text.push_str("9780132350884,Fine\n");
        }
        let list = read(&text).unwrap();
        assert_eq!(list.rows, []);
        assert_eq!(list.troubles[0].line, 2);
        assert!(list.troubles[0].message.contains("never closed"));
    }
}
