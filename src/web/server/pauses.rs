//! No letters until a day, about one edition or all, and the end of that.

use jiff::Timestamp;

use super::actions::{day, done};
use super::answer::{Answer, Asked, refusal};
use super::site::{PageError, Site};
use crate::alerts::pause;
use crate::book::{Note, NoteKind};
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::sqlite::notes;

/// No letters about one edition.
pub(super) fn pause_one(
    site: &Site,
    plan: &EditionPlan,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    Ok(match pause(site, (&[plan], false), asked, now)? {
        Ok(()) => done(site, plan, "paused"),
        Err(refused) => refused,
    })
}

/// No letters about any edition.
pub(super) fn pause_all(site: &Site, asked: &Asked, now: Timestamp) -> Result<Answer, PageError> {
    let all: Vec<&EditionPlan> = site.plan.editions.iter().collect();
    Ok(match pause(site, (&all, true), asked, now)? {
        Ok(()) => settings(site),
        Err(refused) => refused,
    })
}

/// Letters about one edition go out again.
pub(super) fn resume_one(
    site: &Site,
    plan: &EditionPlan,
    now: Timestamp,
) -> Result<Answer, PageError> {
    Ok(match resume(site, &[plan], now)? {
        Ok(()) => done(site, plan, "resumed"),
        Err(refused) => refused,
    })
}

/// Letters about every edition go out again.
pub(super) fn resume_all(site: &Site, now: Timestamp) -> Result<Answer, PageError> {
    let all: Vec<&EditionPlan> = site.plan.editions.iter().collect();
    Ok(match resume(site, &all, now)? {
        Ok(()) => settings(site),
        Err(refused) => refused,
    })
}

fn settings(site: &Site) -> Answer {
    Answer::see_other(format!("{}/settings#pause", site.base))
}

/// Done, or an answer that says why not.
type Outcome = Result<(), Answer>;

fn pause(
    site: &Site,
    (editions, all): (&[&EditionPlan], bool),
    asked: &Asked,
    now: Timestamp,
) -> Result<Outcome, PageError> {
    let today = now.to_zoned(site.plan.author.zone.clone()).date();
    let Some(until) = day(asked, "until").filter(|until| today < *until) else {
        let why = "A pause needs a day to come, on which letters begin again.";
        return Ok(Err(refusal(400, why)));
    };
    let but_act = !asked.field("but_act").is_empty();
    let kind = NoteKind::Paused {
        until,
        but_act,
        all,
    };
    tell(site, editions, kind, now)?;
    Ok(Ok(()))
}

fn resume(site: &Site, editions: &[&EditionPlan], now: Timestamp) -> Result<Outcome, PageError> {
    let zone = &site.plan.author.zone;
    let mut paused = Vec::new();
    for plan in editions {
        let notes = site
            .db
            .read(|connection| Ok::<_, DbError>(notes(connection, &plan.edition.isbn)?))?;
        if pause::in_force(&notes, zone, now).is_some() {
            paused.push(*plan);
        }
    }
    if paused.is_empty() {
        return Ok(Err(refusal(409, "No letters are paused, or no longer.")));
    }
    tell(site, &paused, NoteKind::Resumed, now)?;
    Ok(Ok(()))
}

fn tell(
    site: &Site,
    editions: &[&EditionPlan],
    kind: NoteKind,
    now: Timestamp,
) -> Result<(), DbError> {
    let note = Note {
        kind,
        at: now,
        store: None,
        ticket: None,
        text: None,
    };
    let judging = site.judge_context();
    Ok(judging.take_note_of_each(editions, &note, now)?)
}
