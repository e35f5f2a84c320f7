//! The door: in with the password, and out again.

use askama::Template;
use axum::Form;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use super::answer::{Answered, Visit, refusal};
use super::router::Filled;
use super::site::{Site, random};
use crate::lock::locked;
use crate::text::words;
use crate::web::security::SESSION;

#[derive(Template)]
#[template(path = "web/templates/login.html")]
struct Login<'a> {
    base: &'a str,
    said: Option<&'a str>,
}

fn form(site: &Site, said: Option<&str>) -> askama::Result<Html<String>> {
    let page = Login {
        base: &site.base,
        said,
    };
    page.render().map(Html)
}

/// The page to log in.
pub(super) fn door(visit: &Visit, (): ()) -> Answered {
    if visit.site.plan.web.password_hash.is_none() {
        return Ok(visit.see_other("/"));
    }
    Ok(form(&visit.site, None)?.into_response())
}

/// Opens a session for who knows the password.
pub(super) fn login(visit: &Visit, Form(filled): Form<Filled>) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let Some(hash) = &site.plan.web.password_hash else {
        return Ok(visit.see_other("/"));
    };
    let from = (visit.origin, now);
    match site
        .guard
        .is_password(&filled.password, hash.reveal(), from)
    {
        Some(true) => {}
        Some(false) => {
            let page = form(site, Some("This is not the password."))?;
            return Ok((StatusCode::FORBIDDEN, page).into_response());
        }
        None => return too_many(visit),
    }
    let random = random().map_err(|error| {
        refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            words::capital(&error.to_string()),
        )
    })?;
    let id = locked(&site.guard.sessions).open(&random, now);
    Ok(with_cookie(visit, &id, SESSION.as_secs(), "/"))
}

fn too_many(visit: &Visit) -> Answered {
    let wait = locked(&visit.site.guard.throttle).wait(visit.origin, visit.now);
    let wait = wait.unwrap_or_default();
    let said = format!(
        "There were too many wrong passwords. Try again in {}.",
        words::lasting(wait + jiff::SignedDuration::from_secs(59))
    );
    let again = [(header::RETRY_AFTER, wait.as_secs().max(1).to_string())];
    let page = form(&visit.site, Some(&said))?;
    Ok((StatusCode::TOO_MANY_REQUESTS, again, page).into_response())
}

/// Ends the session.
pub(super) fn logout(visit: &Visit, (): ()) -> Response {
    locked(&visit.site.guard.sessions).end(&visit.session);
    with_cookie(visit, "", 0, "/login")
}

fn with_cookie(visit: &Visit, id: &str, seconds: i64, to: &str) -> Response {
    let site = &visit.site;
    let address = site.plan.web.address.as_ref();
    let is_https = address.is_some_and(|address| address.scheme() == "https");
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!(
        "pubwatch={id}; Path={}/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
        site.base
    );
    ([(header::SET_COOKIE, cookie)], visit.see_other(to)).into_response()
}
