//! What the author told last of each page, to be taken back where it was a slip. Pure.

use jiff::Timestamp;

use super::frame::Place;
use crate::book::StoreId;
use crate::page::Reading;

/// What the author told last of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandLook {
    /// The store.
    pub store: StoreId,
    /// When he looked.
    pub at: Timestamp,
    /// What the page said.
    pub reading: Reading,
}

/// For a form each: the store, its label, and what was told of it.
pub fn hand_looks(place: &Place<'_>, looks: &[HandLook]) -> Vec<(String, String, String)> {
    looks
        .iter()
        .map(|look| {
            let said = match &look.reading {
                Reading::Says(says) => says.availability.word(),
                Reading::Unread(_) => "could not be read",
            };
            (
                look.store.to_string(),
                place.label(&look.store),
                format!("{}: {said}", place.moment(look.at)),
            )
        })
        .collect()
}
