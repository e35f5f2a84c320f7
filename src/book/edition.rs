//! An edition: a book in one format, with the dates it lives by.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use super::{Asin, ConfiguredDates, EditionId, Making, Money, every};
use crate::say::fixed;

/// The form of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[derive(Serialize, Deserialize, ToSchema, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Format {
    /// A paperback.
    Paperback,
    /// A hardcover.
    Hardcover,
    /// An ebook.
    Ebook,
    /// An audiobook, to download: of Audible, Libro.fm and others.
    Audiobook,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = every(Self::VARIANTS);

    /// Other words that people write for a format.
    pub const HABITS: [(&str, Self); 11] = [
        ("hardback", Self::Hardcover),
        ("hardcover (case laminate)", Self::Hardcover),
        ("case laminate", Self::Hardcover),
        ("case", Self::Hardcover),
        ("cloth", Self::Hardcover),
        ("kindle", Self::Ebook),
        ("epub", Self::Ebook),
        ("audio", Self::Audiobook),
        ("audible", Self::Audiobook),
        ("softcover", Self::Paperback),
        ("pb", Self::Paperback),
    ];

    /// The name in the configuration and in tables.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The name in letters.
    pub fn word(self) -> &'static str {
        fixed(&format!("format-{}", self.name()))
    }

    /// The format where nobody says which: a paperback has an ISBN, and what has none is an ebook.
    pub fn usual(id: &EditionId) -> Self {
        match id {
            EditionId::Isbn(_) => Self::Paperback,
            EditionId::Asin(_) | EditionId::Own(_) => Self::Ebook,
        }
    }

    /// The name with its article.
    pub fn with_article(self) -> &'static str {
        fixed(&format!("format-{}.one", self.name()))
    }

    /// It is printed. What is not has no printer, no returns, and at Amazon a number of Amazon's
    /// own instead of the ISBN-10.
    pub fn is_printed(self) -> bool {
        matches!(self, Self::Paperback | Self::Hardcover)
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.map(|format| (format.name(), format));
        called(text, &known, &Self::HABITS).ok_or_else(|| {
            format!("`{text}` is no format; write paperback, hardcover, ebook or audiobook")
        })
    }
}

/// What a text names, by its name or by another word, in whatever case.
fn called<T: Copy>(text: &str, names: &[(&str, T)], habits: &[(&str, T)]) -> Option<T> {
    let mut all = names.iter().chain(habits);
    let found = all.find(|(name, _)| name.eq_ignore_ascii_case(text.trim()));
    found.map(|(_, value)| *value)
}

/// Who carries the edition to the stores, and so whom to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[derive(Serialize, Deserialize, ToSchema, IntoStaticStr, VariantArray)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Distribution {
    /// IngramSpark (or Lightning Source): the author has a portal and an account there.
    IngramSpark,
    /// Draft2Digital print, Ingram-fed: the only door is Draft2Digital.
    Draft2Digital,
    /// PublishDrive print, Ingram-fed: the only door is PublishDrive.
    PublishDrive,
    /// KDP alone: Amazon, and through Expanded Distribution others.
    Kdp,
    /// Somebody else: ask whoever distributes it.
    Other,
}

impl Distribution {
    /// Every way of distribution.
    pub const ALL: [Self; 5] = every(Self::VARIANTS);

    /// Other words that people write for one.
    pub const HABITS: [(&str, Self); 8] = [
        ("ingram", Self::IngramSpark),
        ("lightning source", Self::IngramSpark),
        ("lightningsource", Self::IngramSpark),
        ("ingramcontentgroup", Self::IngramSpark),
        ("d2d", Self::Draft2Digital),
        ("amazon", Self::Kdp),
        ("kdpprint", Self::Kdp),
        ("kindledirectpublishing", Self::Kdp),
    ];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The name in letters.
    pub fn label(self) -> &'static str {
        match self {
            Self::IngramSpark => "IngramSpark",
            Self::Draft2Digital => "Draft2Digital",
            Self::PublishDrive => "PublishDrive",
            Self::Kdp => "KDP",
            Self::Other => fixed("your-distributor"),
        }
    }

    /// Who carries it where nobody says otherwise: KDP what has an ASIN and no ISBN, but for an
    /// audiobook, which is neither KDP's nor Ingram's.
    pub fn usual(id: &EditionId, format: Format) -> Self {
        match (id, format) {
            (EditionId::Asin(_), Format::Audiobook) | (EditionId::Own(_), _) => Self::Other,
            (EditionId::Asin(_), _) => Self::Kdp,
            (EditionId::Isbn(_), _) => Self::IngramSpark,
        }
    }

    /// The stores get the title from Ingram, directly or through an aggregator.
    pub fn is_ingram_fed(self) -> bool {
        matches!(
            self,
            Self::IngramSpark | Self::Draft2Digital | Self::PublishDrive
        )
    }
}

impl FromStr for Distribution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.map(|one| (one.name(), one));
        called(text, &known, &Self::HABITS).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{text}` is no way of distribution; write one of {names}")
        })
    }
}

/// A book in one format. Editions with the same title and author are one *book*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The identity of the edition, everywhere.
    pub id: EditionId,
    /// Amazon's own number, beside an identity that is another one; see [`Edition::asin`].
    pub asin: Option<Asin>,
    /// The title as the author writes it.
    pub title: String,
    /// The author's name as printed, when it is given.
    pub author: Option<String>,
    /// The form.
    pub format: Format,
    /// The dates as configured. What is in force is the [`Launch`](super::Launch)'s.
    pub dates: ConfiguredDates,
    /// Who carries it to the stores.
    pub distribution: Distribution,
    /// How it is printed, where the author said so.
    pub printing: Option<Making>,
    /// KDP Print takes Amazon over on the publication date.
    pub amazon_switch: bool,
    /// It is the first title of its distribution account: everything takes longer.
    pub first_title: bool,
    /// The list price, when it is given.
    pub list_price: Option<Money>,
    /// The imprint or client that it belongs to, when it is given.
    pub imprint: Option<String>,
}

impl Edition {
    /// Amazon's own number of it, where one is known: the identity, or given beside it.
    pub fn asin(&self) -> Option<&Asin> {
        self.id.asin().or(self.asin.as_ref())
    }

    /// Its numbers, each of which is of this edition alone: the identity, and the ASIN beside it.
    pub fn numbers(&self) -> impl Iterator<Item = EditionId> + use<> {
        let beside = self.asin.clone().map(EditionId::Asin);
        std::iter::once(self.id.clone()).chain(beside)
    }
}
