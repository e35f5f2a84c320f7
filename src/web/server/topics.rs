//! The pages of settings that have sections: shown, filled with what holds, and saved. A file that was
//! changed meanwhile is never overwritten, and everything wrong stands at its field.

use std::path::Path;

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;

use super::answer::{Answered, PageError, Visit, not_found, page, refusal};
use super::change::{Saving, existing, own_file, save};
use super::router::Wished;
use super::site::random;
use crate::config::Plan;
use crate::config::plan::{Secret, SecretSource};
use crate::setup::place::Existing;
use crate::text::words;
use crate::web::book_form::Wrong;
use crate::web::new_book::{at, whole};
use crate::web::sections::{self, Asked, Section, Topic, Typed};
use crate::web::security::hash_password;
use crate::web::settings_devices::{self, DEVICES};
use crate::web::settings_letters::{self, LETTERS};
use crate::web::settings_stores::STORES;

/// Every such page.
pub(super) const TOPICS: [&Topic; 3] = [&LETTERS, &STORES, &DEVICES];

/// The page, filled with what holds.
pub(super) fn form(visit: &Visit, topic: &Topic, Query(wished): Query<Wished>) -> Answered {
    let existing = existing(visit)?;
    let sections = (topic.sections)(&existing.loaded, &wished.about);
    shown(visit, (topic, &existing, &wished.about), sections, None)
}

/// Saves one section of it.
pub(super) fn change(visit: &Visit, topic: &Topic, Form(typed): Form<Typed>) -> Answered {
    let existing = existing(visit)?;
    let text = |name| typed.get(name).map_or("", String::as_str);
    let (about, is_removal) = (text("about"), text("wish") == "remove");
    let mut sections = (topic.sections)(&existing.loaded, about);
    let page = (topic, &existing, about);
    let Some(number) = sections.iter().position(|one| one.id == text("section")) else {
        let why = "What this was about is not there any more: it was changed elsewhere since you \
                   opened the page. Nothing was written.";
        return shown(visit, page, sections, Some(why));
    };
    let section = &sections[number];
    let saved = if section.was() == text("was") {
        saved(visit, page, (section, &typed, is_removal))?
    } else {
        let why = "It was changed elsewhere since you opened this page. What you typed is still here; \
                   compare it with how it stands now, and save again.";
        Err(whole(&why))
    };
    match saved {
        Ok(()) => {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("about", about)
                .finish();
            let query = if about.is_empty() {
                String::new()
            } else {
                format!("?{query}")
            };
            // Otherwise a browser goes on to the form, past what is said above.
            Ok(visit.see_other(&format!("{}{query}#content", topic.path)))
        }
        Err(wrong) => {
            sections[number].fill(&typed, &wrong);
            shown(visit, page, sections, None)
        }
    }
}

type Page<'a> = (&'a Topic, &'a Existing, &'a str);

fn saved(
    visit: &Visit,
    (topic, existing, _): Page<'_>,
    (section, typed, is_removal): (&Section, &Typed, bool),
) -> Result<Result<(), Wrong>, PageError> {
    let is_removal = is_removal && section.remove.is_some();
    let hash = if section.id == settings_devices::PAGE {
        match new_hash(visit, &existing.loaded.plan, typed)? {
            Ok(hash) => hash,
            Err(wrong) => return Ok(Err(wrong)),
        }
    } else {
        None
    };
    let typed_secret = typed
        .get("secret")
        .filter(|text| !text.is_empty() && !is_removal);
    let typed_secret = typed_secret.map(|text| Secret::new(text.clone()));
    let named = section.secret.as_ref();
    let file = named.and_then(|(name, held)| {
        let held = held.clone().map(SecretSource::File);
        let config: &Path = &existing.loaded.path;
        own_file(&existing.loaded.plan, held.as_ref(), (config, name))
    });
    let thing = typed
        .get(section.thing)
        .map_or(section.heading.as_str(), |text| text.trim());
    let what = if is_removal { "Taken out" } else { "Saved" };
    let saving = Saving {
        said: format!(
            "{what}: {}. The service goes by it within seconds.",
            words::one_line(thing)
        ),
        home: topic.path,
        judged: &section.judged,
        secret: named.map(|(name, _)| *name).zip(typed_secret.as_ref()),
        former: file,
        is_gone: is_removal,
    };
    let text = |secret: Option<&Path>| {
        (section.write)(&Asked {
            loaded: &existing.loaded,
            section,
            typed,
            is_removal,
            secret,
            hash: hash.as_deref(),
        })
    };
    save(visit, existing, saving, text, |why| {
        section.at_fields(why, typed)
    })
}

/// The hash of the new password of the page, where one was typed, and the one that holds with it.
fn new_hash(
    visit: &Visit,
    plan: &Plan,
    typed: &Typed,
) -> Result<Result<Option<String>, Wrong>, PageError> {
    let password = match settings_devices::new_password(typed) {
        Ok(Some(password)) => password,
        Ok(None) => return Ok(Ok(None)),
        Err(wrong) => return Ok(Err(wrong)),
    };
    if let Some(hash) = &plan.web.password_hash {
        let old = typed.get("old").map_or("", String::as_str);
        let from = (visit.origin, visit.now);
        match visit.site.guard.is_password(old, hash.reveal(), from) {
            Some(true) => {}
            Some(false) => return Ok(Err(at("old")("this is not the password".to_owned()))),
            None => {
                let why = "there were too many wrong passwords; try again in a quarter of an hour";
                return Ok(Err(at("old")(why.to_owned())));
            }
        }
    }
    let broken = |why: String| refusal(StatusCode::INTERNAL_SERVER_ERROR, words::capital(&why));
    let salt = random().map_err(|error| broken(error.to_string()))?;
    let hash = hash_password(password.reveal(), &salt);
    Ok(Ok(Some(hash.map_err(|error| broken(error.to_string()))?)))
}

fn shown(
    visit: &Visit,
    (topic, existing, about): Page<'_>,
    sections: Vec<Section>,
    wrong: Option<&str>,
) -> Answered {
    let (_, pulse) = visit.site.survey(visit.now)?;
    let others = if topic.path == LETTERS.path {
        settings_letters::subjects(&existing.loaded.plan)
    } else {
        Vec::new()
    };
    if !about.is_empty() && !others.iter().any(|(one, _)| one == about) {
        return Err(not_found("There is no such book or client."));
    }
    let is_wrong = |one: &Section| {
        !one.wrong.is_empty() || one.fields.iter().any(|field| field.wrong.is_some())
    };
    let status = if wrong.is_some() || sections.iter().any(is_wrong) {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let place = visit.site.place(visit.now);
    let html = sections::page(&place, (topic, about), (sections, others), wrong, &pulse)?;
    Ok((status, page(html)).into_response())
}
