//! The legend below a timeline.

use super::face::{UNSEEN_CLASS, face};
use super::frame::shape;
use crate::book::Availability;
use crate::history::View;

/// A piece of a lane's ground.
fn ground(class: &str) -> String {
    format!(
        "<svg class=\"shape\" aria-hidden=\"true\"><g class=\"timeline\">\
         <rect class=\"{class}\" width=\"12\" height=\"12\"/></g></svg>"
    )
}

/// The states that occur, each with its shape, and the grounds of the windows that are drawn.
pub(super) fn legend(view: &View, drawn: &str) -> Vec<(String, &'static str)> {
    let grounds = [
        ("ground-watch", "Worth a look, and waiting is right"),
        ("ground-act", "Acting is right"),
    ];
    Availability::ALL
        .into_iter()
        .filter(|state| {
            let mut spells = view.listings.iter().flat_map(|listing| &listing.spells);
            spells.any(|spell| spell.availability == *state)
        })
        .map(|state| (shape(face(state).class), state.word()))
        .chain([(shape(UNSEEN_CLASS), "Not seen")])
        .chain(
            grounds
                .into_iter()
                .filter(|(class, _)| drawn.contains(&format!("class=\"{class}\"")))
                .map(|(class, words)| (ground(class), words)),
        )
        .collect()
}
