//! The line that says whether the watch itself is well.

use std::fmt::Write as _;

use super::{Context, Status, face};
use crate::config::plan::label;
use crate::round::health::nobody_looked;
use crate::text::words;

impl Status {
    /// "Last good check 08:12 UTC, 25 minutes ago", and below it what is wrong with the watch.
    pub(super) fn watch(&self, context: &Context) -> String {
        let zone = &context.plan.author.zone;
        if self.health.last_check.is_none() {
            let mut listings = self.views.iter().flat_map(|view| &view.listings);
            let said = if listings.any(|listing| !listing.spells.is_empty()) {
                "There was no check yet; what stands here was told by hand."
            } else {
                "Nothing has been looked at yet."
            };
            return format!("{said} `pubwatch check` takes a first look.\n");
        }
        let last_good = self.health.last_good_check;
        let good = last_good.map_or("no good check yet".to_owned(), |at| {
            format!(
                "last good check {}, {} ago",
                words::brief_moment(at, zone, self.now),
                words::lasting(self.now.duration_since(at))
            )
        });
        let blind: Vec<&str> = self
            .views
            .iter()
            .flat_map(|view| &view.listings)
            .filter(|listing| listing.seen(self.now).is_none())
            .map(|listing| label(&listing.store, &context.plan.stores))
            .collect();
        let sight = match blind.len() {
            0 => "every page is seen".to_owned(),
            1 => format!("1 page is not seen ({})", blind.concat()),
            many => format!("{many} pages are not seen"),
        };
        let mut text = format!("{} · {good} · {sight}\n", face::bold("Pubwatch"));
        // Writing to a string cannot fail.
        if let Some(slept) = self.health.slept {
            let _ = writeln!(text, "  {}", nobody_looked(slept, zone, self.now));
        }
        for one in &self.health.ailments {
            let words = one.words(zone, self.now);
            let _ = writeln!(text, "  {words}; {}", one.next_step());
        }
        text
    }
}
