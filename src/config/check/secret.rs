//! Where a secret is kept: in a file, in the environment, or behind a program. Never in the
//! configuration itself.

use serde_spanned::Spanned;

use super::{NamedFile, Paths};
use crate::config::findings::Kind;
use crate::config::plan::SecretSource;
use crate::config::problem::Problem;
use crate::config::table::{Table, Text, text_of, wrong_kind};

/// The three keys that can name a secret.
pub(super) struct Keys {
    /// What people call it, as "password".
    pub(super) what: &'static str,
    /// The key of the file.
    pub(super) file: &'static str,
    /// The key of the environment variable.
    pub(super) env: &'static str,
    /// The key of the program.
    pub(super) command: &'static str,
}

impl Keys {
    /// One of them is written.
    pub(super) fn are_in(&self, table: &Table<'_>) -> bool {
        self.all().into_iter().any(|key| table.has(key))
    }

    fn all(&self) -> [&'static str; 3] {
        [self.file, self.env, self.command]
    }
}

/// The source of a secret; two sources are refused.
pub(super) fn source(
    table: &mut Table<'_>,
    keys: &Keys,
    paths: &Paths<'_>,
    files: &mut Vec<NamedFile>,
) -> Option<Spanned<SecretSource>> {
    let given: Vec<&str> = keys
        .all()
        .into_iter()
        .filter(|key| table.has(key))
        .collect();
    if let [first, second, ..] = given[..] {
        table.findings().add(
            Problem::error(format!("the {} is to come from two places", keys.what))
                .at(table.key_span(second), "from here")
                .at(table.key_span(first), "and from here")
                .remedy("keep one of them"),
        );
    }
    let file = file(table, keys, paths, files);
    let variable = variable(table, keys);
    let command = command(table, keys);
    file.or(variable).or(command)
}

fn file(
    table: &mut Table<'_>,
    keys: &Keys,
    paths: &Paths<'_>,
    files: &mut Vec<NamedFile>,
) -> Option<Spanned<SecretSource>> {
    let text = table.text(keys.file)?;
    let path = table.findings().keep(paths.resolve(&text))?;
    files.push(NamedFile {
        key: keys.file,
        span: text.span(),
        path: path.clone(),
    });
    Some(Spanned::new(text.span(), SecretSource::File(path)))
}

fn variable(table: &mut Table<'_>, keys: &Keys) -> Option<Spanned<SecretSource>> {
    let text = table.text(keys.env)?;
    let name = text.get_ref().trim_start_matches('$').to_owned();
    if name.contains(['=', '\0', ' ']) {
        table.findings().add(
            Problem::error(format!("`{name}` is no name of an environment variable"))
                .at(text.span(), "")
                .remedy(format!(
                    "write the name alone, as `{} = \"PUBWATCH_SECRET\"`",
                    keys.env
                )),
        );
        return None;
    }
    Some(Spanned::new(text.span(), SecretSource::Env(name)))
}

fn command(table: &mut Table<'_>, keys: &Keys) -> Option<Spanned<SecretSource>> {
    let (words, span) = program(table, keys.command, "[\"pass\", \"show\", \"smtp\"]")?;
    let words = words.into_iter().map(Spanned::into_inner).collect();
    Some(Spanned::new(span, SecretSource::Command(words)))
}

/// A program and its arguments, which must be a list, and where they stand.
pub(super) fn program(
    table: &mut Table<'_>,
    key: &'static str,
    example: &str,
) -> Option<(Vec<Text>, std::ops::Range<usize>)> {
    let value = table.value(key, Kind::Program)?;
    if value.get_ref().as_array().is_none() {
        table.findings().add(
            wrong_kind(
                key,
                value,
                "a list: the program, then each argument",
                example,
            )
            .because("it is run as it is, never through a shell"),
        );
        return None;
    }
    let findings = table.findings();
    // The words are taken as they are: a space or an empty one may be meant.
    let words: Vec<Text> = value
        .get_ref()
        .as_array()?
        .iter()
        .filter_map(|word| match word.get_ref().as_str() {
            Some(text) => Some(Spanned::new(word.span(), text.to_owned())),
            None => findings.keep(text_of(key, word)),
        })
        .collect();
    if words
        .first()
        .is_none_or(|program| program.get_ref().trim().is_empty())
    {
        findings.add(
            Problem::error(format!("`{key}` names no program"))
                .at(value.span(), "")
                .remedy(format!("write it as `{key} = {example}`")),
        );
        return None;
    }
    Some((words, value.span()))
}
