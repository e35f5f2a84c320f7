//! How the author answers a letter: the commands that tell Pubwatch what it cannot see. Pure.

use crate::alerts::Telling;
use crate::book::Edition;
use crate::history::{ListingView, View};
use crate::judge::{Finding, FindingKind, Party, Severity};

/// A way to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// When it is the right answer, as "You have asked IngramSpark".
    pub what: String,
    /// The command; of several formats, each one's.
    pub commands: Vec<String>,
    /// What it does.
    pub then: &'static str,
}

/// Adds the answers to what stands open of an edition, each once; what answers for several formats
/// has a command for each.
pub fn add_controls(controls: &mut Vec<Control>, view: &View, open: &[&Telling]) {
    let findings = open.iter().map(|telling| &telling.finding);
    for control in findings.flat_map(|finding| of(view, finding)) {
        let known = controls
            .iter_mut()
            .find(|known| known.what == control.what && known.then == control.then);
        let Some(known) = known else {
            controls.push(control);
            continue;
        };
        for command in control.commands {
            if !known.commands.contains(&command) {
                known.commands.push(command);
            }
        }
    }
}

fn of(view: &View, finding: &Finding) -> Vec<Control> {
    let edition = &view.edition;
    let id = &edition.id;
    let is_click = matches!(
        finding.kind,
        FindingKind::PublishAtKdp { .. } | FindingKind::PublishAtKdpMorning { .. }
    );
    if is_click {
        return vec![Control {
            what: "When you have clicked “Publish”".to_owned(),
            commands: vec![format!("pubwatch note {id} kdp-published")],
            then: "we count from then",
        }];
    }
    // It is answered by a look, whose command is its step.
    if matches!(finding.kind, FindingKind::LookByHand(_)) {
        return Vec::new();
    }
    // A note names one store or none: of several stores, all are meant.
    let store = match finding.stores.as_slice() {
        [store] => format!(" --store {store}"),
        _ => String::new(),
    };
    let mut controls = Vec::new();
    let asked = finding
        .ask()
        .filter(|_| finding.severity == Severity::Act)
        .map(|party| asked(party, edition));
    if let Some((note, whom)) = asked {
        controls.push(Control {
            what: format!("When you have asked {whom}"),
            commands: vec![format!("pubwatch note {id} {note}{store}")],
            then: "we give them time to answer",
        });
    }
    if finding.stores.is_empty() {
        return controls;
    }
    if is_off_sale(view, finding) {
        controls.push(Control {
            what: "If you have just uploaded new files".to_owned(),
            commands: vec![format!("pubwatch note {id} revision-started")],
            then: "we are quiet for ten business days",
        });
    }
    controls.push(Control {
        what: "If it is meant to be so".to_owned(),
        commands: vec![format!("pubwatch note {id} expected{store}")],
        then: "we say nothing more of it",
    });
    controls
}

/// A store of the finding takes no orders, which is what new files do to a page.
fn is_off_sale(view: &View, finding: &Finding) -> bool {
    view.listings
        .iter()
        .filter(|listing| finding.stores.contains(&listing.store) && listing.blind.is_none())
        .filter_map(ListingView::now)
        .any(|spell| spell.availability.is_off())
}

/// The note that says a party was asked, and how it is called.
fn asked(party: Party, edition: &Edition) -> (&'static str, &'static str) {
    match party {
        Party::IngramSpark => ("asked-ingramspark", party.label()),
        Party::Kdp => ("asked-kdp", party.label()),
        Party::Distributor => ("asked-store", edition.distribution.label()),
        Party::Draft2Digital
        | Party::PublishDrive
        | Party::BarnesNoble
        | Party::Bookshop
        | Party::Store => ("asked-store", party.label()),
    }
}
