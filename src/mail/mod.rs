//! Telling the author: letters, rendered when queued, kept in the outbox until they are delivered.

pub mod addressee;
pub mod answers;
mod asked_together;
pub mod book;
pub mod controls;
pub mod deliver;
pub mod digest;
pub mod example;
pub mod files;
#[cfg(test)]
mod foreign;
pub mod html;
pub mod http;
pub mod identity;
pub mod letter;
pub mod message;
pub mod notice;
pub mod ntfy;
pub mod outbox;
pub mod ping;
pub mod sheet;
mod shorter;
pub mod smtp;
pub mod sqlite;
pub mod strip;
pub mod support;
pub mod text;
pub mod webhook;

use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use strum::{EnumString, IntoStaticStr};

use crate::book::{EditionId, StoreId};
use crate::config::plan::{Author, StorePlan};
use crate::config::telling::HookKind;
use crate::history::View;
use crate::judge::Severity;
use crate::judge::text::Voice;

/// Where letters are written: who gets them, who sends them, and how this author's world is called.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// Who gets the letters, in which time zone.
    pub author: &'a Author,
    /// The author, where somebody else gets a copy.
    pub copy_of: Option<&'a Author>,
    /// The addresses of the others who get the same.
    pub also_to: &'a [String],
    /// The sender's address.
    pub from: &'a str,
    /// The stores, for their labels.
    pub stores: &'a [StorePlan],
    /// When the edition's pages are looked at next, when that is known.
    pub next_look: Option<Timestamp>,
    /// The least time between two letters about one alert.
    pub remind_every: SignedDuration,
    /// A digest comes also when there is nothing to tell.
    pub digest_always: bool,
    /// Where this reader finds the page of this site, without a slash at its end; `None`: nowhere.
    pub site: Option<&'a str>,
    /// With what answers are signed that are links; `None`: a letter has none.
    pub signs: Option<&'a hmac::Key>,
    /// What is to be said of the watch itself before anything else, as that nobody looked for days.
    pub remarks: &'a [String],
}

impl Desk<'_> {
    /// How findings about an edition are put into words here.
    pub fn voice<'b>(&'b self, view: &'b View, now: Timestamp) -> Voice<'b> {
        Voice {
            edition: Some((&view.edition, &view.launch)),
            ..self.plain_voice(now)
        }
    }

    /// The page of an edition.
    pub fn page_of(&self, edition: &EditionId) -> Option<String> {
        let site = self.site?;
        Some(format!("{site}/editions/{edition}"))
    }

    /// How findings about no edition are put into words here.
    pub fn plain_voice(&self, now: Timestamp) -> Voice<'_> {
        Voice {
            zone: &self.author.zone,
            now,
            stores: self.stores,
            edition: None,
            brief: false,
        }
    }
}

/// What kind of letter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
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
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// The way that a letter goes. Each has its own claims, pauses and troubles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// By mail, or into the folder that stands for it.
    Mail,
    /// To a program elsewhere, by its kind and name.
    Hook(HookKind, String),
}

impl Route {
    /// The name in the database and in JSON, as `mail` or `webhook:mine`.
    pub fn name(&self) -> String {
        match self {
            Self::Mail => "mail".to_owned(),
            Self::Hook(kind, name) => format!("{}:{name}", kind.name()),
        }
    }

    /// The way of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "mail" {
            return Some(Self::Mail);
        }
        let (kind, name) = name.split_once(':')?;
        let kind = kind.parse().ok()?;
        Some(Self::Hook(kind, name.to_owned()))
    }
}

/// A rendered letter, ready for the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The way that it goes.
    pub route: Route,
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
    /// The edition that it is about first, when it is about any.
    pub edition: Option<EditionId>,
    /// The stores that it is about.
    pub stores: Vec<StoreId>,
    /// The name of who gets it; may be empty.
    pub to_name: String,
    /// The mail address of who gets it, or the name of the webhook.
    pub to: String,
    /// The subject; one line.
    pub subject: String,
    /// The text part; for a webhook or ntfy what is posted, as JSON.
    pub text: String,
    /// The HTML part; empty where there is none.
    pub html: String,
}
