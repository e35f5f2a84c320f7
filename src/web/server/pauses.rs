//! No letters until a day, about one edition or all, and the end of that.

use axum::Form;
use axum::extract::Path;

use super::actions::{day_to_come, done};
use super::answer::{Answered, PageError, Visit, bad_request, conflict};
use super::change;
use super::router::Filled;
use crate::alerts::pause;
use crate::book::NoteKind;
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::sqlite::notes;

/// No letters about one edition.
pub(super) fn pause_one(
    visit: &Visit,
    (Path(isbn), Form(filled)): (Path<String>, Form<Filled>),
) -> Answered {
    let plan = visit.edition(&isbn)?;
    pause(visit, &[plan], &filled, false)?;
    let title = &plan.edition.title;
    let home = format!("/editions/{isbn}");
    change::paused(
        visit,
        &[plan],
        format!("Letters about {title} are paused."),
        home,
    );
    Ok(done(visit, plan, "paused"))
}

/// No letters about any edition.
pub(super) fn pause_all(visit: &Visit, Form(filled): Form<Filled>) -> Answered {
    pause(visit, &all(visit), &filled, true)?;
    let said = "All letters are paused.".to_owned();
    change::paused(visit, &all(visit), said, "/settings#pause".to_owned());
    Ok(visit.see_other("/settings#pause"))
}

/// Letters about one edition go out again.
pub(super) fn resume_one(visit: &Visit, Path(isbn): Path<String>) -> Answered {
    let plan = visit.edition(&isbn)?;
    resume(visit, &[plan])?;
    Ok(done(visit, plan, "resumed"))
}

/// Letters about every edition go out again.
pub(super) fn resume_all(visit: &Visit, (): ()) -> Answered {
    resume(visit, &all(visit))?;
    Ok(visit.see_other("/settings#pause"))
}

fn all(visit: &Visit) -> Vec<&EditionPlan> {
    visit.site.plan.editions.iter().collect()
}

fn pause(
    visit: &Visit,
    editions: &[&EditionPlan],
    filled: &Filled,
    all: bool,
) -> Result<(), PageError> {
    let until = day_to_come(visit, &filled.until)
        .ok_or_else(|| bad_request("A pause needs a day to come, on which letters begin again."))?;
    let but_act = !filled.but_act.is_empty();
    let kind = NoteKind::Paused {
        until,
        but_act,
        all,
    };
    tell(visit, editions, kind)
}

fn resume(visit: &Visit, editions: &[&EditionPlan]) -> Result<(), PageError> {
    let site = &visit.site;
    let mut paused = Vec::new();
    for plan in editions {
        let notes = site
            .db
            .read(|connection| Ok::<_, DbError>(notes(connection, &plan.edition.id)?))?;
        if pause::in_force(&notes, &site.plan.author.zone, visit.now).is_some() {
            paused.push(*plan);
        }
    }
    if paused.is_empty() {
        return Err(conflict("No letters are paused, or no longer."));
    }
    tell(visit, &paused, NoteKind::Resumed)?;
    change::forget(visit);
    Ok(())
}

fn tell(visit: &Visit, editions: &[&EditionPlan], kind: NoteKind) -> Result<(), PageError> {
    let judging = visit.site.judge_context();
    let told = judging.take_note_of_each(editions, kind, visit.now);
    Ok(told.map_err(DbError::from)?)
}
