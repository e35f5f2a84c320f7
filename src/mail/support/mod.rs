//! The ready texts A to H, for whoever is to be asked.
//!
//! A sentence stands in a text only when the facts that we have make it true. What only the author
//! can know is left to the author, in square brackets that no reader can overlook; Pubwatch never
//! sends any of it.

mod pieces;
mod to_distributor;
mod to_kdp;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::book::{Availability, NoteKind};
use crate::config::plan::{StorePlan, label};
use crate::history::{ListingView, Spell, View};
use crate::judge::{Finding, SupportText};
use crate::say::say;
use crate::text::words;

/// A piece of a ready text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// True by the facts we have.
    Said(String),
    /// The author fills it in.
    Complete(String),
    /// The author adds a file.
    Attach(String),
    /// The author keeps it only if it is true.
    OnlyIfTrue(String),
}

impl Piece {
    /// It waits for the author.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Said(_))
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(text) => f.write_str(text),
            Self::Complete(what) => f.write_str(&say!("please-complete", what = what.as_str())),
            Self::Attach(what) => f.write_str(&say!("please-attach", what = what.as_str())),
            Self::OnlyIfTrue(text) => f.write_str(&say!("only-if-true", what = text.as_str())),
        }
    }
}

/// A paragraph of a ready text. Its pieces follow each other with a space between, but for a full
/// stop or a comma, which stands right behind what it ends.
pub type Paragraph = Vec<Piece>;

/// Whether a space stands before this piece when another comes before it.
pub fn stands_apart(piece: &Piece) -> bool {
    !matches!(piece, Piece::Said(text) if text.starts_with(['.', ',', ';']))
}

/// A paragraph on one line.
pub fn joined(paragraph: &[Piece]) -> String {
    let mut text = String::new();
    for piece in paragraph {
        if !text.is_empty() && stands_apart(piece) {
            text.push(' ');
        }
        text.push_str(&piece.to_string());
    }
    text
}

/// A text to paste into a support form or a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyText {
    /// The subject; `None` where the form or the mail being answered has one.
    pub subject: Option<String>,
    /// The paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

/// What a ready text is written from.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The edition and its listings.
    pub view: &'a View,
    /// What is being asked about.
    pub finding: &'a Finding,
    /// The stores' labels.
    pub stores: &'a [StorePlan],
    /// The author's zone.
    pub zone: &'a TimeZone,
    /// When the text is written.
    pub now: Timestamp,
}

/// Writes a ready text.
pub fn ready_text(text: SupportText, case: &Case<'_>) -> ReadyText {
    match text {
        SupportText::ResendUnavailable => to_distributor::resend_unavailable(case),
        SupportText::NotListed => to_distributor::not_listed(case),
        SupportText::WrongDate => to_distributor::wrong_date(case),
        SupportText::KdpNotLive => to_kdp::kdp_not_live(case),
        SupportText::RightsQuery => to_kdp::rights_query(case),
        SupportText::FormatsNotLinked => to_kdp::formats_not_linked(case),
        SupportText::BarnesNobleFault => to_distributor::barnes_noble_fault(case),
        SupportText::StaleMetadata => to_distributor::stale_metadata(case),
    }
}

impl<'a> Case<'a> {
    fn label(&self, listing: &'a ListingView) -> String {
        words::one_line(label(&listing.store, self.stores))
    }

    fn date_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// A date as a text names it, as "27 June 2023".
    fn day(&self, at: Timestamp) -> String {
        words::short_date(self.date_of(at))
    }

    fn title(&self) -> String {
        format!("“{}”", words::clipped(&self.view.edition.title, 200))
    }

    /// The listings that the finding names; all of them when it is about the edition.
    fn concerned(&self) -> Vec<&'a ListingView> {
        self.view
            .listings
            .iter()
            .filter(|listing| {
                self.finding.stores.is_empty() || self.finding.stores.contains(&listing.store)
            })
            .collect()
    }

    /// The other listings that could be read lately and whose confirmed state passes.
    fn others(&self, passes: impl Fn(Availability) -> bool) -> Vec<(&'a ListingView, &'a Spell)> {
        self.view
            .listings
            .iter()
            .filter(|listing| !self.finding.stores.contains(&listing.store))
            .filter(|listing| listing.seen(self.now).is_some())
            .filter_map(|listing| Some((listing, listing.now()?)))
            .filter(|(_, spell)| spell.is_confirmed() && passes(spell.availability))
            .collect()
    }

    /// The newest note of a kind.
    fn noted(&self, is: impl Fn(&NoteKind) -> bool) -> Option<Timestamp> {
        self.view
            .notes
            .iter()
            .rev()
            .find(|note| is(&note.kind))
            .map(|note| note.at)
    }

    /// The day on which distribution was enabled, by the configuration or by a note.
    fn enabled(&self) -> Option<Date> {
        self.view.launch.enabled
    }

    /// `Amazon (https://…)`.
    fn with_address(&self, listing: &'a ListingView) -> String {
        format!(
            "{} ({})",
            self.label(listing),
            words::one_line(&listing.address)
        )
    }

    /// `Amazon (https://…) has shown “…” since 4 May 2023.`, or until when, if the page is not
    /// seen now; `None` when nothing was ever read there.
    pub(super) fn shown(&self, listing: &'a ListingView) -> Option<String> {
        let spell = listing.confirmed().or_else(|| listing.now())?;
        let says = words::clipped(&spell.says.words, 200);
        let place = self.with_address(listing);
        let since = self.day(spell.since);
        let lasts = listing.seen(self.now).is_some() && spell.until.is_none();
        let last = self.day(spell.last_seen);
        Some(match (says.is_empty(), lasts) {
            (true, true) => format!("{place} has had no page for it since {since}."),
            (true, false) => format!("{place} had no page for it from {since} to {last}."),
            (false, true) => format!("{place} has shown “{says}” since {since}."),
            (false, false) => format!("{place} showed “{says}” from {since} to {last}."),
        })
    }
}

#[cfg(test)]
mod tests;
