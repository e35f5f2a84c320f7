//! A page of settings: sections, each a form of its own about one table of the configuration. What a
//! field is filled with, what of it was changed, and what is wrong at which field. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use askama::Template;
use toml_edit::Value;

use super::book_form::{Field, Wrong, wrong_at};
use super::frame::{Frame, Place as Where, Pulse};
use super::new_book::{at, whole};
use super::security::digest;
use crate::book::EditionId;
use crate::config::edit::named::{NewValue, Place, span, with_values};
use crate::config::{ConfigError, Loaded};
use crate::text::words;

/// What was typed, by the names of the fields.
pub type Typed = BTreeMap<String, String>;

/// A page of settings.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    /// Its address below the site's.
    pub path: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is to be known first.
    pub lead: &'static str,
    /// Its sections, filled with what holds; of the editions that the address names.
    pub sections: fn(&Loaded, &str) -> Vec<Section>,
}

/// A form about one thing.
#[derive(Debug)]
pub struct Section {
    /// By which a form that comes back is known; none twice on a page.
    pub id: String,
    /// What it is about.
    pub heading: String,
    /// The field that names the thing, where it is a new one; else empty.
    pub thing: &'static str,
    /// What is to be known of it.
    pub lead: String,
    /// The table of the configuration that it is about; the fields are named after its keys.
    pub place: Place,
    /// Filled with what holds.
    pub fields: Vec<Field>,
    /// The label of its button.
    pub button: &'static str,
    /// The label of the button that takes the thing out, where it can be.
    pub remove: Option<&'static str>,
    /// By what a test names it, where it can be tried.
    pub test: Option<String>,
    /// How the file of the secret that is typed into `secret` is called, and the one that holds.
    pub secret: Option<(&'static str, Option<PathBuf>)>,
    /// How it is written.
    pub write: fn(&Asked<'_>) -> Result<String, Wrong>,
    /// The editions that are judged anew.
    pub judged: Vec<EditionId>,
    /// What is wrong with the whole of it.
    pub wrong: Vec<String>,
    /// What it was filled with, where something else stands in it by now.
    pub held: Option<String>,
}

/// A form that came back.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The configuration as it stands.
    pub loaded: &'a Loaded,
    /// What held when it was read.
    pub section: &'a Section,
    /// What was typed.
    pub typed: &'a Typed,
    /// It is to be taken out.
    pub is_removal: bool,
    /// The file into which the secret that was typed was written.
    pub secret: Option<&'a Path>,
    /// The hash of the new password of the page, where one was typed.
    pub hash: Option<&'a str>,
}

impl Asked<'_> {
    /// What was typed into a field.
    pub fn text(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", |text| text.trim())
    }

    /// The same, where it is not what the field was filled with.
    pub fn changed(&self, name: &str) -> Option<&str> {
        let text = self.typed.get(name)?.trim();
        let mut fields = self.section.fields.iter();
        let before = fields.find(|field| field.name == name)?;
        (before.value != text).then_some(text)
    }

    /// The configuration with new values in the table of the section.
    ///
    /// # Errors
    ///
    /// When it cannot be changed.
    pub fn with(&self, values: &[NewValue]) -> Result<String, Wrong> {
        with_values(&self.loaded.text, &self.section.place, values).map_err(|why| whole(&why))
    }
}

impl Section {
    /// A section of a table that stands once, whose fields are its keys: an emptied field takes its key
    /// out, a number is written as one.
    pub fn of_keys(table: &'static str, heading: &str, lead: &str, fields: Vec<Field>) -> Self {
        Self {
            id: table.to_owned(),
            heading: heading.to_owned(),
            thing: "",
            lead: lead.to_owned(),
            place: Place::Top(table),
            fields,
            button: "Save",
            remove: None,
            test: None,
            secret: None,
            write: by_keys,
            judged: Vec::new(),
            wrong: Vec::new(),
            held: None,
        }
    }

    /// By which it is known whether what held has changed.
    pub fn was(&self) -> String {
        if let Some(held) = &self.held {
            return held.clone();
        }
        let values = self.fields.iter().map(|field| (field.name, &field.value));
        digest(format!("{:?}", values.collect::<Vec<_>>()).as_bytes())
    }

    /// Puts into its fields what was typed, and beside them what is wrong. A secret is typed again.
    pub fn fill(&mut self, typed: &Typed, wrong: &Wrong) {
        self.held = Some(self.was());
        for field in &mut self.fields {
            let text = typed.get(field.name).cloned().unwrap_or_default();
            if !is_secret(field) {
                field.value = text;
            }
            field.wrong = wrong_at(wrong, field.name);
        }
        let known = |name: &str| self.fields.iter().any(|field| field.name == name);
        let rest = wrong.iter().filter(|(name, _)| !known(name));
        self.wrong = rest.map(|(_, why)| why.clone()).collect();
    }

    /// What is wrong with a configuration that this section would have made, at its fields as far as it
    /// stands there.
    pub fn at_fields(&self, error: &ConfigError, typed: &Typed) -> Wrong {
        let ConfigError::Wrong {
            problems,
            path,
            text,
        } = error
        else {
            return whole(error);
        };
        let table = match (&self.place, typed.get(self.thing)) {
            (Place::Top(array), Some(name)) => Place::Named(array, name.trim().to_owned()),
            (table, _) => table.clone(),
        };
        let errors = problems.iter().filter(|problem| problem.is_error());
        let place = |problem: &crate::config::Problem| {
            let begin = problem.marks.first()?.span.start;
            let is_there = |field: &&Field| {
                span(text, &table, field.name).is_some_and(|span| span.contains(&begin))
            };
            self.fields.iter().find(is_there)
        };
        let told = errors.map(|problem| match place(problem) {
            Some(field) => {
                let cause = problem.cause.iter().map(|cause| format!("; {cause}"));
                // It is a field here, and no line of a file.
                let message = problem
                    .message
                    .replace(&format!("`{}`", field.name), "this")
                    .replace(", without quotes", "");
                (field.name, message + &cause.collect::<String>())
            }
            None => ("", problem.render(&path.to_string_lossy(), text, false)),
        });
        told.collect()
    }

    fn named(&self) -> String {
        words::one_line(&self.heading)
    }
}

/// What stands in it is not shown again.
fn is_secret(field: &Field) -> bool {
    field.kind == "password"
}

/// A field of a section.
pub(super) fn field(
    (name, kind): (&'static str, &'static str),
    label: &'static str,
    hint: impl Into<Cow<'static, str>>,
    value: impl Into<String>,
) -> Field {
    Field {
        name,
        label,
        hint: hint.into(),
        kind,
        // A browser is not to fill in a password that it knows.
        filled_as: if kind == "password" {
            "new-password"
        } else {
            "off"
        },
        value: value.into(),
        ..Field::default()
    }
}

/// Writes every field that was changed under its own name.
fn by_keys(asked: &Asked<'_>) -> Result<String, Wrong> {
    asked.with(&changed_keys(asked))
}

/// The fields that were changed, as values of keys with their names.
pub(super) fn changed_keys(asked: &Asked<'_>) -> Vec<NewValue> {
    let fields = asked
        .section
        .fields
        .iter()
        .filter(|field| !is_secret(field));
    let changed = fields.filter_map(|field| Some((field.name, asked.changed(field.name)?)));
    let value = |text: &str| match text.parse::<i64>() {
        Ok(number) => Value::from(number),
        Err(_) => Value::from(text),
    };
    let values = changed.map(|(name, text)| (name, (!text.is_empty()).then(|| value(text))));
    values.collect()
}

/// A field that must not be empty.
pub(super) fn needed<'a>(asked: &Asked<'a>, name: &'static str) -> Result<&'a str, Wrong> {
    match asked.typed.get(name).map_or("", |text| text.trim()) {
        "" => Err(at(name)("this is needed".to_owned())),
        text => Ok(text),
    }
}

#[derive(Template)]
#[template(path = "web/templates/sections.html")]
struct Page<'a> {
    frame: Frame,
    topic: &'a Topic,
    /// What is wrong with no section of it.
    wrong: Option<&'a str>,
    /// Which editions it is about, as the address says it.
    about: &'a str,
    /// What else it can be about, with what the address says then.
    others: Vec<(String, String)>,
    sections: Vec<Section>,
}

/// The page.
pub fn page(
    place: &Where<'_>,
    (topic, about): (&Topic, &str),
    (mut sections, others): (Vec<Section>, Vec<(String, String)>),
    wrong: Option<&str>,
    pulse: &Pulse,
) -> askama::Result<String> {
    for (number, section) in sections.iter_mut().enumerate() {
        for field in &mut section.fields {
            field.of = format!("{number}-");
        }
    }
    Page {
        frame: Frame::new(place, "settings", topic.title, pulse),
        topic,
        wrong,
        about,
        others,
        sections,
    }
    .render()
}
