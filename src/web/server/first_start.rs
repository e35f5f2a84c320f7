//! The first start: a page on this machine that writes the configuration, for whoever can read the
//! code in the terminal or the log.
//!
//! It ends when a configuration is there. Everything but its own two addresses is answered 404.

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, Path as InPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::answer::{PageError, not_found, refusal};
use super::gate::{ELSEWHERE, cookie, guard, host_of, is_look, is_ours};
use super::refused::Asking;
use super::router::{LARGEST_BODY, fixed_file};
use super::site::random;
use super::{ServeError, serve_all};
use crate::clock::Clock;
use crate::config::edit;
use crate::config::plan::Secret;
use crate::config::{Loaded, Plan};
use crate::lock::locked;
use crate::mail::deliver::Transport;
use crate::setup::answers::PASSWORD_FILE;
use crate::setup::data::open_database;
use crate::setup::fresh::{self, Fresh};
use crate::setup::loading::load_text;
use crate::setup::{place, test_letter};
use crate::text::words;
use crate::web::book_form::Wrong;
use crate::web::first_form::{self, Answers, FirstForm, Said};
use crate::web::new_book::{self, whole};
use crate::web::security::{Sessions, digest, is_our_host};

/// How often a code may be wrong before another one takes its place.
const TRIES: u32 = 3;

/// The signs of a code: none that is taken for another. 32 of them, so each is five bits.
const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// How long who comes between the two pages waits before he asks again.
const BETWEEN: Duration = Duration::from_millis(200);

const COOKIE: &str = "pubwatch_setup";

/// What the first start knows.
pub struct FirstStart {
    file: PathBuf,
    listen: SocketAddr,
    more: String,
    clock: Clock,
    announce: Box<dyn Fn(&str) + Send + Sync>,
    state: Mutex<Asked>,
    begun: Notify,
    is_over: AtomicBool,
}

/// Who may go on, and what was typed that is not shown again.
#[derive(Debug, Default)]
struct Asked {
    /// The code that counts, and how often another one was given.
    code: Option<(String, u32)>,
    sessions: Sessions,
    password: Secret,
}

impl FirstStart {
    /// A first start that writes `file` and is served at `listen`, where the page will be afterwards.
    /// `more` is what else is to stand in the file; `announce` tells a code to who runs the program.
    ///
    /// # Errors
    ///
    /// [`ServeError::Random`] when the system gives no random numbers.
    pub fn new(
        (file, listen): (PathBuf, SocketAddr),
        more: String,
        clock: Clock,
        announce: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Self, ServeError> {
        let this = Self {
            file,
            listen,
            more,
            clock,
            announce: Box::new(announce),
            state: Mutex::default(),
            begun: Notify::new(),
            is_over: AtomicBool::new(false),
        };
        this.renew_code(&mut locked(&this.state))?;
        Ok(this)
    }

    /// Serves the page until `stop` is there.
    ///
    /// # Errors
    ///
    /// [`ServeError::Broken`] when the listener breaks.
    pub async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        serve_all(router(self), listener, stop).await
    }

    /// Waits until the configuration was written.
    pub async fn begun(&self) {
        self.begun.notified().await;
    }

    /// Another code, which is announced.
    fn renew_code(&self, asked: &mut Asked) -> Result<(), ServeError> {
        let signs = random::<8>()?.map(|byte| char::from(SIGNS[usize::from(byte) % SIGNS.len()]));
        let code: String = signs.iter().collect();
        (self.announce)(&format!("{}-{}", &code[..4], &code[4..]));
        asked.code = Some((code, 0));
        Ok(())
    }

    /// A session for who gives the code that counts, which counts once. `None`: it is another.
    fn session(&self, typed: &str) -> Result<Option<String>, ServeError> {
        let signs = typed.chars().filter(char::is_ascii_alphanumeric);
        let typed: String = signs.map(|sign| sign.to_ascii_uppercase()).collect();
        let mut asked = locked(&self.state);
        // By their digests, so that the time it takes tells nothing of the code.
        let is_it = |code: &str| digest(code.as_bytes()) == digest(typed.as_bytes());
        match &mut asked.code {
            Some((code, _)) if is_it(code) => {
                asked.code = None;
                let now = self.clock.now();
                Ok(Some(asked.sessions.open(&random()?, now)))
            }
            Some((_, wrong)) if *wrong + 1 < TRIES => {
                *wrong += 1;
                Ok(None)
            }
            Some(_) | None => {
                self.renew_code(&mut asked)?;
                Ok(None)
            }
        }
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        let now = self.clock.now();
        cookie(headers, COOKIE).is_some_and(|id| locked(&self.state).sessions.is_open(&id, now))
    }

    /// The password that counts: that of the form, else the one that was typed before.
    fn password(&self, form: &FirstForm) -> Option<Secret> {
        let mut asked = locked(&self.state);
        if !form.password.reveal().is_empty() {
            asked.password = form.password.clone();
        }
        Some(asked.password.clone()).filter(|one| !one.reveal().is_empty())
    }

    /// The configuration that the answers make, without the login and without a book.
    fn loaded(&self, answers: &Answers) -> Result<Loaded, Wrong> {
        let today = place::today();
        let text = self.text(&answers.fresh);
        load_text(self.file.clone(), text, today).map_err(|why| whole(&why))
    }

    fn text(&self, fresh: &Fresh) -> String {
        fresh::text(fresh) + &self.more
    }

    /// Sends a test letter as the answers say.
    fn test(&self, form: &FirstForm) -> Result<Said, Wrong> {
        let password = self.password(form);
        let answers = form.answers(self.listen, password.is_some())?;
        let plan = self.loaded(&answers)?.plan;
        let login = answers.username.zip(password);
        let sent = Handle::current().block_on(self.send(&plan, login));
        Ok(match sent {
            Ok(answer) if plan.mail.is_some() => Said::Sent(format!(
                "{answer}. Look whether it has come, also among the spam."
            )),
            Ok(written) => Said::Sent(words::capital(&written)),
            Err(why) => Said::NotSent(why),
        })
    }

    async fn send(&self, plan: &Plan, login: Option<(String, Secret)>) -> Result<String, String> {
        let transport = Transport::from_plan(plan).await;
        let mut transport = transport.map_err(|error| format!("{error:#}"))?;
        match &mut transport {
            Transport::Smtp { server, .. } => server.login = login,
            // It is made for its owner only, before a letter is written there.
            Transport::Folder { .. } => {
                open_database(&plan.data).map_err(|error| format!("{error:#}"))?;
            }
            Transport::Hook(_) => {}
        }
        test_letter::send_soon(plan, &transport, self.clock.now()).await
    }

    /// Writes the configuration, and gives where to go on. Nothing is left of what cannot be used.
    fn begin(&self, form: &FirstForm) -> Result<String, Wrong> {
        let password = self.password(form);
        let answers = form.answers(self.listen, password.is_some());
        let answers = match (answers, form.wrong_book()) {
            (Ok(answers), wrong) if wrong.is_empty() => answers,
            (answers, wrong) => {
                return Err(answers.err().into_iter().flatten().chain(wrong).collect());
            }
        };
        let loaded = self.loaded(&answers)?;
        let entry = if form.has_book() {
            Some(new_book::entry(&loaded, &form.book)?)
        } else {
            None
        };
        // One after the other: the second finds what the first has written.
        let _turn = locked(&self.state);
        let login = answers.username.zip(password);
        let secret = place::free_beside(&self.file, PASSWORD_FILE);
        let mut fresh = answers.fresh;
        if let (Some(mail), Some((name, _))) = (&mut fresh.mail, &login) {
            let file = secret.file_name().unwrap_or_default().to_string_lossy();
            mail.login = Some((name.clone(), file.into_owned()));
        }
        let entries = entry.as_slice();
        let text = edit::with_entries(&self.text(&fresh), entries).map_err(|why| whole(&why))?;
        let secret = login
            .as_ref()
            .map(|(_, password)| (secret.as_path(), password));
        place::create_all(&self.file, text, secret, place::today())
            .map_err(|error| whole(&format!("{error:#}")))?;
        self.is_over.store(true, Ordering::Relaxed);
        self.begun.notify_one();
        Ok(match entry {
            Some(entry) => format!("/editions/{}?said=added", entry.edition.id),
            None => "/".to_owned(),
        })
    }
}

/// What is answered where.
fn router(first: Arc<FirstStart>) -> Router {
    Router::new()
        .route("/", get(async || Redirect::to("/set-up")))
        .route("/set-up", get(shown).post(sent))
        .route("/set-up/code", post(given))
        .route(
            "/static/{name}",
            get(async |InPath(name): InPath<String>| fixed_file(&name)),
        )
        .fallback(async || not_found("There is no such page yet: Pubwatch is not set up."))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&first), gate))
        .with_state(first)
}

/// Lets in who asks by a name of this machine, and whose forms come from this page. Who comes when it
/// is over asks once more, and then the service.
async fn gate(State(first): State<Arc<FirstStart>>, request: Request, next: Next) -> Response {
    if first.is_over.load(Ordering::Relaxed) {
        sleep(BETWEEN).await;
        let again = Redirect::temporary(&request.uri().to_string());
        return ([(header::CONNECTION, "close")], again).into_response();
    }
    let host = host_of(&request).filter(|host| is_our_host(host, None));
    let asking = Asking::of(&request, "", "Set up Pubwatch");
    let response = match host {
        None => {
            let why = "This is not the name of this site.";
            refusal(StatusCode::MISDIRECTED_REQUEST, why).into_response()
        }
        Some(host) if !is_look(&request) && !is_ours(None, request.headers(), &host) => {
            refusal(StatusCode::FORBIDDEN, ELSEWHERE).into_response()
        }
        Some(_) => next.run(request).await,
    };
    let mut response = asking.shown(response);
    guard(&mut response);
    response
}

#[derive(Template)]
#[template(path = "web/templates/code.html")]
struct Code {
    base: &'static str,
    said: Option<&'static str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    code: String,
}

/// The form, or the question for the code.
async fn shown(State(first): State<Arc<FirstStart>>, headers: HeaderMap) -> Response {
    if first.is_known(&headers) {
        let form = FirstForm {
            timezone: crate::setup::answers::guessed_zone().unwrap_or_default(),
            ..FirstForm::default()
        };
        return drawn(&first, (&form, false), (&Wrong::new(), None));
    }
    let mut asked = locked(&first.state);
    if asked.code.is_none()
        && let Err(error) = first.renew_code(&mut asked)
    {
        return broken(&error);
    }
    code(StatusCode::OK, None)
}

fn code(status: StatusCode, said: Option<&'static str>) -> Response {
    match (Code { base: "", said }).render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => PageError::from(error).into_response(),
    }
}

/// Opens a session for who knows the code.
async fn given(State(first): State<Arc<FirstStart>>, Form(given): Form<Given>) -> Response {
    match first.session(&given.code) {
        Ok(Some(session)) => {
            let cookie = format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict");
            ([(header::SET_COOKIE, cookie)], Redirect::to("/set-up")).into_response()
        }
        Ok(None) => code(
            StatusCode::FORBIDDEN,
            Some(
                "This is not the code. After three wrong ones another one stands in the terminal: \
                 take the last.",
            ),
        ),
        Err(error) => broken(&error),
    }
}

/// Sends a test letter, or begins.
async fn sent(
    State(first): State<Arc<FirstStart>>,
    headers: HeaderMap,
    Form(form): Form<FirstForm>,
) -> Response {
    if !first.is_known(&headers) {
        return code(StatusCode::FORBIDDEN, Some("The code comes first."));
    }
    let answered = spawn_blocking(move || {
        let has_password = |first: &FirstStart| first.password(&form).is_some();
        let outcome = match form.wish.as_str() {
            "test" => first.test(&form).map(Err),
            _ => first.begin(&form).map(Ok),
        };
        match outcome {
            // The next question is for the page that comes in place of this one.
            Ok(Ok(there)) => {
                ([(header::CONNECTION, "close")], Redirect::to(&there)).into_response()
            }
            Ok(Err(said)) => {
                let form = (&form, has_password(&first));
                drawn(&first, form, (&Wrong::new(), Some(&said)))
            }
            Err(wrong) => {
                let form = (&form, has_password(&first));
                drawn(&first, form, (&wrong, None))
            }
        }
    });
    answered.await.unwrap_or_else(|error| broken(&error))
}

fn drawn(
    first: &FirstStart,
    form: (&FirstForm, bool),
    (wrong, said): (&Wrong, Option<&Said>),
) -> Response {
    let file: &Path = &first.file;
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    match first_form::page(form, wrong, said, &file.to_string_lossy()) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => PageError::from(error).into_response(),
    }
}

fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "the set-up page broke down");
    let why = "Something broke. The log says what.";
    refusal(StatusCode::INTERNAL_SERVER_ERROR, why).into_response()
}
