//! What is answered where.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Extension, Router, middleware};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::answer::{Answered, Visit, not_found, refusal};
use super::gate::gate;
use super::site::Live;
use super::topics::TOPICS;
use super::{
    actions, answers, books, change, chosen, evidence, exports, list, login, looks, observations,
    pages, pauses, shared, topics, trials, you,
};
use crate::web::frame::{style_name, style_sheet};
use crate::web::security::FILE_POLICY;

/// The most bytes of a form.
pub(super) const LARGEST_BODY: usize = 64 * 1024;

/// The most bytes of a form with a saved page: what the fetcher takes of a page, and some room.
const LARGEST_PAGE: usize = (8 << 20) + LARGEST_BODY;

/// The most bytes that a companion hands over: the parts of a page are far below it.
const LARGEST_HANDED: usize = 1 << 20;

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;

/// The fields of the forms; one that a form does not have is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filled {
    pub(super) answer: String,
    pub(super) but_act: String,
    pub(super) cause: String,
    pub(super) client: String,
    pub(super) kind: String,
    pub(super) number: String,
    pub(super) password: String,
    pub(super) state: String,
    pub(super) store: String,
    pub(super) stores: String,
    pub(super) text: String,
    pub(super) ticket: String,
    pub(super) to: String,
    pub(super) until: String,
    pub(super) way: String,
    pub(super) words: String,
}

/// The fields of an address; one that is not there is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wished {
    pub(super) about: String,
    pub(super) page: String,
    pub(super) price: String,
    pub(super) q: String,
    pub(super) range: String,
    pub(super) said: String,
    pub(super) state: String,
    pub(super) to: String,
}

/// A form with a file: its parts by their names; of one name the last counts.
#[derive(Debug, Default)]
pub(super) struct Parts(BTreeMap<String, Bytes>);

impl FromRequest<()> for Parts {
    type Rejection = Response;

    async fn from_request(request: Request, state: &()) -> Result<Self, Response> {
        let parts = Multipart::from_request(request, state).await;
        let parts = parts.map_err(IntoResponse::into_response)?;
        let parts = Self::gathered(parts).await;
        parts.map_err(IntoResponse::into_response)
    }
}

impl Parts {
    async fn gathered(mut parts: Multipart) -> Result<Self, MultipartError> {
        let mut all = Self::default();
        while let Some(part) = parts.next_field().await? {
            if let Some(name) = part.name().map(str::to_owned) {
                all.0.insert(name, part.bytes().await?);
            }
        }
        Ok(all)
    }

    /// The bytes of a part; none where it is missing.
    pub(super) fn bytes(&self, name: &str) -> &[u8] {
        self.0.get(name).map_or(&[], |bytes| bytes)
    }

    /// The same as text.
    pub(super) fn text(&self, name: &str) -> String {
        String::from_utf8_lossy(self.bytes(name)).into_owned()
    }
}

/// Every address of the site.
pub fn router(live: Arc<Live>) -> Router {
    let site = Router::new()
        .route("/", at(GET, pages::overview))
        .route("/chosen", at(POST, chosen::act))
        .route("/day", at(GET, pages::day))
        .route("/alerts", at(GET, pages::all_alerts))
        .route("/letters", at(GET, pages::letters))
        .route("/letters/{id}", at(GET, pages::letter))
        .route("/letters/{id}/body", at(GET, pages::letter_body))
        .route("/letters/{id}/retry", at(POST, actions::retry))
        .route("/letters/{id}/drop", at(POST, actions::drop_letter))
        .route("/stores", at(GET, pages::stores))
        .route("/windows", at(GET, pages::windows))
        .merge(of_settings())
        .route("/undo", at(POST, change::undo))
        .merge(of_books())
        .route("/login", at(GET, login::door).merge(at(POST, login::login)))
        .route("/logout", at(GET, login::logout))
        .route("/share/{secret}", at(GET, shared::to_overview))
        .route("/share/{secret}/", at(GET, shared::overview))
        .route("/share/{secret}/editions/{isbn}", at(GET, shared::edition))
        .route("/share/{secret}/static/{name}", at(GET, shared::fixed))
        .route(
            "/answer/{edition}/{answer}/{written}/{tag}",
            at(GET, answers::asked).merge(at(POST, answers::told)),
        )
        .route("/static/{name}", at(GET, fixed))
        .route("/healthz", at(GET, exports::health))
        .route("/metrics", at(GET, exports::metrics))
        .route("/feed.atom", at(GET, exports::feed))
        .route("/calendar.ics", at(GET, exports::calendar))
        .route("/api/v1/openapi.json", at(GET, exports::openapi))
        .merge(for_companions())
        .route("/api/v1/alerts", at(GET, exports::alerts))
        .route("/api/v1/editions", at(GET, exports::editions))
        .route("/api/v1/editions/{isbn}", at(GET, exports::one_edition))
        .route(
            "/api/v1/editions/{isbn}/observations",
            at(GET, exports::observations),
        )
        .fallback(async || not_found("There is no such page."))
        .method_not_allowed_fallback(async || {
            let why =
                "This cannot be done here: pages are asked for with GET, forms sent with POST.";
            refusal(StatusCode::METHOD_NOT_ALLOWED, why)
        })
        .layer(DefaultBodyLimit::max(LARGEST_BODY));
    // The gate stands before the routes: it takes the path of the site off.
    Router::new()
        .fallback_service(site)
        .layer(middleware::from_fn_with_state(live, gate))
}

/// Settings: what stands on their page, and the pages that have sections.
fn of_settings() -> Router {
    let whole = Router::new()
        .route("/settings", at(GET, pages::settings))
        .route("/settings/pause", at(POST, pauses::pause_all))
        .route("/settings/resume", at(POST, pauses::resume_all))
        .route(
            "/settings/you",
            at(GET, you::form).merge(at(POST, you::change)),
        )
        .route("/settings/test", at(POST, trials::test))
        .route("/settings/backup", at(POST, trials::backup))
        .route("/settings/share", at(POST, actions::share))
        .route("/settings/companion", at(POST, actions::pair))
        .route("/settings/companion.zip", at(GET, exports::companion))
        .route("/settings/withdraw", at(POST, actions::withdraw));
    TOPICS.into_iter().fold(whole, |router, topic| {
        let shown = at(GET, move |visit: &Visit, asked| {
            topics::form(visit, topic, asked)
        });
        let saved = at(POST, move |visit: &Visit, asked| {
            topics::change(visit, topic, asked)
        });
        router.route(topic.path, shown.merge(saved))
    })
}

/// What is about one book.
fn of_books() -> Router {
    let room = DefaultBodyLimit::max(LARGEST_PAGE);
    let for_list = DefaultBodyLimit::max(list::LARGEST_LIST + LARGEST_BODY);
    // Written with letters it is a third longer.
    let for_letters = DefaultBodyLimit::max(list::LARGEST_LIST / 3 * 4 + LARGEST_BODY);
    Router::new()
        .route(
            "/books/new",
            at(GET, books::new).merge(at(POST, books::add)),
        )
        .route(
            "/books/import",
            at(GET, list::new).merge(at(POST, list::preview).layer(for_list)),
        )
        .route(
            "/books/import/take",
            at(POST, list::take).layer(for_letters),
        )
        .route("/editions/{isbn}", at(GET, pages::edition))
        .route(
            "/editions/{isbn}/edit",
            at(GET, books::edit).merge(at(POST, books::change)),
        )
        .route("/editions/{isbn}/stop", at(POST, books::stop))
        .route("/editions/{isbn}/{file}", at(GET, exports::edition))
        .route(
            "/editions/{isbn}/evidence/{store}/{at}",
            at(GET, evidence::page),
        )
        .route(
            "/editions/{isbn}/evidence/{store}/{at}/picture.png",
            at(GET, evidence::picture),
        )
        .route("/editions/{isbn}/note", at(POST, actions::note))
        .route("/editions/{isbn}/answer", at(POST, actions::answer))
        .route("/editions/{isbn}/mute", at(POST, actions::mute))
        .route("/editions/{isbn}/pause", at(POST, pauses::pause_one))
        .route("/editions/{isbn}/resume", at(POST, pauses::resume_one))
        .route("/editions/{isbn}/take-back", at(POST, actions::take_back))
        .route("/editions/{isbn}/look", at(POST, looks::told))
        .route("/editions/{isbn}/untell", at(POST, looks::take_back))
        .route("/editions/{isbn}/page", at(POST, looks::saved).layer(room))
        .route("/editions/{isbn}/check", at(POST, looks::check))
}

/// What companions ask and hand over.
fn for_companions() -> Router {
    let room = DefaultBodyLimit::max(LARGEST_HANDED);
    Router::new()
        .route("/api/v1/watched", at(GET, observations::watched))
        .route(
            "/api/v1/observations",
            at(POST, observations::observe).layer(room),
        )
}

/// Answers such requests with what `work` makes of them, on a thread that may wait for the database.
fn at<T, M, R, F>(method: MethodFilter, work: F) -> MethodRouter
where
    T: FromRequest<(), M> + Send + 'static,
    M: 'static,
    R: IntoResponse,
    F: Fn(&Visit, T) -> R + Clone + Send + Sync + 'static,
{
    let handler = move |Extension(visit): Extension<Arc<Visit>>, request: Request| {
        let work = work.clone();
        async move {
            let path = request.uri().path();
            // A client's link is a secret, and so is that of an answer.
            let mut secrets = ["/share/", "/answer/"].into_iter();
            let secret = secrets.find(|secret| path.starts_with(secret));
            let path = secret.unwrap_or(path).to_owned();
            let asked = match T::from_request(request, &()).await {
                Ok(asked) => asked,
                Err(rejection) => return unreadable(&rejection.into_response()),
            };
            let answered = spawn_blocking(move || {
                let _page = tracing::error_span!("page", path).entered();
                work(&visit, asked).into_response()
            });
            answered.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a page broke down");
                let why = "Something broke. The log says what.";
                refusal(StatusCode::INTERNAL_SERVER_ERROR, why).into_response()
            })
        }
    };
    on(method, handler)
}

fn unreadable(rejection: &Response) -> Response {
    let status = rejection.status();
    let why = if status == StatusCode::PAYLOAD_TOO_LARGE {
        "The request is too large."
    } else {
        "The request cannot be read: it is not one of this site's forms and addresses."
    };
    refusal(status, why).into_response()
}

fn fixed(_: &Visit, Path(name): Path<String>) -> Answered {
    fixed_file(&name)
}

/// What is the same for everybody.
pub(super) fn fixed_file(name: &str) -> Answered {
    let (kind, policy, age, body) = if name == "icon.svg" {
        let icon = include_str!("../static/icon.svg");
        (
            "image/svg+xml",
            FILE_POLICY,
            "public, max-age=86400",
            icon.to_owned(),
        )
    } else if name == style_name() {
        let forever = "public, max-age=31536000, immutable";
        (
            "text/css; charset=utf-8",
            FILE_POLICY,
            forever,
            style_sheet(),
        )
    } else {
        return Err(not_found("There is no such page."));
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, age),
    ];
    Ok((headers, body).into_response())
}
