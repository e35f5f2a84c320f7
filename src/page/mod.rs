//! A page as it came, and what reading it may yield. Reading never fails and never guesses.

pub mod dates;
pub mod dom;
pub mod identity;
pub mod json_ld;
pub mod microdata;
pub mod nesting;
pub mod parts;
pub mod pattern;
pub mod product;
pub mod refusal;
pub mod refused;
pub mod sieve;
pub mod tags;
pub mod trace;
pub mod wording;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use crate::book::day;
use crate::book::{Asin, Availability, Edition, Format, Isbn13, Money, StoreId, every};
use crate::say::fixed;

/// A page as a store sent it, or as the user saved it.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Whose page it should be.
    pub store: &'a StoreId,
    /// The address at which it was found, after redirects, when it is known.
    pub address: Option<&'a str>,
    /// The HTTP status; 200 for a saved page unless the user says otherwise.
    pub status: u16,
    /// The headers that help to tell a refusal, names in lower case.
    pub headers: &'a [(String, String)],
    /// The decoded body.
    pub body: &'a str,
}

impl Page<'_> {
    /// The language that the page says it is in (`<html lang>`), in lower case, as `pt-pt`.
    /// Marketplaces are shown in other languages than their own: saved pages of amazon.es in
    /// Portuguese and of amazon.co.jp in English, 2022 to 2024.
    pub fn language(&self) -> Option<String> {
        const BEGINNING: usize = 4096;
        let beginning = self.body.as_bytes();
        let beginning = beginning.get(..BEGINNING).unwrap_or(beginning);
        let plain = String::from_utf8_lossy(beginning).to_ascii_lowercase();
        let (_, after) = plain.split_once("<html")?;
        let tag = after.split('>').next()?;
        let (_, value) = tag.split_once(" lang=")?;
        let value = value.trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
        let language = value.get(..end.unwrap_or(value.len()))?;
        (!language.is_empty()).then(|| language.replace('_', "-"))
    }
}

/// The edition that the page should be about. What is `None` is not checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The edition's ISBN.
    pub isbn: Option<Isbn13>,
    /// Amazon's identifier, where it does not follow from the ISBN.
    pub asin: Option<String>,
    /// The edition's format.
    pub format: Option<Format>,
}

impl Wanted {
    /// What a page of the edition at a store must be about; `listed` is Amazon's identifier in its
    /// address there. An edition whose identity is its ASIN is told by that and by nothing else,
    /// whatever page the address leads to; away from Amazon nothing on a page could be compared
    /// with it, so nothing is asked for, and what is read there is never more than likely.
    pub fn of(edition: &Edition, listed: Option<&str>) -> Self {
        let asin = edition.id.asin().map(Asin::as_str);
        Self {
            isbn: edition.id.isbn().cloned(),
            asin: listed.map(|listed| asin.unwrap_or(listed).to_owned()),
            format: Some(edition.format),
        }
    }
}

/// What one page said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Reading {
    /// The page says what it offers, and here is the evidence.
    Says(Box<Says>),
    /// The page could not be read: never an availability.
    Unread(Unread),
}

/// An availability with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Says {
    /// What the page offers.
    pub availability: Availability,
    /// How sure the rule is. Rules that alarm treat both alike; people see it.
    pub confidence: Confidence,
    /// The rule that spoke, as `amazon/out-of-stock-box`.
    pub rule: String,
    /// The exact words, white space collapsed.
    pub words: String,
    /// Where they stood, as `#availability`.
    pub place: String,
    /// The date that goes with the state: of publication, release or delivery.
    #[serde(default, deserialize_with = "day::kept")]
    pub date: Option<Date>,
    /// The publication date that the page gives among its details.
    #[serde(default, deserialize_with = "day::kept")]
    pub published: Option<Date>,
    /// The price of the offer.
    pub price: Option<Money>,
    /// Who sells it.
    pub seller: Option<String>,
    /// Who ships it, where that is said apart.
    pub ships_from: Option<String>,
    /// The title on the page.
    pub title: Option<String>,
    /// The ISBN on the page.
    pub isbn: Option<Isbn13>,
    /// The address of the cover image, without size suffix.
    pub cover: Option<String>,
    /// The page's canonical address.
    pub canonical: Option<String>,
    /// The other formats that the page offers.
    pub formats: Vec<OtherFormat>,
}

impl Says {
    /// The words stood on a button: a rule that reads one says so in its name.
    pub fn is_of_button(&self) -> bool {
        self.rule.contains("button")
    }

    /// A reading with only its evidence; the particulars are filled in by the caller.
    pub fn new(availability: Availability, rule: &str, words: &str, place: &str) -> Self {
        Self {
            availability,
            confidence: Confidence::Sure,
            rule: rule.to_owned(),
            words: words.to_owned(),
            place: place.to_owned(),
            date: None,
            published: None,
            price: None,
            seller: None,
            ships_from: None,
            title: None,
            isbn: None,
            cover: None,
            canonical: None,
            formats: Vec::new(),
        }
    }
}

/// How sure a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A control of the product's own buy box, or established words in it.
    Sure,
    /// Words without a control, or words that nobody has verified.
    Likely,
}

/// Another format of the same book that the page names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OtherFormat {
    /// The store's name for it, as "Kindle".
    pub name: String,
    /// What its tile says, as "$10.99 Available instantly".
    pub words: String,
    /// Its state, where the tile says one.
    pub availability: Option<Availability>,
    /// It is the format that the page is about.
    pub selected: bool,
}

/// A page that could not be read, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unread {
    /// Why.
    pub reason: UnreadReason,
    /// The rule that decided, as `refusal/captcha`.
    pub rule: String,
    /// What was seen instead, in words.
    pub words: String,
}

/// Why a page could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[derive(Serialize, Deserialize, ToSchema, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum UnreadReason {
    /// The store turned us away: captcha, bot wall, 403, 429, challenge.
    Blocked,
    /// robots.txt forbids the page, or could not be had.
    Robots,
    /// DNS, TLS, time-out, 5xx.
    Unreachable,
    /// The page is of another product.
    WrongProduct,
    /// It "cannot be shipped to your selected delivery location".
    NotOfferedHere,
    /// A page that we do not understand: a search page, choose-a-variant, a new layout.
    NoEvidence,
}

impl UnreadReason {
    /// Every reason.
    pub const ALL: [Self; 6] = every(Self::VARIANTS);

    /// The name in code, tables and JSON.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// What people read after "could not read the page".
    pub fn words(self) -> &'static str {
        fixed(match self {
            Self::Blocked => "unread-blocked",
            Self::Robots => "unread-robots",
            Self::Unreachable => "unread-unreachable",
            Self::WrongProduct => "unread-wrong-product",
            Self::NotOfferedHere => "unread-not-offered-here",
            Self::NoEvidence => "unread-no-evidence",
        })
    }
}

impl Reading {
    /// A reading that names no state.
    pub fn unread(reason: UnreadReason, rule: &str, words: &str) -> Self {
        Self::Unread(Unread {
            reason,
            rule: rule.to_owned(),
            words: words.to_owned(),
        })
    }

    /// The availability, if the page said one.
    pub fn availability(&self) -> Option<Availability> {
        match self {
            Self::Says(says) => Some(says.availability),
            Self::Unread(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Option<&str>) {
        let store = StoreId::new("amazon.com");
        let page = Page {
            store: &store,
            address: None,
            status: 200,
            headers: &[],
            body,
        };
        assert_eq!(page.language().as_deref(), expected, "{body}");
    }

    #[test]
    fn the_page_says_its_language() {
        check(
            "<!doctype html><html class='a' lang=\"pt-PT\">",
            Some("pt-pt"),
        );
        check("<HTML LANG=en_US><p lang=de>", Some("en-us"));
        check("<html><p lang=de>", None);
        check("<html lang=''>", None);
        check("<html data-lang=de xml:lang=fr>", None);
        check("é", None);
    }
}
