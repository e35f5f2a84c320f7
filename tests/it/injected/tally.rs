//! What was counted, in a table by fault.

use std::fmt::Write as _;

use super::world::{EDITIONS, Found, World};

/// What became of everything under one kind of fault.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) injections: usize,
    pub(crate) looks: Found,
    pub(crate) letters: Found,
    /// Letters that may come twice, because the answer of the mail server was lost (under one
    /// Message-ID).
    pub(crate) may_double: usize,
    /// Ends of the program that nothing explains, and letters that nobody should have had, each in
    /// a line.
    pub(crate) unexplained: Vec<String>,
    /// What else was counted, by its name.
    pub(crate) counts: std::collections::BTreeMap<String, usize>,
    /// The longest that a stop took, in milliseconds.
    pub(crate) slowest_stop: Option<u128>,
    /// Why it was not played.
    pub(crate) not_played: Option<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.injections += other.injections;
        for (sum, more) in [
            (&mut self.looks, other.looks),
            (&mut self.letters, other.letters),
        ] {
            sum.expected += more.expected;
            sum.kept += more.kept;
            sum.doubled += more.doubled;
        }
        self.may_double += other.may_double;
        self.unexplained.extend(other.unexplained);
        for (name, count) in other.counts {
            *self.counts.entry(name).or_default() += count;
        }
        self.slowest_stop = self.slowest_stop.max(other.slowest_stop);
        self.not_played = self.not_played.take().or(other.not_played);
    }

    pub(crate) fn count(&mut self, name: &str) {
        self.count_many(name, 1);
    }

    pub(crate) fn count_many(&mut self, name: &str, more: usize) {
        *self.counts.entry(name.to_owned()).or_default() += more;
    }

    pub(crate) fn add_looks(&mut self, found: Found) {
        self.looks.expected += found.expected;
        self.looks.kept += found.kept;
        self.looks.doubled += found.doubled;
    }

    /// So many letters about `each` edition, so many digests. Notices about stores are told by name.
    pub(crate) fn add_letters(&mut self, world: &World, (each, digests): (usize, usize)) {
        self.letters.expected += EDITIONS * each + digests;
        for (about, letters) in world.letters_by_subject() {
            self.letters.doubled += letters.values().map(|count| count - 1).sum::<usize>();
            let due = if about == "digest" { digests } else { each };
            if about == "digest" || world.has(&about) {
                self.letters.kept += letters.len().min(due);
            } else {
                self.count_many(&format!("letters about {about}"), letters.len());
            }
            if due < letters.len() {
                let ids: Vec<&String> = letters.keys().collect();
                let line = format!("{} letters about {about}: {ids:?}", letters.len());
                self.unexplained.push(line);
            }
        }
    }

    /// Nothing is lost, nothing is there twice that may not be, and every end is explained.
    pub(crate) fn is_good(&self) -> bool {
        self.looks.kept == self.looks.expected
            && self.looks.doubled == 0
            && self.letters.kept == self.letters.expected
            && self.letters.doubled <= self.may_double
            && self.unexplained.is_empty()
    }
}

/// The table, as Markdown.
pub(crate) fn table(tallies: &[(&str, Tally)]) -> String {
    let mut text = "| fault | injections | looks: expected | kept | doubled | lost | letters: \
                    expected | kept | doubled | lost | unexplained |\n\
                    | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    let mut all = Tally::default();
    for (name, tally) in tallies {
        row(&mut text, name, tally);
        all.add(tally.clone());
    }
    row(&mut text, "**all**", &all);
    for (name, tally) in tallies {
        for (what, count) in &tally.counts {
            writeln!(text, "\n{name}: {count} {what}").unwrap();
        }
        if let Some(slowest) = tally.slowest_stop {
            writeln!(text, "\n{name}: the slowest stop took {slowest} ms").unwrap();
        }
        for line in tally.not_played.iter().chain(&tally.unexplained) {
            writeln!(text, "\n{name}: {line}").unwrap();
        }
    }
    text
}

fn row(text: &mut String, name: &str, tally: &Tally) {
    let found = |found: &Found| {
        let lost = found.expected - found.kept;
        format!(
            "{} | {} | {} | {lost}",
            found.expected, found.kept, found.doubled
        )
    };
    writeln!(
        text,
        "| {name} | {} | {} | {} | {} |",
        tally.injections,
        found(&tally.looks),
        found(&tally.letters),
        tally.unexplained.len()
    )
    .unwrap();
}
