//! A list of books brought to the page: the form, what the list was taken for, and the one button that
//! writes it. Pure.

use askama::Template;
use serde::Deserialize;

use super::book_form::{Field, Wrong, at_the_whole, read, wrong_at};
use super::frame::{Frame, Place, Pulse};
use super::markup::coded;
use crate::book::Distribution;
use crate::config::Loaded;
use crate::config::import::dates::Order;
use crate::config::import::report::Listed;
use crate::config::import::{Defaults, Report, Trouble};
use crate::setup::{details, stores};
use crate::text::words;

/// How many editions, and how many lines of one kind, are shown.
const SHOWN: usize = 100;

/// What stands in the fields, as it was typed, beside the list itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ListForm {
    /// The bytes of the list, written with letters (base64).
    pub list: String,
    /// How dates as 02/09/2027 are meant: `day`, `month`, or as the list itself tells.
    pub dates: String,
    /// Who distributes editions whose line does not say.
    pub distribution: String,
    /// Since when.
    pub enabled: String,
    /// Where they are watched; empty: where it is usual.
    pub stores: String,
    /// The dates of editions that are there already are taken over.
    pub update: String,
    /// What was shown before it was accepted.
    pub was: String,
}

impl ListForm {
    /// What holds where a line says nothing.
    ///
    /// # Errors
    ///
    /// Everything that cannot be understood, at its field.
    pub fn defaults(&self, loaded: &Loaded) -> Result<Defaults, Wrong> {
        let mut wrong = Wrong::new();
        let own = stores::own(loaded);
        let named = |names: &str| stores::named(&[names.to_owned()], &own);
        let named = read("stores", &self.stores, named, &mut wrong);
        let enabled = read("enabled", &self.enabled, details::date, &mut wrong);
        let distribution = read("distribution", &self.distribution, str::parse, &mut wrong);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Defaults {
            stores: named.unwrap_or_else(|| stores::of_zone(&loaded.plan.author.zone)),
            own,
            distribution: distribution.unwrap_or(Distribution::IngramSpark),
            enabled,
            amazon_switch: false,
            order: match self.dates.as_str() {
                "day" => Some(Order::DayFirst),
                "month" => Some(Order::MonthFirst),
                _ => None,
            },
        })
    }

    fn fields(&self, wrong: &Wrong) -> Vec<Field> {
        let orders = [
            ("", "as the list itself tells"),
            ("day", "2 September"),
            ("month", "9 February"),
        ];
        let distributions = Distribution::ALL.map(|who| (who.name(), who.label().to_owned()));
        let field = |named, described| Field::new(named, described, wrong);
        vec![
            Field {
                choices: orders.map(|(name, label)| (name, label.to_owned())).into(),
                ..field(("dates", &self.dates), ("02/09/2027 means", "select", ""))
            },
            Field {
                choices: distributions.into(),
                ..field(
                    ("distribution", &self.distribution),
                    ("Distributed by", "select", "Where a line does not say."),
                )
            },
            field(
                ("enabled", &self.enabled),
                (
                    "Distribution enabled on",
                    "date",
                    "Where a line does not say. Empty: not yet.",
                ),
            ),
            field(
                ("stores", &self.stores),
                (
                    "Watched at",
                    "area",
                    "Where a line does not say; with commas, as Amazon, Waterstones. Empty: those \
                     of your part of the world.",
                ),
            ),
        ]
    }
}

/// What a list was taken for, and what was made of it.
#[derive(Debug)]
pub struct Preview {
    /// All of it.
    pub report: Report,
    /// Of how many editions that are there already the dates would be taken over.
    pub moved: usize,
    /// By which it is known again, when it is accepted.
    pub mark: String,
}

#[derive(Template)]
#[template(path = "web/templates/import.html")]
struct Page<'a> {
    frame: Frame,
    said: Option<&'a str>,
    wrong: Vec<&'a str>,
    list_wrong: Option<String>,
    fields: Vec<Field>,
    form: &'a ListForm,
    preview: Option<Shown<'a>>,
}

/// The preview in words.
struct Shown<'a> {
    /// Title, format, number, date, stores.
    editions: Vec<(&'a str, &'static str, String, String, String)>,
    mark: &'a str,
    /// How it was read, as markup.
    understood: Vec<String>,
    more: usize,
    asked: String,
    /// Title, whether it stands open, lines as markup.
    sections: Vec<(&'static str, bool, Vec<String>)>,
    /// How many dates of editions that are there already are others.
    moved: String,
    counts: String,
    button: Option<String>,
}

/// The page: the form, and the preview where there is one.
pub fn page(
    place: &Place<'_>,
    (form, wrong): (&ListForm, &Wrong),
    preview: Option<&Preview>,
    said: Option<&str>,
    pulse: &Pulse,
) -> askama::Result<String> {
    Page {
        frame: Frame::new(place, "", "Bring a list", pulse),
        said,
        wrong: at_the_whole(wrong),
        list_wrong: wrong_at(wrong, "list"),
        fields: form.fields(wrong),
        form,
        preview: preview.map(|preview| shown(place, preview)),
    }
    .render()
}

fn shown<'a>(place: &Place<'_>, preview: &'a Preview) -> Shown<'a> {
    let report = &preview.report;
    let edition = |one: &'a Listed| {
        let stores = one.stores.iter().map(|store| place.label(store));
        let stores = stores.collect::<Vec<_>>().join(", ");
        let (id, date) = (one.id.to_string(), words::short_date(one.publication_date));
        (one.title.as_str(), one.format.name(), id, date, stores)
    };
    let columns = report.columns.iter().map(|column| match &column.tells {
        Some(tells) => coded(&format!("`{}` is the {tells}", column.name)),
        None => coded(&format!("`{}` is not used", column.name)),
    });
    let asked = report.asked.iter().map(|(store, pages)| {
        let pages = words::counted(*pages, "page");
        format!("{pages} of {}", place.label(store))
    });
    let moved = preview.moved;
    let wrong = report.wrong_lines();
    let count = report.editions.len();
    Shown {
        editions: report.editions.iter().take(SHOWN).map(edition).collect(),
        mark: &preview.mark,
        understood: report
            .understood
            .iter()
            .map(|line| coded(line))
            .chain(columns)
            .collect(),
        more: count.saturating_sub(SHOWN),
        asked: asked.collect::<Vec<_>>().join(", "),
        sections: sections(report),
        moved: if moved == 0 {
            String::new()
        } else {
            words::counted(moved, "edition")
        },
        counts: format!(
            "{} can be written, {} in the configuration already, {} left out, {} wrong.",
            words::counted(count, "edition"),
            report.known,
            report.left_out.len(),
            words::counted(wrong, "line"),
        ),
        button: (0 < count || 0 < moved).then(|| button(count, wrong)),
    }
}

/// What the button says that takes so many editions over, of a list with so many wrong lines.
fn button(count: usize, wrong: usize) -> String {
    let written = words::counted(count, "edition");
    match wrong {
        0 => format!("Add {written}"),
        lines => format!(
            "Add {written}, leave out the wrong {}",
            if lines == 1 { "line" } else { "lines" }
        ),
    }
}

/// What is wrong, other, left out or worth knowing: a title, whether it stands open, its lines.
fn sections(report: &Report) -> Vec<(&'static str, bool, Vec<String>)> {
    let differing = report.differing.iter();
    let told: Vec<Trouble> = differing
        .map(|one| {
            let values = one.values.iter();
            let values = values.map(|(field, known, new)| format!("{field} {known} → {new}"));
            let values = values.collect::<Vec<_>>().join(", ");
            Trouble::at(one.line, format!("{}: {values}", one.title))
        })
        .collect();
    let sections = [
        ("Wrong", true, &report.wrong),
        ("Different from what is watched now", true, &told),
        ("Left out", false, &report.left_out),
        ("Worth knowing", false, &report.notes),
    ];
    let sections = sections.into_iter().filter(|(_, _, all)| !all.is_empty());
    sections
        .map(|(name, open, all)| (name, open, lines(all)))
        .collect()
}

/// What is said of lines; of very many the first ones.
fn lines(all: &[Trouble]) -> Vec<String> {
    let mut lines: Vec<String> = all
        .iter()
        .take(SHOWN)
        .map(|one| {
            let record = one.record.as_ref().map(|record| format!(" ({record})"));
            let record = record.unwrap_or_default();
            coded(&format!("Line {}{record}: {}", one.line, one.message))
        })
        .collect();
    if SHOWN < all.len() {
        lines.push(format!("And {} more.", all.len() - SHOWN));
    }
    lines
}
