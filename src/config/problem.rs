//! A problem in the configuration: what is wrong, where it stands, why it matters, and what to do.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};
use serde::Serialize;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// The configuration cannot be used.
    Error,
    /// The configuration can be used, but the author should know.
    Warning,
}

/// A place in the file that a problem points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of the file, from the first to the one after the last.
    pub span: Range<usize>,
    /// What is to be said right beside the caret; may be empty.
    pub label: String,
}

/// Something wrong, or worth knowing, in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub gravity: Gravity,
    /// What is wrong, in one line, without a full stop.
    pub message: String,
    /// Where: the first mark is the place itself, the others are places that it conflicts with.
    /// Empty when it is about the whole file.
    pub marks: Vec<Mark>,
    /// Why it is wrong, when the message does not say so by itself.
    pub cause: Option<String>,
    /// What to do, most likely first.
    pub remedies: Vec<String>,
}

/// Where in a file something stands, as people count: from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Problem {
    /// A problem that makes the configuration unusable.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Gravity::Error, message.into())
    }

    /// A problem that the author should know of.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Gravity::Warning, message.into())
    }

    fn new(gravity: Gravity, message: String) -> Self {
        Self {
            gravity,
            message,
            marks: Vec::new(),
            cause: None,
            remedies: Vec::new(),
        }
    }

    /// Adds a place, with what is to be said beside the caret.
    pub fn at(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.marks.push(Mark {
            span,
            label: label.into(),
        });
        self
    }

    /// Says why.
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Says what to do.
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedies.push(remedy.into());
        self
    }

    /// It makes the configuration unusable.
    pub fn is_error(&self) -> bool {
        self.gravity == Gravity::Error
    }

    /// Where it begins in `text`, the file that it was found in.
    pub fn position(&self, text: &str) -> Option<Position> {
        let start = floor_char(text, self.marks.first()?.span.start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some(Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        })
    }

    /// The problem as text, with the line of `text` that it is about and a caret under it.
    pub fn render(&self, file_name: &str, text: &str, colour: bool) -> String {
        let text = &starred(text);
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let level = match self.gravity {
            Gravity::Error => Level::ERROR,
            Gravity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(self.message.as_str()));
        if !self.marks.is_empty() {
            group = group.element(snippet(file_name, text, &self.marks));
        }
        if let Some(cause) = &self.cause {
            group = group.element(Level::NOTE.message(normalize_untrusted_str(cause)));
        }
        for remedy in &self.remedies {
            group = group.element(Level::HELP.message(normalize_untrusted_str(remedy)));
        }
        renderer.decor_style(DecorStyle::Ascii).render(&[group])
    }
}

/// What the name of a key has in it whose value is a secret.
const SECRETS: [&str; 3] = ["pass", "secret", "token"];

/// The text with stars for every value that looks like a password, in the same number of bytes,
/// so that places stay right. Messages show lines of the file, and end in logs and bug reports.
pub(super) fn starred(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    if !SECRETS.iter().any(|word| lower.contains(word)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    // Within the lines of a long text, which three quotes begin and end.
    let mut is_open = false;
    for line in text.split_inclusive('\n') {
        let value = if is_open {
            0
        } else {
            secret_value(line).unwrap_or(line.len())
        };
        let (before, secret) = line.split_at(value);
        shown.push_str(before);
        shown.extend(secret.bytes().map(|byte| match byte {
            b'"' | b'\'' | b'\n' | b'\r' => char::from(byte),
            _ => '*',
        }));
        let quotes = secret.matches("\"\"\"").count() + secret.matches("'''").count();
        is_open ^= quotes % 2 == 1;
    }
    Cow::Owned(shown)
}

/// Where the value begins in a line whose key looks like that of a password.
fn secret_value(line: &str) -> Option<usize> {
    const SOURCES: [&str; 3] = ["_file", "_env", "_command"];
    let equals = line.find('=')?;
    let key = line[..equals]
        .trim_matches(|character: char| !character.is_alphanumeric())
        .to_ascii_lowercase();
    let is_secret = SECRETS.iter().any(|word| key.contains(word))
        && !SOURCES.iter().any(|ending| key.ends_with(ending));
    let value = line[equals + 1..].trim_start();
    is_secret.then_some(line.len() - value.len())
}

fn snippet<'a>(
    file_name: &'a str,
    text: &'a str,
    marks: &'a [Mark],
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let annotations = marks.iter().enumerate().map(|(index, mark)| {
        let kind = if index == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let annotation = kind.span(clamped(text, &mark.span));
        if mark.label.is_empty() {
            annotation
        } else {
            annotation.label(normalize_untrusted_str(&mark.label))
        }
    });
    Snippet::source(text)
        .path(file_name)
        .annotations(annotations)
}

/// A span that surely lies within the text and on its character borders.
fn clamped(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor_char(text, span.start);
    let end = floor_char(text, span.end).max(start);
    start..end
}

/// The nearest border between characters at or before `index`.
fn floor_char(text: &str, index: usize) -> usize {
    let index = index.min(text.len());
    (0..=index)
        .rev()
        .find(|border| text.is_char_boundary(*border))
        .unwrap_or_default()
}

/// All problems as text, in the order of the file, an empty line between them and a line end
/// after the last.
pub fn render_all(problems: &[Problem], file_name: &str, text: &str, colour: bool) -> String {
    let mut shown = String::new();
    for problem in problems {
        if !shown.is_empty() {
            shown.push('\n');
        }
        shown.push_str(&problem.render(file_name, text, colour));
        shown.push('\n');
    }
    shown
}

/// The candidate that was probably meant, when one is close to what was written. Case, spaces and
/// punctuation do not count.
pub fn did_you_mean<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let written = plain(written);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = plain(candidate);
        let distance = strsim::damerau_levenshtein(&written, &other);
        let allowed = other.chars().count().max(written.chars().count()) / 3;
        if distance <= allowed.max(1) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Names in a sentence: `a`, `b` or `c`.
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let Some(last) = quoted.pop() else {
        return String::new();
    };
    if quoted.is_empty() {
        last
    } else {
        format!("{} or {last}", quoted.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[edition]\ntitle = \"Café\"\nisbn = \"12\"\n";

    #[test]
    fn a_problem_shows_its_line_caret_cause_and_remedy() {
        let problem = Problem::error("this is no ISBN")
            .at(33..37, "it has 2 digits")
            .because("an ISBN has 13")
            .remedy("see the barcode");
        let expected = "\
error: this is no ISBN
 --> pubwatch.toml:3:8
  |
3 | isbn = \"12\"
  |        ^^^^ it has 2 digits
  |
  = note: an ISBN has 13
  = help: see the barcode";
        assert_eq!(problem.render("pubwatch.toml", TEXT, false), expected);
        assert_eq!(
            problem.position(TEXT),
            Some(Position { line: 3, column: 8 })
        );
    }

    #[test]
    fn a_span_outside_the_text_or_inside_a_character_is_survived() {
        // Byte 23 lies inside the `é`.
        let problem = Problem::warning("odd").at(22..23, "").at(400..500, "");
        assert!(problem.render("x", TEXT, true).contains("odd"));
        assert!(Problem::error("empty").at(3..9, "").position("").is_some());
    }

    #[test]
    fn a_password_is_never_shown() {
        for text in [
            "password = \"hush, hush\"\n",
            "  \"smtp-password\"=hush\n",
            "passwd = \"\"\"\nhush\nhush\"\"\"\n",
            "mail.passphrase = '''hush'''\n",
            "credential_secret = 'hush'\n",
        ] {
            let shown = Problem::error("odd").at(0..text.len(), "");
            let shown = shown.render("x", text, false);
            assert!(!shown.contains("hush"), "{shown}");
            assert_eq!(starred(text).len(), text.len());
        }
        let file = "password_file = \"here\"\nname = \"Passau\"\n";
        assert_eq!(starred(file), file);
    }

    #[test]
    fn what_was_probably_meant_is_found_and_nothing_far_away() {
        let names = ["paperback", "hardcover", "ebook"];
        assert_eq!(did_you_mean("Paper-back", names), Some("paperback"));
        assert_eq!(did_you_mean("hardcvoer", names), Some("hardcover"));
        assert_eq!(did_you_mean("e-book", names), Some("ebook"));
        assert_eq!(did_you_mean("vellum", names), None);
        assert_eq!(did_you_mean("", names), None);
    }

    #[test]
    fn names_join_into_a_sentence() {
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(one_of(["a"]), "`a`");
    }
}
