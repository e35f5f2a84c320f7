//! Books added, changed and taken out on the page: in the file of the configuration, whose comments and
//! order stay, and at once in what is shown; the service takes the file over within seconds.

use std::time::Duration;

use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use url::Url;

use super::actions::done;
use super::answer::{Answered, Visit, bad_request, page};
use super::change::{Changed, Secrets, existing, take_over};
use crate::book::EditionId;
use crate::config::Loaded;
use crate::config::edit::{self, Change};
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::sqlite::launch;
use crate::setup::changed_edition::{self, Places};
use crate::setup::data::note_dates_typed;
use crate::setup::place::Existing;
use crate::setup::{library, stores};
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
    if !form.lookup.is_empty() {
        let (form, wrong) = looked_up(visit, &existing, form);
        return shown(visit, None, &form, &wrong);
    }
    match added(&existing, &form) {
        Ok((id, after)) => {
            let changed = changed_book(after, &id, format!("Added {}.", form.title.trim()));
            if let Err(why) = take_over(visit, &existing, changed)? {
                return shown(visit, None, &form, &why);
            }
            Ok(visit.see_other(&format!("/editions/{id}?said=added")))
        }
        Err(wrong) => shown(visit, None, &form, &wrong),
    }
}

/// How long a person waits for Open Library; the connection waits for ten seconds.
const PATIENCE: Duration = Duration::from_secs(8);

/// The form with what Open Library knows in the fields that were empty, to be looked over.
fn looked_up(visit: &Visit, existing: &Existing, mut form: BookForm) -> (BookForm, Wrong) {
    form.lookup.clear();
    let site = &visit.site;
    let asked = named(&form.book, &stores::own(&existing.loaded)).and_then(|(id, _)| {
        let told = |why: String| at("lookup")(why);
        let id = id.as_ref().and_then(EditionId::isbn);
        let isbn =
            id.ok_or_else(|| told("it is asked by the ISBN: write that first".to_owned()))?;
        let unreached = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "Open Library could not be asked");
            let why = "Open Library could not be reached just now: tick this once more to try again, \
                       or fill in the fields yourself";
            told(why.to_owned())
        };
        let base = Url::parse(&site.library).map_err(|error| unreached(&error))?;
        let asked = library::ask(&site.db, &site.plan.manners, (&base, isbn), PATIENCE);
        let record = asked.map_err(|error| unreached(&format!("{error:#}")))?;
        record.ok_or_else(|| told(format!("Open Library does not know {isbn}")))
    });
    let record = match asked {
        Ok(record) => record,
        Err(wrong) => return (form, wrong),
    };
    form.found = record.told();
    if record.is_of_use() {
        form.found.push_str(" Look it over, then add it.");
    }
    let day = record.day().map(|day| day.to_string());
    let format = record.format.map(|format| format.name().to_owned());
    for (field, found) in [
        (&mut form.title, record.title),
        (&mut form.format, format),
        (&mut form.date, day),
    ] {
        if let (true, Some(found)) = (field.trim().is_empty(), found) {
            *field = found;
        }
    }
    (form, Wrong::new())
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
            // What stood there anyway is no change, and takes no other one's place.
            if after.text != existing.loaded.text {
                let said = format!("Changed {}.", plan.edition.title);
                let changed = changed_book(after, &plan.edition.id, said);
                if let Err(why) = take_over(visit, &existing, changed)? {
                    return shown(visit, Some(plan), &form, &why);
                }
            }
            if form.moves_dates_of(&before) {
                move_dates(visit, &plan.edition.id)?;
            }
            Ok(done(visit, plan, "changed"))
        }
        Err(wrong) => shown(visit, Some(plan), &form, &wrong),
    }
}

/// The dates that were typed are in force, also where the file had them already and a note had moved them
/// since.
fn move_dates(visit: &Visit, id: &EditionId) -> Result<(), DbError> {
    let site = visit.live.now();
    let Some(plan) = site.edition(id.as_str()) else {
        return Ok(());
    };
    if !note_dates_typed(&site.db, plan, visit.now)?.is_empty() {
        site.judge_context().judge_again([plan], visit.now)?;
    }
    Ok(())
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
        Ok(after) => {
            let said = format!("{} is watched no more.", plan.edition.title);
            let changed = changed_book(after, &plan.edition.id, said);
            match take_over(visit, &existing, changed)? {
                Ok(()) => Ok(visit.see_other("/")),
                Err(why) => shown(visit, Some(plan), &filled(visit, plan)?, &why),
            }
        }
        Err(wrong) => shown(visit, Some(plan), &filled(visit, plan)?, &wrong),
    }
}

fn changed_book(after: Loaded, id: &EditionId, said: String) -> Changed<'_> {
    Changed {
        after,
        judged: std::slice::from_ref(id),
        said,
        home: format!("/editions/{id}"),
        secrets: Secrets::default(),
    }
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
    let mut new = form.changed_from(before);
    let is_moved = form.moves_dates_of(before);
    if is_moved {
        // The file may have an older one of the two than the form has shown.
        new.date.clone_from(&form.date);
        new.on_sale.clone_from(&form.on_sale);
    }
    let mut changes = changed_edition::values(&new.details()?);
    let emptied = form.emptied_since(before).into_iter();
    let is_sold_from_then = is_moved && form.on_sale.trim().is_empty();
    let emptied = emptied.chain(is_sold_from_then.then_some("on_sale_date"));
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
