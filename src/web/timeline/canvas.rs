//! Where a drawing is written.

use std::fmt::{Arguments, Write as _};

/// Markup in the making.
#[derive(Debug, Default)]
pub(super) struct Canvas(String);

impl Canvas {
    /// Adds markup. What comes from outside has been made safe before.
    pub(super) fn put(&mut self, markup: Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(markup);
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}
