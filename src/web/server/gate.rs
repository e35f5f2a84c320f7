//! Who is let in, whatever is asked: host, origin and session, before any of a request's body is
//! read. And the headers that every answer has.

use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::Peer;
use super::answer::{Visit, refusal};
use super::observations::companion;
use super::refused::Asking;
use super::site::{Live, Site};
use crate::lock::locked;
use crate::web::security::{Origin, PAGE_POLICY, is_our_host, is_same_origin};

/// What is asked by companions only.
const COMPANIONS: [&str; 2] = ["/api/v1/watched", "/api/v1/observations"];

pub(super) const ELSEWHERE: &str =
    "This form comes from another site, or from a browser that does not say where it comes from.";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request in, or answers it here.
pub(super) async fn gate(
    State(live): State<Arc<Live>>,
    mut request: Request,
    next: Next,
) -> Response {
    let base = live.at(request.uri().path()).base.clone();
    let asking = Asking::of(&request, &base, "To the overview");
    let response = match admit(live, &mut request).await {
        Ok(visit) => {
            request.extensions_mut().insert(Arc::new(visit));
            next.run(request).await
        }
        Err(turned_away) => *turned_away,
    };
    let mut response = asking.shown(response);
    guard(&mut response);
    response
}

/// Gives an answer the headers that all have.
pub(super) fn guard(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        let entry = headers.entry(name);
        entry.or_insert(HeaderValue::from_static(value));
    }
}

/// Whom the site answers.
///
/// 1. The host must be ours, whatever is asked.
/// 2. The style sheet, the icon, the health and what lies below a client's link are for everybody,
///    who may look and nothing else. So are the answers in letters, each of which is signed.
/// 3. An action must come from a page of this site, and say so: a browser names the `Origin` of
///    every form, and a session's cookie is `SameSite`.
/// 4. What companions ask and hand over is for those that were paired, and named by their token: a
///    browser sends none by itself.
/// 5. Where there is a password, everything but its page is for those who have it.
///
/// The path goes on without that of the site.
async fn admit(live: Arc<Live>, request: &mut Request) -> Result<Visit, Box<Response>> {
    let site = live.at(request.uri().path());
    let refused = |status, why: &str| Err(Box::new(refusal(status, why).into_response()));
    let headers = request.headers();
    let Some(host) = host_of(request) else {
        return refused(StatusCode::BAD_REQUEST, "A request needs a host.");
    };
    if !is_our_host(&host, site.public_name()) {
        return refused(
            StatusCode::MISDIRECTED_REQUEST,
            "This is not the name of this site. Behind a proxy, set `address` in [web].",
        );
    }
    let Some(path) = request.uri().path().strip_prefix(site.base.as_str()) else {
        return refused(StatusCode::NOT_FOUND, "There is no such page.");
    };
    let path = path.to_owned();
    if path.is_empty() {
        return Err(Box::new(see_other(&format!("{}/", site.base))));
    }
    let is_look = is_look(request);
    let is_shared = path.starts_with("/share/");
    let is_open = is_open(&path);
    if !is_look && is_shared {
        let why = "Who has this link may look, and change nothing.";
        return refused(StatusCode::METHOD_NOT_ALLOWED, why);
    }
    let is_companions = COMPANIONS.contains(&path.as_str());
    let is_form = request.method() == Method::POST && !is_companions;
    if is_form && !is_ours(site.public_name(), headers, &host) {
        return refused(StatusCode::FORBIDDEN, ELSEWHERE);
    }
    let now = site.clock.now();
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let origin = Origin::new(peer.map(|ConnectInfo(Peer(address))| *address));
    let session = if is_open || path == "/login" {
        String::new()
    } else if is_companions {
        paired(&site, headers).await?;
        String::new()
    } else if let Some(session) = session(&site, headers, is_look, (origin, now)).await {
        session
    } else {
        return Err(Box::new(to_the_door(&site, &path, headers)));
    };
    // A link on another site must not end a session.
    if path == "/logout" && text(headers, &FETCH_SITE).as_deref() == Some("cross-site") {
        return refused(StatusCode::FORBIDDEN, "This comes from another site.");
    }
    if let Ok(inner) = below(request.uri(), &path) {
        *request.uri_mut() = inner;
    }
    Ok(Visit {
        site,
        live,
        now,
        origin,
        host,
        session,
    })
}

/// What is there for everybody. The link of an answer is the key to that one answer, which is all that
/// it opens.
fn is_open(path: &str) -> bool {
    let below = ["/share/", "/answer/", "/static/"];
    path == "/healthz" || below.iter().any(|below| path.starts_with(below))
}

/// The name under which the site is asked.
pub(super) fn host_of(request: &Request) -> Option<String> {
    let named = text(request.headers(), &header::HOST);
    named.or_else(|| request.uri().authority().map(ToString::to_string))
}

/// Lets a companion in that was paired, and nobody else.
async fn paired(site: &Arc<Site>, headers: &HeaderMap) -> Result<(), Box<Response>> {
    let (site, headers) = (Arc::clone(site), headers.clone());
    let known = spawn_blocking(move || companion(&site, &headers).map(drop)).await;
    let why = "Something broke. The log says what.";
    let known = known.unwrap_or_else(|_| Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, why)));
    known.map_err(|refused| Box::new(refused.into_response()))
}

/// The address without the path of the site.
fn below(uri: &Uri, path: &str) -> Result<Uri, axum::http::Error> {
    let query = uri
        .query()
        .map_or(String::new(), |query| format!("?{query}"));
    Uri::builder()
        .path_and_query(path.to_owned() + &query)
        .build()
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

fn see_other(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// Whether a request changes nothing.
pub(super) fn is_look(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

/// Whether an action says that it comes from a page of ours. What says nothing is no browser's form.
pub(super) fn is_ours(public: Option<&str>, headers: &HeaderMap, host: &str) -> bool {
    let (origin, from) = (text(headers, &header::ORIGIN), text(headers, &FETCH_SITE));
    (origin.is_some() || from.is_some())
        && is_same_origin(origin.as_deref(), from.as_deref(), host, public)
}

/// The session that a request belongs to: the cookie's, or one for the duration of this request
/// when it brings the password itself, or the common one where there is no password.
async fn session(
    site: &Arc<Site>,
    headers: &HeaderMap,
    is_look: bool,
    (origin, now): (Origin, Timestamp),
) -> Option<String> {
    if site.plan.web.password_hash.is_none() {
        return Some(String::new());
    }
    if let Some(id) = cookie(headers, "pubwatch")
        && locked(&site.guard.sessions).is_open(&id, now)
    {
        return Some(id);
    }
    // A program that looks may bring the password with it; an action needs a session.
    let password = basic_password(headers).filter(|_| is_look)?;
    let site = Arc::clone(site);
    let is_right = spawn_blocking(move || {
        let hash = site.plan.web.password_hash.as_ref()?;
        site.guard
            .is_password(&password, hash.reveal(), (origin, now))
    });
    (is_right.await.ok().flatten() == Some(true)).then(String::new)
}

/// The value of a cookie.
pub(super) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let cookies = text(headers, &header::COOKIE)?;
    let mut all = cookies
        .split(';')
        .filter_map(|one| one.trim().split_once('='));
    let (_, id) = all.find(|(name, _)| *name == wanted)?;
    Some(id.to_owned())
}

/// The password of `Authorization: Basic`, whatever the user name.
fn basic_password(headers: &HeaderMap) -> Option<String> {
    let header = text(headers, &header::AUTHORIZATION)?;
    let encoded = header.strip_prefix("Basic ")?.trim();
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded);
    let text = String::from_utf8(bytes.ok()?).ok()?;
    text.split_once(':')
        .map(|(_, password)| password.to_owned())
}

/// What is said to whom has no session. A program must be told that a password is needed, and cannot
/// use a page to log in. Files that both may ask for are a program's, unless a browser says that it
/// is one.
fn to_the_door(site: &Site, path: &str, headers: &HeaderMap) -> Response {
    let is_browser = headers.contains_key(FETCH_SITE);
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let is_for_programs = match parts[..] {
        ["api", ..] | ["metrics"] => true,
        ["feed.atom" | "calendar.ics"] => !is_browser,
        ["editions", _, file] => !is_browser && file.contains('.'),
        _ => false,
    };
    if !is_for_programs {
        return see_other(&format!("{}/login", site.base));
    }
    let refused = refusal(StatusCode::UNAUTHORIZED, "A password is needed.");
    let key = (header::WWW_AUTHENTICATE, "Basic realm=\"Pubwatch\"");
    ([key], refused).into_response()
}
