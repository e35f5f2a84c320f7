//! What was counted, in a table by fault.

use std::fmt::Write as _;

use super::world::Found;

/// What became of everything under one kind of fault.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) injections: usize,
    pub(crate) looks: Found,
    pub(crate) letters: Found,
    /// Letters that may come twice, because the answer of the mail server was lost (under one
    /// Message-ID).
    pub(crate) may_double: usize,
    /// Ends of the program that nothing explains, each in a line.
    pub(crate) unexplained: Vec<String>,
    /// What else there is to say.
    pub(crate) remarks: Vec<String>,
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
        self.remarks.extend(other.remarks);
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
    let mut text = "| fault | injections | looks: expected | kept | doubled | letters: expected | \
                    kept | doubled | unexplained ends |\n\
                    | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    let mut all = Tally::default();
    for (name, tally) in tallies {
        row(&mut text, name, tally);
        all.add(tally.clone());
    }
    row(&mut text, "**all**", &all);
    for (name, tally) in tallies {
        for line in tally.remarks.iter().chain(&tally.unexplained) {
            writeln!(text, "\n{name}: {line}").unwrap();
        }
    }
    text
}

fn row(text: &mut String, name: &str, tally: &Tally) {
    let Tally {
        injections,
        looks,
        letters,
        unexplained,
        ..
    } = tally;
    writeln!(
        text,
        "| {name} | {injections} | {} | {} | {} | {} | {} | {} | {} |",
        looks.expected,
        looks.kept,
        looks.doubled,
        letters.expected,
        letters.kept,
        letters.doubled,
        unexplained.len()
    )
    .unwrap();
}
