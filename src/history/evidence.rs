//! What a page looked like when its state changed: for the author, and for a support request.

use jiff::Timestamp;
use scraper::Html;

use crate::book::Source;
use crate::page::dom::{collapse, text_of};

/// How many changes of one listing keep their evidence.
pub const MOST: usize = 60;

/// How long evidence is kept, in days; the newest of each listing is kept for ever.
pub const LONGEST_DAYS: i64 = 730;

/// What a page looked like, as it was had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// When it was seen: the moment of its observation.
    pub at: Timestamp,
    /// How it was had.
    pub source: Source,
    /// The HTTP status; `None` where there was none, as for a saved page.
    pub status: Option<u16>,
    /// The address at which it was found.
    pub address: String,
    /// The headers that help to tell a refusal, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The parts of the page that were read: HTML, or JSON from an API. Never shown as live HTML.
    pub parts: String,
    /// A picture of the page, as PNG, where a browser drew it.
    pub picture: Option<Vec<u8>>,
}

impl Evidence {
    /// The words of the parts on one line; JSON from an API as it is.
    pub fn text(&self) -> String {
        if self.parts.trim_start().starts_with('{') {
            return self.parts.clone();
        }
        collapse(&text_of(Html::parse_document(&self.parts).root_element()))
    }
}
