//! Books added, changed and taken out on the page: in the file of the configuration, whose comments and
//! order stay, and at once in what is shown; the service takes the file over within seconds.

use std::sync::Arc;

use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;

use super::actions::done;
use super::answer::{Answered, PageError, Visit, bad_request, conflict, page};
use super::site::Site;
use crate::book::EditionId;
use crate::config::Loaded;
use crate::config::edit::{self, Change};
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::sqlite::launch;
use crate::setup::changed_edition::{self, Places};
use crate::setup::data::note_moved_dates;
use crate::setup::place::Existing;
use crate::setup::stores;
use crate::web::book_form::{self, BookForm, Wrong};
use crate::web::new_book::{self, at, named, watched_at, whole};

/// An empty form.
pub(super) fn new(visit: &Visit, (): ()) -> Answered {
    existing(visit)?;
    shown(visit, None, &BookForm::default(), &Wrong::new())
}

/// The form of an edition, filled with what holds.
pub(super) fn edit(visit: &Visit, Path(id): Path<String>) -> Answered {
    let plan = visit.edition(&id)?;
    existing(visit)?;
    shown(visit, Some(plan), &filled(visit, plan)?, &Wrong::new())
}

/// Adds an edition.
pub(super) fn add(visit: &Visit, Form(form): Form<BookForm>) -> Answered {
    let existing = existing(visit)?;
    match added(&existing, &form) {
        Ok((id, after)) => {
            if let Err(why) = take_over(visit, &existing, (after, std::slice::from_ref(&id)))? {
                return shown(visit, None, &form, &why);
            }
            Ok(visit.see_other(&format!("/editions/{id}?said=added")))
        }
        Err(wrong) => shown(visit, None, &form, &wrong),
    }
}

/// Changes an edition.
pub(super) fn change(
    visit: &Visit,
    (Path(id), Form(form)): (Path<String>, Form<BookForm>),
) -> Answered {
    let plan = visit.edition(&id)?;
    let existing = existing(visit)?;
    let before = filled(visit, plan)?;
    if form.was != before.was {
        let why = "It was changed elsewhere since you opened this form. What you typed is still here; \
                   compare it with how it stands now, on its page, and save again.";
        let form = BookForm {
            was: before.was,
            ..form
        };
        return shown(visit, Some(plan), &form, &vec![("", why.to_owned())]);
    }
    match changed(&existing, plan, (&form, &before)) {
        Ok(after) => {
            if let Err(why) = take_over(
                visit,
                &existing,
                (after, std::slice::from_ref(&plan.edition.id)),
            )? {
                return shown(visit, Some(plan), &form, &why);
            }
            Ok(done(visit, plan, "changed"))
        }
        Err(wrong) => shown(visit, Some(plan), &form, &wrong),
    }
}

/// Takes an edition out.
pub(super) fn stop(
    visit: &Visit,
    (Path(id), Form(form)): (Path<String>, Form<BookForm>),
) -> Answered {
    let plan = visit.edition(&id)?;
    let existing = existing(visit)?;
    if form.sure.is_empty() {
        return Err(bad_request("To stop watching it, say that you mean it."));
    }
    let text = edit::without(&existing.loaded.text, &plan.edition.id);
    let after = text
        .map_err(|why| whole(&why))
        .and_then(|text| existing.with(text).map_err(|why| whole(&why)));
    match after {
        Ok(after) => match take_over(
            visit,
            &existing,
            (after, std::slice::from_ref(&plan.edition.id)),
        )? {
            Ok(()) => Ok(visit.see_other("/")),
            Err(why) => shown(visit, Some(plan), &filled(visit, plan)?, &why),
        },
        Err(wrong) => shown(visit, Some(plan), &filled(visit, plan)?, &wrong),
    }
}

/// The file as it stands now.
pub(super) fn existing(visit: &Visit) -> Result<Existing, PageError> {
    let site = &visit.site;
    let Some(file) = &site.plan.origins.file else {
        return Err(conflict(
            "What is shown here comes from no file that could be changed.",
        ));
    };
    let today = visit.now.to_zoned(site.plan.author.zone.clone()).date();
    Existing::load_on(Some(file), today).map_err(|error| {
        conflict(&format!(
            "The configuration cannot be changed as it is now: {error:#}"
        ))
    })
}

fn filled(visit: &Visit, plan: &EditionPlan) -> Result<BookForm, DbError> {
    let launch = visit
        .site
        .db
        .read(|connection| Ok::<_, DbError>(launch(connection, plan)?))?;
    Ok(BookForm::of(plan, &launch))
}

fn shown(visit: &Visit, plan: Option<&EditionPlan>, form: &BookForm, wrong: &Wrong) -> Answered {
    let (_, pulse) = visit.site.survey(visit.now)?;
    let html = book_form::page(&visit.site.place(visit.now), plan, (form, wrong), &pulse)?;
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, page(html)).into_response())
}

/// The configuration with a new edition, and its number.
fn added(existing: &Existing, form: &BookForm) -> Result<(EditionId, Loaded), Wrong> {
    let entry = new_book::entry(&existing.loaded, form)?;
    let id = entry.edition.id.clone();
    let text = edit::with_entries(&existing.loaded.text, &[entry]).map_err(|why| whole(&why))?;
    Ok((id, existing.with(text).map_err(|why| whole(&why))?))
}

/// The configuration with other values for an edition.
fn changed(
    existing: &Existing,
    plan: &EditionPlan,
    (form, before): (&BookForm, &BookForm),
) -> Result<Loaded, Wrong> {
    let own = stores::own(&existing.loaded);
    for (field, text) in [("title", &form.title), ("date", &form.date)] {
        if text.trim().is_empty() {
            return Err(at(field)("this is needed".to_owned()));
        }
    }
    let new = form.changed_from(before);
    let mut changes = changed_edition::values(&new.details()?);
    let emptied = form.emptied_since(before).into_iter();
    changes.extend(emptied.map(Change::unset).map(Change::only_where_written));
    let (id, pages) = named(&form.book, &own)?;
    if let Some(id) = id.filter(|id| pages.is_empty() && *id != plan.edition.id) {
        return Err(at("book")(format!(
            "only addresses of pages belong here; in a terminal, `pubwatch edit {} --isbn {id}` gives \
             an edition that had none its ISBN",
            plan.edition.id
        )));
    }
    let wanted = Places {
        whole: watched_at(&new.stores, &own)?,
        pages,
        ..Places::default()
    };
    changes.extend(changed_edition::places(plan, wanted).map_err(at("stores"))?);
    let text = edit::with_changes(&existing.loaded.text, &plan.edition.id, &changes);
    existing
        .with(text.map_err(|why| whole(&why))?)
        .map_err(|why| whole(&why))
}

/// Writes the file, and shows at once what it says now, with these editions judged anew; what it says of the page itself waits for the
/// service, which checks that first.
pub(super) fn take_over(
    visit: &Visit,
    existing: &Existing,
    (after, changed): (Loaded, &[EditionId]),
) -> Result<Result<(), Wrong>, PageError> {
    let (site, now) = (&visit.site, visit.now);
    let moves = |plan| {
        note_moved_dates(&site.db, plan, now).map_err(|error| conflict(&format!("{error:#}")))
    };
    moves(&site.plan)?;
    if let Err(error) = existing.replace(&after) {
        return Ok(Err(whole(&format!("{error:#}"))));
    }
    let mut plan = after.plan;
    plan.web = site.plan.web.clone();
    moves(&plan)?;
    let new = Site::new(
        plan,
        Arc::clone(&site.db),
        site.clock.clone(),
        site.settings.clone(),
        Arc::clone(&site.guard),
    )
    .with_board(Arc::clone(&site.board));
    let changed = new
        .plan
        .editions
        .iter()
        .filter(|plan| changed.contains(&plan.edition.id));
    let judged = new.judge_context().judge_again(changed, now);
    judged.map_err(DbError::from)?;
    visit.live.replace(new);
    Ok(Ok(()))
}
