//! Lists of books that the author brings: spreadsheets (`table.rs`) and ONIX files (`onix.rs`),
//! read into editions, with everything that is wrong in them said by line.
//!
//! `compare.rs` holds them against the editions that the configuration has already.
//!
//! Both are read into [`Row`]s of plain text first; `build.rs` makes editions of these. Nothing
//! here writes anything.

pub mod build;
mod columns;
pub mod compare;
pub mod dates;
pub mod onix;
pub mod table;

use std::collections::BTreeMap;

pub use build::{Built, Defaults, build};

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
    /// The address of its page at Amazon, or its ASIN.
    Amazon,
    /// What the list says of its state, as `04` (ONIX list 64) or `Cancelled`.
    Status,
}

impl Field {
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
            Self::Amazon => "page at Amazon",
            Self::Status => "status",
        }
    }
}

/// One edition as the list has it, in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, from one.
    pub line: usize,
    /// What it says; values are trimmed and never empty.
    pub values: BTreeMap<Field, String>,
}

/// Something wrong in the file, or worth knowing, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The line of the file, from one.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl Trouble {
    /// Something at a line.
    #[must_use]
    pub fn at(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            message: message.into(),
        }
    }
}

/// What was read from a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// How it was understood, in lines for a person: the columns, or the kind of ONIX.
    pub understood: Vec<String>,
    /// The editions.
    pub rows: Vec<Row>,
    /// Lines that could not be read at all.
    pub troubles: Vec<Trouble>,
}

/// Why a file is no list of books at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is of another kind.
    #[error("this is {0}, not a CSV or ONIX file; save the sheet as “CSV (UTF-8)” first")]
    OtherKind(&'static str),
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// No column has ISBNs.
    #[error(
        "no column has ISBNs; name one `ISBN` in the first line (found there: {0}), and save the \
         file again"
    )]
    NoIsbns(String),
    /// ONIX of another version.
    #[error("this is ONIX {0}; save it as ONIX 3.0 or 3.1, which have other fields")]
    OnixVersion(String),
    /// XML, but no ONIX.
    #[error("this is XML, but its first element is `{0}` and not `ONIXMessage`")]
    OtherXml(String),
}

/// Reads a file of either kind.
///
/// # Errors
///
/// [`ImportError`] when it is none of them. What is wrong in single lines is in the list.
pub fn read(bytes: &[u8]) -> Result<List, ImportError> {
    const KINDS: [(&[u8], &str); 3] = [
        (b"PK\x03\x04", "an Excel or OpenDocument sheet"),
        (b"\xd0\xcf\x11\xe0", "an old Excel sheet"),
        (b"%PDF", "a PDF"),
    ];
    if let Some((_, kind)) = KINDS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(ImportError::OtherKind(kind));
    }
    let (text, how) = decoded(bytes);
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let mut list = if text.trim_start().starts_with('<') {
        onix::read(&text)?
    } else {
        table::read(&text)?
    };
    list.understood.extend(how.map(str::to_owned));
    Ok(list)
}

/// The text: UTF-8 or UTF-16 with its mark, UTF-8, or what Excel writes without asking.
fn decoded(bytes: &[u8]) -> (String, Option<&'static str>) {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return (text.into_owned(), None);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => (
            encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
            Some("The file is not UTF-8; it was read as Windows-1252. See that accents are right."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list_is_refused_with_what_to_do() {
        let error = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        assert!(error(b"PK\x03\x04rest").contains("save the sheet as"));
        assert!(error(b" \n").contains("empty"));
        assert!(error(b"<html></html>").contains("`html`"));
        assert!(error(b"a,b\n1,2\n").contains("no column has ISBNs"));
    }

    #[test]
    fn what_excel_writes_without_asking_is_read_and_said() {
        let list = read(b"ISBN,Title\n9781944098117,Caf\xe9\n").unwrap();
        assert_eq!(list.rows[0].values[&Field::Title], "Café");
        assert!(list.understood.last().unwrap().contains("Windows-1252"));
        let utf16: Vec<u8> = "\u{feff}ISBN\tTitle\n9781944098117\tCafé\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read(&utf16).unwrap().rows[0].values[&Field::Title], "Café");
    }
}
