//! The JSON of `/api/v1/`, as `openapi.json` describes it. Fields are only ever added.

use serde_json::{Value, json};

use super::changes::Sources;
use super::frame::Place;
use super::overview::Judgements;
use super::survey::Survey;
use crate::alerts::pause;
use crate::book::{Edition, Launch, Note, NoteKind, StoreId};
use crate::config::plan::EditionPlan;
use crate::history::View;
use crate::history::sqlite::Seen;
use crate::judge::text::{Voice, outlook, said};
use crate::judge::{Finding, Judgement, ListingOutlook};

/// The description of the interface, which a test holds against the routes.
pub const OPENAPI: &str = include_str!("static/openapi.json");

fn edition(edition: &Edition, launch: &Launch) -> Value {
    json!({
        "id": edition.id,
        "isbn": edition.id.isbn(),
        "asin": edition.asin(),
        "title": edition.title,
        "author": edition.author,
        "format": edition.format.name(),
        "publication_date": launch.publication,
        "on_sale_date": launch.on_sale,
        "distribution": edition.distribution.name(),
        "imprint": edition.imprint,
    })
}

/// Until when letters about an edition are paused; null where they are not.
fn add_pause(value: &mut Value, notes: &[Note], place: &Place<'_>) {
    let pause = pause::in_force(notes, place.zone, place.now);
    value["paused_until"] = json!(pause.map(|pause| pause.until));
    value["paused_but_act"] = json!(pause.is_some_and(|pause| pause.but_act));
}

/// `GET /api/v1/editions`
pub fn editions(
    editions: &[EditionPlan],
    survey: &Survey,
    judgements: &Judgements,
    place: &Place<'_>,
) -> Value {
    let all: Vec<Value> = editions
        .iter()
        .map(|plan| {
            let launch = survey.launch(&plan.edition, &plan.zone);
            let voice = place.voice(&plan.edition, &launch);
            let outlooks = judgements.get(&plan.edition.id);
            let outlooks = outlooks.map_or(&[][..], |judgement| &judgement.outlooks);
            let listings: Vec<Value> = plan
                .listings
                .iter()
                .map(|listing| {
                    let key = (plan.edition.id.clone(), listing.store.clone());
                    let glance = survey.glances.get(&key);
                    let state = glance.and_then(|glance| glance.seen(place.now));
                    let last = glance.and_then(|glance| glance.state);
                    json!({
                        "store": listing.store.as_str(),
                        "address": listing.address.as_str(),
                        "availability": state.map(|(state, _)| state.name()),
                        "since": state.map(|(_, since)| since),
                        "last_availability": last.map(|(state, _)| state.name()),
                        "unseen_since": glance.and_then(|glance| glance.unseen_since(place.now)),
                        "last_try": glance.and_then(|glance| glance.last_try),
                        "last_good": glance.and_then(|glance| glance.last_good),
                        "unread_since": glance.and_then(|glance| glance.blind_since),
                        "outlook": outlook_of(outlooks, &listing.store, &voice),
                    })
                })
                .collect();
            let mut value = edition(&plan.edition, &launch);
            let notes = survey.notes.get(&plan.edition.id);
            add_pause(&mut value, notes.map_or(&[], Vec::as_slice), place);
            value["listings"] = Value::Array(listings);
            value
        })
        .collect();
    json!({ "editions": all })
}

/// `GET /api/v1/editions/{id}`
pub fn one_edition(
    view: &View,
    sources: &Sources,
    judgement: &Judgement,
    place: &Place<'_>,
) -> Value {
    let voice = place.voice(&view.edition, &view.launch);
    let listings: Vec<Value> = view
        .listings
        .iter()
        .map(|listing| {
            let spells: Vec<Value> = listing
                .spells
                .iter()
                .map(|spell| {
                    let source = sources.get(&(listing.store.clone(), spell.since));
                    json!({
                        "availability": spell.availability.name(),
                        "since": spell.since,
                        "until": spell.until,
                        "last_seen": spell.last_seen,
                        "confirmed_at": spell.confirmed_at,
                        "readings": spell.readings,
                        "source": source.map(|source| source.name()),
                        "says": spell.says,
                    })
                })
                .collect();
            json!({
                "store": listing.store.as_str(),
                "address": listing.address,
                "watched_since": listing.watched_since,
                "last_try": listing.last_try,
                "last_good": listing.last_good,
                "unseen_since": listing.unseen_since(place.now),
                "unread_since": listing.blind.as_ref().map(|blind| blind.since),
                "unread_reason": listing.blind.as_ref().map(|blind| blind.unread.reason.name()),
                "outlook": outlook_of(&judgement.outlooks, &listing.store, &voice),
                "spells": spells,
            })
        })
        .collect();
    let mut value = edition(&view.edition, &view.launch);
    add_pause(&mut value, &view.notes, place);
    value["listings"] = Value::Array(listings);
    value["findings"] = judgement
        .findings
        .iter()
        .map(|one| finding(one, &voice))
        .collect();
    value["notes"] = view.notes.iter().map(note).collect();
    value
}

fn note(note: &Note) -> Value {
    let mut value = json!({
        "at": note.at,
        "kind": note.kind.name(),
        "store": note.store.as_ref().map(StoreId::as_str),
        "ticket": note.ticket,
        "text": note.text,
        "to": null,
        "until": null,
        "cause": null,
    });
    if let NoteKind::DateChanged { to, .. } = &note.kind {
        value["to"] = json!(to);
    }
    if let NoteKind::Muted { until, cause } = &note.kind {
        value["until"] = json!(until);
        value["cause"] = json!(cause);
    }
    if let NoteKind::Paused { until, .. } = &note.kind {
        value["until"] = json!(until);
    }
    value
}

/// Whether a page is normal, as facts and in words.
fn outlook_of(outlooks: &[ListingOutlook], store: &StoreId, voice: &Voice<'_>) -> Value {
    let one = outlooks.iter().find(|one| one.store == *store);
    one.map_or(Value::Null, |one| {
        let mut value = json!(one.outlook);
        value["words"] = json!(outlook(one, voice));
        value["price"] = json!(one.price);
        value["list_price"] = json!(one.list_price);
        value
    })
}

fn finding(finding: &Finding, voice: &Voice<'_>) -> Value {
    let said = said(finding, voice);
    json!({
        "rule": finding.kind.name(),
        "facts": finding.kind,
        "severity": finding.severity.name(),
        "stores": finding.stores.iter().map(StoreId::as_str).collect::<Vec<_>>(),
        "since": finding.since,
        "headline": said.headline,
        "verdict": said.verdict,
        "usual": finding.usual.as_ref().map(|usual| &usual.sentence),
        "act_from": finding.act_from,
        "next_step": said.step,
    })
}

/// `GET /api/v1/editions/{id}/observations`
pub fn observations(view: &View, looks: &[Vec<Seen>]) -> Value {
    let all: Vec<Value> = view
        .listings
        .iter()
        .zip(looks)
        .flat_map(|(listing, looks)| {
            looks.iter().map(|look| {
                json!({
                    "store": listing.store.as_str(),
                    "at": look.at,
                    "source": look.source.name(),
                    "reading": look.reading,
                })
            })
        })
        .collect();
    json!({
        "id": view.edition.id,
        "isbn": view.edition.id.isbn(),
        "asin": view.edition.asin(),
        "observations": all,
    })
}

/// `GET /api/v1/alerts`
pub fn alerts(
    editions: &[EditionPlan],
    survey: &Survey,
    judgements: &Judgements,
    place: &Place<'_>,
) -> Value {
    let all: Vec<Value> = editions
        .iter()
        .flat_map(|plan| {
            let launch = survey.launch(&plan.edition, &plan.zone);
            let found = judgements.get(&plan.edition.id).into_iter();
            let found = found.flat_map(|judgement| &judgement.findings);
            found.map(move |one| {
                let mut value = finding(one, &place.voice(&plan.edition, &launch));
                value["id"] = json!(plan.edition.id);
                value["isbn"] = json!(plan.edition.id.isbn());
                value["asin"] = json!(plan.edition.asin());
                value["title"] = json!(plan.edition.title);
                value
            })
        })
        .collect();
    json!({ "alerts": all })
}
