//! What comes of reading a configuration besides its plan: what is wrong, and the keys that were asked
//! for, each with its kind.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::problem::Problem;

/// The kind of value that a key takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Flag,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    Duration,
    /// A date, as TOML has it or as a text.
    Date,
    /// A number of bytes, alone or with its unit.
    Size,
    /// One of these names, in whatever case; or one of those, which are other words for them.
    Choice(Vec<&'static str>, Vec<&'static str>),
    /// A list of such values, or one alone.
    List(Box<Self>),
    /// A program and its arguments.
    Program,
    Table,
    /// A list of tables, or one alone.
    Tables,
    /// A text, or a table in its place, or a list of both.
    Recipients,
    /// A table whose keys are free, or a table of such tables.
    Entry,
}

/// What was asked of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The keys that are known.
    pub(super) keys: BTreeMap<&'static str, Kind>,
    /// Those of them that must be there.
    pub(super) required: Vec<&'static str>,
    /// The kind of what stands below keys of the user's own, and the names that those may have; without
    /// names they may have any.
    pub(super) free: Option<(Kind, Vec<&'static str>)>,
}

/// A table by its name, as `edition.windows`; `true` for those within it whose keys are the user's own.
pub(super) type Place = (String, bool);

/// The table of that name within another.
pub(super) fn below((name, _): &Place, key: &str) -> Place {
    let dot = if name.is_empty() { "" } else { "." };
    (format!("{name}{dot}{key}"), false)
}

/// What was found while reading: problems, and what was asked for.
#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: RefCell<Vec<Problem>>,
    asked: RefCell<BTreeMap<Place, Asked>>,
}

impl Findings {
    /// Keeps a problem.
    pub(super) fn add(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Keeps the problem and gives nothing, or gives the value.
    pub(super) fn keep<T>(&self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }

    /// How many problems make the configuration unusable so far.
    pub(super) fn errors(&self) -> usize {
        let problems = self.problems.borrow();
        problems.iter().filter(|problem| problem.is_error()).count()
    }

    /// All problems, in the order of the file.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| {
            problem
                .marks
                .first()
                .map_or(usize::MAX, |mark| mark.span.start)
        });
        problems
    }

    /// Remembers what is asked of a table.
    pub(super) fn remember(&self, place: &Place, with: impl FnOnce(&mut Asked)) {
        with(self.asked.borrow_mut().entry(place.clone()).or_default());
    }

    /// What was asked for, by table.
    pub(super) fn into_asked(self) -> BTreeMap<Place, Asked> {
        self.asked.into_inner()
    }
}
