//! What the author does on a page. Each action is one transaction, and ends in a redirect, so that
//! loading again does nothing twice.

use jiff::Timestamp;
use jiff::civil::Date;

use super::answer::{Answer, Asked, refusal};
use super::looks;
use super::pages::settings_page;
use super::pauses;
use super::site::{PageError, Site, random};
use crate::book::{Note, NoteKind};
use crate::config::plan::{EditionPlan, ListingPlan};
use crate::db::DbError;
use crate::history::sqlite::all_notes;
use crate::judge::Cause;
use crate::mail;
use crate::text::words;
use crate::web::edition::DATE_CHANGED;
use crate::web::security::hex;
use crate::web::settings::Given;
use crate::web::shares::{self, clients, hash};

/// The longest note.
pub(super) const LONGEST: usize = 300;

/// Does what the path says.
pub(super) fn act(
    site: &Site,
    (parts, session): (&[&str], &str),
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
                "mute" => mute(site, plan, asked, now),
                "pause" => pauses::pause_one(site, plan, asked, now),
                "resume" => pauses::resume_one(site, plan, now),
                "take-back" => take_back(site, plan, asked, now),
                "look" => looks::told(site, plan, asked, now),
                "untell" => looks::take_back(site, plan, asked, now),
                "page" => looks::saved(site, plan, asked, now),
                "check" => looks::check(site, plan, now),
                _ => Ok(refusal(404, "There is no such action.")),
            }
        }
        ["letters", id, what @ ("retry" | "drop")] => letter(site, id, what, now),
        ["settings", "pause"] => pauses::pause_all(site, asked, now),
        ["settings", "resume"] => pauses::resume_all(site, now),
        ["settings", "share"] => share(site, asked, session, now),
        ["settings", "withdraw"] => withdraw(site, asked, now),
        _ => Ok(refusal(404, "There is no such action.")),
    }
}

/// The listing at the store that a form names, if the edition is watched there.
pub(super) fn listing<'a>(plan: &'a EditionPlan, asked: &Asked) -> Option<&'a ListingPlan> {
    let wanted = asked.field("store");
    plan.listings
        .iter()
        .find(|one| one.store.as_str() == wanted)
}

pub(super) fn done(site: &Site, plan: &EditionPlan, said: &str) -> Answer {
    Answer::see_other(format!(
        "{}/editions/{}?said={said}",
        site.base,
        plan.edition.id.as_str()
    ))
}

fn note(
    site: &Site,
    plan: &EditionPlan,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let wanted = asked.field("kind");
    let is_moved = wanted == DATE_CHANGED;
    let Some(kind) = NoteKind::from_name(&wanted, is_moved.then(|| day(asked, "to")).flatten())
    else {
        return Ok(refusal(
            400,
            if is_moved {
                "A date that was moved needs the new date."
            } else {
                "There is no such note."
            },
        ));
    };
    let about = listing(plan, asked).map(|listing| listing.store.clone());
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
    write(site, plan, &note, now)?;
    Ok(done(site, plan, "noted"))
}

fn write(site: &Site, plan: &EditionPlan, note: &Note, now: Timestamp) -> Result<i64, DbError> {
    Ok(site.judge_context().take_note(plan, note, now)?)
}

/// A day that a form names.
pub(super) fn day(asked: &Asked, name: &str) -> Option<Date> {
    crate::book::day::day(&asked.field(name)).ok()
}

/// No letters about the edition, a store of it, or one cause, until a day.
fn mute(
    site: &Site,
    plan: &EditionPlan,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let today = now.to_zoned(site.plan.author.zone.clone()).date();
    let Some(until) = day(asked, "until").filter(|until| today < *until) else {
        return Ok(refusal(
            400,
            "A mute needs a day to come, on which it ends.",
        ));
    };
    let about = listing(plan, asked).map(|listing| listing.store.clone());
    if about.is_none() && !asked.field("store").is_empty() {
        return Ok(refusal(400, "The edition is not watched at that store."));
    }
    let cause = asked.field("cause");
    if !cause.is_empty() && Cause::from_name(&cause).is_none() {
        return Ok(refusal(400, "There is no such cause."));
    }
    let note = Note {
        kind: NoteKind::Muted {
            until,
            cause: Some(cause).filter(|cause| !cause.is_empty()),
        },
        at: now,
        store: about,
        ticket: None,
        text: None,
    };
    write(site, plan, &note, now)?;
    Ok(done(site, plan, "muted"))
}

/// Takes a note of this edition back: a mute ends at once.
fn take_back(
    site: &Site,
    plan: &EditionPlan,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let number = asked.field("number").parse::<i64>().ok();
    let kept = site
        .db
        .read(|connection| Ok::<_, DbError>(all_notes(connection, &plan.edition.id)?))?;
    let is_done = match number.filter(|number| kept.iter().any(|one| one.number == *number)) {
        Some(number) => site
            .judge_context()
            .take_note_back(plan, number, now)
            .map_err(DbError::from)?,
        None => false,
    };
    Ok(if is_done {
        done(site, plan, "taken-back")
    } else {
        refusal(
            409,
            "There is no such note of this edition, or it is taken back already.",
        )
    })
}

/// Gives a client a link. The answer is the page itself, because the link is shown only there:
/// loading it again sends a token that is used up.
fn share(site: &Site, asked: &Asked, session: &str, now: Timestamp) -> Result<Answer, PageError> {
    let client = asked.field("client");
    if !clients(&site.plan.editions).contains(client.as_str()) {
        return Ok(refusal(400, "No edition is of that imprint or client."));
    }
    let Ok(secret) = random::<32>() else {
        return Ok(refusal(500, "The system gives no random numbers."));
    };
    let secret = hex(&secret);
    site.db.write(|transaction| {
        Ok::<_, DbError>(shares::sqlite::add(
            transaction,
            &client,
            &hash(&secret),
            now,
        )?)
    })?;
    let host = asked.host.as_deref().unwrap_or_default();
    let given = Given {
        link: format!("{}/share/{secret}/", site.address(host)),
        client,
    };
    let (_, pulse) = site.survey(now)?;
    let html = settings_page(site, session, (&pulse, Some(&given)), now)?;
    Ok(Answer::page(html))
}

/// Withdraws a link, from now on.
fn withdraw(site: &Site, asked: &Asked, now: Timestamp) -> Result<Answer, PageError> {
    let number = asked.field("number").parse::<i64>().unwrap_or_default();
    let is_done = site.db.write(|transaction| {
        Ok::<_, DbError>(shares::sqlite::withdraw(transaction, number, now)?)
    })?;
    Ok(if is_done {
        Answer::see_other(format!("{}/settings#links", site.base))
    } else {
        refusal(409, "There is no such link, or it is withdrawn already.")
    })
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
