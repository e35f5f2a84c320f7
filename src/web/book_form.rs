//! The form in which an edition is added or changed: what it holds, what is wrong at which field, and
//! how it is drawn. Pure.

use std::borrow::Cow;

use askama::Template;
use serde::Deserialize;

use super::frame::{Frame, Place, Pulse};
use crate::book::{Distribution, Format, Launch};
use crate::config::edit::money;
use crate::config::plan::EditionPlan;
use crate::setup::details::{self, Details};
use crate::text::words;
use crate::web::security::digest;

/// What stands in the fields, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BookForm {
    /// The number of a new edition, or addresses of its pages; of one that is watched, addresses that
    /// its number does not tell.
    pub book: String,
    /// The title.
    pub title: String,
    /// The author on the cover.
    pub author: String,
    /// The format; empty: as its number has it.
    pub format: String,
    /// The publication date.
    pub date: String,
    /// The on-sale date, where it is another.
    pub on_sale: String,
    /// Who distributes it; empty: as is usual.
    pub distribution: String,
    /// Since when.
    pub enabled: String,
    /// KDP Print takes Amazon over on the date: `yes` or `no`; empty: no.
    pub switch: String,
    /// Where it is watched, with commas; empty: as is usual.
    pub stores: String,
    /// The list price.
    pub price: String,
    /// The imprint or client.
    pub imprint: String,
    /// Open Library is to be asked about a new one.
    pub lookup: String,
    /// What it said.
    #[serde(skip)]
    pub found: String,
    /// What held when the form was filled, so that what others changed since is not undone.
    pub was: String,
    /// It is meant.
    pub sure: String,
}

/// What is wrong, at which field; without a name: with the whole of it.
pub type Wrong = Vec<(&'static str, String)>;

impl BookForm {
    /// The form of an edition that is watched, filled with what holds.
    pub fn of(plan: &EditionPlan, launch: &Launch) -> Self {
        let edition = &plan.edition;
        let stores: Vec<&str> = plan.listings.iter().map(|one| one.store.as_str()).collect();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut form = Self {
            title: edition.title.clone(),
            author: text(&edition.author),
            format: edition.format.name().to_owned(),
            date: launch.publication.to_string(),
            on_sale: if launch.on_sale == launch.publication {
                String::new()
            } else {
                launch.on_sale.to_string()
            },
            distribution: edition.distribution.name().to_owned(),
            enabled: launch
                .enabled
                .map(|day| day.to_string())
                .unwrap_or_default(),
            switch: if edition.amazon_switch { "yes" } else { "no" }.to_owned(),
            stores: stores.join(", "),
            price: edition.list_price.as_ref().map(money).unwrap_or_default(),
            imprint: text(&edition.imprint),
            ..Self::default()
        };
        form.was = digest(format!("{form:?}").as_bytes());
        form
    }

    /// The names of the fields with what stands in them.
    fn values(&self) -> [(&'static str, &str); 12] {
        [
            ("book", &self.book),
            ("title", &self.title),
            ("author", &self.author),
            ("format", &self.format),
            ("date", &self.date),
            ("on_sale", &self.on_sale),
            ("distribution", &self.distribution),
            ("enabled", &self.enabled),
            ("switch", &self.switch),
            ("stores", &self.stores),
            ("price", &self.price),
            ("imprint", &self.imprint),
        ]
    }

    /// What of it differs from another form; the rest is empty.
    pub fn changed_from(&self, before: &Self) -> Self {
        let new = |one: &String, other: &String| {
            if one.trim() == other {
                String::new()
            } else {
                one.clone()
            }
        };
        Self {
            book: self.book.clone(),
            title: new(&self.title, &before.title),
            author: new(&self.author, &before.author),
            format: new(&self.format, &before.format),
            date: new(&self.date, &before.date),
            on_sale: new(&self.on_sale, &before.on_sale),
            distribution: new(&self.distribution, &before.distribution),
            enabled: new(&self.enabled, &before.enabled),
            switch: new(&self.switch, &before.switch),
            stores: new(&self.stores, &before.stores),
            price: new(&self.price, &before.price),
            imprint: new(&self.imprint, &before.imprint),
            was: self.was.clone(),
            ..Self::default()
        }
    }

    /// The publication or the on-sale date differs from that of another form.
    pub fn moves_dates_of(&self, before: &Self) -> bool {
        self.date.trim() != before.date || self.on_sale.trim() != before.on_sale
    }

    /// The keys of the configuration whose values were emptied since another form.
    pub fn emptied_since(&self, before: &Self) -> Vec<&'static str> {
        [
            ("author", &self.author, &before.author),
            ("on_sale_date", &self.on_sale, &before.on_sale),
            ("distribution_enabled", &self.enabled, &before.enabled),
            ("list_price", &self.price, &before.price),
            ("imprint", &self.imprint, &before.imprint),
        ]
        .into_iter()
        .filter(|(_, now, before)| now.trim().is_empty() && !before.is_empty())
        .map(|(key, ..)| key)
        .collect()
    }

    /// What is said of the edition, but for its number, its stores and its pages.
    ///
    /// # Errors
    ///
    /// Everything that cannot be understood, at its field.
    pub fn details(&self) -> Result<Details, Wrong> {
        let mut wrong = Wrong::new();
        let details = Details {
            title: typed(&self.title),
            author: typed(&self.author),
            format: read("format", &self.format, str::parse, &mut wrong),
            date: read("date", &self.date, details::date, &mut wrong),
            on_sale: read("on_sale", &self.on_sale, details::date, &mut wrong),
            distribution: read("distribution", &self.distribution, str::parse, &mut wrong),
            enabled: read("enabled", &self.enabled, details::date, &mut wrong),
            amazon_switch: read("switch", &self.switch, yes_or_no, &mut wrong),
            price: read("price", &self.price, details::price, &mut wrong),
            imprint: typed(&self.imprint),
            ..Details::default()
        };
        if wrong.is_empty() {
            Ok(details)
        } else {
            Err(wrong)
        }
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("say yes or no".to_owned()),
    }
}

fn typed(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// What was typed into a field, understood; what cannot be is wrong there.
pub(super) fn read<T>(
    name: &'static str,
    text: &str,
    as_what: impl Fn(&str) -> Result<T, String>,
    wrong: &mut Wrong,
) -> Option<T> {
    match as_what(&typed(text)?) {
        Ok(value) => Some(value),
        Err(why) => {
            wrong.push((name, why));
            None
        }
    }
}

#[derive(Template)]
#[template(path = "web/templates/book.html")]
struct Page<'a> {
    frame: Frame,
    heading: String,
    lead: &'static str,
    action: String,
    button: &'static str,
    /// How many fields are wrong.
    count: usize,
    /// What is wrong with the whole of it.
    wrong: Vec<&'a str>,
    was: &'a str,
    fields: Vec<Field>,
    /// Where it is taken out, for an edition that is watched.
    stop: Option<String>,
}

/// A field with its label, its hint, and what is wrong with it.
#[derive(Debug, Default, Template)]
#[template(path = "web/templates/field.html")]
pub struct Field {
    /// By which it is sent.
    pub name: &'static str,
    /// Which of several forms of a page it stands in; empty: there is one.
    pub of: String,
    /// What it is called.
    pub label: &'static str,
    /// What is to be known of it.
    pub hint: Cow<'static, str>,
    /// Of `input`, `select`, `area`: some lines of text, or `check`: a box that says `yes`.
    pub kind: &'static str,
    /// By which a browser knows what it may fill in.
    pub filled_as: &'static str,
    /// Whose values a browser offers: the `id` of a list.
    pub offers: &'static str,
    /// What stands in it.
    pub value: String,
    /// A browser sends no form without it.
    pub is_required: bool,
    /// The values of a `select`, with their labels.
    pub choices: Vec<(&'static str, String)>,
    /// What is wrong with it.
    pub wrong: Option<String>,
}

impl Field {
    /// A field by its name, its value, its label, its kind and its hint.
    pub(super) fn new(
        (name, value): (&'static str, &str),
        (label, kind, hint): (&'static str, &'static str, &'static str),
        wrong: &Wrong,
    ) -> Self {
        Self {
            name,
            label,
            hint: hint.into(),
            kind,
            filled_as: "off",
            value: value.to_owned(),
            wrong: wrong_at(wrong, name),
            ..Self::default()
        }
    }
}

/// What is wrong with the whole of a form.
pub(super) fn at_the_whole(wrong: &Wrong) -> Vec<&str> {
    let whole = wrong.iter().filter(|(field, _)| field.is_empty());
    whole.map(|(_, why)| why.as_str()).collect()
}

/// What is wrong at a field, as a sentence.
pub(super) fn wrong_at(wrong: &Wrong, name: &str) -> Option<String> {
    let (_, why) = wrong.iter().find(|(field, _)| *field == name)?;
    let end = if why.ends_with(['.', '?']) { "" } else { "." };
    Some(words::capital(why) + end)
}

impl BookForm {
    /// The fields as they are drawn.
    pub(super) fn fields(&self, wrong: &Wrong, is_watched: bool) -> Vec<Field> {
        let field = |(name, value): (&'static str, &str)| Field {
            is_required: match name {
                // What a new one lacks may be looked up.
                "title" | "date" => is_watched,
                "book" => !is_watched,
                _ => false,
            },
            choices: choices(name, is_watched),
            ..Field::new((name, value), described(name, is_watched), wrong)
        };
        let mut fields: Vec<Field> = self.values().map(field).into();
        if is_watched {
            // Who comes to change something comes seldom for this.
            fields.rotate_left(1);
        } else {
            let hint = "It is asked once, with your email address as the contact, and nothing is added \
                        yet.";
            let hint = match self.found.as_str() {
                "" => Cow::from(hint),
                found => found.to_owned().into(),
            };
            let lookup = Field {
                hint,
                ..field(("lookup", &self.lookup))
            };
            fields.insert(1, lookup);
        }
        fields
    }
}

/// The form, filled, with what is wrong; `plan` is the edition that is changed, `None`: a new one.
pub fn page(
    place: &Place<'_>,
    plan: Option<&EditionPlan>,
    (form, wrong): (&BookForm, &Wrong),
    pulse: &Pulse,
) -> askama::Result<String> {
    let address = |plan: &EditionPlan| format!("{}/editions/{}", place.base, plan.edition.id);
    let (heading, button) = match plan {
        Some(plan) => (format!("Change {}", plan.edition.title), "Save"),
        None => ("Add a book".to_owned(), "Add it"),
    };
    Page {
        frame: Frame::new(place, "", &heading, pulse),
        heading,
        lead: if plan.is_some() {
            "What you change is written into the configuration; comments and everything else stay. A \
             date that you move is noted, and the stores get their weeks from today."
        } else {
            "A number, a title and a date are enough. Formats of one book are editions of their own."
        },
        action: plan.map_or(format!("{}/books/new", place.base), |plan| {
            format!("{}/edit", address(plan))
        }),
        button,
        count: wrong.iter().filter(|(name, _)| !name.is_empty()).count(),
        wrong: at_the_whole(wrong),
        was: &form.was,
        fields: form.fields(wrong, plan.is_some()),
        stop: plan.map(|plan| format!("{}/stop", address(plan))),
    }
    .render()
}

/// Label, kind and hint of a field.
fn described(name: &str, is_watched: bool) -> (&'static str, &'static str, &'static str) {
    match name {
        "book" if is_watched => (
            "Addresses of its pages",
            "text",
            "Leave it empty, unless a store has the book at another page than the one to which \
             the book’s own page leads.",
        ),
        "book" => (
            "ISBN, ASIN, or addresses of its pages",
            "text",
            "Of several addresses of one edition, with a space between them.",
        ),
        "lookup" => (
            "Look up title, format and date at Open Library",
            "check",
            "",
        ),
        "title" => ("Title", "text", ""),
        "author" => ("Author on the cover", "text", ""),
        "format" => ("Format", "select", ""),
        "date" => ("Publication date", "date", ""),
        "on_sale" => (
            "On-sale date",
            "date",
            "Only where it is another day than the publication date.",
        ),
        "distribution" => ("Distributed by", "select", ""),
        "enabled" => (
            "Distribution enabled on",
            "date",
            "The day on which you switched distribution on; the stores’ usual weeks count from \
             it. Empty: not yet.",
        ),
        "switch" => (
            "Amazon changes to KDP on publication day",
            "select",
            "Yes, if IngramSpark brings it to Amazon first and you publish it at KDP on the day.",
        ),
        "stores" => (
            "Watched at",
            "area",
            "Stores with commas between them, as Amazon, Waterstones. Empty: those of your part \
             of the world.",
        ),
        "price" => ("List price", "text", "With its currency, as 16.99 USD."),
        _ => ("Imprint or client", "text", ""),
    }
}

fn choices(name: &str, is_watched: bool) -> Vec<(&'static str, String)> {
    let usual_words = match name {
        "format" => "as is usual for its number",
        _ => "as is usual for the format",
    };
    let usual = ("", usual_words.to_owned());
    let usual = (!is_watched).then_some(usual).into_iter();
    match name {
        "format" => usual
            .chain(Format::ALL.map(|format| (format.name(), format.name().to_owned())))
            .collect(),
        "distribution" => usual
            .chain(Distribution::ALL.map(|who| (who.name(), who.label().to_owned())))
            .collect(),
        "switch" => ["no", "yes"].map(|word| (word, word.to_owned())).into(),
        _ => Vec::new(),
    }
}
