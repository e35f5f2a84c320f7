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

/// Every edition with its dates, in the order of the configuration.
pub(super) fn dated<'a>(place: &Place<'_>, material: &Material<'a>) -> Vec<Dated<'a>> {
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

/// The editions that the filter asks for, in its order. The usual one: what needs a look first, then by
/// how near their date is.
pub(super) fn chosen<'a, 'b>(
    place: &Place<'_>,
    material: &Material<'_>,
    all: &'b [Dated<'a>],
    filter: &Filter,
) -> Vec<&'b Dated<'a>> {
    let mut chosen: Vec<&Dated<'a>> = all
        .iter()
        .filter(|one| fits(place, material, filter, one))
        .collect();
    let title = |one: &Dated<'_>| one.plan.edition.title.to_lowercase();
    match filter.order.as_str() {
        "title" => chosen.sort_by_cached_key(|one| (title(one), one.launch.publication)),
        "date" => chosen.sort_by_cached_key(|one| (one.launch.publication, title(one))),
        _ => worst_first(material, &mut chosen),
    }
    chosen
}

fn worst_first(material: &Material<'_>, chosen: &mut [&Dated<'_>]) {
    chosen.sort_by_cached_key(|one| {
        let severity = severity(material, &one.plan.edition.id);
        let days = one.days.unsigned_abs();
        // Two months around the date come first, whichever side they are on.
        (
            Reverse(severity.unwrap_or(Severity::GoodNews)),
            60 < days,
            days,
            one.plan.edition.title.clone(),
        )
    });
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
