//! How the author answers a letter: the commands that tell Pubwatch what it cannot see. Pure.

use crate::alerts::Telling;
use crate::book::{Distribution, Edition};
use crate::judge::{Finding, Party, Severity};

/// A way to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// When it is the right answer, as "You have asked IngramSpark".
    pub what: String,
    /// The command.
    pub command: String,
    /// What it does.
    pub then: &'static str,
}

/// The answers to what stands open, each once.
#[must_use]
pub fn controls(edition: &Edition, open: &[&Telling]) -> Vec<Control> {
    let mut controls: Vec<Control> = Vec::new();
    let findings = open.iter().map(|telling| &telling.finding);
    for control in findings.flat_map(|finding| of(edition, finding)) {
        if !controls.contains(&control) {
            controls.push(control);
        }
    }
    controls
}

fn of(edition: &Edition, finding: &Finding) -> Vec<Control> {
    let isbn = &edition.isbn;
    // A note names one store or none: of several stores, all are meant.
    let store = match finding.stores.as_slice() {
        [store] => format!(" --store {store}"),
        _ => String::new(),
    };
    let mut controls = Vec::new();
    let asked = finding
        .ask
        .filter(|_| finding.severity == Severity::Act)
        .and_then(|party| asked(party, edition));
    if let Some((note, whom)) = asked {
        controls.push(Control {
            what: format!("When you have asked {whom}"),
            command: format!("pubwatch note {isbn} {note}{store}"),
            then: "we give them time to answer",
        });
    }
    if finding.stores.is_empty() {
        return controls;
    }
    if edition.distribution != Distribution::Other {
        controls.push(Control {
            what: "If you have just uploaded new files".to_owned(),
            command: format!("pubwatch note {isbn} revision-started"),
            then: "we stay quiet for ten business days",
        });
    }
    controls.push(Control {
        what: "If it is meant to be so".to_owned(),
        command: format!("pubwatch note {isbn} expected{store}"),
        then: "we say nothing more of it",
    });
    controls
}

/// The note that says a party was asked, and how it is called.
fn asked(party: Party, edition: &Edition) -> Option<(&'static str, &'static str)> {
    Some(match party {
        Party::IngramSpark => ("asked-ingramspark", party.label()),
        Party::Kdp => ("asked-kdp", party.label()),
        Party::Distributor => ("asked-store", edition.distribution.label()),
        Party::Draft2Digital
        | Party::PublishDrive
        | Party::BarnesNoble
        | Party::Bookshop
        | Party::Store => ("asked-store", party.label()),
        Party::Author => return None,
    })
}
