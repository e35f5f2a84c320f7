//! Workbooks of Excel (`.xlsx`) and `OpenDocument` (`.ods`), opened with calamine and read like a CSV
//! file. Pure.
//!
//! A workbook is packed, and a small one may unpack to anything: what is in it is counted before it
//! is opened.

use std::io::{Cursor, Read as _};

use calamine::{DataType, Ods, Reader as _, Xlsx};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::LocalName;
use zip::ZipArchive;

use super::table::{self, Records};
use super::{How, ImportError, List, MOST_COLUMNS, MOST_ROWS};

/// Bytes of a workbook when it is unpacked, at most.
const MOST_UNPACKED: u64 = 256 << 20;

/// Cells of a workbook, at most; empty ones between others count.
const MOST_CELLS: usize = 5_000_000;

/// Reads the first sheet that has a column of ISBNs.
///
/// # Errors
///
/// [`ImportError`] when the workbook cannot be opened, or none of its sheets has one.
pub(super) fn read(bytes: &[u8], how: &How) -> Result<List, ImportError> {
    let is_ods = count(bytes)?;
    if is_ods {
        let mut book: Ods<_> =
            calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(broken)?;
        let names = book.sheet_names();
        first_list("OpenDocument", &names, how, |name| {
            let range = book.worksheet_range(name).map_err(broken)?;
            let top = range.start().map_or(0, |(row, _)| row as usize);
            let rows = range.rows().enumerate().map(|(index, cells)| {
                let cells = cells.iter().map(|cell| text_of(cell, None));
                (top + index + 1, cells.collect())
            });
            Ok(rows.collect())
        })
    } else {
        let mut book: Xlsx<_> =
            calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(broken)?;
        let names = book.sheet_names();
        first_list("Excel", &names, how, |name| rows_of(&mut book, name))
    }
}

/// The list in the first sheet that has one; what else there is, is said.
fn first_list(
    kind: &'static str,
    names: &[String],
    how: &How,
    mut records: impl FnMut(&str) -> Result<Records, ImportError>,
) -> Result<List, ImportError> {
    let mut why = ImportError::Empty;
    for name in names {
        match table::of_records(records(name)?, Vec::new(), None, how) {
            Ok(mut list) => {
                let others: Vec<&str> = names
                    .iter()
                    .filter(|one| *one != name)
                    .map(String::as_str)
                    .collect();
                let others = match others.as_slice() {
                    [] => String::new(),
                    others => format!("; not read: {}", others.join(", ")),
                };
                list.kind = kind;
                list.understood
                    .insert(0, format!("{kind}, the sheet `{name}`{others}."));
                return Ok(list);
            }
            Err(error) if matches!(why, ImportError::Empty) => why = error,
            Err(_) => {}
        }
    }
    Err(why)
}

/// The rows of a sheet of Excel, cell by cell: a value at the far end makes no empty cells.
fn rows_of(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Records, ImportError> {
    let mut cells = book.worksheet_cells_reader(name).map_err(broken)?;
    let currencies: Vec<Option<&'static str>> = cells
        .styles()
        .iter()
        .map(|style| {
            let format = style.number_format.as_ref()?;
            super::columns::currency_in_format(&format.format_code)
        })
        .collect();
    let mut records: Records = Vec::new();
    // A text that stands once in the file may stand in many cells.
    let mut left = MOST_UNPACKED;
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(broken)? {
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize + 1, column as usize);
        let currency = currencies.get(style).copied().flatten();
        let text = text_of(cell.get_value(), currency);
        if text.is_empty() {
            continue;
        }
        left = left.checked_sub(text.len() as u64).ok_or_else(too_much)?;
        if MOST_ROWS < records.len() || MOST_COLUMNS <= column {
            return Err(ImportError::Workbook(format!(
                "its sheet `{name}` has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns"
            )));
        }
        if records.last().is_none_or(|(last, _)| *last != row) {
            records.push((row, Vec::new()));
        }
        if let Some((_, values)) = records.last_mut() {
            values.resize(values.len().max(column + 1), String::new());
            values[column] = text;
        }
    }
    Ok(records)
}

/// A value as text: a whole number without decimals, a date as year, month and day, an amount with
/// the currency of its format.
fn text_of(value: &impl DataType, currency: Option<&str>) -> String {
    let number = value.get_int().map(|number| number.to_string());
    if let Some(number) = number.or_else(|| value.get_float().map(|number| number.to_string())) {
        return match currency {
            Some(currency) => format!("{number} {currency}"),
            None => number,
        };
    }
    if let Some(date) = value.get_datetime() {
        let (year, month, day, ..) = date.to_ymd_hms_milli();
        return format!("{year:04}-{month:02}-{day:02}");
    }
    let flag = value.get_bool().map(|flag| flag.to_string());
    let text = value
        .get_string()
        .or_else(|| value.get_datetime_iso())
        .map(table::cell);
    flag.or(text).unwrap_or_default()
}

/// Whether it is `OpenDocument`, when what is in the workbook is not too much.
fn count(bytes: &[u8]) -> Result<bool, ImportError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut left = MOST_UNPACKED;
    let mut content = None;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(broken)?;
        let is_content = file.name().is_ok_and(|name| name == "content.xml");
        let mut limited = file.take(left + 1);
        let unpacked = if is_content {
            let mut text = Vec::new();
            let unpacked = limited.read_to_end(&mut text).map_err(broken)?;
            content = Some(text);
            unpacked as u64
        } else {
            std::io::copy(&mut limited, &mut std::io::sink()).map_err(broken)?
        };
        left = left.checked_sub(unpacked).ok_or_else(too_much)?;
    }
    match &content {
        Some(content) if is_too_much(content)? => Err(too_much()),
        content => Ok(content.is_some()),
    }
}

/// What the sheets of an `OpenDocument` file come to when all is written out that stands there for
/// many.
#[derive(Default)]
struct Extent {
    /// Cells up to the last that has a value, in the sheets before this one.
    cells: usize,
    /// Bytes of text.
    text: usize,
    /// Rows of this sheet so far, and up to the last value.
    rows: usize,
    last: usize,
    /// Columns of this row, and of the widest with a value.
    width: usize,
    widest: usize,
    /// For how many rows this one stands, and this cell for how many cells.
    of_row: usize,
    of_cell: usize,
}

impl Extent {
    fn is_too_much(&self) -> bool {
        let cells = self
            .cells
            .saturating_add(self.last.saturating_mul(self.widest));
        MOST_CELLS < cells || MOST_UNPACKED < self.text as u64
    }

    fn add_text(&mut self, bytes: usize) {
        let copies = self.of_row.saturating_mul(self.of_cell);
        self.text = self.text.saturating_add(bytes.saturating_mul(copies));
    }

    /// Text between cells is nothing.
    fn leave(&mut self, name: LocalName<'_>) {
        if matches!(name.as_ref(), "table-cell" | "covered-table-cell") {
            self.of_cell = 0;
        }
    }

    fn add(&mut self, start: &BytesStart<'_>, is_empty: bool) {
        let attribute = |name: &str| start.try_get_attribute(name).ok().flatten();
        let repeated = |name: &str| {
            let number = attribute(name).map(|one| one.value.parse::<usize>());
            number.map_or(1, |number| number.unwrap_or(usize::MAX))
        };
        match start.local_name().as_ref() {
            "table" => {
                self.cells = self
                    .cells
                    .saturating_add(self.last.saturating_mul(self.widest));
                (self.rows, self.last, self.widest) = (0, 0, 0);
            }
            "table-row" => {
                self.of_row = repeated("table:number-rows-repeated");
                self.rows = self.rows.saturating_add(self.of_row);
                self.width = 0;
            }
            "table-cell" | "covered-table-cell" => {
                self.of_cell = repeated("table:number-columns-repeated");
                self.width = self.width.saturating_add(self.of_cell);
                if attribute("office:value-type").is_some() || !is_empty {
                    (self.last, self.widest) = (self.rows, self.widest.max(self.width));
                    self.add_text(start.len());
                }
            }
            // So many blanks.
            "s" => self.add_text(repeated("text:c")),
            _ => {}
        }
    }
}

/// Whether an `OpenDocument` file has more in it than any list of books.
///
/// # Errors
///
/// [`ImportError::Workbook`] when it is not whole XML: calamine 0.38 waits for ever for the end of a
/// sheet that has none.
fn is_too_much(content: &[u8]) -> Result<bool, ImportError> {
    let mut reader = quick_xml::Reader::from_reader(content);
    let (mut event, mut depth, mut extent) = (Vec::new(), 0_usize, Extent::default());
    loop {
        event.clear();
        match reader.read_event_into(&mut event).map_err(broken)? {
            Event::Start(start) => {
                depth += 1;
                extent.add(&start, false);
            }
            Event::Empty(start) => {
                extent.add(&start, true);
                extent.leave(start.local_name());
            }
            Event::End(end) => {
                depth -= 1;
                extent.leave(end.local_name());
            }
            Event::Text(text) => extent.add_text(text.len()),
            Event::Eof if depth == 0 => return Ok(extent.is_too_much()),
            Event::Eof => return Err(broken("it ends in the middle of its content")),
            Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
        if extent.is_too_much() {
            return Ok(true);
        }
    }
}

fn too_much() -> ImportError {
    ImportError::Workbook("it unpacks to more than any list of books".to_owned())
}

fn broken(error: impl std::fmt::Display) -> ImportError {
    ImportError::Workbook(error.to_string())
}
