//! Which editions the overview shows, and in which order. Pure.

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::civil::Date;

use super::filter::Filter;
use super::frame::Place;
use super::overview::Material;
use crate::book::{Asin, EditionId, StoreId};
use crate::book::{Launch, Phase};
use crate::config::plan::EditionPlan;
use crate::judge::Severity;

/// An edition with the dates that it lives by today.
#[derive(Debug, Clone)]
pub(super) struct Dated<'a> {
    pub(super) plan: &'a EditionPlan,
    /// Its dates, with what the author noted about them.
    pub(super) launch: Launch,
    /// The days to its publication; negative ones are past.
    pub(super) days: i64,
}

/// How many editions a page shows.
const ROWS: usize = 100;

/// All editions, and those that the filter asks for.
#[derive(Debug, Clone)]
pub struct Chosen<'a> {
    /// In the order of the configuration.
    pub(super) all: Vec<Dated<'a>>,
    /// Where those stand in `all` that fit, in the order that the filter asks for. The usual one: what
    /// needs a look first, then by how near their date is.
    pub(super) fitting: Vec<usize>,
    /// The page that is shown, from 1: the last one where there is none of the number asked for.
    pub(super) page: usize,
}

impl<'a> Chosen<'a> {
    /// Chooses.
    pub fn new(place: &Place<'_>, material: &Material<'a>, filter: &Filter) -> Self {
        let all = dated(place, material);
        let mut fitting: Vec<usize> = all
            .iter()
            .enumerate()
            .filter(|(_, one)| fits(place, material, filter, one))
            .map(|(number, _)| number)
            .collect();
        let title = |one: &Dated<'_>| one.plan.edition.title.to_lowercase();
        let date = |one: &Dated<'_>| one.launch.publication;
        match filter.order.as_str() {
            "title" => fitting.sort_by_cached_key(|one| (title(&all[*one]), date(&all[*one]))),
            "date" => fitting.sort_by_cached_key(|one| (date(&all[*one]), title(&all[*one]))),
            _ => fitting.sort_by_cached_key(|one| urgency(material, &all[*one])),
        }
        let page = filter.page.clamp(1, fitting.len().div_ceil(ROWS).max(1));
        Self { all, fitting, page }
    }

    /// How many pages there are; one where nothing fits.
    pub(super) fn pages(&self) -> usize {
        self.fitting.len().div_ceil(ROWS).max(1)
    }

    /// Those that fit, on all pages.
    pub fn plans(&self) -> impl Iterator<Item = &'a EditionPlan> {
        self.fitting.iter().map(|one| self.all[*one].plan)
    }

    /// Those of the page.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Dated<'a>> {
        let from = self.fitting.iter().skip((self.page - 1) * ROWS);
        from.take(ROWS).map(|one| &self.all[*one])
    }

    /// The plans of those of the page.
    pub fn shown_plans(&self) -> impl Iterator<Item = &'a EditionPlan> {
        self.shown().map(|one| one.plan)
    }
}

/// Every edition with its dates, in the order of the configuration.
fn dated<'a>(place: &Place<'_>, material: &Material<'a>) -> Vec<Dated<'a>> {
    let today = place.now.to_zoned(place.zone.clone()).date();
    let editions = material.editions.iter();
    editions
        .map(|plan| {
            let launch = material.survey.launch(&plan.edition, place.zone);
            Dated {
                plan,
                days: days_to(today, launch.publication),
                launch,
            }
        })
        .collect()
}

/// By which the editions that need a look come first.
fn urgency<'a>(
    material: &Material<'_>,
    one: &Dated<'a>,
) -> (Reverse<Severity>, bool, u64, &'a str) {
    let severity = severity(material, &one.plan.edition.id);
    let days = one.days.unsigned_abs();
    // Two months around the date come first, whichever side they are on.
    let severity = Reverse(severity.unwrap_or(Severity::GoodNews));
    (severity, 60 < days, days, &one.plan.edition.title)
}

/// How severe the loudest finding of an edition is.
pub(super) fn severity(material: &Material<'_>, edition: &EditionId) -> Option<Severity> {
    let judgement = material.judgements.get(edition)?;
    judgement
        .findings
        .iter()
        .map(|finding| finding.severity)
        .max()
}

fn fits(place: &Place<'_>, material: &Material<'_>, filter: &Filter, one: &Dated<'_>) -> bool {
    let edition = &one.plan.edition;
    let has_imprint =
        filter.imprint.is_empty() || edition.imprint.as_deref() == Some(filter.imprint.as_str());
    let month = || one.launch.publication.strftime("%Y-%m").to_string();
    let is_then = match filter.when.as_str() {
        "coming" => one.days > 0,
        "launching" => (-14..=14).contains(&one.days),
        "out" => one.days <= 0,
        _ => true,
    };
    has_words(filter, one.plan)
        && has_imprint
        && is_then
        && (filter.month.is_empty() || month() == filter.month)
        && one.plan.listings.iter().any(|listing| {
            let store = &listing.store;
            (filter.store.is_empty() || store.as_str() == filter.store)
                && shows(material, filter, &edition.id, store, place.now)
                && filter
                    .phase()
                    .is_none_or(|wanted| wanted == phase(place, material, one, store))
        })
}

fn phase(place: &Place<'_>, material: &Material<'_>, one: &Dated<'_>, store: &StoreId) -> Phase {
    let isbn = &one.plan.edition.id;
    material.survey.phase(&one.launch, isbn, store, place.now)
}

fn has_words(filter: &Filter, plan: &EditionPlan) -> bool {
    let edition = &plan.edition;
    let sought = filter.words.to_lowercase();
    let is_number = |one: &char| one.is_ascii_alphanumeric() || *one == ':';
    let number: String = sought.chars().filter(is_number).collect();
    sought.is_empty()
        || edition.title.to_lowercase().contains(&sought)
        || edition
            .author
            .as_ref()
            .is_some_and(|author| author.to_lowercase().contains(&sought))
        || (number.len() > 3
            && [Some(edition.id.as_str()), edition.asin().map(Asin::as_str)]
                .into_iter()
                .flatten()
                .any(|own| own.to_lowercase().contains(&number)))
}

fn shows(
    material: &Material<'_>,
    filter: &Filter,
    edition: &EditionId,
    store: &StoreId,
    now: Timestamp,
) -> bool {
    if filter.state.is_empty() {
        return true;
    }
    let glance = material.survey.glance(edition, store);
    let seen = glance.and_then(|glance| glance.seen(now));
    match filter.state.as_str() {
        "unseen" => seen.is_none(),
        name => seen.is_some_and(|(state, _)| state.name() == name),
    }
}

fn days_to(today: Date, date: Date) -> i64 {
    today
        .until(date)
        .map_or(0, |span| i64::from(span.get_days()))
}
