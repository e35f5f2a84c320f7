//! Which letters are paused, as pages say it.

use std::collections::BTreeMap;

use super::frame::Place;
use super::overview::book;
use crate::alerts::pause::{self, Pause};
use crate::book::{EditionId, Note};
use crate::config::plan::EditionPlan;

/// Which letters are paused, over all editions; `None`: none is.
pub fn sentence(
    place: &Place<'_>,
    editions: &[EditionPlan],
    notes: &BTreeMap<EditionId, Vec<Note>>,
) -> Option<String> {
    let paused: Vec<(String, Pause)> = editions
        .iter()
        .filter_map(|plan| {
            let notes = notes.get(&plan.edition.id)?;
            let pause = pause::in_force(notes, place.zone, place.now)?;
            Some((book(&plan.edition), pause))
        })
        .collect();
    pause::sentence(&paused, editions.len())
}

/// The same on the page of one edition.
pub fn of_one(place: &Place<'_>, notes: &[Note]) -> Option<String> {
    let pause = pause::in_force(notes, place.zone, place.now)?;
    pause::sentence(&[(String::new(), pause)], 1)
}
