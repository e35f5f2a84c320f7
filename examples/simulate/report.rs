//! What came of all launches, held against the measures.

use std::fmt::Write as _;

use jiff::Timestamp;
use pubwatch::terminal::face;
use serde_json::json;

use crate::fault::Kind;

/// The most letters of an ordinary launch, digests not counted: in the median, and in 95 of 100.
const MOST_LETTERS: (usize, usize) = (8, 11);

/// Of fewer ordinary launches the number of letters says nothing.
const FEW: usize = 20;

/// What came of one launch.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// Letters, for each edition of the book.
    pub(crate) letters: Vec<usize>,
    /// Looks at pages.
    pub(crate) looks: usize,
    /// Act letters in an ordinary launch.
    pub(crate) false_acts: usize,
    /// All-clears while a page was wrong.
    pub(crate) wrong_all_clears: usize,
    /// What came of the planted fault.
    pub(crate) fault: Option<Found>,
    /// All that is not as it should be, in lines.
    pub(crate) wrong: Vec<String>,
}

/// What came of a planted fault.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// From when on acting on it was right; `None` when nobody had looked since it began.
    pub(crate) act_from: Option<Timestamp>,
    /// How many looks at its page it took from its act date on; `None` when no letter told of it.
    pub(crate) checks: Option<usize>,
}

/// What came of all launches.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    outcomes: Vec<Outcome>,
}

impl Report {
    /// The report of these launches, in their order.
    pub(crate) fn of(outcomes: Vec<Outcome>) -> Self {
        Self { outcomes }
    }

    fn clean(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes
            .iter()
            .filter(|outcome| outcome.fault.is_none())
    }

    fn false_acts(&self) -> usize {
        self.clean().map(|outcome| outcome.false_acts).sum()
    }

    fn wrong_all_clears(&self) -> usize {
        let all = self.outcomes.iter();
        all.map(|outcome| outcome.wrong_all_clears).sum()
    }

    /// Letters of an ordinary launch, of which the digest is none: the median and what 95 in 100
    /// launches stay at or below. Each edition of a book counts as a launch.
    fn letters(&self) -> (usize, usize) {
        let mut letters: Vec<usize> = self
            .clean()
            .flat_map(|outcome| &outcome.letters)
            .copied()
            .collect();
        letters.sort_unstable();
        let at = |percent: usize| {
            let index = (letters.len() * percent).div_ceil(100).saturating_sub(1);
            letters.get(index).copied().unwrap_or_default()
        };
        (at(50), at(95))
    }

    fn are_letters_few(&self) -> bool {
        let (median, p95) = self.letters();
        self.clean().count() < FEW || median <= MOST_LETTERS.0 && p95 <= MOST_LETTERS.1
    }

    fn looks(&self) -> usize {
        let all: usize = self.outcomes.iter().map(|outcome| outcome.looks).sum();
        all / self.outcomes.len().max(1)
    }

    /// For each kind: planted, found, and the most looks from the act date on that it took.
    fn faults(&self) -> Vec<(Kind, usize, usize, usize)> {
        let of = |kind: Kind| {
            let all = self.outcomes.iter().filter_map(|outcome| outcome.fault);
            all.filter(move |found| found.kind == kind)
        };
        Kind::ALL
            .iter()
            .map(|kind| {
                let checks = || of(*kind).filter_map(|found| found.checks);
                (
                    *kind,
                    of(*kind).count(),
                    checks().count(),
                    checks().max().unwrap_or_default(),
                )
            })
            .filter(|(_, planted, _, _)| 0 < *planted)
            .collect()
    }

    /// Every measure is met.
    pub(crate) fn is_good(&self) -> bool {
        self.false_acts() == 0
            && self.wrong_all_clears() == 0
            && self.are_letters_few()
            && self
                .faults()
                .iter()
                .all(|(_, planted, found, checks)| planted == found && *checks <= 1)
    }

    /// All that is not as it should be, in the order of the launches.
    pub(crate) fn wrong(&self) -> impl Iterator<Item = &String> {
        self.outcomes.iter().flat_map(|outcome| &outcome.wrong)
    }

    pub(crate) fn as_text(&self) -> String {
        let mut text = String::new();
        for line in self.wrong() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{line}");
        }
        let (median, p95) = self.letters();
        let most = if self.are_letters_few() {
            String::new()
        } else {
            format!(" (at most {} and {})", MOST_LETTERS.0, MOST_LETTERS.1)
        };
        let _ = writeln!(
            text,
            "Ordinary launches: {}. False Act letters: {}. All-clears of pages that were wrong: \
             {}.\nLetters a launch: {median} in the median, {p95} in 95 of 100 launches{most}. \
             Looks a launch: {}.\n",
            self.clean().count(),
            self.false_acts(),
            self.wrong_all_clears(),
            self.looks(),
        );
        let mut table = face::table(&["Fault", "planted", "found", "looks from the act date on"]);
        for (kind, planted, found, checks) in self.faults() {
            table.add_row([
                kind.name().to_owned(),
                planted.to_string(),
                found.to_string(),
                format!("at most {checks}"),
            ]);
        }
        text.push_str(&face::lines(&table));
        text.push('\n');
        text
    }

    pub(crate) fn as_json(&self) -> serde_json::Value {
        let (median, p95) = self.letters();
        let faults: Vec<_> = self
            .faults()
            .into_iter()
            .map(|(kind, planted, found, checks)| {
                json!({
                    "kind": kind.name(),
                    "planted": planted,
                    "found": found,
                    "latest_checks_after_act_date": checks,
                })
            })
            .collect();
        json!({
            "clean_launches": self.clean().count(),
            "false_act_letters": self.false_acts(),
            "wrong_all_clears": self.wrong_all_clears(),
            "letters_per_launch": { "median": median, "p95": p95 },
            "pages_per_launch": self.looks(),
            "faults": faults,
        })
    }
}
