//! How wide the output is: prose is broken between words, and a table that does not fit becomes a
//! block a row. A pipe and a file have no width.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};
use console::{Term, measure_text_width as width};

use super::face;

/// So many columns may be written in, at least `LEAST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns(usize);

/// Nothing can be laid out in less.
const LEAST: usize = 40;

/// From so many on, a table that does not fit breaks the words in its cells; below, it is blocks.
const TABLE: usize = 100;

/// A line goes on below its own last column when that begins no further than here.
const COLUMN: usize = 30;

/// The further lines of a block stand in by so much.
const INSET: usize = 4;

impl Columns {
    /// Of a pipe and a file: what reads them counts no columns.
    pub const ANY: Self = Self(usize::MAX);

    /// So many.
    pub fn new(columns: usize) -> Self {
        Self(columns.max(LEAST))
    }

    /// Those of standard output: what `COLUMNS` says, or else the terminal.
    pub fn of_stdout() -> Self {
        Self::of(&Term::stdout())
    }

    /// Those of standard error.
    pub fn of_stderr() -> Self {
        Self::of(&Term::stderr())
    }

    fn of(term: &Term) -> Self {
        let said = std::env::var("COLUMNS").ok();
        let said = said
            .and_then(|said| said.parse().ok())
            .filter(|said| 0 < *said);
        let seen = || Some(usize::from(term.size_checked()?.1));
        said.or_else(seen).map_or(Self::ANY, Self::new)
    }

    /// Of so many letters without a blank as many as fit into a block.
    pub fn fitting(self, letters: u16) -> u16 {
        u16::try_from(self.0 - INSET).map_or(letters, |most| most.min(letters))
    }

    /// Every line that is too long, broken between words; a word that is too long stays whole, and so
    /// does an object for a program. What follows stands in where the line stands in or has columns.
    pub fn prose(self, text: &str) -> String {
        let mut prose = String::new();
        for whole in text.split_inclusive('\n') {
            let line = whole.trim_end_matches('\n');
            if width(line) <= self.0 || line.starts_with('{') {
                prose.push_str(line);
            } else {
                self.break_line(line, &mut prose);
            }
            prose.push_str(whole.get(line.len()..).unwrap_or_default());
        }
        prose
    }

    fn break_line(self, line: &str, prose: &mut String) {
        let words = line.trim_start_matches(' ');
        let inset = line.len() - words.len();
        let columns = words.match_indices("  ").filter_map(|(at, blanks)| {
            let begins = line.get(..inset + at + blanks.len())?;
            let is_next = words.get(at + blanks.len()..)?.starts_with(|c| c != ' ');
            is_next.then(|| width(begins))
        });
        let hang = match columns.filter(|column| *column <= COLUMN).last() {
            Some(column) => column,
            None if inset == 0 => 0,
            None => inset + 2,
        };
        prose.push_str(&" ".repeat(inset));
        let (mut used, mut gap) = (inset, 0);
        for (index, word) in words.split(' ').enumerate() {
            if word.is_empty() {
                gap += 1;
                continue;
            }
            let blanks = if index == 0 {
                0
            } else if self.0 < used + gap + width(word) {
                prose.push('\n');
                used = 0;
                hang
            } else {
                gap
            };
            prose.push_str(&" ".repeat(blanks));
            prose.push_str(word);
            used += blanks + width(word);
            gap = 1;
        }
    }

    /// A table: as it is where it fits, else with broken cells where there is much room, else blocks.
    pub fn table(self, table: &Table) -> String {
        let fits = |text: &str| text.lines().all(|line| width(line) <= self.0);
        let whole = face::lines(table);
        if fits(&whole) {
            return whole;
        }
        // Rows of many lines are no rows for the eye.
        let most = 2 * table.row_iter().count() + 1;
        let broken = (TABLE <= self.0).then(|| self.broken(table));
        broken
            .filter(|text| fits(text) && text.lines().count() <= most)
            .unwrap_or_else(|| self.blocks(table))
    }

    /// Every column is at least as wide as its longest word.
    fn broken(self, table: &Table) -> String {
        let mut table = table.clone();
        let longest = |text: &str| text.split_whitespace().map(width).max().unwrap_or(0);
        for index in 0..table.column_count() {
            let rows = table.header().into_iter().chain(table.row_iter());
            let cells = rows.filter_map(|row| row.cell_iter().nth(index));
            let least = cells.map(|cell| longest(&cell.content())).max();
            // A blank at either side belongs to the column.
            let least = u16::try_from(least.unwrap_or(0) + 2).unwrap_or(u16::MAX);
            if let Some(column) = table.column_mut(index) {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            }
        }
        table.set_width(u16::try_from(self.0).unwrap_or(u16::MAX));
        face::lines(table.set_content_arrangement(ContentArrangement::Dynamic))
    }

    /// Cells after one another as far as there is room, with the names of their columns.
    fn blocks(self, table: &Table) -> String {
        let names: Vec<String> = table.header().map_or_else(Vec::new, |header| {
            header.cell_iter().map(comfy_table::Cell::content).collect()
        });
        let mut text = String::new();
        for row in table.row_iter() {
            let mut line = String::new();
            for (index, cell) in row.cell_iter().enumerate() {
                let said = match names.get(index) {
                    _ if width(&cell.content()) == 0 => continue,
                    Some(name) if 0 < index && 0 < width(name) => {
                        format!("{name}: {}", cell.content())
                    }
                    Some(_) | None => cell.content(),
                };
                if line.is_empty() {
                    line = said;
                } else if width(&line) + 2 + width(&said) <= self.0 {
                    line = format!("{line}  {said}");
                } else {
                    text.push_str(&self.prose(&format!("{line}\n")));
                    line = format!("{}{said}", " ".repeat(INSET));
                }
            }
            text.push_str(&self.prose(&format!("{line}\n")));
        }
        text
    }
}

/// Standard output for people: prose is broken between words. What is for programs goes around it.
#[derive(Debug)]
pub struct Out {
    columns: Columns,
    line: Vec<u8>,
}

/// Standard output, as wide as it is.
pub fn out() -> Out {
    Out {
        columns: Columns::of_stdout(),
        line: Vec::new(),
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if bytes.contains(&b'\n') {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    /// What has been written of a line counts as its whole.
    fn flush(&mut self) -> io::Result<()> {
        let text = String::from_utf8_lossy(&self.line);
        let prose = self.columns.prose(&text);
        self.line.clear();
        let mut out = anstream::stdout().lock();
        out.write_all(prose.as_bytes())?;
        out.flush()
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        // Whoever must know that it could not be written flushes.
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(columns: usize, text: &str, expected: &str) {
        assert_eq!(Columns::new(columns).prose(text), expected);
    }

    #[test]
    fn prose_is_broken_between_words_and_stands_in_where_its_line_does() {
        let text = "Nothing has been looked at yet. `pubwatch check` takes a first look.\n";
        check(
            40,
            text,
            "Nothing has been looked at yet.\n`pubwatch check` takes a first look.\n",
        );
        check(80, text, text);
        assert_eq!(Columns::ANY.prose(text), text);
        check(
            40,
            "  Act Salt Roads: Ask Amazon for the page again (11 days)\nshort\n",
            "  Act Salt Roads: Ask Amazon for the\n    page again (11 days)\nshort\n",
        );
        check(
            40,
            "Amazon        ? Not seen since Thursday the 12th",
            "Amazon        ? Not seen since Thursday\n              the 12th",
        );
        let address = "See https://www.example.com/a-page-with-a-very-long-name there";
        check(
            40,
            address,
            "See\nhttps://www.example.com/a-page-with-a-very-long-name\nthere",
        );
        let object = format!("{{\"title\": \"{}\"}}\n", "Salt Roads ".repeat(9));
        check(40, &object, &object);
    }

    #[test]
    fn colours_take_no_room() {
        let red = face::painted(anstyle::AnsiColor::Red.on_default(), "Unavailable");
        let line = format!("{red} since Tue, {}", "x".repeat(17));
        check(40, &line, &line);
    }

    #[test]
    fn a_table_that_does_not_fit_breaks_its_cells_and_in_little_room_becomes_blocks() {
        let mut table = face::table(&["Day", "", "Why"]);
        table.add_row(["Tue 9 Feb 2027", "next", "Stores change over in the day"]);
        table.add_row(["Wed 10 Feb 2027", "", &"Any mixture is normal. ".repeat(5)]);
        let said = |columns| {
            let text = Columns::new(columns).table(&table);
            anstream::adapter::strip_str(&text).to_string()
        };
        assert_eq!(
            said(60),
            "Tue 9 Feb 2027  next  Why: Stores change over in the day\n\
             Wed 10 Feb 2027\n    \
             Why: Any mixture is normal. Any mixture is normal. Any\n      \
             mixture is normal. Any mixture is normal. Any mixture\n      is normal.\n"
        );
        let broken = said(100);
        let lines: Vec<&str> = broken.lines().collect();
        assert!(lines[0].starts_with("Day"), "{broken}");
        assert_eq!(lines.len(), 4, "{broken}");
        let column = lines[1].find("Stores").unwrap();
        assert!(lines[3].len() > column && lines[3][..column].trim().is_empty());
        assert!(lines.iter().all(|line| line.len() <= 100), "{broken}");
        assert!(Columns::ANY.table(&table).lines().count() == 3);
    }
}
