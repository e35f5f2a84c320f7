//! A refusal as a person sees it: in a page, with the way back. Programs get its sentence alone.

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::gate::is_look;

/// Why something is refused, beside the answer that says so.
#[derive(Debug, Clone)]
pub(super) struct Why(pub(super) String);

#[derive(Template)]
#[template(path = "web/templates/refused.html")]
struct RefusedPage<'a> {
    base: &'a str,
    headline: &'static str,
    why: &'a str,
    /// What the way back is called; whoever follows a link to one thing has none.
    back: Option<&'static str>,
}

/// Who asks, as far as a refusal needs to know.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    base: String,
    is_person: bool,
    is_look: bool,
    back: Option<&'static str>,
}

impl Asking {
    /// Of a site below this path, to whose first page the way back is called so. A browser that
    /// shows a page says that it takes one; programs, and browsers that fetch a picture, do not.
    pub(super) fn of(request: &Request, base: &str, home: &'static str) -> Self {
        let path = request.uri().path();
        let takes = request.headers().get(header::ACCEPT);
        let takes = takes.and_then(|takes| takes.to_str().ok());
        let below = |one: &str| path.starts_with(&format!("{base}{one}"));
        Self {
            base: base.to_owned(),
            is_person: takes.is_some_and(|takes| takes.contains("text/html")),
            is_look: is_look(request),
            back: (!below("/share/") && !below("/answer/")).then_some(home),
        }
    }

    /// The answer, where it is a refusal to a person as a page.
    pub(super) fn shown(&self, response: Response) -> Response {
        let why = response.extensions().get::<Why>().cloned();
        // By another name than ours a page would not even have its style sheet.
        let is_ours = response.status() != StatusCode::MISDIRECTED_REQUEST;
        let Some(Why(why)) = why.filter(|_| self.is_person && is_ours) else {
            return response;
        };
        let page = RefusedPage {
            base: &self.base,
            headline: headline(response.status(), self.is_look),
            why: &why,
            back: self.back,
        };
        let Ok(html) = page.render() else {
            return response;
        };
        let (mut parts, _) = response.into_parts();
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        parts.headers.insert(header::CONTENT_TYPE, kind);
        parts.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(html))
    }
}

fn headline(status: StatusCode, is_look: bool) -> &'static str {
    if status.is_server_error() {
        "This did not work"
    } else if status == StatusCode::NOT_FOUND {
        "Not found"
    } else if is_look {
        "Not shown"
    } else {
        "Nothing was changed"
    }
}
