//! What the author does on a page. Each action is one transaction, and ends in a redirect, so that
//! loading again does nothing twice.

use jiff::Timestamp;

use super::answer::{Answer, Asked, refusal};
use super::site::{PageError, Site};
use crate::book::{Availability, Note, NoteKind, StoreId};
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::sqlite::{add_note, record};
use crate::history::{ListingId, Observation, Source};
use crate::mail;
use crate::mail::words;
use crate::page::{Reading, Says};
use crate::web::edition::NOTES;

/// The longest note.
const LONGEST: usize = 300;

/// Does what the path says.
pub(super) fn act(
    site: &Site,
    parts: &[&str],
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    match parts {
        ["editions", isbn, what] => {
            let Some(plan) = site.edition(isbn) else {
                return Ok(refusal(404, "No such edition is watched."));
            };
            match *what {
                "note" => note(site, plan, asked, now),
                "look" => look(site, plan, asked, now),
                _ => Ok(refusal(404, "There is no such action.")),
            }
        }
        ["letters", id, what @ ("retry" | "drop")] => letter(site, id, what, now),
        _ => Ok(refusal(404, "There is no such action.")),
    }
}

/// The store that a form names, if the edition is watched there.
fn store(plan: &EditionPlan, asked: &Asked) -> Option<StoreId> {
    let wanted = asked.field("store");
    let listing = plan
        .listings
        .iter()
        .find(|one| one.store.as_str() == wanted)?;
    Some(listing.store.clone())
}

fn done(site: &Site, plan: &EditionPlan, said: &str) -> Answer {
    Answer::see_other(format!(
        "{}/editions/{}?said={said}",
        site.base,
        plan.edition.isbn.as_str()
    ))
}

fn note(
    site: &Site,
    plan: &EditionPlan,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let wanted = asked.field("kind");
    let Some(kind) = NOTES.iter().find(|kind| kind.name() == wanted).cloned() else {
        return Ok(refusal(400, "There is no such note."));
    };
    let about = store(plan, asked);
    if about.is_none() && !asked.field("store").is_empty() {
        return Ok(refusal(400, "The edition is not watched at that store."));
    }
    if about.is_none() && kind == NoteKind::Expected && plan.listings.len() > 1 {
        return Ok(refusal(400, "Say at which store it is as it should be."));
    }
    let written = |field: &str| {
        Some(words::clipped(&asked.field(field), LONGEST)).filter(|text| !text.is_empty())
    };
    let note = Note {
        kind,
        at: now,
        store: about,
        ticket: written("ticket"),
        text: written("text"),
    };
    site.db.write(|transaction| {
        Ok::<_, DbError>(add_note(transaction, &plan.edition.isbn, &note, now)?)
    })?;
    Ok(done(site, plan, "noted"))
}

fn look(
    site: &Site,
    plan: &EditionPlan,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let Some(store) = store(plan, asked) else {
        return Ok(refusal(400, "The edition is not watched at that store."));
    };
    let Ok(state) = asked.field("state").parse::<Availability>() else {
        return Ok(refusal(400, "There is no such state."));
    };
    let said = words::clipped(&asked.field("words"), LONGEST);
    if said.is_empty() {
        return Ok(refusal(
            400,
            "Without its exact words a look is no evidence.",
        ));
    }
    let observation = Observation {
        listing: ListingId {
            isbn: plan.edition.isbn.clone(),
            store,
        },
        at: now,
        source: Source::ByHand,
        reading: Reading::Says(Box::new(Says::new(
            state,
            "by-hand/page",
            &said,
            "as you saw it",
        ))),
    };
    let confirm_after = site.plan.judging.confirm_after;
    site.db
        .write(|transaction| Ok::<_, DbError>(record(transaction, &observation, confirm_after)?))?;
    Ok(done(site, plan, "recorded"))
}

fn letter(site: &Site, id: &str, what: &str, now: Timestamp) -> Result<Answer, PageError> {
    let Ok(id) = id.parse::<i64>() else {
        return Ok(refusal(404, "There is no such letter."));
    };
    let (is_done, said) = if what == "retry" {
        let count = site.db.write(|transaction| {
            Ok::<_, DbError>(mail::sqlite::retry(transaction, Some(id), now)?)
        })?;
        (count == 1, "retried")
    } else {
        let is_dropped = site.db.write(|transaction| {
            Ok::<_, DbError>(mail::sqlite::drop_letter(transaction, id, now)?)
        })?;
        (is_dropped, "dropped")
    };
    Ok(if is_done {
        Answer::see_other(format!("{}/letters/{id}?said={said}", site.base))
    } else {
        refusal(409, "That letter is delivered or dropped already.")
    })
}
