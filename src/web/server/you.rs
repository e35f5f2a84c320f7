//! Who the author is and how letters go out, changed on the page: in the file of the configuration, whose
//! comments and order stay. A password is written, and never shown.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use axum::Form;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use toml_edit::Value;

use super::answer::{Answered, PageError, Visit, page};
use super::change::{Saving, existing, own_file, save};
use crate::config::edit::{self, Change};
use crate::config::plan::Plan;
use crate::setup::answers::PASSWORD_FILE;
use crate::setup::place::Existing;
use crate::web::book_form::Wrong;
use crate::web::first_form::{self, Answers, FirstForm};
use crate::web::new_book::whole;

/// The form, filled with what holds.
pub(super) fn form(visit: &Visit, (): ()) -> Answered {
    let existing = existing(visit)?;
    let form = FirstForm::of(&existing.loaded.plan);
    shown(visit, &form, &Wrong::new())
}

/// Changes it.
pub(super) fn change(visit: &Visit, Form(mut form): Form<FirstForm>) -> Answered {
    let existing = existing(visit)?;
    let plan = &existing.loaded.plan;
    let before = FirstForm::of(plan);
    if form.book.was != before.book.was {
        form.book.was = before.book.was;
        let why = "It was changed elsewhere since you opened this form. What you typed is still here; \
                   compare it with the settings, and save again.";
        return shown(visit, &form, &whole(&why));
    }
    let answers = match answers(&form, plan) {
        Ok(answers) => answers,
        Err(wrong) => return shown(visit, &form, &wrong),
    };
    match written(visit, &existing, (&form, &answers))? {
        Ok(()) => Ok(visit.see_other("/settings")),
        Err(wrong) => shown(visit, &form, &wrong),
    }
}

/// Writes the password, where one was typed, and the configuration: both or none.
fn written(
    visit: &Visit,
    existing: &Existing,
    (form, answers): (&FirstForm, &Answers),
) -> Result<Result<(), Wrong>, PageError> {
    let plan = &existing.loaded.plan;
    let is_typed = !form.password.reveal().is_empty() && answers.username.is_some();
    let before = plan.mail.as_ref().and_then(|mail| mail.password.as_ref());
    let saving = Saving {
        said: "Saved: you and your mail server. The service goes by it within seconds.".to_owned(),
        home: "/settings/you",
        judged: &[],
        secret: is_typed.then_some((PASSWORD_FILE, &form.password)),
        former: own_file(plan, before, (&existing.loaded.path, PASSWORD_FILE)),
        is_gone: false,
    };
    let text = |secret: Option<&Path>| {
        let text = edit::with_settings(&existing.loaded.text, &changes(answers, secret));
        text.map_err(|why| whole(&why))
    };
    save(visit, existing, saving, text, |why| whole(why))
}

/// What the form comes to. A password that holds is kept for the server that it is for, and no other.
fn answers(form: &FirstForm, plan: &Plan) -> Result<Answers, Wrong> {
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let answers = form.answers(nowhere, true)?;
    let before = plan.mail.as_ref().filter(|mail| mail.password.is_some());
    let mut servers = answers.fresh.mail.as_ref().zip(before).into_iter();
    let holds = servers.any(|(new, old)| new.host == old.host);
    if answers.username.is_none() || holds || !form.password.reveal().is_empty() {
        return Ok(answers);
    }
    // Another server, and no password for it: it is asked for where one is needed.
    form.answers(nowhere, false)
}

/// What the answers change in the file.
fn changes(answers: &Answers, secret: Option<&Path>) -> Vec<Change> {
    let fresh = &answers.fresh;
    let text = |table, key, text: &str| Change::setting(table, key, Some(Value::from(text)));
    let mut changes = vec![
        text("author", "name", &fresh.name),
        text("author", "email", &fresh.email),
        text("author", "timezone", &fresh.timezone),
    ];
    let Some(mail) = &fresh.mail else {
        changes.push(Change::unset("mail").only_where_written());
        return changes;
    };
    changes.extend([
        text("mail", "host", &mail.host),
        Change::setting("mail", "port", Some(Value::from(i64::from(mail.port)))),
        text("mail", "encryption", &mail.encryption),
    ]);
    let gone = |key| Change::setting("mail", key, None);
    match (&answers.username, secret) {
        (Some(name), None) => changes.push(text("mail", "username", name)),
        (Some(name), Some(file)) => {
            let file = file.file_name().unwrap_or_default().to_string_lossy();
            changes.extend([
                text("mail", "username", name),
                text("mail", "password_file", &file),
                gone("password_env"),
                gone("password_command"),
            ]);
        }
        (None, _) => {
            let keys = [
                "username",
                "password_file",
                "password_env",
                "password_command",
            ];
            changes.extend(keys.map(gone));
        }
    }
    changes
}

fn shown(visit: &Visit, form: &FirstForm, wrong: &Wrong) -> Answered {
    let (_, pulse) = visit.site.survey(visit.now)?;
    let html = first_form::you_page(&visit.site.place(visit.now), form, wrong, &pulse)?;
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, page(html)).into_response())
}
