//! What an answer is made of: a page, something to take along, a way on, or a refusal in one
//! sentence.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::refused::Why;
use super::site::{Live, Site};
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::web::security::{FILE_POLICY, Origin};

/// What an action or a page comes to.
pub(super) type Answered = Result<Response, PageError>;

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// It is not for this request.
    #[error("{1}")]
    Refused(StatusCode, String),
    /// The database says no.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The template says no.
    #[error(transparent)]
    Template(#[from] askama::Error),
}

/// A refusal in one sentence.
pub(super) fn refusal(status: StatusCode, why: impl Into<String>) -> PageError {
    PageError::Refused(status, why.into())
}

pub(super) fn bad_request(why: &str) -> PageError {
    refusal(StatusCode::BAD_REQUEST, why)
}

pub(super) fn not_found(why: &str) -> PageError {
    refusal(StatusCode::NOT_FOUND, why)
}

pub(super) fn conflict(why: &str) -> PageError {
    refusal(StatusCode::CONFLICT, why)
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(status, why) => said(status, why),
            Self::Database(_) | Self::Template(_) => {
                tracing::error!(error = %self, "a page cannot be made");
                let why = "The page cannot be made just now. The log says why.";
                said(StatusCode::INTERNAL_SERVER_ERROR, why.to_owned())
            }
        }
    }
}

/// The sentence alone; the gate makes a page of it for a person.
fn said(status: StatusCode, why: String) -> Response {
    let mut response = (status, format!("{why}\n")).into_response();
    response.extensions_mut().insert(Why(why));
    response
}

/// A request that was let in.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) site: Arc<Site>,
    /// Where another site can be put in its place.
    pub(super) live: Arc<Live>,
    pub(super) now: Timestamp,
    /// Whose wrong passwords are counted with its own.
    pub(super) origin: Origin,
    /// The name under which we were asked.
    pub(super) host: String,
    /// Its session: that of its cookie, or empty.
    pub(super) session: String,
}

impl Visit {
    pub(super) fn edition(&self, isbn: &str) -> Result<&EditionPlan, PageError> {
        self.site
            .edition(isbn)
            .ok_or_else(|| not_found("No such edition is watched."))
    }

    /// Go there, below the site's own path.
    pub(super) fn see_other(&self, path: &str) -> Response {
        Redirect::to(&format!("{}{path}", self.site.base)).into_response()
    }
}

pub(super) fn page(html: String) -> Response {
    Html(html).into_response()
}

/// Something to take along; `name` is the file's when it is to be saved.
pub(super) fn file(kind: &'static str, body: impl IntoResponse, name: Option<&str>) -> Response {
    let mut response = (
        [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_SECURITY_POLICY, FILE_POLICY),
        ],
        body,
    )
        .into_response();
    let name = name.map(|name| format!("attachment; filename=\"{name}\""));
    if let Some(Ok(name)) = name.map(HeaderValue::try_from) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
