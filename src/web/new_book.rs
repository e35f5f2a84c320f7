//! A new edition out of what was typed into the form of a book: the same on the page and at the first
//! start. Pure.

use super::book_form::{BookForm, Wrong};
use crate::book::{EditionId, Format, StoreId};
use crate::config::edit::Entry;
use crate::config::plan::StorePlan;
use crate::config::{Loaded, Plan};
use crate::setup::new_edition::{self, Decided};
use crate::setup::{stores, which_book};

/// What is wrong with the whole of it.
pub(super) fn whole(why: &dyn std::fmt::Display) -> Wrong {
    vec![("", why.to_string())]
}

/// What is wrong at a field.
pub(super) fn at(field: &'static str) -> impl Fn(String) -> Wrong {
    move |why| vec![(field, why)]
}

/// The number of an edition, where it was told, and pages of it.
pub(super) type Pasted = (Option<EditionId>, Vec<(StoreId, String)>);

/// The pages and the number that were pasted, one after the other.
pub(super) fn named(text: &str, own: &[StorePlan]) -> Result<Pasted, Wrong> {
    let (mut id, mut pages) = (None, Vec::new());
    // "978 1 944098 11 7" is one number.
    let is_one = !text.contains('/');
    let words: Vec<&str> = if is_one {
        vec![text.trim()]
    } else {
        text.split_whitespace().collect()
    };
    for words in words.into_iter().filter(|words| !words.is_empty()) {
        let named = which_book::read(words, own).map_err(at("book"))?;
        // An ISBN outranks the ASIN of a page.
        let better = |other: &EditionId| {
            id.as_ref()
                .is_none_or(|id: &EditionId| id.isbn().is_none() && other.isbn().is_some())
        };
        if named.id.as_ref().is_some_and(better) {
            id = named.id;
        }
        pages.extend(named.page);
    }
    Ok((id, pages))
}

/// The stores that were written.
pub(super) fn watched_at(text: &str, own: &[StorePlan]) -> Result<Vec<StoreId>, Wrong> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    stores::named(&[text.to_owned()], own).map_err(at("stores"))
}

/// Which edition it is, of those that are not watched yet, and its pages that were given.
fn which(
    plan: &Plan,
    form: &BookForm,
    own: &[StorePlan],
) -> Result<(EditionId, Vec<(StoreId, String)>), Wrong> {
    let (id, pages) = named(&form.book, own)?;
    let id = id.ok_or_else(|| {
        at("book")(
            "which book is it? Give its ISBN, its ASIN, or an address that holds one".to_owned(),
        )
    })?;
    match plan.editions.iter().find(|one| one.edition.id == id) {
        Some(known) => Err(at("book")(format!(
            "{id} is watched already, as {} ({})",
            known.edition.title,
            known.edition.format.name()
        ))),
        None => Ok((id, pages)),
    }
}

/// What is to be written of a new edition.
///
/// # Errors
///
/// All that is wrong, each at its field.
pub(super) fn entry(loaded: &Loaded, form: &BookForm) -> Result<Entry, Wrong> {
    let plan = &loaded.plan;
    let own = stores::own(loaded);
    let mut wrong = Wrong::new();
    let details = form.details().map_err(|more| wrong.extend(more));
    let which = which(plan, form, &own).map_err(|more| wrong.extend(more));
    let stores = watched_at(&form.stores, &own).map_err(|more| wrong.extend(more));
    for (field, value) in [("title", &form.title), ("date", &form.date)] {
        if value.trim().is_empty() {
            wrong.extend(at(field)("this is needed".to_owned()));
        }
    }
    let (Ok(details), Ok((id, pages)), Ok(mut stores)) = (details, which, stores) else {
        return Err(wrong);
    };
    let (Some(title), Some(publication_date)) = (details.title.clone(), details.date) else {
        return Err(wrong);
    };
    let format = details.format.unwrap_or(Format::usual(&id));
    if stores.is_empty() {
        stores = new_edition::usual_stores(&plan.author.zone, &id, format, &pages);
        let left_out = new_edition::leave_out_unknown_pages(&mut stores, &id, format, &pages);
        if stores.is_empty() {
            let (label, why) = left_out.into_iter().next().unwrap_or_default();
            return Err(at("book")(format!(
                "{label}: {why}; paste the address of its page"
            )));
        }
    }
    new_edition::with_those_of(&mut stores, &pages);
    let usual = new_edition::usual_distribution(&id, format, &pages);
    let decided = Decided {
        title,
        format,
        publication_date,
        distribution: details.distribution.unwrap_or(usual),
        distribution_enabled: details.enabled,
        amazon_switch: details.amazon_switch.unwrap_or(false),
        stores,
    };
    Ok(new_edition::entry(id, &pages, decided, &details))
}
