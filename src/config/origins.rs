//! Where each value of the configuration stands in its file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml_edit::{Document, TableLike};

/// The lines of a configuration: what is not among them is a default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// The file; `None` when the text came from nowhere, as in a demo.
    pub file: Option<PathBuf>,
    lines: BTreeMap<String, usize>,
}

impl Origins {
    /// The lines of a text that was checked. What cannot be parsed has none.
    pub fn of(text: &str) -> Self {
        let mut lines = BTreeMap::new();
        if let Ok(document) = Document::parse(text) {
            walk(document.as_table(), "", text, &mut lines);
        }
        Self { file: None, lines }
    }

    /// The line, from 1, at which a value is given, as `mail.host`.
    pub fn line(&self, key: &str) -> Option<usize> {
        self.lines.get(key).copied()
    }
}

fn walk(table: &dyn TableLike, above: &str, text: &str, lines: &mut BTreeMap<String, usize>) {
    for (name, item) in table.iter() {
        let path = if above.is_empty() {
            name.to_owned()
        } else {
            format!("{above}.{name}")
        };
        let span = table.key(name).and_then(toml_edit::Key::span);
        if let Some(before) = span.and_then(|span| text.get(..span.start)) {
            lines.insert(path.clone(), before.matches('\n').count() + 1);
        }
        if let Some(below) = item.as_table_like() {
            walk(below, &path, text, lines);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, expected: Option<usize>) {
        let text = "# Jane's\n[author]\nname = \"Jane\"\n\n[mail]\nhost = \"a\" # x\nport=25\n\
                    [[edition]]\ntitle = \"b\"\n";
        assert_eq!(Origins::of(text).line(key), expected, "{key}");
    }

    #[test]
    fn a_value_stands_at_its_line_and_a_default_at_none() {
        check("author.name", Some(3));
        check("mail.host", Some(6));
        check("mail.port", Some(7));
        check("mail.user", None);
        assert_eq!(Origins::of("not = = toml"), Origins::default());
    }
}
