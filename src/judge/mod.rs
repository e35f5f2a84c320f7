//! What the history means: is this still normal, and what should the author do? Pure.

pub mod windows;

use jiff::Timestamp;

use crate::book::StoreId;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A page appeared, a book is released everywhere, a worry is over.
    GoodNews,
    /// Unusual, but waiting is right.
    Watch,
    /// Money or a date is at risk, and there is something to do.
    Act,
}

impl Severity {
    /// The name in tables, commands and stories.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GoodNews => "good",
            Self::Watch => "watch",
            Self::Act => "act",
        }
    }

    /// The word in subjects and on pages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::GoodNews => "Good news",
            Self::Watch => "Watch",
            Self::Act => "Act",
        }
    }

    /// The severity of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::GoodNews, Self::Watch, Self::Act]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// What a rule thinks now about an edition or some of its listings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule, as `still-pre-order`.
    pub rule: &'static str,
    /// The stores that it is about, in the edition's order; empty when it is about the edition.
    pub stores: Vec<StoreId>,
    /// How much it matters now.
    pub severity: Severity,
    /// Since when the thing it is about has lasted.
    pub since: Timestamp,
    /// What happened, for a subject line, as `Amazon shows "Currently unavailable"`.
    pub headline: String,
    /// One or two sentences: what is seen, and whether that is within what is usual.
    pub verdict: String,
    /// What is usual, with its number, where the number comes from, and how good it is.
    pub usual: Option<Usual>,
    /// The date from which acting is right; in the past once `severity` is Act.
    pub act_from: Option<Timestamp>,
    /// The one next step.
    pub next_step: String,
    /// Whom to ask, when the next step is to ask.
    pub ask: Option<Party>,
    /// The text to paste, when there is one.
    pub text: Option<SupportText>,
}

/// What is usual, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usual {
    /// The sentence, as "Ingram says most sites list within 4 weeks".
    pub sentence: String,
    /// The short name of the source, as "IngramSpark help".
    pub source: String,
    /// Its address.
    pub link: Option<String>,
}

/// Who can help, by the official doors only (DOMAIN §2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// IngramSpark support.
    IngramSpark,
    /// Draft2Digital support.
    Draft2Digital,
    /// PublishDrive support.
    PublishDrive,
    /// The distributor, whoever it is.
    Distributor,
    /// KDP support.
    Kdp,
    /// Barnes & Noble's title desk.
    BarnesNoble,
    /// Bookshop.org support.
    Bookshop,
    /// The store itself.
    Store,
    /// Nobody: the author can do it.
    Author,
}

/// The ready texts A to H (DOMAIN §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupportText {
    /// A: unavailable at one store while others take orders, to the distributor.
    ResendUnavailable,
    /// B: not listed after the usual time, to the distributor.
    NotListed,
    /// C: wrong date, or on sale too early.
    WrongDate,
    /// D: published at KDP, not live after 72 hours.
    KdpNotLive,
    /// E: the answer to KDP's question about the rights.
    RightsQuery,
    /// F: formats not joined.
    FormatsNotLinked,
    /// G: a data fault at Barnes & Noble.
    BarnesNobleFault,
    /// H: old cover or text.
    StaleMetadata,
}
