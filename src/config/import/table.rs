//! Spreadsheets: which character separates, which column is what, and where a line is broken. Pure.
//!
//! `sheet.rs` opens workbooks, whose rows are read here like those of a CSV file.

use std::collections::BTreeMap;

use super::build::DATES;
use super::columns::{currency_in, known_list, named};
use super::{
    Column, Field, How, ImportError, Lines, List, MOST_COLUMNS, MOST_ROWS, Row, Trouble, dates,
    forms, isbn,
};

/// How many lines may stand above the one with the names of the columns: exports have a preamble.
const PREAMBLE: usize = 10;

/// A value that runs over more lines than this has lost its closing quote.
const LONGEST_VALUE: usize = 30;

/// A line of more bytes than this is of no list of books.
const LONGEST_LINE: usize = 1 << 20;

/// How much of the beginning tells which character separates: bytes, and records.
const TELLING: (usize, usize) = (1 << 16, 50);

/// Lines of a table, each with its number and its values.
pub(super) type Records = Vec<(usize, Vec<String>)>;

/// Reads a spreadsheet that was saved as text.
///
/// # Errors
///
/// [`ImportError`] when no column has ISBNs, or a line is of no table.
pub fn read(text: &str, how: &How) -> Result<List, ImportError> {
    let mut lines = Lines::new(text);
    if let Some(at) = too_long(text) {
        return Err(ImportError::Line(lines.of_byte(at)));
    }
    let (text, separator, above) = match text.split_once(['\n', '\r']) {
        // What Excel reads and writes in countries with decimal commas.
        Some((first, rest)) if first.len() == 5 && first.starts_with("sep=") => (
            rest.strip_prefix('\n').unwrap_or(rest),
            first.as_bytes()[4],
            1,
        ),
        Some(_) | None => (text, separator(text), 0),
    };
    let (records, troubles) = records(text, separator, above);
    let mut list = of_records(records, troubles, Some(separator), how)?;
    list.kind = "CSV";
    list.understood.insert(
        0,
        format!("Values are separated by `{}`.", shown(separator)),
    );
    Ok(list)
}

/// Reads the lines of a table.
///
/// # Errors
///
/// [`ImportError`] when no column has ISBNs, or one that was named is not there.
pub(super) fn of_records(
    records: Records,
    mut troubles: Vec<Trouble>,
    separator: Option<u8>,
    how: &How,
) -> Result<List, ImportError> {
    let header = header(&records, how);
    let mut columns = match header {
        Some(index) => by_name(&records[index].1),
        None => Vec::new(),
    };
    let first = header.map_or(0, |index| index + 1);
    by_content(&mut columns, records.get(first..).unwrap_or_default());
    let names: Vec<String> = columns.iter().map(|one| one.name.clone()).collect();
    let found = || {
        let shown = records.get(header.unwrap_or_default());
        shown.map(|(_, cells)| cells.join(", ")).unwrap_or_default()
    };
    for (field, wanted) in &how.columns {
        let index = place_of(wanted, &names).ok_or_else(|| ImportError::NoColumn {
            wanted: wanted.clone(),
            found: found(),
        })?;
        columns
            .iter_mut()
            .filter(|one| one.field == Some(*field))
            .for_each(Column::forget);
        columns[index] = Column {
            field: Some(*field),
            rank: 0,
            ..columns[index].clone()
        };
    }
    let tells = |one: &Column| matches!(one.field, Some(Field::Isbn | Field::Address));
    if !columns.iter().any(tells) {
        return Err(ImportError::NoIsbns(found()));
    }
    let width = columns.len();
    let mut rows = Vec::new();
    for (line, cells) in records.into_iter().skip(first) {
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if cells.len() > width && cells[width..].iter().any(|cell| !cell.is_empty()) {
            let quotes = separator.map(|separator| {
                let separator = shown(separator);
                format!("; a value that holds the separator `{separator}` needs quotes around it")
            });
            let quotes = quotes.unwrap_or_default();
            let what = format!(
                "{} values where there are {width} columns{quotes}",
                cells.len()
            );
            troubles.push(Trouble::at(line, what));
            continue;
        }
        rows.extend(rows_of(line, &cells, &columns));
    }
    let known = known_list(&names).map(|list| format!("This looks like {list}."));
    Ok(List {
        understood: known.into_iter().collect(),
        columns,
        rows,
        troubles,
        ..List::default()
    })
}

/// The editions of a line: one, or one for each format that has a column of ISBNs of its own. What a
/// line with several says of one alone, it does not say of which: its price and its pages.
fn rows_of(line: usize, cells: &[String], columns: &[Column]) -> Vec<Row> {
    let mut shared = Row::at(line);
    let mut ranks: BTreeMap<Field, usize> = BTreeMap::new();
    let mut pages: Vec<(Option<&'static str>, String)> = Vec::new();
    for (cell, column) in cells.iter().zip(columns) {
        let Some(field) = column.field.filter(|_| !cell.is_empty()) else {
            continue;
        };
        let value = value_of(field, cell, column);
        if field == Field::Address {
            pages.push((column.format, value));
        } else if field != Field::Isbn && ranks.get(&field).is_none_or(|best| column.rank < *best) {
            ranks.insert(field, column.rank);
            shared.values.insert(field, value);
        }
    }
    let isbns = isbns_of(&mut shared, cells, columns);
    let is_single = isbns.len() < 2;
    if !is_single && let Some(price) = shared.values.remove(&Field::Price) {
        let why = format!("`{price}` may be the price of any of its formats; left out");
        shared.notes.push(why);
    }
    let mut rows: Vec<Row> = Vec::new();
    for (format, isbn) in isbns {
        let mut row = shared.clone();
        row.values.insert(Field::Isbn, isbn.to_owned());
        let says = is_single && row.values.contains_key(&Field::Format);
        if let Some(format) = format.filter(|_| !says) {
            row.values.insert(Field::Format, format.to_owned());
        }
        rows.push(row);
    }
    if rows.is_empty() {
        rows.push(shared);
    }
    for row in &mut rows {
        let form = row
            .values
            .get(&Field::Format)
            .map_or("paperback", String::as_str);
        let form = forms::form(form);
        let is_ours = |of: Option<&str>| of.map_or(is_single, |of| forms::form(of) == form);
        let ours = pages.iter().filter(|(of, _)| is_ours(*of));
        let ours: Vec<&str> = ours.map(|(_, page)| page.as_str()).collect();
        if !ours.is_empty() {
            row.values.insert(Field::Address, ours.join(" "));
        }
    }
    rows
}

/// The ISBNs of a line, each with the format whose it is where the column tells. Of those that may be
/// of any format the first right one counts; two of them are a fault.
fn isbns_of<'a>(
    row: &mut Row,
    cells: &'a [String],
    columns: &[Column],
) -> Vec<(Option<&'static str>, &'a str)> {
    let mut plain: Vec<(usize, &str)> = Vec::new();
    let mut formats: BTreeMap<&'static str, &str> = BTreeMap::new();
    for (cell, column) in cells.iter().zip(columns) {
        match column.format {
            _ if column.field != Some(Field::Isbn) || cell.is_empty() => {}
            None => plain.push((column.rank, cell)),
            Some(format) => {
                formats.entry(format).or_insert(cell);
            }
        }
    }
    plain.sort_by_key(|(rank, _)| *rank);
    let right: Vec<_> = plain
        .iter()
        .filter_map(|(_, one)| isbn::read(one).ok())
        .collect();
    if let [first, rest @ ..] = right.as_slice()
        && let Some(other) = rest.iter().find(|other| *other != first)
    {
        let why = format!("its columns name two ISBNs, {first} and {other}");
        row.faults.push(why);
    }
    let is_right = |one: &&(usize, &str)| isbn::read(one.1).is_ok();
    let best = plain.iter().find(is_right).or(plain.first());
    let mut isbns = Vec::new();
    isbns.extend(best.map(|(_, isbn)| (None, *isbn)));
    for (format, one) in formats {
        if isbn::read(one).ok().is_none_or(|one| !right.contains(&one)) {
            isbns.push((Some(format), one));
        }
    }
    isbns
}

/// A value as its column means it: a number of days as its date, an amount with its currency.
fn value_of(field: Field, cell: &str, column: &Column) -> String {
    let is_date = DATES.contains(&field);
    if let Some(date) = dates::serial(cell).filter(|_| is_date) {
        return date.to_string();
    }
    let has_currency = |one: char| one.is_alphabetic() || "$£€¥".contains(one);
    let currency = currency_in(&column.name).filter(|_| field == Field::Price);
    match currency.filter(|_| !cell.contains(has_currency)) {
        Some(currency) => format!("{cell} {currency}"),
        None => cell.to_owned(),
    }
}

/// The records with the line on which each begins, values trimmed. `above` lines stand before.
fn records(text: &str, separator: u8, above: usize) -> (Records, Vec<Trouble>) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut records = Vec::new();
    let mut troubles = Vec::new();
    let mut lines = Lines::new(text);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                troubles.push(Trouble::at(1, format!("this line cannot be read: {error}")));
                continue;
            }
        };
        let place = record.position().map_or(0, csv::Position::byte);
        let line = above + lines.of_record(usize::try_from(place).unwrap_or(usize::MAX));
        let breaks = record.iter().map(|cell| cell.matches('\n').count());
        if breaks.max().unwrap_or_default() > LONGEST_VALUE {
            troubles.push(Trouble::at(
                line,
                "a quote that opens here is never closed, so this line and those after it cannot \
                 be told apart; close it, or take it out",
            ));
            continue;
        }
        if MOST_COLUMNS < record.len() {
            let what = format!("it has {} values, which no list of books has", record.len());
            troubles.push(Trouble::at(line, what));
            continue;
        }
        if MOST_ROWS <= records.len() + troubles.len() {
            troubles.push(Trouble::at(line, "this is too much for one list; split it"));
            break;
        }
        records.push((line, record.iter().map(cell).collect()));
    }
    (records, troubles)
}

/// Where a line begins that no list of books has.
fn too_long(text: &str) -> Option<usize> {
    let mut start = 0;
    let ends = memchr::memchr2_iter(b'\n', b'\r', text.as_bytes());
    for end in ends.chain([text.len()]) {
        if LONGEST_LINE < end - start {
            return Some(start);
        }
        start = end + 1;
    }
    None
}

/// A value as it is meant: without blanks, and without what spreadsheets put around numbers to
/// keep them as text.
pub(super) fn cell(text: &str) -> String {
    let is_blank = |one: char| one.is_whitespace() || matches!(one, '\u{feff}' | '\u{200b}');
    let text = text.trim_matches(is_blank);
    let text = text
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    // What it masks is a number, or what would be a formula; a title may begin with one.
    let masked = text.strip_prefix('\'').filter(|masked| {
        let is_of_one = |one: char| one.is_ascii_digit() || " -.,Xx".contains(one);
        let is_number =
            masked.starts_with(|one: char| one.is_ascii_digit()) && masked.chars().all(is_of_one);
        is_number || masked.starts_with(['=', '+', '-', '@', '\''])
    });
    masked.unwrap_or(text).trim().to_owned()
}

/// The character that separates values: the one by which the most lines have the same number of
/// values; of equals that with more of them. Commas within values are no even rows.
fn separator(text: &str) -> u8 {
    let mut end = TELLING.0.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let evenness = |separator: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(&text.as_bytes()[..end]);
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        for record in reader.records().take(TELLING.1).flatten() {
            if 1 < record.len() {
                *widths.entry(record.len()).or_default() += 1;
            }
        }
        widths
            .into_iter()
            .map(|(width, rows)| (rows, width))
            .max()
            .unwrap_or_default()
    };
    // The last of equals is taken: a list of a single column is read with the comma.
    let all = [b'|', b'\t', b';', b','];
    all.into_iter()
        .max_by_key(|separator| evenness(*separator))
        .unwrap_or(b',')
}

fn shown(separator: u8) -> String {
    match separator {
        b'\t' => "tab".to_owned(),
        other => char::from(other).to_string(),
    }
}

/// The line with the names: the one that has most names that are known, or those that were given.
fn header(records: &Records, how: &How) -> Option<usize> {
    let known = |cells: &[String]| {
        let known: Vec<Field> = cells
            .iter()
            .filter_map(|one| named(one))
            .map(|one| one.0)
            .collect();
        let given = how
            .columns
            .iter()
            .filter(|(_, name)| cells.iter().any(|one| is_named(one, name)));
        let given = given.count();
        let is_one = given > 0 || known.contains(&Field::Isbn) || 1 < known.len();
        if is_one { known.len() + 100 * given } else { 0 }
    };
    let mut best = (0, None);
    for (index, (_, cells)) in records.iter().take(PREAMBLE).enumerate() {
        let count = known(cells);
        if best.0 < count {
            best = (count, Some(index));
        }
    }
    best.1
}

fn is_named(column: &str, wanted: &str) -> bool {
    column.trim().to_lowercase() == wanted.trim().to_lowercase()
}

/// The column of a name; or of a number, from one.
fn place_of(wanted: &str, names: &[String]) -> Option<usize> {
    let called = names
        .iter()
        .position(|name| !name.is_empty() && is_named(name, wanted));
    let number = || wanted.trim().parse::<usize>().ok()?.checked_sub(1);
    called.or_else(number).filter(|index| *index < names.len())
}

fn by_name(names: &[String]) -> Vec<Column> {
    names
        .iter()
        .map(|name| {
            let (field, rank, format) = named(name)
                .map_or((None, 0, None), |(field, rank, format)| {
                    (Some(field), rank, format)
                });
            Column {
                name: name.clone(),
                field,
                rank,
                format,
            }
        })
        .collect()
}

/// Whether a value is of a kind.
type Test<'a> = &'a dyn Fn(&str) -> bool;

/// Where no name tells the ISBN: the column with the most ISBNs, and without any names that with
/// the most dates, then the first that has words.
fn by_content(columns: &mut Vec<Column>, records: &[(usize, Vec<String>)]) {
    let has_names = !columns.is_empty();
    if columns.iter().any(|one| one.field == Some(Field::Isbn)) {
        return;
    }
    let width = records
        .iter()
        .map(|(_, cells)| cells.len())
        .max()
        .unwrap_or_default();
    if !has_names {
        columns.resize(width, Column::default());
    }
    let best = |columns: &[Column], is_one: Test<'_>| {
        (0..columns.len())
            .filter(|column| columns[*column].field.is_none())
            .map(|column| {
                let cells = records.iter().filter_map(|(_, cells)| cells.get(column));
                (cells.filter(|cell| is_one(cell)).count(), column)
            })
            .filter(|(count, _)| *count * 2 > records.len())
            .max_by_key(|(count, column)| (*count, usize::MAX - column))
            .map(|(_, column)| column)
    };
    let kinds: [(Field, Test<'_>); 3] = [
        (Field::Isbn, &|cell| isbn::read(cell).is_ok()),
        (Field::PublicationDate, &|cell| {
            !matches!(dates::read(cell, None), Err(dates::DateError::None(_)))
        }),
        (Field::Title, &|cell| cell.chars().any(char::is_alphabetic)),
    ];
    for (field, is_one) in kinds.into_iter().take(if has_names { 1 } else { 3 }) {
        if let Some(column) = best(columns, is_one) {
            columns[column].field = Some(field);
        }
    }
}

#[cfg(test)]
mod tests;
