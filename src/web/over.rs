//! The alerts of an edition that are over. Pure.

use jiff::Timestamp;

use super::frame::Place;
use crate::alerts::Alert;
use crate::history::View;
use crate::judge::text::said;
use crate::text::words;

/// An alert that is over.
pub(super) struct Over {
    pub(super) since: String,
    pub(super) until: String,
    pub(super) headline: String,
    pub(super) lasted: String,
    /// What a letter told of it at most, in a word.
    pub(super) told: String,
}

/// The alerts that are over, of very many the newest.
pub(super) fn over(place: &Place<'_>, view: &View, over: &[(Alert, Timestamp)]) -> Vec<Over> {
    let voice = place.voice(&view.edition, &view.launch);
    let newest = over.iter().take(100);
    newest
        .map(|(alert, over)| Over {
            since: place.moment(alert.since),
            until: place.moment(*over),
            headline: said(&alert.finding, &voice).headline,
            lasted: words::lasting(over.duration_since(alert.since)),
            told: match alert.told {
                Some(severity) => format!("told as {}", severity.word()),
                None => "no letter".to_owned(),
            },
        })
        .collect()
}
