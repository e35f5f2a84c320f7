//! Lists of books that the author brings: spreadsheets (`table.rs`, `sheet.rs`) and ONIX files
//! (`onix/`), read into editions, with everything that is wrong in them said by line.
//!
//! `compare.rs` holds them against the editions that the configuration has already.
//!
//! Both are read into [`Row`]s of plain text first; `build.rs` makes editions of these. Nothing
//! here writes anything.

pub mod build;
mod columns;
pub mod compare;
pub mod dates;
#[cfg(test)]
mod documented;
mod forms;
mod isbn;
pub mod listed;
mod months;
pub mod onix;
pub mod report;
mod sheet;
pub mod table;
mod text;
pub mod writing;

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use crate::book::{StoreId, storefront};

pub use build::{Built, Defaults, build};
pub use report::Report;
pub use writing::Writing;

/// Bytes of a file, at most: an ONIX file of ten thousand titles with everything in it is smaller.
pub const MOST_BYTES: usize = 256 << 20;

/// Lines or products of a list, at most.
const MOST_ROWS: usize = 100_000;

/// Columns of a table, at most.
const MOST_COLUMNS: usize = 1_000;

/// What a column, or an element of ONIX, tells about an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The ISBN.
    Isbn,
    /// The title.
    Title,
    /// The author as printed on the cover.
    Author,
    /// Paperback, hardcover, ebook, in the words of whoever wrote the list.
    Format,
    /// The publication date.
    PublicationDate,
    /// The first day of sale.
    OnSaleDate,
    /// Who carries it to the stores.
    Distribution,
    /// The day on which distribution was enabled.
    DistributionEnabled,
    /// KDP Print takes Amazon over.
    AmazonSwitch,
    /// The list price.
    Price,
    /// The imprint, publisher or client.
    Imprint,
    /// Where it is watched, separated by blanks, commas or semicolons.
    Stores,
    /// It is the first title of its account at the distributor.
    FirstTitle,
    /// How it is printed.
    Printing,
    /// Addresses of its pages, or its ASIN.
    Address,
    /// What the list says of its state, as `04` (ONIX list 64) or `Cancelled`.
    Status,
    /// Whether it can be had, as `20` (ONIX list 65).
    Availability,
    /// The day before which nobody is to announce it.
    Announcement,
    /// The day before which nobody is to take orders.
    PreOrders,
}

impl Field {
    /// Every field that a column may tell, in the order of our own lists.
    pub const ALL: [Self; 17] = [
        Self::Isbn,
        Self::Title,
        Self::Author,
        Self::Format,
        Self::PublicationDate,
        Self::OnSaleDate,
        Self::Distribution,
        Self::DistributionEnabled,
        Self::AmazonSwitch,
        Self::FirstTitle,
        Self::Printing,
        Self::Price,
        Self::Imprint,
        Self::Stores,
        Self::Address,
        Self::Status,
        Self::Availability,
    ];

    /// What its column is called in our own lists and after `--column`.
    #[must_use]
    pub fn name(self) -> String {
        let label = if self == Self::Price {
            "price"
        } else {
            self.label()
        };
        label.to_lowercase().replace(' ', "-")
    }

    /// What it is called when columns are shown to a person.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Isbn => "ISBN",
            Self::Title => "title",
            Self::Author => "author",
            Self::Format => "format",
            Self::PublicationDate => "publication date",
            Self::OnSaleDate => "on-sale date",
            Self::Distribution => "distribution",
            Self::DistributionEnabled => "distribution enabled",
            Self::AmazonSwitch => "switch at Amazon",
            Self::Price => "list price",
            Self::Imprint => "imprint",
            Self::Stores => "stores",
            Self::FirstTitle => "first title",
            Self::Printing => "printing",
            Self::Address => "page address",
            Self::Status => "status",
            Self::Availability => "availability",
            Self::Announcement => "announcement date",
            Self::PreOrders => "first day of pre-orders",
        }
    }
}

/// One edition as the list has it, in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, from one.
    pub line: usize,
    /// What the list itself calls it: the record reference of ONIX.
    pub record: Option<String>,
    /// What it says; values are trimmed and never empty.
    pub values: BTreeMap<Field, String>,
    /// What keeps it from being an edition.
    pub faults: Vec<String>,
    /// Why its publication date is no day, where only another date may stand for it.
    pub undated: Option<String>,
    /// What was left out of it.
    pub notes: Vec<String>,
}

impl Row {
    /// An edition of which nothing is known.
    fn at(line: usize) -> Self {
        Self {
            line,
            record: None,
            values: BTreeMap::new(),
            faults: Vec::new(),
            undated: None,
            notes: Vec::new(),
        }
    }

    /// Something about it.
    fn say(&self, message: impl Into<String>) -> Trouble {
        Trouble::at(self.line, message).of_record(self.record.as_deref())
    }
}

/// Something wrong in the file, or worth knowing, with its line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Trouble {
    /// The line of the file, from one.
    pub line: usize,
    /// What the list itself calls the edition: the record reference of ONIX.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Trouble {
    /// Something at a line.
    #[must_use]
    pub fn at(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            record: None,
            message: message.into(),
        }
    }

    /// The same, of a record that has a name.
    fn of_record(self, record: Option<&str>) -> Self {
        Self {
            record: record.map(str::to_owned),
            ..self
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// The name as it stands in the file; empty where the file has none.
    pub name: String,
    /// What it tells; `None` when it is not used.
    pub field: Option<Field>,
    /// Of several columns of a kind the one with the lowest counts.
    rank: usize,
    /// The format whose ISBNs these are.
    format: Option<&'static str>,
}

impl Column {
    fn forget(&mut self) {
        self.field = None;
        self.format = None;
    }
}

/// What was read from a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// What it is: `CSV`, `Excel`, `OpenDocument`, `ONIX`.
    pub kind: &'static str,
    /// How it was understood, in lines for a person.
    pub understood: Vec<String>,
    /// What each column was taken for; ONIX has none.
    pub columns: Vec<Column>,
    /// The editions.
    pub rows: Vec<Row>,
    /// Lines that could not be read at all.
    pub troubles: Vec<Trouble>,
}

/// What the user says of a file that the file does not say itself.
#[derive(Debug, Clone, Default)]
pub struct How {
    /// Columns by name, or by number from one.
    pub columns: Vec<(Field, String)>,
    /// The encoding of its text.
    pub encoding: Option<&'static Encoding>,
    /// Where it is sold: of several markets in an ONIX product the first that fits counts.
    pub markets: Vec<Market>,
}

/// A country that stores sell in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// ISO 3166, as `US`.
    pub country: String,
    /// ISO 4217, as `USD`.
    pub currency: &'static str,
}

impl Market {
    /// The countries and currencies of stores, by which the fitting market of an ONIX product is told.
    pub fn of_stores(stores: &[StoreId]) -> Vec<Self> {
        let known = stores
            .iter()
            .filter_map(|store| storefront::find(store.as_str()));
        let market = known.map(|store| Self {
            country: store.country(),
            currency: store.currency,
        });
        market.collect()
    }
}

/// Why a file is no list of books at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is of another kind.
    #[error("this is {0}, not a list that can be read; save the sheet as .xlsx, .ods or CSV first")]
    OtherKind(&'static str),
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than any list.
    #[error("the file has more than {} MB; split it", MOST_BYTES >> 20)]
    TooLarge,
    /// No column has ISBNs.
    #[error(
        "no column has ISBNs; say which with `--column isbn=NAME`, or name one `ISBN` in the first \
         line (found there: {0})"
    )]
    NoIsbns(String),
    /// A column that was named is not there.
    #[error("there is no column `{wanted}`; the file has {found}")]
    NoColumn {
        /// The name that was given.
        wanted: String,
        /// Those that are there.
        found: String,
    },
    /// A line is longer than any of a list.
    #[error("line {0} has more than a megabyte; this is no list of books")]
    Line(usize),
    /// It declares an encoding that nobody knows.
    #[error("it declares the encoding `{0}`, which is not known; save it as UTF-8")]
    Encoding(String),
    /// A workbook that cannot be opened.
    #[error("the workbook cannot be read: {0}; save it anew, or as CSV")]
    Workbook(String),
    /// ONIX of another version.
    #[error("this is ONIX {0}; save it as ONIX 3.0 or 3.1, which have other fields")]
    OnixVersion(String),
    /// XML, but no ONIX.
    #[error("this is XML, but its first element is `{0}` and not `ONIXMessage`")]
    OtherXml(String),
}

/// Reads a file of any kind.
///
/// # Errors
///
/// [`ImportError`] when it is none of them. What is wrong in single lines is in the list.
pub fn read(bytes: &[u8], how: &How) -> Result<List, ImportError> {
    const KINDS: [(&[u8], &str); 2] = [
        (b"\xd0\xcf\x11\xe0", "an old Excel sheet"),
        (b"%PDF", "a PDF"),
    ];
    if MOST_BYTES < bytes.len() {
        return Err(ImportError::TooLarge);
    }
    if let Some((_, kind)) = KINDS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(ImportError::OtherKind(kind));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return sheet::read(bytes, how);
    }
    let (text, encoding) = text::decoded(bytes, how.encoding)?;
    let mut list = match text.trim_start_matches(|one: char| one.is_whitespace() || one == '\0') {
        "" => return Err(ImportError::Empty),
        text if text.starts_with('<') => onix::read(text, &how.markets)?,
        _ => table::read(&text, how)?,
    };
    list.understood.extend(encoding);
    Ok(list)
}

/// Which line a byte of a text is on, from one. Lines end with LF, CR or both. Asked in order it
/// goes through the text once.
#[derive(Debug)]
struct Lines<'a> {
    text: &'a [u8],
    counted: (usize, usize),
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            counted: (0, 1),
        }
    }

    fn of_byte(&mut self, byte: usize) -> usize {
        let end = byte.min(self.text.len());
        if end < self.counted.0 {
            self.counted = (0, 1);
        }
        let ends = memchr::memchr2_iter(b'\n', b'\r', &self.text[self.counted.0..end]);
        let is_end = |at: &usize| {
            let at = self.counted.0 + at;
            self.text[at] == b'\n' || self.text.get(at + 1) != Some(&b'\n')
        };
        self.counted = (end, self.counted.1 + ends.filter(is_end).count());
        self.counted.1
    }

    /// The line of a record that begins at `byte` or after the empty lines there.
    fn of_record(&mut self, byte: usize) -> usize {
        let empty = self.text.get(byte..).unwrap_or_default();
        let empty = empty.iter().take_while(|one| matches!(one, b'\n' | b'\r'));
        self.of_byte(byte + empty.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list_is_refused_with_what_to_do() {
        let error = |bytes: &[u8]| read(bytes, &How::default()).unwrap_err().to_string();
        assert!(error(b"\xd0\xcf\x11\xe0rest").contains("save the sheet as"));
        assert!(error(b"PK\x03\x04rest").contains("cannot be read"));
        assert!(error(b" \n").contains("empty"));
        assert!(error(b"<html></html>").contains("`html`"));
        assert!(error(b"a,b\n1,2\n").contains("no column has ISBNs"));
    }

    #[test]
    fn what_excel_writes_without_asking_is_read_and_said() {
        let list = read(b"ISBN,Title\n9781944098117,Caf\xe9\n", &How::default()).unwrap();
        assert_eq!(list.rows[0].values[&Field::Title], "Café");
        assert!(list.understood.last().unwrap().contains("Windows-1252"));
        let utf16: Vec<u8> = "\u{feff}ISBN\tTitle\n9781944098117\tCafé\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(
            read(&utf16, &How::default()).unwrap().rows[0].values[&Field::Title],
            "Café"
        );
    }
}
