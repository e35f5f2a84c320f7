//! A page and what it must read as, as a pair of texts: the form of the test cases in `fixtures/`.

use serde::{Deserialize, Serialize};

use super::{Lessons, Read, read_closely};
use crate::book::StoreId;
use crate::page::{Page, Reading, Wanted};

/// So much of a refused page is kept, in bytes: refusals are told by their beginning.
const REFUSAL: usize = 16 * 1024;

/// A pair of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixture {
    /// The page.
    pub html: String,
    /// What it must read as: a [`Case`].
    pub toml: String,
}

/// What a page of a pair must read as. What is left out is not checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The store, by its host.
    pub store: String,
    /// Which of the store's layouts the page has, where it had several over the years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// The HTTP status with which it came; 200 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The address at which it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The edition that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isbn: Option<String>,
    /// Amazon's identifier that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asin: Option<String>,
    /// A trap that the page holds, in words; `docs/dev/reading.md` lists them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trap: Option<String>,
    /// What the page must read as, by name: an availability, or the reason of an unread page.
    pub reads: String,
    /// Particulars of the reading, by name.
    #[serde(default, skip_serializing_if = "toml::Table::is_empty")]
    pub says: toml::Table,
}

/// Why a page that was read makes no pair.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPair {
    /// A case is read with the shipped words alone.
    #[error(
        "it reads so by the words or the buy area of your own configuration, which a case does not \
         hold; without them it reads as {0}: put the words into config/wording/ first"
    )]
    OwnWords(&'static str),
    /// The parts that are kept would read otherwise.
    #[error(
        "the parts of the page that are kept read as {0} by themselves, which is a fault of ours"
    )]
    Otherwise(&'static str),
}

/// The pair for a page that was read.
///
/// # Errors
///
/// [`NoPair`] when the parts that are kept would read otherwise.
pub fn of(page: &Page<'_>, wanted: &Wanted, read: &Read) -> Result<Fixture, NoPair> {
    let html = if read.kept.is_empty() {
        let mut end = page.body.len().min(REFUSAL);
        while !page.body.is_char_boundary(end) {
            end -= 1;
        }
        page.body[..end].to_owned()
    } else {
        // The end of the page is a part of what was seen: see `Look::is_whole`.
        let end = if page.body.contains("</html") {
            "</html>\n"
        } else {
            ""
        };
        format!("{}{end}", read.kept)
    };
    let again = Page {
        body: &html,
        ..*page
    };
    let shipped = |page| read_closely(page, wanted, &Lessons::default()).reading;
    let kept = shipped(&again);
    if kept != read.reading {
        let whole = shipped(page);
        return Err(if whole == read.reading {
            NoPair::Otherwise(name(&kept))
        } else {
            NoPair::OwnWords(name(&whole))
        });
    }
    let case = Case {
        store: page.store.to_string(),
        layout: None,
        status: (page.status != 200).then_some(page.status),
        address: page.address.map(str::to_owned),
        isbn: wanted.isbn.as_ref().map(ToString::to_string),
        asin: wanted.asin.clone(),
        trap: None,
        reads: name(&read.reading).to_owned(),
        says: particulars(&read.reading),
    };
    // The case is plain text and numbers, which TOML never refuses.
    let toml = toml::to_string(&case).unwrap_or_default();
    Ok(Fixture { html, toml })
}

/// What a reading is called in a case.
pub fn name(reading: &Reading) -> &'static str {
    match reading {
        Reading::Says(says) => says.availability.name(),
        Reading::Unread(unread) => unread.reason.name(),
    }
}

/// The particulars of a reading, by name, as a case states them.
pub fn particulars(reading: &Reading) -> toml::Table {
    let mut table = toml::Table::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            table.insert(name.to_owned(), toml::Value::String(value));
        }
    };
    match reading {
        Reading::Says(says) => {
            put("rule", Some(says.rule.clone()));
            put("words", Some(says.words.clone()));
            put("place", Some(says.place.clone()));
            put(
                "confidence",
                Some(format!("{:?}", says.confidence).to_lowercase()),
            );
            put("date", says.date.map(|date| date.to_string()));
            put("published", says.published.map(|date| date.to_string()));
            put("price", says.price.as_ref().map(ToString::to_string));
            put("seller", says.seller.clone());
            put("ships_from", says.ships_from.clone());
            put("isbn", says.isbn.as_ref().map(ToString::to_string));
            put("title", says.title.clone());
            put("cover", says.cover.clone());
            put("canonical", says.canonical.clone());
            let formats = says.formats.iter().map(|format| {
                let state = format.availability.map_or("–", |state| state.name());
                let marker = if format.selected { " (selected)" } else { "" };
                toml::Value::String(format!("{}: {state}{marker}", format.name))
            });
            let formats: Vec<toml::Value> = formats.collect();
            if !formats.is_empty() {
                table.insert("formats".to_owned(), toml::Value::Array(formats));
            }
        }
        Reading::Unread(unread) => {
            put("rule", Some(unread.rule.clone()));
            put("words", Some(unread.words.clone()));
        }
    }
    table
}

/// Reads the page of a pair, and answers every difference from what the case states, in words.
///
/// # Errors
///
/// When the case itself is wrong: not TOML, an unknown key, no valid ISBN.
pub fn differences(html: &str, case: &str) -> Result<Vec<String>, String> {
    let case: Case = toml::from_str(case).map_err(|error| error.to_string())?;
    let isbn = case.isbn.as_ref().map(|isbn| isbn.parse()).transpose();
    let wanted = Wanted {
        isbn: isbn.map_err(|error: crate::book::IsbnError| error.to_string())?,
        asin: case.asin.clone(),
        format: None,
    };
    let store = StoreId::new(&case.store);
    let page = Page {
        store: &store,
        address: case.address.as_deref(),
        status: case.status.unwrap_or(200),
        headers: &[],
        body: html,
    };
    let reading = read_closely(&page, &wanted, &Lessons::default()).reading;
    let mut differences = Vec::new();
    if name(&reading) != case.reads {
        differences.push(format!(
            "reads as {}, not as {}",
            name(&reading),
            case.reads
        ));
    }
    let found = particulars(&reading);
    for (key, expected) in &case.says {
        let nothing = toml::Value::String(String::new());
        let found = found.get(key).unwrap_or(&nothing);
        if found != expected {
            differences.push(format!("{key}: {found}, not {expected}"));
        }
    }
    Ok(differences)
}
