//! What the author does on a page. Each action is one transaction, and ends in a redirect, so that
//! loading again does nothing twice.

use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use super::answer::{Answered, PageError, Visit, bad_request, conflict, not_found, refusal};
use super::pages::settings_page;
use super::router::Filled;
use super::site::random;
use crate::alerts::lifecycle::key;
use crate::book::day::day;
use crate::book::{Note, NoteKind, StoreId};
use crate::config::plan::{EditionPlan, ListingPlan};
use crate::db::{Db, DbError};
use crate::history::sqlite::all_notes;
use crate::judge::Cause;
use crate::mail;
use crate::mail::answers::Answer;
use crate::text::words;
use crate::web::edition::DATE_CHANGED;
use crate::web::passes::{clients, hash, sqlite};
use crate::web::security::hex;
use crate::web::settings::Given;
use crate::web::told::names;

/// The longest note.
pub(super) const LONGEST: usize = 300;

/// The listing at the store that a form names.
pub(super) fn listing<'a>(
    plan: &'a EditionPlan,
    store: &str,
) -> Result<&'a ListingPlan, PageError> {
    let mut listings = plan.listings.iter();
    listings
        .find(|one| one.store.as_str() == store)
        .ok_or_else(|| bad_request("The edition is not watched at that store."))
}

/// The same, where a form may name none.
fn about(plan: &EditionPlan, store: &str) -> Result<Option<StoreId>, PageError> {
    if store.is_empty() {
        return Ok(None);
    }
    Ok(Some(listing(plan, store)?.store.clone()))
}

/// Back to the page of the edition, which says what was done.
pub(super) fn done(visit: &Visit, plan: &EditionPlan, said: &str) -> Response {
    let edition = plan.edition.id.as_str();
    visit.see_other(&format!("/editions/{edition}?said={said}"))
}

/// The day that a form names, if it is one to come.
pub(super) fn day_to_come(visit: &Visit, until: &str) -> Option<Date> {
    let zone = visit.site.plan.author.zone.clone();
    let today = visit.now.to_zoned(zone).date();
    day(until).ok().filter(|until| today < *until)
}

/// What the author tells of an edition.
pub(super) fn note(
    visit: &Visit,
    (Path(isbn), Form(filled)): (Path<String>, Form<Filled>),
) -> Answered {
    let plan = visit.edition(&isbn)?;
    let is_moved = filled.kind == DATE_CHANGED;
    let to = day(&filled.to).ok().filter(|_| is_moved);
    let Some(kind) = NoteKind::from_name(&filled.kind, to) else {
        return Err(bad_request(if is_moved {
            "A date that was moved needs the new date."
        } else {
            "There is no such note."
        }));
    };
    let store = about(plan, &filled.store)?;
    if store.is_none() && kind == NoteKind::Expected && plan.listings.len() > 1 {
        return Err(bad_request("Say at which store it is as it should be."));
    }
    let written = |text: &str| Some(words::clipped(text, LONGEST)).filter(|text| !text.is_empty());
    let note = Note {
        kind,
        at: visit.now,
        store,
        ticket: written(&filled.ticket),
        text: written(&filled.text),
    };
    write(visit, plan, &note)?;
    Ok(done(visit, plan, "noted"))
}

fn write(visit: &Visit, plan: &EditionPlan, note: &Note) -> Result<i64, DbError> {
    Ok(visit
        .site
        .judge_context()
        .take_note(plan, note, visit.now)?)
}

/// What the author answers to what stands open: the same as by a link of a letter.
pub(super) fn answer(
    visit: &Visit,
    (Path(isbn), Form(filled)): (Path<String>, Form<Filled>),
) -> Answered {
    let (site, plan) = (&visit.site, visit.edition(&isbn)?);
    let answer: Answer = filled
        .answer
        .parse()
        .map_err(|_| bad_request("There is no such answer."))?;
    let judged = site.judged(plan, &site.view(plan)?, visit.now)?;
    let mut open = judged.findings.iter().map(|one| key(&plan.edition.id, one));
    let Some(alert) =
        open.find(|one| one.cause.name() == filled.cause && names(&one.stores) == filled.stores)
    else {
        return Err(conflict("What this answers is over, or is another by now."));
    };
    let today = visit.now.to_zoned(site.plan.author.zone.clone()).date();
    for note in answer.notes(&alert, today, visit.now) {
        write(visit, plan, &note)?;
    }
    Ok(done(visit, plan, "noted"))
}

/// No letters about the edition, a store of it, or one cause, until a day.
pub(super) fn mute(
    visit: &Visit,
    (Path(isbn), Form(filled)): (Path<String>, Form<Filled>),
) -> Answered {
    let plan = visit.edition(&isbn)?;
    let until = day_to_come(visit, &filled.until)
        .ok_or_else(|| bad_request("A mute needs a day to come, on which it ends."))?;
    let store = about(plan, &filled.store)?;
    let cause = Some(filled.cause).filter(|cause| !cause.is_empty());
    if cause
        .as_deref()
        .is_some_and(|cause| Cause::from_name(cause).is_none())
    {
        return Err(bad_request("There is no such cause."));
    }
    let note = Note {
        store,
        ..Note::new(NoteKind::Muted { until, cause }, visit.now)
    };
    write(visit, plan, &note)?;
    Ok(done(visit, plan, "muted"))
}

/// Takes a note of this edition back: a mute ends at once.
pub(super) fn take_back(
    visit: &Visit,
    (Path(isbn), Form(filled)): (Path<String>, Form<Filled>),
) -> Answered {
    let site = &visit.site;
    let plan = visit.edition(&isbn)?;
    let number = filled.number.parse::<i64>().ok();
    let kept = site
        .db
        .read(|connection| Ok::<_, DbError>(all_notes(connection, &plan.edition.id)?))?;
    let is_done = match number.filter(|number| kept.iter().any(|one| one.number == *number)) {
        Some(number) => site
            .judge_context()
            .take_note_back(plan, number, visit.now)
            .map_err(DbError::from)?,
        None => false,
    };
    if !is_done {
        let why = "There is no such note of this edition, or it is taken back already.";
        return Err(conflict(why));
    }
    Ok(done(visit, plan, "taken-back"))
}

/// Gives a client a link. The answer is the page itself, because the link is shown only there.
pub(super) fn share(visit: &Visit, Form(filled): Form<Filled>) -> Answered {
    let client = filled.client;
    if !clients(&visit.site.plan.editions).contains(client.as_str()) {
        return Err(bad_request("No edition is of that imprint or client."));
    }
    give(visit, Some(client))
}

/// Pairs a companion: its code is shown on the page that answers, and only there.
pub(super) fn pair(visit: &Visit, (): ()) -> Answered {
    give(visit, None)
}

fn give(visit: &Visit, client: Option<String>) -> Answered {
    let site = &visit.site;
    let Ok(secret) = random::<32>() else {
        let why = "The system gives no random numbers.";
        return Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, why));
    };
    let secret = hex(&secret);
    site.db.write(|transaction| {
        let of = (client.as_deref(), hash(&secret));
        Ok::<_, DbError>(sqlite::add(transaction, (of.0, &of.1), visit.now)?)
    })?;
    let address = site.address(&visit.host);
    let shown = match &client {
        Some(_) => format!("{address}/share/{secret}/"),
        None => format!("{address} {secret}"),
    };
    settings_page(visit, Some(&Given { client, shown }), None)
}

/// Withdraws a link or a companion, from now on.
pub(super) fn withdraw(visit: &Visit, Form(filled): Form<Filled>) -> Answered {
    let number = filled.number.parse::<i64>().unwrap_or_default();
    let is_done = visit
        .site
        .db
        .write(|transaction| Ok::<_, DbError>(sqlite::withdraw(transaction, number, visit.now)?))?;
    if !is_done {
        let why = "There is none of that number, or it is withdrawn already.";
        return Err(conflict(why));
    }
    Ok(visit.see_other("/settings#links"))
}

/// Tries a letter again that was given up, or that waits.
pub(super) fn retry(visit: &Visit, Path(id): Path<String>) -> Answered {
    with_letter(visit, &id, "retried", |db, id| {
        db.write(|tx| Ok(mail::sqlite::retry(tx, Some(id), visit.now)? == 1))
    })
}

/// A letter is not to be sent.
pub(super) fn drop_letter(visit: &Visit, Path(id): Path<String>) -> Answered {
    with_letter(visit, &id, "dropped", |db, id| {
        db.write(|tx| Ok(mail::sqlite::drop_letter(tx, id, visit.now)?))
    })
}

fn with_letter(
    visit: &Visit,
    id: &str,
    said: &str,
    change: impl FnOnce(&Db, i64) -> Result<bool, DbError>,
) -> Answered {
    let id = id
        .parse()
        .map_err(|_| not_found("There is no such letter."))?;
    if !change(&visit.site.db, id)? {
        return Err(conflict("That letter is delivered or dropped already."));
    }
    Ok(visit.see_other(&format!("/letters/{id}?said={said}")))
}
