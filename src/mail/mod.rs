//! Telling the author: letters, rendered when queued, kept in the outbox until they are delivered.

pub mod controls;
pub mod deliver;
pub mod digest;
pub mod example;
pub mod files;
pub mod html;
pub mod identity;
pub mod letter;
pub mod message;
pub mod notice;
pub mod outbox;
pub mod sheet;
pub mod smtp;
pub mod sqlite;
pub mod strip;
pub mod support;
pub mod text;
pub mod words;

use jiff::{SignedDuration, Timestamp};

use crate::book::{Isbn13, StoreId};
use crate::config::plan::{Author, StorePlan};
use crate::judge::Severity;

/// Where letters are written: who gets them, who sends them, and how this author's world is called.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// Who gets the letters, in which time zone.
    pub author: &'a Author,
    /// The sender's address.
    pub from: &'a str,
    /// The stores, for their labels.
    pub stores: &'a [StorePlan],
    /// When the edition's pages are looked at next, when that is known.
    pub next_look: Option<Timestamp>,
    /// The least time between two letters about one alert.
    pub remind_every: SignedDuration,
}

/// What kind of letter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LetterKind {
    /// About one edition, because something is to be known now.
    Alert,
    /// The weekly digest.
    Digest,
    /// A notice about Pubwatch itself: the line is down, mail could not be delivered.
    Notice,
}

impl LetterKind {
    /// The name in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Digest => "digest",
            Self::Notice => "notice",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Alert, Self::Digest, Self::Notice]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A rendered letter, ready for the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Our own Message-ID, without the angle brackets; stays the same over every try.
    pub message_id: String,
    /// The Message-ID of the first letter of its thread.
    pub references: Option<String>,
    /// When it was written.
    pub written: Timestamp,
    /// The kind.
    pub kind: LetterKind,
    /// The highest severity in it; `None` for a digest.
    pub severity: Option<Severity>,
    /// The rule of its first finding, as `still-pre-order`.
    pub rule: Option<String>,
    /// The edition that it is about, when it is about one.
    pub isbn: Option<Isbn13>,
    /// The stores that it is about.
    pub stores: Vec<StoreId>,
    /// The name and address of who gets it.
    pub to_name: String,
    /// The address of who gets it.
    pub to: String,
    /// The subject; one line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}
