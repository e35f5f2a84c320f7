//! What is answered to whom: host, login, origin and token first, then the page.

use std::net::IpAddr;

use jiff::Timestamp;

use super::site::{PageError, Site, locked, random};
use super::{LARGEST_BODY, LARGEST_PAGE, actions, exports, pages, shared};
use crate::text::words;
use crate::web::form;
use crate::web::frame::{style_name, style_sheet};
use crate::web::security::{
    FILE_POLICY, Origin, PAGE_POLICY, SESSION, is_our_host, is_same_origin,
};

/// What somebody asks.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The method, in capitals.
    pub method: String,
    /// The path, still encoded.
    pub path: String,
    /// The query, without the question mark.
    pub query: String,
    /// Who is at the other end of the connection; `None`: this machine.
    pub peer: Option<IpAddr>,
    /// The `Host`.
    pub host: Option<String>,
    /// The `Origin`.
    pub origin: Option<String>,
    /// The `Sec-Fetch-Site`.
    pub fetch_site: Option<String>,
    /// The `Cookie`.
    pub cookie: Option<String>,
    /// The `Authorization`.
    pub authorization: Option<String>,
    /// The `Content-Type` of the body.
    pub kind: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Asked {
    /// A field of the form, or empty.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        String::from_utf8_lossy(&self.bytes(name)).into_owned()
    }

    /// A field of the form as it was sent, or empty: a file is not always text.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        form::field(self.kind.as_deref(), &self.body, name).unwrap_or_default()
    }

    /// A value of the query, or empty.
    #[must_use]
    pub fn value(&self, name: &str) -> String {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }

    fn session_cookie(&self) -> Option<&str> {
        let cookies = self.cookie.as_deref()?;
        let mut all = cookies
            .split(';')
            .filter_map(|one| one.trim().split_once('='));
        all.find(|(name, _)| *name == "pubwatch")
            .map(|(_, value)| value)
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer of that kind, with the headers that every answer has.
    #[must_use]
    pub fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![
                ("content-type", kind.to_owned()),
                ("x-content-type-options", "nosniff".to_owned()),
                ("referrer-policy", "same-origin".to_owned()),
                ("cross-origin-opener-policy", "same-origin".to_owned()),
                ("cross-origin-resource-policy", "same-origin".to_owned()),
            ],
            body: body.into(),
        }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A page of the site: never stored, and under the strict policy.
    #[must_use]
    pub fn page(html: String) -> Self {
        Self::new(200, "text/html; charset=utf-8", html)
            .with("content-security-policy", PAGE_POLICY)
            .with("cache-control", "no-store")
    }

    /// Something to take along; `name` is the file's when it is to be saved.
    #[must_use]
    pub fn file(kind: &str, body: String, name: Option<&str>) -> Self {
        let answer = Self::new(200, kind, body)
            .with("content-security-policy", FILE_POLICY)
            .with("cache-control", "no-store");
        match name {
            Some(name) => answer.with(
                "content-disposition",
                format!("attachment; filename=\"{name}\""),
            ),
            None => answer,
        }
    }

    /// Go there, with `GET`.
    #[must_use]
    pub fn see_other(address: impl Into<String>) -> Self {
        Self::new(303, "text/plain; charset=utf-8", "")
            .with("location", address)
            .with("cache-control", "no-store")
    }
}

/// A refusal in one sentence.
#[must_use]
pub fn refusal(status: u16, why: &str) -> Answer {
    Answer::new(status, "text/plain; charset=utf-8", format!("{why}\n"))
        .with("content-security-policy", PAGE_POLICY)
        .with("cache-control", "no-store")
}

/// Answers.
///
/// 1. The host must be ours, whatever is asked.
/// 2. The style sheet, the icon and the health are for everybody.
/// 3. Where there is a password, everything else is for those who have it.
/// 4. An action must come from a page of this site, and bring its token.
#[must_use]
pub fn answer(site: &Site, asked: &Asked) -> Answer {
    let now = site.clock.now();
    let Some(host) = asked.host.as_deref() else {
        return refusal(400, "A request needs a host.");
    };
    if !is_our_host(host, site.public_name()) {
        return refusal(
            421,
            "This is not the name of this site. Behind a proxy, set `address` in [web].",
        );
    }
    let Some(path) = asked.path.strip_prefix(site.base.as_str()) else {
        return refusal(404, "There is no such page.");
    };
    if path.is_empty() {
        return Answer::see_other(format!("{}/", site.base));
    }
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let is_look = matches!(asked.method.as_str(), "GET" | "HEAD");
    if !is_look && asked.method != "POST" {
        return refusal(405, "Only GET and POST are answered.").with("allow", "GET, HEAD, POST");
    }
    if is_look && let Some(open) = open_to_all(site, &parts, now) {
        return open;
    }
    if let ["share", secret, rest @ ..] = parts.as_slice() {
        return below_link(site, (secret, rest), asked, is_look, now);
    }
    if !is_look
        && !is_same_origin(
            asked.origin.as_deref(),
            asked.fetch_site.as_deref(),
            host,
            site.public_name(),
        )
    {
        return refusal(403, "This form comes from another site.");
    }
    if parts == ["login"] {
        return login(site, asked, now);
    }
    let Some(session) = session(site, asked, now) else {
        return if is_for_programs(&parts, asked) {
            refusal(401, "A password is needed.")
                .with("www-authenticate", "Basic realm=\"Pubwatch\"")
        } else {
            Answer::see_other(format!("{}/login", site.base))
        };
    };
    let answered = if is_look {
        looked_up(site, asked, (&parts, &session), host, now)
    } else {
        acted(site, asked, (&parts, &session), now)
    };
    made(answered, &asked.path)
}

/// Whether a program asks, which must be told that a password is needed, and cannot use a page to
/// log in. Files that both may ask for are a program's, unless a browser says that it is one.
fn is_for_programs(parts: &[&str], asked: &Asked) -> bool {
    match parts {
        ["api", ..] | ["metrics"] => true,
        ["feed.atom" | "calendar.ics"] => asked.fetch_site.is_none(),
        ["editions", _, file] => asked.fetch_site.is_none() && file.contains('.'),
        _ => false,
    }
}

/// How many bytes the body of a request may have, before any of it is read: a saved page is large,
/// and only who may send one may send much.
#[must_use]
pub fn room(site: &Site, asked: &Asked) -> usize {
    let path = asked.path.strip_prefix(site.base.as_str());
    let parts: Vec<&str> = path.unwrap_or_default().split('/').collect();
    let is_ours = asked.host.as_deref().is_some_and(|host| {
        is_our_host(host, site.public_name())
            && is_same_origin(
                asked.origin.as_deref(),
                asked.fetch_site.as_deref(),
                host,
                site.public_name(),
            )
    });
    let is_page = asked.method == "POST" && matches!(parts[..], ["", "editions", _, "page"]);
    if is_page && is_ours && session(site, asked, site.clock.now()).is_some() {
        LARGEST_PAGE
    } else {
        LARGEST_BODY
    }
}

/// What a client sees who was given a link. The link is the key, so no password is asked for.
fn below_link(
    site: &Site,
    (secret, rest): (&str, &[&str]),
    asked: &Asked,
    is_look: bool,
    now: Timestamp,
) -> Answer {
    if !is_look {
        return refusal(405, "Who has this link may look, and change nothing.");
    }
    if let ["static", ..] = rest {
        return open_to_all(site, rest, now)
            .unwrap_or_else(|| refusal(404, "There is no such page."));
    }
    made(shared::page(site, (secret, rest), asked, now), "share")
}

fn made(made: Result<Answer, PageError>, what: &str) -> Answer {
    made.unwrap_or_else(|error| {
        tracing::error!(%error, page = what, "a page cannot be made");
        refusal(500, "The page cannot be made just now. The log says why.")
    })
}

fn open_to_all(site: &Site, parts: &[&str], now: Timestamp) -> Option<Answer> {
    match parts {
        ["static", "icon.svg"] => Some(
            Answer::new(200, "image/svg+xml", include_str!("../static/icon.svg"))
                .with("content-security-policy", FILE_POLICY)
                .with("cache-control", "public, max-age=86400"),
        ),
        ["static", name] if *name == style_name() => Some(
            Answer::new(200, "text/css; charset=utf-8", style_sheet())
                .with("cache-control", "public, max-age=31536000, immutable"),
        ),
        ["healthz"] => Some(exports::health(site, now)),
        _ => None,
    }
}

/// The session that a request belongs to: the cookie's, or one for the duration of this request
/// when it brings the password itself, or the common one where there is no password.
fn session(site: &Site, asked: &Asked, now: Timestamp) -> Option<String> {
    let Some(hash) = &site.plan.web.password_hash else {
        return Some("open".to_owned());
    };
    if let Some(id) = asked.session_cookie()
        && locked(&site.guard.sessions).is_open(id, now)
    {
        return Some(id.to_owned());
    }
    // A program that looks may bring the password with it; an action needs a session.
    let password = asked
        .authorization
        .as_deref()
        .filter(|_| asked.method != "POST")
        .and_then(basic_password)?;
    let from = (Origin::new(asked.peer), now);
    let is_right = site.guard.is_password(&password, hash.reveal(), from);
    (is_right == Some(true)).then(|| "program".to_owned())
}

/// The password of `Authorization: Basic`, whatever the user name.
fn basic_password(header: &str) -> Option<String> {
    use base64::Engine as _;
    let encoded = header.strip_prefix("Basic ")?.trim();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(encoded)
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.split_once(':')
        .map(|(_, password)| password.to_owned())
}

fn login(site: &Site, asked: &Asked, now: Timestamp) -> Answer {
    let Some(hash) = &site.plan.web.password_hash else {
        return Answer::see_other(format!("{}/", site.base));
    };
    if asked.method != "POST" {
        return pages::login(site, None, 200);
    }
    let from = (Origin::new(asked.peer), now);
    match site
        .guard
        .is_password(&asked.field("password"), hash.reveal(), from)
    {
        Some(true) => {}
        Some(false) => return pages::login(site, Some("This is not the password."), 403),
        None => return too_many(site, from),
    }
    let Ok(random) = random() else {
        return refusal(500, "The system gives no random numbers.");
    };
    let id = locked(&site.guard.sessions).open(&random, now);
    Answer::see_other(format!("{}/", site.base))
        .with("set-cookie", cookie(site, &id, SESSION.as_secs()))
}

fn too_many(site: &Site, (from, now): (Origin, Timestamp)) -> Answer {
    let wait = locked(&site.guard.throttle).wait(from, now);
    let wait = wait.unwrap_or_default();
    let said = format!(
        "There were too many wrong passwords. Try again in {}.",
        words::lasting(wait + jiff::SignedDuration::from_secs(59))
    );
    pages::login(site, Some(&said), 429).with("retry-after", wait.as_secs().max(1).to_string())
}

fn cookie(site: &Site, id: &str, seconds: i64) -> String {
    let is_https = site
        .plan
        .web
        .address
        .as_ref()
        .is_some_and(|address| address.scheme() == "https");
    let secure = if is_https { "; Secure" } else { "" };
    format!(
        "pubwatch={id}; Path={}/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
        site.base
    )
}

fn looked_up(
    site: &Site,
    asked: &Asked,
    (parts, session): (&[&str], &str),
    host: &str,
    now: Timestamp,
) -> Result<Answer, PageError> {
    match parts {
        // A link on another site must not end a session.
        ["logout"] if asked.fetch_site.as_deref() == Some("cross-site") => {
            Ok(refusal(403, "This comes from another site."))
        }
        ["logout"] => {
            locked(&site.guard.sessions).end(session);
            Ok(Answer::see_other(format!("{}/login", site.base))
                .with("set-cookie", cookie(site, "", 0)))
        }
        ["api", ..] => exports::api(site, parts, now),
        ["metrics"] => exports::metrics(site, now),
        ["feed.atom"] => exports::feed(site, host, now),
        ["calendar.ics"] => exports::calendar(site, now),
        ["editions", isbn, file] => exports::edition(site, isbn, file, asked, now),
        _ => pages::page(site, parts, asked, session, now),
    }
}

fn acted(
    site: &Site,
    asked: &Asked,
    (parts, session): (&[&str], &str),
    now: Timestamp,
) -> Result<Answer, PageError> {
    if let Err(error) = locked(&site.guard.tokens).take(session, &asked.field("token"), now) {
        return Ok(refusal(
            403,
            &format!("{}.", words::capital(&error.to_string())),
        ));
    }
    actions::act(site, (parts, session), asked, now)
}
