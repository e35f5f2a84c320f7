//! A list of books: uploaded, shown, and taken over when that is accepted. Between the two the page
//! itself keeps the list, so that nothing of it lies anywhere.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::answer::{Answered, Visit, page};
use super::change::{Changed, Secrets, existing, take_over};
use super::router::{Parts, Wished};
use crate::book::Edition;
use crate::config::Loaded;
use crate::config::import::{self, Built, How, Market, Report, Writing};
use crate::web::book_form::Wrong;
use crate::web::list_form::{self, ListForm, Preview};
use crate::web::new_book::whole;
use crate::web::security::digest;

/// The most bytes of a list: spreadsheets of ten thousand titles are smaller.
pub(super) const LARGEST_LIST: usize = 2 << 20;

/// The empty form.
pub(super) fn new(visit: &Visit, Query(wished): Query<Wished>) -> Answered {
    existing(visit)?;
    let said = "The list was taken over. New books get their first look within minutes.";
    let said = (wished.said == "taken").then_some(said);
    shown(visit, (&ListForm::default(), &Wrong::new()), None, said)
}

/// Shows what a list would become.
pub(super) fn preview(visit: &Visit, (sent,): (Parts,)) -> Answered {
    let existing = existing(visit)?;
    let form = ListForm {
        list: URL_SAFE_NO_PAD.encode(sent.bytes("list")),
        dates: sent.text("dates"),
        distribution: sent.text("distribution"),
        enabled: sent.text("enabled"),
        stores: sent.text("stores"),
        ..ListForm::default()
    };
    match read(&form, &existing.loaded) {
        Ok((_, preview)) => shown(visit, (&form, &Wrong::new()), Some(&preview), None),
        Err(wrong) => shown(visit, (&form, &wrong), None, None),
    }
}

/// Writes what was shown. Where that has become something else, it is shown again.
pub(super) fn take(visit: &Visit, Form(form): Form<ListForm>) -> Answered {
    let existing = existing(visit)?;
    let (built, preview) = match read(&form, &existing.loaded) {
        Ok(read) => read,
        Err(wrong) => return shown(visit, (&form, &wrong), None, None),
    };
    let again = |wrong: &Wrong| shown(visit, (&form, wrong), Some(&preview), None);
    if form.was != preview.mark {
        let why = "The configuration was changed since this was shown. Nothing was written: look \
                   once more, and accept it again.";
        return again(&whole(&why));
    }
    let writing = Writing::of(&built, !form.update.is_empty());
    if writing.is_nothing() {
        return again(&whole(&"There is nothing to write."));
    }
    let after = writing.over(&existing.loaded.text);
    let after = after.map_err(|why| whole(&why));
    let after = after.and_then(|text| existing.with(text).map_err(|why| whole(&why)));
    let moved: Vec<_> = writing.moves.into_iter().map(|(id, _)| id).collect();
    match after {
        Ok(after) => {
            let changed = Changed {
                after,
                judged: &moved,
                said: "Took the list over.".to_owned(),
                home: "/books/import".to_owned(),
                secrets: Secrets::default(),
            };
            match take_over(visit, &existing, changed)? {
                Ok(()) => Ok(visit.see_other("/books/import?said=taken")),
                Err(wrong) => again(&wrong),
            }
        }
        Err(wrong) => again(&wrong),
    }
}

/// Reads the list of a form, and holds it against the configuration.
fn read(form: &ListForm, loaded: &Loaded) -> Result<(Built, Preview), Wrong> {
    let defaults = form.defaults(loaded)?;
    let at_list = |why: String| vec![("list", why)];
    let bytes = URL_SAFE_NO_PAD.decode(&form.list);
    let bytes = bytes.map_err(|_| at_list("choose the file once more".to_owned()))?;
    if bytes.is_empty() {
        return Err(at_list("choose a file".to_owned()));
    }
    let how = How {
        columns: Vec::new(),
        encoding: None,
        markets: Market::of_stores(&defaults.stores),
    };
    let list = import::read(&bytes, &how).map_err(|error| at_list(error.to_string()))?;
    let known = loaded.plan.editions.iter();
    let known: Vec<Edition> = known.map(|one| one.edition.clone()).collect();
    let built = import::build(&list, &known, &defaults);
    let report = Report::of(&list, &built, false);
    let mark = digest(format!("{report:?}").as_bytes());
    let moved = Writing::of(&built, true).moves.len();
    let preview = Preview {
        report,
        moved,
        mark,
    };
    Ok((built, preview))
}

fn shown(
    visit: &Visit,
    form: (&ListForm, &Wrong),
    preview: Option<&Preview>,
    said: Option<&str>,
) -> Answered {
    let (_, pulse) = visit.site.survey(visit.now)?;
    let is_right = form.1.is_empty();
    let html = list_form::page(&visit.site.place(visit.now), form, preview, said, &pulse)?;
    let status = if is_right {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, page(html)).into_response())
}
