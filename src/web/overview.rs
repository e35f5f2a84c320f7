//! The overview: what needs a look first, then every edition at every store.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;

use super::face::{UNSEEN_CLASS, face};
use super::filter::Filter;
use super::frame::{Frame, Place, Pulse, brief, shape};
use super::troubles::Trouble;
use crate::book::{Availability, Edition, Isbn13, StoreId};
use crate::config::plan::EditionPlan;
use crate::judge::phase::Calendar;
use crate::judge::rules::calendar::MILESTONES;
use crate::judge::{Finding, Severity};
use crate::mail::words;

/// What is known of a listing at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// The state now and since when; `None`: no state was ever read.
    pub state: Option<(Availability, Timestamp)>,
    /// The newest attempt.
    pub last_try: Option<Timestamp>,
    /// The newest reading that named a state.
    pub last_good: Option<Timestamp>,
    /// Since when it cannot be read, while it cannot.
    pub blind_since: Option<Timestamp>,
}

/// Every listing at a glance.
pub type Glances = BTreeMap<(Isbn13, StoreId), Glance>;

/// The findings of each edition that has some, most severe first.
pub type Findings = BTreeMap<Isbn13, Vec<Finding>>;

/// What the overview is made from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The editions, as configured.
    pub editions: &'a [EditionPlan],
    /// Their listings at a glance.
    pub glances: &'a Glances,
    /// What there is to think of them.
    pub findings: &'a Findings,
    /// Who is watching.
    pub pulse: &'a Pulse,
    /// What is wrong with watching itself.
    pub troubles: &'a [Trouble],
    /// It is for a client who was given a link, and may only look.
    pub is_shared: bool,
    /// A link in a mail leads to a site that has a way out.
    pub may_log_out: bool,
}

/// How many editions a page shows.
pub const ROWS: usize = 200;

/// So many editions are seen at a glance.
const FEW: usize = 5;

/// How many exceptions stand above them.
const EXCEPTIONS: usize = 20;

#[derive(Template)]
#[template(path = "web/templates/overview.html")]
struct Overview {
    frame: Frame,
    filter: Filter,
    exceptions: Vec<Exception>,
    verdict: String,
    more_exceptions: usize,
    choices: Choices,
    stores: Vec<String>,
    rows: Vec<Row>,
    count: String,
    all: usize,
    has_filter: bool,
    pages: Vec<(usize, String)>,
}

/// What there is to choose from.
struct Choices {
    imprints: Vec<String>,
    stores: Vec<(String, String)>,
    states: Vec<(&'static str, &'static str)>,
    months: Vec<String>,
}

struct Exception {
    class: &'static str,
    severity: &'static str,
    address: String,
    book: String,
    headline: String,
    next_step: String,
}

struct Row {
    class: &'static str,
    address: String,
    title: String,
    format: &'static str,
    date: String,
    days: String,
    cells: Vec<Option<Cell>>,
    next: String,
}

struct Cell {
    store: String,
    shape: String,
    word: &'static str,
    length: String,
    note: String,
}

/// The page.
///
/// # Errors
///
/// When the template cannot be written, which a string never refuses.
pub fn page(place: &Place<'_>, material: &Material<'_>, filter: &Filter) -> askama::Result<String> {
    let chosen = chosen(place, material, filter);
    let pages = chosen.len().div_ceil(ROWS).max(1);
    let page = filter.page.min(pages);
    let shown: Vec<&EditionPlan> = chosen
        .iter()
        .skip((page - 1) * ROWS)
        .take(ROWS)
        .copied()
        .collect();
    let stores = stores_of(place, &shown);
    let (exceptions, more_exceptions) = exceptions(place, material);
    let mut frame = Frame::new(place, "", "Overview", material.pulse);
    frame.may_log_out = material.may_log_out;
    frame.is_shared = material.is_shared;
    Overview {
        frame,
        verdict: verdict(material),
        exceptions,
        more_exceptions,
        choices: choices(place, material),
        rows: shown
            .iter()
            .map(|plan| row(place, material, plan, &stores))
            .collect(),
        stores: stores.iter().map(|store| place.label(store)).collect(),
        count: match (filter.is_narrow(), chosen.len()) {
            (true, 0) => "No edition fits this.".to_owned(),
            (true, some) => format!("{some} of {} editions", material.editions.len()),
            (false, all) => words::count(i64::try_from(all).unwrap_or(0), "edition"),
        },
        all: material.editions.len(),
        // Few editions need no search.
        has_filter: material.editions.len() > FEW || filter.is_narrow(),
        pages: (1..=pages)
            .filter(|_| pages > 1)
            .map(|number| {
                let query = if number == page {
                    String::new()
                } else {
                    filter.query_of_page(number)
                };
                (number, query)
            })
            .collect(),
        filter: filter.clone(),
    }
    .render()
}

fn severity(material: &Material<'_>, isbn: &Isbn13) -> Option<Severity> {
    let findings = material.findings.get(isbn)?;
    findings.iter().map(|finding| finding.severity).max()
}

/// The editions that the filter asks for: what needs a look first, then by how near their date is.
fn chosen<'a>(place: &Place<'_>, material: &Material<'a>, filter: &Filter) -> Vec<&'a EditionPlan> {
    let today = place.now.to_zoned(place.zone.clone()).date();
    let mut chosen: Vec<&EditionPlan> = material
        .editions
        .iter()
        .filter(|plan| fits(material, filter, plan, today))
        .collect();
    chosen.sort_by_cached_key(|plan| {
        let severity = severity(material, &plan.edition.isbn).unwrap_or(Severity::GoodNews);
        let days = days_to(today, plan.edition.publication_date);
        (
            std::cmp::Reverse(severity),
            // Two months around the date come first, whichever side they are on.
            days.unsigned_abs() > 60,
            days.unsigned_abs(),
            plan.edition.title.clone(),
        )
    });
    chosen
}

fn fits(material: &Material<'_>, filter: &Filter, plan: &EditionPlan, today: Date) -> bool {
    let edition = &plan.edition;
    let sought = filter.words.to_lowercase();
    let digits: String = sought.chars().filter(char::is_ascii_digit).collect();
    let has_words = sought.is_empty()
        || edition.title.to_lowercase().contains(&sought)
        || edition
            .author
            .as_ref()
            .is_some_and(|author| author.to_lowercase().contains(&sought))
        || (digits.len() > 3 && edition.isbn.as_str().contains(&digits));
    let has_imprint =
        filter.imprint.is_empty() || edition.imprint.as_deref() == Some(filter.imprint.as_str());
    let days = days_to(today, edition.publication_date);
    let is_then = match filter.when.as_str() {
        "coming" => days > 0,
        "launching" => (-14..=14).contains(&days),
        "out" => days <= 0,
        _ => true,
    };
    let in_month = filter.month.is_empty()
        || edition.publication_date.strftime("%Y-%m").to_string() == filter.month;
    has_words
        && has_imprint
        && is_then
        && in_month
        && plan.listings.iter().any(|listing| {
            let at_store = filter.store.is_empty() || listing.store.as_str() == filter.store;
            at_store && shows(material, filter, &edition.isbn, &listing.store)
        })
}

fn shows(material: &Material<'_>, filter: &Filter, isbn: &Isbn13, store: &StoreId) -> bool {
    let glance = material.glances.get(&(isbn.clone(), store.clone()));
    match filter.state.as_str() {
        "" => true,
        "unseen" => {
            glance.is_none_or(|glance| glance.blind_since.is_some() || glance.state.is_none())
        }
        name => glance
            .and_then(|glance| glance.state)
            .is_some_and(|(state, _)| state.name() == name),
    }
}

fn days_to(today: Date, date: Date) -> i64 {
    today
        .until(date)
        .map_or(0, |span| i64::from(span.get_days()))
}

/// The stores of these editions, in the order in which the configuration uses them.
fn stores_of(place: &Place<'_>, editions: &[&EditionPlan]) -> Vec<StoreId> {
    let used: BTreeSet<&StoreId> = editions
        .iter()
        .flat_map(|plan| plan.listings.iter().map(|listing| &listing.store))
        .collect();
    place
        .stores
        .iter()
        .map(|plan| plan.id.clone())
        .filter(|store| used.contains(store))
        .collect()
}

fn choices(place: &Place<'_>, material: &Material<'_>) -> Choices {
    let imprints: BTreeSet<String> = material
        .editions
        .iter()
        .filter_map(|plan| plan.edition.imprint.clone())
        .collect();
    let months: BTreeSet<String> = material
        .editions
        .iter()
        .map(|plan| plan.edition.publication_date.strftime("%Y-%m").to_string())
        .collect();
    Choices {
        imprints: imprints.into_iter().collect(),
        stores: place
            .stores
            .iter()
            .map(|plan| (plan.id.to_string(), place.label(&plan.id)))
            .collect(),
        states: Availability::ALL
            .into_iter()
            .map(|state| (state.name(), state.word()))
            .chain([("unseen", "Not seen")])
            .collect(),
        months: months.into_iter().collect(),
    }
}

fn verdict(material: &Material<'_>) -> String {
    let count = |wanted: Severity| {
        let findings = material.findings.values().flatten();
        let troubles = material.troubles.iter().map(|trouble| trouble.severity);
        findings
            .map(|finding| finding.severity)
            .chain(troubles)
            .filter(|severity| *severity == wanted)
            .count()
    };
    let is_watched = material
        .glances
        .values()
        .any(|glance| glance.last_try.is_some());
    match (count(Severity::Act), count(Severity::Watch)) {
        (0, 0) if !material.pulse.blind.is_empty() => {
            "Nothing to do, but not every store can be seen".to_owned()
        }
        (0, 0) if is_watched => "All as expected. Nothing to do.".to_owned(),
        (0, 0) => "Nothing has been looked at yet.".to_owned(),
        (0, watch) => format!("Nothing to act on, {watch} to watch"),
        (act, 0) => format!("{act} to act on"),
        (act, watch) => format!("{act} to act on, {watch} to watch"),
    }
}

/// The exceptions, most severe first, and how many more there are.
fn exceptions(place: &Place<'_>, material: &Material<'_>) -> (Vec<Exception>, usize) {
    let mut all: Vec<(Severity, Exception)> = material
        .troubles
        .iter()
        .map(|trouble| (trouble.severity, of_trouble(place, trouble)))
        .collect();
    for plan in material.editions {
        let edition = &plan.edition;
        for finding in material.findings.get(&edition.isbn).into_iter().flatten() {
            let class = match finding.severity {
                Severity::Act => "act",
                Severity::Watch => "watch",
                // It is told on the edition's page; here is what needs a look.
                Severity::GoodNews => continue,
            };
            all.push((
                finding.severity,
                Exception {
                    class,
                    severity: finding.severity.word(),
                    address: address(place, edition),
                    book: book(edition),
                    headline: words::one_line(&finding.headline),
                    next_step: first_sentences(&finding.next_step),
                },
            ));
        }
    }
    all.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    let more = all.len().saturating_sub(EXCEPTIONS);
    let kept = all.into_iter().take(EXCEPTIONS).map(|(_, one)| one);
    (kept.collect(), more)
}

fn of_trouble(place: &Place<'_>, trouble: &Trouble) -> Exception {
    Exception {
        class: if trouble.severity == Severity::Act {
            "act"
        } else {
            "watch"
        },
        severity: trouble.severity.word(),
        address: format!("{}/{}", place.base, trouble.page),
        book: words::one_line(&trouble.what),
        headline: words::one_line(&trouble.headline),
        next_step: words::clipped(&trouble.next_step, 240),
    }
}

/// The first sentence, and the next one where the first is a mere beginning, so that the list stays
/// a list; the edition's page has the rest.
fn first_sentences(text: &str) -> String {
    const BEGINNING: usize = 40;
    let line = words::one_line(text);
    let mut end = 0;
    while end < line.len() && end < BEGINNING {
        end = line[end..].find(". ").map_or(line.len(), |at| end + at + 2);
    }
    words::clipped(&line[..end], 180)
}

/// "Salt Roads (paperback)".
#[must_use]
pub fn book(edition: &Edition) -> String {
    format!(
        "{} ({})",
        words::clipped(&edition.title, 80),
        edition.format.name()
    )
}

/// The address of an edition's page.
#[must_use]
pub fn address(place: &Place<'_>, edition: &Edition) -> String {
    format!("{}/editions/{}", place.base, edition.isbn.as_str())
}

fn row(place: &Place<'_>, material: &Material<'_>, plan: &EditionPlan, stores: &[StoreId]) -> Row {
    let edition = &plan.edition;
    let today = place.now.to_zoned(place.zone.clone()).date();
    let days = days_to(today, edition.publication_date);
    Row {
        class: match severity(material, &edition.isbn) {
            Some(Severity::Act) => "act",
            Some(Severity::Watch) => "watch",
            Some(Severity::GoodNews) | None => "",
        },
        address: address(place, edition),
        title: words::clipped(&edition.title, 80),
        format: edition.format.name(),
        date: if (-300..300).contains(&days) {
            edition.publication_date.strftime("%-d %b").to_string()
        } else {
            edition.publication_date.strftime("%-d %b %Y").to_string()
        },
        days: match days {
            1.. => format!("in {days} d"),
            0 => "today".to_owned(),
            ..0 => String::new(),
        },
        cells: stores
            .iter()
            .map(|store| {
                let is_watched = plan.listings.iter().any(|listing| listing.store == *store);
                is_watched.then(|| cell(place, material, &edition.isbn, store))
            })
            .collect(),
        next: next_milestone(edition, today),
    }
}

fn cell(place: &Place<'_>, material: &Material<'_>, isbn: &Isbn13, store: &StoreId) -> Cell {
    let glance = material.glances.get(&(isbn.clone(), store.clone()));
    let state = glance.and_then(|glance| glance.state);
    let blind = glance.and_then(|glance| glance.blind_since);
    let (shape, word, since) = match (state, blind) {
        (Some((state, since)), _) => (shape(face(state).class), state.word(), Some(since)),
        (None, Some(since)) => (shape(UNSEEN_CLASS), "Not seen", Some(since)),
        (None, None) => (shape(UNSEEN_CLASS), "Not looked at yet", None),
    };
    Cell {
        store: place.label(store),
        shape,
        word,
        length: since.map_or_else(String::new, |since| brief(place.now.duration_since(since))),
        note: match (state, blind) {
            (Some(_), Some(since)) => {
                format!("not seen for {}", brief(place.now.duration_since(since)))
            }
            _ => String::new(),
        },
    }
}

/// The next day of the launch calendar, as "28 May: No more changes at Ingram from today".
#[must_use]
pub fn next_milestone(edition: &Edition, today: Date) -> String {
    let calendar = Calendar::of(edition, &[], &jiff::tz::TimeZone::UTC);
    MILESTONES
        .iter()
        .filter(|milestone| milestone.concerns(edition, &calendar))
        .map(|milestone| (milestone.day(edition.publication_date), milestone))
        .filter(|(day, _)| today <= *day)
        .min_by_key(|(day, _)| *day)
        .map_or_else(String::new, |(day, milestone)| {
            format!("{}: {}", day.strftime("%-d %b"), milestone.what)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_step_is_told_in_its_first_words() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(first_sentences(text), expected);
        }
        check("", "");
        check("Wait.", "Wait.");
        check(
            "Open the page yourself. If it says the same, ask for it to be sent again. Then wait.",
            "Open the page yourself. If it says the same, ask for it to be sent again.",
        );
        check(
            "Enter the date at KDP and click \"Publish your paperback\". Not before.",
            "Enter the date at KDP and click \"Publish your paperback\".",
        );
    }
}
