//! An edition: one ISBN-13 in one format, with the dates it lives by.

use serde::{Deserialize, Serialize};

use super::{ConfiguredDates, Isbn13, Making, Money};

/// The form of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A paperback.
    Paperback,
    /// A hardcover.
    Hardcover,
    /// An ebook.
    Ebook,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Paperback, Self::Hardcover, Self::Ebook];

    /// The name in the configuration, in tables and in letters.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Paperback => "paperback",
            Self::Hardcover => "hardcover",
            Self::Ebook => "ebook",
        }
    }
}

/// Who carries the edition to the stores, and so whom to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    pub const ALL: [Self; 5] = [
        Self::IngramSpark,
        Self::Draft2Digital,
        Self::PublishDrive,
        Self::Kdp,
        Self::Other,
    ];

    /// The name in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IngramSpark => "ingramspark",
            Self::Draft2Digital => "draft2digital",
            Self::PublishDrive => "publishdrive",
            Self::Kdp => "kdp",
            Self::Other => "other",
        }
    }

    /// The name in letters.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::IngramSpark => "IngramSpark",
            Self::Draft2Digital => "Draft2Digital",
            Self::PublishDrive => "PublishDrive",
            Self::Kdp => "KDP",
            Self::Other => "your distributor",
        }
    }

    /// The stores get the title from Ingram, directly or through an aggregator.
    #[must_use]
    pub fn is_ingram_fed(self) -> bool {
        matches!(
            self,
            Self::IngramSpark | Self::Draft2Digital | Self::PublishDrive
        )
    }
}

/// One ISBN-13 in one format. Editions with the same title and author are one *book*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The identity of the edition, everywhere.
    pub isbn: Isbn13,
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
