//! The rows of the overview: an edition, its state at every store, and what comes next. Pure.

use jiff::civil::Date;

use super::chosen::{Dated, severity};
use super::face::{UNSEEN_CLASS, face};
use super::frame::{Place, brief, shape};
use super::overview::{Material, address};
use crate::book::Launch;
use crate::book::{Edition, EditionId, StoreId};
use crate::judge::Severity;
use crate::judge::counted;
use crate::judge::rules::calendar::MILESTONES;
use crate::judge::text::outlook;
use crate::text::words;

/// An edition.
pub(super) struct Row {
    pub(super) class: &'static str,
    pub(super) id: String,
    pub(super) address: String,
    pub(super) title: String,
    pub(super) format: &'static str,
    pub(super) open: String,
    pub(super) date: String,
    pub(super) days: String,
    pub(super) cells: Vec<Option<Cell>>,
    pub(super) next: String,
}

/// Its state at a store.
pub(super) struct Cell {
    pub(super) store: String,
    pub(super) shape: String,
    pub(super) word: &'static str,
    pub(super) length: String,
    pub(super) note: String,
    /// As markup.
    pub(super) strip: String,
}

/// The row of an edition, with a cell for each of `stores`.
pub(super) fn row(
    place: &Place<'_>,
    material: &Material<'_>,
    one: &Dated<'_>,
    stores: &[StoreId],
) -> Row {
    let edition = &one.plan.edition;
    let date = one.launch.publication;
    Row {
        class: match severity(material, &edition.id) {
            Some(Severity::Act) => "act",
            Some(Severity::ToDo) => "todo",
            Some(Severity::Watch) => "watch",
            Some(Severity::GoodNews | Severity::Quiet) | None => "",
        },
        id: edition.id.as_str().to_owned(),
        address: address(place, edition),
        title: words::clipped(&edition.title, 80),
        format: edition.format.name(),
        open: open(material, &edition.id),
        date: if (-300..300).contains(&one.days) {
            date.strftime("%-d %b").to_string()
        } else {
            date.strftime("%-d %b %Y").to_string()
        },
        days: match one.days {
            1.. => format!("in {} d", one.days),
            0 => "today".to_owned(),
            ..0 => String::new(),
        },
        cells: stores
            .iter()
            .map(|store| {
                let mut listings = one.plan.listings.iter();
                let is_watched = listings.any(|listing| listing.store == *store);
                is_watched.then(|| cell(place, material, one, store))
            })
            .collect(),
        next: next_milestone(
            edition,
            &one.launch,
            place.now.to_zoned(place.zone.clone()).date(),
        ),
    }
}

/// What is open, as "1 to act on, 2 to watch".
fn open(material: &Material<'_>, edition: &EditionId) -> String {
    let judgement = material.judgements.get(edition);
    let findings = judgement.map_or(&[][..], |judgement| &judgement.findings);
    counted(findings.iter().map(|finding| finding.severity))
}

fn cell(place: &Place<'_>, material: &Material<'_>, one: &Dated<'_>, store: &StoreId) -> Cell {
    let edition = &one.plan.edition;
    let id = &edition.id;
    let judgement = material.judgements.get(id);
    let normal = judgement
        .and_then(|judgement| judgement.outlook(store))
        .map(|known| outlook(known, &place.voice(edition, &one.launch)));
    let glance = material.survey.glance(id, store);
    let state = glance.and_then(|glance| glance.seen(place.now));
    let unseen = glance.and_then(|glance| glance.not_seen_since(place.now));
    // What is not seen now is that, whatever it showed before.
    let (shape, word, since) = match (state, unseen) {
        (Some((state, since)), _) => (shape(face(state).class), state.word(), Some(since)),
        (None, Some(since)) => (shape(UNSEEN_CLASS), "Not seen", Some(since)),
        (None, None) => (shape(UNSEEN_CLASS), "Not looked at yet", None),
    };
    Cell {
        store: place.label(store),
        shape,
        word,
        length: since.map_or_else(String::new, |since| brief(place.now.duration_since(since))),
        note: normal.filter(|_| glance.is_some()).unwrap_or_default(),
        strip: material
            .strips
            .get(&(id.clone(), store.clone()))
            .cloned()
            .unwrap_or_default(),
    }
}

/// The next day of the launch calendar, as "28 May: No more changes at Ingram from today".
fn next_milestone(edition: &Edition, calendar: &Launch, today: Date) -> String {
    MILESTONES
        .iter()
        .filter(|milestone| milestone.concerns(edition, calendar))
        .map(|milestone| (milestone.day(calendar.publication), milestone))
        .filter(|(day, _)| today <= *day)
        .min_by_key(|(day, _)| *day)
        .map_or_else(String::new, |(day, milestone)| {
            format!("{}: {}", day.strftime("%-d %b"), milestone.what())
        })
}
