//! Which letters are paused.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::alerts::pause::{self, Pause};
use crate::history::View;
use crate::text::words;

/// "Letters are paused until …", on a line of its own; nothing where none are.
pub(super) fn lines(views: &[View], zone: &TimeZone, now: Timestamp) -> String {
    let paused: Vec<(String, Pause)> = views
        .iter()
        .filter_map(|view| {
            let pause = pause::in_force(&view.notes, zone, now)?;
            Some((words::clipped(&view.edition.title, 40), pause))
        })
        .collect();
    pause::sentence(&paused, views.len())
        .map_or_else(String::new, |sentence| format!("\n{sentence}\n"))
}
