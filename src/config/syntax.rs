//! What the TOML parser could not read, said in the same way as every other problem.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::Error;

use super::problem::Problem;
use super::times::parse_date;

/// What is wrong with the file as TOML.
#[derive(Debug, Default)]
pub(super) struct Syntax {
    /// One problem for each line that cannot be read.
    pub(super) problems: Vec<Problem>,
    /// The lines, counted from zero.
    lines: BTreeSet<usize>,
    /// What follows cannot be trusted: a bracket, a header or a quote is left open.
    pub(super) hopeless: bool,
}

impl Syntax {
    /// A problem that is only the echo of a line that could not be read.
    pub(super) fn explains(&self, text: &str, problem: &Problem) -> bool {
        problem
            .marks
            .iter()
            .any(|mark| self.lines.contains(&line_of(text, mark.span.start)))
    }
}

/// Turns the parser's errors into problems.
pub(super) fn syntax(text: &str, errors: &[Error]) -> Syntax {
    let mut syntax = Syntax::default();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let line = line_of(text, span.start);
        syntax.hopeless |= is_structural(error.message(), text, &span);
        if syntax.lines.insert(line) {
            let is_table = line_at(text, span.start).trim_start().starts_with('[');
            let message = error.message();
            syntax.problems.push(explain(text, message, span));
            if is_table && message == "duplicate key" {
                // The keys of the second table are doubled too; that is the same fault.
                break;
            }
        }
    }
    syntax
}

fn is_structural(message: &str, text: &str, span: &Range<usize>) -> bool {
    let multiline = ["\"\"\"", "'''"].iter().any(|quote| text.contains(quote));
    message.contains("unclosed")
        || message.contains("duplicate key")
        || line_at(text, span.start).trim_start().starts_with('[')
        || (multiline && message.contains("string"))
}

fn explain(text: &str, message: &str, span: Range<usize>) -> Problem {
    let line = line_at(text, span.start);
    let value = line.split_once('=').map_or("", |(_, value)| value);
    let value = value.split('#').next().unwrap_or_default().trim();
    if message.starts_with("invalid date")
        && let Some(problem) = parse_date(value, span.clone()).err()
    {
        return problem;
    }
    if message == "duplicate key" {
        return duplicate(text, span);
    }
    if message.starts_with("string values must be quoted") || message.starts_with("invalid boolean")
    {
        return Problem::error("this value needs quotes")
            .at(span, "")
            .remedy(if value.is_empty() {
                "write a value behind the `=`, a text in quotes".to_owned()
            } else {
                format!("write it as \"{value}\"")
            });
    }
    if message.contains("string") && message.contains("invalid") {
        return Problem::error("this text has no end")
            .at(span, "a quote is missing")
            .remedy("close the text with the same quote that it begins with");
    }
    if message.contains("unclosed") {
        return Problem::error("this is not closed")
            .at(
                span,
                format!(
                    "{} is missing",
                    message.rsplit("expected ").next().unwrap_or_default()
                ),
            )
            .remedy("add the bracket that is missing");
    }
    Problem::error("this line is not TOML")
        .at(span, message.to_owned())
        .remedy("a line is `key = value`, `[table]` or `# a comment`; a text stands in quotes")
}

/// A key or a table that is there twice: both places.
fn duplicate(text: &str, span: Range<usize>) -> Problem {
    let key = text.get(span.clone()).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default();
    let is_table = line_at(text, span.start).trim_start().starts_with('[');
    let mut offset = 0;
    let mut first = None;
    for line in before.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        if trimmed.starts_with('[') && !is_table {
            // Only within the newest table.
            first = None;
        }
        let name = if is_table {
            trimmed.trim_start_matches('[').split(']').next()
        } else {
            trimmed.split('=').next()
        };
        if first.is_none() && name.is_some_and(|name| name.trim() == key) {
            let start = offset + indent + trimmed.find(key).unwrap_or_default();
            first = Some(start..start + key.len());
        }
        offset += line.len();
    }
    let problem = Problem::error(format!("`{key}` is there twice")).at(span, "again here");
    let problem = match first {
        Some(first) => problem.at(first, "first here"),
        None => problem,
    };
    problem.remedy(if is_table {
        "join the two, or write `[[edition]]` and `[[store]]` with two brackets, which may be \
         there many times"
    } else {
        "keep the one that is right"
    })
}

fn line_of(text: &str, index: usize) -> usize {
    text.match_indices('\n')
        .take_while(|(newline, _)| *newline < index)
        .count()
}

fn line_at(text: &str, index: usize) -> &str {
    text.lines().nth(line_of(text, index)).unwrap_or_default()
}
