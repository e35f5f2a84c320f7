//! The alerts of an edition that are over. Pure.

use jiff::Timestamp;

use super::frame::Place;
use crate::alerts::Alert;
use crate::history::View;
use crate::judge::text::{Voice, said};
use crate::text::words;

/// An alert that is over.
pub(super) struct Over {
    pub(super) ended: String,
    pub(super) what: String,
    pub(super) lasted: String,
    /// What a letter told of it at most, in a word.
    pub(super) told: String,
}

/// The alerts that are over, of very many the newest.
pub(super) fn over(place: &Place<'_>, view: &View, over: &[(Alert, Timestamp)]) -> Vec<Over> {
    let voice = place.voice(&view.edition, &view.launch);
    let newest = over.iter().take(100);
    newest
        .map(|(alert, over)| ended(place, &voice, alert, *over))
        .collect()
}

/// An alert that is over, in the words of the day on which it ended.
pub(super) fn ended(place: &Place<'_>, voice: &Voice<'_>, alert: &Alert, over: Timestamp) -> Over {
    let then = Voice {
        now: over,
        ..*voice
    };
    Over {
        ended: place.moment(over),
        what: said(&alert.finding, &then).headline,
        lasted: words::lasting(over.duration_since(alert.since)),
        told: match alert.told {
            Some(severity) => format!("told as {}", severity.word()),
            None => "no letter".to_owned(),
        },
    }
}
