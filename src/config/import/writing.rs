//! What becomes of a list in the configuration. Pure.

use super::Built;
use crate::book::EditionId;
use crate::config::edit::{self, Change, Entry};
use crate::text::words;

/// What is to be written.
#[derive(Debug)]
pub struct Writing {
    /// The editions that are new.
    pub entries: Vec<Entry>,
    /// The new dates of editions that are there already.
    pub moves: Vec<(EditionId, Vec<Change>)>,
    /// Something is left for the user: a line is wrong, or a date differs and is not taken over.
    pub is_left: bool,
}

impl Writing {
    /// What is to be written of a list; `is_update` when moved dates are taken over.
    pub fn of(built: &Built, is_update: bool) -> Self {
        let differing = built.differences.iter();
        let moves: Vec<_> = differing
            .filter(|one| !one.dates.is_empty())
            .map(|one| (one.id.clone(), one.dates.clone()))
            .collect();
        Self {
            entries: built.entries.iter().map(|(_, one)| one.clone()).collect(),
            is_left: !built.troubles.is_empty() || (!is_update && !moves.is_empty()),
            moves: if is_update { moves } else { Vec::new() },
        }
    }

    /// There is nothing to write.
    pub fn is_nothing(&self) -> bool {
        self.entries.is_empty() && self.moves.is_empty()
    }

    /// The text of the configuration with it.
    ///
    /// # Errors
    ///
    /// [`edit::EditError`] when the text is none that could be changed.
    pub fn over(&self, text: &str) -> Result<String, edit::EditError> {
        let mut text = text.to_owned();
        if !self.moves.is_empty() {
            text = edit::with_changes_of(&text, &self.moves)?;
        }
        if !self.entries.is_empty() {
            text = edit::with_entries(&text, &self.entries)?;
        }
        Ok(text)
    }

    /// `2 editions and 1 moved date`.
    pub fn words(&self) -> String {
        let written = words::counted(self.entries.len(), "edition");
        let moved = words::counted(self.moves.len(), "moved date");
        match (self.entries.len(), self.moves.len()) {
            (_, 0) => written,
            (0, _) => moved,
            _ => format!("{written} and {moved}"),
        }
    }
}
