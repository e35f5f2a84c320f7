//! The ready texts A to H, for whoever is to be asked: what stands in `say/en/ready`, with the facts
//! of the case.
//!
//! A sentence stands in a text only when the facts that we have make it true. What only the author
//! can know is left to the author, in square brackets that no reader can overlook; Pubwatch never
//! sends any of it.

mod facts;
mod pages;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(super) use facts::of_the_edition;

use crate::config::plan::StorePlan;
use crate::history::View;
use crate::judge::{Finding, SupportText};
use crate::say::parts;
use crate::text::words;

/// What stands in a message around what only the author can know. No text from outside has them.
const MARKS: [char; 2] = ['⟦', '⟧'];

/// A piece of a ready text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The piece as it stands in the text.
    pub text: String,
    /// It waits for the author, who completes it, adds a file, or deletes what is not true.
    pub is_open: bool,
}

/// A paragraph of a ready text, its pieces one right after the other.
pub type Paragraph = Vec<Piece>;

/// A paragraph on one line.
pub fn joined(paragraph: &[Piece]) -> String {
    paragraph.iter().map(|piece| piece.text.as_str()).collect()
}

/// What was said, on one line, taken apart at its marks.
pub(super) fn paragraph(said: &str) -> Paragraph {
    let line = words::one_line(said);
    let mut paragraph = Paragraph::new();
    // Every other part is open.
    for (place, part) in line.split(MARKS).enumerate() {
        let is_open = place % 2 == 1;
        let text = if is_open {
            format!("[{part}]")
        } else {
            part.to_owned()
        };
        if !text.is_empty() {
            paragraph.push(Piece { text, is_open });
        }
    }
    paragraph
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
    let told = facts::told(case);
    let mut subject = None;
    let mut paragraphs = Vec::new();
    for (part, said) in parts(message(text), &told.0) {
        if part == "subject" {
            subject = Some(words::one_line(&said));
        } else {
            paragraphs.push(paragraph(&said));
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    ReadyText {
        subject,
        paragraphs,
    }
}

fn message(text: SupportText) -> &'static str {
    match text {
        SupportText::ResendUnavailable => "ready-resend-unavailable",
        SupportText::NotListed => "ready-not-listed",
        SupportText::WrongDate => "ready-wrong-date",
        SupportText::KdpNotLive => "ready-kdp-not-live",
        SupportText::RightsQuery => "ready-rights-query",
        SupportText::FormatsNotLinked => "ready-formats-not-linked",
        SupportText::BarnesNobleFault => "ready-barnes-noble-fault",
        SupportText::StaleMetadata => "ready-stale-metadata",
    }
}

#[cfg(test)]
mod tests;
